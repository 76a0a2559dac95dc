"""A folder or a file gets another name: every old address leads to the new one, and no reader gets anything again."""

import asyncio
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

import feedparser
import httpx
import pytest
from click.testing import Result
from playwright.sync_api import Browser

import nouns
from commands import run_dispatch
from dispatch import config, issues
from dispatch.model import Issue, Section, Source
from dispatch.serve.site import PublicSite

Dispatch = Callable[..., Result]
SITE = "https://wire.example"


def number(slug: str, *, own: bool = False) -> Issue:
    """An issue with an article in full, one as an excerpt, and one of one's own."""
    kinds: dict[str, Literal["full", "excerpt"]] = {"whole": "full", "part": "excerpt"}
    articles = [
        nouns.article(
            n,
            id=f"tag:wire.example,2026:{slug}/{key}",
            key=key,
            url=f"https://paper.example/{slug}/{key}",
            source=Source(title="The Paper", url="https://paper.example/", syndicate=syndicate),
        )
        for n, (key, syndicate) in enumerate(kinds.items(), 1)
    ]
    if own:
        mine = {"id": f"tag:wire.example,2026:{slug}/mine", "key": "mine", "url": f"{SITE}/issues/{slug}/mine/"}
        articles.append(nouns.article(3, **mine, source=Source(syndicate="full"), dek=""))
    return nouns.issue(
        id=f"tag:wire.example,2026:{slug}",
        slug=slug,
        title=f"The {slug} letter",
        sections=(Section(title="Europe", articles=tuple(articles)),),
    )


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A publication with one published issue, of which one article is one's own."""
    root = tmp_path / "letter"
    config.create_publication(root, title="The Wire", url=SITE, sender="The Wire <desk@wire.example>")
    issues.create_issue(config.load(root), number("old", own=True))
    return root


@pytest.fixture
def dispatch(letter: Path) -> Dispatch:
    run = partial(run_dispatch, letter)
    run("publish", "old")
    return run


def rename(letter: Path, old: str, new: str) -> None:
    (letter / "issues" / old).rename(letter / "issues" / new)


def identities(letter: Path, feed: str) -> list[tuple[str, str, str]]:
    """By what a reader tells whether an entry is new or changed, as a reader that is not ours sees it."""
    parsed = feedparser.parse((letter / "public" / feed).read_bytes())
    assert parsed.entries
    said = [dict(entry) for entry in parsed.entries]
    return [(entry["id"], entry.get("published", ""), entry.get("updated", "")) for entry in said]


def lines(letter: Path) -> list[str]:
    return (letter / "public" / "_redirects").read_text("utf-8").splitlines()


def test_every_old_address_leads_to_the_new_one_and_nothing_is_delivered_again(
    dispatch: Dispatch, letter: Path
) -> None:
    feeds = ("feed.xml", "feed.atom", "issues.xml", "issues.atom")
    before = {feed: identities(letter, feed) for feed in feeds}
    assert not (letter / "public" / "_redirects").exists()
    rename(letter, "old", "new")
    dispatch("check", "new")
    dispatch("publish")
    assert {feed: identities(letter, feed) for feed in feeds} == before
    assert lines(letter) == [
        "/issues/old/ /issues/new/ 301",
        "/issues/old/* /issues/new/:splat 301",
    ]
    files = {path.relative_to(letter / "public").as_posix() for path in (letter / "public/issues/old").rglob("*.*")}
    assert files == {f"issues/old/{page}index.html" for page in ("", "mine/", "whole/")}
    own = {item["id"]: item["url"] for item in json.loads((letter / "public/feed.json").read_bytes())["items"]}
    assert own["tag:wire.example,2026:old/mine"] == f"{SITE}/issues/new/mine/"
    assert dispatch("publish", "-v").stdout == ""


def test_what_moves_twice_leads_there_in_one_step(dispatch: Dispatch, letter: Path) -> None:
    for old, new in (("old", "middle"), ("middle", "new")):
        rename(letter, old, new)
        dispatch("publish")
    for old in ("old", "middle"):
        assert f"/issues/{old}/ /issues/new/ 301" in lines(letter)
        assert f"/issues/{old}/* /issues/new/:splat 301" in lines(letter)
        stub = (letter / f"public/issues/{old}/index.html").read_text("utf-8")
        assert f'content="0; url={SITE}/issues/new/"' in stub
        assert '<link rel="stylesheet" href="../../style.css" />' in stub
    # And back: an address that is in use leads nowhere else.
    rename(letter, "new", "old")
    dispatch("publish")
    assert {line.split()[0] for line in lines(letter)} == {
        f"/issues/{slug}/{page}" for slug in ("middle", "new") for page in ("", "*")
    }
    assert {line.split()[1].split("/")[2] for line in lines(letter)} == {"old"}
    assert 'http-equiv="refresh"' not in (letter / "public/issues/old/index.html").read_text("utf-8")


