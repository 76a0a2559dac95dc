"""Make issues out of articles: pure, from one Issue to the next.

drafting      a new issue, and articles that come into it
telling       what an editor says over what was found
importing     posts of another system's archive
editing       where the articles stand, what is corrected in them, and what is taken back
collecting    issues as entries, articles as lines
topics        authors, sources, sections and tags, with their articles
site          the plan of all pages and feeds, each an Issue with its place
"""

from dispatch.compose.collecting import as_article, light, newest_first
from dispatch.compose.drafting import add, draft, from_inbox, place, twin
from dispatch.compose.editing import correct, move, named, remove, withdraw
from dispatch.compose.importing import found_in, imported, known
from dispatch.compose.site import filled, gone, pages
from dispatch.compose.telling import Said, told
from dispatch.compose.topics import names

__all__ = [
    "Said",
    "add",
    "as_article",
    "correct",
    "draft",
    "filled",
    "found_in",
    "from_inbox",
    "gone",
    "imported",
    "known",
    "light",
    "move",
    "named",
    "names",
    "newest_first",
    "pages",
    "place",
    "remove",
    "told",
    "twin",
    "withdraw",
]
