"""One answer to "is it ours" and "is it the same", whoever asks."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nouns
from dispatch import check, compose, config, derived, identity, inbox, issues, sources
from dispatch.identity import People
from dispatch.model import Article, Author, Issue, Page, Publication, Section, Source
from dispatch.publish import topics
from dispatch.publish.plan import plan_pages

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
WIRE = nouns.publication()

# The same article, and another one.
SAME = (
    ("https://paper.example/a", "https://paper.example/a"),
    ("https://paper.example/a", "http://www.paper.example/a/"),
    ("https://paper.example/a", "https://PAPER.example/a"),
    ("https://paper.example/a", "https://paper.example:443/a#:~:text=two%20towns"),
    ("https://paper.example/a", "https://paper.example/a#comments"),
    ("https://paper.example/a", "https://paper.example/a?utm_source=wire&fbclid=1"),
    ("https://paper.example/a", "https://m.paper.example/a/amp"),
    ("https://paper.example/?x=1&y=2", "https://paper.example/?y=2&x=1"),
    ("https://paper.example/caf%c3%a9", "https://paper.example/café"),
    ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
)
OTHER = (
    ("https://paper.example/a", "https://paper.example/b"),
    ("https://paper.example/a", "https://paper.example/A"),
    ("https://paper.example/?p=1", "https://paper.example/?p=2"),
    ("https://paper.example/a", "https://letter.example/a"),
    ("https://paper.example/#!/a", "https://paper.example/#!/b"),
)
# Two places on one page: the same address, and yet another article.
PLACES = ("https://paper.example/diary#monday", "https://paper.example/diary#tuesday")
PAIRS = [(*pair, True) for pair in SAME] + [(*pair, False) for pair in OTHER]


def of(n: int, url: str, **values: object) -> Article:
    """An article that shares nothing with others but, if so, its address."""
    return nouns.article(n, **({"url": url, "id": f"tag:x{n}", "content": f"<p>The words of {n}.</p>"} | values))


@pytest.mark.parametrize(("one", "other", "is_same"), PAIRS)
def test_inbox_issue_check_and_sources_have_one_answer(one: str, other: str, is_same: bool, tmp_path: Path) -> None:
    assert identity.is_same_address(one, other) == is_same
    assert identity.is_same_article(of(1, one), of(2, other)) == is_same

    assert is_known_from_elsewhere(of(1, one), of(2, other), tmp_path) == is_same

    _, added, passed = compose.add_articles(nouns.issue(sections=()), [of(1, one), of(2, other)], WIRE)
    assert (len(added), len(passed)) == ((1, 1) if is_same else (2, 0))

    together = nouns.issue(of(1, one), of(2, other))
    earlier = nouns.issue(of(1, one), slug="old", id="tag:old", date=nouns.DATE - timedelta(days=7))
    for issue, before in ((together, ()), (nouns.issue(of(2, other)), (earlier,))):
        rules = {one.rule for one in check.findings(issue, (), WIRE, others=before)}
        assert ("links.repeated" in rules) == is_same

    config.create_publication(tmp_path / "wire", title="The Wire", url="https://wire.example", sender="")
    publication = config.load(tmp_path / "wire")
    new, known = sources.add_sources(publication, [Source(title="A", feed=one), Source(title="B", feed=other)])
    assert (len(new), len(known)) == ((1, 1) if is_same else (2, 0))
    terms_of = nouns.publication(sources=(Source(title="A", url=one, license="CC-BY-4.0"),))
    assert bool(derived.resolve_source(Source(title="B", url=other), terms_of, is_own=False).license) == is_same


def is_known_from_elsewhere(one: Article, other: Article, root: Path) -> bool:
    """Whether the inbox takes what a second source has for what it has from a first."""
    papers = (Source(key="paper", title="P"), Source(key="letter", title="L"))
    with inbox.open_inbox(nouns.publication(root=root, sources=papers)) as box:
        box.keep_articles("paper", [replace(one, key="")], NOW)
        kept = box.keep_articles("letter", [replace(other, key="")], NOW + timedelta(hours=1))
        assert (kept.known, len(kept.new)) in {(1, 0), (0, 1)}
        return not kept.new


@pytest.mark.parametrize(
    ("here", "there", "is_same"),
    [
        (of(1, PLACES[0]), of(2, PLACES[1]), False),
        (of(1, PLACES[0]), of(2, PLACES[0]), True),
        (of(1, PLACES[0]), of(2, "https://paper.example/diary"), True),
        (of(1, PLACES[0]), of(2, PLACES[1], title=of(1, "").title.upper(), published=of(1, "").published), True),
        (of(1, PLACES[0]), of(2, PLACES[1], title=of(1, "").title.upper(), published=None), True),
        (of(1, PLACES[0]), of(2, PLACES[1], title=of(1, "").title.upper()), False),
        (of(1, PLACES[0], id=""), of(2, PLACES[1], id=""), False),
    ],
)
def test_the_inbox_asks_which_article_and_not_only_which_address(
    here: Article, there: Article, is_same: bool, tmp_path: Path
) -> None:
    assert identity.is_same_article(here, there) == is_same
    assert is_known_from_elsewhere(here, there, tmp_path) == is_same


def test_two_places_on_one_page_are_two_articles_unless_title_and_day_are_the_same() -> None:
    one, two = (of(n, url) for n, url in enumerate(PLACES, 1))
    assert not identity.is_same_article(one, two)
    assert identity.is_same_article(one, replace(two, title=one.title, published=one.published))
    assert identity.is_same_article(one, replace(two, url="https://paper.example/diary"))
    issue, added, _ = compose.add_articles(nouns.issue(sections=()), [one, two], WIRE)
    assert len(added) == 2
    assert "links.repeated" not in {found.rule for found in check.findings(issue, (), WIRE)}


def test_an_id_is_the_same_article_wherever_it_stands() -> None:
    one = of(1, "https://paper.example/a")
    assert identity.is_same_article(one, of(2, "https://else.example/", id=one.id))
    assert not identity.is_same_article(replace(one, id=""), of(2, "https://else.example/", id=""))
    assert not identity.is_same_article(of(1, ""), of(2, ""))


def test_our_own_are_told_apart_to_the_byte() -> None:
    page = "https://wire.example/issues/defence/"
    one, two = of(1, f"{page}#a", own=True, title="T"), of(2, f"{page}#b", own=True, title="T")
    assert not identity.is_same_article(one, two)
    assert identity.is_same_article(one, replace(two, url=one.url))


@pytest.mark.parametrize(
    ("url", "is_ours", "is_within", "is_place"),
    [
        ("", True, False, False),
        ("https://wire.example/", True, True, False),
        ("https://wire.example/posts/a", True, True, False),
        ("https://wire.example/issues/defence/", True, True, True),
        ("https://wire.example/issues/defence/#story-1", True, True, True),
        ("https://wire.example/issues/defence/story-1/", True, True, True),
        ("https://wire.example", False, False, False),
        ("https://wire.example.evil.example/issues/a/", False, False, False),
        ("https://paper.example/https://wire.example/issues/a/", False, False, False),
        ("https://wireXexample/issues/a/", False, False, False),
    ],
)
def test_what_is_ours(url: str, is_ours: bool, is_within: bool, is_place: bool) -> None:
    asked = (identity.is_ours, identity.is_site_address, identity.is_issue_address)
    assert [ask(url, WIRE) for ask in asked] == [is_ours, is_within, is_place]


JON, DECOMPOSED = "Jón Þór", unicodedata.normalize("NFD", "Jón Þór")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (Source(key="a"), Source(key="a", title="B"), True),
        (Source(key="a", title="B"), Source(key="b", title="B"), False),
        (Source(title="A", url="https://a.example"), Source(title="B", url="http://www.a.example/"), True),
        (Source(title="A", url="https://a.example"), Source(title="A", url="https://b.example"), False),
        (Source(title=DECOMPOSED), Source(title=JON.upper(), url="https://b.example"), True),
        (Source(), Source(), False),
    ],
)
def test_the_same_source(one: Source, other: Source, is_same: bool) -> None:
    assert identity.is_same_source(one, other) == is_same


def lists(publication: Publication, *bylines: Author, known: tuple[object, ...] = ()) -> dict[str, int]:
    """The lists of authors by their paths, each with how many articles it has."""
    issue = nouns.issue(*(nouns.article(n, authors=(author,)) for n, author in enumerate(bylines)))
    pages = plan_pages([issue], publication, known)  # type: ignore[arg-type]
    return {one.path: len(list(one.articles)) for one in pages if one.kind == "author"}


A, B = "https://a.example/jon", "https://b.example/jon"


@pytest.mark.parametrize(
    ("bylines", "found"),
    [
        ([Author(name=JON), Author(name=DECOMPOSED), Author(name="JÓN  ÞÓR")], [3]),
        ([Author(name=JON, url=A), Author(name=DECOMPOSED, url="http://www.a.example/jon/?utm_source=x")], [2]),
        ([Author(name=JON, url=A), Author(name=DECOMPOSED)], [2]),
        ([Author(name=JON, url=A), Author(name=JON, url=B), Author(name=JON)], [1, 1, 1]),
        # A whole staff has the address of its paper: nobody gets another's articles.
        ([Author(name="Ann Lee", url=A), Author(name="Bo Zhang", url=A)], [1, 1]),
    ],
)
def test_who_is_the_same_person(bylines: list[Author], found: list[int]) -> None:
    assert sorted(lists(WIRE, *bylines).values()) == found


HOLM = Author(name="Ada K. Holm", url=A)


@pytest.mark.parametrize("spelled", ["Ada K Holm", "ADA K.  HOLM", "Holm, Ada K."])
@pytest.mark.parametrize("registry", [{}, {"ada": HOLM}])
def test_another_spelling_at_the_same_address_is_the_same_person(spelled: str, registry: dict[str, Author]) -> None:
    publication = nouns.publication(authors=registry)
    other = Author(name=spelled, url="http://a.example/jon/")
    found = lists(publication, HOLM, other)
    assert list(found.values()) == [2]
    assert not registry or list(found) == ["authors/ada/"]
    # Without the address it may be somebody else, who is called so.
    assert len(lists(publication, HOLM, replace(other, name="Bo Li"), Author(name="Holm, Ada"))) == 3


@pytest.mark.parametrize("registry", [{}, {"ann": Author(name="Ann Lee", url=A)}])
def test_an_address_that_several_have_in_common_makes_nobody_another(registry: dict[str, Author]) -> None:
    """Neither is what Bo wrote in Ann's list, nor does Bo inherit her address when she is gone."""
    ann, bo = Author(name="Ann Lee", url=A), Author(name="Bo Zhang", url=A)
    publication = nouns.publication(authors=registry)
    before = topics.record_topics(plan_pages([nouns.issue(nouns.article(1, authors=(ann,)))], publication))
    page = "authors/ann/" if registry else "authors/ann-lee/"
    assert lists(publication, ann, bo, bo, known=before) == {page: 1, "authors/bo-zhang/": 2}
    assert lists(publication, bo, known=before) == {page: 0, "authors/bo-zhang/": 1}


