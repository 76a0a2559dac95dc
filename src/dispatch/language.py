"""Write dates, numbers, lists of names and the words of the templates in the publication's language.

The one user of Babel. The words are in ``languages/<code>.toml``: to add a language, add a file; ``en.toml`` says what
each message is for. Nothing here reads the machine's locale, time zone or clock: same input, same text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Annotated, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError, get_global
from babel.lists import format_list
from babel.localedata import locale_identifiers
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from dispatch.errors import ConfigError
from dispatch.shipped import PACKAGE, load_table
from dispatch.text import fold_text

DateStyle = Literal["full", "long", "medium"]

# The language of words that a file lacks.
_FALLBACK = "en"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Language:
    """One language: its direction, its words, and how it writes dates, numbers and lists.

    Values are inserted as text: plain strings are escaped for HTML, ``Markup`` is not. For plain text, pass the values
    as ``Markup``; then nothing is escaped.
    """

    code: Annotated[str, "the BCP 47 tag, as ``lang`` attributes want it"]
    direction: Annotated[Literal["ltr", "rtl"], "in which it is written"]
    translated: Annotated[bool, "whether it has a file of words; without one its dates are right, its words English"]
    _locale: Annotated[Locale, "for dates, numbers and lists"]
    _speaker: Annotated[Locale, "for the plurals of the words"]
    _words: Annotated[Mapping[str, str], "patterns by dotted key: read, stories.one, credits.translator"]

    @staticmethod
    def from_code(code: str) -> "Language":
        """Load the language of a BCP 47 tag, for example ``en``, ``de-AT`` or ``pt-BR``.

        An unknown region or variant is ignored (RFC 4647, section 3.4). Plain ``en`` is international English (14
        February 2025); ``en-US`` is American (February 14, 2025).

        Raises ConfigError when there is no such language.
        """
        return _load_language(code)

    @property
    def territory(self) -> str:
        """The region (ISO 3166-1) in the tag, else the one where most of its speakers live; empty if none is known."""
        if self.code == _FALLBACK:  # it is written as in most of the world
            return "GB"
        likely = str(get_global("likely_subtags").get(str(self._locale), ""))
        return self._locale.territory or next((part for part in likely.split("_")[1:] if len(part) == 2), "")

    def format_message(self, key: str, **values: str) -> Markup:
        """Return the message ``key`` with its placeholders filled in.

        Raises ConfigError when there is no such message, or no value for one of its placeholders.
        """
        pattern = self._words.get(key)
        if pattern is None:
            near = get_close_matches(key, self._words, 1)
            raise ConfigError(f"no words for “{key}”", hint=f"did you mean “{near[0]}”?" if near else "")
        try:
            filled = pattern.format(**{place: escape(value) for place, value in values.items()})
        except KeyError as cause:
            raise ConfigError(f"the words for “{key}” need a value for {cause}") from cause
        return Markup(filled)  # noqa: S704 - the patterns are our own, the values are escaped

    def format_plural(self, key: str, n: int, **values: str) -> Markup:
        """Return the message ``key`` in the plural form for ``n`` (CLDR's categories); ``{n}`` in it is the number.

        Raises ConfigError as ``format_message`` does.
        """
        category = f"{key}.{_find_plural_category(n, self._speaker)}"
        return self.format_message(
            category if category in self._words else f"{key}.other", n=self.format_number(n), **values
        )

    def join_names(self, items: Sequence[str]) -> Markup:
        """Join the items as this language lists them: “A, B and C”. No items give an empty text."""
        safe = [str(escape(item)) for item in items]
        joined = format_list(safe, "standard", self._locale)
        if len(safe) > 1 and "and.before" in self._words and re.match(self._words["and.before"], _strip_tags(safe[-1])):
            head = joined.removesuffix(safe[-1]).removesuffix(self._words["and.usual"])
            joined = head + self._words["and.instead"] + safe[-1]
        return Markup(joined)  # noqa: S704 - every item is escaped, and CLDR's patterns hold no markup

    def format_credit(self, role: str, names: str) -> Markup:
        """Say who did what: “translated by A and B”. A role without words of its own gives “role: A and B”."""
        key = f"credits.{fold_text(role)}"
        return self.format_message(key if key in self._words else "credit", role=role, names=names)

    def format_date(self, moment: datetime, zone: str, style: DateStyle = "long") -> str:
        """Format the day of ``moment`` (aware) in the zone of that IANA name, for example ``Europe/Berlin``.

        Raises ConfigError when there is no such zone.
        """
        if moment.tzinfo is None:
            raise ValueError("a moment without a zone has no day")
        return _format_day(_convert_to_zone(moment, zone).date(), style, self._locale)

    def format_number(self, n: int) -> str:
        """Format a number with this language's separators, in Western digits as CLDR's plain locales have them."""
        return _format_decimal(n, self._locale)


# Whose days are known in words wherever they stand; English is always.
WRITTEN_DAYS: Final = "de fr es it pt nl sv da nb fi pl cs hu ro tr ru uk el ar fa he hi bn zh ja ko vi id"


class Months(NamedTuple):
    """How a language writes days."""

    names: Annotated[tuple[tuple[str, int], ...], "the names of the months, long and short, folded, the longest first"]
    come_first: Annotated[bool, "whether the month stands before the day in figures"]
    weekdays: Annotated[frozenset[str], "the names of the days of the week, long and short, folded"]


@cache
def load_months(code: str) -> Months:
    """Load the months of a language (BCP 47) and of English; those of English alone if Babel does not know it."""
    own = next(filter(None, map(_find_locale, _shorten_tag(_normalise_tag(code)))), Locale("en"))
    names = {
        fold_text(name).rstrip("."): number
        for locale in (Locale("en"), own)
        for forms in locale.months.values()
        for width in ("abbreviated", "wide")
        for number, name in forms[width].items()
    }
    named = sorted((pair for pair in names.items() if not pair[0][0].isdigit()), key=lambda pair: -len(pair[0]))
    come_first = code in {"", "en"} or own.date_formats["short"].pattern.startswith("M")
    weekdays = {
        fold_text(name).rstrip(".")
        for locale in (Locale("en"), own)
        for width in ("abbreviated", "wide")
        for name in locale.days["format"][width].values()
    }
    return Months(tuple(named), come_first, frozenset(weekdays))


@cache
def list_calendar_words() -> frozenset[str]:
    """List the names of months and weekdays, long and short, folded, in every language whose days are known."""
    known = [load_months(code) for code in WRITTEN_DAYS.split()]
    return frozenset(word for one in known for word in (*one.weekdays, *(name for name, _ in one.names)))


def list_language_names() -> Iterator[tuple[str, str]]:
    """List the tags of the languages that there are words in, each with its name in the language itself."""
    for file in sorted((PACKAGE / "languages").iterdir()):
        tag = file.stem
        locale = _find_locale(tag)
        if locale and "-" not in tag:
            yield tag, Locale(locale.language).get_display_name() or tag


@cache
def _load_language(code: str) -> Language:
    """Load a language once; see ``Language.from_code``."""
    tags = list(_shorten_tag(_normalise_tag(code)))
    locale = next(filter(None, map(_find_locale, tags)), None)
    if locale is None:
        raise ConfigError(f"“{code}” is not a language", hint=_suggest_tag(code))
    tables = {tag: _flatten_table(load_table(f"languages/{tag}.toml")) for tag in [_FALLBACK, *reversed(tags)]}
    translated = any(tables[tag] for tag in tags)
    return Language(
        code=tags[0],
        direction="rtl" if locale.text_direction == "rtl" else "ltr",
        translated=translated,
        _locale=locale,
        _speaker=locale if translated else Locale(_FALLBACK),
        _words={key: text for table in tables.values() for key, text in table.items()},
    )


def _normalise_tag(code: str) -> str:
    """Write a tag in the usual capitals (RFC 5646, section 2.1.1), as the files are named; empty if it is malformed."""
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", code):
        return ""
    first, *rest = code.split("-")
    capitals = {2: str.upper, 4: str.title}
    return "-".join([first.lower(), *(capitals.get(len(part), str.lower)(part) for part in rest)])


def _shorten_tag(tag: str) -> Iterator[str]:
    """Yield the tag, then the tag without its last part, and so on."""
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]


def _find_locale(tag: str) -> Locale | None:
    """Find Babel's locale for a tag; None when it has none."""
    try:
        return Locale.parse("en-001" if tag == "en" else tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def _suggest_tag(code: str) -> str:
    """Make a hint with the nearest known tag; the English name of a language is understood as well."""
    known = {identifier.replace("_", "-"): identifier.replace("_", "-") for identifier in locale_identifiers()}
    known |= {name.lower(): tag for tag, name in Locale("en").languages.items() if tag in known}
    near = get_close_matches(code.lower(), known, 1) or get_close_matches(code.replace("_", "-"), known, 1)
    return f"did you mean “{known[near[0]]}”?" if near else "give a BCP 47 tag, for example en, de or pt-BR"


def _flatten_table(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Flatten nested tables to one level with dotted keys."""
    flat: dict[str, str] = {}
    for key, value in table.items():
        flat |= _flatten_table(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: str(value)}
    return flat


def _convert_to_zone(moment: datetime, zone: str) -> datetime:
    """Convert a moment to what clocks in that zone show. Raises ConfigError when there is no such zone."""
    try:
        return moment.astimezone(ZoneInfo(zone))
    except OverflowError:  # the first and the last day of the calendar
        return moment
    except (KeyError, ValueError, OSError) as cause:
        raise ConfigError(
            f"“{zone}” is not a time zone", hint="give an IANA name, for example Europe/Berlin"
        ) from cause


@lru_cache(maxsize=4096)
def _find_plural_category(n: int, locale: Locale) -> str:
    return locale.plural_form(n)


@lru_cache(maxsize=4096)
def _format_decimal(n: int, locale: Locale) -> str:
    return format_decimal(n, locale=locale, numbering_system="latn")


@lru_cache(maxsize=4096)
def _format_day(day: date, style: DateStyle, locale: Locale) -> str:
    from babel.dates import format_date  # half of Babel's start-up, and only pages need it

    return format_date(day, style, locale)


def _strip_tags(markup: str) -> str:
    """Strip the tags from a piece of HTML."""
    return Markup(markup).striptags()  # noqa: S704 - for looking at only
