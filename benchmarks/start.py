"""Start-up, beside a click group without commands."""

import sys
from collections.abc import Iterator

from benchmarks.measure import Row, in_turns, process
from benchmarks.sample import CHECKOUT


def rows() -> Iterator[Row]:
    """``--version`` and ``--help``, each as a process of its own."""
    for option in ("--version", "--help"):
        ours, theirs = (
            process(sys.executable, "-c", f"from {module} import main; main()", option, folder=CHECKOUT / folder)
            for module, folder in (("dispatch.cli", "."), ("empty", "benchmarks/peers"))
        )
        yield in_turns(f"`dispatch {option}`", "an empty click group", ours, theirs, turns=60, goal=1.15)
