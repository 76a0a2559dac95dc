"""Buttondown's API as its openapi.json has it (August 2026): emails, with what it takes and how it refuses."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from api_server import Answer, Asked

Email = dict[str, Any]
# additionalProperties is false: of what dispatch sends, these are known.
_NEW = {"subject", "body", "description", "status", "metadata", "publish_date"}


@dataclass
class Buttondown:
    """Its emails."""

    now: datetime = datetime(2026, 11, 28, tzinfo=UTC)
    key: str = "b1-s3cret"
    emails: dict[str, Email] = field(default_factory=dict)
    tests: list[tuple[list[str], Email]] = field(default_factory=list)
    confirmed: bool = True

    def __call__(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Token {self.key}":
            return 401, {"code": "unauthorized", "detail": "Invalid token."}
        payload = asked.payload if isinstance(asked.payload, dict) else {}
        parts = asked.path.partition("?")[0].strip("/").split("/")[1:]
        match asked.method, parts:
            case "GET", ["emails"]:
                found = [{key: one[key] for key in one if key != "body"} for one in reversed(self.emails.values())]
                return 200, {"results": found, "count": len(found)}
            case "POST", ["emails"]:
                if wrong := self._find_fault(payload, {"status": "about_to_send"} | payload):
                    return wrong
                made = {"id": f"em_{len(self.emails) + 1:026}", "metadata": {}, "status": "about_to_send", **payload}
                self.emails[made["id"]] = made
                return 201, made
            case _, ["emails", id_, *_] if id_ not in self.emails:
                return 404, {"detail": "Not Found"}
            case "GET", ["emails", id_]:
                return 200, self.emails[id_]
            case "PATCH", ["emails", id_]:
                if self.emails[id_]["status"] not in ("draft", "scheduled"):
                    return 400, {"code": "status_invalid", "detail": "This email has been sent."}
                if wrong := self._find_fault(payload, self.emails[id_] | payload):
                    return wrong
                date = {"publish_date": None} if payload.get("publish_date") == "none" else {}
                self.emails[id_] |= payload | date
                return 200, self.emails[id_]
            case "POST", ["emails", id_, "send-draft"]:
                if not all(re.fullmatch(r"[^@\s]+@[^@\s]+", one) for one in payload["recipients"]):
                    return 400, {"code": "email_invalid", "detail": "That is no address."}
                self.tests.append((payload["recipients"], dict(self.emails[id_])))
                return 200, None
        return 404, {"detail": "Not Found"}

    def _find_fault(self, payload: Email, made: Email) -> Answer | None:
        if unknown := payload.keys() - _NEW:
            return 422, {"detail": [{"loc": ["body", *unknown], "msg": "Extra inputs are not permitted"}]}
        if made.get("body", "").startswith("---"):
            return 400, {"code": "body_contains_frontmatter", "detail": "The body contains frontmatter."}
        if not made.get("subject"):
            return 400, {"code": "subject_invalid", "detail": "An email needs a subject."}
        date = made.get("publish_date")
        if made["status"] == "scheduled" and not date:
            return 400, {"code": "publish_date_missing", "detail": "A scheduled email needs a date."}
        if date and date != "none" and datetime.fromisoformat(date) < self.now:
            return 400, {"code": "publish_date_invalid", "detail": "The date is past."}
        return None
