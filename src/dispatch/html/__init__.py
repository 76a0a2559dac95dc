"""Foreign HTML, sanitised once at the door, and the few things that are done with it afterwards.

What ``sanitise_html`` returns is called *content* everywhere: only the tags and attributes that are allowed in
``sanitise.py``, absolute links, and well-formed as HTML and as XML alike, so that every later step can walk it by its
tokens.
"""

from dispatch.html.embeds import list_embeds
from dispatch.html.excerpt import cut_excerpt, take_title
from dispatch.html.formulas import write_formulas
from dispatch.html.images import MEASURE, drop_images, format_picture, make_images_relative, use_image_copies
from dispatch.html.sanitise import (
    MOST_BYTES,
    MOST_LEVELS,
    measure_nesting,
    remove_illegal_characters,
    sanitise_html,
    sanitise_line,
)
from dispatch.html.tokens import (
    Paragraph,
    blank_code,
    count_words,
    drop_image,
    escape_html,
    find_headings,
    find_ids,
    find_image_addresses,
    lead_elsewhere,
    place_fragments,
    renumber_headings,
    rewrite_addresses,
    split_paragraphs,
    to_plain_text,
)

__all__ = [
    "MEASURE",
    "MOST_BYTES",
    "MOST_LEVELS",
    "Paragraph",
    "blank_code",
    "count_words",
    "cut_excerpt",
    "drop_image",
    "drop_images",
    "escape_html",
    "find_headings",
    "find_ids",
    "find_image_addresses",
    "format_picture",
    "lead_elsewhere",
    "list_embeds",
    "make_images_relative",
    "measure_nesting",
    "place_fragments",
    "remove_illegal_characters",
    "renumber_headings",
    "rewrite_addresses",
    "sanitise_html",
    "sanitise_line",
    "split_paragraphs",
    "take_title",
    "to_plain_text",
    "use_image_copies",
    "write_formulas",
]
