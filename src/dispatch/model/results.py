"""The results of the stages, and what the stores remember."""

from dataclasses import field, replace
from datetime import datetime
from typing import Annotated, Literal

from dispatch.frozen import dataclass
from dispatch.model.articles import Article
from dispatch.model.places import Place

Severity = Literal["error", "warning"]
# fmt: off
Subject = Literal[
    "address", "article", "attribute", "charset", "colour", "data", "date", "edition", "editor", "element", "excerpt",
    "feed", "file", "header", "heading", "id", "issue", "key", "language", "line", "link", "loop", "meta", "name",
    "notice", "order", "page", "part", "picture", "published", "role", "script", "section", "size", "source", "style",
    "table", "text", "title", "updated",
]
# fmt: on
FindingValue = str | int | tuple["FindingValue", ...]
# fmt: off
Kind = Literal[
    "article", "issue", "page", "entered", "withdrawn", "mended", "moved", "author", "source", "section", "tag",
    "round", "sent",
]
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One issue in one format, finished."""

    format: Annotated[str, "rss, atom, json, email, text, eml or web"]
    media_type: Annotated[str, "the media type that a server sends with it"]
    path: Annotated[str, "its file's name within the issue's folder"]
    body: Annotated[bytes, "its bytes, ready to be published"]
    shortened: Annotated[
        tuple[str, ...],
        "of a feed that would be too large: the ids of which it has an excerpt only; of a mail: of which it has none",
    ] = ()
    without_notes: Annotated[tuple[str, ...], "of such a mail: the ids of which it has no note of the editor"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fact that a check has found. ``report`` makes the sentences for people; nobody parses those."""

    rule: Annotated[str, "the rule's name, for example attribution.author"]
    severity: Annotated[Severity, "error or warning"]
    subject: Annotated[Subject, "what kind of thing it is about"]
    place: Annotated[Place, "where it is"] = field(default_factory=Place)
    values: Annotated[
        tuple[tuple[str, FindingValue], ...], "the facts by name, unshortened, such as name, wanted, found"
    ] = ()

    def at_place(self, place: Place) -> "Finding":
        """Return the same fact at this place."""
        return replace(self, place=place)

    def get_value(self, name: str) -> FindingValue | None:
        """Return one of the facts; None if this finding does not have it."""
        return dict(self.values).get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A line of dispatch.lock: what the ledger remembers of one published thing.

    An article or an issue is a line. What has a page of its own in the site besides, was published later than its
    issue's date says, or was withdrawn, has a line for that as well, with the same id; so has each time that a
    published correction mended something of it. A page that has moved is a line whose id is the old address.
    Every author, source, section and tag that has a list in the site has a line for the address of that list.
    """

    id: Annotated[str, "the article's or the issue's id; of what has moved, its old address; a name"]
    kind: Annotated[Kind, "what it is a line of"]
    url: Annotated[
        str,
        "its address; of a page, a list or of what has moved, the one in the site; mended: what was; of a round, or "
        "of what was sent: the store, or the draft of a mail service",
    ]
    published: Annotated[
        datetime | None, "its date; of what entered late, its place in time; of what was withdrawn, when"
    ] = None
    authors: Annotated[
        str,
        "of an article: a digest of the authors' names and addresses; of a list: the id of its oldest article; of what "
        "has moved: feed, where the feed of a list has its id from there",
    ] = ""
    former_authors: Annotated[
        frozenset[str], "of an article: such digests of its byline with its authors' former names; in no file"
    ] = field(default=frozenset(), compare=False)
    number: Annotated[int, "of what was mended: which time that was, from 1"] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An article that waits in the inbox."""

    number: Annotated[int, "its number, which it keeps"]
    article: Annotated[Article, "the article as it was last gathered"]
    source: Annotated[str, "the key of the source that it came from"]
    arrived: Annotated[datetime, "when it was first gathered"]
    state: Annotated[Literal["new", "dismissed"], "new or dismissed"] = "new"
    also_at: Annotated[tuple[str, ...], "other addresses at which the same text was found"] = ()
    changes: Annotated[tuple[str, ...], "what has changed since it was first gathered, one line each"] = ()
    shared: Annotated[bool, "whether its source has other articles at the same address"] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What is known of a source from fetching it."""

    source: Annotated[str, "the source's key"]
    asked: Annotated[datetime | None, "when it was last fetched"] = None
    succeeded: Annotated[datetime | None, "when it was last fetched successfully"] = None
    error: Annotated[str, "why the last fetch failed; empty when it succeeded"] = ""
    failures: Annotated[int, "how many fetches in a row have failed"] = 0
    etag: Annotated[str, "the validator that it gave (RFC 9110, section 8.8.3)"] = ""
    modified: Annotated[str, "its Last-Modified header, byte for byte"] = ""
    not_before: Annotated[datetime | None, "when it may be fetched again, as it asked"] = None
    moved_to: Annotated[str, "the address that it has moved to permanently"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What ``fetch`` passes to the readers; users never see it."""

    url: Annotated[str, "where it was fetched from, after redirects; empty for a file or standard input"]
    media_type: Annotated[str, "its media type without parameters, lower case; empty if not declared"]
    charset: Annotated[str, "its character set, as declared outside the body; empty if not declared"]
    body: Annotated[bytes, "its bytes, as they came"]
    name: Annotated[str, "its name in messages: the location as it was given"] = ""
    received: Annotated[datetime | None, "when it came, for a day in it without a year"] = None
    title: Annotated[str, "what the editor calls it: a text that begins at once then loses no line to a title"] = ""
