"""Turn issues and articles into the values of their files' front matter.

Each function takes the noun, the one that was read from the file before (None for a new file) and the file's raw
values: what is equal keeps its raw value, so that ``2026-11-24`` or ``photo.jpg`` stay what their writer made them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass, replace
from datetime import datetime

from dispatch import derived, from_mapping
from dispatch.frontmatter import Value
from dispatch.issues.folder import IssueFolder
from dispatch.model import Article, Issue, Section, Source

Raw = Mapping[str, object]

# The keys as they follow one another in a new file.
ISSUE = (
    "id",
    "number",
    "title",
    "date",
    "status",
    "subject",
    "preheader",
    "sponsor",
    "corrections",
    "withdrawn",
    "sections",
)
ARTICLE = (
    *("id", "url", "own", "former_urls", "title", "dek", "summary", "authors", "credits", "certainty", "witnesses"),
    *("source", "syndicate", "published", "date_certainty", "updated", "language", "tags", "image", "layout"),
    *("enclosures", "license", "terms", "note", "sponsor", "corrections", "withdrawn"),
)


def issue_to_frontmatter(issue: Issue, old: Issue | None, raw: Raw) -> dict[str, Value]:
    """Build the front matter of issue.md. The issue's introduction is its body."""
    bare = old and replace(old, id="")  # an id that was minted gets written into the file
    said = _dump_noun(issue, bare, raw, without=("slug", "intro", "sections")) | {"status": issue.status}
    listed = raw.get("sections")
    raws = [item for item in (listed if isinstance(listed, list) else [listed]) if isinstance(item, Mapping)]
    free = list(zip(old.sections if old else (), raws, strict=False))
    sections: list[Value] = []
    for section in issue.sections:
        match = next(
            (pair for pair in free if pair[0].title == section.title),
            next((pair for pair in free if _is_renamed(pair[0], section, issue)), None),
        )
        if match:
            free.remove(match)
        was, there = match or (None, {})
        keys: dict[str, Value] = {"articles": [article.key for article in section.articles]}
        sections.append(_dump_noun(section, was, there, without=("articles",)) | (keys if section.articles else {}))
    return _order_keys(said | ({"sections": sections} if sections else {}), ISSUE)


def _is_renamed(old: Section, new: Section, issue: Issue) -> bool:
    """Whether a section has another title, and is otherwise the same."""
    return old == replace(new, title=old.title) and all(part.title != old.title for part in issue.sections)


def article_to_frontmatter(article: Article, old: Article | None, raw: Raw, folder: IssueFolder) -> dict[str, Value]:
    """Build the front matter of an article's file."""
    new, was = _strip_derived(article, folder), old and _strip_derived(old, folder)
    said = _dump_noun(new, was and replace(was, id=""), raw, without=("source", "own"))
    said |= _dump_authors(new, was, raw, folder) if new.authors else {}
    if old and _drop_policy(old.source) == _drop_policy(article.source) and old.own == article.own:
        said |= {key: _to_value(raw[key]) for key in ("source", "syndicate") if key in raw}
        if old.source != article.source:
            said["syndicate"] = article.source.syndicate
    else:
        said |= _dump_source(article.source, folder, is_own=article.own)
    return _order_keys(said, ARTICLE)


def _strip_derived(article: Article, folder: IssueFolder) -> Article:
    """Remove from an article what is derived from its place."""
    place = derived.build_article_address(folder.publication, folder.slug, article.key, article.source)
    is_its_place = article.url in ("", place)
    return replace(
        article,
        key="",
        file="",
        own=False,
        content="",
        markdown="",
        url="" if is_its_place else article.url,
        witnesses=() if article.certainty == "certain" else article.witnesses,
        authors=tuple(replace(author, avatar=folder.make_relative(author.avatar)) for author in article.authors),
        image=article.image and folder.strip_image(article.image),
        enclosures=tuple(replace(item, url=folder.make_relative(item.url)) for item in article.enclosures),
    )


