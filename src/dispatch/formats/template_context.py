"""What an edition says of an issue and its articles: the values and functions that every template has.

A byline, a body, a biography are made here once, as HTML, for every format alike; the text edition reads its lines out
of the same fragments. So what one format shows of a person, all show.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property, partial
from typing import TypeVar

from markupsafe import Markup, escape

from dispatch import derived, html, licences, looks, templates
from dispatch.formats.bylines import Bylines
from dispatch.formats.enclosures import list_files
from dispatch.formats.layouts import Card, choose_layouts, list_contents, make_card, measure_picture
from dispatch.language import Language
from dispatch.model import Article, Author, Contents, Image, ImageCopy, Publication, Section, Source

WORDS_A_MINUTE = 230
# How wide the picture of an article that does not lead is shown on a page.
BESIDE = "(max-width: 480px) 112px, 240px"
# Between the preheader and the first words of the mail, so that a mailbox shows the preheader alone.
PADDING = Markup("&#847;&zwnj;&nbsp;" * 80)  # noqa: S704 - nothing in it is foreign

Shown = TypeVar("Shown", bound=Contents)


@dataclass(frozen=True)
class TemplateContext(Bylines):
    """The fragments of one issue of one publication: all that its templates can name."""

    @cached_property
    def template_values(self) -> Mapping[str, object]:
        """The values and functions that every template can name."""
        return {
            "about": self.list_authors_with_bio,
            "byline": self.format_byline,
            "caption": self.format_caption,
            "card": self.make_card,
            "contents": tuple(list_contents(self.issue)),
            "count": self.language.format_plural,
            "date": self.format_date,
            "excerpt": self.show_excerpt,
            "feed": self.build_feed_url,
            "forwarded": format_forwarded(self.publication, self.language),
            "files": partial(list_files, language=self.language),
            "full": self.show_full_text,
            "img": self.render_picture,
            "issue": self.issue,
            "language": self.language,
            "lead_id": self.lead_id,
            "licence": link_licence,
            "masthead": self.format_masthead,
            "minutes": self.count_reading_minutes,
            "names": self.link_authors,
            "notice": self.format_notice,
            "padding": PADDING,
            "page": self.page_url,
            "picture": choose_picture,
            "portrait": self.render_portrait,
            "publication": self.publication,
            "read": self.format_read_link,
            "required_line": show_required_line,
            "measure": measure_picture,
            "say": self.language.format_message,
            "sections": tuple(self.list_sections()),
            "spoken": self.choose_language,
            "style": looks.load_style(self.publication.theme.look),
            "sponsored": self.format_sponsor,
            "stories": sum(1 for article in self.issue.articles if not article.withdrawn),
            "theme": self.publication.theme,
            "way_on": self.format_way_on,
            "words": partial(fit_words, width=self.publication.theme.width - 64),
            "with_copies": self.use_picture_copies,
            "unsubscribe": next(iter(self.publication.email.unsubscribe), ""),
        }

    @cached_property
    def _templates(self) -> templates.Templates:
        return templates.compile_templates(self.publication.templates)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return derived.number_articles(self.issue)

    def find_entry_dates(self, article: Article) -> tuple[datetime | None, datetime]:
        """Find when feeds say that an article was published, and last changed (``derived.find_entry_dates``)."""
        return derived.find_entry_dates(article, self.issue, self.publication, self._places)

    @cached_property
    def latest_change(self) -> datetime:
        """The latest moment in the content, as feeds tell it; the clock is never asked."""
        changes = (self.find_entry_dates(article)[1] for article in self.issue.articles)
        return max([self.issue.date, *changes])

    @cached_property
    def section_titles(self) -> Mapping[str, tuple[str, ...]]:
        """The titles of the sections that each article stands in, by its id."""
        titles: dict[str, tuple[str, ...]] = {}
        for section in self.issue.sections:
            for id_ in dict.fromkeys(article.id for article in section.articles if section.title):
                titles[id_] = (*titles.get(id_, ()), section.title)
        return titles

    @property
    def page_url(self) -> str:
        """The address of the page: the issue's, or that of its place in the site; the front page for a feed."""
        if self.site_page:
            return f"{self.publication.url}/{self.site_page.path}"
        return derived.build_issue_address(self.publication, self.issue.slug)

    def build_feed_url(self, ending: str) -> str:
        """Build the address of its own feed, else the publication's, for the ending ``xml``, ``atom`` or ``json``."""
        stem = (self.site_page.feed or "feed") if self.site_page else f"issues/{self.issue.slug}/feed"
        return self.build_url(f"{stem}.{ending}")

    def build_url(self, path: str) -> str:
        """Build the address of a path below the publication's."""
        return f"{self.publication.url}/{path}"

    @property
    def lead_id(self) -> str:
        """The id of the first article, when it has a picture to lead with; else empty."""
        first = next(self.issue.articles, None)
        return first.id if first and first.image else ""

    @cached_property
    def make_card(self) -> Callable[[Article], Card]:
        """What decides what a mail shows of an article besides its headline and its byline."""
        layouts = choose_layouts(self.issue)
        return lambda article: make_card(article, layouts[article.id], self.show_excerpt(article))

    def list_sections(self) -> Iterator[Section]:
        """List the sections that have something to show."""
        return (section for section in self.issue.sections if section.articles or section.intro)

    def show_full_text(self, article: Article, level: int = 3) -> Markup:
        """Show as much of the article as the source's policy allows; headings begin at ``level``."""
        return _show_text(self, article, level, ("", f"{article.key}."))

    def show_excerpt(self, article: Article) -> Markup:
        """Show whole sentences from the beginning, where the policy allows them."""
        return _cut_excerpt(self, article)

    @property
    def _picture_copies(self) -> Mapping[str, ImageCopy]:
        return self.site_page.pictures if self.site_page else {}

    def use_picture_copies(self, body: str, article: Article | None = None) -> Markup:
        """Show content on a page: its pictures from the site's copies, where there are some; for pages alone."""
        first = article.image.url if article and article.image and article.id == self.lead_id else ""
        aligned = html.align_cells(body)
        return Markup(html.use_image_copies(aligned, self._picture_copies, first=first))  # noqa: S704 - sanitised at the door

    def render_picture(self, image: Image, *, leads: bool = False, listed: bool = False) -> Markup:
        """Render the article's main picture for a page, from the site's copy, cropped in a list, where there is one."""
        sizes = {"width": str(image.width or ""), "height": str(image.height or "")}
        said = {"src": image.url, "alt": image.alt or "", **{name: value for name, value in sizes.items() if value}}
        size = html.MEASURE if leads else BESIDE
        copy = self._picture_copies.get(image.url)
        copy = html.crop_copy(copy) if copy and listed else copy
        return _render_copy(copy, said, size, waits=not leads, kind="picture")

    def render_portrait(self, author: Author) -> Markup:
        """Render an author's portrait for a page, from the site's copy; the name is beside it, so alt is empty."""
        said = {"src": author.avatar, "alt": "", "width": "48", "height": "48"}
        return _render_copy(self._picture_copies.get(author.avatar), said, "48px", waits=True)

    def list_authors_with_bio(self, article: Article) -> tuple[Author, ...]:
        """List the authors who have a biography, where the policy allows more than a link."""
        return tuple(author for author in article.authors if author.bio and article.source.syndicate != "link")

    def count_reading_minutes(self, body: Callable[[Article], Markup] | None = None) -> int:
        """Estimate the minutes of reading, at least 1; ``body`` gives what is shown of an article's text."""
        return _count_minutes(self, body or (lambda article: self.make_card(article).excerpt))

    @cached_property
    def render_entry_body(self) -> Callable[[Article], str]:
        """What renders the body of a feed's item, byline, link and authors with it: once for the three formats."""
        return cache(partial(_render_entry_body, self))

    def choose_summary(self, article: Article) -> str:
        """Choose a summary in plain text: the article's dek, its publisher's, its beginning, or its title."""
        if article.withdrawn:
            return html.to_plain_text(self.format_notice(article.withdrawn))
        return article.dek or article.summary or html.to_marked_text(self.show_excerpt(article)) or article.title

    def render_template(self, template: str, more: Mapping[str, object] | None = None) -> str:
        """Render a template with these values. Raises RenderError."""
        return self._templates.render_template(template, {**self.template_values, **(more or {})})


