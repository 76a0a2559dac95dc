"""Foreign HTML, sanitised once at the door, and the few things that are done with it afterwards.

What ``sanitise_html`` returns is called *content* everywhere: only the tags and attributes that are allowed in
``sanitise.py``, absolute links, and well-formed as HTML and as XML alike, so that every later step can walk it by its
tokens.
"""

# ruff: noqa: F403 - the table says what the package has
from typing import TYPE_CHECKING

from dispatch.deferred import defer_names

if TYPE_CHECKING:
    from dispatch.html.embeds import *
    from dispatch.html.excerpt import *
    from dispatch.html.formulas import *
    from dispatch.html.images import *
    from dispatch.html.narrow import *
    from dispatch.html.sanitise import *
    from dispatch.html.tokens import *
else:
    __getattr__ = defer_names(
        __name__,
        embeds="list_embeds",
        excerpt="cut_excerpt take_title",
        formulas="write_formulas",
        images="MEASURE crop_copy drop_images format_picture make_images_relative use_image_copies",
        narrow="align_cells fit_column",
        sanitise="MOST_BYTES MOST_LEVELS measure_nesting remove_illegal_characters sanitise_html sanitise_line",
        tokens=(
            "Paragraph blank_code count_words drop_image escape_html find_headings find_ids find_image_addresses "
            "lead_elsewhere place_fragments renumber_headings rewrite_addresses split_paragraphs to_marked_text "
            "to_plain_text"
        ),
    )
