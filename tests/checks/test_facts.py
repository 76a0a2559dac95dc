"""What is said of one fault in a finished edition: its rule, its subject and its values, and nothing besides."""

import re
from dataclasses import replace
from typing import Any

import pytest

import nouns
from checks.judging import judge
from dispatch import check
from dispatch.model import LIGHT, FindingValue, Place, Section, Theme

BY = nouns.publication()
STORY = nouns.rich(1)
ISSUE = nouns.issue(nouns.article(7), STORY)
LINK = '<p><a href="/about">One</a></p>'

Facts = tuple[str, str, dict[str, FindingValue]]


def say(rule: str, subject: str, **values: FindingValue) -> Facts:
    return rule, subject, values


# A pattern, what stands there instead the first time that it is found, and what is said then of mail and feeds.
FAULTS: dict[str, dict[str, tuple[str, str, list[Facts]]]] = {
    "email": {
        "no doctype": ("<!doctype html>", "", [say("email.document", "element", element="doctype")]),
        "no language": (
            '(<html[^>]*) lang="en"',
            r"\1",
            [say("email.document", "attribute", element="html", attribute="lang")],
        ),
        "no direction": (
            '(<html[^>]*) dir="ltr"',
            r"\1",
            [say("email.document", "attribute", element="html", attribute="dir")],
        ),
        "no language within": (
            '(<body.*?<[a-z]+[^>]*) lang="en"',
            r"\1",
            [say("email.document", "attribute", attribute="lang")],
        ),
        "no direction within": (
            '(<body.*?<[a-z]+[^>]*) dir="ltr"',
            r"\1",
            [say("email.document", "attribute", attribute="dir")],
        ),
        "no title": ("<title>[^<]*", "<title> ", [say("email.document", "title")]),
        "no viewport": ('name="viewport"', 'name="x"', [say("email.document", "meta", name="viewport")]),
        "no colours": ('name="color-scheme"', 'name="x"', [say("email.document", "meta", name="color-scheme")]),
        "no colours of old": (
            'name="supported-color-schemes" content="[^"]*"',
            'name="supported-color-schemes" content=""',
            [say("email.document", "meta", name="supported-color-schemes")],
        ),
        "no heading": ("<h1([^>]*)>(.*?)</h1>", r"<h2\1>\2</h2>", [say("email.document", "heading", found=0)]),
        "two headings": ("</h1>", "</h1><h1>x</h1>", [say("email.document", "heading", found=2)]),
        "a table that is data": (
            "</h1>",
            "</h1><table><tbody><tr><td>x</td></tr></tbody></table>",
            [say("email.document", "table")],
        ),
        "an element": ("</h1>", "</h1><audio></audio>", [say("email.forbidden", "element", element="audio")]),
        "a style sheet": (
            "</title>",
            '</title><link rel="StyleSheet" href="https://a.example/">',
            [say("email.forbidden", "style")],
        ),
        "another link": ("</title>", '</title><link rel="icon" href="https://a.example/">', []),
        "a script": (
            "<h1",
            '<h1 onclick="x()"',
            [say("email.forbidden", "script", element="h1", attribute="onclick")],
        ),
        "data in an address": (
            "</h1>",
            '</h1><p background=" DATA:x">x</p>',
            [say("email.forbidden", "address", element="p", scheme="data")],
        ),
        "a script in an address": (
            "</h1>",
            '</h1><a href="javascript:x()">x</a>',
            [say("email.forbidden", "address", element="a", scheme="javascript")],
        ),
        "a relative picture": (
            "</h1>",
            '</h1><img src="/a.png" alt="" width="1">',
            [say("email.picture", "address", url="/a.png")],
        ),
        "no words of a picture": (
            "</h1>",
            '</h1><img src="https://a.example/a.png" width="1">',
            [say("email.picture", "text", url="https://a.example/a.png")],
        ),
        "no size of a picture": (
            "</h1>",
            '</h1><img src="https://a.example/a.png" alt="">',
            [say("email.picture", "size", url="https://a.example/a.png")],
        ),
        "the width of a picture": ("</h1>", '</h1><img src="https://a.example/a.png" alt="" width="1">', []),
        "the height of a picture": ("</h1>", '</h1><img src="HTTPS://a.example/a.png" alt="" height="1">', []),
        "an insecure picture": ("</h1>", '</h1><img src="http://a.example/a.png" alt="" width="1">', []),
        "a table for the looks": (
            "</h1>",
            '</h1><table role="presentation"><tbody><tr><td>x</td></tr></tbody></table>',
            [],
        ),
    },
    "eml": {
        "no subject": (
            "\r\nSubject: ",
            "\r\nX-Subject: ",
            [say("email.headers", "header", name="subject", found=0, wanted=1)],
        ),
        "no list": (
            "\r\nList-Id: ",
            "\r\nX-List-Id: ",
            [say("email.headers", "header", name="list-id", found=0, wanted=1)],
        ),
        "two dates": (
            "\r\nDate: ",
            "\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\nDate: ",
            [say("email.headers", "header", name="date", found=2, wanted=1)],
        ),
        "no way out": (
            "\r\nList-Unsubscribe: ",
            "\r\nX-Unsubscribe: ",
            [say("email.headers", "header", name="list-unsubscribe", found=0, wanted=1)],
        ),
        "a way out in code": (
            "\r\nList-Unsubscribe: <",
            "\r\nList-Unsubscribe: =?utf-8?q?x?= <",
            [say("email.headers", "text", name="list-unsubscribe")],
        ),
        "a way out in code, folded": (
            "\r\nList-Unsubscribe: <",
            "\r\nLIST-unsubscribe: \r\n =?utf-8?q?x?= <",
            [say("email.headers", "text", name="list-unsubscribe")],
        ),
        "code elsewhere": ("\r\nList-Unsubscribe: <", "\r\nX-Name: =?utf-8?q?x?=\r\nList-Unsubscribe: <", []),
        "a click that is nobody's": (
            "\r\nTo: ",
            "\r\nList-Unsubscribe-Post: One-Click\r\nTo: ",
            [say("email.headers", "link", name="list-unsubscribe-post", found=("One-Click",))],
        ),
        "mixed": (
            "multipart/alternative",
            "multipart/mixed",
            [say("email.parts", "part", type="multipart/mixed", found=("text/plain", "text/html"))],
        ),
        "a character set": (
            'text/html; charset="utf-8"',
            'text/html; charset="iso-8859-1"',
            [say("email.parts", "charset", type="text/html", found="iso-8859-1")],
        ),
        "in capitals": ('text/html; charset="utf-8"', 'text/html; charset="UTF-8"', []),
        "a bare line feed": ("\r\nTo: ", "\nTo: ", [say("email.lines", "line")]),
        "a long line": (
            "\r\nTo: ",
            "\r\nX: " + "x" * 996 + "\r\nTo: ",
            [say("email.lines", "size", size=999, limit=998)],
        ),
        "the longest line": ("\r\nTo: ", "\r\nX: " + "x" * 995 + "\r\nTo: ", []),
        "a bare carriage return": ("$", "\r", [say("email.lines", "line")]),
    },
    "rss": {
        "another version": ('version="2.0"', 'version="0.91"', [say("feed.required", "edition", wanted="RSS 2.0")]),
        "no title": ("<title>The Wire[^<]*</title>", "", [say("feed.required", "feed", element="title")]),
        "no description": (
            "<description>.*?</description>",
            "",
            [say("feed.required", "feed", element="description")],
        ),
        "no self": ('rel="self"', 'rel="x"', [say("feed.required", "link")]),
        "something behind": ("</channel>", "<docs>https://a.example/</docs></channel>", [say("feed.order", "feed")]),
        "a built date": (
            "<lastBuildDate>Mon",
            "<lastBuildDate>Mo",
            [say("feed.date", "date", found="Mo, 17 Feb 2025 09:00:00 +0100")],
        ),
        "an editor": (
            "<language>",
            "<managingEditor>x</managingEditor><language>",
            [say("feed.required", "element", element="managingEditor")],
        ),
        "an item's title": (
            "(<item>.*<title>)[^<]*",
            r"\1 ",
            [say("feed.required", "article", headline="tag:wire.example,2025-02-14:defence/story-1", element="title")],
        ),
        "an item's author": (
            "(.*)<guid",
            r"\1<author>Ada Lane</author><guid",
            [say("feed.required", "element", headline="Story 1", element="author")],
        ),
        "an item's link": (
            "(.*<link>https://paper.example/st)o",
            r"\1ö",
            [say("feed.address", "link", headline="Story 1", found="https://paper.example/störy-1?x=1&y=2")],
        ),
        "an item's guid": (
            '(.*)isPermaLink="false"',
            r'\1isPermaLink="true"',
            [say("feed.id", "link", headline="Story 1", found="tag:wire.example,2025-02-14:defence/story-1")],
        ),
        "an item's guid without a word": (
            '(.*) isPermaLink="false"',
            r"\1",
            [say("feed.id", "link", headline="Story 1", found="tag:wire.example,2025-02-14:defence/story-1")],
        ),
        "an item's date": (
            "(.*<pubDate>[^<]*)0100",
            r"\g<1>010",
            [
                say("feed.date", "date", headline="Story 1", found="Fri, 14 Feb 2025 08:59:59 +010"),
                say(
                    "feed.date",
                    "published",
                    headline="Story 1",
                    wanted="2025-02-14T07:59:59+00:00",
                    found="Fri, 14 Feb 2025 08:59:59 +010",
                ),
            ],
        ),
        "an enclosure's address": (
            '(<enclosure[^>]*) url="[^"]*"',
            r"\1",
            [say("feed.required", "attribute", headline="Story 1", element="enclosure", attribute="url")],
        ),
        "an enclosure's type": (
            '(<enclosure[^>]*) type="[^"]*"',
            r"\1",
            [say("feed.required", "attribute", headline="Story 1", element="enclosure", attribute="type")],
        ),
        "an enclosure's length": (
            '(<enclosure[^>]*) length="[^"]*"',
            r'\1 length=""',
            [say("feed.required", "attribute", headline="Story 1", element="enclosure", attribute="length")],
        ),
        "a source's address": (
            '(.*<source) url="[^"]*"',
            r"\1",
            [say("feed.required", "attribute", headline="Story 1", element="source", attribute="url")],
        ),
        "a script": (
            "&lt;h3&gt;First",
            "&lt;h3 onclick=&quot;x&quot;&gt;First",
            [say("feed.markup", "attribute", headline="Story 1", element="h3", attribute="onclick")],
        ),
        "a style": (
            "&lt;h3&gt;First",
            "&lt;h3 style=&quot;x&quot;&gt;First",
            [say("feed.markup", "attribute", headline="Story 1", element="h3", attribute="style")],
        ),
        "an element": (
            "&lt;h3&gt;First",
            "&lt;math&gt;&lt;/math&gt;&lt;h3&gt;First",
            [say("feed.markup", "element", headline="Story 1", element="math")],
        ),
        "a relative address": (
            "&lt;h3&gt;First",
            "&lt;h3&gt;&lt;a href=&quot;/a&quot;&gt;&lt;/a&gt;First",
            [say("feed.address", "text", headline="Story 1", found="/a")],
        ),
        "a relative picture": (
            "&lt;h3&gt;First",
            "&lt;h3&gt;&lt;img src=&quot;a.png&quot;&gt;First",
            [say("feed.address", "text", headline="Story 1", found="a.png")],
        ),
    },
    "atom": {
        "no id": ("<id>[^<]*</id>", "", [say("feed.required", "feed", element="id")]),
        "no title": ("<title>[^<]*</title>", "", [say("feed.required", "feed", element="title")]),
        "no date": (
            "<updated>[^<]*</updated>",
            "",
            [say("feed.required", "feed", element="updated"), say("feed.date", "date")],
        ),
        "no self": ('rel="self"', 'rel="via"', [say("feed.required", "link")]),
        "a date": ("(<updated>[^<]*)Z", r"\1+00:00", [say("feed.date", "date", found="2025-02-17T08:00:00+00:00")]),
        "something behind": ("</feed>", "<rights>x</rights></feed>", [say("feed.order", "feed")]),
        "an entry's title": (
            "(.*<entry>.*?<title>)[^<]*",
            r"\1 ",
            [say("feed.required", "article", headline="tag:wire.example,2025-02-14:defence/story-1", element="title")],
        ),
        "an entry's date": (
            "(.*<entry>.*?<updated>[^<]*)Z",
            r"\1",
            [
                say("feed.date", "date", headline="Story 1", found="2025-02-17T08:00:00"),
                say(
                    "feed.date",
                    "updated",
                    headline="Story 1",
                    wanted="2025-02-17T08:00:00+00:00",
                    found="2025-02-17T08:00:00",
                ),
            ],
        ),
        "an entry's first date": (
            "(.*<published>[^<]*)Z",
            r"\1",
            [
                say("feed.date", "date", headline="Story 1", found="2025-02-14T07:59:59"),
                say(
                    "feed.date",
                    "published",
                    headline="Story 1",
                    wanted="2025-02-14T07:59:59+00:00",
                    found="2025-02-14T07:59:59",
                ),
            ],
        ),
        "an entry's authors": (
            "(<entry>.*?<entry>.*?)<author>.*</author>",
            r"\1",
            [say("feed.required", "article", headline="Story 1", element="author")],
        ),
        "an entry's summary": (
            "(.*)<summary[^>]*>.*?</summary>",
            r"\1",
            [say("feed.required", "article", headline="Story 1", element="summary")],
        ),
        "an entry's content": (
            "(.*)<content[^>]*>.*?</content>",
            r"\1",
            [say("feed.required", "article", headline="Story 1", element="content")],
        ),
        "an entry's type": ('(.*<content )type="html"', r"\1", [say("feed.required", "text", headline="Story 1")]),
        "an entry's id": (
            "(.*<id>)tag:",
            r"\1",
            [say("feed.id", "article", headline="Story 1", found="wire.example,2025-02-14:defence/story-1")],
        ),
        "a contributor's name": (
            r"(.*<contributor>\s*<name>)[^<]*",
            r"\1 ",
            [say("feed.required", "name", headline="Story 1", element="name")],
        ),
    },
    "json": {
        "another version": ("version/1.1", "version/1", [say("feed.required", "edition", wanted="JSON Feed 1.1")]),
        "no title": ('^{(.*?)"title": "[^"]*",', r"{\1", [say("feed.required", "feed", element="title")]),
        "no page": ('"home_page_url": "[^"]*",', "", [say("feed.required", "feed", element="home_page_url")]),
        "no address": (
            '"feed_url": "[^"]*"',
            '"feed_url": 1',
            [
                say("feed.required", "feed", element="feed_url"),
                say("feed.links", "address", relation="self", found="1"),
            ],
        ),
        "an item that is none": (r'"items": \[', '"items": [7, ', [say("feed.required", "data")]),
        "an item's text": (
            '(.*)"content_html": ',
            r'\1"x": ',
            [say("feed.required", "article", headline="Story 1", element="content_html")],
        ),
        "an item's date": (
            r'(.*"date_published": "[^"]*)\+00:00',
            r"\1",
            [
                say("feed.date", "date", headline="Story 1", found="2025-02-14T07:59:59"),
                say(
                    "feed.date",
                    "published",
                    headline="Story 1",
                    wanted="2025-02-14T07:59:59+00:00",
                    found="2025-02-14T07:59:59",
                ),
            ],
        ),
        "an item's last date": (
            r'(.*"date_modified": "[^"]*)\+00:00',
            r"\1",
            [
                say("feed.date", "date", headline="Story 1", found="2025-02-17T08:00:00"),
                say(
                    "feed.date",
                    "updated",
                    headline="Story 1",
                    wanted="2025-02-17T08:00:00+00:00",
                    found="2025-02-17T08:00:00",
                ),
            ],
        ),
        "an item's addresses": (
            '"(external_)?url": "https://paper[^"]*',
            r'"\1url": "/a',
            [say("feed.address", "link", headline="Story 7", found="/a")],
        ),
    },
}


