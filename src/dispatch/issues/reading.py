"""Read an issue's files into an Issue.

This is a door: anybody may have written these files. Bodies are sanitised, addresses made absolute, every key checked,
and all faults of all files of an issue are told at once.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from typing import Annotated

from dispatch import commonmark, derived, from_mapping, html, identity
from dispatch.errors import GatherError, IssueError
from dispatch.frozen import dataclass
from dispatch.issues import heads
from dispatch.issues.folder import SUFFIXES, IssueFile, IssueFolder
from dispatch.leftovers import find_leftover
from dispatch.model import Article, Author, Fault, Image, Issue, Publication, Section, Source, Sponsor
from dispatch.readers import article_file
from dispatch.slugs import is_slug


def read_issue(
    publication: Publication, slug: str, *, with_texts: bool = True, known: Mapping[Path, Article] | None = None
) -> Issue:
    """Read the issue of that slug. Raises IssueError with every fault of its files; see ``read_all_issues``.

    known: what was read of some of its files before, and is still in them.
    """
    faults: list[Fault] = []
    reader = IssueReader(
        publication=publication, slug=slug, faults=faults, with_texts=with_texts, known_articles=known or {}
    )
    issue = reader.read_issue()
    if issue is None:
        raise IssueError(*faults)
    return issue


def read_all_issues(
    publication: Publication, *, with_texts: bool = True, known: Mapping[str, Issue] | None = None
) -> list[Issue]:
    """Read all issues, by slug. Raises IssueError with every fault of all their files, but of no text that is not read.

    with_texts: without them there are no introductions and no bodies; all else is the same, in a third of the time.
    known: those that need not be read again, by slug.
    """
    known = known or {}
    faults: list[Fault] = []
    found = [
        known.get(slug)
        or IssueReader(publication=publication, slug=slug, faults=faults, with_texts=with_texts).read_issue()
        for slug in heads.list_slugs(publication)
    ]
    if faults:
        raise IssueError(*faults)
    return [issue for issue in found if issue]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueReader(IssueFolder):
    """The folder of one issue, whose files become an Issue with its articles."""

    known_articles: Annotated[Mapping[Path, Article], "those that need not be read again"] = field(default_factory=dict)

    def read_issue(self) -> Issue | None:
        """Read the issue with its articles; None after a fault. Missing ids are minted, with the issue's date."""
        before = len(self.faults)
        file = self.read_file(self.path / "issue.md")
        given: dict[str, object] = {"intro": html.renumber_headings(self.read_content(file), 2)} if file else {}
        issue = heads.read_heading(Issue, self, file, given, self._read_sections) if file else None
        if issue is None or len(self.faults) > before:
            return None
        whole = issue.change_articles(lambda article: self._ensure_id(issue, article))
        sections = (replace(one, sponsor=self._place_sponsor(one.sponsor)) for one in whole.sections)
        whole = replace(whole, sponsor=self._place_sponsor(issue.sponsor), sections=tuple(sections))
        return derived.withdraw_issue(whole, issue.withdrawn) if issue.withdrawn else whole

    def read_article(self, file: IssueFile) -> Article | None:
        """Read an article's file; None after a fault. The id is empty when the file has none."""
        data, lines = dict(file.front.data), dict(file.front.lines)
        if (syndicate := data.pop("syndicate", None)) is not None:
            source = data.get("source") or {}
            said = {"key": source} if isinstance(source, str) else source
            data["source"] = {**said, "syndicate": syndicate} if isinstance(said, Mapping) else source
            lines["source.syndicate"] = lines.get("syndicate", 0)
        reading = heads.start_reading(self, file, lines)
        key = file.path.stem
        words = file.body_text if self.with_texts and file.path.suffix != ".html" else ""
        article = from_mapping.read_noun(
            Article,
            data,
            reading,
            given={"key": key, "file": file.name, "own": False, "entered": None}
            | {"content": self.read_content(file), "markdown": words},
            special={
                "authors": partial(_read_authors, self.publication),
                "source": partial(_read_source, self.publication),
                "terms": article_file.read_terms,
            },
        )
        if not str(data.get("title") or "").strip():
            reading.add_fault(
                "title", "is empty" if data.get("title") else "has no value" if "title" in data else "is missing"
            )
            return None
        if article is None:
            return None
        if article.withdrawn:
            article = derived.withdraw_article(article, article.withdrawn)
        article = article_file.drop_counter(article)
        is_own = identity.is_ours(article.url, self.publication)
        source = derived.resolve_source(article.source, self.publication, is_own=is_own)
        return replace(
            article,
            url=article.url or derived.build_article_address(self.publication, self.slug, key, source),
            own=is_own,
            source=source,
            tags=tuple(dict.fromkeys(folded for tag in article.tags if (folded := " ".join(tag.split())))),
            authors=tuple(replace(author, avatar=self.make_absolute(author.avatar)) for author in article.authors),
            credits=tuple(identity.replace_former_credit(credit, self.publication) for credit in article.credits),
            image=self._place_image(article.image),
            sponsor=self._place_sponsor(article.sponsor),
            enclosures=tuple(replace(item, url=self.make_absolute(item.url)) for item in article.enclosures),
        )

    def read_unlisted(self, path: Path, issue: Issue) -> Article | None:
        """Read an article that no section lists; None when it cannot be read, or has no key."""
        key = path.stem
        file = self.read_file(path) if is_slug(key) and self.find_files(key) == [path] else None
        article = self.read_article(file) if file else None
        return article and self._ensure_id(issue, article)

    def _place_image(self, image: Image | None) -> Image | None:
        return image and self.measure_image(replace(image, url=self.make_absolute(image.url)))

    def _place_sponsor(self, sponsor: Sponsor | None) -> Sponsor | None:
        return sponsor and replace(sponsor, image=self._place_image(sponsor.image))

    def _ensure_id(self, issue: Issue, article: Article) -> Article:
        new = derived.mint_id(self.publication, issue.date, f"{self.slug}/{article.key}")
        return article if article.id else replace(article, id=new)

    def _read_sections(self, value: object, at: str, reading: from_mapping.FileReading) -> tuple[Section | None, ...]:
        """Read the sections of issue.md, each with its articles."""
        seen: dict[str, str] = {}

        def read_articles(value: object, at: str, reading: from_mapping.FileReading) -> tuple[Article | None, ...]:
            keys = value if isinstance(value, list) else [value]
            return tuple(self._read_listed(key, f"{at}[{number}]", reading, seen) for number, key in enumerate(keys, 1))

        special: Mapping[str, from_mapping.Special] = {"intro": self._read_intro, "articles": read_articles}
        found: list[Section | None] = []
        for number, item in enumerate(value if isinstance(value, list) else [value], 1):
            if isinstance(item, Mapping):
                found.append(from_mapping.read_noun(Section, item, reading, path=f"{at}[{number}]", special=special))
            else:
                reading.add_fault(f"{at}[{number}]", "must have a title and articles")
        return tuple(found)

    def _read_intro(self, value: object, at: str, reading: from_mapping.FileReading) -> str:
        if not isinstance(value, str):
            raise ValueError("must be a text")  # noqa: TRY004 - a fault of the file, not of the program
        if not self.with_texts:
            return ""
        try:
            return html.renumber_headings(commonmark.to_html(value.strip("\n"), self.base_url), 3)
        except GatherError as error:
            for fault in error.faults:
                reading.add_fault(at, fault.what, hint=fault.hint)
            return ""

    def _read_listed(
        self, key: object, at: str, reading: from_mapping.FileReading, seen: dict[str, str]
    ) -> Article | None:
        """Read the article that a section lists by its key. seen: where each key before it is listed."""
        if not isinstance(key, str) or not is_slug(key):
            reading.add_fault(
                at, "must be the name of a file beside this one, without its ending: a-z, 0-9 and hyphens"
            )
            return None
        paths = self.find_files(key)
        if key in seen:
            first = reading.find_line(seen[key])
            reading.add_fault(at, f"“{key}” is listed twice, first in line {first}", hint="delete one of the two lines")
        elif not paths:
            others = [path.stem for path in self.path.iterdir() if path.suffix in SUFFIXES and path.name != "issue.md"]
            found = ((path.name, find_leftover(path.name)) for path in self.path.iterdir())
            left = [name for name, one in found if one and one.of in {f"{key}.md", f"{key}.html"}]
            hint = f"{left[0]} is there: let iCloud download it, or rename it" if left else ""
            near = from_mapping.suggest_nearest(key, others)
            reading.add_fault(at, f"there is no file {key}.md or {key}.html{near}", hint=hint)
        elif len(paths) > 1:
            what = f"there are two files of that name, {key}.md and {key}.html"
            reading.add_fault(at, what, hint="keep one, and move the other away")
        elif paths[0] in self.known_articles:
            seen[key] = at
            return self.known_articles[paths[0]]
        elif file := self.read_file(paths[0]):
            seen[key] = at
            return self.read_article(file)
        seen.setdefault(key, at)
        return None


