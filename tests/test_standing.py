"""``check --online``: is the page behind “read more” still the article? Real servers, and pages of every shape."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands import run_dispatch
from dispatch import gather
from dispatch.model import Article, Author
from loopback import Page, Web, web

TITLE = "The price of cut stone"
FIRST = (
    "In the quarry above Example Bay the saws begin at six, and by seven the whole valley is white with dust. "
    "Twelve people work where four hundred did, and the stone that they cut goes to towns that nobody here has seen."
)
REST = "The harbour was built of it, and so was the church. " * 12
ASKED = Article(
    url="https://paper.example/stone",
    title=TITLE,
    authors=(Author(name="Dana Whitfield"),),
    content=f"<p>{FIRST}</p><p>{REST}</p>",
    published=datetime(2026, 3, 4, tzinfo=UTC),
)
BARE = replace(ASKED, content="")  # a bare link, as many are
HEADED = f"<h1>{TITLE}</h1><p class=byline>By Dana Whitfield</p>"
TEXT = f"<p>{FIRST}</p><p>{REST}</p>"
OTHER = "<p>The council has voted, and the ferry sails on Sundays again from the first of May. </p>" * 6
TEASER = f'<h2><a href="/stone">{TITLE}</a></h2><p>The saws begin at six in the quarry.</p>'
PAYWALL = "<div class=wall><p>Subscribe to go on reading. You have no articles left this month.</p></div>"
CONSENT = "<div role=dialog><h1>We value your privacy</h1><p>We and our 812 partners store things.</p></div>"
LISTED = f"{'<p>News from the bay, every day but Sunday.</p>' * 9}{TEASER}"
SCRIPT = "<script src=/app.js></script>"


def html(body: str, *, title: str = "", head: str = "") -> bytes:
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


def moved(path: str) -> Page:
    return (b"", {"location": path}, 302)


ALIVE: dict[str, tuple[Article, dict[str, Page]]] = {
    "the article": (ASKED, {"/stone": html(f"<article>{HEADED}{TEXT}</article>", title=f"{TITLE} - The Paper")}),
    "moved for good": (ASKED, {"/stone": moved("/2026/stone"), "/2026/stone": html(HEADED + TEXT, title=TITLE)}),
    "another headline, the same text": (
        ASKED,
        {"/stone": html(f"<article><h1>Who still works the quarry</h1>{TEXT}</article>", title="Quarry - The Paper")},
    ),
    "the editor's own headline, no text": (
        replace(BARE, title="What stone costs"),
        {"/stone": html(HEADED + TEXT, title=TITLE, head=meta("article:published_time", "2026-03-04T08:00:00Z"))},
    ),
    "a headline with more words": (
        BARE,
        {"/stone": html("<h1>Quarries: the price of cut stone is rising</h1><p>Soon more.</p>", title="The Paper")},
    ),
    "a headline with fewer words": (BARE, {"/stone": html("<h1>Price of cut stone up</h1>" + PAYWALL, title="Paper")}),
    "a paywall with the title": (ASKED, {"/stone": html(f"<h1>{TITLE}</h1>{PAYWALL}", title="The Paper")}),
    "a paywall with the beginning": (
        ASKED,
        {"/stone": html(f"<article><h1>In the dust</h1><p>{FIRST}</p>{PAYWALL}</article>", title="The Paper")},
    ),
    "a consent wall over the article": (ASKED, {"/stone": html(CONSENT, title=f"{TITLE} | The Paper")}),
    "a consent wall elsewhere": (
        ASKED,
        {
            "/stone": moved("/consent?continue=http%3A%2F%2F127.0.0.1%3A{port}%2Fstone"),
            "/consent?continue=http%3A%2F%2F127.0.0.1%3A{port}%2Fstone": html(CONSENT, title="Before you continue"),
        },
    ),
    "a page that scripts make": (ASKED, {"/stone": html(f"<div id=root></div>{SCRIPT}", title="The Paper")}),
    "a page with its data in a script": (
        ASKED,
        {"/stone": html(f'<p>Loading the news for you, please wait.</p><script>{{"t":"{TITLE}"}}</script>')},
    ),
    "the title in og:title only": (
        BARE,
        {"/stone": html("<h1>Stone</h1>" + OTHER, title="Stone", head=meta("og:title", TITLE.upper()))},
    ),
    "a PDF": (ASKED, {"/stone": (b"%PDF-1.7 words", {"content-type": "application/pdf"}, 200)}),
    "a text": (ASKED, {"/stone": (b"Words of a text.", {"content-type": "text/plain"}, 200)}),
    "nothing at all": (ASKED, {"/stone": html("")}),
    "no title is known": (replace(BARE, title=""), {"/stone": html(OTHER, title="The Paper")}),
    "a title in Chinese": (
        replace(BARE, title="石头的价格"),
        {"/stone": html("<h1>石头的价格在上涨</h1><p>采石场六点开工。</p>", title="报纸")},
    ),
    "one of the entries of a diary": (
        replace(BARE, title="Thursday, at the quarry"),
        {"/stone": html(f"<h1>Diary</h1><h2>Wednesday</h2>{OTHER}<h2>Thursday, at the quarry</h2>{TEXT}")},
    ),
    "a blog's front page that is the article": (
        ASKED,
        {"/stone": moved("/"), "/": html(f"<article><h1>{TITLE}</h1>{TEXT}</article>", title="Dana Whitfield")},
    ),
}
TAKEN_OVER: dict[str, tuple[Article, dict[str, Page]]] = {
    "a parked domain": (
        ASKED,
        {"/stone": html("<h1>paper.example is for sale</h1><p>Make an offer.</p>" + SCRIPT, title="paper.example")},
    ),
    "advertising on a parked domain": (
        BARE,
        {"/stone": html('<a href="/x">Stone tiles</a><a href="/y">Cut prices</a><p>Related searches, sponsored</p>')},
    ),
    "an error that calls itself success": (
        ASKED,
        {"/stone": html("<h1>Page not found</h1><p>What you look for is not here. Try /stone again.</p>", title="404")},
    ),
    "an error with the latest headlines": (
        ASKED,
        {"/stone": html(f"<h1>Nothing here</h1><p>Perhaps you like:</p>{TEASER}", title="Not found")},
    ),
    "the front page": (ASKED, {"/stone": moved("/"), "/": html(f"<h1>The Paper</h1>{OTHER}", title="The Paper")}),
    "the front page that leads to it": (ASKED, {"/stone": moved("/"), "/": html(LISTED, title="The Paper")}),
    "the front page in a language": (ASKED, {"/stone": moved("/en/"), "/en/": html(LISTED + TEXT[:99], title="Paper")}),
    "a paywall of another article": (
        ASKED,
        {"/stone": html(f"<article><h1>Ferries on Sundays</h1>{OTHER}{PAYWALL}</article>", title="Ferries")},
    ),
    "another article of the same author": (
        ASKED,
        {
            "/stone": html(
                f"<article><h1>Ferries sail on Sundays</h1><p class=byline>By Dana Whitfield</p>{OTHER}</article>",
                title="Ferries",
                head=meta("article:published_time", "2026-10-01T08:00:00Z"),
            )
        },
    ),
    "a casino with the old name": (
        ASKED,
        {
            "/stone": html(
                f"<h1>The Paper: play and win</h1>{'<p>Spin the price wheel now.</p>' * 9}", title="The Paper"
            )
        },
    ),
    "a topic's list": (
        BARE,
        {"/stone": moved("/topics/stone"), "/topics/stone": html(f"<h1>Stone</h1>{TEASER}{OTHER}", title="Stone")},
    ),
    "another article whose title shares small words": (
        BARE,
        {"/stone": html(f"<h1>The rise of the new ferry</h1>{OTHER}", title="The rise of the new ferry")},
    ),
}


def serve_pages(site: Web, pages: dict[str, Page]) -> None:
    """Put pages on a server, as HTML where nothing else is said; ``{port}`` becomes the server's."""
    for path, page in pages.items():
        if isinstance(page, tuple) and "location" in page[1]:
            page = (b"", {"location": page[1]["location"].replace("{port}", str(site.port))}, 302)
        elif isinstance(page, bytes):
            page = (page, {"content-type": "text/html; charset=utf-8"}, 200)
        site.pages[path.replace("{port}", str(site.port))] = page


