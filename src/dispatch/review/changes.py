"""What a review is made of: two Versions of a publication, the Changes between them, the Review."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from dispatch.model import Article, Fault, Finding, Issue, Publication, Record

Weight = Literal["stop", "look", "tell"]
ChangeKind = Literal["byline", "link", "credit", "terms", "identity", "gone", "file", "rule", "new", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A publication as it was or is."""

    publication: Annotated[Publication | None, "None where there is none, or none that can be read"]
    issues: Annotated[tuple[Issue, ...], "those that can be read"] = ()
    ledger: Annotated[tuple[Record, ...], "what dispatch.lock remembers"] = ()
    files: Annotated[Mapping[str, Mapping[str, str]], "by issue, a digest of each file beside its articles"] = field(
        default_factory=dict
    )
    faults: Annotated[Mapping[str, tuple[Fault, ...]], "by an issue's slug or a file, why it cannot be read"] = field(
        default_factory=dict
    )
    folders: Annotated[
        tuple[tuple[str, bool], ...], "folders beside the issues that are none: path, whether it has an issue.md"
    ] = ()

    @property
    def public(self) -> frozenset[str]:
        """The ids of all that readers have: by the ledger, or by an issue's status."""
        released = [issue for issue in self.issues if issue.status == "published"]
        ids = {issue.id for issue in released} | {article.id for issue in released for article in issue.articles}
        return frozenset(ids | {record.id for record in self.ledger if record.kind in ("article", "issue")})

    def find_issue(self, slug: str) -> Issue | None:
        """Find the issue of that slug among those that can be read."""
        return next((issue for issue in self.issues if issue.slug == slug), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is no longer as it was, as the end of a sentence."""

    weight: Annotated[Weight, "stop: a promise is broken; look: somebody should decide; tell: worth knowing"] = "tell"
    kind: Annotated[ChangeKind, "what it is about"] = "other"
    issue: Annotated[str, "the issue's title; empty for the publication as a whole"] = ""
    article: Annotated[str, "the article's headline; empty for the issue itself"] = ""
    where: Annotated[str, "the file"] = ""
    what: Annotated[str, "what has happened to it"]
    now: Annotated[str, "what it says now, where that is short"] = ""
    was: Annotated[str, "and what it said before"] = ""

    def set_subject(self, issue: Issue, where: str, article: Article | None = None) -> "Change":
        """Return the change with the issue and the article that it is about, and their file."""
        title = (article.title or article.url or article.key) if article else ""
        return replace(self, issue=issue.title or issue.slug, article=title, where=where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a pull request does."""

    base: Annotated[str, "what it is compared with, by its name"]
    commit: Annotated[str, "and the commit at which it left that"]
    changes: Annotated[tuple[Change, ...], "in the order in which they are read"] = ()
    findings: Annotated[tuple[Finding, ...], "what check says of the issues that change, errors first"] = ()

    @property
    def verdict(self) -> Literal["stop", "look", "ready"]:
        """stop: a promise to readers is broken, or check fails; look: a person should decide; ready: neither."""
        weights = {change.weight for change in self.changes}
        if "stop" in weights or any(finding.severity == "error" for finding in self.findings):
            return "stop"
        return "look" if "look" in weights else "ready"
