"""What mail services post: proven, from a topic that is ours, written down once; whatever else comes touches nobody."""

import base64
import hmac
import json
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import bounces, public_keys, tokens
from dispatch.bounces import sns
from dispatch.serve.service_reports import MOST_BYTES, make_secret
from dispatch.subscribers.database import DATABASE
from dispatch.subscribers.subscriptions import load_keys
from rsa_keys import make_key
from signing_up import BEGIN, MAILGUN_KEY, Signing, signing

ANN = "ann@paper.example"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:wire"
CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
CONFIRM = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37"
KEY = make_key()

# As docs.aws.amazon.com/ses/latest/dg/notification-examples.html has them, with an own header among those of the mail.
BOUNCE = {
    "notificationType": "Bounce",
    "bounce": {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [
            {
                "emailAddress": ANN,
                "status": "5.1.1",
                "action": "failed",
                "diagnosticCode": "smtp; 550 5.1.1 User unknown",
            }
        ],
    },
}


def write_event(token: str, event: Mapping[str, object]) -> str:
    headers = [{"name": "From", "value": "desk@wire.example"}, {"name": "X-Dispatch", "value": token}]
    return json.dumps({**event, "mail": {"messageId": "0100", "headersTruncated": False, "headers": headers}})


def write_notice(message: str, *, version: str = "2", **fields: str) -> dict[str, str]:
    """As SNS posts it, signed."""
    notice = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Subject": "Amazon SES Email Event Notification",
        "Message": message,
        "Timestamp": "2026-11-28T12:00:00.000Z",
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE,
        **fields,
    }
    signed = (
        ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
        if "Token" in notice
        else ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
    )
    text = "".join(f"{name}\n{notice[name]}\n" for name in signed if name in notice)
    digest = {"1": "sha1", "2": "sha256"}[version]
    return {**notice, "Signature": base64.b64encode(KEY.sign(text.encode(), digest)).decode()}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Signing]:
    with signing(tmp_path / "wire", settings=f'[delivery]\ntopics = ["{TOPIC}"]') as desk:
        desk.confirm(ANN)
        desk.elsewhere = {CERTIFICATE: KEY.certificate, CONFIRM: b"<ConfirmSubscriptionResponse/>"}
        yield desk


def make_token(desk: Signing) -> str:
    with DATABASE.open_connection(desk.publication.root) as file:
        (key,) = file.execute("SELECT key FROM subscriber").fetchone()
    return tokens.write_mailbox_token(
        tokens.ReaderToken(subscriber=key, about=1), "bounce", load_keys(desk.publication)
    )


def post(desk: Signing, body: object, service: str = "ses", secret: str = "") -> int:
    path = f"/subscription/reports/{service}/{secret or make_secret(service, load_keys(desk.publication))}"
    octets = body if isinstance(body, bytes) else json.dumps(body).encode()
    return desk.ask(path, "POST", octets, content_type="text/plain; charset=UTF-8").status


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_bounce_that_ses_reports_suppresses(desk: Signing, version: str) -> None:
    notice = write_notice(write_event(make_token(desk), BOUNCE), version=version)
    assert post(desk, notice) == 200
    assert desk.state(ANN) == "suppressed"
    assert post(desk, notice) == 200  # SNS may post it twice
    assert desk.fetched == [CERTIFICATE]


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ({"eventType": "Complaint", "complaint": {"complaintFeedbackType": "abuse"}}, "suppressed"),
        ({"eventType": "Complaint", "complaint": {"complaintFeedbackType": "not-spam"}}, "active"),
        ({"eventType": "Bounce", "bounce": {"bounceType": "Transient", "bounceSubType": "MailboxFull"}}, "active"),
        ({"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bounceSubType": "NoEmail"}}, "suppressed"),
        ({"eventType": "Delivery", "delivery": {"smtpResponse": "250 ok"}}, "active"),
        ({"eventType": "DeliveryDelay", "deliveryDelay": {"delayType": "MailboxFull"}}, "active"),
        ({"eventType": "Open", "open": {"ipAddress": "192.0.2.1"}}, "active"),
        ({"eventType": "Bounce", "bounce": {"bouncedRecipients": "none"}}, "active"),
        ({"eventType": ["Bounce"]}, "active"),
    ],
)
def test_events_of_ses(desk: Signing, event: Mapping[str, object], state: str) -> None:
    assert post(desk, write_notice(write_event(make_token(desk), event))) == 200
    assert desk.state(ANN) == state


