"""Whole editions as files: what a change does to them is its diff. ``pytest --update-golden`` writes them anew.

What the editions of all issues have in common is held once, by those of the plain issue: a page's style sheet. One
message is held whole too; of the others the files have the headers, and the parts are editions with files of their own.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest

import nouns
from addresses import PERSONAL
from dispatch import __version__, config, derived, html, issues
from dispatch.formats import FORMATS
from dispatch.model import (
    Article,
    Author,
    Contents,
    Credit,
    FeedSettings,
    Image,
    Publication,
    Section,
    Source,
    Withdrawal,
)

GOLDEN = Path(__file__).parent.parent / "data" / "golden"
Case = tuple[Contents, Publication]


def plain() -> Case:
    return nouns.issue(nouns.rich(1), nouns.article(2), nouns.article(3)), nouns.publication()


def hostile() -> Case:
    """Text that looks like code in every field, and a picture of each address that is hardest to keep."""
    nasty = "<b>&amp; \"quoted\" 'text'</b> {{7*7}} {% raw %} xq0qx \\u{a0} =?utf-8?q?x?= ]]> --> \u202ex"
    articles = [
        nouns.rich(
            n,
            title=f"{n}: {nasty}",
            dek=nasty,
            note=nasty,
            tags=(nasty,),
            url=address,
            authors=(Author(name=nasty, url=address, bio=nasty),),
            credits=(Credit(role=nasty, name=nasty, url=address),),
            source=Source(title=nasty, url=address, syndicate="full", license=nasty),
            image=Image(url=address, alt=nasty),
            content=f"<p>{html.escape_html(nasty)}</p>",
        )
        for n, address in enumerate(
            PERSONAL[name] for name in ("looks like an entity", "double quote", "template variable", "backslashes")
        )
    ]
    issue = nouns.issue(
        sections=(Section(title=nasty, intro=articles[0].content, articles=tuple(articles)),), title=nasty
    )
    return replace(issue, preheader=nasty), nouns.publication(title=nasty, description=nasty)


def many_authors() -> Case:
    people = tuple(Author(name=f"Author {n}", url=f"https://people.example/{n}" if n % 2 else "") for n in range(1, 8))
    roles = (
        "translator",
        "editor",
        "photographer",
        "illustrator",
        "via",
        "submitted by",
        "sensitivity reader",
        "editor",
    )
    credits = tuple(Credit(role=role, name=f"Person {n}") for n, role in enumerate(roles))  # noqa: A001
    articles = [nouns.article(n, authors=people[:n], credits=credits[:n]) for n in range(1, 8)]
    return nouns.issue(*articles), nouns.publication()


def policies() -> Case:
    def of(policy: str, n: int) -> Article:
        return nouns.rich(n, source=Source(title="The Paper", url="https://paper.example/", syndicate=policy))  # type: ignore[arg-type]

    sections = tuple(
        Section(title=policy, articles=(of(policy, n),)) for n, policy in enumerate(("link", "excerpt", "full"))
    )
    return nouns.issue(sections=sections), nouns.publication()


def withdrawn() -> Case:
    """An article of an issue, with everything that an article can have."""
    said = Withdrawal(date=nouns.DATE, text="The figures <were> invented & sold.")
    return nouns.issue(nouns.article(2), derived.withdraw_article(nouns.rich(1), said)), nouns.publication()


def withdrawn_issue() -> Case:
    issue = nouns.issue(nouns.rich(1), nouns.article(2))
    return derived.withdraw_issue(issue, Withdrawal(date=nouns.DATE, text="Sent by mistake.")), nouns.publication()


def nothing_known() -> Case:
    bare = nouns.article(1, authors=(), source=Source(syndicate="excerpt"), published=None, dek="", content="")
    issue = nouns.issue(bare, number=None, preheader="", intro="", sections=(Section(articles=(bare,)),))
    return issue, nouns.publication(description="", email=nouns.EmailSettings(sender="desk@wire.example"))


def folder(name: str) -> Callable[[], Case]:
    def read() -> Case:
        publication = config.load(GOLDEN.parent / name)
        return issues.read_issue(publication, "issue-7"), publication

    return read


def collection() -> Case:
    publication = nouns.publication()
    numbers = [
        nouns.issue(nouns.rich(n), nouns.article(n + 1), id=f"tag:wire.example,2025:{n}", slug=f"issue-{n}", number=n)
        for n in (1, 2)
    ]
    return nouns.feed(numbers, publication, "issues"), publication


def of_the_site(stem: str) -> Callable[[], Case]:
    """A feed with a hub, among archived feeds."""

    def read() -> Case:
        publication = nouns.publication(
            feeds=FeedSettings(entries=1, each=("author",), hub="https://hub.example/?a=1&b=2")
        )
        numbers = [
            nouns.issue(nouns.rich(n), id=f"tag:wire.example,2025:{n}", slug=f"issue-{n}", status="published")
            for n in (1, 2, 3)
        ]
        return nouns.feed(numbers, publication, stem), publication

    return read


CASES: dict[str, Callable[[], Case]] = {
    "plain": plain,
    "hostile": hostile,
    "many-authors": many_authors,
    "policies": policies,
    "nothing-known": nothing_known,
    "withdrawn": withdrawn,
    "withdrawn-issue": withdrawn_issue,
    "arabic": folder("arabic"),
    "german": folder("deutsch"),
    "hindi": folder("hindi"),
}


COLLECTIONS: dict[str, Callable[[], Case]] = {
    "archive": collection,
    "subscribed": of_the_site("authors/ada-lane/feed"),
    "archived": of_the_site("archive/feed-2"),
}
EDITIONS = [
    *((case, name) for case in CASES for name in FORMATS),
    *((case, name) for case in COLLECTIONS for name in nouns.FEEDS),
]


@pytest.mark.parametrize(("case", "format"), EDITIONS)
def test_edition_is_as_expected(case: str, format: str, request: pytest.FixtureRequest) -> None:  # noqa: A002
    issue, publication = (CASES | COLLECTIONS)[case]()
    octets = nouns.body(format, issue, publication).replace(f'version="{__version__}"'.encode(), b'version="(version)"')
    if case != "plain":
        octets = take_own_part(format, octets, issue, publication)
    path = GOLDEN / case / FORMATS[format].path
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)
    assert octets == path.read_bytes()


def take_own_part(format: str, octets: bytes, issue: Contents, publication: Publication) -> bytes:  # noqa: A002
    """What an edition has that others have not: a page without its style sheet, a message without its two bodies."""
    if format == "web":
        return re.sub(rb"<style>.*?</style>", b"<style></style>", octets, flags=re.DOTALL)
    if format == "eml":
        parts = [part for part in message_from_bytes(octets, policy=policy.SMTP).walk() if not part.is_multipart()]
        bodies = [part.get_payload(decode=True).replace(b"\r\n", b"\n") for part in parts]
        assert bodies == [nouns.body(name, issue, publication) for name in ("text", "email")]
        return octets[: re.search(rb"\r?\n\r?\n", octets).end()]
    return octets


def test_every_golden_file_is_looked_at() -> None:
    assert {path.name for path in GOLDEN.iterdir() if path.is_dir()} == {*CASES, *COLLECTIONS}
    assert {path.name for path in GOLDEN.glob("*/*")} == {row.path for row in FORMATS.values()}
