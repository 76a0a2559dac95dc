"""What was published wrongly is mended: byline, date and address change when a correction says what is right."""

from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import nouns
from dispatch import config, issues
from dispatch.cli import main
from dispatch.model import Author

Dispatch = Callable[..., Result]


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A publication with an issue of one article."""
    root = tmp_path / "letter"
    config.start(root, title="The Wire", url="https://wire.example", sender="The Wire <desk@wire.example>")
    story = nouns.article(1, authors=(Author(name="Anne Lea", url="https://people.example/lea"),))
    issues.create(config.load(root), nouns.issue(story))
    return root


@pytest.fixture
def dispatch(letter: Path) -> Dispatch:
    def run(*words: str, code: int = 0) -> Result:
        with chdir(letter):
            result = CliRunner().invoke(main, words, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    run("publish", "defence")
    return run


def test_a_wrong_byline_is_mended_with_a_correction_that_names_its_authors(dispatch: Dispatch, letter: Path) -> None:
    file = letter / "issues" / "defence" / "story-1.html"
    file.write_text(file.read_text("utf-8").replace("Anne Lea", "Ann Lee"), "utf-8")
    vague = dispatch("issue", "correct", "defence", "1", "An earlier version had a wrong name.")
    assert "ids.authors" in vague.stderr
    assert "nothing against" not in vague.stderr
    assert "ids.authors" in dispatch("publish", "defence", code=1).output
    said = dispatch("issue", "correct", "defence", "1", "An earlier version had a wrong name: it is by Ann Lee.")
    assert "check has nothing against this" in said.stderr
    dispatch("publish", "defence")
    page = (letter / "public" / "issues" / "defence" / "index.html").read_text("utf-8")
    assert "it is by Ann Lee." in page
    assert "Anne Lea" not in page
    assert "nothing" not in dispatch("check", "defence").stderr


def test_what_was_mended_is_promised_again(dispatch: Dispatch, letter: Path) -> None:
    file = letter / "issues" / "defence" / "story-1.html"
    file.write_text(file.read_text("utf-8").replace("Anne Lea", "Ann Lee"), "utf-8")
    dispatch("issue", "correct", "defence", "1", "It is by Ann Lee.")
    dispatch("publish", "defence")
    file.write_text(file.read_text("utf-8").replace("name: Ann Lee", "name: Bo Zhang"), "utf-8")
    assert "ids.authors" in dispatch("check", "defence", code=1).stdout
