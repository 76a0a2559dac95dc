"""The pages on which readers sign up, confirm and leave (ASGI), beside the public folder or alone.

A GET writes nothing, but for one that brings the cookie of the sign-up which it confirms: programs that open every link
of a mail have no such cookie. Each answer is the same for an address that is known and for one that is not.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dispatch.derived import find_subscription_pages
from dispatch.errors import DeliveryError, DispatchError
from dispatch.formats.site_files import render_style_sheet
from dispatch.formats.subscription_pages import SubscriptionPages
from dispatch.model import Link, Publication
from dispatch.serve import media
from dispatch.serve.forms import FormError, NetworkLimit, find_client, is_foreign, read_form
from dispatch.serve.paths import parse_target
from dispatch.serve.service_reports import ServiceReports
from dispatch.serve.subscription_answers import COOKIE, FormVisit, SubscriptionAnswers
from dispatch.subscribers.store import take_reports
from dispatch.subscribers.subscriptions import Subscriptions, load_keys, open_subscriptions
from dispatch.tokens import sign_text

PACE = 0.3  # seconds that an answer takes at least from which nobody may learn what is known
_NONCE = 16, 64  # hexadecimal digits
_HEADERS = {
    **media.SAFE,
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
    "content-security-policy": "default-src 'none'; img-src 'self' https:; style-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
}


@dataclass(frozen=True, kw_only=True)
class SubscriptionSite:
    """The application."""

    answers: SubscriptionAnswers
    open_store: Annotated[Callable[[], AbstractContextManager[Subscriptions]], "for one thread"]
    now: Annotated[Callable[[], datetime], "the clock"]
    site: Annotated[ASGIApp | None, "what else is on this host; None for nothing"] = None
    pace: float = PACE
    reports: Annotated[ServiceReports | None, "what mail services post; None when nobody takes it"] = None

    @cached_property
    def _prefix(self) -> str:
        return self.answers.pages.path.removeprefix("/")

    @cached_property
    def _style(self) -> bytes:
        return render_style_sheet(self.answers.pages.publication)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, under the headers that every answer here has."""
        path = parse_target(scope["raw_path"]) or ""
        if f"{path}/" == self._prefix:
            answer: Response = RedirectResponse(f"/{self._prefix}", 308)
        elif path.startswith(self._prefix):
            answer = await self._respond(Request(scope, receive), path.removeprefix(self._prefix))
        elif self.site:
            await self.site(scope, receive, send)
            return
        else:
            answer = PlainTextResponse("There is nothing here.\n", 404)
        for name, value in _HEADERS.items():
            answer.headers.setdefault(name, value)
        await answer(scope, receive, send)

    async def _respond(self, request: Request, path: str) -> Response:
        if self.reports and path.startswith("reports/"):
            return await self.reports.answer(request, path.removeprefix("reports/"))
        if request.method not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("Only GET, HEAD and POST are answered here.\n", 405, {"allow": "GET, HEAD, POST"})
        begun, loop = asyncio.get_running_loop().time(), asyncio.get_running_loop()
        try:
            visit = await self._read_visit(request)
            answer = await run_in_threadpool(self._route, path, request.query_params.get("nonce", ""), visit)
        except FormError as error:
            return PlainTextResponse("This is no form of ours.\n", error.status, {"connection": "close"})
        except DispatchError as error:
            self.answers.warn(str(error))
            return PlainTextResponse("This cannot be done now. Please try again later.\n", 503)
        if visit.form is not None and path in ("", "preferences/ask"):
            await asyncio.sleep(self.pace - (loop.time() - begun))
        return answer

    async def _read_visit(self, request: Request) -> FormVisit:
        """Read what was sent. Raises FormError."""
        settings = self.answers.pages.publication.subscribe
        origin = urlsplit(self.answers.pages.address)
        purpose = request.headers.get("sec-purpose", "") + request.headers.get("purpose", "")
        return FormVisit(
            form=await read_form(request) if request.method == "POST" else None,
            now=self.now(),
            client=find_client(request, settings.proxies),
            cookie=request.cookies.get(COOKIE, ""),
            is_foreign=is_foreign(request, f"{origin.scheme}://{origin.netloc}"),
            is_idle=request.method == "HEAD" or "prefetch" in purpose,
        )

    def _route(self, path: str, nonce: str, visit: FormVisit) -> Response:
        """Find the answer for a path below ``subscription/``."""
        name, _, token = path.partition("/")
        token, answers, pages = token.removesuffix("/"), self.answers, self.answers.pages
        with self.open_store() as store:
            match name, token:
                case "", "":
                    return answers.answer_sign_up(store, visit)
                case "confirm", str(token) if token:
                    return answers.answer_confirmation(store, token, visit)
                case "leave", str(token) if token:
                    return answers.answer_leave(store, token, visit)
                case ("leave" | "preferences", "") | ("preferences", "ask"):
                    return answers.answer_find(store, visit)
                case "preferences", _:
                    return answers.answer_settings(store, token, visit)
        match name, token:
            case "sent", "":
                return answers.render_answer(pages.show_sent(), visit)
            case "found", "":
                return answers.render_answer(pages.show_found(), visit)
            case "welcome", "":
                return answers.render_answer(pages.show_welcome(answers.find_latest()), visit)
            case "style.css", "":
                return Response(self._style, media_type=media.TYPES["css"], headers={"cache-control": media.REVALIDATE})
            case "here", "" if _NONCE[0] <= len(nonce) <= _NONCE[1] and not nonce.strip("0123456789abcdef"):
                return PlainTextResponse(f"{sign_text(nonce, 'here', answers.keys)}\n")
        return PlainTextResponse("There is nothing here.\n", 404)


def build_subscription_site(
    publication: Publication,
    site: ASGIApp | None,
    *,
    now: Callable[[], datetime],
    warn: Callable[[str], None],
    find_latest: Callable[[], Link | None],
    fetch: Callable[[str], bytes] | None = None,
    mailgun_key: str = "",
    limit: NetworkLimit | None = None,
    pace: float = PACE,
) -> SubscriptionSite:
    """Put the pages of a publication's subscriptions before what else is on the host.

    now: the clock. warn: told what the operator should know. find_latest: finds the newest issue.
    fetch: fetches an address and is led nowhere else; without it no reports of mail services are taken.
    mailgun_key: with which Mailgun signs them. Raises DeliveryError when readers have nothing to agree to, or nobody
    writes to them.
    """
    address = find_subscription_pages(publication)
    if not address:
        hint = 'Write what readers agree to: consent = "I want The Wire by mail, about weekly."'
        raise DeliveryError("[subscribe] has no consent", subject="dispatch.toml", hint=hint)
    if not publication.email.sender:
        hint = 'Write it as from = "The Wire <desk@wire.example>"'
        raise DeliveryError("[email] has no from", subject="dispatch.toml", hint=hint)
    keys = load_keys(publication)
    answers = SubscriptionAnswers(
        pages=SubscriptionPages(publication, address),
        keys=keys,
        limit=limit or NetworkLimit(),
        warn=warn,
        find_latest=find_latest,
    )
    reports = (
        ServiceReports(
            keys=keys,
            topics=publication.delivery.topics,
            fetch=fetch,
            take=lambda found, moment: take_reports(publication, found, moment),
            now=now,
            warn=warn,
            mailgun_key=mailgun_key,
        )
        if fetch
        else None
    )
    return SubscriptionSite(
        answers=answers,
        open_store=lambda: open_subscriptions(publication, keys),
        now=now,
        site=site,
        pace=pace,
        reports=reports,
    )
