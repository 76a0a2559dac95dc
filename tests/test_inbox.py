"""The inbox: every article once, changes told, numbers that stay, and what was used known from the files."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nouns
from dispatch import from_mapping, inbox
from dispatch import serialise as as_json
from dispatch.errors import GatherError
from dispatch.inbox import Inbox, InboxQuery, KeepResult
from dispatch.inbox.database import DATABASE
from dispatch.model import Arrival, Article, Author, Credit, Publication, Source, Visit, Witness
from thorough import scale

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    sources = (Source(key="paper", title="The Paper"), Source(key="noisy", dismiss=("sponsored: *", "*/ads/*")))
    return nouns.publication(root=tmp_path, sources=sources)


@pytest.fixture
def box(publication: Publication) -> Iterator[Inbox]:
    with inbox.open_inbox(publication) as opened:
        yield opened


def story(n: int, **values: object) -> Article:
    said = {"id": f"https://paper.example/?p={n}", "key": "", "content": f"<p>The words of story {n}.</p>"}
    return nouns.article(n, **(said | values))


def numbers(box: Inbox, **wish: object) -> list[int]:
    return [arrival.number for arrival in box.list_arrivals(InboxQuery(**wish))]  # type: ignore[arg-type]


def test_what_is_new_has_a_number_and_the_same_again_is_known(box: Inbox) -> None:
    assert box.keep_articles("paper", [story(1), story(2)], NOW) == KeepResult(new=[1, 2])
    assert box.keep_articles("paper", [story(3), story(1), story(2)], LATER) == KeepResult(new=[3], known=2)
    assert [(one.number, one.article) for one in box.list_arrivals()] == [(3, story(3)), (2, story(1)), (1, story(2))]


def test_unknown_are_the_new_and_the_changed(box: Inbox) -> None:
    box.keep_articles("paper", [story(1), story(2)], NOW)
    assert box.find_unknown("paper", [story(1), story(2, title="Another"), story(3)]) == [1, 2]


def test_what_was_completed_stays_so_while_the_entry_is_as_it_was(box: Inbox) -> None:
    whole = story(1, content="<p>All of its page.</p>")
    box.keep_articles("paper", [story(1)], NOW, completed={0: whole})
    assert box.find_unknown("paper", [story(1)]) == []
    assert box.keep_articles("paper", [story(1)], LATER) == KeepResult(known=1)
    assert box.find_arrival(1).article == whole


@pytest.mark.parametrize(
    "address",
    [
        "http://www.paper.example/story-1/?y=2&x=1",
        "https://m.paper.example/story-1?x=1&y=2&utm_source=mail&fbclid=1",
        "https://paper.example/story-1/amp?x=1&y=2#top",
    ],
)
def test_one_address_is_one_article_whichever_source_has_it(box: Inbox, address: str) -> None:
    box.keep_articles("paper", [story(1)], NOW)
    assert box.keep_articles("planet", [story(1, id="tag:planet.example,2026:1", url=address)], LATER) == KeepResult(
        known=1
    )
    assert box.find_arrival(1).article.url == story(1).url


def test_the_same_words_elsewhere_are_one_article_that_is_also_there(box: Inbox) -> None:
    box.keep_articles("paper", [story(1)], NOW)
    copy = story(1, id="", url="https://copy.example/a?b=1", title=" STORY  1")
    assert box.keep_articles("copies", [copy], LATER) == KeepResult(also=1)
    assert box.keep_articles("copies", [copy], LATER) == KeepResult(known=1)
    assert box.find_arrival(1).also_at == ("https://copy.example/a?b=1",)


def test_what_appears_each_week_in_the_same_words_is_not_the_same(box: Inbox) -> None:
    first, second = (
        story(n, title="Open thread", content="<p>Talk here.</p>", published=NOW + timedelta(weeks=n)) for n in (1, 2)
    )
    assert box.keep_articles("paper", [second, first], NOW) == KeepResult(new=[1, 2])


@pytest.mark.parametrize("days", [(NOW, None), (None, NOW), (None, None), (NOW, LATER)])
def test_the_same_words_are_the_same_article_where_no_day_tells_them_apart(
    box: Inbox, days: tuple[datetime | None, datetime | None]
) -> None:
    for n, published in enumerate(days, 1):
        entry = story(n, title="Open thread", content="<p>Talk here.</p>", published=published)
        assert box.keep_articles("paper", [entry], NOW) == (KeepResult(new=[1]) if n == 1 else KeepResult(also=1))


def test_entries_that_share_an_address_are_told_apart(box: Inbox) -> None:
    entries = [story(n, url="https://paper.example/changes") for n in (1, 2, 3)]
    assert box.keep_articles("paper", entries, NOW).new == [1, 2, 3]
    assert box.keep_articles("paper", entries, LATER) == KeepResult(known=3)


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize("address", ["https://paper.example/changes", ""])
@pytest.mark.parametrize("content", ["", "<p>Words.</p>"])
def test_so_are_those_without_any_id(box: Inbox, count: int, address: str, content: str) -> None:
    days = [NOW - timedelta(weeks=n) for n in range(count)]
    entries = [story(n, id="", url=address, content=content, published=day) for n, day in enumerate(days)]
    assert len(box.keep_articles("paper", entries, NOW).new) == count
    assert box.find_unknown("paper", entries) == []
    assert box.keep_articles("paper", entries, LATER) == KeepResult(known=count)


def test_a_change_is_told_and_the_newest_kept_under_the_same_number(box: Inbox) -> None:
    box.keep_articles("paper", [story(1, content="<p>They met on Monday, it was said.</p>")], NOW)
    now = story(
        1,
        title="Story 1, corrected",
        authors=(Author(name="Ada 1"), Author(name="Bo Lind, Jr.")),
        url="https://paper.example/moved",
        content="<p>They met on Tuesday, it was said.</p>",
    )
    assert box.keep_articles("paper", [now], LATER) == KeepResult(changed=[1])
    assert box.find_arrival(1).article == now
    assert box.find_arrival(1).changes == (
        "title: Story 1 → Story 1, corrected",
        "authors: Ada 1 → Ada 1, Bo Lind, Jr.",
        f"address: {story(1).url} → https://paper.example/moved",
        "text: “Monday,” → “Tuesday,”",
    )
    assert numbers(box, search="Tuesday") == [1]
    assert numbers(box, search="Monday") == []


@pytest.mark.parametrize("same", [{"tags": ("new",)}, {"url": story(1).url + "&utm_source=rss"}, {"updated": NOW}])
def test_what_no_reader_would_see_is_no_change_but_is_kept(box: Inbox, same: dict[str, object]) -> None:
    box.keep_articles("paper", [story(1)], NOW)
    assert box.keep_articles("paper", [story(1, **same)], LATER) == KeepResult(known=1)
    assert box.find_arrival(1).article == story(1, **same)


def test_of_many_changes_the_last_are_told(box: Inbox) -> None:
    for n in range(60):
        box.keep_articles("paper", [story(1, title=f"Title {n}")], NOW + timedelta(hours=n))
    changes = box.find_arrival(1).changes
    assert changes == tuple(f"title: Title {n - 1} → Title {n}" for n in range(10, 60))


def test_what_another_source_has_is_known_however_it_tells_it(box: Inbox) -> None:
    box.keep_articles("paper", [story(1)], NOW)
    assert box.find_unknown("copies", [story(1, id="", title="Story 1 ", content="<p>Other words.</p>")]) == []
    assert box.find_unknown("paper", [story(1, content="<p>Other words.</p>")]) == [0]


def test_another_source_changes_nothing(box: Inbox) -> None:
    box.keep_articles("paper", [story(1)], NOW)
    box.keep_articles("planet", [story(1, title="As the planet has it")], LATER)
    assert box.find_arrival(1).article == story(1)


def test_late_backdated_and_future_dated_entries_are_all_there_once(box: Inbox) -> None:
    box.keep_articles("paper", [story(1, published=NOW + timedelta(days=900)), story(2, published=None)], NOW)
    kept = box.keep_articles("paper", [story(3, published=datetime(1999, 1, 1, tzinfo=UTC))], LATER)
    assert kept.new == [3]
    assert numbers(box) == [3, 2, 1]
    assert numbers(box, since=LATER) == [3]


def test_an_id_that_is_no_iri_becomes_a_tag_that_stays(box: Inbox) -> None:
    box.keep_articles("paper", [story(1, id="post 17"), story(2, id="", url="")], NOW)
    ids = {arrival.article.id for arrival in box.list_arrivals()}
    assert "tag:wire.example,2025-02-13:paper/post%2017" in ids
    assert all(id_.startswith("tag:wire.example,2025-02-1") for id_ in ids)
    assert box.keep_articles("paper", [story(1, id="post 17", title="New")], LATER).changed == [2]
    assert box.find_arrival(2).article.id == "tag:wire.example,2025-02-13:paper/post%2017"


def test_unwanted_articles_are_dismissed_as_they_come(box: Inbox) -> None:
    entries = [story(1), story(2, title="Sponsored: a mattress"), story(3, url="https://noisy.example/ads/3")]
    kept = box.keep_articles("noisy", entries, NOW)
    assert (kept.new, kept.dismissed) == ([3], 2)
    assert numbers(box) == [3]


def test_dismissing_is_undone_and_is_all_or_nothing(box: Inbox) -> None:
    box.keep_articles("paper", [story(n) for n in (1, 2, 3)], NOW)
    box.dismiss([1, 2])
    assert (numbers(box), box.count_waiting(), box.find_arrival(1).state) == ([3], 1, "dismissed")
    box.restore([1])
    assert sorted(numbers(box)) == [1, 3]
    with pytest.raises(GatherError, match="no article 99"):
        box.dismiss([3, 99])
    assert sorted(numbers(box)) == [1, 3]


def test_what_is_wished_for(box: Inbox) -> None:
    box.keep_articles("paper", [story(1, tags=("R&D", "Bridges")), story(2, authors=(Author(name="José Ñandú"),))], NOW)
    box.keep_articles("noisy", [story(3, title="東京の港で", content="<p>フェリーは二時に来た。</p>")], LATER)
    assert numbers(box, source="noisy") == [3]
    assert numbers(box, author="jose nandu") == [1]
    assert numbers(box, tag="bridges") == [2]
    assert numbers(box, search="paper") == [3, 2, 1]
    assert numbers(box, search="noisy") == [3]
    assert numbers(box, search='"words of story" sto*') == [2, 1]
    assert numbers(box, search='"3 is about"') == [3]
    assert numbers(box, search="東京") == numbers(box, search="リー") == numbers(box, search="港") == [3]
    assert numbers(box, search="京東") == numbers(box, search="!!!") == []
    assert [arrival.number for arrival in box.list_arrivals(limit=2)] == [3, 2]


@given(asked=st.text(max_size=80) | st.text('"*()-+^:{}ANDORNEAR {}東', max_size=30))
def test_no_search_is_a_fault(asked: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.getbasetemp() / "searched"
    root.mkdir(exist_ok=True)
    with inbox.open_inbox(nouns.publication(root=root)) as box:
        box.keep_articles("paper", [story(1)], NOW)
        for wish in (
            InboxQuery(search=asked),
            InboxQuery(author=asked),
            InboxQuery(tag=asked),
            InboxQuery(search=asked, everything=True),
        ):
            assert {arrival.number for arrival in box.list_arrivals(wish)} <= {1}


def issue(root: Path, slug: str, *articles: Article) -> None:
    folder = root / "issues" / slug
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "issue.md").write_text("---\n---\n", encoding="utf-8")
    for file in folder.glob("[0-9]*.md"):
        file.unlink()
    for place, article in enumerate(articles):
        (folder / f"{place}.md").write_text(f"{article.id}\n{article.url}", encoding="utf-8")


def test_what_issues_use_is_read_from_their_files_and_only_when_these_change(publication: Publication) -> None:
    asked: list[str] = []

    def read(slug: str) -> Iterator[tuple[str, str]]:
        asked.append(slug)
        if not slug:
            yield "", "https://paper.example/story-4?x=1&y=2"
        for file in sorted((publication.root / "issues" / slug).glob("[0-9]*.md")) if slug else ():
            id_, url = file.read_text("utf-8").split("\n")
            yield id_, url

    issue(publication.root, "first", story(1), story(2, id="tag:elsewhere", url=f"{story(2).url}#:~:text=words"))
    with inbox.open_inbox(publication, used=read) as box:
        kept = box.keep_articles("paper", [story(n) for n in (1, 2, 3, 4)], NOW)
        assert (len(kept.new), kept.known) == (2, 2)
        assert [one.article.title for one in box.list_arrivals()] == ["Story 3", "Story 4"]
    assert asked == ["first"]
    (publication.root / "dispatch.lock").write_text("changed", encoding="utf-8")
    issue(publication.root, "first", story(1))
    issue(publication.root, "second", story(3))
    with inbox.open_inbox(publication, used=read) as box:
        assert [one.article.title for one in box.list_arrivals()] == ["Story 2"]
        by_title = {one.article.title: one.number for one in box.list_arrivals(InboxQuery(everything=True))}
        assert box.list_uses(by_title["Story 3"]) == ["second"]
        assert box.list_uses(by_title["Story 4"]) == ["dispatch.lock"]
        assert box.list_uses(by_title["Story 2"]) == []
    assert sorted(asked) == ["", "first", "first", "second"]
    for file in (publication.root / "issues" / "second").iterdir():
        file.unlink()
    with inbox.open_inbox(publication, used=read) as box:
        assert [one.article.title for one in box.list_arrivals()] == ["Story 2", "Story 3"]
    assert len(asked) == 4


def test_one_of_several_entries_with_one_address_leaves_the_others(publication: Publication) -> None:
    entries = [story(n, url="https://paper.example/changes") for n in (1, 2)]
    issue(publication.root, "first", entries[0])
    with inbox.open_inbox(publication, used=lambda slug: [(entries[0].id, entries[0].url)] if slug else []) as box:
        box.keep_articles("paper", entries, NOW)
        assert [one.article.title for one in box.list_arrivals()] == ["Story 2"]


def test_an_entry_that_loses_the_address_it_was_used_by_waits_again(publication: Publication) -> None:
    def read(_: str) -> Iterator[tuple[str, str]]:
        yield "tag:elsewhere", story(1).url

    issue(publication.root, "first", story(1))
    with inbox.open_inbox(publication, used=read) as box:
        assert box.keep_articles("paper", [story(1)], NOW) == KeepResult(known=1)
        assert box.keep_articles("paper", [story(1, url="")], LATER) == KeepResult(changed=[1])
        assert numbers(box) == [1]


def test_visits_are_kept(box: Inbox) -> None:
    visit = Visit(source="paper", asked=NOW, succeeded=LATER, error="gone", failures=3, etag='W/"é"', not_before=NOW)
    box.record_visit(Visit(source="paper"))
    box.record_visit(visit)
    assert box.read_visits() == {"paper": visit}


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
SIMPLE = {
    str: st.text(st.characters() | st.characters(categories=["Cs"]), max_size=20),
    int: st.integers(),
    bool: st.booleans(),
    datetime: st.datetimes(timezones=st.none() | OFFSETS),
}


def any_(kind: object) -> st.SearchStrategy[object]:
    """Any value of a noun's field, or any noun."""
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if get_origin(kind) is tuple:
        return st.lists(any_(from_mapping.strip_annotation(get_args(kind)[0])[0]), max_size=2).map(tuple)
    if kind in SIMPLE:
        return SIMPLE[kind]  # type: ignore[index]
    fields = {}
    for column in from_mapping.list_columns(from_mapping.expect_noun_class(kind)):
        values = any_(from_mapping.strip_annotation(column.type)[0])
        fields[column.name] = st.none() | values if column.default is None else values
    return st.builds(kind, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [Article, Arrival, Visit])
