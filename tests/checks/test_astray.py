"""Links that were written relative, in the files of an issue: told as links, by the address as it was written."""

from pathlib import Path

import pytest

from dispatch import check, config, issues
from dispatch.model import Finding, Place

CONFIG = 'title = "The Wire"\nurl = "https://wire.example"\n'
ISSUE = "---\ntitle: Issue\ndate: 2025-02-14\nsections:\n  - articles: [own, theirs]\n---\n"
OTHER = "---\ntitle: Other\ndate: 2025-02-07\nsections: []\n---\n"
OWN = "---\ntitle: Own\nauthors: [{name: Ada}]\n---\n"
THEIRS = "---\ntitle: Theirs\nurl: https://paper.example/a\nauthors: [{name: Bea}]\n---\n"


def told(folder: Path, *, own: str = "x", theirs: str = "x", ending: str = "md") -> list[Finding]:
    here = folder / "issues" / "one"
    here.mkdir(parents=True)
    (folder / "issues" / "other").mkdir()
    (folder / "dispatch.toml").write_text(CONFIG, "utf-8")
    (here / "issue.md").write_text(ISSUE, "utf-8")
    (folder / "issues" / "other" / "issue.md").write_text(OTHER, "utf-8")
    (here / f"own.{ending}").write_text(OWN + own, "utf-8")
    (here / f"theirs.{ending}").write_text(THEIRS + theirs, "utf-8")
    (here / "list.pdf").write_bytes(b"pdf")
    publication = config.load(folder)
    issue = issues.read_issue(publication, "one")
    found = check.findings(
        issue,
        (),
        publication,
        missing=issues.find_missing_files(publication, issue),
        astray=issues.find_broken_links(publication, issue),
    )
    return [one for one in found if one.rule.startswith("links.") or one.rule == "editorial.picture"]


@pytest.mark.parametrize(
    ("link", "rule", "named"),
    [
        ("foo.html", "links.relative", "foo.html"),
        ("foo.html?a=1#b", "links.relative", "foo.html"),
        ("/rel?a=1&b=2", "links.relative", "/rel?a=1&b=2"),
        ("../../rel", "links.relative", "/rel"),
        ("//wire.example/rel", "links.relative", "/rel"),
        ("#x", "links.fragment", "#x"),
    ],
)
@pytest.mark.parametrize("ending", ["md", "html"])
def test_a_relative_link_of_somebody_elses(tmp_path: Path, link: str, rule: str, named: str, ending: str) -> None:
    text = f"[rel]({link})" if ending == "md" else f'<p><a href="{link.replace("&", "&amp;")}">rel</a></p>'
    (found,) = told(tmp_path, theirs=text, ending=ending)
    assert (found.rule, found.subject, found.place) == (rule, "link", Place(file=f"issues/one/theirs.{ending}"))
    assert str(found.get_value("url")).endswith(named)


@pytest.mark.parametrize(
    "link",
    [
        "list.pdf",
        "feed.xml",
        "#own",
        "https://wire.example/about?a=1&b=2",
        "../other/",
        "https://paper.example/rel",
    ],
)
@pytest.mark.parametrize("ending", ["md", "html"])
def test_a_link_that_was_meant(tmp_path: Path, link: str, ending: str) -> None:
    text = f"[rel]({link})" if ending == "md" else f'<p><a href="{link.replace("&", "&amp;")}">rel</a></p>'
    assert told(tmp_path, theirs=text, ending=ending) == []


def test_ones_own_articles_may_link_to_ones_own_site(tmp_path: Path) -> None:
    assert told(tmp_path, own="[about](/about) and [this](list.pdf)") == []


def test_links_and_pictures_are_told_apart(tmp_path: Path) -> None:
    found = told(tmp_path, own="[a](a.png) ![b](b.png)")
    assert [(one.rule, one.subject, one.values) for one in found] == [
        ("links.relative", "link", (("url", "a.png"),)),
        ("editorial.picture", "file", (("file", "b.png"),)),
    ]
