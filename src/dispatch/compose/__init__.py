"""Issues out of articles: pure, from one Issue to the next.

drafting      a new issue, and articles that come into it
editing       what an editor says over what was found, and where the articles stand
collecting    the newest articles and all issues, as an Issue
"""

from dispatch.compose.collecting import archive, as_article, latest, newest_first
from dispatch.compose.drafting import LONGEST_KEY, add, draft, from_inbox, key_of, place, unused
from dispatch.compose.editing import correct, move, named, remove, told

__all__ = [
    "LONGEST_KEY",
    "add",
    "archive",
    "as_article",
    "correct",
    "draft",
    "from_inbox",
    "key_of",
    "latest",
    "move",
    "named",
    "newest_first",
    "place",
    "remove",
    "told",
    "unused",
]