@settings(max_examples=scale(50))
@given(data=st.data())
def test_any_noun_becomes_json_and_itself_again(kind: type, data: st.DataObject) -> None:
    noun = data.draw(any_(kind))
    assert as_json.from_json(kind, as_json.to_json(noun)) == noun
    assert as_json.from_json(kind, json.dumps(as_json.to_mapping(noun, whole=True))) == noun
    assert as_json.to_json(noun).isascii()


@pytest.mark.parametrize(
    "address", ["\ud800", "https://\ud800.example/a", "https://\udfff@a.example/", "https://a.example/\ud800"]
)
def test_half_a_surrogate_pair_in_an_address_is_kept_and_known_again(box: Inbox, address: str) -> None:
    article = story(1, id="", url=address)
    assert box.keep_articles("paper", [article], NOW).new == [1]
    assert box.keep_articles("paper", [article], LATER).known == 1
    assert [one.article.url for one in box.list_arrivals()] == [address]


def test_an_id_with_half_a_surrogate_pair_is_known_again_and_becomes_one_that_an_issue_can_have(box: Inbox) -> None:
    article = story(1, id="a\ud800")
    assert box.keep_articles("paper", [article], NOW).new == [1]
    assert box.keep_articles("paper", [article], LATER).known == 1
    assert box.find_arrival(1).article.id == "tag:wire.example,2025-02-13:paper/a%3F"


