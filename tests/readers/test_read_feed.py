"""Feeds of every kind: who is credited, what is linked, and what is refused."""

import json
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from html import escape, unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addresses import WEB
from dispatch.errors import GatherError
from dispatch.model import Article, Author, Credit, Document, Enclosure, Fault, Image, Source
from dispatch.readers import feed

DATA = Path(__file__).parent.parent / "data" / "readers"
CET = timezone(timedelta(hours=1))


def document(body: bytes | str, media_type: str = "", url: str = "") -> Document:
    return Document(
        url=url, media_type=media_type, charset="", body=body.encode() if isinstance(body, str) else body, name="a feed"
    )


def read(name: str) -> list[Article]:
    found = document((DATA / name).read_bytes())
    assert feed.accepts(found)
    return feed.read(found)


def rss(items: str, channel: str = "") -> str:
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:a="http://www.w3.org/2005/Atom">'
        f"<channel><title>T</title>{channel}{items}</channel></rss>"
    )


def only(items: str, channel: str = "") -> Article:
    (article,) = feed.read(document(rss(f"<item>{items}</item>", channel)))
    return article


BAD = [
    *("javascript:alert(1)", "JavaScript:alert(1)", "file:///etc/passwd", "data:image/png;base64,AA", "blob:x"),
    *(
        "mailto:a@b.example",
        "ftp://a.example/a.png",
        "java&#10;script:alert(1)",
        "https://",
        "https://pixel.wp.com/b.gif",
    ),
    *("https://stats.wordpress.com/a.png", "https://a.example/&#10;b.png"),
]
GOOD = "https://a.example/good.png"
PICTURED = {
    "rss": """<rss version="2.0" xmlns:m="http://search.yahoo.com/mrss/"
        xmlns:i="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><item><title>A</title>
        <description>Words.</description><enclosure url="{0}" type="image/png" length="3"/><m:content url="{0}"/>
        <i:image href="{0}"/><m:thumbnail url="{1}"/></item></channel></rss>""",
    "atom": """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:m="http://search.yahoo.com/mrss/"><entry>
        <title>A</title><content type="html">Words.</content><link rel="enclosure" href="{0}" type="image/png"/>
        <m:content url="{0}"/><m:thumbnail url="{1}"/></entry></feed>""",
    "json": """{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": "1", "title": "A",
        "content_html": "Words.", "image": "{0}", "banner_image": "{1}",
        "authors": [{{"name": "Ann", "avatar": "{0}"}}],
        "attachments": [{{"url": "{0}", "mime_type": "image/png"}}]}}]}}""",
}


@pytest.mark.parametrize("format", PICTURED)
@pytest.mark.parametrize("bad", BAD)
def test_a_bad_address_of_a_picture_or_a_file_is_none_and_the_rest_is_kept(format: str, bad: str) -> None:  # noqa: A002
    written = bad.replace("&#10;", "\\n") if format == "json" else bad
    for good, image in (("", None), (GOOD, Image(url=GOOD))):
        (article,) = feed.read(document(PICTURED[format].format(written, good), url="https://paper.example/feed"))
        assert (article.title, article.content, article.image, article.enclosures) == ("A", "Words.", image, ())
        assert not [author.avatar for author in article.authors if author.avatar]
    faults: list[Fault] = []
    feed.read_with_source(document(PICTURED[format].format(written, GOOD), url="https://paper.example/feed"), faults)
    assert [fault.place.key for fault in faults if "a file of it is left out" in fault.what] == ["entry 1 “A”"]


@pytest.mark.parametrize("link", ["hdtp://a.example/", "javascript:x()", "mailto:a@b.example", ""])
def test_what_a_link_of_no_web_address_leads_to_is_relative_to_the_feed(link: str) -> None:
    """Found by fuzzing: links of the text stayed relative, and would have led to pages of our own."""
    html_text = '<p><a href="/a">Words</a></p>'
    as_rss = f"<link>{link}</link><description>{escape(html_text)}</description>"
    items = [{"id": "1", "url": link, "content_html": html_text}]
    as_json = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})
    for text in (rss(f"<item>{as_rss}</item>"), as_json):
        (article,) = feed.read(document(text, url="https://paper.example/feed"))
        assert hrefs(article.content) == ["https://paper.example/a"]


