"""Read one line that names the authors, in any language: “By Ann Lee and Bo Roe, Staff Writers | 22 Nov 2026”.

The words are in ``bylines.toml``.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Final, NamedTuple

from dispatch.shipped import load_table

MOST_CHARACTERS: Final = 300
_MOST_WORDS: Final = 6  # of a name


def load_words(room: str) -> Mapping[str, Mapping[str, list[str]]]:
    """Load the words that a room of the readers knows, by kind and use, from the file beside it."""
    return load_table(f"readers/{room}.toml")


def join_words(words: Iterable[str]) -> str:
    """Join words to a pattern that finds the longest."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in sorted(words, key=len, reverse=True))


_WORDS: Final = load_words("bylines")


def _list_roles(kind: str) -> dict[str, str]:
    """Return the role that each word of a kind gives to the name beside it."""
    return {word: role for role, words in _WORDS[kind].items() for word in words}


BEFORE: Final = _list_roles("before")
LABELS: Final = _list_roles("labels")
_AND_NAMES: Final = frozenset(_WORDS["ands"]["names"])
ANDS: Final = frozenset(
    form for word in _WORDS["ands"]["words"] for form in (word, word if word in _AND_NAMES else word.upper())
)
_PARTICLES: Final = frozenset(_WORDS["particles"]["words"])
_IN_NAMES: Final = ANDS | _PARTICLES
_SUFFIX: Final = re.compile(r"(?:jr|sr)\.?|i{2,3}|iv", re.IGNORECASE)
_BESIDE: Final = frozenset(_WORDS["beside"]["words"])
_DAYS: Final = frozenset(_WORDS["days"]["words"])
_NEVER: Final = frozenset(_WORDS["never"]["words"])
_HOUSES: Final = frozenset(_WORDS["houses"]["words"])
_PREPOSITIONS: Final = frozenset(_WORDS["prepositions"]["words"])
_UNSPACED_BESIDE: Final = re.compile(
    join_words(word for word in _BESIDE if not word.isascii() and ord(word[0]) > 0x2E80)
)
# Scripts that write no spaces, and need none behind a cue.
_UNSPACED: Final = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_CUE: Final = re.compile(
    rf"(?P<word>{join_words(BEFORE)})(?:\s?[:：]\s?|\s|(?<=[{_UNSPACED}])(?=[{_UNSPACED}]))"
    rf"|(?P<label>{join_words(LABELS)})(?:\s?[:：|／]\s?|(?<=[{_UNSPACED}])\s)",
    re.IGNORECASE,
)
_AFTER: Final = re.compile(rf"\s?(?P<word>{join_words(_list_roles('after'))})(?=\s|$|[|·•,，(（])")
_REPORTER: Final = re.compile(
    rf"^(?:{join_words(_list_roles('after'))})\s|(?<=\S)\s?(?:{join_words(_list_roles('after'))})$"
)
_AROUND: Final = re.compile(
    rf"^(?:{join_words(_WORDS['around']['before'])}):?\s"
    rf"|(?<=\S) (?:[|·•–—-] )?(?:{join_words(_WORDS['around']['after'])}):?$",
    re.IGNORECASE,
)
_BEFORE_DAY: Final = re.compile(rf"(?<=\S) (?:{join_words(_WORDS['around']['day'])})[: ]*$", re.IGNORECASE)
_MAILBOX: Final = re.compile(r"(?<=\s)[^\s@]{0,100}@\S{1,200}")
_TIME: Final = r"(?:,? (?:at |um |à )?\d{1,2}[:.h]\d\d(?: ?[ap]\.?m\.?\b)?(?: [A-Z]{2,4}\b)?)?"
_DAY: Final = re.compile(
    r"(?<![\w.])(?:\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{2,4}|\d{4}年\d\d?月\d\d?日"
    r"|\d\d?(?:\.|st|nd|rd|th|er|º)? (?:de )?(?!min|hour|hr|day|week|month|year|comment|share)[^\W\d_]{3,12}\.?"
    r",?(?: de)?(?: \d{4})?"
    rf"|[^\W\d_]{{3,12}}\.? \d\d?(?:st|nd|rd|th)?(?:, ?| )\d{{4}}){_TIME}(?!\w)"
)
# “Richard (R.J.) Eskow”, “Ann “Bo” Lee”.
NICKNAME: Final = r"[^\W\d_][\w.'’-]{0,20}"
_NICKNAME: Final = re.compile(rf"(?<=\S )(?:\(({NICKNAME})\)|[\"“]({NICKNAME})[\"”])(?= \w)")
PARTS: Final = re.compile(rf" ?[|·•⋅｜／] ?| (?:[–—-]|--|/) | ?(?!\({NICKNAME}\) [^\W\d_])[(（]")
_STOP: Final = re.compile(r"[.…:;!?。]$")
_ABBREVIATION: Final = re.compile(r"(?:^|[\s.])\w{1,3}\.$")
_NOT_IN_NAMES: Final = re.compile(r"[\d:;!?…/\\<>{}\[\]()=@#%*_“”\"|，。]")


