"""RSS 2.0 that 17 readers show with the right credit and the W3C validator passes."""

import re
from collections.abc import Sequence
from email.utils import format_datetime
from functools import partial

from lxml import etree

from dispatch import links
from dispatch.formats import feed
from dispatch.formats.feed import Element
from dispatch.formats.fragments import Fragments
from dispatch.model import Article, Contents, Publication

DOCS = "https://www.rssboard.org/rss-specification"
ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
NAMESPACES = {"dc": DC, "atom": ATOM, "content": CONTENT}
AROUND = ("rss", "channel")


def render(issue: Contents, publication: Publication) -> bytes:
    """Render the issue as an RSS 2.0 document in UTF-8, an item per article. Raises RenderError."""
    fragments = Fragments(issue, publication)
    return document(fragments, [entry(article, fragments) for article in issue.articles])


def document(fragments: Fragments, entries: Sequence[bytes]) -> bytes:
    """Build the feed around finished items. Raises RenderError."""
    made = feed.head(fragments, "rss", partial(_finish_channel, fragments), NAMESPACES)
    made.docs(DOCS)
    return feed.filled(fragments, made.rss_str(pretty=True), AROUND, entries)


def entry(article: Article, fragments: Fragments) -> bytes:
    """Render an article as an item: the same bytes in every feed that holds it. Raises RenderError."""
    made = feed.entry(article)
    made.link(href=links.ascii_form(article.url))
    made.guid(article.id, permalink=article.id == links.ascii_form(article.url) and links.is_web(article.id))
    made.description(fragments.summary(article))
    made.content(fragments.entry(article), type="html")
    for tag in article.tags:
        made.category(term=tag)
    if article.source.title and (origin := article.source.feed or article.source.url):
        made.source(title=article.source.title, url=links.ascii_form(origin))
    for enclosure in article.enclosures[:1]:
        if enclosure.type and enclosure.length is not None:
            made.enclosure(links.ascii_form(enclosure.url), str(enclosure.length), enclosure.type)
    item = made.rss_entry()
    _finish_item(article, fragments, item)
    return feed.serialised(item, AROUND, NAMESPACES)


def _finish_channel(fragments: Fragments, rss: Element) -> None:
    channel = rss[0]
    for link in channel.iterfind("link"):
        link.text = links.ascii_form(fragments.page)
    for itself in channel.findall(f"{{{ATOM}}}link"):
        for relation, address in reversed(list(feed.relations(fragments, "rss"))):
            itself.addnext(etree.Element(f"{{{ATOM}}}link", rel=relation, href=address))
    for link in channel.iterfind(f"{{{ATOM}}}link"):
        link.set("href", links.ascii_form(link.get("href", "")))
    if feed.is_archived(fragments):
        feed.history(channel)
    for built in channel.iter("lastBuildDate"):
        built.text = format_datetime(feed.utc(feed.updated(fragments)))
    if logo := fragments.publication.theme.logo:
        image = etree.SubElement(channel, "image")
        for name, text in (("url", logo), ("title", channel.findtext("title")), ("link", channel.findtext("link"))):
            etree.SubElement(image, name).text = text
        _refer(image)
    _refer(channel)


def _finish_item(article: Article, fragments: Fragments, item: Element) -> None:
    _refer(item)
    link = item.find("link")
    if link is not None:
        via = etree.Element(f"{{{ATOM}}}link", rel="via", href=article.url, nsmap=NAMESPACES)
        link.addnext(via)
    if article.published:
        etree.SubElement(item, "pubDate").text = format_datetime(feed.utc(article.published))
    for author in feed.bylines(fragments, article):
        etree.SubElement(item, f"{{{DC}}}creator").text = author.name


def _refer(parent: Element) -> None:
    """Write the markup characters of a title as hexadecimal references: readers undo one level, some a second."""
    for title in parent.iterfind("title"):
        text = title.text or ""
        title.text, *rest = re.split("[&<]", text)
        for character, following in zip(re.findall("[&<]", text), rest, strict=True):
            reference = etree.Entity(f"#x{ord(character):X}")
            reference.tail = following
            title.append(reference)
