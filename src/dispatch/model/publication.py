"""The publication: its folder and its settings."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Annotated, Literal

from dispatch.frozen import dataclass
from dispatch.model.articles import Author, FileUrl, Key, Source, Syndicate, Url


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSettings:
    """The sender of every message: the table ``[email]``."""

    sender: Annotated[str, Key("from"), "the sender, for example: The Wire <desk@wire.example>"] = ""
    reply_to: Annotated[str, "where replies go, if not to the sender"] = ""
    unsubscribe: Annotated[
        tuple[Url, ...],
        "where readers unsubscribe: https, mailto: or both; {email} tells who leaves",
    ] = ()
    postal_address: Annotated[str, "the sender's postal address; many countries require it by law"] = ""
    why: Annotated[str, "why the reader gets this"] = ""
    footer: Annotated[str, "the publication's own words at the foot of every mail, in Markdown"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyndicationSettings:
    """How much of an article may be shown when its source does not say: the table ``[syndicate]``."""

    default: Annotated[Syndicate, "link, excerpt or full"] = "excerpt"
    words: Annotated[int, "an excerpt is whole sentences up to about this many words"] = 60
    counters: Annotated[
        Literal["none", "site"],
        "whether the site's pages load the pictures by which publishers count readers; mail and feeds never do",
    ] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepublishSettings:
    """How others may publish our own articles again: the table ``[republish]``."""

    license: Annotated[str, "the licence for articles that name none, for example CC-BY-ND-4.0; empty for none"] = ""
    line: Annotated[str, "the line that must stand with them, as Markdown; made from the title when empty"] = ""
    contact: Annotated[str, "whom to ask: an email address or a web address"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSettings:
    """How feeds are written: the table ``[feeds]``."""

    entries: Annotated[int, "how many articles a feed holds at least; older ones are in archived feeds"] = 50
    days: Annotated[int, "for how many days a feed holds what was published or corrected"] = 30
    dates: Annotated[
        Literal["issue", "original"],
        "issue: an entry is dated when its issue came out, in the issue's order; original: when its source says",
    ] = "issue"
    authors: Annotated[
        Literal["joined", "separate"],
        "joined: several authors in one element, which 16 of 17 readers show whole; separate: one element each",
    ] = "joined"
    each: Annotated[
        tuple[Literal["author", "source", "section", "tag"], ...],
        "what has feeds of its own: every author, source, section or tag",
    ] = ()
    hub: Annotated[Url, "the address of the WebSub hub to notify of new articles"] = ""
    footer: Annotated[str, "what every entry ends with, in Markdown: for example how to subscribe"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """What the public folder holds: the table ``[site]``."""

    search: Annotated[bool, "whether the site has a search page, made with Pagefind"] = False
    images: Annotated[
        Literal["link", "copy"],
        "link: other people's pictures are shown from their own addresses; copy: from copies in several sizes",
    ] = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribeSettings:
    """How readers get each issue by mail: the table ``[subscribe]``. Without one, no page and no mail speaks of it.

    With ``consent``, dispatch keeps the list itself, and its own server has the pages to sign up, confirm and leave.
    """

    url: Annotated[
        Url,
        "the page on which they sign up, such as that of your mail service; with consent, where dispatch's own pages "
        "are reached: by default at the publication's url",
    ] = ""
    form: Annotated[Url, "the address to which a form on the site sends, as your mail service says it"] = ""
    address_field: Annotated[str, Key("field"), "what that form calls the reader's address"] = "email"
    hidden: Annotated[Mapping[str, str], "what it sends besides, by name, for example the list"] = field(
        default_factory=dict
    )
    consent: Annotated[str, "what readers agree to when they sign up; kept with each of them, word for word"] = ""
    privacy: Annotated[Url, "the page that says what becomes of their data"] = ""
    welcome: Annotated[str, "what follows a confirmation at once: latest for the newest issue, or nothing"] = ""
    keep_ip: Annotated[bool, "whether the network address of a confirmation is kept with the consent"] = False
    proxies: Annotated[
        tuple[str, ...], "addresses or networks of proxies whose X-Forwarded-For is believed, for example 127.0.0.1"
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListmonkSettings:
    """The listmonk that ``dispatch send --via listmonk`` hands issues over to: the table ``[delivery.listmonk]``."""

    url: Annotated[Url, "where it is, for example https://lists.wire.example"]
    lists: Annotated[tuple[int, ...], "the numbers of the lists whose subscribers get each issue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtondownSettings:
    """The Buttondown of ``dispatch send --via buttondown``: the table ``[delivery.buttondown]``, mostly missing."""

    url: Annotated[Url, "where its API is"] = "https://api.buttondown.com/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySettings:
    """How dispatch sends issues to its own subscribers: the table ``[delivery]``. Without ``smtp`` it sends nothing."""

    smtp: Annotated[
        str,
        "the mail server, without a password: smtps://user@mail.example:465, or smtp:// with STARTTLS, which only a "
        "server on this machine may lack",
    ] = ""
    password_file: Annotated[
        str, "a file with its password, outside of git; without one, DISPATCH_SMTP_PASSWORD in the environment"
    ] = ""
    connections: Annotated[int, "how many connections to it at once: 1 to 32"] = 4
    rate: Annotated[str, "how many messages at most, for example 10/s, 300/min or 5000/h; no limit when empty"] = ""
    daily: Annotated[int, "how many messages at most within 24 hours; 0 for any number"] = 0
    unknown: Annotated[
        Literal["hold", "resend"],
        "what becomes of a message of which nobody knows whether it arrived: hold names it, resend may send it twice",
    ] = "hold"
    bounces: Annotated[
        str,
        "the mailbox to which undeliverable messages return, as bounces@wire.example; the server must deliver "
        "bounces+anything@ there too",
    ] = ""
    maildir: Annotated[str, "where the mail server puts what returns, for dispatch work to read: a Maildir"] = ""
    test: Annotated[tuple[str, ...], "who gets dispatch send --test, if nobody is named"] = ()
    service: Annotated[
        Literal["", "ses", "postmark", "mailgun"], "the service behind the server, if it is one of these"
    ] = ""
    topics: Annotated[
        tuple[str, ...], "of ses: the topics of Amazon SNS whose reports are believed, as arn:aws:sns:eu-west-1:1:wire"
    ] = ()
    listmonk: Annotated[ListmonkSettings | None, "the listmonk that keeps the list, and is handed issues over"] = None
    buttondown: Annotated[ButtondownSettings, "the Buttondown that does, unless it is where it always is"] = (
        ButtondownSettings()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage:
    """A page of the publication's own: a file of the folder ``pages``, whose name is its address."""

    slug: Annotated[str, "the file's name without its ending: the page is <url>/<slug>/"]
    title: Annotated[str, "what it is called, on the page and where others lead to it"]
    description: Annotated[str, "what it is about, in a sentence, for search engines"] = ""
    menu: Annotated[Literal["top", "foot", "none"], "where every page leads to it: its top, its foot, nowhere"] = "top"
    content: Annotated[str, "its words: Markdown in the file, sanitised HTML here"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicNames:
    """What a list of the site was called before: a table of ``[[topics]]``."""

    kind: Annotated[Literal["source", "section", "tag"], "source, section or tag; an author has a key instead"]
    name: Annotated[str, "what it is called now"]
    former: Annotated[
        tuple[str, ...], "what it was called; its readers are led on, and sections and tags of these names are in it"
    ]


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
    """The look: the table ``[theme]``. The light colours are keys of it, the dark ones of ``[theme.dark]``.

    Colours, fonts and corners that are not said are as the look has them (``looks.toml``); here, as "paper" has them.
    """

    look: Annotated[
        Literal["paper", "ink", "signal", "plain"],
        "paper: an editorial page; ink: black on white, large headlines; signal: a coloured masthead and cards; plain: "
        "almost text",
    ] = "paper"
    light: Annotated[Colours, Key(""), "the colours in light"] = LIGHT
    dark: Annotated[Colours, "the colours in dark"] = DARK
    serif: Annotated[str, "the fonts of prose"] = "Georgia, 'Times New Roman', serif"
    sans: Annotated[str, "the fonts of bylines, labels and the like"] = (
        "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
    )
    headline: Annotated[str, "the fonts of headlines; those of prose when empty"] = ""
    logo: Annotated[FileUrl, "the picture shown instead of the name: an address, or a file beside dispatch.toml"] = ""
    logo_dark: Annotated[FileUrl, "the logo in dark mode, where it is another one"] = ""
    header: Annotated[FileUrl, "a picture across the top, in place of logo and name: an address, or a file"] = ""
    width: Annotated[int, "how wide the mail and a page's text are, in pixels: 480 to 800"] = 600
    spacing: Annotated[Literal["tight", "normal", "wide"], "how far apart its parts are"] = "normal"
    corner: Annotated[int, "how round pictures, buttons and boxes are, in pixels: 0 to 40"] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An entry of authors.toml: an author, and under what else this author is found."""

    author: Annotated[Author, Key(""), "who it is"]
    former: Annotated[
        tuple[str, ...], "names, keys and page addresses from before, or besides: found under them, shown under none"
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A publication: its folder, with all its settings."""

    title: Annotated[str, "the publication's name"]
    url: Annotated[Url, "where it is served: the address of its front page, without a slash at the end"]
    former_urls: Annotated[tuple[Url, ...], "where it was served before, the oldest first; what was there is ours"] = ()
    description: Annotated[str, "what it is, in a sentence"] = ""
    language: Annotated[str, "the language that it is written in (BCP 47), for example en, de, pt-BR"] = "en"
    timezone: Annotated[str, "where a bare date begins at midnight, for example Europe/Berlin"] = "UTC"
    editor: Annotated[str, "who edits it; never shown as the author of anything"] = ""
    sections: Annotated[tuple[str, ...], "the sections, in the order in which an issue has them"] = ()
    email: Annotated[EmailSettings, "the sender of every message"] = field(default_factory=EmailSettings)
    syndicate: Annotated[SyndicationSettings, "how much of an article may be shown when its source does not say"] = (
        field(default_factory=SyndicationSettings)
    )
    republish: Annotated[RepublishSettings, "how others may publish our own articles again"] = field(
        default_factory=RepublishSettings
    )
    feeds: Annotated[FeedSettings, "how feeds are written"] = field(default_factory=FeedSettings)
    site: Annotated[SiteSettings, "what the public folder holds"] = field(default_factory=SiteSettings)
    subscribe: Annotated[SubscribeSettings, "how readers get each issue by mail"] = field(
        default_factory=SubscribeSettings
    )
    delivery: Annotated[DeliverySettings, "how issues are sent to dispatch's own subscribers"] = field(
        default_factory=DeliverySettings
    )
    theme: Annotated[Theme, "the look"] = field(default_factory=Theme)
    links: Annotated[
        Mapping[str, Url], "where else it is, by name, for example Mastodon: in the foot of mail and pages"
    ] = field(default_factory=dict)
    extra: Annotated[Mapping[str, str], "texts of your own for templates: publication.extra.motto"] = field(
        default_factory=dict
    )
    check: Annotated[
        Mapping[str, Annotated[str, Key("off"), "why"]], "rules that are switched off, each with the reason"
    ] = field(default_factory=dict)
    sources: Annotated[tuple[Source, ...], "whose articles are used, and on what terms"] = ()
    topics: Annotated[tuple[TopicNames, ...], "lists of the site that have another name now"] = ()
    authors: Annotated[Mapping[str, Author], "the registry authors.toml, by key"] = field(default_factory=dict)
    former_names: Annotated[
        Mapping[str, tuple[str, ...]], "by key, under what else these authors are found; shown nowhere"
    ] = field(default_factory=dict)
    templates: Annotated[Mapping[str, str], "the texts of the templates, by name, the publication's own winning"] = (
        field(default_factory=dict)
    )
    pages: Annotated[tuple[OwnPage, ...], "the pages of the folder pages/, that about the publication first"] = ()
    own_templates: Annotated[frozenset[str], "the names of the templates that are the publication's own"] = frozenset()
    root: Annotated[Path, "the folder"] = Path()

    @property
    def first_url(self) -> str:
        """Where it was served first: what has an id made of an address keeps it."""
        return (*self.former_urls, self.url)[0]
