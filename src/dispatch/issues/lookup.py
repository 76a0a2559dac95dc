"""Find the files of an issue, and those beside its articles."""

import os
import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from dispatch import commonmark, derived, files
from dispatch.errors import IssueError
from dispatch.formats import FORMATS
from dispatch.html import find_image_addresses
from dispatch.issues.folder import SUFFIXES, IssueFolder
from dispatch.issues.heads import list_slugs, list_strays
from dispatch.issues.reading import IssueReader
from dispatch.model import Article, Issue, Publication
from dispatch.text import find_merge_leftover

_PICTURES = (
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".webp",
    ".avif",
    ".svg",
)  # what own pages bring along


def find_path(publication: Publication, issue: Issue, article: Article | None = None) -> Path:
    """Find the file of an issue, or of an article that is or was in it. Raises IssueError when there is none."""
    folder = IssueFolder(publication=publication, slug=issue.slug)
    paths = folder.find_files(article.key) if article else [folder.path / "issue.md"]
    if not paths:
        raise IssueError(f"there is no file of “{article.key if article else ''}”", subject=f"issues/{issue.slug}")
    return paths[0]


def read_introductions(publication: Publication, slug: str) -> tuple[str, tuple[str, ...]]:
    """Read the introduction of an issue, and that of each of its sections, in Markdown as issue.md has them.

    Raises IssueError.
    """
    folder = IssueFolder(publication=publication, slug=slug)
    file = folder.read_file(folder.path / "issue.md")
    if file is None:
        raise IssueError(*folder.faults)
    listed = file.front.data.get("sections")
    sections = [item for item in (listed if isinstance(listed, list) else [listed]) if isinstance(item, Mapping)]
    return file.body_text.strip(), tuple(str(section.get("intro") or "").strip() for section in sections)


def list_names(publication: Publication, slug: str) -> tuple[str, ...]:
    """List the paths of everything in an issue's folder, and its own, but for hidden things; links are not followed."""
    root = IssueFolder(publication=publication, slug=slug).path
    found = [root]
    for where, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += (Path(where, name) for name in (*folders, *names) if name[0] != "." or name.endswith(".icloud"))
    return tuple(sorted(files.format_path(path, publication.root) for path in found))


def find_unmerged(publication: Publication, slug: str) -> tuple[tuple[str, int], ...]:
    """Find what an unfinished merge has left in an issue's folder, as pairs of file and line; unlisted articles count.

    Lines within a code block are taken for what the text is about.
    """
    folder = IssueFolder(publication=publication, slug=slug)
    paths = (path for path in sorted(folder.path.iterdir()) if path.suffix in SUFFIXES and path.name[0] != ".")
    marked = (path for path in paths if _may_be_unmerged(path, publication))
    found = [(file.name, folder.find_merge_leftover(file)) for path in marked if (file := folder.read_file(path))]
    found += [(fault.place.file, fault.place.line) for fault in folder.faults if fault.reason == "unfinished-merge"]
    return tuple((name, line) for name, line in found if line)


def _may_be_unmerged(path: Path, publication: Publication) -> bool:
    """Tell whether a file has to be parsed to know: most have nothing like the lines of a merge."""
    try:
        return bool(find_merge_leftover(files.read_text(path, within=publication.root, error=IssueError)))
    except IssueError:
        return True


def find_first_headings(publication: Publication, slug: str) -> tuple[tuple[str, int], ...]:
    """Find headings of the first level in an issue's introduction, the rank of its title, as pairs of file and line.

    A paragraph with a line of = under it is one, too; a merge may leave that.
    """
    folder = IssueFolder(publication=publication, slug=slug)
    file = folder.read_file(folder.path / "issue.md")
    lines = commonmark.find_first_headings(file.body_text) if file else []
    return tuple((file.name, file.body_line + line) for line in lines if file)


def read_unlisted(publication: Publication, issue: Issue) -> list[Article]:
    """Read the articles whose files no section lists, where possible. Raises IssueError when issue.md is wrong."""
    found = []
    for name in list_strays(publication, issue.slug):
        folder = IssueReader(publication=publication, slug=issue.slug)
        article = folder.read_unlisted(publication.root / name, issue)
        found += [article] if article else []
    return found


def delete_article_file(publication: Publication, issue: Issue, article: Article) -> Path:
    """Delete the file of an article that no section lists any more, and return its path.

    Raises IssueError, and has then deleted nothing, when the file says something else than the article by now.
    """
    folder = IssueReader(publication=publication, slug=issue.slug)
    where = find_path(publication, issue, article)
    file, there = folder.read_file(where), folder.read_unlisted(where, issue)
    if file is None or there != article:
        raise IssueError(
            "was changed meanwhile, and is not deleted", subject=files.format_path(where, publication.root)
        )
    return files.delete_file(where, old=file.encoded_text, within=publication.root, error=IssueError)


def read_pictures(publication: Publication, issue: Issue) -> dict[str, bytes]:
    """Read the files beside the articles that the issue shows or links to, by their path in its folder.

    Raises IssueError where one cannot be read, or is a link.
    """
    return {
        name: files.read_file(path, within=publication.root, error=IssueError)
        for _, name, path, _ in _list_files_beside(publication, issue)
        if files.is_there(path, within=publication.root)
    }


