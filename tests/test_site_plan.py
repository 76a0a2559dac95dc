"""The plan of a site: which pages and feeds there are, what each lists, and that none moves without need."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nouns
from dispatch import render
from dispatch.model import (
    Author,
    Contents,
    FeedSettings,
    Issue,
    Page,
    Publication,
    Record,
    SiteSettings,
    Source,
    Withdrawal,
)
from dispatch.publish import topics
from dispatch.publish.listings import strip_texts
from dispatch.publish.plan import ARCHIVED, fill_page, plan_pages


def paths(pages: list[Page]) -> list[str]:
    return [page.feed + ".*" if page.kind == "feed" else page.path for page in pages]


def page(pages: list[Page], path: str) -> Page:
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


def keys(issue: Contents) -> list[str]:
    return [article.key for article in issue.articles]


def test_every_page_and_feed_has_an_address_of_its_own() -> None:
    pages = plan_pages(numbers(60, articles=3), nouns.publication(feeds=FeedSettings(each=("author", "tag", "source"))))
    assert [path for path, times in Counter(paths(pages)).items() if times > 1] == []
    assert len({(page.id, page.feed) for page in pages}) == len(pages)


@given(st.permutations(numbers(5, articles=2)))
def test_the_order_in_which_issues_are_given_means_nothing(issues) -> None:
    assert plan_pages(issues, nouns.publication()) == plan_pages(numbers(5, articles=2), nouns.publication())


def test_a_site_of_nothing_is_a_front_page_and_empty_feeds_without_a_clock() -> None:
    pages = plan_pages([], nouns.publication())
    assert paths(pages) == ["archive/", "follow/", "feed.*", "issues.*", ""]
    assert {page.date for page in pages} == {datetime(1970, 1, 1, tzinfo=UTC)}


def test_only_what_may_be_shown_in_full_has_a_page_of_its_own() -> None:
    policies = {"a": "link", "b": "excerpt", "c": "full"}
    articles = [
        nouns.article(n, key=key, source=Source(title="P", syndicate=p))  # type: ignore[arg-type]
        for n, (key, p) in enumerate(policies.items())
    ]
    pages = plan_pages([nouns.issue(*articles)], nouns.publication())
    assert [path for path in paths(pages) if path.startswith("issues/")] == ["issues/defence/", "issues/defence/c/"]


def test_tags_that_differ_in_capitals_list_an_article_once() -> None:
    whole = nouns.publication(feeds=FeedSettings(each=("tag",)))
    pages = plan_pages([nouns.issue(nouns.article(1, key="a", tags=("Boats", "boats", "Boats!", "🚢")))], whole)
    assert [path for path in paths(pages) if path.startswith("tags/")] == [
        "tags/boats/",
        "tags/boats-2/",
        "tags/tag/",
        "tags/",
        "tags/boats/feed.*",
        "tags/boats-2/feed.*",
        "tags/tag/feed.*",
    ]
    assert keys(page(pages, "tags/boats/")) == ["defence-a"]


def test_the_subscribed_feed_has_the_newest_and_the_archive_all_the_rest() -> None:
    pages = plan_pages(numbers(11), nouns.publication(feeds=FeedSettings(entries=4, days=2)))
    assert keys(page(pages, "feed.*")) == ["i10-story-0", "i9-story-0", "i8-story-0", "i7-story-0"]
    assert keys(page(pages, "archive/feed-1.*")) == ["i3-story-0", "i2-story-0", "i1-story-0", "i0-story-0"]
    assert keys(page(pages, "archive/feed-2.*")) == ["i7-story-0", "i6-story-0", "i5-story-0", "i4-story-0"]
    assert "archive/feed-3.*" not in paths(pages)
    assert page(pages, "feed.*").previous.path == "archive/feed-2"
    assert page(pages, "archive/feed-1.*").next.path == "archive/feed-2"
    assert page(pages, "archive/feed-2.*").next is None
    assert page(pages, "archive/feed-1.*").live_feed == "feed"


@given(st.integers(0, 30), st.integers(1, 6))
def test_no_entry_is_out_of_reach_and_no_archived_feed_ever_changes_its_entries(count, size) -> None:
    publication = nouns.publication(feeds=FeedSettings(entries=size))
    before = plan_pages(numbers(count), publication)
    after = plan_pages(numbers(count + 1), publication)
    archived = {name: keys(page(before, name)) for name in paths(before) if name.startswith("archive/feed-")}
    assert all(keys(page(after, name)) == entries for name, entries in archived.items())
    reached = {key for entries in archived.values() for key in entries} | set(keys(page(before, "feed.*")))
    assert len(reached) == count


def test_a_long_list_is_paged_from_the_oldest_and_its_full_pages_stay() -> None:
    pages = plan_pages(numbers(100), nouns.publication())
    lists = [name for name in paths(pages) if name.startswith("authors/jerry")]
    assert lists == ["authors/jerry-jackson/1/", "authors/jerry-jackson/2/", "authors/jerry-jackson/"]
    found = [keys(page(pages, name)) for name in lists]
    assert [len(one) for one in found] == [40, 40, 20]
    assert len({key for one in found for key in one}) == 100
    assert page(pages, lists[2]).previous.path == lists[1]
    assert page(pages, lists[1]).next.path == lists[2]


def test_two_people_of_one_name_are_told_apart_by_their_addresses() -> None:
    people = [
        Author(name="Bo Li", url="https://one.example/bo"),
        Author(name="Bo Li", url="https://two.example/bo"),
        Author(name="Bo Li"),
        Author(name="Ann", url="https://one.example/ann"),
        Author(name="Ann"),
    ]
    issue = nouns.issue(*(nouns.article(n, authors=(author,)) for n, author in enumerate(people)))
    pages = plan_pages([issue], nouns.publication())
    lists = {name: len(keys(page(pages, name))) for name in paths(pages) if name.startswith("authors/")}
    assert lists == {
        "authors/": 0,
        "authors/ann/": 2,
        "authors/bo-li/": 1,
        "authors/bo-li-2/": 1,
        "authors/bo-li-3/": 1,
    }


def test_a_name_without_latin_letters_has_a_page_of_its_name_and_one_without_any_has_one_too() -> None:
    names = ("كاتبة", "作者", "Ελένη Παπάς", "ΕΛΈΝΗ παπάσ", "🚢", "⚓")
    issue = nouns.issue(nouns.article(1, authors=tuple(Author(name=name) for name in names)))
    found = [path for path in paths(plan_pages([issue], nouns.publication())) if path.startswith("authors/")]
    assert sorted(map(unquote, found)) == [
        "authors/",
        "authors/author-2/",
        "authors/author/",
        "authors/ελένη-παπάς/",
        "authors/كاتبة/",
        "authors/作者/",
    ]
    assert all(path.isascii() for path in found)


def test_what_was_withdrawn_is_in_no_list_and_stays_in_its_feeds() -> None:
    gone = nouns.article(1, authors=(JERRY,), withdrawn=Withdrawal(date=nouns.DATE))
    pages = plan_pages([nouns.issue(gone, nouns.article(2, authors=(JERRY,)))], nouns.publication())
    assert keys(page(pages, "authors/jerry-jackson/")) == ["defence-story-2"]
    assert keys(page(pages, "")) == ["story-2"]
    assert keys(page(pages, "feed.*")) == ["defence-story-1", "defence-story-2"]


def test_tags_that_differ_in_signs_are_two_and_in_capitals_one() -> None:
    issue = nouns.issue(*(nouns.article(n, tags=(tag,)) for n, tag in enumerate(("C", "C++", "Boats", "boats"))))
    pages = plan_pages([issue], nouns.publication())
    lists = {name: len(keys(page(pages, name))) for name in paths(pages) if name.startswith("tags/")}
    assert lists == {"tags/": 0, "tags/boats/": 2, "tags/c/": 1, "tags/c-2/": 1}


def test_many_names_and_many_feeds_stand_on_pages_that_stay_small() -> None:
    people = [Author(name=f"Author {n:03}", url=f"https://people.example/{n}") for n in range(600)]
    issue = nouns.issue(*(nouns.article(n, authors=(author,)) for n, author in enumerate(people)))
    publication = nouns.publication(feeds=FeedSettings(each=("author",)))
    pages = plan_pages([issue], publication)
    lists = ["authors/", "authors/page_2/", "authors/page_3/"]
    assert [len(page(pages, path).lists) for path in lists] == [250, 250, 100]
    assert page(pages, lists[0]).next.path == lists[1]
    assert page(pages, lists[2]).previous.title == "Author 250 – Author 499"
    for path in (*lists, "follow/"):
        assert len(render.render_edition(page(pages, path), publication, "web").body) < 50_000


def test_many_issues_have_years() -> None:
    issues = [issue for n, issue in enumerate(numbers(800)) if n % 20 == 0]
    pages = plan_pages(issues, nouns.publication())
    years = [path for path in paths(pages) if path.startswith("archive/20")]
    assert years == ["archive/2027/", "archive/2026/", "archive/2025/"]
    archive = page(pages, "archive/").lists
    assert [way.title for way in archive[-3:]] == ["2027", "2026", "2025"]
    assert len(archive) == min(len(issues), ARCHIVED) + 3
    assert sum(len(page(pages, year).lists) for year in years) == len(issues)


@pytest.mark.parametrize("search", [True, False])
def test_there_is_a_page_to_search_on_when_it_is_wanted(search: bool) -> None:
    publication: Publication = nouns.publication(site=SiteSettings(search=search))
    assert ("search/" in paths(plan_pages(numbers(1), publication))) is search


def test_a_page_is_filled_with_the_texts_of_its_issue() -> None:
    whole = nouns.issue(nouns.rich(1), nouns.article(2))
    for planned in plan_pages([strip_texts(whole)], nouns.publication()):
        if planned.kind in {"front", "issue", "article"}:
            assert {article.content for article in planned.articles} <= {"", "<p></p>"}
            first = next(fill_page(planned, whole).articles)
            assert len(first.content) > 20 or planned.kind == "article"


def of_authors(*people: Author, n: int = 0, **article: object) -> Issue:
    """An issue of day n with an article by each of them."""
    articles = (nouns.article(n * 10 + m, authors=(one,), **article) for m, one in enumerate(people))
    return nouns.issue(
        *articles, slug=f"i{n}", number=n + 1, date=nouns.DATE + timedelta(days=n), id=f"tag:wire.example,2025:{n}"
    )


def addresses(pages: list[Page], kind: str = "author") -> dict[str, str]:
    """The address of each list by its title."""
    return {page.title: page.path for page in pages if page.kind == kind}


LI, ABD = Author(name="🚢"), Author(name="⚓")  # names that an address cannot have


def test_an_older_issue_that_is_published_later_takes_nobodys_address() -> None:
    published = topics.record_topics(before := plan_pages([of_authors(ABD, n=5)], nouns.publication()))
    assert addresses(before) == {ABD.name: "authors/author/"}
    both = [of_authors(ABD, n=5), of_authors(LI, n=1)]
    assert addresses(plan_pages(both, nouns.publication()))[LI.name] == "authors/author/"  # what nobody remembers
    expected = {ABD.name: "authors/author/", LI.name: "authors/author-2/"}
    assert addresses(plan_pages(both, nouns.publication(), published)) == expected


def test_the_address_of_an_author_who_is_gone_is_given_to_nobody() -> None:
    published = topics.record_topics(plan_pages([of_authors(ABD)], nouns.publication()))
    expected = {ABD.name: "authors/author/", LI.name: "authors/author-2/"}
    pages = plan_pages([of_authors(LI)], nouns.publication(), published)
    assert addresses(pages) == expected
    assert not list(page(pages, "authors/author/").articles)


@pytest.mark.parametrize("known", [Author(name="Bo Zhang"), Author(name="Bo Zhang", url="https://bo.example/?a=1&b")])
def test_an_author_who_enters_the_registry_or_gets_an_address_stays(known) -> None:
    published = topics.record_topics(plan_pages([of_authors(Author(name="Bo Zhang"))], nouns.publication()))
    registry = nouns.publication(authors={"bo": known})
    pages = plan_pages([of_authors(known)], registry, published)
    assert addresses(pages) == {"Bo Zhang": "authors/bo-zhang/"}
    again = plan_pages([of_authors(known), of_authors(Author(name="Bo"), n=1)], registry, topics.record_topics(pages))
    assert addresses(again) == {"Bo Zhang": "authors/bo-zhang/", "Bo": "authors/bo/"}


def test_a_source_that_has_another_address_stays() -> None:
    http, https = (Source(key="paper", title="Paper", url=f"{scheme}://paper.example/") for scheme in ("http", "https"))
    published = topics.record_topics(plan_pages([of_authors(LI, source=http)], nouns.publication()))
    pages = plan_pages([of_authors(LI, source=https)], nouns.publication(), published)
    assert addresses(pages, "source") == {"Paper": "sources/paper/"}


def test_two_who_were_given_one_address_on_two_branches_are_told_apart_for_good() -> None:
    one, two = (topics.record_topics(plan_pages([of_authors(who)], nouns.publication())) for who in (ABD, LI))
    people = [of_authors(LI), of_authors(ABD, n=1)]
    merged = sorted({*one, *two}, key=lambda record: record.id)
    pages = plan_pages(people, nouns.publication(), merged)
    assert addresses(pages) == {ABD.name: "authors/author/", LI.name: "authors/author-2/"}
    assert addresses(plan_pages(people[::-1], nouns.publication(), topics.record_topics(pages))) == addresses(pages)


def test_a_site_that_moves_to_another_host_keeps_its_addresses() -> None:
    published = topics.record_topics(plan_pages([of_authors(ABD, n=5)], nouns.publication()))
    elsewhere = nouns.publication(url="https://new.example/wire")
    pages = plan_pages([of_authors(LI, n=1), of_authors(ABD, n=5)], elsewhere, published)
    assert addresses(pages)[ABD.name] == "authors/author/"


PEOPLE = st.sampled_from(
    [
        Author(name=name, url=url)
        for name in ("Bo", "BO", "作者", "كاتبة")
        for url in ("", "https://one.example/", "https://two.example/")
    ]
)


@given(st.lists(st.lists(PEOPLE, min_size=1, max_size=4), min_size=1, max_size=5), st.randoms())
def test_whatever_is_published_in_whatever_order_every_address_has_one_person(issues, chance) -> None:
    """Nobody moves while all are there, and no two ever share an address."""
    dated = [of_authors(*people, n=n) for n, people in enumerate(issues)]
    chance.shuffle(dated)
    published: dict[tuple[str, str], Record] = {}
    for count in range(1, len(dated) + 1):
        found = topics.record_topics(
            plan_pages(dated[:count], nouns.publication(), [published[key] for key in sorted(published)])
        )
        owners = {record.url: record.id for record in found}
        assert len(owners) == len(found)
        now = {record.id for record in found}
        for record in found:
            before = [old.url for old in published.values() if old.kind == record.kind and old.id == record.id]
            assert not before or record.url in before
            owner = [old.id for old in published.values() if old.kind == record.kind and old.url == record.url]
            assert record.id in owner or now.isdisjoint(owner)
        published = {key: old for key, old in published.items() if old.url not in owners} | {
            (record.id, record.url): record for record in found
        }