def _read_authors(
    publication: Publication, value: object, at: str, reading: from_mapping.FileReading
) -> tuple[Author | None, ...]:
    """Read authors: what authors.toml knows somebody by, or mappings, whose former names become the present ones."""
    found: list[Author | None] = []
    is_renamed = False
    for number, item in enumerate(value if isinstance(value, list) else [value], 1):
        place = f"{at}[{number}]"
        if isinstance(item, Mapping):
            author = from_mapping.read_noun(Author, item, reading, path=place)
            now = author and identity.replace_former_name(author, publication)
            is_renamed = is_renamed or now != author
            found.append(now)
        elif isinstance(item, str) and (
            key := item if item in publication.authors else identity.find_person(Author(name=item), publication)
        ):
            found.append(publication.authors[key])
        elif isinstance(item, str):
            near = from_mapping.suggest_nearest(item, publication.authors)
            reading.add_fault(place, f"no author “{item}” in authors.toml{near or '; write name: and the name'}")
        else:
            reading.add_fault(place, "must be a key of authors.toml, or have a name")
    return tuple(dict.fromkeys(found) if is_renamed else found)


def _read_source(publication: Publication, value: object, at: str, reading: from_mapping.FileReading) -> Source | None:
    """Read a source: a key of dispatch.toml, or a mapping."""
    said = {"key": value} if isinstance(value, str) else value
    if not isinstance(said, Mapping):
        raise ValueError("must be a key of a source in dispatch.toml, or have a title")  # noqa: TRY004
    keys = [source.key for source in publication.sources if source.key]
    key = said.get("key")
    if key and key not in keys:
        near = from_mapping.suggest_nearest(str(key), keys)
        raise ValueError(f"no source “{key}” in dispatch.toml{near or '; write title: and url:'}")
    return from_mapping.read_noun(Source, said, reading, path=at)
