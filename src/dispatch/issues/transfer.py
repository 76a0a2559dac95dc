"""Move an article with its files from one issue into another."""

from collections.abc import Callable
from dataclasses import replace

from dispatch import files, identity
from dispatch.errors import IssueError
from dispatch.issues.lookup import delete_article_file, find_path, read_pictures
from dispatch.issues.reading import IssueReader
from dispatch.issues.writing import PendingWrite, add_files, change_issue, prepare_changed
from dispatch.model import Article, Issue, Publication, Section
from dispatch.slugs import find_unused


def move_to_issue(
    publication: Publication, old: Issue, article: Article, new: Issue, insert: Callable[[Issue, Article], Issue]
) -> Issue:
    """Move an article's file into the folder of another issue, with the files beside it that nothing else shows.

    insert: puts the article, as it is read there, into that issue. Its id stays, and so does everything that was
    written into its file. It is in both issues rather than in none when something fails between the two; then the same
    call does what is left.

    Returns the issue that it is in now. Raises IssueError, and has then changed nothing, when the first is published,
    or the second has the article already.
    """
    if old.status == "published":
        hint = f"Add it to the other issue as well: dispatch add {article.file} --issue {new.slug}"
        raise IssueError(f"{old.slug} is published, and readers have it there", subject=article.file, hint=hint)
    written, _ = prepare_changed(IssueReader(publication=publication, slug=old.slug), article, article)
    there = [other for other in new.articles if identity.is_same_article(article, other)]
    if there and _read_article_bytes(publication, there[0]) != written.new:
        hint = f"Remove one of the two: dispatch issue remove {old.slug} {article.key} --delete"
        raise IssueError(f"“{article.title}” is in {new.slug} already", subject=article.file, hint=hint)
    shown = read_pictures(publication, replace(old, intro="", sponsor=None, sections=(Section(articles=(article,)),)))
    add_files(publication, new, shown)
    changed = (
        new if there else change_issue(publication, new, insert(new, _copy_file(publication, written, article, new)))
    )
    rest = change_issue(publication, old, old.change_articles(lambda one: one if one.key != article.key else None))
    delete_article_file(publication, rest, article)
    folder = find_path(publication, rest).parent
    for name in shown.keys() - read_pictures(publication, rest).keys():
        files.delete_file(folder / name, old=shown[name], within=publication.root, error=IssueError)
    return changed


def _read_article_bytes(publication: Publication, article: Article) -> bytes:
    return files.read_file(publication.root / article.file, within=publication.root, error=IssueError)


def _copy_file(publication: Publication, written: PendingWrite, article: Article, new: Issue) -> Article:
    """Copy an article's file as it is, with its id, and return the article as it reads there."""
    folder = IssueReader(publication=publication, slug=new.slug)
    path = folder.path / written.path.name
    root = publication.root
    if path.exists() and files.read_file(path, within=root, error=IssueError) != written.new:
        path = path.with_stem(find_unused(article.key, (one.stem for one in folder.path.iterdir())))
    files.write_file(path, written.new, within=root, error=IssueError)
    if not (copied := folder.read_unlisted(path, new)):
        raise IssueError(*folder.faults)
    return copied
