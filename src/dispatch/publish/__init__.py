"""The site: every page and every feed that the public folder holds, planned, built, checked and put in place.

publishing   the whole way, under the publication's locks; and all that is wrong with an issue
plan         every page and feed of the site: pure
site_index   what all pages of one site have in common
topics       authors, sources, sections and tags, with their articles
listings     what lists and feeds show of an issue and of an article
issue_index  every issue as a build needs it, read only where a file changed
build        the site, page by page, for the preview and for a release
cache        what each file was made of, so that only what changed is made again
release      the finished files, put into the public folder at once
"""

from dispatch.publish.publishing import SiteUpdate, judge_issue, publish_site, render_formats

__all__ = ["SiteUpdate", "judge_issue", "publish_site", "render_formats"]
