"""Make slugs: the names of issues, articles, sources and lists in addresses, and the first one that is free."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import count
from typing import Final

LONGEST: Final = 80
SLUG: Final = re.compile(r"[a-z0-9-]{1,80}")
# Latin letters that do not decompose into a letter and an accent.
_LATIN = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def is_slug(name: str) -> bool:
    """Whether a name can be a slug or a key: a to z, 0 to 9 and hyphens, at most 80 of them."""
    return bool(SLUG.fullmatch(name))


def make_slug(title: str, longest: int = LONGEST) -> str:
    """Make a slug from a title, at most ``longest`` characters, cut between words if possible; may be empty.

    It is empty when the title has no Latin letter or digit. Composed and decomposed letters give the same slug, and it
    never changes from one version to the next: addresses are made of it.
    """
    plain = unicodedata.normalize("NFKD", title.lower()).translate(_LATIN)
    words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’]", "", plain.encode("ascii", "ignore").decode())).strip("-")
    return words if len(words) <= longest else words[: longest + 1].rpartition("-")[0] or words[:longest]


def find_unused(slug: str, taken: Iterable[str]) -> str:
    """Return the slug if it is not taken, else the slug with the first free number from 2 on."""
    taken = set(taken)
    if slug not in taken:
        return slug
    numbers = (f"-{number}" for number in count(2))
    return next(new for end in numbers if (new := slug[: LONGEST - max(len(end), 4)] + end) not in taken)
