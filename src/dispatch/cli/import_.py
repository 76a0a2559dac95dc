"""``dispatch import``."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from dispatch import archive_files, archives, compose, issues, ledger, links
from dispatch.archives import ARCHIVES, Left, Post
from dispatch.cli.article_options import Named
from dispatch.cli.context import Desk, desk, now, say, tell, tell_json
from dispatch.errors import IssueError
from dispatch.model import Author, Issue, Publication
from dispatch.report import write_message
from dispatch.terminal import fold_line


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--from", "kind", type=click.Choice(list(ARCHIVES)), help="What it is. Default: found out.")
@click.option("--site", default="", help="Where the old site stood: what is relative in its posts is relative to it.")
@click.option("--author", "authors", type=Named(), multiple=True, help="Who wrote what names nobody; repeatable.")
@click.option(
    "--published/--draft", "publish", default=False, help="Publish what was published there. Default: all are drafts."
)
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would come.")
@click.option("--json", "as_json", is_flag=True, help="As one object.")
def import_(
    path: Path,
    kind: str | None,
    site: str,
    authors: tuple[tuple[str, str], ...],
    publish: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import the archive at PATH, a zip, a folder or a file: each post becomes an issue with one article.

    Reads what Ghost, WordPress, Substack, Buttondown and Mailchimp give out, and folders of Markdown with front matter.
    Authors and ids stay. What cannot be placed is said, with the reason. A second time adds nothing twice.

    \b
    Examples:
      dispatch import export.zip --dry-run
      dispatch import wordpress.xml --published
      dispatch import substack.zip --author "Ada Quay=https://people.example/ada"
      dispatch import my-hugo-site/ --from markdown --site https://old.example
      dispatch import export.zip --json > report.json
    """
    if site and not (links.is_web(site) and links.host(site)):
        raise click.BadParameter(f"“{site}” is no address; write https://old.example", param_hint="--site")
    here = desk()
    archive = archive_files.opened(path)
    kind = kind or archives.kind_of(archive)
    if not as_json:
        say(f"{archive.name}: {ARCHIVES[kind].title}, {len(archive.names):,} files")
    done = Done(kind=kind, is_quiet=as_json)
    by = tuple(Author(name=name, url=page) for name, page in authors)
    found = _imported(here, archives.read(archive, kind, site), by, done, dry_run=dry_run)
    public = {one.slug: post.file for post, one in found if post.is_public and not post.held}
    if publish:
        _publish(here, public, done, dry_run=dry_run)
    if as_json:
        tell_json(done.rows, indent=2)
    else:
        say(done.summary("would be imported" if dry_run else "imported"))
    if done.rows["failed"]:
        sys.exit(1)


@dataclass(frozen=True)
class Done:
    """What came of an import, as it is told."""

    kind: str
    is_quiet: bool
    rows: dict[str, list[dict[str, object]]] = field(
        default_factory=lambda: {name: [] for name in ("imported", "skipped", "left", "failed")}
    )

    def imported(self, post: Post, one: Issue) -> None:
        """An issue came of a post."""
        (article,) = one.articles
        names = [author.name for author in article.authors]
        row: dict[str, object] = {
            "file": post.file,
            "slug": one.slug,
            "id": article.id,
            "url": article.url,
            "title": one.title,
            "date": one.date.isoformat(),
            "authors": names,
            "status": one.status,
            "notes": list(post.notes),
            "pictures": list(post.pictures),
        }
        self.rows["imported"].append(row)
        if not self.is_quiet:
            tell(f"issues/{one.slug}/issue.md")
            say(f"“{one.title}” by {', '.join(names) or 'nobody named'}")
            for note in post.notes:
                say(f"  {fold_line(f'{post.file}: {note}')}")

    def said(self, what: str, file: str, reason: str) -> None:
        """Something was skipped, left, or failed."""
        self.rows[what].append({"file": file, "reason": reason})
        if not self.is_quiet:
            say(fold_line(f"{file}: {reason}"))

    def published(self, slug: str) -> None:
        """The issue of that slug is published."""
        next(row for row in self.rows["imported"] if row["slug"] == slug)["status"] = "published"

    def summary(self, words: str) -> str:
        """All of it in one line."""
        counts = {name: len(rows) for name, rows in self.rows.items()}
        published = sum(row["status"] == "published" for row in self.rows["imported"])
        return (
            f"{counts['imported']:,} {words}{f', {published:,} of them published' if published else ''}, "
            f"{counts['skipped']:,} there already, {counts['left']:,} left, {counts['failed']:,} failed"
        )


