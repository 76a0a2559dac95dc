"""Feeds as servers really send them: broken, mislabelled or cut off, and who is credited in them."""

import json
import re
from contextlib import suppress
from html import escape
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import run_dispatch
from dispatch import config, issues
from dispatch.errors import GatherError
from dispatch.identity import MAILBOX, fold_spelling
from dispatch.model import Article, Document, Fault, Source
from dispatch.readers import feed
from loopback import web
from patience import processor_seconds

URL = "https://tide.example/feed"
DECLARED = '<?xml version="1.0" encoding="utf-8"?>\n'


def read(
    body: str | bytes, url: str = URL, media_type: str = "", charset: str = ""
) -> tuple[list[Article], list[Fault]]:
    body = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    document = Document(url=url, media_type=media_type, charset=charset, body=body, name="a feed")
    faults: list[Fault] = []
    assert feed.accepts(document)
    return feed.read_with_source(document, faults)[1], faults


def make_rss(items: str, attributes: str = "", home: str = "https://tide.example/") -> str:
    return f'<rss version="2.0"{attributes}><channel><title>The Tide</title><link>{home}</link>{items}</channel></rss>'


def make_item(title: str, author: str = "Ann Lee") -> str:
    return (
        f"<item><title>{title}</title><link>https://tide.example/{title}</link><pubDate>Tue, 24 Nov 2026 10:00:00 GMT"
        f"</pubDate><description>Noon at {title}.</description><author>a@tide.example ({author})</author></item>"
    )


