"""An issue of any length, always the same, made of no one's articles."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from dispatch import config, html
from dispatch.model import Article, Author, Credit, Image, Issue, Publication, Section, Source

CHECKOUT = Path(__file__).parents[1]
DAY = datetime(2026, 11, 22, 8, tzinfo=UTC)
SENTENCE = "A ferry left the harbour at noon, and the letters on board reached the island before the news did. "
PARAGRAPH = f'<p>{SENTENCE * 4}It is <a href="https://paper.example/a?x=1&amp;y=2#:~:text=noon">in the log</a>.</p>'
# About 5 KB.
BODY = f"<h2>The crossing</h2>{PARAGRAPH * 5}<h2>The answer</h2><blockquote>{PARAGRAPH}</blockquote>{PARAGRAPH * 4}"


def forget() -> None:
    """What a process that renders once does not know yet."""
    html.cut_excerpt.cache_clear()
    html.to_plain_text.cache_clear()
    html.to_marked_text.cache_clear()


def publication() -> Publication:
    """The sample publication of this repository."""
    return config.load(CHECKOUT)


def article(number: int) -> Article:
    """An article with everything that costs time: two authors with biographies, a credit, a source, tags, a picture."""
    page = f"https://paper.example/stories/{number}"
    return Article(
        id=f"tag:paper.example,2026:{number}",
        key=f"article-{number}",
        url=f"{page}?from=letter&n={number}#:~:text=noon",
        title=f"The ferry left at noon: crossing {number} & what came after",
        dek="The log says one thing, the passengers another",
        content=html.sanitise_html(f"<p>Crossing {number}.</p>{BODY}"),
        authors=(
            Author(
                name="Ann Lee", url=f"{page}/ann?posts=all&page=1", bio="Ann Lee writes of harbours and lives at one."
            ),
            Author(name="Bo Zhang", url=f"{page}/bo", bio="Bo Zhang keeps the log."),
        ),
        credits=(Credit(role="photographer", name="Cy Roe", url="https://roe.example/"),),
        source=Source(title="The Paper", url="https://paper.example/", syndicate="full", excerpt_words=60),
        published=DAY - timedelta(hours=number),
        tags=("ferries", "letters"),
        image=Image(url=f"{page}.jpg", alt="A ferry at noon", width=1200, height=800),
        note="Read the second half first.",
    )


def issue(articles: int) -> Issue:
    """An issue of so many articles, in sections of ten."""
    made = [article(number) for number in range(articles)]
    sections = [
        Section(title=f"Part {first // 10 + 1}", articles=tuple(made[first : first + 10]))
        for first in range(0, articles, 10)
    ]
    return Issue(
        id="tag:wire.example,2026-11-22:ferries",
        slug="ferries",
        title="Ferries",
        date=DAY,
        number=7,
        preheader="What the log says, and what the passengers say of the log",
        intro="<p>Two harbours, one sea, and a great many letters.</p>",
        sections=tuple(sections),
    )
