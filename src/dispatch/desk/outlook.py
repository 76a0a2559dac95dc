"""Conditional comments, as Outlook for Windows reads them (Microsoft, “About conditional comments”). Pure.

<!--[if mso]>…<![endif]-->              is seen by Outlook alone
<!--[if !mso]><!-->…<!--<![endif]-->    by everything but Outlook
"""

import re

VERSION = 16  # Outlook 2016 and all later ones that render with Word

# What has no end goes on to the end of the mail.
_HIDDEN = re.compile(r"<!--\[if ([^\]]{0,200})\]>(?!<!-->|-->)(.*?)(?:<!\[endif\]-->|\Z)", re.DOTALL)
_SHOWN = re.compile(r"<!--\[if ([^\]]{0,200})\]>(?:<!-->|-->)(.*?)(?:<!--<!\[endif\]-->|\Z)", re.DOTALL)
_TERM = re.compile(r"\s*([()!&|]|(?:(lte|lt|gte|gt)\s+)?(\w+)(?:\s+([\d.]+))?)\s*", re.IGNORECASE)
# What Word takes as its settings (“XML data islands”), and a browser would show as text.
_SETTINGS = re.compile(r"<xml>.*?(?:</xml>|\Z)", re.DOTALL | re.IGNORECASE)
_MEDIA = re.compile("@media", re.IGNORECASE)
_BRACE = re.compile("[{}]")


def resolve_comments(html: str) -> str:
    """What Outlook is left with: its own parts shown, those of others gone."""
    html = _SHOWN.sub(lambda part: part[2] if is_true(part[1]) else "", html)
    html = _HIDDEN.sub(lambda part: part[2] if is_true(part[1]) else "", html)
    return _SETTINGS.sub("", html)


def drop_media_queries(css: str) -> str:
    """A style sheet without its media queries, which Outlook ignores with all that is in them."""
    kept, place = [], 0
    while found := _MEDIA.search(css, place):
        kept.append(css[place : found.start()])
        place = _find_end(css, found.end())
    return "".join([*kept, css[place:]])


def _find_end(css: str, begin: int) -> int:
    """Where the block ends that begins after this place."""
    depth = 0
    for brace in _BRACE.finditer(css, begin):
        depth += 1 if brace[0] == "{" else -1
        if depth <= 0:
            return brace.end()
    return len(css)


def is_true(condition: str) -> bool:
    """Whether a condition is true of Outlook; what cannot be read is false, as there."""
    terms, place = [], 0
    while place < len(condition):
        term = _TERM.match(condition, place)
        if term is None:
            return False
        terms.append(term)
        place = term.end()
    left, value = _parse_or(terms)
    return value and not left


def _parse_or(terms: list[re.Match[str]]) -> tuple[list[re.Match[str]], bool]:
    """One or the other: what is left behind it, and whether it holds."""
    terms, value = _parse_and(terms)
    while terms and terms[0][1] == "|":
        terms, other = _parse_and(terms[1:])
        value = value or other
    return terms, value


def _parse_and(terms: list[re.Match[str]]) -> tuple[list[re.Match[str]], bool]:
    terms, value = _parse_term(terms)
    while terms and terms[0][1] == "&":
        terms, other = _parse_term(terms[1:])
        value = value and other
    return terms, value


def _parse_term(terms: list[re.Match[str]]) -> tuple[list[re.Match[str]], bool]:
    if not terms:
        return [], False
    first, rest = terms[0], terms[1:]
    if first[1] == "!":
        rest, value = _parse_term(rest)
        return rest, not value
    if first[1] == "(":
        rest, value = _parse_or(rest)
        return rest[1:], value
    return rest, _is_feature(first)


def _is_feature(term: re.Match[str]) -> bool:
    """A feature of Outlook, with a version or without."""
    if term[3] is None or term[3].lower() not in {"mso", "true", "vml"}:
        return False
    if not term[4]:
        return True
    try:
        asked = float(term[4])
    except ValueError:
        return False
    relation = (term[2] or "").lower()
    return {"lt": asked > VERSION, "lte": asked >= VERSION, "gt": asked < VERSION, "gte": asked <= VERSION}.get(
        relation, int(asked) == VERSION
    )
