"""``dispatch demo``: from nothing to a published newsletter and a preview of the next, in one command, without git."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
import pytest

from commands import run_dispatch
from dispatch import config
from patience import PATIENCE


@pytest.mark.skipif(sys.platform == "win32", reason="a child gets no Ctrl-C there")
def test_a_demo_is_published_and_previewed_without_git_in_any_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dispatch", "demo", "Größe 1", "--no-open"]
    environment = {**os.environ, "PATH": str(tmp_path), "LC_ALL": "C", "COLUMNS": "40"}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            assert process.stdout
            site, preview = process.stdout.readline().strip(), process.stdout.readline().strip()
            assert httpx.get(preview, follow_redirects=True, timeout=PATIENCE).status_code == 200
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    page = Path(unquote(urlsplit(site).path))
    assert page == tmp_path / "Größe 1" / "public" / "index.html"
    assert "Jonna Lindqvist" in page.read_text("utf-8")
    assert "no errors" in run_dispatch(tmp_path / "Größe 1", "check").stdout
    assert run_dispatch(tmp_path / "Größe 1", "publish").stderr.startswith("0 of ")


def test_a_demo_stays_out_of_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "poem.txt").write_text("Mine.")
    for folder in ("kept", "kept/poem.txt"):
        run_dispatch(tmp_path, "demo", folder, "--no-open", code=1 if folder == "kept" else 2)
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["poem.txt"]


def test_what_ships_is_published_already(tmp_path: Path) -> None:
    """Whoever publishes a fresh copy of the repository finds nothing changed in git."""
    config.create_sample(tmp_path / "sample")
    before = (tmp_path / "sample" / "dispatch.lock").read_text("utf-8")
    run_dispatch(tmp_path / "sample", "publish")
    assert (tmp_path / "sample" / "dispatch.lock").read_text("utf-8") == before
