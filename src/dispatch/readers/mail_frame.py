"""Take off what mail puts round a text: headers, quotation marks, services' lines, addresses that count readers.

The words are in ``mail_frame.toml``. Contact data for editors goes as well: mailboxes and telephone numbers reach no
reader.
"""

import quopri
import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from itertools import takewhile
from typing import Annotated, Final, NamedTuple, cast

from dispatch import links
from dispatch.readers import bylines
from dispatch.text import fold_text

_WORDS: Final = cast(
    "Mapping[str, Mapping[str, list[str]]]",
    tomllib.loads((files("dispatch.readers") / "mail_frame.toml").read_text("utf-8")),
)
_MOST_FRAMES: Final = 5  # messages forwarded within one another
_MOST_FOOTERS: Final = 12  # paragraphs below a text
_LONGEST_LINE: Final = 200
_SHORT: Final = 25  # words of a paragraph that may stand among those of a footer
_PROSE: Final = 60  # words of a paragraph that is none


def _join_words(words: Iterable[str]) -> str:
    """Join words to a pattern that finds the longest."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_KINDS: Final = {word: kind for kind, words in _WORDS["headers"].items() for word in reversed(words)}
_HEADER: Final = re.compile(
    rf"[*_]{{0,2}}(?P<word>{_join_words(_KINDS)})\s?[:：][*_]{{0,2}}\s?(?P<value>.*)", re.IGNORECASE
)
_WROTE: Final = re.compile(rf"(?:{_join_words(_WORDS['wrote']['words'])}).{{0,60}}[:：]$", re.IGNORECASE)
_QUOTED: Final = re.compile(r"> ?")
_QUOTES: Final = re.compile(r"(?:> ?)+")
_READERS: Final = re.compile(r"(.{1,80}?) is a reader-supported publication")
_FORWARDED: Final = re.compile(
    r"(?:(?:fwd?|re|aw|wg|tr|rv|i|doorst|vs|sv|enc|ynt|转发|轉寄|転送)\s?[:：]\s?|\[[^\]]{1,40}\]\s)+", re.IGNORECASE
)
_ONLINE: Final = re.compile(_join_words(_WORDS["online"]["phrases"]), re.IGNORECASE)
_ENDING: Final = re.compile(rf"\W*(?:{_join_words(_WORDS['online']['endings'])})\b.{{0,60}}", re.IGNORECASE)
_LINES: Final = frozenset(_WORDS["lines"]["mail"])
_ABOVE: Final = re.compile(rf"\W{{0,3}}(?:{_join_words(_WORDS['lines']['above'])})\b\W?.{{0,60}}", re.IGNORECASE)
_FOOTER: Final = re.compile(_join_words(_WORDS["footer"]["phrases"]), re.IGNORECASE)
_SURE: Final = re.compile(rf"\A\W*(?:copyright\b|©|ⓒ|\(c\) ?\d)|{_join_words(_WORDS['footer']['sure'])}", re.IGNORECASE)
_CONTACT: Final = re.compile(
    rf"\W{{0,3}}(?:{_join_words(_WORDS['contact']['words'])})\b(?P<rest>.{{0,60}})", re.IGNORECASE
)
_MAILBOX: Final = re.compile(r"<?(?:mailto:)?[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}>?")
_PHONE: Final = re.compile(
    rf"(?<!\w)(?:(?:{_join_words(_WORDS['contact']['phones'])})\s?[:：]?\s?\(?\+?\d[\d\s()/.–-]{{5,20}}\d"
    r"|\+\d[\d\s()/.–-]{6,20}\d|\(\d{3}\) ?\d{3}-\d{4}|\d{3}[-.]\d{3}[-.]\d{4})(?!\w)",
    re.IGNORECASE,
)
_END: Final = re.compile(
    r"(?:#\s?){2,6}|[-–—]+\s?(?i:ends?|ende|fin|fine|slut|einde|30|конец|انتهى|完|끝)\s?[-–—]+|ENDS|ENDE|<END>"
)
_URL: Final = re.compile(r"https?://[^\s<>\[\]()\"]+")
# Services' redirects that hold no address of their own: they count, and know who clicks.
_COUNTING: Final = re.compile(
    r" ?[\[(<]?\s?https?://(?:[\w.-]+\.)?(?:substack\.com/redirect|list-manage\.com/track|ct\.sendgrid\.net|sendgrid\.net/wf"
    r"|click\.convertkit-mail\d?\.com|link\.mail\.beehiiv\.com|click\.mlsend\.com|hubspotlinks\.com|mailchi\.mp/track"
    r"|createsend\d?\.com/t|buttondown\.(?:email|com)/c)/?[^\s<>\[\]()]*\s?[\])>]?"
)
_PICTURE: Final = re.compile(
    r"\[(?:image|cid|bild|imagen|immagine|imagem|afbeelding|inline image)\s?[:：][^\[\]]{0,300}\]", re.IGNORECASE
)
_ENCODED: Final = re.compile(r"=[0-9A-F]{2}")
_SOFT_BREAK: Final = re.compile(r"[^=\s]=\n|=[C-F][0-9A-F]=[89AB][0-9A-F]")
_SIGNATURE: Final = re.compile(r"-- ?")
_STOPS: Final = tuple(".!?。！？।؟")
_FILLER: Final = re.compile("[\\s\u00ad\u034f\u200b-\u200f\u2007\u2060\ufeff]*")


class MailFrame(NamedTuple):
    """A text, and what the mail round it says of it; what it does not say is empty."""

    text: Annotated[str, "what is left: no headers, no footer, no contact data"]
    sender: Annotated[str, "the name of who sent it, without a mailbox"] = ""
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
    blocks = _strip_contacts(_strip_footer(_strip_end(blocks)))
    if blocks and _ENDING.fullmatch(_URL.sub("", blocks[-1])) and (found_url := _find_url(blocks[-1])):
        url = url or found_url
        blocks.pop()
    return MailFrame(
        text="\n\n".join(blocks),
        sender=re.sub(r"[<(\[].*", "", _MAILBOX.sub("", said.get("sender", ""))).strip(" \"'"),
        subject=_FORWARDED.sub("", said.get("subject", "")).strip(),
        day=said.get("day", ""),
        url=said.get("address", "") or url,
        publication=publication,
    )


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
    bare = [_QUOTES.sub("", line) for line in lines]
    for start in range(len(lines)):
        headers: dict[str, str] = {}
        end = start
        while end < len(lines) and (
            (match := _HEADER.fullmatch(bare[end])) or (headers and bare[end][:1] in {" ", "\t"})
        ):
            if match:
                headers.setdefault(_KINDS[fold_text(match["word"])], match["value"].strip(" *_"))
            end += 1
        if len(headers) < 2 or not headers.keys() & {"sender", "subject"}:
            continue
        if _count_words(lines[end:]) >= _count_words(lines[:start]):
            return headers, _unquote(lines[end:]) if lines[start].startswith(">") else lines[end:]
        if "@" in "".join(bare[start:end]):
            return {}, _strip_above(lines[:start])
    return None


def _split_quotation(lines: list[str]) -> tuple[dict[str, str], list[str]] | None:
    """Find a quoted message, and return it; or else, the longer text above it, that answers it."""
    for index, line in enumerate(lines):
        below = next((other for other in lines[index + 1 :] if other.strip()), "")
        if not (_WROTE.search(line) and below.startswith(">")):
            continue
        rest = list(takewhile(lambda other: not other.strip() or other.startswith(">"), lines[index + 1 :]))
        return {}, _unquote(rest) if _count_words(rest) > _count_words(lines[:index]) else _strip_above(lines[:index])
    is_quoted = all(line.startswith(">") for line in lines if line.strip())
    return ({}, _unquote(lines)) if is_quoted and any(lines) else None


def _strip_above(lines: list[str]) -> list[str]:
    """Strip from a text the last lines, which speak of what follows: a rule, “On Tuesday, <ann@...> wrote:”."""
    while lines and (not re.search(r"\w", lines[-1]) or lines[-1].startswith("-----") or _MAILBOX.search(lines[-1])):
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
    is_mail = is_mail or any(_FOOTER.search(line) or _ONLINE.search(line) for line in lines)
    for number, line in enumerate(lines):
        after = lines[number + 1].strip() if number + 1 < len(lines) else ""
        plain = _COUNTING.sub("", _PICTURE.sub("", line))
        words = _URL.sub("", plain).strip(" ()[]<>|:：•·*_-–—\t")
        is_online = bool(_ONLINE.search(words)) and len(words.split()) <= 12 and not words.endswith(_STOPS)
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
            kept += [_URL.sub(lambda found: links.unwrap_redirect(found[0]), plain)] if plain.strip() or kept else []
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
    return words <= _PROSE and bool(_SURE.search(block) or (_FOOTER.search(block) and (is_line or _URL.search(block))))


def _strip_contacts(blocks: list[str]) -> list[str]:
    """Strip the blocks that say whom editors may ask, then what is left of mailboxes and telephone numbers."""
    kept: list[str] = []
    is_card = False
    for index, block in enumerate(blocks):
        label = _CONTACT.match(block)
        is_label = bool(label and not label["rest"].endswith(_STOPS)) and any(
            map(_has_contact, blocks[index : index + 2])
        )
        is_card = is_label or (is_card and (_has_contact(block) or (index * 2 > len(blocks) and _is_card(block))))
        if not is_card and (rest := _strip_mailboxes(block, is_start=len(kept) < 4)):
            kept.append(rest)
    return kept


def _has_contact(text: str) -> bool:
    return bool(_MAILBOX.search(text) or _PHONE.search(text))


def _is_card(block: str) -> bool:
    return all(len(line.split()) <= 8 and not line.endswith(_STOPS) for line in block.split("\n"))


def _strip_mailboxes(block: str, *, is_start: bool) -> str:
    """Strip the lines, else the sentences, in which a mailbox or telephone number stands; a byline keeps its names."""
    if not _has_contact(block):
        return block
    if _is_card(block) or is_start:
        lines = (_keep_names(line) if _has_contact(line) else line for line in block.split("\n"))
        block = "\n".join(filter(None, lines))
    sentences = re.split(r"(?<=[.!?。])\s+", block)
    return " ".join(one for one in sentences if not _has_contact(one)) if _has_contact(block) else block


def _keep_names(line: str) -> str:
    """Return the byline or the name in a line with a mailbox; nothing of a line without, all of a longer one."""
    rest = _PHONE.sub("", _MAILBOX.sub("", line)).strip(" ,;|·•–—-()<>")
    if bylines.parse_byline(rest) or (bylines.is_name_like(rest) and " " in rest):
        return rest
    return line if len(line.split()) > _SHORT // 2 else ""


def parse_header_line(line: str) -> tuple[str, str] | None:
    """Parse a line as a header above a forwarded message: its kind, sender, day, subject or other, and its value."""
    match = _HEADER.fullmatch(_QUOTES.sub("", line.strip()))
    return (_KINDS[fold_text(match["word"])], match["value"].strip(" *_")) if match else None


def clean_sender(written: str) -> str:
    """Clean a sender's name: no mailbox, and no quotation marks."""
    return re.sub(r"[<(\[].*", "", _MAILBOX.sub("", written)).strip(" \"'")


def strip_subject(subject: str) -> str:
    """Strip “Fwd:” and the like off a subject."""
    return _FORWARDED.sub("", subject).strip()


def leads_to_browser(words: str) -> bool:
    """Whether the words of a link say that it shows the message on the web."""
    return bool(_ONLINE.search(words))


def is_frame_line(text: str) -> bool:
    """Whether a paragraph of a message says why it came, whose it is, or how to have no more of it."""
    return len(text.split()) <= _PROSE and bool(_SURE.search(text) or _FOOTER.search(text) or _ONLINE.search(text))


def has_footer(text: str) -> bool:
    """Whether a text anywhere says how to have no more of it."""
    return bool(_FOOTER.search(text))
