"""What is no edition at all is told with its reason, as data."""

from dataclasses import replace

import pytest

import nouns
from dispatch.checks import html_tree, read_back
from dispatch.errors import CheckError
from dispatch.model import Edition

ISSUE = nouns.issue(nouns.article(1))
RSS, ATOM, JSON = (nouns.body(format, ISSUE) for format in ("rss", "atom", "json"))  # noqa: A001
DEEP = b"<x>" * 300 + b"</x>" * 300
BROKEN: list[tuple[str, bytes, str]] = [
    ("rss", b"", "not-xml"),
    ("rss", RSS.rstrip().removesuffix(b"</rss>"), "not-xml"),
    ("rss", RSS[: len(RSS) // 2], "not-xml"),
    ("atom", ATOM.rstrip().removesuffix(b"</feed>"), "not-xml"),
    ("atom", ATOM + b"<more/>", "not-xml"),
    ("rss", RSS.replace(b"encoding='UTF-8'", b"encoding='x-none'"), "not-xml"),
    ("rss", RSS.replace(b"<rss", b"<!DOCTYPE rss><rss", 1), "doctype"),
    ("rss", RSS.replace(b"</channel>", DEEP + b"</channel>", 1), "too-deep"),
    ("rss", b"<rss/>", "not-a-feed"),
    ("json", JSON[:-5], "not-json"),
    ("json", b"[]", "not-a-feed"),
    ("json", b"\xff", "not-utf-8"),
    ("text", b"\xff", "not-utf-8"),
    ("email", b"\xff", "not-utf-8"),
    ("email", b"<b>" * (html_tree.DEEPEST + 1), "too-deep"),
    ("none", b"", "unknown-format"),
]


@pytest.mark.parametrize(("format", "body", "reason"), BROKEN, ids=[f"{one[0]} {one[2]}" for one in BROKEN])
def test_what_is_broken_has_its_reason(format: str, body: bytes, reason: str) -> None:  # noqa: A002
    edition = Edition(format=format, media_type="", path="edition", body=body)
    with pytest.raises(CheckError) as refused:
        read_back.read_edition(edition, ISSUE, "https://wire.example")
    assert [fault.reason for fault in refused.value.faults] == [reason]
    assert read_back.read_edition(replace(edition, format="rss", body=RSS), ISSUE, "https://wire.example")
