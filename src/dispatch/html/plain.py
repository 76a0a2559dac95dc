"""What content says, as plain text, and what can be read off it."""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from dispatch.html.tokens import ATTRIBUTES, BLOCKS, Token, tokens

_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_HEADING = re.compile(rf"<(h[1-6]){ATTRIBUTES}>(.*?)</\1>", re.DOTALL)


class Paragraph(NamedTuple):
    """A paragraph of content as plain text, and the addresses that it links to."""

    text: str
    addresses: tuple[str, ...]


@lru_cache(maxsize=128)
def text(content: str) -> str:
    """The content as plain text: paragraphs with a blank line between them, list items behind a dash."""
    return "\n\n".join(paragraph.text for paragraph in paragraphs(content))


def paragraphs(content: str) -> Iterator[Paragraph]:
    """The content's paragraphs, headings and list items as plain text, in order."""
    words: list[str] = []
    addresses: list[str] = []
    prefix, pre = "", False
    for token in [*tokens(content), Token("</div>", "div", end=True)]:
        if token.tag in BLOCKS:
            plain = "".join(words).strip("\n") if pre else _fold("".join(words))
            if plain.strip() or addresses:
                yield Paragraph(prefix + plain, tuple(addresses))
                prefix = ""
            words, addresses = [], []
            if token.tag == "li":
                prefix = "" if token.end else "- "
            pre = token.tag == "pre" and not token.end
        elif token.tag == "br":
            words.append("\n")
        elif token.tag == "a" and not token.end:
            addresses += [unescape(address) for address in re.findall(r' href="([^"]*)"', token.source)]
        elif not token.tag:
            words.append(token.text if pre else re.sub(r"[ \t\n\r\f]+", " ", token.text))


def _fold(words: str) -> str:
    return "\n".join(line.strip(" ") for line in re.sub(" +", " ", words).split("\n")).strip()


def headings(content: str) -> list[str]:
    """The texts of its headings, in order."""
    return [_fold(text(match[2]).replace("\n", " ")) for match in _HEADING.finditer(content)]


def pictures(content: str) -> list[str]:
    """The addresses of its pictures, in order."""
    return [unescape(address) for address in re.findall(rf'<img{ATTRIBUTES}? src="([^"]*)"', content)]


def with_headings_from(content: str, level: int) -> str:
    """The content with its headings numbered from ``level`` on, without gaps, keeping their order of rank."""
    ranks = sorted(set(re.findall(r"<h([1-6])[ >]", content)))
    new = {rank: str(min(6, level + place)) for place, rank in enumerate(ranks)}
    if all(old == to for old, to in new.items()):
        return content
    return re.sub(r"(</?h)([1-6])(?=[ >])", lambda match: match[1] + new[match[2]], content)


def word_count(plain: str) -> int:
    """How many words a text has; Chinese, Japanese and Korean count 500 characters as the 230 words of a minute."""
    characters = len(_CJK.findall(plain))
    return len(_CJK.sub(" ", plain).split()) + round(characters * 230 / 500)
