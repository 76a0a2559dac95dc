"""From what was fetched to articles: pure, without network and disk.

A reader says whether it ``accepts`` a Document and ``read``s it as Articles. The table is in the order in which they
are asked; adding a reader is a module and a row. A moment without an offset comes out naive, for a document does
not know the publication's zone; ``gather`` completes it.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from dispatch.model import Article, Document
from dispatch.readers import feed, markdown, page, text


class Reader(NamedTuple):
    """One way to read a document. ``read`` raises GatherError when the document is not what it seemed to be."""

    accepts: Callable[[Document], bool]
    read: Callable[[Document], list[Article]]


READERS: Mapping[str, Reader] = {
    "feed": Reader(feed.accepts, feed.read),
    "page": Reader(page.accepts, page.read),
    "markdown": Reader(markdown.accepts, markdown.read),
    "text": Reader(text.accepts, text.read),
}
