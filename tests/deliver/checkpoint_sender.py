"""A sender as listmonk's, for the same kills: what its manager does with a campaign, and nothing else.

Read in internal/manager and queries/campaigns.sql of github.com/knadh/listmonk in November 2026: a batch of subscribers
is fetched by their numbers, and the same statement moves the checkpoint (last_subscriber_id) behind them; workers take
them from a queue, each over a connection of its pool, and a message whose sending fails is sent again, twice at most.
How many were sent is counted in memory. After a restart it goes on behind the checkpoint.

    python checkpoint_sender.py STORE PORT PEOPLE BATCH CONNECTIONS
"""

import queue
import smtplib
import sqlite3
import sys
import threading
from contextlib import closing

RETRIES = 2  # max_msg_retries
TEXT = b"From: desk@wire.example\r\nSubject: Who pays\r\n\r\nA line of words.\r\nAnother.\r\n\r\nAnd\r\nmore.\r\n"


def fetch_batch(store: sqlite3.Connection, people: int, batch: int) -> range:
    """Fetch the next subscribers, and move the checkpoint behind them."""
    with store:
        store.execute("BEGIN IMMEDIATE")
        last: int = store.execute("SELECT last FROM campaign").fetchone()[0]
        found = range(last, min(last + batch, people))
        store.execute("UPDATE campaign SET last = ?", (found.stop,))
    return found


def send_queued(port: int, waiting: "queue.Queue[int | None]") -> None:
    """Send what comes, over one connection after another."""
    session: smtplib.SMTP | None = None
    while (number := waiting.get()) is not None:
        for _ in range(RETRIES + 1):
            try:
                session = session or smtplib.SMTP("127.0.0.1", port, timeout=30)
                session.sendmail("desk@wire.example", [f"reader-{number}@paper.example"], TEXT)
                break
            except (OSError, smtplib.SMTPException):
                session = None


def main() -> None:
    """Send the campaign, or go on with it."""
    store_path, port, people, batch, connections = sys.argv[1], *map(int, sys.argv[2:])
    waiting: queue.Queue[int | None] = queue.Queue(connections * 2)
    workers = [threading.Thread(target=send_queued, args=(port, waiting)) for _ in range(connections)]
    for worker in workers:
        worker.start()
    with closing(sqlite3.connect(store_path, isolation_level=None)) as store:
        store.execute("CREATE TABLE IF NOT EXISTS campaign AS SELECT 0 AS last")
        while found := fetch_batch(store, people, batch):
            for number in found:
                waiting.put(number)
    for _ in workers:
        waiting.put(None)
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main()
