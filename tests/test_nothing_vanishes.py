"""From a source to an issue: every entry of every system is offered once, by whoever wrote it, whatever changes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands import run_dispatch
from dispatch import config, issues
from loopback import Web, item, rss, web
from worlds import SYSTEMS, Post

FIRST = datetime(2026, 11, 20, 8, tzinfo=UTC)
AUTHORS = ("Ann Lee", "Bo Roe", "Cy Poe")


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as served:
        yield served


def mark(system: str, n: int) -> str:
    """A word that stands in one post only."""
    name = "blogger" if system == "planet" else system
    return f"{name.replace(' ', '').replace('-', '')}{'abcdefgh'[n]}".upper()


def write_posts(system: str, numbers: Sequence[int], scheme: str, *, is_edited: bool) -> list[Post]:
    """The posts of a site, the newest first; later, one has another headline and one has more to say."""
    host = f"{scheme}://{'blogger' if system == 'planet' else system.replace(' ', '-')}.example/"
    posts = [
        Post(
            n=n,
            title=f"What {'we now know' if is_edited and n == 2 else 'they say'} of {mark(system, n).lower()}",
            text=f"The ferry {mark(system, n)} is late again and nobody at the harbour says why."
            + (" More was said later in the day." if is_edited and n == 3 else ""),
            author=AUTHORS[n % 3],
            day=FIRST + timedelta(hours=31 * n),
            link=f"{host}{n}/{mark(system, n).lower()}",
            guid=f"{host}?p={n}",
        )
        for n in numbers
    ]
    return sorted(posts, key=lambda post: post.day, reverse=True)


def serve(site: Web, numbers: Sequence[int], scheme: str, *, is_edited: bool, is_turned: bool = False) -> None:
    for place, (system, give) in enumerate(SYSTEMS.items()):
        posts = write_posts(system, numbers, scheme, is_edited=is_edited)
        home = f"{scheme}://{system.replace(' ', '-')}.example/"
        kind = {"h-feed": "text/html", "json": "application/feed+json", "microblog": "application/feed+json"}
        document = give(home, posts[::-1] if is_turned else posts)
        site.pages[f"/{place}"] = (document, {"content-type": kind.get(system, "application/xml")}, 200)


@pytest.fixture
def letter(tmp_path: Path, site: Web) -> Path:
    root = tmp_path / "letter"
    config.create_publication(root, title="The Wire", url="https://wire.example")
    rows = (
        f'[[sources]]\nkey = "{system.replace(" ", "-")}"\n'
        + (
            f'url = "{site.url(f"/{place}", place)}"\nkind = "page"\n'
            if system == "h-feed"
            else f'feed = "{site.url(f"/{place}", place)}"\n'
        )
        for place, system in enumerate(SYSTEMS)
    )
    with (root / "dispatch.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + "\n".join(rows))
    return root


def list_inbox(letter: Path, *words: str) -> list[dict[str, object]]:
    said = run_dispatch(letter, "inbox", "--json", "--limit", "10000", *words).stdout
    return list(json.loads(said))


def find_amiss(articles: Sequence[Mapping[str, object]], numbers: Sequence[int]) -> list[str]:
    """What is not there exactly once, and by whoever wrote it."""
    amiss = []
    for system in SYSTEMS:
        for n in numbers:
            found = [one for one in articles if mark(system, n).lower() in json.dumps(one).lower()]
            names = [[author["name"] for author in one["authors"]] for one in found]  # type: ignore[attr-defined]
            if names != [[AUTHORS[n % 3]]]:
                amiss.append(f"{system} {n}: {names}")
    return amiss


def test_every_entry_of_every_system_is_there_once_whatever_changes(site: Web, letter: Path) -> None:
    serve(site, range(1, 6), "http", is_edited=False)
    run_dispatch(letter, "gather", "--allow-private")
    first = list_inbox(letter)
    assert find_amiss(first, range(1, 6)) == []
    assert all(one["title"] for one in first)
    serve(site, range(2, 8), "http", is_edited=True, is_turned=True)
    run_dispatch(letter, "gather", "--allow-private")
    second = list_inbox(letter)
    assert find_amiss(second, range(1, 8)) == []
    serve(site, range(2, 8), "https", is_edited=True)
    run_dispatch(letter, "gather", "--allow-private")
    assert find_amiss(list_inbox(letter), range(1, 8)) == []
    assert len(list_inbox(letter)) == len(second)

    said = run_dispatch(letter, "issue", "new", "Week 48", "--from-inbox", "--limit", "10000").stderr
    assert f"added {len(second)} articles" in said
    assert len(list(issues.read_issue(config.load(letter), "week-48").articles)) == len(second)
    assert list_inbox(letter) == []
    run_dispatch(letter, "gather", "--allow-private")
    assert list_inbox(letter) == []


def test_each_is_added_by_its_number_and_its_first_words_are_shown_once(site: Web, letter: Path) -> None:
    serve(site, range(1, 6), "https", is_edited=False)
    said = run_dispatch(letter, "gather", "--allow-private").stderr
    for key in ("one-id", "one-id-and-address"):
        assert f"{key}: gives one id to several articles; told apart by title, day and words: " in said
    numbers = [str(one["number"]) for one in list_inbox(letter)]
    run_dispatch(letter, "issue", "new", "Week 48")
    said = run_dispatch(letter, "add", *numbers, "--issue", "week-48").stderr
    assert "already" not in said
    run_dispatch(letter, "render", "week-48", "--format", "text", "--output", "week.txt")
    text = (letter / "week.txt").read_text("utf-8")
    for system in ("mastodon", "bluesky", "microblog", "no ids", "h-feed", "tumblr"):
        # In the headline, and where the way to it has its name.
        assert {text.count(mark(system, n)) for n in range(1, 6)} <= {1, 2}, system


def test_what_has_no_words_at_all_is_named_and_does_not_stop_the_others(site: Web, letter: Path) -> None:
    """A picture without a description, in a feed of pictures."""
    picture = "<item><guid>a</guid><description>&lt;img src='https://x.example/a.jpg'&gt;</description></item>"
    site.pages["/0"] = rss(picture, item("b"))
    run_dispatch(letter, "gather", "wordpress", "--allow-private")
    said = run_dispatch(letter, "issue", "new", "Week 48", "--from-inbox", code=1).stderr
    assert "article 2 of the inbox" in said or "article 1 of the inbox" in said
    assert "it has no title, and no words to make one of" in said
    assert "added 1 article from the inbox" in said
    (left,) = list_inbox(letter)
    run_dispatch(letter, "add", str(left["number"]), "--title", "A boat")
    assert list_inbox(letter) == []
