"""What WordPress makes of a text before it shows it: paragraphs of the old editor, captions, embedded addresses."""

import re

# Only what stands at the beginning of a block keeps it from being a paragraph.
_BLOCK = re.compile(
    r"</?(?:address|article|aside|blockquote|dd|div|dl|dt|figcaption|figure|footer|form|h[1-6]|header|hr|iframe|li|main"
    r"|nav|ol|p|pre|script|section|style|table|tbody|td|tfoot|th|thead|tr|ul|video|audio)\b|<!--",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(<(?:h[1-6]|figure|blockquote|ul|ol|dl|table|div|hr)\b)", re.IGNORECASE)
_AFTER = re.compile(r"(</(?:h[1-6]|figure|blockquote|ul|ol|dl|table|div)>|<hr\b[^<>]*>)", re.IGNORECASE)
_CAPTION = re.compile(r"\[caption\b[^\[\]]{0,500}\](?P<inner>[^\[\]]{0,20000})\[/caption\]", re.IGNORECASE)
_PICTURE = re.compile(r"\s*(?P<picture>(?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*</a>)?)(?P<words>.*)", re.DOTALL)
_PRE = re.compile(r"(</?pre\b)", re.IGNORECASE)
_EMBED = re.compile(r"\[embed\b[^\[\]]{0,200}\]\s*(https?://[^\s\[\]<>\"]{1,2000})\s*\[/embed\]", re.IGNORECASE)
_LINE_OF_ITS_OWN = re.compile(r"https?://[^\s<>\"]{1,2000}")


def as_html(written: str) -> str:
    """The text as HTML. A text of the block editor is that already, but for its captions and embedded addresses."""
    written = _EMBED.sub(r'<a href="\1">\1</a>', _CAPTION.sub(_figure, written))
    if "<!-- wp:" in written:
        return written
    first, *rest = _PRE.split(written)
    pieces = [_paragraphs(first)]
    for tag, piece in zip(rest[::2], rest[1::2], strict=True):
        if tag.startswith("</"):
            end, bracket, after = piece.partition(">")
            pieces += [tag, end, bracket, _paragraphs(after)]
        else:
            pieces += [tag, piece]
    return "".join(pieces)


def _paragraphs(written: str) -> str:
    """An empty line ends a paragraph, and a line break is one, as the old editor has it (``wpautop``)."""
    written = _AFTER.sub(r"\1\n\n", _BEFORE.sub(r"\n\n\1", written))
    blocks = [block.strip("\n") for block in re.split(r"\n[ \t]*\n", written)]
    return "\n".join(_paragraph(block) for block in blocks if block.strip())


def _paragraph(block: str) -> str:
    if _BLOCK.match(block.lstrip()):
        return block
    if _LINE_OF_ITS_OWN.fullmatch(block.strip()):
        return f'<p><a href="{block.strip()}">{block.strip()}</a></p>'
    return f"<p>{block.replace(chr(10), '<br>' + chr(10))}</p>"


def _figure(match: re.Match[str]) -> str:
    if not (parts := _PICTURE.fullmatch(match["inner"])):
        return match["inner"]
    words = parts["words"].strip()
    caption = f"<figcaption>{words}</figcaption>" if words else ""
    return f"\n\n<figure>{parts['picture']}{caption}</figure>\n\n"
