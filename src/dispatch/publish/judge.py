"""Everything that is wrong with an issue: what ``check`` proves, with all that the stores know of it."""

from collections.abc import Mapping, Sequence

from dispatch import check, issues, ledger, render
from dispatch.formats import FORMATS
from dispatch.model import Edition, Fault, Finding, Issue, Publication


def judge_issue(
    issue: Issue,
    publication: Publication,
    *,
    states: Mapping[str, Fault | None] | None = None,
    everything: Sequence[Issue] | None = None,
    is_whole: bool = True,
) -> list[Finding]:
    """Find what is wrong with an issue, its files and all its editions, rendered for this.

    states: what came of asking the addresses of ``check.addresses``. everything: all issues, where they have been read
    before. is_whole: none of these is missing because it cannot be read, so that what the ledger remembers must be
    among them. Raises IssueError and RenderError.
    """
    everything = issues.read_all(publication) if everything is None else everything
    return check.findings(
        issue,
        render_formats(issue, publication),
        publication,
        published=ledger.read(publication) if is_whole else (),
        current=ledger.records(everything, publication) if is_whole else None,
        others=tuple(other for other in everything if other.slug != issue.slug),
        states=states,
        missing=issues.missing(publication, issue),
        astray=issues.astray(publication, issue),
        strays=tuple(issues.strays(publication, issue.slug)),
    )


def render_formats(issue: Issue, publication: Publication) -> list[Edition]:
    """Render an issue in every format; as a whole message (eml) only when there is a sender."""
    names = [name for name in FORMATS if name != "eml" or publication.email.sender]
    return [render.edition(issue, publication, name) for name in names]