@pytest.mark.parametrize(("format", "fault"), [(format, fault) for format in FAULTS for fault in FAULTS[format]])  # noqa: A001
def test_a_fault_is_told_with_its_subject_and_values(format: str, fault: str) -> None:  # noqa: A002
    pattern, new, wanted = FAULTS[format][fault]
    family = "email." if format in nouns.MESSAGES else "feed."
    body, times = re.subn(pattern, new, nouns.body(format, ISSUE).decode(), count=1, flags=re.DOTALL | re.IGNORECASE)
    assert times
    found = [one for one in judge(format, body.encode(), ISSUE) if one.rule.startswith(family)]
    assert [(one.rule, one.subject, dict(one.values)) for one in found] == wanted
    assert {one.place.edition for one in found} <= {"edition"}


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"intro": LINK}, Place(file="issues/defence/issue.md")),
        (
            {"sections": (Section(title="A", articles=(nouns.article(),)), Section(title="B", intro=LINK))},
            Place(file="issues/defence/issue.md", key="sections[2].intro"),
        ),
        (
            {"sections": (Section(title="A", articles=(nouns.article(content=LINK),)),)},
            Place(file="issues/defence/story-1.html"),
        ),
    ],
)
def test_an_address_is_judged_wherever_it_stands(fields: dict[str, Any], place: Place) -> None:
    found = check.findings(replace(ISSUE, **fields), (), BY)
    assert [(one.rule, one.place) for one in found if one.rule.startswith("links.")] == [("links.relative", place)]


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_a_date_may_have_space_around_it(format: str) -> None:  # noqa: A002
    pattern = rb"(<(?:pubDate|lastBuildDate|published|updated)>)([^<]*)"
    body, times = re.subn(pattern, rb"\1\n  \2\n", nouns.body(format, ISSUE))
    assert times > 2
    assert judge(format, body, ISSUE) == []


