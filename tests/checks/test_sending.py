"""What keeps mails from arriving is found in what was seen: each rule speaks, and says nothing of what is right."""

from dataclasses import replace

import pytest

from dispatch.checks.sending import (
    DomainFacts,
    SendingFacts,
    ServerFacts,
    SignatureFacts,
    StoreFacts,
    WayBackFacts,
    is_aligned,
    judge_sending,
)
from dispatch.checks.spf import LookUp, SpfCheck, SpfError
from dispatch.model import DeliverySettings, EmailSettings, Publication
from dispatch.report import write_message

STORE = StoreFacts(file=".dispatch/subscribers.sqlite", mode=0o600, size=1000, free=1_000_000, backup_days=7)
SERVER = ServerFacts(name="mail.wire.example:465", tls="TLSv1.3", days_left=60, most_bytes=10_000_000)
WAY_BACK = WayBackFacts(url="https://wire.example/subscription/", state="ours", drift=2)
DOMAIN = DomainFacts(
    domain="wire.example",
    takes_mail=True,
    spf_records=1,
    spf_look_ups=10,
    spf_verdict="pass",
    dmarc_records=1,
    dmarc_policy="none",
)
SIGNATURE = SignatureFacts(
    domain="mail.wire.example",
    selector="s1",
    signed=("from", "to", "list-unsubscribe", "list-unsubscribe-post"),
    bits=2048,
)
RIGHT = SendingFacts(
    publication=Publication(
        title="The Wire",
        url="https://wire.example",
        email=EmailSettings(sender="W <desk@wire.example>", postal_address="1 Quay", why="You signed up."),
        delivery=DeliverySettings(smtp="smtps://mail.wire.example", bounces="bounces@wire.example"),
    ),
    has_pages=True,
    store=STORE,
    server=SERVER,
    way_back=WAY_BACK,
    domains=(DOMAIN,),
    sender="wire.example",
    signatures=(SIGNATURE,),
    largest=90_000,
)

NOTHING = Publication(title="The Wire", url="https://wire.example")


def test_what_is_right_is_not_spoken_of() -> None:
    assert judge_sending(RIGHT) == []


