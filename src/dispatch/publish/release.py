"""Puts finished files into the public folder: all of them, or none when one cannot be made or written.

A release is staged in a hidden folder inside the public one, and its files take their places when it is whole, each in
one step. So whatever fails before leaves the old site; and files are settled in the order in which they were staged, so
that no page links to one that is not there yet.
"""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from dispatch import files
from dispatch.errors import DeliveryError, explain_refusal
from dispatch.held_files import replace_held
from dispatch.publish.cache import BuildCache
from dispatch.publish.stamps import make_digest

_STAGE = ".release"
_MOVE = "Move it away, and publish again."


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One file of the public folder that changes."""

    path: str
    effect: Annotated[Literal["new", "changed", "removed"], "what happens to it"]


@dataclass(slots=True, kw_only=True)
class Release:
    """A new state of the public folder, while it is put together."""

    folder: Path
    cache: BuildCache
    dry: Annotated[bool, "only find out what would change"] = False
    changes: list[FileChange] = field(default_factory=list)
    left: Annotated[list[str], "files that were ours, are not wanted any more and were changed by somebody"] = field(
        default_factory=list
    )
    _wanted: dict[str, tuple[str, str] | None] = field(default_factory=dict)  # what it is made of, and its digest

    @property
    def count(self) -> int:
        """Count the files of the site."""
        return len(self._wanted)

    def keep_file(self, path: str, made_of: str) -> bool:
        """Keep a file as it is, if it was made of the same; whether it is kept."""
        if not self.cache.is_current(path, made_of):
            return False
        self._wanted[path] = None
        return True

    def stage_file(self, path: str, made_of: str, body: bytes) -> bool:
        """Write a file into the stage if its bytes are new; whether they are. Raises DeliveryError."""
        if path in self._wanted:
            raise DeliveryError("two pages have this path", subject=self._show_path(path))
        target = files.resolve_inside(self.folder / path, within=self.folder, error=DeliveryError)
        self._refuse_blocked(target, path)
        there = target.is_file()
        self._wanted[path] = (made_of, make_digest(body))
        if there and target.read_bytes() == body:
            return False
        self.changes.append(FileChange(path=path, effect="changed" if there else "new"))
        if not self.dry:
            files.write_file(self._stage_path(path), body, within=self.folder, error=DeliveryError, lasting=False)
        return True

    def keep_folder(self, prefix: str, made_of: str) -> bool:
        """Keep the files below a folder if all were made of the same; whether they are kept."""
        ours = [path for path in self.cache.files() if path.startswith(prefix)]
        return bool(ours) and all(self.keep_file(path, made_of) for path in ours)

    def leave_folder(self, prefix: str) -> None:
        """Keep the files below a folder, whatever they were made of."""
        self._wanted |= {path: None for path in self.cache.files() if path.startswith(prefix)}

    def find_file(self, path: str) -> Path:
        """Find the file that holds the bytes of a page before the release is settled."""
        staged = self._stage_path(path)
        return staged if staged.is_file() else self.folder / path

    def settle(self, inputs: str) -> None:
        """Move the staged files to their places, remove what the site does not have any more. Raises DeliveryError.

        inputs: what the site was made of (``digest_inputs``), so that the next publish may do nothing; empty when it
        must look again.
        """
        self._move_staged()
        for path, made in self._wanted.items():
            if made:
                self.cache.record_file(path, *made)
        for path in self.find_unwanted():
            self._remove_file(path)
            self.cache.drop_file(path)
        self.cache.record_inputs(inputs)

    def _move_staged(self) -> None:
        """Move every staged file to its place; when one cannot be, put back what stood there before.

        Raises DeliveryError.
        """
        tried: list[str] = []
        try:
            for change in self.changes:
                target, old = self.folder / change.path, self._stage_path(f"{change.path} before")
                target.parent.mkdir(parents=True, exist_ok=True)
                if change.effect == "changed":
                    try:
                        os.link(target, old)
                    except OSError:  # no links on this disk
                        shutil.copy2(target, old)
                tried.append(change.path)
                replace_held(self._stage_path(change.path), target)
        except BaseException as error:
            for path in reversed(tried):
                self._put_back(path)
            if not isinstance(error, OSError):
                raise
            subject, what = self._show_path(change.path), "cannot be written, and the site is as it was"
            raise explain_refusal(DeliveryError, error, what, subject=subject) from error

    def _put_back(self, path: str) -> None:
        """Let a file be what it was before it was moved to its place, if it was; a new one goes."""
        if not self._stage_path(path).exists():
            old = self._stage_path(f"{path} before")
            with suppress(OSError):
                if old.exists():
                    replace_held(old, self.folder / path)
                else:
                    (self.folder / path).unlink()

    def find_unwanted(self) -> list[str]:
        """List the files that the site does not have any more, and add each to ``changes``.

        One that somebody has changed is added to ``left`` instead, and stays.
        """
        found = []
        for path, body in self.cache.files().items():
            target = self.folder / path
            if path in self._wanted:
                continue
            if not target.is_symlink() and target.is_file() and make_digest(target.read_bytes()) == body:
                self.changes.append(FileChange(path=path, effect="removed"))
            elif target.exists():
                self.left.append(path)
            found.append(path)
        return found

    def _remove_file(self, path: str) -> None:
        target = self.folder / path
        if path in self.left or not target.exists():
            return
        with suppress(OSError):
            files.delete_file(target, within=self.folder, error=DeliveryError)
            for above in target.relative_to(self.folder).parents[:-1]:
                (self.folder / above).rmdir()

    def _refuse_blocked(self, target: Path, path: str) -> None:
        """Raise DeliveryError while nothing is settled yet, if the file could not take its place then."""
        above = next(folder for folder in target.parents if folder.exists())
        if target.is_dir() or not above.is_dir():
            what, where = ("folder", target) if target.is_dir() else ("file", above)
            subject = self._show_path(where.relative_to(self.folder.resolve()).as_posix())
            raise DeliveryError(f"is a {what}, and the site has {path} there", subject=subject, hint=_MOVE)
        if not self.dry and not os.access(above, os.W_OK):
            hint = f"See who owns {above}, and what they allow: ls -ld"
            raise DeliveryError("cannot be written there", subject=self._show_path(path), hint=hint)

    def _stage_path(self, path: str) -> Path:
        return self.folder / _STAGE / f"{make_digest(path)}"

    def _show_path(self, path: str) -> str:
        return f"{self.folder.name}/{path}"


def is_private(release: Release) -> bool:
    """Whether a file that was written can be read by its owner alone; Windows has no such rights."""
    written = (release.folder / one.path for one in release.changes if one.effect != "removed" and not release.dry)
    found = (path.stat().st_mode & path.parent.stat().st_mode for path in written)
    return os.name != "nt" and not next(found, stat.S_IROTH) & stat.S_IROTH


@contextmanager
def open_release(folder: Path, cache: BuildCache, *, dry: bool = False) -> Iterator[Release]:
    """Begin a release of a public folder, which is made when it is not there. Raises DeliveryError.

    What an interrupted publish left behind is cleared away before and after. dry: nothing is written.
    """
    if dry:
        yield Release(folder=folder, cache=cache, dry=True)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain_refusal(DeliveryError, error, "cannot be made", subject=str(folder)) from error
    stage = files.resolve_inside(folder / _STAGE, within=folder, error=DeliveryError)
    shutil.rmtree(stage, ignore_errors=True)
    try:
        yield Release(folder=folder, cache=cache)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        with suppress(OSError):
            folder.rmdir()  # when nothing came into it
