"""HTML from outside, cleaned once at the door, and the few things that are done with it afterwards.

What ``sanitise`` returns is called *content* everywhere: only the tags and attributes listed here, absolute links,
and well-formed as HTML and as XML alike, so that every later step can walk it by its tokens. The one user of nh3
(sanitising) and of sentencex (where a sentence ends).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape as _escape
from html import unescape
from typing import NamedTuple

from dispatch import links
from dispatch.errors import GatherError

MOST_BYTES = 2 * 1024 * 1024
MOST_LEVELS = 256

# fmt: off
_BLOCKS = frozenset({
    "blockquote", "dd", "div", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i", "img", "ins", "kbd", "mark", "q",
    "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
})
# Kept as the plain block that they are: their landmark meaning belongs to the page they came from, not to ours.
_AS_DIV = frozenset({
    "address", "article", "aside", "center", "details", "footer", "header", "hgroup", "main", "nav", "section",
    "summary",
})
_RAW = frozenset({
    "applet", "audio", "button", "canvas", "embed", "form", "frameset", "iframe", "math", "noembed", "noframes",
    "noscript", "object", "plaintext", "script", "select", "style", "svg", "template", "textarea", "title", "video",
    "xmp",
})
_VOID = frozenset({"br", "hr", "img", "wbr"})
# HTML lets these be opened again without being closed, so they do not add to the depth (HTML, section 13.1.2.4).
_NEVER_NEST = _VOID | {
    "col", "dd", "dt", "input", "li", "link", "meta", "option", "p", "source", "tbody", "td", "tfoot", "th", "thead",
    "tr",
}
_NOT_PROSE = frozenset({"figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "pre", "table"})
# fmt: on
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "hreflang"},
    "blockquote": {"cite"},
    "del": {"cite", "datetime"},
    "img": {"alt", "height", "src", "width"},
    "ins": {"cite", "datetime"},
    "ol": {"reversed", "start"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_ANY_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
# What nh3 writes: lower-case names, every attribute in double quotes, no stray "<".
_ATTRIBUTE = r'(?: [^\s="<>/]+="[^"]*")*'
_TOKEN = re.compile(rf"<(?P<end>/?)(?P<tag>[a-z][a-z0-9]*){_ATTRIBUTE} ?/?>|[^<]+")
_EMPTY = re.compile(rf"<([a-z][a-z0-9]*){_ATTRIBUTE}>\s*</\1>")
_PRE = re.compile(rf"(<pre{_ATTRIBUTE}>)\n+")
_HEADING = re.compile(rf"<(h[1-6]){_ATTRIBUTE}>(.*?)</\1>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of content: a start tag, an end tag or a run of text; ``source`` is what stands there."""

    source: str
    tag: str = ""
    end: bool = False

    @property
    def text(self) -> str:
        """The text that a reader sees; empty for a tag."""
        return "" if self.tag else unescape(self.source)


def clean(text: str) -> str:
    """Text without the characters that XML forbids (XML 1.0, section 2.2) and without lone surrogates."""
    return _ILLEGAL.sub("", text)


def escape(text: str) -> str:
    """Text as it stands between tags and in quoted attributes."""
    return _escape(text, quote=True)


def sanitise(html: str, base: str = "") -> str:
    """Content from foreign HTML.

    Relative addresses are resolved against ``base``; without one they stay as they are. Absolute ones are not
    touched. Raises GatherError when the HTML is larger than 2 MiB or nested more than 256 levels deep: sanitising
    takes more than linear time there.
    """
    import nh3

    html = clean(html)
    _refuse_bombs(html)

    def address(_tag: str, attribute: str, value: str) -> str | None:
        if attribute not in {"href", "src", "cite"}:
            return value
        # nh3 has looked at the scheme before; without a forbidden character in it, it may be another one.
        value = links.resolve(base, clean(value).strip("\t\n\r "))
        schemes = {"http", "https"} if attribute == "src" else links.SCHEMES
        return None if links.is_absolute(value) and value.partition(":")[0].lower() not in schemes else value

    cleaned = nh3.clean(
        html,
        tags=set(_BLOCKS | _INLINE | _AS_DIV),
        clean_content_tags=set(_RAW),
        attributes=_ATTRIBUTES,
        attribute_filter=address,
        url_schemes=set(links.SCHEMES),
        link_rel=None,
    )
    # References such as &#1; are characters now; and a parser drops the line break at the beginning of a pre.
    cleaned = _PRE.sub(r"\1", clean(cleaned))
    return "".join(_as_xml(token) for token in _tokens(cleaned) if not _is_pixel(token)).strip()


