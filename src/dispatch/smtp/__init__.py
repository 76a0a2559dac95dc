"""Mail servers: one message to one on this machine, and a round's messages to the publication's own (RFC 5321).

server.py        one message to one server
submission.py    the server of ``[delivery]``: connected, encrypted, authenticated
conversation.py  many messages over one connection, with as few turns as the server allows (RFC 2920)
wire.py          its octets, sent and read without waiting
"""

from dispatch.smtp.conversation import Conversation, Envelope, ServerReply, TurnReplies, finish_text
from dispatch.smtp.server import MailServer, describe_failure, parse_local_server
from dispatch.smtp.submission import Submission, Timeouts, parse_submission

__all__ = [
    "Conversation",
    "Envelope",
    "MailServer",
    "ServerReply",
    "Submission",
    "Timeouts",
    "TurnReplies",
    "describe_failure",
    "finish_text",
    "parse_local_server",
    "parse_submission",
]