def test_a_subscription_of_our_own_topic_is_confirmed(desk: Signing) -> None:
    asked = {"Type": "SubscriptionConfirmation", "Token": "2336412f37", "SubscribeURL": CONFIRM}
    assert post(desk, write_notice("You have chosen to subscribe", **asked)) == 200
    assert desk.fetched == [CERTIFICATE, CONFIRM]


FORGED = {
    "another topic": ({"TopicArn": "arn:aws:sns:eu-west-1:999:theirs"}, 403, 0),
    "a certificate of somebody's": ({"SigningCertURL": CERTIFICATE.replace("amazonaws.com", "evil.example")}, 403, 0),
    "a host that only looks so": (
        {"SigningCertURL": CERTIFICATE.replace("https://", "https://a@evil.example/")},
        403,
        0,
    ),
    "a file of another's bucket": ({"SigningCertURL": CERTIFICATE.replace("sns.", "s3.")}, 403, 0),
    "http": ({"SigningCertURL": CERTIFICATE.replace("https", "http")}, 403, 0),
    "a path that is no certificate": ({"SigningCertURL": f"{CERTIFICATE}?x=y"}, 403, 0),
    "another's words": ({"Message": "{}"}, 403, 1),
    "another time": ({"Timestamp": "2026-11-28T12:00:01.000Z"}, 403, 1),
    "no signature": ({"Signature": ""}, 403, 1),
    "a signature that is none": ({"Signature": "%%%"}, 403, 1),
    "an unknown version": ({"SignatureVersion": "3"}, 403, 1),
    "an unknown type": ({"Type": "Order"}, 400, 0),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_is_forged_is_refused_and_touches_nobody(desk: Signing, name: str) -> None:
    changes, status, fetched = FORGED[name]
    assert post(desk, write_notice(write_event(make_token(desk), BOUNCE)) | changes) == status
    assert (len(desk.fetched), desk.state(ANN)) == (fetched, "active")


def test_a_confirmation_leads_nowhere_else(desk: Signing) -> None:
    asked = {"Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": "https://evil.example/"}
    assert post(desk, write_notice("x", **asked)) == 200
    assert desk.fetched == [CERTIFICATE]
    theirs = write_notice("x", **asked | {"SubscribeURL": CONFIRM, "TopicArn": "arn:aws:sns:eu-west-1:999:theirs"})
    assert post(desk, theirs) == 403
    assert CONFIRM not in desk.fetched


def test_without_the_secret_there_is_nothing(desk: Signing) -> None:
    notice = write_notice(write_event(make_token(desk), BOUNCE))
    other = make_secret("postmark", load_keys(desk.publication))
    for service, secret in (("ses", "0" * 32), ("ses", other), ("ses", "%C3%A9"), ("sendgrid", other), ("ses", "x/y")):
        assert post(desk, notice, service, secret) == 404
    assert desk.ask(f"/subscription/reports/ses/{make_secret('ses', load_keys(desk.publication))}").status == 405
    assert desk.state(ANN) == "active"


def test_what_is_too_large_or_no_json_is_refused(desk: Signing) -> None:
    assert post(desk, b"x" * (MOST_BYTES + 1)) == 413
    for body in (b"", b"[]", b"{", b"\xff", b"[" * 100_000):
        assert post(desk, body) == 400
        assert post(desk, body, "postmark") == 200


def test_what_cannot_be_fetched_or_written_comes_again(desk: Signing) -> None:
    notice = write_notice(write_event(make_token(desk), BOUNCE))
    desk.elsewhere = {}
    assert post(desk, notice) == 503
    assert desk.state(ANN) == "active"


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ({"RecordType": "Bounce", "Type": "HardBounce", "ID": 42, "Details": "smtp;550 5.1.1 unknown"}, "suppressed"),
        ({"RecordType": "Bounce", "Type": "SoftBounce", "ID": 42}, "active"),
        ({"RecordType": "Bounce", "Type": "AutoResponder", "ID": 42}, "active"),
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint", "ID": 42}, "suppressed"),
        ({"RecordType": "Delivery", "MessageID": "m"}, "active"),
        ({"RecordType": "Open"}, "active"),
    ],
)
def test_events_of_postmark(desk: Signing, event: dict[str, object], state: str) -> None:
    assert post(desk, event | {"Metadata": {"dispatch": make_token(desk)}}, "postmark") == 200
    assert desk.state(ANN) == state
    assert post(desk, event | {"Metadata": {"dispatch": "a" * 45}}, "postmark") == 200


