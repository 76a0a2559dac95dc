"""A new issue, and articles that come into it."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from urllib.parse import quote

from dispatch import html, identity, links, terms
from dispatch.errors import IssueError
from dispatch.model import Arrival, Article, Issue, Publication, Section

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
        raise IssueError(f"“{slug}” is not a slug", hint="Use a to z, 0 to 9 and hyphens, at most 80 of them.")
    if slug in taken:
        raise IssueError(f"there is an issue “{slug}” already", hint="Choose another with --slug.")
    return Issue(
        id=terms.mint(publication, now, slug),
        slug=slug,
        number=number,
        title=title,
        date=now,
        sections=tuple(Section(title=section) for section in publication.sections),
    )


def add(
    issue: Issue,
    articles: Iterable[Article],
    publication: Publication,
    *,
    section: str = "",
    unlisted: Sequence[Article] = (),
) -> tuple[Issue, list[Article], list[Article]]:
    """The issue with the articles at the end of their section, the articles as they were added, and those passed over.

    Passed over is an article whose id or address the issue has already, and one without an address whose title and text
    it has. Of what is in ``unlisted``, articles that have a file beside the issue's and stand in no section, the one
    that is the same is taken instead, as its file has it.

    Ids are minted here, once; an article without an address of its own gets its place on the issue's page. Without
    ``section`` an article goes where its source's articles go, else into the first section.
    """
    added: list[Article] = []
    passed: list[Article] = []
    for article in articles:
        if any(_same(article, other) for other in issue.articles):
            passed.append(article)
            continue
        there = next((other for other in unlisted if _same(article, other)), None)
        arrived = there or _arrived(issue, article, publication)
        issue = placed(issue, arrived, section or arrived.source.section)
        added.append(arrived)
    return issue, added, passed


def twin(issue: Issue, article: Article) -> Article | None:
    """Another article of the same title in the issue."""
    others = (other for other in issue.articles if other.key != article.key)
    return next((other for other in others if other.title.casefold() == article.title.casefold()), None)


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


def key_of(title: str) -> str:
    """A key made of a title: ``[a-z0-9-]``, at most 80 characters; empty when nothing Latin is left."""
    plain = unicodedata.normalize("NFKD", title.lower().translate(_LATIN))
    words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’]", "", plain.encode("ascii", "ignore").decode())).strip("-")
    return words if len(words) <= LONGEST_KEY else words[: LONGEST_KEY + 1].rpartition("-")[0] or words[:LONGEST_KEY]


def unused(key: str, taken: Iterable[str]) -> str:
    """The key, or the key with the first number that makes it new."""
    taken = set(taken)
    if key not in taken:
        return key
    return next(new for n in count(2) if (new := f"{key[: LONGEST_KEY - 4]}-{n}") not in taken)


def placed(issue: Issue, article: Article, section: str) -> Issue:
    """The issue with the article at the end of a section, which is made when there is none of that name."""
    sections = list(issue.sections)
    if not sections or (section and section not in {part.title for part in sections}):
        sections.append(Section(title=section))
    place = next((i for i, part in enumerate(sections) if part.title == section), 0) if section else 0
    sections[place] = replace(sections[place], articles=(*sections[place].articles, article))
    return replace(issue, sections=tuple(sections))


def _same(article: Article, other: Article) -> bool:
    if (article.id and article.id == other.id) or (article.url and article.url == other.url):
        return True
    return not article.url and article.title == other.title and _words(article) == _words(other)


def _words(article: Article) -> list[str]:
    """The text without the spaces and the markup, which a file has in its own way."""
    return html.text(article.content).split()


def _minted(article: Article, issue: Issue, publication: Publication, key: str) -> str:
    """The article's own id when it is an absolute IRI; else a new one, made of its source and what it calls itself."""
    if links.is_absolute(article.id) and not re.search(r"\s", article.id):
        return article.id
    if not article.id:
        return terms.mint(publication, issue.date, f"{issue.slug}/{key}")
    source = terms.resolved(article.source, publication, is_own=False)
    place = source.key or key_of(source.title) or issue.slug
    return terms.mint(publication, article.published or issue.date, f"{place}/{quote(article.id)}")


def _arrived(issue: Issue, article: Article, publication: Publication) -> Article:
    number = sum(1 for _ in issue.articles) + 1
    key = unused(
        article.key or key_of(article.title) or f"article-{number}", {a.key for a in issue.articles} | {"issue"}
    )
    return replace(
        article,
        key=key,
        file=terms.article_file(issue.slug, key, article),
        own=identity.is_ours(article.url, publication),
        id=_minted(article, issue, publication, key),
        url=article.url or f"{terms.page(publication, issue.slug)}#{key}",
        source=terms.resolved(article.source, publication, is_own=not article.url),
    )
