"""Know a mail address when there is one, and when two are the same mailbox. The only user of email-validator."""

import re

from email_validator import EmailNotValidError, validate_email

# What most addresses are (RFC 5321, 4.1.2: a local part of at most 64 characters); all others ask the library, which
# takes fifty times as long. Top-level domains of RFC 6761 and letters in Punycode are among these others.
_PLAIN = re.compile(
    r"(?=[^@]{1,64}@)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*"
    r"@(?=.{1,253}\Z)(?:(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    r"(?!(?:arpa|invalid|local|localhost|onion|test|xn--)\Z)[a-z]{2,63}\Z"
)


def is_plain(address: str) -> bool:
    """Whether an address is as most are: in ASCII, and the same in every form. Others may be right as well."""
    return bool(_PLAIN.match(address))


def parse_mailbox(written: str) -> str:
    """Return a mail address as it was written, without the space around it. Raises ValueError, which says why."""
    address = written.strip()
    if not _PLAIN.match(address):
        try:
            validate_email(address, check_deliverability=False, strict=True)
        except EmailNotValidError as error:
            raise ValueError(str(error)) from error
    return address


def fold_mailbox(address: str) -> str:
    """Fold a mail address that ``parse_mailbox`` knows: for comparing only, the same for the same mailbox.

    Case tells no two mailboxes apart, whatever RFC 5321 allows a server; a domain is the same in letters and Punycode.
    """
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        domain = validate_email(f"a@{domain}", check_deliverability=False).ascii_domain or domain
    return f"{local}@{domain}".lower()


def find_ascii_form(address: str) -> str:
    """Find the form of a sender's address that every server takes; empty when there is none. Raises ValueError.

    Names of a network of one's own, which the world cannot reach, may be senders, too.
    """
    if _PLAIN.match(address):
        return address
    try:
        found = validate_email(address, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from error
    return found.ascii_email or ""