@settings(max_examples=scale(50))
@given(articles=st.lists(any_(Article), max_size=3))
def test_any_article_is_kept_as_it_is(tmp_path_factory: pytest.TempPathFactory, articles: list[Article]) -> None:
    articles = [replace(one, published=None, updated=None) for one in articles]
    with inbox.open_inbox(nouns.publication(root=tmp_path_factory.mktemp("any"))) as box:
        kept = box.keep_articles("paper", articles, NOW)
        assert len(kept.new) + kept.known + kept.also + len(kept.changed) == len(articles)
        have = [replace(arrival.article, id="") for arrival in box.list_arrivals(InboxQuery(everything=True))]
        assert all(one in [replace(article, id="") for article in articles] for one in have)


DAYS = [NOW - timedelta(days=n) for n in range(40)]


def note(n: int, **values: object) -> Article:
    """An entry that shares nothing with another but what it is given."""
    words = f"number {n} about {'abcdefghijklmnopqrstuvwxyz'[n % 26] * 3}"
    said = {"title": f"Note {words}", "content": f"<p>The words {words}, and no others.</p>", "published": DAYS[n]}
    return story(n, **(said | values))


def test_an_id_that_another_article_gets_overwrites_nothing(publication: Publication) -> None:
    old = note(1, id="tide-77", title="The 7 best winches", url="https://tide.example/7-winches")
    new = note(2, id="tide-77", title="The 10 best winches of 2026", url="https://tide.example/10-winches")
    issue(publication.root, "first", old)
    with inbox.open_inbox(publication, used=lambda slug: [("", old.url)] if slug else []) as box:
        box.keep_articles("paper", [old], NOW)
        assert numbers(box) == []
        assert box.find_unknown("paper", [new]) == [0]
        assert box.keep_articles("paper", [new], LATER) == KeepResult(new=[2], same_id=[2])
        (waiting,) = box.list_arrivals()
        assert waiting.article == replace(new, id=waiting.article.id)
        assert waiting.article.id != box.find_arrival(1).article.id
        assert box.find_arrival(1).article.title == old.title
        # Each is known by itself from now on, and a change of the new one is one.
        assert box.keep_articles("paper", [new, old], LATER) == KeepResult(known=2)
        again = replace(new, title="The 11 best winches of 2026", updated=LATER)
        assert box.keep_articles("paper", [again], LATER) == KeepResult(changed=[2])


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Wholly other", "url": "https://paper.example/moved"},
        {"title": "Wholly other", "content": "<p>Not a word is left of it.</p>"},
        {"title": "Wholly other", "published": DAYS[9]},
        {"content": "<p>Not a word is left of it.</p>", "published": DAYS[9]},
        {"title": "Note number 1 about aaa, updated", "content": "", "published": DAYS[9]},
    ],
)
def test_an_article_that_keeps_its_id_and_something_else_is_the_same(box: Inbox, change: dict[str, object]) -> None:
    box.keep_articles("paper", [note(1)], NOW)
    assert box.keep_articles("paper", [note(1, **change)], LATER) == KeepResult(changed=[1])


