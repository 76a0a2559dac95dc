"""The pages on which readers sign up, confirm and leave (ASGI), beside the public folder or alone.

A GET writes nothing, but for one that brings the cookie of the sign-up which it confirms: programs that open every link
of a mail have no such cookie. Whoever leaves is answered at once, whatever is known of them. Each answer is the same for
an address that is known and for one that is not.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Protocol
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dispatch.errors import DeliveryError, DispatchError, RenderError
from dispatch.formats.form_page import FormPage, render_form_page
from dispatch.formats.site_files import render_style_sheet
from dispatch.formats.subscription_pages import TRAP, SubscriptionPages
from dispatch.model import Link, Publication, Subscriber
from dispatch.serve import media
from dispatch.serve.forms import FormError, NetworkLimit, find_client, is_foreign, read_form
from dispatch.serve.paths import parse_target
from dispatch.tokens import Purpose, is_signed, sign_text

COOKIE = "__Host-subscription"
PACE = 0.3  # seconds that an answer takes at least which must not tell what is known
_SOON, _LATE = timedelta(seconds=2), timedelta(days=1)  # within which a person sends the form
_REMEMBERED = timedelta(hours=1)  # how long a browser is known as the one that signed up
_NONCE = 16, 64  # hexadecimal digits

_HEADERS = {
    **media.SAFE,
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
    "content-security-policy": "default-src 'none'; img-src 'self' https:; style-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
}


class SubscriptionStore(Protocol):
    """The subscribers, for one thread, as these pages use them."""

    def sign_up(self, email: str, now: datetime, *, words: str, how: str) -> bytes: ...
    def find_reader(self, token: str, purpose: Purpose, now: datetime) -> Subscriber | None: ...
    def find_confirmable(self, token: str, now: datetime) -> str: ...
    def confirm(self, token: str, now: datetime, *, latest: Link | None, ip: str) -> Subscriber | None: ...
    def leave(self, token: str, now: datetime) -> Subscriber | None: ...
    def can_return(self, reader: Subscriber, now: datetime) -> bool: ...
    def undo_leaving(self, token: str, now: datetime) -> bool: ...
    def send_links(self, email: str, now: datetime) -> None: ...
    def change(self, reader: Subscriber, now: datetime, *, name: str, language: str, email: str) -> bool: ...
    def describe(self, reader: Subscriber) -> dict[str, object]: ...
    def erase(self, reader: Subscriber, now: datetime) -> None: ...
