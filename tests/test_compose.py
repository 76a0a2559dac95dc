"""Issues out of articles: what is minted once, what is passed over, and what stays where it was."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import nouns
from dispatch import compose
from dispatch.errors import IssueError
from dispatch.model import (
    Article,
    Author,
    Certainty,
    Image,
    Issue,
    Publication,
    Section,
    Source,
    SyndicationSettings,
    Withdrawal,
)
from dispatch.publish.listings import make_entry

NOW = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
PAPER = Source(key="paper", title="The Paper", url="https://paper.example/", section="Europe", syndicate="full")


def publication(**values: object) -> Publication:
    return nouns.publication(sections=("Europe", "The alliance"), sources=(PAPER,), **values)


def keys(issue: Issue) -> dict[str, list[str]]:
    return {section.title: [article.key for article in section.articles] for section in issue.sections}


def empty(**values: object) -> Issue:
    return replace(compose.draft_issue(publication(), "Who pays", NOW), **values)  # type: ignore[arg-type]


# Drafts


def test_a_draft_has_the_sections_the_next_number_and_an_id_of_its_day() -> None:
    earlier = [
        nouns.issue(slug="a", number=3),
        nouns.issue(slug="who-pays", number=11),
        nouns.issue(slug="c", number=None),
    ]
    issue = compose.draft_issue(publication(), "Who pays?", NOW, earlier=earlier)
    assert (issue.slug, issue.number, issue.status, issue.date) == ("who-pays-2", 12, "draft", NOW)
    # Half past eleven at night in Greenwich is the next day in Berlin.
    assert issue.id == "tag:wire.example,2026-11-23:who-pays-2"
    assert [section.title for section in issue.sections] == ["Europe", "The alliance"]


@pytest.mark.parametrize("title", ["", "समाचार", "日本語", "!!!"])
def test_a_title_without_latin_letters_gives_a_numbered_slug(title: str) -> None:
    assert compose.draft_issue(publication(), title, NOW).slug == "issue-1"


@pytest.mark.parametrize("slug", ["a/b", "../x", "A", "a b", "ä", "a" * 81, ".", "a\n"])
def test_what_is_not_a_slug_is_refused(slug: str) -> None:
    with pytest.raises(IssueError, match="not a slug"):
        compose.draft_issue(publication(), "x", NOW, slug=slug)


def test_a_slug_that_is_taken_is_refused() -> None:
    with pytest.raises(IssueError, match="already"):
        compose.draft_issue(publication(), "x", NOW, slug="a", earlier=[nouns.issue(slug="a")])


# Adding


@pytest.mark.parametrize("certainty", ["certain", "likely", "unknown"])
def test_a_key_of_the_registry_becomes_its_person_and_no_surer(certainty: Certainty) -> None:
    """A stranger's login may be the same word as our key."""
    found = Article(title="One", url="https://a.example/1", authors=(Author(name="ann"),), certainty=certainty)
    ann = Author(name="Ann Lee", url="https://people.example/ann")
    _, (one,), _ = compose.add_articles(empty(), [found], replace(publication(), authors={"ann": ann}))
    assert (one.authors, one.certainty) == ((ann,), certainty)


def test_what_is_minted_is_minted_once() -> None:
    issue, (one, two), passed = compose.add_articles(
        empty(),
        [Article(title="One"), Article(title="One", url="https://a.example/1", id="https://a.example/guid")],
        publication(),
    )
    assert (one.key, one.id) == ("one", "tag:wire.example,2026-11-23:who-pays/one")
    assert one.url == "https://wire.example/issues/who-pays/one/"
    assert (two.key, two.id, two.url) == ("one-2", "https://a.example/guid", "https://a.example/1")
    assert passed == []
    assert list(issue.articles) == [one, two]


def test_the_same_id_or_the_same_address_is_passed_over() -> None:
    first = Article(id="tag:x", title="A", url="https://a.example/?x=1&y=2")
    same_id, same_url = replace(first, url="https://b.example/"), replace(first, id="tag:y")
    other = Article(id="tag:z", title="A", url="https://a.example/?x=1&y=3")
    issue, added, passed = compose.add_articles(empty(), [first, same_id, same_url, other], publication())
    assert [article.id for article in added] == ["tag:x", "tag:z"]
    assert passed == [same_id, same_url]
    assert compose.add_articles(issue, [first], publication()) == (issue, [], [first])


def test_two_articles_without_an_address_are_two() -> None:
    _, added, passed = compose.add_articles(empty(), [Article(title="A"), Article(title="B")], publication())
    assert (len(added), passed) == (2, [])