@pytest.mark.parametrize("ids", ["", "https://paper.example/", "all"])
@pytest.mark.parametrize("url", ["", "https://paper.example/"])
@pytest.mark.parametrize("title", ["", None, "Good morning"])
@pytest.mark.parametrize("count", [3, 30])
def test_one_id_or_address_for_all_is_none(box: Inbox, ids: str, url: str, title: str | None, count: int) -> None:
    def make(n: int, **values: object) -> Article:
        return note(n, **({"id": ids, "url": url} | ({} if title is None else {"title": title}) | values))

    entries = [make(n) for n in range(1, count + 1)]
    kept = box.keep_articles("paper", entries, NOW)
    assert (len(kept.new), kept.also, kept.known) == (count, 0, 0)
    assert len(kept.same_id) == (count if ids else 0)
    assert len({one.article.id for one in box.list_arrivals()}) == count
    assert box.find_unknown("paper", entries) == []
    # Later in another order, without the oldest, with a new one, and one of few has been edited.
    later = [*entries[1:-1], make(0)]
    if count == 3:
        later[0] = make(2, content=f"{entries[1].content}<p>And more.</p>")
    kept = box.keep_articles("paper", later, LATER)
    assert (len(kept.new), kept.changed) == (1, [2] if count == 3 else [])


