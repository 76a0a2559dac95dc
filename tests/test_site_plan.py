"""The plan of a site: which pages and feeds there are, what each lists, and that none moves without need."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nouns
from dispatch import compose
from dispatch.model import Author, Feeds, Issue, Publication, Site, Source, Withdrawal


def paths(pages: list[Issue]) -> list[str]:
    return [page.place.feed + ".*" if page.place.kind == "feed" else page.place.path for page in pages if page.place]


def page(pages: list[Issue], path: str) -> Issue:
    return next(page for page, name in zip(pages, paths(pages), strict=True) if name == path)


def numbers(count: int, *, articles: int = 1) -> list[Issue]:
    """Issues a day apart, the first the oldest."""
    return [
        nouns.issue(
            *(nouns.article(n * articles + m, key=f"story-{m}", authors=(JERRY,)) for m in range(articles)),
            slug=f"i{n}",
            number=n + 1,
            date=nouns.DATE + timedelta(days=n),
            id=f"tag:wire.example,2025:{n}",
        )
        for n in range(count)
    ]


JERRY = Author(name="Jerry Jackson", url="https://paper.example/jerry-jackson?view=posts")


def keys(issue: Issue) -> list[str]:
    return [article.key for article in issue.articles]


def test_every_page_and_feed_has_an_address_of_its_own():
    pages = compose.pages(numbers(60, articles=3), nouns.publication(feeds=Feeds(each=("author", "tag", "source"))))
    assert [path for path, times in Counter(paths(pages)).items() if times > 1] == []
    assert len({(page.id, page.place.feed) for page in pages}) == len(pages)


@given(st.permutations(numbers(5, articles=2)))
def test_the_order_in_which_issues_are_given_means_nothing(issues):
    assert compose.pages(issues, nouns.publication()) == compose.pages(numbers(5, articles=2), nouns.publication())


def test_a_site_of_nothing_is_a_front_page_and_empty_feeds_without_a_clock():
    pages = compose.pages([], nouns.publication())
    assert paths(pages) == ["follow/", "feed.*", "issues.*", ""]
    assert {page.date for page in pages} == {datetime(1970, 1, 1, tzinfo=UTC)}


def test_only_what_may_be_shown_in_full_has_a_page_of_its_own():
    policies = {"a": "link", "b": "excerpt", "c": "full"}
    articles = [
        nouns.article(n, key=key, source=Source(title="P", syndicate=p)) for n, (key, p) in enumerate(policies.items())
    ]
    pages = compose.pages([nouns.issue(*articles)], nouns.publication())
    assert [path for path in paths(pages) if path.startswith("issues/")] == ["issues/defence/", "issues/defence/c/"]


def test_tags_that_differ_in_capitals_or_signs_list_an_article_once():
    whole = nouns.publication(feeds=Feeds(each=("tag",)))
    pages = compose.pages([nouns.issue(nouns.article(1, key="a", tags=("Boats", "boats", "Boats!", "🚢")))], whole)
    assert [path for path in paths(pages) if path.startswith("tags/")] == [
        "tags/boats/",
        "tags/tag/",
        "tags/",
        "tags/boats/feed.*",
        "tags/tag/feed.*",
    ]
    assert keys(page(pages, "tags/boats/")) == ["defence-a"]


def test_the_subscribed_feed_has_the_newest_and_the_archive_all_the_rest():
    pages = compose.pages(numbers(11), nouns.publication(feeds=Feeds(entries=4)))
    assert keys(page(pages, "feed.*")) == ["i10-story-0", "i9-story-0", "i8-story-0", "i7-story-0"]
    assert keys(page(pages, "archive/feed-1.*")) == ["i3-story-0", "i2-story-0", "i1-story-0", "i0-story-0"]
    assert keys(page(pages, "archive/feed-2.*")) == ["i7-story-0", "i6-story-0", "i5-story-0", "i4-story-0"]
    assert "archive/feed-3.*" not in paths(pages)
    assert page(pages, "feed.*").place.older.path == "archive/feed-2"
    assert page(pages, "archive/feed-1.*").place.newer.path == "archive/feed-2"
    assert page(pages, "archive/feed-2.*").place.newer is None
    assert page(pages, "archive/feed-1.*").place.current == "feed"


@given(st.integers(0, 30), st.integers(1, 6))
def test_no_entry_is_out_of_reach_and_no_archived_feed_ever_changes_its_entries(count, size):
    publication = nouns.publication(feeds=Feeds(entries=size))
    before = compose.pages(numbers(count), publication)
    after = compose.pages(numbers(count + 1), publication)
    archived = {name: keys(page(before, name)) for name in paths(before) if name.startswith("archive/feed-")}
    assert all(keys(page(after, name)) == entries for name, entries in archived.items())
    reached = {key for entries in archived.values() for key in entries} | set(keys(page(before, "feed.*")))
    assert len(reached) == count


def test_a_long_list_is_paged_from_the_oldest_and_its_full_pages_stay():
    pages = compose.pages(numbers(100), nouns.publication())
    lists = [name for name in paths(pages) if name.startswith("authors/jerry")]
    assert lists == ["authors/jerry-jackson/1/", "authors/jerry-jackson/2/", "authors/jerry-jackson/"]
    found = [keys(page(pages, name)) for name in lists]
    assert [len(one) for one in found] == [40, 40, 20]
    assert len({key for one in found for key in one}) == 100
    assert page(pages, lists[2]).place.older.path == lists[1]
    assert page(pages, lists[1]).place.newer.path == lists[2]


def test_two_people_of_one_name_are_told_apart_by_their_addresses():
    people = [
        Author(name="Bo Li", url="https://one.example/bo"),
        Author(name="Bo Li", url="https://two.example/bo"),
        Author(name="Bo Li"),
        Author(name="Ann", url="https://one.example/ann"),
        Author(name="Ann"),
    ]
    issue = nouns.issue(*(nouns.article(n, authors=(author,)) for n, author in enumerate(people)))
    pages = compose.pages([issue], nouns.publication())
    lists = {name: len(keys(page(pages, name))) for name in paths(pages) if name.startswith("authors/")}
    assert lists == {
        "authors/": 0,
        "authors/ann/": 2,
        "authors/bo-li/": 1,
        "authors/bo-li-2/": 1,
        "authors/bo-li-3/": 1,
    }


def test_a_name_without_latin_letters_has_a_page_too():
    issue = nouns.issue(nouns.article(1, authors=(Author(name="كاتبة"), Author(name="作者"))))
    found = [path for path in paths(compose.pages([issue], nouns.publication())) if path.startswith("authors/")]
    assert found == ["authors/author/", "authors/author-2/", "authors/"]


def test_what_was_withdrawn_is_in_no_list_and_stays_in_its_feeds():
    gone = nouns.article(1, authors=(JERRY,), withdrawn=Withdrawal(date=nouns.DATE))
    pages = compose.pages([nouns.issue(gone, nouns.article(2, authors=(JERRY,)))], nouns.publication())
    assert keys(page(pages, "authors/jerry-jackson/")) == ["defence-story-2"]
    assert keys(page(pages, "")) == ["story-2"]
    assert keys(page(pages, "feed.*")) == ["defence-story-1", "defence-story-2"]


def test_many_issues_have_years():
    issues = [issue for n, issue in enumerate(numbers(800)) if n % 20 == 0]
    pages = compose.pages(issues, nouns.publication())
    years = [path for path in paths(pages) if path.startswith("archive/20")]
    assert years == ["archive/2027/", "archive/2026/", "archive/2025/"]
    assert [way.title for way in page(pages, "").place.lists[-3:]] == ["2027", "2026", "2025"]
    assert sum(len(page(pages, year).place.lists) for year in years) == len(issues)


@pytest.mark.parametrize("search", [True, False])
def test_there_is_a_page_to_search_on_when_it_is_wanted(search):
    publication: Publication = nouns.publication(site=Site(search=search))
    assert ("search/" in paths(compose.pages(numbers(1), publication))) is search


def test_a_page_is_filled_with_the_texts_of_its_issue():
    whole = nouns.issue(nouns.rich(1), nouns.article(2))
    for planned in compose.pages([compose.light(whole)], nouns.publication()):
        if planned.place.kind in {"front", "issue", "article"}:
            assert {article.content for article in planned.articles} <= {"", "<p></p>"}
            first = next(compose.filled(planned, whole).articles)
            assert len(first.content) > 20 or planned.place.kind == "article"
