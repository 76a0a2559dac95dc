"""Write the text of a Ghost post as HTML: from Lexical, the form of its editor, or from Mobiledoc, the one before.

Their layout is that of Ghost's own cards (TryGhost/Koenig, ``kg-default-nodes``) and of Mobiledoc 0.3
(https://github.com/bustle/mobiledoc-kit/blob/master/MOBILEDOC.md). A card becomes what a reader saw of it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dispatch import commonmark, html
from dispatch.errors import GatherError
from dispatch.html import escape_html
from dispatch.importers import tabular
from dispatch.importers.tabular import Row, pick_table, pick_tables, pick_text

_MOST_LEVELS: Final = 100
# Lexical's bits of a text's format.
_FORMATS: Final = ((1, "strong"), (2, "em"), (4, "s"), (8, "u"), (16, "code"), (32, "sub"), (64, "sup"), (128, "mark"))
_BLOCKS: Final = {"paragraph": "p", "quote": "blockquote", "aside": "blockquote", "listitem": "li"}
# The pieces of a card, each left out where a field is empty; ! is HTML already, of several names the first counts.
_BUTTON: Final = '<p><a href="{buttonUrl}">{buttonText|buttonUrl}</a></p>'
_CARDS: Final[Mapping[str, tuple[str, ...]]] = {
    "audio": ('<p><a class="embed" href="{src}">{title|src}</a></p>', "<p>{!caption}</p>"),
    "bookmark": (
        '<p><a href="{url}">{title|url}</a></p>',
        "<p>{description}</p>",
        "<p>{author}</p>",
        "<p>{publisher}</p>",
        "<p>{!caption}</p>",
    ),
    "button": (_BUTTON,),
    "call-to-action": ('<img src="{imageUrl}" alt="">', "<div>{!textValue}</div>", _BUTTON),
    "callout": ("<div>{!calloutText}</div>",),
    "file": ('<p><a href="{src}">{fileTitle|fileName|src}</a></p>', "<p>{fileCaption}</p>"),
    "header": ("<h2>{!header|heading}</h2>", "<p>{!subheader|subheading}</p>", _BUTTON),
    "hr": ("<hr>",),
    "html": ("{!html}",),
    "product": (
        '<img src="{productImageSrc}" alt="">',
        "<h4>{!productTitle}</h4>",
        "<div>{!productDescription}</div>",
        '<p><a href="{productUrl}">{productButton|productUrl}</a></p>',
    ),
    "toggle": ("<h4>{!heading}</h4>", "<div>{!content}</div>"),
    "video": ('<p><a class="embed" href="{src}">{title|fileName|src}</a></p>', "<p>{!caption}</p>"),
}
_NAMES: Final = {"horizontalrule": "hr", "codeblock": "code", "card-markdown": "markdown"}
_UNSEEN: Final = frozenset({"paywall", "tk", "zwnj"})  # what is no part of the text
_FIELD: Final = re.compile(r"\{(!?)([\w|]+)\}")
_MARKUPS: Final = frozenset({"a", "b", "code", "em", "i", "s", "strong", "sub", "sup", "u"})
_SECTIONS: Final = {"aside": "blockquote", "pull-quote": "blockquote"}


@dataclass(slots=True)
class GhostText:
    """A text while it is written, and what of it is lost."""

    lost: list[str] = field(default_factory=list)

    def write_row(self, row: Row) -> str:
        """Write the text that a row has in Ghost's own form. Raises GatherError when it is broken or too large."""
        lexical = pick_text(row, "lexical")
        parsed = pick_table(tabular.parse_json(lexical or pick_text(row, "mobiledoc")))
        pieces: list[str] = []
        room = html.MOST_BYTES
        for piece in self._write_children(pick_table(parsed.get("root"))) if lexical else self._write_mobiledoc(parsed):
            room -= len(piece)
            if room < 0:  # a card may be shown more than once
                raise GatherError("its text is too large")
            pieces.append(piece)
        return "".join(pieces)

    def _write_children(self, node: Row, level: int = 0) -> Iterator[str]:
        if level > _MOST_LEVELS:
            raise GatherError("its text is nested too deep")
        for child in pick_tables(node.get("children")):
            yield from self._write_node(child, level + 1)

    def _write_node(self, node: Row, level: int) -> Iterator[str]:
        kind = pick_text(node, "type").removeprefix("extended-")
        tag = pick_text(node, "tag") if kind in {"heading", "list"} else _BLOCKS.get(kind, "")
        if kind in {"text", "emoji", "tab"}:
            yield _format_text(node)
        elif kind == "linebreak":
            yield "<br>"
        elif tag and re.fullmatch(r"[a-z]+\d?", tag):
            yield from (f"<{tag}>", *self._write_children(node, level), f"</{tag}>\n")
        elif kind in {"link", "autolink", "at-link"}:
            yield from (
                f'<a href="{escape_html(pick_text(node, "url"))}">',
                *self._write_children(node, level),
                "</a>",
            )
        elif "children" in node:
            yield from self._write_children(node, level)
        else:
            yield self._write_card(kind, node)

    def _write_mobiledoc(self, document: Row) -> Iterator[str]:
        cards, sections = (pick_lists(document.get(name)) for name in ("cards", "sections"))
        for section in sections:
            kind, *rest = section
            if kind == 1 and len(rest) == 2:
                tag = str(rest[0])
                yield from _wrap(_SECTIONS.get(tag, tag), _write_markers(rest[1], document))
            elif kind == 2 and rest:
                yield _format_picture({"src": rest[0]})
            elif kind == 3 and len(rest) == 2:
                items = (piece for item in pick_lists(rest[1]) for piece in _wrap("li", _write_markers(item, document)))
                yield from _wrap(str(rest[0]), items)
            elif kind == 10 and rest and (card := _pick_at(cards, rest[0])):
                yield self._write_card(str(card[0]), pick_table(card[1] if len(card) > 1 else {}))

    def _write_card(self, kind: str, card: Row) -> str:
        """Write what a reader saw of a card; what cannot be shown is among the lost."""
        kind = _NAMES.get(kind, kind)
        card = {**card, **pick_table(card.get("metadata"))}
        if kind == "image":
            return _format_picture(card)
        if kind == "gallery":
            pictures = "".join(map(_format_picture, pick_tables(card.get("images"))))
            return f"{pictures}{_fill(('<p>{!caption}</p>',), card)}"
        if kind == "code":
            code = escape_html(html.remove_illegal_characters(str(card.get("code") or "")))
            return f"<pre><code>{code}</code></pre>\n{_fill(('<p>{!caption}</p>',), card)}"
        if kind == "markdown":
            return commonmark.to_html(pick_text(card, "markdown"))
        if kind == "embed":
            own = ("{!html}",) if pick_text(card, "html") else ('<p><a class="embed" href="{url}">{title|url}</a></p>',)
            return _fill((*own, "<p>{!caption}</p>"), card)
        if kind == "callout" and (emoji := pick_text(card, "calloutEmoji")):
            return f"<p>{escape_html(emoji)}</p>\n{_fill(_CARDS[kind], card)}"
        if kind not in _CARDS and kind not in _UNSEEN:
            self.lost.append(kind)
        return _fill(_CARDS.get(kind, ()), card)


