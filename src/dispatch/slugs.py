"""Make slugs: the names of issues, articles, sources and lists in addresses, and the first one that is free."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import count
from typing import Final

from dispatch.deferred import defer_pattern
from dispatch.text import fold_file_name

LONGEST: Final = 80
SLUG: Final = defer_pattern(r"[a-z0-9-]{1,80}")
_DEVICES = defer_pattern("CON|PRN|AUX|NUL|CONIN\\$|CONOUT\\$|(?:COM|LPT)[0-9\xb9\xb2\xb3]")  # “Naming Files”, Windows
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


def make_key(name: str) -> str:
    """Make an article's key of a name: no number alone, which on the command line is a place in the issue."""
    return f"article-{name}"[:LONGEST] if name.isdecimal() else name


def make_name(title: str) -> str:
    """Make a list's name in an address: a slug where letters are Latin, else the title's own letters; may be empty.

    Letters, marks and digits stay (NFC), in small letters, with hyphens for all else: at most ``LONGEST``, and as many
    as the name of a file may have bytes.
    """
    composed = unicodedata.normalize("NFC", title.lower())
    plain = unicodedata.normalize("NFKD", composed).translate(_LATIN)
    if not any(unicodedata.category(sign) in ("Ll", "Lo") and not sign.isascii() for sign in plain):
        return make_slug(title)
    words = "".join(sign if unicodedata.category(sign)[0] in "LMN" else "-" for sign in composed)
    name = re.sub("-+", "-", words)[:LONGEST].encode()[: 3 * LONGEST].decode(errors="ignore")
    return name.strip("-")


def find_device(name: str) -> str:
    """Find the device of Windows that a file or folder of this name would be, with any ending; empty for none."""
    device = name.partition(".")[0].rstrip().upper()
    return device if _DEVICES.fullmatch(device) else ""


def find_unused(slug: str, taken: Iterable[str]) -> str:
    """Return the slug if it is not taken, else the slug with the first free number from 2 on.

    A name that is the same to macOS or Windows is taken as well, and so is that of a device of Windows.
    """
    taken = set(map(fold_file_name, taken))
    if fold_file_name(slug) not in taken and not find_device(slug):
        return slug
    numbers = (f"-{number}" for number in count(2))
    names = (slug[: LONGEST - max(len(end), 4)] + end for end in numbers)
    return next(new for new in names if fold_file_name(new) not in taken)
