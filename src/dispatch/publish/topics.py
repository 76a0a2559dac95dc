"""Find what articles have in common: authors, sources, sections and tags, each with a page of its own."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from dispatch.identity import Identity, People, fold_address, is_same_address, is_same_name, replace_former_name
from dispatch.model import Article, Author, Issue, Link, Page, Publication, Record, Source
from dispatch.slugs import find_unused, make_slug
from dispatch.text import fold_text

TopicKind = Literal["author", "source", "section", "tag"]
Listed = tuple[Issue, Article]

FOLDERS: dict[TopicKind, str] = {"author": "authors", "source": "sources", "section": "sections", "tag": "tags"}
_URL = " <"  # between a name and its address


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """An author, a source, a section or a tag, with its articles, the oldest first.

    Among them is what was withdrawn: its feed says so, and no list moves its other articles to another page.
    """

    kind: TopicKind
    id: Identity
    title: str
    key: str = ""  # in authors.toml or dispatch.toml
    path: str = ""
    author: Author | None = None
    source: Source | None = None
    articles: list[Listed] = field(default_factory=list)

    @property
    def link(self) -> Link:
        """The link to its page."""
        return Link(title=self.title, path=self.path, count=self.article_count)

    @property
    def article_count(self) -> int:
        """How many articles its lists show."""
        return sum(1 for _, article in self.articles if not article.withdrawn)


@dataclass(frozen=True, slots=True)
class _TopicIndex:
    """All topics of one kind while they are found, by identity."""

    kind: TopicKind
    by_id: dict[Identity, Topic] = field(default_factory=dict)

    def find_or_add(self, id_: Identity, title: str) -> Topic:
        """Return the topic of that id, adding it if it is new."""
        return self.by_id.setdefault(id_, Topic(kind=self.kind, id=id_, title=title, key=id_.key))

    def place_topics(self, published: Iterable[Record], people: People, publication: Publication) -> Iterator[Topic]:
        """Give every topic its address: the one that it had, or one that nobody has or had.

        Of two that were given the same one, on two branches, the first in the order of the records keeps it.
        """
        owners: dict[str, str] = {}
        left: set[str] = set()
        for record in published:
            if record.kind == self.kind:
                owners.setdefault(record.url.rstrip("/").rpartition("/")[2], record.id)
            elif record.kind == "moved" and f"/{FOLDERS[self.kind]}/" in record.id:
                left.add(record.id.rstrip("/").rpartition("/")[2])
        given: dict[Identity, str] = {}
        # Whoever was given two, as without an address and with one, is at the latter.
        for name, id_ in sorted(owners.items(), key=lambda owner: _URL not in owner[1]):
            given.setdefault(self._find_owner(id_, name, people, publication), name)
        taken = {*owners, *left}
        for topic in self.by_id.values():
            stem = topic.key or make_slug(topic.title) or self.kind
            name = given.get(topic.id) or find_unused(stem, taken)
            taken.add(name)
            yield replace(topic, path=f"{FOLDERS[self.kind]}/{name}/")

    def _find_owner(self, id_: str, name: str, people: People, publication: Publication) -> Identity:
        """Find who a record's id means among those who are there now, given the name of the page.

        A source of dispatch.toml is its key, whatever its address was. Somebody of authors.toml, whose page has the
        name of that key, may have another name or another address now, but not both.
        """
        word, url = _parse_topic_id(id_)
        if self.kind != "author":
            is_key = self.kind == "source" and Identity(key=fold_text(word)) in self.by_id
            return Identity(key=fold_text(word)) if is_key else Identity(url=fold_address(url), name=fold_text(word))
        present = replace_former_name(Author(name=word, url=url), publication)
        found, now = people.identify_author(present), publication.authors.get(name)
        if found in self.by_id or now is None:
            return found
        is_like = is_same_name(now.name, word) or (url and is_same_address(now.url, url))
        return Identity(key=name) if is_like else found


def find_topics(
    oldest_first: Sequence[Issue], publication: Publication, published: Iterable[Record] = ()
) -> list[Topic]:
    """Find every author, source, section and tag of these issues, each kind sorted by title.

    Who is who, ``identity.People`` says.
    published: the ledger's records, in their order; a topic that they know stays where it was.
    """
    records = tuple(published)
    kinds = {kind: _TopicIndex(kind) for kind in FOLDERS}
    named = (author for issue in oldest_first for article in issue.articles for author in article.authors)
    remembered = (parse_author_id(one.id) for one in records if one.kind == "author")
    present = (replace_former_name(author, publication) for author in remembered)
    people = People.tell_apart(named, publication.authors, present)
    for issue in oldest_first:
        # Backwards, as feeds are: a list that is shown with the newest first keeps the order of each issue.
        for section in reversed(issue.sections):
            for article in reversed(section.articles):
                for topic in _list_article_topics(article, section.title, kinds, people):
                    topic.articles.append((issue, article))
    return [
        topic
        for kind in kinds.values()
        for topic in sorted(kind.place_topics(records, people, publication), key=_sort_key)
    ]


def record_topics(pages: Iterable[Page]) -> tuple[Record, ...]:
    """List the records of the addresses of lists that the ledger must remember, given the plan of the site."""
    return tuple(
        Record(id=_format_topic_id(kind, page.title, page.author, page.source), kind=kind, url=page.id)
        for page in pages
        for kind in FOLDERS
        if page.kind == kind and page.next is None
    )


def _format_topic_id(kind: TopicKind, title: str, author: Author | None = None, source: Source | None = None) -> str:
    """Format a topic's id, which is unique within its kind and readable for people."""
    if author:
        word, url = author.name, author.url
    elif source:
        word, url = source.key or source.title, source.url
    else:
        word, url = fold_text(title) if kind == "tag" else title, ""
    return f"{word}{_URL}{url}>" if url else word


