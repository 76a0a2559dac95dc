"""What is shown of each article, by its layout: the same in both halves of a message, and check proves it in each."""

import re
from dataclasses import replace
from typing import get_args

import pytest

import nouns
from dispatch import check, render
from dispatch.formats.layouts import choose_layouts, measure_picture
from dispatch.looks import load_look, load_looks
from dispatch.model import Article, Author, Edition, Image, Issue, Layout, Section, Source
from formats import reading

LAYOUTS: tuple[Layout, ...] = get_args(Layout)
WORDS = "One sentence here. And another one."


def laid_out(layout: Layout | None, count: int = 3) -> Issue:
    articles = tuple(nouns.rich(n, content=f"<p>{WORDS}</p>") for n in range(count))
    return nouns.issue(sections=(Section(title="Europe", layout=layout, articles=articles),))


def errors(issue: Issue) -> list[str]:
    editions = [render.render_edition(issue, nouns.publication(), format) for format in nouns.MESSAGES]  # noqa: A001
    return [one.rule for one in check.findings(issue, editions, nouns.publication()) if one.severity == "error"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_people_and_links_are_proved_in_every_layout(layout: Layout) -> None:
    issue = laid_out(layout)
    assert errors(issue) == []
    for article, shown in zip(issue.articles, reading.mail(nouns.body("email", issue)), strict=True):
        assert shown.url == article.url
        assert shown.read == ("" if layout in {"list", "brief"} else article.url)
        assert shown.people[:2] == [article.authors[0].url, article.authors[1].url]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_both_halves_of_a_message_show_the_same(layout: Layout) -> None:
    plain, markup = (
        " ".join(half.split())
        for half in (
            nouns.body("text", laid_out(layout)).decode(),
            reading.words(reading.document(nouns.body("email", laid_out(layout))).root),
        )
    )
    for words in (WORDS, "What story 2 is about", "The line to remember is the second."):
        assert plain.count(words) == markup.count(words), words


@pytest.mark.parametrize(
    ("count", "wanted"),
    [
        (1, {"lead": 1}),
        (3, {"lead": 1, "cards": 2}),
        (8, {"lead": 1, "cards": 3, "list": 4}),
        (20, {"lead": 1, "cards": 3, "list": 6, "brief": 10}),
        (40, {"lead": 1, "cards": 3, "list": 6, "brief": 30}),
    ],
)
def test_without_a_word_the_number_of_articles_decides(count: int, wanted: dict[Layout, int]) -> None:
    chosen = list(choose_layouts(laid_out(None, count)).values())
    assert {layout: chosen.count(layout) for layout in dict.fromkeys(chosen)} == wanted


def test_a_small_section_is_of_one_kind_and_an_article_may_say_its_own() -> None:
    def of(first: int, end: int, **values: object) -> tuple[Article, ...]:
        return tuple(nouns.article(n, **values) for n in range(first, end))

    sections = (
        Section(articles=of(0, 8)),
        Section(title="Late", articles=of(8, 13)),
        Section(title="Own", layout="lead", articles=(*of(13, 15), *of(15, 16, layout="quote"))),
    )
    chosen = list(choose_layouts(nouns.issue(sections=sections)).values())
    assert chosen == ["lead", *["cards"] * 3, *["list"] * 9, "lead", "cards", "quote"]


def test_a_long_issue_has_a_list_of_contents() -> None:
    assert "In this issue" not in nouns.body("text", laid_out(None, 7)).decode()
    assert "In this issue\n- Story 0\n- Story 1" in nouns.body("text", laid_out(None, 8)).decode()


@pytest.mark.parametrize(
    ("size", "shown"),
    [((1200, 600), (120, 60)), ((400, 400), (120, 120)), ((600, 1200), (75, 150)), ((None, None), (120, 0))],
)
def test_a_small_picture_keeps_its_ratio(size: tuple[int | None, int | None], shown: tuple[int, int]) -> None:
    image = Image(url="https://wire.example/a.png", width=size[0], height=size[1])
    assert measure_picture(image, 120, 150) == shown


@pytest.mark.parametrize(("size", "leads"), [((1200, 1000), True), ((1190, 1000), False), ((None, None), True)])
def test_a_portrait_never_leads(size: tuple[int | None, int | None], leads: bool) -> None:
    image = Image(url="https://wire.example/a.png", alt="A bridge", width=size[0], height=size[1])
    markup = nouns.body("email", nouns.issue(nouns.article(1, image=image))).decode()
    assert ('width="536"' in markup) == leads
    assert "object-fit" not in markup


def test_whoever_made_a_picture_is_named_with_it() -> None:
    image = Image(url="https://wire.example/a.png", alt="A bridge", caption="The old bridge.", credit="Mia Stone")
    issue = nouns.issue(nouns.article(1, image=image), nouns.article(2, image=image))
    assert nouns.body("email", issue).decode().count("The old bridge. Photo by <bdi>Mia Stone</bdi>") == 2
    assert errors(issue) == []


@pytest.mark.parametrize("format", ["email", "web", "rss", "atom", "json"])
@pytest.mark.parametrize("caption", ["", "The old bridge", "The old bridge."])
def test_a_photographer_is_no_author_and_is_named_wherever_the_picture_is(format: str, caption: str) -> None:  # noqa: A002
    """Also one who is an author as well, or called otherwise than anybody in the byline."""
    for credit in ("Jerry Jackson", "Jerry Jackson / Harbour Pictures", "Haki B."):
        image = Image(url="https://wire.example/a.png", alt="A bridge", caption=caption, credit=credit)
        author = Author(name="Jerry Jackson", url="https://paper.example/jerry")
        pictures = [(n, replace(image, url=f"https://wire.example/{n}.png")) for n in (1, 2)]
        issue = nouns.issue(*(nouns.article(n, image=one, authors=(author,)) for n, one in pictures))
        assert errors(issue) == []
        edition = render.render_edition(issue, nouns.publication(), format)
        changed = replace(edition, body=edition.body.replace(b"Photo by", b"Photo:"))
        found = check.check_edition(changed, issue, nouns.publication())
        told = [(one.place.article, one.get_value("wanted")) for one in found if one.rule == "attribution.picture"]
        assert told == [("story-1", credit), ("story-2", credit)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_link_that_leads_elsewhere_is_told_in_every_layout(layout: Layout) -> None:
    issue = laid_out(layout)
    url = 'href="https://paper.example/story-1?x=1&amp;y=2"'
    edition = render.render_edition(issue, nouns.publication(), "email")
    for times in range(1, edition.body.decode().count(url) + 1):
        pieces = edition.body.decode().split(url)
        changed = url.join(pieces[:times]) + 'href="https://t.example/x"' + url.join(pieces[times:])
        found = check.check_edition(
            Edition(format="email", media_type="text/html", path="email.html", body=changed.encode()),
            issue,
            nouns.publication(),
        )
        rules = {one.rule for one in found if one.place.article == "story-1"}
        assert "attribution.read-more" in rules or (times == 1 and layout == "lead") or "<img" in pieces[times][:120]


def large(count: int, **values: object) -> Issue:
    words = "<p>One sentence of the very many words that stand in it here. " * 14 + "</p>"
    given = {"content": words, "note": "A note of the editor. " * 12} | values
    return nouns.issue(
        sections=(
            Section(
                layout="lead",
                articles=tuple(
                    nouns.rich(
                        n,
                        layout="lead",
                        source=Source(
                            title="The Paper", url="https://paper.example/", syndicate="excerpt", excerpt_words=150
                        ),
                        **given,
                    )
                    for n in range(count)
                ),
            ),
        )
    )


def test_a_mail_that_is_too_large_loses_beginnings_from_its_end_and_says_so() -> None:
    issue, publication = large(26), nouns.publication()
    email, text, eml = (render.render_edition(issue, publication, name) for name in nouns.MESSAGES)
    assert len(email.body) < 92_160
    assert email.shortened == text.shortened == eml.shortened
    assert len(email.body) > 90_000
    assert email.shortened == tuple(one.id for one in issue.articles)[::-1][: len(email.shortened)]
    assert email.without_notes == ()
    found = check.findings(issue, [email, text, eml], publication)
    assert {one.rule for one in found} == {"email.shortened"}
    assert found[0].get_value("headlines") == tuple(one.title for one in issue.articles)[::-1][: len(email.shortened)]
    assert text.body.decode().count("One sentence of the very many") == email.body.decode().count(
        "One sentence of the very many"
    )


def test_notes_go_when_beginnings_are_not_enough_and_names_and_links_never() -> None:
    issue, publication = large(60), nouns.publication()
    editions = [render.render_edition(issue, publication, name) for name in nouns.MESSAGES]
    assert len(editions[0].shortened) == 60
    assert editions[0].without_notes
    found = check.findings(issue, editions, publication)
    assert {one.severity for one in found} == {"warning"}
    assert {one.rule for one in found} <= {"email.shortened", "email.size", "email.size-near"}
    for article, shown in zip(issue.articles, reading.mail(editions[0].body), strict=True):
        assert shown.url == shown.read == article.url


def test_forty_articles_have_room_with_every_byline_and_link() -> None:
    issue = laid_out(None, 40)
    body = nouns.body("email", issue)
    assert len(body) < 100_000
    assert [one.url for one in reading.mail(body)] == [one.url for one in issue.articles]
    assert errors(issue) == []


def test_what_is_brief_is_small() -> None:
    def size(count: int) -> int:
        articles = (nouns.article(n, note="") for n in range(count))
        return len(nouns.body("email", nouns.issue(sections=(Section(layout="brief", articles=tuple(articles)),))))

    assert (size(30) - size(20)) / 10 < 1_300


@pytest.mark.parametrize("look", sorted(load_looks()))
def test_forty_articles_are_not_clipped_in_any_look(look: str) -> None:
    """With a picture, a caption and a photographer, two people, a note: no name and no link is lost, none shortened."""
    image = Image(url="https://wire.example/a.png", alt="A bridge", caption="The old bridge.", credit="Mia Stone")
    issue = nouns.issue(
        sections=tuple(
            Section(title=f"Part {part}", articles=tuple(nouns.rich(10 * part + n, image=image) for n in range(10)))
            for part in range(4)
        )
    )
    publication = nouns.publication(theme=load_look(look))
    edition = render.render_edition(issue, publication, "email")
    assert len(edition.body) < 100_000
    assert edition.shortened == ()
    found = check.findings(issue, [edition], publication)
    assert [one.rule for one in found if one.severity == "error"] == []
    for article, shown in zip(issue.articles, reading.mail(edition.body), strict=True):
        assert shown.url == article.url
        assert shown.people[:2] == [article.authors[0].url, article.authors[1].url]


HOSTED = Source(title="link.example", url="https://www.link.example/", syndicate="excerpt")


@pytest.mark.parametrize("format", ["email", "text", "web", "rss", "atom", "json"])
def test_a_host_is_no_name_of_a_source(format: str) -> None:  # noqa: A002
    """Where dispatch.toml knows the name it stands there; the host only where nobody else is named."""
    known = Source(key="link", title="The Missing Link", url="https://link.example/blog/")
    for authors, sources, shown in (
        (nouns.article().authors, (), ""),
        (nouns.article().authors, (known,), "The Missing Link"),
        ((), (), "link.example"),
    ):
        issue = nouns.issue(nouns.article(1, authors=authors, source=HOSTED, url="https://link.example/a"))
        publication = nouns.publication(sources=sources)
        edition = render.render_edition(issue, publication, format)
        words = re.sub(r'https?://[^\s<>"]*', "", edition.body.decode())
        assert ("The Missing Link" in words) == (shown == "The Missing Link")
        assert ("link.example" in words) == (shown == "link.example")
        found = check.check_edition(edition, issue, publication)
        assert [one.rule for one in found if one.severity == "error"] == []


def test_a_name_that_looks_like_a_host_stays_where_somebody_chose_it() -> None:
    chosen = replace(HOSTED, key="link")
    issue = nouns.issue(
        nouns.article(1, source=chosen), nouns.article(2, source=replace(HOSTED, title="other.example"))
    )
    mail = nouns.body("text", issue).decode()
    assert "in link.example" in mail
    assert "in other.example" in mail
