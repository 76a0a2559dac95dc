"""What an element's own style keeps from the reader's eye. Only the attribute is read: no sheet, and no colour."""

import re

_END = r"\s*(?:!|;|$)"
_HIDDEN = re.compile(
    rf"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0*\.?0*%?{_END})", re.IGNORECASE
)
_FLAT = re.compile(rf"(?:^|;)\s*(?:max-)?(?:height|width)\s*:\s*0[a-z%]*{_END}", re.IGNORECASE)
_CLIPPED = re.compile(r"(?:^|;)\s*overflow(?:-[xy])?\s*:\s*(?:hidden|clip)", re.IGNORECASE)
_STRUCK = re.compile(r"(?:^|;)\s*text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)
_FONT = re.compile(r"(?:^|;)\s*font(-size)?\s*:\s*([^;]*)", re.IGNORECASE)
_LENGTH = re.compile(r"(?<![\w.])(\d*\.?\d+)(px|pt|pc|rem|cm|mm|in|v[wh])", re.IGNORECASE)
_ZERO = re.compile(rf"0*\.?0+(?:e[mx]|%)?{_END}", re.IGNORECASE)
_NO_SIZE = re.compile(r"(?:^|\s)0+(?:/\S+)?\s")  # within the shorthand, where it stands before the family
# Sizes that are told by what is around them stay as small as that.
_RELATIVE = re.compile(r"inherit|unset|smaller|larger|[\d.]", re.IGNORECASE)


def is_hidden(style: str) -> bool:
    """Whether a style takes an element away with everything in it."""
    return bool(_HIDDEN.search(style) or (_FLAT.search(style) and _CLIPPED.search(style)))


def is_struck(style: str) -> bool:
    """Whether a style strikes words out."""
    return bool(_STRUCK.search(style))


def is_tiny(style: str, around: bool) -> bool:
    """Whether words are too small to be seen, one pixel or none; ``around``: whether those around the element are.

    Mails have wrappers without any size, in which each text sets its own again.
    """
    tiny = around
    for size, value in _FONT.findall(style):
        if length := _LENGTH.search(value):
            tiny = float(length[1]) <= (1 if length[2].lower() in {"px", "pt"} else 0)
        elif _ZERO.match(value) if size else _NO_SIZE.search(value):
            tiny = True
        elif size and not _RELATIVE.search(value):
            tiny = False
    return tiny
