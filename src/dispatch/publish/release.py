"""Finished files into the public folder: all of them, or none when one cannot be made or written.

A release is put together in a hidden folder inside the public one, and takes its place when it is whole, file by file,
each in one step. So whatever happens before leaves the old site; and pages are settled in the order in which they were
put, so that none leads to one that is not there yet.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from dispatch import files
from dispatch.errors import DeliveryError
from dispatch.publish.cache import Recipes, digest

# What a reader can ask a web server for. A whole message is made out to somebody: it stays at home.
PUBLIC = ("web", "rss", "atom", "json", "email", "text")
FEEDS = ("rss", "atom", "json")

_STAGE = ".release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file of the public folder that is not what it was."""

    path: str
    effect: Annotated[Literal["new", "changed", "removed"], "what happens to it"]


@dataclass(slots=True, kw_only=True)
class Release:
    """A new state of the public folder, while it is put together."""

    folder: Path
    recipes: Recipes
    dry: Annotated[bool, "only find out what would change"] = False
    changes: list[Change] = field(default_factory=list)
    left: Annotated[list[str], "files that were ours, are not wanted any more and were changed by somebody"] = field(
        default_factory=list
    )
    _wanted: dict[str, tuple[str, str] | None] = field(default_factory=dict)  # what it is made of, and its digest

    @property
    def count(self) -> int:
        """How many files the site has."""
        return len(self._wanted)

    def keep(self, path: str, made_of: str) -> bool:
        """Whether a file made of that is there already; then it stays as it is."""
        if not self.recipes.stands(path, made_of):
            return False
        self._wanted[path] = None
        return True

    def put(self, path: str, made_of: str, body: bytes) -> bool:
        """Get a file ready; whether its bytes are others than those that are there. Raises DeliveryError."""
        if path in self._wanted:
            raise DeliveryError("would be two files at once", subject=self._named(path))
        target = files.inside(self.folder / path, within=self.folder, error=DeliveryError)
        if target.is_dir():
            raise DeliveryError("is a folder, and the site has a page there", subject=self._named(path))
        there = target.is_file()
        self._wanted[path] = (made_of, digest(body))
        if there and target.read_bytes() == body:
            return False
        self.changes.append(Change(path=path, effect="changed" if there else "new"))
        if not self.dry:
            files.write(self._staged(path), body, within=self.folder, error=DeliveryError, lasting=False)
        return True

    def keep_all(self, prefix: str, made_of: str) -> bool:
        """Whether files below a folder are there already, every one made of that; then they stay as they are."""
        ours = [path for path in self.recipes.ours() if path.startswith(prefix)]
        return bool(ours) and all(self.keep(path, made_of) for path in ours)

    def spare(self, prefix: str) -> None:
        """Leave the files below a folder as they are, whatever they are made of."""
        self._wanted |= {path: None for path in self.recipes.ours() if path.startswith(prefix)}

    def where(self, path: str) -> Path:
        """The file in which the bytes of a page stand now, before the release is settled."""
        staged = self._staged(path)
        return staged if staged.is_file() else self.folder / path

    def settle(self, inputs: str) -> None:
        """Put the files in their places, remove what is ours and not wanted any more. Raises DeliveryError."""
        for change in self.changes:
            target = self.folder / change.path
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                self._staged(change.path).replace(target)
            except OSError as error:
                raise DeliveryError(f"cannot be written: {error.strerror}", subject=self._named(change.path)) from error
        for path, made in self._wanted.items():
            if made:
                self.recipes.made(path, *made)
        for path in self.unwanted():
            self._remove(path)
            self.recipes.dropped(path)
        self.recipes.finished(inputs)

    def unwanted(self) -> list[str]:
        """What was made before and is not wanted any more; told as changes, or left where somebody changed it."""
        found = []
        for path, body in self.recipes.ours().items():
            target = self.folder / path
            if path in self._wanted:
                continue
            if not target.is_symlink() and target.is_file() and digest(target.read_bytes()) == body:
                self.changes.append(Change(path=path, effect="removed"))
            elif target.exists():
                self.left.append(path)
            found.append(path)
        return found

    def _remove(self, path: str) -> None:
        target = self.folder / path
        if path in self.left or not target.exists():
            return
        with suppress(OSError):
            files.delete(target, within=self.folder, error=DeliveryError)
            for above in target.relative_to(self.folder).parents[:-1]:
                (self.folder / above).rmdir()

    def _staged(self, path: str) -> Path:
        return self.folder / _STAGE / f"{digest(path)}"

    def _named(self, path: str) -> str:
        return f"{self.folder.name}/{path}"


@contextmanager
def release(folder: Path, recipes: Recipes, *, dry: bool = False) -> Iterator[Release]:
    """A release of that public folder, which is made when it is not there. Raises DeliveryError.

    What an interrupted publish left behind is cleared away before and after. dry: nothing is written.
    """
    if dry:
        yield Release(folder=folder, recipes=recipes, dry=True)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DeliveryError(f"cannot be made: {error.strerror}", subject=str(folder)) from error
    stage = files.inside(folder / _STAGE, within=folder, error=DeliveryError)
    shutil.rmtree(stage, ignore_errors=True)
    try:
        yield Release(folder=folder, recipes=recipes)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        with suppress(OSError):
            folder.rmdir()  # when nothing came into it
