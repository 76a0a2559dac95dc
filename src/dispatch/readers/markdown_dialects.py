"""Turn what the dialects of Markdown add to CommonMark into CommonMark, or leave it out and say so.

Obsidian has ``[[links]]``, ``![[embeds]]``, ``%% comments %%``, ``==marks==`` and callouts; Hugo has ``{{< codes >}}``,
Jekyll and Eleventy have Liquid's ``{% tags %}`` and ``{{ output }}``, MDX
``import`` lines. In a fence and between backticks nothing changes.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from dispatch import html
from dispatch.model import Fault

# An open fence ends with the text (CommonMark, section 4.5).
_FENCE = re.compile(
    r"^ {0,3}(?P<fence>`{3,20}|~{3,20})[^`\n]*(?:\n(?s:.*?)(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)|\Z)", re.MULTILINE
)
_QUERY = re.compile(r"\s*(?:`{3,}|~{3,})(?:dataview|dataviewjs|tasks|query|button)\b")
_CODE = re.compile(
    r"\{\{[<%]-?(?P<hugo>[^{}]{1,1000}?)-?[>%]\}\}|\{%-?(?P<liquid>[^{}%]{1,1000}?)-?%\}|\{\{(?P<output>[^{}\n]{1,300})\}\}"
    r"|^[*-] [\w ]{1,20}\n\{:toc\}|\{:[^{}\n]{1,200}\}|\{#[^{}\n]{0,300}#\}|<%[^%<>\n]{0,300}%>"
    r"|\*\|[A-Z][A-Z0-9_:]{1,60}\|\*"
    r"|^(?:import|export)\b[^\n'\"]{0,300} from ['\"][^'\"\n]{1,300}['\"];?$",
    re.MULTILINE,
)
_ARGUMENT = re.compile(
    r"""(?:(?P<key>[\w-]{1,40})\s*=\s*)?(?:"(?P<double>[^"\n]*)"|'(?P<single>[^'\n]*)'|`(?P<raw>[^`\n]*)`|(?P<bare>[^\s"'=]{1,300}))"""
)
_HIGHLIGHT = re.compile(
    r"\{(?:%-?|\{<)\s*highlight\s+(\w{1,30})[^{}%<>]{0,100}[%>]\}{1,2}|(\{(?:%-?|\{<)\s*(?:end|/\s?)highlight\s*(?:-?%|>\})\})"
)
# “100%% sure” is none.
_COMMENT = re.compile(r"(?<![\w%])(?P<obsidian>%%)(?!%)|\{%-?\s?comment\s?-?%\}|\{\{[<%]\s?comment\s?[>%]\}\}")
_COMMENT_END = re.compile(r"\{%-?\s?endcomment\s?-?%\}|\{\{[<%]\s?/\s?comment\s?[>%]\}\}")
_OBSIDIAN_END = re.compile("%%")
_EMBED = re.compile(r"!\[\[([^\[\]\n|]{1,300})(?:\|[^\[\]\n]{0,300})?\]\]")
_WIKI_LINK = re.compile(r"\[\[([^\[\]\n|]{1,300})(?:\|([^\[\]\n]{1,300}))?\]\](?![(\[])")
_EMPTY_LINK = re.compile(r"(!?)\[([^\[\]\n]{0,300})\]\(\s*\)")
_MARKED = re.compile(r"(?<!=)==(?=[^\s=])([^=\n]{1,500})(?<!\s)==(?!=)")
_CALLOUT = re.compile(r"^((?:> ?){1,9})\[!([\w-]{1,30})\][+-]?[ \t]*(.*)$", re.MULTILINE)
_ADMONITION = re.compile(r"^:{3,9}([^:\n]*)$", re.MULTILINE)
_TASK = re.compile(r"^([ \t>]{0,20}(?:[-*+]|\d{1,9}[.)])[ \t]{1,4})\[([ xX])\][ \t]+", re.MULTILINE)
_BLOCK_ID = re.compile(r"(?<=\S)[ \t]+\^[A-Za-z][A-Za-z0-9-]{1,50}[ \t]*$|^\^[A-Za-z0-9-]{1,50}[ \t]*$", re.MULTILINE)
_TAG_LINE = re.compile(r"#[^\s#.,;:!?()\[\]]+(?:[ \t]+#[^\s#.,;:!?()\[\]]+)*")
# What a shortcode of these names shows, by its first argument or arguments.
_ADDRESSES = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "gist": "https://gist.github.com/{}/{}",
    "instagram": "https://www.instagram.com/p/{}/",
    "x": "https://x.com/{}/status/{}",
    "tweet": "https://x.com/{}/status/{}",
}
# These name another file, or a setting: their argument is no text.
_NAMES_A_FILE = frozenset({"ref", "relref", "param", "include", "readfile", "highlight", "partial", "gallery", "image"})
_MOST_NAMED = 3


