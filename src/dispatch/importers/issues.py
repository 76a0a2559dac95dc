"""Posts of another system's archive become issues of one article each."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from dispatch import html, links, terms
from dispatch.archives import Post
from dispatch.identity import is_ours
from dispatch.model import Article, Issue, Publication, Record, Section
from dispatch.slugs import find_unused, is_slug, make_slug

PREHEADER = range(40, 131)  # characters that a mailbox has room for

_TAG = re.compile(r"tag:[^,]+,[\d-]+:(.*)", re.DOTALL)


def imported(post: Post, publication: Publication, now: datetime, taken: Collection[str]) -> Issue:
    """A draft with the post as its one article, which is one's own and shown in full.

    The slug stays when it is legal and not among ``taken``. The issue is dated as the post was, or ``now``. An id that
    is no absolute IRI becomes a tag URI (RFC 4151) of the publication's host and the post's day. Numbers are not
    invented.
    """
    article = _dated(post.article, publication.timezone)
    date = article.published or article.updated or now
    slug = find_unused(_slug(post, article), {*taken, "issue"})  # issue.md is the issue's own file
    page = terms.page(publication, slug)

    def beside(address: str) -> str:
        return links.resolve(page, address)

    is_own = is_ours(article.url, publication)
    is_alien = article.language and _primary(article.language) != _primary(publication.language)
    article = replace(
        article,
        id=mint_id(article, publication, date),
        key=slug,
        file=terms.article_file(slug, slug, article),
        own=is_own,
        url=article.url or terms.anchor(publication, slug, slug),
        content=html.readdressed(article.content, beside),
        authors=tuple(replace(author, avatar=author.avatar and beside(author.avatar)) for author in article.authors),
        source=terms.resolved(article.source, publication, is_own=is_own),
        language=article.language if is_alien else "",
        image=article.image and replace(article.image, url=beside(article.image.url)),
    )
    return Issue(
        id=terms.mint(publication, date, slug),
        slug=slug,
        title=article.title,
        date=date,
        preheader=next((line for line in (article.dek, article.summary) if len(line) in PREHEADER), ""),
        sections=(Section(articles=(article,)),),
    )


def mint_id(article: Article, publication: Publication, date: datetime) -> str:
    """Give a post the id that it has when that is an absolute IRI, else a tag URI made of it."""
    if _is_iri(article.id):
        return article.id
    return terms.mint(publication, date, _quoted(article.id))


def known(issues: Iterable[Issue], records: Iterable[Record]) -> dict[str, str]:
    """The ids of all articles that are or were in the publication, each with its issue's slug where that is known.

    A tag URI counts without its host and day: neither a new address of the publication nor a post without a date, which
    has another day with each import, makes a second article of one.
    """
    gone = {_bare(record.id): "" for record in records if record.kind in ("article", "issue")}
    return gone | {_bare(article.id): issue.slug for issue in issues for article in issue.articles}


def found_in(post: Post, known: Mapping[str, str]) -> str | None:
    """The slug of the issue that has the post already, empty when it was published and is gone; None when it is new."""
    id_ = post.article.id
    return known.get(_bare(id_) if _is_iri(id_) else _quoted(id_))


def _is_iri(id_: str) -> bool:
    return links.is_absolute(id_) and not re.search(r"\s", id_)


def _quoted(id_: str) -> str:
    return quote(html.clean(id_))


def _bare(id_: str) -> str:
    match = _TAG.fullmatch(id_)
    return match[1] if match else id_


def _slug(post: Post, article: Article) -> str:
    if is_slug(post.slug):
        return post.slug
    return make_slug(unquote(post.slug)) or make_slug(article.title) or "issue-1"


def _dated(article: Article, zone: str) -> Article:
    """The article with an offset to its moments: those that were written without one are of that zone."""

    def at(moment: datetime | None) -> datetime | None:
        return moment.replace(tzinfo=ZoneInfo(zone)) if moment and moment.tzinfo is None else moment

    return replace(article, published=at(article.published), updated=at(article.updated))


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()
