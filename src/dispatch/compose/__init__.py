"""Make issues out of articles: pure, from one Issue to the next.

drafting      a new issue, and articles that come into it
telling       what an editor says over what was found
editing       where the articles stand, what is corrected in them, and what is taken back
"""

from dispatch.compose.drafting import add, draft, from_inbox, place, twin
from dispatch.compose.editing import correct, move, named, remove, withdraw
from dispatch.compose.telling import Said, told

__all__ = [
    "Said",
    "add",
    "correct",
    "draft",
    "from_inbox",
    "move",
    "named",
    "place",
    "remove",
    "told",
    "twin",
    "withdraw",
]
