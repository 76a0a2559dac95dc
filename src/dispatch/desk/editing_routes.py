"""What the page asks and sends to show and change inbox and issues. Every change is a POST (see the guard)."""

from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from dispatch import compose, html
from dispatch.desk import fields, simulate
from dispatch.desk.answers import Form, read_form, show_fault
from dispatch.desk.editing import Editing, Outcome
from dispatch.desk.entries import MOST_ROWS, read_content, show_byline
from dispatch.desk.workspace import Workspace
from dispatch.errors import IssueError
from dispatch.model import Article, Issue


class EditingRoutes:
    """The routes of inbox and issue, for the application."""

    def __init__(self, workspace: Workspace, editing: Editing, root: Path) -> None:
        self._workspace = workspace
        self._editing = editing
        self._root = root
        self._actions: Mapping[str, Callable[[Form], Outcome]] = {
            "dismiss": lambda form: editing.set_dismissed(form.get_numbers("numbers"), is_dismissed=True),
            "restore": lambda form: editing.set_dismissed(form.get_numbers("numbers"), is_dismissed=False),
            "add": self._add_entries,
            "undo": lambda _: editing.take_back(),
            "edit": self._edit,
            "move": self._move,
            "remove": self._remove_article,
            "credit": self._credit,
            "section": self._change_section,
            "create": lambda form: editing.create_issue(form.get_text("title")),
        }

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
            Route("/send/{slug}", self._send_test, methods=["POST"]),
            Route("/do/{action}", self._do, methods=["POST"]),
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
        issue = await run_in_threadpool(self._workspace.load_issue, request.path_params["slug"])
        return JSONResponse(_show_outline(issue))

    async def _do(self, request: Request) -> Response:
        """Make a change; answered with what was done, and what of it was not."""
        action = self._actions.get(request.path_params["action"])
        if action is None:
            raise IssueError("there is nothing of that name to do", address=request.path_params["action"])
        form = await read_form(request)
        done = await run_in_threadpool(action, form)
        faults = [show_fault(self._root, fault) for fault in done.faults]
        return JSONResponse({"kind": done.kind, "count": done.count, "keys": list(done.keys), "faults": faults})

    async def _send_test(self, request: Request) -> Response:
        """Send a test message; asked by the page alone (see the guard)."""
        to = (await read_form(request)).get_text("to").strip()
        if not to:
            raise IssueError("Write an address to send it to.")
        taken = await run_in_threadpool(self._workspace.send_test, request.path_params["slug"], to)
        return JSONResponse({"taken": taken})

    def _add_entries(self, form: Form) -> Outcome:
        return self._editing.add_entries(
            form.get_text("issue"),
            form.get_numbers("numbers"),
            section=form.get_text("section"),
            note=form.get_text("note"),
        )

    def _edit(self, form: Form) -> Outcome:
        target = form.choose_texts("key", "section")
        name, was, text = form.get_text("field"), form.get_text("was"), form.get_text("text")
        return self._editing.edit_field(form.get_text("issue"), target, name, was=was, text=text)

    def _move(self, form: Form) -> Outcome:
        key, section, before = form.get_text("key"), form.get_text("section"), form.get_text("before")
        return self._editing.change_issue(
            form.get_text("issue"),
            "moved",
            lambda issue, _: compose.move_article(issue, key, section=section, before=before),
        )

    def _remove_article(self, form: Form) -> Outcome:
        key = form.get_text("key")
        return self._editing.change_issue(
            form.get_text("issue"), "removed", lambda issue, _: compose.remove_article(issue, key)
        )

    def _credit(self, form: Form) -> Outcome:
        """Say who wrote an article: those of a choice, counted from 1; else those whom it names now."""
        choice = form.get_text("choice")
        if choice and not (choice.isdecimal() and int(choice[:9]) > 0):
            raise IssueError("is no choice", address=choice)

        def credit(issue: Issue) -> Issue:
            article = compose.find_article(issue, form.get_text("key"))
            if not (choice or article.authors):
                raise IssueError("nobody is named", subject=article.file, hint="Write who wrote it.")
            publication = self._workspace.publication
            settled = compose.settle_credit(article, article.authors, choice=int(choice or 0), publication=publication)
            return compose.replace_article(issue, settled)

        return self._editing.change_issue(form.get_text("issue"), "credited", lambda issue, _: credit(issue))

    def _change_section(self, form: Form) -> Outcome:
        """Add, move or remove a section."""
        title, before, into = form.get_text("title"), form.get_text("before"), form.get_text("into")
        changes: Mapping[str, Callable[[Issue], Issue]] = {
            "add": lambda issue: compose.add_section(issue, title.strip(), before=before),
            "move": lambda issue: compose.move_section(issue, title, before=before),
            "remove": lambda issue: compose.remove_section(issue, title, into=into),
        }
        change = changes.get(form.get_text("how"))
        if change is None or (form.get_text("how") == "add" and not title.strip()):
            raise IssueError("a section needs a title")
        return self._editing.change_issue(form.get_text("issue"), "edited", lambda issue, _: change(issue))


def _show_outline(issue: Issue) -> dict[str, object]:
    """Show sections and articles of an issue, with all that can be edited in place."""
    return {
        "slug": issue.slug,
        "status": issue.status,
        "fields": fields.read_fields(issue, fields.ISSUE),
        "sections": [
            {
                "fields": fields.read_fields(section, fields.SECTION),
                "articles": [_show_article(article) for article in section.articles],
            }
            for section in issue.sections
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
