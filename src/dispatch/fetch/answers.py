"""What was answered: documents, refusals, and what the headers of an answer say, believed within bounds only."""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPMessage
from typing import Annotated, Final

from dispatch.errors import GatherError
from dispatch.model import Document, Place

MOST_BYTES: Final = 15 * 1024 * 1024
MOST_WAIT: Final = 24 * 60 * 60

# What OpenSSL (x509_vfy.h, X509_V_ERR_...), Windows (winerror.h, CERT_E_...) and macOS (SecBase.h, errSec...) say of a
# certificate, and what helps: of one whose issuer is not known, of one out of its time, of one for another name.
_UNTRUSTED: Final = (
    (
        {2, 18, 19, 20, 21, 0x800B0109, 0x800B010A, 0x800B0112, -67843, -25318},
        "If your office or virus scanner reads what is encrypted, add its certificate to those of the system, or set "
        "SSL_CERT_FILE to a file with it and all others.",
    ),
    (
        {9, 10, 0x800B0101, -67818, -67819},
        "See whether the date of this machine is right; if it is, tell whoever runs the site.",
    ),
    (
        {62, 63, 64, 0x800B010F, -67602},
        "It belongs to another host: check the address, with and without “www.”, and tell whoever runs the site.",
    ),
)
_VALIDATOR = re.compile(r"[\x20-\x7e\x80-\xff]{1,1000}")
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said, after redirects."""

    status: int
    reason: str
    document: Annotated[Document, "its body is empty unless the status is 200"]
    etag: Annotated[str, "the validator (RFC 9110, section 8.8.3)"] = ""
    modified: Annotated[str, "Last-Modified, as it stood"] = ""
    wait: Annotated[int, "seconds not to ask again: Retry-After, else Cache-Control's max-age; at most a day"] = 0
    moved_to: Annotated[str, "where it is from now on, when nothing but permanent redirects led there"] = ""
    date: Annotated[str, "the server's clock, as it stood in Date"] = ""
    length: Annotated[int | None, "the size of the file in bytes; None when it is packed, or not said"] = None

    @property
    def is_unchanged(self) -> bool:
        """Whether the document is as it was when the validators were given."""
        return self.status == 304

    def require_document(self) -> Document:
        """Return the document. Raises GatherError when the answer is anything else."""
        if self.status == 200:
            return self.document
        gone = self.status == 410
        raise GatherError(
            f"the server answered {self.status} {self.reason}".strip(),
            address=self.document.name,
            reason="http-status",
            detail=str(self.status),
            hint="It is gone for good." if gone else "Check the address, or save the page and add the file with --url.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was answered to a form."""

    status: int
    reason: str
    words: Annotated[str, "the first line of the body, at most 200 characters"] = ""
    wait: Annotated[int, "for how many seconds not to ask again: Retry-After"] = 0
    hops: Annotated[int, "how often it was redirected before"] = 0

    @property
    def is_accepted(self) -> bool:
        """Whether the form was accepted."""
        return 200 <= self.status < 300

    @property
    def is_temporary(self) -> bool:
        """Whether another try may help: too many at once, or a fault of the server (RFC 9110, 15.6; RFC 6585, 4)."""
        return self.status == 429 or self.status >= 500


@contextmanager
def explain_fetch_errors(address: str, seconds: float) -> Iterator[None]:
    """Raise whatever goes wrong as a GatherError about the address."""
    try:
        yield
    except GatherError as error:
        raise error.within(Place(address=address)) from error
    except TimeoutError as error:
        raise GatherError(
            f"no complete answer within {seconds:g} seconds", address=address, hint="Try again later.", reason="timeout"
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise GatherError(
            f"its certificate cannot be trusted: {error.verify_message}",
            address=address,
            hint=next((hint for codes, hint in _UNTRUSTED if error.verify_code in codes), ""),
            reason="bad-certificate",
            detail=error.verify_message,
        ) from error
    except HTTPException as error:
        raise GatherError(
            f"the server's answer is not HTTP: {f'{error!s:.200}' or type(error).__name__}",
            address=address,
            reason="not-http",
        ) from error
    except OSError as error:
        raise GatherError(
            error.strerror or str(error) or type(error).__name__,
            address=address,
            hint="Try again later.",
            reason="network",
            detail=error.strerror or "",
        ) from error
    except ValueError as error:
        raise GatherError(f"{error!s:.200}" or type(error).__name__, address=address, reason="bad-address") from error


def refuse_too_large(size: int) -> None:
    """Raise GatherError when a document is larger than any honest one."""
    if size > MOST_BYTES:
        raise GatherError(
            "this is larger than 15 MiB",
            hint="Is it the right address? If so, save the part that you need, and add that file.",
            reason="too-large",
        )


def parse_content_type(headers: HTTPMessage) -> tuple[str, str]:
    """Parse the media type, lower case and without parameters, and the charset; empty when not given."""
    declared = headers.get("content-type", "")[:1000]
    charset = _CHARSET.search(declared)
    return declared.partition(";")[0].strip().lower(), charset[1].lower() if charset else ""


def find_wait_seconds(headers: HTTPMessage) -> int:
    """Return how many seconds to wait before asking again: Retry-After, else the time it stays fresh; at most a day."""
    return min(parse_retry_after(headers) or _parse_max_age(headers), MOST_WAIT)


def clean_validator(value: str) -> str:
    """Return an ETag or a date if it can be sent back unchanged, else an empty text."""
    value = value.strip()
    return value if _VALIDATOR.fullmatch(value) else ""


def decode_header(header: str) -> str:
    """Decode a header's value as UTF-8, which is what servers mean by bytes beyond ASCII."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def parse_retry_after(headers: HTTPMessage) -> int:
    """Parse Retry-After into seconds (RFC 9110, section 10.2.3); a date counts from the server's own clock."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        return int(value)
    try:
        return max(int((parsedate_to_datetime(value) - parsedate_to_datetime(headers["date"])).total_seconds()), 0)
    except (TypeError, ValueError, OverflowError):
        return 0


def parse_length(headers: HTTPMessage) -> int | None:
    """Parse how long a file is (RFC 9110, section 8.6); None when that is not said, or it is packed for the way."""
    value = headers.get("content-length", "").strip()
    is_plain = headers.get("content-encoding", "identity").strip().lower() == "identity"
    return int(value) if is_plain and re.fullmatch(r"[1-9]\d{0,14}", value, re.ASCII) else None


def _parse_max_age(headers: HTTPMessage) -> int:
    """Compute how long the answer stays fresh (RFC 9111, section 4.2): max-age, less its age in caches."""
    said = ",".join(headers.get_all("cache-control", []))[:1000].lower()
    age = headers.get("age", "").strip()
    found = re.search(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", said)
    if not found or "no-cache" in said or "no-store" in said:
        return 0
    return max(int(found[1]) - (int(age) if re.fullmatch(r"\d{1,9}", age) else 0), 0)
