"""listmonk's API as its sources have it (6.2: campaigns.go, templates.go, auth.go, core, queries).

What it checks, in its order and with its words; what it stores; what it keeps of a campaign that is written again.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from api_server import Answer, Asked

Campaign = dict[str, Any]
RIGHTS = frozenset({"campaigns:get", "campaigns:manage", "campaigns:send", "templates:get", "templates:manage"})
_EDITABLE = ("draft", "paused", "scheduled")
_FROM = re.compile(r"((.+?)\s)?<(.+?)@(.+?)>")
_WITH_CONTENT = re.compile(r'{{(\s+)?template\s+?"content"(\s+)?\.(\s+)?}}')
_DEFAULT = '<body>{{ template "content" . }}<p>Powered by listmonk</p>{{ TrackView }}</body>'


class RefusedError(Exception):
    """What listmonk calls an HTTPError."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.answer: Answer = (status, {"message": message})


@dataclass
class Listmonk:
    """Its tables."""

    now: datetime = datetime(2026, 11, 28, tzinfo=UTC)
    token: str = "dispatch:s3cret"
    rights: frozenset[str] = RIGHTS
    lists: dict[int, str] = field(default_factory=lambda: {1: "The Wire", 2: "Press"})
    subscribers: set[str] = field(default_factory=lambda: {"desk@wire.example"})
    templates: list[dict[str, Any]] = field(
        default_factory=lambda: [{"id": 1, "name": "Default", "type": "campaign", "body": _DEFAULT}]
    )
    campaigns: dict[int, Campaign] = field(default_factory=dict)
    tests: list[tuple[list[str], Campaign]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers = count(1)

    def __call__(self, asked: Asked) -> Answer:
        try:
            self._let_in(asked)
            return 200, {"data": self._answer(asked)}
        except RefusedError as error:
            return error.answer

    def _let_in(self, asked: Asked) -> None:
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        if scheme != "token":
            raise RefusedError(403, "invalid session")
        if token != self.token:
            raise RefusedError(403, "invalid API credentials")

    def _require(self, right: str) -> None:
        if right not in self.rights:
            raise RefusedError(403, f"permission denied: {right}")

    def _answer(self, asked: Asked) -> object:
        parts = urlsplit(asked.path)
        query, payload = parse_qs(parts.query), asked.payload if isinstance(asked.payload, dict) else {}
        match asked.method, parts.path.strip("/").split("/")[1:]:
            case "GET", ["templates"]:
                self._require("templates:get")
                return self.templates
            case "POST", ["templates"]:
                self._require("templates:manage")
                if not _WITH_CONTENT.search(payload["body"]):
                    raise RefusedError(400, "The template must contain the placeholder")
                self.templates.append({"id": len(self.templates) + 1, **payload})
                return self.templates[-1]
            case "GET", ["campaigns"]:
                self._require("campaigns:get")
                found = [one for one in self.campaigns.values() if set(query.get("tag", [])) <= set(one["tags"])]
                return {"results": [self._show(one, query) for one in found], "total": len(found)}
            case "GET", ["campaigns", number]:
                self._require("campaigns:get")
                return self._show(self._find(number), query)
            case "POST", ["campaigns"]:
                self._require("campaigns:manage")
                return self._write({}, self._validate({"messenger": "email", "status": "draft", **payload}))
            case "PUT", ["campaigns", number]:
                self._require("campaigns:manage")
                old = self._find(number)
                if old["status"] not in _EDITABLE:
                    raise RefusedError(400, "Cannot update a running or a finished campaign.")
                new = {**old, **payload}
                new["status"] = "draft" if old["status"] == "scheduled" and not new.get("send_at") else old["status"]
                return self._write(old, self._validate(new))
            case "PUT", ["campaigns", number, "status"]:
                self._require("campaigns:send")
                return self._change_status(self._find(number), payload["status"])
            case "POST", ["campaigns", number, "test"]:
                self._require("campaigns:manage")
                wanted = self._validate(payload)
                if not payload.get("subscribers"):
                    raise RefusedError(400, "There are no subscribers to target.")
                known = [one for one in map(str.lower, payload["subscribers"]) if one in self.subscribers]
                if not known:
                    raise RefusedError(400, "No known subscribers to test.")
                self.tests.append((known, {**self._find(number), **wanted}))
                return True
        raise RefusedError(404, "Not Found")

    def _find(self, number: str) -> Campaign:
        if int(number) not in self.campaigns:
            raise RefusedError(400, "Campaign not found")
        return self.campaigns[int(number)]

    def _validate(self, wanted: Campaign) -> Campaign:
        if wanted.get("from_email") and not _FROM.search(wanted["from_email"]) and "@" not in wanted["from_email"]:
            raise RefusedError(400, "Invalid `from_email`.")
        if not 1 <= len(wanted.get("name", "").encode()) <= 2000:
            raise RefusedError(400, "Invalid length for name.")
        if not 1 <= len(wanted.get("subject", "").encode()) <= 5000:
            raise RefusedError(400, "Invalid length for subject.")
        if wanted.get("send_at") and datetime.fromisoformat(wanted["send_at"]) < self.now:
            raise RefusedError(400, "Scheduled date should be in the future.")
        if not wanted.get("lists"):
            raise RefusedError(400, "Invalid list IDs.")
        if wanted.get("messenger") != "email":
            raise RefusedError(400, f"Unknown messenger {wanted.get('messenger', '')}.")
        if wanted.get("content_type") not in ("html", "plain", "visual", "markdown"):
            wanted = {**wanted, "content_type": "richtext"}
        return wanted

    def _write(self, old: Campaign, new: Campaign) -> Campaign:
        number = old.get("id") or next(self._numbers)
        asked = [one["id"] if isinstance(one, dict) else one for one in new["lists"]]
        # A list that there is not is left out in silence: INSERT ... SELECT FROM lists WHERE id = ANY(...).
        lists = [{"id": one, "name": self.lists[one]} for one in asked if one in self.lists]
        if "template_id" not in new:
            new = {**new, "template_id": 1}
        self.campaigns[number] = {**new, "id": number, "lists": lists}
        return self.campaigns[number]

    def _change_status(self, one: Campaign, status: str) -> Campaign:
        if status == "scheduled" and one["status"] not in ("draft", "paused"):
            raise RefusedError(400, "Only draft or paused campaigns can be scheduled.")
        if status == "scheduled" and not one.get("send_at"):
            raise RefusedError(400, "Campaign needs a date to be scheduled.")
        one["status"] = status
        return one

    def _show(self, one: Campaign, query: dict[str, list[str]]) -> Campaign:
        return {**one, "body": ""} if query.get("no_body") == ["true"] else one
