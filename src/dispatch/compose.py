"""Issues out of articles: pure, from one Issue to the next."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from dispatch import terms
from dispatch.errors import IssueError
from dispatch.model import Arrival, Article, Author, Correction, Issue, Publication, Section, Source

LONGEST_KEY = 80
# Latin letters that are no letter with an accent.
_LATIN = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def draft(
    publication: Publication, title: str, now: datetime, *, slug: str = "", earlier: Sequence[Issue] = ()
) -> Issue:
    """A new issue without articles, dated ``now`` (aware), numbered after the highest number so far.

    Raises IssueError when the slug is taken or not a slug.
    """
    taken = {issue.slug for issue in earlier}
    number = max((issue.number or 0 for issue in earlier), default=0) + 1
    slug = slug or unused(key_of(title) or f"issue-{number}", taken)
    if not re.fullmatch(r"[a-z0-9-]{1,80}", slug):
        raise IssueError(f'"{slug}" is not a slug', hint="Use a to z, 0 to 9 and hyphens, at most 80 of them.")
    if slug in taken:
        raise IssueError(f'there is an issue "{slug}" already', hint="Choose another with --slug.")
    return Issue(
        id=terms.mint(publication, now, slug),
        slug=slug,
        number=number,
        title=title,
        date=now,
        sections=tuple(Section(title=section) for section in publication.sections),
    )


def add(
    issue: Issue, articles: Iterable[Article], publication: Publication, *, section: str = ""
) -> tuple[Issue, list[Article], list[Article]]:
    """The issue with the articles at the end of their section, the articles as they were added, and those passed over.

    Passed over is an article whose id or address the issue has already. Ids are minted here, once; an article without
    an address of its own gets its place on the issue's page. Without ``section`` an article goes where its source's
    articles go, else into the first section.
    """
    added: list[Article] = []
    passed: list[Article] = []
    for article in articles:
        if any(_same(article, other) for other in issue.articles):
            passed.append(article)
            continue
        arrived = _arrived(issue, article, publication)
        issue = _placed(issue, arrived, section or arrived.source.section)
        added.append(arrived)
    return issue, added, passed


def from_inbox(
    issue: Issue, arrivals: Iterable[Arrival], publication: Publication, *, limit: int
) -> tuple[Issue, list[Article]]:
    """The issue with the first ``limit`` arrivals that it can have, and the articles as they were added.

    Each goes where the articles of the source that it was gathered from go. One without a title stays in the inbox.
    """
    added: list[Article] = []
    for arrival in (arrival for arrival in arrivals if arrival.article.title):
        issue, new, _ = add(issue, [arrival.article], publication, section=place(arrival, publication))
        added += new
        if len(added) >= limit:
            break
    return issue, added


def place(arrival: Arrival, publication: Publication) -> str:
    """The section for what was gathered from that source, even where it names another one as its origin."""
    return next((source.section for source in publication.sources if source.key == arrival.source), "")


def _same(article: Article, other: Article) -> bool:
    return bool((article.id and article.id == other.id) or (article.url and article.url == other.url))


def _arrived(issue: Issue, article: Article, publication: Publication) -> Article:
    number = sum(1 for _ in issue.articles) + 1
    key = unused(
        article.key or key_of(article.title) or f"article-{number}", {a.key for a in issue.articles} | {"issue"}
    )
    return replace(
        article,
        key=key,
        id=article.id or terms.mint(publication, issue.date, f"{issue.slug}/{key}"),
        url=article.url or f"{terms.page(publication, issue.slug)}#{key}",
        source=terms.resolved(article.source, publication, is_own=not article.url),
    )


def told(article: Article, given: Article, authors: Sequence[Author] = ()) -> Article:
    """The article with what the editor said over what was found: every field of ``given`` that holds something.

    An author who was found under the same name is completed and keeps biography and picture; where no such name was
    found, the given authors replace the list.
    """
    values = {
        name: value
        for name in Article.__dataclass_fields__
        if (value := getattr(given, name)) != getattr(_NOTHING, name)
    }
    if "source" in values:
        values["source"] = _over(article.source, given.source)
    if authors:
        values["authors"] = _completed(article.authors, authors)
        values["certainty"] = "certain"
    return replace(article, **values)


_NOTHING = Article()


def _over(found: Source, given: Source) -> Source:
    """The source as it was found, with what was given over it; another title is another source."""
    base = found if not given.title or given.title == found.title else replace(Source(), syndicate=found.syndicate)
    said = {name: value for name in Source.__dataclass_fields__ if (value := getattr(given, name)) not in ("", None)}
    return replace(base, **said)


def _completed(found: Sequence[Author], given: Sequence[Author]) -> tuple[Author, ...]:
    def known(author: Author) -> str:
        return " ".join(author.name.casefold().split())

    by_name = {known(author): author for author in given}
    if not any(known(author) in by_name for author in found):
        return tuple(given)
    completed = [
        replace(author, url=by_name[known(author)].url or author.url) if known(author) in by_name else author
        for author in found
    ]
    return (*completed, *(author for author in given if known(author) not in {known(other) for other in found}))


def move(issue: Issue, key: str, *, section: str = "", before: str = "") -> Issue:
    """The issue with one of its articles in another place: at the end of a section, or before another article.

    Raises IssueError when there is no such article.
    """
    article = named(issue, key)
    without = remove(issue, key)
    if not before:
        return _placed(without, article, section or _section_of(issue, article.key))
    target = named(issue, before)
    if target == article:
        return issue
    return replace(
        without,
        sections=tuple(
            replace(part, articles=tuple(_with_before(part.articles, article, target))) for part in without.sections
        ),
    )


def _with_before(articles: Iterable[Article], article: Article, target: Article) -> Iterable[Article]:
    for other in articles:
        if other.key == target.key:
            yield article
        yield other


def remove(issue: Issue, key: str) -> Issue:
    """The issue without one of its articles. Raises IssueError when there is no such article."""
    gone = named(issue, key).key
    return replace(
        issue,
        sections=tuple(
            replace(section, articles=tuple(article for article in section.articles if article.key != gone))
            for section in issue.sections
        ),
    )


def correct(issue: Issue, key: str, text: str, now: datetime) -> Issue:
    """The issue with a correction on one of its articles. Raises IssueError when there is no such article."""
    target = named(issue, key).key

    def corrected(article: Article) -> Article:
        if article.key != target:
            return article
        return replace(article, corrections=(*article.corrections, Correction(date=now, text=text)))

    return replace(
        issue,
        sections=tuple(
            replace(section, articles=tuple(map(corrected, section.articles))) for section in issue.sections
        ),
    )


def named(issue: Issue, name: str) -> Article:
    """The article of that key, number in reading order (from 1) or unambiguous beginning of a key.

    Raises IssueError with the nearest key.
    """
    from difflib import get_close_matches

    articles = list(issue.articles)
    if name.isdecimal() and 1 <= int(name) <= len(articles):
        return articles[int(name) - 1]
    keys = {article.key: article for article in articles}
    if name in keys:
        return keys[name]
    begun = [key for key in keys if name and key.startswith(name)]
    if len(begun) == 1:
        return keys[begun[0]]
    near = begun or get_close_matches(name, keys, n=1)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"dispatch issue show {issue.slug} lists them."
    raise IssueError(f'there is no article "{name}"', subject=issue.slug, hint=hint)


def latest(issues: Iterable[Issue], publication: Publication) -> Issue:
    """The publication's own feed as an Issue: the newest articles of all issues, newest issue first, each once."""
    ordered = newest_first(issues)
    by_id: dict[str, Article] = {}
    for issue in ordered:
        for article in issue.articles:
            by_id.setdefault(article.id, article)
    articles = list(by_id.values())[: publication.feeds.entries]
    return _collection(publication, "feed", publication.title, ordered, articles)


