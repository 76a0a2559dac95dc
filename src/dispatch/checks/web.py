"""The page: nothing in it acts."""

from collections.abc import Iterator

from dispatch.checks.case import Case
from dispatch.checks.page import Tag
from dispatch.checks.rules import finding, short
from dispatch.model import Finding

FORBIDDEN = ("applet", "base", "embed", "frame", "frameset", "iframe", "object", "portal", "script")
_ADDRESSES = frozenset({"action", "formaction", "href", "src", "xlink:href"})
_ACTING = ("javascript:", "vbscript:", "data:text/")


def check(case: Case) -> Iterator[Finding]:
    """Judges each page."""
    for _, part in case.parts:
        if part.kind == "page" and part.page:
            for what in dict.fromkeys(what for tag in part.page.tags for what in _acting(tag)):
                yield finding("web.forbidden", part.where, what)
            copies = case.issue.place.pictures if case.issue.place else {}
            for url in dict.fromkeys(tag.attributes.get("src", "") for tag in part.page.named("img")):
                if url in copies:
                    yield finding(
                        "web.copy", part.where, f"A picture is shown from {short(url)}, and the site has a copy"
                    )


def _acting(tag: Tag) -> Iterator[str]:
    if tag.name in FORBIDDEN:
        yield f"It has <{tag.name}>: a letter is read, and runs nothing"
    if tag.name == "meta" and tag.attributes.get("http-equiv", "").lower() == "refresh":
        yield "It has a <meta> that leads elsewhere by itself"
    for name, value in tag.attributes.items():
        # Browsers pass over controls and spaces within the scheme.
        address = "".join(sign for sign in value if sign > " ").lower()
        if name.startswith("on"):
            yield f"<{tag.name}> has a script in {name}"
        elif name in _ADDRESSES and address.startswith(_ACTING):
            yield f"<{tag.name}> has {address.partition(':')[0]}: for an address"
