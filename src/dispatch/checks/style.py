"""The style of a mail: how much there is, and whether mail programs know it."""

import re
from collections.abc import Iterator

from dispatch.checks.html_page import Page
from dispatch.checks.rules import make_finding
from dispatch.model import Finding, Place

STYLE = 16 * 1024  # bytes; Gmail drops style elements from here on
# What Outlook on Windows, Gmail or both leave out, as caniemail.com has it, and what breaks without it.
_UNKNOWN = re.compile(
    r"(?:^|[;{\s])(?:"
    r"(?P<property>position|float|clip-path|filter|grid[a-z-]*|flex[a-z-]*|animation[a-z-]*|transition[a-z-]*|"
    r"transform[a-z-]*|aspect-ratio|gap|inset)\s*:"
    r"|(?P<value>display\s*:\s*(?:inline-)?(?:flex|grid)|[a-z-]+\s*:[^;]*(?:var|calc|clamp|min|max|oklch|lab)\())",
    re.IGNORECASE,
)


def check_style(place: Place, page: Page) -> Iterator[Finding]:
    """Judges a mail's style elements and what stands inline."""
    size = sum(len(tag.text.encode()) for tag in page.find_tags("style"))
    if size >= STYLE:
        yield make_finding("email.style-size", "style", place, size=size)
    if any("@import" in tag.text for tag in page.find_tags("style")):
        yield make_finding("email.css", "link", place)
    told: set[str] = set()
    styles: dict[str, str] = {}
    for tag in page.tags:
        styles.setdefault(tag.attributes.get("style", ""), tag.name)
    for style, name in styles.items():
        for match in _UNKNOWN.finditer(style):
            words = (match["property"] or match["value"]).lower()
            if words not in told:
                told.add(words)
                yield make_finding("email.css", "style", place, element=name, found=words)
