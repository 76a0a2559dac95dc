"""Find out whether a text says of itself that it first stood with another house, in the six languages. Pure."""

import re
from collections.abc import Sequence
from typing import Final

from dispatch import links
from dispatch.model import Publication

# How a text begins to say of itself, and that it stood elsewhere first, up to the name of that house.
_SUBJECT: Final = (
    r"(?:(?:an? |the )?(?:\w+ )?version of )?(?:this|the following|the above)"
    r" (?:article|story|piece|post|essay|column|report|text"
    r"|interview|op-ed|commentary|review)|dies(?:er|e|es) (?:artikel|beitrag|text|bericht|kommentar|kolumne"
    r"|geschichte|interview|essay)|der (?:artikel|beitrag|text)|est[ae] (?:artículo|texto|nota|columna|reportaje"
    r"|historia|entrevista|crónica|contenido)|ce(?:t|tte)? (?:article|texte|billet|chronique|reportage|tribune|enquête"
    r"|entretien)|هذ[اه] المقال(?:ة)?|هذا (?:النص|التقرير)|यह (?:लेख|आलेख|कहानी|रिपोर्ट|स्तंभ)"
)
_FIRST: Final = (
    r"(?:first|originally) (?:appeared|published|posted|printed|ran)(?: (?:on|in|at|by))"
    r"|(?:appeared|published|ran) (?:first|originally) (?:on|in|at|by)"
    r"|(?:re-?published|re-?printed|re-?posted|cross-?posted|syndicated)(?: here)?"
    r"(?: (?:with|by)(?: \w+)? permission)? (?:from|of|(?:by )?courtesy of)"
    r"|(?:zuerst|ursprünglich|erstmals|zunächst) (?:\w+ ){0,2}?(?:erschienen|veröffentlicht|publiziert)"
    r"(?: worden)? (?:bei|in|auf|im|am|von)"
    r"|(?:erschien|erschienen|wurde|ist) (?:zuerst|ursprünglich|erstmals|zunächst) (?:bei|in|auf|im|am|von)"
    r"|(?:übernommen|nachgedruckt) (?:von|aus)"
    r"|(?:publicad[ao]|publicó|apareció|apareci?da?) (?:originalmente|por primera vez|primero) (?:en|por)"
    r"|(?:originalmente|por primera vez) (?:publicad[ao]|se publicó|apareció) (?:en|por)"
    r"|(?:republicad|reproducid)[ao] (?:\w+ ){0,3}?(?:de|desde)"
    r"|(?:publié|paru)e? (?:initialement|originellement|à l.origine|d.abord|pour la première fois)"
    r" (?:dans|sur|par|chez)"
    r"|(?:initialement|originellement|d.abord) (?:publié|paru)e? (?:dans|sur|par|chez)"
    r"|republiée? (?:à partir de|depuis|avec l.autorisation de|de)"
    r"|(?:نشر|نشرت|ظهر|ظهرت) (?:\w+ ){0,4}?(?:لأول مرة|في الأصل|أصلا|أولا) (?:في|على|لدى)"
    r"|[أا]عيد نشر\w* (?:\w+ ){0,4}?(?:من|عن)"
    r"|(?:मूल रूप से|सबसे पहले|पहली बार|मूलतः)"
)
_AUXILIARY: Final = r"(?:(?:was|is|has|been|being|also|ist|wurde|fue|ha|sido|se|a|été|est|fut) ){0,3}"
# Before the name may stand another word, such as an article.
_NAMED_HOUSE: Final = re.compile(
    rf"[.!?:؟।]\s+\W*(?P<told>the post\s.{{0,200}}?\s|(?:{_SUBJECT})(?: by [^.]{{3,80}})?\s)?"
    rf"{_AUXILIARY}(?:{_FIRST})(?: (?:web)?site of)?(?: [^\W\d]+)?\W{{0,3}}$",
    re.IGNORECASE | re.DOTALL,
)
# What begins so speaks of a picture, and not of the text.
PICTURES: Final = re.compile(
    r"\W*(?:(?:cover|main|lead|top|title) )?(?:photo|foto|picture|image[nm]?\b|bild|titelbild|illustration|ilustra"
    r"|abbildung|gra(?:ph|f)i|chart|map\b|karte\b|video|audio|صور|फ़?ोटो|तस्वीर)[^:：]{0,40}[:：]",
    re.IGNORECASE,
)
_VOWELS: Final = re.compile("[\u064b-\u0652]")  # which Arabic may write or not
_MOST_BEFORE = 400  # characters of a line before the name
_HEAD, _END = 3, 6  # lines of a text, and of its end, in which it speaks of itself


def find_first_house(lines: Sequence[tuple[str, Sequence[tuple[int, int, str]]]], publication: Publication) -> str:
    """Find the address of another house that a text says it first stood with, or is taken from; empty without one.

    lines: the text's, in order, each with its links: where a link begins and ends in the line, and where it leads. Only
    the first and the last lines are read, and only what a text says of itself counts, in the six languages.
    """
    ours = {links.parse_host(url).removeprefix("www.") for url in (publication.url, *publication.former_urls)}
    for text, there in (*lines[:_HEAD], *lines[max(_HEAD, len(lines) - _END) :]):
        for start, end, url in there:
            before = text[max(0, start - _MOST_BEFORE) : start]
            found = _NAMED_HOUSE.search(_VOWELS.sub("", before if start > _MOST_BEFORE else f". {before}"))
            is_other = text[end:].lstrip().startswith(",") or PICTURES.match(text)
            is_of_itself = found and (found["told"] or not is_other)
            if is_of_itself and links.parse_host(url).removeprefix("www.") not in ours | {""}:
                return url
    return ""
