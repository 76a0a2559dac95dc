"""Atom (RFC 4287): an author on every entry, none on the feed, every person a contributor with their own address."""

from collections.abc import Sequence
from functools import partial

from lxml import etree

from dispatch import derived, links
from dispatch.formats import feed
from dispatch.formats.feed import Element
from dispatch.formats.template_context import TemplateContext
from dispatch.licences import find_licence
from dispatch.model import Article, Author

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# RFC 6721: the element that takes an entry back.
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
AROUND = ("feed",)
NAMESPACES = {"media": feed.MEDIA}


def document(fragments: TemplateContext, entries: Sequence[bytes]) -> bytes:
    """Build the feed around finished entries. Raises RenderError."""
    is_less = any(article.withdrawn for article in fragments.issue.articles)
    namespaces = NAMESPACES | ({"at": TOMBSTONES} if is_less else {})
    made = feed.start_feed(fragments, "atom", partial(_finish_feed, fragments), namespaces)
    made.icon(links.encode_ascii(fragments.build_url(feed.ICON)))
    if logo := fragments.publication.theme.logo:
        made.logo(logo)
    return feed.insert_entries(fragments, made.atom_str(pretty=True), AROUND, entries)


def entry(article: Article, fragments: TemplateContext) -> bytes:
    """Render an article as an entry: the same bytes in every feed that holds it. Raises RenderError."""
    made = feed.start_entry(article)
    made.link(href=article.url, rel="alternate", type="text/html")
    made.summary(fragments.choose_summary(article))
    made.content(fragments.render_entry_body(article), type="html")
    for category in feed.list_categories(fragments, article):
        made.category(category)
    if licence := derived.find_licence(article).name:
        made.rights(licence)
    tree = made.atom_entry()
    _finish_entry(fragments, article, tree)
    return feed.serialise_entry(tree, AROUND, NAMESPACES)


def _finish_feed(fragments: TemplateContext, tree: Element) -> None:
    for element in tree.iterfind("updated"):
        element.text = feed.format_timestamp(fragments.latest_change)
    for relation, address in feed.list_feed_links(fragments, "atom"):
        etree.SubElement(tree, "link", rel=relation, href=address)
    for article in fragments.issue.articles:
        if article.withdrawn:
            when = feed.format_timestamp(article.withdrawn.date)
            etree.SubElement(tree, f"{{{TOMBSTONES}}}deleted-entry", ref=article.id, when=when)
    if feed.is_archived(fragments):
        feed.mark_archived(tree)


def _finish_entry(fragments: TemplateContext, article: Article, entry: Element) -> None:
    if article.language:
        entry.set(LANGUAGE, article.language)
    for link in entry.iterfind("link"):
        link.set("rel", "alternate")
        link.set("type", "text/html")
    for enclosure in article.enclosures:  # what it does not know of one, Atom need not say (RFC 4287, section 4.2.7)
        known = {"type": enclosure.type, "length": "" if enclosure.length is None else str(enclosure.length)}
        shown = {name: value for name, value in known.items() if value}
        etree.SubElement(entry, "link", shown, rel="enclosure", href=enclosure.url)
    if licence := derived.find_licence(article).url:
        etree.SubElement(entry, "link", rel="license", href=links.encode_ascii(licence))
    published, updated = fragments.find_entry_dates(article)
    for element in entry.iterfind("updated"):
        element.text = feed.format_timestamp(updated)
    if published:
        etree.SubElement(entry, "published").text = feed.format_timestamp(published)
    # RFC 4287, section 4.2.1: an entry has an author; where nobody is known, the publication's name is no byline.
    for author in feed.list_author_elements(fragments, article) or [Author(name=fragments.publication.title)]:
        _add_person(entry, "author", author)
    for author in article.authors:
        _add_person(entry, "contributor", author)
    feed.add_media(article, entry, links.encode_ascii(fragments.build_url("")))
    _add_origin(article, entry)


def _add_person(entry: Element, role: str, author: Author) -> None:
    person = etree.SubElement(entry, role)
    etree.SubElement(person, "name").text = author.name
    if author.url:
        etree.SubElement(person, "uri").text = author.url


def _add_origin(article: Article, entry: Element) -> None:
    """Add where an entry was first published, and when, last: a reader takes title and link from the first it meets."""
    source, updated = article.source, article.published or article.source.feed_updated
    id_ = source.feed_id or links.encode_ascii(source.feed or source.url)  # an id is what the feed says that it is
    if not (id_ and source.title.strip() and updated):
        return
    origin = etree.SubElement(entry, "source")
    etree.SubElement(origin, "id").text = id_
    etree.SubElement(origin, "title").text = source.title
    etree.SubElement(origin, "updated").text = feed.format_timestamp(updated)
    if source.url:
        etree.SubElement(origin, "link", rel="alternate", href=source.url)
    if source.feed:
        etree.SubElement(origin, "link", rel="self", href=source.feed)
    if source.license:
        etree.SubElement(origin, "rights").text = find_licence(source.license).name
