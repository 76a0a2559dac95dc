"""Find what articles have in common: authors, sources, sections and tags, each with a page of its own."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Literal
from urllib.parse import quote, unquote

from dispatch.identity import Identity, People, fold_address, is_same_address, is_same_name, replace_former_name
from dispatch.model import Article, Author, Issue, Link, Page, Publication, Record, Source
from dispatch.slugs import find_unused, make_name
from dispatch.text import fold_text

TopicKind = Literal["author", "source", "section", "tag"]
Listed = tuple[Issue, Article]

FOLDERS: dict[TopicKind, str] = {"author": "authors", "source": "sources", "section": "sections", "tag": "tags"}
_URL = " <"  # between a name and its address
_FIRST = "feed"  # of an address that leads on: a feed has its id from there
_ALIKE, _MENDED = 0.6, 0.85  # how much two names are alike that one may have become the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """An author, a source, a section or a tag, with its articles, the oldest first.

    Among them is what was withdrawn: its feed says so, and no list moves its other articles to another page.
    """

    kind: TopicKind
    id: Identity
    title: str
    key: str = ""  # in authors.toml or dispatch.toml
    path: str = ""  # percent-encoded
    first_path: str = ""  # where it was when its feed got its id
    former: tuple[str, ...] = ()  # other paths that it had
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _TopicIndex:
    """All topics of one kind while they are found, by identity."""

    kind: TopicKind
    people: People
    publication: Publication
    by_id: dict[Identity, Topic] = field(default_factory=dict)

    def find_or_add(self, id_: Identity, title: str) -> Topic:
        """Return the topic of that id, adding it if it is new."""
        return self.by_id.setdefault(id_, Topic(kind=self.kind, id=id_, title=title, key=id_.key))

    def find_present_name(self, title: str) -> str:
        """Return what a topic is called now, as far as ``[[topics]]`` says."""
        told = [one for one in self.publication.topics if one.kind == self.kind]
        for _ in told:  # each leads at most to another one
            folded = fold_text(title)
            title = next((one.name for one in told if folded in map(fold_text, one.former)), title)
        return title

    def place_topics(self, published: Iterable[Record]) -> Iterator[Topic]:
        """Give every topic its address: the one that it had, or one that nobody has or had.

        Of two that were given the same one, on two branches, the first in the order of the records keeps it. What is
        called otherwise now gets an address of that name, and the one that it had leads there. What no article has any
        more stays, with nothing in it: its readers may come back, and so may it.
        """
        moved, firsts, owners = self._read_names(published)
        held: dict[Identity, list[str]] = {}
        gone: list[tuple[str, Record]] = []
        # Whoever was given two, as without an address and with one, is at the latter.
        for name, record in sorted(owners.items(), key=lambda owner: _URL not in owner[1].id):
            if (id_ := self._find_owner(record.id, name)) in self.by_id:
                held.setdefault(id_, []).append(name)
            else:
                gone.append((name, record))
        called: dict[Identity, list[str]] = {}
        for name, record in gone:
            if (new := self._find_renamed(record, held)) is not None:
                called.setdefault(new.id, []).append(name)
            else:
                held.setdefault(self._add_empty(record), []).append(name)
        taken = {*owners, *moved}
        for topic in self.by_id.values():
            had = [*held.get(topic.id, ()), *called.get(topic.id, ())]
            had += [old for old, now in moved.items() if now in had]
            stem = topic.key or make_name(topic.title) or self.kind
            name = next(iter(held.get(topic.id, ())), "")
            if not name or (re.fullmatch(rf"{self.kind}(-\d+)?", name) and make_name(topic.title)):
                name = find_unused(stem, taken.difference(had))
            taken.add(name)
            yield replace(
                topic,
                path=self._build_path(name),
                first_path=self._build_path(firsts.get(had[0], had[0]) if had else name),
                former=tuple(self._build_path(old) for old in dict.fromkeys(had) if old != name),
            )

    def _build_path(self, name: str) -> str:
        return f"{FOLDERS[self.kind]}/{quote(name)}/"

    def _read_names(self, published: Iterable[Record]) -> tuple[dict[str, str], dict[str, str], dict[str, Record]]:
        """Read which names of pages lead to which, under which name each one's feed got its id, and whose each is."""
        folder = f"{self.publication.url}/{FOLDERS[self.kind]}/"
        moved: dict[str, str] = {}
        firsts: dict[str, str] = {}
        owners: dict[str, Record] = {}
        for record in published:
            name = _parse_page_name(record.url)
            if record.kind == "moved" and record.id.startswith(folder):
                moved[_parse_page_name(record.id)] = name
                firsts |= {name: _parse_page_name(record.id)} if record.authors == _FIRST else {}
            elif record.kind == self.kind:
                owners.setdefault(name, record)
        return moved, firsts, {name: record for name, record in owners.items() if name not in moved}

    def _find_owner(self, id_: str, name: str) -> Identity:
        """Find who a record's id means among those who are there now, given the name of the page.

        A source of dispatch.toml is its key, whatever its address was. Somebody of authors.toml, whose page has the
        name of that key, may have another name or another address now, but not both.
        """
        word, url = _parse_topic_id(id_)
        if self.kind != "author":
            is_key = self.kind == "source" and Identity(key=fold_text(word)) in self.by_id
            return Identity(key=fold_text(word)) if is_key else Identity(url=fold_address(url), name=fold_text(word))
        present = replace_former_name(Author(name=word, url=url), self.publication)
        found, now = self.people.identify_author(present), self.publication.authors.get(name)
        if found in self.by_id or now is None:
            return found
        is_like = is_same_name(now.name, word) or (url and is_same_address(now.url, url))
        return Identity(key=name) if is_like else found

    def _find_renamed(self, record: Record, held: Mapping[Identity, object]) -> Topic | None:
        """Find what a topic that no article has any more is called now: as ``[[topics]]`` says, or as its articles do.

        Its oldest article is in the topic then, and that has no address yet. People and sources are alike as well, so
        that nobody inherits another's readers; one that is hardly another, as a name that was mended, may have one.
        """
        word, url = _parse_topic_id(record.id)
        title = self.find_present_name(word)
        found = [one for one in self.by_id.values() if fold_text(one.title) == fold_text(title)]
        if fold_text(title) == fold_text(word):
            shown = [one for one in self.by_id.values() if record.authors in {each.id for _, each in one.articles}]
            found = [one for one in shown if self._may_be_called(one, word, url, is_new=one.id not in held)]
        return found[0] if len(found) == 1 else None

    def _may_be_called(self, topic: Topic, word: str, url: str, *, is_new: bool) -> bool:
        if self.kind in ("section", "tag"):
            return is_new
        about = topic.author or topic.source
        is_there = bool(about and url and is_same_address(about.url, url))
        likeness = max(_measure_likeness(word, name) for name in (topic.title, topic.key))
        return likeness >= (_ALIKE if is_new or is_there else _MENDED)

    def _add_empty(self, record: Record) -> Identity:
        """Add a topic that no article has any more, and return its id."""
        word, url = _parse_topic_id(record.id)
        id_ = Identity(url=fold_address(url), name=fold_text(record.id))
        about = Author(name=word, url=url) if self.kind == "author" else None
        source = Source(title=word, url=url) if self.kind == "source" else None
        self.by_id[id_] = Topic(kind=self.kind, id=id_, title=word, author=about, source=source)
        return id_


