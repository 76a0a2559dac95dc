"""Which issues there are, which of them is meant, and what stands beside an issue's articles."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from dispatch import files, tables
from dispatch.errors import IssueError
from dispatch.issues.reading import SUFFIXES, Folder, names
from dispatch.model import Article, Issue, Publication, Status


def find(publication: Publication, name: str) -> str:
    """The slug that a name, or its unambiguous beginning, means. Raises IssueError with the nearest."""
    slugs = names(publication)
    begun = [slug for slug in slugs if slug.startswith(name)] if name else []
    if name in slugs or len(begun) == 1:
        return name if name in slugs else begun[0]
    if begun:
        raise IssueError(f"“{name}” could be {' or '.join(begun)}", hint="write more of its name")
    hint = "dispatch issue list shows them all" if slugs else "make one with: dispatch issue new TITLE"
    raise IssueError(f"there is no issue “{name}”{tables.nearest(name, slugs)}", hint=hint)


def newest(publication: Publication, status: Status | None = None) -> str | None:
    """The slug of the newest issue (of that status): the latest date, then the highest number; None without any.

    Raises IssueError with the faults of every issue.md.
    """
    faults: list[str] = []
    heads = [Folder(publication=publication, slug=slug, faults=faults).head() for slug in names(publication)]
    if faults:
        raise IssueError("\n".join(faults))
    fit = [head for head in heads if head and status in (None, head.status)]
    return max(fit, key=lambda head: (head.date, head.number or 0, head.slug)).slug if fit else None


def path(publication: Publication, issue: Issue, article: Article | None = None) -> Path:
    """The file of an issue, or of an article that is or was in it. Raises IssueError when there is none."""
    folder = Folder(publication=publication, slug=issue.slug)
    paths = folder.of(article.key) if article else [folder.path / "issue.md"]
    if not paths:
        raise IssueError(f"there is no file of “{article.key if article else ''}”", subject=f"issues/{issue.slug}")
    return paths[0]


def strays(publication: Publication, slug: str) -> list[str]:
    """The article files of an issue that no section lists, by their path in the publication. Raises IssueError."""
    folder = Folder(publication=publication, slug=slug)
    file = folder.file(folder.path / "issue.md")
    if file is None:
        raise IssueError("\n".join(folder.faults))
    sections = file.front.data.get("sections")
    listed = {"issue"}
    for section in sections if isinstance(sections, list) else [sections]:
        keys = section.get("articles") if isinstance(section, dict) else None
        listed.update(str(key) for key in (keys if isinstance(keys, list) else [keys]))
    return sorted(
        files.name(path, publication.root)
        for path in folder.path.iterdir()
        if path.suffix in SUFFIXES and path.stem not in listed and not path.name.startswith(".")
    )


def unlisted(publication: Publication, issue: Issue) -> list[Article]:
    """The articles whose files no section lists, where they can be read. Raises IssueError when issue.md cannot."""
    found = []
    for name in strays(publication, issue.slug):
        folder = Folder(publication=publication, slug=issue.slug)
        article = folder.unlisted(publication.root / name, issue)
        found += [article] if article else []
    return found


def delete(publication: Publication, issue: Issue, article: Article) -> Path:
    """Delete the file of an article that no section lists any more, and return its path. Raises IssueError."""
    return files.delete(path(publication, issue, article), within=publication.root, error=IssueError)


def pictures(publication: Publication, issue: Issue) -> dict[str, bytes]:
    """The files beside the articles that the issue shows or links to, by their path in its folder.

    Raises IssueError where one cannot be read, or is a link.
    """
    return {
        name: files.read(path, within=publication.root, error=IssueError)
        for _, name, path in _beside(publication, issue)
        if files.is_there(path)
    }


def missing(publication: Publication, issue: Issue) -> tuple[tuple[str, str], ...]:
    """What the issue points to as a file beside its articles, and is not there: the file that does so, and the name."""
    return tuple(
        (files.name(where, publication.root), name)
        for where, name, path in _beside(publication, issue)
        if not files.is_there(path)
    )


def _beside(publication: Publication, issue: Issue) -> Iterator[tuple[Path, str, Path]]:
    """Every file below the issue's own address that something points to: what does so, the name, where it would be."""
    folder = Folder(publication=publication, slug=issue.slug)
    seen: set[tuple[Path, str]] = set()
    for where, address in _addresses(issue, folder):
        name = unquote(re.split("[?#]", address.removeprefix(folder.base), maxsplit=1)[0])
        # The name has come through sanitising, not through a person: it may be anything.
        if name and "\0" not in name and not name.endswith("/") and ".." not in name.split("/"):
            if (where, name) not in seen:
                yield where, name, folder.path / name
            seen.add((where, name))


def _addresses(issue: Issue, folder: Folder) -> Iterator[tuple[Path, str]]:
    """Every address below the issue's own, with the file that has it."""
    quoted = re.compile(f'"({re.escape(folder.base)}[^"]+)"')
    for html in (issue.intro, *(section.intro for section in issue.sections)):
        yield from ((folder.path / "issue.md", unescape(found[1])) for found in quoted.finditer(html))
    for article in issue.articles:
        where = next(iter(folder.of(article.key)), folder.path / f"{article.key}.md")
        portraits = (author.avatar for author in article.authors)
        shown = (article.image.url if article.image else "", *portraits, *(item.url for item in article.enclosures))
        yield from ((where, address) for address in shown if address.startswith(folder.base))
        yield from ((where, unescape(found[1])) for found in quoted.finditer(article.content))
