"""Foreign HTML, sanitised once at the door, and the few things that are done with it afterwards.

What ``sanitise_html`` returns is called *content* everywhere: only the tags and attributes that are allowed in
``sanitise.py``, absolute links, and well-formed as HTML and as XML alike, so that every later step can walk it by its
tokens.
"""

from dispatch.html.beginning import excerpt
from dispatch.html.copies import MEASURE, near, picture, with_copies
from dispatch.html.door import MOST_BYTES, MOST_LEVELS, clean, nesting, sanitise
from dispatch.html.tokens import (
    Paragraph,
    escape,
    headings,
    paragraphs,
    pictures,
    readdressed,
    text,
    with_headings_from,
    word_count,
)

__all__ = [
    "MEASURE",
    "MOST_BYTES",
    "MOST_LEVELS",
    "Paragraph",
    "clean",
    "escape",
    "excerpt",
    "headings",
    "near",
    "nesting",
    "paragraphs",
    "picture",
    "pictures",
    "readdressed",
    "sanitise",
    "text",
    "with_copies",
    "with_headings_from",
    "word_count",
]
