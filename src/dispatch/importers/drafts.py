"""What a post becomes: an article, an issue of its own, and what an editor should know of it. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from dispatch import derived, html, links
from dispatch.identity import is_ours, register_authors
from dispatch.importers.posts import Post
from dispatch.model import Article, Issue, Publication, Record, Section, Source
from dispatch.slugs import find_unused, is_slug, make_key, make_slug

NOBODY = "no author found in the export"
PREHEADER = range(40, 131)  # characters that a mailbox has room for

_TAG = re.compile(r"tag:[^,]+,[\d-]+:(.*)", re.DOTALL)


def make_article(post: Post, publication: Publication, now: datetime, slug: str = "") -> Article:
    """Make the article that a post becomes: its moments, its id and its addresses are those of the publication.

    An id that is no absolute IRI becomes a tag URI (RFC 4151) of the publication's host and the post's day, or the day
    of ``now``. What stood in the site, as it is or was, gets its page here, and the old address leads on. slug: of the
    issue that it will be in, if that is known.
    """
    article = _add_offset(post.article, publication.timezone)
    page = derived.build_issue_address(publication, slug)

    def resolve(address: str) -> str:
        return address and links.resolve_address(page, address)

    if article.url and is_ours(article.url, publication):
        former = tuple(dict.fromkeys((*article.former_urls, article.url)))
        article = replace(article, url="", source=Source(), former_urls=former)
    is_foreign = _shorten_language(article.language) != _shorten_language(publication.language)
    return replace(
        article,
        id=article.id and _mint_id(article.id, publication, article.published or article.updated or now),
        key=make_key(slug),
        own=is_ours(article.url, publication),
        content=html.rewrite_addresses(article.content, resolve),
        authors=register_authors(
            (replace(author, avatar=resolve(author.avatar)) for author in article.authors), publication
        ),
        language=article.language if is_foreign else "",
        image=article.image and replace(article.image, url=resolve(article.image.url)),
    )


def make_issue(post: Post, publication: Publication, now: datetime, taken: Collection[str]) -> Issue:
    """Make a draft with the post as its one article, which is one's own and shown in full.

    The slug stays when it is legal and not among ``taken``. The issue is dated as the post was, or ``now``. Numbers are
    not invented.
    """
    slug = find_unused(_pick_slug(post), {*taken, "issue"})  # issue.md is the issue's own file
    article = make_article(post, publication, now, slug)
    date = article.published or article.updated or now
    source = derived.resolve_source(article.source, publication, is_own=article.own)
    article = replace(
        article,
        file=derived.choose_article_file(slug, article.key, article),
        url=article.url or derived.build_article_address(publication, slug, article.key, source),
        source=source,
    )
    lines = (post.preheader, article.dek, article.summary)
    return Issue(
        id=derived.mint_id(publication, date, slug),
        slug=slug,
        title=article.title,
        date=date,
        preheader=next((line for line in lines if len(line) in PREHEADER), ""),
        sections=(Section(articles=(article,)),),
    )


def list_changes(post: Post, article: Article) -> Iterator[str]:
    """Say what an editor should know of the article that a post became."""
    if post.known_as:
        yield f"its author is known only as “{post.known_as}”"
    elif not article.authors:
        yield NOBODY
    if post.held:
        yield f"{post.held}; it stays a draft, whole"


def list_new_places(post: Post, one: Issue) -> Iterator[str]:
    """Say what is new in the issue that a post became: its day, and its slug."""
    (article,) = one.articles
    if not article.published:
        yield f"it has no date; the issue is dated {one.date:%Y-%m-%d}"
    if post.slug and post.slug != one.slug:
        yield f"its slug “{post.slug}” became {one.slug}"


def index_known(present: Iterable[Issue], records: Iterable[Record]) -> dict[str, str]:
    """Map the ids of all articles that are or were in the publication to their issue's slug, empty where unknown.

    A tag URI counts without its host and day: neither a new address of the publication nor a post without a date, which
    has another day with each import, makes a second article of one.
    """
    gone = {strip_tag(record.id): "" for record in records if record.kind in ("article", "issue")}
    return gone | {strip_tag(article.id): issue.slug for issue in present for article in issue.articles}


def find_known(post: Post, known: Mapping[str, str]) -> str | None:
    """Find the slug of the issue that has a post, empty when it was published and is gone; None when it is new."""
    id_ = post.article.id
    return known.get(strip_tag(id_) if _is_iri(id_) else _quote_id(id_))


def _mint_id(id_: str, publication: Publication, date: datetime) -> str:
    """Keep an id that is an absolute IRI, else make a tag URI of it."""
    return id_ if _is_iri(id_) else derived.mint_id(publication, date, _quote_id(id_))


def _is_iri(id_: str) -> bool:
    return links.is_absolute(id_) and not re.search(r"\s", id_)


def _quote_id(id_: str) -> str:
    return quote(html.remove_illegal_characters(id_))


def strip_tag(id_: str) -> str:
    """Return what a tag URI names, without host and day; any other id as it is."""
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


def _shorten_language(language: str) -> str:
    return language.partition("-")[0].lower()