def _parse_topic_id(id_: str) -> tuple[str, str]:
    """Parse what ``_id`` wrote into the word and the address, which may be empty."""
    word, _, url = id_.partition(_URL)
    return word, url.removesuffix(">")


def format_author_id(author: Author) -> str:
    """Format the ledger's id of the list of an author's articles."""
    return f"{author.name}{_URL}{author.url}>" if author.url else author.name


def parse_author_id(id_: str) -> Author:
    """Parse the ledger's id of the list of an author's articles."""
    name, url = _parse_topic_id(id_)
    return Author(name=name, url=url)


def _list_article_topics(
    article: Article,
    section: str,
    kinds: dict[TopicKind, _TopicIndex],
    people: People,
) -> Iterator[Topic]:
    """List the topics of one article, each once."""
    seen: set[tuple[TopicKind, Identity]] = set()
    for author in article.authors:
        id_ = people.identify_author(author)
        topic = kinds["author"].find_or_add(id_, author.name)
        kinds["author"].by_id[id_] = topic = replace(topic, author=_merge_author_facts(topic.author, author))
        if (topic.kind, id_) not in seen:
            seen.add((topic.kind, id_))
            yield topic
    if (source := article.source) and source.title:
        id_ = (
            Identity(key=source.key)
            if source.key
            else Identity(url=fold_address(source.url), name=fold_text(source.title))
        )
        topic = kinds["source"].find_or_add(id_, source.title)
        kinds["source"].by_id[id_] = topic = replace(topic, source=source)
        yield topic
    if section:
        yield kinds["section"].find_or_add(Identity(name=fold_text(section)), section)
    for tag in article.tags:
        topic = kinds["tag"].find_or_add(Identity(name=fold_text(tag)), tag)
        if (topic.kind, topic.id) not in seen:
            seen.add((topic.kind, topic.id))
            yield topic


def _merge_author_facts(before: Author | None, now: Author) -> Author:
    """Merge what is known of a person; what was said last wins."""
    if before is None:
        return replace(now, email="")
    return Author(
        name=now.name, url=now.url or before.url, bio=now.bio or before.bio, avatar=now.avatar or before.avatar
    )


def _sort_key(topic: Topic) -> tuple[str, str]:
    return fold_text(topic.title), topic.path
