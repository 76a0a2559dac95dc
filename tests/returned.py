"""Mails that come back, in the layouts of those who send them, for a newsletter of ours.

Modelled on public examples, none of which is copied: the appendices of RFC 3464 and RFC 5965, the tests of
flufl.bounce, and the layouts that Sisimai's set of bounces has (github.com/sisimai/set-of-emails: lhost-postfix,
lhost-exim, lhost-qmail, lhost-dragonfly, lhost-office365, lhost-gmail, lhost-sendmail, arf, rfc3834).
"""

from textwrap import dedent

TOKEN = "aeaaaaaj" + "k2" * 18 + "q"  # of the right length; whose it is, only a key knows
VERP = f"bounces+{TOKEN}@wire.example"

ORIGINAL = """\
Return-Path: <bounces@wire.example>
Date: Sat, 28 Nov 2026 08:00:00 +0000
From: The Wire <desk@wire.example>
To: ann@paper.example
Subject: Who pays for bridges
Message-ID: <3f1c@wire.example>
List-Unsubscribe: <https://wire.example/subscription/leave/x>
"""


def bounce(
    *,
    status: str = "5.1.1",
    words: str = "smtp; 550 5.1.1 <ann@paper.example>: Recipient address rejected: User unknown",
    action: str = "failed",
    to: str = VERP,
    original: str = ORIGINAL,
) -> bytes:
    """As Postfix writes it: text, status, the message (RFC 3464)."""
    return (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.paper.example (Mail Delivery System)\nTo: {to}\n"
        "Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\n"
        f"Message-Id: <{abs(hash((status, words, action, to)))}@mx.paper.example>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status;\n\tboundary="B.1/mx.paper.example"\n\n'
        "This is a MIME-encapsulated message.\n\n--B.1/mx.paper.example\nContent-Description: Notification\n"
        "Content-Type: text/plain; charset=us-ascii\n\nI'm sorry to have to inform you that your message could not\n"
        "be delivered to one or more recipients.\n\n--B.1/mx.paper.example\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.paper.example\nArrival-Date: Sat, 28 Nov 2026 08:00:01 +0000 (UTC)\n\n"
        f"Final-Recipient: rfc822; ann@paper.example\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {words}\n\n"
        f"--B.1/mx.paper.example\nContent-Type: message/rfc822\n\n{original}\nthe text\n\n--B.1/mx.paper.example--\n"
    ).encode()


EXIM = f"""\
Return-path: <>
X-Failed-Recipients: ann@paper.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.paper.example>
To: {VERP}
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ann@paper.example
    SMTP error from remote mail server after RCPT TO:<ann@paper.example>:
    host mx.paper.example [192.0.2.1]: 550 5.1.1 <ann@paper.example>: No such user here

------ This is a copy of the message, including all the headers. ------

{ORIGINAL}
421 4.7.0 is what the article says
"""

QMAIL = f"""\
Return-Path: <>
Delivered-To: {VERP}
From: MAILER-DAEMON@mx.paper.example
To: bounces@wire.example
Subject: failure notice

Hi. This is the qmail-send program at mx.paper.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ann@paper.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{ORIGINAL}
"""

DRAGONFLY = f"""\
From: MAILER-DAEMON <>
To: {VERP}
Subject: Mail delivery failed

This is the DragonFly Mail Agent v0.13 at df.example.

There was an error delivering your mail to <ann@paper.example>.

mx.paper.example [192.0.2.1] did not like our RCPT TO:
452 4.2.2 The recipient's inbox is out of storage space.

Message headers follow.

{ORIGINAL}
"""

WORDS_ALONE = f"""\
From: postmaster@gw.paper.example
To: {VERP}
Subject: Undeliverable: Who pays for bridges

Your message

  To:      ann@paper.example
  Subject: Who pays for bridges

did not reach the following recipient(s):

ann@paper.example on Sat, 28 Nov 2026 08:00:01 -0000
    The recipient name is not recognized
    MSEXCH:IMS:PAPER:GW:MAIL 0 (000C05A6) Unknown Recipient
"""

HOLIDAY = f"""\
From: Ann Lee <ann@paper.example>
To: {VERP}
Subject: Away until 5 May
Auto-Submitted: auto-replied
In-Reply-To: <3f1c@wire.example>

I am away. For orders up to 550 pounds, write to the office.
"""

PERSON = """\
From: Ann Lee <ann@paper.example>
To: desk@wire.example
Subject: Your piece on bridges

550 5.1.1 is what your server said when I wrote to Bo.
"""


def complaint(kind: str = "abuse", *, original: str = ORIGINAL, head: str = "") -> bytes:
    """As RFC 5965 has it."""
    return (
        f"From: <abusedesk@paper.example>\nTo: <abuse@wire.example>\nSubject: FW: bridges\n{head}MIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report;\n     boundary="part1"\n\n--part1\n'
        "Content-Type: text/plain\n\nThis is an email abuse report.\n\n--part1\n"
        f"Content-Type: message/feedback-report\n\nFeedback-Type: {kind}\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n\n"
        f"--part1\nContent-Type: message/rfc822\nContent-Disposition: inline\n\n{original}\nSpam\n\n--part1--\n"
    ).encode()


JMRP = dedent(
    f"""\
    From: staff@mail.example
    Subject: complaint about message from 192.0.2.222
    To: abuse@wire.example
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="F0"

    --F0
    Content-Type: message/rfc822

    X-HmXmrOriginalRecipient: ann@paper.example
    Return-Path: <{VERP}>
    From: desk@wire.example

    Spam
    --F0--
    """
).encode()
