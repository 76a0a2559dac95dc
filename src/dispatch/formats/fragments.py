"""What an edition says of an issue and its articles: the values and functions that every template has.

A byline, a body, a biography are made here once, as HTML, for every format alike; the text edition reads its lines out
of the same fragments. So what one format shows of a person, all show.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

from markupsafe import Markup, escape

from dispatch import html, templates, terms
from dispatch.errors import ConfigError
from dispatch.language import DateStyle, Language
from dispatch.model import Article, Author, Contents, Copy, Image, Page, Publication, Section, Withdrawal

WORDS_A_MINUTE = 230
NO_BREAK = "\N{NO-BREAK SPACE}"
# The dot goes with what follows it: at the end of a line it would hang.
DOT = Markup(" ·\N{NO-BREAK SPACE}")
# How wide the picture of an article that does not lead is shown on a page.
BESIDE = "(max-width: 480px) 112px, 240px"
# Between the preheader and the first words of the mail, so that a mailbox shows the preheader alone.
PADDING = Markup("&#847;&zwnj;&nbsp;" * 80)  # noqa: S704 - nothing in it is foreign

Shown = TypeVar("Shown", bound=Contents)


@dataclass(frozen=True)
class Bylines:
    """What an issue of a publication says of people and dates, in the language of the publication."""

    issue: Contents
    publication: Publication

    @property
    def site_page(self) -> Page | None:
        """The page of the site that is rendered; None for an issue that is rendered alone."""
        return self.issue.as_page

    @cached_property
    def language(self) -> Language:
        """The language of the templates' own words."""
        return Language.of(self.publication.language)

    def spoken(self, article: Article) -> Language:
        """Return the article's language, or the publication's when it names none that is supported."""
        try:
            return Language.of(article.language) if article.language else self.language
        except ConfigError:
            return self.language

    def date(self, moment: datetime, style: DateStyle = "long") -> str:
        """Format a date in the publication's language and time zone."""
        return self.language.date(moment, self.publication.timezone, style)

    def masthead(self) -> Markup:
        """Format the line under the newsletter's name: number and date."""
        number = [self.language.say("number", number=str(self.issue.number))] if self.issue.number else []
        return DOT.join([*number, self.date(self.issue.date, "full")])

    def names(self, article: Article) -> Markup:
        """List all authors in order, each linked to their own page where they have one."""
        return self.language.names([self.person(author) for author in article.authors])

    def person(self, author: Author) -> Markup:
        """Link one author to their own page where they have one."""
        return linked(author.name, author.url)

    def dated(self, moment: datetime) -> Markup:
        """Format the date of a byline so that it never breaks across lines."""
        return escape(self.date(moment).replace(" ", NO_BREAK))

    def byline(self, article: Article) -> Markup:
        """Build the byline: authors, source, credits and date; empty where nothing is known."""
        source = linked(article.source.title, article.source.url) if article.source.title else Markup()
        line = self.language.say("from", source=source) if source else Markup()
        if article.authors:
            line = self.language.say("byline_in" if source else "byline", authors=self.names(article), source=source)
        for role, same in groupby(article.credits, attrgetter("role")):
            names = self.language.names([linked(credit.name, credit.url) for credit in same])
            credit = self.language.credit(role, names)
            line = self.language.say("credited", line=line, credit=credit) if line else credit
        dated = [self.dated(article.published)] if article.published else []
        return DOT.join([part for part in [line, *dated] if part])

    def read(self, article: Article) -> Markup:
        """Build the text of the link to an article; the title keeps its own direction."""
        return self.language.say("read", title=Markup("<bdi>{}</bdi>").format(article.title))

    def notice(self, withdrawal: Withdrawal) -> Markup:
        """Build the notice in place of something withdrawn: when, and why if a reason is given."""
        said = self.language.say("withdrawn", date=self.date(withdrawal.date))
        why = " ".join(withdrawal.text.split())
        return Markup("{} {}").format(said, why) if why else said


