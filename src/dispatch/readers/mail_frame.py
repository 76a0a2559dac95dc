"""Take off what mail puts round a text: headers, quotation marks, services' lines, addresses that count readers.

The words are in ``mail_frame.toml``.
"""

import quopri
import re
from collections.abc import Iterable
from itertools import pairwise, takewhile
from typing import Annotated, Final, NamedTuple

from dispatch import links
from dispatch.readers import contacts
from dispatch.readers.bylines import NICKNAME, join_words, load_words
from dispatch.text import fold_text

_WORDS: Final = load_words("mail_frame")
_MOST_FRAMES: Final = 5  # messages forwarded within one another
_MOST_FOOTERS: Final = 12  # paragraphs below a text
_LONGEST_LINE: Final = 200
_SHORT: Final = 25  # words of a paragraph that may stand among those of a footer
_PROSE: Final = 60  # words of a paragraph that is none


_KINDS: Final = {word: kind for kind, words in _WORDS["headers"].items() for word in reversed(words)}
_HEADER: Final = re.compile(
    rf"[*_]{{0,2}}(?P<word>{join_words(_KINDS)})\s?[:：][*_]{{0,2}}\s?(?P<value>.*)", re.IGNORECASE
)
_WROTE: Final = re.compile(rf"(?:{join_words(_WORDS['wrote']['words'])}).{{0,60}}[:：]$", re.IGNORECASE)
_QUOTED: Final = re.compile(r"> ?")
_QUOTES: Final = re.compile(r"(?:> ?)+")
_READERS: Final = re.compile(r"(.{1,80}?) is a reader-supported publication")
_BEHIND_NAME: Final = re.compile(rf"(?!\({NICKNAME}\) [^\W\d_])[<(\[].*")
_FORWARDED: Final = re.compile(
    r"(?:(?:fwd?|re|aw|wg|tr|rv|i|doorst|vs|sv|enc|ynt|转发|轉寄|転送)\s?[:：]\s?|\[[^\]]{1,40}\]\s)+", re.IGNORECASE
)
_REPLIED: Final = re.compile(r"(?:\[[^\]]{1,40}\]\s?)?(?:re|aw|antw|sv|vs|odp|ynt|回复|答复)\s?[:：]", re.IGNORECASE)
_ONLINE: Final = tuple(_WORDS["online"]["phrases"])
_ENDING: Final = re.compile(rf"\W*(?:{join_words(_WORDS['online']['endings'])})\b.{{0,60}}", re.IGNORECASE)
_LINES: Final = frozenset(_WORDS["lines"]["mail"])
_ABOVE: Final = re.compile(
    rf"\W{{0,3}}(?:(?:{join_words(_WORDS['lines']['above'])})\b\W{{0,3}}(?:\d.{{0,50}})?"
    rf"|(?:{join_words(_WORDS['lines']['embargo'])})\b.{{0,60}}"
    # An agency's number, its subjects, its length.
    r"|[a-z]{3,4}\d{4} \d [a-z]{2} \d{1,5} [a-z]{3} \d{4}|(?:[^\W\d_]{2,30}/){2,8}|zusammenfassung \d{3,4})",
    re.IGNORECASE,
)
_FOOTER: Final = tuple(_WORDS["footer"]["phrases"])
_SURE: Final = tuple(_WORDS["footer"]["sure"])
_END: Final = re.compile(
    r"(?:#\s?){2,6}|[-–—]+\s?(?i:ends?|ende|fin|fine|slut|einde|30|конец|انتهى|完|끝)\s?[-–—]+|ENDS|ENDE|<END>"
    r"|# ?Notizblock\b(?s:.*)"
)
_COPYRIGHT: Final = re.compile(r"\W{0,9}(?:copyright\W{1,3}(?:\(?c\)|©|\d{4}|by\b)|©|ⓒ|\(c\) ?\d)", re.IGNORECASE)
_URL: Final = re.compile(r"https?://[^\s<>\[\]()\"]+")
# Services' redirects that hold no address of their own: they count, and know who clicks.
_COUNTING: Final = re.compile(
    r" ?[\[(<]?\s?https?://(?:[\w.-]+\.)?(?:substack\.com/redirect|list-manage\.com/track|ct\.sendgrid\.net|sendgrid\.net/wf"
    r"|click\.convertkit-mail\d?\.com|link\.mail\.beehiiv\.com|click\.mlsend\.com|hubspotlinks\.com|mailchi\.mp/track"
    r"|createsend\d?\.com/t|buttondown\.(?:email|com)/c)/?[^\s<>\[\]()]*\s?[\])>]?"
)
_PICTURE: Final = re.compile(
    r"\[(?:image|cid|bild|imagen|immagine|imagem|afbeelding|inline image)\s?[:：][^\[\]]{0,300}\]"
    r"|^(?:view image|follow image link): \(https?://[^\s()]*\)$",
    re.IGNORECASE,
)
_ENCODED: Final = re.compile(r"=[0-9A-F]{2}")
_SOFT_BREAK: Final = re.compile(r"[^=\s]=\n|=[C-F][0-9A-F]=[89AB][0-9A-F]")
_BLANKS: Final = (" ", "\t")
_SIGNATURE: Final = re.compile(r"-- ?")
_STOPS: Final = tuple(".!?。！？।؟")
_FILLER: Final = re.compile("[\\s\u00ad\u034f\u200b-\u200f\u2007\u2060\ufeff]*")