def convert_dialects(markdown: str, faults: list[Fault]) -> str:
    """Convert a text to CommonMark with HTML; ``faults`` gets what is left out, of private comments only the number."""
    markdown = _HIGHLIGHT.sub(lambda match: f"```{match[1]}" if match[1] else "```", markdown)
    pieces, comments = _drop_comments(split_code(markdown))
    left_out: list[str] = []
    converted = "".join(piece if is_code else _convert_piece(piece, left_out) for piece, is_code in pieces)
    if comments:
        faults.append(Fault(what=f"left out: {comments} private comment{'s' * (comments > 1)}"))
    if left_out:
        named = ", ".join(" ".join(one.split())[:80] for one in left_out[:_MOST_NAMED])
        more = f" and {len(left_out) - _MOST_NAMED} more" if len(left_out) > _MOST_NAMED else ""
        faults.append(Fault(what=f"left out, for it is no Markdown: {named}{more}"))
    return converted


def take_tag_lines(markdown: str) -> tuple[list[str], str]:
    """Take the lines that are nothing but ``#tags`` off the start and the end; return the tags, and the rest."""
    lines = markdown.strip("\n").split("\n")
    tags: list[str] = []
    for end in (0, -1):
        while lines and _TAG_LINE.fullmatch(lines[end].strip()):
            tags += [tag.removeprefix("#") for tag in lines.pop(end).split()]
            while lines and not lines[end].strip():
                lines.pop(end)
    return (tags, "\n".join(lines)) if tags else ([], markdown)


def split_code(markdown: str) -> Iterator[tuple[str, bool]]:
    """Split a text into what is code, fenced or between backticks, and what is not."""
    end = 0
    for fence in _FENCE.finditer(markdown):
        yield from _split_spans(markdown[end : fence.start()])
        yield fence[0], True
        end = fence.end()
    yield from _split_spans(markdown[end:])


def _split_spans(text: str) -> Iterator[tuple[str, bool]]:
    """Split a text without fences at its code spans: from one run of backticks to the next one that is as long."""
    runs = list(re.finditer("`+", text))
    starts: dict[int, list[int]] = {}
    for run in runs:
        starts.setdefault(len(run[0]), []).append(run.start())
    end = 0
    for run in runs:
        alike = starts[len(run[0])]
        closing = bisect_right(alike, run.start())
        if run.start() >= end and closing < len(alike):
            yield text[end : run.start()], False
            end = alike[closing] + len(run[0])
            yield text[run.start() : end], True
    yield text[end:], False


def _drop_comments(pieces: Iterable[tuple[str, bool]]) -> tuple[list[tuple[str, bool]], int]:
    """Drop private comments, code in them as well, and queries; count the comments. An open one never ends."""
    kept: list[tuple[str, bool]] = []
    comments = 0
    end: re.Pattern[str] | None = None  # of the comment that is open
    for piece, is_code in pieces:
        if is_code:
            kept += [] if end or _QUERY.match(piece) else [(piece, True)]
            continue
        at = 0
        while mark := (end or _COMMENT).search(piece, at):
            kept += [] if end else [(piece[at : mark.start()], False)]
            comments += end is None
            end = None if end else _OBSIDIAN_END if mark["obsidian"] else _COMMENT_END
            at = mark.end()
        kept += [] if end else [(piece[at:], False)]
    return kept, comments


