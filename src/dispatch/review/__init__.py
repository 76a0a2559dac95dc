"""What a change to the files does to the letter: two Versions of a publication -> Changes -> a Review. Pure.

nouns.py       Version, Change, Review
issues.py      what is new, gone, moved, renamed
articles.py    what of one article is another
words.py       what of a text is another, in few words
settings.py    dispatch.toml, authors.toml, the templates
markdown.py    the Review as a comment that nothing foreign acts in
"""

from dispatch.review.changes import Change, Review, Version
from dispatch.review.issues import affected, compare, left
from dispatch.review.markdown import MOST, markdown

__all__ = ["MOST", "Change", "Review", "Version", "affected", "compare", "left", "markdown"]
