"""What a page says besides the fragments that every format has: its head, its masthead and the ways to other pages.

Ways within the site, and to the pictures that it has itself, are relative to the page, so that they work at any host,
in a folder of one and in a preview; what leaves the page (canonical, feeds, pictures for other sites) is absolute, and
articles keep their own addresses.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from dispatch import derived
from dispatch.formats import FEEDS, FORMATS
from dispatch.formats.bylines import DOT, NO_BREAK, link_name
from dispatch.formats.kit import KitContext, link_licence, list_demands
from dispatch.formats.navigation import Navigation
from dispatch.formats.template_context import build_void_element
from dispatch.licences import Licence
from dispatch.model import Article, Author, Link

NAMES = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}
UNSEARCHED = Markup(" data-pagefind-ignore")
LONGEST = 200  # characters of a description


class Alternate(NamedTuple):
    """A feed that goes with a page."""

    media_type: str
    title: str
    url: str


class YearOfIssues(NamedTuple):
    """The issues of one year."""

    title: str
    issues: tuple[Link, ...]


@dataclass(frozen=True)
class PageContext(Navigation):
    """The fragments of one page of the site, or of an issue's page that is rendered alone."""

    @cached_property
    def template_values(self) -> Mapping[str, object]:
        """What every template of a page can name."""
        return {
            **super().template_values,
            "alone": self.kind == "article",
            "alternates": tuple(self.list_feed_alternates()),
            "at": self.build_url,
            "canonical": self.canonical_url,
            "canonical_tag": f'<link rel="canonical" href="{escape(self.canonical_url)}">',
            "counter": self.render_counter,
            "description": self.description,
            "contact": self.kit.contact,
            "facets": tuple(self.list_facets()),
            "first_published": self.format_first_published,
            "free_licence": self.find_free_licence,
            "demands": list_demands,
            "link_licence": link_licence,
            "gone": self.is_withdrawn,
            "follows": tuple(self.list_followable_feeds()),
            "has_own_page": self.has_own_page,
            "rest": tuple(self.list_rest()),
            "searches": self.publication.site.search,
            "subscribe": self.subscription_pages
            or self.publication.subscribe.url
            or self.build_relative_url("follow/#subscribe"),
            "subscription_pages": self.subscription_pages,
            "subscribes": bool(self.site_page and derived.find_subscribe_page(self.publication)),
            "heading": self.heading,
            "home": self.find_issue_link,
            "kind": self.kind,
            "kicker": self.parent_list,
            "kit": self.kit.render_kit,
            "kit_text": self.kit.render_plain,
            "line": self.format_issue_line,
            "lost": self.lost,
            "nav": tuple(self.list_navigation()),
            "partner_feeds": (Link(title=self.publication.title, path="partners"),),
            "place": self.site_page,
            "see_also": self.build_see_also,
            "to": self.build_relative_url,
            "unsearched": UNSEARCHED if self.publication.site.search else "",
            "years": tuple(self.group_by_year()),
        }

    @cached_property
    def article(self) -> Article | None:
        """The article that the page is about."""
        return next(self.issue.articles, None) if self.kind in {"article", "republish"} else None

    @property
    def subscription_pages(self) -> str:
        """Where dispatch itself keeps the list; empty when a mail service does."""
        return derived.find_subscription_pages(self.publication)

    @property
    def canonical_url(self) -> str:
        """The address that search engines are asked to show: for somebody else's article its own."""
        article = self.article
        if article and (self.kind == "republish" or not (article.own or article.withdrawn)):
            return article.url
        return self.page_url

    @property
    def is_withdrawn(self) -> bool:
        """Whether nothing but a notice is left of what the page is about."""
        return bool(self.issue.withdrawn or (self.article and self.article.withdrawn))

    @property
    def heading(self) -> str:
        """What the page is called."""
        say = self.language.format_message
        if self.lost:
            return say("page.not_found")
        match self.kind:
            case "front":
                return self.publication.title
            case "archive":
                return say("page.archive")
            case "index":
                return self.name_index(self.site_page.path if self.site_page else "")
            case "follow":
                return say("follow")
            case "search":
                return say("page.search")
            case "republish":
                return say("page.republish_title", title=self.issue.title).unescape()
        return self.issue.title

    def list_rest(self) -> Iterator[tuple[str, Article]]:
        """The articles but the first, each with its section's name where another one begins."""
        every = [(section.title, article) for section in self.issue.sections for article in section.articles]
        before = every[0][0] if every else ""
        for title, article in every[1:]:
            yield title if title != before else "", article
            before = title

    @cached_property
    def kit(self) -> KitContext:
        """What others copy of an article of our own."""
        return KitContext(self.issue, self.publication)

    def find_free_licence(self, article: Article) -> Licence | None:
        """The licence under which others may publish an article again; None when they may not."""
        return None if article.withdrawn else derived.find_republish_licence(article, self.publication)

    def list_feed_alternates(self) -> Iterator[Alternate]:
        """The feeds for readers to find: the page's own first, then the publication's."""
        place = self.site_page
        own = place.feed if place else f"issues/{self.issue.slug}/feed"
        title = f"{self.heading} · {self.publication.title}"
        stems = {own: title if own != "feed" else self.publication.title} if own else {}
        for stem, name in (stems | ({"feed": self.publication.title} if place else {})).items():
            for row in (FORMATS[format] for format in FEEDS):  # noqa: A001 - the field's own word
                ending = row.path.rpartition(".")[2]
                yield Alternate(row.media_type, f"{name} ({NAMES[row.name]})", self.build_url(f"{stem}.{ending}"))

    @cached_property
    def description(self) -> str:
        """What the page is about, in a sentence or two."""
        issue, place = self.issue, self.site_page
        if self.article:
            said = self.choose_summary(self.article)
        elif place and place.author and place.author.bio:
            said = place.author.bio
        else:
            said = issue.preheader or self.publication.description or issue.title
        folded = " ".join(said.split())
        return folded if len(folded) <= LONGEST else f"{folded[: LONGEST - 1].rpartition(' ')[0] or folded[:LONGEST]}…"

    def show_full_text(self, article: Article, level: int = 3) -> Markup:
        """All that may be shown where there is room: the front page leads with the beginning of an article."""
        if self.kind == "front":
            return self.show_excerpt(article)
        return super().show_full_text(article, 2 if self.kind == "article" else level)

    def list_authors_with_bio(self, article: Article) -> tuple[Author, ...]:
        """The authors of whom something is said: on the front page it waits."""
        return () if self.kind == "front" else super().list_authors_with_bio(article)

    def render_counter(self, article: Article) -> Markup:
        """Render the picture by which the publisher counts readers: with a whole text, alone, where settings allow."""
        asked = article.terms.counter if article.terms else ""
        is_whole = self.kind == "article" and article.source.syndicate == "full" and bool(article.content)
        if not (asked and is_whole and self.publication.syndicate.counters == "site"):
            return Markup()
        said = {"src": asked, "alt": "", "width": "1", "height": "1", "loading": "eager"}
        return build_void_element("img", {**said, "referrerpolicy": "no-referrer-when-downgrade"})

    def format_first_published(self, article: Article) -> Markup:
        """Where an article that is shown in full first stood."""
        return self.language.format_message(
            "first_published", source=link_name(article.source.title, article.source.url)
        )

    def link_author(self, author: Author) -> Markup:
        """An author as machines find them: the link leads to who wrote the article around it (HTML, rel=author)."""
        marks = ' class="p-author h-card" rel="author"' if author.url else ' class="p-author h-card"'
        return link_name(author.name, author.url, marks)

    def format_byline_date(self, moment: datetime, mark: str = "dt-published") -> Markup:
        """The day of a byline with its moment for machines, and which of h-entry's it is."""
        return Markup('<time class="{}" datetime="{}">{}</time>').format(
            mark, moment.isoformat(), self.format_date(moment).replace(" ", NO_BREAK)
        )

    def format_issue_line(self, way: Link) -> Markup:
        """What is said of an issue beside its title: number and date."""
        number = [self.language.format_message("number", number=str(way.number))] if way.number else []
        if not way.date:
            return DOT.join(number)
        day = way.date.astimezone(self.time_zone).date().isoformat()
        shown = self.format_date(way.date).replace(" ", NO_BREAK)
        return DOT.join([*number, Markup('<time datetime="{}">{}</time>').format(day, shown)])

    @cached_property
    def time_zone(self) -> ZoneInfo:
        """Where days begin."""
        return ZoneInfo(self.publication.timezone)

    def find_issue_link(self, article: Article) -> Link | None:
        """The way to an article's place in its issue, from another page."""
        return next((way for way in self._related(article) if way.path.startswith("issues/")), None)

    def has_own_page(self, article: Article) -> bool:
        """Tell whether the article has a page of its own besides this one, its issue's."""
        return bool(self.site_page) and self.kind == "issue" and derived.has_own_page(article.source)

    def build_see_also(self, article: Article) -> Markup:
        """The site's own pages about an article: those of its authors, its source and its tags."""
        ways = (way for way in self._related(article) if not way.path.startswith("issues/"))
        link = Markup('<a href="{}" dir="auto">{}</a>')
        return DOT.join(link.format(self.build_relative_url(way.path), way.title) for way in ways)

    def _related(self, article: Article) -> Sequence[Link]:
        return self.site_page.related.get(article.id, ()) if self.site_page else ()

    def group_by_year(self) -> Iterator[YearOfIssues]:
        """The issues that the page lists, by year."""
        issues = [way for way in (self.site_page.lists if self.site_page else ()) if way.date]
        for year, ways in groupby(issues, lambda way: way.date.astimezone(self.time_zone).year if way.date else 0):
            yield YearOfIssues(str(year), tuple(ways))

    def list_followable_feeds(self) -> Iterator[tuple[str, tuple[Link, ...]]]:
        """The feeds that there are, under the words for what they have in common; in short, those of everything."""
        say = self.language.format_message
        names = {"feed": say("page.every_article"), "issues": say("page.every_issue")}
        of_all = tuple(Link(title=title, path=path) for path, title in names.items())
        feeds = self.site_page.lists if self.site_page and self.kind == "follow" else of_all
        for folder, ways in groupby(feeds, lambda way: way.path.rpartition("/")[0].partition("/")[0]):
            named = (Link(title=names.get(way.path, way.title), path=way.path) for way in ways)
            yield (self.name_index(folder) if folder else ""), tuple(named)
