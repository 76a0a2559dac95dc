"""Guess what a report says that follows no specification, where a token says whom it is about. Pure.

The only user of flufl.bounce, which knows what servers of thirty years wrote.
"""

import logging
import re
from email.message import Message
from typing import Final

from flufl.bounce import all_failures

from dispatch.bounces.messages import ReturnedMail
from dispatch.bounces.status import find_code, find_status, judge_status
from dispatch.model import DeliveryReport

# Where the words of a report end and the message that it is about begins.
_QUOTED: Final = re.compile(
    r"^(?:-{2,} ?(?:Below this line|This is a copy|The body|Original message|Returned message|Unsent message)"
    r"|Received: |Return-Path: |(?:Original message|Message headers?) follows?|[ \t]*-+ ?(?:Message log|Original))",
    re.IGNORECASE | re.MULTILINE,
)
logging.getLogger("flufl.bounce").addHandler(logging.NullHandler())  # it says aloud what it cannot read


def read(mail: ReturnedMail) -> DeliveryReport | None:
    """Read a failure out of its words; None when there is none, as in the reply of somebody on holiday."""
    if not mail.token or _is_reply(mail):
        return None
    words = _QUOTED.split(mail.text, maxsplit=1)[0]
    status, code = find_status(words), find_code(words)
    temporary, permanent = (False, False) if status or code else _ask_detectors(mail.message)
    if not (status or code or temporary or permanent):
        return None
    status = status or f"{str(code)[0] if code else 5 if permanent else 4}.0.0"
    kind = "delayed" if status.startswith("4") else judge_status(status, words)
    return mail.make_report("mail", kind, status=status, detail=words)


def _is_reply(mail: ReturnedMail) -> bool:
    """Whether somebody's mailbox answered by itself (RFC 3834): then the message has arrived."""
    is_automatic = mail.read_header("Auto-Submitted").lower().startswith("auto-replied")
    return is_automatic and not mail.read_header("X-Failed-Recipients") and bool(mail.read_header("In-Reply-To"))


def _ask_detectors(message: Message) -> tuple[bool, bool]:
    """Ask whether they know a failure that is temporary, and one that is permanent."""
    try:
        temporary, permanent = all_failures(message)
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError):
        return False, False  # its detectors trust what they read
    return bool(temporary), bool(permanent)
