"""Feeds as one writes them in an afternoon: feedgen with its defaults, and lxml by hand."""

from collections.abc import Iterable
from email.utils import format_datetime

from feedgen.feed import FeedGenerator
from lxml import etree

from dispatch.model import Issue

CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"


def with_feedgen(issue: Issue, *, atom: bool = False) -> bytes:
    """RSS or Atom: title, link, id, date, summary, author and content of each entry."""
    feed = FeedGenerator()
    feed.load_extension("dc")
    feed.id("https://wire.example/")
    feed.title(issue.title)
    feed.link(href="https://wire.example/")
    feed.description("Ferries")
    for article in issue.articles:
        entry = feed.add_entry(order="append")
        entry.id(article.id)
        entry.title(article.title)
        entry.link(href=article.url)
        entry.published(article.published)
        entry.updated(article.published)
        entry.summary(article.dek)
        entry.content(article.content, type="html")
        entry.dc.dc_creator(", ".join(author.name for author in article.authors))
    octets: bytes = feed.atom_str(pretty=True) if atom else feed.rss_str(pretty=True)
    return octets


def with_lxml(issue: Issue) -> bytes:
    """The same RSS out of elements made by hand."""
    rss = etree.Element("rss", {"version": "2.0"}, nsmap={"content": CONTENT, "dc": DC})
    channel = etree.SubElement(rss, "channel")
    _fill(channel, [("title", issue.title), ("link", "https://wire.example/"), ("description", "Ferries")])
    for article in issue.articles:
        assert article.published
        _fill(
            etree.SubElement(channel, "item"),
            [
                ("title", article.title),
                ("link", article.url),
                ("guid", article.id),
                ("pubDate", format_datetime(article.published)),
                ("description", article.dek),
                (f"{{{DC}}}creator", ", ".join(author.name for author in article.authors)),
                (f"{{{CONTENT}}}encoded", article.content),
            ],
        )
    return etree.tostring(rss, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _fill(parent: etree._Element, texts: Iterable[tuple[str, str]]) -> None:
    for name, text in texts:
        etree.SubElement(parent, name).text = text
