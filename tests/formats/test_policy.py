"""How much of an article is shown: what its source allows, and in a mailbox never more than a beginning."""

import re

import pytest

import nouns
from dispatch import check, render
from dispatch.formats import FORMATS
from dispatch.model import Article, Image, Source, Syndicate
from formats import reading

FIRST = "The first sentence of the story stands here."
LAST = "The very last sentence of the story stands there."
BIOGRAPHY = "She has crossed every bridge that she writes about."


def story(policy: Syndicate, words: int = 20, **values: object) -> Article:
    middle = "".join(f"<p>Middle paragraph {n} has some words in it, and then some more.</p>" for n in range(12))
    given: dict[str, object] = {
        "source": Source(title="The Paper", url="https://paper.example/", syndicate=policy, excerpt_words=words),
        "content": f"<p>{FIRST} <b>Second, bold and long enough to be cut. Third, bold.</b></p>{middle}<p>{LAST}</p>",
        "dek": "",
        "summary": "",
        "authors": (nouns.Author(name="Ada Lane", url="https://people.example/ada", bio=BIOGRAPHY),),
    }
    return nouns.article(1, **(given | values))


def said(format: str, article: Article) -> str:  # noqa: A002
    """The words that an edition shows, folded."""
    octets = nouns.body(format, nouns.issue(article, intro="", preheader=""))
    if format in nouns.FEEDS:
        words = "".join(reading.entry(body).words for body in reading.feed_bodies(format, octets))
    elif format in nouns.PAGES:
        words = reading.words(reading.document(octets).root)
    else:
        words = octets.decode() if format == "text" else " ".join(reading.parts(octets))
    return " ".join(words.split())


everywhere = pytest.mark.parametrize("format", FORMATS)
IN_MAIL = set(nouns.MESSAGES)


@everywhere
@pytest.mark.parametrize("policy", ["link", "excerpt", "full"])
def test_no_more_than_the_policy_allows(format: str, policy: Syndicate) -> None:  # noqa: A002
    words = said(format, story(policy))
    assert (FIRST in words) == (policy != "link")
    assert (LAST in words) == (policy == "full" and format not in IN_MAIL)
    assert "Story 1" in words
    assert "Ada Lane" in words
    assert "The Paper" in words
    assert ("Read “Story 1”" if format != "email" else "Read in The Paper") in words


@everywhere
@pytest.mark.parametrize("policy", ["link", "excerpt", "full"])
def test_biographies_stand_in_feeds_and_pages_and_not_under_a_bare_link(format: str, policy: Syndicate) -> None:  # noqa: A002
    words = said(format, story(policy))
    assert (BIOGRAPHY in words) == (policy != "link" and format not in IN_MAIL)
    assert words.count("More by Ada Lane") == (policy != "link" and format not in IN_MAIL)


@everywhere
def test_a_bare_link_shows_no_summary_and_no_word_of_the_body(format: str) -> None:  # noqa: A002
    linked = story("link", summary="A summary from the feed.", dek="The dek.", note="The note.")
    octets = nouns.body(format, nouns.issue(linked, intro="", preheader=""))
    shown = said(format, linked)
    assert "The dek." in shown
    assert "The note." in shown
    for part in (octets.decode(), shown):
        assert not re.search("Middle paragraph|A summary from the feed|Second, bold", part)


@everywhere
@pytest.mark.parametrize("words", [5, 20, 60, 110])
def test_an_excerpt_is_whole_sentences(format: str, words: int) -> None:  # noqa: A002
    shown = said(format, story("excerpt", words))
    before, _, _ = shown.partition("Read in The Paper" if format == "email" else "Read “Story 1”")
    begun = before[before.index(FIRST) :].strip()
    assert begun.endswith((".", FIRST))
    assert FIRST in begun
    assert len(begun.split()) <= words + 12


@everywhere
def test_an_excerpt_falls_back_on_the_summary(format: str) -> None:  # noqa: A002
    assert "What the feed said of it." in said(
        format, story("excerpt", content="", summary="What the feed said of it.")
    )


@pytest.mark.parametrize("format", [*nouns.FEEDS, "email", "web"])
def test_a_summary_is_text_and_no_markup(format: str) -> None:  # noqa: A002
    article = story("excerpt", content="", summary='What <i id="evil">they</i> said & meant.')
    body = nouns.body(format, nouns.issue(article))
    shown = reading.feed_bodies(format, body) if format in nouns.FEEDS else [body.decode()]
    assert [one for one in shown if "&lt;i id=" not in one or '<i id="evil"' in one] == []


