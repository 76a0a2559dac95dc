"""The site: every page and every feed that the public folder holds, planned, made, judged and put in place.

plan          every page and feed, each an Issue with its place: pure
topics        authors, sources, sections and tags, with their articles
listings      what lists and feeds show of an issue and of an article
build         the site, page by page, each only when it has to be made
judge         everything that is wrong with an issue, its files and its editions
cache         what each file was made of, so that only what changed is made again
cached_issue  what the cache holds of an issue
release       the finished files, put into the public folder at once

What is here is imported when it is first asked for (PEP 562): a publish with nothing to do needs the cache alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dispatch.publish.judge import judge_issue, render_formats
    from dispatch.publish.listings import as_article, light, newest_first
    from dispatch.publish.plan import filled, gone, pages
    from dispatch.publish.topics import names

_ROOMS = {
    "as_article": "listings",
    "filled": "plan",
    "gone": "plan",
    "judge_issue": "judge",
    "light": "listings",
    "names": "topics",
    "newest_first": "listings",
    "pages": "plan",
    "render_formats": "judge",
}

__all__ = [
    "as_article",
    "filled",
    "gone",
    "judge_issue",
    "light",
    "names",
    "newest_first",
    "pages",
    "render_formats",
]


def __getattr__(name: str) -> object:
    """Import one of the names above."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"dispatch.publish.{_ROOMS[name]}"), name)
