"""The nouns: what passes between the stages.

Frozen, keyword-only, without behaviour beyond what can be derived from their own fields. The text beside each
field is its documentation; the JSON Schemas and the reference of files are made from it (see ``tables.py``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

Syndicate = Literal["link", "excerpt", "full"]
Certainty = Literal["certain", "likely", "unknown"]
Status = Literal["draft", "published"]
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Key:
    """The name that a field has in files, where it cannot be the field's own.

    With an empty name, the field's own keys stand among its neighbours. On the values of a mapping, each stands in a
    table of its own under this key.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Address:
    """Marks a text that is an absolute address: http, https, mailto or tel; ``//host`` is read as ``https://host``."""


Url = Annotated[str, Address()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Whoever wrote an article: a person, a staff, an agency. A name is never taken apart."""

    name: Annotated[str, "the name, exactly as it is to be shown"]
    url: Annotated[Url, "the author's own page, for example the address behind “View all posts”"] = ""
    email: Annotated[str, "an address; kept, never shown"] = ""
    bio: Annotated[str, "who this is, as plain text"] = ""
    avatar: Annotated[str, "the address of a portrait"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Somebody who had a part in an article and did not write it."""

    role: Annotated[str, "translator, editor, photographer, illustrator, via, submitted by, or a word of your own"]
    name: Annotated[str, "the name, exactly as it is to be shown"]
    url: Annotated[Url, "this person's own page"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an article was first published, and how much of it may be shown."""

    key: Annotated[str, "the name by which articles refer to a source of dispatch.toml"] = ""
    title: Annotated[str, "the name of the paper, site or letter; empty for one's own articles"] = ""
    url: Annotated[Url, "its front page"] = ""
    feed: Annotated[Url, "the address of its feed"] = ""
    feed_id: Annotated[str, "the id that its Atom feed gives itself"] = ""
    feed_updated: Annotated[datetime | None, "when that feed was last updated"] = None
    section: Annotated[str, "the section that its articles go to"] = ""
    syndicate: Annotated[Syndicate | None, "how much may be shown: link, excerpt or full"] = None
    excerpt_words: Annotated[int | None, Key("words"), "about how many words an excerpt has"] = None
    license: Annotated[str, "the licence under which it may be shown, for example CC-BY-4.0"] = ""
    kind: Annotated[Literal["", "feed", "page"], "what is at its address; looked for when empty"] = ""
    tags: Annotated[tuple[str, ...], "what all its articles are about"] = ()
    author: Annotated[Author | None, "who writes it, when it has one author only and does not say so"] = None
    dismiss: Annotated[tuple[str, ...], "titles and addresses that are not wanted, with * for anything"] = ()
    complete: Annotated[bool, "read the page of each article, because the feed has excerpts only"] = False
    allow_private: Annotated[bool, "it is in one's own network"] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture. Beside an article a bare file name; in every noun that a stage sees, an absolute address."""

    url: Annotated[str, "an address, or the name of a file beside the article"]
    alt: Annotated[str | None, "what it shows, in words; empty when it only decorates"] = None
    width: Annotated[int | None, "pixels"] = None
    height: Annotated[int | None, "pixels"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that goes with an article, such as a recording."""

    url: Annotated[str, "its address"]
    type: Annotated[str, "its media type"] = ""
    length: Annotated[int | None, "its size in bytes"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What was wrong in something published, and when that was said."""

    date: Annotated[datetime, "when it was corrected"]
    text: Annotated[str, "what was wrong and what is right"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article, in one normal form whatever it came from.

    ``content`` is sanitised, well-formed and has absolute links: true from the door on (the readers and
    ``issues.read``), never rechecked. Inside an issue ``id``, ``key`` and ``url`` are never empty.
    """

    id: Annotated[str, "an absolute IRI, minted once, never changed"] = ""
    key: Annotated[str, "the stem of its file's name"] = ""
    url: Annotated[Url, "where to read it: the address as it was given, byte for byte"] = ""
    title: Annotated[str, "the headline, plain text"] = ""
    dek: Annotated[str, "the line under the headline, plain text"] = ""
    summary: Annotated[str, "what its publisher says of it in a sentence or two, plain text"] = ""
    content: Annotated[str, "the body, as sanitised HTML"] = ""
    markdown: Annotated[str, "the body as it was written, when that was in Markdown; content is made from it"] = ""
    authors: Annotated[tuple[Author, ...], "who wrote it, in order"] = ()
    credits: Annotated[tuple[Credit, ...], "who else had a part in it, and which"] = ()
    certainty: Annotated[Certainty, "how sure it is that the authors are right and complete"] = "certain"
    source: Annotated[Source, "where it was first published"] = field(default_factory=Source)
    published: Annotated[datetime | None, "when it was first published"] = None
    updated: Annotated[datetime | None, "when it was last changed there"] = None
    language: Annotated[str, "its language, when it is not the publication's (BCP 47)"] = ""
    tags: Annotated[tuple[str, ...], "what it is about"] = ()
    image: Annotated[Image | None, "the picture that stands for it"] = None
    enclosures: Annotated[tuple[Enclosure, ...], "files that go with it"] = ()
    license: Annotated[str, "the licence under which this article may be shown"] = ""
    note: Annotated[str, "the editor's own words about it, plain text"] = ""
    corrections: Annotated[tuple[Correction, ...], "what was corrected after it was published"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A group of articles within an issue."""

    title: Annotated[str, "its heading; empty for articles that stand in no section"] = ""
    intro: Annotated[str, "what stands before its articles: Markdown in the file, sanitised HTML here"] = ""
    articles: Annotated[tuple[Article, ...], "its articles in order; in the file, their keys"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One number of a publication, or a collection that is rendered like one (see ``compose.latest``)."""

    id: Annotated[str, "an absolute IRI, minted once, never changed"]
    title: Annotated[str, "its headline"]
    date: Annotated[datetime, "when it appears"]
    slug: Annotated[str, "the name of its folder; empty for a collection of articles or of issues"] = ""
    feed: Annotated[str, "the stem of the feed that a collection is: “feed” or “issues”"] = ""
    number: Annotated[int | None, "its number"] = None
    preheader: Annotated[str, "what a mailbox shows beside the subject, 40 to 130 characters"] = ""
    intro: Annotated[str, "what stands before the articles, as sanitised HTML"] = ""
    sections: Annotated[tuple[Section, ...], "its sections in order"] = ()
    status: Annotated[Status, "draft or published"] = "draft"
    corrections: Annotated[tuple[Correction, ...], "what was corrected in the issue itself"] = ()

    @property
    def articles(self) -> Iterator[Article]:
        """All articles in the order in which they are read."""
        return (article for section in self.sections for article in section.articles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """What every message says of its sender: the table ``[email]``."""

    sender: Annotated[str, Key("from"), "the sender, for example: The Wire <desk@wire.example>"] = ""
    reply_to: Annotated[str, "where answers go, when not to the sender"] = ""
    unsubscribe: Annotated[tuple[Url, ...], "where one leaves: an https address, a mailto: address, or both"] = ()
    postal_address: Annotated[str, "where the sender can be reached by post; the law of many countries asks for it"] = (
        ""
    )
    why: Annotated[str, "why the reader gets this"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What may be shown of an article whose source says nothing: the table ``[syndicate]``."""

    default: Annotated[Syndicate, "link, excerpt or full"] = "excerpt"
    words: Annotated[int, "an excerpt is whole sentences up to about this many words"] = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """How feeds are written: the table ``[feeds]``."""

    entries: Annotated[int, "how many articles the publication's feed holds"] = 50
    authors: Annotated[
        Literal["joined", "separate"],
        "joined: several authors in one element, which 16 of 17 readers show whole; separate: an element each",
    ] = "joined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """Six colours, each #rrggbb."""

    paper: Annotated[str, "behind the text"]
    page: Annotated[str, "around the paper"]
    ink: Annotated[str, "text and heavy rules"]
    soft: Annotated[str, "bylines, dates, the foot"]
    line: Annotated[str, "hairlines"]
    accent: Annotated[str, "section names and read-more links"]


LIGHT = Colours(paper="#fffdf9", page="#f3f0ea", ink="#1b1a18", soft="#5f5b53", line="#ddd7cb", accent="#a3271b")
DARK = Colours(paper="#191816", page="#100f0e", ink="#ece8df", soft="#a9a398", line="#3a3732", accent="#ff8a75")


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The look: the table ``[theme]``. In the file the light colours stand in it, the dark ones in ``[theme.dark]``."""

    light: Annotated[Colours, Key(""), "the colours in light"] = LIGHT
    dark: Annotated[Colours, "the colours in dark"] = DARK
    serif: Annotated[str, "the fonts of prose and headlines"] = "Georgia, 'Times New Roman', serif"
    sans: Annotated[str, "the fonts of everything else"] = (
        "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
    )
    logo: Annotated[str, "the address of a picture that stands for the name, or a file beside dispatch.toml"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The folder that holds it all."""

    title: Annotated[str, "the publication's name"]
    url: Annotated[Url, "where it is served: the address of its front page, without a slash at the end"]
    description: Annotated[str, "what it is, in a sentence"] = ""
    language: Annotated[str, "the language that it is written in (BCP 47), for example en, de, pt-BR"] = "en"
    timezone: Annotated[str, "where a bare date begins at midnight, for example Europe/Berlin"] = "UTC"
    editor: Annotated[str, "who makes it; never shown as the author of anything"] = ""
    sections: Annotated[tuple[str, ...], "the sections in the order in which an issue has them"] = ()
    email: Annotated[Mailing, "what every message says of its sender"] = field(default_factory=Mailing)
    syndicate: Annotated[Policy, "what may be shown of an article whose source says nothing"] = field(
        default_factory=Policy
    )
    feeds: Annotated[Feeds, "how feeds are written"] = field(default_factory=Feeds)
    theme: Annotated[Theme, "the look"] = field(default_factory=Theme)
    check: Annotated[
        Mapping[str, Annotated[str, Key("off"), "why"]], "rules that are switched off, each with the reason"
    ] = field(default_factory=dict)
    sources: Annotated[tuple[Source, ...], "whose articles are used, and on what terms"] = ()
    authors: Annotated[Mapping[str, Author], "the registry authors.toml, by key"] = field(default_factory=dict)
    templates: Annotated[Mapping[str, str], "the texts of the templates, by name, the publication's own winning"] = (
        field(default_factory=dict)
    )
    root: Annotated[Path, "the folder"] = Path()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One issue in one format, finished."""

    format: Annotated[str, "rss, atom, json, email, text, eml or web"]
    media_type: Annotated[str, "what a server says that it is"]
    path: Annotated[str, "its file's name within the issue's folder"]
    body: Annotated[bytes, "what leaves the building"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a check has to say."""

    rule: Annotated[str, "the rule's name, for example attribution.author"]
    severity: Annotated[Severity, "error or warning"]
    where: Annotated[str, "the file or edition, with the article's key where there is one"]
    what: Annotated[str, "what is wrong"]
    hint: Annotated[str, "what to do"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the ledger remembers of one published thing: a line of dispatch.lock."""

    id: Annotated[str, "the article's or the issue's id"]
    kind: Annotated[Literal["article", "issue"], "article or issue"]
    url: Annotated[str, "its address"]
    published: Annotated[datetime | None, "its date"]
    authors: Annotated[str, "a digest of the authors' names and addresses"]


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
