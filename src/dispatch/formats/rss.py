"""RSS 2.0 that 17 readers show with the right credit and the W3C validator passes."""

import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from html import escape
from zoneinfo import ZoneInfo

from lxml import etree

from dispatch import derived, links
from dispatch.formats import feed
from dispatch.formats.feed import Element
from dispatch.formats.template_context import TemplateContext
from dispatch.model import Article

DOCS = "https://www.rssboard.org/rss-specification"
ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
NAMESPACES = {"dc": DC, "atom": ATOM, "content": CONTENT, "media": feed.MEDIA}
AROUND = ("rss", "channel")


def document(fragments: TemplateContext, entries: Sequence[bytes]) -> bytes:
    """Build the feed around finished items. Raises RenderError."""
    made = feed.start_feed(fragments, "rss", partial(_finish_channel, fragments), NAMESPACES)
    made.docs(DOCS)
    made.description(escape(made.description(), quote=False))
    return feed.insert_entries(fragments, made.rss_str(pretty=True), AROUND, entries)


def entry(article: Article, fragments: TemplateContext) -> bytes:
    """Render an article as an item: the same bytes in every feed that holds it. Raises RenderError."""
    made = feed.start_entry(article)
    made.link(href=article.url)
    made.guid(article.id, permalink=article.id == links.encode_ascii(article.url) and links.is_web_address(article.id))
    # Of an item this is HTML (RSS 2.0, “description”), and readers take the channel's for the same.
    made.description(escape(fragments.choose_summary(article), quote=False))
    made.content(fragments.render_entry_body(article), type="html")
    for category in feed.list_categories(fragments, article):
        made.category(category)
    if article.source.title and (origin := article.source.feed or article.source.url):
        made.source(title=article.source.title, url=origin)
    for url, kind, size in feed.list_complete_enclosures(article)[:1]:  # the specification knows one
        made.enclosure(url, size, kind)
    item = made.rss_entry()
    _finish_item(article, fragments, item)
    return feed.serialise_entry(item, AROUND, NAMESPACES)


def _finish_channel(fragments: TemplateContext, rss: Element) -> None:
    channel = rss[0]
    for link in channel.iterfind("link"):
        link.text = fragments.page_url
    for itself in channel.findall(f"{{{ATOM}}}link"):
        for relation, address in reversed(list(feed.list_feed_links(fragments, "rss"))):
            itself.addnext(etree.Element(f"{{{ATOM}}}link", rel=relation, href=address))
    if feed.is_archived(fragments):
        feed.mark_archived(channel)
    for built in channel.iter("lastBuildDate"):
        built.text = _format_moment(fragments.latest_change, fragments)
    logo = fragments.publication.theme.logo or fragments.build_url(feed.ICON)
    image = etree.SubElement(channel, "image")
    for name, text in (("url", logo), ("title", channel.findtext("title")), ("link", channel.findtext("link"))):
        etree.SubElement(image, name).text = links.encode_ascii(text or "") if name == "url" else text
    _escape_markup(image, "title")
    _escape_markup(channel, "title", "description")


def _format_moment(moment: datetime, fragments: TemplateContext) -> str:
    """Format a moment as the publication's clocks show it: readers see the day that is written there."""
    return format_datetime(moment.astimezone(ZoneInfo(fragments.publication.timezone)).replace(microsecond=0))


def _finish_item(article: Article, fragments: TemplateContext, item: Element) -> None:
    _escape_markup(item, "title")
    link = item.find("link")
    if link is not None:
        via = etree.Element(f"{{{ATOM}}}link", rel="via", href=article.url, nsmap=NAMESPACES)
        link.addnext(via)
    published, updated = fragments.find_entry_dates(article)
    if published:
        etree.SubElement(item, "pubDate").text = _format_moment(published, fragments)
    for author in feed.list_author_elements(fragments, article):
        etree.SubElement(item, f"{{{DC}}}creator").text = author.name
    said = {"language": article.language, "rights": derived.find_licence(article).name}
    for name, text in said.items():
        if text:
            etree.SubElement(item, f"{{{DC}}}{name}").text = text
    etree.SubElement(item, f"{{{ATOM}}}updated").text = feed.format_timestamp(updated)
    feed.add_media(article, item, links.encode_ascii(fragments.build_url("")))


def _escape_markup(parent: Element, *names: str) -> None:
    """Write the markup characters of these children as hexadecimal references: readers undo one level, some a second.

    Source: RSS Advisory Board, Best Practices Profile, “Character Data”.
    """
    for element in parent.iterchildren(*names):
        text = element.text or ""
        element.text, *rest = re.split("[&<]", text)
        for character, following in zip(re.findall("[&<]", text), rest, strict=True):
            reference = etree.Entity(f"#x{ord(character):X}")
            reference.tail = following
            element.append(reference)
