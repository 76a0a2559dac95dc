"""Read an issue's files into an Issue.

This is a door: anybody may have written these files. Bodies are sanitised, addresses made absolute, every key checked,
and all faults of all files of an issue are told at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from dispatch import identity, tables, terms
from dispatch.errors import GatherError, IssueError
from dispatch.issues.folder import SUFFIXES, File, Folder
from dispatch.model import Article, Author, Fault, Issue, Publication, Section, Source
from dispatch.readers import markdown
from dispatch.slugs import is_slug


def read(publication: Publication, slug: str) -> Issue:
    """Read the issue of that slug. Raises IssueError with every fault of its files."""
    faults: list[Fault] = []
    issue = IssueReader(publication=publication, slug=slug, faults=faults).issue()
    if issue is None or faults:
        raise IssueError(*faults)
    return issue


def head(publication: Publication, slug: str) -> Issue:
    """Read the issue without its introduction, its sections and their articles. Raises IssueError."""
    faults: list[Fault] = []
    issue = IssueReader(publication=publication, slug=slug, faults=faults).head()
    if issue is None or faults:
        raise IssueError(*faults)
    return issue


def read_all(publication: Publication) -> list[Issue]:
    """Read all issues, by slug. Raises IssueError with every fault of all their files."""
    faults: list[Fault] = []
    found = [IssueReader(publication=publication, slug=slug, faults=faults).issue() for slug in names(publication)]
    if faults:
        raise IssueError(*faults)
    return [issue for issue in found if issue]


def names(publication: Publication) -> list[str]:
    """List the slugs of all issues, sorted: the folders in issues/ that hold an issue.md."""
    folder = publication.root / "issues"
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if is_slug(path.name) and (path / "issue.md").is_file())


def misnamed(publication: Publication) -> list[str]:
    """List the folders in issues/ that hold an issue.md but whose names cannot be a slug, so that nobody finds them."""
    folder = publication.root / "issues"
    every = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path.name for path in every if not is_slug(path.name) and (path / "issue.md").is_file()]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueReader(Folder):
    """The folder of one issue, whose files become an Issue with its articles."""

    def issue(self) -> Issue | None:
        """Read the issue with its articles; None after a fault. Missing ids are minted, with the issue's date."""
        before = len(self.faults)
        file = self.file(self.path / "issue.md")
        issue = self.heading(file, self._sections, self.content(file)) if file else None
        if issue is None or len(self.faults) > before:
            return None
        whole = replace(
            issue,
            sections=tuple(
                replace(section, articles=tuple(self._identified(issue, article) for article in section.articles))
                for section in issue.sections
            ),
        )
        return terms.withdrawn_issue(whole, issue.withdrawn) if issue.withdrawn else whole

    def head(self) -> Issue | None:
        """Read the issue without its introduction, sections and articles; None after a fault."""
        file = self.file(self.path / "issue.md")
        return self.heading(file, lambda *_: (), "") if file else None

    def article(self, file: File) -> Article | None:
        """Read an article's file; None after a fault. The id is empty when the file has none."""
        data, lines = dict(file.front.data), dict(file.front.lines)
        if (syndicate := data.pop("syndicate", None)) is not None:
            source = data.get("source") or {}
            said = {"key": source} if isinstance(source, str) else source
            data["source"] = {**said, "syndicate": syndicate} if isinstance(said, Mapping) else source
            lines["source.syndicate"] = lines.get("syndicate", 0)
        reading = self._reading(file, lines)
        key = file.path.stem
        words = "" if file.path.suffix == ".html" else file.words
        article = tables.read(
            Article,
            data,
            reading,
            given={"key": key, "file": file.name, "own": False, "content": self.content(file), "markdown": words},
            special={
                "authors": partial(_read_authors, self.publication),
                "source": partial(_read_source, self.publication),
            },
        )
        if not str(data.get("title") or "").strip():
            reading.fault(
                "title", "is empty" if data.get("title") else "has no value" if "title" in data else "is missing"
            )
            return None
        if article and article.withdrawn:
            article = terms.withdrawn(article, article.withdrawn)
        is_own = article is not None and identity.is_ours(article.url, self.publication)
        return article and replace(
            article,
            url=article.url or terms.anchor(self.publication, self.slug, key),
            own=is_own,
            source=terms.resolved(article.source, self.publication, is_own=is_own),
            tags=tuple(dict.fromkeys(folded for tag in article.tags if (folded := " ".join(tag.split())))),
            authors=tuple(replace(author, avatar=self.absolute(author.avatar)) for author in article.authors),
            image=article.image and replace(article.image, url=self.absolute(article.image.url)),
            enclosures=tuple(replace(item, url=self.absolute(item.url)) for item in article.enclosures),
        )

    def unlisted(self, path: Path, issue: Issue) -> Article | None:
        """Read an article that no section lists; None when it cannot be read, or has no key."""
        key = path.stem
        file = self.file(path) if is_slug(key) and self.of(key) == [path] else None
        article = self.article(file) if file else None
        return article and self._identified(issue, article)

    def _reading(self, file: File, lines: Mapping[str, int] | None = None) -> tables.Reading:
        return tables.Reading(
            file=file.name,
            zone=ZoneInfo(self.publication.timezone),
            lines=file.front.lines if lines is None else lines,
            faults=self.faults,
        )

    def heading(self, file: File, sections: tables.Special, intro: str) -> Issue | None:
        """What issue.md says."""
        data = {key: value for key, value in file.front.data.items() if key != "id" or value is not None}
        given: dict[str, object] = {"slug": self.slug, "intro": intro}
        if "id" not in data:
            given["id"] = ""
        issue = tables.read(Issue, data, self._reading(file), given=given, special={"sections": sections})
        return issue and replace(issue, id=issue.id or terms.mint(self.publication, issue.date, self.slug))

    def _identified(self, issue: Issue, article: Article) -> Article:
        new = terms.mint(self.publication, issue.date, f"{self.slug}/{article.key}")
        return article if article.id else replace(article, id=new)

    def _sections(self, value: object, at: str, reading: tables.Reading) -> tuple[Section | None, ...]:
        """Read the sections of issue.md, each with its articles."""
        seen: set[str] = set()

        def read_articles(value: object, at: str, reading: tables.Reading) -> tuple[Article | None, ...]:
            keys = value if isinstance(value, list) else [value]
            return tuple(self._listed(key, f"{at}[{number}]", reading, seen) for number, key in enumerate(keys, 1))

        special: Mapping[str, tables.Special] = {"intro": self._intro, "articles": read_articles}
        found: list[Section | None] = []
        for number, item in enumerate(value if isinstance(value, list) else [value], 1):
            if isinstance(item, Mapping):
                found.append(tables.read(Section, item, reading, path=f"{at}[{number}]", special=special))
            else:
                reading.fault(f"{at}[{number}]", "must have a title and articles")
        return tuple(found)

    def _intro(self, value: object, at: str, reading: tables.Reading) -> str:
        if not isinstance(value, str):
            raise ValueError("must be a text")  # noqa: TRY004 - a fault of the file, not of the program
        try:
            return markdown.to_html(value.strip("\n"), self.base)
        except GatherError as error:
            for fault in error.faults:
                reading.fault(at, fault.what, hint=fault.hint)
            return ""

    def _listed(self, key: object, at: str, reading: tables.Reading, seen: set[str]) -> Article | None:
        """Read the article that a section lists by its key."""
        if not isinstance(key, str) or not is_slug(key):
            reading.fault(at, "must be the name of a file beside this one, without its ending: a-z, 0-9 and hyphens")
            return None
        paths = self.of(key)
        if key in seen:
            reading.fault(at, f"“{key}” stands here twice")
        elif not paths:
            others = [path.stem for path in self.path.iterdir() if path.suffix in SUFFIXES and path.name != "issue.md"]
            reading.fault(at, f"there is no file {key}.md or {key}.html{tables.nearest(key, sorted(others))}")
        elif len(paths) > 1:
            reading.fault(at, f"there are two files of that name, {key}.md and {key}.html")
        elif file := self.file(paths[0]):
            seen.add(key)
            return self.article(file)
        seen.add(key)
        return None


