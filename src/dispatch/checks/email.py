"""What mail programs and mail services demand, and where the sender stands."""

import re
from collections.abc import Iterator
from html import escape
from itertools import product
from operator import itemgetter

from dispatch.checks import foot, message, style
from dispatch.checks.case import Case
from dispatch.checks.message import Message
from dispatch.checks.page import Page
from dispatch.checks.parts import Part
from dispatch.checks.rules import called, file, finding, short
from dispatch.colours import contrast
from dispatch.model import Edition, Finding, Publication

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
CONFIG = "dispatch.toml"


def check(case: Case) -> Iterator[Finding]:
    """Judges each mail and each whole message, and then what the publication says of itself."""
    judged: set[str] = set()
    for _, part in case.parts:
        if part.kind in {"mail", "plain"}:
            yield from foot.check(part, case)
        if part.kind == "mail" and part.text.replace("\r\n", "\n") not in judged and part.page:
            judged.add(part.text.replace("\r\n", "\n"))  # a message's HTML is the email edition, once more
            yield from _document(part, part.page)
            yield from _size(part)
            yield from _pictures(part, part.page)
            yield from style.check(part.where, part.page)
    for edition in case.editions:
        if edition.format == "eml" and edition.path not in {other.path for other, _ in case.unreadable}:
            yield from _message(edition, message.read(edition.body), case.publication)
    yield from _sender(case)
    yield from _colours(case.publication)


def _document(part: Part, page: Page) -> Iterator[Finding]:
    where = part.where

    def lacks(what: str) -> Finding:
        return finding("email.document", where, what)

    metas = {tag.attributes.get("name", "").lower(): tag.attributes.get("content", "") for tag in page.named("meta")}
    html = next(page.named("html"), None)
    if not page.doctype:
        yield lacks("It has no doctype: mail programs fall back to quirks")
    for attribute in ("lang", "dir"):
        if not (html and html.attributes.get(attribute)):
            yield lacks(f"<html> has no {attribute}")
        if not any(tag.attributes.get(attribute) for tag in page.outer):
            yield lacks(f"Nothing within <body> has a {attribute}: many programs drop <html> and <body>")
    if not any(tag.text.strip() for tag in page.named("title")):
        yield lacks("It has no title")
    for name in ("viewport", "color-scheme", "supported-color-schemes"):
        if not metas.get(name):
            yield lacks(f"It has no <meta name={name}>")
    if sum(1 for _ in page.named("h1")) != 1:
        yield lacks("It has not exactly one h1")
    for table in page.named("table"):
        if "role" not in table.attributes:
            yield lacks("A table is without role=presentation: screen readers announce its cells")
            break
    for tag in page.named(*FORBIDDEN):
        yield finding("email.forbidden", where, f"It has <{tag.name}>, which mail programs remove or warn of")
    for tag in page.named("link"):
        if "stylesheet" in tag.attributes.get("rel", "").lower():
            yield finding("email.forbidden", where, "It links to a style sheet, which mail programs do not load")
    for tag in page.tags:
        for name, value in tag.attributes.items():
            if name.startswith("on"):
                yield finding("email.forbidden", where, f"<{tag.name}> has a script in {name}")
            elif name in {"src", "href", "background"} and value.lstrip().lower().startswith(("data:", "javascript:")):
                yield finding("email.forbidden", where, f"<{tag.name}> has {value.lstrip()[:5]}… for an address")


def _size(part: Part) -> Iterator[Finding]:
    size = len(part.text.encode())
    if size <= CLIP * 0.9:
        return
    # Where an article begins in the bytes is told by the first link to its own address.
    begins = [(part.text.find(f'href="{escape(article.url)}"'), article) for article, _ in part.entries]
    begins = sorted(((at, article) for at, article in begins if at >= 0), key=itemgetter(0))
    ends = [at for at, _ in begins[1:]] + [len(part.text)]
    sizes = [
        (len(part.text[at:end].encode()), called(article)) for (at, article), end in zip(begins, ends, strict=True)
    ]
    largest = "; ".join(f"{name} {octets:,}" for octets, name in sorted(sizes, reverse=True)[:5])
    rule = "email.size" if size >= CLIP else "email.size-near"
    yield finding(rule, part.where, f"It has {size:,} of {CLIP:,} bytes; the largest articles: {largest}")


