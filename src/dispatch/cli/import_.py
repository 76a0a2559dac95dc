"""``dispatch import``."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from dispatch import compose, importers, links
from dispatch.cli.article_options import NameAndUrl, Pairs, make_authors
from dispatch.cli.completion import complete_author
from dispatch.cli.context import OpenPublication, hold_interrupts, hold_later_interrupts, open_publication, read_clock
from dispatch.cli.import_report import ImportReport, describe_homes
from dispatch.importers import NotImported, Post
from dispatch.importers.drafts import make_article
from dispatch.importers.export_files import open_export
from dispatch.importers.importing import ALONE, ImportRun
from dispatch.model import Article, Issue
from dispatch.publish import judge_issue


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--from", "kind", type=click.Choice(list(importers.IMPORTERS)), help="The system. Default: detected.")
@click.option("--site", default="", help="Address of the old site, to resolve relative links.")
@click.option(
    "--author",
    "authors",
    type=NameAndUrl(),
    multiple=True,
    help="Author of posts that name none; repeatable.",
    shell_complete=complete_author,
)
@click.option("--into", default="", help="Put everything into this issue, instead of an issue per post.")
@click.option("--into-inbox", is_flag=True, help="Put everything into the inbox. Default for bookmarks.")
@click.option("--published/--draft", "publish", default=False, help="Publish what was public there. Default: drafts.")
@click.option("--dry-run", is_flag=True, help="Show what would be imported, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_(
    path: Path,
    kind: str | None,
    site: str,
    authors: tuple[tuple[str, str], ...],
    into: str,
    into_inbox: bool,
    publish: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import the export of another system, or a folder of Markdown, one issue per post; or bookmarks.

    Known are Substack, Ghost, WordPress, Beehiiv, Medium, Buttondown, Mailchimp, what Jekyll, Hugo and Eleventy build
    sites of, and the bookmarks of browsers, Raindrop, Pocket, Instapaper and Pinboard.

    PATH is a zip, a folder or a file. Authors, dates and ids stay, old addresses lead on. What is not imported is
    listed, with the reason. Importing the same export again adds only what is new.

    \b
    Examples:
      dispatch import export.zip --dry-run
      dispatch import wordpress.xml --published
      dispatch import substack.zip --author "Ada Quay=https://people.example/ada"
      dispatch import my-hugo-site/ --from markdown --site https://old.example
      dispatch import bookmarks.html --into week-48
      dispatch import export.zip --json > report.json
    """
    _require_fitting_options(site, into, publish=publish, into_inbox=into_inbox)
    here = open_publication()
    export = open_export(path)
    kind, report = kind or importers.find_importer(export), ImportReport(is_quiet=as_json, is_joined=bool(into))
    report.say(f"{export.name}: {importers.IMPORTERS[kind].title}, files: {len(export.names):,}")
    run = _make_run(here, authors, report, into=into, is_dry=dry_run)
    found = importers.read_posts(export, kind, site, share_folder=bool(into))
    if into_inbox or (kind == "bookmarks" and not into):
        report.show_kept(_keep_posts(here, kind, found, run))
    else:
        _import_posts(here, run, report, found, export.name, publish=publish)
    report.finish("would be imported" if dry_run else "imported")


def _import_posts(
    here: OpenPublication,
    run: ImportRun,
    report: ImportReport,
    found: Iterator[Post | NotImported],
    export: str,
    *,
    publish: bool,
) -> None:
    """Make issues of the posts, or articles of one issue, and publish what is to be."""
    with hold_later_interrupts():
        imported = list(report.show_outcomes(run.import_posts(found), export))
        public = {one.issue.slug: one.post.file for one in imported if one.is_public}
    report.hints.extend(describe_homes(imported, here.publication))
    if publish:
        # Each is judged whatever stands in the others.
        judge = partial(judge_issue, publication=here.publication, everything=(), is_whole=False)
        report.add_published(run.publish(public, judge))


def _keep_posts(
    here: OpenPublication, kind: str, found: Iterable[Post | NotImported], run: ImportRun
) -> Iterator[Post | NotImported]:
    """Put the posts into the inbox; yield what was new there, and what was not imported."""
    posts: list[Post] = []
    seen: set[str] = set()
    for one in found:
        if isinstance(one, NotImported):
            yield one
        elif one.objection:
            yield NotImported(file=one.file, title=one.article.title, reason=f"{one.objection}; {ALONE}")
        elif one.article.url in seen:
            yield NotImported(file=one.file, title=one.article.title, reason="it is there twice", state="skipped")
        else:
            seen |= {one.article.url} - {""}
            posts.append(run.complete_post(one))
    with here.open_inbox(only_reads=run.is_dry) as box:
        articles = [make_article(post, here.publication, run.now) for post in posts]
        new = {*box.find_unknown(kind, articles)}
        for number, (post, title) in enumerate((post, post.article.title) for post in posts):
            known = NotImported(file=post.file, title=title, reason="it is in the inbox", state="skipped")
            yield post if number in new else known
        if not run.is_dry:
            box.keep_articles(kind, articles, run.now)


def _require_fitting_options(site: str, into: str, *, publish: bool, into_inbox: bool) -> None:
    if (into or into_inbox) and publish:
        raise click.UsageError("--published is for an issue per post.")
    if into and into_inbox:
        raise click.UsageError("Give --into or --into-inbox.")
    if site and not (links.is_web_address(site) and links.parse_host(site)):
        raise click.BadParameter(f"“{site}” is not a web address; write https://old.example", param_hint="--site")


def _make_run(here: OpenPublication, authors: Pairs, report: ImportReport, *, into: str, is_dry: bool) -> ImportRun:
    slug = here.find_slug(into, drafts=True) if into else ""
    by = make_authors(authors, here.publication)

    @contextmanager
    def lock_for_post() -> Iterator[None]:
        """Let nothing come between the files of a post, Ctrl-C neither."""
        with here.lock_for_change(), hold_interrupts() as is_interrupted:
            yield
            report.interrupts.append(is_interrupted())

    def add_article(issue: Issue, article: Article, section: str) -> tuple[Issue, list[Article]]:
        return compose.add_articles(issue, [article], here.publication, section=section)[:2]

    return ImportRun(
        publication=here.publication,
        now=read_clock(),
        authors=by,
        is_dry=is_dry,
        into=slug,
        add=add_article,
        lock=lock_for_post,
    )
