"""The page: nothing in it acts, but for the site's own script on the page for searching."""

import json
import re
from collections.abc import Iterator

from dispatch.checks import ways
from dispatch.checks.case import Case
from dispatch.checks.page import Tag
from dispatch.checks.rules import finding
from dispatch.model import Finding

FORBIDDEN = ("applet", "base", "embed", "frame", "frameset", "iframe", "object", "portal", "script")
_ADDRESSES = frozenset({"action", "formaction", "href", "src", "xlink:href"})
_PASSED_OVER = re.compile("[\\0- ]+")
_ACTING = ("javascript:", "vbscript:", "data:text/")


def check(case: Case) -> Iterator[Finding]:
    """Judges each page."""
    for _, part in case.parts:
        if part.kind in {"page", "list"} and part.page:
            searches = part.place is not None and part.place.kind == "search"
            tags = (tag for tag in part.page.tags if not (searches and _searches(tag)))
            yield from (found.at(part.at) for tag in tags for found in _acting(tag))
            copies = case.issue.as_page.pictures if case.issue.as_page else {}
            shown = (tag.attributes.get("src", "") for tag in part.page.named("img"))
            for url in dict.fromkeys(ways.whole(url, part.place, case.publication.url) for url in shown):
                if url in copies:
                    yield finding("web.copy", "picture", part.at, url=url)


def _acting(tag: Tag) -> Iterator[Finding]:
    if tag.name in FORBIDDEN and not _is_data(tag):
        yield finding("web.forbidden", "element", element=tag.name)
    if tag.name == "meta" and tag.attributes.get("http-equiv", "").lower() == "refresh":
        yield finding("web.forbidden", "meta")
    for name, value in tag.attributes.items():
        if name.startswith("on"):
            yield finding("web.forbidden", "script", element=tag.name, attribute=name)
        elif name in _ADDRESSES:
            # Browsers pass over controls and spaces within the scheme.
            address = _PASSED_OVER.sub("", value).lower()
            if address.startswith(_ACTING):
                scheme = address.partition(":")[0]
                yield finding("web.forbidden", "address", element=tag.name, scheme=scheme)


def _is_data(tag: Tag) -> bool:
    """Whether it holds what the page says of itself for machines (JSON-LD), which no browser runs."""
    if tag.name != "script" or dict(tag.attributes) != {"type": "application/ld+json"}:
        return False
    try:
        return isinstance(json.loads(tag.text), dict)
    except (ValueError, RecursionError):
        return False


def _searches(tag: Tag) -> bool:
    """Whether it is the script with which the site's own page searches."""
    return tag.name == "script" and dict(tag.attributes) == {"type": "module", "src": "search.js"} and not tag.text
