"""Read the line that must stand with our own articles wherever they are published again: Markdown with places."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from dispatch import commonmark, html
from dispatch.errors import GatherError
from dispatch.licences import find_licence
from dispatch.model import RepublishSettings

PLACES = ("url", "title", "publication", "licence", "licence_url")

# Stand in for the two that are addresses: in braces Markdown would encode them.
_ADDRESSES = {"url": "https://original.invalid/", "licence_url": "https://licence.invalid/"}
_PLACE = re.compile(r"\{([^{}\s]*)\}")
_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>", re.DOTALL)


@lru_cache(maxsize=16)
def parse_required_line(line: str) -> str:
    """Convert the Markdown to a paragraph's inline HTML, its places still in it, for ``fill_required_line``.

    Raises GatherError when it has another place, is more than one paragraph, or has no link to the original.
    """
    for name in _PLACE.findall(line):
        if name not in PLACES:
            hint = f"Places are {', '.join(f'{{{place}}}' for place in PLACES)}."
            raise GatherError(f"has the place {{{name}}}, which is none", hint=hint)
    for name, address in _ADDRESSES.items():
        line = line.replace(f"{{{name}}}", address)
    found = _PARAGRAPH.fullmatch(commonmark.to_html(line).strip())
    if found is None:
        raise GatherError("must be one paragraph", hint="Write one paragraph, with links and emphasis only.")
    if f' href="{_ADDRESSES["url"]}"' not in found[1]:
        hint = "Write a link such as [{publication}]({url})."
        raise GatherError("has no link to the original", hint=hint)
    return found[1]


def fill_required_line(line: str, values: Mapping[str, str]) -> str:
    """Fill the places of a line that was read; ``values`` has one for each of ``PLACES``, as plain text."""
    for name, address in _ADDRESSES.items():
        line = line.replace(address, f"{{{name}}}")
    return html.sanitise_html(_PLACE.sub(lambda place: html.escape_html(values[place[1]]), line))


def find_faults(settings: RepublishSettings) -> Iterator[tuple[str, str, str]]:
    """Find what in ``[republish]`` nobody could publish an article under or with: the key, what is wrong, a hint."""
    if settings.license and not find_licence(settings.license).may_republish:
        hint = "Write one of Creative Commons, for example CC-BY-ND-4.0, or its address."
        yield "license", "is no licence that lets others publish an article again", hint
    try:
        if settings.line:
            parse_required_line(settings.line)
    except GatherError as error:
        yield from (("line", fault.what, fault.hint) for fault in error.faults)
