"""What a publisher asks for: its line stands verbatim everywhere, its counter nowhere but where it may, and no text is
silently our own."""

import json
import re
from dataclasses import replace
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nouns
import sites
from checks.editing import HALVES, Edit, altered, swap
from checks.judging import judge, tellable
from dispatch import check, first_house, render
from dispatch.checks.terms import digest_words, find_first_house
from dispatch.formats import FORMATS
from dispatch.model import (
    Article,
    Correction,
    Edition,
    Finding,
    Publication,
    Source,
    Syndicate,
    SyndicationSettings,
    Terms,
    Withdrawal,
)
from dispatch.publish.listings import make_entry
from thorough import scale

ALL = tuple(FORMATS)
in_every_format = pytest.mark.parametrize("format", ALL)
HOUSE, ORIGINAL = "https://house.example/?from=1&to=2", "https://house.example/why-bridges-hum?x=1&y=2#top"
COUNTER = "https://counter.house.example/c.gif?id=1&by=2"
LINE = (
    f'<em>This article is republished from <a href="{escape(HOUSE)}">The House</a> under a Creative Commons license. '
    f'Read the <a href="{escape(ORIGINAL)}">original article</a>.</em>'
)
WORDS = "This article is republished from The House under a Creative Commons license. Read the original article."
OTHER_LINE = '<b>Elsewhere</b> it was: <a href="https://mill.example/">The Mill</a>, and <a href="tel:+49">call</a>.'
STORY = nouns.rich(1, url=ORIGINAL, terms=Terms(line=LINE, counter=COUNTER, no_derivatives=True))
OTHER = nouns.article(2, terms=Terms(line=OTHER_LINE), source=Source(title="The Mill", syndicate="link"))
SHORT = nouns.article(3, terms=Terms(line="Courtesy of The Mill.<br />All rights reserved."), dek="")
SHORT = replace(SHORT, source=replace(SHORT.source, syndicate="excerpt"))
ISSUE = nouns.issue(STORY, OTHER, SHORT)
ON_SITE = nouns.publication(syndicate=SyndicationSettings(counters="site"))


def told(found: list[Finding]) -> set[tuple[str, str, object]]:
    return {(one.rule, one.subject, one.place.article) for one in found}


def within(edit: Edit) -> Edit:
    """An edit of STORY only, where a document holds several articles."""

    def edited(text: str) -> str:
        begin = text.find(">Story 1<", max(0, text.find("<body")))
        begin = begin if begin >= 0 else text.find("Story 1\n")
        end = text.find("Story 2", max(begin, 0))
        if begin < 0:  # one entry of a feed
            return edit(text) if "Creative Commons" in text else text
        return text[:begin] + edit(text[begin:end]) + text[end:]

    return edited


@in_every_format
@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_every_line_stands_everywhere_and_passes(format: str, language: str) -> None:  # noqa: A002
    by = nouns.publication(language=language)
    assert judge(format, nouns.body(format, ISSUE, by), ISSUE, by) == []


def test_a_line_is_in_the_language_of_its_article() -> None:
    issue = nouns.issue(replace(STORY, language="ar"))
    for format in ("rss", "email", "web"):  # noqa: A001
        html = nouns.body(format, issue).decode().replace("&lt;", "<").replace("&gt;", ">")
        assert re.search(r'(?:lang="ar" dir="rtl"|dir="rtl" lang="ar")[^<>]*><em>This article is republished', html)


def test_in_text_the_addresses_follow_the_words() -> None:
    text = nouns.body("text", ISSUE).decode()
    paragraph = next(one for one in text.split("\n\n") if one.startswith("This article is republished"))
    words, *addresses = paragraph.rsplit("\n", 2)
    assert " ".join(words.split()) == WORDS
    assert addresses == [HOUSE, ORIGINAL]


def test_the_entry_of_an_issue_and_the_item_of_json_have_it() -> None:
    assert LINE in make_entry(ISSUE, nouns.publication()).content
    item = json.loads(nouns.body("json", ISSUE))["items"][0]
    assert item["_dispatch"]["terms"] == {"line": LINE, "no_derivatives": True}
    assert LINE in item["content_html"]


