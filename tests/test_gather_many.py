"""Every source at once: whom an entry credits, what its page adds, and what is remembered of a source."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dispatch import gather
from dispatch.gather import GatherResult
from dispatch.model import Article, Author, Source, Visit
from loopback import Web, item, rss, web

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
WORDS = "<p>" + "A ferry left the harbour at noon, and the letters reached the island before the news. " * 6 + "</p>"
PAGE = """<!doctype html><html lang="en"><head><title>x</title><script type="application/ld+json">
{"@type": "NewsArticle", "headline": "On the page", "author": {"@type": "Person", "name": "Cy Roe"}}</script></head>
<body><article><h1>On the page</h1>""" + WORDS + "</article></body></html>"  # fmt: skip


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as served:
        yield served


def gathered(*sources: Source, visits: dict[str, Visit] | None = None, **options: object) -> list[GatherResult]:
    found = gather.gather_sources(
        sources,
        visits or {},
        user_agent="dispatch-tests",
        now=NOW,
        allow_private=True,
        **options,  # type: ignore[arg-type]
    )
    return sorted(found, key=lambda result: result.source.key)


def test_the_source_of_dispatch_toml_is_the_entrys_and_a_planets_is_the_origins(site: Web) -> None:
    origin = '<source url="https://tide.example/feed">Tide</source>'
    itself = f'<source url="{site.url("/feed")}">The Paper</source>'
    site.pages["/feed"] = rss(item("a"), item("b", extra=origin), item("c", extra=itself))
    source = Source(key="paper", title="My Paper", feed=site.url("/feed"), tags=("sea",), author=Author(name="Ann Lee"))
    (result,) = gathered(source)
    own, planet, also_own = result.articles
    assert (own.source.key, own.source.title, own.tags) == ("paper", "My Paper", ("sea",))
    assert ([one.name for one in own.authors], own.certainty) == (["Ann Lee"], "likely")
    assert (planet.source.key, planet.source.title, planet.tags) == ("", "Tide", ())
    assert (planet.authors, planet.certainty) == ((), "unknown")
    assert also_own.source.key == "paper"


def test_who_is_named_is_not_replaced_by_the_default_author(site: Web) -> None:
    site.pages["/feed"] = rss(item("a", author="Bo Zhang"))
    (result,) = gathered(Source(key="paper", feed=site.url("/feed"), author=Author(name="Ann Lee")))
    assert [one.name for one in result.articles[0].authors] == ["Bo Zhang"]
    assert result.articles[0].certainty == "certain"


def test_an_entry_is_completed_from_its_page_and_keeps_its_own_words(site: Web) -> None:
    links = [site.url(f"/{name}?a=1&copy=2") for name in ("one", "two", "gone")]
    items = [
        f"<item><title>{n}</title><link>{link.replace('&', '&amp;')}</link>{extra}"
        "<description>Short.</description></item>"
        for n, (link, extra) in enumerate(zip(links, ["", "<dc:creator>Bo Zhang</dc:creator>", ""], strict=True))
    ]
    site.pages |= {"/feed": rss(*items), "/one?a=1&copy=2": PAGE, "/two?a=1&copy=2": PAGE}
    source = Source(key="paper", feed=site.url("/feed"), complete=True, author=Author(name="Ann Lee"))
    (result,) = gathered(source)
    one, two, gone = result.entries
    assert [one.name for one in one.authors] == ["Cy Roe"]
    assert (one.title, one.url, one.summary, one.certainty) == ("0", links[0], "Short.", "certain")
    assert "letters reached the island" in one.content
    assert [one.name for one in two.authors] == ["Bo Zhang"]
    assert gone == result.articles[2]
    assert [str(missed) for missed in result.missed] == [f"{links[2]}: the server answered 404 Not Found"]
    assert "letters" not in result.articles[0].content


def test_only_the_pages_of_new_entries_are_read_twenty_at_a_time(site: Web) -> None:
    links = [site.url(f"/page-{n}") for n in range(30)]
    site.pages |= {f"/page-{n}": PAGE for n in range(30)}
    feed = rss(*(f"<item><title>{n}</title><link>{link}</link></item>" for n, link in enumerate(links)))
    site.pages["/feed"] = (feed, {"etag": '"1"'}, 200)

    def unknown(key: str, articles: Sequence[Article]) -> list[int]:
        assert key == "paper"
        return list(range(5, len(articles)))

    (result,) = gathered(Source(key="paper", feed=site.url("/feed"), complete=True), unknown=unknown)
    assert [path for path in site.asked if path.startswith("/page")] == [f"/page-{n}" for n in range(5, 25)]
    assert (len(result.articles), result.later, result.visit.etag) == (25, 5, "")
    assert sorted(result.completed) == list(range(5, 25))


def test_three_pages_in_a_row_that_fail_are_enough(site: Web) -> None:
    body = "".join(f'<article><h2><a href="/page-{n}">{n}</a></h2></article>' for n in range(9))
    site.pages["/"] = (f"<!doctype html><title>Bay</title>{body}", {"content-type": "text/html"}, 200)
    (result,) = gathered(Source(key="bay", kind="page", url=site.url("/")))
    assert (len(result.missed), result.later, result.articles, result.state) == (3, 6, (), "gathered")


def test_pages_that_do_not_want_robots_are_left_alone(site: Web) -> None:
    site.pages |= {"/robots.txt": "User-agent: *\nDisallow: /", "/": PAGE, "/feed": rss(item("a"))}
    page, feed = gathered(
        Source(key="a", kind="page", url=site.url("/")), Source(key="b", kind="feed", feed=site.url("/feed", 2))
    )
    assert page.error
    assert "robots.txt" in page.error.what
    assert feed.state == "gathered"


def test_a_page_without_articles_is_one_itself(site: Web) -> None:
    site.pages["/log"] = (PAGE, {"content-type": "text/html"}, 200)
    (result,) = gathered(Source(key="log", kind="page", url=site.url("/log")))
    assert [(one.title, one.url, one.source.key) for one in result.articles] == [
        ("On the page", site.url("/log"), "log")
    ]


def test_a_site_without_a_kind_is_read_by_the_feed_that_it_names(site: Web) -> None:
    head = '<!doctype html><title>x</title><link rel="alternate" type="application/rss+xml" href="/feed">'
    site.pages |= {"/": (head, {"content-type": "text/html"}, 200), "/feed": rss(item("a"))}
    (result,) = gathered(Source(key="paper", url=site.url("/")))
    assert [one.title for one in result.articles] == ["a"]
    assert result.visit.moved_to == site.url("/feed")


def test_what_is_remembered_of_a_source(site: Web) -> None:
    site.pages["/feed"] = (rss(item("a")), {"etag": '"1"', "cache-control": "max-age=60"}, 200)
    source = Source(key="paper", feed=site.url("/feed"))
    (first,) = gathered(source)
    assert first.visit == Visit(
        source="paper", asked=NOW, succeeded=NOW, etag='"1"', not_before=NOW + timedelta(seconds=60)
    )
    (early,) = gathered(source, visits={"paper": first.visit})
    assert (early.state, early.visit, len(site.asked)) == ("early", first.visit, 1)
    (unchanged,) = gathered(source, visits={"paper": first.visit}, in_any_case=True)
    assert (unchanged.state, unchanged.articles, unchanged.visit.etag) == ("unchanged", (), '"1"')
    site.pages["/feed"] = (b"", {"retry-after": "90"}, 429)
    (failed,) = gathered(source, visits={"paper": first.visit}, in_any_case=True)
    assert (failed.visit.failures, failed.visit.succeeded, failed.visit.etag) == (1, NOW, '"1"')
    assert failed.visit.not_before == NOW + timedelta(seconds=90)
    site.pages["/feed"] = "<rss><channel>"
    (broken,) = gathered(source, visits={"paper": failed.visit}, in_any_case=True)
    assert (broken.visit.failures, broken.state) == (2, "failed")
    assert "not well-formed" in broken.visit.error


def test_what_cannot_be_gathered_at_all_is_said() -> None:
    no_address, no_key = gathered(Source(key="z"), Source(feed="https://paper.example/feed", title="Paper"))[::-1]
    assert "no address" in str(no_address.error)
    assert "no key" in str(no_key.error)


def test_a_source_in_ones_own_network_says_so_itself(site: Web) -> None:
    site.pages["/feed"] = rss(item("a"))
    results = gather.gather_sources(
        [Source(key="a", feed=site.url("/feed"), allow_private=True), Source(key="b", feed=site.url("/feed"))],
        {},
        user_agent="dispatch-tests",
        now=NOW,
    )
    assert {result.source.key: result.state for result in results} == {"a": "gathered", "b": "failed"}


def test_leave_for_a_source_in_ones_own_network_is_not_for_what_it_leads_to(site: Web) -> None:
    """Who writes a feed could otherwise have every machine of that network asked."""
    here, there = site.url("/page"), site.url("/page", 2)
    entries = (f"<item><title>{n}</title><link>{link}</link></item>" for n, link in enumerate((here, there)))
    html = {"content-type": "text/html"}
    named = (
        f'<!doctype html><title>x</title><link rel="alternate" type="application/rss+xml" href="{site.url("/f", 2)}">'
    )
    site.pages |= {
        "/feed": rss(*entries),
        "/page": (PAGE, html, 200),
        "/named": (named, html, 200),
        "/f": rss(item("a")),
    }
    own = Source(key="a", feed=site.url("/feed"), complete=True, allow_private=True)
    for whole in (own, replace(own, allow_private=False)):
        (result,) = gathered(whole)
        assert list(result.completed) == [0]
        assert [fault.reason for error in result.missed for fault in error.faults] == ["private-network"]
    (elsewhere,) = gathered(Source(key="b", url=site.url("/named"), allow_private=True))
    assert "private network" in elsewhere.visit.error
    assert gather.discover_source(site.url("/named"), user_agent="x", allow_private=True).feed == site.url("/feed")
    assert site.asked.count("/page") == 2
    assert "/f" not in site.asked


def test_large_documents_are_read_the_same_by_a_process_of_their_own(site: Web) -> None:
    body = "&lt;p&gt;A ferry, &lt;a href='https://h.example/?a=1&amp;amp;b=2'&gt;a letter&lt;/a&gt;.&lt;/p&gt;"
    items = [item(f"n{n}", author="J. R. R. T.", body=body * 20) for n in range(200)]
    site.pages |= {
        "/large": rss(*items),
        "/small": rss(*items[:9]),
        "/pdf": (b"%PDF" * 99_999, {"content-type": "application/pdf"}, 200),
    }
    large, pdf, small = gathered(*(Source(key=name, feed=site.url(f"/{name}")) for name in ("large", "small", "pdf")))
    assert [one.content for one in large.articles[:9]] == [one.content for one in small.articles]
    assert large.articles[5].authors == small.articles[5].authors
    assert len(large.articles) == 200
    assert "application/pdf" in str(pdf.error)


def test_discovering(site: Web) -> None:
    html = {"content-type": "text/html"}
    head = '<!doctype html><title>x</title><link rel="alternate" type="application/rss+xml" href="/{}">'
    site.pages |= {
        "/": (head.format("broken") + head.format("feed"), html, 200),
        "/broken": "<rss>",
        "/feed": (b"", {"location": "/feed/"}, 301),
        "/feed/": rss(item("a"), title="The Paper"),
        "/blog": ("<!doctype html><title>Blog</title>", html, 200),
        "/blog/atom.xml": rss(item("b"), title="Blog"),
    }
    found = gather.discover_source(site.url("/"), user_agent="x", allow_private=True)
    assert found == Source(kind="feed", title="The Paper", url=site.url("/"), feed=site.url("/feed/"))
    assert gather.discover_source(site.url("/feed"), user_agent="x", allow_private=True).feed == site.url("/feed/")
    assert gather.discover_source(site.url("/blog"), user_agent="x", allow_private=True).feed == site.url(
        "/blog/atom.xml"
    )


def test_a_small_document_has_a_deadline_too(site: Web) -> None:
    body = "&lt;p&gt;A ferry &lt;b&gt;left.&lt;/p&gt;" * 4_000
    site.pages |= {"/small": rss(item("a", body=body)), "/next": rss(item("b"))}
    sources = [Source(key=name, feed=site.url(f"/{name}")) for name in ("small", "next")]
    (slow,) = gathered(sources[0], reading_seconds=0.001)
    assert (slow.state, slow.visit.error) == ("failed", "it takes longer than 0.001 seconds to read")
    honest, both = gathered(*sources)
    assert (honest.state, both.state) == ("gathered", "gathered")


def test_who_stops_gets_what_was_gathered(site: Web) -> None:
    site.pages |= {f"/feed-{n}": rss(item("a")) for n in range(400)}
    sources = [Source(key=str(n), feed=site.url(f"/feed-{n}", n % 200 + 1)) for n in range(400)]
    found: list[GatherResult] = []
    for result in gather.gather_sources(
        sources, {}, user_agent="tests", now=NOW, allow_private=True, is_stopped=lambda: len(found) >= 3
    ):
        assert result.state == "gathered"
        found.append(result)
    assert 3 <= len(found) < 400
