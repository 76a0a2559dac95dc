"""Read under which licence a kit gives out its text, and whether it may only be shown unchanged."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from dispatch.readers.kit_lines import CREATIVE, WORDS, KitParagraph

_SHORT: Final = re.compile(
    r"\b(?:CC|Creative Commons)[ -]?BY(?P<kind>(?:[ -](?:NC|ND|SA)\b)*)(?:[ -](?P<version>\d\.\d))?", re.IGNORECASE
)
_LICENCES: Final = WORDS["licences"]


def is_licence_label(paragraph: KitParagraph) -> bool:
    """Whether a paragraph names the licence and does nothing else, as “Licence: CC BY 4.0”: nobody requires that."""
    only = paragraph.links[0] if len(paragraph.links) == 1 else None
    if only is None or not CREATIVE.search(only.url) or paragraph.text[only.end :].strip():
        return False
    return bool(re.fullmatch(r"[^\d:]{1,30}[:：]\s*", paragraph.text[: only.start]))


def find_licence(paragraphs: Sequence[KitParagraph]) -> str:
    """Find the short name of the licence that the lines of a kit name, by a link before words; empty without one."""
    addresses = [link.url for one in paragraphs for link in one.links]
    return next(filter(None, (name_licence(text) for text in [*addresses, *(one.text for one in paragraphs)])), "")


def name_licence(said: str) -> str:
    """Return the short name of the Creative Commons licence that an address or words name; empty without one."""
    if found := CREATIVE.search(said):
        return f"CC0-{found['zero']}" if found["zero"] else f"CC-{found['kind'].upper()}-{found['version']}"
    if found := _SHORT.search(said):
        return "-".join(filter(None, ["CC-BY", found["kind"].upper().replace(" ", "-").strip("-"), found["version"]]))
    if "creative commons" not in said.lower():
        return ""
    parts = {"attribution": "BY", "commercial": "NC", "derivatives": "ND", "alike": "SA"}
    named = [short for key, short in parts.items() if re.search(_LICENCES[key], said, re.IGNORECASE)]
    version = re.findall(r"\b[1-4]\.0\b", said)[:1]
    return "-".join(["CC", *dict.fromkeys(["BY", *named]), *version]) if named else "Creative Commons"


def is_fixed(licence: str, paragraphs: Iterable[KitParagraph]) -> bool:
    """Whether a text may be shown unchanged only, as its licence or its line says."""
    words = re.compile(f"{_LICENCES['derivatives']}|{_LICENCES['unchanged']}", re.IGNORECASE)
    return bool(re.search(r"-ND(?:-|$)", licence)) or any(words.search(one.text) for one in paragraphs)
