"""A feed leads to itself, its page, its hub and its archive, and whatever leads astray is found."""

from datetime import timedelta

import pytest

import nouns
from checks.judging import judge
from dispatch.model import Contents, FeedSettings, Finding

HUB = "https://hub.example/?a=1&b=2"
BY = nouns.publication(feeds=FeedSettings(entries=2, each=("author",), hub=HUB))
ISSUES = [
    nouns.issue(
        nouns.article(n),
        nouns.article(n + 10),
        id=f"tag:wire.example,2025:{n}",
        slug=f"issue-{n}",
        date=nouns.DATE + timedelta(days=7 * n),
        status="published",
    )
    for n in (1, 2, 3)
]
STEMS = ("feed", "issues", "archive/feed-1", "archive/feed-2", "archive/issues-1", "authors/ada-1/feed")
SITE = "https://wire.example"


def found(stem: str, format: str, old: str = "", new: str = "", *, alone: bool = False) -> set[str]:  # noqa: A002
    """The rules that speak of a feed of the site in which a text was replaced."""
    page = nouns.feed(ISSUES, BY, stem)
    whole = nouns.body(format, page, BY).decode()
    assert old in whole
    findings = judged(page if not alone else ISSUES[0], format, stem, whole.replace(old, new, 1).encode())
    return {finding.rule for finding in findings if finding.rule.startswith("feed.")}


def judged(page: Contents, format: str, stem: str, body: bytes) -> list[Finding]:  # noqa: A002
    ending = {"rss": "xml", "atom": "atom", "json": "json"}[format]
    return judge(format, body, page, BY, path=f"{stem}.{ending}")


@pytest.mark.parametrize("format", nouns.FEEDS)
@pytest.mark.parametrize("stem", STEMS)
def test_every_feed_of_the_site_stands_rightly(stem: str, format: str) -> None:  # noqa: A002
    assert not found(stem, format)


@pytest.mark.parametrize("format", nouns.FEEDS)
def test_the_feed_of_an_issue_stands_rightly(format: str) -> None:  # noqa: A002
    assert not judged(ISSUES[0], format, "feed", nouns.body(format, ISSUES[0], BY))


@pytest.mark.parametrize(
    ("stem", "format", "old", "new"),
    [
        ("feed", "rss", f'href="{SITE}/feed.xml" rel="self"', f'href="{SITE}/feed.atom" rel="self"'),
        ("feed", "rss", f"<link>{SITE}/<", f"<link>{SITE}/about<"),
        ("feed", "rss", "https://hub.example/?a=1&amp;b=2", "https://hub.example/"),
        ("feed", "rss", 'rel="hub"', 'rel="club"'),
        ("feed", "rss", "archive/feed-2.xml", "archive/feed-1.xml"),
        ("archive/feed-2", "rss", "archive/feed-1.xml", "archive/feed-2.xml"),
        ("archive/feed-1", "rss", "<fh:archive/>", ""),
        ("archive/feed-1", "rss", 'rel="current"', 'rel="hub"'),
        ("archive/feed-1", "rss", 'rel="next-archive"', 'rel="prev-archive"'),
        ("feed", "atom", f'href="{SITE}/feed.atom" rel="self"', 'href="feed.atom" rel="self"'),
        ("feed", "atom", "archive/feed-2.atom", "archive/feed-2.xml"),
        ("authors/ada-1/feed", "atom", f'"{SITE}/authors/ada-1/" rel="alternate"', f'"{SITE}/" rel="alternate"'),
        ("archive/feed-1", "atom", 'rel="current"', 'rel="present"'),
        ("archive/feed-1", "atom", "<fh:archive/>", f'<link rel="hub" href="{SITE}/"/><fh:archive/>'),
        ("archive/feed-1", "rss", "<fh:archive/>", f'<atom:link rel="prev-archive" href="{SITE}/"/><fh:archive/>'),
        ("archive/feed-1", "json", '"feed_url"', f'"next_url": "{SITE}/", "feed_url"'),
        ("feed", "json", '"feed_url": "https', '"feed_url": "http'),
        ("feed", "json", "archive/feed-2.json", "archive/feed-1.json"),
        ("feed", "json", "https://hub.example/?a=1&b=2", "hub.example"),
        ("archive/feed-2", "json", "archive/feed-1.json", "archive/feed-2.json"),
    ],
)
def test_what_leads_astray_is_found(stem: str, format: str, old: str, new: str) -> None:  # noqa: A002
    assert found(stem, format, old, new) == {"feed.links"}


@pytest.mark.parametrize(
    ("stem", "old", "new"),
    [
        ("archive/feed-2", "archive/feed-1.atom", "archive/feed-2.atom"),
        ("archive/feed-1", "<fh:archive/>", ""),
        ("archive/feed-1", 'rel="current"', 'rel="present"'),
        ("feed", 'href="https://hub.example', 'href="//hub.example'),
    ],
)
def test_a_contradiction_is_found_wherever_the_feed_may_stand(stem: str, old: str, new: str) -> None:
    assert "feed.links" not in found(stem, "atom", alone=True)
    assert "feed.links" in found(stem, "atom", old, new, alone=True)
