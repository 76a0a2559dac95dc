"""What the check says in the tests: facts, each of which can be told to a person."""

import re
from collections.abc import Sequence

import nouns
from dispatch import check
from dispatch.model import Edition, Finding, Issue, Publication
from dispatch.report import write_hint, write_message

OPEN = re.compile(r"\[(?:found|wanted|name|headline|url|text|id|host|element|attribute|file|size)\]")


def judge(
    format: str,  # noqa: A002
    body: bytes,
    issue: Issue,
    by: Publication | None = None,
    path: str = "edition",
) -> list[Finding]:
    """What is said of a finished edition."""
    edition = Edition(format=format, media_type="", path=path, body=body)
    return tellable(check.judge(edition, issue, by or nouns.publication()))


def tellable(found: Sequence[Finding]) -> list[Finding]:
    """The findings, when each has a message and a hint without an open hole."""
    for one in found:
        assert not OPEN.search(f"{write_message(one)} {write_hint(one)}")
    return list(found)
