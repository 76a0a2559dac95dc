"""Read a message to the address by which somebody leaves, as List-Unsubscribe has it (RFC 2369). Pure.

It is the mailbox of bounces with a token of another purpose: which it is, only the key tells.
"""

import re
from typing import Final

from dispatch.bounces.messages import ReturnedMail
from dispatch.model import DeliveryReport

_ADDRESS: Final = re.compile(r"(?:\A|[\s<,])[^\s<>@,+]{1,64}\+([a-z2-7]{45})@", re.IGNORECASE)


def read(mail: ReturnedMail) -> DeliveryReport | None:
    """Read a wish to leave: any message to such an address may be one, whatever it says, unless a program wrote it."""
    is_automatic = mail.read_header("Auto-Submitted").lower() not in ("", "no")
    if is_automatic or mail.read_header("Return-Path") == "<>" or mail.message.get_content_type() == "multipart/report":
        return None
    found = next((found for words in mail.list_arrived_at() if (found := _ADDRESS.search(words))), None)
    return mail.make_report("mail", "left", token=found[1]) if found else None