def test_the_page_of_an_article_moves_with_its_file(dispatch: Dispatch, letter: Path) -> None:
    folder = letter / "issues" / "old"
    (folder / "whole.html").rename(folder / "all-of-it.html")
    (folder / "mine.html").rename(folder / "ours.html")
    listing = (folder / "issue.md").read_text("utf-8")
    (folder / "issue.md").write_text(listing.replace("- whole", "- all-of-it").replace("- mine", "- ours"), "utf-8")
    dispatch("check", "old")
    dispatch("publish")
    assert lines(letter) == [
        "/issues/old/mine/ /issues/old/ours/ 301",
        "/issues/old/whole/ /issues/old/all-of-it/ 301",
    ]


def test_the_page_of_an_article_that_may_only_be_quoted_now_leads_to_its_issue(
    dispatch: Dispatch, letter: Path
) -> None:
    path = letter / "issues" / "old" / "whole.html"
    text = path.read_text("utf-8")
    assert "syndicate: full" in text
    path.write_text(text.replace("syndicate: full", "syndicate: excerpt"), "utf-8")
    dispatch("publish")
    assert lines(letter) == ["/issues/old/whole/ /issues/old/#whole 301"]
    stub = (letter / "public/issues/old/whole/index.html").read_text("utf-8")
    assert f'content="0; url={SITE}/issues/old/#whole"' in stub
    assert 'id="whole"' in (letter / "public/issues/old/index.html").read_text("utf-8")


def test_an_address_that_moved_is_not_free_for_another(dispatch: Dispatch, letter: Path) -> None:
    rename(letter, "old", "new")
    dispatch("publish")
    issues.create_issue(config.load(letter), replace(number("old"), id="tag:wire.example,2027:old", sections=()))
    said = dispatch("check", "old", code=1).stdout
    assert (
        "Its address belonged to tag:wire.example,2026:old, which has moved: https://wire.example/issues/old/" in said
    )
    assert "Choose another slug" in said
    dispatch("publish", "old", "--yes", code=1)
    assert "/issues/old/ /issues/new/ 301" in lines(letter)


def test_two_issues_do_not_change_places(dispatch: Dispatch, letter: Path) -> None:
    issues.create_issue(config.load(letter), number("other"))
    dispatch("publish", "other")
    for old, new in (("old", "aside"), ("other", "old"), ("aside", "other")):
        rename(letter, old, new)
    assert "ids.link" in dispatch("publish", code=1).stdout


def test_somebody_elses_address_stays(dispatch: Dispatch, letter: Path) -> None:
    path = letter / "issues" / "old" / "part.html"
    path.write_text(path.read_text("utf-8").replace("paper.example/old/part", "paper.example/new/part"), "utf-8")
    said = dispatch("check", "old", code=1).stdout
    assert "ids.link" in said
    assert "published as https://paper.example/old/part and is now https://paper.example/new/part" in said


def test_a_page_may_not_become_somebody_elses_address(dispatch: Dispatch, letter: Path) -> None:
    path = letter / "issues" / "old" / "mine.html"
    path.write_text(path.read_text("utf-8").replace("title:", "url: https://paper.example/mine\ntitle:", 1), "utf-8")
    assert "ids.link" in dispatch("check", "old", code=1).stdout


def test_a_server_sends_readers_on(dispatch: Dispatch, letter: Path) -> None:
    rename(letter, "old", "new")
    dispatch("withdraw", "new", "whole", "--because", "It was wrong.", "--without-copy", "--yes")
    dispatch("publish")

    async def answers() -> dict[str, tuple[int, str]]:
        transport = httpx.ASGITransport(app=PublicSite(letter / "public"))
        async with httpx.AsyncClient(transport=transport, base_url=SITE) as client:
            asked = ("/issues/old/", "/issues/old", "/issues/old/mine/", "/issues/old/feed.xml", "/issues/new/whole/")
            return {path: _told(await client.get(path)) for path in asked}

    # In a thread of its own: a browser that other tests look through has the loop of this one.
    with ThreadPoolExecutor() as pool:
        found = pool.submit(lambda: asyncio.run(answers())).result()
    assert found == {
        "/issues/old/": (301, "/issues/new/"),
        "/issues/old": (301, "/issues/new/"),
        "/issues/old/mine/": (301, "/issues/new/mine/"),
        "/issues/old/feed.xml": (301, "/issues/new/feed.xml"),
        "/issues/new/whole/": (410, "It was wrong."),
    }


def _told(answer: httpx.Response) -> tuple[int, str]:
    notice = re.search("It was wrong.", answer.text)
    return answer.status_code, answer.headers.get("location") or (notice[0] if notice else "")


@pytest.mark.needs("chromium")
def test_a_browser_goes_on_without_a_script(dispatch: Dispatch, letter: Path, browser: Browser) -> None:
    rename(letter, "old", "new")
    dispatch("publish")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    def served(route: object) -> None:
        path = route.request.url.removeprefix(SITE + "/")  # type: ignore[attr-defined]
        file = letter / "public" / (path if path.rpartition("/")[2] else f"{path}index.html")
        route.fulfill(path=file)  # type: ignore[attr-defined]

    page.route(f"{SITE}/**", served)
    page.goto(f"{SITE}/issues/old/whole/")
    page.wait_for_url(f"{SITE}/issues/new/whole/")
    assert page.locator("h1").inner_text() == "Story 1"
    context.close()
