"""``python -m fuzz.fuzzing TARGET [libFuzzer's arguments]``: fuzzes one target in this process, which it ends."""

import sys
import time
from importlib import import_module
from pkgutil import walk_packages

import atheris

import dispatch

# What takes foreign text, and is watched for new ways through it.
ROOMS = tuple(f"dispatch.{room}" for room in ("checks", "frontmatter", "html", "identity", "links", "readers", "text"))

with atheris.instrument_imports(include=list(ROOMS)):
    # Loaded here, all of them, because most are loaded by those that need them only then.
    for module in walk_packages(dispatch.__path__, "dispatch."):
        if module.name.startswith(ROOMS):
            import_module(module.name)
    from fuzz.targets import TARGETS, try_input

SECONDS = 2.0  # of the processor for one input: a hundred times what one takes


def main() -> None:
    """Give the target one input after the other, until its time is over or a promise is broken."""
    name, *arguments = sys.argv[1:]
    assert name in TARGETS

    def try_in_time(data: bytes) -> None:
        begun = time.thread_time()
        try_input(name, data)
        took = time.thread_time() - begun
        assert took < SECONDS, f"{len(data):,} bytes take {took:.1f} seconds of the processor"

    atheris.Setup([name, *arguments], try_in_time)
    atheris.Fuzz()


main()
