"""What a page tells machines of itself: schema.org (JSON-LD 1.1) to search engines, OpenGraph (ogp.me) to other sites.

An article is credited to those who wrote it; whoever puts the issue together is its publisher, never its author.
"""

import json
from collections.abc import Iterator, Mapping

from markupsafe import Markup

from dispatch import derived, links
from dispatch.formats.page import PageContext
from dispatch.model import Article, Author, Image, Source
from dispatch.text import fold_text

Thing = Mapping[str, object]

# The picture of an issue that has none, and at the top of the public folder the publication's: see pictures/card.py.
CARD = "card.png"
CARD_WIDTH, CARD_HEIGHT = 1200, 630

# Within <script>, nothing may look like its end, like a comment or like a character reference (HTML, 4.12.1.3).
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def build_json_ld(page: PageContext) -> Markup:
    """Build the page's JSON-LD object; empty for a page about nothing, such as the search or a notice."""
    thing = _describe_page(page)
    if not thing:
        return Markup()
    thing = {"@context": "https://schema.org", **thing}
    text = json.dumps(links.encode_addresses(thing), ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_ESCAPES))  # noqa: S704 - nothing in it can end the element


def list_opengraph_properties(page: PageContext) -> Iterator[tuple[str, str]]:
    """List the OpenGraph properties in the order of the page's head; an author is named by their own page only."""
    article = page.article if page.kind == "article" else None
    kinds = {"issue": "article", "article": "article", "author": "profile"}
    yield "og:type", kinds.get(page.kind, "website")
    yield "og:site_name", page.publication.title
    yield "og:title", page.heading
    yield "og:description", page.description
    yield "og:url", links.encode_ascii(page.page_url)
    if page.language.territory:
        yield "og:locale", f"{page.language.code.partition('-')[0]}_{page.language.territory}"
    if image := _choose_shared_picture(page):
        yield "og:image", links.encode_ascii(image.url)
        if image.alt:
            yield "og:image:alt", image.alt
        sizes = {"width": image.width, "height": image.height}
        yield from ((f"og:image:{name}", str(size)) for name, size in sizes.items() if size)
    if page.kind in {"issue", "article"}:
        moment = article.published if article else page.issue.date
        yield from [("article:published_time", moment.isoformat())] if moment else []
    if article:
        yield from [("article:modified_time", article.updated.isoformat())] if article.updated else []
        yield from (("article:author", links.encode_ascii(author.url)) for author in article.authors if author.url)
        yield from (("article:tag", tag) for tag in article.tags)


def _describe_page(page: PageContext) -> Thing:
    if page.is_withdrawn:
        return {}
    match page.kind:
        case "article" if page.article:
            return _describe_article_page(page, page.article)
        case "issue":
            return _describe_issue_page(page)
        case "front":
            return _describe_front_page(page)
        case "author":
            return _describe_profile_page(page)
        case "source" | "section" | "tag" | "archive" | "year":
            return _describe_list_page(page)
    return {}


def _describe_article_page(page: PageContext, article: Article) -> Thing:
    """Describe an article's own page: it is based on the original, unless it was first published here."""
    here: dict[str, object] = {
        "@type": "NewsArticle",
        **_describe_article(page, article),
        "url": page.page_url,
        "mainEntityOfPage": page.page_url,
        "publisher": _describe_publisher(page),
    }
    if article.published:
        here["datePublished"] = article.published.isoformat()
    if changed := max(filter(None, [article.updated, *(one.date for one in article.corrections)]), default=None):
        here["dateModified"] = changed.isoformat()
    if article.image:
        here["image"] = article.image.url
    if article.tags:
        here["keywords"] = list(article.tags)
    licence = derived.find_licence(article)
    if licence.name:
        here["license"] = licence.url or licence.name
    return here