class Byline(NamedTuple):
    """What a line says of who did it."""

    names: Annotated[tuple[str, ...], "the names, in order"]
    role: Annotated[str, "author, photographer, translator, editor, illustrator or reporter"]
    cue: Annotated[str, "the words that say so, as written; empty where only a day does"]
    beside: Annotated[str, "what else the line says of them: a job, a paper, a place"]
    day: Annotated[str, "the day, as written"]


def parse_byline(line: str) -> Byline | None:
    """Parse a line of plain text; None when it is no byline.

    Words such as “By”, in front or behind, or else a day, must say that it is one, and what follows must look like
    names: a sentence that begins with “By” is none. Names in capitals are written with small letters. A line with
    several, “Reporting by Ann Lee; editing by Bo Roe”, is parsed piece by piece: split it at the semicolons.
    """
    line = " ".join(_MAILBOX.sub(" ", f" {line[: MOST_CHARACTERS + 1]}").split()).strip("*_~•=—– ")
    if not line or len(line) > MOST_CHARACTERS or (_STOP.search(line) and not _ABBREVIATION.search(line)):
        return None
    cue, role, rest = _find_cue(line)
    day = _DAY.search(rest)
    if not (cue or day):
        return None
    rest, after = (rest[: day.start()], rest[day.end() :]) if day else (rest, "")
    first, *others = (part.strip(" ,;)）") for part in PARTS.split(_BEFORE_DAY.sub("", rest) if day else rest))
    names, beside = split_names(strip_surroundings(first))
    # A preposition begins many a sentence.
    is_word = len(names) == 1 and len(names[0].split()) == 1 and names[0].isascii()
    if not names or (is_word and (beside[:1].islower() or cue.lower() in _PREPOSITIONS)):
        return None
    found = [part for part in (beside, *others, after.strip(" ,;|·•–—-()")) if part]
    return Byline(names, role, cue, " · ".join(found), day[0] if day else "")


def split_names(line: str) -> tuple[tuple[str, ...], str]:
    """Split a line into the names at its start, and what follows them; without any, it is all of it.

    Only what can be nothing but several names is split: each has at least two words. “Ada and Bo” stays one.
    """
    pieces = re.split(r" ?([,،、，;]) ?", line)
    names: list[str] = []
    for number, piece in enumerate(pieces[::2]):
        several = [_cut_name(one) for one in split_at_and(piece)]
        is_suffix = number and _SUFFIX.fullmatch(piece)
        if is_suffix and names:
            names[-1] = f"{names[-1]}, {piece}"
        elif all(name for name, _ in several) and not (number and any(_is_beside(name, names) for name, _ in several)):
            names += [name for name, _ in several]
            if rest := several[-1][1]:
                return _join_short_names(line, names), " ".join([rest, *pieces[2 * number + 2 :: 2]])
        else:
            return _join_short_names(line, names), ", ".join(pieces[2 * number :: 2])
    return _join_short_names(line, names), ""