def _convert_piece(text: str, left_out: list[str]) -> str:
    def drop_embed(match: re.Match[str]) -> str:
        left_out.append(match[0])
        return ""

    def unlink(match: re.Match[str]) -> str:
        page, _, heading = match[1].partition("#")
        return match[2] or page.rpartition("/")[2] or heading.lstrip("^")

    def name_callout(match: re.Match[str]) -> str:
        return f"{match[1]}**{match[3].strip() or match[2].replace('-', ' ').capitalize()}**\n{match[1].rstrip()}"

    def name_admonition(match: re.Match[str]) -> str:
        kind, _, title = match[1].strip().rstrip("]").replace("[", " ", 1).partition(" ")
        return f"**{title.strip() or kind.capitalize()}**\n" if kind else ""

    text = _EMBED.sub(drop_embed, text)
    text = _WIKI_LINK.sub(unlink, text)
    text = _CODE.sub(lambda match: _convert_code(match, left_out), text)
    text = _EMPTY_LINK.sub(lambda match: "" if match[1] else match[2], text)
    text = _CALLOUT.sub(name_callout, text)
    text = _ADMONITION.sub(name_admonition, text)
    text = _TASK.sub(lambda match: f"{match[1]}{'☐' if match[2] == ' ' else '☑'} ", text)
    text = _BLOCK_ID.sub("", text)
    return _MARKED.sub(r"<mark>\1</mark>", text)


def _convert_code(match: re.Match[str], left_out: list[str]) -> str:
    """Return what a template's code shows, as far as it says that itself: a picture, an address, a text in quotes."""
    if match[0].startswith("*|"):
        return _leave_out(match, left_out)
    if output := match["output"]:
        # Without it, an address would be another one.
        before = match.string[max(0, match.start() - 1000) : match.start()]
        if "://" in re.split(r"[\s()<>]", before)[-1]:
            return match[0]
        literal = re.match(r"""\s*(?:"([^"]*)"|'([^']*)')""", output)
        return (literal[1] or literal[2] or "") if literal else _leave_out(match, left_out)
    name, _, rest = " ".join((match["hugo"] or match["liquid"] or "").split()).partition(" ")
    if not name or name.startswith(("/", "end")) or name in {"raw", "comment", "note", "toc"}:
        return ""
    named: dict[str, str] = {}
    plain: list[str] = []
    for argument in _ARGUMENT.finditer(rest):
        value = argument["double"] or argument["single"] or argument["raw"] or argument["bare"] or ""
        if argument["key"]:
            named[argument["key"]] = value
        else:
            plain.append(value)
    if name == "figure" and named.get("src"):
        return _format_figure(named)
    if name in _ADDRESSES:
        values = plain or [named[key] for key in ("user", "id") if key in named]
        if len(values) >= _ADDRESSES[name].count("{}"):
            return f"<{_ADDRESSES[name].format(*values)}>"
    after = match.string[match.end() :]
    if f"/{name}" in after or f"/ {name}" in after or f"end{name}" in after:  # what it stands around stays
        return ""
    is_alone = match.string[: match.start()].rpartition("\n")[2].strip() == ""
    if match["hugo"] and len(plain) == 1 and not named and not is_alone and name not in _NAMES_A_FILE:
        return plain[0]
    return _leave_out(match, left_out)


def _leave_out(match: re.Match[str], left_out: list[str]) -> str:
    left_out.append(match[0])
    return ""


def _format_figure(named: dict[str, str]) -> str:
    picture = f'<img src="{html.escape_html(named["src"])}" alt="{html.escape_html(named.get("alt", ""))}">'
    title, caption = (html.escape_html(named.get(key, "")) for key in ("title", "caption"))
    words = f"<strong>{title}</strong> {caption}" if title and caption else title or caption
    told = f"<figcaption>{words}</figcaption>" if words else ""
    return f"<figure>{picture}{told}</figure>"
