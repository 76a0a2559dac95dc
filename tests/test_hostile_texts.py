"""Long texts of nothing but one sign, in every field of every format: read, or refused, in linear time."""

import contextlib
import json
from html import escape

import pytest

import nouns
from dispatch import check, commonmark, html, links
from dispatch.errors import DispatchError, GatherError
from dispatch.model import Document, Edition
from dispatch.readers import READERS, people
from patience import processor_seconds
from thorough import scale

LONG = scale(100_000)
PIECES = [
    "@",
    "<",
    "[",
    "![",
    "(",
    "*",
    "_",
    "`",
    "&",
    " ",
    "\n",
    '"',
    ">",
    "1",
    "é",
    "e\u0301",
    ", ",
    "a. ",
    "<p>",
    "/amp",
]
SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:media="http://search.yahoo.com/mrss/"'
)
RSS = "title link guid author dc:creator itunes:author dc:contributor description content:encoded category pubDate"
ATOM = "id title summary content updated published"
JSON_FEED = "id url title summary content_html content_text image date_published language"


def write_rss(text: str) -> str:
    fields = "".join(f"<{name}>{escape(text)}</{name}>" for name in RSS.split())
    credit = f'<media:credit role="editor">{escape(text)}</media:credit><source url="{escape(text)}">x</source>'
    return f'<rss version="2.0" {SPACES}><channel><title>T</title><item>{fields}{credit}</item></channel></rss>'


def write_atom(text: str) -> str:
    fields = "".join(f"<{name}>{escape(text)}</{name}>" for name in ATOM.split())
    person = f"<name>{escape(text)}</name><uri>{escape(text)}</uri><email>{escape(text)}</email>"
    people_ = f"<author>{person}</author><contributor>{person}</contributor><contributor><name>B</name></contributor>"
    links_ = f'<link href="{escape(text)}"/><category term="{escape(text)}"/>'
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{fields}{people_}{links_}</entry></feed>'


def write_json_feed(text: str) -> str:
    item: dict[str, object] = dict.fromkeys(JSON_FEED.split(), text)
    item |= {"authors": [{"name": text, "url": text}], "tags": [text], "attachments": [{"url": text}]}
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": text, "items": [item]})


def write_page(text: str) -> str:
    said = escape(text)
    node = {"@type": "Article", "headline": text, "author": {"name": text, "url": text}, "keywords": text}
    return (
        f"<!doctype html><title>{said}</title><meta name=author content='{said}'><link rel=canonical href='{said}'>"
        f"<script type='application/ld+json'>{json.dumps(node).replace('<', chr(92) + 'u003c')}</script>"
        f"<h1>{said}</h1><p class=byline>By {said}</p><a rel=author href='{said}'>{said}</a>"
        f"<time class=dt-published datetime='{said}'>{said}</time><article><p>{said}</p>{text}</article>"
    )


def write_markdown(text: str) -> str:
    said = json.dumps(text[:30_000])
    head = f"---\ntitle: {said}\nauthors:\n  - name: {said}\n    url: {said}\n---\n"
    return f"{head}# {text}\n\nBy {text}\n\n[a]({text}\n\n{text}"


def write_text(text: str) -> str:
    block = f"About the author\n\n• {text}\n{text}\n\nView all posts {text}"
    return f"{text}\n\nBy {text}\n\n{text}\n\nx\n\n{text}\n\n{block}\n\nFor more, visit {text}"


KINDS = {
    "application/rss+xml": ("feed", write_rss),
    "application/atom+xml": ("feed", write_atom),
    "application/feed+json": ("feed", write_json_feed),
    "text/html": ("page", write_page),
    "text/markdown": ("markdown", write_markdown),
    "text/plain": ("text", write_text),
}


@pytest.mark.parametrize("media_type", KINDS)
@pytest.mark.parametrize("piece", PIECES)
def test_no_sign_holds_a_reader_up(media_type: str, piece: str) -> None:
    reader, write = KINDS[media_type]
    body = write((piece * LONG)[:LONG]).encode()
    document = Document(url="https://a.example/", media_type=media_type, charset="utf-8", body=body)
    with processor_seconds(scale(20)), contextlib.suppress(DispatchError):
        READERS[reader].read(document)