def archive(issues: Iterable[Issue], publication: Publication) -> Issue:
    """All issues as an Issue whose articles are issues: the feed of issues and the front page."""
    ordered = newest_first(issues)
    articles = [as_article(issue, publication) for issue in ordered]
    return _collection(publication, "issues", publication.title, ordered, articles)


def as_article(issue: Issue, publication: Publication) -> Article:
    """An issue as one entry: its words and every article with its byline and its link."""
    from dispatch.formats.fragments import Fragments

    fragments = Fragments(issue, publication)
    return Article(
        id=issue.id,
        key=issue.slug,
        url=fragments.page,
        title=issue.title,
        dek=issue.preheader,
        content=fragments.render("digest.html"),
        source=Source(title=publication.title, url=f"{publication.url}/", syndicate="full"),
        published=issue.date,
        corrections=issue.corrections,
    )


def _collection(
    publication: Publication, feed: str, title: str, issues: Sequence[Issue], articles: Sequence[Article]
) -> Issue:
    date = max((issue.date for issue in issues), default=datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC")))
    return Issue(
        id=f"{publication.url}/{feed}" if feed == "issues" else f"{publication.url}/",
        feed=feed,
        title=title,
        date=date,
        sections=(Section(articles=tuple(articles)),),
        status="published",
    )


def newest_first(issues: Iterable[Issue]) -> list[Issue]:
    """The issues by date and then by number, the newest first."""
    return sorted(issues, key=lambda issue: (issue.date, issue.number or 0, issue.slug), reverse=True)


def key_of(title: str) -> str:
    """A key made of a title: ``[a-z0-9-]``, at most 80 characters; empty when nothing Latin is left."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", title.lower().translate(_LATIN))
    words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’]", "", plain.encode("ascii", "ignore").decode())).strip("-")
    return words if len(words) <= LONGEST_KEY else words[: LONGEST_KEY + 1].rpartition("-")[0] or words[:LONGEST_KEY]


def unused(key: str, taken: Iterable[str]) -> str:
    """The key, or the key with the first number that makes it new."""
    taken = set(taken)
    if key not in taken:
        return key
    return next(new for n in count(2) if (new := f"{key[: LONGEST_KEY - 4]}-{n}") not in taken)


def _section_of(issue: Issue, key: str) -> str:
    return next(part.title for part in issue.sections if any(article.key == key for article in part.articles))


def _placed(issue: Issue, article: Article, section: str) -> Issue:
    """The issue with the article at the end of a section, which is made when there is none of that name."""
    sections = list(issue.sections)
    if not sections or (section and section not in {part.title for part in sections}):
        sections.append(Section(title=section))
    place = next((i for i, part in enumerate(sections) if part.title == section), 0) if section else 0
    sections[place] = replace(sections[place], articles=(*sections[place].articles, article))
    return replace(issue, sections=tuple(sections))