def format_forwarded(publication: Publication, language: Language) -> Markup:
    """Ask whoever was sent this by another reader to subscribe; empty where nobody can."""
    page = derived.find_subscribe_page(publication)
    link = Markup('<a href="{}">{}</a>').format(page, language.format_message("subscribe"))
    return language.format_message("forwarded", subscribe=link) if page else Markup()


def prepare_issue(issue: Shown, publication: Publication) -> Shown:
    """Give an issue, or a page, what all its editions show: see ``prepare_article``; its own title likewise."""
    page = issue.as_page
    alone = page is not None and page.kind == "article" and any(article.withdrawn for article in issue.articles)
    title = _build_withdrawn_title(issue.title, publication) if issue.withdrawn or alone else issue.title
    return replace(issue.change_articles(lambda one: prepare_article(one, publication)), title=title)


def prepare_article(article: Article, publication: Publication) -> Article:
    """Name its source; put "withdrawn" before a title that was; take the picture from an article to link only."""
    article = derived.name_source(article, publication)
    if article.withdrawn:
        return replace(article, title=_build_withdrawn_title(article.title, publication))
    return replace(article, image=None) if article.image and article.source.syndicate == "link" else article


def link_licence(terms: Article | Source) -> Markup:
    """Link the licence of an article, or of a source, by its name; empty when there is none."""
    licence = licences.find_licence(terms.license) if isinstance(terms, Source) else derived.find_licence(terms)
    linked = Markup('<a href="{}" rel="license">{}</a>').format(licence.url, licence.name)
    return linked if licence.url else escape(licence.name)


