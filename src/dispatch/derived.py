"""Derive what holds for an article in an issue without being written there. Pure.

That is its source's terms, its address, its id, the moment of its last change, and what is left of it when it is
withdrawn.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from itertools import islice, product
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dispatch import __version__, identity, licences, links
from dispatch.licences import Licence
from dispatch.model import Article, Author, Contents, Issue, Mended, Publication, Source, Withdrawal

RECIPIENT = "{email}"
_GENERAL = Source()
_MOST_WAYS = 10_000  # in which a byline may have been written before
FormerNames = Mapping[tuple[str, str], tuple[str, ...]]  # of authors, by the name and the page of today


def build_issue_address(publication: Publication, slug: str) -> str:
    """Build the address of an issue's page, which ends in a slash; files beside its articles are found below it."""
    return f"{publication.url}/issues/{slug}/"


def find_subscribe_page(publication: Publication) -> str:
    """Find the address at which readers sign up: the one that is set, else that of the site's form; empty for none."""
    if pages := find_subscription_pages(publication):
        return pages
    ours = f"{publication.url}/follow/#subscribe" if publication.subscribe.form else ""
    return publication.subscribe.url or ours


def find_subscription_pages(publication: Publication) -> str:
    """Find where the pages of our own subscribers are, with a slash at the end; empty where dispatch keeps no list.

    Below it are the pages to sign up, ``confirm/TOKEN``, ``leave/TOKEN`` and ``here``.
    """
    settings = publication.subscribe
    return f"{(settings.url or publication.url).rstrip('/')}/subscription/" if settings.consent else ""


def make_user_agent(publication: Publication) -> str:
    """Write how dispatch introduces itself to other people's servers: with a way to reach the publication."""
    return f"dispatch/{__version__} (+{publication.url})"


def build_article_address(publication: Publication, slug: str, key: str, source: Source) -> str:
    """Build an article's address where it has no other: its page, or its place on its issue's where it has none."""
    page = build_issue_address(publication, slug)
    return f"{page}{key}/" if has_own_page(source) else f"{page}#{key}"


def has_own_page(source: Source) -> bool:
    """Whether an article of this source, with its terms, has a page of its own: only what may be shown in full."""
    return source.syndicate == "full"


def choose_article_file(slug: str, key: str, article: Article) -> str:
    """Choose the file for a new article of that key: ``.md`` when it has Markdown or no body, else ``.html``."""
    return f"issues/{slug}/{key}{'.md' if article.markdown or not article.content else '.html'}"


def name_recipient(publication: Publication, mailbox: str) -> Publication:
    """Write who leaves into the addresses to unsubscribe, in place of ``{email}``; nobody, where all read the same."""
    ways = (way.replace(RECIPIENT, quote(mailbox, safe="")) for way in publication.email.unsubscribe)
    return replace(publication, email=replace(publication.email, unsubscribe=tuple(ways)))


def name_reader(publication: Publication, token: str, mailbox_token: str) -> Publication:
    """Write the ways in which one reader of our own list leaves, by tokens of the purpose leave.

    The page, where dispatch serves it, and the mailbox leave beside that of bounces: ``dispatch bounces`` reads both.
    Without either, what the publication says of everybody: from whom a mail comes is known.
    """
    ways = [f"{pages}leave/{token}" for pages in [find_subscription_pages(publication)] if pages]
    _, _, domain = publication.delivery.bounces.rpartition("@")
    ways += [f"mailto:leave+{mailbox_token}@{domain}?subject=unsubscribe"] if domain else []
    ways = ways or [way for way in publication.email.unsubscribe if RECIPIENT not in way]
    return replace(publication, email=replace(publication.email, unsubscribe=tuple(ways)))


def has_one_click(publication: Publication) -> bool:
    """Tell whether an https address to unsubscribe tells who leaves: without, one click is nobody's (RFC 8058, 3.1)."""
    leave = f"{find_subscription_pages(publication)}leave/"
    return any(
        way.startswith("https:") and (RECIPIENT in way or way.removeprefix(leave) not in ("", way))
        for way in publication.email.unsubscribe
    )


def mint_id(publication: Publication, date: datetime, path: str) -> str:
    """Mint a new id: a tag URI (RFC 4151) of the publication's host, the issue's day, a path as ``defence/nato``."""
    day = date.astimezone(ZoneInfo(publication.timezone)).date()
    return f"tag:{links.parse_host(publication.url)},{day.isoformat()}:{path}"


def find_day(article: Article) -> datetime | None:
    """Find the moment that an article is dated by: when it was published, else when it was last updated."""
    return article.published or article.updated


def find_last_change(article: Article, issue: Contents) -> datetime:
    """Find when an article last changed: withdrawn, corrected, updated, published, or put into its issue."""
    known = [moment for moment in (article.updated, article.published, find_last_notice(article)) if moment]
    return max(known or [issue.date])


def number_articles(issue: Contents) -> dict[str, int]:
    """Number the articles of an issue by id, from 0, in reading order."""
    return {article.id: place for place, article in reversed([*enumerate(issue.articles)])}


