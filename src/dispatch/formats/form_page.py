"""The pages of a subscription and the small mails that lead there, in the publication's look: what they hold, as data.

No script, no picture but the publication's own, and in a mail no word that somebody typed into a form.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage, Message
from email.utils import format_datetime
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo

from dispatch import links, templates
from dispatch.formats import email, eml, text
from dispatch.formats.template_context import TemplateContext
from dispatch.language import Language
from dispatch.model import Link, Page, Publication

PAGE = "subscription.html"
MAIL = "subscription.mjml"
TEXT = "subscription.txt"


class FormField(NamedTuple):
    """One thing that a form asks for; ``trap`` is one that only machines see."""

    name: str
    label: str = ""
    value: str = ""
    kind: Literal["email", "text", "hidden", "choice", "trap"] = "text"
    choices: tuple[tuple[str, str], ...] = ()
    longest: int = 254


class PageForm(NamedTuple):
    """A form with its button."""

    button: str
    name: str = ""  # what the button is called when several forms send to one address
    action: str = ""  # an address; empty for that of the page
    fields: tuple[FormField, ...] = ()
    words: tuple[str, ...] = ()
    is_quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """A page, or a mail, that says something and leads on."""

    heading: str
    words: Annotated[tuple[str, ...], "a paragraph each"] = ()
    forms: Annotated[tuple[PageForm, ...], "none in a mail"] = ()
    links: tuple[Link, ...] = ()
    notes: Annotated[tuple[str, ...], "what a mail says in the end"] = ()


def render_form_page(shown: FormPage, publication: Publication, now: datetime, *, style_sheet: str) -> bytes:
    """Render a page; style_sheet: its address. Raises RenderError."""
    more = {"shown": shown, "style_sheet": style_sheet}
    return _make_context(shown.heading, publication, now).render_template(PAGE, more).encode()


def build_mail(
    shown: FormPage, publication: Publication, now: datetime, *, to: str, name: str, leave: str = ""
) -> bytes:
    """Build a mail, as octets with CRLF. Raises RenderError.

    name: random, of which its Message-ID is made. leave: the address at which one click leaves, for a mail of the list.
    """
    made = EmailMessage(policy=eml.WIRE)
    host = links.parse_host(links.encode_ascii(publication.url))
    headers: dict[str, object] = {
        "From": eml.parse_address(publication.email.sender, publication),
        "To": eml.parse_address(f"<{to}>", publication),
        "Subject": eml.clean_header(shown.heading),
        "Date": format_datetime(now.astimezone(ZoneInfo(publication.timezone))),
        "Message-ID": f"<{name}@{host}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    if publication.email.reply_to:
        headers["Reply-To"] = eml.parse_address(publication.email.reply_to, publication)
    if leave:
        headers |= {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    for header, value in headers.items():
        made[header] = value
    parts: list[Message[str, str] | str] = []
    for subtype, body in _render_bodies(shown, publication, now).items():
        part = EmailMessage(policy=eml.SHORT)
        part.set_content(body, subtype=subtype, charset="utf-8", cte="quoted-printable")
        del part["MIME-Version"]
        parts.append(part)
    made["MIME-Version"] = "1.0"
    made["Content-Type"] = f'multipart/alternative; boundary="=_{name}"'
    made.set_payload(parts)
    octets = made.as_bytes()
    eml.refuse_other_headers(octets, {*headers, "MIME-Version", "Content-Type"})
    return octets


def _render_bodies(shown: FormPage, publication: Publication, now: datetime) -> Mapping[str, str]:
    context, more = _make_context(shown.heading, publication, now), {"shown": shown}
    direction = Language.from_code(publication.language).direction

    def wrap_words(content: str) -> str:
        return text.wrap_prose(text.isolate_directions(content, direction))

    plain = templates.compile_templates(publication.templates).render_template(
        TEXT, {**context.template_values, **more, "prose": wrap_words}
    )
    return {"plain": plain, "html": email.render_mail(context, MAIL, more).decode()}


def _make_context(heading: str, publication: Publication, now: datetime) -> TemplateContext:
    """Give the templates a page that shows no issue."""
    page = Page(kind="page", path="subscription/", id=f"{publication.url}/subscription/", title=heading, date=now)
    return TemplateContext(page, publication)
