"""What RSS and Atom have in common: feedgen builds each tree, and here it is finished, serialised and joined.

feedgen leaves out or gets wrong what the finishing adds: one author without an e-mail address, several links, the
origin of an entry, dates that come from the content. An entry is serialised alone, so that its bytes can be kept and
stand in every feed that holds it. The one user of feedgen and lxml.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from dispatch import __version__, links
from dispatch.formats import FORMATS
from dispatch.formats.template_context import TemplateContext
from dispatch.model import Article, Author

Element = etree._Element
Finish = Callable[[Element], None]
GENERATOR = "dispatch"
STYLE = "feed.css"  # at the top of the site; ``site_files`` makes it
ICON, FAVICON = "icon.png", "favicon.ico"  # likewise; ``pictures`` draws them
# RFC 5005, section 4: the element that marks an archived feed.
HISTORY = "http://purl.org/syndication/history/1.0"
MEDIA = "http://search.yahoo.com/mrss/"
_EBU_ROLES = ("photographer", "editor")


class _Finisher(BaseExtension):  # type: ignore[misc]
    """feedgen's hook for extensions: it is handed the feed's tree when that is built."""

    finish: Finish
    namespaces: Mapping[str, str]

    def extend_ns(self) -> Mapping[str, str]:
        return self.namespaces

    def extend_rss(self, tree: Element) -> Element:
        self.finish(tree)
        _encode_addresses(tree)
        return tree

    extend_atom = extend_rss


def start_feed(fragments: TemplateContext, format: str, finish: Finish, namespaces: Mapping[str, str]) -> FeedGenerator:  # noqa: A002
    """Start the feed with what both formats say of the whole, without any entry; ``finish`` gets its tree."""
    if is_archived(fragments):
        namespaces = {**namespaces, "fh": HISTORY}
    row = FORMATS[format]
    feed = FeedGenerator()
    feed.register_extension("finisher", _Finisher)
    feed.finisher.finish = finish
    feed.finisher.namespaces = namespaces
    publication = fragments.publication
    feed.id(fragments.issue.id)
    feed.title(build_feed_title(fragments))
    feed.subtitle(publication.description or publication.title)
    feed.language(fragments.language.code)
    feed.generator(GENERATOR, __version__)
    feed.updated(fragments.latest_change)
    feed.link(href=fragments.build_feed_url(_get_extension(format)), rel="self", type=row.media_type)
    # The last link of all is what RSS takes for the channel's.
    feed.link(href=fragments.page_url, rel="alternate", type="text/html")
    return feed


def start_entry(article: Article) -> FeedEntry:
    """Start a feedgen entry with the article's id and title."""
    made = FeedEntry()
    made.id(article.id)
    made.title(article.title)
    return made


def serialise_entry(tree: Element, around: Sequence[str], namespaces: Mapping[str, str]) -> bytes:
    """Serialise one entry alone, indented as within the elements ``around`` it, which declare its namespaces."""
    _encode_addresses(tree)
    outermost = inner = etree.Element(around[0], nsmap=namespaces)
    for name in around[1:]:
        inner = etree.SubElement(inner, name)
    inner.append(tree)
    octets: bytes = etree.tostring(outermost, encoding="UTF-8", pretty_print=True)
    begin, end = f"<{tree.tag}".encode(), f"</{tree.tag}>".encode()
    return octets[octets.index(begin) : octets.rindex(end) + len(end)]


def is_archived(fragments: TemplateContext) -> bool:
    """Whether it is one of the archived feeds, whose entries never change (RFC 5005, section 4)."""
    place = fragments.site_page
    return bool(place and place.live_feed)


def find_hub(fragments: TemplateContext) -> str:
    """Return the WebSub hub of a feed that readers subscribe to; empty for an issue's own and for archived feeds."""
    place = fragments.site_page
    return fragments.publication.feeds.hub if place and place.kind == "feed" and not place.live_feed else ""


def list_feed_links(fragments: TemplateContext, format: str) -> Iterator[tuple[str, str]]:  # noqa: A002
    """List the related feeds besides self and alternate, as pairs of relation and address.

    hub: WebSub, section 4. current, prev-archive and next-archive: RFC 5005, section 4.
    """
    place = fragments.site_page
    if place is None or place.kind != "feed":
        return
    if hub_address := find_hub(fragments):
        yield "hub", hub_address
    if place.live_feed:
        yield "current", fragments.build_url(f"{place.live_feed}.{_get_extension(format)}")
    for relation, way in (("prev-archive", place.previous), ("next-archive", place.next)):
        if way:
            yield relation, fragments.build_url(f"{way.path}.{_get_extension(format)}")


