"""What an article embeds, and the places within its text, from the door to every edition, as a reader meets them."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from commands import run_dispatch

Make = Callable[[str], str]

TEXT = "The lock of Exampleton closes in nine minutes, and has done so since the year in which it was built."
EMBED = '<iframe src="https://www.video.example/embed/abc123" title="The lock &lt;closes&gt;"></iframe>'
LINE = '<a class="embed" href="https://www.video.example/embed/abc123">The lock &lt;closes&gt;</a>'
PICTURE = '<a href="https://tide.example/large.jpg"><img src="https://tide.example/s.jpg" alt="S"></a>'
NOTES = (
    f'<p>{TEXT}<sup><a href="#fn1" id="ref1">1</a></sup></p><p>{PICTURE} {TEXT}</p>'
    '<ol><li id="fn1">It was older. <a href="#ref1">back</a></li></ol>'
)


@pytest.fixture
def wire(tmp_path: Path) -> Path:
    words = ("init", ".", "--title", "P", "--url", "https://wire.example", "--from", "P <a@wire.example>")
    run_dispatch(tmp_path, *words)
    run_dispatch(tmp_path, "issue", "new", "Test")
    return tmp_path


def make_page(body: str) -> str:
    return f'<html lang="en"><head><title>Lock</title></head><body><article>{body}</article></body></html>'


def make_feed(body: str) -> str:
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>T</title><item>'
        "<title>Lock</title><link>https://tide.example/lock</link>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded></item></channel></rss>"
    )


SHAPES = [("a.html", make_page), ("a.rss", make_feed), ("a.md", "# Lock\n\n{}\n".format)]


def add(root: Path, name: str, written: str, *words: str) -> str:
    (root / name).write_text(written, "utf-8")
    given = ("--url", "https://tide.example/lock", "--author", "Ada Quay", "--source", "T=https://tide.example")
    return run_dispatch(root, "add", name, *given, *words).output


@pytest.mark.parametrize(("name", "make"), SHAPES)
def test_an_embed_is_a_line_with_a_link_in_every_edition_and_add_says_so(wire: Path, name: str, make: Make) -> None:
    told = add(wire, name, make(f"<p>{TEXT}</p>\n\n{EMBED}\n\n<p>{TEXT}</p>"), "--syndicate", "full")
    assert "shown as a link: The lock <closes>" in told
    run_dispatch(wire, "check", "test")
    run_dispatch(wire, "render", "test")
    out = wire / "out" / "test"
    assert LINE in (out / "index.html").read_text("utf-8")
    assert LINE in unescape((out / "feed.xml").read_text("utf-8"))
    assert 'href="https://www.video.example/embed/abc123"' in (out / "email.html").read_text("utf-8")
    assert "The lock <closes>\nhttps://www.video.example/embed/abc123" in (out / "email.txt").read_text("utf-8")


@pytest.mark.parametrize(("name", "make"), SHAPES)
@pytest.mark.parametrize("policy", ["full", "excerpt"])
def test_notes_lead_there_and_back_and_check_passes(wire: Path, name: str, make: Make, policy: str) -> None:
    add(wire, name, make(NOTES), "--syndicate", policy)
    run_dispatch(wire, "check", "test")
    run_dispatch(wire, "render", "test")
    page = (wire / "out" / "test" / "index.html").read_text("utf-8")
    feed = unescape((wire / "out" / "test" / "feed.xml").read_text("utf-8"))
    mail = (wire / "out" / "test" / "email.html").read_text("utf-8")
    if policy == "full":
        assert '<sup><a href="#lock.fn1" id="lock.ref1">1</a></sup>' in page
        assert re.search(r'<li id="lock.fn1">It was older. <a href="#lock.ref1">', page)
        assert 'href="https://tide.example/lock#fn1"' in feed
        assert '<li id="fn1"' in feed
    else:
        assert 'href="https://tide.example/lock#fn1"' in page
        assert ' id="lock.' not in page
    assert 'href="https://tide.example/lock#fn1"' in mail


def test_two_articles_with_the_same_notes_have_places_of_their_own(wire: Path) -> None:
    add(wire, "a.html", make_page(NOTES), "--syndicate", "full", "--title", "One")
    add(wire, "b.html", make_page(NOTES), "--syndicate", "full", "--title", "Two", "--url", "https://tide.example/two")
    run_dispatch(wire, "check", "test")
    run_dispatch(wire, "render", "test", "--format", "web", "--output", "page")
    (written,) = (wire / "page").rglob("index.html")
    ids = re.findall(r' id="([^"]*)"', written.read_text("utf-8"))
    assert {"one.fn1", "two.fn1", "one.ref1", "two.ref1"} <= set(ids)
    assert len(ids) == len(set(ids))


def test_a_link_to_a_place_that_an_editor_forgot_is_still_told(wire: Path) -> None:
    add(wire, "a.md", f"# Lock\n\n{TEXT} [x](#nowhere)\n", "--syndicate", "full")
    assert "#nowhere" in run_dispatch(wire, "check", "test", code=1).output