def test_a_key_comes_before_address_and_name_and_both_come_before_nothing() -> None:
    ann, bo = Author(name="Ann Lee", url=A), Author(name="Bo Zhang", url=B)
    people = People.tell_apart([ann, bo, Author(name="Cy")], {"ann": ann})
    assert people.identify_author(ann) == identity.Identity(key="ann")
    assert people.identify_author(bo) == identity.Identity(url=B)
    assert people.identify_author(Author(name="CY")) == identity.Identity(name="cy")


def test_somebody_of_the_registry_keeps_the_page_through_another_name_or_address() -> None:
    was = Author(name="Ann Lee", url="https://a.example/ann")
    known = topics.record_topics(plan_pages([nouns.issue(nouns.article(1, authors=(was,)))], registered(was)))
    for now in (replace(was, url="https://b.example/ann"), replace(was, name="Ann Quay")):
        assert lists(registered(now), now, known=known) == {"authors/ann/": 1}
    other = Author(name="Bo Zhang", url="https://b.example/bo")
    assert lists(registered(other), other, known=known) == {
        "authors/ann/": 0,
        "authors/ann-2/": 1,
    }
    assert lists(registered(was), was, replace(was, url="https://b.example/ann"), known=known) == {
        "authors/ann/": 1,
        "authors/ann-lee/": 1,
    }


