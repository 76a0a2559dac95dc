"""What the checks are given. What disk, ledger and network say is handed in; nothing here asks them."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

from dispatch.checks import kit_page, read_back, withdrawn
from dispatch.checks.read_back import Rendition
from dispatch.checks.text_lines import Line, Picture
from dispatch.errors import CheckError
from dispatch.model import (
    Article,
    Contents,
    Edition,
    Fault,
    Finding,
    Issue,
    Place,
    Publication,
    Record,
    Section,
    Sponsor,
)

ShownBody = tuple[Article, tuple[Line, ...], tuple[Picture, ...]]


@dataclass(frozen=True, kw_only=True)
class CheckInput:
    """One issue, its finished editions, and what else is known."""

    issue: Contents
    publication: Publication
    editions: tuple[Edition, ...] = ()
    published: Annotated[tuple[Record, ...], "what dispatch.lock remembers"] = ()
    current: Annotated[
        tuple[Record, ...] | None, "what dispatch.lock would say of all issues as they are; None: nobody looked"
    ] = None
    others: Annotated[tuple[Issue, ...], "the other issues, of whatever date"] = ()
    states: Annotated[
        Mapping[str, Fault | None], "what came of asking an address: None when it answers, else why it does not"
    ] = field(default_factory=dict)
    missing: Annotated[
        tuple[tuple[str, str], ...], "pictures that are named and not there: file that names it, name"
    ] = ()
    astray: Annotated[
        tuple[tuple[str, str], ...], "links that were written relative and lead nowhere: file that has it, address"
    ] = ()
    strays: Annotated[tuple[str, ...], "article files that no section lists"] = ()
    names: Annotated[tuple[str, ...], "the paths of all files and folders of the issue"] = ()
    first_headings: Annotated[tuple[tuple[str, int], ...], "headings like the issue's own title: file, line"] = ()
    unmerged: Annotated[tuple[tuple[str, int], ...], "what an unfinished merge has left in them: file, line"] = ()
    folders: Annotated[
        tuple[tuple[str, bool], ...], "folders beside the issues that are none: path, whether it has an issue.md"
    ] = ()

    @cached_property
    def _read_editions(self) -> tuple[tuple[Edition, tuple[Rendition, ...] | CheckError], ...]:
        return tuple((edition, self._read_parts(edition)) for edition in self.editions)

    @cached_property
    def sponsors(self) -> tuple[Sponsor, ...]:
        """Who has paid for the issue, its sections and its articles, each once."""
        every: list[Contents | Section | Article] = [self.issue, *self.issue.sections, *self.issue.articles]
        return tuple(dict.fromkeys(one.sponsor for one in every if one.sponsor))

    @cached_property
    def _titled_issue(self) -> Contents:
        """The issue with the headlines that its editions must have."""
        is_whole = not any(article.withdrawn for article in self.issue.articles)
        return self.issue if is_whole else withdrawn.mark_titles(self.issue, self.publication)

    @cached_property
    def judged_bodies(self) -> dict[str, tuple[ShownBody, list[Finding]]]:
        """By the id of an article, how a feed shows it, and what is wrong with that: other formats show the same."""
        return {}

    def _read_parts(self, edition: Edition) -> tuple[Rendition, ...] | CheckError:
        try:
            parts = read_back.read_edition(edition, self._titled_issue, self.publication.url)
            page = self.issue.as_page
            is_kit = page is not None and page.kind == "republish"
            return tuple(kit_page.read_kits(parts[0], edition.body.decode())) if is_kit else parts
        except CheckError as error:
            return error

    @property
    def renditions(self) -> Iterator[tuple[Edition, Rendition]]:
        """The editions' parts that could be read back; read once for all checks."""
        return ((edition, part) for edition, read in self._read_editions if isinstance(read, tuple) for part in read)

    @property
    def unreadable(self) -> Iterator[tuple[Edition, CheckError]]:
        """The editions that could not be read back, and why."""
        return ((edition, read) for edition, read in self._read_editions if isinstance(read, CheckError))


def recognise_edition(path: str, body: bytes) -> Edition:
    """Take a finished file for an edition of the format that it looks like. Raises CheckError when that is none."""
    start = body[:2000].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    return Edition(format=_find_format(path, start, body), media_type="", path=path, body=body)


def _find_format(path: str, start: str, body: bytes) -> str:
    root = re.match(r"(?:<[!?][^>]*+>|[^<]++|<(?![A-Za-z!?]))*+<([A-Za-z][\w:.-]*)", start)
    match root[1].lower() if root and start.startswith("<") else "":
        case "rss":
            return "rss"
        case "feed":
            return "atom"
        case "html":
            return "web" if re.search(rb"<article[^<>]* id=", body) else "email"
    if start.startswith("{"):
        try:
            if isinstance(json.loads(body), dict):
                return "json"
        except (ValueError, RecursionError) as error:
            what = f"it begins like JSON and is none: {error}"
            raise CheckError(what, subject=Place(edition=path), reason="not-json") from error
    if re.match(r"(?:[!-9;-~]+:[^\n]*\r?\n(?:[ \t][^\n]*\n)*){3}", start) and "\nsubject:" in f"\n{start.lower()}":
        return "eml"
    if start.startswith("<"):
        hint = "Name a file that dispatch render wrote."
        what = "it is neither a feed, a mail nor a page"
        raise CheckError(what, subject=Place(edition=path), hint=hint, reason="unknown-format")
    return "text"
