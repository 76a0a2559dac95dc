"""What a mail service did to a message: each kind of loss in each half, told by rule, subject and values."""

import re
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import nouns
from checks.editing import HALVES, Edit, altered, swap
from checks.judging import tellable
from dispatch import check, html
from dispatch.model import Article, Author, Credit, Edition, Finding, Issue, Place, Source
from thorough import scale

TEXT = '<p>Closing words with a <a href="https://else.example/?a=1&amp;b=2">link</a>.</p><p>And more.</p>'
# Each link leads to a host of its own, but for those of the authors.
STORY = nouns.rich(
    1,
    content=TEXT,
    dek="",
    credits=(
        Credit(role="translator", name="Tove Quist", url="https://tove.example/"),
        Credit(role="photographer", name="Phil Moss"),
    ),
    source=replace(nouns.article().source, url="https://home.example/"),
)
INTRO = '<p>The ministers met <a href="https://met.example/a">in Brussels</a>.</p>'
ISSUE = nouns.issue(STORY, nouns.article(2), intro=INTRO)
SENT = nouns.body("eml", ISSUE)
KINDS = ("text/plain", "text/html")
in_each_half = pytest.mark.parametrize("half", KINDS)


def told(body: bytes, issue: Issue = ISSUE) -> list[Finding]:
    message = Edition(format="eml", media_type="message/rfc822", path="message.eml", body=body)
    return tellable(check.check_received(message, issue, nouns.publication()))


def facts(found: list[Finding]) -> set[tuple[str, str, object]]:
    return {(one.rule, one.subject, one.get_value("name")) for one in found}


def place(half: str, article: Article = STORY) -> Place:
    return Place(file=article.file, edition="message.eml", half=HALVES[half], article=article.key)


def within(edit: Edit) -> Edit:
    """An edit of the first article only."""

    def edited(text: str) -> str:
        begin = text.index(STORY.title, max(0, text.find("<body")))
        end = text.index("Story 2", begin)
        return text[:begin] + edit(text[begin:end]) + text[end:]

    return edited


def test_a_message_that_came_through_as_it_was_sent() -> None:
    assert told(SENT) == []
    assert told(b"Received: from a.example by b.example; Mon, 1 Jan 2024 00:00:00 +0000\r\n" + SENT) == []


def test_a_message_that_was_encoded_anew() -> None:
    assert told(altered("eml", SENT, lambda text: text)) == []


# Each link of STORY: its address, and what is told of it. In text nothing tells which of two addresses is gone.
LINKS = {
    "the article": (STORY.url, "article", None),
    "the first author": ("https://people.example/ada", "name", "Ada Lane"),
    "the second author": ("https://people.example/jon", "name", "Jón Þór"),
    "a credit": ("https://tove.example/", "name", "Tove Quist"),
    "the source": ("https://home.example/", "source", "The Paper"),
    "a link of the text": ("https://else.example/?a=1&b=2", "text", None),
}


@in_each_half
@pytest.mark.parametrize("link", LINKS)
def test_a_rewritten_link_is_told_alone_with_its_new_host(link: str, half: str) -> None:
    url, subject, name = LINKS[link]
    found = told(altered("eml", SENT, within(swap(url, "https://click.mail.example/x")), half=half))
    assert facts(found) == {("received.rewritten", subject, name)}
    for one in found:
        assert one.place == place(half)
        assert one.get_value("wanted") == url
        assert one.get_value("host") == "click.mail.example"
        assert one.get_value("found") == "https://click.mail.example/x"


@in_each_half
@pytest.mark.parametrize("link", LINKS)
def test_a_link_that_is_gone_is_told_alone(link: str, half: str) -> None:
    url, subject, name = LINKS[link]
    gone = rf' href="{re.escape(html.escape_html(url))}"|^{re.escape(url)}\r?\n'
    edit = within(lambda text: re.sub(gone, "", text, flags=re.MULTILINE))
    found = told(altered("eml", SENT, edit, half=half))
    assert facts(found) == {("received.missing", subject, name)}
    assert {(one.place, one.get_value("wanted"), one.get_value("host")) for one in found} == {(place(half), url, None)}


