"""What a mail service posts of the mails that it has sent: taken when it is proven, answered when it is written down.

The address has a secret; Amazon's SNS has a signature besides, and posts of many people's topics: only those that are
named in the settings are believed, and before that nothing is fetched. Mailgun's signature is of a random text alone:
each counts once.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dispatch.bounces import SERVICES, mailgun, sns
from dispatch.errors import DeliveryError, DispatchError
from dispatch.model import DeliveryReport
from dispatch.tokens import sign_text

MOST_BYTES: Final = 256 * 1024
_MOST_CERTIFICATES: Final = 10
_MOST_PROOFS: Final = 100_000  # of a day; the oldest are forgotten first


@dataclass(frozen=True, kw_only=True)
class ServiceReports:
    """Takes the posts of mail services."""

    keys: Annotated[Sequence[bytes], "the publication's secret keys"]
    topics: Annotated[Sequence[str], "the topics of SNS that are believed"]
    fetch: Annotated[Callable[[str], bytes], "fetches an address of Amazon's, led nowhere else; raises DispatchError"]
    take: Annotated[Callable[[Sequence[DeliveryReport], datetime], None], "records reports; raises DispatchError"]
    now: Annotated[Callable[[], datetime], "the clock"]
    warn: Annotated[Callable[[str], None], "told what the operator should know"]
    mailgun_key: Annotated[str, "with which Mailgun signs; empty when nobody has told"] = field(default="", repr=False)
    _certificates: dict[str, bytes] = field(default_factory=dict)
    _proofs: dict[str, object] = field(default_factory=dict)

    async def answer(self, request: Request, path: str) -> Response:
        """Answer a request below ``subscription/reports/``: 200 only when what it brought is on the disk."""
        service, _, secret = path.partition("/")
        if service not in SERVICES or not hmac.compare_digest(
            make_secret(service, self.keys).encode(), secret.removesuffix("/").encode()
        ):
            return PlainTextResponse("There is nothing here.\n", 404)
        if request.method != "POST":
            return PlainTextResponse("Only POST is answered here.\n", 405, {"allow": "POST"})
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                return PlainTextResponse("It is too large.\n", 413, {"connection": "close"})
        try:
            status = await run_in_threadpool(self._take_post, service, bytes(body))
        except DispatchError as error:
            self.warn(str(error))
            status = 503
        return PlainTextResponse("Thank you.\n" if status == 200 else "It is not taken.\n", status)

    def _take_post(self, service: str, body: bytes) -> int:
        """Take what was posted, and return the status of the answer. Raises DispatchError when it is to come again."""
        if service == "ses":
            notice = sns.parse_notice(body)
            if notice is None:
                return 400
            if sns.get_text(notice, "TopicArn") not in self.topics or not self._is_proven(notice):
                return 403
            if confirmation := sns.find_confirmation_url(notice):
                self.fetch(confirmation)
                return 200
        now, proof = self.now(), ""
        if service == "mailgun":
            if not self.mailgun_key:
                raise DeliveryError("is missing, and Mailgun posts reports", address="DISPATCH_MAILGUN_KEY")
            proof = mailgun.find_proof(body, self.mailgun_key, now)
            if not proof:
                return 403
            mark = object()
            if self._proofs.setdefault(proof, mark) is not mark:
                return 200  # it was taken
            if len(self._proofs) > _MOST_PROOFS:
                self._proofs.pop(next(iter(self._proofs)), None)
        try:
            self.take(SERVICES[service](body, now), now)
        except DispatchError:
            self._proofs.pop(proof, None)  # it comes again
            raise
        return 200

    def _is_proven(self, notice: sns.Notice) -> bool:
        url = sns.find_certificate_url(notice)
        if not url:
            return False
        if url not in self._certificates:
            if len(self._certificates) >= _MOST_CERTIFICATES:
                self._certificates.clear()
            self._certificates[url] = self.fetch(url)
        return sns.is_signed(notice, self._certificates[url])


def make_secret(service: str, keys: Sequence[bytes]) -> str:
    """Make the secret in the address to which a service posts: the same as long as the store is the same."""
    return sign_text(service, "reports", keys)
