"""Who gets the newsletter: addresses, how they agreed, and who must not be written to. Never in git, never in a log.

    with subscribers.open_store(publication) as store:
        report = store.import_people(subscribers.read_listed(lines), now, how="readers.csv", words="...")

It lives in ``.dispatch/subscribers.sqlite``, which is no cache: back it up, with ``.dispatch/keys`` beside it. Where
DISPATCH_STORE names a PostgreSQL database, it lives there, for any number of machines.

database.py   the file, or PostgreSQL (postgres.py); the secret key; tables.py  the tables of both
store.py      the class Store
rows.py       what is read and written in it
importing.py  a list from elsewhere, and how it is undone
columns.py    how other systems write such lists
reports.py    what came back of a message
suppressions.py  who must not be written to
retention.py  what is forgotten, and when
backup.py     a copy of it all
subscriptions.py  what readers do on the pages of their subscription; own_data.py  what they see and change there
reader_mail.py    the mails that come of it; asking.py  those of an editor who asks
"""

from dispatch.subscribers.columns import FIELDS, read_listed
from dispatch.subscribers.importing import ListReport
from dispatch.subscribers.reports import ReportOutcome
from dispatch.subscribers.store import Store, open_store

__all__ = ["FIELDS", "ListReport", "ReportOutcome", "Store", "open_store", "read_listed"]