@in_each_half
def test_every_rewritten_link_of_every_article_is_told(half: str) -> None:
    def tracked(text: str) -> str:
        return re.sub(r"https://(?:\w+)\.example/[^\s\"<]*", lambda m: f"https://t.example/{len(m[0])}", text)

    found = told(altered("eml", SENT, tracked, half=half))
    others: set[str] = set() if half == "text/html" else {"received.missing"}  # of the introduction
    assert {one.rule for one in found} == {"received.rewritten", *others}
    rewritten = [one for one in found if one.rule.startswith("received.")]
    assert {one.get_value("wanted") for one in rewritten if one.place.article == "story-1"} == {
        url for url, _, _ in LINKS.values()
    }
    assert {one.get_value("name") for one in rewritten if one.place.article == "story-2"} == {
        None,
        "Ada 2",
        "The Paper",
    }
    assert {one.get_value("wanted") for one in rewritten if not one.place.article} == {"https://met.example/a"}


@in_each_half
@pytest.mark.parametrize("new", ["https://t.example/x", ""])
def test_a_link_of_the_introduction(half: str, new: str) -> None:
    (one,) = told(altered("eml", SENT, swap("https://met.example/a", new), half=half))
    rewritten = half == "text/html" and new
    assert (one.rule, one.subject) == ("received.rewritten" if rewritten else "received.missing", "text")
    assert (one.place.half, one.place.article, one.get_value("wanted")) == (HALVES[half], "", "https://met.example/a")


def exchange(one: str, other: str) -> Edit:
    return lambda text: text.replace(one, "\0").replace(other, one).replace("\0", other)


# What is lost or exchanged in the text under a headline, and the facts that are told of it, in each half.
LOSSES: dict[str, tuple[Edit, set[tuple[str, str]]]] = {
    "a name": (swap("Jón Þór", "J\u00f3n"), {("attribution.author", "name")}),
    "a name within another name": (swap("Ada Lane", "Ada Laner"), {("attribution.author", "name")}),
    "the translator": (swap("Quist", ""), {("attribution.credit", "name")}),
    "the photographer": (swap("Phil Moss", ""), {("attribution.credit", "name")}),
    "the translator's part": (swap("translated by", "and"), {("attribution.credit", "role")}),
    "the source": (swap("The Paper", "The Pape"), {("attribution.source", "name")}),
    "the licence": (swap("CC BY 4.0", ""), {("attribution.licence", "text")}),
    "the note": (swap(STORY.note, ""), {("attribution.note", "text")}),
    "the order of authors": (exchange("Ada Lane", "Jón Þór"), {("attribution.order", "name")}),
    "somebody else": (swap("Ada Lane", "Mallory, Ada Lane"), {("attribution.false-credit", "name")}),
}


@in_each_half
@pytest.mark.parametrize("loss", LOSSES)
def test_names_and_words_that_are_lost(loss: str, half: str) -> None:
    edit, expected = LOSSES[loss]
    broken = altered("eml", SENT, within(edit), half=half)
    assert broken != altered("eml", SENT, lambda text: text, half=half), "nothing was altered"
    found = told(broken)
    assert expected <= {(one.rule, one.subject) for one in found}
    assert {one.place for one in found} == {place(half)}


@in_each_half
def test_the_links_of_two_authors_exchanged(half: str) -> None:
    edit = within(exchange("https://people.example/ada", "https://people.example/jon"))
    found = told(altered("eml", SENT, edit, half=half))
    if half == "text/plain":  # there only the order of addresses tells whose each is
        assert {(one.rule, one.subject) for one in found} == {("attribution.order", "link")}
    else:
        assert facts(found) == {("received.rewritten", "name", "Ada Lane"), ("received.rewritten", "name", "Jón Þór")}


@in_each_half
def test_two_articles_exchanged(half: str) -> None:
    one, two = STORY.title, "Story 2"
    broken = altered("eml", SENT, exchange(one, two), half=half)
    assert {one.rule for one in told(broken)} & {"attribution.author", "attribution.article", "attribution.title"}


