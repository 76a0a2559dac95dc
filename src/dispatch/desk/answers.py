"""What the page sends and is answered: forms within bounds, and faults with the line that they are in."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from starlette.requests import ClientDisconnect, Request

from dispatch.errors import IssueError
from dispatch.model import Fault, Place

MOST = 262_144  # bytes of what is posted: the numbers of an inbox of ten thousand, and more


class Form:
    """What was posted: an object of JSON. What is not of the kind that is asked for is an error."""

    def __init__(self, said: Mapping[str, object]) -> None:
        self._said = said

    def get_text(self, name: str, default: str = "") -> str:
        """A text, or the default when there is none. Raises IssueError."""
        value = self._said.get(name, default)
        if not isinstance(value, str):
            raise IssueError("is no text", address=name)
        return value

    def get_numbers(self, name: str) -> list[int]:
        """Whole numbers from 1, each once. Raises IssueError."""
        value = self._said.get(name)
        if not isinstance(value, list) or not all(type(one) is int and 0 < one < 2**53 for one in value):
            raise IssueError("is no list of numbers", address=name)
        return list(dict.fromkeys(value))

    def choose_texts(self, *names: str) -> dict[str, str]:
        """Those of these texts that were sent."""
        return {name: self.get_text(name) for name in names if name in self._said}


async def read_form(request: Request) -> Form:
    """Read what was posted, within bounds. Raises IssueError."""
    body = b""
    with suppress(ClientDisconnect):
        async for part in request.stream():
            body += part
            if len(body) > MOST:
                raise IssueError("is too long", address="what was sent")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    return Form(said if isinstance(said, Mapping) else {})


def show_place(root: Path, place: Place, what: str, hint: str) -> dict[str, object]:
    """Show what is wrong as the page does, with the file and the line for a link into an editor."""
    file = f"{(root / place.file).as_posix()}:{place.line or 1}" if place.file else ""
    where = str(replace(place, file="", address="", line=0, key=""))
    return {"path": place.file, "line": place.line or 1, "file": file, "where": where, "what": what, "hint": hint}


def show_fault(root: Path, fault: Fault) -> dict[str, object]:
    """Show a fault: the page links to its file, and names everything else of its place."""
    what = str(replace(fault, place=replace(fault.place, file="", line=0)))
    return show_place(root, replace(fault.place, address="", edition=""), what, fault.hint)
