"""Make an issue of a post, and find the posts that are in the publication already."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from dispatch import html, links, terms
from dispatch.identity import is_ours
from dispatch.importers.posts import Post
from dispatch.model import Article, Issue, Publication, Record, Section
from dispatch.slugs import find_unused, is_slug, make_slug

PREHEADER = range(40, 131)  # characters that a mailbox has room for

_TAG = re.compile(r"tag:[^,]+,[\d-]+:(.*)", re.DOTALL)


def make_issue(post: Post, publication: Publication, now: datetime, taken: Collection[str]) -> Issue:
    """Make a draft with the post as its one article, which is one's own and shown in full.

    The slug stays when it is legal and not among ``taken``. The issue is dated as the post was, or ``now``. An id that
    is no absolute IRI becomes a tag URI (RFC 4151) of the publication's host and the post's day. Numbers are not
    invented.
    """
    article = _add_offset(post.article, publication.timezone)
    date = article.published or article.updated or now
    slug = find_unused(_pick_slug(post), {*taken, "issue"})  # issue.md is the issue's own file
    page = terms.page(publication, slug)

    def resolve(address: str) -> str:
        return address and links.resolve(page, address)

    is_own = is_ours(article.url, publication)
    is_foreign = _primary_language(article.language) != _primary_language(publication.language)
    article = replace(
        article,
        id=_mint_id(article.id, publication, date),
        key=slug,
        file=terms.article_file(slug, slug, article),
        own=is_own,
        url=article.url or terms.anchor(publication, slug, slug),
        content=html.readdressed(article.content, resolve),
        authors=tuple(replace(author, avatar=resolve(author.avatar)) for author in article.authors),
        source=terms.resolved(article.source, publication, is_own=is_own),
        language=article.language if is_foreign else "",
        image=article.image and replace(article.image, url=resolve(article.image.url)),
    )
    return Issue(
        id=terms.mint(publication, date, slug),
        slug=slug,
        title=article.title,
        date=date,
        preheader=next((line for line in (article.dek, article.summary) if len(line) in PREHEADER), ""),
        sections=(Section(articles=(article,)),),
    )


def list_changes(post: Post, one: Issue) -> Iterator[str]:
    """Say what an editor should know of the issue that a post became."""
    (article,) = one.articles
    if post.known_as:
        yield f"its author is known only as “{post.known_as}”"
    elif not article.authors:
        yield "no author found in the export"
    if not article.published:
        yield f"it has no date; the issue is dated {one.date:%Y-%m-%d}"
    if post.slug and post.slug != one.slug:
        yield f"its slug “{post.slug}” became {one.slug}"
    if post.held:
        yield f"{post.held}; it stays a draft, whole"


def index_known(issues: Iterable[Issue], records: Iterable[Record]) -> dict[str, str]:
    """Map the ids of all articles that are or were in the publication to their issue's slug, empty where unknown.

    A tag URI counts without its host and day: neither a new address of the publication nor a post without a date, which
    has another day with each import, makes a second article of one.
    """
    gone = {_strip_tag(record.id): "" for record in records if record.kind in ("article", "issue")}
    return gone | {_strip_tag(article.id): issue.slug for issue in issues for article in issue.articles}


def find_known(post: Post, known: Mapping[str, str]) -> str | None:
    """Find the slug of the issue that has a post, empty when it was published and is gone; None when it is new."""
    id_ = post.article.id
    return known.get(_strip_tag(id_) if _is_iri(id_) else _quote_id(id_))


def _mint_id(id_: str, publication: Publication, date: datetime) -> str:
    """Keep an id that is an absolute IRI, else make a tag URI of it."""
    return id_ if _is_iri(id_) else terms.mint(publication, date, _quote_id(id_))


def _is_iri(id_: str) -> bool:
    return links.is_absolute(id_) and not re.search(r"\s", id_)


def _quote_id(id_: str) -> str:
    return quote(html.clean(id_))


def _strip_tag(id_: str) -> str:
    match = _TAG.fullmatch(id_)
    return match[1] if match else id_


def _pick_slug(post: Post) -> str:
    if is_slug(post.slug):
        return post.slug
    return make_slug(unquote(post.slug)) or make_slug(post.article.title) or "issue-1"


def _add_offset(article: Article, zone: str) -> Article:
    """Give the article's moments an offset: those that were written without one are of that zone."""

    def add_zone(moment: datetime | None) -> datetime | None:
        return moment.replace(tzinfo=ZoneInfo(zone)) if moment and moment.tzinfo is None else moment

    return replace(article, published=add_zone(article.published), updated=add_zone(article.updated))


def _primary_language(language: str) -> str:
    return language.partition("-")[0].lower()
