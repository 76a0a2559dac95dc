"""What the page asks to show inbox and issue."""

from collections.abc import Sequence
from itertools import chain, repeat

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from dispatch import compose, html
from dispatch.desk import fields, simulate
from dispatch.desk.entries import MOST_ROWS, read_content, show_byline
from dispatch.desk.workspace import Workspace
from dispatch.model import Article, Issue


class ReadingRoutes:
    """The routes that change nothing, for the application."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @property
    def routes(self) -> list[Route]:
        """The routes, by their paths."""
        return [
            Route("/inbox", self._list_inbox),
            Route("/inbox/rows", self._list_rows),
            Route("/inbox/{number:int}", self._show_entry),
            Route("/read/{look}/{number:int}", self._show_text),
            Route("/outline/{slug}", self._show_issue),
            Route("/read/{look}/{slug}/{key}", self._show_article_text),
        ]

    async def _list_inbox(self, request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self._workspace.inbox.list_numbers, request.query_params))

    async def _list_rows(self, request: Request) -> Response:
        asked = request.query_params.get("numbers", "").split(",")
        numbers = [int(one) for one in asked[:MOST_ROWS] if one.isdecimal() and len(one) < 16]
        return JSONResponse(await run_in_threadpool(self._workspace.inbox.list_rows, numbers))

    async def _show_entry(self, request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self._workspace.inbox.show_entry, request.path_params["number"]))

    async def _show_text(self, request: Request) -> Response:
        article = await run_in_threadpool(self._workspace.inbox.find_article, request.path_params["number"])
        return self._frame_article(article, request)

    async def _show_article_text(self, request: Request) -> Response:
        issue = await run_in_threadpool(self._workspace.load_issue, request.path_params["slug"])
        return self._frame_article(compose.find_article(issue, request.path_params["key"]), request)

    def _frame_article(self, article: Article, request: Request) -> Response:
        """The text of an article as a page for a frame, in which nothing runs."""
        look = frozenset(request.path_params["look"].split("+")) & simulate.VIEWS
        body = simulate.show_page(
            read_content(article), look, url=self._workspace.publication.url, here="/frame/light/", follows=False
        )
        language = article.language or self._workspace.publication.language
        page = simulate.write_page(article.title, body, simulate.find_scheme(look), language)
        return HTMLResponse(page, headers={"content-security-policy": simulate.make_policy(look)})

    async def _show_issue(self, request: Request) -> Response:
        slug = request.path_params["slug"]
        issue = await run_in_threadpool(self._workspace.load_issue, slug)
        whole, sections = await run_in_threadpool(self._workspace.read_introductions, slug)
        return JSONResponse(_show_outline(issue, whole, sections))


def _show_outline(issue: Issue, intro: str, intros: Sequence[str]) -> dict[str, object]:
    """Show sections and articles of an issue, with all that can be edited in place; introductions as Markdown."""
    return {
        "slug": issue.slug,
        "status": issue.status,
        "fields": fields.read_fields(issue, fields.ISSUE) | {"intro": intro},
        "sections": [
            {
                "fields": fields.read_fields(section, fields.SECTION) | {"intro": own},
                "articles": [_show_article(article) for article in section.articles],
            }
            for section, own in zip(issue.sections, chain(intros, repeat("")), strict=False)
        ],
    }


def _show_article(article: Article) -> dict[str, object]:
    return {
        "key": article.key,
        "file": article.file,
        "source": article.source.title,
        "link": article.url,
        "own": article.own,
        "withdrawn": bool(article.withdrawn),
        "day_certainty": article.date_certainty,
        "words_of_text": html.count_words(html.to_plain_text(article.content)),
        "fields": fields.read_fields(article, fields.ARTICLE),
        **show_byline(article),
    }
