"""The site: every page and every feed that the public folder holds, planned, built, checked and put in place.

publishing    the whole way, under the publication's locks
judge         everything that is wrong with an issue, its files and its editions
plan          every page and feed of the site: pure
plan_feeds    its feeds, each with its archive: pure
site_index    what all pages of one site have in common
topics        authors, sources, sections and tags, with their articles
listings      what lists and feeds show of an issue and of an article
site          the pages and feeds of a site, each rendered when it is asked for
issue_index   every issue as a build needs it, read only where a file changed
build         the site into a release, page by page, each only when it has to be made anew
cache         what each file was made of, so that only what changed is made again
cached_issue  what the cache holds of an issue
release       the finished files, put into the public folder at once

What is here is imported when it is first asked for (PEP 562): a publish with nothing to do loads the cache alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dispatch.publish.judge import judge_issue, render_formats
    from dispatch.publish.listings import make_entry, sort_newest_first, strip_texts
    from dispatch.publish.plan import fill_page, find_withdrawn_pages, plan_pages
    from dispatch.publish.publishing import SiteUpdate, publish_site
    from dispatch.publish.site import SiteBuilder
    from dispatch.publish.topics import names

_ROOMS = {
    "SiteBuilder": "site",
    "SiteUpdate": "publishing",
    "fill_page": "plan",
    "find_withdrawn_pages": "plan",
    "judge_issue": "judge",
    "make_entry": "listings",
    "names": "topics",
    "plan_pages": "plan",
    "publish_site": "publishing",
    "render_formats": "judge",
    "sort_newest_first": "listings",
    "strip_texts": "listings",
}

__all__ = [
    "SiteBuilder",
    "SiteUpdate",
    "fill_page",
    "find_withdrawn_pages",
    "judge_issue",
    "make_entry",
    "names",
    "plan_pages",
    "publish_site",
    "render_formats",
    "sort_newest_first",
    "strip_texts",
]


def __getattr__(name: str) -> object:
    """Import one of the names above."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"dispatch.publish.{_ROOMS[name]}"), name)
