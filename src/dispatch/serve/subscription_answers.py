"""What the pages of a subscription answer: the rules of signing up, confirming and leaving, over one visit."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from starlette.responses import RedirectResponse, Response

from dispatch.formats.form_page import FormPage, render_form_page
from dispatch.formats.subscription_pages import TRAP, SubscriptionPages
from dispatch.language import list_language_names
from dispatch.mail_addresses import find_ascii_form, parse_mailbox
from dispatch.model import Link, Subscriber
from dispatch.serve import media
from dispatch.serve.forms import NetworkLimit
from dispatch.subscribers.subscriptions import Subscriptions
from dispatch.tokens import is_signed, read_token, sign_text

COOKIE = "__Host-subscription"
_SOON, _LATE = timedelta(seconds=2), timedelta(days=1)  # within which a person sends the form
_REMEMBERED = timedelta(hours=1)  # how long a browser is known as the one that signed up
_MOST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FormVisit:
    """What a browser, or a program, has sent."""

    form: Annotated[Mapping[str, str] | None, "what was posted; None for a page that is only looked at"]
    now: datetime
    client: Annotated[str, "the network address; empty when nobody knows"] = ""
    cookie: str = ""
    is_foreign: Annotated[bool, "whether the form stands on another host's page"] = False
    is_idle: Annotated[bool, "HEAD, or fetched before anybody has asked for it"] = False


@dataclass(frozen=True, kw_only=True)
class SubscriptionAnswers:
    """The answers of one publication's pages."""

    pages: SubscriptionPages
    keys: Annotated[tuple[bytes, ...], "of tokens, forms and cookies, the oldest first"]
    limit: NetworkLimit
    warn: Annotated[Callable[[str], None], "told what the operator should know"]
    find_latest: Annotated[Callable[[], Link | None], "the newest issue"]

    def answer_sign_up(self, store: Subscriptions, visit: FormVisit) -> Response:
        """Show the form, or send a confirmation: the answer is the same whatever is known of the address."""
        if visit.form is None:
            return self.render_answer(self.pages.show_form(self._write_proof(visit.now)), visit)
        written = visit.form.get("email", "").strip()
        if visit.is_foreign or not self._is_by_person(visit.form, visit.now):
            return self.render_answer(
                self.pages.show_form(self._write_proof(visit.now), written, note="once_more"), visit
            )
        if not is_reachable(written):
            shown = self.pages.show_form(self._write_proof(visit.now), written, note="no_address")
            return self.render_answer(shown, visit, 422)
        key = None
        if self.limit.allows(visit.client, visit.now):
            settings = self.pages.publication.subscribe
            key = store.sign_up(written, visit.now, words=settings.consent, page=self.pages.address)
        if key is None:
            return self._refuse_more(visit)
        answer = RedirectResponse(f"{self.pages.path}sent/", 303)
        value = self._sign(f"{key.hex()}.{int((visit.now + _REMEMBERED).timestamp())}", "cookie")
        most = int(_REMEMBERED.total_seconds())
        answer.set_cookie(COOKIE, value, max_age=most, path="/", secure=True, httponly=True, samesite="lax")
        return answer

    def answer_confirmation(self, store: Subscriptions, token: str, visit: FormVisit) -> Response:
        """Confirm in the browser that signed up, or by the button."""
        found = store.find_confirmable(token, visit.now)
        if found is None:
            return self.render_answer(self.pages.show_expired(), visit)
        if visit.form is None and not self._has_signed_up(token, visit):
            return self.render_answer(self.pages.show_confirm(found.address, is_new=found.is_new), visit)
        ip = visit.client if self.pages.publication.subscribe.keep_ip else ""
        reader = store.confirm(token, visit.now, latest=self.find_latest(), ip=ip)
        if reader is None:
            return self.render_answer(self.pages.show_expired(), visit)
        if found.is_new:
            return self.render_answer(self.pages.show_moved(found.address), visit)
        return RedirectResponse(f"{self.pages.path}welcome/", 303)

    def answer_leave(self, store: Subscriptions, token: str, visit: FormVisit) -> Response:
        """Ask, or let somebody leave; whoever is not known has left."""
        if visit.form is None:
            reader = store.find_reader(token, "leave", visit.now)
        elif "undo" in visit.form:
            if store.undo_leaving(token, visit.now):
                return self.render_answer(self.pages.show_welcome(None), visit)
            reader = store.find_reader(token, "leave", visit.now)
        else:
            reader = store.leave(token, visit.now)
        if reader and reader.state in ("active", "pending"):
            return self.render_answer(self.pages.show_leave(reader), visit)
        can_return = reader is not None and store.can_return(reader, visit.now)
        return self.render_answer(self.pages.show_left(can_return=can_return), visit)

    def answer_find(self, store: Subscriptions, visit: FormVisit) -> Response:
        """Ask for an address, or mail it the links to its subscription: the answer is the same for every address."""
        if visit.form is None:
            return self.render_answer(self.pages.show_find(), visit)
        written = visit.form.get("email", "").strip()
        if visit.form.get(TRAP) or not is_reachable(written):
            return self.render_answer(self.pages.show_find(written, note="no_address"), visit, 422)
        if not self.limit.allows(visit.client, visit.now) or not store.send_links(written, visit.now):
            return self._refuse_more(visit)
        return RedirectResponse(f"{self.pages.path}found/", 303)

    def answer_settings(self, store: Subscriptions, token: str, visit: FormVisit) -> Response:
        """Show somebody what is known of them, change it, give it out, or erase it."""
        reader, form = store.find_reader(token, "preferences", visit.now), visit.form or {}
        if reader is None:
            return self.render_answer(self.pages.show_expired(), visit)
        if "data" in form:
            body = json.dumps(store.describe(reader), ensure_ascii=False, indent=2)
            name = {"content-disposition": "attachment; filename=subscription.json"}
            return Response(body, headers=name, media_type="application/json")
        if "erase" in form:
            return self.render_answer(self.pages.show_erase(), visit)
        if "erase_all" in form:
            store.erase(reader, visit.now)
            return self.render_answer(self.pages.show_erased(), visit)
        note = self._change(store, reader, form, visit.now) if "save" in form else ""
        reader = store.find_reader(token, "preferences", visit.now) or reader
        leave = f"{self.pages.path}leave/{store.mail.write_leave_token(reader)}"
        return self.render_answer(self.pages.show_settings(reader, leave, note=note), visit)

    def render_answer(self, page: FormPage, visit: FormVisit, status: int = 200) -> Response:
        """Show a page."""
        style = f"{self.pages.path}style.css"
        body = render_form_page(page, self.pages.publication, visit.now, style_sheet=style)
        return Response(body, status, media_type=media.HTML)

    def _change(self, store: Subscriptions, reader: Subscriber, form: Mapping[str, str], now: datetime) -> str:
        """Change what somebody wants changed; return the key of what is said about it."""
        address, language = form.get("email", "").strip(), form.get("language", "")
        if not is_reachable(address):
            return "no_address"
        known = language if language in dict(list_language_names()) else ""
        waits = store.change(reader, now, name=form.get("name", "")[:_MOST_NAME], language=known, email=address)
        return "move_sent" if waits else "saved"

    def _refuse_more(self, visit: FormVisit) -> Response:
        self.warn(f"too many ask for mail; the last from {visit.client or 'an unknown address'}")
        return self.render_answer(self.pages.show_later(), visit, 429)

    def _write_proof(self, now: datetime) -> str:
        """Write what a form sends back, so that it is known when it was fetched."""
        return self._sign(str(int(now.timestamp())), "form")

    def _is_by_person(self, form: Mapping[str, str], now: datetime) -> bool:
        """Whether a form was fetched here, a while ago, and only what people see is filled in."""
        fetched = self._read_signed(form.get("proof", ""), "form")
        if not fetched or form.get(TRAP):
            return False
        return _SOON <= now - datetime.fromtimestamp(int(fetched), UTC) <= _LATE

    def _has_signed_up(self, token: str, visit: FormVisit) -> bool:
        """Whether this is the browser whose sign-up is to be confirmed."""
        key, _, expires = self._read_signed(visit.cookie, "cookie").partition(".")
        read = read_token(token, "confirm", self.keys, visit.now)
        is_fresh = bool(key) and visit.now < datetime.fromtimestamp(int(expires), UTC)
        return is_fresh and not visit.is_idle and read is not None and not read.about and read.subscriber.hex() == key

    def _sign(self, text: str, purpose: str) -> str:
        return f"{text}.{sign_text(text, purpose, self.keys)}"

    def _read_signed(self, written: str, purpose: str) -> str:
        text, _, signature = written.rpartition(".")
        return text if is_signed(text, signature, purpose, self.keys) else ""


def is_reachable(address: str) -> bool:
    """Whether mail can be sent to an address by every server."""
    try:
        return bool(find_ascii_form(parse_mailbox(address)))
    except ValueError:
        return False
