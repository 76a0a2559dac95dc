"""The words that may stand around names in a byline: ``languages/*.toml`` read as data, and the calendar's.

How the renderers put them together is not asked; the files are read here once more.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property, lru_cache
from typing import Annotated

from dispatch.checks.text_lines import fold_spaces, split_words
from dispatch.language import DateStyle, Language
from dispatch.model import Article, Publication
from dispatch.shipped import load_table
from dispatch.text import fold_text

_STYLES: tuple[DateStyle, ...] = ("full", "long", "medium")
_NAMES = "{names}"


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """What a language's files say."""

    patterns: Annotated[Mapping[str, str], "by dotted key"]
    joining: Annotated[frozenset[str], "what stands between the names of a list, in small letters"]
    every: Annotated[frozenset[str], "every word of lists and of all patterns but the pages' own, in small letters"]

    def find_role_words(self, role: str) -> tuple[list[str], list[str]]:
        """Find the words before and behind the names of those who had this part in an article."""
        own = f"credits.{fold_text(role)}"
        before, _, after = self.patterns[own if own in self.patterns else "credit"].partition(_NAMES)
        return lower_words(before.replace("{role}", role)), lower_words(after.replace("{role}", role))

    @cached_property
    def roles(self) -> list[list[str]]:
        """The words before names that say: this is no author. None of them begins a byline."""
        keys = (key.removeprefix("credits.") for key in self.patterns if key.startswith("credits."))
        return [before for before, _ in map(self.find_role_words, keys) if before and before not in self.leads]

    @cached_property
    def leads(self) -> list[list[str]]:
        """The words with which a byline begins."""
        begun = (self.patterns[key].partition("{")[0] for key in ("byline", "byline_in", "from"))
        return [lead for lead in map(lower_words, begun) if lead]

    @cached_property
    def has_source_behind(self) -> bool:
        """Whether a byline names the source behind the authors."""
        pattern = self.patterns["byline_in"]
        return pattern.find("{authors}") < pattern.find("{source}")

    def find_phrase(self, key: str) -> str:
        """Find what the language says, a message without places."""
        return fold_spaces(self.patterns[key])


@cache
def load_vocabulary(code: str) -> Vocabulary:
    """Load the words of a language, English where its own are not known. Raises ConfigError when there is none."""
    language = Language.from_code(code)
    patterns: dict[str, str] = {}
    for tag in ["en", *_list_tags(language.code)]:
        patterns |= _flatten_table(load_table(f"languages/{tag}.toml"))
    lists = [language.join_names(["—"] * length) for length in (2, 3)]
    joining = {*lower_words(" ".join(lists)), *lower_words(patterns.get("and.instead", ""))}
    # What pages say of themselves has no place in a byline.
    said = " ".join(text for key, text in patterns.items() if not key.startswith("page."))
    every = {*joining, *lower_words(re.sub(r"\{\w+\}", " ", said))}
    return Vocabulary(patterns=patterns, joining=frozenset(joining), every=frozenset(every))


def list_date_words(article: Article, publication: Publication) -> set[str]:
    """List the words of an article's dates, however long they are written."""
    known = (moment for moment in (article.published, article.updated) if moment)
    return {word for moment in known for word in _list_day_words(moment, publication.timezone, publication.language)}


@lru_cache(maxsize=256)
def _list_day_words(moment: datetime, zone: str, code: str) -> frozenset[str]:
    language = Language.from_code(code)
    written = (language.format_date(moment, zone, style) for style in _STYLES)
    return frozenset(word for date in written for word in lower_words(date))


def lower_words(text: str) -> list[str]:
    """Split a text into words in small letters."""
    return [token.casefold() for token in split_words(text)]


def _list_tags(tag: str) -> Iterator[str]:
    """List the language, then with its script or region: ``pt``, ``pt-BR``."""
    parts = tag.split("-")
    return ("-".join(parts[:length]) for length in range(1, len(parts) + 1))


def _flatten_table(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        flat |= _flatten_table(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: str(value)}
    return flat
