"""What leads from an old address to the present one: the file ``_redirects`` for servers that read it, else a page.

Netlify, Cloudflare, GitLab Pages and ``dispatch serve`` read ``_redirects``, a line ``from to status``; the first that
fits wins. Everywhere else a page stands at the old address and says where it is now.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from dispatch.formats.fragments import Fragments
from dispatch.model import Page, Publication

MOVED = 301
GONE = 410
_DEPTH = 2  # of an issue's page: issues/<slug>/


def files(moved: Mapping[str, str], gone: Iterable[str], publication: Publication) -> dict[str, bytes]:
    """The files of a site that lead on, by path: ``_redirects``, where there is need for it, and the pages.

    moved: by the old path of a page the new one, both ending in a slash. gone: the paths of pages on which nothing but
    a notice is left. Raises RenderError.
    """
    pages = {f"{old}index.html": _page(old, new, publication) for old, new in sorted(moved.items())}
    lines = "".join(f"{line}\n" for line in _lines(moved, gone, urlsplit(publication.url).path))
    return pages | ({"_redirects": lines.encode()} if lines else {})


def _page(old: str, new: str, publication: Publication) -> bytes:
    """The page that leads to another, without a script; search engines pass it by."""
    date = datetime(1970, 1, 1, tzinfo=UTC)
    there = Page(kind="index", path=new, id=publication.url, title=publication.title, date=date)
    return Fragments(there, publication).render("moved.html", {"root": "../" * old.count("/")}).encode()


def _lines(moved: Mapping[str, str], gone: Iterable[str], within: str) -> Iterable[str]:
    """The lines: what is exact before what is below, for the first that fits wins.

    With an issue goes all that stands below its page: its articles, its mail, its feeds, its pictures.
    """
    issues = {old: new for old, new in moved.items() if old.count("/") == _DEPTH}
    for old, new in sorted(moved.items()):
        issue = "/".join(old.split("/", _DEPTH)[:_DEPTH]) + "/"
        if old == issue or issues.get(issue, issue) + old.removeprefix(issue) != new:
            yield f"{within}/{old} {within}/{new} {MOVED}"
    yield from sorted(f"{within}/{path} {within}/{path} {GONE}" for path in gone)
    yield from sorted(f"{within}/{old}* {within}/{new}:splat {MOVED}" for old, new in issues.items())
