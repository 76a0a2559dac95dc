"""Mail servers: one message to one on this machine, and a round's messages to the publication's own (RFC 5321).

server.py      one message to one server
submission.py  the server of ``[delivery]``: connected, encrypted, authenticated
line.py        many messages over one connection, with as few turns as the server allows (RFC 2920)
"""

from dispatch.smtp.line import Envelope, Line, Outcome
from dispatch.smtp.server import MailServer, parse_local_server
from dispatch.smtp.submission import Submission, Timeouts, parse_submission

__all__ = [
    "Envelope",
    "Line",
    "MailServer",
    "Outcome",
    "Submission",
    "Timeouts",
    "parse_local_server",
    "parse_submission",
]