class MailFrame(NamedTuple):
    """A text, and what the mail round it says of it; what it does not say is empty."""

    text: Annotated[str, "what is left: no headers, no footer, no contact data"]
    sender: Annotated[str, "the name of who sent it, without a mailbox"] = ""
    mailbox: Annotated[str, "the mailbox of who sent it"] = ""
    subject: Annotated[str, "without “Fwd:”"] = ""
    day: Annotated[str, "when it was sent, as written"] = ""
    url: Annotated[str, "where it stands on the web"] = ""
    publication: Annotated[str, "the newsletter's name"] = ""


def strip_frame(text: str) -> MailFrame:
    """Strip from a text what mail puts round it; a text that did not come by mail stays as it is, but for contacts."""
    lines = _decode_leftovers(text).split("\n")
    said: dict[str, str] = {}
    for _ in range(_MOST_FRAMES):
        if not (found := _split_headers(lines) or _split_quotation(lines)):
            break
        headers, lines = found
        said |= {kind: value for kind, value in headers.items() if value}
    publication = next((match[1] for line in lines if (match := _READERS.match(line))), "")
    lines, url = _strip_lines(lines, is_mail=bool(said))
    blocks = re.split(r"\n(?:[^\S\n]*\n)+", "\n".join(lines).strip("\n"))
    blocks = contacts.strip_contacts(_strip_footer(_strip_end(blocks)))
    if blocks and _ENDING.fullmatch(_URL.sub("", blocks[-1])) and (found_url := _find_url(blocks[-1])):
        url = url or found_url
        blocks.pop()
    return MailFrame(
        text="\n\n".join(blocks),
        sender=clean_sender(said.get("sender", "")),
        mailbox=parse_sender_mailbox(said.get("sender", "")),
        subject=strip_subject(said.get("subject", "")),
        day=said.get("day", ""),
        url=said.get("address", "") or url,
        publication=publication,
    )


def parse_header_line(line: str) -> tuple[str, str] | None:
    """Parse a line as a header above a forwarded message: its kind (sender, day, subject, address, other) and value."""
    match = _HEADER.fullmatch(_QUOTES.sub("", line.strip()))
    return (_KINDS[fold_text(match["word"])], match["value"].strip(" *_")) if match else None


def clean_sender(written: str) -> str:
    """Clean a sender's name: no mailbox, and no quotation marks."""
    return _BEHIND_NAME.sub("", contacts.MAILBOX.sub("", written)).strip(" \"'")


def parse_sender_mailbox(written: str) -> str:
    """Find the mailbox of a sender; empty where there is none, or are several."""
    found = [one[0].strip("<>").removeprefix("mailto:") for one in contacts.MAILBOX.finditer(written)]
    return found[0] if len({*found}) == 1 else ""


def strip_subject(subject: str) -> str:
    """Strip “Fwd:” and the like off a subject."""
    return _FORWARDED.sub("", subject).strip()


def is_reply(subject: str) -> bool:
    """Whether a subject says that the message answers another."""
    return bool(_REPLIED.match(subject))


def starts_quotation(line: str) -> bool:
    """Whether a line says that a quoted message follows: “On Tuesday, Ann wrote:”, “-----Original Message-----”."""
    return bool(_WROTE.search(line)) or line.startswith("-----") or not re.search(r"\w", line)


def leads_to_browser(words: str) -> bool:
    """Whether the words of a link say that it shows the message on the web."""
    return _has_phrase(words, _ONLINE)


def is_frame_line(text: str) -> bool:
    """Whether a paragraph of a message says why it came, whose it is, or how to have no more of it."""
    return len(text.split()) <= _PROSE and (_is_sure(text) or _has_phrase(text, (*_FOOTER, *_ONLINE)))


def has_footer(text: str) -> bool:
    """Whether a text anywhere says how to have no more of it."""
    return _has_phrase(text, _FOOTER)


def _has_phrase(text: str, phrases: Iterable[str]) -> bool:
    folded = fold_text(text)
    return any(phrase in folded for phrase in phrases)


def _is_sure(text: str) -> bool:
    return bool(_COPYRIGHT.match(text)) or _has_phrase(text, _SURE)


def _decode_leftovers(text: str) -> str:
    """Decode quoted-printable (RFC 2045, section 6.7) that a mail program has left in a text."""
    if len(_ENCODED.findall(text)) < 3 or not _SOFT_BREAK.search(text):
        return text
    try:
        return quopri.decodestring(text.encode()).decode()
    except UnicodeDecodeError:
        return text