def ask(site: Web, article: Article) -> str | None:
    """Why the page of the article is not it."""
    there = replace(article, url=site.url("/stone"))
    (state,) = gather.check_articles([there], user_agent="dispatch/test", allow_private=True).values()
    return state.reason if state else None


@pytest.mark.parametrize("shape", ALIVE)
def test_the_article_is_still_there(shape: str) -> None:
    article, pages = ALIVE[shape]
    with web() as site:
        serve_pages(site, pages)
        assert ask(site, article) is None


@pytest.mark.parametrize("shape", TAKEN_OVER)
def test_the_page_is_another_by_now(shape: str) -> None:
    article, pages = TAKEN_OVER[shape]
    with web() as site:
        serve_pages(site, pages)
        assert ask(site, article) == "taken-over"


def test_what_does_not_answer_is_dead_and_not_taken_over() -> None:
    with web() as site:
        assert ask(site, ASKED) == "http-status"
    assert ask(site, ASKED) == "network"


def test_a_page_that_several_articles_share_is_one_of_them() -> None:
    with web() as site:
        serve_pages(site, ALIVE["the article"][1])
        shared = [replace(ASKED, url=site.url("/stone")), replace(BARE, url=site.url("/stone"), title="Ferries again")]
        assert set(gather.check_articles(shared, user_agent="dispatch/test", allow_private=True).values()) == {None}
    assert site.asked == ["/stone"]


