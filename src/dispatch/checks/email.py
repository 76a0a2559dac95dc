"""Mails and messages: what mail programs and mail services demand, and what stands at their foot."""

import re
from collections.abc import Iterator
from email.utils import parseaddr
from html import escape
from itertools import chain, product
from operator import itemgetter

from dispatch import derived
from dispatch.checks import links
from dispatch.checks.check_input import CheckInput
from dispatch.checks.html_page import HtmlPage, read_content
from dispatch.checks.read_back import Message, Rendition, read_message
from dispatch.checks.rules import CONFIG, find_edition_place, find_place, make_finding, name_article
from dispatch.checks.text_lines import fold_spaces, join_lines
from dispatch.checks.vocabulary import load_vocabulary
from dispatch.colours import measure_contrast
from dispatch.model import Edition, Finding, Place, Publication

STYLE = 16 * 1024  # bytes; Gmail drops style elements from here on
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
# What Outlook on Windows, Gmail or both leave out, as caniemail.com has it, and what breaks without it.
_UNKNOWN = re.compile(
    r"(?:^|[;{])\s*+(?:"
    r"(?P<property>position|float|clip-path|filter|grid[a-z-]*|flex[a-z-]*|animation[a-z-]*|transition[a-z-]*|"
    r"transform[a-z-]*|aspect-ratio|gap|inset)\s*:"
    r"|(?P<value>display\s*:\s*(?:inline-)?(?:flex|grid)|[a-z-]++\s*+:[^;{]*(?:var|calc|clamp|min|max|oklch|lab)\())",
    re.IGNORECASE,
)
ONCE = ("from", "to", "subject", "date", "message-id", "mime-version", "content-type")


def check(case: CheckInput) -> Iterator[Finding]:
    """Judge each mail and each whole message, and then what the publication says of its sender."""
    judged: set[str] = set()
    for edition, part in case.renditions:
        if part.kind in {"mail", "plain"}:
            to = read_message(edition.body).find_header("to") if edition.format == "eml" else []
            who = parseaddr(to[0])[1] if to else ""
            yield from _check_footer(part, case, derived.name_recipient(case.publication, who))
        if part.kind == "mail" and part.text.replace("\r\n", "\n") not in judged and part.page:
            judged.add(part.text.replace("\r\n", "\n"))  # a message's HTML is the email edition, once more
            page = part.page
            found = chain(
                _check_frame(page, _count_tables(case)), _find_refused(page), _check_pictures(page), _check_style(page)
            )
            yield from (one.at_place(part.at) for one in found)
            yield from _check_size(part)
    for edition in case.editions:
        yield from tell_shortened(edition, case)
        if edition.format == "eml" and edition.path not in {other.path for other, _ in case.unreadable}:
            place = find_edition_place(case.issue, edition)
            message = _check_message(edition, read_message(edition.body), case.publication)
            yield from (one.at_place(place) for one in message)
    yield from _check_sender(case)
    yield from _check_colours(case.publication)


def tell_shortened(edition: Edition, case: CheckInput) -> Iterator[Finding]:
    """Tell of which articles a mail lacks the excerpt, or the editor's note, because it would be too large."""
    if edition.format in {"email", "eml"}:
        place, rule = find_edition_place(case.issue, edition), "email.shortened"
        names = {article.id: name_article(article) for article in case.issue.articles}
        if edition.shortened:
            yield make_finding(rule, "excerpt", place, headlines=tuple(map(names.__getitem__, edition.shortened)))
        if edition.without_notes:
            yield make_finding(rule, "text", place, headlines=tuple(map(names.__getitem__, edition.without_notes)))


def _check_frame(page: HtmlPage, tables: int) -> Iterator[Finding]:
    """Report what mail programs look for around the words of a mail and do not find; tables: of the editor's own."""
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
    if sum("role" not in table.attributes for table in page.find_tags("table")) > tables:
        yield make_finding(rule, "table")


def _count_tables(case: CheckInput) -> int:
    """Count the tables in the editor's own words, which are tables to readers too."""
    words = (case.issue.intro, *(section.intro for section in case.issue.sections), case.publication.email.footer)
    return sum(1 for html in words for _ in read_content(html).find_tags("table"))


