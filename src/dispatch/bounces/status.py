"""Judge what a mail server said of one address: whether it can never be reached, or not now. Pure."""

import re
from typing import Final

from dispatch.model import ReportKind

# There is no such mailbox or no such domain (RFC 3463, 3.2, 3.3, 3.5; 5.1.10 is of RFC 7505, the last two Exchange's).
# 5.1.7 and 5.1.8 are of the sender's address; 5.7 is policy, which says nothing of whoever reads.
_HARD: Final = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4", "5.1.351", "5.4.310"})
_VAGUE: Final = re.compile(r"5\.(?:\d+\.0|0\.\d+|1\.9|4\.1|5\.\d+|7\.1)\Z")
# For servers that say 550, 5.0.0 or the like and the reason in words only.
_WHO: Final = "(?:user ?id|user|recipient|mailbox|account|addressee|address|alias|person|domain|host)"
_GONE: Final = re.compile(
    rf"{_WHO}(?: name)?(?: \(?\w+\)?)? ?(?:is |was |has been |could )?"
    r"(?:unknown|not (?:exist|found|be found|known|recognized|listed|here|valid)|non-?existent|disabled|inactive"
    r"|deactivated|suspended|terminated|discontinued|no longer)"
    rf"|(?:unknown|no such|invalid|non-?existent|bad|unrecognized|inactive|no) (?:\w+ ){{0,2}}{_WHO}"
    r"|not a valid (?:recipient|user|mailbox|address)|no mailbox here|does ?n[o']t (?:exist|have an? .{0,30}account)"
    r"|account that you tried to reach|recipient address rejected: access denied|does not accept mail"
    r"|can.?t find (?:any )?(?:host|domain|valid)|no (?:mx|such) (?:record|domain|host)"
)
# What the same servers say under any number when it is about the message, the sender or the moment.
_ELSE: Final = re.compile(
    r"quota|mailbox (?:is )?full|over ?limit|exceed|too (?:large|big|many)|insufficient|\bspam|blocked|black ?list"
    r"|\brbl\b|reputation|\bpolic(?:y|ies)|\bdmarc\b|\bspf\b|\bdkim\b|\bvirus|\bcontent\b|greylist|\brate\b|relaying"
    r"|authenticat|try again|temporar|\bsender\b|timed? ?out|mail loop|refused|malformed"
)
_ASIDE: Final = re.compile(r"(?<![^\s@])[^\s@]+@\S+|\bsize=\d+")
_STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CODE: Final = re.compile(r"(?<![\d.])([245]\d\d)(?=[ -])")


def judge_reply(code: int, words: str) -> ReportKind:
    """Judge what a server answered to one recipient or message: its three digits (RFC 5321), and all of its words."""
    if 200 <= code < 300:
        return "delivered"
    return judge_status(find_status(words) or f"{code // 100}.0.0", f"{code} {words}")


def judge_status(status: str, words: str) -> ReportKind:
    """Judge a failure by its status (RFC 3463) and by the words beside it, which some servers say it in alone.

    Where it is not certain that the address is gone, it may be there again: soft.
    """
    inner, folded = find_status(words), " ".join(_ASIDE.sub(" ", words.lower()).split())
    if inner and (_VAGUE.match(status) or not status):
        status = inner  # the words of the server itself say more than the report about them
    is_gone = status in _HARD or (status[:1] == "5" and bool(_VAGUE.match(status)) and bool(_GONE.search(folded)))
    return "hard" if is_gone and not _ELSE.search(folded) else "soft"


def find_status(words: str) -> str:
    """Find a status (RFC 3463) in a server's words; empty when there is none."""
    found = _STATUS.search(words)
    return found[1] if found else ""


def find_code(words: str) -> int:
    """Find the three digits of a reply in a report's words; 0 when there are none."""
    found = _CODE.search(words)
    return int(found[1]) if found else 0
