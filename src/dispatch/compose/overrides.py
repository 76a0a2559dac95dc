"""Apply what an editor says over what was found."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated

from dispatch import from_mapping, html
from dispatch.compose.settling import settle_credit
from dispatch.errors import IssueError
from dispatch.frozen import dataclass
from dispatch.identity import is_same_name
from dispatch.model import Article, Author, Image, Source
from dispatch.text import fold_text

_NOTHING = Article()
# What two articles cannot share.
_ALONE = ("url", "title", "dek", "summary", "key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What an editor says about the articles at a location."""

    article: Annotated[
        Article, "every field given wins over what was found; a picture without an address describes the found one"
    ] = _NOTHING
    authors: Annotated[tuple[Author, ...], "who wrote them"] = ()
    about: Annotated[
        tuple[Author, ...], "biographies and portraits of authors who were found, or are named in ``authors``"
    ] = ()
    choice: Annotated[int, "who wrote it, of those who may have, by number (``list_choices``); 0 for no word on it"] = 0

    @property
    def single_article_field(self) -> str:
        """The first field given that only one article can have; empty without one."""
        if self.choice:
            return "choice"
        return next((name for name in _ALONE if getattr(self.article, name)), "")


def apply_overrides(found: Sequence[Article], said: Overrides) -> list[Article]:
    """Apply the editor's fields over what was found.

    An author who was found under the same name is completed and keeps biography and picture; where no such name was
    found, and where it is uncertain who wrote it, the given authors replace the list.

    Raises IssueError when something is said of an author whom no article has, with the nearest name.
    """
    articles = [_apply_to_article(article, said) for article in found]
    people = [author for article in articles for author in article.authors]
    names = list(dict.fromkeys(author.name for author in people))
    for author in said.about:
        if found and not _is_among(author, people):
            what = f"no author is called “{author.name}”{from_mapping.suggest_nearest(author.name, names)}"
            raise IssueError(what, hint='name the author as well: --author "NAME=ADDRESS"')
    return articles


def _apply_to_article(article: Article, said: Overrides) -> Article:
    values = {
        name: value
        for name in Article.__dataclass_fields__
        if (value := getattr(said.article, name)) != getattr(_NOTHING, name)
    }
    if "source" in values:
        values["source"] = _merge_source(article.source, said.article.source)
    if said.article.image:
        values["image"] = _merge_image(article.image, said.article.image)
    if said.choice or (said.authors and article.certainty != "certain"):
        article = settle_credit(article, said.authors, choice=said.choice)
    if said.article.published:
        values["date_certainty"] = "certain"
    if "title" in values and article.title and not (article.content or article.summary or article.dek or article.url):
        values["content"] = f"<p>{html.escape_html(article.title)}</p>"  # a text of one line is no headline then
    people = _merge_authors(article.authors, said.authors)
    return replace(article, **values, authors=tuple(_complete_author(author, said.about) for author in people))


def _merge_source(found: Source, given: Source) -> Source:
    """Merge the given source over the found one; a different title means a different source."""
    is_same = not given.title or fold_text(given.title) == fold_text(found.title)
    base = found if is_same else replace(Source(), syndicate=found.syndicate)
    said = {name: value for name in Source.__dataclass_fields__ if (value := getattr(given, name)) not in ("", None)}
    return replace(base, **said)


def _merge_image(found: Image | None, given: Image) -> Image | None:
    """Return the given picture, or the found one with the given alternative text."""
    return given if given.url else found and replace(found, alt=given.alt)


def _merge_authors(found: Sequence[Author], given: Sequence[Author]) -> tuple[Author, ...]:
    if not any(_is_among(author, found) for author in given):
        return tuple(given or found)
    completed = (_complete_author(author, given) for author in found)
    return (*completed, *(author for author in given if not _is_among(author, found)))


def _is_among(author: Author, found: Iterable[Author]) -> bool:
    """Whether somebody of that name was found; the address may be what the editor corrects."""
    return any(is_same_name(author.name, other.name) for other in found)


def _complete_author(author: Author, given: Iterable[Author]) -> Author:
    """Complete the author with all that was given under the same name."""
    for other in given:
        if is_same_name(other.name, author.name):
            author = replace(
                author,
                url=other.url or author.url,
                bio=other.bio or author.bio,
                avatar=other.avatar or author.avatar,
            )
    return author
