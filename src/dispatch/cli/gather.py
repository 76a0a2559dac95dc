"""``dispatch gather``."""

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated

import click

from dispatch import gather as gathering
from dispatch import inbox, sources
from dispatch.cli.completion import complete_source
from dispatch.cli.context import (
    NO_SOURCES,
    hold_interrupts,
    open_publication,
    print_json,
    print_note,
    print_result,
    read_clock,
)
from dispatch.model import Fault, Source, Visit
from dispatch.text import escape_words, shorten_line

if TYPE_CHECKING:
    from dispatch.gather import GatherResult
    from dispatch.inbox import KeepResult

WEEKS = timedelta(weeks=2)
MOST_NUMBERS = 10


def _require_inbox_folder(_context: click.Context, _option: click.Parameter, to: str | None) -> str | None:
    if to and to.strip("./\\") != inbox.FOLDER:
        raise click.BadParameter(f"write --to {inbox.FOLDER}/: beside dispatch.toml, where all commands find it")
    return to


@click.command()
@click.argument("keys", metavar="[SOURCE]...", nargs=-1, shell_complete=complete_source)
@click.option("--json", "as_json", is_flag=True, help="Print the result of each source as a JSON array.")
@click.option("--allow-private", is_flag=True, help="Allow addresses in private networks.")
@click.option("--to", callback=_require_inbox_folder, metavar="inbox/", help="Share the inbox in git from now on.")
def gather(keys: tuple[str, ...], as_json: bool, allow_private: bool, to: str | None) -> None:
    """Fetch new articles from each SOURCE into the inbox (default: all sources in dispatch.toml).

    A source that asked for a pause is skipped until it is over, unless you name it. Exits with 1 if a source failed or
    an entry was left out; the others are gathered all the same. After Ctrl-C, what was gathered is in the inbox.

    With --to inbox/, what is gathered is kept in that folder, a small file an entry, and so is what is dismissed:
    whoever has the repository has the same inbox, with the same numbers.

    \b
    Examples:
      dispatch gather
      dispatch gather --to inbox/
      dispatch gather paper tide --json
    """
    here, started = open_publication(), read_clock()
    chosen = [sources.find_source(here.publication, key) for key in keys] or list(here.publication.sources)
    options = {"allow_private": allow_private, "in_any_case": bool(keys)}
    if to:
        inbox.share_inbox(here.publication)
    with inbox.open_inbox(here.publication) as box, hold_interrupts() as is_stopped:
        results = gathering.gather_into_inbox(box, here.publication, chosen, started, **options, is_stopped=is_stopped)
        report = _collect_results(results, [_name_source(one) for one in chosen])
        visits = box.read_visits()
    _print_report(report, here.publication.sources, visits, started, as_json=as_json)
    if not report.is_whole:
        sys.exit(1)


def _name_source(source: Source) -> str:
    return source.key or source.title or source.url


def _collect_results(results: "Iterable[tuple[GatherResult, KeepResult]]", names: Sequence[str]) -> "GatherReport":
    """Collect what each source brought, and show the progress, with the names of those that are waited for."""
    report = GatherReport(of=len(names))
    waiting = dict.fromkeys(names)
    _show_progress(waiting, report.of)
    for result, kept in results:
        report.add_result(result, kept)
        waiting.pop(_name_source(result.source), None)
        _show_progress(waiting, report.of)
    _show_progress((), report.of)
    return report


