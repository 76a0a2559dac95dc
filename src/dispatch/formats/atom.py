"""Atom (RFC 4287): an author on every entry, none on the feed, every person a contributor with their own address."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from lxml import etree

from dispatch import terms
from dispatch.formats import feed
from dispatch.formats.feed import Element
from dispatch.formats.fragments import Fragments, licence
from dispatch.model import Article, Author, Contents, Publication

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
AROUND = ("feed",)


def render(issue: Contents, publication: Publication) -> bytes:
    """Render the issue as an Atom document in UTF-8, an entry per article. Raises RenderError."""
    fragments = Fragments(issue, publication)
    return document(fragments, [entry(article, fragments) for article in issue.articles])


def document(fragments: Fragments, entries: Sequence[bytes]) -> bytes:
    """Build the feed around finished entries. Raises RenderError."""
    made = feed.head(fragments, "atom", partial(_finish_feed, fragments), {})
    if logo := fragments.publication.theme.logo:
        made.logo(logo)
    return feed.filled(fragments, made.atom_str(pretty=True), AROUND, entries)


def entry(article: Article, fragments: Fragments) -> bytes:
    """Render an article as an entry: the same bytes in every feed that holds it. Raises RenderError."""
    made = feed.entry(article)
    made.link(href=article.url, rel="alternate", type="text/html")
    made.summary(fragments.summary(article))
    made.content(fragments.entry(article), type="html")
    for tag in article.tags:
        made.category(term=tag)
    if terms := licence(article):
        made.rights(terms)
    tree = made.atom_entry()
    _finish_entry(fragments, article, tree)
    return feed.serialised(tree, AROUND, {})


def _finish_feed(fragments: Fragments, tree: Element) -> None:
    for element in tree.iterfind("updated"):
        element.text = _stamp(feed.updated(fragments))
    for relation, address in feed.relations(fragments, "atom"):
        etree.SubElement(tree, "link", rel=relation, href=address)
    if feed.is_archived(fragments):
        feed.history(tree)


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
    """Add the feed that an entry came from, last: a reader takes title and link from the first that it meets."""
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
    """Format a moment as RFC 3339 in UTC, with whole seconds and ``Z``."""
    return feed.utc(moment).isoformat().replace("+00:00", "Z")
