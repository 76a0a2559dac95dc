"""Pages about an author or a source: they say who it is, and lead to all their posts where these are."""

from collections.abc import Iterator

from dispatch.checks.read_back import Rendition
from dispatch.checks.rules import make_finding
from dispatch.checks.text_lines import fold_spaces
from dispatch.model import Finding


def check_profile(part: Rendition) -> Iterator[Finding]:
    """What is missing on a page of that kind, outside the articles that it lists."""
    place = part.place
    if place is None or part.page is None:
        return
    own = [line for line in part.page.lines if not line.anchor]
    there = {link.url for line in own for link in line.links}
    text = {line.text for line in own}
    if author := place.author:
        if fold_spaces(author.name) not in {line.text for line in own if line.heading == 1}:
            yield make_finding("attribution.author", "page", name=author.name)
        if author.url and author.url not in there:
            yield make_finding("attribution.author-link", "page", name=author.name, wanted=author.url)
        if author.bio and fold_spaces(author.bio) not in text:
            yield make_finding("attribution.biography", "page", name=author.name, wanted=author.bio)
    if source := place.source:
        if fold_spaces(source.title) not in {line.text for line in own if line.heading == 1}:
            yield make_finding("attribution.source", "page", name=source.title)
        for url in filter(None, (source.url, source.feed)):
            if url not in there:
                yield make_finding("attribution.source", "page", name=source.title, wanted=url)
