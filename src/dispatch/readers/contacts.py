"""Strip contact data off a text: whom editors may ask, mailboxes and telephone numbers. They reach no reader.

The words are in ``contacts.toml``.
"""

import re
from typing import Final

from dispatch import identity
from dispatch.model import Author
from dispatch.readers import bylines, people
from dispatch.readers.bylines import join_words

_WORDS: Final = bylines.load_words("contacts")
_CONTACT: Final = re.compile(
    rf"\W{{0,3}}(?:{join_words(_WORDS['contact']['words'])})\b(?P<rest>.{{0,60}})", re.IGNORECASE
)
MAILBOX: Final = re.compile(r"<?(?:mailto:)?(?<![\w.+'-])[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}>?")
_BARE: Final = re.compile(
    r"[(<]?(?:mailto:)?((?!(?:no|do[-_.]?not)[-_.]?reply@)[^\s()<>@,;]+@[^\s()<>@,;]+\.[^\s()<>@,;]+)[)>]?",
    re.IGNORECASE,
)
_PHONE: Final = re.compile(
    rf"(?<!\w)(?:(?:{join_words(_WORDS['contact']['phones'])})\s?[:：]?\s?\(?\+?\d[\d\s()/.–-]{{5,20}}\d"
    r"|\+\d[\d\s()/.–-]{6,20}\d|0\d(?:[ .]\d\d){4}|\(\d{3}\) ?\d{3}-\d{4}|\d{3}[-.]\d{3}[-.]\d{4})(?!\w)",
    re.IGNORECASE,
)
_STOPS: Final = tuple(".!?。！？।؟")
_CARD: Final = 8  # words of its lines
_SHORT: Final = 12  # words of a line that is there for the mailbox in it


def name_mailboxes(*written: str) -> list[Author]:
    """Name the authors of whom the first of these texts that gives any gives mailboxes and nothing else.

    A mailbox stands for the name until authors.toml says whose it is; none that nobody reads does.
    """
    for text in written:
        found = [_BARE.fullmatch(one) for one in re.split(r"[,;\s]+", text.strip())]
        if all(found) and (
            named := {one[1].lower(): Author(name=f"{identity.MAILBOX}{one[1]}") for one in found if one}
        ):
            return [*named.values()]
    return []


def make_sender(name: str, mailbox: str) -> tuple[Author, ...]:
    """Make the author that a sender may be; without a name, a mailbox stands for it until authors.toml says whose."""
    return tuple(people.make_author(name, email=mailbox)) or tuple(name_mailboxes(mailbox))


def strip_contacts(blocks: list[str]) -> list[str]:
    """Strip the blocks that say whom editors may ask, then what is left of mailboxes and telephone numbers."""
    kept: list[str] = []
    is_card = is_bare = False  # within such a block; and before its mailbox or number
    for index, block in enumerate(blocks):
        label = _CONTACT.match(block)
        is_label = bool(label and not label["rest"].endswith(_STOPS)) and any(
            map(_has_contact, blocks[index : index + 2])
        )
        is_open = is_label or (is_card and (_has_contact(block) or (is_bare and _is_card(block))))
        is_bare = is_open and not _has_contact(block) and (is_label or is_bare)
        is_card = is_open
        if not is_card and (rest := _strip_mailboxes(block, is_start=len(kept) < 4)):
            kept.append(rest)
    return kept


def _has_contact(text: str) -> bool:
    return bool(MAILBOX.search(text) or _PHONE.search(text))


def _is_card(block: str) -> bool:
    return all(len(line.split()) <= _CARD and not line.endswith(_STOPS) for line in block.split("\n"))


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
    rest = _PHONE.sub("", MAILBOX.sub("", line)).strip(" ,;|·•–—-()<>")
    if bylines.parse_byline(rest) or (bylines.is_name_like(rest) and " " in rest):
        return rest
    return line if len(line.split()) > _SHORT else ""
