"""The files of a site besides its pages and feeds: style sheets, icon, search script, 404 page, sitemap, redirects.

What leads from an old address to the present one is the file ``_redirects`` for servers that read it (Netlify,
Cloudflare, GitLab Pages and ``dispatch serve``: a line ``from to status``, of which the first that fits wins);
everywhere else a page stands at the old address and says where it is now. ``sitemap.xml`` (sitemaps.org, protocol 0.9)
and ``robots.txt`` (RFC 9309) are what search engines ask for.
"""

import re
from collections.abc import Iterable, Mapping, Set
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

from lxml import etree

from dispatch import links, looks, model, templates
from dispatch.formats.feed import to_utc
from dispatch.formats.page import PageContext
from dispatch.formats.template_context import TemplateContext
from dispatch.formats.web import POLICY, render_page
from dispatch.language import Language
from dispatch.model import Publication

FEED_STYLE = "feed.css"
SCRIPTS: Mapping[model.PageKind, tuple[str, ...]] = {
    "search": ("search/search.js",),
    "republish": ("republish.js", "republish.css"),
}
MOVED = 301
GONE = 410
_DEPTH = 2  # of an issue's page: issues/<slug>/
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_MOST = 50_000  # addresses; the protocol allows no more


def render_style_sheet(publication: Publication) -> bytes:
    """Render the style sheet of the whole site. Raises RenderError."""
    return PageContext(_make_empty_page(publication), publication, lost=True).render_template("web.css").encode()


def render_icon(publication: Publication) -> bytes:
    """Render the site's icon (icon.svg): the first letter of its name. Raises RenderError."""
    return PageContext(_make_empty_page(publication), publication, lost=True).render_template("icon.svg").encode()


def render_feed_style_sheet(publication: Publication) -> bytes:
    """Render the style sheet with which a browser shows a feed: how to follow it, and what it holds.

    It is CSS, for browsers stop transforming feeds by XSLT, and one for every feed of the site: the documents name it
    (``formats.feed``), and what it says itself, in the publication's language, stands in it as generated content
    (CSS Generated Content 3). Raises RenderError.
    """
    language = Language.from_code(publication.language)

    def quote_words(key: str) -> str:
        return quote_css(language.format_message(key))

    theme = publication.theme
    values = {"language": language, "theme": theme, "style": looks.load_style(theme.look), "words": quote_words}
    return templates.compile_templates(publication.templates).render_template(FEED_STYLE, values).lstrip().encode()


def quote_css(text: str) -> str:
    """Quote a text as a string of CSS (CSS Syntax 3, section 4.3.5), escaping what would end it by its number."""
    return '"' + re.sub(r'["\\\x00-\x1f\x7f]', lambda found: f"\\{ord(found[0]):x} ", text) + '"'


def list_scripts(publication: Publication, kinds: Set[model.PageKind]) -> dict[str, bytes]:
    """List the files that pages of these kinds have besides what every page has, by their path in the public folder."""
    paths = (path for kind, own in SCRIPTS.items() if kind in kinds for path in own)
    return {path: publication.templates[path.rpartition("/")[2]].encode() for path in paths}


def render_not_found(publication: Publication) -> bytes:
    """Render the page that a server shows for an address that does not exist (404.html). Raises RenderError."""
    return render_page(PageContext(_make_empty_page(publication), publication, lost=True), "notfound.html", POLICY)


def render_sitemap(pages: Iterable[model.Page], publication: Publication) -> bytes:
    """List the addresses of all pages with the dates of their last change, the front page first.

    Not among them: pages of articles that first stood elsewhere, whose canonical address is there, the search, and
    pages from which an article is copied.
    """
    root = etree.Element("urlset", {"xmlns": _NAMESPACE})
    shown = [page for page in pages if page.kind not in {"feed", "search", "republish"}]
    for page in sorted(shown, key=lambda page: page.path)[:_MOST]:
        first = next(page.articles, None)
        if page.withdrawn:
            continue
        if page.kind == "article" and not (first and first.own and not first.withdrawn):
            continue
        address = etree.SubElement(root, "url")
        etree.SubElement(address, "loc").text = links.encode_ascii(f"{publication.url}/{page.path}")
        if page.kind != "page":  # nobody says when it changed
            etree.SubElement(address, "lastmod").text = to_utc(page.date).isoformat().replace("+00:00", "Z")
    octets: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return octets


