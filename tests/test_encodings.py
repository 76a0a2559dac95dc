"""Files as editors and Windows' PowerShell save them: a byte order mark, UTF-16 with and without one."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import nouns
from commands import run_dispatch
from dispatch import config, gather, issues
from dispatch.cli import main
from dispatch.text import find_utf16

WAYS: dict[str, Callable[[str], bytes]] = {
    "utf-16-le": lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    "utf-16-be": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "utf-16-le without a mark": lambda text: text.encode("utf-16-le"),
    "utf-16-be without a mark": lambda text: text.encode("utf-16-be"),
}
MARKED = WAYS | {"utf-8 with a mark": lambda text: b"\xef\xbb\xbf" + text.encode()}
OWN = ("dispatch.toml", "authors.toml", "dispatch.lock", "issues/defence/issue.md", "issues/defence/story-1.html")
FEED = (
    '<?xml version="1.0" encoding="UTF-16"?><rss version="2.0"><channel><title>The Paper</title><item>'
    "<title>Głos</title><link>https://paper.example/a</link><description>Words of the sea</description></item>"
    "</channel></rss>"
)
DOCUMENTS = {
    "story.md": "---\ntitle: Głos\nauthors: [Ann Lee]\n---\nThe ferry left the harbour at noon, and Łódź was far.\n",
    "story.txt": "Głos\n\nBy Ann Lee\n\nThe ferry left the harbour at noon, and Łódź was far.\n",
    "page.html": "<!doctype html><title>Głos</title><article><h1>Głos</h1><p>The ferry left at noon.</p></article>",
    "feed.xml": FEED,
    "feed.json": '{"version": "https://jsonfeed.org/version/1.1", "title": "The Paper", "items": [{"id": "1", "title": '
    '"Głos", "url": "https://paper.example/a", "content_text": "Words of the sea"}]}',
    "mail.eml": "From: Ann Lee <ann@paper.example>\nSubject: Głos\nContent-Type: text/plain\n\nThe ferry left.\n",
}
OPML = '<opml version="2.0"><body><outline text="Głos" xmlUrl="https://paper.example/f"/></body></opml>'


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A publication with one issue, published."""
    root = tmp_path / "letter"
    config.create_publication(root, title="The Wire", url="https://wire.example", sender="W <desk@wire.example>")
    issues.create_issue(config.load(root), nouns.issue(nouns.article(1)))
    (root / "authors.toml").write_text('[ann-lee]\nname = "Ann Lee"\n', "utf-8")
    run_dispatch(root, "publish", "--yes", "defence")
    return root


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", OWN)
def test_a_file_of_ours_in_utf_16_is_refused_for_that(name: str, way: str, letter: Path) -> None:
    path = letter / name
    before = WAYS[way](path.read_text("utf-8"))
    path.write_bytes(before)
    for command in ("check", "publish"):
        said = run_dispatch(letter, command, code=1).output
        assert name in said
        assert "s UTF-16, and not UTF-8" in said
        assert "--output" in said
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", OWN)
def test_a_mark_before_utf_8_changes_nothing(name: str, letter: Path) -> None:
    path = letter / name
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    run_dispatch(letter, "check")
    run_dispatch(letter, "source", "add", "https://paper.example/f", "--no-fetch", "--title", "The Paper")
    run_dispatch(letter, "author", "rename", "Ann Lee", "Ann Roe")
    run_dispatch(letter, "issue", "new", "Another")
    run_dispatch(letter, "publish")
    assert config.load(letter).sources[0].title == "The Paper"


@pytest.mark.parametrize("way", MARKED)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_read_may_be_utf_16(name: str, way: str, tmp_path: Path) -> None:
    file = tmp_path / name
    body = MARKED[way](DOCUMENTS[name])
    file.write_bytes(body)
    for location, stdin in ((str(file), None), ("-", body)):
        (article,) = gather.gather_articles(location, user_agent="dispatch-tests", stdin=stdin)
        assert article.title == "Głos"
        assert [one.name for one in article.authors] == (["Ann Lee"] if "Ann Lee" in DOCUMENTS[name] else [])


@pytest.mark.parametrize("way", MARKED)
def test_a_list_of_sources_may_be_utf_16(way: str, letter: Path) -> None:
    (letter / "list.opml").write_bytes(MARKED[way](OPML))
    run_dispatch(letter, "source", "import", "list.opml")
    assert [one.title for one in config.load(letter).sources] == ["Głos"]


@pytest.mark.parametrize("way", MARKED)
def test_an_export_may_be_utf_16(way: str, letter: Path) -> None:
    export = letter.parent / "export"
    export.mkdir()
    (export / "posts.csv").write_bytes(
        MARKED[way]("post_id,post_date,is_published,title\n1.glos,2026-01-02T03:04:05.000Z,true,Głos\n")
    )
    (export / "posts").mkdir()
    (export / "posts" / "1.glos.html").write_bytes(MARKED[way]("<p>The ferry left for Łódź at noon.</p>"))
    said = run_dispatch(letter, "import", str(export), "--author", "Ann Lee").output
    assert "Głos" in said or (letter / "issues" / "glos").is_dir()
    body = next((letter / "issues" / "glos").glob("*.html")).read_text("utf-8")
    assert "Łódź" in body


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("option", ["--edition", "--received"])
def test_an_edition_that_a_shell_has_rewritten_is_refused_for_that(option: str, way: str, letter: Path) -> None:
    run_dispatch(letter, "render", "--format", "eml", "--output", "mail.eml")
    path = letter / "mail.eml"
    path.write_bytes(WAYS[way](path.read_text("utf-8")))
    said = run_dispatch(letter, "check", option, "mail.eml", code=1).output
    assert "is UTF-16" in said
    assert "--output" in said


def test_a_command_writes_its_file_itself(letter: Path) -> None:
    """Standard output is UTF-8 where a whole file is printed, whatever encoding the terminal has."""
    run_dispatch(letter, "source", "add", "https://paper.example/f", "--no-fetch", "--title", "Głos")
    printed = {}
    for words in (("source", "export"), ("schema",), ("schema", "authors"), ("check", "--report", "markdown")):
        name = "-".join(words)
        run_dispatch(letter, *words, "--output", name)
        os.chdir(letter)
        printed[name] = CliRunner(charset="cp437").invoke(main, words).stdout_bytes
        assert printed[name] == (letter / name).read_bytes()
        assert len(printed[name]) > 40
    assert "Głos" in printed["source-export"].decode("utf-8")


@pytest.mark.parametrize("way", WAYS)
def test_utf_16_is_told_from_what_is_not(way: str) -> None:
    assert find_utf16(WAYS[way]("title = 1"))
    for other in (
        b"",
        b"\0\0\0\0",
        b"a\0bc",
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00",
        b"Text",
        "Łódź".encode(),
        bytes(400),
    ):
        assert not find_utf16(other)
