"""What holds for an article in an issue without being written there: its source's terms, its address, its id,
the moment of its last change, what is left of it when it is withdrawn. Pure.
"""

from collections import Counter
from dataclasses import fields, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from dispatch import __version__, identity, links
from dispatch.model import Article, Contents, Issue, Mended, Publication, Source, Withdrawal

_GENERAL = Source()


def page(publication: Publication, slug: str) -> str:
    """The address of an issue's page, which ends in a slash; files beside its articles are found below it."""
    return f"{publication.url}/issues/{slug}/"


def make_user_agent(publication: Publication) -> str:
    """Write how dispatch introduces itself to other people's servers: with a way to reach the publication."""
    return f"dispatch/{__version__} (+{publication.url})"


def anchor(publication: Publication, slug: str, key: str) -> str:
    """The address of an article's place on its issue's page, which is its own where it has no other."""
    return f"{page(publication, slug)}#{key}"


def article_file(slug: str, key: str, article: Article) -> str:
    """The file of a new article of that key in that issue: ``.md`` when it has Markdown or no body, else ``.html``."""
    return f"issues/{slug}/{key}{'.md' if article.markdown or not article.content else '.html'}"


def mint(publication: Publication, date: datetime, path: str) -> str:
    """A new id: a tag URI (RFC 4151) of the publication's host, the issue's day and a path such as ``defence/nato``."""
    day = date.astimezone(ZoneInfo(publication.timezone)).date()
    return f"tag:{links.host(publication.url)},{day.isoformat()}:{path}"


def changed(article: Article, issue: Contents) -> datetime:
    """When an article was last changed: withdrawn, corrected, updated, published, or put into its issue."""
    said = [correction.date for correction in article.corrections]
    said += [article.withdrawn.date] if article.withdrawn else []
    known = [moment for moment in (article.updated, article.published) if moment]
    return max([*said, *(known or [issue.date])])


def count_mends(article: Article) -> Counter[Mended]:
    """How many of an article's corrections mend each thing of it."""
    return Counter(what for correction in article.corrections for what in set(correction.mends))


def withdrawn(article: Article, withdrawal: Withdrawal) -> Article:
    """What is left of an article that was taken back: who wrote it, where and when, and under which id and address.

    Corrections that mend something stay, and no notice shows them: byline, date and address are promised on, and what
    has answered for them is counted.
    """
    return replace(
        article,
        dek="",
        summary="",
        content="",
        markdown="",
        image=None,
        enclosures=(),
        note="",
        corrections=tuple(one for one in article.corrections if one.mends),
        withdrawn=withdrawal,
    )


def withdrawn_issue(issue: Issue, withdrawal: Withdrawal) -> Issue:
    """What is left of an issue that was taken back: its title, its sections, and what is left of their articles."""
    sections = (
        replace(
            section,
            intro="",
            articles=tuple(withdrawn(article, article.withdrawn or withdrawal) for article in section.articles),
        )
        for section in issue.sections
    )
    return replace(issue, preheader="", intro="", sections=tuple(sections), corrections=(), withdrawn=withdrawal)


def resolved(source: Source, publication: Publication, *, is_own: bool) -> Source:
    """A source with everything that dispatch.toml says of it, and with terms in any case.

    What the source says itself wins over its entry in dispatch.toml (found by key, else by address, else by title), and
    that over ``[syndicate]``. is_own: the article has no address elsewhere; if it names no source either, it is one's
    own and may be shown in full.
    """
    known = next((entry for entry in publication.sources if identity.is_same_source(source, entry)), _GENERAL)
    filled = {
        item.name: getattr(known, item.name)
        for item in fields(Source)
        if getattr(source, item.name) == getattr(_GENERAL, item.name)
    }
    source = replace(source, **filled)
    is_own = is_own and not (source.key or source.title or source.url)
    return replace(
        source,
        syndicate=source.syndicate or ("full" if is_own else publication.syndicate.default),
        excerpt_words=source.excerpt_words or publication.syndicate.words,
    )