WRONG: list[tuple[str, str, SendingFacts]] = [
    ("sending.sender", "There is no sender", replace(RIGHT, publication=NOTHING)),
    ("sending.foot", "postal address", replace(RIGHT, publication=NOTHING)),
    ("sending.way-out", "no way to leave", replace(RIGHT, publication=NOTHING, has_pages=False)),
    ("sending.bounces", "no mailbox", replace(RIGHT, publication=NOTHING)),
    ("sending.server", "no mail server", replace(RIGHT, publication=NOTHING)),
    ("sending.server", "refused", replace(RIGHT, server=replace(SERVER, fault="connection refused"))),
    ("sending.server", "at most 89,999 bytes", replace(RIGHT, server=replace(SERVER, most_bytes=89_999))),
    ("sending.pipelining", "one command", replace(RIGHT, server=replace(SERVER, is_pipelining=False))),
    ("sending.certificate", "13 days", replace(RIGHT, server=replace(SERVER, days_left=13))),
    ("sending.ptr", "192.0.2.1", replace(RIGHT, server=replace(SERVER, unnamed=("192.0.2.1",)))),
    ("sending.store", "mode 644", replace(RIGHT, store=replace(STORE, mode=0o644))),
    ("sending.store", "damaged: row 3", replace(RIGHT, store=replace(STORE, damage="row 3"))),
    ("sending.store", "power cut", replace(RIGHT, store=replace(STORE, is_durable=False))),
    ("sending.copy", "old copy", replace(RIGHT, store=replace(STORE, is_old_copy=True))),
    ("sending.copy", "another machine", replace(RIGHT, store=replace(STORE, is_moved=True))),
    ("sending.backup", "8 days ago", replace(RIGHT, store=replace(STORE, backup_days=8))),
    ("sending.backup", "no backup", replace(RIGHT, store=replace(STORE, backup_days=None))),
    ("sending.room", "2,999 bytes", replace(RIGHT, store=replace(STORE, free=2999))),
    (
        "sending.way-out",
        "status 502",
        replace(RIGHT, way_back=replace(WAY_BACK, state="silent", detail="status 502")),
    ),
    ("sending.way-out", "another store", replace(RIGHT, way_back=replace(WAY_BACK, state="foreign"))),
    ("sending.way-out", "one click", replace(RIGHT, way_back=replace(WAY_BACK, refusal="status 405"))),
    ("sending.certificate", "wire.example ends in 13", replace(RIGHT, way_back=replace(WAY_BACK, days_left=13))),
    ("sending.clock", "61 seconds", replace(RIGHT, way_back=replace(WAY_BACK, drift=-61))),
    ("sending.unanswered", "wire.example", replace(RIGHT, domains=(replace(DOMAIN, unanswered=("wire.example",)),))),
    ("sending.mx", "No mail to wire.example", replace(RIGHT, domains=(replace(DOMAIN, takes_mail=False),))),
    (
        "sending.spf",
        "no SPF record at wire.example",
        replace(RIGHT, domains=(replace(DOMAIN, spf_records=0, spf_verdict=None),)),
    ),
    ("sending.spf", "2 SPF", replace(RIGHT, domains=(replace(DOMAIN, spf_records=2),))),
    ("sending.spf", "“ip4:x”", replace(RIGHT, domains=(replace(DOMAIN, spf_broken="ip4:x"),))),
    ("sending.spf", "11 look-ups", replace(RIGHT, domains=(replace(DOMAIN, spf_look_ups=11),))),
    ("sending.spf-server", "mail.wire.example", replace(RIGHT, domains=(replace(DOMAIN, spf_verdict="softfail"),))),
    (
        "sending.dmarc",
        "no DMARC record at wire.example",
        replace(RIGHT, domains=(replace(DOMAIN, dmarc_records=0, dmarc_policy=""),)),
    ),
    ("sending.dmarc", "2 DMARC", replace(RIGHT, domains=(replace(DOMAIN, dmarc_records=2),))),
    ("sending.dmarc", "no policy", replace(RIGHT, domains=(replace(DOMAIN, dmarc_policy=""),))),
    ("sending.dkim", "no DKIM", replace(RIGHT, signatures=())),
    ("sending.dkim", "a.example, and not by", replace(RIGHT, signatures=(replace(SIGNATURE, domain="a.example"),))),
    ("sending.dkim", "list-unsubscribe", replace(RIGHT, signatures=(replace(SIGNATURE, signed=("from",)),))),
    ("sending.dkim", "no key at s1._domainkey", replace(RIGHT, signatures=(replace(SIGNATURE, bits=0),))),
    ("sending.dkim", "1,023 bits", replace(RIGHT, signatures=(replace(SIGNATURE, bits=1023),))),
    ("sending.dkim-key", "1,024 bits", replace(RIGHT, signatures=(replace(SIGNATURE, bits=1024),))),
    ("sending.dkim-key", "2,047 bits", replace(RIGHT, signatures=(replace(SIGNATURE, bits=2047),))),
    ("sending.unanswered", "s1._domainkey", replace(RIGHT, signatures=(replace(SIGNATURE, bits=None),))),
]


@pytest.mark.parametrize(("rule", "words", "facts"), WRONG, ids=[f"{rule} {words}" for rule, words, _ in WRONG])
def test_what_is_wrong_is_found(rule: str, words: str, facts: SendingFacts) -> None:
    found = [one for one in judge_sending(facts) if one.rule == rule]
    assert any(words in write_message(one) for one in found), [write_message(one) for one in judge_sending(facts)]
    off = replace(facts.publication, check={rule: "we know"})
    assert [one for one in judge_sending(replace(facts, publication=off)) if one.rule == rule] == []


def test_with_thousands_of_readers_at_large_providers_names_are_no_matter_of_taste() -> None:
    wrong = replace(
        RIGHT,
        server=replace(SERVER, unnamed=("192.0.2.1",), is_pipelining=False),
        domains=(replace(DOMAIN, spf_verdict="softfail"),),
        signatures=(replace(SIGNATURE, bits=1024),),
    )
    few, many = (judge_sending(replace(wrong, large_readers=count)) for count in (5000, 5001))
    assert {one.severity for one in few} == {"warning"}
    assert [one.rule for one in many if one.severity == "warning"] == ["sending.pipelining"]
    assert len(many) == len(few) == 4


def test_what_is_just_enough_is_not_spoken_of() -> None:
    """At each limit; WRONG has each by one beyond."""
    enough = replace(
        RIGHT,
        store=replace(STORE, free=3 * STORE.size),
        server=replace(SERVER, most_bytes=RIGHT.largest, days_left=14),
        way_back=replace(WAY_BACK, drift=-60, days_left=14),
    )
    assert judge_sending(enough) == []
    assert judge_sending(replace(RIGHT, signatures=(replace(SIGNATURE, bits=256),))) == []  # Ed25519


