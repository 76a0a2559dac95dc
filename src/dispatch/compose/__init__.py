"""Issues out of articles: pure, from one Issue to the next.

drafting      a new issue, and articles that come into it
telling       what an editor says over what was found
editing       where the articles stand, and what is corrected in them
collecting    the newest articles and all issues, as an Issue
"""

from dispatch.compose.collecting import archive, as_article, latest, newest_first
from dispatch.compose.drafting import LONGEST_KEY, add, draft, from_inbox, key_of, place, twin, unused
from dispatch.compose.editing import correct, move, named, remove
from dispatch.compose.telling import Said, told

__all__ = [
    "LONGEST_KEY",
    "Said",
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
    "twin",
    "unused",
]
