"""What mail programs and mail services demand, and where the sender stands."""

import re
from collections.abc import Iterator
from html import escape
from itertools import product
from operator import itemgetter

from dispatch.checks import email_footer, message, style
from dispatch.checks.check_input import CheckInput
from dispatch.checks.html_page import Page
from dispatch.checks.message import Message
from dispatch.checks.read_back import Rendition
from dispatch.checks.rules import CONFIG, find_edition_place, find_place, make_finding, name_article
from dispatch.colours import contrast
from dispatch.model import Edition, Finding, Place, Publication

CLIP = 102_400  # bytes; Gmail shows the rest behind a link
PREHEADER = range(40, 131)
SUBJECT = 70
LINE = 998  # RFC 5322, section 2.1.1
# fmt: off
FORBIDDEN = (
    "applet", "audio", "base", "canvas", "embed", "form", "frame", "iframe", "input", "math", "object", "script",
    "select", "svg", "textarea", "video",
)
# fmt: on
ONCE = ("from", "to", "subject", "date", "message-id", "mime-version", "content-type")


def check(case: CheckInput) -> Iterator[Finding]:
    """Judges each mail and each whole message, and then what the publication says of itself."""
    judged: set[str] = set()
    for _, part in case.renditions:
        if part.kind in {"mail", "plain"}:
            yield from email_footer.check_footer(part, case)
        if part.kind == "mail" and part.text.replace("\r\n", "\n") not in judged and part.page:
            judged.add(part.text.replace("\r\n", "\n"))  # a message's HTML is the email edition, once more
            yield from _check_document(part, part.page)
            yield from _check_size(part)
            yield from _check_pictures(part, part.page)
            yield from style.check_style(part.at, part.page)
    for edition in case.editions:
        if edition.format == "eml" and edition.path not in {other.path for other, _ in case.unreadable}:
            place = find_edition_place(case.issue, edition)
            found = _check_message(edition, message.read_message(edition.body), case.publication)
            yield from (one.at(place) for one in found)
    yield from _check_sender(case)
    yield from _check_colours(case.publication)


def _check_document(part: Rendition, page: Page) -> Iterator[Finding]:
    yield from (found.at(part.at) for found in (*_check_frame(page), *_find_refused(page)))


def _check_frame(page: Page) -> Iterator[Finding]:
    """What a mail lacks of what mail programs look for around its words."""
    rule = "email.document"
    metas = {
        tag.attributes.get("name", "").lower(): tag.attributes.get("content", "") for tag in page.find_tags("meta")
    }
    html = next(page.find_tags("html"), None)
    if not page.doctype:
        yield make_finding(rule, "element", element="doctype")
    for attribute in ("lang", "dir"):
        if not (html and html.attributes.get(attribute)):
            yield make_finding(rule, "attribute", element="html", attribute=attribute)
        if not any(tag.attributes.get(attribute) for tag in page.outer):
            yield make_finding(rule, "attribute", attribute=attribute)
    if not any(tag.text.strip() for tag in page.find_tags("title")):
        yield make_finding(rule, "title")
    for name in ("viewport", "color-scheme", "supported-color-schemes"):
        if not metas.get(name):
            yield make_finding(rule, "meta", name=name)
    if (times := sum(1 for _ in page.find_tags("h1"))) != 1:
        yield make_finding(rule, "heading", found=times)
    if any("role" not in table.attributes for table in page.find_tags("table")):
        yield make_finding(rule, "table")


def _find_refused(page: Page) -> Iterator[Finding]:
    """What a mail has and mail programs remove or warn of."""
    rule = "email.forbidden"
    for tag in page.find_tags(*FORBIDDEN):
        yield make_finding(rule, "element", element=tag.name)
    for tag in page.find_tags("link"):
        if "stylesheet" in tag.attributes.get("rel", "").lower():
            yield make_finding(rule, "style")
    for tag in page.tags:
        for name, value in tag.attributes.items():
            address = value.lstrip().lower()
            if name.startswith("on"):
                yield make_finding(rule, "script", element=tag.name, attribute=name)
            elif name in {"src", "href", "background"} and address.startswith(("data:", "javascript:")):
                yield make_finding(rule, "address", element=tag.name, scheme=address.partition(":")[0])


