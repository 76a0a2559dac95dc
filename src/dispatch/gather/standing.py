"""Ask whether the pages behind “read more” are still the articles to which they are to lead."""

from collections.abc import Iterable
from typing import Final

from dispatch import fetch, links
from dispatch.errors import GatherError
from dispatch.gather import reading
from dispatch.model import Article, Document, Fault
from dispatch.readers import page, same_article

_MOST_TOGETHER: Final = 8  # pages in memory


def check_articles(
    articles: Iterable[Article], *, user_agent: str, allow_private: bool = False
) -> dict[str, Fault | None]:
    """Check whether each article's page answers, and as the article: None when it does, else why it does not.

    The reason of a page that is another by now is ``taken-over``, with its title as the detail. What is no page, or
    cannot be read, has answered. Several articles may share a page. Nothing is raised.
    """
    sharing: dict[str, list[Article]] = {}
    for article in articles:
        if links.is_web_address(article.url):
            sharing.setdefault(article.url, []).append(article)
    client = fetch.Client(user_agent=user_agent, allow_private=allow_private)

    def ask(url: str) -> tuple[str, Document | Fault | None]:
        try:
            return url, client.get(url).require_document()
        except GatherError as error:
            fault = error.faults[0]
            return url, None if fault.reason == "too-large" else fault

    answers = fetch.run_concurrently(list(sharing), ask, host=links.parse_host, most=_MOST_TOGETHER)
    found: dict[str, Fault | None] = {}
    with reading.ReadingProcess() as process:
        for url, answer in answers:
            found[url] = _find_other(sharing[url], answer, process) if isinstance(answer, Document) else answer
    return {url: found[url] for url in sharing}


def _find_other(articles: list[Article], document: Document, process: reading.ReadingProcess) -> Fault | None:
    """Find what a page is that is none of these articles; None when it is one, or nobody can tell."""
    if not page.accepts(document):
        return None
    try:
        (read,) = process.read_contents(document, "article").articles or (Article(),)
        if any(same_article.is_still_article(article, document, read) for article in articles):
            return None
    except GatherError:  # it has nothing to read, or too much
        return None
    return Fault(what=f"the page is “{read.title}” now", reason="taken-over", detail=read.title)
