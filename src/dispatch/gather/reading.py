"""Read what a source's answer contains, within a bounded time.

Readers are bounded in what they take, but a large document of somebody who means ill may still keep them busy. One that
is large is therefore read by a process of its own, which is ended when it takes too long; the others go on. As a
program, this module is that process: a document comes in, below a line of JSON that says what it is; JSON goes out.
"""

import json
import subprocess
import sys
from dataclasses import dataclass, field, replace
from typing import Annotated, Final

from dispatch import links, serialise
from dispatch.errors import GatherError
from dispatch.model import Article, Document, Fault, Source
from dispatch.readers import discovery, feed, page

MOST_SECONDS: Final = 20.0
MOST_MEMORY: Final = 2 << 30
LARGE: Final = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceContents:
    """What was found at an address."""

    own: Annotated[Source, "the source as it describes itself"] = field(default_factory=Source)
    articles: tuple[Article, ...] = ()
    is_feed: Annotated[bool, "not a page"] = False
    are_links: Annotated[bool, "nothing is known of the articles but their addresses"] = False
    feeds: Annotated[tuple[str, ...], "it is a page that names feeds instead"] = ()


def read_contents(document: Document, kind: str = "", *, seconds: float = MOST_SECONDS) -> SourceContents:
    """Read a feed; of a page, its feeds, else its h-feed, else the articles that it links to, else the page itself.

    kind: ``page`` passes over the feeds that a page names. Raises GatherError when it cannot be read, or not within
    ``seconds``.
    """
    if len(document.body) < LARGE:
        return _read_here(document, kind)
    return _read_in_process(document, kind, seconds)


def _read_here(document: Document, kind: str) -> SourceContents:
    if feed.accepts(document):
        own, articles = feed.read_with_source(document)
        return SourceContents(own=own, articles=tuple(articles), is_feed=True)
    if not page.accepts(document):
        raise GatherError(
            f"this is {document.media_type or 'a file'}, neither a feed nor a page", hint="Check the address."
        )
    if kind == "article":
        return SourceContents(articles=tuple(page.read(document)))
    if kind != "page" and (feeds := discovery.find_feeds(document)):
        return SourceContents(feeds=tuple(feeds))
    own, articles = discovery.read_hfeed(document) if discovery.is_hfeed(document) else (Source(), [])
    if articles:
        return SourceContents(own=own, articles=tuple(articles))
    itself = [replace(article, url=document.name) for article in page.read(document)]
    own = _describe_page_source(itself[0] if itself else Article(), document)
    if announced := discovery.find_announced_articles(document):
        return SourceContents(own=own, articles=tuple(Article(url=url) for url in announced), are_links=True)
    return SourceContents(own=own, articles=tuple(replace(article, source=own) for article in itself))


def _describe_page_source(front: Article, document: Document) -> Source:
    """Describe the source that a page is: by the site's name, else by the page's title."""
    host = links.parse_host(document.url).removeprefix("www.")
    name = front.source.title if front.source.title != host else front.title
    return Source(title=name or host, url=document.url)


def _read_in_process(document: Document, kind: str, seconds: float) -> SourceContents:
    """Read a large document in a process of its own."""
    head = json.dumps({**serialise.to_mapping(replace(document, body=b"")), "body": "", "as": kind}).encode("ascii")
    try:
        # -P: nothing is imported from the folder where somebody happens to stand.
        ended = subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-P", "-m", __name__],
            input=b"%b\n%b" % (head, document.body),
            capture_output=True,
            timeout=seconds,
            check=False,
        )
        answer = json.loads(ended.stdout)
    except subprocess.TimeoutExpired as error:
        raise GatherError(
            f"it takes longer than {seconds:g} seconds to read",
            hint="Refused as unsafe; ask the publisher, or add the page itself.",
        ) from error
    except ValueError as error:
        raise GatherError("reading it needs more memory than allowed") from error
    if "faults" in answer:
        raise GatherError(*(serialise.from_json(Fault, json.dumps(fault)) for fault in answer["faults"]))
    return serialise.from_json(SourceContents, json.dumps(answer))


def _read_standard_input() -> None:
    _limit_memory()
    head = sys.stdin.buffer.readline().decode("ascii")
    document = replace(serialise.from_json(Document, head), body=sys.stdin.buffer.read())
    try:
        answer = serialise.to_mapping(_read_here(document, json.loads(head)["as"]))
    except GatherError as error:
        answer = {"faults": [serialise.to_mapping(fault) for fault in error.faults]}
    json.dump(answer, sys.stdout)


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


if __name__ == "__main__":
    _read_standard_input()
