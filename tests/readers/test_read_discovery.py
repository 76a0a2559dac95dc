"""Where a site has its feeds, which articles its page announces, and pages that are feeds themselves."""

import pytest

from dispatch.model import Author, Document, Fault
from dispatch.readers import discovery

URL = "https://paper.example/news/?a=1"


def page(body: str) -> Document:
    return Document(url=URL, media_type="text/html", charset="utf-8", body=body.encode(), name=URL)


def test_feeds_that_a_page_names_those_of_comments_last() -> None:
    body = """<head><base href="/sub/">
    <link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
    <link rel="alternate" type="text/html" href="/de/"><link rel="alternate" type="application/json" href="/wp-json/1">
    <link rel="ALTERNATE nofollow" type="application/atom+xml; charset=utf-8" href="feed.atom?x=1&amp;y=2">
    <link rel="alternate" type="application/feed+json" href="//cdn.example/feed.json">
    <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
    <link rel="feed" href="/news"></head>"""
    assert discovery.find_feeds(page(body)) == [
        "https://paper.example/sub/feed.atom?x=1&y=2",
        "https://cdn.example/feed.json",
        "https://paper.example/news",
        "https://paper.example/comments/feed",
    ]


def test_guesses_are_below_the_address_and_below_the_front_page() -> None:
    found = discovery.guess_feeds(URL)
    assert found[0] == "https://paper.example/news/feed"
    assert found[5] == "https://paper.example/feed"
    assert len(found) == 10
    assert len(discovery.guess_feeds("https://paper.example")) == 5
    assert discovery.guess_feeds("mailto:a@b.example") == []


def test_articles_that_a_page_announces() -> None:
    body = """<nav><h2><a href="/nav">No</a></h2></nav>
    <article><a href="/pic"><img></a><h2><a href="/one?x=1&amp;y=2#top">One</a></h2></article>
    <div class="h-entry"><a class="u-url" href="/two">Two</a></div>
    <article><a href="/three"><h3>Three</h3></a></article>
    <article><h2><a href="/one?x=1&amp;y=2#top">One again</a></h2></article>
    <article><h2><a href="https://elsewhere.example/">Not ours</a></h2></article>
    <article><h2><a href="/news/?a=1#x">Itself</a></h2></article><article>no link</article>"""
    assert discovery.find_announced_articles(page(body)) == [
        "https://paper.example/one?x=1&y=2#top",
        "https://paper.example/two",
        "https://paper.example/three",
    ]


def test_an_h_feed_with_its_authors() -> None:
    body = """<title>Weblog</title><div class="h-feed"><h1 class="p-name">Ann's weblog</h1>
    <a class="p-author h-card" href="/ann">Ann Lee</a>
    <div class="h-entry"><a class="u-url u-uid" href="/1"><span class="p-name">One</span></a>
      <span class="p-category">sea</span><div class="e-content"><p>Text <a href="/x?a=1&amp;b=2">x</a></p></div>
      <div class="h-entry"><span class="p-name">A comment</span><a class="p-author h-card" href="/troll">Troll</a></div>
    </div>
    <div class="h-entry"><a class="u-url" href="/2">2</a><span class="p-author h-card">
      <a class="u-url p-name" href="/bo">Bo Lind, Jr.</a></span><p class="p-summary">A note.</p></div>
    <div class="h-cite"><div class="h-entry"><a class="u-url" href="/3">Somebody else's</a></div></div></div>"""
    assert discovery.is_hfeed(page(body))
    own, (one, two) = discovery.read_hfeed(page(body), [])
    assert own.title == "Ann's weblog"
    assert (one.url, one.title, one.id) == ("https://paper.example/1", "One", "https://paper.example/1")
    assert 'href="https://paper.example/x?a=1&amp;b=2"' in one.content
    assert one.tags == ("sea",)
    assert two.authors == (Author(name="Bo Lind, Jr.", url="https://paper.example/bo"),)
    assert (two.summary, two.content, two.certainty) == ("A note.", "<p>A note.</p>", "certain")


def test_an_entry_without_an_author_is_by_whom_the_feed_is_by() -> None:
    body = """<div class="h-feed"><a class="p-author h-card" href="/ann">Ann Lee</a>
    <div class="h-entry"><a class="u-url p-name" href="/1">One</a></div></div>"""
    _, (one,) = discovery.read_hfeed(page(body), [])
    assert one.authors == (Author(name="Ann Lee", url="https://paper.example/ann"),)
    _, (unknown,) = discovery.read_hfeed(
        page('<div class="h-feed"><div class="h-entry"><p class="p-name">One</p></div></div>'), []
    )
    assert (unknown.authors, unknown.certainty) == ((), "unknown")


@pytest.mark.parametrize("body", ["", "<p>", "<div class=h-feed>", "<div class=h-feed><p class=h-entry>"])
def test_hardly_anything_breaks_nothing(body: str) -> None:
    assert discovery.find_feeds(page(body)) == discovery.find_announced_articles(page(body)) == []
    assert len(discovery.read_hfeed(page(body), [])[1]) <= 1


def test_one_entry_of_an_hfeed_does_not_stop_the_others() -> None:
    entries = "".join(
        f'<div class=h-entry><a class="u-url p-name" href="{href}">{name}</a><div class=e-content>{body}</div></div>'
        for name, href, body in (
            ("One", "/1", "<p>Words.</p>"),
            ("Two", "javascript:x()", "<p>Words.</p>"),
            ("Three", "/3", "<div>" * 300 + "Words."),
        )
    )
    faults: list[Fault] = []
    _, found = discovery.read_hfeed(page(f'<div class="h-feed">{entries}</div>'), faults)
    assert [(one.title, one.url, one.content) for one in found] == [
        ("One", "https://paper.example/1", "<p>Words.</p>"),
        ("Two", "", "<p>Words.</p>"),
        ("Three", "https://paper.example/3", ""),
    ]
    assert [fault.place.key for fault in faults] == ["entry 2 “Two”", "entry 3 “Three”"]
