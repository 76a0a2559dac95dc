"""Which issues there are, which of them is meant, and what stands beside an issue's articles."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from dispatch import files, tables, terms
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


def pictures(publication: Publication, issue: Issue) -> dict[str, bytes]:
    """The files beside the articles that the issue shows or links to, by their path in its folder.

    Raises IssueError where one cannot be read, or is a link.
    """
    return {
        name: files.read(path, within=publication.root, error=IssueError)
        for name, path in _beside(publication, issue)
        if path.is_file()
    }


def absent(publication: Publication, issue: Issue) -> list[str]:
    """What the issue shows as a file beside its articles, and is not there: paths in its folder."""
    return sorted(name for name, path in _beside(publication, issue) if not path.is_file())


def _beside(publication: Publication, issue: Issue) -> Iterator[tuple[str, Path]]:
    """Every file below the issue's own address that something in the issue points to."""
    base = terms.page(publication, issue.slug)
    folder = publication.root / "issues" / issue.slug
    seen: set[str] = set()
    for address in _addresses(issue, base):
        name = unquote(re.split("[?#]", address.removeprefix(base), maxsplit=1)[0])
        if name and name not in seen and "\0" not in name and not name.endswith("/") and ".." not in Path(name).parts:
            seen.add(name)
            yield name, folder / name


def _addresses(issue: Issue, base: str) -> Iterator[str]:
    """Every address below ``base`` in an issue."""
    quoted = re.compile(f'"({re.escape(base)}[^"]+)"')
    for html in (
        issue.intro,
        *(section.intro for section in issue.sections),
        *(item.content for item in issue.articles),
    ):
        for found in quoted.finditer(html):
            yield unescape(found[1])
    for article in issue.articles:
        shown = [article.image.url if article.image else "", *(author.avatar for author in article.authors)]
        yield from (url for url in (*shown, *(item.url for item in article.enclosures)) if url.startswith(base))