def test_another_id_with_the_same_headline_and_day_is_no_other_article(box: Inbox) -> None:
    box.keep_articles("paper", [note(1, id="http://paper.example/?p=1"), note(2)], NOW)
    moved = note(1, id="https://paper.example/?p=1", content="<p>Not a word is left of it.</p>")
    assert box.keep_articles("paper", [moved, note(2)], LATER) == KeepResult(changed=[2], known=1)


def test_notes_of_the_same_words_are_as_many_as_a_feed_has_at_one_address(box: Inbox) -> None:
    at = "https://paper.example/"
    entries = [note(1, id=f"n{n}", url=at, title="Good morning", published=DAYS[n]) for n in (1, 2, 3)]
    assert len(box.keep_articles("paper", entries, NOW).new) == 3
    assert box.keep_articles("paper", entries, LATER) == KeepResult(known=3)


def test_what_is_used_of_one_address_says_nothing_of_what_comes_later_from_there(publication: Publication) -> None:
    """As for whoever clones the repository: the issue's file is all that is left of what was used."""
    page, places = "https://paper.example/", "https://paper.example/changes#v{}"
    used = [("tag:of.another,2026:inbox/1", page), ("tag:of.another,2026:inbox/2", places.format(1))]
    issue(publication.root, "first", story(1))
    with inbox.open_inbox(publication, used=lambda slug: used if slug else []) as box:
        box.keep_articles("paper", [note(n, id="", url=page) for n in (1, 2, 3)], NOW)
        assert len(numbers(box)) == 3
        box.keep_articles("paper", [note(10 + n, id="", url=places.format(n)) for n in (1, 2, 3)], NOW)
        assert len(numbers(box)) == 5
        # Single entries at an address that was used are still known by it.
        box.keep_articles("tide", [note(20, url=f"{places.format(1)}:~:text=words")], NOW)
        assert len(numbers(box)) == 5


