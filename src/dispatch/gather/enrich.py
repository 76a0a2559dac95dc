"""Add to an entry what dispatch.toml says of its source, and what its page says. Pure."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from dispatch import html, identity
from dispatch.model import Article, Source


def enrich_entry(article: Article, own: Source, source: Source, zone: str) -> Article:
    """Add to an entry what dispatch.toml says of its source: name, tags, and the author if nobody is named.

    own: the source as its feed describes it. An entry that was first published elsewhere, as in a planet, stays that
    source's: it is not ours to rename, and its author is not the planet's. A moment without an offset is one of
    ``zone``.
    """
    article = add_time_zone(article, zone)
    if not _is_own_entry(article.source, own, source):
        return article
    if source.author and all(one.name.startswith(identity.MAILBOX) for one in article.authors):
        article = replace(article, authors=(source.author,), certainty="likely")
    named = replace(own, key=source.key, title=source.title or own.title, url=source.url or own.url)
    return replace(article, source=named, tags=tuple(dict.fromkeys((*article.tags, *source.tags))))


def enrich_from_page(given: Article, page: Article) -> Article:
    """Add to an entry the body of its page, and what the entry itself lacks.

    Who wrote it is taken from the page only where the entry names nobody.
    """
    if page.terms and not given.terms:  # it is another house's text, and says so only there
        given = replace(given, url=page.url or given.url, source=page.source, authors=page.authors, terms=page.terms)
        given = replace(given, certainty=page.certainty, license=page.license or given.license)
    if page.authors and all(one.name.startswith(identity.MAILBOX) for one in given.authors):
        given = replace(given, authors=(), certainty="unknown")
    if html.count_words(page.content) <= html.count_words(given.content):
        page = replace(page, content="", markdown="")
    if given.authors and given.certainty == "certain":
        page = replace(page, authors=(), credits=())
    elif not page.authors or (given.authors and page.certainty != "certain"):
        page = replace(page, authors=())
    named = page if page.authors else given
    return replace(
        given,
        title=given.title or page.title,
        dek=given.dek or page.dek,
        summary=given.summary or (html.to_plain_text(given.content) if page.content else "") or page.summary,
        content=page.content or given.content,
        authors=named.authors,
        credits=given.credits or page.credits,
        certainty=named.certainty,
        witnesses=named.witnesses,
        published=given.published or page.published,
        date_certainty=given.date_certainty if given.published else page.date_certainty,
        updated=given.updated or page.updated,
        language=given.language or page.language,
        tags=given.tags or page.tags,
        image=given.image or page.image,
        license=given.license or page.license,
        terms=given.terms or page.terms,
    )


def add_time_zone(article: Article, zone: str) -> Article:
    """Give an article's moments an offset: those written without one are of ``zone``."""
    return replace(article, published=_set_zone(article.published, zone), updated=_set_zone(article.updated, zone))


def _is_own_entry(origin: Source, own: Source, source: Source) -> bool:
    """Whether an entry's origin is the source that was fetched."""
    if origin == own or not (origin.title or origin.url or origin.feed):
        return True
    ours = [url for url in (own.feed, own.url, source.feed, source.url) if url]
    asked = [url for url in (origin.feed, origin.url) if url]
    return any(identity.is_same_address(url, other) for url in asked for other in ours)


def _set_zone(moment: datetime | None, zone: str) -> datetime | None:
    return moment.replace(tzinfo=ZoneInfo(zone)) if moment and moment.tzinfo is None else moment
