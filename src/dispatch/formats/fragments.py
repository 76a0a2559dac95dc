"""What an edition says of an issue and its articles: the values and functions that every template has.

A byline, a body, a biography are made here once, as HTML, for every format alike; the text edition reads its lines out
of the same fragments. So what one format shows of a person, all show.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from operator import attrgetter

from markupsafe import Markup, escape

from dispatch import html, templates, terms
from dispatch.errors import ConfigError
from dispatch.language import DateStyle, Language
from dispatch.model import Article, Author, Image, Issue, Publication, Section

WORDS_A_MINUTE = 230
NO_BREAK = "\N{NO-BREAK SPACE}"
# The dot goes with what follows it: at the end of a line it would hang.
DOT = Markup(" ·\N{NO-BREAK SPACE}")
# Between the preheader and the first words of the mail, so that a mailbox shows the preheader alone.
PADDING = Markup("&#847;&zwnj;&nbsp;" * 80)  # noqa: S704 - nothing in it is foreign


@dataclass(frozen=True)
class Fragments:
    """The fragments of one issue of one publication."""

    issue: Issue
    publication: Publication

    @cached_property
    def language(self) -> Language:
        """The language that the templates speak."""
        return Language.of(self.publication.language)

    @cached_property
    def values(self) -> Mapping[str, object]:
        """What every template can name: nouns, addresses and these functions."""
        return {
            "about": self.about,
            "byline": self.byline,
            "count": self.language.count,
            "date": self.date,
            "excerpt": self.excerpt,
            "feed": self.feed,
            "full": self.full,
            "issue": self.issue,
            "language": self.language,
            "lead_id": self.lead,
            "licence": licence,
            "masthead": self.masthead,
            "minutes": self.minutes,
            "names": self.names,
            "padding": PADDING,
            "page": self.page,
            "picture": picture,
            "publication": self.publication,
            "read": self.read,
            "say": self.language.say,
            "sections": tuple(self.sections()),
            "spoken": self.spoken,
            "stories": len(tuple(self.issue.articles)),
            "theme": self.publication.theme,
            "unsubscribe": next(iter(self.publication.email.unsubscribe), ""),
        }

    @cached_property
    def _entries(self) -> dict[Article, str]:
        """The bodies of feed items, made once for the three formats."""
        return {}

    @property
    def page(self) -> str:
        """The address of the page: of the issue, or of what it is in the site; of the front page for a feed."""
        if self.issue.place:
            return f"{self.publication.url}/{self.issue.place.path}"
        return terms.page(self.publication, self.issue.slug)

    def feed(self, ending: str) -> str:
        """The address of its own feed, else of the publication's, for the ending ``xml``, ``atom`` or ``json``."""
        stem = (self.issue.place.feed or "feed") if self.issue.place else f"issues/{self.issue.slug}/feed"
        return f"{self.publication.url}/{stem}.{ending}"

    @property
    def lead(self) -> str:
        """The id of the first article, when it has a picture to lead with; else empty."""
        first = next(self.issue.articles, None)
        return first.id if first and first.image else ""

    def sections(self) -> Iterator[Section]:
        """The sections that have something to show."""
        return (section for section in self.issue.sections if section.articles or section.intro)

    def spoken(self, article: Article) -> Language:
        """The language that an article is written in; the publication's when it says none that there is."""
        try:
            return Language.of(article.language) if article.language else self.language
        except ConfigError:
            return self.language

    def date(self, moment: datetime, style: DateStyle = "long") -> str:
        """A date in the publication's language and time zone."""
        return self.language.date(moment, self.publication.timezone, style)

    def masthead(self) -> Markup:
        """The line under the name: number and date."""
        number = [self.language.say("number", number=str(self.issue.number))] if self.issue.number else []
        return DOT.join([*number, self.date(self.issue.date, "full")])

    def names(self, article: Article) -> Markup:
        """All authors in order, each linked to their own page where they have one."""
        return self.language.names([_linked(author.name, author.url) for author in article.authors])

    def byline(self, article: Article) -> Markup:
        """Who wrote it, where it stood, who else had a part, when: empty where nothing is known."""
        source = _linked(article.source.title, article.source.url) if article.source.title else Markup()
        line = self.language.say("from", source=source) if source else Markup()
        if article.authors:
            line = self.language.say("byline_in" if source else "byline", authors=self.names(article), source=source)
        for role, same in groupby(article.credits, attrgetter("role")):
            names = self.language.names([_linked(credit.name, credit.url) for credit in same])
            credit = self.language.credit(role, names)
            line = self.language.say("credited", line=line, credit=credit) if line else credit
        dated = [self.date(article.published).replace(" ", NO_BREAK)] if article.published else []
        return DOT.join([part for part in [line, *dated] if part])

    def read(self, article: Article) -> Markup:
        """The words of the link to an article, the title in whatever direction it runs."""
        return self.language.say("read", title=Markup("<bdi>{}</bdi>").format(article.title))

    def full(self, article: Article, level: int = 3) -> Markup:
        """All that the source's policy allows; headings begin at ``level``."""
        if article.source.syndicate == "full" and article.content:
            return Markup(html.with_headings_from(article.content, level))  # noqa: S704 - sanitised at the door
        return self.excerpt(article)

    def excerpt(self, article: Article) -> Markup:
        """Whole sentences from the beginning, where the policy allows them."""
        if article.source.syndicate == "link":
            return Markup()
        words = article.source.excerpt_words or self.publication.syndicate.words
        begun = html.excerpt(article.content, words, self.spoken(article).code) if article.content else ""
        return Markup(begun) or _paragraph(article.summary)  # noqa: S704 - sanitised at the door

    def about(self, article: Article) -> tuple[Author, ...]:
        """The authors of whom there is something to say, where the policy lets more than a link be shown."""
        if article.source.syndicate == "link":
            return ()
        return tuple(author for author in article.authors if author.bio)

    def minutes(self, body: Callable[[Article], Markup] | None = None) -> int:
        """How long it takes to read what is shown, at least 1; ``body`` gives what is shown of an article's."""
        body = body or self.excerpt
        shown = [html.text(self.issue.intro)]
        for section in self.sections():
            shown.append(html.text(section.intro))
            for article in section.articles:
                shown += [article.title, article.dek, article.note, html.text(body(article))]
        return max(1, round(sum(map(html.word_count, shown)) / WORDS_A_MINUTE))

    def entry(self, article: Article) -> str:
        """The body of a feed's item: the article with its byline, its way to the original and its authors."""
        if article not in self._entries:
            self._entries[article] = self.render("entry.html", {"article": article}).strip()
        return self._entries[article]

    def summary(self, article: Article) -> str:
        """What a feed says of an article in plain text: its dek, else what its publisher or its beginning says."""
        return article.dek or article.summary or html.text(self.excerpt(article)) or article.title

    def render(self, template: str, more: Mapping[str, object] | None = None) -> str:
        """A template with these values in it. Raises RenderError."""
        return templates.of(self.publication.templates).render(template, {**self.values, **(more or {})})


def picture(article: Article, shown: str) -> Image | None:
    """The picture that stands for an article, unless what is shown of it holds that picture already."""
    image = article.image
    return None if image and image.url in html.pictures(shown) else image


def licence(article: Article) -> str:
    """The licence under which an article is shown: its own, else its source's."""
    return article.license or article.source.license


def _linked(name: str, url: str) -> Markup:
    # A name in another script must not carry its direction into what stands beside it.
    bold = f'<b dir="auto">{escape(name)}</b>'
    return Markup(f'<a href="{escape(url)}">{bold}</a>' if url else bold)  # noqa: S704 - escaped just here


def _paragraph(plain: str) -> Markup:
    return Markup("<p>{}</p>").format(plain) if plain else Markup()
