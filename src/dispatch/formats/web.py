"""The pages: an issue with room, and all that the site has around it, readable without any script.

A page that has a place in the site links its one style sheet; one that is rendered alone carries it.
"""

import base64
import hashlib
from collections.abc import Mapping

from markupsafe import Markup

from dispatch import html
from dispatch.formats import metadata
from dispatch.formats.page import PageContext
from dispatch.model import Contents, PageKind, Publication

TEMPLATES = {
    "front": "front.html",
    "issue": "web.html",
    "article": "article.html",
    "republish": "republish.html",
    "author": "list.html",
    "source": "list.html",
    "section": "list.html",
    "tag": "list.html",
    "index": "index.html",
    "archive": "year.html",
    "year": "year.html",
    "follow": "follow.html",
    "search": "search.html",
    "page": "own-page.html",
}
SEARCHED = ("issue", "article", "page")  # the pages whose words the search finds
WITHIN: Mapping[PageKind, tuple[str, ...]] = {"republish": ("kit.html",)}  # what such a page has inside
POLICY = (
    "default-src 'none'; img-src 'self' https:; media-src 'self' https:; style-src 'self'; base-uri 'none'; "
    "form-action 'self'"
)
# Pagefind searches in WebAssembly, in parts of its index that it loads as they are needed.
SEARCHING = f"{POLICY}; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
# A mail service may answer a form from another of its hosts, which browsers hold against the policy too.
SUBSCRIBING = POLICY.replace("form-action 'self'", "form-action 'self' https:")
WITH_FORM = ("front", "follow")  # the pages on which one subscribes
POLICIES: Mapping[PageKind, str] = {"search": SEARCHING, "republish": f"{POLICY}; script-src 'self'"}


def render(issue: Contents, publication: Publication) -> bytes:
    """Render the issue as one HTML page in UTF-8 or, by its place, as one of the site's pages.

    Its policy (CSP level 3) allows pictures and the style sheet, and on the pages that have one the site's own script;
    nothing else that could act. Raises RenderError.
    """
    page = PageContext(issue, publication)
    if issue.as_page:
        has_form = publication.subscribe.form or page.subscription_pages
        plain = SUBSCRIBING if has_form and page.kind in WITH_FORM else POLICY
        return render_page(page, TEMPLATES[page.kind], POLICIES.get(page.kind, plain))
    style = page.render_template("web.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        "default-src 'none'; img-src https: http:; media-src https: http:; "
        f"style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    return render_page(page, TEMPLATES["issue"], policy, style)


def render_page(page: PageContext, template: str, policy: str, style: str = "") -> bytes:
    """Render a page with its template, its metadata for machines and its policy. Raises RenderError."""
    values = {
        "data": metadata.build_json_ld(page),
        "opengraph": tuple(metadata.list_opengraph_properties(page)),
        "policy": policy,
        "style": Markup(style),  # noqa: S704 - CSS of our own
    }
    made = page.render_template(template, values)
    return (
        html.make_images_relative(made, page.publication.url, page.path_to_root or "./") if page.site_page else made
    ).encode()
