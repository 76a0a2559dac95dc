"""Atom (RFC 4287): an author on every entry, none on the feed, every person a contributor with their own address."""

from datetime import datetime
from functools import partial

from feedgen.entry import FeedEntry
from lxml import etree

from dispatch import terms
from dispatch.formats import feed
from dispatch.formats.feed import Element
from dispatch.formats.fragments import Fragments, licence
from dispatch.model import Article, Author, Issue, Publication

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def render(issue: Issue, publication: Publication) -> bytes:
    """The issue as an Atom document in UTF-8, an entry an article. Raises RenderError."""
    fragments = Fragments(issue, publication)
    made = feed.generator(fragments, "atom", partial(_finish_feed, fragments), {})
    if publication.theme.logo:
        made.logo(publication.theme.logo)
    for article in issue.articles:
        _entry(feed.entry(made, article, partial(_finish_entry, fragments, article)), article, fragments)
    octets: bytes = made.atom_str(pretty=True)
    return octets


def _entry(entry: FeedEntry, article: Article, fragments: Fragments) -> None:
    entry.title(article.title)
    entry.link(href=article.url, rel="alternate", type="text/html")
    entry.summary(fragments.summary(article))
    entry.content(fragments.entry(article), type="html")
    for tag in article.tags:
        entry.category(term=tag)
    if terms := licence(article):
        entry.rights(terms)


def _finish_feed(fragments: Fragments, tree: Element) -> None:
    for element in tree.iterfind("updated"):
        element.text = _stamp(feed.updated(fragments))


def _finish_entry(fragments: Fragments, article: Article, entry: Element) -> None:
    if article.language:
        entry.set(LANGUAGE, article.language)
    for link in entry.iterfind("link"):
        link.set("rel", "alternate")
        link.set("type", "text/html")
    for enclosure in article.enclosures:
        if enclosure.type and enclosure.length is not None:
            etree.SubElement(
                entry, "link", rel="enclosure", href=enclosure.url, type=enclosure.type, length=str(enclosure.length)
            )
    for element in entry.iterfind("updated"):
        element.text = _stamp(terms.changed(article, fragments.issue))
    if article.published:
        etree.SubElement(entry, "published").text = _stamp(article.published)
    # RFC 4287, section 4.2.1: an entry has an author; where nobody is known, the publication's name is no byline.
    for author in feed.bylines(fragments, article) or [Author(name=fragments.publication.title)]:
        _person(entry, "author", author)
    for author in article.authors:
        _person(entry, "contributor", author)
    _origin(article, entry)


def _person(entry: Element, role: str, author: Author) -> None:
    person = etree.SubElement(entry, role)
    etree.SubElement(person, "name").text = author.name
    if author.url:
        etree.SubElement(person, "uri").text = author.url


def _origin(article: Article, entry: Element) -> None:
    """The feed that an entry came from, last: a reader takes title and link from the first that it meets."""
    source = article.source
    if not (source.feed_id and source.title and source.feed_updated):
        return
    origin = etree.SubElement(entry, "source")
    etree.SubElement(origin, "id").text = source.feed_id
    etree.SubElement(origin, "title").text = source.title
    etree.SubElement(origin, "updated").text = _stamp(source.feed_updated)
    if source.url:
        etree.SubElement(origin, "link", rel="alternate", href=source.url)
    if source.feed:
        etree.SubElement(origin, "link", rel="self", href=source.feed)
    if source.license:
        etree.SubElement(origin, "rights").text = source.license


def _stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with whole seconds and ``Z``."""
    return feed.utc(moment).isoformat().replace("+00:00", "Z")
