"""A format is a module and a row: one is added to a copy of the package, and every command knows it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dispatch
import nouns
from dispatch import config, issues
from patience import PATIENCE

ROW = 'Format(name="leaflet", media_type="text/html", path="leaflet.html", like="web"),'
MODULE = """
from dispatch.formats import web

def render(issue, publication):
    return web.render(issue, publication){edit}
"""


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A publication with a draft."""
    root = tmp_path / "letter"
    config.create_publication(root, title="The Wire", url="https://wire.example", sender="The Wire <desk@wire.example>")
    issues.create_issue(config.load(root), nouns.issue(nouns.article(), slug="defence"))
    return root


def add_format(folder: Path, edit: str = "") -> Path:
    """Copy the package and its templates, and add a module and a row."""
    package = shutil.copytree(Path(dispatch.__file__).parent, folder / "src" / "dispatch")
    shutil.copytree(nouns.ROOT / "templates", folder / "templates")
    (package / "formats" / "leaflet.py").write_text(MODULE.format(edit=edit), "utf-8")
    table = package / "formats" / "__init__.py"
    before = table.read_text("utf-8")
    last = '        Format(name="web"'
    assert before.count(last) == 1
    table.write_text(before.replace(last, f"        {ROW}\n{last}"), "utf-8")
    return package.parent


def run(package: Path, letter: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(package)}
    return subprocess.run(
        [sys.executable, "-m", "dispatch", *words],
        cwd=letter,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def test_render_check_and_publish_know_it(letter: Path, tmp_path: Path) -> None:
    package = add_format(tmp_path / "copy")
    assert run(package, letter, "render", "--format", "leaflet").stdout.strip() == "out/defence/leaflet.html"
    checked = run(package, letter, "check")
    assert (checked.returncode, "leaflet" in checked.stdout) == (0, False), checked.stdout
    published = run(package, letter, "publish", "defence")
    assert (published.returncode, published.stderr.count("Error")) == (0, 0), published.stderr
    public = letter / "public" / "issues" / "defence"
    assert (public / "leaflet.html").read_bytes() == (public / "index.html").read_bytes()


def test_check_proves_its_bylines(letter: Path, tmp_path: Path) -> None:
    package = add_format(tmp_path / "copy", edit='.replace(b"Ada 1", b"Nobody")')
    checked = run(package, letter, "check")
    assert checked.returncode == 1
    assert "leaflet.html" in checked.stdout
    assert "attribution" in checked.stdout
