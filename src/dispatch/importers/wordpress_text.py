"""Expand the text of a WordPress post as WordPress does before it shows it: paragraphs, captions, blocks, embeds."""

import re
from collections.abc import Iterator, Mapping

from dispatch.errors import GatherError
from dispatch.html import escape_html
from dispatch.importers import tabular

_MOST_IN_BLOCKS = 2_000_000  # characters that synced blocks put into one text
_BLOCK_MARK = re.compile(r"<!--\s+(?P<end>/?)wp:[a-z][^<>]{0,20000}?-->")
# An embed of the block editor is its address alone; a file has a button beside its link.
_WRAPPED = re.compile(r"(wp-block-embed__wrapper\">)\s{0,20}(https?://[^\s<>\"]{1,2000})\s{0,20}(?=</div>)")
_FILE_BUTTON = re.compile(r"<a\b[^<>]{0,2000}wp-block-file__button[^<>]{0,500}>[^<]{0,200}</a>")
# A block that holds its text elsewhere, or makes it anew each time: the comment alone.
_LONE_BLOCK = re.compile(r"<!--\s+wp:(?P<name>[a-z][\w/-]{0,80})\s*(?P<said>\{[^<>]{0,20000}\})?\s*/-->")
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
_PLAYER = re.compile(
    r"\[(?:audio|video)\b[^\[\]]{0,200}?(https?://[^\s\[\]<>\"']{1,2000})[^\[\]]{0,300}\](?:\[/(?:audio|video)\])?"
)
_EMBED = re.compile(r"\[embed\b[^\[\]]{0,200}\]\s*(https?://[^\s\[\]<>\"]{1,2000})\s*\[/embed\]", re.IGNORECASE)
_LINE_OF_ITS_OWN = re.compile(r"https?://[^\s<>\"]{1,2000}")


def expand_text(written: str, blocks: Mapping[str, str], notes: list[str]) -> str:
    """Expand a stored text; of the block editor it has its paragraphs already.

    blocks: the texts of synced blocks, by id, and that of the post's ``footnotes``. notes: gets the names of blocks
    that cannot be shown.
    """
    written = _expand_blocks(written, blocks, notes)
    written = _FILE_BUTTON.sub("", _WRAPPED.sub(r'\1<a class="embed" href="\2">\2</a>', written))
    written = _PLAYER.sub(r'\n\n<p><a href="\1">\1</a></p>\n\n', written)
    written = _EMBED.sub(r'<a href="\1">\1</a>', _CAPTION.sub(_make_figure, written))
    if "<!-- wp:" in written:
        return "".join(_expand_pieces(written))
    return _expand_classic(written)


def _expand_pieces(written: str) -> Iterator[str]:
    """Expand what stands between blocks, in which WordPress keeps what the old editor wrote."""
    at = level = 0
    for mark in _BLOCK_MARK.finditer(written):
        piece = written[at : mark.start()]
        yield piece if level else _expand_classic(piece)
        level = max(0, level + (-1 if mark["end"] else 1))
        at = mark.end()
    yield written[at:] if level else _expand_classic(written[at:])


def _expand_classic(written: str) -> str:
    first, *rest = _PRE.split(written)
    pieces = [_make_paragraphs(first)]
    for tag, piece in zip(rest[::2], rest[1::2], strict=True):
        if tag.startswith("</"):
            end, bracket, after = piece.partition(">")
            pieces += [tag, end, bracket, _make_paragraphs(after)]
        else:
            pieces += [tag, piece]
    return "".join(pieces)


def _make_paragraphs(written: str) -> str:
    """Make paragraphs as the old editor does (``wpautop``): an empty line ends one, a line break stays."""
    written = _AFTER.sub(r"\1\n\n", _BEFORE.sub(r"\n\n\1", written))
    blocks = [block.strip("\n") for block in re.split(r"\n[ \t]*\n", written)]
    return "\n".join(_make_paragraph(block) for block in blocks if block.strip())


def _make_paragraph(block: str) -> str:
    if _BLOCK.match(block.lstrip()):
        return block
    if _LINE_OF_ITS_OWN.fullmatch(block.strip()):
        return f'<p><a href="{block.strip()}">{block.strip()}</a></p>'
    return f"<p>{block.replace(chr(10), '<br>' + chr(10))}</p>"


def _make_figure(match: re.Match[str]) -> str:
    if not (parts := _PICTURE.fullmatch(match["inner"])):
        return match["inner"]
    words = parts["words"].strip()
    caption = f"<figcaption>{words}</figcaption>" if words else ""
    return f"\n\n<figure>{parts['picture']}{caption}</figure>\n\n"


def write_footnotes(written: str) -> str:
    """Write the footnotes that a post keeps beside its text, as JSON, as a list; empty where they are none."""
    try:
        found = tabular.pick_tables(tabular.parse_json(written or "[]"))
    except GatherError:
        return ""
    lines = (
        f'<li id="{escape_html(id_)}">{tabular.pick_text(one, "content")} <a href="#{escape_html(id_)}-link">↩</a></li>'
        for one in found
        if (id_ := tabular.pick_text(one, "id"))
    )
    items = "".join(lines)
    return f"<ol>{items}</ol>" if items else ""


def _expand_blocks(written: str, blocks: Mapping[str, str], notes: list[str]) -> str:
    """Put the text of each synced block where it is shown; of any other that is made anew, only an address is left."""
    room = _MOST_IN_BLOCKS
    lost: dict[str, None] = {}

    def expand(match: re.Match[str]) -> str:
        nonlocal room
        try:
            said = tabular.pick_table(tabular.parse_json(match["said"] or "{}"))
        except GatherError:
            said = {}
        which = match["name"] if match["name"] != "block" else tabular.pick_text(said, "ref")
        text = blocks.get(which, "")
        if text and len(text) <= room:
            room -= len(text)
            return f"\n{text}\n"
        if url := escape_html(tabular.pick_text(said, "url", "feedURL")):
            return f'\n<p><a href="{url}">{url}</a></p>\n'
        ref = tabular.pick_text(said, "ref")
        lost[f"the synced block {ref}" if ref else f"the block {match['name']}"] = None
        return ""

    # A block may stand in another, which cannot stand in itself.
    for _ in range(2):
        written = _LONE_BLOCK.sub(expand, written)
    notes += [f"not imported: {name}" for name in lost]
    return written