def registered(author: Author) -> Publication:
    return nouns.publication(authors={"ann": author})


def test_a_name_in_decomposed_letters_is_in_the_registry_too() -> None:
    named = [Author(name=DECOMPOSED, url="http://a.example/jon"), Author(name="Jon Thor", url=A)]
    people = People.tell_apart(named, {"jon": Author(name=JON, url=A)})
    assert [people.identify_author(author).key for author in named] == ["jon", ""]


def tagged(tag: str, section: str, n: int) -> Issue:
    story = nouns.article(n, tags=(tag,))
    return nouns.issue(slug=f"i{n}", id=f"tag:i{n}", sections=(Section(title=section, articles=(story,)),))


@given(st.permutations(["Café", "CAFÉ", unicodedata.normalize("NFD", "Café"), " Café "]))
def test_tags_and_sections_are_one_however_they_are_written_and_stay_where_they_were(spelled: list[str]) -> None:
    paths = set()
    for known in ((), topics.record_topics(plan_pages([tagged(spelled[-1], spelled[-1], 9)], WIRE))):
        pages = plan_pages([tagged(word, word, n) for n, word in enumerate(spelled[:3])], WIRE, known)
        paths |= {page.path for page in pages if page.kind in {"tag", "section"}}
    assert paths == {"tags/cafe/", "sections/cafe/"}


