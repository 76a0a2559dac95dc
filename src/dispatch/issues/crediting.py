"""Name somebody by another key or name in the files of all issues, and leave every other line as it is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from dispatch import files, frontmatter
from dispatch.errors import IssueError
from dispatch.frontmatter import Value
from dispatch.issues.folder import SUFFIXES, IssueFile, IssueFolder
from dispatch.issues.heads import list_slugs
from dispatch.model import Author, Place, Publication


def rename_author(
    publication: Publication, key: str, is_theirs: Callable[[Author], bool], *, needs_all: bool
) -> list[str]:
    """Name by this key of authors.toml everybody who ``is_theirs``, in all bylines; return the files changed.

    Credits, and bylines with words of their own about somebody, get the present name. needs_all: a file that cannot be
    edited is an error; without it, such a file keeps what it says. Raises IssueError, and has then written nothing.
    """
    name = publication.authors[key].name

    def credit(item: Value) -> Value:
        if not is_theirs(_read_author(item)):
            return item
        is_more = isinstance(item, Mapping) and {"role", "bio", "avatar"} & item.keys()
        return {**item, "name": name} if isinstance(item, Mapping) and is_more else key

    pending: list[tuple[IssueFile, str]] = []
    for file in _read_article_files(publication):
        old = {part: cast("Value", file.front.data[part]) for part in ("authors", "credits") if part in file.front.data}
        changes = {part: new for part, value in old.items() if (new := _change_items(value, credit)) != value}
        try:
            text = frontmatter.edit_front_matter(file.text, changes) if changes else file.text
        except IssueError as error:
            if needs_all:
                raise error.within(Place(file=file.name)) from error
            continue
        pending += [(file, text)] if text != file.text else []
    root = publication.root
    for file, text in pending:
        files.replace_file(file.path, file.encoded_text, text.encode("utf-8"), within=root, error=IssueError)
    return [file.name for file, _ in pending]


def _read_article_files(publication: Publication) -> Iterator[IssueFile]:
    """Read the files of all articles, listed or not; one that cannot be read is left out, for check to report."""
    for slug in list_slugs(publication):
        folder = IssueFolder(publication=publication, slug=slug)
        for path in sorted(path for path in folder.path.iterdir() if path.suffix in SUFFIXES and path.stem != "issue"):
            if file := folder.read_file(path):
                yield file


def _change_items(value: Value, change: Callable[[Value], Value]) -> Value:
    """Change each item of a list, or what stands there alone; what then is there twice stays once."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return change(value)
    new = [change(item) for item in value]
    return new if new == list(value) else [item for number, item in enumerate(new) if item not in new[:number]]


def _read_author(item: Value) -> Author:
    """Read an item of authors: a key, or a name with an address."""
    if isinstance(item, Mapping):
        return Author(**{name: str(item.get(name) or "") for name in ("name", "url", "email")})
    return Author(name=str(item or ""))