def strip_surroundings(name: str) -> str:
    """Strip the words that systems write round a name: “View all posts by”, “Written by”, “Email”, “기자”."""
    while (stripped := _REPORTER.sub("", _AROUND.sub("", _strip_cue(name))).strip(" ,;|·•–—-")) != name:
        name = stripped
    return name


def strip_job(name: str) -> str:
    """Strip a job that stands before a name in full or behind it: “Staff Writer Ann Lee”, “Ann Lee Staff Writer”."""
    words = name.split()
    start = next((place for place, word in enumerate(words) if word.lower() not in _BESIDE), 0)
    rest = " ".join(words[start:])
    if start and words[start - 1].lower() in LABELS and " " in rest and not is_house_name(rest):
        return rest
    names, beside = split_names(name)
    job = beside.strip("()")
    is_job_only = job[:1].isupper() and all(word.lower() in _BESIDE for word in re.split(r"[\s,/]+", job))
    return names[0] if len(names) == 1 and is_job_only and " " in names[0] else name


def is_name_like(text: str) -> bool:
    """Whether a text may be a name: up to six words, each with a capital or in a script that has none."""
    text = _NICKNAME.sub(_unquote_nickname, text)
    words = text.split()
    if not 0 < len(words) <= _MOST_WORDS or _NOT_IN_NAMES.search(text) or _is_small(words[0].lstrip("'’‘")):
        return False
    return not any(_is_small(word) or (word.endswith(".") and len(word) > 5) for word in words)


def is_house_name(name: str) -> bool:
    """Whether a name has a word that only a staff, a desk, an agency or a company has, is a host's, or only a job."""
    words = re.split(r"[\s,/|-]+", name.lower())
    return (
        not _HOUSES.isdisjoint(words)
        or all(map(_is_no_name, words))
        or bool(re.search(r"\w\.(?:[a-z]{2,3}|info|news|blog)$", words[0] and name.lower()))
    )


def is_job(text: str) -> bool:
    """Whether a text says what somebody is, or for whom they write: “Staff Writer”, “Reuters”."""
    return any(map(_is_no_name, re.split(r"[\s,/]+", text)))


def is_author_label(label: str) -> bool:
    """Whether a label says that its value is the author: “Written by”."""
    return {**LABELS, **BEFORE}.get(" ".join(label.lower().strip(" :：").split())) == "author"


def _find_cue(line: str) -> tuple[str, str, str]:
    """Find the words that make a line a byline: they, the role that they give, and the rest of the line."""
    if cue := _CUE.match(line):
        word = (cue["word"] or cue["label"]).lower()
        return cue[0].strip(" :：|／"), {**LABELS, **BEFORE}[" ".join(word.split())], line[cue.end() :]
    if cue := _AFTER.search(line):
        return cue["word"], "author", f"{line[: cue.start()]} | {line[cue.end() :]}"
    return "", "author", line


def _strip_cue(name: str) -> str:
    """Strip “By”, a longer cue, or one in a script without capitals; any other may be the beginning of a name."""
    cue = _CUE.match(name)
    is_plain = cue and (
        cue["label"] or " " in cue["word"] or cue["word"].lower() == "by" or cue["word"].upper() == cue["word"].lower()
    )
    return name[cue.end() :] if cue and is_plain else name


def split_at_and(piece: str) -> list[str]:
    """Split a text at each “and” that has a name in full on either side; one at its beginning goes."""
    words = piece.split()
    found: list[list[str]] = [[]]
    for place, word in enumerate(words):
        is_and = _is_and(words, place) and _is_whole(found[-1]) and _is_whole(words[place + 1 :])
        is_and = is_and and found[-1][-1] not in _PARTICLES  # “von und zu”
        if is_and and not _is_small(words[place + 1]):
            found.append([])
        elif not (is_and or (word in ANDS and not found[-1])):
            found[-1].append(word)
    return [" ".join(part) for part in found if part] or [piece]