DC = ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
ATOM = ' xmlns="http://www.w3.org/2005/Atom"'
ENTRY = (
    '<entry><title>Ferry</title><link href="https://tide.example/1"/><id>urn:1</id><updated>2026-11-24T10:00:00Z</updated>'
    "<author><name>Ann Lee</name></author><content>Noon.</content></entry>"
)
FEED = f'<title>The Tide</title><link href="https://tide.example/"/>{ENTRY}'
ONE = make_rss(make_item("Ferry"))
WHOLE = {
    "as it should be": DECLARED + ONE,
    "a comment before the declaration": f"<!-- cache 7 -- hit -->{DECLARED}{ONE}",
    "blank lines before the declaration": f"\n\n \t\n{DECLARED}{ONE}",
    "two byte order marks": f"\ufeff\ufeff{DECLARED}{ONE}",
    "a warning of PHP as HTML": f"<br />\n<b>Warning</b>:  x() in <b>/x.php</b><br />\n{DECLARED}{ONE}",
    "a warning of PHP as text": f"PHP Deprecated:  each() is old in /x.php on line 3\n{ONE}",
    "a declaration in curly quotes": f"<?xml version=“1.0” encoding=“utf-8”?>{ONE}",
    "XML 1.1": f'<?xml version="1.1"?>{ONE}',
    "words after its end": f"{DECLARED}{ONE}\n<!-- made in 7 ms --><script>count()</script>",
    "undeclared prefixes": make_rss(
        "<item><title>Ferry</title><link>https://tide.example/1</link><dc:creator>Ann Lee</dc:creator>"
        '<media:thumbnail url="https://tide.example/a.jpg"/><odd:thing odd:too="1"/>'
        "<description>Noon.</description></item>"
    ),
    "an undeclared root": "<rdf:RDF><channel><title>The Tide</title></channel><item><title>Ferry</title>"
    "<link>https://tide.example/1</link><dc:creator>Ann Lee</dc:creator><description>Noon."
    "</description></item></rdf:RDF>",
    "RDF without its namespace": DECLARED + ONE.replace("rss", "rdf"),
    "Atom without its namespace": f"<feed>{FEED}</feed>",
    "Atom in a namespace of its youth": f'<feed xmlns="http://purl.org/pie/">{FEED}</feed>',
    "Atom in a misspelt namespace": f'<feed xmlns="https://www.w3.org/2005/atom/">{FEED}</feed>',
    "RSS in Atom's namespace": make_rss(make_item("Ferry"), ATOM),
    "RSS in a namespace of its own": make_rss(make_item("Ferry"), ' xmlns="http://backend.userland.com/rss2.1"'),
    "lone brackets": make_rss(make_item("Ferry").replace("Noon", "1 < 2, I <3 it, a <- b")),
    "attributes without quotes": f"<feed{ATOM}>{FEED}</feed>".replace('"https://tide.example/1"', "https://tide.example/1"),
    "attributes in curly quotes": f"<feed xmlns=“http://www.w3.org/2005/Atom”>{FEED}</feed>",
    "an attribute that stands twice": f"<feed{ATOM}>{FEED}</feed>".replace(
        "<link ", '<link rel="alternate" rel="self" '
    ),
    "a prefix of nothing": make_rss(make_item("Ferry"), ' xmlns:odd=""'),
    "a CDATA section in another": make_rss(make_item("Ferry").replace("Noon", "<![CDATA[<![CDATA[Noon]]> ]]>")),
    "entries in one another": make_rss(make_item("Ferry").replace("</item>", "<item/></item>")),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_what_loses_nothing_is_read_and_nothing_is_said(name: str) -> None:
    articles, faults = read(WHOLE[name])
    assert [(article.title, [one.name for one in article.authors]) for article in articles][:1] == [
        ("Ferry", ["Ann Lee"])
    ]
    assert articles[0].url in {"https://tide.example/1", "https://tide.example/Ferry"}
    assert ("Noon" in articles[0].content) != ("I &lt;3 it" in articles[0].content)
    assert faults == []


@pytest.mark.parametrize("written", ["</b>", "<p><b>", "<b><i>x</b></i>", "<br><img src=a.png>"])
def test_tags_that_do_not_match_concern_one_entry_and_are_told_with_their_line(written: str) -> None:
    items = [
        make_item("One"),
        make_item("Two", "Bo Roe").replace("Noon", f"{written} Noon"),
        make_item("Three", "Cy Poe"),
    ]
    articles, (fault,) = read(make_rss("\n".join(items)))
    assert [(article.title, *(one.name for one in article.authors)) for article in articles] == [
        ("One", "Ann Lee"), ("Two", "Bo Roe"), ("Three", "Cy Poe")
    ]  # fmt: skip
    assert "Noon at Two." in articles[1].content
    assert "tags do not match in line 2" in fault.what


def test_an_entry_that_is_not_closed_ends_where_the_next_begins() -> None:
    items = make_item("One").replace("</item>", "") + make_item("Two", "Bo Roe").replace("</description>", "")
    articles, faults = read(make_rss(items + make_item("Three", "Cy Poe")))
    assert [article.title for article in articles] == ["One", "Two", "Three"]
    assert [one.name for article in articles for one in article.authors if article.title != "Two"] == [
        "Ann Lee",
        "Cy Poe",
    ]
    assert "tags do not match in line 1" in faults[0].what


def make_entry(title: str) -> str:
    return ENTRY.replace("Ferry", title).replace("urn:1", f"urn:{title}").replace("example/1", f"example/atom/{title}")


THREE = {
    "rss": make_rss(make_item("One") + make_item("Two", "Bo Roe") + make_item("Three", "Cy Poe")),
    "atom": f"<feed{ATOM}>{''.join(map(make_entry, ('One', 'Two', 'Three')))}</feed>",
    "json": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "The [Tide], “items”",
            "authors": [{"name": "Ann Lee"}],
            "items": [{"id": title, "title": title, "content_text": "a ]}, b"} for title in ("One", "Two", "Three")],
        }
    ),
}


