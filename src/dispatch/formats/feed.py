"""What RSS and Atom have in common: feedgen builds the tree, and here it is finished.

feedgen leaves out or gets wrong what ``FINISH`` adds through its own hook for extensions: one author without an e-mail
address, several links, the origin of an entry, dates that come from the content. The one user of feedgen and lxml.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from dispatch import __version__, terms
from dispatch.formats import FORMATS
from dispatch.formats.fragments import Fragments
from dispatch.model import Article, Author

Element = etree._Element
Finish = Callable[[Element], None]
GENERATOR = "dispatch"


class _Finisher:
    """feedgen's hook: it hands over each tree that it has built."""

    finish: Finish
    namespaces: dict[str, str]

    def __init__(self) -> None:
        self.namespaces = {}

    def extend_ns(self) -> dict[str, str]:
        return self.namespaces

    def extend_rss(self, tree: Element) -> Element:
        self.finish(tree)
        return tree

    extend_atom = extend_rss


class _FeedFinisher(_Finisher, BaseExtension):  # type: ignore[misc]
    pass


class _EntryFinisher(_Finisher, BaseEntryExtension):  # type: ignore[misc]
    pass


def generator(fragments: Fragments, format: str, finish: Finish, namespaces: dict[str, str]) -> FeedGenerator:  # noqa: A002
    """The feed with what both formats say of the whole; ``finish`` gets its tree before the entries join it."""
    row = FORMATS[format]
    feed = FeedGenerator()
    feed.register_extension("finisher", _FeedFinisher, _EntryFinisher)
    feed.finisher.finish = finish
    feed.finisher.namespaces = namespaces
    publication = fragments.publication
    feed.id(fragments.issue.id)
    feed.title(title(fragments))
    feed.subtitle(publication.description or publication.title)
    feed.language(fragments.language.code)
    feed.generator(GENERATOR, __version__)
    feed.updated(updated(fragments))
    feed.link(href=fragments.feed(row.path.rpartition(".")[2]), rel="self", type=row.media_type)
    # The last link of all is what RSS takes for the channel's.
    feed.link(href=fragments.page, rel="alternate", type="text/html")
    return feed


def entry(feed: FeedGenerator, article: Article, finish: Finish) -> FeedEntry:
    """A new entry at the end; ``finish`` gets its tree."""
    made = feed.add_entry(order="append")
    made.finisher.finish = finish
    made.id(article.id)
    return made


def title(fragments: Fragments) -> str:
    """What the feed is called: the publication, and what of it the feed holds when that is not all."""
    name, of = fragments.publication.title, fragments.issue.title
    return name if name == of else f"{name}: {of}"


def updated(fragments: Fragments) -> datetime:
    """The latest moment in the content: no clock has a say."""
    issue = fragments.issue
    return max([issue.date, *(terms.changed(article, issue) for article in issue.articles)])


def utc(moment: datetime) -> datetime:
    """The moment in UTC with whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0)


def credited(article: Article) -> tuple[Author, ...]:
    """Who an entry is credited to: its authors, else the origin as itself, never the curator."""
    source = article.source
    return article.authors or ((Author(name=source.title, url=source.url),) if source.title else ())


def joined(people: Sequence[Author]) -> Author:
    """All of them as one; several have no address in common."""
    return people[0] if len(people) == 1 else Author(name=", ".join(" ".join(author.name.split()) for author in people))


def bylines(fragments: Fragments, article: Article) -> tuple[Author, ...]:
    """The author elements of an entry: all names in one, or one each when the publication asks for it."""
    people = credited(article)
    if fragments.publication.feeds.authors == "separate" or not people:
        return people
    return (joined(people),)
