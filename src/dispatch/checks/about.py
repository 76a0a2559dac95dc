"""Pages about an author or a source: they say who it is, and lead to all their posts where these are."""

from collections.abc import Iterator

from dispatch.checks.byline import Said
from dispatch.checks.parts import Part
from dispatch.checks.passage import fold
from dispatch.checks.rules import short


def judge(part: Part) -> Iterator[Said]:
    """What is missing on a page of that kind, outside the articles that it lists."""
    place = part.place
    if place is None or part.page is None:
        return
    own = [line for line in part.page.lines if not line.anchor]
    there = {link.url for line in own for link in line.links}
    text = {line.text for line in own}
    if author := place.author:
        name = fold(author.name)
        if name not in {line.text for line in own if line.heading == 1}:
            yield "attribution.author", f"The page about {short(name)} is not called so"
        if author.url and author.url not in there:
            yield "attribution.author-link", f"The page about {short(name)} does not lead to {short(author.url)}"
        if author.bio and fold(author.bio) not in text:
            yield "attribution.biography", f"The page about {short(name)} is without what is known of them"
    if source := place.source:
        if fold(source.title) not in {line.text for line in own if line.heading == 1}:
            yield "attribution.source", f"The page about {short(source.title)} is not called so"
        for url in filter(None, (source.url, source.feed)):
            if url not in there:
                yield "attribution.source", f"The page about {short(source.title)} does not lead to {short(url)}"