def _is_and(words: list[str], place: int) -> bool:
    """Whether a word joins names: “and”, and “E” or “DAN” among capitals only where names in full are around it."""
    is_capital = " ".join(words[max(place - 1, 0) : place + 2]).isupper()
    return words[place] in ANDS or (is_capital and words[place].lower() in _AND_NAMES)


def _is_whole(words: list[str]) -> bool:
    """Whether words may be a name in full: two, or one in a script without capitals."""
    return len(words) > 1 or (len(words) == 1 and words[0].lower() == words[0].upper())


def _cut_name(piece: str) -> tuple[str, str]:
    """Cut a name off before the first word that can be in none: “Ann Lee in Berlin”. The name may be empty."""
    words, bare = piece.split(), _NICKNAME.sub(_unquote_nickname, piece).split()
    end = next((place for place, word in enumerate(bare) if _is_end_of_name(word)), len(words))
    is_number = end < len(words) and bool(_NOT_IN_NAMES.search(words[end]))
    if end < len(words) and (_is_no_name(words[0]) or words[-1].lower() in _HOUSES) and not any(map(_is_small, words)):
        end = len(words)  # “Reuters”, “The Paper Staff”: the house is all that is named
    while end and (is_number or end == 1) and words[end - 1].lower().strip(".") in _DAYS:
        end -= 1
    name = " ".join(words[:end])
    return (_lower_capitals(name), " ".join(words[end:])) if is_name_like(name) else ("", piece)


def _unquote_nickname(nickname: re.Match[str]) -> str:
    """Take the brackets or quotation marks off a nickname within a name; what says a job or a house keeps them."""
    word = nickname[1] or nickname[2]
    is_other = _is_no_name(word) or word.lower() in _HOUSES or word.lower() in LABELS
    return nickname[0] if is_other or _is_small(word) else word


def _is_end_of_name(word: str) -> bool:
    return bool(_NOT_IN_NAMES.search(word)) or _is_small(word) or _is_no_name(word) or word.lower() in _NEVER


def _is_beside(piece: str, names: list[str]) -> bool:
    """Whether what follows a comma says something of the names before it, rather than being another name."""
    words = piece.split()
    return any(map(_is_no_name, words)) or (len(words) == 1 and any(" " in name for name in names))


def _is_no_name(word: str) -> bool:
    """Whether a word says what somebody is, or for whom they write."""
    return word.lower() in _BESIDE or bool(_UNSPACED_BESIDE.search(word))


def _is_small(word: str) -> bool:
    """Whether a word of a line has a small letter where a name has a capital."""
    return (
        word[:1].islower() and word.lower() not in _IN_NAMES and not re.match(r"[dlo]['’]\w|(?:al|el|bint|ibn)-", word)
    )


def _join_short_names(line: str, names: list[str]) -> tuple[str, ...]:
    """Several names of one word each are one name as it stands: “Ada and Bo”, “Holm, Ada”."""
    if len(names) > 1 and all(len(name.split()) == 1 and name[:1].isupper() for name in names):
        return (line,)
    return tuple(dict.fromkeys(names))


def _lower_capitals(name: str) -> str:
    """Write a name that is all in capitals with small letters; initials and short forms stay."""
    if not name.isupper() or " " not in name:
        return name
    lowered = re.sub(
        r"[^\W\d_]{2,}", lambda found: found[0] if _is_short_form(found[0]) else found[0].capitalize(), name
    )
    return re.sub(r"\bMc([a-z])", lambda found: f"Mc{found[1].upper()}", lowered)


def _is_short_form(word: str) -> bool:
    return len(word) < 4 and not set(word) & set("AEIOUYÄÖÜÉ")
