"""A mail to oneself, with the header that a newsletter has: what a receiver makes of it says how it is signed."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from dispatch.formats.eml import WIRE, parse_address
from dispatch.model import Publication

_TEXT = """\
This is a test of the way that your mails take. Save it as you received it, with all
its headers ("Show original", "View source"), and give that file to

    dispatch doctor --received FILE
"""


def build_probe(publication: Publication, to: str, now: datetime, name: str) -> tuple[bytes, str]:
    """Build the message, as octets with CRLF, and the sender's address; ``name`` stands before the @ in its Message-ID.

    Nobody leaves by it: its address to leave is the sender's own. Raises RenderError for an address that is none.
    """
    sender = parse_address(publication.email.sender, publication)
    made = EmailMessage(policy=WIRE)
    made["From"], made["To"] = sender, parse_address(to, publication)
    made["Subject"] = f"{publication.title}: a test of the way"
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{name}@{sender.domain}>"
    made["List-Unsubscribe"] = f"<{publication.url}>, <mailto:{sender.addr_spec}?subject=test>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(_TEXT)
    return made.as_bytes(), sender.addr_spec
