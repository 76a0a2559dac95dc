"""Ask servers how large the files are that go with articles: RSS has no place for one whose size is not known."""

from collections.abc import Sequence
from dataclasses import replace

from dispatch import fetch, links
from dispatch.errors import GatherError
from dispatch.model import Article, Enclosure

_SECONDS = 10.0


def measure_files(
    articles: Sequence[Article], *, user_agent: str, allow_private: bool = False, seconds: float = _SECONDS
) -> list[Article]:
    """Return the articles with the size and media type of each file of theirs that its server tells.

    What is known already is not asked for, and no body is read. A file whose server says nothing, or is not there,
    stays as it is: nothing is raised.
    """
    client = fetch.Client(user_agent=user_agent, allow_private=allow_private, seconds=seconds)

    def measure(file: Enclosure) -> tuple[Enclosure, Enclosure]:
        try:
            answer = client.get(file.url, whole=False)
            answer.require_document()
        except GatherError:
            return file, file
        media_type = answer.document.media_type if "/" in answer.document.media_type else ""
        return file, replace(file, type=file.type or media_type, length=answer.length)

    files = dict.fromkeys(file for article in articles for file in article.enclosures if file.length is None)
    asked = [file for file in files if links.is_web_address(file.url)]
    known = dict(fetch.run_concurrently(asked, measure, host=lambda file: links.parse_host(file.url)))
    return [
        replace(article, enclosures=tuple(known.get(file, file) for file in article.enclosures)) for article in articles
    ]
