"""A curator's week in the terminal, counted in commands; in the desk, in keystrokes, it is in the judges."""

import json
import re
from pathlib import Path

from click.testing import Result

from commands import run_dispatch
from desking import make_week
from dispatch import config, issues
from loopback import web


class Terminal:
    """Somebody at the command line; each command is counted."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.count = 0

    def run(self, *words: str, code: int = 0) -> Result:
        self.count += 1
        return run_dispatch(self.root, *words, code=code)


def test_a_curators_week_takes_at_most_fifteen_commands(tmp_path: Path) -> None:
    """Of 230 entries of 25 sources fifteen go into four sections, two with notes, two of unsettled credit."""
    with web() as site:
        make_week(tmp_path, site)
        terminal = Terminal(tmp_path)
        assert terminal.run("gather").stdout.startswith("230 new")
    listed = terminal.run("inbox", "--order", "source", "--limit", "230").stdout.splitlines()
    numbers = {line.split()[1]: line.split()[0] for line in listed if re.match(r" *\d+  s\d+-\d+$", line)}
    assert len(numbers) == 230
    doubtful = [line.strip() for line in listed if "(likely)" in line]
    assert len(doubtful) == 2
    row = [int(numbers[f"s20-{n}"]) for n in range(4)]  # four that stand together
    assert row == list(range(min(row), min(row) + 4)) or row == list(range(max(row), max(row) - 4, -1))
    terminal.run("add", numbers["s3-2"], numbers["s11-4"], numbers["s7-1"], "--section", "Harbour")
    terminal.run("add", f"{min(row)}-{max(row)}", "--section", "Europe")
    terminal.run("add", *(numbers[f"s{n}-0"] for n in range(4)), "--section", "Culture")
    terminal.run("add", *(numbers[f"s{n}-5"] for n in range(8, 12)), "--section", "Brief")
    assert "dismissed 215" in terminal.run("inbox", "dismiss", "--rest").stderr
    shown = terminal.run("issue", "show").stdout
    assert shown.count("likely") == 2
    terminal.run("issue", "credit", "week-48", "1", "--certain")
    terminal.run("issue", "credit", "week-48", "2", "--author", "Bo Zhang=https://paper11.example/bo")
    terminal.run("note", "week-48", "3", "Read it all.")
    terminal.run("note", "week-48", "8", "For the pictures.")
    assert "no errors" in terminal.run("check").stdout
    terminal.run("publish", "week-48")
    assert terminal.count == 14
    issue = issues.read_issue(config.load(tmp_path), "week-48")
    assert issue.status == "published"
    assert [len(part.articles) for part in issue.sections] == [3, 4, 4, 4]
    assert {article.certainty for article in issue.articles} == {"certain"}
    assert [article.note for article in issue.articles if article.note] == ["Read it all.", "For the pictures."]
    assert json.loads(run_dispatch(tmp_path, "inbox", "--json").stdout) == []
    assert (tmp_path / "public" / "issues" / "week-48" / "email.html").is_file()
