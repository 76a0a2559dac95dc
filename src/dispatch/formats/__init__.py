"""FORMATS: every format that an issue can be rendered in.

A format is a module with ``render(issue, publication) -> bytes``, pure, and a row here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, cast

from dispatch.model import Issue, Publication

Renderer = Callable[[Issue, Publication], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A row of the table; its module is imported when it is first rendered."""

    name: Annotated[str, "what it is called on the command line; also its module"]
    media_type: Annotated[str, "what a server says that it is"]
    path: Annotated[str, "its file's name within the issue's folder"]

    def render(self, issue: Issue, publication: Publication) -> bytes:
        """The finished edition. Raises RenderError."""
        return cast("Renderer", import_module(f"dispatch.formats.{self.name}").render)(issue, publication)


FORMATS: Mapping[str, Format] = {
    row.name: row
    for row in (
        Format(name="rss", media_type="application/rss+xml", path="feed.xml"),
        Format(name="atom", media_type="application/atom+xml", path="feed.atom"),
        Format(name="json", media_type="application/feed+json", path="feed.json"),
        Format(name="email", media_type="text/html", path="email.html"),
        Format(name="text", media_type="text/plain", path="email.txt"),
        Format(name="eml", media_type="message/rfc822", path="email.eml"),
        Format(name="web", media_type="text/html", path="index.html"),
    )
}
