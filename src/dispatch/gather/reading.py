"""Read what a location or a source's answer contains, within a bounded time.

Readers are bounded in what they take, but a document of somebody who means ill may still keep them busy, and no thread
can be ended. So what came from the network is read by another process, one document after the other; it is ended when
one takes too long, and the others go on. As a program, this module is that process: a line of JSON comes in that says
what a document is, then its bytes; a line of JSON goes out.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from threading import Timer
from typing import Annotated, Final, Self

from dispatch import links, serialise
from dispatch.errors import GatherError
from dispatch.model import Article, Document, Fault, Source
from dispatch.process_limits import limit_memory
from dispatch.readers import READERS, discovery, feed, limits, page, pasted
from dispatch.text import find_utf16

MOST_SECONDS: Final = 20.0
MOST_MEMORY: Final = 2 << 30

_BOUNDED = frozenset({"mail", "newsletter", "page"})  # readers of what strangers write
_OLE = b"\xd0\xcf\x11\xe0"
_OUTLOOK = "__substg1.0_".encode("utf-16-le")  # the name of every stream of a message (MS-OXMSG, section 2.1)
_LOOKS_LIKE = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (_OLE, "an old office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "a picture"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceContents:
    """What was found at an address."""

    own: Annotated[Source, "the source as it describes itself"] = field(default_factory=Source)
    articles: tuple[Article, ...] = ()
    is_feed: Annotated[bool, "not a page"] = False
    are_links: Annotated[bool, "nothing is known of the articles but their addresses"] = False
    feeds: Annotated[tuple[str, ...], "it is a page that names feeds instead"] = ()
    faults: Annotated[tuple[Fault, ...], "what of its articles was mended, or left out as too-large"] = ()
    error: Annotated[tuple[Fault, ...], "why it cannot be read"] = ()


class ReadingProcess:
    """A process that reads one document at a time; it starts with the first, and again after one that ended it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the process, whatever it is doing; no thread that is left behind starts it again."""
        self._is_closed = True
        self._end_process()

    def read_contents(self, document: Document, kind: str = "", *, seconds: float = MOST_SECONDS) -> SourceContents:
        """Read a document as ``read_here`` does. Raises GatherError as well when that takes more than ``seconds``."""
        said = {"body": "", "kind": kind, "seconds": seconds, "length": len(document.body)}
        head = json.dumps(serialise.to_mapping(replace(document, body=b"")) | said).encode("ascii")
        process = self._start_process()
        ending = Timer(seconds, process.kill)
        ending.daemon = True
        begun = time.monotonic()
        ending.start()
        try:
            found = serialise.from_json(SourceContents, _ask_process(process, b"%b\n%b" % (head, document.body)))
        except (OSError, ValueError) as error:
            self._end_process()
            if time.monotonic() - begun >= seconds:
                raise GatherError(
                    f"it takes longer than {seconds:g} seconds to read",
                    hint="Refused as unsafe; ask the publisher, or add the page itself.",
                ) from error
            raise GatherError("reading it needs more memory than allowed") from error
        finally:
            ending.cancel()
        if found.error:
            raise GatherError(*found.error)
        return found

    def _start_process(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - ourselves
                # -P: nothing is imported from the folder where somebody happens to stand.
                [sys.executable, "-P", "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # so that Ctrl-C is heard by its parent alone
            )
            if self._is_closed:
                self._end_process()
                raise GatherError("it was not read, because the command was interrupted")
            _ask_process(self._process, b"")  # it is ready: what that took is no part of reading
        return self._process

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def read_here(document: Document, kind: str = "") -> SourceContents:
    """Read a feed; of a page, its feeds, else its h-feed, else the articles that it links to, else the page itself.

    kind: ``page`` passes over the feeds that a page names, ``article`` over all but the page itself; ``named`` is a
    location that somebody named, which may be text as well. Raises GatherError when it cannot be read, with the way
    out.
    """
    faults: list[Fault] = []
    if wide := find_utf16(document.body):  # readers know many a kind by its first bytes
        document = replace(document, body=document.body.decode(wide, "replace").encode(), charset="utf-8")
    if feed.accepts(document):
        own, articles = feed.read_with_source(document, faults)
        found = SourceContents(own=own, articles=tuple(articles), is_feed=True)
    elif kind == "named":
        found = SourceContents(articles=_read_named(document, faults))
    elif not page.accepts(document):
        raise GatherError(
            f"this is {document.media_type or 'a file'}, neither a feed nor a page", hint="Check the address."
        )
    elif kind == "article":
        found = SourceContents(articles=_limit_articles(page.read(document), faults))
    elif kind != "page" and (feeds := discovery.find_feeds(document)):
        return SourceContents(feeds=tuple(feeds))
    else:
        found = _read_page(document, faults)
    if kind in {"named", "article"} and not found.articles:
        nothing = Fault(what=f"there is nothing to read in this {'feed' if found.is_feed else 'file or page'}")
        raise GatherError(*(faults or [nothing]))
    return replace(found, faults=tuple(faults))


def _read_named(document: Document, faults: list[Fault]) -> tuple[Article, ...]:
    """Read the articles of what is no feed. Raises GatherError, naming what it is."""
    given, document = document, pasted.unwrap_paste(document)
    reader = next((reader for reader in READERS.values() if reader.accepts(document)), None)
    if reader is None and document.body.startswith(_OLE) and _OUTLOOK in document.body:
        hint = "In Outlook, save it as HTML or as .eml, or copy its text into a file, and add that."
        raise GatherError("this is a message of Outlook's own kind (.msg), which cannot be read", hint=hint)
    if reader is None:
        kinds = (kind for mark, kind in _LOOKS_LIKE if document.body.startswith(mark))
        raise GatherError(
            f"this is {next(kinds, document.media_type or 'a binary file')}, which cannot be read",
            hint="Feeds, pages, email, Markdown and plain text can. For the link alone: --title, --url and --no-fetch.",
        )
    found = reader.read(document, faults)
    if document.url != given.url:  # the clipboard says where it was copied
        found = [replace(one, url=one.url or document.url) for one in found]
    return _limit_articles(found, faults) if reader.name in _BOUNDED else tuple(found)


def _limit_articles(found: Iterable[Article], faults: list[Fault]) -> tuple[Article, ...]:
    limited = (limits.limit_article(article, faults) for article in found)
    return tuple(article for article in limited if not limits.is_too_large(article, faults))


def _read_page(document: Document, faults: list[Fault]) -> SourceContents:
    """Read a page as its h-feed, else as the articles that it links to, else as one article."""
    own, articles = discovery.read_hfeed(document, faults) if discovery.is_hfeed(document) else (Source(), [])
    if articles:
        return SourceContents(own=own, articles=tuple(articles))
    itself = [
        article if article.terms else replace(article, url=document.name)
        for article in _limit_articles(page.read(document), faults)
    ]
    own = _describe_page_source(next((one for one in itself if not one.terms), Article()), document)
    if announced := discovery.find_announced_articles(document):
        return SourceContents(own=own, articles=tuple(Article(url=url) for url in announced), are_links=True)
    return SourceContents(own=own, articles=tuple(one if one.terms else replace(one, source=own) for one in itself))


def _describe_page_source(front: Article, document: Document) -> Source:
    """Describe the source that a page is: by the site's name, else by the page's title."""
    host = links.parse_host(document.url).removeprefix("www.")
    name = front.source.title if front.source.title != host else front.title
    return Source(title=name or host, url=document.url)


def _ask_process(process: subprocess.Popen[bytes], message: bytes) -> str:
    """Send a process a message, and return the line that it answers. Raises OSError and ValueError when it ended."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("the process has no pipes")
    process.stdin.write(message)
    process.stdin.flush()
    return process.stdout.readline().decode("ascii")


def _serve_standard_input() -> None:
    """Read one document after the other, until there are no more."""
    limit_memory(MOST_MEMORY)
    print("ready", flush=True)
    while head := sys.stdin.buffer.readline().decode("ascii"):
        said = json.loads(head)
        document = replace(serialise.from_json(Document, head), body=sys.stdin.buffer.read(said["length"]))
        _limit_seconds(said["seconds"] + 1)
        try:
            found = read_here(document, said["kind"])
        except GatherError as error:
            found = SourceContents(error=error.faults)
        _limit_seconds(0)
        print(serialise.to_json(found), flush=True)


def _limit_seconds(seconds: float) -> None:
    """Let the system end this process after so many seconds, 0 for never, because whoever would end it may be gone."""
    if sys.platform != "win32":
        import signal

        signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    _serve_standard_input()