def _fill(pieces: Iterable[str], card: Row) -> str:
    """Fill the pieces of a card; one with a field that is empty is left out."""

    def fill(match: re.Match[str]) -> str:
        value = pick_text(card, *match[2].split("|"))
        return value if match[1] else escape_html(value)

    full = (one for one in pieces if all(pick_text(card, *names.split("|")) for _, names in _FIELD.findall(one)))
    return "".join(f"{_FIELD.sub(fill, one)}\n" for one in full)


def _format_picture(card: Row) -> str:
    src, href, caption = (pick_text(card, name) for name in ("src", "href", "caption"))
    picture = f'<img src="{escape_html(src)}" alt="{escape_html(pick_text(card, "alt"))}">'
    shown = f'<a href="{escape_html(href)}">{picture}</a>' if href else picture
    words = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f"<figure>{shown}{words}</figure>\n" if src else ""


def _format_text(node: Row) -> str:
    """Format a piece of text, in the tags of its bits."""
    text = escape_html(html.remove_illegal_characters(str(node.get("text") or "")))
    bits = node.get("format")
    for bit, tag in _FORMATS:
        text = f"<{tag}>{text}</{tag}>" if isinstance(bits, int) and bits & bit and text else text
    return text


def _write_markers(markers: object, document: Row) -> Iterator[str]:
    """Write the markers of a section: texts, each in the markups that it opens, and atoms, such as a line break."""
    markups, atoms = (pick_lists(document.get(name)) for name in ("markups", "atoms"))
    still_open: list[str] = []
    for kind, opened, closed, value in (one for one in pick_lists(markers) if len(one) == 4):
        for markup in (_pick_at(markups, number) for number in (opened if isinstance(opened, list) else ())):
            tag = str(markup[0]) if markup and markup[0] in _MARKUPS else "span"
            given = markup[1] if len(markup) > 1 and isinstance(markup[1], list) else []
            href = str(given[given.index("href") + 1]) if "href" in given[:-1] else ""
            yield f'<a href="{escape_html(href)}">' if tag == "a" else f"<{tag}>"
            still_open.append(tag)
        atom = _pick_at(atoms, value) if kind == 1 else []
        text = str(atom[1] if len(atom) > 1 else "") if kind == 1 else str(value)
        yield "<br>" if atom and atom[0] == "soft-return" else escape_html(html.remove_illegal_characters(text))
        for _ in range(min(closed if isinstance(closed, int) else 0, len(still_open))):
            yield f"</{still_open.pop()}>"
    yield from (f"</{tag}>" for tag in reversed(still_open))


def _wrap(tag: str, inner: Iterable[str]) -> Iterator[str]:
    tag = tag if re.fullmatch(r"(?:p|h[1-6]|blockquote|ul|ol|li)", tag) else "p"
    yield from (f"<{tag}>", *inner, f"</{tag}>\n")


def pick_lists(value: object) -> list[list[object]]:
    """Return the lists of a list that are not empty, without what is none."""
    return [item for item in value if isinstance(item, list) and item] if isinstance(value, list) else []


def _pick_at(lists: Sequence[list[object]], number: object) -> list[object]:
    """Return the list at a number; an empty one where there is none."""
    return lists[number] if isinstance(number, int) and 0 <= number < len(lists) else []
