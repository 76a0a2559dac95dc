"""A note without a title is called by its first words, which are not shown twice, and of which nothing is lost."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import html
from dispatch.model import Article, Document
from dispatch.readers import feed

START = "The old ferry is late again, and so is the new one, which nobody has seen since the harbour was"
LONG = f"{START} dredged last May"
QUOTED = "<blockquote><p>So he said.</p></blockquote>"
TAG = '<a href="https://social.example/tags/sea">#<span>sea</span></a>'


@pytest.mark.parametrize(
    ("content", "title", "rest"),
    [
        ("<p>Short, as microblogs have it.</p>", "Short, as microblogs have it.", ""),
        ("<p>One line<br>Another line</p>", "One line", "<p>Another line</p>"),
        ("A line<br><br>Two", "A line", "<br />Two"),
        (f"<p>Two towns, one bridge. {LONG}.</p>", "Two towns, one bridge.", f"<p>{LONG}.</p>"),
        (f"<p>{LONG}.</p>", f"{START}…", "<p>… dredged last May.</p>"),
        ("<p>A &lt;b&gt; <b>tag</b> &amp; <i>more</i></p><p>Two.</p>", "A <b> tag & more", "<p>Two.</p>"),
        ("<h2>What we saw</h2><p>Two.</p>", "What we saw", "<p>Two.</p>"),
        ("<ul><li>Milk and honey</li><li>Bread</li></ul>", "Milk and honey", "<ul><li>Bread</li></ul>"),
        ("<p>👍</p>", "👍", ""),
        ("<p>渡船又晚点了。</p><p>没有人告诉我们为什么。</p>", "渡船又晚点了。", "<p>没有人告诉我们为什么。</p>"),
        # Links stay, and the title ends before them.
        (f"<p>The ferry is late. {TAG}</p>", "The ferry is late.", f"<p>{TAG}</p>"),
        (f"<p>The ferry from {TAG} is late.</p>", "The ferry from…", f"<p>… {TAG} is late.</p>"),
        (f"<p>{TAG} is rough today</p>", "#sea is rough today", f"<p>{TAG} is rough today</p>"),
        ("<p>Read this today: https://paper.example/a b</p>", "Read this today:", "<p>https://paper.example/a b</p>"),
        ("<p>https://paper.example/a</p><p>Read it.</p>", "Read it.", "<p>https://paper.example/a</p>"),
        # The article's own address leads there from the headline.
        ('<p><a href="https://own.example/1">Ferries are late</a> again</p>', "Ferries are late again", ""),
        # A picture and what stands in it, another's words: they stay as they are.
        ('<img src="https://x.example/a.jpg"><p>A boat.</p>', "A boat.", '<img src="https://x.example/a.jpg" />'),
        ('<img src="https://x.example/a.jpg" alt="A &amp; B">', "A & B", None),
        ("<figure><figcaption>A boat</figcaption></figure>", "A boat", None),
        (f"{QUOTED}<p>Well.</p>", "Well.", QUOTED),
        (QUOTED, "So he said.", None),
        ('<p><a href="https://paper.example/a">https://paper.example/a</a></p>', "", None),
        ("", "", ""),
    ],
)  # fmt: skip
def test_first_words(content: str, title: str, rest: str | None) -> None:
    content = html.sanitise_html(content)
    assert html.take_title(content, own="https://own.example/1") == (title, content if rest is None else rest)


@pytest.mark.parametrize(
    ("given", "title", "is_cut"),
    [
        ("", "Two towns, one bridge.", True),
        ("https://paper.example/a", "Two towns, one bridge.", True),
        ("Two towns…", "Two towns, one bridge.", True),
        ("Two TOWNS, one...", "Two towns, one bridge.", True),
        ("Two towns, one bridge.", "Two towns, one bridge.", True),
        ("Two towns", "Two towns", False),
        ("The bridge", "The bridge", False),
        ("Three towns…", "Three towns…", False),
    ],
)
def test_a_title_that_is_an_address_or_only_the_beginning_is_none(given: str, title: str, is_cut: bool) -> None:
    content = f"<p>Two towns, one bridge. {LONG}.</p>"
    assert html.take_title(content, given) == (title, f"<p>{LONG}.</p>" if is_cut else content)


PICTURE = '<img src="https://x.example/a.jpg" alt="Alt">'
TAGS = ("<p>", "</p>", "<b>", "</b>", "<br>", "<blockquote>", "</blockquote>", "<ul><li>", "</ul>", "<figure>", PICTURE)
WORDS = (" ", "&lt;", "…", "a", "12", "海", "Dr. No", "https://paper.example/a", "One two three. ", LONG, TAG)
BITS = st.sampled_from(TAGS + WORDS)


@given(st.lists(BITS, max_size=12).map("".join), st.sampled_from(["", "a", "One…", "https://x.example/"]))
def test_no_word_and_no_link_is_lost(raw: str, given: str) -> None:
    content = html.sanitise_html(raw)
    title, rest = html.take_title(content, given)
    assert html.sanitise_html(rest) == rest
    letters = [re.sub(r"[\s…]", "", html.to_plain_text(text).replace("- ", "")) for text in (content, rest)]
    kept = re.sub(r"[\s…]", "", title)
    assert letters[0] == letters[1] or sorted(letters[0]) == sorted(kept + letters[1])
    assert re.findall('href|src="', content) == re.findall('href|src="', rest)


def read(item: dict[str, object]) -> Article:
    whole = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [item]}
    (article,) = feed.read(Document(url="", media_type="", charset="", body=json.dumps(whole).encode()))
    return article


def test_a_summary_does_not_begin_with_the_title_either() -> None:
    note = read({"id": "1", "summary": "The ferry is late.", "content_html": f"<p>The ferry is late.</p><p>{LONG}</p>"})
    assert (note.title, note.summary, note.content) == ("The ferry is late.", "", f"<p>{LONG}</p>")
    note = read({"id": "1", "summary": "Late.", "content_html": "<p>The ferry is late.</p>"})
    assert (note.title, note.summary, note.content) == ("The ferry is late.", "Late.", "")


@pytest.mark.parametrize("title", ['<a href="/boats">Boats in quiet times</a>', "<a>Boats in quiet times</a>"])
def test_a_title_may_be_a_link(title: str) -> None:
    assert read({"id": "1", "title": title, "content_text": "x"}).title == "Boats in quiet times"