def mark_archived(parent: Element) -> None:
    """Mark an archived feed as such (RFC 5005, section 4)."""
    etree.SubElement(parent, f"{{{HISTORY}}}archive")


def insert_entries(fragments: TemplateContext, head: bytes, around: Sequence[str], entries: Sequence[bytes]) -> bytes:
    """Insert finished entries at the end of an empty feed, within the elements ``around`` them.

    A feed of the site names the style sheet that lets browsers show it, by the way from the one to the other: it holds
    under whatever address the folder is served, and what is read elsewhere has no need of it.
    """
    place = fragments.site_page
    if place:
        style = "../" * place.feed.count("/") + STYLE
        head = head.replace(b"?>\n", f'?>\n<?xml-stylesheet type="text/css" href="{style}"?>\n'.encode(), 1)
    tail = "".join(f"{'  ' * depth}</{name}>\n" for depth, name in reversed(list(enumerate(around)))).encode()
    indent = b"  " * len(around)
    parts = (part for entry in entries for part in (indent, entry, b"\n"))
    return b"".join([head.removesuffix(tail), *parts, tail])


def build_feed_title(fragments: TemplateContext) -> str:
    """Build the feed's title: the publication's, and what part of it the feed holds when that is not all."""
    name, of = fragments.publication.title, fragments.issue.title
    return name if name == of else f"{name}: {of}"


def to_utc(moment: datetime) -> datetime:
    """Convert the moment to UTC with whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0)


def choose_credited_authors(article: Article) -> tuple[Author, ...]:
    """Choose whom an entry is credited to: its authors, else its source as itself, never the curator."""
    source = article.source
    return article.authors or ((Author(name=source.title, url=source.url),) if source.title else ())


def join_authors(people: Sequence[Author]) -> Author:
    """Join several authors into one; several have no address in common."""
    return people[0] if len(people) == 1 else Author(name=", ".join(" ".join(author.name.split()) for author in people))


def list_author_elements(fragments: TemplateContext, article: Article) -> tuple[Author, ...]:
    """List the author elements of an entry: all names in one, or one each when the publication asks for it."""
    people = choose_credited_authors(article)
    if fragments.publication.feeds.authors == "separate" or not people:
        return people
    return (join_authors(people),)


def format_timestamp(moment: datetime) -> str:
    """Format a moment as RFC 3339 in UTC, with whole seconds and ``Z``."""
    return to_utc(moment).isoformat().replace("+00:00", "Z")


def list_categories(fragments: TemplateContext, article: Article) -> Iterator[dict[str, str]]:
    """List what an article is about, as feedgen takes it: its tags, and its section, with a scheme."""
    yield from ({"term": tag} for tag in article.tags)
    for title in fragments.section_titles.get(article.id, ()):
        yield {"term": title, "scheme": fragments.build_url("sections/")}


def list_complete_enclosures(article: Article) -> tuple[tuple[str, str, str], ...]:
    """List address, media type and size of the files that go with an article and are known well enough for XML."""
    return tuple(
        (one.url, one.type, str(one.length)) for one in article.enclosures if one.type and one.length is not None
    )


def add_media(article: Article, entry: Element, vocabulary: str) -> None:
    """Add the picture of an article, and who had which part in it (Media RSS 1.5.1).

    vocabulary: the address of whoever speaks of roles that the European Broadcasting Union's list does not have.
    """
    if image := article.image:
        sizes = {"width": image.width, "height": image.height}
        shown = {name: str(size) for name, size in sizes.items() if size}
        content = etree.SubElement(entry, f"{{{MEDIA}}}content", shown, url=image.url, medium="image")
        if image.alt:
            etree.SubElement(content, f"{{{MEDIA}}}description", type="plain").text = image.alt
        etree.SubElement(entry, f"{{{MEDIA}}}thumbnail", shown, url=image.url)
    for credit in article.credits:
        known = {} if credit.role in _EBU_ROLES else {"scheme": vocabulary}
        etree.SubElement(entry, f"{{{MEDIA}}}credit", known, role=credit.role.lower()).text = credit.name


def _encode_addresses(tree: Element) -> None:
    """Write all addresses of a feed or an entry in ASCII, as validators want it; ids and texts stay."""
    for element in tree.iter("*"):
        for name in ("href", "url"):
            if address := element.get(name):
                element.set(name, links.encode_ascii(address))
        if element.text and element.tag.rpartition("}")[2] in {"link", "logo", "uri", "url"}:
            element.text = links.encode_ascii(element.text)


def _get_extension(format: str) -> str:  # noqa: A002
    return FORMATS[format].path.rpartition(".")[2]
