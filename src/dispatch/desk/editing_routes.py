"""What the page sends to change inbox and issues, and to publish. Every change is a POST (see the guard)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dispatch import compose
from dispatch.desk.answers import Form, read_form, show_fault
from dispatch.desk.editing import Editing, Outcome
from dispatch.desk.fields import EditTarget
from dispatch.desk.publishing import Publisher
from dispatch.desk.workspace import Workspace
from dispatch.errors import IssueError
from dispatch.model import Issue, Publication
from dispatch.publish import SiteUpdate
from dispatch.smtp import Submission


class EditingRoutes:
    """The routes of inbox and issue, for the application."""

    def __init__(
        self,
        workspace: Workspace,
        root: Path,
        now: Callable[[], datetime],
        find_server: Callable[[Publication], Submission],
    ) -> None:
        editing = Editing(root, workspace, now)
        self._workspace = workspace
        self._editing = editing
        self._publisher = Publisher(root=root, workspace=workspace, editing=editing, now=now, find_server=find_server)
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
            Route("/send/{slug}", self._send_test, methods=["POST"]),
            Route("/plan/{slug}", self._plan_publishing),
            Route("/publish/{slug}", self._publish, methods=["POST"]),
            Route("/test/{slug}", self._send_to_testers, methods=["POST"]),
            Route("/do/{action}", self._do, methods=["POST"]),
        ]

    async def _plan_publishing(self, request: Request) -> Response:
        plan = await run_in_threadpool(self._publisher.plan_issue, request.path_params["slug"])
        doubts = [show_fault(self._root, fault) for fault in plan.doubts]
        told = {"doubts": doubts, "readers": plan.readers, "sends": plan.sends, "testers": list(plan.testers)}
        return JSONResponse({**self._show_update(plan.update), **told})

    async def _publish(self, request: Request) -> Response:
        update = await run_in_threadpool(self._publisher.publish_issue, request.path_params["slug"])
        return JSONResponse(self._show_update(update))

    async def _send_to_testers(self, request: Request) -> Response:
        """Send what readers would get to those who test it, by the server of [delivery]."""
        replies = await run_in_threadpool(self._publisher.send_to_testers, request.path_params["slug"])
        return JSONResponse([{"to": to, "taken": one.is_accepted, "reply": one.reply} for to, one in replies])

    def _show_update(self, update: SiteUpdate) -> dict[str, object]:
        """Show what publishing did, or would do."""
        return {
            "stopped": update.stopped,
            "errors": sum(one.severity == "error" for one in update.findings),
            "warnings": sum(one.severity == "warning" for one in update.findings),
            "changes": [{"path": change.path, "what": change.effect} for change in update.changes],
            "count": update.count,
            "folder": update.folder.name,
            "faults": [show_fault(self._root, fault) for fault in update.faults],
        }

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
        target = EditTarget(**form.choose_texts("key", "section"))
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
