"""What other sites show of a link to a page: OpenGraph (ogp.me)."""

from collections.abc import Iterator

from dispatch.formats.page import Page
from dispatch.model import Image


def properties(page: Page) -> Iterator[tuple[str, str]]:
    """Each property with its value, in the order of the page's head; an author is named by their own page only."""
    article = page.article
    kinds = {"issue": "article", "article": "article", "author": "profile"}
    yield "og:type", kinds.get(page.kind, "website")
    yield "og:site_name", page.publication.title
    yield "og:title", page.heading
    yield "og:description", page.description
    yield "og:url", page.page
    if page.language.territory:
        yield "og:locale", f"{page.language.code.partition('-')[0]}_{page.language.territory}"
    if image := _picture(page):
        yield "og:image", image.url
        if image.alt:
            yield "og:image:alt", image.alt
        sizes = {"width": image.width, "height": image.height}
        yield from ((f"og:image:{name}", str(size)) for name, size in sizes.items() if size)
    if page.kind in {"issue", "article"}:
        moment = article.published if article else page.issue.date
        yield from [("article:published_time", moment.isoformat())] if moment else []
    if article:
        yield from [("article:modified_time", article.updated.isoformat())] if article.updated else []
        yield from (("article:author", author.url) for author in article.authors if author.url)
        yield from (("article:tag", tag) for tag in article.tags)


def _picture(page: Page) -> Image | None:
    """The picture for other sites that show a link to the page."""
    place = page.site_page
    if place and place.author and place.author.avatar:
        return Image(url=place.author.avatar, alt=place.author.name)
    shown = (article for article in page.issue.articles if not article.withdrawn)
    return next((article.image for article in shown if article.image), None)
