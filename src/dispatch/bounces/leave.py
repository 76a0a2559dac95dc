"""Read a message to ``leave+TOKEN@``: the way out of the list by mail (RFC 2369, List-Unsubscribe). Pure."""

import re
from typing import Final

from dispatch.bounces.messages import ReturnedMail
from dispatch.model import DeliveryReport

_ADDRESS: Final = re.compile(r"(?:\A|[\s<,])leave\+([a-z2-7]{45})@", re.IGNORECASE)


def read(mail: ReturnedMail) -> DeliveryReport | None:
    """Read a wish to leave: any message to that address is one, whatever it says, unless a mail server wrote it."""
    if mail.read_header("Return-Path") == "<>" or mail.message.get_content_type() == "multipart/report":
        return None
    found = next((found for words in mail.list_arrived_at() if (found := _ADDRESS.search(words))), None)
    return mail.make_report("mail", "left", token=found[1]) if found else None
