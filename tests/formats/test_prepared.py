"""The message to subscribers: rendered once, filled for each, and the same as if it had been rendered for each."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nouns
from dispatch import check, derived, render, tokens
from dispatch.errors import RenderError
from dispatch.formats import prepared
from dispatch.formats.prepared import PreparedMessage, Recipient
from dispatch.model import DeliverySettings, Edition, Issue, Publication, SubscribeSettings
from dispatch.tokens import ReaderToken
from thorough import scale

KEYS = (b"k" * 32,)
BEGUN = datetime(2026, 11, 27, 7, tzinfo=UTC)
OURS = SubscribeSettings(url="https://mail.wire.example", consent="I want The Wire by mail.")
BOUNCES = DeliverySettings(bounces="bounces@wire.example")
ANN = Recipient(email="ann@paper.example", key=b"ann-key!", name="Ann Lee")
CHINESE = "这座桥由谁来付钱?" * 30


def publication(**values: object) -> Publication:
    return nouns.publication(**({"subscribe": OURS, "delivery": BOUNCES} | values))


def prepare(issue: Issue, by: Publication) -> PreparedMessage:
    slots = prepared.make_slots(issue.id, KEYS)
    return PreparedMessage(render.render_prepared(issue, by, begun=BEGUN, values=slots), issue.id, by, KEYS)


def render_anew(issue: Issue, by: Publication, to: Recipient, number: int) -> bytes:
    values = prepared.make_values(issue.id, to, KEYS, number)
    return render.render_prepared(issue, by, begun=BEGUN, values=values, to=prepared.format_mailbox(to))


def attempt(make: Callable[[], bytes]) -> bytes | str:
    """What was made, or why it was not."""
    try:
        return make()
    except RenderError as error:
        return str(error)


ISSUES = {
    "latin": nouns.issue(nouns.article(1), nouns.article(2)),
    "chinese": nouns.issue(nouns.article(title="谁为桥付钱", content=f"<p>{CHINESE}</p>")),
}


@pytest.mark.parametrize("which", ISSUES)
@settings(max_examples=scale(60), deadline=None)
@given(
    key=st.binary(min_size=8, max_size=8),
    name=st.just("") | st.text(max_size=60),
    domain=st.sampled_from(["paper.example", "b\u00fccher.example", "Paper.Example", f"{'a' * 50}.{'b' * 50}.example"]),
    local=st.from_regex(r"[a-z0-9._-]{1,20}", fullmatch=True).filter(
        lambda one: ".." not in one and one.strip(".") == one
    ),
    number=st.integers(1, 100_000),
)
def test_filling_gives_the_bytes_of_a_new_rendering(
    which: str, key: bytes, name: str, domain: str, local: str, number: int
) -> None:
    one = Recipient(email=f"{local}@{domain}", key=key, name=name)
    by, issue = publication(), ISSUES[which]
    made = attempt(lambda: render_anew(issue, by, one, number))
    filled = attempt(lambda: MESSAGES[which].fill_slots(one, number))
    assert made == filled


MESSAGES = {name: prepare(issue, publication()) for name, issue in ISSUES.items()}


def test_each_reader_has_their_own_message() -> None:
    octets = MESSAGES["latin"].fill_slots(ANN, 7)
    bob = MESSAGES["latin"].fill_slots(replace(ANN, email="bob@paper.example", name="", key=b"bobs-key"), 7)
    read, other = (message_from_bytes(one, policy=policy.default) for one in (octets, bob))
    assert (str(read["To"]), str(other["To"])) == ("Ann Lee <ann@paper.example>", "bob@paper.example")
    assert read["Date"] == "Fri, 27 Nov 2026 08:00:00 +0100"
    assert read["Message-ID"] != other["Message-ID"]
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link, mailto = re.findall("<(.*?)>", str(read["List-Unsubscribe"]))
    token = link.removeprefix("https://mail.wire.example/subscription/leave/")
    found = tokens.read_token(token, "leave", KEYS, BEGUN)
    assert found == ReaderToken(subscriber=ANN.key)
    mailbox = re.fullmatch(r"mailto:leave\+(.*)@wire\.example\?subject=unsubscribe", mailto)
    assert mailbox
    assert tokens.read_mailbox_token(mailbox[1], "leave", KEYS, BEGUN) == found
    bounce = tokens.read_mailbox_token(str(read["X-Dispatch"]), "bounce", KEYS, BEGUN)
    assert bounce == ReaderToken(subscriber=ANN.key, about=7)
    for part in read.iter_parts():
        assert link in part.get_content()
        assert part["Content-Transfer-Encoding"] == "quoted-printable"


@pytest.mark.parametrize("which", ISSUES)
def test_a_filled_message_passes_every_check_and_a_foreign_link_to_leave_does_not(which: str) -> None:
    octets = MESSAGES[which].fill_slots(ANN, 7)
    by, issue = publication(), ISSUES[which]

    def judge(body: bytes) -> set[str]:
        message = Edition(format="eml", media_type="message/rfc822", path="m.eml", body=body)
        found = [*check.check_edition(message, issue, by), *check.check_received(message, issue, by)]
        return {one.rule for one in found if one.severity == "error"}

    public = Edition(format="eml", media_type="message/rfc822", path="m.eml", body=nouns.body("eml", issue))
    expected = {one.rule for one in check.check_edition(public, issue, nouns.publication()) if one.severity == "error"}
    assert judge(octets) <= expected
    assert judge(octets.replace(b"subscription/leave/A", b"subscription/leave/B", 1)) - expected
    assert (
        judge(octets.replace(b"mail.wire.example/subscription/leave", b"evil.wire.example/subscription/leave"))
        - expected
    )


def test_what_is_public_holds_no_token() -> None:
    by = publication(email=replace(nouns.MAILING, unsubscribe=("https://mail.wire.example/subscription/leave/",)))
    for name in ("email", "text", "eml", "web", "rss"):
        body = nouns.body(name, ISSUES["latin"], by)
        assert not re.search(rb"leave/(=\r?\n)?[A-Za-z0-9_-]", body), name
        assert b"One-Click" not in body
    assert not derived.has_one_click(by)


def test_without_pages_and_a_pipe_the_publication_says_how_to_leave() -> None:
    by = publication(subscribe=SubscribeSettings(), delivery=DeliverySettings())
    read = message_from_bytes(prepare(ISSUES["latin"], by).fill_slots(ANN, 1), policy=policy.default)
    assert str(read["List-Unsubscribe"]) == ", ".join(f"<{way}>" for way in nouns.MAILING.unsubscribe)
    assert read["List-Unsubscribe-Post"] is None


def test_the_digest_knows_no_moment_and_every_word() -> None:
    by, issue = publication(), ISSUES["latin"]
    slots = prepared.make_slots(issue.id, KEYS)
    octets = render.render_prepared(issue, by, begun=BEGUN, values=slots)
    later = render.render_prepared(issue, by, begun=datetime(2027, 1, 1, tzinfo=UTC), values=slots)
    edited = render.render_prepared(replace(issue, title="Another"), by, begun=BEGUN, values=slots)
    assert prepared.digest_message(octets) == prepared.digest_message(later) != prepared.digest_message(edited)
