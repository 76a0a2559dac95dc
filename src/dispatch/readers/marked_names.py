"""Read the names in a text that a page marks as naming authors, and join such texts from their pieces."""

import re
from collections.abc import Iterable
from typing import Final

from dispatch.readers import bylines

_LABEL: Final = re.compile(rf"(?:{bylines.join_words(bylines.LABELS)}|©)(?:\s|$)", re.IGNORECASE)
# Within a line, only what is not itself a part of names.
_LONG_CUES: Final = bylines.join_words(one for one in bylines.BEFORE if " " in one)
_INNER_CUE: Final = re.compile(rf"(?:(?<=\s)|^)(?:[Bb]y|BY|Von|VON|Por|Par|{_LONG_CUES})(?=[\s:])")


def list_names(text: str) -> tuple[str, ...]:
    """List the names in a text that is marked as naming authors, with “By” or without; more than names stands in few.

    Its parts, as they are in the markup, are separated by bars: a name is within one of them.
    """
    cues = list(_INNER_CUE.finditer(text))
    lines = [bylines.parse_byline(text[cue.start() :]) for cue in cues] if cues else [bylines.parse_byline(text)]
    if cues or any(lines):
        return next((line.names if line.role == "author" else () for line in lines if line), ())
    parts = [part for one in bylines.PARTS.split(text) if (part := bylines.strip_surroundings(_strip_label(one)))]
    for number, part in enumerate(parts):
        names, beside = bylines.split_names(part)
        is_word = names and " " not in names[0] and names[0].isascii()
        if names and not (is_word and (beside or number)) and not (len(names[0]) < 4 and names[0].isupper()):
            return names
    return ()


def join_pieces(pieces: Iterable[str]) -> str:
    """Join the texts of neighbouring elements with bars; with spaces where a name goes on: at “By”, “and”, a comma."""
    joined = ""
    for piece in pieces:
        is_joined = _is_open(joined) or piece[0] in ",;、，،." or piece.split()[0] in bylines.ANDS
        joined = f"{joined} {piece}" if is_joined else f"{joined} | {piece}"
    return joined.replace(" ,", ",").strip()


def _is_open(line: str) -> bool:
    """Whether a line ends so that a name must follow."""
    last = line.rpartition(" ")[2]
    return (
        not line
        or last in {"by", "By", "BY", *bylines.ANDS}
        or last.endswith(tuple(",:：;、，،"))
        or line.lower().strip(": ") in bylines.BEFORE
    )


def _strip_label(text: str) -> str:
    """Strip a label that has no colon."""
    label = _LABEL.match(text)
    return text[label.end() :] if label else text
