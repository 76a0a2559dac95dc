"""A kit: an article of our own as others publish it again, as HTML and as plain text, every address in it absolute."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from markupsafe import Markup, escape

from dispatch import html, links
from dispatch.formats.bylines import NO_BREAK
from dispatch.formats.template_context import TemplateContext
from dispatch.licences import Licence, find_licence
from dispatch.model import Article, Author

# The parts of the names of Creative Commons' licences, and of those that ask nothing.
_DEMANDS = {"BY": "credit", "NC": "noncommercial", "ND": "no_derivatives", "SA": "share_alike"}
_UNCONDITIONAL = frozenset({"CC0", "Public", "zero"})


@dataclass(frozen=True)
class KitContext(TemplateContext):
    """The fragments of an article that others publish again. Its licence is free, and its terms have the line."""

    def render_kit(self, article: Article, *, level: int = 1, key: str = "", plain: bool = False) -> Markup:
        """Render it as HTML, its headline of that level. Raises RenderError.

        key: the id that it has on a page. plain: plain text is to be made of it.
        """
        licence = find_licence(article.license)
        line = article.terms.line if article.terms else ""
        is_named = licence.url in _list_links(line) if licence.url else licence.name in line
        marks = {licence.url: "license"}
        if not key:  # it tells machines whoever pastes it; HTML knows it in a head only
            marks[article.url] = "canonical"
        values = {
            "article": article,
            "key": key,
            "level": level,
            "licence_link": "" if is_named else link_licence(licence, ' rel="license"'),
            "plain": plain,
            "line": Markup(_mark_links(line, marks)),  # noqa: S704 - sanitised where it was written
            "text": self.show_full_text(article, level + 1),
        }
        made = self.render_template("kit.html", values).strip()
        return Markup(made)  # noqa: S704 - escaped there

    @property
    def contact(self) -> Markup:
        """Whom they ask, as a link; empty when nobody is named."""
        address = self.publication.republish.contact
        url = f"mailto:{address}" if "@" in address and not links.is_absolute(address) else address
        return Markup('<a href="{}">{}</a>').format(url, address.removeprefix("mailto:")) if address else Markup()

    def show_full_text(self, article: Article, level: int = 3) -> Markup:
        """Show the whole text, with links that hold anywhere."""
        page, key = article.url.partition("#")[0], f"{article.key}." if article.own else ""
        placed = html.place_fragments(article.content, page, key, keep=False)
        return Markup(html.renumber_headings(placed, level))  # noqa: S704 - sanitised at the door

    def link_author(self, author: Author) -> Markup:
        """Link an author to their own page, as who wrote the article around it."""
        link = Markup('<a rel="author" href="{}">{}</a>')
        return link.format(author.url, author.name) if author.url else escape(author.name)

    def format_byline_date(self, moment: datetime, mark: str = "dt-published") -> Markup:  # noqa: ARG002
        """The day of a byline, with its moment for machines."""
        shown = self.format_date(moment).replace(" ", NO_BREAK)
        return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), shown)

    def render_plain(self, article: Article) -> str:
        """Render it as plain text: its paragraphs, each followed by the addresses that it links to."""
        body = self.render_kit(article, plain=True).partition(">")[2].removesuffix("</article>")
        paragraphs = html.split_paragraphs(html.sanitise_html(body))
        return "\n\n".join("\n".join([one.marked, *one.addresses]) for one in paragraphs) + "\n"


def link_licence(licence: Licence, marks: str = "") -> Markup:
    """Link a licence's name to its words, where their address is known; marks: attributes of the link."""
    link = Markup(f'<a{marks} href="{{}}">{{}}</a>')  # noqa: S704 - marks are our own
    return link.format(licence.url, licence.name) if licence.url else escape(licence.name)


def list_demands(licence: Licence) -> list[str]:
    """List what a free licence asks of whoever publishes a text again, by the names of the messages that say so."""
    words = set(re.split("[ /-]", licence.name))
    asked = [demand for word, demand in _DEMANDS.items() if word in words]
    return asked if asked or words & _UNCONDITIONAL else ["credit"]


def _list_links(line: str) -> list[str]:
    return [unescape(address) for address in re.findall(r'<a href="([^"]*)"', line)]


def _mark_links(line: str, marks: Mapping[str, str]) -> str:
    """Mark the links of the line as what they are; marks: the relation, by address."""

    def mark_link(link: re.Match[str]) -> str:
        relation = marks.get(unescape(link[1]))
        return f'<a rel="{relation}" href="{link[1]}"' if relation else link[0]

    return re.sub(r'<a href="([^"]*)"', mark_link, line)
