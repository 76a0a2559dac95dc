"""Make issues out of articles: pure, from one Issue to the next.

drafting    a new issue, and articles that come into it
overrides   what an editor says over what was found
settling    who wrote an article, where that is uncertain
editing     where the articles stand, what is corrected in them, and what is taken back
sections    which sections there are, and in which order
"""

# ruff: noqa: F403 - the table says what the package has
from typing import TYPE_CHECKING

from dispatch.deferred import defer_names

if TYPE_CHECKING:
    from dispatch.compose.drafting import *
    from dispatch.compose.editing import *
    from dispatch.compose.overrides import *
    from dispatch.compose.sections import *
    from dispatch.compose.settling import *
else:
    __getattr__ = defer_names(
        __name__,
        drafting="add_articles add_from_inbox choose_section draft_issue explain_arrival find_twin",
        editing="correct find_article move_article name_section place_article remove_article replace_article withdraw",
        overrides="Overrides apply_overrides",
        sections="add_section find_section move_section remove_section rename_section",
        settling="CreditChoice list_choices settle_credit",
    )
