"""Write a review as Markdown for a pull request's comment: what is broken first, and nothing foreign acts in it.

Foreign text loads no picture, makes no link, is no markup, and calls nobody by ``@name``.
"""

from collections.abc import Iterable, Iterator
from itertools import accumulate, groupby

from dispatch.model import Finding
from dispatch.report import escape_markdown, quote_code, shorten_text, write_hint, write_message
from dispatch.review.changes import Change, Review
from dispatch.review.fields import count_things, cut_alike, list_names

MOST = 60_000
"""Characters. GitHub takes 65,536 in a comment, and a workflow may add some of its own."""

_FIRST = 40  # lines before the changes in order
_ALIKE = 3  # so many that say the same are told one by one; more of them in one line
_LINE = 600  # characters of one line
_BROKEN = {
    "byline": ("byline is broken", "bylines are broken"),
    "link": ("link is broken", "links are broken"),
    "identity": ("id or date is not what was published", "ids or dates are not what was published"),
    "gone": ("published piece is gone", "published pieces are gone"),
    "file": ("fault keeps files from being read", "faults keep files from being read"),
}
_DECIDE = {
    "byline": ("byline", "bylines"),
    "link": ("link", "links"),
    "credit": ("credit", "credits"),
    "terms": ("right to show a text", "rights to show a text"),
    "rule": ("rule that is switched off", "rules that are switched off"),
}


def write_markdown(review: Review, most: int = MOST) -> str:
    """Write the review in at most so many characters, the last line without a break; a line says what was cut."""
    lines = list(_write_lines(review))
    sizes = accumulate(len(line) + 1 for line in lines)
    kept = [line for line, size in zip(lines, sizes, strict=True) if size <= most - 200]
    left = sum(line.startswith("- ") for line in lines[len(kept) :])
    if left:
        kept += ["", f"_{count_things(left, 'more line')} did not fit here. `dispatch review --json` tells all._"]
    return "\n".join(kept)


def _write_lines(review: Review) -> Iterator[str]:
    errors = _group_findings(finding for finding in review.findings if finding.severity == "error")
    yield _write_verdict(review, len(errors))
    first = [change for weight in ("stop", "look") for change in review.changes if change.weight == weight]
    broken = [*_write_changes(first, is_whole=True), *errors]
    if broken:
        yield ""
        yield from broken[:_FIRST]
        if len(broken) > _FIRST:
            yield f"- … and {len(broken) - _FIRST:,} more like these"
    rest = [change for change in review.changes if change.weight == "tell"]
    for issue, group in groupby(rest, key=lambda change: change.issue):
        yield from ("", f"### {escape_markdown(shorten_text(issue)) if issue else 'The publication'}", "")
        yield from _write_changes(list(group), is_whole=False)
    warnings = _group_findings(finding for finding in review.findings if finding.severity == "warning")
    if warnings:
        yield from ("", "### Warnings", "", *warnings)
    yield from ("", f"_Compared with {escape_markdown(review.base)} at {review.commit[:10]}._")


def _write_verdict(review: Review, errors: int) -> str:
    """Write the first line, for those who read one line."""
    if review.verdict == "stop":
        stops = [change for change in review.changes if change.weight == "stop"]
        said = _count_kinds(stops, _BROKEN)
        said += [f"check found {count_things(errors, 'error')}"] if errors else []
        return f"**Stop**: {list_names(said)}."
    looks = [change for change in review.changes if change.weight == "look"]
    if looks:
        said = _count_kinds(looks, _DECIDE)
        others = sum(change.kind not in _DECIDE for change in looks)
        said += [count_things(others, "other thing" if said else "thing")] if others else []
        return f"**Look first**: {list_names(said)} changed; nothing that was published is broken."
    new = sum(change.kind == "new" for change in review.changes)
    others = len(review.changes) - new
    said = [count_things(new, "new article")] if new else []
    said += [count_things(others, "other change" if new else "change")] if others else []
    return f"**Ready**: {list_names(said) or 'no change that a reader would see'}, every byline and link intact."


def _count_kinds(changes: list[Change], words: dict[str, tuple[str, str]]) -> list[str]:
    """Count the changes of each kind, in the order of the table."""
    numbers = {kind: sum(change.kind == kind for change in changes) for kind in words}
    return [f"{number:,} {words[kind][number != 1]}" for kind, number in numbers.items() if number]


def _write_changes(changes: list[Change], *, is_whole: bool) -> list[str]:
    """Write a line a change; what holds for many articles alike is one line."""
    alike: dict[tuple[str, str, str, str], list[Change]] = {}
    for change in changes:
        alike.setdefault((change.weight, change.what, change.now, change.was), []).append(change)
    lines = []
    for group in alike.values():
        if len(group) > _ALIKE:
            names = list_names(
                [_name_subject(one, is_whole=is_whole) for one in group[:2]] + [f"{len(group) - 2:,} more"]
            )
            lines.append(f"- {names}: {_write_predicate(group[0])}")
        else:
            lines += [
                f"- {_name_subject(one, is_whole=is_whole)} {_write_predicate(one)}".replace("-  ", "- ")
                for one in group
            ]
    return lines


def _name_subject(change: Change, *, is_whole: bool) -> str:
    """Write what a change is about, with the issue where no heading names it."""
    if change.article:
        return escape_markdown(
            f"“{shorten_text(change.article)}”{f' in {shorten_text(change.issue)}' if is_whole else ''}"
        )
    return escape_markdown(f"The issue “{shorten_text(change.issue)}”") if change.issue else ""


def _write_predicate(change: Change) -> str:
    """Write what has happened: addresses as code, byte for byte where they are short enough."""
    now, was = change.now, change.was
    if change.kind in {"link", "identity"}:
        was, now = cut_alike(was, now, 160)
        now, was = (quote_code(text) if text else "" for text in (now, was))
    else:
        now, was = escape_markdown(now), escape_markdown(was)
    said = escape_markdown(shorten_text(change.what, _LINE))
    return f"{said}{f': {_shorten_words(now)}' if now else ''}{f' (was {_shorten_words(was)})' if was else ''}"


def _shorten_words(text: str) -> str:
    return text if len(text) <= _LINE else f"{text[:_LINE].rpartition(' ')[0]} …"


def _group_findings(findings: Iterable[Finding]) -> list[str]:
    """Write a line for each thing that is wrong, with all places where it is."""
    places: dict[tuple[str, str], list[str]] = {}
    for one in findings:
        places.setdefault((f"{write_message(one)}. {write_hint(one)}", one.rule), []).append(str(one.place))
    return [
        f"- {escape_markdown(shorten_text(said, _LINE))} {_list_places(where)} {quote_code(rule)}"
        for (said, rule), where in places.items()
    ]


def _list_places(places: list[str]) -> str:
    shown = [quote_code(shorten_text(place, 120)) for place in places[:3]]
    return list_names([*shown, f"{len(places) - 3} more"] if len(places) > 3 else shown)