def test_the_same_title_and_text_without_another_address_is_passed_over() -> None:
    first = Article(title="A", content="<p>One\ntwo</p>", url="https://a.example/")
    issue, _, _ = compose.add_articles(empty(), [first], publication())
    again, other = Article(title="A", content="<p>One two</p>\n"), Article(title="A", content="<p>Else</p>")
    elsewhere = replace(again, url="https://b.example/")
    issue, added, passed = compose.add_articles(issue, [again, other, elsewhere], publication())
    assert passed == [again]
    assert [article.key for article in added] == ["a-2", "a-3"]
    assert [twin.key for article in added if (twin := compose.find_twin(issue, article))] == ["a", "a"]
    assert compose.find_twin(issue, Article(title="B")) is None


@pytest.mark.parametrize(
    "same", [{"id": "tag:1"}, {"url": "https://a.example/"}, {"title": "A", "content": "<p>x</p>"}]
)
def test_what_has_a_file_already_is_taken_as_the_file_has_it(same: dict[str, str]) -> None:
    file = Article(id="tag:1", key="mine", title="A", url="https://a.example/", content="<p>x</p>", note="By hand")
    again = Article(**({"title": "B"} | same))  # type: ignore[arg-type]
    issue, added, _ = compose.add_articles(empty(), [again], publication(), unlisted=[file])
    assert added == list(issue.articles) == [file]


def test_an_address_is_kept_byte_for_byte() -> None:
    from addresses import WEB

    for name, url in WEB.items():  # each in an issue of its own, for some lead to the same
        _, (added,), _ = compose.add_articles(empty(), [Article(title=name, url=url)], publication())
        assert added.url == url


def test_an_article_on_a_page_of_our_own_is_our_own() -> None:
    found = [Article(title="A", url="https://wire.example/posts/a"), Article(title="B", url="https://a.example/b")]
    _, (ours, theirs), _ = compose.add_articles(empty(), found, publication())
    assert (ours.own, ours.source.syndicate, ours.url) == (True, "full", "https://wire.example/posts/a")
    assert (theirs.own, theirs.source.syndicate) == (False, "excerpt")


@pytest.mark.parametrize("section", ["Cafe\u0301s", "CAFÉS", " Cafés  "])
def test_a_section_is_found_however_its_name_is_written(section: str) -> None:
    issue = empty(sections=(Section(title="Near"), Section(title="Cafés")))
    issue, _, _ = compose.add_articles(issue, [Article(title="A")], publication(), section=section)
    assert [(one.title, len(one.articles)) for one in issue.sections] == [("Near", 0), ("Cafés", 1)]
    moved = compose.move_article(issue, "a", section="near")
    assert [(one.title, len(one.articles)) for one in moved.sections] == [("Near", 1), ("Cafés", 0)]


def test_no_article_takes_the_issues_own_file() -> None:
    _, (added,), _ = compose.add_articles(empty(), [Article(title="Issue")], publication())
    assert added.key == "issue-2"


@pytest.mark.parametrize(
    ("article", "syndicate", "section"),
    [
        (Article(title="Own"), "full", "Europe"),
        (Article(title="Known", url="https://x.example/", source=Source(key="paper")), "full", "Europe"),
        (Article(title="By title", url="https://x.example/", source=Source(title="The Paper")), "full", "Europe"),
        (Article(title="Unknown", url="https://x.example/", source=Source(title="Other")), "link", "Europe"),
        (Article(title="Nobody", url="https://x.example/"), "link", "Europe"),
        (
            Article(title="Told", url="https://x.example/", source=Source(key="paper", syndicate="excerpt")),
            "excerpt",
            "Europe",
        ),
    ],
)
def test_terms_are_always_known(article: Article, syndicate: str, section: str) -> None:
    by = publication(syndicate=SyndicationSettings(default="link", words=33))
    issue, (added,), _ = compose.add_articles(empty(), [article], by)
    assert added.source.syndicate == syndicate
    assert added.source.excerpt_words == 33
    assert keys(issue)[section] == [added.key]


def test_a_section_that_is_new_is_made() -> None:
    issue, _, _ = compose.add_articles(empty(), [Article(title="A")], publication(), section="Letters")
    assert keys(issue) == {"Europe": [], "The alliance": [], "Letters": ["a"]}


# What the editor says


def told(found: Article, article: Article, *authors: Author, about: tuple[Author, ...] = ()) -> Article:
    (one,) = compose.apply_overrides([found], compose.Overrides(article=article, authors=authors, about=about))
    return one


def test_what_is_told_wins_over_what_was_found() -> None:
    found = nouns.article(title="Found", dek="Found dek", summary="kept")
    said = told(found, Article(title="Told", note="Look"))
    assert (said.title, said.dek, said.summary, said.note) == ("Told", "Found dek", "kept", "Look")
    assert told(found, Article()) == found


def test_a_day_that_is_told_is_certain() -> None:
    found = nouns.article(published=nouns.DATE, date_certainty="likely")
    assert told(found, Article(note="Look")).date_certainty == "likely"
    said = told(found, Article(published=nouns.DATE))
    assert (said.published, said.date_certainty) == (nouns.DATE, "certain")


