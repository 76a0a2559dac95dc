"""Every rule of the house speaks when it should; the rules of attribution have tests of their own."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nouns
from checks.editing import HALVES, altered
from checks.judging import judge, tellable
from dispatch import check, links
from dispatch.checks import CHECKS, RULES, ids
from dispatch.checks.editorial import judge_lists
from dispatch.checks.rules import list_unreadable
from dispatch.errors import CheckError
from dispatch.formats import FORMATS
from dispatch.model import (
    LIGHT,
    Article,
    Author,
    Contents,
    Correction,
    Credit,
    Edition,
    EmailSettings,
    Fault,
    FeedSettings,
    Finding,
    Image,
    ImageCopy,
    ImageVariant,
    Mended,
    Place,
    Publication,
    Record,
    Section,
    Source,
    Theme,
)
from dispatch.report import write_hint
from nouns import DATE, PAGES
from thorough import scale

BY = nouns.publication()
STORY = nouns.rich(1)
ISSUE = nouns.issue(nouns.article(7), STORY)
PAGE = "issues/defence/story-1.html"


def of_issue(issue: Contents, by: Publication = BY, **known: object) -> list[Finding]:
    """What is said of the files alone."""
    return tellable(check.findings(issue, (), by, **known))  # type: ignore[arg-type]


def of_story(**values: object) -> list[Finding]:
    return of_issue(nouns.issue(replace(STORY, **values)))  # type: ignore[arg-type]


def of_edition(format: str, *changes: tuple[str, str], issue: Contents = ISSUE, by: Publication = BY) -> list[Finding]:  # noqa: A002
    """What is said of a finished edition in which texts were replaced, every time they stand there."""
    body = nouns.body(format, issue, by)
    for old, new in changes:
        assert old.encode() in body, f"{old} is not there"
        body = body.replace(old.encode(), new.encode())
    return judge(format, body, issue, by)


def edition(format: str, body: bytes) -> Edition:  # noqa: A002
    return Edition(format=format, media_type="", path="edition", body=body)


def of_published(**changed: object) -> list[Finding]:
    """What is said when the ledger remembers something else of the story."""
    now = Record(id=STORY.id, kind="article", url=STORY.url, published=STORY.published, authors="0123")
    return of_issue(ISSUE, published=(replace(now, **changed),), current=(now,))  # type: ignore[arg-type]


def of_content(html: str) -> list[Finding]:
    return of_story(content=html, markdown="", source=Source(syndicate="full"))


FILE = ImageVariant(url="https://wire.example/pictures/0123456789abcdef-900.png", media_type="image/png", width=900)
COPY = ImageCopy(address=STORY.image.url, url=FILE.url, width=900, height=450, variants=(FILE,))
COPIED = nouns.page(ISSUE, "issue", path="issues/defence/", pictures={STORY.image.url: COPY})
DEAD = Fault(what="the server answered 404", reason="http-status", detail="404")
BUSY = Fault(what="the server answered 503", reason="http-status", detail="503")
TAKEN_OVER = Fault(what="the page is “For sale” now", reason="taken-over", detail="For sale")
HEAD = '<p><a href="https://a.example/">One</a> two three four five.</p>'
LONG = "https://a.example/" + "x" * 2000
MANY = nouns.issue(*(nouns.article(n, dek="", url=f"{LONG}{n}") for n in range(60)))

# A rule, and findings among which it must be.
PROVOKED: dict[str, Callable[[], Iterable[Finding]]] = {
    "links.empty": lambda: of_content('<p><a href="">One</a></p>'),
    "links.relative": lambda: of_content('<p><a href="/about">One</a></p>'),
    "links.fragment": lambda: of_edition("web", ('href="#content"', 'href="#nowhere"')),
    "links.scheme": lambda: of_content('<p><a href="ftp://a.example/">One</a></p>'),
    "links.lost": lambda: of_edition(
        "email", ('href="https://a.example/"', 'href="https://b.example/"'), issue=nouns.issue(STORY, intro=HEAD)
    ),
    "files.readable": lambda: list_unreadable([Fault(what="is not UTF-8", place=Place(file=PAGE, line=3))]),
    "links.dead": lambda: of_issue(ISSUE, states={STORY.url: DEAD, STORY.source.url: None}),
    "links.unanswered": lambda: of_issue(ISSUE, states={STORY.url: BUSY}),
    "links.taken-over": lambda: of_issue(ISSUE, states={STORY.url: TAKEN_OVER}),
    "links.shortened": lambda: of_story(url="https://bit.ly/abc"),
    "links.repeated": lambda: of_issue(
        ISSUE, others=(nouns.issue(replace(STORY, id="tag:a.example,2020:x"), id="tag:e"),)
    ),
    "links.insecure-picture": lambda: of_story(image=Image(url="http://a.example/p.png", alt="A bridge")),
    "ids.duplicate": lambda: of_issue(nouns.issue(STORY, replace(nouns.article(2), id=STORY.id))),
    "ids.absolute": lambda: of_story(id="story-1"),
    "ids.changed": lambda: of_published(id="tag:wire.example,2025-02-14:defence/old"),
    "ids.vanished": lambda: of_published(id="tag:wire.example,2025-02-14:defence/old", url="https://gone.example/"),
    "ids.link": lambda: of_published(url="https://paper.example/other"),
    "ids.date": lambda: of_published(published=DATE),
    "ids.authors": lambda: of_published(authors="4567"),
    "ids.withdrawn": lambda: of_published(kind="withdrawn"),
    "email.shortened": lambda: check.findings(
        ISSUE, [replace(edition("email", nouns.body("email", ISSUE)), shortened=(STORY.id,))], BY
    ),
    "email.size": lambda: of_edition("email", issue=MANY),
    "email.size-near": lambda: of_edition(
        "email", ("</title>", f"{'x' * (95_000 - len(nouns.body('email', ISSUE)))}</title>")
    ),
    "email.style-size": lambda: of_edition("email", ("</style>", f"{'p { margin: 0 }' * 1200}</style>")),
    "email.headers": lambda: of_edition("eml", ("\nList-Id:", "\nX-List-Id:")),
    "email.parts": lambda: of_edition("eml", ("text/plain", "text/enriched")),
    "email.lines": lambda: of_edition("eml", ("\r\n", "\n")),
    "email.document": lambda: of_edition("email", ('name="viewport"', 'name="view"')),
    "email.forbidden": lambda: of_edition("email", ("</h1>", '</h1><script src="https://a.example/"></script>')),
    "email.picture": lambda: of_edition("email", (' alt="A telegraph line"', "")),
    "email.foot": lambda: of_edition("email", ("https://wire.example/unsubscribe", "https://m.example/unsubscribe")),
    "email.css": lambda: of_edition("email", ("</h1>", '</h1><p style="position: absolute">x</p>')),
    "email.contrast": lambda: of_issue(ISSUE, nouns.publication(theme=Theme(light=replace(LIGHT, accent="#ffcccc")))),
    "email.preheader": lambda: of_issue(replace(ISSUE, preheader="")),
    "email.subject": lambda: of_issue(replace(ISSUE, title="Word " * 15)),
    "email.sender": lambda: of_issue(ISSUE, nouns.publication(email=EmailSettings())),
    "email.unsubscribe": lambda: of_issue(ISSUE, nouns.publication(email=EmailSettings())),
    "email.postal-address": lambda: of_issue(ISSUE, nouns.publication(email=EmailSettings())),
    "feed.required": lambda: of_edition("rss", ("<description>", "<descr>"), ("</description>", "</descr>")),
    "feed.date": lambda: of_edition("atom", ("Z</updated>", "+00:00</updated>")),
    "feed.id": lambda: of_edition("rss", ('isPermaLink="false"', 'isPermaLink="true"')),
    "feed.address": lambda: of_edition("json", ('href=\\"https://people.example/ada\\"', 'href=\\"/ada\\"')),
    "feed.links": lambda: of_edition("atom", ('href="https://wire.example/issues/defence/feed.atom"', 'href="/feed"')),
    "feed.markup": lambda: of_edition(
        "json", ("<h3>First heading", '<iframe></iframe><h3 style=\\"color: red\\">First heading')
    ),
    "feed.order": lambda: of_edition("rss", ("</channel>", "<docs>https://a.example/</docs></channel>")),
    "feed.footer": lambda: check.findings(
        nouns.issue(STORY),
        [edition("rss", nouns.body("rss", nouns.issue(STORY)))],
        nouns.publication(feeds=FeedSettings(footer="<p>Join us.</p>")),
    ),
    "feed.shortened": lambda: check.findings(
        nouns.issue(STORY), [replace(edition("rss", nouns.body("rss", nouns.issue(STORY))), shortened=(STORY.id,))], BY
    ),
    "feed.size": lambda: of_edition("rss", ("<channel>", f"<channel>{' ' * 5_000_000}")),
    "web.forbidden": lambda: of_edition("web", ("</h1>", "</h1><script>x()</script>")),
    "web.copy": lambda: of_edition(
        "web", ('src="../../pictures/0123456789abcdef-900.png"', f'src="{STORY.image.url}"'), issue=COPIED
    ),
    "editorial.placeholder": lambda: of_story(note="The line is on page TK."),
    "editorial.author": lambda: of_story(authors=()),
    "editorial.certainty": lambda: of_story(certainty="likely"),
    "editorial.ownership": lambda: of_story(own=True, authors=(), source=Source(url="https://paper.example")),
    "editorial.date": lambda: of_story(published=None),
    "editorial.title": lambda: of_story(title=" "),
    "editorial.body": lambda: of_story(content="", summary=""),
    "editorial.language": lambda: of_issue(ISSUE, nouns.publication(language="sv")),
    "editorial.headings": lambda: of_content("<h2>One</h2><p>Two</p><h4>Three</h4>"),
    "editorial.section": lambda: of_issue(replace(ISSUE, sections=(*ISSUE.sections, Section(title="Empty")))),
    "files.merge": lambda: of_issue(ISSUE, unmerged=(("issues/defence/issue.md", 12),)),
    "files.heading": lambda: of_issue(ISSUE, first_headings=(("issues/defence/issue.md", 12),)),
    "files.folder": lambda: of_issue(ISSUE, folders=(("issues/Week 48", False),)),
    "files.addresses": lambda: list(judge_lists([("a.csv", "\n".join(f"a{n}@paper.example" for n in range(21)))])),
    "editorial.number": lambda: of_issue(replace(ISSUE, number=7), others=(nouns.issue(slug="x", id="x:x", number=7),)),
    "editorial.stray": lambda: of_issue(ISSUE, strays=("issues/defence/left-over.md",)),
    "editorial.file-name": lambda: of_issue(ISSUE, names=("issues/defence/aux.md",)),
    "editorial.picture": lambda: of_issue(ISSUE, missing=((PAGE, "bridge.png"),)),
    "editorial.alt": lambda: of_story(image=Image(url="https://a.example/p.png")),
}


@pytest.mark.parametrize("rule", PROVOKED)
def test_the_rule_speaks(rule: str) -> None:
    found = [one for one in PROVOKED[rule]() if one.rule == rule]
    assert found
    for one in found:
        assert one.severity == RULES[rule].severity
        assert one.place.file


def test_every_rule_is_provoked_somewhere() -> None:
    families = ("attribution.", "received.", "sending.", "service.", "terms.")
    elsewhere = {rule for rule in RULES if rule.startswith(families)}
    assert set(RULES) == set(PROVOKED) | elsewhere
    tests = ("attribution", "pasted", "received", "sponsors", "withdrawn", "sending", "site", "terms")
    tested = "".join((Path(__file__).parent / f"test_{name}.py").read_text() for name in tests)
    assert {rule for rule in elsewhere if f'"{rule}"' not in tested} == set()


def test_a_fresh_publication_with_one_article_passes() -> None:
    by = Publication(title="The Wire", url="https://wire.example", templates=nouns.TEMPLATES)
    issue = nouns.issue(nouns.article(), preheader="", intro="")
    editions = [edition(name, nouns.body(name, issue, by)) for name in FORMATS if name != "eml"]
    assert {one.severity for one in check.findings(issue, editions, by)} == {"warning"}


def test_a_whole_issue_passes() -> None:
    issue = nouns.issue(STORY, nouns.article(2), nouns.article(3, authors=(), credits=(Credit(role="via", name="Ed"),)))
    editions = [edition(name, nouns.body(name, issue)) for name in FORMATS]
    assert [one.rule for one in check.findings(issue, editions, BY)] == ["editorial.author"]


def test_a_rule_is_switched_off_with_a_reason() -> None:
    by = nouns.publication(check={"editorial.author": "we are a list of links"})
    issue = nouns.issue(nouns.article(1, authors=()))
    assert [one.rule for one in of_issue(issue)] == ["editorial.author"]
    assert of_issue(issue, by) == []


def test_errors_come_first() -> None:
    found = of_story(authors=(), title="", published=None, id="x", url="/a")
    severities = [one.severity for one in found]
    assert severities == sorted(severities)
    assert len(set(severities)) == 2


def test_the_bytes_of_the_largest_articles_are_told() -> None:
    (found,) = (one for one in of_edition("email", issue=MANY) if one.rule == "email.size")
    size, limit, largest = (found.get_value(name) for name in ("size", "limit", "largest"))
    assert isinstance(size, int)
    assert isinstance(largest, tuple)
    assert size > limit == 102_400
    names, octets = zip(*largest, strict=True)  # type: ignore[arg-type]
    assert set(names) < {article.title for article in MANY.articles}
    assert list(octets) == sorted(octets, reverse=True)
    assert len(octets) == 5
    assert 2_000 < octets[-1] < size


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("<!doctype html>", "", "email.document"),
        (' lang="en"', "", "email.document"),
        (' dir="ltr"', "", "email.document"),
        ('name="supported-color-schemes"', 'name="x"', "email.document"),
        ("<h1", "<h3", "email.document"),
        ("</h1>", '</h1><form action="https://a.example/"></form>', "email.forbidden"),
        ("</h1>", "</h1><svg></svg>", "email.forbidden"),
        ("</h1>", '</h1><img src="data:image/png;base64,AA" alt="" width="1">', "email.forbidden"),
        ("</h1>", '</h1><img src="/a.png" alt="" width="1">', "email.picture"),
        ("</h1>", '</h1><img src="https://a.example/a.png" alt="">', "email.picture"),
        ("</title>", '</title><link rel="stylesheet" href="https://a.example/a.css">', "email.forbidden"),
        ("<h1", '<h1 onclick="x()"', "email.forbidden"),
        ("</h1>", '</h1><p style="display:flex">x</p>', "email.css"),
        ("</h1>", '</h1><p style="color: var(--x)">x</p>', "email.css"),
        ("</style>", "@import url(https://a.example/a.css);</style>", "email.css"),
        ("</h1>", '</h1><a href="">x</a>', "links.empty"),
        ("</h1>", '</h1><a href="about">x</a>', "links.relative"),
        ("</h1>", '</h1><a href="#top">x</a>', "links.fragment"),
        ("</h1>", '</h1><a href="#top" id="top">x</a>', "links.fragment"),
        ("</h1>", '</h1><a href="javascript:x()">x</a>', "links.scheme"),
    ],
)
def test_what_no_mail_may_hold(old: str, new: str, rule: str) -> None:
    body = nouns.body("email", ISSUE)
    assert re.search(re.escape(old).encode(), body, re.IGNORECASE)
    broken = re.sub(re.escape(old).encode(), new.encode(), body, flags=re.IGNORECASE)
    assert rule in {one.rule for one in judge("email", broken, ISSUE, BY)}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (b"\r\nSubject: ", b"\r\nX-Subject: ", "email.headers"),
        (b"\r\nDate: ", b"\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\nDate: ", "email.headers"),
        (b"\r\nMessage-ID: ", b"\r\nX-Message-ID: ", "email.headers"),
        (b"\r\nList-Unsubscribe: <", b"\r\nList-Unsubscribe: =?utf-8?q?x?= <", "email.headers"),
        (b"\r\nList-Unsubscribe: ", b"\r\nX-Unsubscribe: ", "email.headers"),
        (b"\r\nTo: ", b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nTo: ", "email.headers"),
        (b"multipart/alternative", b"multipart/mixed", "email.parts"),
        (b'text/html; charset="utf-8"', b'text/html; charset="iso-8859-1"', "email.parts"),
        (b"\r\nTo: ", b"\r\nX-Long: " + b"x" * 1000 + b"\r\nTo: ", "email.lines"),
    ],
)
def test_what_every_message_needs(old: bytes, new: bytes, rule: str) -> None:
    body = nouns.body("eml", ISSUE)
    assert old in body
    assert rule in {one.rule for one in judge("eml", body.replace(old, new), ISSUE, BY)}


@pytest.mark.parametrize(
    ("format", "old", "new", "rule"),
    [
        ("rss", 'version="2.0"', 'version="0.91"', "feed.required"),
        ("rss", 'rel="self"', 'rel="hub"', "feed.required"),
        ("rss", "+0100</pubDate>", "GMT+1</pubDate>", "feed.date"),
        ("rss", "<guid", "<author>Ada</author><guid", "feed.required"),
        ("rss", ' length="1234"', "", "feed.required"),
        ("rss", "<link>https://paper.example/story-1", "<link>https://paper.example/störy-1", "feed.address"),
        ("atom", 'rel="self"', 'rel="via"', "feed.required"),
        ("atom", "<id>tag:", "<id>", "feed.id"),
        ("atom", ' type="html"', "", "feed.required"),
        ("atom", "<author>", "<writer>", "attribution.readable"),
        ("json", "version/1.1", "version/1", "feed.required"),
        ("json", '"feed_url"', '"feed"', "feed.required"),
        ("json", '"content_html"', '"content_text"', "feed.required"),
        ("json", "+00:00", "", "feed.date"),
        ("json", '"id": "tag:wire.example,2025-02-14:defence/story-1"', '"id": ""', "feed.id"),
    ],
)
def test_what_every_feed_needs(format: str, old: str, new: str, rule: str) -> None:  # noqa: A002
    assert rule in {one.rule for one in of_edition(format, (old, new))}


PAGE_URL = "https://wire.example/issues/defence/"
OUT = 'https://wire.example/unsubscribe?list=wire&amp;x=1"'


@pytest.mark.parametrize(
    ("format", "pattern", "new"),
    [
        ("email", re.escape(f'href="{OUT}'), ""),
        ("email", re.escape(OUT), 'https://wire.example/unsubscribe?list=wire"'),
        ("email", r"<a [^>]*>Unsubscribe</a>", ""),
        ("email", re.escape(f'href="{PAGE_URL}"'), 'href="https://wire.example/"'),
        ("email", "1 Example Street", "2 Example Street"),
        ("email", "/feed.xml", "/feed.atom"),
        ("text", "https://wire.example/unsubscribe\\S*\n", ""),
        ("text", "mailto:leave@wire.example", "mailto:leave@m.example"),
        ("text", f"{PAGE_URL}\n", "https://wire.example/\n"),
        ("text", "1 Example Street, Exampleton", ""),
    ],
)
def test_what_the_foot_of_a_mail_must_have(format: str, pattern: str, new: str) -> None:  # noqa: A002
    body = nouns.body(format, ISSUE).decode()
    broken = re.sub(pattern, new, body, count=1)
    assert broken != body
    found = judge(format, broken.encode(), ISSUE, BY)
    assert {one.rule for one in found} == {"email.foot"}

    def crippled(text: str) -> str:
        return re.sub(pattern, new, text.replace("\r\n", "\n"), count=1)

    half = f"text/{'html' if format == 'email' else 'plain'}"
    message = altered("eml", nouns.body("eml", ISSUE), crippled, half=half)
    found = judge("eml", message, ISSUE, BY)
    assert {(one.place.edition, one.place.half) for one in found if one.rule == "email.foot"} == {
        ("edition", HALVES[half])
    }


def test_a_publication_without_a_foot_is_not_told_that_it_lost_it() -> None:
    by = nouns.publication(email=EmailSettings(sender="desk@wire.example"))
    for format in nouns.MESSAGES:  # noqa: A001
        assert of_edition(format, by=by) == []


def test_an_article_that_is_called_like_a_link_of_the_foot() -> None:
    issue = nouns.issue(
        nouns.article(1, title="Unsubscribe"),
        nouns.article(2, authors=(Author(name="Feed", url="https://f.example/"),)),
    )
    for format in nouns.MESSAGES:  # noqa: A001
        assert of_edition(format, issue=issue) == []


@pytest.mark.parametrize(
    ("format", "old", "new"),
    [
        ("rss", "<pubDate>Fri, 14 Feb 2025 09:00:00", "<pubDate>Fri, 14 Feb 2025 09:00:01"),
        ("rss", "<lastBuildDate>Mon, 17 Feb", "<lastBuildDate>Tue, 18 Feb"),
        ("rss", "<pubDate>Fri, 14 Feb 2025 09:00:00 +0100</pubDate>", ""),
        ("atom", "<published>2025-02-14", "<published>2025-02-12"),
        ("atom", "<published>2025-02-14T08:00:00Z</published>", ""),
        ("atom", "<updated>2025-02-17", "<updated>2025-02-16"),
        ("json", '"date_published": "2025-02-14', '"date_published": "2025-03-13'),
        ("json", '"date_modified": "2025-02-17', '"date_modified": "2024-02-17'),
    ],
)
def test_a_date_that_is_one_and_not_the_right_one(format: str, old: str, new: str) -> None:  # noqa: A002
    assert {one.rule for one in of_edition(format, (old, new))} == {"feed.date"}


@pytest.mark.parametrize("format", nouns.FEEDS)
def test_no_date_where_none_is_known(format: str) -> None:  # noqa: A002
    unknown, known = nouns.issue(replace(STORY, published=None)), nouns.issue(STORY)
    assert of_edition(format, issue=unknown) == []
    by = replace(BY, feeds=FeedSettings(dates="original"))
    found = judge(format, nouns.body(format, known, by), unknown, by)
    assert {one.rule for one in found} == {"feed.date", "attribution.false-credit"}  # its byline has a date, too


@pytest.mark.parametrize(
    "new",
    [
        "<script></script>",
        '<iframe src="https://a.example/"></iframe>',
        '<object data="x"></object>',
        '<p onclick="x()">x</p>',
        '<a href=" java&#10;script:x()">x</a>',
        '<base href="https://a.example/">',
        '<meta http-equiv="refresh" content="0;url=https://a.example/">',
    ],
)
def test_what_no_page_may_hold(new: str) -> None:
    assert "web.forbidden" in {one.rule for one in of_edition("web", ("</h1>", f"</h1>{new}"))}


@pytest.mark.parametrize("format", ["web", *nouns.FEEDS])
@pytest.mark.parametrize(
    "new", ["", "<img src='https://a.example/p.png' alt=''>", "<img src='https://b.example/' alt='Two'>"]
)
def test_the_pictures_of_a_text_that_is_shown_whole(format: str, new: str) -> None:  # noqa: A002
    picture = '<img src="https://a.example/p.png" alt="Two cats">'
    story = replace(
        STORY, content=f"<p>One.</p><p>{picture}</p>", image=Image(url="https://a.example/p.png", alt="Cats")
    )
    issue = nouns.issue(story)
    whole = nouns.body(format, issue)
    assert judge(format, whole, issue, BY) == []
    broken = altered(format, whole, lambda text: re.sub(r'<img src="https://a[^>]*>', new, text))
    assert "attribution.picture" in {one.rule for one in judge(format, broken, issue, BY)}


def test_a_language_without_words_is_told_with_the_file_that_it_needs() -> None:
    for language, told in (("de-AT", []), ("en", []), ("pt-BR", ["pt.toml"])):
        found = [
            one for one in of_issue(ISSUE, nouns.publication(language=language)) if one.rule == "editorial.language"
        ]
        assert [one.get_value("file") for one in found] == told


@pytest.mark.parametrize("body", [b'{"items": [', b'{"a":' * 100_000, b"<svg></svg>"])
def test_a_file_that_is_nothing_is_told_by_its_name(body: bytes) -> None:
    with pytest.raises(CheckError, match=r"^feed\.json: "):
        check.recognise_file("feed.json", body)


@pytest.mark.parametrize("name", ["story-7", "content", "nowhere"])
def test_a_link_to_a_place_of_the_issue(name: str) -> None:
    found = of_content(f'<p><a href="https://wire.example/issues/defence/#{name}">x</a></p>')
    assert ("links.fragment" in {one.rule for one in found}) == (name != "content")


EMPTIED: dict[str, tuple[str, tuple[str, str], tuple[str, str]]] = {
    "the date of an item": ("rss", ("<pubDate>[^<]*", "<pubDate>"), ("feed.date", "date")),
    "the date of a feed": ("atom", ("<updated>[^<]*", "<updated>"), ("feed.date", "date")),
    "a date in JSON": ("json", ('"date_published": "[^"]*', '"date_published": "'), ("feed.date", "date")),
    "an id": ("atom", ("(<entry>\\s*<id>)[^<]*", r"\1"), ("feed.id", "article")),
    "a guid": ("rss", ("<guid[^>]*>[^<]*", '<guid isPermaLink="true">'), ("feed.id", "link")),
    "a link in JSON": ("json", ('"(external_)?url": "https://paper[^"]*', r'"\1url": "'), ("feed.address", "link")),
    "title and id in JSON": ("json", ('"(id|title)": "[^"]*', r'"\1": "'), ("feed.required", "article")),
}


@pytest.mark.parametrize("name", EMPTIED)
def test_what_is_empty_in_a_feed_is_no_word_in_a_finding(name: str) -> None:
    format, (pattern, emptied), fact = EMPTIED[name]  # noqa: A001
    body, times = re.subn(pattern, emptied, nouns.body(format, ISSUE).decode())
    assert times
    found = [one for one in judge(format, body.encode(), ISSUE, BY) if (one.rule, one.subject) == fact]
    assert found
    assert {one.get_value("found") for one in found} == {None}


def test_an_address_in_a_body_that_is_empty_is_no_word_in_a_finding() -> None:
    issue = nouns.issue(nouns.article(1, content='<p><a href="">One</a></p>', source=Source(syndicate="full")))
    found = [one for one in judge("json", nouns.body("json", issue), issue) if one.rule == "feed.address"]
    assert [(one.subject, one.get_value("found")) for one in found] == [("text", None)]


@pytest.mark.parametrize("title", ['""', "7", "null"])
def test_an_item_without_a_headline_is_named_by_its_id(title: str) -> None:
    found = of_edition("json", ('"title": "Story 7"', f'"title": {title}'), ('"content_html"', '"content"'))
    names = {one.get_value("headline") for one in found if one.rule == "feed.required"}
    assert names == {"tag:wire.example,2025-02-14:defence/story-7", STORY.title}


def test_a_message_without_parts_has_none_in_its_finding() -> None:
    body = b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n"
    found = [one for one in judge("eml", body, ISSUE, BY) if one.rule == "email.parts"]
    assert [(one.subject, dict(one.values)) for one in found] == [("part", {"type": "text/calendar"})]


def test_descriptions_before_bodies() -> None:
    body = nouns.body("rss", ISSUE).decode()
    item = re.search(
        r"<item>.*?(<description>.*?</description>).*?(<content:encoded>.*?</content:encoded>)", body, re.DOTALL
    )
    assert item
    turned = body.replace(item[1], "\0").replace(item[2], item[1]).replace("\0", item[2])
    assert "feed.order" in {one.rule for one in judge("rss", turned.encode(), ISSUE, BY)}


def test_the_origin_of_an_atom_entry_comes_last() -> None:
    origin = replace(STORY.source, feed_id="tag:paper.example,2020:feed", feed_updated=DATE)
    issue = nouns.issue(replace(STORY, source=origin))
    body = nouns.body("atom", issue).decode()
    assert judge("atom", body.encode(), issue, BY) == []
    source = re.search(r"<source>.*?</source>", body, re.DOTALL)
    assert source
    moved = body.replace(source[0], "").replace("<entry>", f"<entry>{source[0]}")
    assert "feed.order" in {one.rule for one in judge("atom", moved.encode(), issue, BY)}


@pytest.mark.parametrize(
    "url", ["https://PAPER.example/a", "http://www.paper.example/a/", "https://paper.example/a#:~:text=x"]
)
def test_the_same_article_under_a_like_address(url: str) -> None:
    issue = nouns.issue(nouns.article(1, url="https://paper.example/a"), nouns.article(2, url=url))
    assert [one.rule for one in of_issue(issue)] == ["links.repeated"]


def test_own_articles_of_one_issue_are_not_the_same() -> None:
    page = "https://wire.example/issues/defence/#story-"
    issue = nouns.issue(nouns.article(1, url=f"{page}1", own=True), nouns.article(2, url=f"{page}2", own=True))
    assert of_issue(issue) == []


def test_what_is_unchanged_since_it_was_published_passes() -> None:
    assert of_published() == []
    assert of_published(published=STORY.published and STORY.published.astimezone()) == []
    moved = of_published(published=STORY.published and STORY.published + timedelta(seconds=1))
    assert [one.rule for one in moved] == ["ids.date"]
    assert of_issue(ISSUE, published=(Record(id="tag:x", kind="issue", url="u", published=None, authors=""),)) == []


@pytest.mark.parametrize(
    ("changed", "rule", "place"),
    [
        ({"published": DATE - timedelta(days=1)}, "ids.date", Place(file="issues/defence/issue.md", key="date")),
        ({"url": "https://old.example/issues/defence/"}, "ids.link", Place(file="dispatch.toml", key="url")),
    ],
)
def test_what_was_published_of_an_issue_is_put_back_for_no_correction_mends_it(
    changed: Mapping[str, object], rule: str, place: Place
) -> None:
    now = Record(id=ISSUE.id, kind="issue", url="https://wire.example/issues/defence/", published=ISSUE.date)
    (found,) = of_issue(ISSUE, published=(replace(now, **changed),), current=(now,))  # type: ignore[arg-type]
    assert (found.rule, found.subject, found.place) == (rule, "issue", place)
    assert "--mends" not in write_hint(found)
    assert ("former_urls" in write_hint(found)) == (rule == "ids.link")


def test_each_address_is_asked_once() -> None:
    asked = check.list_addresses(ISSUE)
    assert len(asked) == len(set(asked))
    assert {STORY.url, STORY.source.url, "https://else.example/?a=1&b=2", "https://cdn.example/1.mp3"} <= set(asked)
    assert all(links.is_web_address(url) for url in asked)


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_is_recognised_by_its_looks(format: str) -> None:  # noqa: A002
    assert check.recognise_file("some.file", nouns.body(format, ISSUE)).format == format


@pytest.mark.parametrize("format", PAGES)
def test_deep_pages_are_read(format: str) -> None:  # noqa: A002
    body = nouns.body(format, ISSUE).replace(b"</h1>", b"</h1>" + b"<div>" * 20_000)
    assert judge(format, body, ISSUE, BY) is not None


def test_deep_feeds_are_refused() -> None:
    for body in (b"<rss>" * 50_000, b"<!DOCTYPE r [<!ENTITY a 'b'>]><rss>&a;</rss>", b"[" * 100_000, b'{"items": 1}'):
        for format in nouns.FEEDS:  # noqa: A001
            assert {one.severity for one in judge(format, body, ISSUE, BY)} == {"error"}


def test_the_table_is_whole() -> None:
    assert set(CHECKS) == {rule.partition(".")[0] for rule in RULES} - {"received", "files", "sending", "service"}
    for rule in RULES.values():
        assert re.fullmatch(r"[a-z]+\.[a-z-]+", rule.name)
        assert not rule.line.endswith(".")


def story_of(content: str) -> Article:
    return nouns.article(1, own=True, content=content, markdown=content, source=Source(syndicate="full"))


@pytest.mark.parametrize("text", ["Ask TK again", "TODO", "FIXME: a name", "Lorem ipsum dolor", "TKTK"])
def test_what_is_left_to_do(text: str) -> None:
    assert "editorial.placeholder" in {one.rule for one in of_issue(nouns.issue(story_of(f"<p>{text}</p>")))}


@pytest.mark.parametrize("markdown", ["", "TK is a Turkish airline."])
@pytest.mark.parametrize("source", [Source(syndicate="full"), Source(title="P", url="https://paper.example/")])
@pytest.mark.parametrize("own", [True, False])
def test_only_what_is_ours_can_be_unfinished(own: bool, source: Source, markdown: str) -> None:
    text = "<p>TK is a Turkish airline.</p>"
    story = nouns.article(1, own=own, source=source, content=text, markdown=markdown)
    assert ("editorial.placeholder" in {one.rule for one in of_issue(nouns.issue(story))}) == own


@pytest.mark.parametrize("text", ["The TKO was quick", "Todos los días", "ATK", "Todo está bien"])
def test_what_only_looks_left_to_do(text: str) -> None:
    assert of_issue(nouns.issue(story_of(f"<p>{text}</p>"))) == []


def test_who_wrote_what_nobody_was_named_for_may_be_said_later() -> None:
    assert "ids.authors" not in {one.rule for one in of_published(authors="")}


CHANGED: Mapping[Mended, dict[str, object]] = {
    "authors": {"authors": "4567"},
    "date": {"published": DATE + timedelta(days=40)},
    "url": {"url": "https://paper.example/other"},
}
ANSWERED = {"authors": "ids.authors", "date": "ids.date", "url": "ids.link"}


def of_corrected(
    text: str,
    mends: Sequence[Mended],
    changed: Mapping[str, object],
    *,
    date: datetime = ISSUE.date,
    more: Sequence[Record] = (),
) -> set[str]:
    """The rules that are broken when the ledger remembers something else, and a correction says this."""
    story = replace(STORY, corrections=(Correction(date=date, text=text, mends=tuple(mends)),))
    now = Record(id=story.id, kind="article", url=story.url, published=story.published, authors="0123")
    known = (replace(now, **changed), *more)  # type: ignore[arg-type]
    return {one.rule for one in of_issue(nouns.issue(story), published=known, current=(now,))}


@pytest.mark.parametrize("changed", CHANGED)
@pytest.mark.parametrize("mends", get_args(Mended))
def test_a_correction_answers_for_what_it_mends_and_for_nothing_else(changed: Mended, mends: Mended) -> None:
    found = of_corrected("It was wrong.", [mends], CHANGED[changed])
    assert found == (set() if mends == changed else {ANSWERED[changed]})


def test_a_correction_may_mend_everything_at_once() -> None:
    changed = {key: value for values in CHANGED.values() for key, value in values.items()}
    assert of_corrected("It was wrong.", get_args(Mended), changed) == set()
    assert of_corrected("It was wrong.", (), changed) == set(ANSWERED.values())


NAMED = (
    f"It is by {' and '.join(author.name for author in STORY.authors)} ({STORY.authors[0].url}), first published on"
    f" {DATE - timedelta(days=1):%-d %B %Y} at {STORY.url} ."
)


@given(st.text() | st.just(NAMED) | st.text().map(lambda text: f"{text} {NAMED}"))
@settings(deadline=None, max_examples=scale(30))
def test_no_text_answers_for_anything(text: str) -> None:
    changed = {key: value for values in CHANGED.values() for key, value in values.items()}
    assert of_corrected(text, (), changed) == set(ANSWERED.values())
    assert of_corrected(text, ["title"], changed) == set(ANSWERED.values())


@pytest.mark.parametrize("what", CHANGED)
def test_a_correction_that_was_published_has_answered(what: Mended) -> None:
    used = Record(id=STORY.id, kind="mended", url=what, number=1)
    others = (
        replace(used, url="title"),
        replace(used, id="tag:wire.example,2025-02-14:defence/story-2"),
        replace(used, kind="withdrawn"),
    )
    for days in (-400, 0, 3):  # whatever date is written there by now, before the issue's or after it
        date = ISSUE.date + timedelta(days=days)
        assert of_corrected("Wrong.", [what], CHANGED[what], date=date, more=(used,)) >= {ANSWERED[what]}
        assert ANSWERED[what] not in of_corrected("Wrong.", [what], CHANGED[what], date=date, more=others)


@given(before=st.integers(0, 4), now=st.integers(0, 4))
def test_what_answers_is_one_correction_more_than_readers_have(before: int, now: int) -> None:
    spent = ids.count_spent(
        Record(id=STORY.id, kind="mended", url="url", number=number) for number in range(1, before + 1)
    )
    said = tuple(Correction(date=DATE, text="Wrong.", mends=("url", "url")) for _ in range(now))
    story = replace(STORY, corrections=said)
    assert ids.find_answered(story, spent) == ({"ids.link"} if now > before else set())
    assert ids.count_missing(story, spent) == ({"ids.link": before - now} if before > now else {})


@pytest.mark.parametrize("what", CHANGED)
def test_the_hint_names_a_correction_only_where_one_would_answer(what: Mended) -> None:
    """With what is gone altogether, or with corrections gone that were published, a new one would be in vain."""
    now = Record(id=STORY.id, kind="article", url=STORY.url, published=STORY.published, authors="0123")
    old = replace(now, **CHANGED[what])  # type: ignore[arg-type]
    used = Record(id=STORY.id, kind="mended", url=what, number=1)

    def of(*known: Record, current: Record = now) -> Finding:
        (one,) = of_issue(nouns.issue(STORY), published=known, current=(current,))
        return one

    assert of(old).get_value("mends") == what
    assert f"--mends {what}" in write_hint(of(old))
    assert of(old, used).get_value("count") == 1
    assert "--mends" not in write_hint(of(old, used))
    if what != "url":  # an article always has an address
        gone = of(old, current=replace(now, **dict.fromkeys(CHANGED[what], None if what == "date" else "")))
        assert gone.get_value("mends") is None
        assert "--mends" not in write_hint(gone)


def test_a_page_may_not_stand_where_one_stood_that_has_moved() -> None:
    url = "https://wire.example/issues/defence/"
    new = Record(id=ISSUE.id, kind="issue", url=url)
    old = replace(new, id="tag:wire.example,2025-01-14:old")
    moved = replace(old, url="https://wire.example/issues/old/")
    place = Place(file="issues/defence/issue.md")

    def of(*current: Record) -> list[tuple[str, Place, object]]:
        found = of_issue(ISSUE, published=(old,), current=current)
        return [(one.subject, one.place, one.get_value("id")) for one in found if one.rule == "ids.link"]

    assert of(new, moved) == [("issue", place, old.id)]
    assert of(new, old) == []  # two at one address are another matter
    assert of(new) == []  # so is one that has vanished


def test_a_correction_answers_in_an_issue_of_any_date() -> None:
    story = replace(STORY, corrections=(Correction(date=DATE, text="Wrong.", mends=("authors",)),))
    now = Record(id=story.id, kind="article", url=story.url, published=story.published, authors="0123")
    mine = nouns.issue(nouns.article(2), slug="mine", id="tag:mine")
    for days in (-9, 0, 9):
        other = nouns.issue(story, date=ISSUE.date + timedelta(days=days))
        found = check.findings(mine, (), BY, published=(replace(now, authors="4567"),), current=(now,), others=(other,))
        assert [one.rule for one in found if one.rule.startswith("ids.")] == []


def test_an_article_is_sent_twice_only_by_the_later_issue() -> None:
    first, then = (
        nouns.issue(replace(STORY, id=f"tag:{slug}/1"), slug=slug, id=f"tag:{slug}", date=DATE + timedelta(days=days))
        for slug, days in (("first", 0), ("then", 7))
    )
    rules = [{one.rule for one in check.findings(a, (), BY, others=(b,))} for a, b in ((first, then), (then, first))]
    assert ["links.repeated" in found for found in rules] == [False, True]


def test_no_correction_answers_for_an_id() -> None:
    old = {"id": "tag:wire.example,2025-02-14:defence/old"}
    assert of_corrected("It was wrong.", get_args(Mended), old) == {"ids.changed"}


def test_no_correction_answers_for_what_is_gone_altogether() -> None:
    said = (Correction(date=DATE, text="It was wrong.", mends=("authors", "date")),)
    story = replace(STORY, corrections=said)
    whole = ids.find_answered(story, {})
    assert whole == {"ids.authors", "ids.date"}
    assert ids.find_answered(replace(story, authors=()), {}) == {"ids.date"}
    assert ids.find_answered(replace(story, published=None), {}) == {"ids.authors"}


def test_copies_of_several_widths_stand_for_a_picture_on_a_page_though_their_addresses_are_relative() -> None:
    small = replace(FILE, url=FILE.url.replace("900", "480"), width=480)
    copies = {STORY.image.url: replace(COPY, variants=(small, FILE))}
    page = nouns.page(ISSUE, "issue", path="issues/defence/", pictures=copies)
    body = nouns.body("web", page, BY)
    assert b'srcset="../../pictures/0123456789abcdef-480.png 480w, ../../pictures' in body
    assert judge("web", body, page, BY) == []


def test_what_is_wrong_with_a_line_of_a_list_is_said_of_the_list() -> None:
    page = replace(nouns.issue(replace(STORY, id="none", key="defence-story-1")), slug="")
    lists = nouns.page(page, "tag", path="tags/boats/")
    places = {one.place for one in of_issue(lists) if one.rule == "ids.absolute"}
    assert places == {Place(edition="tags/boats/index.html", article="defence-story-1")}
    feed = nouns.page(page, "feed", feed="archive/feed-1")
    places = {one.place for one in of_issue(feed) if one.rule == "ids.absolute"}
    assert places == {Place(edition="archive/feed-1", article="defence-story-1")}


def test_an_element_of_a_page_has_an_id_of_its_own() -> None:
    found = of_edition("web", ("</h1>", '</h1><p id="one"></p><p id="two"></p><i id="one"></i>'))
    assert [(one.rule, one.subject, one.get_value("id")) for one in found] == [("ids.duplicate", "element", "one")]


@pytest.mark.parametrize(("name", "stem"), [("left-over", ""), ("Left over", "Left over"), ("left_over", "left_over")])
def test_a_stray_file_that_no_list_can_name_needs_another_name(name: str, stem: str) -> None:
    (told,) = (one for one in of_issue(ISSUE, strays=(f"issues/defence/{name}.md",)) if one.rule == "editorial.stray")
    assert (told.place.file, told.get_value("stem") or "") == (f"issues/defence/{name}.md", stem)


def test_an_id_is_that_of_one_thing_in_all_issues() -> None:
    mine, other = (
        nouns.issue(nouns.article(1)),
        nouns.issue(nouns.article(2, file="issues/other/two.md"), slug="other", id="tag:e"),
    )
    (two,) = other.articles
    cases = [
        (replace(mine, id=other.id), "id", "issues/other/issue.md"),
        (replace(mine, id=two.id), "id", two.file),
        (nouns.issue(nouns.article(1, id=two.id)), "id", two.file),
        (nouns.issue(nouns.article(1, id=other.id)), "id", "issues/other/issue.md"),
        (nouns.issue(nouns.article(1, id=mine.id)), "id", "issues/defence/issue.md"),
    ]
    for issue, subject, file in cases:
        told = [one for one in of_issue(issue, others=(other,)) if one.rule == "ids.duplicate"]
        assert [(one.subject, one.get_value("file")) for one in told] == [(subject, file)]
        out = replace(issue, status="published")  # what a draft has as well was copied there
        is_own = file.startswith("issues/defence")
        assert any(one.rule == "ids.duplicate" for one in of_issue(out, others=(other,))) is is_own