def _find_refused(page: HtmlPage) -> Iterator[Finding]:
    """Report what mail programs remove or warn of."""
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


def _check_pictures(page: HtmlPage) -> Iterator[Finding]:
    rule = "email.picture"
    for picture in page.pictures:
        if not picture.url.lower().startswith(("https://", "http://")):
            yield make_finding(rule, "address", url=picture.url)
        if picture.alt is None:
            yield make_finding(rule, "text", url=picture.url)
        if not (picture.width or picture.height):
            yield make_finding(rule, "size", url=picture.url)


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
    one_click = ["List-Unsubscribe=One-Click"] if derived.has_one_click(publication) else []
    if (found := read.find_header(post)) != one_click:
        yield make_finding(rule, "link", name=post, found=tuple(found), wanted="".join(one_click))


def _check_sender(case: CheckInput) -> Iterator[Finding]:
    issue, mailing = case.issue, case.publication.email
    if (length := len(issue.preheader)) not in PREHEADER:
        yield make_finding("email.preheader", "text", find_place(issue, key="preheader"), size=length or None)
    key = "subject" if issue.subject else "title"
    if (length := len(issue.subject or issue.title)) > SUBJECT:
        yield make_finding("email.subject", "title", find_place(issue, key=key), size=length, key=key)
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
        ratio = measure_contrast(getattr(colours, name), colours.paper)
        if ratio < 4.5:
            place = Place(file=CONFIG, key=f"theme.{'dark.' if scheme == 'dark' else ''}{name}")
            yield make_finding("email.contrast", "colour", place, scheme=scheme, name=name, found=f"{ratio:.1f}")


def _check_footer(part: Rendition, case: CheckInput, publication: Publication) -> Iterator[Finding]:
    """Report a footer without the links to the mail's page and out of the list, or without the postal address.

    What the publication does not have is not missed here.
    """
    issue = case.issue
    seen = join_lines(part.page.lines) if part.page else None
    out = publication.email.unsubscribe
    wanted = {"view_in_browser": (_find_page(case),), "unsubscribe": out[:1] if seen else out}
    there = {link.url for link in seen.links} if seen else {line.strip() for line in part.text.splitlines()}
    say = load_vocabulary(publication.language).find_phrase
    for key, urls in wanted.items():
        for url in (url for url in urls if url not in there):
            yield make_finding("email.foot", "link", part.at, label=say(key), wanted=url)
    known = {address.url for address in links.list_addresses(issue)}
    right = {**wanted, "feed": (f"{publication.url}/feed.xml",)}
    for link in seen.links if seen else ():
        for key, urls in right.items():
            if link.text == say(key) and urls and link.url not in {*urls, *known}:
                yield make_finding("email.foot", "link", part.at, label=link.text, found=link.url, wanted=urls[0])
    address = fold_spaces(publication.email.postal_address)
    if address not in (seen.text if seen else fold_spaces(part.text)):
        yield make_finding("email.foot", "address", part.at, wanted=address)


def _find_page(case: CheckInput) -> str:
    """Find the address at which the issue can be read in a browser."""
    return f"{case.publication.url}/" + (f"issues/{case.issue.slug}/" if case.issue.slug else "")


def _check_style(page: HtmlPage) -> Iterator[Finding]:
    """Report style elements that are too large, and inline style that mail programs leave out."""
    size = sum(len(tag.text.encode()) for tag in page.find_tags("style"))
    if size >= STYLE:
        yield make_finding("email.style-size", "style", size=size)
    if any("@import" in tag.text for tag in page.find_tags("style")):
        yield make_finding("email.css", "link")
    told: set[str] = set()
    styles: dict[str, str] = {}
    for tag in page.tags:
        styles.setdefault(tag.attributes.get("style", ""), tag.name)
    for style, name in styles.items():
        for match in _UNKNOWN.finditer(style):
            words = (match["property"] or match["value"]).lower()
            if words not in told:
                told.add(words)
                yield make_finding("email.css", "style", element=name, found=words)