@pytest.mark.parametrize(
    ("picture", "finds"),
    [
        ('<img src="https://o.mail.example/p.gif" width="1" height="1" alt="">', "o.mail.example"),
        ('<img src="https://o.mail.example/p.gif" width="0" height="20" alt="">', "o.mail.example"),
        ('<img src="https://o.mail.example/p.gif" width="20" height="1" alt="">', "o.mail.example"),
        ('<img src="https://o.mail.example/p.gif" width="20" height="20" alt="">', ""),
        ('<img src="https://u1.ct.sendgrid.net/wf/open?upn=x" alt="" style="width:1px">', "u1.ct.sendgrid.net"),
    ],
)
def test_a_picture_that_counts_readers(picture: str, finds: str) -> None:
    found = told(altered("eml", SENT, lambda text: text.replace("</body>", f"{picture}</body>"), half="text/html"))
    assert [(one.rule, one.subject, one.get_value("host")) for one in found] == (
        [("received.pixel", "picture", finds)] if finds else []
    )


@pytest.mark.parametrize(("number", "lost"), [(0, "text/html"), (1, "text/plain")])
def test_a_part_that_was_thrown_away(number: int, lost: str) -> None:
    part = list(message_from_bytes(SENT, policy=policy.SMTP).iter_parts())[number]
    (one,) = told(bytes(part))
    assert (one.rule, one.subject, one.get_value("wanted"), one.place.half) == (
        "received.part",
        "part",
        lost,
        HALVES[lost],
    )


# A decision must not hang on what a headline, a name or an address says.

WORDS = (" leads to ", " the link to ", " the address ", "is lost", "does not name", "now goes to", "“", "”", ":")


def riddled(title: str) -> tuple[Article, Issue]:
    story = nouns.article(
        1,
        title=title,
        authors=(Author(name="Qadaq Lane", url="https://people.example/ada"), Author(name="Jonq Thorq")),
        credits=(Credit(role="translator", name="Toveq Quistq", url="https://people.example/tove"),),
        source=Source(title="Paperq", url="https://home.example/", syndicate="excerpt"),
    )
    return story, nouns.issue(story)


letters = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"))
headlines = (
    st.lists(st.one_of(st.text(letters, max_size=12), st.sampled_from(WORDS)), min_size=1, max_size=5)
    .map("".join)
    .filter(lambda text: text.split() and html.remove_illegal_characters(text) == text and "q" not in text.lower())
)
REMOVED: dict[str, tuple[Edit, tuple[str, str]]] = {
    "the translator": (lambda text: re.sub(r"Toveq(\s+)Quistq", "", text), ("attribution.credit", "name")),
    "the source": (lambda text: text.replace("Paperq", ""), ("attribution.source", "name")),
    "an author": (lambda text: re.sub(r"Jonq\s+Thorq", "", text), ("attribution.author", "name")),
    "the order": (
        lambda text: re.sub(r"Qadaq(\s+)Lane(.*?)Jonq(\s+)Thorq", r"Jonq\1Thorq\2Qadaq\3Lane", text, flags=re.DOTALL),
        ("attribution.order", "name"),
    ),
}


@settings(max_examples=scale(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(title="The road that leads to the sea", loss="the translator", half="")
@example(title="The road that leads to the sea", loss="the source", half="")
@example(title="What the link to the coast cost", loss="the order", half="")
@example(title="The address of the king", loss="the translator", half="text/html")
@given(title=headlines, loss=st.sampled_from(sorted(REMOVED)), half=st.sampled_from(["", *KINDS]))
def test_a_loss_is_told_whatever_the_headline_says(title: str, loss: str, half: str) -> None:
    story, issue = riddled(title)
    edit, fact = REMOVED[loss]
    sent = nouns.body("eml", issue)
    assert told(sent, issue) == []
    found = told(altered("eml", sent, edit, half=half), issue)
    halves = {HALVES[half]} if half else set(HALVES.values()) - {""}
    assert {one.place.half for one in found if (one.rule, one.subject) == fact} == halves
    assert {one.place.file for one in found} == {story.file}