def test_names_between_many_separators_are_compared_once() -> None:
    """Each separator can be part of what is before an “and” or after it: a pattern tries all 5^20 ways."""
    with processor_seconds(2):
        assert not people.is_joined_name("a" + ",,,,a" * 20 + "!", ["a"] * 21)
        assert not people.is_joined_name("y" * 60, ["y"] * 20)
        assert people.is_joined_name("y" * 60, ["y"] * 40)


@pytest.mark.parametrize(
    ("joined", "names", "same"),
    [
        ("Ada Holm and Bo Andrew", ["Ada Holm", "Bo Andrew"], True),
        ("Ada Andrew Bo", ["Ada", "Andrew Bo"], True),
        ("Ada et Étienne", ["ADA", "Étienne"], True),
        ("Ada, Bo, and Cy", ["Ada", "Bo", "Cy"], True),
        ("Ada, Bo, and Cy", ["Ada", "Bo"], False),
        ("Ada Bo", ["Bo", "Ada"], False),
        ("Ada", ["Ada"], False),
    ],
)
def test_a_joined_name_is_made_of_all_names_in_order(joined: str, names: list[str], same: bool) -> None:
    assert people.is_joined_name(joined, names) == same


@pytest.mark.parametrize(
    "address",
    [
        f"https://a.example{'/' * 20_000}x",
        f"https://a.example/{'.amp' * 5_000}x",
        f"https://{'www.google.com/amp/s/' * 5_000}a.example/",
        f"https://a.example/?{'utm_source&' * 10_000}",
    ],
)
def test_an_address_is_compared_in_linear_time(address: str) -> None:
    with processor_seconds(3):
        simple = links.canonicalise_address(address)
    assert links.canonicalise_address(simple) == simple


@pytest.mark.parametrize(
    "script",
    [
        "[" * 400 + "0" + "".join(f"{',0' * 4_999}]" for _ in range(400)),
        json.dumps([{"@id": "x", **{f"k{n}-{key}": 1 for key in range(60)}} for n in range(4_000)]),
    ],
    ids=["lists in lists", "one node in many pieces"],
)
def test_structured_data_is_collected_in_linear_time(script: str) -> None:
    page = f'<title>T</title><script type="application/ld+json">{script}</script><p>x'
    document = Document(url="https://a.example/", media_type="text/html", charset="utf-8", body=page.encode())
    with processor_seconds(6), contextlib.suppress(DispatchError):
        READERS["page"].read(document)


def test_brackets_are_bounded_over_all_paragraphs() -> None:
    with processor_seconds(5), pytest.raises(GatherError, match="brackets"):
        commonmark.to_html("\n\n".join(["[" * 9_000] * 50))
    assert commonmark.to_html("[a](https://a.example/)\n" * 5_000).count("<a ") == 5_000


def test_paragraphs_without_words_are_cut_in_linear_time() -> None:
    content = f"<p>{'`' * 50_000}</p>" * 20
    with processor_seconds(10):
        assert html.cut_excerpt(content, 60, "en")


@pytest.mark.parametrize("name", ["from", "message-id", "content-type", "mime-version", "content-transfer-encoding"])
@pytest.mark.parametrize("piece", ["(", "(a", '"', ";", "a,", "a ", "é ", "=?utf-8?q?a?="])
def test_no_header_of_a_message_holds_us_up_or_ends_us(name: str, piece: str) -> None:
    for size in (900, LONG):
        body = f"{name}: {piece * (size // len(piece))}\r\nFrom: a@b.example\r\n\r\nText.\r\n".encode()
        message = Edition(format="eml", media_type="", path="x", body=body)
        with processor_seconds(scale(20)), contextlib.suppress(DispatchError):
            check.check_received(message, nouns.issue(), nouns.publication())
