"""Feeds by their grammars: RFC 4287's, JSON Feed's, and the rules of RSS that a validator looks for."""

import json
import re
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import jsonschema
import pytest
from lxml import etree

import nouns
from judges.cases import FEEDS

DATA = nouns.ROOT / "tests" / "data"
ATOM = etree.RelaxNG(etree.parse(DATA / "atom.rng"))
JSON = jsonschema.Draft202012Validator(json.loads((DATA / "jsonfeed.schema.json").read_text()))
ONCE = ("title", "link", "description", "guid", "pubDate", "author", "source", "enclosure", "comments")
CHANNEL = ("title", "link", "description", "language", "docs", "generator", "lastBuildDate", "image")
NAMESPACES = {
    "http://purl.org/dc/elements/1.1/",
    "http://www.w3.org/2005/Atom",
    "http://purl.org/rss/1.0/modules/content/",
    "http://purl.org/syndication/history/1.0",
    "http://search.yahoo.com/mrss/",
}

every_case = pytest.mark.parametrize("case", FEEDS)


def edition(case: str, format: str) -> bytes:  # noqa: A002
    issue, publication = FEEDS[case]()
    return nouns.body(format, issue, publication)


@every_case
def test_atom_keeps_rfc_4287(case: str) -> None:
    judge_atom(edition(case, "atom"))


def judge_atom(octets: bytes) -> None:
    document = etree.fromstring(octets)
    ATOM.assertValid(document)
    names = {"a": "http://www.w3.org/2005/Atom"}
    ids = [element.text for element in document.iterfind("a:entry/a:id", names)]
    assert len(ids) == len(set(ids))
    # Section 4.2.1: an author on each entry, for there is none on the feed. Section 4.1.2: one alternate of a kind.
    for entry in document.iterfind("a:entry", names):
        assert entry.findall("a:author", names)
        assert len(entry.findall("a:link[@rel='alternate']", names)) == 1
    for moment in document.xpath("//a:updated | //a:published", namespaces=names):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment.text or "")


def test_the_grammar_of_atom_is_awake() -> None:
    good = edition("plain", "atom").decode()
    for old, new in (
        ("<updated>", "<updated>x"),
        ('rel="alternate"', 'rel="alternate" private="x"'),
        ("<entry>", "<entry><title>two</title>"),
        ("<id>tag:wire.example,2025-02-14:defence</id>", ""),
        ('type="html"', 'type="CDATA"'),
    ):
        assert old in good
        assert not ATOM.validate(etree.fromstring(good.replace(old, new, 1).encode()))


@every_case
def test_json_keeps_json_feed(case: str) -> None:
    judge_json(edition(case, "json"))


def judge_json(octets: bytes) -> None:
    JSON.validate(json.loads(octets))


def test_the_schema_of_json_feed_is_awake() -> None:
    good = json.loads(edition("plain", "json"))
    wrong: list[dict[str, object]] = [{"version": "1"}, {"items": [{"id": 1}]}, {"private": 1}]
    for bad in (*(good | one for one in wrong), {}):
        assert not JSON.is_valid(bad)


@every_case
def test_rss_keeps_its_rules(case: str) -> None:
    judge_rss(edition(case, "rss"))


def judge_rss(octets: bytes) -> None:
    rss = ElementTree.fromstring(octets)
    assert (rss.tag, rss.attrib) == ("rss", {"version": "2.0"})
    (channel,) = rss
    assert set(re.findall(r'xmlns:\w+="([^"]*)"', octets.decode())) <= NAMESPACES
    for name in CHANNEL:
        assert len(channel.findall(name)) == (name != "image" or channel.find("image") is not None)
    for moment in [*channel.iter("pubDate"), *channel.iter("lastBuildDate")]:
        assert re.search(r"[+-]\d{4}$", moment.text or "")
        assert parsedate_to_datetime(moment.text or "").utcoffset() is not None
    guids = [item.findtext("guid") for item in channel.iter("item")]
    assert len(guids) == len(set(guids))
    for item in channel.iter("item"):
        for name in ONCE:
            assert len(item.findall(name)) <= 1, name
        assert item.findtext("title")
        assert (item.findtext("link") or "").isascii()
        assert not item.findall("author")
    for element in channel.iter():
        assert "{" not in element.tag or element.tag[1:].partition("}")[0] in NAMESPACES


@pytest.mark.parametrize("format", nouns.FEEDS)
@every_case
def test_a_feed_stays_under_five_million_bytes(case: str, format: str) -> None:  # noqa: A002
    assert len(edition(case, format)) < 5_000_000
