"""listmonk, who keeps the list: a draft campaign with our words, whole, and nothing of its own around them.

After its sources, version 6.2: cmd/campaigns.go, cmd/templates.go, internal/auth/auth.go, models/campaigns.go. It
counts opens and clicks where a template asks for it, and has no switch for a campaign: so a campaign gets a template
that holds the content and nothing else.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dispatch import fetch
from dispatch.deliver.handing_over import DraftState, ServiceDraft, ServiceMail, ask_service
from dispatch.errors import DeliveryError
from dispatch.model import Publication

_TEMPLATE = '{{ template "content" . }}'
_BARE = re.compile(r'\s*+\{\{\s*+template\s++"content"\s++\.\s*+\}\}\s*+')
_STATES: Mapping[str, DraftState] = {"draft": "draft", "scheduled": "scheduled"}
_RIGHTS = "The user needs campaigns:get, campaigns:manage and templates:get, its lists, and for --at campaigns:send."


@dataclass(frozen=True, kw_only=True)
class Listmonk:
    """The lists of a listmonk."""

    account: fetch.Account
    lists: tuple[int, ...]
    name = "listmonk"

    @property
    def site(self) -> str:
        """What the addresses of its campaigns begin with."""
        return f"{self.account.url}/admin/campaigns/"

    def find_draft(self, mail: ServiceMail, known: Sequence[str]) -> ServiceDraft | None:
        """Find the campaign of an issue: at one of the known addresses, else by our tag. Raises DeliveryError."""
        for number in (address.removeprefix(self.site) for address in known):
            if re.fullmatch(r"\d{1,18}", number, re.ASCII):
                found = self._request_data("GET", f"/campaigns/{number}?no_body=true", may_miss=True)
                if found is not None:
                    return self._read_draft(found)
        found = self._request_data("GET", f"/campaigns?tag={mail.tag}&no_body=true")
        drafts = [self._read_draft(one) for one in _list_items(found)]
        # One may have been copied there: what has begun says that the issue went out.
        return min(drafts, key=lambda one: one.state != "begun", default=None)

    def write_draft(self, mail: ServiceMail, old: ServiceDraft | None, at: datetime | None) -> ServiceDraft:
        """Write the campaign, a new one or over the old one, and schedule it. Raises DeliveryError."""
        wanted = {
            **self.describe_campaign(mail, old),
            "send_at": at.astimezone(UTC).isoformat() if at else None,
            "template_id": self._find_template(),
        }
        if old:
            made = self._request_data("PUT", f"/campaigns/{old.id}", wanted)
        else:
            made = self._request_data("POST", "/campaigns", {**wanted, "type": "regular"})
        draft = self._read_draft(made)
        self._require_kept(wanted, made, draft)
        if at:
            draft = self._read_draft(
                self._request_data("PUT", f"/campaigns/{draft.id}/status", {"status": "scheduled"})
            )
        return draft

    def request_test(self, mail: ServiceMail, draft: ServiceDraft, addresses: Sequence[str]) -> None:
        """Let it send the campaign to addresses that are subscribers there. Raises DeliveryError."""
        payload = {**self.describe_campaign(mail, draft), "subscribers": [*addresses], "send_at": None}
        hint = f"In listmonk, whoever gets a test must be a subscriber. The draft is there: {draft.address}"
        self._request_data("POST", f"/campaigns/{draft.id}/test", payload, hint=hint)

    def describe_campaign(self, mail: ServiceMail, old: ServiceDraft | None) -> dict[str, object]:
        """Describe a campaign as its API takes it."""
        return {
            "name": mail.title,
            "subject": mail.subject,
            "from_email": mail.sender,
            "content_type": "html",
            "body": mail.html,
            "altbody": mail.plain_text,
            "messenger": "email",
            "lists": [*self.lists],
            "headers": [{name: value} for name, value in mail.headers.items()],
            "tags": [*dict.fromkeys((*(old.tags if old else ()), mail.tag))],
        }

    def _find_template(self) -> int:
        """Find the template that has the content and nothing else, or make it."""
        for one in _list_items({"results": self._request_data("GET", "/templates")}):
            if one.get("type") == "campaign" and _BARE.fullmatch(str(one.get("body"))):
                return _read_number(one)
        made = self._request_data("POST", "/templates", {"name": "dispatch", "type": "campaign", "body": _TEMPLATE})
        return _read_number(made)

    def _require_kept(self, wanted: Mapping[str, object], made: object, draft: ServiceDraft) -> None:
        """Require that the campaign is as it was handed over. Raises DeliveryError."""
        kept = made if isinstance(made, Mapping) else {}
        lists = {_read_number(one) for one in _list_items({"results": kept.get("lists")})}
        if missing := [one for one in self.lists if one not in lists]:
            what = f"has no list {', '.join(map(str, missing))}, or its user may not use it"
            hint = "Correct [delivery.listmonk] lists: the number of a list is in the address of its page there."
            raise DeliveryError(what, address=self.account.url, hint=hint)
        for key in ("subject", "body", "altbody", "template_id", "content_type"):
            if kept.get(key) != wanted[key]:
                hint = "Something between here and there rewrites it, or this listmonk is too old. Do not send it."
                raise DeliveryError(f"has kept another {key} than it was given", address=draft.address, hint=hint)

    def _read_draft(self, one: object) -> ServiceDraft:
        number = _read_number(one)
        found = one if isinstance(one, Mapping) else {}
        tags = found.get("tags")
        return ServiceDraft(
            id=str(number),
            address=f"{self.site}{number}",
            state=_STATES.get(str(found.get("status")), "begun"),
            tags=tuple(map(str, tags)) if isinstance(tags, list) else (),
        )

    def _request_data(
        self, method: str, path: str, payload: object = None, *, may_miss: bool = False, hint: str = ""
    ) -> object:
        """Ask its API; return what it calls data. None: there is no such campaign, which it calls a bad request."""
        missing = (400, 404) if may_miss else ()
        reply = ask_service(self.account, method, f"/api{path}", payload, rights=_RIGHTS, may_miss=missing, hint=hint)
        if reply is None:
            return None
        if not isinstance(reply, Mapping) or "data" not in reply:
            hint = "Is [delivery.listmonk] url where listmonk is?"
            raise DeliveryError("does not answer as listmonk does", address=self.account.url, hint=hint)
        return reply["data"]


def make_listmonk(publication: Publication, key: str, user_agent: str) -> Listmonk:
    """Make the listmonk of a publication; key: a user of its API and its token, with a colon between.

    Raises DeliveryError.
    """
    settings = publication.delivery.listmonk
    if settings is None:
        hint = 'Write [delivery.listmonk] with url = "https://lists.wire.example" and lists = [1].'
        raise DeliveryError("does not say where listmonk is", subject="dispatch.toml", hint=hint)
    if not re.fullmatch(r"[^:\s]+:[\x21-\x7e]+", key):
        hint = "Put an API user of listmonk and its token into the environment: DISPATCH_SERVICE_KEY=user:token"
        raise DeliveryError("wants a key", address=settings.url, hint=hint)
    url = settings.url.rstrip("/")
    return Listmonk(
        account=fetch.Account(url=url, authorization=f"token {key}", user_agent=user_agent), lists=settings.lists
    )


def _list_items(page: object) -> list[Mapping[str, object]]:
    results = page.get("results") if isinstance(page, Mapping) else None
    return [one for one in results if isinstance(one, Mapping)] if isinstance(results, list) else []


def _read_number(one: object) -> int:
    """Read the number of what it has made. Raises DeliveryError."""
    number = one.get("id") if isinstance(one, Mapping) else None
    if not isinstance(number, int):
        raise DeliveryError("names no number of what it was asked for", address="listmonk")
    return number