# As documentation.mailgun.com has them, Tracking Failures; with our token among the user variables.
FAILED = {
    "event": "failed",
    "id": "G9Bn5sl1TC6nu79C8C0bwg",
    "severity": "permanent",
    "reason": "bounce",
    "delivery-status": {"code": 550, "message": "5.1.1 The email account that you tried to reach does not exist"},
}


def sign_mailgun(event: Mapping[str, object], token: str, at: datetime = BEGIN, key: str = MAILGUN_KEY) -> bytes:
    """As Mailgun posts it: what is signed is a moment and a random text."""
    moment, proof = str(int(at.timestamp())), secrets.token_hex(25)
    signature = hmac.new(key.encode(), f"{moment}{proof}".encode(), "sha256").hexdigest()
    return json.dumps(
        {
            "signature": {"timestamp": moment, "token": proof, "signature": signature},
            "event-data": {**event, "user-variables": {"dispatch": token}},
        }
    ).encode()


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (FAILED, "suppressed"),
        (FAILED | {"severity": "temporary"}, "active"),
        (FAILED | {"reason": "old", "delivery-status": {"code": 602, "message": "Too old"}}, "active"),
        (FAILED | {"delivery-status": {"code": 550, "message": "No such user here"}}, "suppressed"),
        (FAILED | {"delivery-status": {"code": 552, "message": "5.2.2 Mailbox full"}}, "active"),
        (FAILED | {"reason": "suppress-bounce", "delivery-status": {"code": 605}}, "suppressed"),
        ({"event": "complained"}, "suppressed"),
        ({"event": "delivered", "delivery-status": {"code": 250}}, "active"),
        ({"event": "opened"}, "active"),
        ({"event": ["failed"], "severity": {}}, "active"),
    ],
)
def test_events_of_mailgun(desk: Signing, event: Mapping[str, object], state: str) -> None:
    assert post(desk, sign_mailgun(event, make_token(desk)), "mailgun") == 200
    assert desk.state(ANN) == state


def test_what_is_forged_old_or_damaged_in_mailgun_s_name_is_refused(desk: Signing) -> None:
    token, day = make_token(desk), timedelta(days=1)
    whole = json.loads(sign_mailgun(FAILED, token))
    wrong: list[object] = [
        sign_mailgun(FAILED, token, key="another's"),
        sign_mailgun(FAILED, token, at=BEGIN - day - timedelta(seconds=1)),
        sign_mailgun(FAILED, token, at=BEGIN + timedelta(hours=2)),
        {"event-data": whole["event-data"]},
        *(whole | {"signature": whole["signature"] | {name: "0" * 64}} for name in ("timestamp", "token", "signature")),
        *(whole | {"signature": whole["signature"] | {"signature": one}} for one in ("", "é" * 64, 7, None)),
        *(b"", b"[]", b"{", b"[" * 100_000),
    ]
    for one in wrong:
        assert post(desk, one, "mailgun") == 403
    assert post(desk, b"x" * (MOST_BYTES + 1), "mailgun") == 413
    assert post(desk, whole, "mailgun", "0" * 32) == 404
    assert desk.state(ANN) == "active"
    assert post(desk, whole, "mailgun") == 200
    assert desk.state(ANN) == "suppressed"