@dataclass(frozen=True)
class Fragments(Bylines):
    """The fragments of one issue of one publication: all that its templates can name."""

    @cached_property
    def values(self) -> Mapping[str, object]:
        """The values and functions that every template can name."""
        return {
            "about": self.about,
            "byline": self.byline,
            "count": self.language.count,
            "date": self.date,
            "excerpt": self.excerpt,
            "feed": self.feed,
            "full": self.full,
            "img": self.img,
            "issue": self.issue,
            "language": self.language,
            "lead_id": self.lead,
            "licence": licence,
            "masthead": self.masthead,
            "minutes": self.minutes,
            "names": self.names,
            "notice": self.notice,
            "padding": PADDING,
            "page": self.page,
            "picture": picture,
            "portrait": self.portrait,
            "publication": self.publication,
            "read": self.read,
            "say": self.language.say,
            "sections": tuple(self.sections()),
            "spoken": self.spoken,
            "stories": sum(1 for article in self.issue.articles if not article.withdrawn),
            "theme": self.publication.theme,
            "with_copies": self.with_copies,
            "unsubscribe": next(iter(self.publication.email.unsubscribe), ""),
        }

    @cached_property
    def _templates(self) -> templates.Templates:
        return templates.of(self.publication.templates)

    @cached_property
    def _entries(self) -> dict[Article, str]:
        """The bodies of feed items, made once for the three formats."""
        return {}

    @property
    def page(self) -> str:
        """The address of the page: the issue's, or that of its place in the site; the front page for a feed."""
        if self.site_page:
            return f"{self.publication.url}/{self.site_page.path}"
        return terms.page(self.publication, self.issue.slug)

    def feed(self, ending: str) -> str:
        """Build the address of its own feed, else the publication's, for the ending ``xml``, ``atom`` or ``json``."""
        stem = (self.site_page.feed or "feed") if self.site_page else f"issues/{self.issue.slug}/feed"
        return self.address(f"{stem}.{ending}")

    def address(self, path: str) -> str:
        """Build the address of a path below the publication's."""
        return f"{self.publication.url}/{path}"

    @property
    def lead(self) -> str:
        """The id of the first article, when it has a picture to lead with; else empty."""
        first = next(self.issue.articles, None)
        return first.id if first and first.image else ""

    def sections(self) -> Iterator[Section]:
        """List the sections that have something to show."""
        return (section for section in self.issue.sections if section.articles or section.intro)

    def full(self, article: Article, level: int = 3) -> Markup:
        """Show as much of the article as the source's policy allows; headings begin at ``level``."""
        if article.source.syndicate == "full" and article.content:
            return Markup(html.with_headings_from(article.content, level))  # noqa: S704 - sanitised at the door
        return self.excerpt(article)

    def excerpt(self, article: Article) -> Markup:
        """Show whole sentences from the beginning, where the policy allows them."""
        if article.source.syndicate == "link":
            return Markup()
        words = article.source.excerpt_words or self.publication.syndicate.words
        begun = html.excerpt(article.content, words, self.spoken(article).code) if article.content else ""
        return Markup(begun) or _paragraph(article.summary)  # noqa: S704 - sanitised at the door

    @property
    def _copies(self) -> Mapping[str, Copy]:
        return self.site_page.pictures if self.site_page else {}

    def with_copies(self, body: str, article: Article | None = None) -> Markup:
        """Show the pictures of a page from the site's copies, where there are some; for pages alone."""
        first = article.image.url if article and article.image and article.id == self.lead else ""
        return Markup(html.with_copies(body, self._copies, first=first))  # noqa: S704 - sanitised at the door

    def img(self, image: Image, *, leads: bool = False) -> Markup:
        """Render the article's main picture for a page, from the site's copy where there is one."""
        sizes = {"width": str(image.width or ""), "height": str(image.height or "")}
        said = {"src": image.url, "alt": image.alt or "", **{name: value for name, value in sizes.items() if value}}
        copy = self._copies.get(image.url)
        if copy is None:
            return _element("img", {"class": "picture", **said})
        shown = html.picture(copy, said, sizes=html.MEASURE if leads else BESIDE, waits=not leads, kind="picture")
        return Markup(shown)  # noqa: S704 - escaped there

    def portrait(self, author: Author) -> Markup:
        """Render an author's portrait for a page, from the site's copy; the name is beside it, so alt is empty."""
        said = {"src": author.avatar, "alt": "", "width": "48", "height": "48"}
        copy = self._copies.get(author.avatar)
        if copy is None:
            return _element("img", said)
        return Markup(html.picture(copy, said, sizes="48px", waits=True))  # noqa: S704 - escaped there

    def about(self, article: Article) -> tuple[Author, ...]:
        """List the authors who have a biography, where the policy allows more than a link."""
        if article.source.syndicate == "link":
            return ()
        return tuple(author for author in article.authors if author.bio)

    def minutes(self, body: Callable[[Article], Markup] | None = None) -> int:
        """Estimate the minutes of reading, at least 1; ``body`` gives what is shown of an article's text."""
        body = body or self.excerpt
        shown = [html.text(self.issue.intro)]
        for section in self.sections():
            shown.append(html.text(section.intro))
            for article in section.articles:
                shown += [article.title, article.dek, article.note, html.text(body(article))]
        return max(1, round(sum(map(html.word_count, shown)) / WORDS_A_MINUTE))

    def entry(self, article: Article) -> str:
        """Render the body of a feed's item: the article with its byline, its link to the original and its authors."""
        if article not in self._entries:
            self._entries[article] = self.render("entry.html", {"article": article}).strip()
        return self._entries[article]

    def summary(self, article: Article) -> str:
        """Choose a summary in plain text: the article's dek, its publisher's, its beginning, or its title."""
        if article.withdrawn:
            return html.text(self.notice(article.withdrawn))
        return article.dek or article.summary or html.text(self.excerpt(article)) or article.title

    def render(self, template: str, more: Mapping[str, object] | None = None) -> str:
        """Render a template with these values. Raises RenderError."""
        return self._templates.render(template, {**self.values, **(more or {})})