@pytest.mark.parametrize("kind", THREE)
def test_what_stands_whole_before_a_feed_breaks_off_is_taken_and_it_is_told(kind: str) -> None:
    """Tried at every place: no entry is ever taken by half, and none is lost in silence."""
    text = THREE[kind]
    whole, none = read(text)
    assert (len(whole), none) == (3, [])
    seen = set()
    for length in range(text.index("One") + 20, len(text)):
        try:
            articles, faults = read(text[:length])
        except GatherError as error:
            articles, faults = [], list(error.faults)
        assert articles == whole[: len(articles)]
        assert (
            (len(articles) == 3 and text[:length].endswith(("</rss", "</feed")))
            or (articles and faults)
            or "not" in faults[0].what
        )
        assert not articles or [fault.reason for fault in faults] in ([], ["cut-off"])
        seen.add(len(articles))
    assert seen == {0, 1, 2, 3}


def test_add_takes_what_stands_before_a_break_says_so_and_fails(tmp_path: Path) -> None:
    config.create_publication(tmp_path / "wire", title="The Wire", url="https://wire.example")
    run_dispatch(tmp_path / "wire", "issue", "new", "Week 48", "--slug", "week-48")
    (tmp_path / "feed.xml").write_text(THREE["rss"][: THREE["rss"].index("Cy Poe")], "utf-8")
    added = run_dispatch(tmp_path / "wire", "add", str(tmp_path / "feed.xml"), code=1)
    assert "its XML breaks off after entry 2: what comes after it is left out" in added.stderr
    articles = issues.read_issue(config.load(tmp_path / "wire"), "week-48").articles
    assert [article.title for article in articles] == ["One", "Two"]


def test_gather_takes_what_stands_before_a_break_and_names_the_source(tmp_path: Path) -> None:
    config.create_publication(tmp_path / "wire", title="The Wire", url="https://wire.example")
    with web() as site, (tmp_path / "wire" / "dispatch.toml").open("a", encoding="utf-8") as file:
        for kind, text in THREE.items():
            site.pages[f"/{kind}"] = text[: text.rindex("Three")]
            file.write(f'\n[[sources]]\nkey = "{kind}"\nfeed = "{site.url(f"/{kind}")}"\nallow_private = true\n')
        file.flush()
        gathered = run_dispatch(tmp_path / "wire", "gather", "--json", code=1)
    rows = {row["source"]: (row["state"], len(row["new"]), row["faults"]) for row in json.loads(gathered.stdout)}
    for kind in THREE:
        what = f"its {'JSON' if kind == 'json' else 'XML'} breaks off after entry 2: what comes after it is left out"
        assert rows[kind] == ("gathered", 2, [what])
        assert f"{kind}: {what}" in gathered.stderr


BOMBS = {
    "behind a comment": '<!-- x --><?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]>',
    "behind a warning": '<b>Warning</b>: x\n<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]>',
    "behind a stray word": 'x <!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "in capitals": '&<!doctype rss\n[<!ENTITY % a "b">]>',
}


@pytest.mark.parametrize("start", BOMBS.values(), ids=list(BOMBS))
def test_a_dtd_of_its_own_is_refused_however_broken_the_feed_is(start: str) -> None:
    body = f"{start}<rss><channel><item><title>&a;</b></title></item></channel></rss>".encode()
    document = Document(url=URL, media_type="application/rss+xml", charset="", body=body, name="a feed")
    with pytest.raises(GatherError, match="DTD"):
        feed.read(document)


@pytest.mark.parametrize(
    "piece", ["<", "<a ", '<a b="', "</a>", "<a><b></a>", "<!--", "<![CDATA[", "<?", "&", "<item>", "<x:y>", "<a b=c"]
)
def test_what_is_broken_in_every_place_takes_linear_time(piece: str) -> None:
    body = f"<rss><channel>{piece * 30_000}".encode()
    document = Document(url=URL, media_type="application/rss+xml", charset="", body=body, name="a feed")
    with processor_seconds(20), suppress(GatherError):
        feed.read(document)


JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "items": [{"id": "1", "title": "Ferry", "content_html": "Noon."}],
}


