"""Which files of a publication changed, as it happens. The one user of watchfiles."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from pathlib import Path

from watchfiles import Change, awatch

FILES = ("dispatch.toml", "authors.toml", "dispatch.lock")
FOLDERS = ("issues", "templates")

# Milliseconds: an editor that saves by renaming makes two or three changes within a few of them.
_STEP, _MOST = 15, 200


async def watch_files(root: Path) -> AsyncIterator[Collection[Path]]:
    """The files of the publication that were changed, made or removed, whenever some were.

    Only what a publication is made of is watched: the folder itself without what is below it (a repository may hold a
    thousand packages), and the whole of issues/ and templates/.
    """
    found: asyncio.Queue[set[Path]] = asyncio.Queue()

    async def top() -> None:
        async for changed in awatch(root, watch_filter=_is_top_file, recursive=False, step=_STEP, debounce=_MOST):
            await found.put({Path(path) for _, path in changed})

    async def below() -> None:
        folders = [root / name for name in FOLDERS if (root / name).is_dir()]
        if folders:
            async for changed in awatch(*folders, watch_filter=_is_written, step=_STEP, debounce=_MOST):
                await found.put({Path(path) for _, path in changed})

    watchers = [asyncio.create_task(top()), asyncio.create_task(below())]
    try:
        while True:
            changed = await found.get()
            if any(path.name in FOLDERS and path.parent == root for path in changed):
                watchers.append(asyncio.create_task(below()))  # a folder came, or came back
                # It watches from its first step on. What was written before that is read after it.
                await asyncio.sleep(0)
            yield changed
    finally:
        for watcher in watchers:
            watcher.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*watchers)


def _is_top_file(change: Change, path: str) -> bool:  # noqa: ARG001 - the library's own signature
    return Path(path).name in {*FILES, *FOLDERS}


def _is_written(change: Change, path: str) -> bool:  # noqa: ARG001 - likewise
    """What editors put beside a file while they save it is none of ours."""
    return not Path(path).name.startswith((".", "#")) and not path.endswith(("~", ".swp", ".tmp"))