@pytest.mark.parametrize("size", [0, 39, 40, 130, 131])
def test_how_long_a_preheader_is(size: int) -> None:
    found = [one for one in check.findings(replace(ISSUE, preheader="x" * size), (), BY) if one.rule[:5] == "email"]
    place = Place(file="issues/defence/issue.md", key="preheader")
    wanted = [] if size in {40, 130} else [("email.preheader", "text", {"size": size} if size else {}, place)]
    assert [(one.rule, one.subject, dict(one.values), one.place) for one in found] == wanted


@pytest.mark.parametrize("size", [70, 71])
def test_how_long_a_subject_is(size: int) -> None:
    found = [one for one in check.findings(replace(ISSUE, title="x" * size), (), BY) if one.rule[:5] == "email"]
    place = Place(file="issues/defence/issue.md", key="title")
    wanted = [] if size == 70 else [("email.subject", "title", {"size": 71, "key": "title"}, place)]
    assert [(one.rule, one.subject, dict(one.values), one.place) for one in found] == wanted


@pytest.mark.parametrize(
    ("field", "empty", "rule", "key"),
    [
        ("sender", "", "email.sender", "email.from"),
        ("unsubscribe", (), "email.unsubscribe", "email.unsubscribe"),
        ("postal_address", "", "email.postal-address", "email.postal_address"),
    ],
)
def test_what_a_sender_says_of_itself(field: str, empty: object, rule: str, key: str) -> None:
    by = nouns.publication(email=replace(nouns.MAILING, **{field: empty}))  # type: ignore[arg-type]
    found = [one for one in check.findings(ISSUE, (), by) if one.rule[:5] == "email"]
    assert [(one.rule, one.subject, one.place) for one in found] == [
        (rule, "address", Place(file="dispatch.toml", key=key))
    ]


