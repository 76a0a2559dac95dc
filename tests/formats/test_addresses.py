"""Every address survives in every format: what a parser reads back is byte for byte what was given."""

import json
import re
import unicodedata
from functools import cache
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nouns
from addresses import PERSONAL, WEB
from dispatch import html
from dispatch.formats import FORMATS
from dispatch.model import Article, Author, Credit, Enclosure, Image, Section, Source
from formats import reading
from formats.reading import ATOM
from thorough import scale


def of(address: str, n: int = 1) -> Article:
    """An article that has the address in every place that can hold it."""
    web = address if address in WEB.values() or not address.startswith(("mailto:", "tel:")) else "https://a.example/"
    return nouns.article(
        n,
        url=web,
        authors=(Author(name=f"Ada {n}", url=address, bio="Ada writes."),),
        source=Source(title="The Paper", url=web, syndicate="full"),
        credits=(Credit(role="editor", name="Ed", url=address),),
        image=Image(url=secure(web), alt="A bridge"),
        enclosures=(Enclosure(url=secure(web), type="audio/mpeg", length=7),),
        content=html.sanitise_html(f'<p>One <a href="{html.escape_html(address)}">sentence</a>.</p>'),
    )


def secure(address: str) -> str:
    return "https" + address[address.index(":") :]


NAMES = {name: n for n, name in enumerate(PERSONAL)}
ARTICLES = {name: of(address, NAMES[name]) for name, address in PERSONAL.items()}


@cache
def edition(format: str) -> bytes:  # noqa: A002
    return nouns.body(format, nouns.issue(sections=(Section(layout="cards", articles=tuple(ARTICLES.values())),)))


@cache
def shown_by(format: str) -> list[reading.Shown]:  # noqa: A002
    octets = edition(format)
    if format == "web":
        return reading.page(octets)
    return reading.mail(octets if format == "email" else reading.parts(octets)[1].encode())


@cache
def entries(format: str) -> list[reading.Shown]:  # noqa: A002
    return [reading.entry(body) for body in reading.feed_bodies(format, edition(format))]


def same_when_decoded(written: str, given: str) -> bool:
    """Whether an address in ASCII is the one that was given: punycode and percent signs undone."""
    assert written.isascii()
    assert not set(written) & set(' "<>\\^`{|}')
    assert "[" not in re.sub(r"^[a-z]+://[^/]*", "", written, flags=re.IGNORECASE)
    path = re.sub(r"^https?://[^?#]*", lambda found: found[0].replace("\\", "/"), given)
    return readable(written) == readable(path)


def readable(address: str) -> str:
    """An address without percent signs; a host that is not ASCII as browsers understand it: in small letters, whole."""
    host = re.match(r"[a-z]+://(?:[^/?#@]*@)?([^/?#:@\[\]]*)", address, re.IGNORECASE)
    if not host or (host[1].isascii() and "xn--" not in host[1]):
        return unquote(address)
    labels = unicodedata.normalize("NFKC", host[1].replace("\u3002", ".")).lower().split(".")
    whole = [label[4:].encode().decode("punycode") if label.startswith("xn--") else label for label in labels]
    return unquote(address[: host.start(1)] + ".".join(whole) + address[host.end(1) :])


addressed = pytest.mark.parametrize("name", PERSONAL)


@addressed
@pytest.mark.parametrize("format", ["email", "eml"])
def test_in_mail(format: str, name: str) -> None:  # noqa: A002
    article, shown = ARTICLES[name], shown_by(format)[NAMES[name]]
    assert shown.url == shown.read == article.url
    assert shown.people == [PERSONAL[name], article.source.url, PERSONAL[name]]
    assert shown.images == [secure(article.url)]


@addressed
def test_on_the_page(name: str) -> None:
    article, shown = ARTICLES[name], shown_by("web")[NAMES[name]]
    assert shown.url == shown.read == article.url
    assert shown.people == [PERSONAL[name], article.source.url, PERSONAL[name]]
    assert shown.images == [secure(article.url)]
    assert shown.links.count(PERSONAL[name]) >= 4  # author, credit, a link in the text, the biography


@addressed
@pytest.mark.parametrize("format", nouns.FEEDS)
def test_in_the_body_of_a_feeds_item(format: str, name: str) -> None:  # noqa: A002
    article, shown = ARTICLES[name], entries(format)[NAMES[name]]
    assert shown.links == [
        PERSONAL[name],
        article.source.url,
        PERSONAL[name],
        PERSONAL[name],
        secure(article.url),
        article.url,
        PERSONAL[name],
    ]
    assert shown.images == [secure(article.url)]


