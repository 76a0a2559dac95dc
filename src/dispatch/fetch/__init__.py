"""Bytes from a path, from standard input or from an address: the only HTTP client.

    addresses    where an address leads, and whether that is of the public internet
    politeness   what a host asks for: robots.txt, two requests at a time, pauses
    proxies      the way there: to those addresses, or through the proxy of the environment
    connection   one request and its answer, with an end to everything
    answers      what was answered, and what its headers say
    client       redirects, tries, validators; a form to those who take one
    api          a service at which somebody has an account: JSON, with a secret, once

An address is foreign, and so is everything that it leads to: http and https only, no private network unless allowed,
every redirect checked like the address itself, the checked address connected to (so that a second answer of the name
server changes nothing), and all of it bounded in size and time.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Semaphore, Thread
from typing import Final, TypeVar

from dispatch import files, links
from dispatch.errors import GatherError, explain_refusal
from dispatch.fetch.answers import MOST_BYTES, Answer, Reply, refuse_too_large
from dispatch.fetch.api import Account, ApiReply
from dispatch.fetch.client import MOST_REDIRECTS, MOST_SECONDS, Client, post_form
from dispatch.model import Document, Fault

__all__ = [
    "MOST_BYTES",
    "MOST_REDIRECTS",
    "MOST_SECONDS",
    "MOST_TOGETHER",
    "Account",
    "Answer",
    "ApiReply",
    "Client",
    "Reply",
    "check_addresses",
    "fetch_document",
    "post_form",
    "run_concurrently",
]

MOST_TOGETHER: Final = 50

_TICK: Final = 0.1  # seconds

T = TypeVar("T")
R = TypeVar("R")

_BY_EXTENSION = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
    ".rdf": "application/rdf+xml",
    ".xml": "application/xml",
    ".json": "application/json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".rtf": "text/rtf",
    ".ics": "text/calendar",
    ".vcf": "text/vcard",
    ".eml": "message/rfc822",
    ".mht": "multipart/related",
    ".mhtml": "multipart/related",
}


def fetch_document(
    location: str,
    *,
    user_agent: str,
    allow_private: bool = False,
    stdin: bytes | None = None,
    seconds: float = MOST_SECONDS,
) -> Document:
    """Read a path, an http or https address, or, for ``-``, what came on standard input.

    Raises GatherError when nothing comes, or more than 15 MiB, or not within ``seconds``. ``allow_private`` lets
    addresses lead into one's own network.
    """
    if location == "-":
        return Document(url="", media_type="", charset="", body=_require_bounded(stdin or b""), name="standard input")
    if links.is_web_address(location):
        client = Client(user_agent=user_agent, allow_private=allow_private, seconds=seconds)
        return client.get(location).require_document()
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:(?://)?", location) and not os.path.lexists(location):
        raise GatherError("only http and https addresses can be fetched", address=location)
    return _read_local_file(location)


def check_addresses(
    addresses: Iterable[str], *, user_agent: str, allow_private: bool = False, seconds: float = 10.0
) -> dict[str, Fault | None]:
    """Check whether each http and https address answers: None when it does, else why it does not.

    Many hosts at once, each for at most two addresses at a time. Nothing is raised, and no body is read.
    """
    client = Client(user_agent=user_agent, allow_private=allow_private, seconds=seconds)

    def check_address(address: str) -> tuple[str, Fault | None]:
        try:
            client.get(address, whole=False).require_document()
        except GatherError as error:
            return address, error.faults[0]
        return address, None

    asked = [address for address in dict.fromkeys(addresses) if links.is_web_address(address)]
    found = dict(run_concurrently(asked, check_address, host=links.parse_host))
    return {address: found[address] for address in asked}


def run_concurrently(
    items: Iterable[T],
    work: Callable[[T], R],
    *,
    host: Callable[[T], str],
    most: int = MOST_TOGETHER,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Iterator[R]:
    """Run work on many items at once, at most ``most``, the items of each host spread out; yield results as they come.

    A host takes two at a time; spread like this, nobody waits at its door while others could be asked. What comes
    faster than it is taken waits in small numbers, so that memory does not grow with the number of items.

    is_stopped: asked ten times a second; once it says so, what is finished is yielded, and no more. Nobody waits for
    work that is under way when this ends early, nor does the end of the program.
    """
    turns: dict[str, int] = {}
    waiting: list[tuple[int, int, T]] = []
    for item in items:
        name = host(item)
        turns[name] = turns.get(name, -1) + 1
        waiting.append((turns[name], len(waiting), item))
    todo: SimpleQueue[T] = SimpleQueue()
    for *_turn, item in sorted(waiting, key=lambda entry: entry[:2]):
        todo.put(item)
    done: SimpleQueue[Future[R]] = SimpleQueue()
    room = Semaphore(2 * most)
    ended = Event()

    def work_off() -> None:
        while room.acquire() and not (ended.is_set() or is_stopped()):
            try:
                item = todo.get_nowait()
            except Empty:
                return
            future: Future[R] = Future()
            try:
                future.set_result(work(item))
            except BaseException as error:  # noqa: BLE001 - raised again where the result is taken
                future.set_exception(error)
            done.put(future)

    # Daemons, unlike an executor's threads: what hangs in one of them does not keep the program from ending.
    for _ in waiting[:most]:
        Thread(target=work_off, name="fetch", daemon=True).start()
    left = len(waiting)
    try:
        while left:
            is_over = is_stopped()
            try:
                future = done.get(timeout=0 if is_over else _TICK)
            except Empty:
                if is_over:
                    return
                continue
            left -= 1
            yield future.result()
            room.release()
    finally:
        ended.set()
        room.release(most)  # who waits at the door is let through, and ends


def _read_local_file(location: str) -> Document:
    path = Path(location)
    try:
        with files.open_file(path) as file:
            body = _require_bounded(file.read(MOST_BYTES + 1))
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and path.exists() and not path.is_fifo():
            raise explain_refusal(GatherError, error, address=location) from error
        reason = explain_refusal(GatherError, error).what if isinstance(error, OSError) else str(error)
        hint = "Save the article under this name first, or give the file or the address that you have."
        if re.match(r"[\w-]+\.[\w.-]+(/|$)", location) and (
            "/" in location or path.suffix.lower() not in _BY_EXTENSION
        ):
            hint = "For an address, write https:// in front."
        hint = "Write - to read what another program writes." if path.is_fifo() else hint
        raise GatherError(reason, address=location, hint=hint) from error
    return Document(url="", media_type=_BY_EXTENSION.get(path.suffix.lower(), ""), charset="", body=body, name=location)


def _require_bounded(body: bytes) -> bytes:
    refuse_too_large(len(body))
    return body
