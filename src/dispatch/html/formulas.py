"""Write formulas, which content cannot hold, as the TeX that they carry along: of MathML, KaTeX, MathJax, MediaWiki."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from dispatch.deferred import defer_pattern
from dispatch.html.tokens import escape_html

_MATH: Final = defer_pattern(r"<(?P<end>/?)(?:[a-z]{1,9}:)?math\b(?P<rest>[^<>]*)>", re.IGNORECASE)
_ALT: Final = defer_pattern(r"""\balttext\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_NOTE: Final = defer_pattern(
    r"""<(?:[a-z]{1,9}:)?annotation\b[^<>]*encoding=["'][^"']*tex["'][^<>]*>([^<]*)<""", re.IGNORECASE
)
_BUILT: Final = defer_pattern(
    r"<(?:[a-z]{1,9}:)?m(?:sup|sub|frac|sqrt|root|under|over|table|multiscripts)", re.IGNORECASE
)
_ANNOTATED: Final = defer_pattern(r"<(?:[a-z]{1,9}:)?annotation\b.*", re.IGNORECASE | re.DOTALL)
_TAG: Final = defer_pattern(r"<[^<>]*>")
_SCRIPT: Final = defer_pattern(
    r"""<script\b[^<>]*type=["']?math/tex\b[^<>]*>((?:[^<]|<(?!/?script)){0,4000})</script>""", re.IGNORECASE
)
_STYLED: Final = defer_pattern(r"\{\\(?:display|text)style\s?(.*)\}", re.DOTALL)
# What stands behind it and shows the same again.
_PICTURE: Final = defer_pattern(r"(\s*</span>\s*)<(?:img|meta)\b[^<>]*mwe-math-fallback[^<>]*>")
_SHOWN: Final = defer_pattern(r"""(\s*</span>\s*)<span\b[^<>]*class=["']katex-html\b[^<>]*>""")
_SPAN: Final = defer_pattern(r"<(/?)span\b", re.IGNORECASE)


def write_formulas(html: str) -> str:
    """Replace each formula in foreign HTML by its TeX, or by its signs where they stand in one line; nothing is clean.

    One that is built, with a fraction or an exponent, and has no TeX becomes nothing: its signs alone say another.
    """
    if "math" not in html.lower():
        return html
    return "".join(_replace_formulas(_SCRIPT.sub(lambda found: escape_html(unescape(found[1]).strip()), html)))


def _replace_formulas(html: str) -> Iterator[str]:
    at = 0
    tags = _MATH.finditer(html)
    for start in tags:
        if start["end"] or start.start() < at:
            continue
        end = next((tag for tag in tags if tag["end"]), None)
        if end is None:
            break
        yield html[at : start.start()]
        yield escape_html(_find_tex(start["rest"], html[start.end() : end.start()]))
        at = end.end()
        if again := _PICTURE.match(html, at) or _SHOWN.match(html, at):
            yield again[1]
            at = again.end() if again.re is _PICTURE else _find_span_end(html, again.end())
    yield html[at:]


def _find_tex(attributes: str, inner: str) -> str:
    named = _ALT.search(attributes) or _NOTE.search(inner)
    if named:
        tex = " ".join(unescape(next(filter(None, named.groups()), "")).split())
        styled = _STYLED.fullmatch(tex)
        return styled[1].strip() if styled else tex
    return "" if _BUILT.search(inner) else "".join(unescape(_TAG.sub("", _ANNOTATED.sub("", inner))).split())


def _find_span_end(html: str, at: int) -> int:
    """Find where the span ends within which a place is."""
    depth = 1
    for tag in _SPAN.finditer(html, at):
        depth += -1 if tag[1] else 1
        if not depth:
            return html.find(">", tag.end()) + 1 or len(html)
    return len(html)