def find_topics(
    oldest_first: Sequence[Issue], publication: Publication, published: Iterable[Record] = ()
) -> list[Topic]:
    """Find every author, source, section and tag of these issues, each kind sorted by title.

    Who is who, ``identity.People`` says.
    published: the ledger's records, in their order; a topic that they know stays where it was.
    """
    records = tuple(published)
    named = (author for issue in oldest_first for article in issue.articles for author in article.authors)
    remembered = (parse_author_id(one.id) for one in records if one.kind == "author")
    present = (replace_former_name(author, publication) for author in remembered)
    people = People.tell_apart(named, publication.authors, present)
    kinds = {kind: _TopicIndex(kind=kind, people=people, publication=publication) for kind in FOLDERS}
    for issue in oldest_first:
        # Backwards, as feeds are: a list that is shown with the newest first keeps the order of each issue.
        for section in reversed(issue.sections):
            for article in reversed(section.articles):
                for topic in _list_article_topics(article, section.title, kinds):
                    topic.articles.append((issue, article))
    return [topic for kind in kinds.values() for topic in sorted(kind.place_topics(records), key=_sort_key)]


def record_topics(pages: Iterable[Page]) -> tuple[Record, ...]:
    """List the records of the addresses of lists that the ledger must remember, given the plan of the site."""
    return tuple(record for page in pages for record in page.records)


def list_records(topic: Topic, publication: Publication) -> tuple[Record, ...]:
    """List what the ledger must remember of a topic: whose list stands at its address, and which ones lead there.

    Of one that no article has any more, the ledger keeps what it knows.
    """
    if not topic.articles:
        return ()
    url = f"{publication.url}/{topic.path}"
    moved = (
        Record(id=f"{publication.url}/{old}", kind="moved", url=url, authors=_FIRST if old == topic.first_path else "")
        for old in topic.former
    )
    return (Record(id=_format_topic_id(topic), kind=topic.kind, url=url, authors=topic.articles[0][1].id), *moved)


def _format_topic_id(topic: Topic) -> str:
    """Format a topic's id, which is unique within its kind and readable for people."""
    if topic.author:
        return format_author_id(topic.author)
    if topic.source:
        word, url = topic.source.key or topic.source.title, topic.source.url
        return f"{word}{_URL}{url}>" if url else word
    return fold_text(topic.title) if topic.kind == "tag" else topic.title


def _parse_page_name(url: str) -> str:
    """Return the name of a topic's page, decoded, given its address."""
    return unquote(url.rstrip("/").rpartition("/")[2])


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


def _list_article_topics(article: Article, section: str, kinds: dict[TopicKind, _TopicIndex]) -> Iterator[Topic]:
    """List the topics of one article, each once."""
    seen: set[tuple[TopicKind, Identity]] = set()
    for author in article.authors:
        id_ = kinds["author"].people.identify_author(author)
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
        section = kinds["section"].find_present_name(section)
        yield kinds["section"].find_or_add(Identity(name=fold_text(section)), section)
    for tag in article.tags:
        title = kinds["tag"].find_present_name(tag)
        topic = kinds["tag"].find_or_add(Identity(name=fold_text(title)), title)
        if (topic.kind, topic.id) not in seen:
            seen.add((topic.kind, topic.id))
            yield topic


def _measure_likeness(one: str, other: str) -> float:
    """Measure how much two names are alike, from 0 to 1; one that has a word of the other is alike by half at least."""
    names = fold_text(one), fold_text(other)
    words = [{word for word in re.findall(r"\w+", name) if len(word) > 1} for name in names]
    return max(SequenceMatcher(None, *names).ratio(), 0.0 if words[0].isdisjoint(words[1]) else _ALIKE)


def _merge_author_facts(before: Author | None, now: Author) -> Author:
    """Merge what is known of a person; what was said last wins."""
    if before is None:
        return replace(now, email="")
    known = {key: getattr(now, key) or getattr(before, key) for key in ("url", "bio", "avatar")}
    return Author(name=now.name, **known)


def _sort_key(topic: Topic) -> tuple[str, str]:
    return fold_text(topic.title), topic.path