def _refuse_bombs(html: str) -> None:
    if len(html.encode()) > MOST_BYTES:
        raise GatherError("the text is larger than 2 MiB", hint="Add it with --syndicate link and --no-fetch.")
    depth = deepest = 0
    for match in _ANY_TAG.finditer(html):
        if match[2].lower() not in _NEVER_NEST:
            depth = max(0, depth - 1) if match[1] else depth + 1
            deepest = max(deepest, depth)
    if deepest > MOST_LEVELS:
        raise GatherError("the text is nested more than 256 levels deep", hint="Add it as plain text.")


def _tokens(content: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(content):
        yield Token(match[0], match["tag"] or "", bool(match["end"]))


def _as_xml(token: Token) -> str:
    if not token.tag:
        return token.source.replace("&nbsp;", "\N{NO-BREAK SPACE}")
    source = token.source.replace("&nbsp;", "\N{NO-BREAK SPACE}").replace("<", "&lt;").replace("&lt;", "<", 1)
    if token.tag in _AS_DIV:
        return source.replace(token.tag, "div", 1)
    return source[:-1].rstrip() + " />" if token.tag in _VOID else source


def _is_pixel(token: Token) -> bool:
    """Whether this is a picture that nobody can see: it counts readers."""
    tiny = re.search(r' (?:width|height)="[01](?:px)?"', token.source)
    return token.tag == "img" and (tiny is not None or " src=" not in token.source)


class Paragraph(NamedTuple):
    """A paragraph of content as plain text, and the addresses that it links to."""

    text: str
    addresses: tuple[str, ...]


def text(content: str) -> str:
    """The content as plain text: paragraphs with a blank line between them, list items behind a dash."""
    return "\n\n".join(paragraph.text for paragraph in paragraphs(content))


def paragraphs(content: str) -> Iterator[Paragraph]:
    """The content's paragraphs, headings and list items as plain text, in order."""
    words: list[str] = []
    addresses: list[str] = []
    prefix, pre = "", False
    for token in [*_tokens(content), Token("</div>", "div", end=True)]:
        if token.tag in _BLOCKS:
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
    return [unescape(address) for address in re.findall(rf'<img{_ATTRIBUTE}? src="([^"]*)"', content)]


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


def excerpt(content: str, words: int, language: str) -> str:
    """The beginning of the content: whole sentences up to about ``words`` words, as content.

    Headings, pictures, tables and code are left out, for an excerpt is prose; links and emphasis stay. The first
    sentence is always there, whole. ``language`` (BCP 47) says where sentences end.
    """
    kept: list[str] = []
    opened: list[str] = []
    left = words
    for run in _runs(content):
        plain = "".join(token.text for token in run)
        room = _whole_sentences(plain, left, language, must=left == words)
        cut = room < len(plain)
        for token in run:
            if token.tag:
                kept.append(_track(token, opened))
                continue
            kept.append(_escape(token.text[:room], quote=False))
            room -= len(token.text)
            if cut and room <= 0:
                break
        left -= word_count(plain)
        if cut or left <= 0:
            break
    return _without_empty("".join(kept).rstrip() + "".join(f"</{tag}>" for tag in reversed(opened)))


def _runs(content: str) -> Iterator[list[Token]]:
    """The prose in pieces: each block tag alone, and what stands between two of them together."""
    run: list[Token] = []
    skipped, depth = "", 0
    for token in _tokens(content):
        if skipped:
            depth += (-1 if token.end else 1) if token.tag == skipped else 0
            skipped = skipped if depth else ""
        elif token.tag in _NOT_PROSE:
            if token.tag not in _VOID:
                skipped, depth = token.tag, 1
        elif token.tag in _BLOCKS:
            yield from ([run] if run else [])
            yield [token]
            run = []
        else:
            run.append(token)
    yield from ([run] if run else [])


def _track(token: Token, opened: list[str]) -> str:
    if token.end:
        opened.pop()
    elif token.tag not in _VOID:
        opened.append(token.tag)
    return token.source


def _whole_sentences(plain: str, words: int, language: str, *, must: bool) -> int:
    """How many characters of a paragraph make whole sentences of about this many words; with ``must`` at least one."""
    import sentencex

    taken = size = 0
    for sentence in sentencex.segment(language, plain):
        count = word_count(sentence)
        if size + count / 2 > words and (taken or not must):
            break
        taken += len(sentence)
        size += count
    return taken


def _without_empty(content: str) -> str:
    """The content without elements that hold nothing."""
    while (shorter := _EMPTY.sub("", content)) != content:
        content = shorter
    return content
