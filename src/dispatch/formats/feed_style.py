"""The style sheet with which a browser shows a feed: a page that says how to follow it, and what it holds.

It is CSS, for browsers stop transforming feeds by XSLT, and one for every feed of the site: the documents name it
(``formats.feed``), and what it says itself stands in it as generated content (CSS Generated Content 3).
"""

import re

from dispatch import templates
from dispatch.language import Language
from dispatch.model import Publication

TEMPLATE = "feed.css"


def render(publication: Publication) -> bytes:
    """The style sheet in the publication's colours and language, in UTF-8. Raises RenderError."""
    language = Language.of(publication.language)

    def words(key: str) -> str:
        return quoted(language.say(key))

    values = {"language": language, "theme": publication.theme, "words": words}
    return templates.of(publication.templates).render(TEMPLATE, values).lstrip().encode()


def quoted(text: str) -> str:
    """A text as a string of CSS (CSS Syntax 3, section 4.3.5): what would end it is escaped by its number."""
    return '"' + re.sub(r'["\\\x00-\x1f\x7f]', lambda found: f"\\{ord(found[0]):x} ", text) + '"'
