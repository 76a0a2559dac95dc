"""What ``dispatch import`` says: the files while it goes on, the rest on one screen at its end; or JSON."""

import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dispatch import html, identity, links
from dispatch.cli.context import print_json, print_note, print_result
from dispatch.importers import NotImported, Post
from dispatch.importers.importing import ImportedPost, PublishedImport
from dispatch.model import Publication
from dispatch.report import write_message

# How many that are alike have a line each.
_MOST_ALONE = 3
_MOST_NAMES = 8


@dataclass(frozen=True)
class ImportReport:
    """What came of an import."""

    is_quiet: bool
    is_joined: bool = False  # all go into one issue, so that an article's file says more than the issue's
    interrupts: list[bool] = field(default_factory=list)
    rows: dict[str, list[dict[str, object]]] = field(
        default_factory=lambda: {name: [] for name in ("imported", "skipped", "left", "failed")}
    )
    names: Counter[str] = field(default_factory=Counter)
    pictures: set[str] = field(default_factory=set)  # the addresses of those that the export does not hold
    hints: list[str] = field(default_factory=list)
    lines: list[tuple[str, str, str, str]] = field(
        default_factory=list
    )  # place, title, words, what many have in common

    def say(self, words: str) -> None:
        """Print a line for people, unless JSON is wanted."""
        if not self.is_quiet:
            print_note(words)

    def show_outcomes(self, outcomes: Iterator[ImportedPost | NotImported], export: str) -> Iterator[ImportedPost]:
        """Report each outcome, and pass on what was imported; Ctrl-C ends it after the post that is being written."""
        try:
            for one in outcomes:
                if isinstance(one, ImportedPost):
                    self._add_imported(one)
                    yield one
                else:
                    self._add_reason(one)
                if any(self.interrupts):
                    signal.raise_signal(signal.SIGINT)  # as if it had come now
        except KeyboardInterrupt:
            reason = "interrupted; for the rest, import it again"
            self._add_reason(NotImported(file=export, reason=reason, state="failed"))

    def show_kept(self, outcomes: Iterable[Post | NotImported]) -> None:
        """Report what is in the inbox now, and what is not."""
        for one in outcomes:
            if isinstance(one, NotImported):
                self._add_reason(one)
            else:
                names = [author.name for author in one.article.authors]
                said: dict[str, object] = {
                    "file": one.file,
                    "url": one.article.url,
                    "title": one.article.title,
                    "authors": names,
                }
                self._add_row(said | {"status": "inbox", "notes": list(one.notes)}, one)

    def add_published(self, outcomes: Iterator[PublishedImport]) -> None:
        """Report what was published, and why the rest stays a draft."""
        for one in outcomes:
            reason = ""
            if one.errors:
                more = f" (and {len(one.errors) - 1} more)" if len(one.errors) > 1 else ""
                reason = f"{write_message(one.errors[0])}{more}"
            elif one.was_changed or one.is_ahead:
                reason = "it was changed meanwhile" if one.was_changed else "it is dated ahead"
            if reason:
                reason = f"issues/{one.slug} stays a draft: {reason}"
                failed = NotImported(file=one.file, reason=reason, state="failed")
                rule = f"it stays a draft, for check finds an error ({one.errors[0].rule})" if one.errors else ""
                self._add_reason(failed, rule)
            else:
                next(row for row in self.rows["imported"] if row["slug"] == one.slug)["status"] = "published"

    def _say_pictures(self) -> None:
        """Say how many pictures stay where they are, and how to have copies before they are gone."""
        hosts = Counter(links.parse_host(url) for url in self.pictures)
        if hosts:
            most = [f"{host} ({count:,})" for host, count in hosts.most_common(_MOST_ALONE)]
            more = f" and {len(hosts) - len(most)} more" if len(hosts) > len(most) else ""
            self.say(f"pictures that stay where they are: {', '.join(most)}{more}")
            self.say('To have copies: images = "copy" below [site] in dispatch.toml, then: dispatch publish')

    def finish(self, verb: str) -> None:
        """Print the JSON, or the rest. Exits with 1 when something failed, and when nothing came of anything."""
        counts = {name: len(rows) for name, rows in self.rows.items()}
        if self.is_quiet:
            print_json(self.rows, indent=2)
        self._say_names()
        self._say_lines()
        self._say_pictures()
        for hint in self.hints:
            self.say(hint)
        published = sum(row["status"] == "published" for row in self.rows["imported"])
        most = "at most " if verb.startswith("would") else ""  # nothing is judged before it is written
        self.say(
            f"{counts['imported']:,} {verb}{f', {most}{published:,} of them published' if published else ''}, "
            f"{counts['skipped']:,} already there, {counts['left']:,} not imported, {counts['failed']:,} failed"
        )
        if counts["failed"] or not (counts["imported"] or counts["skipped"]):
            sys.exit(1)

    def _say_names(self) -> None:
        """Say who wrote how many of what was imported."""
        if self.names:
            most = [f"{name} ({count:,})" for name, count in self.names.most_common(_MOST_NAMES)]
            more = len(self.names) - len(most)
            self.say(f"by {', '.join(most)}{f' and {more:,} more' if more else ''}")

    def _say_lines(self) -> None:
        """Say what there is to know of single files; what is true of many in one line."""
        alike: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for place, title, words, common in self.lines:
            alike[common].append((place, title, words))
        for common, found in alike.items():
            if len(found) > _MOST_ALONE:
                first = ", ".join(f"“{title}”" if title else place for place, title, _ in found[:_MOST_ALONE])
                self.say(f"{len(found):,} × {common}: {first} and {len(found) - _MOST_ALONE:,} more")
            else:
                for place, _, words in found:
                    self.say(f"{place}: {words}")

    def _add_imported(self, one: ImportedPost) -> None:
        article = one.article
        row: dict[str, object] = {
            "file": one.post.file,
            "slug": one.issue.slug,
            "key": article.key,
            "id": article.id,
            "url": article.url,
            "former_urls": list(article.former_urls),
            "title": article.title,
            "date": one.issue.date.isoformat(),
            "authors": [author.name for author in article.authors],
            "status": one.issue.status,
            "notes": list(one.post.notes),
            "pictures": list(one.post.pictures),
        }
        self._add_row(row, one.post)
        if not self.is_quiet:
            print_result(article.file if self.is_joined else f"issues/{one.issue.slug}/issue.md")

    def _add_row(self, row: dict[str, object], post: Post) -> None:
        self.rows["imported"].append(row)
        found = [*html.find_image_addresses(post.article.content), post.article.image.url if post.article.image else ""]
        stay = [url for url in dict.fromkeys(found) if links.is_web_address(url)]
        self.pictures.update(stay)
        row["remote_pictures"] = stay
        self.names.update(author.name for author in post.article.authors)
        self.lines.extend((post.file, post.article.title, note, note) for note in post.notes)

    def _add_reason(self, one: NotImported, common: str = "") -> None:
        self.rows[one.state].append({"file": one.file, "title": one.title, "reason": one.reason})
        common = common or ("already there" if one.state == "skipped" else one.reason)
        place = one.file if one.title in one.file else f"{one.file}: “{one.title}”"
        self.lines.append((place, one.title, one.reason, common))


def describe_homes(imported: Iterable[ImportedPost], publication: Publication) -> Iterator[str]:
    """Say how the old addresses lead on, where most posts have kept those of another host."""
    every = [one.article.url for one in imported if not one.post.is_link]
    homes = Counter(links.resolve_address(url, "/") for url in every if not identity.is_site_address(url, publication))
    for home, count in homes.most_common(1):
        if home and count * 2 > len(every):
            way = f'former_urls = ["{home.rstrip("/")}"] in dispatch.toml, then: dispatch publish'
            yield f"{count:,} keep their addresses at {links.parse_host(home)}. To have these lead here: {way}"