def test_nothing_of_it_is_left_when_the_article_is_withdrawn() -> None:
    withdrawn = nouns.issue(
        replace(nouns.article(1), content="", dek="", terms=None, withdrawn=Withdrawal(date=nouns.DATE))
    )
    for format in ALL:  # noqa: A001
        assert b"republished" not in nouns.body(format, withdrawn)


def exchange_links(text: str) -> str:
    """An edit: the two links of the line lead where the other one should."""
    begin = text.find("This article is")
    head, line = text[:begin], text[begin:]
    one, other = (form if (form := escape(url)) in line else url for url in (HOUSE, ORIGINAL))
    return head + line.replace(one, "\0", 1).replace(other, one, 1).replace("\0", other, 1)


# What is altered in the line, and what is said of it.
LOSSES: dict[str, tuple[Edit, str]] = {
    "the line": (
        lambda text: re.sub(r"<p[^<>]*><em>This article is r.*?</p>|This article is r[^<\0]*?#top\r?\n", "", text),
        "text",
    ),
    "a link too many": (
        lambda text: (
            text.replace("Creative", '<a href="https://t.example/">Creative</a>')
            if "</" in text
            else re.sub(rf"\n{re.escape(HOUSE)}", r"\g<0>\nhttps://t.example/", text)
        ),
        "link",
    ),
    "its words": (lambda text: re.sub(r"is(\s+)republished", r"was\1published", text), "text"),
    "its last word": (lambda text: re.sub(r"original(\s+)article", r"original\1text", text, count=1), "text"),
    "a link": (swap(HOUSE, "https://t.example/x", 1), "link"),
    "a link, one letter": (swap(HOUSE, HOUSE.replace("to=2", "to=3"), 1), "link"),
    "a link's tail": (swap(f"{HOUSE}", f"{HOUSE}&utm_source=wire", 1), "link"),
    "two links": (exchange_links, "link"),
    "a link unlinked": (
        lambda text: re.sub(rf' href="{re.escape(escape(HOUSE))}"|\n{re.escape(HOUSE)}(?=\r?\n)', "", text),
        "link",
    ),
}


@pytest.mark.parametrize("loss", LOSSES)
@in_every_format
def test_what_is_lost_of_a_line_is_told(loss: str, format: str) -> None:  # noqa: A002
    edit, subject = LOSSES[loss]
    whole = nouns.body(format, ISSUE)
    for half in ("text/plain", "text/html") if format == "eml" else ("",):
        broken = altered(format, whole, within(edit), half=half)
        assert broken != altered(format, whole, str, half=half), "nothing was altered"
        found = judge(format, broken, ISSUE)
        assert told(found) == {("terms.line", subject, "story-1")}
        assert {one.place.half for one in found} == {HALVES[half]}


@in_every_format
def test_two_lines_that_are_exchanged_are_told_of_both(format: str) -> None:  # noqa: A002
    wrong = nouns.issue(replace(STORY, terms=OTHER.terms), replace(OTHER, terms=STORY.terms), SHORT)
    found = judge(format, nouns.body(format, wrong), ISSUE)
    assert {one.place.article for one in found if one.rule == "terms.line"} == {"story-1", "story-2"}


@in_every_format
def test_the_link_to_the_original_in_the_line_is_not_the_way_to_the_article(format: str) -> None:  # noqa: A002
    def edit(text: str) -> str:
        at = (
            text.rfind(escape(ORIGINAL), 0, max(text.find("Read “<bdi>Story 1"), text.find("Read in <bdi>")))
            if "<bdi>" in text
            else -1
        )
        if at >= 0:
            return f"{text[:at]}https://t.example/{text[at + len(escape(ORIGINAL)) :]}"
        return re.sub(rf"(Read “Story 1”\s+){re.escape(ORIGINAL)}", r"\1https://t.example/", text)

    broken = altered(format, nouns.body(format, ISSUE), edit)
    assert "attribution.read-more" in {one.rule for one in judge(format, broken, ISSUE)}


