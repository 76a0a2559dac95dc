"""The words of the full-text index, and how an editor asks for them."""

import re
from collections.abc import Iterator

# Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese: each sign is a word of the index, and what is looked for is
# a row of them, so that a part of what stands there without spaces is found too.
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff])"
)
_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')
_LONGEST = 500
_MOST_TERMS = 40
_NOTHING = '""'


def utf8(text: str) -> str:
    """A text as SQLite takes it: half of a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def spaced(text: str) -> str:
    """A text as it is indexed."""
    return utf8(_UNSPACED.sub(r" \1 ", text))


def query(asked: str, column: str = "") -> str:
    """What an editor asks for, as a query of the index; empty when that is nothing.

    All words must occur; words in quotes together; of a word with * at its end, the beginning. Every word is put into
    quotes, so that none is taken for an operator; punctuation alone is no word of the index, and finds nothing.
    """
    within = f"{column} : " if column else ""
    terms = list(_terms(asked[:_LONGEST]))[:_MOST_TERMS]
    return " AND ".join(f"{within}{term}" for term in terms or ([_NOTHING] if asked.strip() else []))


def _terms(asked: str) -> Iterator[str]:
    for phrase, word in _TERM.findall(asked.replace("\0", " ")):
        text = spaced(phrase or word.rstrip("*")).strip()
        if any(sign.isalnum() for sign in text):
            yield f'"{text}"{" *" if word.endswith("*") else ""}'
