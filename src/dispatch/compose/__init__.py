"""Make issues out of articles: pure, from one Issue to the next.

drafting    a new issue, and articles that come into it
overrides   what an editor says over what was found
settling    who wrote an article, where that is uncertain
editing     where the articles stand, what is corrected in them, and what is taken back
"""

from dispatch.compose.drafting import (
    add_articles,
    add_from_inbox,
    choose_section,
    draft_issue,
    explain_arrival,
    find_twin,
)
from dispatch.compose.editing import correct, find_article, move_article, remove_article, replace_article, withdraw
from dispatch.compose.overrides import Overrides, apply_overrides
from dispatch.compose.settling import CreditChoice, list_choices, settle_credit

__all__ = [
    "CreditChoice",
    "Overrides",
    "add_articles",
    "add_from_inbox",
    "apply_overrides",
    "choose_section",
    "correct",
    "draft_issue",
    "explain_arrival",
    "find_article",
    "find_twin",
    "list_choices",
    "move_article",
    "remove_article",
    "replace_article",
    "settle_credit",
    "withdraw",
]