@pytest.mark.parametrize("half", ["text/plain", "text/html"])
def test_a_mail_service_that_rewrites_or_drops_the_line(half: str) -> None:
    sent = nouns.body("eml", ISSUE)

    def received(edit: Edit) -> set[tuple[str, str, object]]:
        message = Edition(format="eml", media_type="", path="m.eml", body=altered("eml", sent, within(edit), half=half))
        return told(tellable(check.check_received(message, ISSUE, nouns.publication())))

    assert received(swap(HOUSE, "https://click.m.example/1", 1)) == {("received.rewritten", "text", "story-1")}
    assert received(LOSSES["a link unlinked"][0]) == {("received.missing", "text", "story-1")}
    assert received(LOSSES["the line"][0]) == {("terms.line", "text", "story-1")}


def test_the_data_of_json_say_the_same_line() -> None:
    whole = nouns.body("json", ISSUE)
    feed = json.loads(whole)
    feed["items"][0]["_dispatch"]["terms"]["line"] = LINE.replace("House", "Mill")
    assert told(judge("json", json.dumps(feed).encode(), ISSUE)) == {("terms.line", "element", "story-1")}


def of_issue(article: Article, by: Publication | None = None) -> list[Finding]:
    """What the terms' own rules say of the files alone."""
    found = tellable(check.findings(nouns.issue(article), (), by or nouns.publication()))
    return [one for one in found if one.rule.partition(".")[0] == "terms" or one.rule == "editorial.ownership"]


def test_a_counter_stands_alone_on_the_page_of_the_whole_article_and_only_where_settings_allow() -> None:
    picture = (
        f'<img src="{escape(COUNTER)}" alt="" width="1" height="1" loading="eager" '
        'referrerpolicy="no-referrer-when-downgrade" />'
    )
    for by, wanted in ((nouns.publication(), set()), (ON_SITE, {"issues/defence/story-1/"})):
        made = {path: render.render_edition(page, by, "web").body for path, page in sites.pages([ISSUE], by).items()}
        assert {path for path, body in made.items() if picture.encode() in body} == wanted
        assert {path for path, body in made.items() if b"counter.house" in body} == wanted
        for path, page in sites.pages([ISSUE], by).items():
            assert judge("web", made[path], page, by) == []
        for format in ALL:  # noqa: A001
            assert b"counter.house" not in nouns.body(format, ISSUE, by)


@in_every_format
def test_a_counter_that_reaches_readers_is_told(format: str) -> None:  # noqa: A002
    def edit(text: str) -> str:
        there = f'<img src="{escape(COUNTER)}" alt="x" width="20" />' if "<" in text else COUNTER
        at = max(map(text.find, ("Read “<bdi>Story 1", "Read “Story 1", "Read in <bdi>")))
        return text if at < 0 else f"{text[:at]}{there}\n{text[at:]}"

    for by in (nouns.publication(), ON_SITE):
        found = judge(format, altered(format, nouns.body(format, ISSUE, by), edit), ISSUE, by)
        assert ("terms.pixel", "picture", "story-1") in told(found)


def test_a_counter_that_the_settings_promise_is_missed() -> None:
    page = sites.pages([ISSUE], ON_SITE)["issues/defence/story-1/"]
    silent = render.render_edition(page, nouns.publication(), "web").body
    assert told(judge("web", silent, page, ON_SITE)) == {("terms.pixel", "page", "story-1")}
    made = render.render_edition(page, ON_SITE, "web").body
    assert told(judge("web", made, page, nouns.publication())) == {("terms.pixel", "picture", "story-1")}


