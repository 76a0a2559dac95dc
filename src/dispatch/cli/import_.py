"""``dispatch import``."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import click

from dispatch import importers, links
from dispatch.cli.article_options import NameAndUrl, Pairs, make_authors
from dispatch.cli.context import (
    OpenPublication,
    hold_interrupts,
    hold_later_interrupts,
    open_publication,
    print_json,
    print_note,
    print_result,
    read_clock,
)
from dispatch.importers.export_files import open_export
from dispatch.importers.importing import ImportedPost, ImportRun, PublishedImport
from dispatch.publish import judge_issue
from dispatch.report import write_message


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--from", "kind", type=click.Choice(list(importers.IMPORTERS)), help="The system. Default: detected.")
@click.option("--site", default="", help="Address of the old site, to resolve relative links.")
@click.option(
    "--author", "authors", type=NameAndUrl(), multiple=True, help="Author of posts that name none; repeatable."
)
@click.option("--published/--draft", "publish", default=False, help="Publish what was public there. Default: drafts.")
@click.option("--dry-run", is_flag=True, help="Show what would be imported, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_(
    path: Path,
    kind: str | None,
    site: str,
    authors: tuple[tuple[str, str], ...],
    publish: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import a Substack, Ghost, WordPress, Buttondown or Mailchimp export, or a folder of Markdown, one issue per post.

    PATH is a zip, a folder or a file. Authors, dates and ids stay. What is not imported is listed, with the reason.
    Importing the same export again adds only what is new.

    \b
    Examples:
      dispatch import export.zip --dry-run
      dispatch import wordpress.xml --published
      dispatch import substack.zip --author "Ada Quay=https://people.example/ada"
      dispatch import my-hugo-site/ --from markdown --site https://old.example
      dispatch import export.zip --json > report.json
    """
    _require_web_address(site)
    here = open_publication()
    export = open_export(path)
    kind, report = kind or importers.find_importer(export), ImportReport(is_quiet=as_json)
    run = _make_run(here, authors, report, is_dry=dry_run)
    report.say(f"{export.name}: {importers.IMPORTERS[kind].title}, {len(export.names):,} files")
    with hold_later_interrupts():
        imported = report.show_outcomes(run.import_posts(importers.read_posts(export, kind, site)), export.name)
        public = {one.issue.slug: one.post.file for one in imported if one.is_public}
    if publish:
        # Each is judged whatever stands in the others.
        judge = partial(judge_issue, publication=here.publication, everything=(), is_whole=False)
        report.add_published(run.publish(public, judge))
    report.finish("would be imported" if dry_run else "imported")


def _require_web_address(site: str) -> None:
    if site and not (links.is_web_address(site) and links.parse_host(site)):
        raise click.BadParameter(f"“{site}” is not a web address; write https://old.example", param_hint="--site")


def _make_run(here: OpenPublication, authors: Pairs, report: "ImportReport", *, is_dry: bool) -> ImportRun:
    by = make_authors(authors, here.publication)

    @contextmanager
    def lock_for_post() -> Iterator[None]:
        """Let nothing come between the files of a post, Ctrl-C neither."""
        with here.lock_for_change(), hold_interrupts() as is_interrupted:
            yield
            report.interrupts.append(is_interrupted())

    return ImportRun(publication=here.publication, now=read_clock(), authors=by, is_dry=is_dry, lock=lock_for_post)


@dataclass(frozen=True)
class ImportReport:
    """What came of an import: lines while it goes on, or JSON at its end."""

    is_quiet: bool
    interrupts: list[bool] = field(default_factory=list)
    rows: dict[str, list[dict[str, object]]] = field(
        default_factory=lambda: {name: [] for name in ("imported", "skipped", "left", "failed")}
    )

    def say(self, words: str) -> None:
        """Print a line for people, unless JSON is wanted."""
        if not self.is_quiet:
            print_note(words)

    def show_outcomes(
        self, outcomes: Iterator[ImportedPost | importers.NotImported], export: str
    ) -> Iterator[ImportedPost]:
        """Report each outcome, and pass on what was imported; Ctrl-C ends it after the post that is being written."""
        try:
            for one in outcomes:
                if isinstance(one, ImportedPost):
                    self._add_imported(one)
                    yield one
                else:
                    self._add_reason(one.state, one.file, one.reason)
                if any(self.interrupts):
                    signal.raise_signal(signal.SIGINT)  # as if it had come now
        except KeyboardInterrupt:
            self._add_reason("failed", export, "interrupted; for the rest, import it again")

    def add_published(self, outcomes: Iterator[PublishedImport]) -> None:
        """Report what was published, and why the rest stays a draft."""
        for one in outcomes:
            if one.errors:
                more = f" (and {len(one.errors) - 1} more)" if len(one.errors) > 1 else ""
                reason = f"issues/{one.slug} stays a draft: {write_message(one.errors[0])}{more}"
                self._add_reason("failed", one.file, reason)
            elif one.was_changed or one.is_ahead:
                why = "it was changed meanwhile" if one.was_changed else "it is dated ahead"
                self._add_reason("failed", one.file, f"issues/{one.slug} stays a draft: {why}")
            else:
                next(row for row in self.rows["imported"] if row["slug"] == one.slug)["status"] = "published"

    def finish(self, verb: str) -> None:
        """Print the JSON, or all of it in one line. Exits with 1 when something failed."""
        if self.is_quiet:
            print_json(self.rows, indent=2)
        counts = {name: len(rows) for name, rows in self.rows.items()}
        published = sum(row["status"] == "published" for row in self.rows["imported"])
        self.say(
            f"{counts['imported']:,} {verb}{f', {published:,} of them published' if published else ''}, "
            f"{counts['skipped']:,} already in an issue, {counts['left']:,} not imported, {counts['failed']:,} failed"
        )
        if self.rows["failed"]:
            sys.exit(1)

    def _add_imported(self, one: ImportedPost) -> None:
        (article,) = one.issue.articles
        names = [author.name for author in article.authors]
        row: dict[str, object] = {
            "file": one.post.file,
            "slug": one.issue.slug,
            "id": article.id,
            "url": article.url,
            "title": one.issue.title,
            "date": one.issue.date.isoformat(),
            "authors": names,
            "status": one.issue.status,
            "notes": list(one.post.notes),
            "pictures": list(one.post.pictures),
        }
        self.rows["imported"].append(row)
        if not self.is_quiet:
            print_result(f"issues/{one.issue.slug}/issue.md")
        self.say(f"“{one.issue.title}”{' by ' if names else ', no author found'}{', '.join(names)}")
        for note in one.post.notes:
            self.say(f"  {one.post.file}: {note}")

    def _add_reason(self, state: str, file: str, reason: str) -> None:
        self.rows[state].append({"file": file, "reason": reason})
        self.say(f"{file}: {reason}")
