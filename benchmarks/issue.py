"""An issue of 30 articles in all seven formats, beside the plainest script that makes them."""

from collections.abc import Iterator

from benchmarks import sample
from benchmarks.measure import Row, in_turns, within
from benchmarks.peers import plain
from dispatch import render
from dispatch.formats import FORMATS


def rows() -> Iterator[Row]:
    """From the nouns to the bytes."""
    issue, publication = sample.issue(30), sample.publication()

    def ours() -> None:
        sample.forget()
        for name in FORMATS:
            render.render_edition(issue, publication, name)

    theirs = within(lambda: plain.render(issue))
    peer = "a script: Jinja2, mjml-python, feedgen"
    yield in_turns("30 articles, all formats", peer, within(ours), theirs, turns=30)
