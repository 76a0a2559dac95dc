"""FORMATS: every format that an issue can be rendered in.

A format is a module with ``render(issue, publication) -> bytes``, pure, and a row here: then ``render``, ``check`` and
``publish`` know it. ``check`` reads it back as the format that the row says it is like; it has no reader for an eighth
kind. A feed's module has ``entry`` and ``document`` instead: what it makes of an article, and the feed around such
entries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Protocol, cast

from dispatch.model import Article, Contents, Publication

if TYPE_CHECKING:
    from dispatch.formats.template_context import TemplateContext

FEEDS = ("rss", "atom", "json")
ENTRY = ("entry.html", "entry-withdrawn.html", "digest.html")


class FormatModule(Protocol):
    """What the module of every format has."""

    def render(self, issue: Contents, publication: Publication) -> bytes:
        """Render the finished edition. Raises RenderError."""


class FeedModule(Protocol):
    """What the module of a feed has."""

    def entry(self, article: Article, fragments: "TemplateContext") -> bytes:
        """Render an article as an entry: the same bytes in every feed that holds it. Raises RenderError."""

    def document(self, fragments: "TemplateContext", entries: Sequence[bytes]) -> bytes:
        """Build the feed of the fragments' issue around finished entries. Raises RenderError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A row of the table; its module is imported when it is first rendered."""

    name: Annotated[str, "what it is called on the command line; also its module"]
    media_type: Annotated[str, "what a server says that it is"]
    path: Annotated[str, "its file's name within the issue's folder"]
    templates: Annotated[
        tuple[str, ...], "the templates that it begins with; none means any; a page's depend on its kind"
    ] = ()
    like: Annotated[str, "the format as which check reads it back: one of the seven below; empty for itself"] = ""
    is_public: Annotated[bool, "whether the site has it, with each issue"] = True

    def render(self, issue: Contents, publication: Publication) -> bytes:
        """Render the finished edition with the format's module. Raises RenderError."""
        return cast("FormatModule", import_module(f"dispatch.formats.{self.name}")).render(issue, publication)


FORMATS: Mapping[str, Format] = {
    row.name: row
    for row in (
        Format(name="rss", media_type="application/rss+xml", path="feed.xml", templates=ENTRY),
        Format(name="atom", media_type="application/atom+xml", path="feed.atom", templates=ENTRY),
        Format(name="json", media_type="application/feed+json", path="feed.json", templates=ENTRY),
        Format(name="email", media_type="text/html", path="email.html", templates=("email.mjml", "email.css")),
        Format(name="text", media_type="text/plain", path="email.txt", templates=("email.txt",)),
        Format(
            name="eml", media_type="message/rfc822", path="email.eml", is_public=False
        ),  # it is made out to somebody
        Format(name="web", media_type="text/html", path="index.html"),
    )
}

# What the public folder has of an issue, its page before what that links to.
PUBLIC = tuple(sorted((row.name for row in FORMATS.values() if row.is_public), key=lambda name: name != "web"))


def load_feed_module(name: str) -> FeedModule:
    """Import the module of one of ``FEEDS``."""
    return cast("FeedModule", import_module(f"dispatch.formats.{name}"))
