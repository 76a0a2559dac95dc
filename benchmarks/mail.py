"""The mail of 20 articles, beside npm's mjml alone, warmed up in a process that stays."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import sample
from benchmarks.measure import Row, in_turns, within
from benchmarks.peers import plain
from dispatch import html, render

MODULES = sample.CHECKOUT / "tests" / "node_modules"
PEER = sample.CHECKOUT / "benchmarks" / "peers" / "mjml.mjs"


def rows() -> Iterator[Row]:
    """Ours sanitises, chooses excerpts, renders and inlines; the peer turns finished MJML into HTML."""
    issue, publication = sample.issue(20), sample.publication()

    def ours() -> None:
        sample.forget()
        for _ in issue.articles:
            html.sanitise_html(sample.BODY)
        render.render_edition(issue, publication, "email")

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "mail.mjml"
        source.write_text(plain.mjml(issue), encoding="utf-8")
        command = ("node", str(PEER), str(MODULES), str(source))
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as node:
            assert node.stdin
            assert node.stdout
            asking, answers = node.stdin, node.stdout
            assert answers.readline() == "warm\n"

            def theirs() -> float:
                asking.write("\n")
                return int(answers.readline()) / 1_000_000

            yield in_turns("mail of 20 articles", "npm mjml alone", within(ours), theirs, turns=60, goal=0.25)
            asking.close()
