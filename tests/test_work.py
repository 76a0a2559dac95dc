"""What a command does once it does once: calls of the real functions are counted while real commands run."""

import inspect
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from types import CodeType, FrameType

import pytest
from click.testing import CliRunner

import nouns
from dispatch import config, issues, render
from dispatch.checks import read_back
from dispatch.cli import main
from dispatch.formats import FORMATS


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A publication with two issues, of which one has been published."""
    root = tmp_path / "letter"
    config.create_publication(root, title="The Wire", url="https://wire.example", sender="The Wire <desk@wire.example>")
    for number, slug in enumerate(("defence", "bridges"), 1):
        story = nouns.article(number, id=f"tag:wire.example,2025:{slug}", url=f"https://paper.example/{slug}")
        issue = nouns.issue(story, id=f"tag:wire.example,2025:{slug}/", slug=slug)
        issues.create_issue(config.load(root), issue)
    run(root, "publish", "defence")
    return root


def run(root: Path, *words: str) -> None:
    with chdir(root):
        result = CliRunner().invoke(main, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output


@contextmanager
def counting(*functions: Callable[..., object]) -> Iterator[dict[str, Counter[str]]]:
    """Count the calls of functions by what they were given: the format that is rendered, the edition that is read."""
    bare = [inspect.unwrap(function) for function in functions]  # without what gives it to another process
    codes: dict[CodeType, str] = {function.__code__: function.__name__ for function in bare}
    counts: dict[str, Counter[str]] = {name: Counter() for name in codes.values()}

    def count(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in codes:
            given = frame.f_locals
            what = given["format"] if "format" in given else given["edition"].format
            counts[codes[frame.f_code]][what] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield counts
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize("slug", ["defence", "bridges"])
def test_one_check_renders_and_reads_each_edition_once(letter: Path, slug: str) -> None:
    with counting(render.render_edition, read_back.read_edition) as counts:
        run(letter, "check", slug)
    assert counts == {"render_edition": dict.fromkeys(FORMATS, 1), "read_edition": dict.fromkeys(FORMATS, 1)}


def test_an_issue_that_has_not_changed_is_judged_once_when_it_is_published_again(letter: Path) -> None:
    with counting(render.render_edition, read_back.read_edition) as counts:
        run(letter, "publish", "defence")
    assert counts == {"render_edition": dict.fromkeys(FORMATS, 1), "read_edition": dict.fromkeys(FORMATS, 1)}


def test_a_site_that_has_not_changed_is_neither_rendered_nor_read(letter: Path) -> None:
    with counting(render.render_edition, read_back.read_edition) as counts:
        run(letter, "publish")
    assert counts == {"render_edition": {}, "read_edition": {}}
