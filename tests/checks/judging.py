"""What the check says in the tests: facts, each of which can be told to a person."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from string import Formatter

import nouns
from dispatch import check
from dispatch.model import Contents, Edition, Finding, Publication
from dispatch.report import write_hint, write_message

TABLE = tomllib.loads(files("dispatch.report").joinpath("messages.toml").read_text("utf-8"))


def find_holes(rows: object) -> Iterator[str]:
    """The names of the values that rows of the table of messages take, however deep the rows stand in it."""
    if isinstance(rows, str):
        yield from (name for _, name, _, _ in Formatter().parse(rows) if name)
    elif isinstance(rows, Mapping | list):
        for one in rows.values() if isinstance(rows, Mapping) else rows:
            yield from find_holes(one)


HOLES = frozenset(find_holes(TABLE)) - {"it", *TABLE["phrases"]}
OPEN = re.compile(rf"\[(?:{'|'.join(sorted(HOLES))})\]")


def judge(
    format: str,  # noqa: A002
    body: bytes,
    issue: Contents,
    by: Publication | None = None,
    path: str = "edition",
) -> list[Finding]:
    """What is said of a finished edition."""
    edition = Edition(format=format, media_type="", path=path, body=body)
    return tellable(check.check_edition(edition, issue, by or nouns.publication()))


def tellable(found: Sequence[Finding]) -> list[Finding]:
    """The findings, when each has a message and a hint without an open hole."""
    for one in found:
        assert not OPEN.search(f"{write_message(one)} {write_hint(one)}")
    return list(found)