@pytest.mark.parametrize("media_type", ["", "application/json", "text/plain"])
@pytest.mark.parametrize(
    "text",
    [
        json.dumps(JSON).replace("/", "\\/"),
        json.dumps(dict(reversed(JSON.items()))),
        json.dumps({"title": "The Tide", "items": JSON["items"]}),
        f"\ufeff\n{json.dumps(JSON)}\n<!-- made in 7 ms -->",
        json.dumps(JSON).replace("Noon.", "Noon.\nAnd\tafter."),
    ],
    ids=["escaped slashes", "version last", "no version", "marks around it", "line breaks in a text"],
)
def test_a_json_feed_is_one_however_it_is_written_and_served(text: str, media_type: str) -> None:
    articles, faults = read(text, media_type=media_type)
    assert ([article.title for article in articles], faults) == (["Ferry"], [])


WORDS = "Café – José “Pérez”"


@pytest.mark.parametrize(
    ("codec", "declared", "charset"),
    [
        ("cp1252", "utf-8", ""),
        ("cp1252", "utf-8", "utf-8"),
        ("utf-8", "iso-8859-1", ""),
        ("utf-8", "utf-8", "iso-8859-1"),
        ("utf-8", "us-ascii", "windows-1252"),
        ("cp1252", "windows-1252", "utf-8"),
        ("cp1252", "iso-8859-1", ""),
        ("utf-8-sig", "iso-8859-1", ""),
        ("utf-16", "utf-8", ""),
    ],
)
def test_a_character_set_is_believed_only_where_the_bytes_can_be_in_it(codec: str, declared: str, charset: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?>{make_rss(make_item(WORDS))}'
    assert read(text.encode(codec), charset=charset)[0][0].title == WORDS


PEOPLE = [
    ("<author>Ann Lee (ann@t.example)</author>", ["Ann Lee"]),
    ("<author>ann@t.example Ann Lee</author>", ["Ann Lee"]),
    ("<author>ann@t.example (Ann Lee)</author>", ["Ann Lee"]),
    ("<author>Ann Lee &lt;ann@t.example&gt;</author>", ["Ann Lee"]),
    ('<author>"Ann Lee" &lt;mailto:ann@t.example&gt;</author>', ["Ann Lee"]),
    ("<author>Ann Lee [ann@t.example]</author>", ["Ann Lee"]),
    ("<author>Ann Lee, ann@t.example</author>", ["Ann Lee"]),
    ("<author>ann@localhost (Ann Lee)</author>", ["Ann Lee"]),
    ("<author>ann [at] t [dot] example (Ann Lee)</author>", ["Ann Lee"]),
    ("<author>ann@t.example (ann@t.example)</author>", ["mailto:ann@t.example"]),
    ("<dc:creator>mailto:ann@t.example</dc:creator>", ["mailto:ann@t.example"]),
    ("<author>ann@t.example (Ann Lee), bo@t.example (Bo Roe)</author>", ["Ann Lee", "Bo Roe"]),
    ("<author>Ann Lee &lt;ann@t.example&gt; and Bo Roe &lt;bo@t.example&gt;</author>", ["Ann Lee", "Bo Roe"]),
    ("<dc:creator>Ann Lee (ann@t.example), Jr.</dc:creator>", ["Ann Lee, Jr."]),
    ("<dc:creator>Ann Lee (@ann@social.example)</dc:creator>", ["Ann Lee"]),
    ("<author><name>Ann Lee</name><title>Product Manager</title></author>", ["Ann Lee"]),
    ("<author>Ann Lee<title>Product Manager</title></author>", ["Ann Lee"]),
    ("<author>\n<span>Ann Lee</span>\n<span>Product Manager</span></author>", ["Ann Lee"]),
    ("<author><title>Product Manager</title><name>Ann Lee</name></author>", ["Ann Lee"]),
    ("<dc:author>Ann Lee</dc:author>", ["Ann Lee"]),
    ('<media:credit role="author">Ann</media:credit><media:credit role="Writer">Bo</media:credit>', ["Ann", "Bo"]),
    ('<media:content><media:credit role="author">Ann Lee</media:credit></media:content>', ["Ann Lee"]),
    ('<media:credit role="author">Ann Lee</media:credit><dc:creator>Bo Roe</dc:creator>', ["Bo Roe"]),
    ('<i:author xmlns:i="http://www.itunes.com/DTDs/PodCast-1.0.dtd">Ann Lee</i:author>', ["Ann Lee"]),
    ('<d:creator xmlns:d="https://purl.org/dc/elements/1.1">Ann Lee</d:creator>', ["Ann Lee"]),
]  # fmt: skip


@pytest.mark.parametrize(("element", "names"), PEOPLE)
def test_people_of_rss(element: str, names: list[str]) -> None:
    (article,), _ = read(make_rss(f"<item><title>Ferry</title>{element}</item>"))
    assert [author.name for author in article.authors] == names


@pytest.mark.parametrize(("name", "certainty"), [("ann.lee", "likely"), ("annl33", "likely"), ("Ann Lee", "certain")])
def test_a_login_in_a_feed_is_never_certain(name: str, certainty: str) -> None:
    atom = f"<feed><entry><title>x</title><author><name>{name}</name></author></entry></feed>"
    item = {"id": "1", "title": "x", "authors": [{"name": name}]}
    for body in (make_rss(make_item("x", name)), atom, json.dumps(JSON | {"items": [item]})):
        (article,), _ = read(body)
        assert ([author.name for author in article.authors], article.certainty) == ([name], certainty)


def test_the_children_of_an_author_say_where_and_how_to_find_whom_they_name() -> None:
    element = "<author><name>Ann Lee</name><email>a@t.example</email><uri>/ann</uri></author>"
    (article,), _ = read(make_rss(f"<item><title>Ferry</title>{element}</item>"))
    (author,) = article.authors
    assert (author.name, author.email, author.url) == ("Ann Lee", "a@t.example", "https://tide.example/ann")


AROUND = st.sampled_from(
    ["", " ", " (", ") ", " <", "> ", "[", "] ", ", ", "mailto:", '"', "; ", " and ", "@", "Bo Roe", "·"]
)
MAILBOXES = st.from_regex(r"[a-z0-9._+-]{1,9}@[a-z0-9-]{1,9}(\.[a-z]{2,5}){0,2}", fullmatch=True)


@given(st.lists(st.one_of(AROUND, MAILBOXES, st.just("Ann Lee")), max_size=9).map("".join), st.booleans())
def test_no_name_ever_has_a_mailbox(written: str, is_twice: bool) -> None:
    text = escape(escape(written) if is_twice else written)
    items = f"<item><title>x</title><{{0}}>{text}</{{0}}></item>"
    people = {
        tag: make_rss(items.format(tag), DC) for tag in ("author", "dc:creator", "dc:contributor", "itunes:author")
    }
    people["credit"] = make_rss(f'<item><title>x</title><media:credit role="editor">{text}</media:credit></item>')
    people["atom"] = f"<feed{ATOM}><entry><title>x</title><author><name>{text}</name></author></entry></feed>"
    people["json"] = json.dumps(JSON | {"items": [{"id": "1", "title": "x", "authors": [{"name": written}]}]})
    for body in people.values():
        (article,), _ = read(body)
        named = (one.name for one in article.authors if not one.name.startswith(MAILBOX))
        for name in [*named, *(one.name for one in article.credits)]:
            assert not re.search(r"[a-z0-9]@[a-z0-9]", name), name


LONG = [f"Ann{n} Lee{n}".translate(str.maketrans("0123456789", "abcdefghij")) for n in range(30)]


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("; ".join(LONG), LONG),
        (" | ".join(LONG), LONG),
        (", ".join(LONG[:-1]) + " and " + LONG[-1], LONG),
        (", ".join(f"{name.split()[1]}, A. B." for name in LONG), [f"{name.split()[1]}, A. B." for name in LONG]),
        ("; ".join(f"{name.split()[1]}, Ann" for name in LONG), [f"{name.split()[1]}, Ann" for name in LONG]),
        (
            "the people of the harbour and all who came, " * 9,
            [("the people of the harbour and all who came, " * 9).strip()],
        ),
        (", ".join(LONG[:3]), [", ".join(LONG[:3])]),
    ],
    ids=["semicolons", "bars", "commas", "initials", "inverted", "a sentence", "a short list stays as it stands"],
)
@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_many_authors_in_one_field_are_people_too(kind: str, written: str, names: list[str]) -> None:
    body = {
        "rss": make_rss(f"<item><title>x</title><dc:creator>{written}</dc:creator></item>"),
        "atom": f"<feed><entry><title>x</title><author><name>{written}</name></author></entry></feed>",
        "json": json.dumps(JSON | {"items": [{"id": "1", "title": "x", "authors": [{"name": written}]}]}),
    }[kind]
    (article,), faults = read(body)
    assert ([fold_spelling(author.name) for author in article.authors], faults) == (list(map(fold_spelling, names)), [])


