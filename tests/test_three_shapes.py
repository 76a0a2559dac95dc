"""One article as it comes by mail, in its WordPress feed and as its page: told alike, and one to an issue."""

from itertools import permutations
from pathlib import Path

import pytest

from commands import run_dispatch
from dispatch import config, html, issues
from dispatch.model import Author

DATA = Path(__file__).parent / "data" / "three-shapes"
SHAPES = ("story.txt", "feed.xml", "page.html")
ADA = Author(
    name="Ada Quay",
    url="https://tide.example/author/ada-quay/",
    bio="Ada Quay has kept a boat in three harbours and writes about all of them. She lives above the fish market.",
)


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    config.create_publication(tmp_path / "letter", title="The Wire", url="https://wire.example")
    run_dispatch(tmp_path / "letter", "issue", "new", "Week 48")
    return tmp_path / "letter"


@pytest.mark.parametrize("shape", SHAPES)
def test_each_says_who_wrote_it_and_where(shape: str, letter: Path) -> None:
    run_dispatch(letter, "add", str(DATA / shape))
    (article,) = issues.read_issue(config.load(letter), "week-48").articles
    assert (article.title, article.dek) == (
        "The harbour wall will not be mended",
        "A winter is over, and so is the money",
    )
    (author,) = article.authors
    assert (author.name, author.url, author.bio) == (ADA.name, ADA.url, ADA.bio)
    assert article.source.title == "The Tide"
    assert html.to_plain_text(article.content).startswith("The wall that has kept the sea out")
    assert "View all posts" not in article.content
    assert "three harbours" not in article.content


@pytest.mark.parametrize("shapes", list(permutations(SHAPES)), ids=" ".join)
def test_the_three_are_one_article(shapes: tuple[str, ...], letter: Path) -> None:
    said = [run_dispatch(letter, "add", str(DATA / shape)).stderr for shape in shapes]
    assert "added “The harbour wall will not be mended” by Ada Quay" in said[0]
    assert said[1:] == ["“The harbour wall will not be mended” is already in week-48\n"] * 2
    assert len(list(issues.read_issue(config.load(letter), "week-48").articles)) == 1