def test_what_mailgun_has_signed_counts_once_whatever_is_put_to_it(desk: Signing) -> None:
    token = make_token(desk)
    seen = json.loads(sign_mailgun({"event": "delivered"}, token))
    assert post(desk, seen, "mailgun") == 200
    replayed = seen | {"event-data": {**FAILED, "user-variables": {"dispatch": token}}}
    assert post(desk, replayed, "mailgun") == 200
    assert desk.state(ANN) == "active"
    desk.now = BEGIN + timedelta(days=2)
    assert post(desk, replayed, "mailgun") == 403


def test_a_report_of_mailgun_that_could_not_be_written_comes_again(desk: Signing) -> None:
    signed, secret = sign_mailgun(FAILED, make_token(desk)), make_secret("mailgun", load_keys(desk.publication))
    file = desk.publication.root / DATABASE.file
    aside = file.rename(file.with_suffix(".aside"))
    file.mkdir()
    assert post(desk, signed, "mailgun", secret) == 503
    file.rmdir()
    aside.rename(file)
    assert post(desk, signed, "mailgun") == 200
    assert desk.state(ANN) == "suppressed"


OF_SES = ["mail", "headers", "bounce", "name", "value", "Type", "Message", "eventType"]
NAMES = st.sampled_from([*OF_SES, "Metadata", "event-data", "event", "severity", "delivery-status", "signature"])
JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=8), lambda one: st.lists(one) | st.dictionaries(NAMES, one)
)


@given(JSON, st.sampled_from(sorted(bounces.SERVICES)))
def test_no_event_breaks_the_reading(value: object, service: str) -> None:
    event: dict[str, object] = {
        "Type": "Notification",
        "MessageId": "x",
        "Message": json.dumps(value),
        "RecordType": "Bounce",
    }
    event |= {"event-data": value, "event": "failed", "severity": "permanent"}
    whole = event | value if isinstance(value, dict) else event
    for one in (event, whole, value):
        bounces.SERVICES[service](json.dumps(one).encode(), BEGIN)


@given(st.binary(max_size=64), st.integers(0, 200))
def test_no_certificate_breaks_the_reading(octets: bytes, place: int) -> None:
    pem = KEY.certificate
    notice = sns.parse_notice(json.dumps(write_notice("x")).encode())
    assert notice
    assert sns.is_signed(notice, pem)
    assert not sns.is_signed(notice, octets)
    sns.is_signed(notice, pem[:place] + octets + pem[place + len(octets) :])


def test_a_signature_is_compared_as_a_whole() -> None:
    """Bleichenbacher's forgery of 2006: what stands behind the digest is nobody's."""
    key = public_keys.read_certificate(KEY.certificate)
    signature = KEY.sign(b"text")
    assert key.has_signed(b"text", signature, "sha256")
    assert not key.has_signed(b"text", signature, "sha1")
    assert not key.has_signed(b"text", signature + b"\0", "sha256")
    assert not key.has_signed(b"text", b"\0" * len(signature), "sha256")
    assert not key.has_signed(b"other", signature, "sha256")
    assert not public_keys.read_certificate(make_key(seed=2).certificate).has_signed(b"text", signature, "sha256")


@pytest.mark.needs("openssl")
def test_what_openssl_signs_is_known(tmp_path: Path) -> None:
    words = "req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=sns.amazonaws.com -keyout key.pem -out cert.pem"
    subprocess.run(["openssl", *words.split()], cwd=tmp_path, check=True, capture_output=True)
    key = public_keys.read_certificate((tmp_path / "cert.pem").read_bytes())
    for digest in ("sha1", "sha256"):
        signed = subprocess.run(
            ["openssl", "dgst", f"-{digest}", "-sign", "key.pem"],
            cwd=tmp_path,
            input=b"x",
            check=True,
            capture_output=True,
        )
        assert key.has_signed(b"x", signed.stdout, digest)
    assert key.bits == 2048
