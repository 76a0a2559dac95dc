"""A page or a feed of the site: where it is, what is around it, what it lists and shows."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Annotated, Literal

from dispatch.frozen import dataclass
from dispatch.model.articles import Author, Image, ImageCopy, Source
from dispatch.model.issue import Contents
from dispatch.model.results import Record

# fmt: off
PageKind = Literal[
    "front", "issue", "article", "republish", "archive", "year", "author", "source", "section", "tag",
    "index", "follow", "search", "page", "feed",
]
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link to another page of the site."""

    title: Annotated[str, "its words: an issue's title, a name, a year"]
    path: Annotated[str, "the page, below the publication's address: empty for the front page"]
    date: Annotated[datetime | None, "of an issue: when it appeared"] = None
    number: Annotated[int | None, "of an issue: its number"] = None
    count: Annotated[int | None, "of a list: how many articles it has"] = None
    dek: Annotated[str, "of an issue, where there is room: what it is about"] = ""
    image: Annotated[Image | None, "likewise: the first picture of its articles that may be shown"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Contents):
    """A page or a feed of the site. An issue that is rendered alone is an Issue."""

    kind: Annotated[PageKind, "what it is: a page, or “feed” for the three feeds of one stem"]
    path: Annotated[
        str, "a page's folder below the publication's address, percent-encoded, with a slash at its end; or empty"
    ] = ""
    feed: Annotated[str, "the stem of its feeds, for example “feed” or “authors/jerry/feed”; empty without any"] = ""
    previous: Annotated[Link | None, "the issue, the page of a list or the archived feed before this one"] = None
    next: Annotated[Link | None, "and the one after it"] = None
    live_feed: Annotated[str, "of an archived feed: the stem of the one that readers subscribe to (RFC 5005)"] = ""
    indexes: Annotated[tuple[str, ...], "which lists of lists the site has: tags/, authors/, sources/, sections/"] = ()
    author: Annotated[Author | None, "whom the page is about"] = None
    source: Annotated[Source | None, "which source the page is about"] = None
    is_kit: Annotated[bool, "of a feed: whether it has whole articles for those who publish them again"] = False
    left_out: Annotated[tuple[str, ...], "pictures and files of an article that are not given to those"] = ()
    lists: Annotated[tuple[Link, ...], "the pages that it lists beside its articles: earlier issues, years, names"] = ()
    related: Annotated[
        Mapping[str, tuple[Link, ...]],
        "by an article's id, the pages that are about it too: its issue, its authors, its source, its tags",
    ] = field(default_factory=dict)
    records: Annotated[tuple[Record, ...], "of a list: what the ledger remembers of its address"] = ()
    pictures: Annotated[
        Mapping[str, ImageCopy], "by the address that a picture has in an article, what the page shows instead"
    ] = field(default_factory=dict)

    @property
    def as_page(self) -> "Page":
        """Itself: it has a place in the site."""
        return self