@addressed
def test_in_the_elements_of_rss(name: str) -> None:
    article, item = ARTICLES[name], reading.rss(edition("rss"))[NAMES[name]]
    assert same_when_decoded(item.findtext("link") or "", article.url)
    (via,) = item.findall(f"{ATOM}link[@rel='via']")
    assert same_when_decoded(via.get("href") or "", article.url)
    for element in ("source", "enclosure"):
        found = item.find(element)
        assert found is not None
        assert same_when_decoded(found.get("url") or "", secure(article.url) if element == "enclosure" else article.url)


@addressed
def test_in_the_elements_of_atom(name: str) -> None:
    article, item = ARTICLES[name], reading.atom(edition("atom"))[NAMES[name]]
    links = {link.get("rel"): link.get("href") or "" for link in item.findall(f"{ATOM}link")}
    assert links.keys() == {"alternate", "enclosure"}
    assert same_when_decoded(links["alternate"], article.url)
    assert same_when_decoded(links["enclosure"], secure(article.url))
    for role in ("author", "contributor"):
        assert same_when_decoded(item.findtext(f"{ATOM}{role}/{ATOM}uri") or "", PERSONAL[name])


@addressed
def test_in_the_fields_of_json(name: str) -> None:
    article, item = ARTICLES[name], reading.items(edition("json"))[NAMES[name]]
    assert same_when_decoded(str(item["url"]), article.url)
    assert same_when_decoded(str(item["image"]), secure(article.url))
    for key, wanted in (("authors", PERSONAL[name]), ("attachments", secure(article.url))):
        found = item[key]
        assert isinstance(found, list)
        assert [same_when_decoded(one["url"], wanted) for one in found] == [True]


@addressed
@pytest.mark.parametrize("format", ["text", "eml"])
def test_alone_on_its_line_in_text(format: str, name: str) -> None:  # noqa: A002
    text = edition("text").decode() if format == "text" else reading.parts(edition("eml"))[0]
    lines = text.split("\n")
    start = lines.index(f"Story {NAMES[name]}")
    article = ARTICLES[name]
    end = lines.index(f"Read “Story {NAMES[name]}”", start)
    assert lines[end + 1] == article.url
    shown = lines[start:end]
    byline = next(n for n, line in enumerate(shown) if line.startswith(f"By Ada {NAMES[name]} in The Paper"))
    found = [line for line in shown[byline + 1 :] if ":" in line and line in {PERSONAL[name], article.source.url}]
    assert found == [PERSONAL[name], article.source.url, PERSONAL[name], *found[3:]]


letters = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"))
titles = st.text(letters, min_size=1, max_size=60).filter(
    lambda text: text.strip() and html.remove_illegal_characters(text) == text
)


@settings(max_examples=scale(25))
@given(
    address=st.text(letters, max_size=80).map(
        lambda tail: "https://site.example/" + html.remove_illegal_characters(tail)
    ),
    title=titles,
    name=titles,
)
def test_any_text_as_address_title_and_name(address: str, title: str, name: str) -> None:
    article = nouns.article(1, url=address, title=title, dek=title, authors=(Author(name=name, url=address),))
    editions = nouns.bodies(nouns.issue(article))

    def folded(text: str) -> str:
        return " ".join(text.split())

    for shown in (*reading.mail(editions["email"]), *reading.page(editions["web"])):
        assert shown.url == shown.read == shown.people[0] == address
        assert shown.title == folded(title)
        assert folded(name) in folded(shown.byline)
    for format in nouns.FEEDS:  # noqa: A001
        (body,) = reading.feed_bodies(format, editions[format])
        shown = reading.entry(body)
        assert shown.links == [address, article.source.url, address]
        assert folded(name) in shown.words
        assert folded(title) in shown.words
    (item,) = reading.items(editions["json"])
    assert item["title"] == title
    assert f'"name": {json.dumps(name, ensure_ascii=False)}' in editions["json"].decode()
    assert same_when_decoded(str(item["url"]), address)
    (atom,) = reading.atom(editions["atom"])
    assert atom.findtext(f"{ATOM}title") == title
    assert atom.findtext(f"{ATOM}author/{ATOM}name") == name
    (rss,) = reading.rss(editions["rss"])
    assert rss.findtext("title") == title
    assert same_when_decoded(rss.findtext("link") or "", address)
    text = editions["text"].decode()
    assert text.split("\n").count(address) == 2
    plain, markup = reading.parts(editions["eml"])
    assert plain == text
    assert markup == editions["email"].decode()


def test_every_format_is_proved() -> None:
    assert set(FORMATS) == {"rss", "atom", "json", "email", "text", "eml", "web"}
