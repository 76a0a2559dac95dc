"""Feeds: credit as readers show it, the elements that each format asks for, and feedgen's defects, one test a row."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from html import unescape
from urllib.parse import urljoin
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

import nouns
from dispatch import __version__, html, render
from dispatch.errors import RenderError
from dispatch.model import (
    Article,
    Author,
    Correction,
    Enclosure,
    FeedSettings,
    Image,
    Issue,
    Section,
    Source,
    Syndicate,
    Theme,
)
from formats import reading
from formats.reading import ATOM, CONTENT, DC, XML
from thorough import scale

TWO = (
    Author(name="Ada Lane", url="https://people.example/ada"),
    Author(name="Jón Þór", url="https://people.example/jon"),
)
MEDIA = "{http://search.yahoo.com/mrss/}"
ORIGINAL = FeedSettings(dates="original")
LOGO = nouns.publication(title="R&D <Wire>", theme=Theme(logo="https://wire.example/logo.png"))


def rss(*articles: Article, **values: object) -> ElementTree.Element:
    channel = ElementTree.fromstring(nouns.body("rss", nouns.issue(*articles), nouns.publication(**values))).find(
        "channel"
    )
    assert channel is not None
    return channel


def atom(*articles: Article, **values: object) -> ElementTree.Element:
    return ElementTree.fromstring(nouns.body("atom", nouns.issue(*articles), nouns.publication(**values)))


def json_feed(*articles: Article, **values: object) -> dict[str, object]:
    made = json.loads(nouns.body("json", nouns.issue(*articles), nouns.publication(**values)))
    assert isinstance(made, dict)
    return made


def texts(parent: ElementTree.Element, path: str) -> list[str]:
    return [element.text or "" for element in parent.findall(path)]


# Credit


def test_rss_joins_the_names_in_one_creator() -> None:
    item = rss(nouns.article(authors=TWO)).find("item")
    assert item is not None
    assert texts(item, f"{DC}creator") == ["Ada Lane, Jón Þór"]


def test_rss_has_no_author_and_no_managing_editor() -> None:
    feed = rss(nouns.article(authors=(Author(name="Ada", email="ada@people.example"),)))
    assert not feed.findall(".//author")
    assert not feed.findall(".//managingEditor")
    assert not feed.findall(".//webMaster")
    assert b"ada@people.example" not in ElementTree.tostring(feed)


def test_atom_joins_the_names_in_one_author_and_lists_each_as_contributor() -> None:
    entry = atom(nouns.article(authors=TWO)).find(f"{ATOM}entry")
    assert entry is not None
    assert texts(entry, f"{ATOM}author/{ATOM}name") == ["Ada Lane, Jón Þór"]
    assert texts(entry, f"{ATOM}author/{ATOM}uri") == []
    assert texts(entry, f"{ATOM}contributor/{ATOM}name") == ["Ada Lane", "Jón Þór"]
    assert texts(entry, f"{ATOM}contributor/{ATOM}uri") == [author.url for author in TWO]


def test_json_lists_authors_with_address_and_portrait() -> None:
    people = (replace(TWO[0], avatar="https://people.example/ada.png"), Author(name="The staff"))
    (item,) = reading.items(json.dumps(json_feed(nouns.article(authors=people))).encode())
    assert item["authors"] == [
        {"name": "Ada Lane", "url": "https://people.example/ada", "avatar": "https://people.example/ada.png"},
        {"name": "The staff"},
    ]


def test_json_for_old_readers_gives_all_names_and_nobodys_address() -> None:
    (item,) = reading.items(json.dumps(json_feed(nouns.article(authors=TWO))).encode())
    assert item["author"] == {"name": "Ada Lane, Jón Þór"}
    (item,) = reading.items(json.dumps(json_feed(nouns.article(authors=TWO[:1]))).encode())
    assert item["author"] == {"name": "Ada Lane", "url": "https://people.example/ada"}


def test_no_author_on_the_feed() -> None:
    assert not atom(nouns.article()).findall(f"{ATOM}author")
    assert "authors" not in json_feed(nouns.article())
    assert "author" not in json_feed(nouns.article())


def test_separate_elements_when_asked_for() -> None:
    separate = FeedSettings(authors="separate")
    item = rss(nouns.article(authors=TWO), feeds=separate).find("item")
    entry = atom(nouns.article(authors=TWO), feeds=separate).find(f"{ATOM}entry")
    assert item is not None
    assert entry is not None
    assert texts(item, f"{DC}creator") == ["Ada Lane", "Jón Þór"]
    assert texts(entry, f"{ATOM}author/{ATOM}name") == ["Ada Lane", "Jón Þór"]
    assert texts(entry, f"{ATOM}author/{ATOM}uri") == [author.url for author in TWO]


def test_the_origin_stands_in_for_an_unknown_author() -> None:
    unknown = nouns.article(authors=())
    item, entry = rss(unknown).find("item"), atom(unknown).find(f"{ATOM}entry")
    assert item is not None
    assert entry is not None
    assert texts(item, f"{DC}creator") == ["The Paper"]
    assert texts(entry, f"{ATOM}author/{ATOM}name") == ["The Paper"]
    assert texts(entry, f"{ATOM}author/{ATOM}uri") == ["https://paper.example/"]
    assert not entry.findall(f"{ATOM}contributor")
    (listed,) = reading.items(json.dumps(json_feed(unknown)).encode())
    assert listed["authors"] == [{"name": "The Paper", "url": "https://paper.example/"}]


def test_the_curator_is_never_the_author() -> None:
    nobody = nouns.article(authors=(), source=Source(url="https://nameless.example/", syndicate="full"))
    item, entry = rss(nobody).find("item"), atom(nobody).find(f"{ATOM}entry")
    assert item is not None
    assert entry is not None
    assert not item.findall(f"{DC}creator")
    # RFC 4287 asks for one: the publication as itself, with no address that is another's.
    assert texts(entry, f"{ATOM}author/{ATOM}name") == ["The Wire"]
    assert texts(entry, f"{ATOM}author/{ATOM}uri") == []
    (listed,) = reading.items(json.dumps(json_feed(nobody)).encode())
    assert "authors" not in listed
    for octets in nouns.bodies(nouns.issue(nobody)).values():
        assert b"The curator" not in octets


@pytest.mark.parametrize("format", nouns.FEEDS)
def test_byline_credits_source_and_read_more_stand_in_the_body(format: str) -> None:  # noqa: A002
    (body,) = reading.feed_bodies(format, nouns.body(format, nouns.issue(nouns.rich())))
    shown = reading.entry(body)
    assert "By Ada Lane, Jón Þór and The staff in The Paper" in shown.words
    assert "translated by Tove Quist" in shown.words
    assert "photo by Phil Moss" in shown.words
    assert "Read “Story 1”" in shown.words
    assert "CC BY 4.0" in shown.words
    assert "wrong city" in shown.words


# RSS 2.0


def test_rss_channel() -> None:
    feed = rss(nouns.article())
    order = [element.tag for element in feed]
    assert order.index("item") == len(order) - 1
    assert feed.findtext("title") == "The Wire: Who pays for defence"
    assert feed.findtext("link") == "https://wire.example/issues/defence/"
    assert feed.findtext("description") == "What the alliance did this week"
    assert feed.findtext("language") == "en"
    assert feed.findtext("docs") == "https://www.rssboard.org/rss-specification"
    assert (feed.findtext("generator") or "").startswith("dispatch")
    (itself,) = feed.findall(f"{ATOM}link[@rel='self']")
    assert itself.attrib == {
        "href": "https://wire.example/issues/defence/feed.xml",
        "rel": "self",
        "type": "application/rss+xml",
    }


def test_rss_item_in_the_order_that_readers_want() -> None:
    item = rss(nouns.rich()).find("item")
    assert item is not None
    order = [element.tag for element in item]
    assert order.index("link") < order.index(f"{ATOM}link")
    assert order.index("description") < order.index(f"{CONTENT}encoded")
    assert {name for name in order if order.count(name) > 1} == {"category", f"{MEDIA}credit"}
    assert item.findtext("guid") == "tag:wire.example,2025-02-14:defence/story-1"
    assert item.findtext("pubDate") == "Fri, 14 Feb 2025 09:00:00 +0100"
    assert texts(item, "category") == ["bridges", "R&D", "Europe"]
    assert item.findall("category")[2].get("domain") == "https://wire.example/sections/"
    source = item.find("source")
    assert source is not None
    assert (source.text, source.attrib) == ("The Paper", {"url": "https://paper.example/"})


def test_rss_guid_is_a_permalink_only_when_it_is_the_link() -> None:
    same = "https://paper.example/story?x=1&y=2"
    items = rss(nouns.article(1), nouns.article(2, id=same, url=same)).findall("item")
    guids = [item.find("guid") for item in items]
    assert [guid.get("isPermaLink") for guid in guids if guid is not None] == ["false", "true"]
    assert items[1].findtext("guid") == same


def test_rss_guid_is_no_permalink_when_the_link_was_rewritten_in_ascii() -> None:
    same = "https://paper.example/größe"
    guid = rss(nouns.article(id=same, url=same)).find("item/guid")
    assert guid is not None
    assert (guid.text, guid.get("isPermaLink")) == (same, "false")


def test_rss_image_matches_the_channel() -> None:
    octets = nouns.body("rss", nouns.issue(nouns.article(), title="1 < 2"), LOGO)
    feed = ElementTree.fromstring(octets).find("channel")
    assert feed is not None
    titles = re.findall(rb"<title>(.*)</title>", octets.partition(b"<item>")[0])
    assert titles == [b"R&#x26;D &#x3C;Wire&gt;: 1 &#x3C; 2"] * 2
    assert feed.findtext("title") == "R&D <Wire>: 1 < 2"
    assert feed.findtext("image/title") == feed.findtext("title")
    assert feed.findtext("image/link") == feed.findtext("link")
    assert feed.findtext("image/url") == "https://wire.example/logo.png"
    drawn = rss(nouns.article()).find("image")
    assert drawn is not None
    assert drawn.findtext("url") == "https://wire.example/icon.png"


def test_rss_addresses_of_a_publication_with_umlauts_are_ascii() -> None:
    feed = rss(nouns.article(), url="https://drähte.example")
    assert feed.findtext("link") == "https://xn--drhte-hra.example/issues/defence/"
    assert all((link.get("href") or "").isascii() for link in feed.findall(f"{ATOM}link"))


@pytest.mark.parametrize(
    "enclosure",
    [
        Enclosure(url="https://cdn.example/a.mp3"),
        Enclosure(url="https://cdn.example/a.mp3", type="audio/mpeg"),
        Enclosure(url="https://cdn.example/a.mp3", length=5),
    ],
)
def test_an_enclosure_that_is_not_wholly_known_is_left_out_of_rss_alone(enclosure: Enclosure) -> None:
    """RSS gets the first that is; Atom needs to know nothing but the address."""
    whole = Enclosure(url="https://cdn.example/b.mp3", type="audio/mpeg", length=7)
    assert not rss(nouns.article(enclosures=(enclosure,))).findall(".//enclosure")
    article = nouns.article(enclosures=(enclosure, whole, replace(whole, url="https://cdn.example/c.mp3")))
    assert [one.get("url") for one in rss(article).findall(".//enclosure")] == [whole.url]
    linked = atom(article).findall(f".//{ATOM}link[@rel='enclosure']")
    assert [one.get("href") for one in linked] == [one.url for one in article.enclosures]
    assert linked[0].get("type", "") == enclosure.type
    assert linked[0].get("length") == (None if enclosure.length is None else str(enclosure.length))


def test_an_enclosure_of_no_bytes_is_known() -> None:
    article = nouns.article(enclosures=(Enclosure(url="https://cdn.example/a.mp3", type="audio/mpeg", length=0),))
    assert [element.get("length") for element in rss(article).findall(".//enclosure")] == ["0"]


TITLES = [
    "<b>bold</b>",
    "AT&T",
    "1 < 2 && 3 > 2",
    "&amp;",
    "&lt;i&gt;",
    "<",
    "&",
    "<<a",
    "a&",
    "]]>",
    "<!-- -->",
    "&#x26;",
]


@pytest.mark.parametrize("title", TITLES)
def test_rss_title_with_markup_characters(title: str) -> None:
    octets = nouns.body("rss", nouns.issue(nouns.article(title=title)))
    assert ElementTree.fromstring(octets).findtext("channel/item/title") == title
    (raw,) = re.findall(r"<item>\s*<title>(.*?)</title>", octets.decode(), re.DOTALL)
    # Hexadecimal references, one level: what the validator asks for.
    assert raw == title.replace("&", "&#x26;").replace("<", "&#x3C;").replace(">", "&gt;")


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("format", ["atom", "json"])
def test_title_as_plain_text(format: str, title: str) -> None:  # noqa: A002
    octets = nouns.body(format, nouns.issue(nouns.article(title=title)))
    if format == "atom":
        (entry,) = reading.atom(octets)
        element = entry.find(f"{ATOM}title")
        assert element is not None
        assert (element.text, element.get("type", "text")) == (title, "text")
    else:
        assert reading.items(octets)[0]["title"] == title


# Text about markup
HONEST = [
    *TITLES,
    "How <img src=x onerror=alert(1)> is written",
    "<script>alert(1)</script> runs, <b>bold</b> does not",
    "R&amp;D, &lt;i&gt;, &notit; and &#60;",
    "<!-- a comment --> <![CDATA[ and a section ]]>",
    "One paragraph.\n\nAnother <p>one</p>.",
]


def words_of(description: str) -> str:
    """What a reader shows of HTML, which must be words alone."""
    root = reading.document(description, fragment=True).root
    assert not [node.name for node in reading.nodes(root)]
    return root.to_text(separator="", strip=False)


@pytest.mark.parametrize("text", HONEST)
def test_rss_description_is_html_that_says_the_text(text: str) -> None:
    channel = rss(nouns.article(dek=text), description=text)
    for path in ("description", "item/description"):
        assert words_of(channel.findtext(path) or "").strip() == text


@pytest.mark.parametrize("format", ["rss", "atom"])
@pytest.mark.parametrize("text", HONEST)
def test_feedparser_shows_every_word_of_a_description(format: str, text: str) -> None:  # noqa: A002
    """It takes what it calls HTML for HTML and sanitises it: what looks like a tag would be gone."""
    issue, by = nouns.issue(nouns.article(dek=text)), nouns.publication(description=text)
    parsed = feedparser.parse(nouns.body(format, issue, by))
    for detail in (parsed.entries[0].summary_detail, parsed.feed.subtitle_detail):
        shown = words_of(detail.value) if detail.type == "text/html" else detail.value
        assert " ".join(shown.split()) == " ".join(text.split())


@pytest.mark.parametrize("text", HONEST)
def test_what_json_feed_calls_plain_text_is_plain(text: str) -> None:
    feed = json_feed(nouns.article(dek=text), description=text)
    assert feed["description"] == text
    assert reading.items(json.dumps(feed).encode())[0]["summary"] == text


printable = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1).filter(str.strip)


@settings(max_examples=scale(50))
@given(text=st.lists(st.sampled_from(["<", "&", ">", "</", "<img ", "lt;", "#x3C;", "]]>"]) | printable).map("".join))
def test_whatever_a_description_says_is_no_markup(text: str) -> None:
    text = html.remove_illegal_characters(text)
    channel = rss(nouns.article(dek=f"x{text}"), description=f"x{text}")
    for path in ("description", "item/description"):
        assert words_of(channel.findtext(path) or "").split() == f"x{text}".split()


# Atom


def test_atom_feed() -> None:
    feed = atom(nouns.article())
    assert feed.findtext(f"{ATOM}id") == "tag:wire.example,2025-02-14:defence"
    assert feed.get(f"{XML}lang") == "en"
    assert feed.findtext(f"{ATOM}icon") == "https://wire.example/icon.png"
    links = {(link.get("rel"), link.get("type")): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {
        ("self", "application/atom+xml"): "https://wire.example/issues/defence/feed.atom",
        ("alternate", "text/html"): "https://wire.example/issues/defence/",
    }
    order = [element.tag for element in feed]
    assert order.index(f"{ATOM}entry") == len(order) - 1


SOURCE = Source(
    title="The Paper",
    url="https://paper.example/",
    feed="https://paper.example/feed",
    feed_id="tag:paper.example,2001:feed",
    feed_updated=datetime(2025, 2, 1, tzinfo=UTC),
    syndicate="full",
    license="CC-BY-4.0",
)


def test_atom_source_is_whole_and_last() -> None:
    entry = atom(nouns.rich(source=SOURCE)).find(f"{ATOM}entry")
    assert entry is not None
    source = entry[-1]
    assert source.tag == f"{ATOM}source"
    assert [(child.tag.removeprefix(ATOM), child.text or child.get("href")) for child in source] == [
        ("id", "tag:paper.example,2001:feed"),
        ("title", "The Paper"),
        ("updated", "2025-02-13T08:00:00Z"),  # when the article was first published
        ("link", "https://paper.example/"),
        ("link", "https://paper.example/feed"),
        ("rights", "CC BY 4.0"),
    ]


@pytest.mark.parametrize("missing", [{"feed_id": "", "feed": "", "url": ""}, {"title": ""}, {"feed_updated": None}])
def test_atom_source_only_when_id_title_and_updated_are_known(missing: dict[str, object]) -> None:
    source = replace(SOURCE, **missing)  # type: ignore[arg-type]
    assert not atom(nouns.article(source=source, published=None)).findall(f".//{ATOM}source")


def test_atom_source_has_the_feed_or_the_site_as_its_id_where_the_feed_has_none() -> None:
    for source in (replace(SOURCE, feed_id=""), replace(SOURCE, feed_id="", feed="")):
        found = atom(nouns.article(source=source)).findtext(f".//{ATOM}source/{ATOM}id")
        assert found == source.feed or source.url


def test_atom_content_is_escaped_html() -> None:
    entry = atom(nouns.article(content="<p>a\u00a0b &lt; c</p>")).find(f"{ATOM}entry")
    assert entry is not None
    content = entry.find(f"{ATOM}content")
    assert content is not None
    assert content.get("type") == "html"
    assert "<p>a\u00a0b &lt; c</p>" in (content.text or "")
    assert entry.findtext(f"{ATOM}summary")


def test_atom_entry_links_keep_rel_and_type() -> None:
    entry = atom(nouns.rich()).find(f"{ATOM}entry")
    assert entry is not None
    assert [link.attrib for link in entry.findall(f"{ATOM}link")] == [
        {"href": "https://paper.example/story-1?x=1&y=2", "rel": "alternate", "type": "text/html"},
        {"rel": "enclosure", "href": "https://cdn.example/1.mp3", "type": "audio/mpeg", "length": "1234"},
        {"rel": "license", "href": "https://creativecommons.org/licenses/by/4.0/"},
    ]


# Dates


def test_dates_are_utc_with_whole_seconds() -> None:
    moment = datetime(2025, 2, 12, 19, 35, 11, 999_999, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    article = nouns.article(published=moment)
    assert rss(article, feeds=ORIGINAL).findtext("item/pubDate") == "Wed, 12 Feb 2025 15:05:11 +0100"
    assert atom(article, feeds=ORIGINAL).findtext(f"{ATOM}entry/{ATOM}published") == "2025-02-12T14:05:11Z"
    (item,) = reading.items(json.dumps(json_feed(article, feeds=ORIGINAL)).encode())
    assert item["date_published"] == "2025-02-12T14:05:11+00:00"


def test_an_entry_is_dated_with_its_issue_in_the_order_of_the_issue() -> None:
    """Whenever its original was: readers sort by date. That date is in the byline, and there for machines."""
    old, changed = datetime(2019, 5, 1, tzinfo=UTC), datetime(2025, 3, 1, tzinfo=UTC)
    corrected = Correction(date=datetime(2025, 2, 20, tzinfo=UTC), text="It was Tuesday.")
    articles = [
        nouns.article(1, published=old, updated=changed, source=SOURCE),
        nouns.article(2, published=None),
        nouns.article(3, corrections=(corrected,)),
    ]
    dates = [f"2025-02-14T{time}Z" for time in ("08:00:00", "07:59:59", "07:59:58")]
    updates = [*dates[:2], "2025-02-20T00:00:00Z"]
    feed = atom(*articles)
    assert texts(feed, f"{ATOM}entry/{ATOM}published") == dates
    assert texts(feed, f"{ATOM}entry/{ATOM}updated") == updates
    assert texts(feed, f"{ATOM}updated") == updates[2:]
    assert texts(feed, f"{ATOM}entry/{ATOM}source/{ATOM}updated")[0] == "2019-05-01T00:00:00Z"
    found = [parsedate_to_datetime(said) for said in texts(rss(*articles), "item/pubDate")]
    assert found == [datetime.fromisoformat(date) for date in dates]
    assert texts(rss(*articles), f"item/{ATOM}updated") == updates
    items = reading.items(json.dumps(json_feed(*articles)).encode())
    assert [item["date_published"] for item in items] == [date.replace("Z", "+00:00") for date in dates]
    assert [item["date_modified"] for item in items] == [date.replace("Z", "+00:00") for date in updates]
    said = [item["_dispatch"] for item in items]
    assert said[0]["date_first_published"] == "2019-05-01T00:00:00+00:00"
    assert "date_first_published" not in said[1]


def test_an_article_without_a_date_of_its_own_has_none_where_originals_are_wanted() -> None:
    article = nouns.article(published=None)
    assert not rss(article, feeds=ORIGINAL).findall("item/pubDate")
    entry = atom(article, feeds=ORIGINAL).find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}updated") == "2025-02-14T08:00:00Z"
    assert not entry.findall(f"{ATOM}published")
    (item,) = reading.items(json.dumps(json_feed(article, feeds=ORIGINAL)).encode())
    assert "date_published" not in item


def test_what_a_machine_asks_of_an_entry_has_its_field() -> None:
    """Picture, roles, terms and language; nobody who had another part is called an author."""
    article = nouns.rich(license="https://creativecommons.org/licenses/by-sa/4.0/", language="ar")
    item = rss(article).find("item")
    assert item is not None
    assert item.findtext(f"{DC}language") == "ar"
    assert item.findtext(f"{DC}rights") == "CC BY-SA 4.0"
    for entry in (item, atom(article).find(f"{ATOM}entry")):
        assert entry is not None
        content = entry.find(f"{MEDIA}content")
        assert content is not None
        assert article.image
        assert (content.get("url"), content.get("medium")) == (article.image.url, "image")
        assert content.findtext(f"{MEDIA}description") == article.image.alt
        roles = [(one.get("role"), one.text, one.get("scheme")) for one in entry.findall(f"{MEDIA}credit")]
        # The default scheme has photographers, and no translators; W3C's validator: InvalidCreditRole.
        schemes = {"photographer": None}
        assert roles == [
            (credit.role, credit.name, schemes.get(credit.role, "https://wire.example/")) for credit in article.credits
        ]
    licence = atom(article).find(f"{ATOM}entry/{ATOM}link[@rel='license']")
    assert licence is not None
    assert licence.get("href") == article.license
    (said,) = reading.items(json.dumps(json_feed(article)).encode())
    assert (said["_dispatch"]["license"], said["_dispatch"]["license_url"]) == ("CC BY-SA 4.0", article.license)
    assert f'<a href="{article.license}" rel="license">CC BY-SA 4.0</a>' in said["content_html"]
    assert [one["name"] for one in said["_dispatch"]["credits"]] == [one.name for one in article.credits]
    assert said["_dispatch"]["source"]["url"] == article.source.url


def test_a_correction_moves_updated_and_nothing_else() -> None:
    article = nouns.article()
    later = datetime(2025, 3, 1, 12, tzinfo=UTC)
    corrected = replace(article, corrections=(Correction(date=later, text="It was Bonn."),))
    before, after = atom(article), atom(corrected)
    for path in (f"{ATOM}updated", f"{ATOM}entry/{ATOM}updated"):
        assert after.findtext(path) == "2025-03-01T12:00:00Z" != before.findtext(path)
    for path in (f"{ATOM}entry/{ATOM}id", f"{ATOM}entry/{ATOM}published", f"{ATOM}id"):
        assert after.findtext(path) == before.findtext(path)
    built = parsedate_to_datetime(rss(corrected).findtext("lastBuildDate") or "")
    assert built == later
    assert rss(corrected).findtext("item/pubDate") == rss(article).findtext("item/pubDate")


def test_no_clock_in_an_empty_feed() -> None:
    assert rss().findtext("lastBuildDate") == "Fri, 14 Feb 2025 09:00:00 +0100"
    assert atom().findtext(f"{ATOM}updated") == "2025-02-14T08:00:00Z"


def test_years_before_1900_and_after_9000() -> None:
    for year in (1, 1066, 1899, 9999):
        nouns.bodies(nouns.issue(nouns.article(published=datetime(year, 6, 1, tzinfo=UTC))))


# JSON Feed


def test_json_feed_and_item() -> None:
    feed = json_feed(nouns.rich(language="is"), theme=Theme(logo="https://wire.example/logo.png"))
    items = feed.pop("items")
    assert isinstance(items, list)
    assert feed == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Wire: Who pays for defence",
        "home_page_url": "https://wire.example/issues/defence/",
        "feed_url": "https://wire.example/issues/defence/feed.json",
        "description": "What the alliance did this week",
        "icon": "https://wire.example/logo.png",
        "favicon": "https://wire.example/favicon.ico",
        "language": "en",
    }
    (item,) = items
    assert item["id"] == "tag:wire.example,2025-02-14:defence/story-1"
    assert item["url"] == item["external_url"] == "https://paper.example/story-1?x=1&y=2"
    assert "external_url" not in reading.items(json.dumps(json_feed(nouns.article(own=True))).encode())[0]
    assert item["summary"] == "What story 1 is about"
    assert item["image"] == "https://wire.example/picture-1.png"
    assert item["tags"] == ["bridges", "R&D"]
    assert item["language"] == "is"
    assert item["date_modified"] == "2025-02-17T08:00:00+00:00"


# Content


@pytest.mark.parametrize("format", nouns.FEEDS)
def test_content_holds_nothing_that_validators_dislike(format: str) -> None:  # noqa: A002
    for body in reading.feed_bodies(format, nouns.body(format, nouns.issue(nouns.rich(), nouns.article(2)))):
        root = ElementTree.fromstring(f"<root>{body}</root>")  # balanced
        for element in root.iter():
            assert element.tag not in {"script", "iframe", "style", "form", "object"}
            assert not {name for name in element.attrib if name == "style" or name.startswith("on")}
            for name in ("href", "src"):
                assert re.match("https?://", element.get(name, "https://"))


@pytest.mark.parametrize("format", nouns.FEEDS)
def test_what_runs_from_right_to_left_says_so_where_readers_keep_it(format: str) -> None:  # noqa: A002
    """An Arabic publication's entries whole; in an English one an Arabic article's own words."""
    arabic = nouns.rich(language="ar", content="<p>كلمة واحدة واسم.</p>", source=Source(title="P", syndicate="full"))
    here = nouns.publication(language="ar")
    (body,) = reading.feed_bodies(format, nouns.body(format, nouns.issue(replace(arabic, language="")), here))
    assert body.startswith('<div dir="rtl">')
    assert body.endswith("</div>")
    assert 'dir="rtl">' in feedparser.parse(nouns.body("rss", nouns.issue(arabic), here)).entries[0].content[0].value
    (body,) = reading.feed_bodies(format, nouns.body(format, nouns.issue(arabic)))
    assert '<div lang="ar" dir="rtl">\n<p>كلمة' in body
    assert f'<p lang="ar" dir="rtl"><em>{arabic.dek}</em></p>' in body
    (body,) = reading.feed_bodies(format, nouns.body(format, nouns.issue(nouns.rich())))
    assert "dir=" not in body.replace('<b dir="auto">', "")


def test_headings_in_an_entry_begin_at_three() -> None:
    (body,) = reading.feed_bodies("json", nouns.body("json", nouns.issue(nouns.rich())))
    assert re.findall(r"<(h\d)>([^<]*)", body) == [
        ("h3", "First heading"),
        ("h4", "Second heading"),
        ("h3", "About the authors"),
    ]


def test_a_picture_in_the_content_is_not_shown_twice() -> None:
    picture = Image(url="https://a.example/p.png?a=1&b=2", alt="x")
    inside = '<p><img src="https://a.example/p.png?a=1&amp;b=2" alt="x" /></p><p>Words here.</p>'
    near = '<p><img src="https://a.example/p.png?a=1&amp;b=2.png" alt="x" /></p>'
    for content, policy, count in ((inside, "full", 1), (near, "full", 2), (inside, "excerpt", 1)):
        article = nouns.article(image=picture, content=content, source=Source(title="P", syndicate=policy))  # type: ignore[arg-type]
        for format in nouns.FEEDS:  # noqa: A001
            (body,) = reading.feed_bodies(format, nouns.body(format, nouns.issue(article)))
            assert len(reading.entry(body).images) == count
        (page,) = reading.page(nouns.body("web", nouns.issue(article)))
        assert len(page.images) == count


# feedgen


def test_entries_stand_in_the_order_of_the_issue() -> None:
    articles = [nouns.article(n, published=nouns.DATE + timedelta(days=n % 3)) for n in range(6)]
    issue = nouns.issue(*articles)
    titles = [article.title for article in articles]
    assert [item.findtext("title") for item in reading.rss(nouns.body("rss", issue))] == titles
    assert [item.findtext(f"{ATOM}title") for item in reading.atom(nouns.body("atom", issue))] == titles
    assert [item["title"] for item in reading.items(nouns.body("json", issue))] == titles


def test_an_author_without_an_e_mail_address_does_not_vanish() -> None:
    assert rss(nouns.article()).findtext(f"item/{DC}creator") == "Ada 1"


def test_content_without_a_summary_stays_content() -> None:
    bare = nouns.article(dek="", summary="", content="<p>Only this.</p>", source=Source(syndicate="full"))
    item = rss(bare).find("item")
    assert item is not None
    assert item.findtext("description") == "Only this."
    assert "<p>Only this.</p>" in (item.findtext(f"{CONTENT}encoded") or "")


def test_the_library_is_not_named_as_the_generator() -> None:
    generator = atom().find(f"{ATOM}generator")
    assert generator is not None
    assert (generator.text, generator.get("version")) == ("dispatch", __version__)
    assert b"feedgen" not in nouns.body("rss", nouns.issue())


# The publication's own feeds


def issues() -> list[Issue]:
    return [
        nouns.issue(
            nouns.article(n),
            nouns.rich(n + 10),
            id=f"tag:wire.example,2025:{n}",
            slug=f"issue-{n}",
            title=f"Issue {n} & more",
            number=n,
            date=nouns.DATE + timedelta(days=7 * n),
            status="published",
        )
        for n in range(1, 4)
    ]


def test_the_feed_of_articles_is_newest_first_and_bounded() -> None:
    publication = nouns.publication(feeds=FeedSettings(entries=5, days=1))
    latest = nouns.feed(issues(), publication, "feed")
    feed = ElementTree.fromstring(nouns.body("atom", latest, publication))
    assert texts(feed, f"{ATOM}entry/{ATOM}title") == ["Story 3", "Story 13", "Story 2", "Story 12", "Story 1"]
    assert feed.findtext(f"{ATOM}title") == "The Wire"
    assert feed.findtext(f"{ATOM}id") == "https://wire.example/"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {
        "self": "https://wire.example/feed.atom",
        "alternate": "https://wire.example/",
        "prev-archive": "https://wire.example/archive/feed-1.atom",
    }


SITE = "https://wire.example"
HUB = "https://hub.example/"
FEEDS = FeedSettings(entries=2, each=("author",), hub=HUB)


def relations(stem: str, format: str) -> dict[str, str]:  # noqa: A002
    """The links of a feed of the site; ``archive`` when it is marked as one that does not change."""
    publication = nouns.publication(feeds=FEEDS)
    octets = nouns.body(format, nouns.feed(issues(), publication, stem), publication)
    root = ElementTree.fromstring(octets)
    head = root.find("channel") if format == "rss" else root
    assert head is not None
    found = {str(link.get("rel")): str(link.get("href")) for link in head.findall(f"{ATOM}link")}
    marks = head.findall("{http://purl.org/syndication/history/1.0}archive")
    return (
        found
        | ({"archive": ""} if marks else {})
        | ({"alternate": head.findtext("link") or ""} if format == "rss" else {})
    )


@pytest.mark.parametrize(("format", "ending"), [("rss", "xml"), ("atom", "atom")])
def test_from_the_feed_to_its_archive_and_back(format: str, ending: str) -> None:  # noqa: A002
    assert relations("feed", format) == {
        "self": f"{SITE}/feed.{ending}",
        "alternate": f"{SITE}/",
        "hub": HUB,
        "prev-archive": f"{SITE}/archive/feed-2.{ending}",
    }
    assert relations("archive/feed-2", format) == {
        "self": f"{SITE}/archive/feed-2.{ending}",
        "alternate": f"{SITE}/",
        "current": f"{SITE}/feed.{ending}",
        "prev-archive": f"{SITE}/archive/feed-1.{ending}",
        "archive": "",
    }
    assert relations("archive/feed-1", format) == {
        "self": f"{SITE}/archive/feed-1.{ending}",
        "alternate": f"{SITE}/",
        "current": f"{SITE}/feed.{ending}",
        "next-archive": f"{SITE}/archive/feed-2.{ending}",
        "archive": "",
    }
    assert relations("authors/ada-1/feed", format) == {
        "self": f"{SITE}/authors/ada-1/feed.{ending}",
        "alternate": f"{SITE}/authors/ada-1/",
        "hub": HUB,
    }


def test_a_json_feed_leads_to_its_archive_and_names_its_hub() -> None:
    publication = nouns.publication(feeds=FEEDS)
    feeds = {
        stem: json.loads(nouns.body("json", nouns.feed(issues(), publication, stem), publication))
        for stem in ("feed", "archive/feed-2", "archive/feed-1")
    }
    assert [feed.get("next_url") for feed in feeds.values()] == [
        f"{SITE}/archive/feed-2.json",
        f"{SITE}/archive/feed-1.json",
        None,
    ]
    assert [feed.get("hubs") for feed in feeds.values()] == [[{"type": "WebSub", "url": HUB}], None, None]


@pytest.mark.parametrize("stem", ["feed", "archive/feed-1", "authors/ada-1/feed"])
@pytest.mark.parametrize("format", ["rss", "atom"])
def test_a_feed_names_its_style_sheet_by_the_way_to_it(format: str, stem: str) -> None:  # noqa: A002
    publication = nouns.publication(feeds=FEEDS)
    document = etree.fromstring(nouns.body(format, nouns.feed(issues(), publication, stem), publication))
    instruction = document.getprevious()
    assert isinstance(instruction, etree._ProcessingInstruction)
    assert (instruction.target, instruction.get("type")) == ("xml-stylesheet", "text/css")
    assert urljoin(f"{SITE}/{stem}.xml", instruction.get("href")) == f"{SITE}/feed.css"


def test_what_is_rendered_alone_names_no_style_sheet() -> None:
    assert not [name for name in nouns.FEEDS if b"feed.css" in nouns.body(name, nouns.issue(nouns.article()))]


@pytest.mark.parametrize("format", nouns.FEEDS)
def test_a_feed_of_issues_comes_from_the_same_code(format: str) -> None:  # noqa: A002
    publication = nouns.publication()
    octets = nouns.body(format, nouns.feed(issues(), publication, "issues"), publication)
    bodies = [reading.entry(body) for body in reading.feed_bodies(format, octets)]
    assert len(bodies) == 3
    for n, shown in zip((3, 2, 1), bodies, strict=True):
        for article in (nouns.article(n), nouns.rich(n + 10)):
            assert shown.links.count(article.url) == 2
            assert all(author.url in shown.links for author in article.authors if author.url)
            assert all(author.name in shown.words for author in article.authors)
    if format == "rss":
        assert [item.findtext("link") for item in reading.rss(octets)] == [
            f"https://wire.example/issues/issue-{n}/" for n in (3, 2, 1)
        ]
        assert not [item for item in reading.rss(octets) if item.findtext(f"{DC}creator") == "The curator"]


# Entries that are kept


def test_an_entry_has_the_same_bytes_in_every_feed_that_holds_it() -> None:
    publication = nouns.publication(feeds=FeedSettings(entries=4))
    numbers = [replace(issue, date=issue.date) for issue in issues()]
    undated = nouns.article(40, published=None)
    numbers[0] = replace(numbers[0], sections=(Section(articles=(*numbers[0].articles, undated)),))
    kept = nouns.entries(numbers, publication)
    for format in nouns.FEEDS:  # noqa: A001
        for issue in numbers:
            own = nouns.body(format, issue, publication)
            assert own == render.render_feed(issue, publication, format, kept[format]).body
            assert all(own.count(kept[format][article.id]) == 1 for article in issue.articles)
        for stem in ("feed", "archive/feed-1"):
            page = nouns.feed(numbers, publication, stem)
            made = render.render_feed(page, publication, format, kept[format])
            assert all(made.body.count(kept[format][article.id]) == 1 for article in page.articles)
            assert made.path == stem + {"rss": ".xml", "atom": ".atom", "json": ".json"}[format]


@pytest.mark.parametrize("format", nouns.FEEDS)
def test_a_document_of_kept_entries_is_well_formed_and_indented_alike(format: str) -> None:  # noqa: A002
    octets = nouns.body(format, nouns.issue(nouns.rich(1), nouns.article(2)))
    if format == "json":
        assert json.dumps(json.loads(octets), ensure_ascii=False, indent=2).encode() + b"\n" == octets
        return
    tree = etree.fromstring(octets, etree.XMLParser(remove_blank_text=True, resolve_entities=False))
    assert etree.tostring(tree, encoding="UTF-8", xml_declaration=True, pretty_print=True) == octets
    assert octets.count(b"xmlns") == {"rss": 4, "atom": 2}[format]


def test_an_entry_that_is_missing_is_told() -> None:
    with pytest.raises(RenderError, match="story-1"):
        render.render_feed(nouns.issue(nouns.article()), nouns.publication(), "rss", {})


@pytest.mark.parametrize("format", [*nouns.FEEDS, "email", "text", "web"])
@pytest.mark.parametrize("terms", ["link", "excerpt", "full"])
def test_every_file_that_goes_with_an_article_is_linked(format: str, terms: Syndicate) -> None:  # noqa: A002
    files = (
        Enclosure(url="https://cdn.example/the%20tide.mp3?a=1", type="audio/mpeg", length=12_345_678),
        Enclosure(url="https://cdn.example/"),
        # What is not to be seen, or turns the line round, is no name.
        Enclosure(url="https://null.example/tide%00%1B%5B31m.mp3"),
        Enclosure(url="https://bidi.example/%E2%80%AE3pm.exe"),
        Enclosure(url="https://line.example/a%0Ab"),
    )
    source = Source(title="The Paper", url="https://paper.example/", syndicate=terms)
    shown = nouns.body(format, nouns.issue(nouns.article(1, enclosures=files, source=source))).decode()
    if format == "json":
        shown = str(reading.items(shown.encode())[0]["content_html"])
    shown = unescape(shown) if format in ("rss", "atom") else shown
    for file, name in zip(
        files, ("the tide.mp3", "cdn.example", "null.example", "bidi.example", "line.example"), strict=True
    ):
        link = (
            f"{name}[^\\n]*\\n{re.escape(file.url)}\\n"
            if format == "text"
            else f'<a href="{re.escape(file.url)}"[^>]*>(?:<b[^>]*>)?{name}(?:</b>)?</a>'
        )
        assert re.search(link, shown), file.url
    assert ('<audio controls preload="none"' in shown) == (format == "web")