def _dump_authors(new: Article, old: Article | None, raw: Raw, folder: IssueFolder) -> dict[str, Value]:
    """The authors: as they stood, by their key in authors.toml, or in full."""
    keys = {author: key for key, author in folder.publication.authors.items()}
    stood = raw.get("authors")
    before: dict[object, Value] = {}
    raws = list(map(_to_value, stood if isinstance(stood, list) else [stood]))
    if old and len(raws) == len(old.authors):  # of two names of one person there, one is left
        before = dict(zip(old.authors, raws, strict=True))
    if old and old.authors == new.authors:
        return {"authors": _to_value(stood)}
    return {
        "authors": [before.get(author) or keys.get(author) or _dump_noun(author, None, {}) for author in new.authors]
    }


def _dump_source(source: Source, folder: IssueFolder, *, is_own: bool) -> dict[str, Value]:
    """Write the source in the fewest keys that read as the same, and the policy of whatever is somebody else's.

    The policy is written even where it follows today: nobody's text is shown whole because a default changed.
    """
    publication = folder.publication

    def resolve_policy(said: Source) -> Source:
        return derived.resolve_source(said, publication, is_own=is_own)

    entry = next((entry for entry in publication.sources if entry.key and entry.key == source.key), Source())
    by_key = Source(key=entry.key)
    general = _drop_policy(resolve_policy(by_key))
    wanted = _drop_policy(source)
    said: dict[str, Value]
    if _drop_policy(resolve_policy(Source())) == wanted:
        said, named = {}, Source()
    elif entry.key and general == wanted:
        said, named = {"source": entry.key}, by_key
    else:
        own = _dump_noun(wanted, general, {}, without=("key", "syndicate"))
        said = {"source": ({"key": entry.key} if entry.key else {}) | own}
        named = replace(wanted, key=entry.key)
    is_ours = is_own and not (source.key or source.title or source.url)
    if is_ours and resolve_policy(named).syndicate == source.syndicate:
        return said
    return said | {"syndicate": source.syndicate}


def _drop_policy(source: Source) -> Source:
    """Remove a source's policy, which an article can have of its own."""
    return replace(source, syndicate=None)


def _dump_noun(new: object, old: object, raw: Raw, *, without: Sequence[str] = ()) -> dict[str, Value]:
    """Write a noun as a mapping: raw values where unchanged, new ones where changed, nothing for defaults."""
    said: dict[str, Value] = {}
    for column in from_mapping.list_columns(from_mapping.expect_noun_class(type(new))):
        value = getattr(new, column.name)
        if column.name in without:
            continue
        if old is not None and getattr(old, column.name) == value:
            if column.key in raw:
                said[column.key] = _to_value(raw[column.key])
        elif value != column.default:
            was = getattr(old, column.name) if old is not None else None
            said[column.key] = _dump_field(value, was, raw.get(column.key))
    return said


def _dump_field(value: object, old: object, raw: object) -> Value:
    """Write one value of a noun."""
    if isinstance(value, tuple):
        raws = raw if isinstance(raw, list) else [raw]
        before = list(zip(old, raws, strict=False)) if isinstance(old, tuple) else []
        return [
            next((_to_value(there) for was, there in before if was == item), _dump_field(item, None, None))
            for item in value
        ]
    if is_dataclass(value):
        return _dump_noun(value, old, raw if isinstance(raw, Mapping) else {})
    return _to_value(value)


def _to_value(raw: object) -> Value:
    """Convert a value to one that front matter can hold."""
    if raw is None or isinstance(raw, str | int | datetime):
        return raw
    if isinstance(raw, Mapping):
        return {str(key): _to_value(item) for key, item in raw.items()}
    if isinstance(raw, list):
        return [_to_value(item) for item in raw]
    return str(raw)  # TOML's other types


def _order_keys(said: Mapping[str, Value], order: Sequence[str]) -> dict[str, Value]:
    return {key: said[key] for key in order if key in said}
