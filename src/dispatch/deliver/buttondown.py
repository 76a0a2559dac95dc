"""Buttondown, who keeps the list: a draft with our words, in its own frame and with its own way to leave.

After its published API (openapi.json of August 2026). An email that is made without a status is sent at once: so each
has one. Whether clicks and opens are counted is a setting of the newsletter there, and no matter of an email.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dispatch import fetch
from dispatch.deliver.handing_over import DraftState, ServiceDraft, ServiceMail, ask_service
from dispatch.errors import DeliveryError
from dispatch.model import Publication

_AS_WRITTEN = "<!-- buttondown-editor-mode: plaintext -->"  # Markdown, in which HTML stays as it is
_STATES: Mapping[str, DraftState] = {"draft": "draft", "scheduled": "scheduled"}
_MARK = "dispatch"  # our key in the metadata of an email
_RIGHTS = "The key must be allowed to manage emails, and to send them for --at and --test."


@dataclass(frozen=True, kw_only=True)
class Buttondown:
    """The newsletter of a key."""

    account: fetch.Account
    name = "buttondown"
    site = "https://buttondown.com/emails/"

    def find_draft(self, mail: ServiceMail, known: Sequence[str]) -> ServiceDraft | None:
        """Find the email of an issue: at one of the known addresses, else by our mark. Raises DeliveryError."""
        for id_ in (address.removeprefix(self.site) for address in known):
            if re.fullmatch(r"[\w-]{1,60}", id_, re.ASCII):
                found = self._request("GET", f"/emails/{id_}", may_miss=True)
                if found is not None and found.get("status") != "deleted":
                    return self._read_draft(found)
        page = self._request("GET", "/emails?ordering=-creation_date&excluded_fields=body") or {}
        results = page.get("results")
        for one in results if isinstance(results, list) else []:
            marks = one.get("metadata") if isinstance(one, Mapping) else None
            if isinstance(marks, Mapping) and marks.get(_MARK) == mail.tag and one.get("status") != "deleted":
                return self._read_draft(one)
        return None

    def write_draft(self, mail: ServiceMail, old: ServiceDraft | None, at: datetime | None) -> ServiceDraft:
        """Write the email, a new one or over the old one, and schedule it. Raises DeliveryError."""
        wanted = {
            "subject": mail.subject,
            "body": _AS_WRITTEN + mail.html,
            "description": mail.preheader,
            "status": "draft",
        }
        if old:
            made = self._request("PATCH", f"/emails/{old.id}", {**wanted, "publish_date": "none"})
        else:
            made = self._request("POST", "/emails", {**wanted, "metadata": {_MARK: mail.tag}})
        draft = self._read_draft(made)
        if at:
            moment = at.astimezone(UTC).isoformat()
            made = self._request("PATCH", f"/emails/{draft.id}", {"status": "scheduled", "publish_date": moment})
            draft = self._read_draft(made)
        return draft

    def request_test(self, mail: ServiceMail, draft: ServiceDraft, addresses: Sequence[str]) -> None:  # noqa: ARG002
        """Let it send the draft to some addresses. Raises DeliveryError."""
        self._request("POST", f"/emails/{draft.id}/send-draft", {"recipients": [*addresses]}, may_be_empty=True)

    def _read_draft(self, one: Mapping[str, object] | None) -> ServiceDraft:
        id_ = one.get("id") if one else None
        if not one or not isinstance(id_, str) or not re.fullmatch(r"[\w-]{1,60}", id_, re.ASCII):
            raise DeliveryError("does not answer as Buttondown does", address=self.account.url)
        return ServiceDraft(id=id_, address=self.site + id_, state=_STATES.get(str(one.get("status")), "begun"))

    def _request(
        self, method: str, path: str, payload: object = None, *, may_miss: bool = False, may_be_empty: bool = False
    ) -> Mapping[str, object] | None:
        """Ask its API; return the object that it answers. None: there is no such email."""
        missing = (404,) if may_miss else ()
        made = ask_service(
            self.account, method, path, payload, rights=_RIGHTS, may_miss=missing, may_be_empty=may_be_empty
        )
        return made if isinstance(made, Mapping) else None


def make_buttondown(publication: Publication, key: str, user_agent: str) -> Buttondown:
    """Make the Buttondown of a key of its API. Raises DeliveryError."""
    url = publication.delivery.buttondown.url.rstrip("/")
    if not re.fullmatch(r"[\x21-\x39\x3b-\x7e]+", key):  # no colon: that of listmonk is not for others
        hint = "Put a key of its API into the environment: DISPATCH_SERVICE_KEY"
        raise DeliveryError("wants a key", address=url, hint=hint)
    return Buttondown(account=fetch.Account(url=url, authorization=f"Token {key}", user_agent=user_agent))