def marked(issue: Shown, publication: Publication) -> Shown:
    """Put the word for "withdrawn" before the titles of what was withdrawn: articles, the issue, its page."""
    if not (issue.withdrawn or any(article.withdrawn for article in issue.articles)):
        return issue
    sections = tuple(
        replace(section, articles=tuple(titled(article, publication) for article in section.articles))
        for section in issue.sections
    )
    page = issue.as_page
    alone = page is not None and page.kind == "article"
    title = _title(issue.title, publication) if issue.withdrawn or alone else issue.title
    return replace(issue, title=title, sections=sections)


def titled(article: Article, publication: Publication) -> Article:
    """Put the word for "withdrawn" before the article's title if it was withdrawn."""
    return replace(article, title=_title(article.title, publication)) if article.withdrawn else article


def picture(article: Article, shown: str) -> Image | None:
    """Return the article's main picture, unless what is shown of it contains that picture already."""
    image = article.image
    return None if image and image.url in html.pictures(shown) else image


def licence(article: Article) -> str:
    """Return the licence under which an article is shown: its own, else its source's."""
    return article.license or article.source.license


@lru_cache(maxsize=4096)
def linked(name: str, url: str, marks: str = "") -> Markup:
    """Put a name in bold and link it to its address if it has one; ``marks`` are attributes for machines."""
    # A name in another script must not carry its direction into what stands beside it.
    bold = f'<b dir="auto"{"" if url else marks}>{escape(name)}</b>'
    return Markup(f'<a href="{escape(url)}"{marks}>{bold}</a>' if url else bold)  # noqa: S704 - escaped just here


def _element(name: str, attributes: Mapping[str, str]) -> Markup:
    """Build a void element."""
    said = Markup("").join(Markup(' {}="{}"').format(*pair) for pair in attributes.items())
    return Markup("<{}{} />").format(name, said)


def _paragraph(plain: str) -> Markup:
    return Markup("<p>{}</p>").format(plain) if plain else Markup()


def _title(title: str, publication: Publication) -> str:
    return Language.of(publication.language).say("withdrawn_title", title=title).unescape()
