"""Tell what a change to the files does to the newsletter: two Versions of a publication -> Changes -> a Review.

reviewing.py   read a version, make a review of two
changes.py     Version, Change, Review
fields.py      the comparison of two nouns, field by field over a table
issues.py      issues: what is new, gone, moved, renamed
articles.py    the fields of an article
settings.py    dispatch.toml, authors.toml, dispatch.lock, the templates
markdown.py    the Review as a comment in which nothing foreign acts
"""

from dispatch.review.changes import Change, Review, Version
from dispatch.review.markdown import MOST, write_markdown
from dispatch.review.reviewing import make_review, read_version, read_versions

__all__ = ["MOST", "Change", "Review", "Version", "make_review", "read_version", "read_versions", "write_markdown"]
