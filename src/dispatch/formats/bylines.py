"""The bylines of an issue: people, sources and dates in the language of the publication, as HTML."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import groupby
from operator import attrgetter

from markupsafe import Markup, escape

from dispatch.errors import ConfigError
from dispatch.language import DateStyle, Language
from dispatch.model import Article, Author, Contents, Image, Page, Publication, Sponsor, Withdrawal

NO_BREAK = "\N{NO-BREAK SPACE}"
# The dot stays with what is before it: no line begins with one.
DOT = Markup("\N{NO-BREAK SPACE}· ")


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
        return Language.from_code(self.publication.language)

    def choose_language(self, article: Article) -> Language:
        """Return the article's language, or the publication's when it names none that is supported."""
        try:
            return Language.from_code(article.language) if article.language else self.language
        except ConfigError:
            return self.language

    def format_date(self, moment: datetime, style: DateStyle = "long") -> str:
        """Format a date in the publication's language and time zone."""
        return self.language.format_date(moment, self.publication.timezone, style)

    def format_masthead(self) -> Markup:
        """Format the line under the newsletter's name: number and date."""
        number = [self.language.format_message("number", number=str(self.issue.number))] if self.issue.number else []
        return DOT.join([*number, self.format_date(self.issue.date, "full")])

    def format_sponsor(self, sponsor: Sponsor) -> Markup:
        """Format the label over what somebody has paid for, the name linked, for readers and for search engines."""
        name = Markup('<a href="{}" rel="sponsored">{}</a>').format(sponsor.url, sponsor.name)
        return self.language.format_message("sponsored", name=name if sponsor.url else sponsor.name)

    def format_caption(self, image: Image) -> Markup:
        """Say what is said under a picture, and who made it; empty where nothing is known."""
        caption, name = escape(image.caption), Markup("<bdi>{}</bdi>").format(image.credit)
        made = self.language.format_message("credits.photographer", names=name) if image.credit else Markup()
        gap = " " if caption.endswith((".", "!", "?", "…", "。", "।", "؟")) else DOT
        return caption + (gap if caption and made else "") + made[:1].upper() + made[1:]

    def link_authors(self, article: Article) -> Markup:
        """List all authors in order, each linked to their own page where they have one."""
        return self.language.join_names([self.link_author(author) for author in article.authors])

    def link_author(self, author: Author) -> Markup:
        """Link one author to their own page where they have one."""
        return link_name(author.name, author.url)

    def format_byline_date(self, moment: datetime, mark: str = "dt-published") -> Markup:  # noqa: ARG002
        """Format the date of a byline without a break; ``mark`` is for machines that read pages."""
        return escape(self.format_date(moment).replace(" ", NO_BREAK))

    def format_byline(self, article: Article) -> Markup:
        """Build the byline: authors, source, credits and date; empty where nothing is known."""
        source = link_name(article.source.title, article.source.url) if article.source.title else Markup()
        line = self.language.format_message("from", source=source) if source else Markup()
        if article.authors:
            line = self.language.format_message(
                "byline_in" if source else "byline", authors=self.link_authors(article), source=source
            )
        for role, same in groupby(article.credits, attrgetter("role")):
            names = self.language.join_names([link_name(credit.name, credit.url) for credit in same])
            credit = self.language.format_credit(role, names)
            line = self.language.format_message("credited", line=line, credit=credit) if line else credit
        dated = [self.format_byline_date(article.published)] if article.published else []
        if article.updated and not article.published:
            day = self.format_byline_date(article.updated, "dt-updated")
            dated = [self.language.format_message("updated", date=day)]
        return DOT.join([part for part in [line, *dated] if part])

    def format_read_link(self, article: Article) -> Markup:
        """Build the text of the link to an article; the title keeps its own direction."""
        return self.language.format_message("read", title=Markup("<bdi>{}</bdi>").format(article.title))

    def format_way_on(self, article: Article) -> Markup:
        """Build the text of a link to an article whose headline stands above it: where it leads."""
        if article.own or not article.source.title:
            return self.language.format_message("read_on")
        return self.language.format_message("read_in", source=Markup("<bdi>{}</bdi>").format(article.source.title))

    def format_notice(self, withdrawal: Withdrawal) -> Markup:
        """Build the notice in place of something withdrawn: when, and why if a reason is given."""
        said = self.language.format_message("withdrawn", date=self.format_date(withdrawal.date))
        why = " ".join(withdrawal.text.split())
        return Markup("{} {}").format(said, why) if why else said


@lru_cache(maxsize=4096)
def link_name(name: str, url: str, marks: str = "") -> Markup:
    """Put a name in bold and link it to its address if it has one; ``marks`` are attributes for machines."""
    # A name in another script must not carry its direction into what stands beside it.
    bold = f'<b dir="auto"{"" if url else marks}>{escape(name)}</b>'
    return Markup(f'<a href="{escape(url)}"{marks}>{bold}</a>' if url else bold)  # noqa: S704 - escaped just here