def test_a_tag_that_is_cut_is_closed() -> None:
    article = story("excerpt", 10)
    for name in nouns.FEEDS:
        (body,) = reading.feed_bodies(name, nouns.body(name, nouns.issue(article)))
        assert f"<p>{FIRST}</p>" in body or f"<p>{FIRST} <b>Second, bold and long enough to be cut.</b></p>" in body


@everywhere
def test_nothing_is_said_where_nothing_is_known(format: str) -> None:  # noqa: A002
    bare = nouns.article(1, authors=(), source=Source(syndicate="link"), published=None, dek="", content="")
    words = said(format, bare)
    assert not re.search(r"Anonymous|Unknown|None|\bBy\b|From|undefined|1970", words)
    assert "Story 1" in words


@everywhere
def test_the_origin_is_named_where_the_author_is_not_known(format: str) -> None:  # noqa: A002
    assert "From The Paper" in said(format, story("excerpt", authors=()))


@everywhere
def test_an_address_for_e_mail_is_never_shown(format: str) -> None:  # noqa: A002
    article = story("full", authors=(nouns.Author(name="Ada", email="ada.private@people.example"),))
    assert b"ada.private" not in nouns.body(format, nouns.issue(article))


@everywhere
def test_the_licence_is_shown(format: str) -> None:  # noqa: A002
    source = Source(title="The Paper", url="https://paper.example/", syndicate="full", license="CC-BY-SA-4.0")
    assert "Licence: CC BY-SA 4.0" in said(format, story("full", source=source))
    assert "Licence: CC0" in said(format, story("full", source=source, license="CC0"))


def test_a_correction_is_shown_with_its_day() -> None:
    for name in ("rss", "atom", "json", "web"):
        assert "17 February 2025" in said(name, nouns.rich())
        assert "An earlier version named the wrong city." in said(name, nouns.rich())


def test_an_introduction_of_a_section_without_a_title_is_shown() -> None:
    sections = (nouns.Section(intro="<p>Words before the articles.</p>", articles=(nouns.article(),)),)
    for name in ("email", "text", "eml", "web"):
        assert b"Words before the articles." in nouns.body(name, nouns.issue(sections=sections))


def test_a_section_that_holds_nothing_is_not_shown() -> None:
    sections = (nouns.Section(title="Nothing here"), nouns.Section(title="Europe", articles=(nouns.article(),)))
    for octets in nouns.bodies(nouns.issue(sections=sections)).values():
        assert b"Nothing here" not in octets


def test_the_first_article_leads_only_with_a_picture() -> None:
    plain, pictured = nouns.article(1), nouns.rich(2)
    wide = b'width="536"'
    assert wide not in nouns.body("email", nouns.issue(plain, pictured))
    assert wide in nouns.body("email", nouns.issue(pictured, plain))


def test_an_article_in_another_language_says_so_where_its_own_words_are() -> None:
    arabic = nouns.rich(1, language="ar", title="العنوان", dek="السطر", content="<p>الكلمات هنا.</p>")
    for name in nouns.PAGES:
        root = reading.document(nouns.body(name, nouns.issue(arabic, nouns.article(2)))).root
        own = [node for node in reading.nodes(root) if node.attrs.get("lang") == "ar"]
        assert {node.attrs.get("dir") for node in own} == {"rtl"}
        assert {"العنوان", "السطر", "الكلمات هنا."} == {reading.words(node) for node in own}
        (read, _) = [node for node in reading.nodes(root) if "read" in reading.classes(node)]
        assert reading.words(read) == ("Read in The Paper" if name == "email" else "Read “العنوان”")
        assert [node.name for node in reading.nodes(read)] == ["a", "bdi"]


@everywhere
@pytest.mark.parametrize("policy", ["link", "excerpt", "full"])
def test_what_may_only_be_linked_shows_no_picture(format: str, policy: Syndicate) -> None:  # noqa: A002
    image = Image(url="https://paper.example/bridge.jpg", alt="A bridge", width=600, height=400)
    issue = nouns.issue(story(policy, image=image), story(policy, key="two", id="tag:wire.example:two", image=image))
    octets = nouns.body(format, issue)
    whole = octets.replace(b"=\r\n", b"")  # lines of a message are broken anywhere
    assert (b"paper.example/bridge.jpg" in whole) == (policy != "link" and format != "text")
    edition = render.render_edition(issue, nouns.publication(), format)
    assert not [one for one in check.findings(issue, [edition], nouns.publication()) if one.severity == "error"]