def test_an_author_of_that_name_is_completed() -> None:
    found = nouns.article(
        authors=(Author(name="Jerry  Jackson", bio="Writes.", avatar="https://a.example/j.png"), Author(name="B"))
    )
    said = told(found, Article(), Author(name="jerry jackson", url="https://w.example/jj"))
    assert said.authors == (
        Author(name="Jerry  Jackson", bio="Writes.", avatar="https://a.example/j.png", url="https://w.example/jj"),
        Author(name="B"),
    )


def test_other_authors_replace_the_list_and_are_certain() -> None:
    found = nouns.article(authors=(Author(name="admin"),), certainty="unknown")
    said = told(found, Article(), Author(name="Ada"), Author(name="Bo"))
    assert [author.name for author in said.authors] == ["Ada", "Bo"]
    assert said.certainty == "certain"


def test_another_title_is_another_source() -> None:
    found = nouns.article(
        source=Source(
            title="The Paper", url="https://paper.example/", feed="https://paper.example/feed", excerpt_words=60
        )
    )
    assert told(found, Article(source=Source(title="Other"))).source == Source(title="Other")
    kept = told(found, Article(source=Source(syndicate="full"))).source
    assert kept == replace(found.source, syndicate="full")
    spelled = told(found, Article(source=Source(title="THE  paper"))).source
    assert spelled == replace(found.source, title="THE  paper")


def test_biography_and_portrait_complete_whoever_is_meant() -> None:
    found = nouns.article(authors=(Author(name="Ada Quay", url="https://a.example/", bio="Old."), Author(name="B")))
    about = (Author(name="ada quay", bio="New."), Author(name="B", avatar="https://b.example/b.png"))
    said = told(found, Article(), Author(name="Ada Quay", url="https://a.example/2"), about=about)
    assert said.authors == (
        Author(name="Ada Quay", url="https://a.example/2", bio="New."),
        Author(name="B", avatar="https://b.example/b.png"),
    )
    assert told(found, Article(), about=about).authors[0].url == "https://a.example/"
    other = told(found, Article(), Author(name="C"), about=(Author(name="C", bio="Sees."),))
    assert other.authors == (Author(name="C", bio="Sees."),)


def test_a_biography_of_nobody_is_refused_with_the_nearest_name() -> None:
    found = nouns.article(authors=(Author(name="Jerry Jackson"),))
    with pytest.raises(IssueError, match="“Jery Jackson”, did you mean “Jerry Jackson”"):
        told(found, Article(), about=(Author(name="Jery Jackson", bio="x"),))
    # In a feed, one entry's author is enough.
    said = compose.Overrides(about=(Author(name="Jerry Jackson", bio="x"),))
    assert [one.authors for one in compose.apply_overrides([nouns.article(2, authors=()), found], said)] == [
        (),
        (Author(name="Jerry Jackson", bio="x"),),
    ]


def test_words_without_a_picture_are_those_of_the_picture_that_was_found() -> None:
    found = nouns.article(image=Image(url="https://a.example/p.jpg", alt="old", width=3))
    assert told(found, Article(image=Image(url="", alt="new"))).image == Image(
        url="https://a.example/p.jpg", alt="new", width=3
    )
    assert told(replace(found, image=None), Article(image=Image(url="", alt="new"))).image is None


# Moving, removing, correcting


def two_sections() -> Issue:
    one, two, three, four = (nouns.article(n) for n in range(1, 5))
    return nouns.issue(sections=(Section(title="A", articles=(one, two)), Section(title="B", articles=(three, four))))


@pytest.mark.parametrize(
    ("key", "section", "before", "after"),
    [
        ("story-1", "", "", {"A": ["story-2", "story-1"], "B": ["story-3", "story-4"]}),
        ("story-1", "B", "", {"A": ["story-2"], "B": ["story-3", "story-4", "story-1"]}),
        ("story-1", "", "story-4", {"A": ["story-2"], "B": ["story-3", "story-1", "story-4"]}),
        ("story-4", "", "story-1", {"A": ["story-4", "story-1", "story-2"], "B": ["story-3"]}),
        ("story-1", "C", "", {"A": ["story-2"], "B": ["story-3", "story-4"], "C": ["story-1"]}),
        ("1", "", "3", {"A": ["story-2"], "B": ["story-1", "story-3", "story-4"]}),
        ("4", "", "3", {"A": ["story-1", "story-2"], "B": ["story-4", "story-3"]}),
        ("1", "", "1", {"A": ["story-1", "story-2"], "B": ["story-3", "story-4"]}),
    ],
)
def test_moving(key: str, section: str, before: str, after: dict[str, list[str]]) -> None:
    moved = compose.move_article(two_sections(), key, section=section, before=before)
    assert keys(moved) == after
    assert sorted(moved.articles, key=lambda a: a.key) == sorted(two_sections().articles, key=lambda a: a.key)