def _read_authors(
    publication: Publication, value: object, at: str, reading: tables.Reading
) -> tuple[Author | None, ...]:
    """Read authors: keys of authors.toml, or mappings."""
    found: list[Author | None] = []
    for number, item in enumerate(value if isinstance(value, list) else [value], 1):
        place = f"{at}[{number}]"
        if isinstance(item, Mapping):
            found.append(tables.read(Author, item, reading, path=place))
        elif isinstance(item, str) and item in publication.authors:
            found.append(publication.authors[item])
        elif isinstance(item, str):
            near = tables.nearest(item, sorted(publication.authors))
            reading.fault(place, f"no author “{item}” in authors.toml{near or '; write name: and the name'}")
        else:
            reading.fault(place, "must be a key of authors.toml, or have a name")
    return tuple(found)


def _read_source(publication: Publication, value: object, at: str, reading: tables.Reading) -> Source | None:
    """Read a source: a key of dispatch.toml, or a mapping."""
    said = {"key": value} if isinstance(value, str) else value
    if not isinstance(said, Mapping):
        raise ValueError("must be a key of a source in dispatch.toml, or have a title")  # noqa: TRY004
    keys = [source.key for source in publication.sources if source.key]
    key = said.get("key")
    if key and key not in keys:
        near = tables.nearest(str(key), keys)
        raise ValueError(f"no source “{key}” in dispatch.toml{near or '; write title: and url:'}")
    return tables.read(Source, said, reading, path=at)
