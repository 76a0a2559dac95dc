"""Finished editions altered by hand: one thing at a time, as a broken template or a mail service would."""

import json
import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from xml.etree import ElementTree

from dispatch.model import Half

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
ATOM = "{http://www.w3.org/2005/Atom}"
BODIES = {CONTENT, f"{ATOM}content", "content_html"}

Edit = Callable[[str], str]
# The halves of a message by their media types; an edition that is none has none.
HALVES: dict[str, Half] = {"": "", "text/plain": "text", "text/html": "html"}


def altered(format: str, body: bytes, edit: Edit, *, elements: Edit | None = None, half: str = "") -> bytes:  # noqa: A002
    """The edition with its HTML and text edited, and with ``elements`` the other values of a feed's entries.

    ``half`` is the media type of the one half of a message that is edited; without it, both are.
    """
    if format == "json":
        return json.dumps(_json(json.loads(body), edit, elements)).encode()
    if format in {"rss", "atom"}:
        return _xml(body, edit, elements)
    if format == "eml":
        return _message(body, edit, half)
    return edit(body.decode()).encode()


def _json(feed: dict[str, object], edit: Edit, elements: Edit | None) -> object:
    def of(value: object, key: str) -> object:
        if isinstance(value, dict):
            return {key: of(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [of(inner, key) for inner in value]
        if key == "content_html":
            return edit(str(value))
        return elements(value) if elements and isinstance(value, str) else value

    return {key: of(value, key) if key == "items" else value for key, value in feed.items()}


def _xml(body: bytes, edit: Edit, elements: Edit | None) -> bytes:
    root = ElementTree.fromstring(body)
    for entry in [*root.iter("item"), *root.iter(f"{ATOM}entry")]:
        for node in entry.iter():
            if node.tag in BODIES:
                node.text = edit(node.text or "")
            elif elements:
                node.text = elements(node.text or "")
                for name, value in node.attrib.items():
                    node.set(name, elements(value))
    return ElementTree.tostring(root, encoding="utf-8")


def _message(body: bytes, edit: Edit, half: str) -> bytes:
    message = message_from_bytes(body, policy=policy.SMTP.clone(max_line_length=998))
    assert isinstance(message, EmailMessage)
    for part in message.iter_parts():
        assert isinstance(part, EmailMessage)
        if not half or part.get_content_type() == half:
            text = edit(part.get_content())
            part.set_content(text, subtype=part.get_content_subtype(), charset="utf-8", cte="base64")
    return message.as_bytes()


def swap(old: str, new: str, count: int = -1) -> Edit:
    """An edit: text replaced by text, as it stands in plain text or escaped in HTML."""

    def edit(text: str) -> str:
        for form in dict.fromkeys((escape(old, quote=True), escape(old, quote=False), old)):
            if form in text:
                return text.replace(form, escape(new) if form != old else new, count)
        return text

    return edit


def last(old: str, new: str) -> Edit:
    """An edit: the last occurrence only."""

    def edit(text: str) -> str:
        for form in (escape(old, quote=True), old):
            if form in text:
                head, _, tail = text.rpartition(form)
                return head + new + tail
        return text

    return edit


def without(pattern: str) -> Edit:
    """An edit: the first match of a regular expression taken out."""
    return lambda text: re.sub(pattern, "", text, count=1, flags=re.DOTALL)