def test_a_picture_of_one_pixel_does_not_stand_for_an_article() -> None:
    pixel = f'<m:content url="{GOOD}?1" width="1" height="1"/><m:content url="{GOOD}"/>'
    text = PICTURED["rss"].format("", "").replace("<m:thumbnail", f"{pixel}<m:thumbnail")
    (article,) = feed.read(document(text))
    assert article.image == Image(url=GOOD)


def hrefs(content: str) -> list[str]:
    return [unescape(href) for href in re.findall(r'href="([^"]*)"', content)]


def test_an_entry_of_wordpress() -> None:
    article = read("wordpress.rss")[0]
    assert article == Article(
        id="https://tide.example/?p=12",
        url="https://tide.example/winter/?p=12&amp;copy=2&lt=3",
        title="The winter that did not come – at all",
        summary="Eleven days of ice are missing. […]",
        content='<p>The harbour <a href="https://tide.example/ledger?a=1&amp;copy=2">ledger</a> knows.</p>',
        authors=(Author(name="Ada O'Holm", email="ada@tide.example"), Author(name="Bo Lind, Jr.")),
        credits=(Credit(role="photographer", name="Phil Moss"),),
        certainty="certain",
        source=Source(title="The Tide", url="https://tide.example", feed="https://tide.example/feed/"),
        published=datetime(2025, 2, 12, 14, 5, 11, tzinfo=CET),
        language="en-GB",
        tags=("Weather & water",),
        image=Image(url="https://tide.example/ice.jpg", alt="Ice in the harbour", width=1200, height=800),
        enclosures=(Enclosure(url="https://cdn.tide.example/a.mp3?x=1&y=2", type="audio/mpeg", length=1234),),
    )


def test_rss_credits_nobody_who_did_not_write() -> None:
    _, mailed, nobody, elsewhere = read("wordpress.rss")
    assert mailed.authors == (Author(name="Zoe Lark", email="zoe@tide.example"),)
    assert (mailed.id, mailed.content, mailed.summary) == (
        "two",
        "Only a summary.",
        "",
    )
    assert (nobody.authors, nobody.certainty) == ((), "unknown")
    assert nobody.url == "https://tide.example/three"
    assert elsewhere.source == Source(title="The Paper", feed="https://paper.example/feed.xml")


def test_entries_of_a_planet() -> None:
    first, second, third, fourth = read("planet.atom")
    assert first.title == "Text with <b> in it"
    assert first.url == "https://paper.example/1?a=1&copy=2"
    assert first.id == "tag:paper.example,2025:1"
    assert first.authors == (
        Author(name="Ada Holm", url="https://ada.example/?a=1&b=2", email="ada@paper.example"),
        Author(name="Bo Lind, Jr."),
    )
    assert first.credits == (Credit(role="contributor", name="Tove Quist"),)
    assert first.content == (
        "<div><p>Inline <em>markup</em> &amp; a "
        '<a href="https://planet.example/sub/more?x=1&amp;y=2">link</a>.</p></div>'
    )
    assert first.source == Source(
        title="The Paper",
        url="https://paper.example/",
        feed="https://paper.example/atom",
        feed_id="https://paper.example/",
        feed_updated=datetime(2025, 2, 13, 10, tzinfo=UTC),
    )
    assert first.enclosures == (
        Enclosure(url="https://planet.example/sub/files/one.pdf", type="application/pdf", length=77),
    )
    assert (first.tags, first.language) == (("Häfen",), "de")
    assert (second.authors, second.url) == ((Author(name="Zoe Lark"),), "https://planet.example/sub/two")
    assert second.content == "<p>Sum &lt; it up</p>"
    assert third.authors == (Author(name="The Curator", url="https://planet.example/curator"),)
    assert (third.id, third.source.title) == ("not an iri", "Planet & Co")
    assert fourth.authors == (
        Author(name="Ada Holm", url="https://ada.example"),
        Author(name="Bo Lind, Jr."),
        Author(name="Zoe Lark", url="https://zoe.example"),
    )
    assert (fourth.credits, fourth.language) == ((), "en")