def _split_headers(lines: list[str]) -> tuple[dict[str, str], list[str]] | None:
    """Find the headers above a forwarded message: return them, and the message; what stands above is another's.

    Below a longer text they belong to what was answered, and that is left out.
    """
    start = 0
    while start < len(lines):
        headers: dict[str, str] = {}
        end = start
        while end < len(lines) and (
            (found := parse_header_line(lines[end])) or (headers and lines[end][:1] in _BLANKS)
        ):
            if found:
                headers.setdefault(*found)
            end += 1
        if len(headers) > 1 and headers.keys() & {"sender", "subject"}:
            if _count_words(lines[end:]) >= _count_words(lines[:start]):
                return headers, _unquote(lines[end:]) if lines[start].startswith(">") else lines[end:]
            return ({}, _strip_above(lines[:start])) if "@" in "".join(lines[start:end]) else None
        start = max(end, start + 1)
    return None


def _split_quotation(lines: list[str]) -> tuple[dict[str, str], list[str]] | None:
    """Find a quoted message, and return it; or else, the longer text above it, that answers it."""
    for index, below in pairwise(index for index, line in enumerate(lines) if line.strip()):
        if not (lines[below].startswith(">") and _WROTE.search(lines[index])):
            continue
        rest = list(takewhile(lambda other: not other.strip() or other.startswith(">"), lines[index + 1 :]))
        return {}, _unquote(rest) if _count_words(rest) > _count_words(lines[:index]) else _strip_above(lines[:index])
    is_quoted = all(line.startswith(">") for line in lines if line.strip())
    return ({}, _unquote(lines)) if is_quoted and any(lines) else None


def _strip_above(lines: list[str]) -> list[str]:
    """Strip from a text the last lines, which speak of what follows: a rule, “On Tuesday, <ann@...> wrote:”."""
    while lines and (
        not re.search(r"\w", lines[-1]) or lines[-1].startswith("-----") or contacts.MAILBOX.search(lines[-1])
    ):
        lines = lines[:-1]
    return lines


def _unquote(lines: list[str]) -> list[str]:
    return [_QUOTED.sub("", line, count=1) for line in lines if line.startswith(">") or not line.strip()]


def _count_words(lines: Iterable[str]) -> int:
    return sum(len(line.split()) for line in lines)


def _strip_lines(lines: list[str], *, is_mail: bool) -> tuple[list[str], str]:
    """Strip the lines of services and mail programs, and addresses that count; return where the text is on the web."""
    kept: list[str] = []
    url = ""
    is_mail = is_mail or any(_has_phrase(line, (*_FOOTER, *_ONLINE)) for line in lines)
    for number, line in enumerate(lines):
        after = lines[number + 1].strip() if number + 1 < len(lines) else ""
        plain = _URL.sub(lambda found: links.unwrap_redirect(found[0]), _PICTURE.sub("", line))
        plain = _COUNTING.sub("", plain)
        words = _URL.sub("", plain).strip(" ()[]<>|:：•·*_-–—\t")
        is_online = _has_phrase(words, _ONLINE) and len(words.split()) <= 12 and not words.endswith(_STOPS)
        if is_online:
            url = url or _find_url(plain) or (_find_url(after) if _URL.match(after.lstrip("(<[")) else "")
        elif url and _find_url(line) == url and not words:
            continue
        elif _SIGNATURE.fullmatch(line) and _is_signature(lines[number + 1 :]):
            break
        elif not (
            (is_mail and fold_text(words) in _LINES)
            or (not kept and _ABOVE.fullmatch(words))
            or (line.strip() and _FILLER.fullmatch(plain))
        ):
            kept += [plain] if plain.strip() or kept else []
        elif kept and kept[-1].strip():
            kept.append("")
    return kept, url


def _is_signature(lines: list[str]) -> bool:
    return _count_words(lines) < _PROSE and len(lines) < _MOST_FOOTERS


def _find_url(text: str) -> str:
    found = (links.unwrap_redirect(url.rstrip(".,;:!?")) for url in _URL.findall(_COUNTING.sub("", text)))
    return next(found, "")


def _strip_end(blocks: list[str]) -> list[str]:
    """Strip what stands below “###”, “-ends-” and the like: it is for editors."""
    ends = [index for index, block in enumerate(blocks) if _END.fullmatch(block.strip())]
    if len(ends) != 1 or _count_words(blocks[ends[0] :]) > _count_words(blocks[: ends[0]]):
        return blocks
    return blocks[: ends[0]]


def _strip_footer(blocks: list[str]) -> list[str]:
    """Strip why the mail was sent, how to have no more of it, and whose it is: all that stands below the text."""
    for index in range(max(1, len(blocks) - _MOST_FOOTERS), len(blocks)):
        if _is_footer(blocks[index]) and all(
            _is_footer(block) or _count_words([block]) <= _SHORT for block in blocks[index:]
        ):
            return blocks[:index]
    return blocks


def _is_footer(block: str) -> bool:
    words = _count_words([block])
    is_line = words <= 6 and not block.endswith(_STOPS)
    return words <= _PROSE and (
        _is_sure(block) or (_has_phrase(block, _FOOTER) and (is_line or bool(_URL.search(block))))
    )
