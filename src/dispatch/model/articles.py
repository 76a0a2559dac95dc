"""Articles, with their authors, sources and pictures; and what an annotation says of a field's form in files."""

from dataclasses import field
from datetime import datetime
from typing import Annotated, Literal

from dispatch.frozen import dataclass

Syndicate = Literal["link", "excerpt", "full"]
Certainty = Literal["certain", "likely", "unknown"]
WitnessKind = Literal["json-ld", "citation", "microformat", "box", "byline", "meta"]
Layout = Literal["lead", "cards", "list", "brief", "quote", "text"]
Mended = Literal["authors", "date", "url", "title"]


@dataclass(frozen=True, slots=True)
class Key:
    """The name that a field has in files, where it cannot be the field's own.

    With an empty name, the field's own keys stand among its neighbours. On the values of a mapping, each stands in a
    table of its own under this key.
    """

    name: Annotated[str, "the key; may be empty"]


@dataclass(frozen=True, slots=True)
class AddressMark:
    """Marks a text that is an absolute address: http, https, mailto or tel; ``//host`` is read as ``https://host``."""

    file: Annotated[bool, "whether it leads to a file: http or https, or, where a person writes it, a file's name"] = (
        False
    )


Url = Annotated[str, AddressMark()]
FileUrl = Annotated[str, AddressMark(file=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """The writer of an article: a person, a staff, an agency. A name is never taken apart."""

    name: Annotated[str, "the name, exactly as it is to be shown"]
    url: Annotated[Url, "the author's own page, for example the address behind “View all posts”"] = ""
    email: Annotated[str, "the email address; never shown"] = ""
    bio: Annotated[str, "who this is, as plain text"] = ""
    avatar: Annotated[FileUrl, "the address of a portrait"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Somebody who had a part in an article but did not write it."""

    role: Annotated[str, "translator, editor, photographer, illustrator, via, submitted by, or a word of your own"]
    name: Annotated[str, "the name, exactly as it is to be shown"]
    url: Annotated[Url, "this person's own page"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an article was first published, and how much of it may be shown."""

    key: Annotated[str, "the name by which articles refer to a source of dispatch.toml"] = ""
    title: Annotated[str, "the name of the paper, site or newsletter; empty for our own articles"] = ""
    url: Annotated[Url, "its front page"] = ""
    feed: Annotated[Url, "the address of its feed"] = ""
    feed_id: Annotated[str, "the id that its Atom feed gives itself"] = ""
    feed_updated: Annotated[datetime | None, "when that feed was last updated"] = None
    section: Annotated[str, "the section that its articles go to"] = ""
    syndicate: Annotated[Syndicate | None, "how much may be shown: link, excerpt or full"] = None
    excerpt_words: Annotated[int | None, Key("words"), "about how many words an excerpt has"] = None
    license: Annotated[str, "the licence under which it may be shown, for example CC-BY-4.0"] = ""
    kind: Annotated[Literal["", "feed", "page"], "feed or page: what is at its address; found out when empty"] = ""
    tags: Annotated[tuple[str, ...], "what all its articles are about"] = ()
    author: Annotated[Author | None, "its only author, when it does not name one"] = None
    dismiss: Annotated[tuple[str, ...], "titles and addresses to dismiss, with * as a wildcard"] = ()
    complete: Annotated[bool, "whether to read the page of each article, because the feed has excerpts only"] = False
    allow_private: Annotated[bool, "whether it may be in a private network"] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture. In an article's file its url may be a file name; stages always get an absolute address."""

    url: Annotated[FileUrl, "an address, or the name of a file beside the article"]
    alt: Annotated[str | None, "what it shows, in words; empty when it only decorates"] = None
    width: Annotated[int | None, "pixels"] = None
    height: Annotated[int | None, "pixels"] = None
    caption: Annotated[str, "what is said under it, plain text"] = ""
    credit: Annotated[str, "who made it, for example: Ada Moss / Harbour Pictures"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sponsor:
    """Who paid for a place in an issue. Shown under a label that says so, and credited with nothing."""

    name: Annotated[str, "the name, as the label has it"]
    url: Annotated[Url, "where the sponsor wants to be visited"] = ""
    text: Annotated[str, "what the sponsor says, plain text"] = ""
    image: Annotated[Image | None, "the sponsor's picture"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageVariant:
    """One format and size of a picture: a file of the site."""

    url: Annotated[str, "its address"]
    media_type: Annotated[str, "image/webp, image/jpeg, image/png or image/gif"]
    width: Annotated[int, "pixels"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageCopy:
    """A picture as the site's own pages show it; every other edition has the address that the curator gave."""

    address: Annotated[str, "the address that the picture has in an article, byte for byte"]
    url: Annotated[str, "the address of the largest in a form that every browser knows"]
    width: Annotated[int, "of that, in pixels"]
    height: Annotated[int, "likewise"]
    variants: Annotated[tuple[ImageVariant, ...], "all of them, a form after the other, the smallest first"]
    thumbs: Annotated[tuple[ImageVariant, ...], "likewise, cropped to three by two, for lists; none for some"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that goes with an article, such as a recording."""

    url: Annotated[FileUrl, "its address"]
    type: Annotated[str, "its media type"] = ""
    length: Annotated[int | None, "its size in bytes"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A correction of something published, with its date."""

    date: Annotated[datetime, "when it was corrected"]
    text: Annotated[str, "what was wrong and what is right"]
    mends: Annotated[
        tuple[Mended, ...],
        "what it changes in the published article: authors, date, url, title; empty for anything else",
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """The withdrawal of something published: a notice replaces it, and its id is never used again."""

    date: Annotated[datetime, "when it was withdrawn"]
    text: Annotated[str, "why, in a sentence; may be empty"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the publisher of a text asks of whoever publishes it again, besides its licence."""

    line: Annotated[str, "the line that must stand with it, verbatim: a paragraph's sanitised HTML, with its links"] = (
        ""
    )
    counter: Annotated[FileUrl, "the address of the picture by which its publisher counts readers"] = ""
    no_derivatives: Annotated[bool, "whether it may only be shown unchanged"] = False
    digest: Annotated[str, "a digest of its words as they were taken, which shows that they were changed"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """One piece of evidence for who wrote an article: what kind of markup of its page names whom."""

    kind: Annotated[WitnessKind, "the kind of markup"]
    names: Annotated[tuple[str, ...], "whom it names, in order"]
    urls: Annotated[tuple[Url, ...], "their own pages, in the same order; none when no page is known"] = ()
    house: Annotated[bool, "whether it names a site, a staff or an agency only, and no person"] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article, in one normal form whatever it came from.

    ``content`` is sanitised, well-formed and has absolute links: true from the door on (the readers and
    ``issues.read``), never rechecked. Inside an issue ``id``, ``key`` and ``url`` are never empty.
    """

    id: Annotated[str, "an absolute IRI, minted once, never changed"] = ""
    key: Annotated[str, "the stem of its file's name"] = ""
    file: Annotated[str, "its file, as a path below the publication's folder; empty when it has none"] = field(
        default="", compare=False
    )
    own: Annotated[bool, "whether this publication published it first: it has no address elsewhere"] = False
    confirmed_own: Annotated[
        bool, Key("own"), "true when an editor has said that it is this publication's own, whatever its text names"
    ] = False
    url: Annotated[Url, "where to read it: the address as it was given, byte for byte"] = ""
    former_urls: Annotated[
        tuple[Url, ...], "where it stood before it came here; those in the site, as it is or was, lead on to its page"
    ] = ()
    title: Annotated[str, "the headline, plain text"] = ""
    dek: Annotated[str, "the line under the headline, plain text"] = ""
    summary: Annotated[str, "the publisher's summary in a sentence or two, plain text"] = ""
    content: Annotated[str, "the body, as sanitised HTML"] = ""
    markdown: Annotated[str, "the body as it was written, when that was in Markdown; content is made from it"] = ""
    authors: Annotated[tuple[Author, ...], "who wrote it, in order"] = ()
    credits: Annotated[tuple[Credit, ...], "who else had a part in it, and which"] = ()
    certainty: Annotated[Certainty, "how sure it is that the authors are right and complete"] = "certain"
    witnesses: Annotated[tuple[Witness, ...], "while it is uncertain: who names whom on its page"] = field(
        default=(), compare=False
    )
    source: Annotated[Source, "where it was first published"] = field(default_factory=Source)
    published: Annotated[datetime | None, "when it was first published"] = None
    entered: Annotated[datetime | None, "when feeds say that this publication published it; in no file"] = field(
        default=None, compare=False
    )
    date_certainty: Annotated[Certainty, "how sure it is that this is the day when it was published"] = "certain"
    updated: Annotated[datetime | None, "when it was last changed there"] = None
    language: Annotated[str, "its language, when it is not the publication's (BCP 47)"] = ""
    tags: Annotated[tuple[str, ...], "what it is about"] = ()
    image: Annotated[Image | None, "the picture that stands for it"] = None
    layout: Annotated[Layout | None, "how it is shown in mail and lists, when that is not its section's way"] = None
    enclosures: Annotated[tuple[Enclosure, ...], "files that go with it"] = ()
    license: Annotated[str, "the licence under which this article may be shown"] = ""
    sponsor: Annotated[Sponsor | None, "who paid for it: said under the byline, and in no byline"] = None
    terms: Annotated[Terms | None, "what its publisher asks of whoever publishes it again"] = None
    note: Annotated[str, "the editor's own words about it, plain text"] = ""
    corrections: Annotated[tuple[Correction, ...], "corrections made after it was published"] = ()
    withdrawn: Annotated[Withdrawal | None, "set when it was withdrawn"] = None
