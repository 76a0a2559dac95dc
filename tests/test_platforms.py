"""Other systems, simulated on this one: what they refuse, what they cannot print, what they take for one name."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import nouns
from commands import list_commands
from dispatch import config, gather, issues, render
from dispatch.cli import main
from dispatch.errors import RenderError
from dispatch.model import Author, Section
from loopback import Web, item, rss, web
from test_child import own

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are not known there")
# As macOS answers setrlimit(RLIMIT_AS) (ValueError) and containers do (OSError), in every process that is started.
REFUSED = "import resource\ndef refuse(*_):\n    raise {}('refused')\nresource.setrlimit = refuse\n"
LARGE = rss(*(item(f"n{number}", body="Words of the sea. " * 200) for number in range(120)))


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as served:
        yield served


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A publication in a folder with spaces and umlauts, with words that no code page of one byte has all of."""
    root = tmp_path / "Meine Blätter für Łódź"
    config.create_publication(root, title="Głos “Łódź”", url="https://wire.example", sender="G <desk@wire.example>")
    ann = Author(name="Anń Łee 李", url="https://people.example/ann")
    story = nouns.article(1, title="„Zażółć“ – ein Wörtchen …", authors=(ann,))
    issues.create_issue(config.load(root), nouns.issue(sections=(Section(articles=(story,)),)))
    return root


def customise(monkeypatch: pytest.MonkeyPatch, folder: Path, program: str) -> None:
    """Let every Python that is started run a program first (``site``, “sitecustomize”)."""
    (folder / "sitecustomize.py").write_text(program, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))


def run_program(root: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command as a process of its own, with this in its environment besides."""
    command = [sys.executable, "-m", "dispatch", *words]
    return subprocess.run(command, cwd=root, env=os.environ | environment, capture_output=True, check=False)


@POSIX
@pytest.mark.parametrize("error", ["ValueError", "OSError"])
def test_where_memory_cannot_be_limited_a_large_feed_is_read(
    error: str, site: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    customise(monkeypatch, tmp_path, REFUSED.format(error))
    assert len(LARGE) > 256 << 10
    site.pages["/feed"] = LARGE
    assert len(gather.gather_articles(site.url("/feed"), user_agent="dispatch-tests", allow_private=True)) == 120
    assert render.render_edition(nouns.issue(nouns.article(1)), own(web_html="own words"), "web").body == b"own words"


@POSIX
def test_where_memory_cannot_be_limited_it_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    customise(monkeypatch, tmp_path, REFUSED.format("ValueError"))
    growing = "a\n{% set ns = namespace(a=()) %}{% for i in range(999) %}{% set ns.a = ns.a + ('a' * 20000000 ~ i,) %}"
    with pytest.raises(RenderError) as caught:
        render.render_edition(nouns.issue(nouns.article(1)), own(web_html=growing + "{% endfor %}"), "web")
    (fault,) = caught.value.faults
    assert (str(fault.place), fault.what) == ("templates/web.html", "takes too much memory")


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp437", "ascii", "utf-8"])
@pytest.mark.parametrize("words", [("issue", "show"), ("check",), ("issue", "show", "nothing")], ids=" ".join)
def test_no_output_fails_for_its_encoding(words: tuple[str, ...], encoding: str, letter: Path) -> None:
    ran = run_program(letter, *words, PYTHONIOENCODING=encoding)
    said = (ran.stdout + ran.stderr).decode("utf-8" if encoding == "ascii" else encoding)  # as click writes then
    assert "Traceback" not in said
    assert ran.returncode == (words[-1] == "nothing"), said
    assert "Zażółć" in said if encoding == "utf-8" and words == ("issue", "show") else True
    assert '"nothing"' in said if encoding == "cp437" and "nothing" in words else True


def test_it_works_in_the_locale_c(letter: Path) -> None:
    ran = run_program(letter, "publish", "--yes", "defence", LC_ALL="C")
    assert ran.returncode == 0, ran.stderr
    page = letter / "public" / "issues" / "defence" / "index.html"
    assert "Zażółć" in page.read_text("utf-8")


@pytest.mark.parametrize("command", list_commands())
def test_every_command_explains_itself_in_40_columns_of_ascii(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    result = CliRunner(charset="ascii").invoke(main, [*command.split(), "--help"], catch_exceptions=False)
    assert result.exit_code == 0
    assert "Usage: dispatch" in result.stdout