def test_rss_of_the_first_kind_in_an_old_character_set() -> None:
    (article,) = read("old.rdf")
    assert (article.title, article.authors) == ("Café society", (Author(name="Zoë Lark"),))
    assert (article.id, article.url) == ("https://tide.example/1", "https://tide.example/1")
    assert article.published == datetime(2025, 2, 12)
    assert article.source == Source(title="The Tide", url="https://tide.example/")


def test_json_feed() -> None:
    first, second, third = read("feed.json")
    assert first.authors == (
        Author(name="Ada Holm", url="https://ada.example", avatar="https://ada.example/me.png"),
        Author(name="Bo Lind, Jr."),
    )
    assert first.url == "https://tide.example/1?a=1&copy=2&amp;x"
    assert first.content == '<p>The <a href="https://tide.example/ledger">ledger</a>.</p>'
    assert first.enclosures == (Enclosure(url="https://cdn.example/a.mp3", type="audio/mpeg", length=12),)
    assert (second.id, second.url) == ("2", "https://paper.example/2")
    assert (second.title, second.content) == ("One < two.", "<p>Three &amp; four.</p>")
    # It is at an external address: the feed's authors did not write it.
    assert (second.authors, second.certainty) == ((), "unknown")
    assert second.credits == (Credit(role="via", name="The Tide's desk", url="https://tide.example/desk"),)
    assert second.source == Source(title="paper.example", url="https://paper.example/")
    assert third.authors == (Author(name="Zoe Lark"),)


@pytest.mark.parametrize("url", WEB.values(), ids=WEB)
def test_addresses_are_left_alone(url) -> None:
    text = escape(url)
    link = escape(f'<a href="{text}">x</a>')
    entry = (
        f"<entry><id>urn:1</id><link href='{text}'/><author><name>A</name><uri>{text}</uri></author>"
        f"<content type='html'>{link}</content>"
        f"<source><title>S</title><link href='{text}'/></source></entry>"
    )
    (atom,) = feed.read(
        document(f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/">{entry}</feed>')
    )
    assert (atom.url, atom.authors[0].url, atom.source.url) == (url, url, url)
    assert hrefs(atom.content) == [url]
    article = only(f"<link>{text}</link><guid>{text}</guid>", f"<link>{text}</link>")
    assert (article.url, article.source.url) == (url, url)
    item = {"id": "1", "url": url, "authors": [{"name": "A", "url": url, "avatar": url}], "image": url}
    (last,) = feed.read(document(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]})))
    assert (last.url, last.authors[0].url, last.image.url) == (url, url, url)


def test_a_server_that_says_something_else_is_not_believed() -> None:
    for media_type in ("text/html", "text/plain", "application/octet-stream", "text/xml"):
        assert feed.accepts(document(rss(""), media_type))
    assert feed.accepts(document("<?xml version='1.0'?>\n<!-- <html> -->\n<rss>", "text/html"))
    assert not feed.accepts(document("<!doctype html><html><body><rss></body>", "text/html"))
    assert not feed.accepts(document("Here is <feed> in prose", ""))
    assert not feed.accepts(document('{"version": 1}', "application/json"))


def test_entities_of_html_and_lone_ampersands_are_mended() -> None:
    article = only(
        "<title>Caf&eacute; &amp; R&D &nbsp;one</title><link>https://a.example/?a=1&b=2</link><description><![CDATA[a&nbsp;&b;<b>c</b>]]></description>"
    )
    assert article.title == "Café & R&D one"
    assert article.url == "https://a.example/?a=1&b=2"
    assert article.content == "a\N{NO-BREAK SPACE}&amp;b;<b>c</b>"
    dtd = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    (old,) = feed.read(document(dtd + rss("<item><title>Caf&eacute;</title></item>")))
    assert old.title == "Café"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("1 &lt; 2 and 3 &gt; 2", "1 < 2 and 3 > 2"),
        ("&lt;i&gt;Titanic&lt;/i&gt; sinks", "Titanic sinks"),
        ("The &lt;table&gt; element", "The <table> element"),
        ("AT&amp;T", "AT&T"),
        ("  two\n lines ", "two lines"),
    ],
)
def test_titles_are_text(written: str, shown: str) -> None:
    assert only(f"<title>{written}</title>").title == shown