def _check_size(part: Rendition) -> Iterator[Finding]:
    size = len(part.text.encode())
    if size <= CLIP * 0.9:
        return
    # Where an article begins in the bytes is told by the first link to its own address.
    begins = [(part.text.find(f'href="{escape(article.url)}"'), article) for article, _ in part.entries]
    begins = sorted(((at, article) for at, article in begins if at >= 0), key=itemgetter(0))
    ends = [at for at, _ in begins[1:]] + [len(part.text)]
    sizes = [
        (name_article(article), len(part.text[at:end].encode()))
        for (at, article), end in zip(begins, ends, strict=True)
    ]
    largest = tuple(sorted(sizes, key=itemgetter(1), reverse=True)[:5])
    rule = "email.size" if size >= CLIP else "email.size-near"
    yield make_finding(rule, "size", part.at, size=size, limit=CLIP, largest=largest)


def _check_pictures(part: Rendition, page: Page) -> Iterator[Finding]:
    rule = "email.picture"
    for picture in page.pictures:
        if not picture.url.lower().startswith(("https://", "http://")):
            yield make_finding(rule, "address", part.at, url=picture.url)
        if picture.alt is None:
            yield make_finding(rule, "text", part.at, url=picture.url)
        if not (picture.width or picture.height):
            yield make_finding(rule, "size", part.at, url=picture.url)


def _check_message(edition: Edition, read: Message, publication: Publication) -> Iterator[Finding]:
    for name in (*ONCE, "list-id"):
        if (times := len(read.find_header(name))) != 1:
            yield make_finding("email.headers", "header", name=name, found=times, wanted=1)
    yield from _check_unsubscribe(edition, read, publication)
    halves = tuple(half.media_type for half in read.halves)
    if read.media_type != "multipart/alternative" or halves != ("text/plain", "text/html"):
        yield make_finding("email.parts", "part", type=read.media_type, found=halves)
    for half in read.halves:
        if half.charset.lower() != "utf-8":
            yield make_finding("email.parts", "charset", type=half.media_type, found=half.charset)
    if re.search(rb"(?<!\r)\n|\r(?!\n)", edition.body):
        yield make_finding("email.lines", "line")
    if (longest := max(map(len, edition.body.replace(b"\r\n", b"\n").split(b"\n")))) > LINE:
        yield make_finding("email.lines", "size", size=longest, limit=LINE)


def _check_unsubscribe(edition: Edition, read: Message, publication: Publication) -> Iterator[Finding]:
    rule, name, post = "email.headers", "list-unsubscribe", "list-unsubscribe-post"
    wanted = bool(publication.email.unsubscribe)
    if (times := len(read.find_header(name))) != wanted:
        yield make_finding(rule, "header", name=name, found=times, wanted=int(wanted))
    raw = re.search(rb"^list-unsubscribe:((?:[^\r\n]|\r?\n[ \t])*)", edition.body, re.IGNORECASE | re.MULTILINE)
    if raw and b"=?" in raw[1]:
        yield make_finding(rule, "text", name=name)
    one_click = any(way.startswith("https:") for way in publication.email.unsubscribe)
    if one_click and read.find_header(post) != ["List-Unsubscribe=One-Click"]:
        yield make_finding(
            rule, "link", name=post, found=tuple(read.find_header(post)), wanted="List-Unsubscribe=One-Click"
        )


def _check_sender(case: CheckInput) -> Iterator[Finding]:
    issue, mailing = case.issue, case.publication.email
    if (length := len(issue.preheader)) not in PREHEADER:
        yield make_finding("email.preheader", "text", find_place(issue, key="preheader"), size=length or None)
    if len(issue.title) > SUBJECT:
        yield make_finding("email.subject", "title", find_place(issue, key="title"), size=len(issue.title))
    for rule, key, value in (
        ("email.sender", "from", mailing.sender),
        ("email.unsubscribe", "unsubscribe", mailing.unsubscribe),
        ("email.postal-address", "postal_address", mailing.postal_address),
    ):
        if not value:
            yield make_finding(rule, "address", Place(file=CONFIG, key=f"email.{key}"))


def _check_colours(publication: Publication) -> Iterator[Finding]:
    theme = publication.theme
    for (scheme, colours), name in product((("light", theme.light), ("dark", theme.dark)), ("ink", "soft", "accent")):
        ratio = contrast(getattr(colours, name), colours.paper)
        if ratio < 4.5:
            place = Place(file=CONFIG, key=f"theme.{'dark.' if scheme == 'dark' else ''}{name}")
            yield make_finding("email.contrast", "colour", place, scheme=scheme, name=name, found=f"{ratio:.1f}")
