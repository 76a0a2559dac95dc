"""A publication with an inbox for the desk: sources, sections, a draft, and as many entries as a test wants."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

from dispatch import config, inbox
from dispatch.model import Article, Author, Image, Source, Witness
from loopback import Web, item, rss

NOW = datetime(2026, 11, 28, 7, tzinfo=UTC)
NAMES = ("Ada Quay", "Jón Þór", "Mira Ståhl", "Luc Brandt", "Noor Rahman")
WORDS = "harbour ferry tide council vote night port bridge river school budget storm archive letter market".split()
SETTINGS = """\
title = "The Harbour Letter"
url = "https://letter.example"
sections = ["Harbour", "Europe", "Culture", "Brief"]

[email]
from = "The Harbour Letter <desk@letter.example>"
unsubscribe = "https://letter.example/leave"
postal_address = "1 Quay, Harbour"
"""
SOURCE = """
[[sources]]
key = "{key}"
title = "{title}"
url = "https://{key}.example"
"""
DRAFT = """\
---
id: tag:letter.example,2026-11-28:week-48
number: 48
title: Week 48
date: 2026-11-28
status: draft
preheader: What the harbour did, what the council did not, and who wrote it all down for us
sections:
- title: Harbour
- title: Europe
- title: Culture
- title: Brief
---
What the week left on the quay.
"""


def make_publication(root: Path, *, sources: int = 3) -> Path:
    """A publication with so many sources, four sections and an empty draft."""
    tables = (SOURCE.format(key=f"paper{n}", title=f"Paper {n}") for n in range(sources))
    (root / "dispatch.toml").write_text(SETTINGS + "".join(tables), "utf-8")
    folder = root / "issues" / "week-48"
    folder.mkdir(parents=True)
    (folder / "issue.md").write_text(DRAFT, "utf-8")
    return root


def make_entry(n: int, source: str = "paper0", **values: object) -> Article:
    """An entry as its source has it; every seventh has a byline that is not certain."""
    words = " ".join(WORDS[(n * step) % len(WORDS)] for step in (1, 2, 3, 5))
    likely: dict[str, object] = {"certainty": "likely", "witnesses": (Witness(kind="byline", names=("Ann Lee",)),)}
    said: dict[str, object] = {
        "id": f"https://{source}.example/?p={n}",
        "url": f"https://{source}.example/{n}?a=1&copy=2",
        "title": f"{words.capitalize()} {n}",
        "content": f"<p>Story {n} of {source}: {words}.</p><p>It has a second paragraph.</p>",
        "authors": (Author(name=NAMES[n % len(NAMES)], url=f"https://{source}.example/by/{n % len(NAMES)}"),),
        "source": Source(title=source.capitalize(), url=f"https://{source}.example"),
        "published": NOW - timedelta(hours=n),
        "tags": (WORDS[n % len(WORDS)],),
        "image": Image(url=f"https://{source}.example/{n}.jpg", alt="A quay") if n % 3 == 0 else None,
        **(likely if n % 7 == 3 else {}),
    }
    return Article(**(said | values))  # type: ignore[arg-type]


def fill_inbox(root: Path, count: int, *others: tuple[str, Sequence[Article]]) -> None:
    """Put so many entries into the inbox, from all sources in turn; and those of others."""
    publication = config.load(root)
    keys = [source.key for source in publication.sources]
    with inbox.open_inbox(publication) as box:
        for at, key in enumerate(keys):
            box.keep_articles(key, [make_entry(n, key) for n in range(at, count, len(keys))], NOW)
        for key, articles in others:
            box.keep_articles(key, articles, NOW)


def make_week(root: Path, site: Web) -> Path:
    """A publication with an empty draft and 25 sources on loopback with 230 entries.

    Two of these, s3-2 and s11-4, do not say who wrote them.
    """
    tables = []
    for n in range(25):
        entries = []
        for entry in range(10 if n < 5 else 9):
            body = f"<p>Story {entry} of source {n} tells of the harbour at some length.</p>"
            author = "" if (n, entry) in {(3, 2), (11, 4)} else f"Ada Quay {n}"
            entries.append(item(f"s{n}-{entry}", author=author, body=escape(body)))
        site.pages[f"/feed-{n}"] = rss(*entries, title=f"Paper {n}")
        tables.append(
            f'\n[[sources]]\nkey = "paper{n}"\ntitle = "Paper {n}"\nurl = "{site.url("/", n + 1)}"\n'
            f'feed = "{site.url(f"/feed-{n}", n + 1)}"\nallow_private = true\nauthor = {{name = "Mira Ståhl"}}\n'
        )
    (root / "dispatch.toml").write_text(SETTINGS + "".join(tables), "utf-8")
    (root / "issues" / "week-48").mkdir(parents=True)
    (root / "issues" / "week-48" / "issue.md").write_text(DRAFT, "utf-8")
    return root
