"""Feed readers from Debian show every item with its author, and open exactly its link."""

import sqlite3
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

import nouns
from dispatch import links
from dispatch.model import Contents, Publication
from judges.cases import CASES

Shown = list[tuple[str, str, str]]
cases = pytest.mark.parametrize("case", ["sample", "plain", "many-authors", "arabic", "hindi", "nothing-known"])
formats = pytest.mark.parametrize("format", ["rss", "atom"])


def expected(issue: Contents, publication: Publication, format: str) -> Shown:  # noqa: A002
    """Title, link and credit of each entry."""
    nobody = publication.title if format == "atom" else ""
    return [
        (
            article.title,
            links.encode_ascii(article.url),
            ", ".join(author.name for author in article.authors) or article.source.title or nobody,
        )
        for article in issue.articles
    ]


@pytest.mark.needs("sfeed")
@cases
@formats
def test_sfeed(case: str, format: str) -> None:  # noqa: A002
    issue, publication = CASES[case]()
    ran = subprocess.run(["sfeed"], input=nouns.body(format, issue, publication), capture_output=True, check=True)
    lines = [line.split("\t") for line in ran.stdout.decode().splitlines()]
    assert [(title, link, author) for _, title, link, _, _, _, author, *_ in lines] == expected(
        issue, publication, format
    )
    assert all(time for time, *_ in lines)


@pytest.mark.needs("newsboat")
@cases
@formats
def test_newsboat(case: str, format: str, tmp_path: Path) -> None:  # noqa: A002
    issue, publication = CASES[case]()
    (tmp_path / "feed").write_bytes(nouns.body(format, issue, publication))
    (tmp_path / "urls").write_text(f"file://{tmp_path}/feed\n")
    (tmp_path / "config").write_text("")
    subprocess.run(
        ["newsboat", "-C", "config", "-u", "urls", "-c", "cache.db", "-x", "reload"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=True,
    )
    cache = sqlite3.connect(tmp_path / "cache.db")
    shown = cache.execute("select title, url, author, content from rss_item order by id").fetchall()
    cache.close()
    wanted = expected(issue, publication, format)
    assert sorted((title, unquote(url), author) for title, url, author, _ in shown) == sorted(
        (title, unquote(url), author) for title, url, author in wanted
    )
    for article in issue.articles:
        (content,) = (content for title, _, _, content in shown if title == article.title)
        assert all(author.name in content for author in article.authors)
