"""What is kept of an issue between one publish and the next."""

from dataclasses import dataclass
from typing import Annotated

from dispatch.model.articles import Copy
from dispatch.model.issue import Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """Of one article."""

    whole: Annotated[str, "changes with anything in it: what its page and its entries are made of"]
    light: Annotated[str, "changes with what lists show of it"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of an issue."""

    issue: Annotated[Issue, "without its texts"]
    whole: Annotated[str, "a digest of all of it"]
    articles: Annotated[tuple[Digests, ...], "of each article in order"]
    files: Annotated[tuple[str, ...], "what stands beside its articles and it shows or links to"]
    shown: Annotated[tuple[Copy, ...], "the pictures of which the site has copies"] = ()
    served: Annotated[tuple[str, ...], "the files of those, by their paths in the public folder"] = ()