def test_a_service_takes_its_own_bounces() -> None:
    ours = replace(RIGHT.publication, delivery=DeliverySettings(smtp="smtps://x", service="ses"))
    assert judge_sending(replace(RIGHT, publication=ours)) == []


def test_domains_of_one_organisation() -> None:
    assert is_aligned("Mail.wire.example.", "wire.example")
    assert is_aligned("wire.example", "mail.wire.example")
    assert not is_aligned("firewire.example", "wire.example")


ZONE = {
    ("a.example", "TXT"): ("other", "v=spf1 include:b.example ip4:192.0.2.0/28 -all"),
    ("b.example", "TXT"): ("v=spf1 a:host.example/24 mx ?all",),
    ("b.example", "MX"): ("host.example",),
    ("host.example", "A"): ("198.51.100.7",),
    ("host.example", "AAAA"): ("2001:db8::1",),
    ("six.example", "TXT"): ("v=spf1 a:host.example//64 ~all",),
    ("led.example", "TXT"): ("v=spf1 redirect=a.example",),
    ("loop.example", "TXT"): ("v=spf1 include:loop.example redirect=loop.example",),
    ("two.example", "TXT"): ("v=spf1 -all", "v=spf1 +all"),
    ("bad.example", "TXT"): ("v=spf1 ip4:192.0.2.300 -all",),
    ("typo.example", "TXT"): ("v=spf1 inlcude:b.example -all",),
    ("long.example", "TXT"): ("v=spf1 " + " ".join(f"a:h{n}.example" for n in range(11)) + " -all",),
    ("macro.example", "TXT"): ("v=spf1 exists:%{i}.x.example ptr -all",),
    ("message.example", "TXT"): ("v=spf1 exists:host.example ptr:host.example -all",),
    ("capital.example", "TXT"): ("V=SPF1 IP4:192.0.2.1 A:HOST.Example./24 -ALL",),
    ("capitals.example", "TXT"): ("v=spf1 INCLUDE:Capital.Example. REDIRECT=Six.Example.",),
}


def make_look_up() -> LookUp:
    return lambda name, kind: ZONE.get((name, kind), ())


@pytest.mark.parametrize(
    ("domain", "server", "verdict", "count"),
    [
        ("a.example", "192.0.2.15", "pass", 3),
        ("a.example", "192.0.2.16", "fail", 3),
        ("a.example", "198.51.100.200", "pass", 3),  # the neutral end of what is included is no match
        ("a.example", "198.51.101.1", "fail", 3),
        ("six.example", "2001:db8::99", "pass", 1),
        ("six.example", "2001:db9::99", "softfail", 1),
        ("led.example", "192.0.2.1", "pass", 4),
        ("loop.example", "192.0.2.1", "none", 2),
        ("two.example", "192.0.2.1", "none", 0),
        ("none.example", "192.0.2.1", "none", 0),
        ("long.example", "192.0.2.1", "fail", 11),
        ("macro.example", "192.0.2.1", "fail", 2),
        ("message.example", "198.51.100.7", "fail", 2),
        ("capital.example", "192.0.2.1", "pass", 1),
        ("capital.example", "198.51.100.9", "pass", 1),
        ("capitals.example", "198.51.100.9", "pass", 2),
        ("capitals.example", "2001:db8::99", "pass", 4),
        ("capitals.example", "2001:db9::99", "softfail", 4),
    ],
)
def test_who_may_send(domain: str, server: str, verdict: str, count: int) -> None:
    spf = SpfCheck(look_up=make_look_up(), servers=(server,))
    assert (spf.evaluate(domain), spf.count) == (verdict, count)


@pytest.mark.parametrize(
    ("domain", "term"), [("bad.example", "ip4:192.0.2.300"), ("typo.example", "inlcude:b.example")]
)
def test_a_record_that_nobody_can_follow_names_the_term(domain: str, term: str) -> None:
    with pytest.raises(SpfError) as caught:
        SpfCheck(look_up=make_look_up(), servers=("192.0.2.1",)).evaluate(domain)
    assert caught.value.term == term


def test_every_rule_of_sending_is_tried() -> None:
    from dispatch.checks import RULES

    assert {rule for rule, _, _ in WRONG} == {rule for rule in RULES if rule.startswith("sending.")}