def _pictures(part: Part, page: Page) -> Iterator[Finding]:
    for picture in page.pictures:
        name = f"The picture {short(picture.url)}"
        if not picture.url.lower().startswith(("https://", "http://")):
            yield finding("email.picture", part.where, f"{name} has no absolute address")
        if picture.alt is None:
            yield finding("email.picture", part.where, f"{name} has no alt: with pictures off it is a hole")
        if not (picture.width or picture.height):
            yield finding("email.picture", part.where, f"{name} has no width: Outlook shows it in full size")


def _message(edition: Edition, read: Message, publication: Publication) -> Iterator[Finding]:
    where = edition.path
    for name in ONCE:
        if (times := len(read.header(name))) != 1:
            yield finding("email.headers", where, f"It has {times or 'no'} {name.title()} header{'s' * (times > 1)}")
    if len(read.header("list-id")) != 1:
        yield finding("email.headers", where, "It has not exactly one List-Id (RFC 2919)")
    yield from _unsubscribe(edition, read, publication)
    if read.media_type != "multipart/alternative" or [half.media_type for half in read.halves] != [
        "text/plain",
        "text/html",
    ]:
        there = ", ".join(half.media_type for half in read.halves) or "nothing"
        yield finding("email.parts", where, f"Its parts are {read.media_type} of {there}")
    for half in read.halves:
        if half.charset.lower() != "utf-8":
            yield finding("email.parts", where, f"Its {half.media_type} is in {half.charset}, not in UTF-8")
    if re.search(rb"(?<!\r)\n|\r(?!\n)", edition.body):
        yield finding("email.lines", where, "Its lines do not all end with CRLF (RFC 5322, section 2.1)")
    if (longest := max(map(len, edition.body.replace(b"\r\n", b"\n").split(b"\n")))) > LINE:
        yield finding("email.lines", where, f"It has a line of {longest:,} octets: servers cut at {LINE}")


def _unsubscribe(edition: Edition, read: Message, publication: Publication) -> Iterator[Finding]:
    ways = read.header("list-unsubscribe")
    post = read.header("list-unsubscribe-post")
    if len(ways) != bool(publication.email.unsubscribe):
        yield finding("email.headers", edition.path, f"It has {len(ways) or 'no'} List-Unsubscribe header")
    raw = re.search(rb"^list-unsubscribe:((?:[^\r\n]|\r?\n[ \t])*)", edition.body, re.IGNORECASE | re.MULTILINE)
    if raw and b"=?" in raw[1]:
        yield finding("email.headers", edition.path, "List-Unsubscribe is RFC 2047-encoded: one click will not work")
    one_click = any(way.startswith("https:") for way in publication.email.unsubscribe)
    if one_click and post != ["List-Unsubscribe=One-Click"]:
        yield finding(
            "email.headers", edition.path, "It has no List-Unsubscribe-Post: List-Unsubscribe=One-Click (RFC 8058)"
        )


def _sender(case: Case) -> Iterator[Finding]:
    issue, mailing = case.issue, case.publication.email
    if (length := len(issue.preheader)) not in PREHEADER:
        what = f"The preheader has {length} characters" if length else "There is no preheader"
        yield finding("email.preheader", file(issue), f"{what}: mailboxes fill the line with whatever comes next")
    if len(issue.title) > SUBJECT:
        what = f"The title is the subject and has {len(issue.title)} characters: phones cut it off"
        yield finding("email.subject", file(issue), what)
    if not mailing.sender:
        yield finding("email.sender", CONFIG, "There is no sender: no whole message can be made")
    if not mailing.unsubscribe:
        yield finding("email.unsubscribe", CONFIG, "There is no way to unsubscribe: mail services turn such mail away")
    if not mailing.postal_address:
        yield finding("email.postal-address", CONFIG, "There is no postal address")


def _colours(publication: Publication) -> Iterator[Finding]:
    theme = publication.theme
    for (scheme, colours), name in product((("light", theme.light), ("dark", theme.dark)), ("ink", "soft", "accent")):
        ratio = contrast(getattr(colours, name), colours.paper)
        if ratio < 4.5:
            what = f"In {scheme}, {name} on paper has a contrast of {ratio:.1f}"
            yield finding("email.contrast", CONFIG, what)