def _describe_article(page: PageContext, article: Article) -> dict[str, object]:
    """Describe an article wherever it is named: its headline, its authors, its language, its original."""
    said: dict[str, object] = {"headline": article.title}
    if article.authors:
        people = [_describe_author(author, article.source) for author in article.authors]
        said["author"] = people[0] if len(people) == 1 else people
    if article.language and article.language != page.language.code:
        said["inLanguage"] = article.language
    if not article.own:
        said["isBasedOn"] = article.url
    if article.source.title:
        said["sourceOrganization"] = _describe_source(article.source)
    return said


def _describe_issue_page(page: PageContext) -> Thing:
    return {
        **_describe_issue(page),
        "isPartOf": _describe_periodical(page),
        "publisher": _describe_publisher(page),
        "hasPart": [
            {"@type": "NewsArticle", "url": f"{page.page_url}#{article.key}", **_describe_article(page, article)}
            for article in page.issue.articles
            if not article.withdrawn
        ],
    }


def _describe_issue(page: PageContext) -> dict[str, object]:
    issue = page.issue
    number = {"issueNumber": issue.number} if issue.number else {}
    return {
        "@type": "PublicationIssue",
        "name": issue.title,
        "url": page.build_url(f"issues/{issue.slug}/"),
        "datePublished": issue.date.isoformat(),
        "inLanguage": page.language.code,
        **number,
    }


def _describe_front_page(page: PageContext) -> Thing:
    latest = {"hasPart": _describe_issue(page)} if page.issue.slug else {}
    about = {"description": page.publication.description} if page.publication.description else {}
    return {
        "@type": "WebSite",
        "name": page.publication.title,
        "url": page.build_url(""),
        "inLanguage": page.language.code,
        **about,
        "mainEntity": {**_describe_periodical(page), **latest},
    }


def _describe_profile_page(page: PageContext) -> Thing:
    author = page.site_page.author if page.site_page else None
    if author is None:
        return {}
    about = {"description": author.bio} if author.bio else {}
    picture = {"image": author.avatar} if author.avatar else {}
    return {
        "@type": "ProfilePage",
        "url": page.page_url,
        "mainEntity": {**_describe_author(author, Source()), **about, **picture},
        "isPartOf": _describe_periodical(page),
    }


def _describe_list_page(page: PageContext) -> Thing:
    source = page.site_page.source if page.site_page else None
    about = {"about": _describe_source(source)} if source else {}
    return {
        "@type": "CollectionPage",
        "name": page.heading,
        "url": page.page_url,
        **about,
        "isPartOf": _describe_periodical(page),
    }


def _describe_periodical(page: PageContext) -> dict[str, object]:
    return {"@type": "Periodical", "name": page.publication.title, "url": page.build_url("")}


def _describe_publisher(page: PageContext) -> Thing:
    logo = {"logo": page.publication.theme.logo} if page.publication.theme.logo else {}
    return {"@type": "Organization", "name": page.publication.title, "url": page.build_url(""), **logo}


def _describe_author(author: Author, source: Source) -> dict[str, object]:
    """Describe an author; a paper that signs its own articles is no person."""
    kind = "Organization" if fold_text(author.name) == fold_text(source.title) else "Person"
    return {"@type": kind, "name": author.name, **({"url": author.url} if author.url else {})}


def _describe_source(source: Source) -> Thing:
    return {"@type": "Organization", "name": source.title, **({"url": source.url} if source.url else {})}


def _choose_shared_picture(page: PageContext) -> Image | None:
    """Choose the picture that other sites show with a link to the page: one that it shows, else a card."""
    place = page.site_page
    if place and place.author and place.author.avatar:
        return Image(url=place.author.avatar, alt=place.author.name)
    shown = (article for article in page.issue.articles if not article.withdrawn)
    found = next((article.image for article in shown if article.image), None)
    if found or place is None or page.is_withdrawn:
        return found
    card = (
        f"issues/{page.issue.slug}/{CARD}" if page.kind in {"front", "issue", "article"} and page.issue.slug else CARD
    )
    title = page.issue.title if "/" in card else page.publication.title
    return Image(url=page.build_url(card), alt=title, width=CARD_WIDTH, height=CARD_HEIGHT)