def test_what_a_counter_asks_is_told_where_it_is_not_done() -> None:
    story = replace(STORY, terms=Terms(line=LINE, counter=COUNTER))
    cut = replace(story, source=replace(story.source, syndicate="excerpt"))
    facts = [[(one.rule, one.subject, one.severity) for one in of_issue(*given)] for given in (
        (story,), (story, ON_SITE), (cut, ON_SITE),
    )]  # fmt: skip
    assert facts == [[("terms.counter", "picture", "warning")], [], [("terms.counter", "excerpt", "warning")]]


def test_what_may_not_be_changed_is_shown_whole_and_as_it_was_taken() -> None:
    terms = Terms(no_derivatives=True, digest=digest_words(STORY.content))
    story = replace(STORY, license="", terms=terms)
    assert of_issue(story) == []
    cases: tuple[tuple[Syndicate, list[str]], ...] = (("link", []), ("excerpt", ["excerpt"]))
    for policy, subjects in cases:
        shown = replace(story, source=replace(story.source, syndicate=policy))
        assert [(one.rule, one.subject) for one in of_issue(shown)] == [("terms.changed", one) for one in subjects]
    edited = replace(story, content=story.content.replace("One sentence", "Two sentences"), license="CC-BY-ND-4.0")
    (found,) = of_issue(edited)
    assert (found.rule, found.subject, found.get_value("wanted")) == ("terms.changed", "text", "CC-BY-ND-4.0")
    assert of_issue(replace(edited, terms=replace(terms, no_derivatives=False))) == []
    respelt = story.content.replace("</p>", "</p>\n").replace("<em>", "<strong>").replace("</em>", "</strong>")
    assert of_issue(replace(story, content=respelt)) == []


PLACE = '<a href="https://house.example/a">The House</a>'
SAYS = (
    f"This article first appeared on {PLACE}.",
    f"<em>This article is republished from {PLACE} under a Creative Commons license.</em>",
    f"Originally published in {PLACE}.",
    f'The post <a href="https://house.example/p">One. Two</a> appeared first on {PLACE}.',
    f"A longer version of this story was originally published by the {PLACE}, on Monday.",
    f"Dana is a reporter. This piece by Dana Lane was reprinted with permission from {PLACE}.",
    f"Republished from {PLACE}.",
    f"Note: first published by {PLACE}.",
    f"Reprinted by courtesy of {PLACE}.",
    f"Dieser Artikel ist zuerst bei {PLACE} erschienen.",
    f"Zuerst erschienen bei {PLACE}.",
    f"Dieser Beitrag wurde zuerst auf {PLACE} veröffentlicht.",
    f"Este artículo fue publicado originalmente en {PLACE}.",
    f"Publicado originalmente en {PLACE}",
    f"Este texto se publicó por primera vez en {PLACE}.",
    f"Cet article a été publié initialement sur {PLACE}.",
    f"Cet article est republié à partir de {PLACE} sous licence.",
    f"نُشر هذا المقال لأول مرة في {PLACE}.",
    f"यह लेख मूल रूप से {PLACE} में प्रकाशित हुआ था।",
)
SAYS_NOTHING = (
    f"The novel first appeared in {PLACE} in 1949.",
    f"Her essay was originally published by {PLACE}.",
    f"First published in 1949, {PLACE} is a novel.",
    f"Originally published in {PLACE}, her letter caused a storm.",
    f"I read about it on {PLACE}.",
    f"This article is about {PLACE}.",
    f"This column replies to a report by {PLACE}.",
    f"Posted by {PLACE}.",
    f"This report is published by {PLACE} every year.",
    f"This piece originally ran with a photo by {PLACE}.",
    f"In this article I use data first published by {PLACE}.",
    f"This article was translated from {PLACE}.",
    f"This article was republished by {PLACE} and others.",
    f"Este texto fue republicado por {PLACE}.",
    f"Photo: first published by {PLACE} under CC BY 4.0",
    f"Foto vom Tor: zuerst erschienen bei {PLACE}.",
    f"Das Buch erschien zuerst bei {PLACE}.",
    f"La novela se publicó por primera vez en {PLACE}.",
    'This article first appeared on <a href="https://wire.example/old">our own site</a>.',
    'This article first appeared on <a href="https://www.wire.example">our own site</a>.',
    'This article first appeared on <a href="mailto:a@house.example">a list</a>.',
    "This article first appeared on The House.",
)