def fit_words(content: str, width: int) -> Markup:
    """Lay out an editor's own words for the column of a mail, which is so many pixels wide."""
    return Markup(html.fit_column(content, width))  # noqa: S704 - sanitised at the door


def show_required_line(article: Article) -> Markup:
    """Show the line that the article's publisher requires, verbatim; empty without one."""
    return Markup(article.terms.line if article.terms else "")  # noqa: S704 - sanitised at the door


def choose_picture(article: Article, shown: str) -> Image | None:
    """Return the article's main picture, unless what is shown of it contains that picture already."""
    image = article.image
    return None if image and image.url in html.find_image_addresses(shown) else image


def _show_text(
    context: TemplateContext, article: Article, level: int = 3, places: tuple[str, str] | None = None
) -> Markup:
    """Show an article's text; places: of its links, as for ``html.place_fragments``, else those that suit a feed."""
    if article.source.syndicate != "full" or not article.content:
        return context.show_excerpt(article)
    placed = html.place_fragments(article.content, *(places or _find_places(article)))
    return Markup(html.renumber_headings(placed, level))  # noqa: S704 - sanitised at the door


def _render_entry_body(context: TemplateContext, article: Article) -> str:
    template = "entry-withdrawn.html" if article.withdrawn else "entry.html"
    body = context.render_template(template, {"article": article, "full": partial(_show_text, context)}).strip()
    if (footer := context.publication.feeds.footer) and not article.withdrawn:
        body = f"{body}\n<hr />\n{footer.strip()}"
    # Readers show an entry in their own direction.
    return f'<div dir="rtl">\n{body}\n</div>' if context.language.direction == "rtl" else body


def _cut_excerpt(context: TemplateContext, article: Article) -> Markup:
    if article.source.syndicate == "link":
        return Markup()
    words = article.source.excerpt_words or context.publication.syndicate.words
    code = context.choose_language(article).code
    begun = html.cut_excerpt(article.content, words, code, article.dek) if article.content else ""
    begun = html.place_fragments(begun, *_find_places(article), keep=False)
    summary = f"<p>{escape(article.summary)}</p>" if article.summary else ""
    return Markup(begun or summary)  # noqa: S704 - sanitised at the door


def _count_minutes(context: TemplateContext, body: Callable[[Article], Markup]) -> int:
    shown = [html.to_plain_text(context.issue.intro)]
    for section in context.list_sections():
        shown.append(html.to_plain_text(section.intro))
        for article in section.articles:
            shown += [article.title, article.dek, article.note, html.to_plain_text(body(article))]
    return max(1, round(sum(map(html.count_words, shown)) / WORDS_A_MINUTE))


def _find_places(article: Article) -> tuple[str, str]:
    """Find the page that holds the places within an article's text, and how their ids begin there."""
    return article.url.partition("#")[0], f"{article.key}." if article.own else ""


def build_void_element(name: str, attributes: Mapping[str, str]) -> Markup:
    """Build a void element."""
    said = Markup("").join(Markup(' {}="{}"').format(*pair) for pair in attributes.items())
    return Markup("<{}{} />").format(name, said)


def _render_copy(copy: ImageCopy | None, said: Mapping[str, str], size: str, *, waits: bool, kind: str = "") -> Markup:
    if copy is None:
        return build_void_element("img", {"class": kind, **said} if kind else said)
    return Markup(html.format_picture(copy, said, sizes=size, waits=waits, kind=kind))  # noqa: S704 - escaped there


def _build_withdrawn_title(title: str, publication: Publication) -> str:
    return Language.from_code(publication.language).format_message("withdrawn_title", title=title).unescape()
