"""Read the entries of a feed each for itself, and bound them: what is wrong with one costs itself only."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from dispatch import html, links
from dispatch.errors import GatherError
from dispatch.model import Article, Fault, Place, Source
from dispatch.readers import people
from dispatch.text import shorten_line

T = TypeVar("T")

MOST_ENTRIES = 5_000
# What an entry may hold besides its text, in characters.
MOST_ADDRESS = 8_000  # RFC 9110, section 4.1
MOST_ID = 1_000
MOST_SUMMARY = 5_000
MOST_TITLE = 1_000
MOST_TAG = 100
MOST_TAGS = 100
MOST_AUTHORS = 200
MOST_NAMED = 9  # faults of one entry
MOST_BYTES = 32_000  # of all that together; the front matter of a file has room for twice as much


def refuse_too_many(count: int) -> None:
    """Raise GatherError when a feed has more entries than anybody reads."""
    if count > MOST_ENTRIES:
        raise GatherError(
            f"the feed has more than {MOST_ENTRIES:,} entries", hint="Add the articles one by one, by their addresses."
        )


def read_entries(
    found: Iterable[T], read_entry: Callable[[T, list[Fault]], Article], faults: list[Fault]
) -> list[Article]:
    """Read each entry of a feed for itself, and bound it: what is wrong with one is mended, or the entry is left out.

    Every article can stand in a file. What was mended is added to ``faults``, and what was left out as ``too-large``,
    placed by the number of the entry, from 1, and its title.
    """
    articles: list[Article] = []
    for number, entry in enumerate(found, 1):
        mended: list[Fault] = []
        article = people.limit_feed_certainty(_make_title(limit_article(read_entry(entry, mended), mended)))
        if is_too_large(article, mended):
            mended = mended[-1:]
        else:
            articles.append(article)
        name = f" “{shorten_line(article.title, 80)}”" if article.title else ""
        faults += [replace(fault, place=Place(key=f"entry {number}{name}"), hint="") for fault in mended[:MOST_NAMED]]
    return articles


def limit_article(article: Article, mended: list[Fault]) -> Article:
    """Leave out of an article the addresses and tags that no file can hold, and cut what is too long."""
    tags = tuple(tag for tag in article.tags if len(tag) <= MOST_TAG)[:MOST_TAGS]
    if left := len(article.tags) - len(tags):
        mended.append(Fault(what=f"{left:,} of its {len(article.tags):,} tags are left out: too many, or too long"))
    authors, named = article.authors[:MOST_AUTHORS], len(article.authors)
    if named > MOST_AUTHORS:
        mended.append(Fault(what=f"only the first {MOST_AUTHORS} of its {named:,} authors are taken: name the others"))
    if len(article.id) > MOST_ID:
        mended.append(Fault(what=f"its id is left out: it has more than {MOST_ID:,} characters"))
    return replace(
        article,
        id=article.id if len(article.id) <= MOST_ID else "",
        url=_keep_address(article.url, "link", mended),
        title=_cut_line(article.title, MOST_TITLE, "title", mended),
        certainty=people.limit_certainty(authors, article.certainty, is_cut=named > len(authors)),
        summary=_cut_line(article.summary, MOST_SUMMARY, "summary", mended),
        tags=tags,
        authors=tuple(replace(one, url=_keep_address(one.url, "author's page", mended)) for one in authors),
        credits=tuple(replace(one, url=_keep_address(one.url, "credit's page", mended)) for one in article.credits),
        source=limit_source(article.source, mended),
    )


def limit_source(source: Source, mended: list[Fault]) -> Source:
    """Leave out of a source the addresses that no file can hold, and cut what is too long."""
    return replace(
        source,
        title=_cut_line(source.title, MOST_TITLE, "source's title", mended),
        url=_keep_address(source.url, "source's link", mended),
        feed=_keep_address(source.feed, "source's feed", mended),
        feed_id=source.feed_id if len(source.feed_id) <= MOST_ID else "",
    )


def is_too_large(article: Article, faults: list[Fault]) -> bool:
    """Whether all but the text takes more than 32 KB, so that it must be left out; adds the fault that says so."""
    beside = repr(replace(article, content="", markdown="")).encode("utf-8", "replace")
    if len(beside) <= MOST_BYTES:
        return False
    what = f"it is left out: its byline, files and other details take more than {MOST_BYTES // 1000} KB"
    faults.append(Fault(what=what, reason="too-large"))
    return True


def _make_title(article: Article) -> Article:
    """Give an entry without a title its first words, which its content and its summary then no longer begin with."""
    language = article.language.partition("-")[0]
    title, content = html.take_title(article.content, article.title, language=language, own=article.url)
    is_repeated = content != article.content and article.summary.startswith(title.removesuffix("…"))
    return replace(article, title=title, content=content, summary="" if is_repeated else article.summary)


def _keep_address(address: str, name: str, mended: list[Fault]) -> str:
    """Return an address that a file can hold, else nothing."""
    if not address or (len(address) <= MOST_ADDRESS and links.is_allowed(address)):
        return address
    mended.append(Fault(what=f"its {name} is left out, for it is no address of the web: {shorten_line(address, 80)}"))
    return ""


def _cut_line(line: str, most: int, name: str, mended: list[Fault]) -> str:
    if len(line) <= most:
        return line
    mended.append(Fault(what=f"its {name} is cut after {most:,} characters"))
    return shorten_line(line, most)
