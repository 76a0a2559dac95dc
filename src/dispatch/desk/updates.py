"""Follows the publication's files, and tells the open pages what has changed. The one user of watchfiles."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from watchfiles import Change, awatch

from dispatch import files, inbox

PULSE = 15  # seconds between two signs of life on a stream

FILES = ("dispatch.toml", "authors.toml", "dispatch.lock")
FOLDERS = ("issues", "templates", "pages", inbox.FOLDER)
# Of the folder of our own only the inbox, which other commands fill.
_OWN = (inbox.FILE.name, f"{inbox.FILE.name}-wal")

_POLLS = "The files are looked at twice a second: {}."
_SHARED = re.compile(r"nfs\d?|cifs|smb\w+|9p|vboxsf|virtiofs|drvfs|afs|ceph|fuse\.(?:sshfs|rclone|vmhgfs-fuse)")
# Milliseconds: an editor that saves by renaming makes two or three changes within a few of them.
_STEP, _MOST, _POLL = 15, 200, 500


class LiveUpdates:
    """The stream of server-sent events, and who reads it.

    root: the publication's folder, which is watched. reload: takes the files that changed, and says whether a page may
    show anything else now. overview: what an open page is told then, besides the number of the change. idle: seconds
    after which ``leave`` is called when no page is open; 0 for never. ``tell`` is given what a person should know, a
    line.
    """

    def __init__(
        self,
        root: Path,
        reload: Callable[[Collection[Path]], bool],
        overview: Callable[[], Mapping[str, object]],
        idle: float,
    ) -> None:
        self.leave: Callable[[], None] = lambda: None
        self.tell: Callable[[str], None] = lambda _: None
        self._root = root
        self._reload = reload
        self._overview = overview
        self._idle = idle
        self._version = 0
        self._news = asyncio.Event()
        self._ended = False
        self._open = 0

    def end(self) -> None:
        """End every stream."""
        self._ended = True
        self._news.set()

    @asynccontextmanager
    async def run(self, _: Starlette) -> AsyncIterator[None]:
        """Follow the files while the application runs (its lifespan)."""
        tasks = [asyncio.create_task(self._follow_files()), asyncio.create_task(self._leave_when_idle())]
        yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def stream_events(self) -> AsyncIterator[str]:
        """Yield server-sent events (HTML, “EventSource”): the overview now, and again with every change."""
        self._open += 1
        try:
            seen = -1
            yield "retry: 500\n\n"
            while not self._ended:
                news = self._news
                if seen != self._version:
                    seen = self._version
                    overview = {"version": seen, **await run_in_threadpool(self._overview)}
                    yield f"data: {json.dumps(overview)}\n\n"
                    continue
                try:
                    await asyncio.wait_for(news.wait(), PULSE)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self._open -= 1

    async def _follow_files(self) -> None:
        async for changed in watch_files(self._root, self.tell):
            if not await run_in_threadpool(self._reload, changed):
                continue
            self._version += 1
            news, self._news = self._news, asyncio.Event()
            news.set()

    async def _leave_when_idle(self) -> None:
        """Leave when nobody has looked for a while."""
        clock = asyncio.get_running_loop().time
        since = clock()
        while self._idle:
            await asyncio.sleep(min(1, self._idle / 4))
            since = clock() if self._open else since
            if clock() - since > self._idle:
                self.leave()


async def watch_files(root: Path, tell: Callable[[str], None] = lambda _: None) -> AsyncIterator[Collection[Path]]:
    """The files of the publication that were changed, made or removed, whenever some were.

    Only what a publication is made of is watched: the folder itself without what is below it (a repository may hold a
    thousand packages), the whole of issues/ and the like, and the inbox in our own folder. Where the system does not
    tell of changes, they are looked for twice a second, and ``tell`` is told why.
    """
    found: asyncio.Queue[set[Path]] = asyncio.Queue()
    reasons = ["it is on a network drive"] if is_shared(root) else []

    async def follow(*folders: Path, filter_: Callable[[Change, str], bool], deep: bool) -> None:
        watch = partial(awatch, watch_filter=filter_, recursive=deep, step=_STEP, debounce=_MOST, poll_delay_ms=_POLL)
        for polls in [True] if reasons else [None, True]:  # None: as the library finds best
            try:
                async for changed in watch(*folders, force_polling=polls):
                    await found.put({Path(path) for _, path in changed})
            except OSError:
                if polls or not folders[0].is_dir():
                    raise
                if not reasons:
                    reasons.append("the system can follow no more of them")
                    tell(_POLLS.format(reasons[0]))
            else:
                return

    async def top() -> None:
        await follow(root, filter_=_is_top_file, deep=False)

    async def below() -> None:
        folders = [root / name for name in FOLDERS if (root / name).is_dir()]
        if folders:
            await follow(*folders, filter_=_is_written, deep=True)

    async def own() -> None:
        if (root / files.OWN).is_dir():
            await follow(root / files.OWN, filter_=_is_inbox, deep=False)

    for reason in reasons:
        tell(_POLLS.format(reason))

    watchers = [asyncio.create_task(top()), asyncio.create_task(below()), asyncio.create_task(own())]
    try:
        while True:
            changed = await found.get()
            came = {path.name for path in changed if path.parent == root}  # a folder came, or came back
            if came & {*FOLDERS, files.OWN}:
                watchers.append(asyncio.create_task(below() if came & {*FOLDERS} else own()))
                # It watches from its first step on. What was written before that is read after it.
                await asyncio.sleep(0)
            yield changed
    finally:
        for watcher in watchers:
            watcher.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*watchers)


def is_shared(folder: Path, mounts: str | None = None) -> bool:
    """Whether a folder is on a drive that other machines write to: no system tells of that. Known on Linux alone.

    mounts: the text of /proc/self/mountinfo (proc(5)).
    """
    with suppress(OSError):
        mounts = Path("/proc/self/mountinfo").read_text("utf-8", "replace") if mounts is None else mounts
    rows = [line.partition(" - ") for line in (mounts or "").splitlines()]
    kinds = {row[0].split()[4].replace("\\040", " "): row[2].split()[0] for row in rows if row[2]}
    where = max((place for place in kinds if folder.is_relative_to(place)), key=len, default="")
    return bool(_SHARED.fullmatch(kinds.get(where, "")))


def _is_top_file(change: Change, path: str) -> bool:  # noqa: ARG001 - the library's own signature
    return Path(path).name in {*FILES, *FOLDERS, files.OWN}


def _is_inbox(change: Change, path: str) -> bool:  # noqa: ARG001 - likewise
    return Path(path).name in _OWN


def _is_written(change: Change, path: str) -> bool:  # noqa: ARG001 - likewise
    """What editors put beside a file while they save it is none of ours."""
    return not Path(path).name.startswith((".", "#")) and not path.endswith(("~", ".swp", ".tmp"))