@pytest.mark.parametrize(
    ("page", "code", "said"),
    [
        (ALIVE["the article"][1]["/stone"], 0, ""),
        (TAKEN_OVER["a parked domain"][1]["/stone"], 1, "leads to another page by now, “paper.example is for sale”"),
    ],
    ids=["alive", "taken over"],
)
def test_check_online_tells_of_it(tmp_path: Path, page: Page, code: int, said: str) -> None:
    run_dispatch(tmp_path, "init", ".", "--title", "The Wire", "--url", "https://wire.example")
    run_dispatch(tmp_path, "issue", "new", "Stone")
    with web() as site:
        serve_pages(site, {"/stone": page})
        url = site.url("/stone")
        run_dispatch(tmp_path, "add", "--url", url, "--title", TITLE, "--author", "Dana Whitfield", "--no-fetch")
        result = run_dispatch(tmp_path, "check", "stone", "--online", "--allow-private", code=code)
    assert said in result.output
    assert ("[links.taken-over]" in result.output) is bool(said)


@pytest.mark.parametrize(
    ("status", "code", "rule"), [(503, 0, "unanswered"), (429, 0, "unanswered"), (404, 1, "dead"), (410, 1, "dead")]
)
def test_a_server_that_is_busy_is_a_warning(tmp_path: Path, status: int, code: int, rule: str) -> None:
    run_dispatch(tmp_path, "init", ".", "--title", "The Wire", "--url", "https://wire.example")
    run_dispatch(tmp_path, "issue", "new", "Stone")
    with web() as site:
        site.pages["/stone"] = "", {}, status
        words = ("--title", TITLE, "--author", f"Dana Whitfield={site.url('/stone')}", "--no-fetch")
        run_dispatch(tmp_path, "add", "--url", site.url("/stone"), *words)
        result = run_dispatch(tmp_path, "check", "stone", "--online", "--allow-private", code=code)
    assert result.output.count(f"[links.{rule}]") == 2
