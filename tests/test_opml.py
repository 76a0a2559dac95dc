"""Lists of subscriptions, in and out."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nouns
from dispatch.errors import GatherError
from dispatch.model import Document, Source
from dispatch.readers import opml


def read(text: str) -> list[Source]:
    return opml.parse_opml(
        Document(url="", media_type="", charset="", body=text.encode("utf-8", "replace"), name="a list")
    )


def test_folders_are_sections_the_innermost_counts() -> None:
    text = """<?xml version="1.0"?><opml version="1.0"><head><title>Mine</title></head><body>
    <outline text="Top" xmlUrl="https://top.example/feed?a=1&amp;b=2" htmlUrl="https://top.example/"/>
    <outline text="News"><outline title="Europe" text="ignored">
      <outline type="rss" text="Old" title="The Paper " xmlurl="https://paper.example/feed" category="/a/b,sea, sea"/>
      <outline text="no feed" htmlUrl="https://nowhere.example"/>
      <outline text="bad" xmlUrl="javascript:alert(1)" htmlUrl="file:///etc/passwd"/>
    </outline><outline text="Flat" xmlUrl="https://flat.example/feed" htmlUrl="about:blank"/></outline>
    </body></opml>"""
    assert read(text) == [
        Source(kind="feed", title="Top", feed="https://top.example/feed?a=1&b=2", url="https://top.example/"),
        Source(kind="feed", title="The Paper", feed="https://paper.example/feed", section="Europe", tags=("sea",)),
        Source(kind="feed", title="Flat", feed="https://flat.example/feed", section="News"),
    ]


@pytest.mark.parametrize("text", ["", "no xml", "<rss/>", "<opml><body>", "<!DOCTYPE opml [<!ENTITY x 'y'>]><opml/>"])
def test_what_is_no_list_is_said(text: str) -> None:
    with pytest.raises(GatherError):
        read(text)


def test_a_list_of_ten_thousand_levels_is_refused() -> None:
    with pytest.raises(GatherError, match="nested too deep"):
        read("<opml><body>" + "<outline text='x'>" * 10_000)


SEEN = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1).map(lambda text: " ".join(text.split()))


@given(st.lists(st.tuples(SEEN, st.sampled_from(["", "Europe", "A & <B>"])), max_size=8))
def test_what_is_written_is_read_back(pairs: list[tuple[str, str]]) -> None:
    sources = [
        Source(kind="feed", title=title or "x", feed=f"https://h.example/{n}?a=1&copy=\u202e", section=section)
        for n, (title, section) in enumerate(pairs)
    ]
    text = opml.format_opml('The "Wire" & co', sources)
    assert sorted(read(text), key=lambda one: one.feed) == sources
    assert all(sign.isprintable() or sign == "\n" for sign in text)


def test_a_page_without_a_feed_is_a_link_and_comes_back_as_a_page() -> None:
    page = Source(title="A", url="https://a.example/?x=1&y=2", kind="page")
    text = opml.format_opml("T", [replace(page, key="a")])
    assert '<outline type="link" text="A" title="A" url="https://a.example/?x=1&amp;y=2"/>' in text
    assert read(text) == [page]
    for other in ('type="link" url="https://a.example/more.opml"', 'type="link" url="javascript:1"', 'url="https://a"'):
        assert read(f"<opml><body><outline text='A' {other}/></body></opml>") == []


def test_what_a_list_leaves_relative_is_relative_to_the_list() -> None:
    text = '<opml><body><outline text="Europe"><outline text="A" xmlUrl="/feed"/></outline></body></opml>'
    document = Document(url="https://a.example/list.opml", media_type="", charset="", body=text.encode(), name="a list")
    assert opml.parse_opml(document) == [
        Source(kind="feed", title="A", feed="https://a.example/feed", section="Europe")
    ]


def test_what_everybody_may_know_of_the_sources() -> None:
    open_to_all = Source(
        key="paper",
        title="The “Paper” & co",
        feed="https://paper.example/feed?a=1&b=2",
        url="https://paper.example/",
        section="Europe",
        tags=("sea",),
    )
    publication = nouns.publication(
        sources=(
            open_to_all,
            Source(key="page", title="A page", url="https://page.example/", kind="page"),
            Source(key="intranet", title="Ours", feed="https://10.0.0.1/feed", allow_private=True),
            Source(key="paid", title="Paid for", feed="https://me:secret@paid.example/feed"),
        )
    )
    written = opml.format_public_opml(publication)
    assert b"secret" not in written
    assert b"10.0.0.1" not in written
    assert opml.format_public_opml(publication) == written
    assert [(one.title, one.feed, one.url, one.section, one.tags) for one in read(written.decode())] == [
        (open_to_all.title, open_to_all.feed, open_to_all.url, "Europe", ("sea",)),
        ("A page", "", "https://page.example/", "", ()),
    ]
    outline = ElementTree.fromstring(written).find(".//outline[@type='rss']")
    assert outline is not None
    assert {name: outline.get(name) for name in ("text", "title", "xmlUrl", "htmlUrl")} == {
        "text": open_to_all.title,
        "title": open_to_all.title,
        "xmlUrl": open_to_all.feed,
        "htmlUrl": open_to_all.url,
    }
