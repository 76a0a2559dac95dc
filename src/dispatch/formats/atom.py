"""Atom (RFC 4287): an author on every entry, none on the feed, every person a contributor with their own address."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from lxml import etree

from dispatch import derived
from dispatch.formats import feed
from dispatch.formats.feed import Element
from dispatch.formats.template_context import TemplateContext
from dispatch.model import Article, Author, Contents, Publication

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# RFC 6721: the element that takes an entry back.
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
AROUND = ("feed",)


def render(issue: Contents, publication: Publication) -> bytes:
    """Render the issue as an Atom document in UTF-8, an entry per article. Raises RenderError."""
    fragments = TemplateContext(issue, publication)
    return document(fragments, [entry(article, fragments) for article in issue.articles])


def document(fragments: TemplateContext, entries: Sequence[bytes]) -> bytes:
    """Build the feed around finished entries. Raises RenderError."""
    namespaces = {"at": TOMBSTONES} if any(article.withdrawn for article in fragments.issue.articles) else {}
    made = feed.start_feed(fragments, "atom", partial(_finish_feed, fragments), namespaces)
    if logo := fragments.publication.theme.logo:
        made.logo(logo)
    return feed.insert_entries(fragments, made.atom_str(pretty=True), AROUND, entries)


def entry(article: Article, fragments: TemplateContext) -> bytes:
    """Render an article as an entry: the same bytes in every feed that holds it. Raises RenderError."""
    made = feed.start_entry(article)
    made.link(href=article.url, rel="alternate", type="text/html")
    made.summary(fragments.choose_summary(article))
    made.content(fragments.render_entry_body(article), type="html")
    for tag in article.tags:
        made.category(term=tag)
    if terms := derived.find_licence(article):
        made.rights(terms)
    tree = made.atom_entry()
    _finish_entry(fragments, article, tree)
    return feed.serialise_entry(tree, AROUND, {})


def _finish_feed(fragments: TemplateContext, tree: Element) -> None:
    for element in tree.iterfind("updated"):
        element.text = _format_timestamp(feed.find_latest_change(fragments))
    for relation, address in feed.list_feed_links(fragments, "atom"):
        etree.SubElement(tree, "link", rel=relation, href=address)
    for article in fragments.issue.articles:
        if article.withdrawn:
            when = _format_timestamp(article.withdrawn.date)
            etree.SubElement(tree, f"{{{TOMBSTONES}}}deleted-entry", ref=article.id, when=when)
    if feed.is_archived(fragments):
        feed.mark_archived(tree)


def _finish_entry(fragments: TemplateContext, article: Article, entry: Element) -> None:
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
        element.text = _format_timestamp(derived.find_last_change(article, fragments.issue))
    if article.published:
        etree.SubElement(entry, "published").text = _format_timestamp(article.published)
    # RFC 4287, section 4.2.1: an entry has an author; where nobody is known, the publication's name is no byline.
    for author in feed.list_author_elements(fragments, article) or [Author(name=fragments.publication.title)]:
        _add_person(entry, "author", author)
    for author in article.authors:
        _add_person(entry, "contributor", author)
    _add_origin(article, entry)


def _add_person(entry: Element, role: str, author: Author) -> None:
    person = etree.SubElement(entry, role)
    etree.SubElement(person, "name").text = author.name
    if author.url:
        etree.SubElement(person, "uri").text = author.url


def _add_origin(article: Article, entry: Element) -> None:
    """Add the feed that an entry came from, last: a reader takes title and link from the first that it meets."""
    source = article.source
    if not (source.feed_id and source.title and source.feed_updated):
        return
    origin = etree.SubElement(entry, "source")
    etree.SubElement(origin, "id").text = source.feed_id
    etree.SubElement(origin, "title").text = source.title
    etree.SubElement(origin, "updated").text = _format_timestamp(source.feed_updated)
    if source.url:
        etree.SubElement(origin, "link", rel="alternate", href=source.url)
    if source.feed:
        etree.SubElement(origin, "link", rel="self", href=source.feed)
    if source.license:
        etree.SubElement(origin, "rights").text = source.license


def _format_timestamp(moment: datetime) -> str:
    """Format a moment as RFC 3339 in UTC, with whole seconds and ``Z``."""
    return feed.to_utc(moment).isoformat().replace("+00:00", "Z")