def test_how_many_authors_are_taken_is_limited_and_it_is_told() -> None:
    names = "; ".join(f"Ann Lee {chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(300))
    (article,), (fault,) = read(make_rss(f"<item><title>x</title><dc:creator>{names}</dc:creator></item>"))
    assert (len(article.authors), article.certainty) == (200, "likely")
    assert (fault.what.partition(":")[0], fault.place.key) == (
        "only the first 200 of its 300 authors are taken",
        "entry 1 “x”",
    )


LINKED = "https://paper.example/lock"
JON = "<author>jon@tide.example (Jon G)</author>"
HERE = "https://tide.example/linked/1"
LINKS = {
    "atom, related": f'<feed{ATOM}><title>The Tide</title><link href="https://tide.example/"/><entry><title>Lock</title>'
    f'<link href="{LINKED}"/><link rel="related" href="{HERE}"/><id>tag:tide.example,2026:1</id>'
    "<author><name>Jon G</name></author></entry></feed>",
    "atom, by the feed's author": f'<feed{ATOM}><author><name>Jon G</name></author><link href="https://tide.example/"/>'
    f'<entry><title>Lock</title><link href="{LINKED}"/><id>{HERE}</id></entry></feed>',
    "rss, guid": make_rss(f"<item><title>Lock</title><link>{LINKED}</link><guid>{HERE}</guid>{JON}</item>"),
    "rss, comments": make_rss(f"<item><title>Lock</title><link>{LINKED}</link><comments>{HERE}</comments>{JON}</item>"),
    "json, external_url": json.dumps({**JSON, "home_page_url": "https://tide.example/", "items": [
        {"id": "1", "title": "Lock", "external_url": LINKED, "authors": [{"name": "Jon G"}]}]}),
    "json, both alike": json.dumps({**JSON, "items": [
        {"id": "1", "title": "Lock", "url": LINKED, "external_url": LINKED, "author": {"name": "Jon G"}}]}),
}  # fmt: skip


@pytest.mark.parametrize("name", LINKS)
def test_who_links_to_an_article_is_not_its_author(name: str) -> None:
    (article,), _ = read(LINKS[name])
    assert (article.title, article.url) == ("Lock", LINKED)
    assert (article.authors, article.certainty) == ((), "unknown")
    assert [(credit.role, credit.name) for credit in article.credits] == [("via", "Jon G")]
    assert article.source == Source(title="paper.example", url="https://paper.example/")


def make_links(*links: str, guid: str = "", home: str = "https://tide.example/", more: str = "") -> str:
    numbers = count(1)
    items = [
        f"<item><title>x</title><link>{link}</link><guid>{guid and f'{guid}{next(numbers)}'}</guid>{JON}{more}</item>"
        for link in links
    ]
    return make_rss("".join(items), home=home)


@pytest.mark.parametrize(
    ("body", "certainty"),
    [
        # A sister's page, another name of the host, the address of the feed alone.
        (make_links("https://blog.tide.example/1", guid="https://www.tide.example/?p="), "certain"),
        (make_links("https://tide.co.example/1", home="https://www.tide.co.example", guid=LINKED), "certain"),
        (make_links("https://tide.example/1", home="", guid="https://tide.example/?p="), "certain"),
        # Another domain has all that the feed links to: it is the feed's own.
        (make_links(*(f"https://new.example/{n}" for n in range(3)), guid="https://tide.example/?p="), "certain"),
        # A planet that names where an entry is from, and one that does not.
        (make_links(LINKED, guid=LINKED, more='<source url="https://paper.example/feed">Paper</source>'), "certain"),
        (make_links(LINKED, guid=LINKED), "likely"),
        (make_links(LINKED, guid="no address "), "likely"),
    ],
)  # fmt: skip
def test_who_writes_elsewhere_stays_the_author(body: str, certainty: str) -> None:
    for article in read(body)[0]:
        assert [author.name for author in article.authors] == ["Jon G"]
        assert article.certainty == certainty


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_feedburners_links_are_undone(kind: str) -> None:
    original = '<fb:origLink xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0">https://tide.example/1?a=1&amp;b=2</fb:origLink>'
    body = {
        "rss": make_links("https://feedproxy.example/~r/tide/~3/x/", guid="https://tide.example/?p=", more=original),
        "atom": f"<feed{ATOM}>{FEED.replace('https://tide.example/1', 'https://feedproxy.example/1')}</feed>".replace(
            "</entry>", f"{original}</entry>"
        ),
    }[kind]
    (article,), _ = read(body)
    assert (article.url, article.certainty) == ("https://tide.example/1?a=1&b=2", "certain")


def test_an_entry_is_called_by_its_media_where_it_has_no_title() -> None:
    named = "<media:title>Bar</media:title><description>Some text.</description>"
    assert read(make_rss(f"<item>{named}</item>"))[0][0].title == "Bar"
    assert read(f"<feed><entry>{named}</entry></feed>")[0][0].title == "Bar"


CASES = {
    "titles in HTML, escaped twice": (
        "<title>How does &amp;lt;select&amp;gt; work?</title>",
        "How does <select> work?",
    ),
    "a title that is a link": ('<title><a href="/boats" hreflang="en">Boats in fog</a></title>', "Boats in fog"),
    "quotes escaped twice": ("<title>Port to axe &amp;#39;Tide Pledge&amp;#39;</title>", "Port to axe 'Tide Pledge'"),
    "a bare ampersand": ("<title>Nets & ropes</title>", "Nets & ropes"),
    "an entity of HTML": ("<title>La f&ecirc;te du quai</title>", "La fête du quai"),
    "a reference to no character": ("<title>La&#x0B;ng &#0;ago&#55357;</title>", "Lang ago"),
    "a bracket": ("<title>I <3 feeds</title>", "I <3 feeds"),
}


@pytest.mark.parametrize("name", CASES)
def test_titles_as_they_are_written(name: str) -> None:
    written, title = CASES[name]
    (article,), faults = read(make_rss(f"<item>{written}<dc:creator>Wind &amp;amp; Wave</dc:creator></item>"))
    assert (article.title, [one.name for one in article.authors], faults) == (title, ["Wind & Wave"], [])


def test_what_is_escaped_twice_in_a_body_is_text_there() -> None:
    body = "&lt;p&gt;tide::ptr&amp;lt;Boat&amp;gt; mine; ptr&amp;lt;s&amp;gt; too&lt;/p&gt;"
    text = f"<feed{ATOM}>{FEED}</feed>".replace("<content>Noon.", f'<content type="html">{body}')
    assert read(text)[0][0].content == "<p>tide::ptr&lt;Boat&gt; mine; ptr&lt;s&gt; too</p>"


def test_entries_that_stand_in_one_another_are_entries() -> None:
    items = make_item("One").replace("</item>", f"{make_item('Two', 'Bo Roe')}</item>")
    articles, faults = read(make_rss(items))
    assert [(article.title, *(one.name for one in article.authors)) for article in articles] == [
        ("One", "Ann Lee"),
        ("Two", "Bo Roe"),
    ]
    assert faults == []
