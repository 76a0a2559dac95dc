"""Run a command as at a terminal of some width, and press keys."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from select import select

import pytest

AGAIN = 2  # seconds until a key is pressed again
_ESCAPES = re.compile("\x1b\\[[0-9;?]*[a-zA-Z]")


def run_at_terminal(root: Path, *words: str, width: int = 80, keys: Sequence[bytes] = (), **environment: str) -> str:
    """Run a command whose three streams are a terminal; return what it shows.

    keys: what is pressed, each when the command has asked for it, with ``? `` at the end.
    """
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    settings = {"COLUMNS": str(width), "TERM": "xterm", "NO_COLOR": ""}
    process = subprocess.Popen(
        [sys.executable, "-m", "dispatch", *words],
        cwd=root,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | settings | environment,
    )
    os.close(theirs)
    shown, waiting = b"", list(keys)
    seen = 0
    pressed = b""
    while True:
        if pressed and not select([ours], [], [], AGAIN)[0]:
            os.write(ours, pressed)  # what is pressed before it is listened to is lost
            continue
        if not (more := read_some(ours)):
            break
        shown += more
        if waiting and shown[seen:].endswith(b"? "):
            seen, pressed = len(shown), waiting.pop(0)
            os.write(ours, pressed)
        elif b"\n" in shown[seen:]:  # before it, the terminal's echo
            pressed = b""
    os.close(ours)
    assert process.wait() == 0, shown
    return shown.decode("utf-8").replace("\r\n", "\n")


def read_some(descriptor: int) -> bytes:
    """Read what there is; Linux says by an error that nobody has the other end any more."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def drop_escapes(text: str) -> str:
    """The text without its colours."""
    return _ESCAPES.sub("", text)
