"""The pages: an issue with room, and all that the site has around it, readable without any script.

A page that has a place in the site links its one style sheet; one that is rendered alone carries it.
"""

import base64
import hashlib
from datetime import UTC, datetime

from markupsafe import Markup

from dispatch import html, model
from dispatch.formats import opengraph, schema_org
from dispatch.formats.page import Page
from dispatch.language import Language
from dispatch.model import Contents, Publication

TEMPLATES = {
    "front": "front.html",
    "issue": "web.html",
    "article": "article.html",
    "author": "list.html",
    "source": "list.html",
    "section": "list.html",
    "tag": "list.html",
    "index": "index.html",
    "year": "year.html",
    "follow": "follow.html",
    "search": "search.html",
}
POLICY = "default-src 'none'; img-src 'self' https:; style-src 'self'; base-uri 'none'; form-action 'self'"
# Pagefind searches in WebAssembly, in parts of its index that it loads as they are needed.
SEARCHING = f"{POLICY}; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"


def render(issue: Contents, publication: Publication) -> bytes:
    """The issue as one HTML page in UTF-8: by its place, one of the site's pages.

    Its policy (CSP level 3) allows pictures and the style sheet, and on the search page the site's own script; nothing
    else that could act. Raises RenderError.
    """
    page = Page(issue, publication)
    if issue.as_page:
        return _page(page, TEMPLATES[page.kind], SEARCHING if page.kind == "search" else POLICY)
    style = page.render("web.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src https: http:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    return _page(page, TEMPLATES["issue"], policy, style)


def style(publication: Publication) -> bytes:
    """The style sheet of the whole site. Raises RenderError."""
    return Page(_nothing(publication), publication, lost=True).render("web.css").encode()


def icon(publication: Publication) -> bytes:
    """The site's icon (icon.svg): the first letter of its name. Raises RenderError."""
    return Page(_nothing(publication), publication, lost=True).render("icon.svg").encode()


def not_found(publication: Publication) -> bytes:
    """The page that a server shows in the place of one that is not there (404.html). Raises RenderError."""
    return _page(Page(_nothing(publication), publication, lost=True), "notfound.html", POLICY)


def _page(page: Page, template: str, policy: str, style: str = "") -> bytes:
    values = {
        "data": schema_org.data(page),
        "opengraph": tuple(opengraph.properties(page)),
        "policy": policy,
        "style": Markup(style),  # noqa: S704 - CSS of our own
    }
    made = page.render(template, values)
    return (html.near(made, page.publication.url, page.root or "./") if page.site_page else made).encode()


def _nothing(publication: Publication) -> model.Page:
    """A page that is about nothing in particular."""
    return model.Page(
        kind="index",
        id=f"{publication.url}/404.html",
        title=Language.of(publication.language).say("page.not_found"),
        date=datetime(1970, 1, 1, tzinfo=UTC),
        status="published",
    )
