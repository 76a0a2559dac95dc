"""Nouns for the tests, whole enough to be rendered, and their editions."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dispatch import render
from dispatch.formats import FORMATS
from dispatch.model import (
    Article,
    Author,
    Contents,
    Correction,
    Credit,
    EmailSettings,
    Enclosure,
    Image,
    Issue,
    Page,
    PageKind,
    Publication,
    Section,
    Source,
)
from dispatch.publish.listings import make_entry
from dispatch.publish.plan import plan_pages

ROOT = Path(__file__).parent.parent
TEMPLATES = {file.name: file.read_text("utf-8") for file in sorted((ROOT / "templates").iterdir()) if file.is_file()}
FEEDS = ("rss", "atom", "json")
PAGES = ("email", "web")
MESSAGES = ("email", "text", "eml")
DATE = datetime(2025, 2, 14, 8, tzinfo=UTC)

MAILING = EmailSettings(
    sender="The Wire <desk@wire.example>",
    reply_to="letters@wire.example",
    unsubscribe=("https://wire.example/unsubscribe?list=wire&x=1", "mailto:leave@wire.example?subject=leave"),
    postal_address="1 Example Street, Exampleton",
    why="You signed up at wire.example.",
)


def publication(**values: object) -> Publication:
    """The Wire."""
    given = {
        "title": "The Wire",
        "url": "https://wire.example",
        "description": "What the alliance did this week",
        "timezone": "Europe/Berlin",
        "email": MAILING,
        "templates": TEMPLATES,
        "editor": "The curator",
    }
    return Publication(**(given | values))  # type: ignore[arg-type]


def article(n: int = 1, **values: object) -> Article:
    """An article with everything that an article can have; the number makes it different from others."""
    given = {
        "id": f"tag:wire.example,2025-02-14:defence/story-{n}",
        "key": f"story-{n}",
        "url": f"https://paper.example/story-{n}?x=1&y=2",
        "title": f"Story {n}",
        "dek": f"What story {n} is about",
        "content": "".join(
            f"<p>Paragraph {k} of story {n} is here. It has a second sentence, which is longer than the first one.</p>"
            for k in range(1, 9)
        ),
        "authors": (
            Author(name=f"Ada {n}", url=f"https://people.example/ada-{n}", bio=f"Ada {n} writes about bridges."),
        ),
        "source": Source(title="The Paper", url="https://paper.example/", syndicate="full", excerpt_words=60),
        "published": DATE - timedelta(days=n),
    }
    file = {"file": f"issues/defence/{values.get('key', given['key'])}.html"}
    return Article(**(file | given | values))  # type: ignore[arg-type]


def rich(n: int = 1, **values: object) -> Article:
    """An article that uses every field."""
    given = {
        "authors": (
            Author(
                name="Ada Lane",
                url="https://people.example/ada",
                bio="Ada writes.",
                avatar="https://people.example/a.png",
            ),
            Author(name="Jón Þór", url="https://people.example/jon", bio="Jón writes too."),
            Author(name="The staff"),
        ),
        "credits": (
            Credit(role="translator", name="Tove Quist", url="https://people.example/tove"),
            Credit(role="photographer", name="Phil Moss"),
        ),
        "image": Image(url=f"https://wire.example/picture-{n}.png", alt="A telegraph line", width=1072, height=536),
        "enclosures": (Enclosure(url=f"https://cdn.example/{n}.mp3", type="audio/mpeg", length=1234),),
        "tags": ("bridges", "R&D"),
        "license": "CC-BY-4.0",
        "note": "The line to remember is the second.",
        "corrections": (Correction(date=DATE + timedelta(days=3), text="An earlier version named the wrong city."),),
        "content": "<h2>First heading</h2><p>One sentence here. And <em>another</em> one.</p>"
        '<h3>Second heading</h3><p>Closing words with a <a href="https://else.example/?a=1&amp;b=2">link</a>.</p>',
    }
    return article(n, **(given | values))


def issue(*articles: Article, **values: object) -> Issue:
    """An issue of these articles in one section, or of the sections that are given."""
    given = {
        "id": "tag:wire.example,2025-02-14:defence",
        "slug": "defence",
        "number": 7,
        "title": "Who pays for defence",
        "date": DATE,
        "preheader": "An old question, asked again in Brussels this week",
        "intro": "<p>The ministers met in Brussels this week.</p>",
        "sections": (Section(title="Europe", articles=articles),),
    }
    return Issue(**(given | values))  # type: ignore[arg-type]


def page(of: Contents, kind: PageKind, **values: object) -> Page:
    """A page of the site with what an issue holds."""
    held = {one.name: getattr(of, one.name) for one in fields(Contents)}
    return Page(kind=kind, **(held | values))  # type: ignore[arg-type]


def body(format: str, of: Contents, by: Publication | None = None, *, to: str = "") -> bytes:  # noqa: A002
    """The issue's edition in that format."""
    return render.render_edition(of, by or publication(), format, to=to).body


def bodies(of: Issue, by: Publication | None = None) -> dict[str, bytes]:
    """The issue's editions in all formats."""
    return {name: body(name, of, by) for name in FORMATS}


def feed(issues: Sequence[Issue], by: Publication, stem: str) -> Page:
    """A feed of the site that these issues make, its entries whole."""
    whole = {article.id: article for issue in issues for article in issue.articles}
    whole |= {issue.id: make_entry(issue, by) for issue in issues}
    (page,) = (page for page in plan_pages(issues, by) if page.kind == "feed" and page.feed == stem)
    return replace(page, sections=(Section(articles=tuple(whole[line.id] for line in page.articles)),))


def entries(issues: Sequence[Issue], by: Publication) -> dict[str, dict[str, bytes]]:
    """All entries of these issues, by format and id."""
    made: dict[str, dict[str, bytes]] = {name: {} for name in FEEDS}
    for issue in issues:
        for name, some in render.render_entries(issue, by, [*issue.articles, make_entry(issue, by)]).items():
            made[name] |= some
    return made
