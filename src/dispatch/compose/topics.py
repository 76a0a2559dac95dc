"""What articles have in common: their authors, sources, sections and tags, each with a page of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from dispatch.compose.drafting import key_of, unused
from dispatch.model import Article, Author, Issue, Publication, Source, Way

TopicKind = Literal["author", "source", "section", "tag"]
Listed = tuple[Issue, Article]

FOLDERS: dict[TopicKind, str] = {"author": "authors", "source": "sources", "section": "sections", "tag": "tags"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """An author, a source, a section or a tag, with the articles that it has, the oldest first.

    Among them is what was withdrawn: its feed says so, and no list moves its other articles to another page.
    """

    kind: TopicKind
    path: str
    title: str
    author: Author | None = None
    source: Source | None = None
    articles: list[Listed] = field(default_factory=list)

    @property
    def way(self) -> Way:
        """The way to its page."""
        return Way(title=self.title, path=self.path, count=self.count)

    @property
    def count(self) -> int:
        """How many articles its lists show."""
        return sum(1 for _, article in self.articles if not article.withdrawn)


@dataclass(frozen=True, slots=True)
class _Kind:
    """All topics of one kind, by what makes them one, while they are found."""

    kind: TopicKind
    by_key: dict[tuple[str, ...], Topic] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def topic(self, key: tuple[str, ...], title: str, stem: str = "") -> Topic:
        """The topic of that key: a new one gets the first free name, so that none ever changes its address."""
        if key not in self.by_key:
            name = unused(stem or key_of(title) or self.kind, self.names)
            self.names.add(name)
            self.by_key[key] = Topic(kind=self.kind, path=f"{FOLDERS[self.kind]}/{name}/", title=title)
        return self.by_key[key]


def topics(oldest_first: Sequence[Issue], publication: Publication) -> list[Topic]:
    """Every author, source, section and tag of these issues, each kind in the order of its titles.

    Two people are one when name and address are the same; a name without an address joins the only one of that name.
    """
    kinds = {kind: _Kind(kind) for kind in FOLDERS}
    registry = {(author.name, author.url): key for key, author in publication.authors.items()}
    addresses = _addresses(oldest_first)
    for issue in oldest_first:
        # Backwards, as feeds are: a list that is shown with the newest first keeps the order of each issue.
        for section in reversed(issue.sections):
            for article in reversed(section.articles):
                for topic in _of(article, section.title, kinds, registry, addresses):
                    topic.articles.append((issue, article))
    return [topic for kind in kinds.values() for topic in sorted(kind.by_key.values(), key=_title)]


def _of(
    article: Article,
    section: str,
    kinds: dict[TopicKind, _Kind],
    registry: dict[tuple[str, str], str],
    addresses: dict[str, set[str]],
) -> Iterator[Topic]:
    """The topics of one article, each once."""
    seen: set[str] = set()
    for author in article.authors:
        url = author.url or next(iter(addresses[author.name]), "")
        topic = kinds["author"].topic((author.name, url), author.name, registry.get((author.name, url), ""))
        kinds["author"].by_key[(author.name, url)] = topic = replace(topic, author=_known(topic.author, author))
        if topic.path not in seen:
            seen.add(topic.path)
            yield topic
    if (source := article.source) and source.title:
        topic = kinds["source"].topic((source.key or source.title, source.url), source.title, source.key)
        kinds["source"].by_key[(source.key or source.title, source.url)] = topic = replace(topic, source=source)
        yield topic
    if section:
        yield kinds["section"].topic((section,), section)
    for tag in article.tags:
        topic = kinds["tag"].topic((key_of(tag) or tag,), tag)
        if topic.path not in seen:
            seen.add(topic.path)
            yield topic


def _known(before: Author | None, now: Author) -> Author:
    """What is known of a person, what was said last winning."""
    if before is None:
        return replace(now, email="")
    return Author(
        name=now.name, url=now.url or before.url, bio=now.bio or before.bio, avatar=now.avatar or before.avatar
    )


def _addresses(issues: Sequence[Issue]) -> dict[str, set[str]]:
    """The address of every name; none where there are several, for these may be several people."""
    found: dict[str, set[str]] = {}
    for issue in issues:
        for article in issue.articles:
            for author in article.authors:
                found.setdefault(author.name, set()).update({author.url} - {""})
    return {name: urls if len(urls) == 1 else set() for name, urls in found.items()}


def _title(topic: Topic) -> tuple[str, str]:
    return topic.title.casefold(), topic.path
