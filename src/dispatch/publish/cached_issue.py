"""What the cache holds of an issue between one publish and the next."""

from dataclasses import dataclass
from typing import Annotated

from dispatch.model import Copy, Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleDigests:
    """Two digests of one article."""

    for_pages: Annotated[str, "changes with anything in it: what its page and its entries are made of"]
    for_lists: Annotated[str, "changes with what lists show of it"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedIssue:
    """An issue without its texts, and digests that say whether they have changed."""

    issue: Annotated[Issue, "without its texts"]
    digest: Annotated[str, "a digest of all of it"]
    articles: Annotated[tuple[ArticleDigests, ...], "of each article in order"]
    files: Annotated[tuple[str, ...], "the files beside its articles that it shows or links to"]
    copies: Annotated[tuple[Copy, ...], "the pictures of which the site has copies"] = ()
    copy_files: Annotated[tuple[str, ...], "the files of those copies, by their paths in the public folder"] = ()
