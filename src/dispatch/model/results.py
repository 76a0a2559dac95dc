"""What the stages make of articles and issues, and what the stores remember of them."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Literal

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
Kind = Literal["article", "issue", "page", "withdrawn", "mended", "moved", "author", "source", "section", "tag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One issue in one format, finished."""

    format: Annotated[str, "rss, atom, json, email, text, eml or web"]
    media_type: Annotated[str, "what a server says that it is"]
    path: Annotated[str, "its file's name within the issue's folder"]
    body: Annotated[bytes, "what leaves the building"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fact that a check has found. ``report`` makes the sentences, for people; nobody reads those back."""

    rule: Annotated[str, "the rule's name, for example attribution.author"]
    severity: Annotated[Severity, "error or warning"]
    subject: Annotated[Subject, "what kind of thing it is about"]
    place: Annotated[Place, "where it is"] = field(default_factory=Place)
    values: Annotated[
        tuple[tuple[str, FindingValue], ...], "the facts by name, unshortened, such as name, wanted, found"
    ] = ()

    def at(self, place: Place) -> "Finding":
        """The same fact at this place."""
        return replace(self, place=place)

    def value(self, name: str) -> FindingValue | None:
        """One of the facts; None where it does not belong to this finding."""
        return dict(self.values).get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the ledger remembers of one published thing: a line of dispatch.lock.

    An article or an issue is a line. What has a page of its own in the site besides, or was withdrawn, has a line for
    that as well, with the same id; so has each time that a published correction mended something of it. A page that
    has moved is a line whose id is the old address.
    Every author, source, section and tag that has a list in the site has a line for the address of that list.
    """

    id: Annotated[str, "the article's or the issue's id; of what has moved, its old address; a name"]
    kind: Annotated[Kind, "what it is a line of"]
    url: Annotated[str, "its address; of a page, a list or of what has moved, the one in the site; mended: what was"]
    published: Annotated[datetime | None, "its date; of what was withdrawn, when that was"] = None
    authors: Annotated[str, "of an article: a digest of the authors' names and addresses"] = ""
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
    changes: Annotated[tuple[str, ...], "what has changed since it was first gathered, a line each"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What is known of a source from asking it."""

    source: Annotated[str, "the source's key"]
    asked: Annotated[datetime | None, "when it was last asked"] = None
    succeeded: Annotated[datetime | None, "when it last answered with something readable"] = None
    error: Annotated[str, "why it did not, the last time; empty when it did"] = ""
    failures: Annotated[int, "how many times in a row it did not"] = 0
    etag: Annotated[str, "the validator that it gave (RFC 9110, section 8.8.3)"] = ""
    modified: Annotated[str, "its Last-Modified, as it stood"] = ""
    not_before: Annotated[datetime | None, "when it may be asked again, as it said"] = None
    moved_to: Annotated[str, "where it says that it has moved for good"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What ``fetch`` hands to the readers; users never meet it."""

    url: Annotated[str, "where it was found after redirects; empty for a file or standard input"]
    media_type: Annotated[str, "without parameters, lower case; empty when nobody said"]
    charset: Annotated[str, "as declared outside the body; empty when nobody said"]
    body: Annotated[bytes, "as it came"]
    name: Annotated[str, "how to speak of it: the location as it was given"] = ""
