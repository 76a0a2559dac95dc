"""The mail and its plain text as a mail service takes them: its tags in the slots, its own language escaped."""

import secrets
from dataclasses import replace

from dispatch.formats import email, text
from dispatch.mail_services import MailService
from dispatch.model import Contents, Publication


def render(issue: Contents, publication: Publication, service: MailService, *, as_text: bool) -> bytes:
    """Render the issue's mail, or its plain text, to be pasted into the service. Raises RenderError.

    A slot is an address that nobody could have written, until everything around it is escaped.
    """
    leave, browser = (f"https://{secrets.token_hex(16)}.invalid/" for _ in range(2))
    mailing = replace(publication.email, unsubscribe=(leave,) if service.unsubscribe else ())
    more = {"framed": service.framed, **({"page": browser} if service.browser else {})}
    renderer, escape = (text.render, service.escape_text) if as_text else (email.render, service.escape_html)
    written = escape(renderer(issue, replace(publication, email=mailing), more).decode())
    return written.replace(leave, service.unsubscribe).replace(browser, service.browser).encode()
