"""Lists of readers that git has: whoever may read the repository, now or later, may read them."""

from dispatch import files, git
from dispatch.checks.editorial import judge_lists
from dispatch.errors import IssueError
from dispatch.model import Finding, Publication

_ENDINGS = (".csv", ".tsv", ".vcf")
_MOST_BYTES = 4 << 20  # of a file, which are looked at


def judge_private_lists(publication: Publication) -> list[Finding]:
    """Find the lists of mail addresses in the publication's folder that git tracks. Raises IssueError."""
    root = publication.root
    names = [name for name in git.list_tracked(root) if name.lower().endswith(_ENDINGS)]
    names = [name for name in names if files.is_there(root / name, within=root)]
    bodies = [files.read_file(root / name, within=root, error=IssueError)[:_MOST_BYTES] for name in names]
    lists = [(name, body.decode("utf-8", "replace")) for name, body in zip(names, bodies, strict=True)]
    return [one for one in judge_lists(lists) if one.rule not in publication.check]
