"""What readers show of an item besides its body, and what a page tells machines: nobody is over, nobody is lost."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

import nouns
from checks.editing import altered
from checks.judging import judge
from dispatch.model import Article, Author, Credit, Finding, Issue, Syndicate

EVE = Author(name="Eve Black", url="https://people.example/eve")
BO = Author(name="Bo Zhang", url="https://people.example/bo")
ALI = Author(name="محمد علي")
FINN = Credit(role="translator", name="Finn Ode", url="https://people.example/finn")
STORY = nouns.article(1, authors=(EVE,), credits=(FINN,), license="CC BY 4.0")
SHARED = replace(STORY, authors=(BO, ALI))
UNSIGNED = replace(STORY, authors=(), credits=(), license="")
Write = Callable[[str], str]


def told(format: str, write: Write, article: Article) -> list[Finding]:  # noqa: A002
    """What is said of an edition that is rewritten by hand, and that nothing was said of before."""
    issue: Issue = nouns.issue(article)
    whole = nouns.body(format, issue)
    assert judge(format, whole, issue) == []
    broken = write(whole.decode()) if format != "eml" else altered(format, whole, write, half="text/html").decode()
    assert broken != whole.decode(), "nothing was altered"
    return [one for one in judge(format, broken.encode(), issue) if one.rule.startswith("attribution.")]


def before(mark: str, more: str) -> Write:
    return lambda text: text.replace(mark, more + mark, 1)


def instead(old: str, new: str) -> Write:
    return lambda text: text.replace(old, new, 1)


def item(change: Callable[[dict[str, object]], object]) -> Write:
    """The first item of a JSON Feed changed."""

    def write(text: str) -> str:
        feed = json.loads(text)
        change(feed["items"][0])
        return json.dumps(feed)

    return write


EVIL = "https://elsewhere.example/"
MAX = "<contributor><name>Max Roe</name></contributor>"
EVE_IS = f"<name>{EVE.name}</name>\n      <uri>{EVE.url}</uri>"
ELEMENTS: dict[str, tuple[str, Article, Write, tuple[str, str]]] = {
    "atom: an author's uri": (
        "atom",
        STORY,
        instead(f"<author>\n      {EVE_IS}", f"<author><name>{EVE.name}</name><uri>{EVIL}</uri>"),
        ("attribution.author-link", "element"),
    ),
    "atom: a contributor's uri": (
        "atom",
        STORY,
        instead(f"<contributor>\n      {EVE_IS}", f"<contributor><name>{EVE.name}</name><uri>{EVIL}</uri>"),
        ("attribution.author-link", "element"),
    ),
    "atom: an uri of two authors": (
        "atom",
        SHARED,
        instead("<author>", f"<author><uri>{BO.url}</uri>"),
        ("attribution.author-link", "element"),
    ),
    "atom: a contributor more": ("atom", STORY, before("<contributor>", MAX), ("attribution.false-credit", "element")),
    "atom: a contributor where nobody is known": (
        "atom",
        UNSIGNED,
        before("</entry>", MAX),
        ("attribution.false-credit", "element"),
    ),
    "atom: a contributor less": (
        "atom",
        SHARED,
        instead(f"<contributor>\n      <name>{ALI.name}</name>\n    </contributor>", ""),
        ("attribution.author", "element"),
    ),
    "atom: contributors the other way round": (
        "atom",
        replace(STORY, authors=(EVE, BO)),
        lambda text: (
            text.replace(f"<name>{EVE.name}</name>\n      <uri>{EVE.url}", "\0")
            .replace(f"<name>{BO.name}</name>\n      <uri>{BO.url}", f"<name>{EVE.name}</name>\n      <uri>{EVE.url}")
            .replace("\0", f"<name>{BO.name}</name>\n      <uri>{BO.url}")
        ),
        ("attribution.order", "element"),
    ),
    "atom: a second alternate": (
        "atom",
        STORY,
        before("<summary>", f'<link rel="alternate" href="{EVIL}"/>'),
        ("attribution.read-more", "element"),
    ),
    "atom: rights of somebody else": (
        "atom",
        STORY,
        instead("<rights>CC BY 4.0", "<rights>CC BY 4.0, Max Roe"),
        ("attribution.licence", "element"),
    ),
    "atom: rights where nothing is said": (
        "atom",
        UNSIGNED,
        before("<summary>", "<rights>Max Roe</rights>"),
        ("attribution.licence", "element"),
    ),
    "rss: a contributor": (
        "rss",
        STORY,
        before("<dc:creator>", "<dc:contributor>Max Roe</dc:contributor>"),
        ("attribution.false-credit", "element"),
    ),
    "rss: a contributor where nobody is known": (
        "rss",
        UNSIGNED,
        before("</item>", "<dc:contributor>Max Roe</dc:contributor>"),
        ("attribution.false-credit", "element"),
    ),
    "rss: via elsewhere": (
        "rss",
        STORY,
        lambda text: re.sub('rel="via" href="[^"]*"', f'rel="via" href="{EVIL}"', text, count=1),
        ("attribution.read-more", "element"),
    ),
    "rss: a second link": (
        "rss",
        STORY,
        before("<guid", f"<link>{EVIL}</link>"),
        ("attribution.read-more", "element"),
    ),
    "json: the author of 1.0": (
        "json",
        STORY,
        item(lambda it: it.update(author={"name": "Max Roe", "url": EVE.url})),
        ("attribution.author", "element"),
    ),
    "json: the address of the author of 1.0": (
        "json",
        STORY,
        item(lambda it: it.update(author={"name": EVE.name, "url": EVIL})),
        ("attribution.author-link", "element"),
    ),
    "json: an author more": (
        "json",
        SHARED,
        item(lambda it: it.update(authors=[{"name": BO.name, "url": BO.url}, {"name": ALI.name}, {"name": "Max"}])),
        ("attribution.false-credit", "element"),
    ),
    "json: an author where nobody is known": (
        "json",
        UNSIGNED,
        item(lambda it: it.update(authors=[{"name": "Max Roe"}])),
        ("attribution.false-credit", "element"),
    ),
    "json: authors lost beside the author of 1.0": (
        "json",
        STORY,
        item(lambda it: it.pop("authors")),
        ("attribution.author", "element"),
    ),
    "json: an address beside": (
        "json",
        STORY,
        item(lambda it: it.update(external_url=EVIL)),
        ("attribution.read-more", "element"),
    ),
}


@pytest.mark.parametrize("name", ELEMENTS)
def test_each_element_of_an_item_says_what_the_issue_says(name: str) -> None:
    format, article, write, fact = ELEMENTS[name]  # noqa: A001
    assert {(one.rule, one.subject) for one in told(format, write, article)} == {fact}


SUMMARIES = {"rss": "<description>{}</description>", "atom": "<summary>{}</summary>"}


@pytest.mark.parametrize("format", nouns.FEEDS)
@pytest.mark.parametrize(
    "article",
    [
        replace(STORY, dek="A long way down."),
        replace(STORY, dek="", summary="What the publisher says."),
        replace(STORY, dek="", content="<p>The boats came in early &amp; <b>late</b>.</p><p>Nobody waited.</p>"),
        replace(STORY, dek="", content="<ul><li>The boats came in early.</li></ul><p>نص آخر هنا.</p>"),
        replace(STORY, dek="", content="<h2>Boats</h2><p>One<br>two.</p>"),
        replace(STORY, dek="", content=""),
    ],
)
def test_a_summary_says_no_more_than_the_issue(format: str, article: Article) -> None:  # noqa: A002
    def write(text: str) -> str:
        if format == "json":
            return item(lambda it: it.update(summary=f"By Max Roe: {it['summary']}"))(text)
        tag = SUMMARIES[format].partition("{")[0]
        return f"{tag}By Max Roe: ".join(text.rsplit(tag, 1))

    facts = {(one.rule, one.subject) for one in told(format, write, article)}
    assert facts == {("attribution.body", "element")}


ABOUT_TAGS = "How <img src=x onerror=alert(1)> and &lt; are written"
RAW = ABOUT_TAGS.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize(
    ("format", "find", "unescaped", "fact"),
    [
        (
            "rss",
            "(?s)(<item>.*?<description>).*?(</description>)",
            RAW,
            {("attribution.body", "element"), ("feed.address", "text"), ("feed.markup", "attribute")},
        ),
        ("atom", "(<summary)>.*?(</summary>)", f' type="html">{RAW}', {("attribution.body", "element")}),
        (
            "rss",
            "(</title>\\s*<link>.*?</link>\\s*<description>).*?(</description>)",
            RAW,
            {("feed.required", "feed"), ("feed.address", "text"), ("feed.markup", "attribute")},
        ),
        ("atom", "(<subtitle)>.*?(</subtitle>)", f' type="html">{RAW}', {("feed.required", "feed")}),
        ("json", '("description": ").*?(")', "What others did", {("feed.required", "feed")}),
        (
            "atom",
            "(<title)>Story 1(</title>)",
            ' type="html">&lt;b&gt;Story&lt;/b&gt;',
            {("attribution.title", "title")},
        ),
    ],
)
def test_a_text_is_read_as_its_readers_read_it(
    format: str,  # noqa: A002
    find: str,
    unescaped: str,
    fact: set[tuple[str, str]],
) -> None:
    """Plain text where HTML is expected loses its words, or runs: what the words are in XML proves nothing."""
    issue = nouns.issue(replace(STORY, dek=ABOUT_TAGS))
    by = nouns.publication(description=ABOUT_TAGS)
    whole = nouns.body(format, issue, by).decode()
    assert judge(format, whole.encode(), issue, by) == []
    broken = re.sub(find, lambda match: match[1] + unescaped + match[2], whole, count=1)
    assert broken != whole
    assert {(one.rule, one.subject) for one in judge(format, broken.encode(), issue, by)} == fact


def test_an_atom_text_may_be_html_that_says_the_same() -> None:
    issue = nouns.issue(replace(STORY, dek=ABOUT_TAGS))
    whole = nouns.body("atom", issue).decode()
    twice = RAW.replace("&", "&amp;")
    told = whole.replace(f"<summary>{RAW}", f'<summary type="html">{twice}')
    assert told != whole
    assert judge("atom", told.encode(), issue) == []


MARKED = f'<a href="{EVE.url}" class="p-author h-card" rel="author">'
MARKS: dict[str, tuple[Write, tuple[str, str]]] = {
    "moved to a translator": (
        lambda text: text.replace(MARKED, f'<a href="{EVE.url}">').replace(
            f'<a href="{FINN.url}">', f'<a href="{FINN.url}" class="p-author h-card" rel="author">'
        ),
        ("attribution.author", "data"),
    ),
    "a translator besides": (
        instead(f'<a href="{FINN.url}">', f'<a href="{FINN.url}" rel="nofollow author">'),
        ("attribution.author", "data"),
    ),
}


@pytest.mark.parametrize("name", MARKS)
def test_the_marks_of_a_page_name_the_authors(name: str) -> None:
    write, fact = MARKS[name]
    assert {(one.rule, one.subject) for one in told("web", write, STORY)} == {fact}


def test_a_page_need_not_mark_its_authors_for_machines() -> None:
    assert not told("web", instead(' class="p-author h-card" rel="author"', ""), STORY)


@pytest.mark.parametrize("format", ["web", "email", "eml"])
@pytest.mark.parametrize(
    "more",
    [
        '<meta name="author" content="Max Roe">',
        '<meta property="article:author" content="https://elsewhere.example/">',
        '<link rel="author" href="https://elsewhere.example/">',
    ],
)
def test_the_head_names_nobody_else_as_author(format: str, more: str) -> None:  # noqa: A002
    facts = {(one.rule, one.subject) for one in told(format, before("</head>", more), STORY)}
    assert facts == {("attribution.false-credit", "meta")}


@pytest.mark.parametrize("policy", ["link", "excerpt", "full"])
def test_an_item_may_be_without_a_summary(policy: Syndicate) -> None:
    story = replace(STORY, source=replace(STORY.source, syndicate=policy), summary="What it is about")
    assert told("json", item(lambda one: one.pop("summary")), story) == []
    assert told("json", item(lambda one: one.update(summary="What it is\n  about ")), story) == []
    found = told("json", item(lambda one: one.update(summary="What else it is about")), story)
    assert [(one.rule, one.subject) for one in found] == [("attribution.body", "element")]
