"""Find a day in a text: in figures, or with the name of a month in any language."""

import re
from collections.abc import Iterator
from datetime import datetime

from dispatch.language import Months, load_months
from dispatch.text import fold_text

_LONGEST = 200
_SHORT = 3  # a name of so many letters is an abbreviation, and no beginning of another word

# 2026-11-20, 2026年11月20日, 2026. 11. 20.
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4}) ?[-/.年년] ?(\d{1,2}) ?[-/.月월] ?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![\d.])(\d{1,2}) ?([./-]) ?(\d{1,2}) ?\2 ?(\d{4}|\d\d)(?![\d:])")
# What stands around the name of a month: 20 de noviembre de 2026, Nov 20th, 2026, 2026. november 20., 2026. gada 20.
_AROUND = (
    (re.compile(r"(?<!\d)(?P<day>\d{1,2})\D{0,8}$"), re.compile(r"\D{0,12}(?P<year>\d{4})(?!\d)")),
    (re.compile(r""), re.compile(r"\D{0,3}(?P<day>\d{1,2})(?!\d)\D{1,6}(?P<year>\d{4})(?!\d)")),
    (re.compile(r"(?<!\d)(?P<year>\d{4})\D{0,10}$"), re.compile(r"\D{0,4}(?P<day>\d{1,2})(?!\d)")),
    (re.compile(r"(?<!\d)(?P<year>\d{4})\D{1,8}(?P<day>\d{1,2})\D{0,8}$"), re.compile(r"")),
)


def parse_day(text: str, language: str) -> datetime | None:
    """Find a day in a short text: in figures or with the name of a month, in this language or in English."""
    folded = fold_text(text[:_LONGEST])
    months = load_months(language)
    if match := _YEAR_FIRST.search(folded):
        return _make_day(*match.groups())
    if match := _YEAR_LAST.search(folded):
        first, _, second, year = match.groups()
        is_month_first = int(first) <= 12 and (int(second) > 12 or (months.come_first and match[2] == "/"))
        return _make_day(year, *((first, second) if is_month_first else (second, first)))
    return next(_find_named_days(folded, months), None)


def _find_named_days(folded: str, months: Months) -> Iterator[datetime]:
    for name, month in months.names:
        end = "" if len(name) > _SHORT else r"(?![^\W\d_])"
        for match in re.finditer(rf"(?<![^\W\d_ב]){re.escape(name)}{end}", folded):
            for before, after in _AROUND:
                left, right = before.search(folded[: match.start()]), after.match(folded[match.end() :])
                if left and right:
                    parts = left.groupdict() | right.groupdict()
                    if day := _make_day(parts["year"], str(month), parts["day"]):
                        yield day


def _make_day(year: str, month: str, day: str) -> datetime | None:
    """Make the day of these figures; Thai years are those of the Buddha."""
    number = int(year) + (2000 if len(year) == 2 else -543 if int(year) > 2400 else 0)
    try:
        made = datetime(number, int(month), int(day))
    except ValueError:
        return None
    return made if 1900 < made.year < 2100 else None
