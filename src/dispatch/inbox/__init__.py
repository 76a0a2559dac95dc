"""The inbox: every gathered article waits here, once, until an issue uses it or an editor dismisses it.

    with inbox.open_inbox(publication) as box:
        kept = box.keep_articles("paper", articles, now)

It lives in ``.dispatch/inbox.sqlite`` and is a cache: what was used is derived from the issue files and the ledger, so
that it may be deleted; numbers and dismissals are all that is lost then.

database.py      the file: its schema, its migrations, its errors
inbox.py         the class Inbox
deduplicate.py   what is new, changed, known, or known from elsewhere
compare.py       which known entry an article is, and what has changed in it
queries.py       what waits, and what is found in it by words
shared.py        the inbox in git: a file an entry, from which the database is made
used.py          what the issues have used, read again only where a file has changed
"""

from dispatch.inbox.database import FILE, FOLDER
from dispatch.inbox.inbox import Inbox, KeepResult, open_inbox, share_inbox
from dispatch.inbox.queries import InboxOrder, InboxQuery

__all__ = ["FILE", "FOLDER", "Inbox", "InboxOrder", "InboxQuery", "KeepResult", "open_inbox", "share_inbox"]
