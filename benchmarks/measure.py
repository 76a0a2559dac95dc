"""Ratios that mean something on a busy machine: CPU time, both sides in one run, in turns."""

import gc
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# One turn: does the work and says how many seconds of CPU time it took.
Turn = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One comparison."""

    work: str  # what was done
    peer: str  # who else did it
    ours: float  # median of a turn, in milliseconds of CPU time
    theirs: float  # the same of the peer
    ratio: float  # median of ours / theirs, turn by turn
    spread: tuple[float, float]  # its quartiles
    goal: float | None = None  # the ratio that design/speed.md aims at
    peer_spread: tuple[float, float] | None = None  # quartiles of the peer's milliseconds


def in_turns(work: str, peer: str, ours: Turn, theirs: Turn, *, turns: int, goal: float | None = None) -> Row:
    """A B A B ...: what slows the machine down slows both. The first turn of each warms up and does not count."""
    (row,) = in_turns_with_all(work, ours, {peer: (theirs, goal)}, turns=turns)
    return row


def in_turns_with_all(
    work: str, ours: Turn, peers: Mapping[str, tuple[Turn, float | None]], *, turns: int
) -> Iterator[Row]:
    """A B C A B C ...: beside several peers, each by its name with the goal, and in the same turns of ours."""
    rounds = [[ours(), *(theirs() for theirs, _ in peers.values())] for _ in range(turns + 1)][1:]
    for number, (peer, (_, goal)) in enumerate(peers.items(), 1):
        ratios = [one[0] / one[number] for one in rounds]
        others = [one[number] * 1000 for one in rounds]
        yield Row(
            work=work,
            peer=peer,
            ours=statistics.median(one[0] for one in rounds) * 1000,
            theirs=statistics.median(others),
            ratio=statistics.median(ratios),
            spread=_find_quartiles(ratios),
            goal=goal,
            peer_spread=_find_quartiles(others),
        )


def _find_quartiles(values: Sequence[float]) -> tuple[float, float]:
    low, _, high = statistics.quantiles(values, n=4)
    return low, high


def within(work: Callable[[], object], times: int = 1) -> Turn:
    """Work within this process, several times a turn where one is too short to measure."""

    def turn() -> float:
        gc.collect()
        begun = time.process_time()
        for _ in range(times):
            work()
        return (time.process_time() - begun) / times

    return turn


def process(*command: str, folder: Path) -> Turn:
    """A process of its own, from its start to its end."""

    def turn() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return turn


def table(rows: Sequence[Row]) -> str:
    """The rows as a table in Markdown."""
    head = ("work", "peer", "dispatch, ms", "peer, ms (quartiles)", "ratio", "quartiles", "goal")
    lines = [head, tuple("---" for _ in head)]
    for row in rows:
        goal = f"{row.goal:.2f}" if row.goal is not None else "–"
        quartiles = f"{row.spread[0]:.2f} to {row.spread[1]:.2f}"
        theirs = figure(row.theirs)
        if row.peer_spread:
            theirs += f" ({figure(row.peer_spread[0])} to {figure(row.peer_spread[1])})"
        lines.append((row.work, row.peer, figure(row.ours), theirs, f"{row.ratio:.2f}", quartiles, goal))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figure(milliseconds: float) -> str:
    """Three digits that count."""
    return f"{milliseconds:,.0f}" if milliseconds >= 100 else f"{milliseconds:.3g}"