def test_an_articles_own_fact_is_asked_and_not_its_address() -> None:
    """An address within the site is ours at the door; behind it nothing guesses."""
    own = nouns.article(1, url="https://wire.example/posts/a", own=True)
    foreign = replace(own, own=False)
    shown = {name: nouns.body("web", alone(article)).decode() for name, article in (("own", own), ("not", foreign))}
    assert 'rel="canonical" href="https://wire.example/issues/defence/story-1/"' in shown["own"]
    assert 'rel="canonical" href="https://wire.example/posts/a"' in shown["not"]
    assert "isBasedOn" in shown["not"]
    assert "isBasedOn" not in shown["own"]


def alone(article: Article) -> Page:
    """The page that an article has alone."""
    pages = plan_pages([nouns.issue(article, status="published")], WIRE)
    (page,) = (page for page in pages if page.kind == "article")
    return replace(page, sections=(Section(articles=(article,)),))


def test_what_is_ours_may_be_shown_in_full_from_every_door(tmp_path: Path) -> None:
    config.create_publication(tmp_path / "wire", title="The Wire", url="https://wire.example", sender="")
    publication = config.load(tmp_path / "wire")
    found = [Article(title="A", url="https://wire.example/posts/a", content="<p>Words.</p>"), Article(title="B")]
    issue, _, _ = compose.add_articles(compose.draft_issue(publication, "One", NOW, slug="one"), found, publication)
    issues.create_issue(publication, issue)
    assert "syndicate" not in (tmp_path / "wire/issues/one/a.html").read_text("utf-8")
    read = issues.read_issue(publication, "one")
    assert [(one.own, one.source.syndicate, one.url) for one in read.articles] == [
        (True, "full", "https://wire.example/posts/a"),
        (True, "full", "https://wire.example/issues/one/b/"),
    ]


@pytest.mark.parametrize(
    ("mailboxes", "names", "certainty"),
    [
        (["ann@wire.example"], ["Ann Lee"], "certain"),
        (["nobody@wire.example"], [], "unknown"),
        (["ann@wire.example", "nobody@wire.example"], ["Ann Lee"], "likely"),
    ],
)
def test_a_mailbox_stands_for_whoever_has_it_and_for_nobody_else(
    mailboxes: list[str], names: list[str], certainty: str
) -> None:
    by = nouns.publication(authors={"ann": Author(name="Ann Lee", email="ann@wire.example")})
    written = tuple(Author(name=f"{identity.MAILBOX}{one}") for one in mailboxes)
    article, notes = identity.register_article(Article(authors=written, certainty="certain"), by)
    assert ([one.name for one in article.authors], article.certainty) == (names, certainty)
    unknown = [one for one in mailboxes if one.startswith("nobody")]
    assert notes == [f"nobody in authors.toml has the mailbox {one}" for one in unknown]
