"""The file and the line that a finding is about, for a link into an editor. Pure: the files' texts are handed in."""

import re
from collections.abc import Callable

from dispatch import frontmatter
from dispatch.errors import IssueError
from dispatch.model import Finding

_KEY = re.compile(r"\b([a-z_]+)(?::| = )")
_TABLE = re.compile(r"\[([a-z]+)\]")
_QUOTED = re.compile(r"“([^”…]+)”")

Text = Callable[[str], str | None]


def place(finding: Finding, slug: str, text: Text) -> tuple[str, int]:
    """The path of the file below the publication's folder, and the line, from 1; an empty path when there is none.

    text: the text of a file, None when there is no such file. What is wrong in an edition is looked for in the
    article's file. The line is that of the key that the hint names, else of the words that the finding quotes, else
    the first.
    """
    where, _, line = finding.where.partition(":")
    if line.isdigit():
        return where, int(line)
    if text(where) is not None:
        path = where
    else:
        key = finding.where.partition("#")[2].partition(" ")[0]
        names = [f"issues/{slug}/{key}.md", f"issues/{slug}/{key}.html"] if key else []
        path = next((name for name in [*names, f"issues/{slug}/issue.md"] if text(name) is not None), "")
    body = text(path) if path else None
    return path, _line(path, body, finding) if body else 1


def _line(path: str, text: str, finding: Finding) -> int:
    hints = [found[1] for found in _KEY.finditer(finding.hint)]
    if path.endswith(".toml"):
        tables = _TABLE.findall(finding.hint)
        begin = _first(text, rf"\s*\[{tables[0]}\]", 1) if tables else 1
        own = next((at for key in hints if (at := _first(text, rf"\s*{key}\s*=", begin)) >= begin > 0), 0)
        return own or begin or 1
    try:
        lines = frontmatter.parse(text).lines
    except IssueError:
        lines = {}
    named = next((lines[key] for key in hints if key in lines), 0)
    return named or _quoted(text, finding.what) or 1


def _first(text: str, pattern: str, begin: int) -> int:
    """The number of the first line from ``begin`` that fits; 0 when none does."""
    lines = text.splitlines()
    return next((at for at in range(begin, len(lines) + 1) if re.match(pattern, lines[at - 1])), 0)


def _quoted(text: str, what: str) -> int:
    """The line that has the last of the words that are quoted: the first names the article, the last the fault."""
    for words in reversed(_QUOTED.findall(what)):
        for number, line in enumerate(text.splitlines(), 1):
            if words in line:
                return number
    return 0