@pytest.mark.parametrize(
    ("creator", "names"),
    [
        ("Ada, Bo and Zoe", ["Ada, Bo and Zoe"]),
        ("The Paper Staff", ["The Paper Staff"]),
        ("J. R. R. Tolkien", ["J. R. R. Tolkien"]),
        ("王小波", ["王小波"]),
        ("admin", []),
        ("Username", []),
        ("ada@paper.example", ["mailto:ada@paper.example"]),
        ("noreply@paper.example", []),
        ("https://paper.example/ada", []),
        ("ada@paper.example (Ada Holm (the elder))", ["Ada Holm (the elder)"]),
        ("", []),
    ],
)
def test_a_name_is_never_taken_apart_and_nobody_is_nobody(creator: str, names) -> None:
    assert [author.name for author in only(f"<dc:creator>{creator}</dc:creator>").authors] == names


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('<!DOCTYPE r [<!ENTITY a "b">]><rss><channel><item><title>&a;</title></item></channel></rss>', "DTD"),
        ('<!DOCTYPE r [<!ENTITY % x SYSTEM "file:///etc/passwd">%x;]><rss/>', "DTD"),
        ("<rss><channel>" + "<a/>" * 600_000 + "</channel></rss>", "too many parts"),
        (rss("<item><title/></item>" * 5_001), "5,000 entries"),
        ('<feed xmlns="http://www.w3.org/2005/Atom">' + "<entry/>" * 5_001 + "</feed>", "5,000 entries"),
        (json.dumps({"version": "https://jsonfeed.org/version/1", "items": [{}] * 5_001}), "5,000 entries"),
        ("<rss><channel>", "not well-formed"),
        ("<?xml version='1.0'?><opml/>", "its root is opml"),
        ("<rss><channel><item><title>x", "not well-formed"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": [', "not JSON"),
        ('{"version": "https://jsonfeed.org/version/1.1"}', "no items"),
        ('{"a": "://jsonfeed.org/version/", "b": ' + "[" * 100_000, "not JSON"),
    ],
    ids=range(12),
)
def test_what_no_honest_feed_has_is_refused(body, message: str) -> None:
    found = document(body)
    assert feed.accepts(found)
    with pytest.raises(GatherError, match=message):
        feed.read(found)


def test_an_entry_with_many_faults_is_named_a_few_times() -> None:
    people = "".join(f"<a:author><a:name>Ann {n}</a:name><a:uri>data:{n}</a:uri></a:author>" for n in range(200))
    faults: list[Fault] = []
    _, articles = feed.read_with_source(document(rss(f"<item><title>x</title>{people}</item>")), faults)
    assert len(articles[0].authors) == 200
    assert 0 < len(faults) < 10


def test_control_characters_do_not_stop_a_feed() -> None:
    assert only("<title>a\x00b\x08c\ufffe</title>").title == "abc"


@given(st.text(), st.text(), st.text())
def test_no_words_break_it(title, name, body) -> None:
    article = only(
        f"<title>{escape(title)}</title><dc:creator>{escape(name)}</dc:creator><description>{escape(body)}</description>"
    )
    assert isinstance(article, Article)


WORDS = st.sampled_from(
    [
        "<item>",
        "</item>",
        "<title>",
        "</title>",
        "<link>",
        "&amp;",
        "&",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "x",
        " a='",
        "'>",
    ]
)


@given(st.lists(WORDS))
def test_no_markup_breaks_it(words) -> None:
    with suppress(GatherError):
        assert all(article.authors == () for article in feed.read(document(rss("".join(words)))))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["name", "url", "items", "x"]), inner),
)
KEYS = [
    "id",
    "url",
    "title",
    "authors",
    "author",
    "content_html",
    "content_text",
    "tags",
    "attachments",
    "date_published",
]


@given(st.dictionaries(st.sampled_from(KEYS), JSON), JSON)
def test_no_json_breaks_it(item, authors) -> None:
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item], "authors": authors})
    (article,) = feed.read(document(body))
    assert isinstance(article, Article)