def _imported(
    here: Desk, found: Iterator[Post | Left], authors: tuple[Author, ...], done: Done, *, dry_run: bool
) -> Iterator[tuple[Post, Issue]]:
    """Each post that is new, with its issue, written. What is broken does not stop the rest.

    authors: who wrote what names nobody, as the editor says.
    """
    publication = here.publication
    known = compose.known((), ledger.read(publication))
    taken: set[str] = set()
    seen = -1
    for post in found:
        if isinstance(post, Left):
            done.said("failed" if post.is_fault else "left", post.file, post.reason)
            continue
        with nullcontext() if dry_run else here.changing():
            if seen != _stamp(publication):  # there may be issues of another command's making
                others = sorted({*issues.names(publication)} - taken)
                known |= compose.known((issues.read(publication, slug) for slug in others), ())
                taken.update(others)
            pair = _written(publication, post, known, taken, authors, done, dry_run=dry_run)
            seen = _stamp(publication)
        if pair is None:
            continue
        taken.add(pair[1].slug)
        known |= compose.known([pair[1]], ())
        done.imported(*pair)
        yield pair


def _stamp(publication: Publication) -> int:
    """What the system says of the folder of the issues: it is another one whenever an issue has come or gone."""
    folder = publication.root / "issues"
    return folder.stat().st_mtime_ns if folder.is_dir() else 0


def _written(
    publication: Publication,
    post: Post,
    known: Mapping[str, str],
    taken: set[str],
    authors: tuple[Author, ...],
    done: Done,
    *,
    dry_run: bool,
) -> tuple[Post, Issue] | None:
    """The post and its issue, written; None when it is there already or cannot be written, which is told."""
    if (slug := compose.found_in(post, known)) is not None:
        where = f"is there already: issues/{slug}" if slug else "was published before, and is gone on purpose"
        done.said("skipped", post.file, f"“{post.article.title}” {where}")
        return None
    if authors and not post.article.authors:
        post = replace(post, article=replace(post.article, authors=authors, certainty="certain"))
    one = compose.imported(post, publication, now(), taken)
    post = replace(post, notes=(*_changes(post, one), *post.notes))
    try:
        if not dry_run:
            issues.lay(publication, one, post.pictures)
            issues.create(publication, one)
    except IssueError as error:
        done.said("failed", post.file, str(error))
        return None
    return post, one


def _changes(post: Post, one: Issue) -> Iterator[str]:
    """What an editor should know of the issue that the post became."""
    (article,) = one.articles
    if post.known_as:
        yield f"its author is known only as “{post.known_as}”"
    elif not article.authors:
        yield "the archive names no author"
    if not article.published:
        yield f"it has no date; the issue is dated {one.date:%Y-%m-%d}"
    if post.slug and post.slug != one.slug:
        yield f"its slug “{post.slug}” became {one.slug}"
    if post.held:
        yield f"{post.held}; it stays a draft, whole"


def _publish(here: Desk, public: Mapping[str, str], done: Done, *, dry_run: bool) -> None:
    """Publish the issues of these slugs that are sound; the rest stay drafts, and it is said why, by their file."""
    from dispatch import check as stage
    from dispatch.publish import render_formats

    publication = here.publication
    if dry_run:
        for slug in public:
            done.published(slug)
        return
    for one in (one for one in issues.read_all(publication) if one.slug in public):
        findings = stage.findings(
            one,
            render_formats(one, here.publication),
            publication,
            missing=issues.missing(publication, one),
            astray=issues.astray(publication, one),
        )
        errors = [finding for finding in findings if finding.severity == "error"]
        if errors:
            more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
            done.said("failed", public[one.slug], f"issues/{one.slug} stays a draft: {write_message(errors[0])}{more}")
            continue
        with here.changing():
            if issues.read(publication, one.slug) != one:
                done.said("failed", public[one.slug], f"issues/{one.slug} stays a draft: it was changed meanwhile")
                continue
            # The ledger first: what it has forgotten could change unseen.
            ledger.remember(publication, one)
            issues.change(publication, one, replace(one, status="published"))
        done.published(one.slug)
