"""The site: every page and every feed that the public folder holds, planned, built, checked and put in place.

publishing   the whole way, under the publication's locks; and all that is wrong with an issue
plan         every page and feed of the site: pure
feeds        the feeds of that plan
private_lists  lists of readers that git has
doubts       why an issue may not be meant to be published now
topics       authors, sources, sections and tags, with their articles
people       another name for a person, or one person for two, and all that follows
listings     what lists and feeds show of an issue and of an article, and what all pages have in common
issue_index  every issue as a build needs it, read only where a file changed
changed_articles  an issue, of which only what has changed is read
build        the site, page by page, for the preview and for a release
cache        what each file was made of, so that only what changed is made again
stamps       what says that a file, or the program, has changed
release      the finished files, put into the public folder at once
"""

# ruff: noqa: F403 - the table says what the package has
from typing import TYPE_CHECKING

from dispatch.deferred import defer_names

if TYPE_CHECKING:
    from dispatch.publish.doubts import *
    from dispatch.publish.issue_index import *
    from dispatch.publish.private_lists import *
    from dispatch.publish.publishing import *
else:
    __getattr__ = defer_names(
        __name__,
        doubts="list_doubts",
        issue_index="read_unchanged",
        private_lists="judge_private_lists",
        publishing="SiteUpdate judge_issue publish_site render_formats",
    )
