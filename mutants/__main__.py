"""``python -m mutants [--count 300] [--seed 1] [PATTERN ...]``: makes changes, runs tests, prints what lived."""

import argparse
import json
import os
import sys
import tempfile
import tomllib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path
from random import Random

from mutants.changes import Change, find_changes, find_normalising
from mutants.judging import Tree, Verdict, copy_tree, share
from mutants.witnesses import Witnesses, find_records

SOURCE = Path("src", "dispatch")
ENOUGH = 0.95

# The modules that keep the promises, below src/dispatch.
PROMISES = (
    "checks/*",
    "compose/drafting.py",
    "compose/editing.py",
    "compose/overrides.py",
    "files.py",
    "formats/atom.py",
    "formats/bylines.py",
    "formats/eml.py",
    "formats/feed.py",
    "formats/template_context.py",
    "formats/json.py",
    "formats/rss.py",
    "formats/text.py",
    "frontmatter/*",
    "html/sanitise.py",
    "identity.py",
    "inbox/deduplicate.py",
    "inbox/used.py",
    "issues/lookup.py",
    "issues/to_frontmatter.py",
    "issues/reading.py",
    "issues/writing.py",
    "ledger.py",
    "links.py",
    "readers/reconcile_authors.py",
    "readers/html_tree.py",
    "readers/people.py",
    "readers/text.py",
    "slugs.py",
    "derived.py",
    "text.py",
)
# Loaded once instead of in each of the processes that are forked.
HEAVY = ("babel.dates", "feedgen.feed", "jinja2", "lxml.etree", "mjml", "PIL.Image", "playwright.sync_api", "starlette")


def main() -> None:
    """A line for each change that lived, and the share of those that did not."""
    parser = argparse.ArgumentParser(prog="python -m mutants", description="Do the tests notice small changes?")
    parser.add_argument(
        "patterns", nargs="*", default=PROMISES, help="modules below src/dispatch; default: the promises"
    )
    parser.add_argument("--count", type=int, default=300, help="how many changes; default: 300")
    parser.add_argument("--seed", type=int, default=1, help="another number, other changes; default: 1")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="how many at once; default: the cores")
    parser.add_argument("--tests", action="append", metavar="PATTERN", help="test files; default: all of them")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="keeps what was judged there, and judges the rest")
    asked = parser.parse_args()
    changes = draw(find_all(asked.patterns), asked.count, asked.seed)
    for name in HEAVY:
        import_module(name)
    known = list(read_verdicts(asked.resume, changes)) if asked.resume else []
    judged = {verdict.change for verdict in known}
    left = [change for change in changes if change not in judged]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        for verdict in judge(left, asked.tests or ["*"], asked.workers, Path(folder)):
            known.append(verdict)
            print(f"{len(known):4} {verdict}", flush=True)
            if asked.resume:
                keep_verdict(asked.resume, verdict)
    sys.exit(report(known))


def find_all(patterns: Iterable[str]) -> list[list[Change]]:
    """The changes of the modules that fit a pattern; those of one piece of code together."""
    sources = {path.relative_to(SOURCE).as_posix(): path.read_bytes() for path in sorted(SOURCE.rglob("*.py"))}
    normalising = find_normalising(sources.values())
    found: dict[tuple[str, int, int], list[Change]] = {}
    for pattern in patterns:
        files = [file for file in sources if fnmatch(file, pattern)]
        if not files:
            print(f"There is no {SOURCE / pattern}.", file=sys.stderr)
        for file in files:
            for change in find_changes(file, sources[file], normalising):
                found.setdefault((file, change.start, change.end), []).append(change)
    return [found[piece] for piece in sorted(found)]


def draw(pieces: Sequence[Sequence[Change]], count: int, seed: int) -> list[Change]:
    """So many changes, at most one of each piece of code: a long table has no more weight than a condition."""
    chance = Random(seed)
    return [chance.choice(piece) for piece in chance.sample(pieces, min(count, len(pieces)))]


def judge(changes: Sequence[Change], tests: Collection[str], workers: int, folder: Path) -> Iterator[Verdict]:
    """What becomes of each change, as soon as it is known.

    tests: patterns of the test files.
    """
    trees = [copy_tree(folder / f"tree-{number}") for number in range(workers)]
    records = find_records(Path(), tests)
    left = [(name, record) for name, record in records.items() if not record.is_file()]
    for number, name in enumerate(share(Tree.record, left, trees), start=1):
        print(f"recorded {number} of {len(left)}: {name}", file=sys.stderr)
    witnesses = Witnesses(records.values(), SOURCE)
    return share(Tree.judge, [(change, witnesses.find(change)) for change in changes], trees)


def read_verdicts(file: Path, changes: Iterable[Change]) -> Iterator[Verdict]:
    """What a run that was stopped found of these changes."""
    by_data = {json.dumps(asdict(change)): change for change in changes}
    for line in file.read_text("utf-8").splitlines() if file.is_file() else ():
        data = json.loads(line)
        if change := by_data.get(json.dumps(data.pop("change"))):
            yield Verdict(change=change, **data)


def keep_verdict(file: Path, verdict: Verdict) -> None:
    """Write down what became of a change, for a run that goes on from there."""
    with file.open("a", encoding="utf-8") as into:
        into.write(json.dumps(asdict(verdict)) + "\n")


def report(verdicts: Sequence[Verdict]) -> int:
    """Print what lived and what is explained; the exit code."""
    known = tomllib.loads(Path(__file__).with_name("explained.toml").read_text("utf-8")).get("explained", [])
    reasons = {(one["file"], one["function"], one["change"]): one["reason"] for one in known}
    alive: list[str] = []
    explained: list[str] = []
    for verdict in verdicts:
        change = verdict.change
        if verdict.fate == "alive":
            reason = reasons.get((change.file, change.function, f"{change.kind}: {change.words}"))
            (explained if reason else alive).append(f"{change}" + (f"\n    {reason}" if reason else ""))
    killed = len(verdicts) - len(alive) - len(explained)
    share = killed / max(1, killed + len(alive))
    for title, lines in (("Explained", explained), ("Alive", alive)):
        print("", f"{title}:", *sorted(lines), sep="\n") if lines else None
    late = sum(verdict.fate == "killed by time" for verdict in verdicts)
    print(
        f"\n{len(verdicts)} changes: {killed} killed ({late} by time), {len(explained)} explained, {len(alive)} alive."
    )
    print(f"{share:.1%} noticed.")
    return int(share < ENOUGH)


if __name__ == "__main__":
    main()
