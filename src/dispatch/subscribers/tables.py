"""The tables of the subscribers' database, as SQLite makes them; ``postgres.py`` translates them.

Each step leads from the version that is its index to the next; one that was published is never changed. What stands
between /*! and */ is for PostgreSQL alone: to SQLite it is a comment.
"""

from typing import Final

MIGRATIONS: Final = (
    """
    CREATE TABLE subscriber (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        key BLOB NOT NULL UNIQUE,                  -- what others may see: numbers would tell how many there are
        list TEXT NOT NULL,
        email TEXT NOT NULL,                       -- as it was typed
        same TEXT NOT NULL,                        -- mail_addresses.fold_mailbox
        name TEXT NOT NULL,
        state TEXT NOT NULL,
        language TEXT NOT NULL,
        since INTEGER NOT NULL,                    -- seconds since 1970, as all moments
        UNIQUE (list, same)
    ) STRICT;
    CREATE INDEX subscriber_state ON subscriber (list, state, number);
    CREATE TABLE tag (
        subscriber INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (subscriber, tag)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tag_tag ON tag (tag, subscriber);
    CREATE TABLE words (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE consent (                         -- is only ever added to
        /*! rowid INTEGER GENERATED ALWAYS AS IDENTITY, */
        subscriber INTEGER NOT NULL,
        at INTEGER NOT NULL,
        what TEXT NOT NULL,
        how TEXT NOT NULL,
        words INTEGER NOT NULL,                    -- its row in the table words; 0 without any
        batch INTEGER NOT NULL                     -- of the import that it came with, else 0
    ) STRICT;
    CREATE INDEX consent_subscriber ON consent (subscriber);
    CREATE INDEX consent_batch ON consent (batch) WHERE batch > 0;
    CREATE TABLE batch (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, how TEXT NOT NULL) STRICT;
    CREATE TABLE suppression (
        digest BLOB PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    """
    ALTER TABLE consent ADD COLUMN ip TEXT NOT NULL DEFAULT '';
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE round (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        list TEXT NOT NULL,
        issue TEXT NOT NULL,                       -- its id
        slug TEXT NOT NULL,
        digest TEXT NOT NULL,                      -- of the message
        message BLOB NOT NULL,                     -- prepared: an edit cannot reach what is being sent
        begun INTEGER NOT NULL,
        not_before INTEGER NOT NULL,
        audience INTEGER NOT NULL,                 -- how many
        state TEXT NOT NULL,
        epoch INTEGER NOT NULL                     -- counts who has sent it: only the last one may
    ) STRICT;
    CREATE INDEX round_issue ON round (issue);
    CREATE TABLE delivery (
        round INTEGER NOT NULL,
        subscriber INTEGER NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        epoch INTEGER NOT NULL DEFAULT 0,          -- of the round, when it was being sent
        not_before INTEGER NOT NULL DEFAULT 0,
        at INTEGER NOT NULL DEFAULT 0,             -- when its state last changed
        reply TEXT NOT NULL DEFAULT '',            -- what the server said of it
        PRIMARY KEY (round, subscriber)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX delivery_due ON delivery (round, subscriber, not_before) WHERE state IN ('planned', 'deferred');
    CREATE INDEX delivery_subscriber ON delivery (subscriber, round);
    CREATE TABLE report (
        id TEXT PRIMARY KEY,                       -- its own: it counts once, however often it comes
        at INTEGER NOT NULL,
        source TEXT NOT NULL,
        kind TEXT NOT NULL,
        round INTEGER NOT NULL,                    -- 0 when it is about no round
        subscriber INTEGER NOT NULL,
        status TEXT NOT NULL,
        detail TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX report_subscriber ON report (subscriber, round);
    CREATE TABLE notice (                          -- written with what causes it; sent before all rounds
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        subscriber INTEGER NOT NULL,               -- 0 for nobody
        email TEXT NOT NULL,
        message BLOB NOT NULL,                     -- finished; empty when it is settled
        made INTEGER NOT NULL,
        state TEXT NOT NULL,                       -- as that of a delivery
        attempts INTEGER NOT NULL DEFAULT 0,
        not_before INTEGER NOT NULL DEFAULT 0,
        at INTEGER NOT NULL DEFAULT 0,
        reply TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE INDEX notice_due ON notice (not_before, number) WHERE state IN ('planned', 'deferred');
    CREATE INDEX notice_subscriber ON notice (subscriber, kind, made);
    """,
    """
    -- When the last message was accepted of which no delivery is left.
    ALTER TABLE subscriber ADD COLUMN reached INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE tally (                           -- how many of a round of which no delivery is left
        round INTEGER NOT NULL,
        what TEXT NOT NULL,                        -- the state of a delivery; or left, as in numbers.py
        count INTEGER NOT NULL,
        PRIMARY KEY (round, what)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE proof (                           -- the consents of somebody who was erased
        digest BLOB NOT NULL,                      -- of the address, as that of a suppression
        erased INTEGER NOT NULL,
        at INTEGER NOT NULL,
        what TEXT NOT NULL,
        how TEXT NOT NULL,
        words INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX proof_digest ON proof (digest);
    """,
    """
    CREATE TABLE portion (                         -- of a round: to these subscribers one sender at a time writes
        round INTEGER NOT NULL,
        first INTEGER NOT NULL,                    -- the number of the first of them
        last INTEGER NOT NULL,
        epoch INTEGER NOT NULL,                    -- of the round, when somebody took it up: nobody else may send it
        lease INTEGER NOT NULL,                    -- until when they have it if they live; 0 when nobody has it
        PRIMARY KEY (round, first)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO portion SELECT number, 0, 9223372036854775807, epoch, 1 FROM round
        WHERE audience >= 0 AND state IN ('begun', 'held');
    """,
)