@pytest.mark.parametrize("name", ["ink", "soft", "accent"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_colour_that_is_not_seen_is_told_by_its_key(scheme: str, name: str) -> None:
    colours = {"light": LIGHT, "dark": Theme().dark}[scheme]
    theme = replace(Theme(), **{scheme: replace(colours, **{name: colours.paper})})  # type: ignore[arg-type]
    found = [one for one in check.findings(ISSUE, (), nouns.publication(theme=theme)) if one.rule[:5] == "email"]
    place = Place(file="dispatch.toml", key=f"theme.{'dark.' if scheme == 'dark' else ''}{name}")
    values = {"scheme": scheme, "name": name, "found": "1.0"}
    assert [(one.rule, one.subject, dict(one.values), one.place) for one in found] == [
        ("email.contrast", "colour", values, place)
    ]


def test_an_id_that_comes_twice_is_told_with_how_often() -> None:
    body = re.sub("story-7</id>", "story-1</id>", nouns.body("atom", ISSUE).decode())
    found = [one for one in judge("atom", body.encode(), ISSUE) if one.rule == "feed.id"]
    assert [(one.subject, dict(one.values)) for one in found] == [("id", {"id": STORY.id, "count": 2})]


@pytest.mark.parametrize("more", [0, 1])
def test_a_feed_has_an_end(more: int) -> None:
    body = nouns.body("rss", ISSUE)
    body = body.replace(b"<channel>", b"<channel>" + b" " * (5_000_000 - len(body) + more))
    found = [one for one in judge("rss", body, ISSUE) if one.rule == "feed.size"]
    wanted = [("size", {"size": 5_000_001, "limit": 5_000_000})] * more
    assert [(one.subject, dict(one.values)) for one in found] == wanted


def test_a_feed_without_items_is_told() -> None:
    found = judge("json", b'{"version": "https://jsonfeed.org/version/1.1"}', ISSUE)
    facts = [(one.subject, one.get_value("element")) for one in found if one.rule == "feed.required"]
    assert facts == [("feed", key) for key in ("title", "home_page_url", "feed_url", "items")]


@pytest.mark.parametrize("name", ["id", "title", "updated"])
def test_the_origin_of_an_entry_has(name: str) -> None:
    origin = replace(STORY.source, feed_id="tag:paper.example,2020:feed", feed_updated=nouns.DATE)
    issue = nouns.issue(replace(STORY, source=origin))
    body = re.sub(f"(<source>.*?)<{name}>[^<]*</{name}>", r"\1", nouns.body("atom", issue).decode(), flags=re.DOTALL)
    found = [one for one in judge("atom", body.encode(), issue) if one.rule == "feed.required"]
    facts = [(one.subject, dict(one.values)) for one in found]
    assert facts == [("source", {"headline": "Story 1", "element": name})]
