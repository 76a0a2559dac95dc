"""Which tests execute a line: recorded once, test file by test file, and kept until one of the files changes."""

import ast
import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from coverage.numbits import numbits_any_intersection, nums_to_numbits

from mutants.changes import Change

CACHE = Path(".cache", "mutants")
# So many tests of a file at most execute what is remembered.
SELDOM = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A test as it was when it was recorded."""

    name: str
    seconds: float
    lines: int  # how many lines of the project it executes

    @property
    def file(self) -> str:
        """The file that it stands in."""
        return self.name.partition("::")[0]


def find_records(tree: Path, patterns: Collection[str]) -> dict[str, Path]:
    """For each test file that fits a pattern the JSON file that holds, or shall hold, what is recorded of it.

    It is another one when the file has changed, or the project, or what the tests share.
    """
    tests = sorted((tree / "tests").rglob("*.py"))
    shared = hashlib.sha256()
    for path in (*sorted((tree / "src").rglob("*.py")), *tests, tree / "mutants" / "plugins.py"):
        if not path.name.startswith("test_"):
            shared.update(path.read_bytes())
    found = {}
    for path in tests:
        name = path.relative_to(tree).as_posix()
        if path.name.startswith("test_") and any(fnmatch(name, pattern) for pattern in patterns):
            own = shared.copy()
            own.update(path.read_bytes())
            found[name] = CACHE.resolve() / f"{path.stem}-{own.hexdigest()[:16]}.json"
    return found


class Witnesses:
    """What was recorded of all test files."""

    def __init__(self, records: Iterable[Path], source: Path) -> None:
        self._uses = find_uses(source)
        self._rows: dict[str, list[tuple[str, bytes]]] = {}  # by file: a test, and the lines that it executes
        self._seconds: dict[str, float] = {}
        self._lines: dict[str, int] = {}
        self._spawning: set[str] = set()
        for record in records:
            self._load(record)

    def find(self, change: Change) -> list[Test]:
        """The tests that execute a change: first those of a file that is called like its own, then what is quick.

        What is executed when a module is imported is executed for all: there it is the tests that use what is bound.
        What is executed once in a test file, because it is remembered, is used by the tests that ask for it again:
        they come last. What no test executes in its own process may be executed by those that start another.
        """
        if change.names:
            return self._sort(self._executing(self._find_lines(change.names)), change.file)
        found = self._executing({change.file: set(range(change.lines[0], change.lines[1] + 1))})
        most = max(Counter(name.partition("::")[0] for name in found).values(), default=0)
        again: set[str] = set()
        if 0 < most <= SELDOM and (names := self._find_remembering(change)):
            again = self._executing(self._find_lines(names)) - found
        return [*self._sort(found or self._spawning, change.file), *self._sort(again, change.file)]

    def _sort(self, names: Iterable[str], file: str) -> list[Test]:
        """Sort tests: those that are called like a file, then those that are quick and execute little."""
        like = f"_{Path(file).stem.strip('_')}"
        tests = (
            Test(name=name, seconds=self._seconds[name], lines=self._lines.get(name, 0))
            for name in names
            if name in self._seconds
        )
        return sorted(tests, key=lambda one: (like not in one.file, one.seconds * (1 + one.lines / 1000), one.name))

    def _executing(self, places: Mapping[str, set[int]]) -> set[str]:
        return {
            test
            for file, lines in places.items()
            for test, bits in self._rows.get(file, ())
            if numbits_any_intersection(nums_to_numbits(lines), bits)
        }

    def _find_lines(self, names: Collection[str]) -> dict[str, set[int]]:
        """The lines within functions that use one of these names, or a name that is made of one, by file."""
        found: dict[str, set[int]] = {}
        left, seen = list(names), set(names)
        while left:
            for use in self._uses.get(left.pop(), ()):
                if use.function:
                    found.setdefault(use.file, set()).add(use.line)
                else:
                    left += set(use.bound) - seen
                    seen |= set(use.bound)
        return found

    def _find_remembering(self, change: Change) -> set[str]:
        """The functions of a module that remember what they made, and use the changed one to make it."""
        left = [change.function.rpartition(".")[2]]
        seen = set(left)
        while left:
            for use in self._uses.get(left.pop(), ()):
                if use.file == change.file and use.function and use.function not in seen:
                    seen.add(use.function)
                    left.append(use.function)
        return {name for name in seen if any(use.is_remembered for use in self._uses.get(f"def {name}", ()))}

    def _load(self, record: Path) -> None:
        said = json.loads(record.read_text("utf-8"))
        self._seconds |= said["seconds"]
        users: dict[str, set[str]] = {}  # by context: the tests that use what it made
        for test in said["seconds"]:
            left, seen = [test], {test}
            while left:
                name = left.pop()
                users.setdefault(name, set()).add(test)
                left += set(said["uses"].get(name, ())) - seen
                seen |= set(said["uses"].get(name, ()))
        self._spawning.update(*(users.get(name, ()) for name in said["spawning"]))
        with closing(sqlite3.connect(record.with_suffix(".sqlite"))) as connection:
            rows = connection.execute(
                "SELECT f.path, c.context, b.numbits FROM line_bits b"
                " JOIN file f ON f.id = b.file_id JOIN context c ON c.id = b.context_id"
            )
            for path, context, bits in rows:
                for test in users.get(context, ()):
                    self._rows.setdefault(path.partition("/src/dispatch/")[2], []).append((test, bits))
                    self._lines[test] = self._lines.get(test, 0) + int.from_bytes(bits).bit_count()


class Use(NamedTuple):
    """Where a name is used, or a function defined (under ``def NAME``)."""

    file: str
    line: int
    function: str  # the innermost one that it is in; empty at the top
    bound: tuple[str, ...]  # at the top: what is made of it
    is_remembered: bool


def find_uses(source: Path) -> dict[str, list[Use]]:
    """Where each name of the project is used."""
    found: dict[str, list[Use]] = {}
    for path in sorted(source.rglob("*.py")):
        file = path.relative_to(source).as_posix()
        for name, use in _walk(ast.parse(path.read_bytes()), file, "", ()):
            found.setdefault(name, []).append(use)
    return found


def _walk(node: ast.AST, file: str, function: str, bound: tuple[str, ...]) -> Iterator[tuple[str, Use]]:
    for child in ast.iter_child_nodes(node):
        inner, names = function, bound
        match child:
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name):
                yield name, Use(file, child.lineno, function, bound, False)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                is_remembered = any("cache" in ast.unparse(one) for one in child.decorator_list)
                yield f"def {name}", Use(file, child.lineno, function, bound, is_remembered)
                inner = name
            case ast.ClassDef(name=name):
                names = (name,)
            case ast.stmt() if not function:
                stored = (part for part in ast.walk(child) if isinstance(part, ast.Name))
                names = (*bound, *(part.id for part in stored if isinstance(part.ctx, ast.Store)))
        yield from _walk(child, file, inner, names)
