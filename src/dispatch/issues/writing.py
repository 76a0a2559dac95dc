"""Write an Issue to its files, changing nothing in them that has not changed in it.

What stands on the disk is read first; only keys whose value is another one are written. The body of an article that is
there is never touched, but that of what is withdrawn goes. The body of issue.md is written when the issue has another
introduction, which is then Markdown. Everything is prepared, and read back, before the first byte is written; issue.md
comes last, so that it never lists what is not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Annotated

from dispatch import derived, files, frontmatter, html
from dispatch.errors import IssueError
from dispatch.frontmatter import Value
from dispatch.issues import heads, to_frontmatter
from dispatch.issues.folder import IssueFile, IssueFolder
from dispatch.issues.merging import merge_changes
from dispatch.issues.reading import IssueReader
from dispatch.model import Article, Issue, Place, Publication
from dispatch.slugs import is_slug

# What must come back from a file as it went in, or it is not written: the one promise.
_PROMISED = ("id", "url", "title", "authors", "credits", "source.title", "source.url", "source.syndicate", "terms")


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingWrite:
    """A file that is about to be written: the bytes that were read (none for a new one), and the new ones."""

    path: Path
    old: Annotated[bytes, "the bytes that were read; none for a new file"]
    new: bytes


def create_issue(publication: Publication, issue: Issue) -> Issue:
    """Write an issue that has no folder yet, with a file for each article, and return it as its files hold it.

    An article's file is ``.md`` when it has Markdown or no body, else ``.html``. Raises IssueError, and has then
    written nothing, when there is an issue of that slug or something of it cannot stand in a file.
    """
    folder = IssueReader(publication=publication, slug=issue.slug)
    if (folder.path / "issue.md").exists():
        raise IssueError(f"there is an issue “{issue.slug}” already", hint="Choose another slug.")
    return _write_issue(folder, issue, None)


def change_issue(publication: Publication, old: Issue, new: Issue) -> Issue:
    """Write what changed from ``old``, the issue as it was read, to ``new``; return it as its files hold it now.

    Of what the files say now only the keys that changed are touched, whoever has written into them since. A new
    article gets a file. An article under a new key, told by its id, takes its file along. An article that is no longer
    in the issue is no longer listed; its file stays, and is listed again when the article comes back as the file has
    it.

    Raises IssueError, and has then written nothing, when what is there cannot be read, when somebody else has changed
    one of the same keys meanwhile, when a file that no section lists is in the way, or when something of the issue
    cannot stand in a file. Who saves a file in the moment between the last look at all of them and the last write keeps
    their version; the error names it, and what was written before it stays.
    """
    folder = IssueReader(publication=publication, slug=new.slug)
    now = folder.read_issue()
    _raise_faults(folder)
    return _write_issue(folder, merge_changes(old, new, now) if now else new, now)


def prove_article(publication: Publication, slug: str, article: Article) -> None:
    """Prove that a file of the issue with that slug can hold a new article. Raises IssueError, naming the article."""
    _prepare_new(IssueReader(publication=publication, slug=slug), article)


def _write_issue(folder: IssueReader, issue: Issue, old: Issue | None) -> Issue:
    """Write what changed of an issue; ``old`` is what its files hold now."""
    keys = [article.key for article in issue.articles]
    for key in (issue.slug, *keys):
        if not is_slug(key) or keys.count(key) > 1 or key == "issue":
            raise IssueError(f"“{key}” cannot name a file here", hint="use a-z, 0-9 and hyphens, at most 80, once each")
    listed = {article.key: article for article in (old.articles if old else ())}
    renamed = {article.id: article for article in listed.values() if article.key not in keys}
    pending: list[PendingWrite] = []
    left: list[IssueFile] = []
    for article in issue.articles:
        known = listed.get(article.key) or renamed.get(article.id) or _find_unlisted(folder, issue, article)
        draft, moved_from = prepare_changed(folder, article, known) if known else (_prepare_new(folder, article), None)
        pending.append(draft)
        left += [moved_from] if moved_from else []
    pending.append(_prepare_issue(folder, issue, old))
    root = folder.publication.root
    changed = [one for one in pending if one.new != one.old]
    for one in changed:  # somebody may have saved since: look at all of them before the first is written
        files.refuse_changed(one.path, one.old, within=root, error=IssueError)
    for one in changed:
        files.replace_file(one.path, one.old, one.new, within=root, error=IssueError)
    for file in left:
        files.delete_file(file.path, old=file.encoded_text, within=root, error=IssueError)
    return issue


def add_files(publication: Publication, issue: Issue, beside: Mapping[str, bytes]) -> None:
    """Put files, by their names, beside an issue's articles. Raises IssueError when another file is in the way."""
    for name, body in beside.items():
        path = IssueFolder(publication=publication, slug=issue.slug).path / name
        if path.exists() and files.read_file(path, within=publication.root, error=IssueError) != body:
            raise IssueError("another file has this name", subject=files.format_path(path, publication.root))
        files.write_file(path, body, within=publication.root, error=IssueError)


def _find_unlisted(folder: IssueReader, issue: Issue, article: Article) -> Article | None:
    """Return the article when a file that no section lists has exactly its content."""
    there = folder.find_files(article.key)
    aside = replace(folder, faults=[])  # what is wrong in that file does not concern the issue
    found = aside.read_unlisted(there[0], issue) if there else None
    if found and found.image and article.image:  # its size is read from the file beside it
        found = replace(found, image=replace(found.image, width=article.image.width, height=article.image.height))
    return article if found == article else None