def own(content: str, **values: object) -> Article:
    given: dict[str, object] = {"own": True, "source": Source(syndicate="full"), "content": f"<p>{content}</p>"}
    return nouns.article(1, **(given | {"url": "https://wire.example/issues/defence/story-1/"} | values))


@pytest.mark.parametrize("says", SAYS)
def test_a_text_that_names_another_house_is_not_silently_our_own(says: str) -> None:
    article = own(says)
    (found,) = of_issue(article)
    assert (found.rule, found.severity, found.get_value("host")) == ("editorial.ownership", "error", "house.example")
    assert of_issue(replace(article, confirmed_own=True)) == []
    assert of_issue(replace(article, own=False, url="https://house.example/a")) == []
    assert of_issue(replace(article, withdrawn=Withdrawal(date=nouns.DATE))) == []


@pytest.mark.parametrize("says", SAYS_NOTHING)
def test_a_column_of_our_own_may_link_to_others(says: str) -> None:
    assert of_issue(own(says)) == []


def test_only_the_ends_of_a_text_speak_of_the_text() -> None:
    between = "</p><p>".join(f"Paragraph {n} of the column." for n in range(9))
    assert of_issue(own(f"{between}</p><p>{SAYS[0]}</p><p>{between}")) == []
    assert of_issue(own(f"{between}</p><p>{SAYS[0]}</p><p>By the way.")) != []


def test_what_came_from_a_foreign_source_without_address_and_author_is_not_silently_our_own() -> None:
    source = Source(title="The House", url="https://house.example", syndicate="full")
    article = own("Words.", source=source, authors=())
    (found,) = of_issue(article)
    assert (found.rule, found.subject, found.get_value("name")) == ("editorial.ownership", "source", "The House")
    ours = replace(source, url="https://wire.example")
    for fine in (
        replace(article, confirmed_own=True),
        replace(article, source=ours),
        replace(article, authors=nouns.article().authors),
        own("Words.", authors=()),
    ):
        assert of_issue(fine) == []


@settings(max_examples=scale(60), deadline=None)
@given(
    words=st.lists(st.sampled_from([*"This article first appeared on . , original published by".split(), PLACE, "x"])),
    rest=st.text(max_size=30),
)
def test_a_house_is_found_only_where_a_link_leads_to_one(words: list[str], rest: str) -> None:
    article = own(" ".join([*words, escape(rest)]))
    house = find_first_house(article, nouns.publication())
    assert house in {"", "https://house.example/a"}
    assert PLACE in words or not house
    assert not house or not find_first_house(article, nouns.publication(url="https://house.example"))


def test_a_long_line_is_read_in_time() -> None:
    text = "This article by " + "was first published " * 20_000
    links = [(len(text) - n, len(text), "https://house.example/") for n in range(50)]
    assert first_house.find_first_house([(text, links)], nouns.publication()) == ""


def test_the_page_of_a_republished_article_leads_to_the_original() -> None:
    page = sites.pages([nouns.issue(replace(STORY, corrections=(_correction(),)))], ON_SITE)["issues/defence/story-1/"]
    made = render.render_edition(page, ON_SITE, "web").body.decode()
    assert f'<link rel="canonical" href="{escape(ORIGINAL)}"' in made
    assert f'<p class="read"><a href="{escape(ORIGINAL)}">' in made
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', made)
    assert json.loads(data)["isBasedOn"] == ORIGINAL
    assert json.loads(data)["url"] != ORIGINAL
    broken = made.replace(f'canonical" href="{escape(ORIGINAL)}"', 'canonical" href="https://wire.example/a/"')
    assert told(judge("web", broken.encode(), page, ON_SITE)) == {("attribution.read-more", "data", "")}


def _correction() -> Correction:
    return Correction(date=nouns.DATE, text="It was another bridge.")
