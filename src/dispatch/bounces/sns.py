"""Read what Amazon SNS posts, and prove that it is from there: its JSON, its addresses, its signature. Pure."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Final

from dispatch import public_keys

# docs.aws.amazon.com/sns, "Verifying the signatures of Amazon SNS messages": which fields are signed, in this order.
_SIGNED: Final = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
_DIGESTS: Final = {"1": "sha1", "2": "sha256"}
_OWN: Final = re.compile(r"https://sns\.[a-z]{2}-[a-z-]{3,20}-\d\.amazonaws\.com(?:\.cn)?/[\x21-\x7e]{1,1000}")
_CERTIFICATE: Final = re.compile(r"/SimpleNotificationService-[0-9a-f]{1,64}\.pem\Z")


Notice = Mapping[str, object]


def parse_object(body: bytes) -> Mapping[str, object] | None:
    """Parse a JSON object; None when it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def parse_notice(body: bytes) -> Notice | None:
    """Parse what SNS posts; None when it is nothing of the kind."""
    notice = parse_object(body)
    return notice if notice and get_text(notice, "Type") in _SIGNED else None


def find_certificate_url(notice: Notice) -> str:
    """Find where the certificate is that proves a notice; empty when that is not Amazon's own host."""
    url = get_text(notice, "SigningCertURL")
    return url if _OWN.fullmatch(url) and _CERTIFICATE.search(url) else ""


def find_confirmation_url(notice: Notice) -> str:
    """Find the address that says yes to a subscription; empty when this asks for none, or not on Amazon's own host."""
    url = get_text(notice, "SubscribeURL")
    return url if get_text(notice, "Type") == "SubscriptionConfirmation" and _OWN.fullmatch(url) else ""


def is_signed(notice: Notice, certificate: bytes) -> bool:
    """Whether the key of a certificate (PEM) has signed a notice: some topic of Amazon's sent it, not yet which."""
    digest, fields = _DIGESTS.get(get_text(notice, "SignatureVersion")), _SIGNED.get(get_text(notice, "Type"), ())
    text = "".join(f"{name}\n{get_text(notice, name)}\n" for name in fields if name in notice)
    try:
        signature = base64.b64decode(get_text(notice, "Signature"), validate=True)
        key = public_keys.read_certificate(certificate)
    except (binascii.Error, ValueError):
        return False
    return digest is not None and key.has_signed(text.encode(), signature, digest)


def get_text(data: Mapping[str, object], name: str) -> str:
    """Get a text of foreign data; empty when it is none."""
    value = data.get(name)
    return value if isinstance(value, str) else ""


def get_table(data: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Get an object of foreign data; an empty one when it is none."""
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def get_list(data: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    """Get the objects of a list in foreign data."""
    value = data.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