def find_entry_dates(
    article: Article, issue: Contents, publication: Publication, places: Mapping[str, int] | None = None
) -> tuple[datetime | None, datetime]:
    """Find when feeds say that an article was published, and last changed.

    places: what ``number_articles`` says, from whoever asks for many.

    It was published when it entered the publication, by default with its issue, a second earlier for each place in it
    so that readers who sort keep the order, and has changed when readers were told so. With ``dates = "original"``,
    both are what its source says, which may know nothing of the former. An entry of a feed of the site has its dates
    already, and so has an issue as an entry.
    """
    if article.id == issue.id or (issue.as_page and issue.as_page.kind == "feed"):
        return article.published, article.updated or article.published or issue.date
    if publication.feeds.dates == "original":
        return article.published, find_last_change(article, issue)
    place = (number_articles(issue) if places is None else places).get(article.id, 0)
    published = article.entered or issue.date - timedelta(seconds=place)
    return published, max(find_last_notice(article) or published, published)


def find_last_notice(thing: Article | Contents) -> datetime | None:
    """Find when readers were last told of a correction of it, or that it is withdrawn; None if never."""
    said = [correction.date for correction in thing.corrections]
    return max([*said, *([thing.withdrawn.date] if thing.withdrawn else [])], default=None)


def find_latest_moment(issue: Contents) -> tuple[datetime, str]:
    """Find the latest moment that readers are told of an issue and its articles, and the file that says it."""
    said = find_last_notice(issue) or issue.date
    articles = ((find_last_change(article, issue), article.file) for article in issue.articles)
    return max([(max(said, issue.date), f"issues/{issue.slug}/issue.md"), *articles], key=lambda found: found[0])


def is_ahead(issue: Contents, now: datetime) -> bool:
    """Whether readers would be told of a moment more than a day ahead: no time zone is that far away, it is a slip."""
    return find_latest_moment(issue)[0] > now + timedelta(days=1)


def count_mends(article: Article) -> Counter[Mended]:
    """Count how many of an article's corrections mend each part of it."""
    return Counter(what for correction in article.corrections for what in set(correction.mends))


def limit_text(article: Article) -> Article:
    """Return an article of which an excerpt may be shown at most."""
    allowed = "excerpt" if article.source.syndicate == "full" else article.source.syndicate
    return replace(article, source=replace(article.source, syndicate=allowed))


def withdraw_article(article: Article, withdrawal: Withdrawal) -> Article:
    """Reduce an article to what is left when it is withdrawn: its authors, place, date, id and address.

    Corrections that mend something stay, though no notice shows them: byline, date and address are still promised, and
    the corrections that answer for a change of them are counted.
    """
    return replace(
        article,
        dek="",
        summary="",
        content="",
        markdown="",
        image=None,
        enclosures=(),
        terms=None,
        note="",
        sponsor=None,
        corrections=tuple(one for one in article.corrections if one.mends),
        withdrawn=withdrawal,
    )


def withdraw_issue(issue: Issue, withdrawal: Withdrawal) -> Issue:
    """Reduce an issue to what is left when it is withdrawn: its title, sections, and the rest of their articles."""
    left = issue.change_articles(lambda one: withdraw_article(one, one.withdrawn or withdrawal), keep_intros=False)
    return replace(left, preheader="", intro="", sponsor=None, corrections=(), withdrawn=withdrawal)


def find_licence(article: Article) -> Licence:
    """Find the licence under which an article is shown: its own, else its source's; one without a name if none."""
    return licences.find_licence(article.license or article.source.license)


def find_republish_licence(article: Article, publication: Publication) -> licences.Licence | None:
    """Find the licence under which others may publish an article again: one of our own that has a page, or None.

    The article's own licence, else that of ``[republish]``. One that names a source, or has a publisher who asks for
    something, is our own when an editor has said so only. What has been withdrawn keeps it: whoever published it
    again has to be told.
    """
    is_own = article.confirmed_own or (article.own and not (article.source.title or article.terms))
    if not (is_own and has_own_page(article.source)):
        return None
    found = licences.find_licence(article.license or publication.republish.license)
    return found if found.may_republish else None


def name_source(article: Article, publication: Publication) -> Article:
    """Name an article's source where its own host stands in place of a name: as a source of dispatch.toml is named.

    Where none has that host, the source has no name, unless nobody else is named either. A name that a source of
    dispatch.toml has stays, whatever it looks like, and so does that of our own article.
    """
    source = article.source
    if article.own or source.key or not source.title or " " in source.title:
        return article
    host = _find_host(source.url or article.url)
    if source.title.lower().removeprefix("www.") != host or not host:
        return article
    hosts = ((one.title, {_find_host(one.url), _find_host(one.feed)}) for one in publication.sources)
    known = next((title for title, there in hosts if host in there and title), "")
    return replace(article, source=replace(source, title=known or ("" if article.authors else source.title)))


def _find_host(url: str) -> str:
    return links.parse_host(url).removeprefix("www.")


def resolve_source(source: Source, publication: Publication, *, is_own: bool) -> Source:
    """Complete a source with its entry in dispatch.toml, and with terms in any case.

    What the source says itself wins over its entry (found by key, else by address, else by title), and the entry over
    ``[syndicate]``.

    is_own: the article has no address elsewhere; if it names no source either, it is our own and may be shown in full.
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


def digest_former_bylines(authors: Sequence[Author], former: FormerNames, publication: Publication) -> frozenset[str]:
    """Digest the byline in each way in which it may have been published under the authors' former names."""
    ways = []
    for author in authors:
        known = former.get((author.name, author.url), ())
        pages = (author.url, "", *known) if known else (author.url,)
        ways.append([replace(author, name=name, url=page) for name in (author.name, *known) for page in pages])
    bylines = islice(product(*ways), _MOST_WAYS if former else 0)
    return frozenset(digest for byline in bylines for digest in identity.digest_authors(byline, publication))