def _prepare_new(folder: IssueReader, article: Article) -> PendingWrite:
    """Prepare the file of an article that has none."""
    if there := folder.find_files(article.key):
        raise IssueError(
            "stands where an article's file would go, and no section lists it",
            subject=files.format_path(there[0], folder.publication.root),
            hint="list it in issue.md, rename it or delete it; or give another name: --key",
        )
    body = (article.markdown or html.rewrite_addresses(article.content, partial(_shorten_address, folder))).strip("\n")
    path = folder.publication.root / derived.choose_article_file(folder.slug, article.key, article)
    text = frontmatter.format_front_matter(
        to_frontmatter.article_to_frontmatter(article, None, {}, folder), f"\n{body}\n" if body else ""
    )
    try:
        _prove_round_trip(folder, path, text, article)
    except IssueError as error:  # there is no such file yet
        place = Place(address=f"“{article.title[:80]}”")
        raise IssueError(
            *(replace(fault, place=replace(place, key=fault.place.key)) for fault in error.faults)
        ) from error
    return PendingWrite(path=path, old=b"", new=text.encode("utf-8"))


def _shorten_address(folder: IssueFolder, address: str) -> str:
    """Shorten an address to the name of a file beside the article, where it is one."""
    name = folder.make_relative(address)
    return name if name != address and files.is_there(folder.path / name, within=folder.publication.root) else address


def prepare_changed(folder: IssueReader, article: Article, old: Article) -> tuple[PendingWrite, IssueFile | None]:
    """Prepare the file of an article that has one; and return the file that it leaves, if its key is new.

    Raises IssueError.
    """
    file = _require_file(folder, folder.find_files(old.key)[0])
    path = file.path.with_name(article.key + file.path.suffix)
    text = _edit_text(
        file, to_frontmatter.article_to_frontmatter(article, old, file.front.data, folder), to_frontmatter.ARTICLE
    )
    text = _remove_body(text) if article.withdrawn else text
    if text != file.text or path != file.path:
        _prove_round_trip(folder, path, text, article)
    is_moved = path != file.path
    draft = PendingWrite(path=path, old=b"" if is_moved else file.encoded_text, new=text.encode("utf-8"))
    return draft, file if is_moved else None


def _prepare_issue(folder: IssueReader, issue: Issue, old: Issue | None) -> PendingWrite:
    """Prepare the file issue.md."""
    path = folder.path / "issue.md"
    was = b""
    if old is None:
        text = frontmatter.format_front_matter(
            to_frontmatter.issue_to_frontmatter(issue, None, {}), f"{issue.intro}\n" if issue.intro else ""
        )
    else:
        file = _require_file(folder, path)
        was = file.encoded_text
        text = _edit_text(file, to_frontmatter.issue_to_frontmatter(issue, old, file.front.data), to_frontmatter.ISSUE)
        text = _replace_body(text, issue.intro) if issue.intro != old.intro else text
        text = _remove_body(text) if issue.withdrawn else text
    heads.read_heading(Issue, folder, folder.parse_text(path, text), {}, lambda *_: ())
    _raise_faults(folder)
    return PendingWrite(path=path, old=was, new=text.encode("utf-8"))


def _prove_round_trip(folder: IssueReader, path: Path, text: str, article: Article) -> None:
    """Read a text back as the article's file, and compare what is promised."""
    written = folder.read_article(folder.parse_text(path, text))
    _raise_faults(folder)
    lost = [name for name in _PROMISED if attrgetter(name)(written or Article()) != attrgetter(name)(article)]
    if lost:
        raise IssueError(f"cannot hold its {', '.join(lost)}", subject=files.format_path(path, folder.publication.root))


def _require_file(folder: IssueFolder, path: Path) -> IssueFile:
    """Return a file that was read before. Raises IssueError."""
    file = folder.read_file(path)
    _raise_faults(folder)
    if file is None:
        raise IssueError("cannot be read", subject=files.format_path(path, folder.publication.root))
    return file


def _edit_text(file: IssueFile, said: dict[str, Value], order: tuple[str, ...]) -> str:
    """Put these values into a file's text, and remove all others."""
    # A key that stands there without a value says nothing, and may go on doing so.
    changes: dict[str, Value] = {key: value for key, value in said.items() if value is not None}
    changes |= dict.fromkeys(key for key in file.front.data if key not in said)
    try:
        return frontmatter.edit_front_matter(file.text, changes, order)
    except IssueError as error:
        raise error.within(file.name) from error


def _replace_body(text: str, new: str) -> str:
    """Put another body into a file's text, after as many empty lines, with the same line ends."""
    body = frontmatter.split_front_matter(text)[2]
    end = "\r\n" if "\r\n" in text else "\n"
    lines = new.splitlines()
    above = body[: len(body) - len(body.lstrip("\r\n"))] if body.strip() else ""
    return _remove_body(text) + (above if lines else "") + "".join(line + end for line in lines)


def _remove_body(text: str) -> str:
    """Remove from a file's text what follows its front matter."""
    return text.removesuffix(frontmatter.split_front_matter(text)[2])


def _raise_faults(folder: IssueFolder) -> None:
    if folder.faults:
        raise IssueError(*folder.faults)