def render_robots(publication: Publication) -> bytes:
    """Allow everybody to read everything, and point to the sitemap."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {links.encode_ascii(publication.url)}/sitemap.xml\n".encode()


def render_redirects(
    moved: Mapping[str, str], gone: Iterable[str], publication: Publication, paths: Iterable[str] = ()
) -> dict[str, bytes]:
    """Render the files of a site that redirect, by path: ``_redirects``, if needed, and the pages.

    moved: by the old path of a page, percent-encoded and ending in a slash, the new one. gone: the paths of pages on
    which nothing but a notice is left. paths: of all other files of the site. Raises RenderError.
    """
    pages = {
        f"{unquote(old)}index.html": _render_moved_page(old, new, publication) for old, new in sorted(moved.items())
    }
    lines = "".join(f"{line}\n" for line in _list_redirect_lines(moved, gone, urlsplit(publication.url).path))
    return (
        pages | ({"_redirects": lines.encode()} if lines else {}) | _render_former_hosts(publication, (*paths, *pages))
    )


def _render_former_hosts(publication: Publication, paths: Iterable[str]) -> dict[str, bytes]:
    """Render what makes an old host lead to the present one, each address to its own, by path: to be put there.

    ``_redirects`` is for Netlify, Cloudflare and GitLab Pages, ``nginx.conf`` for the server block of the old host.
    """
    made: dict[str, bytes] = {}
    now = urlsplit(links.encode_ascii(publication.url))
    pages = [path.removesuffix("index.html") for path in sorted(paths)] or [""]
    for base in sorted({*publication.former_urls} - {publication.url}):  # it may have moved back
        old = urlsplit(links.encode_ascii(base))
        is_here = old.netloc.lower() == now.netloc.lower()
        lines, rules = [], []
        for path, is_folder in _list_former_places(old.path, now.path if is_here else None, pages):
            to = f"{now.path if is_here and old.scheme == now.scheme else now.geturl()}/{path}"
            lines.append(f"{old.path}/{path}{'* ' if is_folder else ' '}{to}{':splat' * is_folder} {MOVED}\n")
            place, begin = f"{old.path}/{path}", re.escape(f"{old.path}/{path}")
            rule = f"rewrite ^{begin}(.*)$ {now.geturl()}/{path}$1" if is_folder else f"rewrite ^ {now.geturl()}/{path}"
            rules.append(f"location {'' if is_folder else '= '}{place} {{\n    {rule} permanent;\n}}\n")
        folder = f"former/{old.netloc.replace(':', '_')}{old.path}"
        made |= {f"{folder}/_redirects": "".join(lines).encode(), f"{folder}/nginx.conf": "".join(rules).encode()}
    return {path: body for path, body in made.items() if body}


def _list_former_places(old: str, now: str | None, pages: Iterable[str]) -> Iterable[tuple[str, bool]]:
    """List what leads on from an old address, below its path: places, and whether all below them does too.

    now: the path of the present address when that is on the same host. What is a page there leads nowhere, or it would
    lead to itself, and neither does a folder that holds one.
    """
    there = {f"{now}/{page}" for page in pages} if now is not None else set()
    taken = there | {page[: at + 1] for page in there for at, sign in enumerate(page) if sign == "/"}
    found: dict[str, bool] = {}
    for page in pages:
        whole = f"{old}/{page}"
        folders = (whole[: at + 1] for at in range(len(old), len(whole)) if whole[at] == "/")
        free = next((folder for folder in folders if folder not in taken), None)
        if free or whole not in there:
            found[(free or whole).removeprefix(f"{old}/")] = bool(free)
    return found.items()


def _render_moved_page(old: str, new: str, publication: Publication) -> bytes:
    """Render the page that leads to another one, without a script; search engines ignore it."""
    date = datetime(1970, 1, 1, tzinfo=UTC)
    there = model.Page(kind="index", path=new, id=publication.url, title=publication.title, date=date)
    return TemplateContext(there, publication).render_template("moved.html", {"root": "../" * old.count("/")}).encode()


def _list_redirect_lines(moved: Mapping[str, str], gone: Iterable[str], within: str) -> Iterable[str]:
    """List the lines, exact addresses before prefixes, because the first match wins.

    With an issue or a list goes all that stands below its page: articles, mail, feeds, pictures.
    """
    # What came from elsewhere, as an old blog's post, has nothing of ours below it.
    within_ours = {old: new for old, new in moved.items() if old.partition("/")[0] == new.partition("/")[0]}
    issues = {old: new for old, new in within_ours.items() if old.count("/") == _DEPTH}
    for old, new in sorted(moved.items()):
        issue = "/".join(old.split("/", _DEPTH)[:_DEPTH]) + "/"
        if old == issue or issues.get(issue, issue) + old.removeprefix(issue) != new:
            yield f"{within}/{old} {within}/{new} {MOVED}"
    yield from sorted(f"{within}/{path} {within}/{path} {GONE}" for path in gone)
    yield from sorted(f"{within}/{old}* {within}/{new}:splat {MOVED}" for old, new in issues.items())


def _make_empty_page(publication: Publication) -> model.Page:
    """Make an issue for a page that is about nothing in particular."""
    return model.Page(
        kind="index",
        id=f"{publication.url}/404.html",
        title=Language.from_code(publication.language).format_message("page.not_found"),
        date=datetime(1970, 1, 1, tzinfo=UTC),
        status="published",
    )
