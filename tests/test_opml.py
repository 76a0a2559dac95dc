"""Lists of subscriptions, in and out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import GatherError
from dispatch.model import Document, Source
from dispatch.readers import opml


def read(text: str) -> list[Source]:
    return opml.read(Document(url="", media_type="", charset="", body=text.encode("utf-8", "replace"), name="a list"))


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
        Source(title="Top", feed="https://top.example/feed?a=1&b=2", url="https://top.example/"),
        Source(title="The Paper", feed="https://paper.example/feed", section="Europe", tags=("sea",)),
        Source(title="Flat", feed="https://flat.example/feed", section="News"),
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
        Source(title=title or "x", feed=f"https://h.example/{n}?a=1&copy=\u202e", section=section)
        for n, (title, section) in enumerate(pairs)
    ]
    text = opml.write('The "Wire" & co', sources)
    assert sorted(read(text), key=lambda one: one.feed) == sources
    assert all(sign.isprintable() or sign == "\n" for sign in text)


def test_a_page_without_a_feed_is_a_link() -> None:
    text = opml.write("T", [Source(key="a", title="A", url="https://a.example/?x=1&y=2", kind="page")])
    assert '<outline type="link" text="A" title="A" url="https://a.example/?x=1&amp;y=2"/>' in text
    assert read(text) == []