@dataclass(frozen=True)
class GatherReport:
    """What a gathering brought, without the articles themselves."""

    of: Annotated[int, "how many sources were to be gathered"]
    rows: list[dict[str, object]] = field(default_factory=list)
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    failed: dict[str, Visit] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    same_id: dict[str, list[int]] = field(default_factory=dict)
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("new", "changed", "unchanged", "early", "dismissed", "later"), 0)
    )

    @property
    def is_whole(self) -> bool:
        """Whether every source was gathered, and every entry taken."""
        is_left_out = any(fault.reason in {"too-large", "cut-off"} for _, fault in self.faults)
        return not self.failed and not is_left_out and len(self.rows) == self.of

    def add_result(self, result: "GatherResult", kept: "KeepResult") -> None:
        """Add the result of one source."""
        key, visit = _name_source(result.source), result.visit
        if result.error:
            self.failed[key] = visit
        if visit.moved_to:
            self.moved[key] = visit.moved_to
        if kept.same_id:
            self.same_id[key] = kept.same_id
        self.faults.extend((key, fault) for fault in result.faults)
        self.missed.extend(f"{key}: could not read a page: {error}" for error in result.missed)
        for name, number in {
            "new": len(kept.new),
            "changed": len(kept.changed),
            "dismissed": kept.dismissed,
            "later": result.later,
            result.state: 1,
        }.items():
            self.counts[name] = self.counts.get(name, 0) + number
        self.rows.append(
            {
                "source": key,
                "state": result.state,
                "new": kept.new,
                "changed": kept.changed,
                "same_id": kept.same_id,
                "error": result.error.what if result.error else "",
                "faults": [str(fault) for fault in result.faults],
                "failures": visit.failures,
                "succeeded": visit.succeeded.isoformat() if visit.succeeded else None,
                "moved_to": visit.moved_to,
            }
        )

    def format_summary(self) -> str:
        """Summarise all of it in a line."""
        said = [f"{self.counts['new']} new", f"{self.counts['changed']} changed"]
        said += [f"{self.counts['dismissed']} dismissed"] if self.counts["dismissed"] else []
        of_sources = [
            f"{number} {words}"
            for number, words in (
                (self.counts["unchanged"], "unchanged"),
                (self.counts["early"], "asked for a pause"),
                (len(self.failed), "failed"),
            )
            if number
        ]
        told = f" ({', '.join(of_sources)})" if of_sources else ""
        return f"{', '.join(said)} from {len(self.rows)} source{'' if len(self.rows) == 1 else 's'}{told}"

    def list_troubles(self, at: datetime) -> Iterator[str]:
        """List what went wrong and why, and what has moved, a line each."""
        for key, visit in sorted(self.failed.items()):
            yield f"{key}: {visit.error}{_format_failures(visit, at)}"
        for key, address in sorted(self.moved.items()):
            yield f"{key} has moved permanently: change its address in dispatch.toml to {address}"
        for key, numbers in sorted(self.same_id.items()):
            shown = ", ".join(map(str, numbers[:MOST_NUMBERS])) + (" …" if len(numbers) > MOST_NUMBERS else "")
            yield f"{key}: gives one id to several articles; told apart by title, day and words: {shown}"
        yield from (f"{key}: {fault}" for key, fault in self.faults)
        yield from self.missed
        if self.counts["later"]:
            yield f"{self.counts['later']} more articles will be read the next time, so as not to overload their sites"
        if len(self.rows) < self.of:
            yield f"interrupted: {self.of - len(self.rows)} of {self.of} sources were not gathered"


def _print_report(
    report: GatherReport, named: Sequence[Source], visits: Mapping[str, Visit], at: datetime, *, as_json: bool
) -> None:
    """Print what the sources brought, and which have failed, this time or for weeks."""
    if as_json:
        print_json(report.rows)
    else:
        print_result(report.format_summary())
    if not named:
        print_note(NO_SOURCES)
    for line in (*report.list_troubles(at), *_list_silent_sources(named, visits, report.failed, at)):
        print_note(line)


def _list_silent_sources(
    named: Sequence[Source], visits: Mapping[str, Visit], failed: Mapping[str, Visit], at: datetime
) -> Iterator[str]:
    """List the sources that have failed for weeks and were not fetched this time."""
    for source in named:
        visit = visits.get(source.key)
        if visit and visit.error and source.key not in failed and _has_failed_for_weeks(visit, at):
            yield f"{source.key}: {visit.error}{_format_failures(visit, at)}"


def _format_failures(visit: Visit, at: datetime) -> str:
    if visit.failures < 2:
        return ""
    times = f"{visit.failures} times in a row"
    if visit.succeeded is None:
        return f" ({times}, never worked)"
    weeks = f", {(at - visit.succeeded).days // 7} weeks ago" if _has_failed_for_weeks(visit, at) else ""
    return f" ({times}, last worked {visit.succeeded:%Y-%m-%d}{weeks})"


def _has_failed_for_weeks(visit: Visit, at: datetime) -> bool:
    return visit.succeeded is None or at - visit.succeeded >= WEEKS


def _show_progress(waiting: Collection[str], of: int) -> None:
    """Show whom is waited for, on a terminal only; nobody: the line is cleared."""
    if sys.stderr.isatty():
        line = f"{of - len(waiting)} of {of} sources. Waiting for {', '.join(waiting)}" if waiting else ""
        click.echo(f"\r{shorten_line(escape_words(line), get_terminal_size().columns - 1)}\x1b[K", nl=False, err=True)
