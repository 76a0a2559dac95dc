"""An uncertain credit is settled by one command, whenever it comes: at the inbox, in a draft, for a file."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

import nouns
from commands import run_dispatch
from dispatch import compose, config, inbox, issues
from dispatch.cli.article_options import describe_doubt
from dispatch.errors import IssueError
from dispatch.model import Article, Author, Witness

# Four kinds of markup name four bylines; the name beside the headline has a page.
PAGE = """\
<html><head><title>Stone was cheap</title><meta property="og:site_name" content="The Paper">
<meta name="author" content="Jo Fay"><link rel="canonical" href="https://paper.example/stone">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Stone was cheap",
"datePublished": "2026-11-20", "author": [{"@type": "Person", "name": "Ann Lee"},
{"@type": "Person", "name": "Bo Roe"}]}
</script></head><body><article><h1>Stone was cheap</h1>
<p class="byline">By <a rel="author" href="https://paper.example/cy?a=1&amp;b=%20">Cy Poe</a></p>
<p>Stone was cheap in the east and dear in the west, and every town took the other one for clever, for years.</p>
<p>It was the freight: who crosses a river without a bridge pays the ferry, and the ferry was one man's.</p>
</article></body></html>
"""
STAFF = tuple(Author(name=f"Writer {n}", url=f"https://paper.example/{n}") for n in range(1, 20))
CROWD = nouns.article(
    1,
    authors=STAFF,
    certainty="likely",
    witnesses=(
        Witness(kind="json-ld", names=tuple(one.name for one in STAFF)),
        Witness(kind="byline", names=("Writer 3",)),
        Witness(kind="meta", names=("The Paper",), house=True),
    ),
)
CY = Author(name="Cy Poe", url="https://paper.example/cy?a=1&b=%20")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "wire"
    config.create_publication(folder, title="The Wire", url="https://wire.example")
    run_dispatch(folder, "issue", "new", "Week", "--slug", "week")
    (folder / "page.html").write_text(PAGE, "utf-8")
    return folder


def read_only(root: Path) -> Article:
    (one,) = issues.read_issue(config.load(root), "week").articles
    return one


def test_why_it_is_uncertain_is_said_and_the_choices_are_numbered(root: Path) -> None:
    said = run_dispatch(root, "add", "page.html").stderr
    lines = (
        "not sure that Ann Lee, Bo Roe wrote it: its page names others, too\n"
        "    1  Ann Lee, Bo Roe (JSON-LD)\n"
        "    2  Cy Poe (byline near the headline)\n"
        "    3  Jo Fay (meta elements)\n"
        "    to settle it: dispatch issue credit week stone-was-cheap --choice 1"
    )
    assert lines in said
    found = run_dispatch(root, "check", "week", code=1).stdout
    assert "Cy Poe, Jo Fay may have  [editorial.certainty]" in found
    assert "dispatch issue credit week stone-was-cheap" in found
    # Later too: the file remembers who names whom.
    assert "  2  Cy Poe (byline near the headline)\n" in run_dispatch(root, "issue", "credit", "week", "1").stdout


@pytest.mark.parametrize(
    ("words", "authors"),
    [
        (["--choice", "2"], (CY,)),
        (["--certain"], (Author(name="Ann Lee"), Author(name="Bo Roe"))),
        (["--author", "Bo Roe=https://bo.example"], (Author(name="Bo Roe", url="https://bo.example"),)),
        (["--author", "Dee Moe", "--author", "ann lee"], (Author(name="Dee Moe"), Author(name="ann lee"))),
        (["--none"], ()),
    ],
)
def test_one_command_settles_what_is_in_a_draft(root: Path, words: list[str], authors: tuple[Author, ...]) -> None:
    run_dispatch(root, "add", "page.html")
    run_dispatch(root, "issue", "credit", "week", "stone", *words)
    one = read_only(root)
    assert (one.authors, one.certainty, one.witnesses) == (authors, "certain", ())
    said = f"by {', '.join(author.name for author in authors)}\n" if authors else "no author found\n"
    assert run_dispatch(root, "issue", "credit", "week", "stone").stdout == said
    assert "witnesses" not in (root / one.file).read_text("utf-8")
    assert "editorial.certainty" not in run_dispatch(root, "issue", "list").stdout


@pytest.mark.parametrize("words", [["--choice", "2"], ["--author", "Cy Poe=https://paper.example/cy?a=1&b=%20"]])
def test_one_command_settles_a_file(root: Path, words: list[str]) -> None:
    run_dispatch(root, "add", "page.html", *words)
    assert (read_only(root).authors, read_only(root).certainty) == ((CY,), "certain")


@pytest.mark.parametrize(("words", "number"), [(["--choice", "2"], 3), (["--author", "Writer 7"], 7)])
def test_one_command_settles_what_is_in_the_inbox(root: Path, words: list[str], number: int) -> None:
    with inbox.open_inbox(config.load(root)) as box:
        box.keep_articles("paper", [CROWD], datetime(2026, 11, 22, tzinfo=UTC))
    shown = run_dispatch(root, "inbox", "show", "1")
    assert "  2  Writer 3 (byline near the headline)\n  no person: The Paper (meta elements)\n" in shown.stdout
    assert "--choice 1" in shown.stdout
    assert shown.stderr == "Next: dispatch add 1\n"
    run_dispatch(root, "add", "1", *words)
    assert read_only(root).authors == (STAFF[number - 1],)


def test_what_is_advised_confirms_one_name_and_not_nineteen(root: Path) -> None:
    wire = config.load(root)
    week, _, _ = compose.add_articles(issues.read_issue(wire, "week"), [CROWD], wire)
    issues.change_issue(wire, issues.read_issue(wire, "week"), week)
    run_dispatch(root, "issue", "credit", "week", "1", "--author", "Writer 3")
    assert read_only(root).authors == (STAFF[2],)


def test_where_it_is_certain_a_page_is_added_and_nobody_dropped() -> None:
    both = nouns.article(1, authors=(Author(name="Ann Lee"), Author(name="Bo Roe")))
    said = compose.Overrides(authors=(Author(name="Bo Roe", url="https://bo.example"),))
    (one,) = compose.apply_overrides([both], said)
    assert one.authors == (Author(name="Ann Lee"), Author(name="Bo Roe", url="https://bo.example"))


def test_another_byline_of_what_readers_have_is_a_correction(root: Path) -> None:
    run_dispatch(root, "add", "page.html", "--choice", "1", "--syndicate", "link")
    run_dispatch(root, "publish", "week")
    said = run_dispatch(root, "issue", "credit", "week", "1", "--author", "Cy Poe").stderr
    assert 'dispatch issue correct week stone-was-cheap "..." --mends authors' in said
    assert "ids.authors" in run_dispatch(root, "publish", code=1).output
    run_dispatch(root, "issue", "correct", "week", "1", "It is by Cy Poe.", "--mends", "authors")
    run_dispatch(root, "publish")
    same = run_dispatch(root, "issue", "credit", "week", "1", "--certain").stderr
    assert "--mends" not in same


def test_a_wrong_choice_changes_nothing(root: Path) -> None:
    run_dispatch(root, "add", "page.html")
    credit = partial(run_dispatch, root, "issue", "credit", "week", "1")
    old = (root / read_only(root).file).read_bytes()
    assert "there is no choice 4" in credit("--choice", "4", code=1).stderr
    credit("--certain", "--none", code=2)
    run_dispatch(root, "add", "page.html", "page.html", "--choice", "1", code=2)
    assert (root / read_only(root).file).read_bytes() == old


def test_whoever_is_chosen_is_who_authors_toml_says(root: Path) -> None:
    (root / "authors.toml").write_text('[cy]\nname = "Cy Moe"\nformer = ["Cy Poe"]\n', "utf-8")
    run_dispatch(root, "add", "page.html")
    run_dispatch(root, "issue", "credit", "week", "1", "--author", "Cy Poe")
    assert read_only(root).authors == (Author(name="Cy Moe"),)


def test_witnesses_of_nobody_leave_no_choice() -> None:
    nobody = replace(CROWD, authors=(), witnesses=CROWD.witnesses[2:])
    assert compose.list_choices(nobody) == []
    assert list(describe_doubt(nobody)) == ["no author found", "  no person: The Paper (meta elements)"]
    with pytest.raises(IssueError, match="there is no choice 1"):
        compose.settle_credit(nobody, (), choice=1)


@pytest.mark.parametrize("name", ["Staff Writer", "Redaktion", "Freier Mitarbeiter", "Editorial Team", "Reporter"])
def test_a_job_or_a_staff_is_nobody_to_choose(name: str) -> None:
    article = nouns.article(1, authors=(Author(name=name),), certainty="likely")
    assert compose.list_choices(article) == []
    assert [*describe_doubt(article)] == [f"no author found: {name} is nobody’s name"]
    person = replace(article, authors=(Author(name="Ann Reporter"),))
    assert [one.authors for one in compose.list_choices(person)] == [person.authors]
