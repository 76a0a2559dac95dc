"""A stranger's feed of fifty entries with every fault in it gives all good entries, and a line for each bad one."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random

import pytest
from click.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st

from commands import run_dispatch
from dispatch import compose, config, inbox, issues
from dispatch.model import Article, Author, Document, Fault, Publication, Source
from dispatch.readers import feed
from loopback import Web, item, rss, web
from strange_feeds import FAULTS, FORMATS, LEFT_OUT, Format, StrangeFeed, make_strange_feed
from thorough import scale

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
SEEDS = st.integers(0, 1 << 32).map(Random)
SOURCES = "".join(
    f'\n[[sources]]\nkey = "{kind}"\nfeed = "{{site}}/{kind}"\nallow_private = true\n' for kind in FORMATS
)

Dispatch = Callable[..., Result]


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    config.create_publication(tmp_path / "letter", title="The Wire", url="https://wire.example")
    return tmp_path / "letter"


@pytest.fixture
def dispatch(letter: Path) -> Dispatch:
    return partial(run_dispatch, letter)


def read_strange(strange: StrangeFeed) -> tuple[list[Article], list[Fault]]:
    faults: list[Fault] = []
    document = Document(
        url="https://paper.example/feed", media_type="", charset="", body=strange.body.encode(), name="a feed"
    )
    assert feed.accepts(document)
    return feed.read_with_source(document, faults)[1], faults


def list_missing_lines(strange: StrangeFeed, said: str) -> list[str]:
    """The faults for which no line names the entry and the reason."""
    return [
        name
        for name, (place, entry) in strange.faulty.items()
        if (why := FAULTS[name][1])
        and not any(f"entry {place} “{entry.title[:9]}" in line and why in line for line in said.splitlines())
    ]


def prove(publication: Publication, article: Article) -> None:
    draft = compose.draft_issue(publication, "Week 48", NOW)
    _, (added,), _ = compose.add_articles(draft, [article], publication)
    issues.prove_article(publication, "week-48", added)


@settings(max_examples=scale(25))
@given(SEEDS, st.sampled_from(FORMATS))
def test_every_entry_is_read_for_itself(random: Random, kind: Format) -> None:
    strange = make_strange_feed(random, kind)
    articles, faults = read_strange(strange)
    alone = make_strange_feed(random, kind, faults=())
    whole = {article.title: article for article in read_strange(alone)[0]}
    found = {article.title[:9].rstrip(): article for article in articles}
    assert [article.title for article in articles if article.title in strange.good] == list(strange.good)
    for title in strange.good:
        assert found[title].url == whole[title].url
        assert found[title].content == whole[title].content
        assert found[title].authors == whole[title].authors
    assert len(articles) == 50 - len(LEFT_OUT)
    assert list_missing_lines(strange, "\n".join(map(str, faults))) == []
    assert {fault.place.key for fault in faults if fault.reason == "too-large"} == {
        f"entry {strange.faulty[name][0]} “{strange.faulty[name][1].title}”" for name in LEFT_OUT
    }
    # Nobody is named whose entry has nothing wrong, and no good entry with them.
    named = {int(fault.place.key.split()[1]) for fault in faults if fault.place.key}
    assert named == {place for name, (place, _) in strange.faulty.items() if FAULTS[name][1]}


@settings(max_examples=scale(10))
@given(SEEDS, st.sampled_from(FORMATS))
def test_whatever_is_read_can_stand_in_a_file(
    tmp_path_factory: pytest.TempPathFactory, random: Random, kind: Format
) -> None:
    root = tmp_path_factory.mktemp("wire") / "letter"
    config.create_publication(root, title="The Wire", url="https://wire.example")
    for article in read_strange(make_strange_feed(random, kind))[0]:
        prove(config.load(root), article)


LONG = st.one_of(
    st.text(max_size=30), st.builds(lambda part, times: part * times, st.text(min_size=1, max_size=5), st.just(20_000))
)
ADDRESSES = st.one_of(
    LONG, st.sampled_from(["https://", "http://[", "feed:x", "mailto:a@b", "//h.example", " https://h.example/\u00a0"])
)


@given(st.dictionaries(st.sampled_from(["id", "url", "title", "summary", "language", "image", "content_text"]), LONG),
       ADDRESSES, st.lists(LONG, max_size=3), ADDRESSES, LONG)  # fmt: skip
def test_no_words_keep_an_entry_out_of_its_file(
    tmp_path_factory: pytest.TempPathFactory, item: dict[str, str], url: str, tags: list[str], page: str, name: str
) -> None:
    root = tmp_path_factory.getbasetemp() / "one-wire"
    if not root.exists():
        config.create_publication(root, title="The Wire", url="https://wire.example")
    entry = {"title": "T"} | item | {"url": url, "tags": tags, "authors": [{"name": name, "url": page}]}
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "home_page_url": page, "items": [entry]})
    articles, faults = read_strange(StrangeFeed(body=body, good=(), faulty={}))
    assert articles or [fault.reason for fault in faults][-1] == "too-large"
    for article in articles:
        if article.title:
            prove(config.load(root), article)


@pytest.fixture
def strange() -> dict[Format, StrangeFeed]:
    """A feed of each format, its entries and their order another each time."""
    return {kind: make_strange_feed(Random(), kind, host=f"{kind}.example") for kind in FORMATS}


def serve_feeds(site: Web, strange: dict[Format, StrangeFeed]) -> None:
    site.pages |= {f"/{kind}": one.body for kind, one in strange.items()}
    site.pages["/good"] = rss(item("a"), item("b"))


def test_gather_takes_all_good_entries_and_names_each_bad_one(
    dispatch: Dispatch, letter: Path, strange: dict[Format, StrangeFeed]
) -> None:
    with web() as site:
        serve_feeds(site, strange)
        with (letter / "dispatch.toml").open("a", encoding="utf-8") as file:
            file.write(SOURCES.format(site=site.url("")))
        gathered = dispatch("gather", "--json", code=1)
        assert "Error" not in gathered.stderr
        rows = {row["source"]: row for row in json.loads(gathered.stdout)}
        for kind, one in strange.items():
            lines = "\n".join(line for line in gathered.stderr.splitlines() if line.startswith(f"{kind}: "))
            assert list_missing_lines(one, lines) == []
            assert list_missing_lines(one, "\n".join(rows[kind]["faults"])) == []
            assert (rows[kind]["state"], len(rows[kind]["new"])) == ("gathered", 49)
        # All of it can be composed.
        new = dispatch("issue", "new", "Week 48", "--slug", "week-48", "--from-inbox", "--limit", "500")
    assert f"added {3 * 49} articles from the inbox" in new.stderr
    written = {article.title for article in issues.read_issue(config.load(letter), "week-48").articles}
    assert {title for one in strange.values() for title in one.good} <= written


@pytest.mark.parametrize("kind", FORMATS)
def test_add_takes_all_good_entries_and_names_each_bad_one(
    dispatch: Dispatch, letter: Path, strange: dict[Format, StrangeFeed], kind: Format
) -> None:
    dispatch("issue", "new", "Week 48", "--slug", "week-48")
    with web() as site:
        serve_feeds(site, strange)
        added = dispatch("add", site.url(f"/{kind}"), site.url("/good"), "--allow-private", code=1)
    assert list_missing_lines(strange[kind], added.stderr) == []
    titles = [article.title for article in issues.read_issue(config.load(letter), "week-48").articles]
    assert [title for title in titles if title in strange[kind].good] == list(strange[kind].good)
    assert titles[49:] == ["a", "b"]


# As an inbox may hold them that an earlier version filled.
UNWRITABLE = {
    "Link": {"url": "javascript:alert(1)"},
    "Byline": {"authors": tuple(Author(name=f"Ann Lee {n}") for n in range(5_000))},
    "Depth": {"content": "<div>" * 300 + "</div>" * 300},
    "Source": {"source": Source(title="Tide", url="feed://tide.example")},
}


def test_what_no_file_can_hold_stays_in_the_inbox_and_is_named_by_its_number(dispatch: Dispatch, letter: Path) -> None:
    good = {f"Ferry {n}": {"content": "<p>Noon.</p>"} for n in range(4)}
    articles = [
        Article(**({"title": title, "url": f"https://paper.example/{title}"} | said))  # type: ignore[arg-type]
        for title, said in (good | UNWRITABLE).items()
    ]
    Random().shuffle(articles)
    publication = config.load(letter)
    with inbox.open_inbox(publication) as box:
        box.keep_articles("paper", articles, NOW)
        numbers = {one.article.title: one.number for one in box.list_arrivals()}
    new = dispatch("issue", "new", "Week 48", "--slug", "week-48", "--from-inbox", code=1)
    for title in UNWRITABLE:
        assert f"Error: article {numbers[title]} of the inbox (“{title}”, from paper): " in new.stderr
        assert f"To put it aside: dispatch inbox dismiss {numbers[title]}" in new.stderr
    assert "added 4 articles from the inbox" in new.stderr
    assert "issues/week-48/" not in new.stderr  # no file is named that there is not
    titles = {article.title for article in issues.read_issue(publication, "week-48").articles}
    assert titles == set(good)
    one = dispatch("add", str(numbers["Link"]), code=1)
    assert f"Error: article {numbers['Link']} of the inbox (“Link”, from paper): url: must be an absolute" in one.stderr
    # The way out leads out.
    dispatch("inbox", "dismiss", *(str(numbers[title]) for title in UNWRITABLE))
    dispatch("issue", "new", "Week 49", "--slug", "week-49", "--from-inbox")