def find_publication_files(publication: Publication) -> dict[str, Path]:
    """Find what dispatch.toml, authors.toml and own pages show, logos, portraits, pictures, by its path in the site."""
    theme, base = publication.theme, f"{publication.url}/"
    shown = (theme.logo, theme.logo_dark, theme.header, *(one.avatar for one in publication.authors.values()))
    inside = (url for page in publication.pages for url in find_image_addresses(page.content))
    pictures = (url for url in inside if url.lower().endswith(_PICTURES) and "/." not in url)
    names = {unquote(address.removeprefix(base)) for address in (*shown, *pictures) if address.startswith(base)}
    found = {name: publication.root / name for name in sorted(names) if name and ".." not in name.split("/")}
    return {name: path for name, path in found.items() if files.is_there(path, within=publication.root)}


def find_missing_files(publication: Publication, issue: Issue) -> tuple[tuple[str, str], ...]:
    """List the pictures that the issue shows and that do not exist, as pairs of the file that names it and the name."""
    return tuple(
        (files.format_path(where, publication.root), name)
        for where, name, path, is_link in _list_files_beside(publication, issue)
        if not (is_link or files.is_there(path, within=publication.root))
    )


def find_broken_links(publication: Publication, issue: Issue) -> tuple[tuple[str, str], ...]:
    """List the links that are broken because they were written relative, as pairs of file and address.

    They name a file beside the articles that is not there; or, in somebody else's article, a page of the site that it
    was copied from, and lead to one of the publication's own instead. Raises IssueError where a file cannot be read.
    """
    editions = {row.path for row in FORMATS.values()}
    lost = [
        (files.format_path(where, publication.root), name)
        for where, name, path, is_link in _list_files_beside(publication, issue)
        if is_link and name not in editions and not files.is_there(path, within=publication.root)
    ]
    return tuple(dict.fromkeys([*lost, *_find_copied_links(publication, issue)]))


def _find_copied_links(publication: Publication, issue: Issue) -> Iterator[tuple[str, str]]:
    """List the links of other people's articles that lead to the publication's host, and were not written that way."""
    origin = "/".join(publication.url.split("/", 3)[:3])
    numbers = tuple(derived.build_issue_address(publication, slug) for slug in list_slugs(publication))
    links = re.compile(f' href="({re.escape(origin)}/[^"]*)"')
    for article in issue.articles:
        if article.own:
            continue
        found = [unescape(link[1]) for link in links.finditer(article.content)]
        found = [address for address in found if not address.startswith(numbers)]
        if found:
            where = find_path(publication, issue, article)
            written = unescape(files.read_text(where, within=publication.root, error=IssueError))
            name = files.format_path(where, publication.root)
            yield from ((name, address.removeprefix(origin)) for address in found if address not in written)


def _list_files_beside(publication: Publication, issue: Issue) -> Iterator[tuple[Path, str, Path, bool]]:
    """List every file below the issue's own address that something points to.

    What does so, the file's name, where it would be, and whether it is linked to, not shown.
    """
    folder = IssueFolder(publication=publication, slug=issue.slug)
    seen: set[tuple[Path, str, bool]] = set()
    for where, address, is_link in _list_addresses_below(issue, folder):
        name = unquote(re.split("[?#]", address.removeprefix(folder.base_url), maxsplit=1)[0])
        # The name has come through sanitising, not through a person: it may be anything.
        if name and "\0" not in name and not name.endswith("/") and ".." not in name.split("/"):
            if (where, name, is_link) not in seen:
                yield where, name, folder.path / name, is_link
            seen.add((where, name, is_link))


def _list_addresses_below(issue: Issue, folder: IssueFolder) -> Iterator[tuple[Path, str, bool]]:
    """List every address below the issue's own, with the file that has it, and whether it is a link."""
    quoted = re.compile(f'( href=)?"({re.escape(folder.base_url)}[^"]+)"')

    def find_quoted(where: Path, html: str) -> Iterator[tuple[Path, str, bool]]:
        found = quoted.finditer(html) if folder.base_url in html else ()
        return ((where, unescape(one[2]), bool(one[1])) for one in found)

    for html in (issue.intro, *(section.intro for section in issue.sections)):
        yield from find_quoted(folder.path / "issue.md", html)
    sponsors = (issue.sponsor, *(section.sponsor for section in issue.sections))
    for image in (one.image for one in sponsors if one and one.image):
        if image.url.startswith(folder.base_url):
            yield folder.path / "issue.md", image.url, False
    for article in issue.articles:
        where = next(iter(folder.find_files(article.key)), folder.path / f"{article.key}.md")
        portraits = (author.avatar for author in article.authors)
        images = (image.url for image in (article.image, article.sponsor and article.sponsor.image) if image)
        shown = (*images, *portraits, *(item.url for item in article.enclosures))
        yield from ((where, address, False) for address in shown if address.startswith(folder.base_url))
        yield from find_quoted(where, article.content)
