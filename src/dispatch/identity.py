"""One answer to "is it ours" and "is it the same": asked by every stage, decided here. Pure."""

from dispatch.model import Publication


def is_ours(url: str, publication: Publication) -> bool:
    """Whether an article with this address was first published here: it has none, or one within the publication's."""
    return not url or url.startswith(f"{publication.url}/")
