"""Read what was fetched as articles: pure, without network and disk.

A reader says whether it ``accepts`` a Document and ``read``s it as Articles. The table is in the order in which they
are asked; to add a reader, add a module and a row. A date without an offset comes out naive, because a document does
not know the publication's time zone; ``gather`` completes it.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from dispatch.model import Article, Document, Fault


class ReaderModule(Protocol):
    """The functions that a reader's module has."""

    def accepts(self, document: Document) -> bool:
        """Whether the document looks like its kind."""

    def read(self, document: Document, faults: list[Fault] | None = None) -> list[Article]:
        """Read its articles; ``faults`` gets what was left out. Raises GatherError when it is no such kind."""


class Reader(NamedTuple):
    """A row of the table; its module is imported when it is first asked."""

    name: str

    def accepts(self, document: Document) -> bool:
        """Whether the document looks like its kind."""
        return self._module.accepts(document)

    def read(self, document: Document, faults: list[Fault] | None = None) -> list[Article]:
        """Read its articles; ``faults`` gets what was left out. Raises GatherError when it is no such kind."""
        return self._module.read(document, faults)

    @property
    def _module(self) -> ReaderModule:
        return cast("ReaderModule", import_module(f"dispatch.readers.{self.name}"))


READERS: Mapping[str, Reader] = {
    name: Reader(name) for name in ("article_file", "feed", "mail", "newsletter", "office", "page", "markdown", "text")
}
