"""What is shown of each article, by its layout: decided here once, for both halves of a message alike.

An edition may show less of an article than another one, never anything else.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, NamedTuple

from markupsafe import Markup

from dispatch.model import Article, Contents, Image, Layout

# So much wider than high is a picture that leads.
WIDE = 1.2
# A picture beside a headline, in pixels.
THUMB, HIGHEST = 120, 150
# An issue of more articles has a list of contents, and its layouts get smaller on the way down.
FEW = 7
MANY = 16
_CARDS, _LISTED = 4, 10


class Card(NamedTuple):
    """What is shown of one article besides its headline and its byline."""

    layout: Layout
    dek: str
    note: str
    excerpt: Annotated[Markup, "its beginning; empty where the layout has none"]
    image: Annotated[Image | None, "its picture, as large as it is shown where that is known"]
    leads: Annotated[bool, "whether that picture stands above the headline, across the page"]
    has_link: Annotated[bool, "whether a link of its own leads on; else the headline does"]


def choose_layouts(issue: Contents) -> Mapping[str, Layout]:
    """Choose the layout of every article, by its id: its own, its section's, or one by its place and their number."""
    total = sum(1 for _ in issue.articles)
    chosen: dict[str, Layout] = {}
    for section in issue.sections:
        start, own = len(chosen), section.layout
        # A small section is of one kind from its beginning to its end.
        is_uniform = bool(start) and len(section.articles) < FEW
        for number, article in enumerate(section.articles):
            layout = own or _choose_by_place(start if is_uniform else start + number, total)
            if own == "lead" and number:
                layout = "cards"
            chosen[article.id] = article.layout or layout
    return chosen


def _choose_by_place(place: int, total: int) -> Layout:
    if place == 0:
        return "lead"
    if total <= FEW or place < _CARDS:
        return "cards"
    return "list" if total < MANY or place < _LISTED else "brief"


def make_card(article: Article, layout: Layout, excerpt: Markup) -> Card:
    """Decide what a layout shows of an article, whose beginning is ``excerpt``."""
    has_excerpt = layout in {"lead", "quote", "text"} or (layout == "cards" and not article.dek)
    image = article.image if layout in {"lead", "cards"} else None
    leads = image is not None and layout == "lead" and is_wide(image)
    return Card(
        layout=layout,
        dek=article.dek,
        note=article.note,
        excerpt=excerpt if has_excerpt else Markup(),
        image=image,
        leads=leads,
        has_link=layout not in {"list", "brief"},
    )


def is_wide(image: Image) -> bool:
    """Whether a picture can lead: one of an unknown size can, for what pages name as theirs is made for that."""
    return not (image.width and image.height and image.width < WIDE * image.height)


def measure_picture(image: Image, width: int, highest: int = 0) -> tuple[int, int]:
    """Return the width and height at which a picture is shown, in its own ratio; a height of 0 is not known."""
    if not (image.width and image.height):
        return width, 0
    height = round(width * image.height / image.width)
    return (round(highest * image.width / image.height), highest) if highest and height > highest else (width, height)


def list_contents(issue: Contents, most: int = 12) -> Iterator[str]:
    """List what a long issue holds: its headlines; the names of its sections when there are too many."""
    titles = [article.title for article in issue.articles if not article.withdrawn]
    sections = [section.title for section in issue.sections if section.title and section.articles]
    if len(titles) > FEW:
        yield from sections if len(titles) > most and len(sections) > 1 else titles[:most]