def test_removing() -> None:
    assert keys(compose.remove_article(two_sections(), "2")) == {"A": ["story-1"], "B": ["story-3", "story-4"]}


def test_correcting_changes_one_article_and_only_that() -> None:
    once = compose.correct(two_sections(), "story-2", "It was Bonn.", NOW)
    twice = compose.correct(once, "story-2", "In 1955.", NOW + timedelta(days=1))
    for before, after in zip(two_sections().articles, twice.articles, strict=True):
        if before.key == "story-2":
            assert [correction.text for correction in after.corrections] == ["It was Bonn.", "In 1955."]
            after = replace(after, corrections=())
        assert before == after


@pytest.mark.parametrize(
    ("name", "hint"),
    [("storey-1", "story-1"), ("story", "story-1"), ("9", "it has 4 articles: dispatch"), ("", "4 articles")],
)
def test_a_wrong_name_gets_a_hint(name: str, hint: str) -> None:
    for action in (compose.find_article, compose.remove_article, compose.move_article):
        with pytest.raises(IssueError, match="no article") as caught:
            action(two_sections(), name)
        assert hint in caught.value.faults[0].hint


def test_a_name_may_be_shortened_while_only_one_begins_so() -> None:
    issue = nouns.issue(nouns.article(1, key="alpha"), nouns.article(2, key="alp"), nouns.article(3, key="beta"))
    assert compose.find_article(issue, "b").key == "beta"
    assert compose.find_article(issue, "alp").key == "alp"
    assert compose.find_article(issue, "alph").key == "alpha"


def test_a_number_that_means_two_articles_is_asked_about() -> None:
    issue = nouns.issue(nouns.article(1, key="alpha"), nouns.article(2, key="beta"), nouns.article(3, key="1"))
    with pytest.raises(IssueError, match=r"article 1 \(“Story 1”\), and the key of article 3 \(“Story 3”\)") as caught:
        compose.correct(issue, "1", "It was Bonn.", NOW)
    assert "01 or 03" in caught.value.faults[0].hint
    assert compose.find_article(issue, "01").key == "alpha"
    assert compose.find_article(issue, "03").key == "1"
    gone = compose.withdraw(issue, compose.find_article(issue, "3").key, Withdrawal(date=NOW))
    assert [bool(article.withdrawn) for article in gone.articles] == [False, False, True]
    own = nouns.issue(nouns.article(1, key="1"), nouns.article(2, key="beta"))
    assert compose.find_article(own, "1").key == "1"


@pytest.mark.parametrize(("title", "key"), [("السوق 7", ""), ("7", ""), ("A market", "7")])
def test_no_new_key_is_a_number(title: str, key: str) -> None:
    _, (added,), _ = compose.add_articles(nouns.issue(), [Article(title=title, key=key)], nouns.publication())
    assert added.key == "article-7"
    assert added.file.endswith("/article-7.md")


def test_an_issue_as_an_article_keeps_every_name_and_link() -> None:
    issue = nouns.issue(nouns.rich(1), nouns.article(2))
    article = make_entry(issue, nouns.publication())
    assert (article.id, article.url) == (issue.id, "https://wire.example/issues/defence/")
    for part in issue.articles:
        assert part.title in article.content
        assert all(author.name in article.content for author in part.authors)
        assert article.content.count(f'href="{part.url.replace("&", "&amp;")}"') == 2


@pytest.mark.parametrize(
    ("own", "minted"),
    [
        ("https://paper.example/?p=2187", "https://paper.example/?p=2187"),
        ("2187", "tag:wire.example,2026-11-20:paper/2187"),
        ("a name, not an IRI", "tag:wire.example,2026-11-20:paper/a%20name%2C%20not%20an%20IRI"),
    ],
)
def test_an_entry_keeps_what_its_feed_calls_it(own: str, minted: str) -> None:
    published = datetime(2026, 11, 20, 12, tzinfo=UTC)
    article = Article(id=own, title="A", url="https://paper.example/a", source=PAPER, published=published)
    _, (added,), _ = compose.add_articles(empty(), [article], publication())
    assert added.id == minted


@pytest.mark.parametrize(
    ("title", "minted"),
    [("The Évening Star", "the-evening-star"), ("!", "who-pays"), ("", "who-pays")],
)
def test_an_entry_of_a_source_without_key_is_called_by_its_title(title: str, minted: str) -> None:
    article = Article(id="2187", title="A", url="https://star.example/a", source=Source(title=title))
    _, (added,), _ = compose.add_articles(empty(), [article], publication())
    assert added.id == f"tag:wire.example,2026-11-23:{minted}/2187"