def test_an_address_that_a_later_entry_has_too_says_no_more_what_is_used(publication: Publication) -> None:
    page = "https://paper.example/"
    issue(publication.root, "first", story(1))
    with inbox.open_inbox(publication, used=lambda slug: [("tag:of.another,2026:1", page)] if slug else []) as box:
        box.keep_articles("paper", [note(1, url=page)], NOW)
        assert numbers(box) == []
        box.keep_articles("paper", [note(2, url=page)], LATER)
        assert numbers(box) == [2, 1]


def test_an_inbox_of_before_is_read_on(publication: Publication) -> None:
    folder = publication.root / ".dispatch"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "inbox.sqlite")) as old:
        for statement in DATABASE.migrations[0].split(";\n"):
            old.execute(statement)
        old.execute("PRAGMA user_version = 1")
        old.execute("INSERT INTO folders VALUES ('first', 'as it was')")
        old.commit()
    with inbox.open_inbox(publication) as box:
        assert box.keep_articles("paper", [note(1)], NOW) == KeepResult(new=[1])


def test_of_two_versions_of_an_entry_in_one_feed_the_later_counts(box: Inbox) -> None:
    old = note(1, updated=NOW)
    new = note(1, updated=LATER, content=f"{old.content}<p>And more.</p>")
    assert box.keep_articles("paper", [new, old], NOW) == KeepResult(new=[1], changed=[1])
    for order in ([new, old], [old, new]):
        assert box.keep_articles("paper", order, LATER) == KeepResult(known=2)
        assert box.find_arrival(1).article == new


def test_a_name_that_is_forgotten_is_nowhere_in_what_waits(box: Inbox) -> None:
    ann = Author(name="Ann Lee", url="https://people.example/ann")
    told = Credit(role="translator", name="Ann Lee")
    seen = Witness(kind="byline", names=("Ann Lee", "Bo"))
    box.keep_articles("paper", [story(2), story(1, authors=(ann,), credits=(told,), witnesses=(seen,))], NOW)
    box.forget_name(lambda one: one.name == "Ann Lee", "Alex Fay")
    assert box.find_arrival(1).article == story(
        1,
        authors=(replace(ann, name="Alex Fay"),),
        credits=(replace(told, name="Alex Fay"),),
        witnesses=(replace(seen, names=("Alex Fay", "Bo")),),
    )
    assert box.find_arrival(2).article == story(2)
    assert (numbers(box, author="Alex"), numbers(box, author="Ann Lee")) == ([1], [])
