"""The message: its headers, its parts, its octets, and nothing in them that came from outside uninvited."""

import dataclasses
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nouns
from dispatch import check, render
from dispatch.errors import RenderError
from dispatch.model import Author, Edition, EmailSettings, Publication
from formats import reading
from thorough import scale

HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "List-Id",
    "List-Archive",
    "Reply-To",
    "List-Unsubscribe",
    "MIME-Version",
    "Content-Type",
]
HINDI = "यह एक लंबा वाक्य है जो हिंदी में लिखा गया है और जिसमें बहुत से शब्द हैं। " * 12


def raw_headers(octets: bytes) -> dict[str, str]:
    """The headers as they go over the wire, unfolded and undecoded."""
    head = octets.split(b"\r\n\r\n", 1)[0].decode("ascii")
    return dict(line.split(": ", 1) for line in re.sub(r"\r\n(?=[ \t])", "", head).split("\r\n"))


def test_every_header_once() -> None:
    message = reading.message(nouns.body("eml", nouns.issue(nouns.article())))
    assert sorted(message.keys()) == sorted(HEADERS)
    assert message["From"].addresses == message["To"].addresses
    assert str(message["From"].addresses[0]) == "The Wire <desk@wire.example>"
    assert message["Reply-To"] == "letters@wire.example"
    assert message["Subject"] == "Who pays for defence"
    assert parsedate_to_datetime(message["Date"]) == nouns.DATE
    assert message["List-Id"] == '"The Wire" <newsletter.wire.example>'
    assert message["List-Archive"] == "<https://wire.example/>"
    assert not message.defects
    assert not [defect for part in message.walk() for defect in part.defects]


def test_a_long_list_unsubscribe_is_neither_encoded_nor_changed() -> None:
    way = "https://wire.example/unsubscribe?" + "&".join(f"key{n}={n}%20=3D" for n in range(60))
    octets = nouns.body(
        "eml", nouns.issue(), nouns.publication(email=replace(unsubscribe=(way, "mailto:l@wire.example")))
    )
    assert raw_headers(octets)["List-Unsubscribe"] == f"<{way}>, <mailto:l@wire.example>"
    assert b"=?" not in octets.split(b"\r\n\r\n", 1)[0]


def test_one_click_where_the_address_tells_who_leaves() -> None:
    ways = ("https://wire.example/leave?who={email}&list=wire", "mailto:leave@wire.example?subject={email}")
    by = nouns.publication(email=replace(unsubscribe=ways, postal_address="1 Example Street"))
    issue = nouns.issue(nouns.article())
    octets = nouns.body("eml", issue, by, to="Ann <ann+wire@reader.example>")
    headers, (text, markup) = raw_headers(octets), reading.parts(octets)
    leave, mail = (way.replace("{email}", "ann%2Bwire%40reader.example") for way in ways)
    assert headers["List-Unsubscribe"] == f"<{leave}>, <{mail}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"\n{leave}\n{mail}\n" in text
    assert leave in reading.hrefs(reading.document(markup).root)
    message = Edition(format="eml", media_type="message/rfc822", path="a.eml", body=octets)
    assert check.findings(issue, (message,), by) == []
    # What everybody reads names nobody.
    public = "https://wire.example/leave?who=&list=wire"
    assert public in reading.hrefs(reading.document(nouns.body("email", issue, by)).root)
    assert f"\n{public}\n" in nouns.body("text", issue, by).decode()
    editions = [render.render_edition(issue, by, name) for name in ("email", "text")]
    assert check.findings(issue, editions, by) == []


def test_no_one_click_where_the_address_is_everybodys() -> None:
    octets = nouns.body("eml", nouns.issue(), to="ann@reader.example")
    assert "List-Unsubscribe-Post" not in raw_headers(octets)
    claimed = octets.replace(b"List-Archive:", b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nList-Archive:")
    message = Edition(format="eml", media_type="message/rfc822", path="a.eml", body=claimed)
    found = check.check_edition(message, nouns.issue(), nouns.publication())
    assert [(one.rule, one.subject) for one in found] == [("email.headers", "link")]


def test_no_one_click_without_https() -> None:
    octets = nouns.body("eml", nouns.issue(), nouns.publication(email=replace(unsubscribe=("mailto:l@wire.example",))))
    assert "List-Unsubscribe-Post" not in raw_headers(octets)
    assert raw_headers(octets)["List-Unsubscribe"] == "<mailto:l@wire.example>"


def test_no_unsubscribe_header_without_a_way() -> None:
    assert "List-Unsubscribe" not in raw_headers(
        nouns.body("eml", nouns.issue(), nouns.publication(email=replace(unsubscribe=())))
    )


def replace(**values: object) -> EmailSettings:
    given = {"sender": "The Wire <desk@wire.example>", "unsubscribe": ("https://wire.example/u",)}
    return EmailSettings(**(given | values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "name", "mailbox"),
    [
        ("desk@wire.example", "", "desk@wire.example"),
        ("<desk@wire.example>", "", "desk@wire.example"),
        ("The Wire <desk@wire.example>", "The Wire", "desk@wire.example"),
        ("Weekly: Digest <desk@wire.example>", "Weekly: Digest", "desk@wire.example"),
        ("Wire, The; or (so) <desk@wire.example>", "Wire, The; or (so)", "desk@wire.example"),
        ('"The Wire" <desk@wire.example>', "The Wire", "desk@wire.example"),
        (r'"The \"Wire\"" <desk@wire.example>', 'The "Wire"', "desk@wire.example"),
        ('The "Wire" Letter <desk@wire.example>', 'The "Wire" Letter', "desk@wire.example"),
        ("Die Drähte ☎ <desk@wire.example>", "Die Drähte ☎", "desk@wire.example"),
        ("desk@other.example <desk@wire.example>", "desk@other.example", "desk@wire.example"),
        ("=?utf-8?q?x?= <desk@wire.example>", "= ?utf-8?q?x?=", "desk@wire.example"),
        ("البرقية <desk@wire.example>", "البرقية", "desk@wire.example"),
    ],
)
def test_a_display_name_is_only_a_name(written: str, name: str, mailbox: str) -> None:
    publication = nouns.publication(email=replace(sender=written, reply_to=written))
    message = reading.message(nouns.body("eml", nouns.issue(), publication, to=written))
    for header in ("From", "To", "Reply-To"):
        (address,) = message[header].addresses
        assert (address.display_name, address.addr_spec) == (name, mailbox), header


@pytest.mark.parametrize(
    "written",
    [
        "",
        "desk",
        "The Wire <desk>",
        "a@wire.example, b@wire.example",
        "The Wire <a@wire.example>, b@wire.example",
        "<a@wire.example> <b@wire.example>",
        "a@wire.example\r\nBcc: b@wire.example",
        "The Wire <a@wire.example\nBcc: b@wire.example>",
        "a b@wire.example",
        "a@wire.example b",
        "group: a@wire.example;",
        "a@wire example",
        "a@@wire.example",
        "@wire.example",
        "drähte@wire.example",
    ],
)
def test_what_is_not_one_address_is_refused(written: str) -> None:
    with pytest.raises(RenderError):
        nouns.body("eml", nouns.issue(), nouns.publication(email=replace(sender=written)))


INJECTIONS = [
    "Hello=?utf-8?Q?=0D=0ABcc:_victim@x.example?=",
    "Hello =?utf-8?B?DQpCY2M6IHZpY3RpbUB4LmV4YW1wbGU=?=",
    "Hello\r\nBcc: victim@x.example",
    "Hello\nBcc: victim@x.example",
    "Hello\rBcc: victim@x.example",
    "Hello\r\n\r\n<script>alert(1)</script>",
    "Hello\x00\x0b\x0cBcc: x",
    "Hello\x85Bcc: victim@x.example",
    "Hello\u2028Bcc: victim@x.example\u2029",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3FBcc=3F=3D?=",
    "=?=?utf-8?q?a?=",
    "Hello\r\n Bcc: victim@x.example",
    '"; Bcc: victim@x.example',
    "<victim@x.example>",
    "a" * 5000,
    "ä" * 5000,
    HINDI,
    "",
    " ",
]


def proved(octets: bytes) -> EmailMessage:
    """The message, which has the headers that it should have in the eyes of every reader, and is from the desk."""
    for reader in (policy.default, policy.compat32, policy.SMTP):
        assert sorted(message_from_bytes(octets, policy=reader).keys()) == sorted(HEADERS)
    message = reading.message(octets)
    assert [address.addr_spec for address in message["From"].addresses] == ["desk@wire.example"]
    assert len(str(message["Subject"])) <= 200
    assert not re.search(r"[\r\n\x00\x85\u2028\u2029]", str(message["Subject"]))
    return message


@pytest.mark.parametrize("payload", INJECTIONS)
def test_a_title_injects_no_header(payload: str) -> None:
    title = payload if payload.strip() else "An article needs one"
    issue = nouns.issue(nouns.article(title=title), title=payload, preheader=payload)
    proved(nouns.body("eml", issue, nouns.publication(title=payload)))


@pytest.mark.parametrize("payload", [payload for payload in INJECTIONS if "<" not in payload])
def test_a_name_of_a_sender_injects_no_header(payload: str) -> None:
    mailing = dataclasses.replace(nouns.MAILING, sender=f"{payload[:150]} <desk@wire.example>")
    message = proved(nouns.body("eml", nouns.issue(nouns.article()), nouns.publication(email=mailing)))
    assert str(message["Subject"]) == "Who pays for defence"


@pytest.mark.parametrize("payload", [payload for payload in INJECTIONS if "<" in payload])
def test_a_name_of_a_sender_that_holds_an_address_is_refused(payload: str) -> None:
    publication = nouns.publication(email=replace(sender=f"{payload} <desk@wire.example>"))
    with pytest.raises(RenderError, match="is not an address"):
        nouns.body("eml", nouns.issue(nouns.article()), publication)


ENCODED = "=?utf-8?q?=0D=0ABcc:_victim=40x.example?="


@pytest.mark.parametrize(
    "publication",
    [
        nouns.publication(url=f"https://wire.example/{ENCODED}"),
        nouns.publication(email=dataclasses.replace(nouns.MAILING, unsubscribe=(f"https://wire.example/{ENCODED}",))),
    ],
    ids=["the site", "the way out"],
)
def test_an_address_injects_no_header(publication: Publication) -> None:
    """An address is written into a header as it is, where an encoded word may stand."""
    with pytest.raises(RenderError, match="a header would be injected: Bcc"):
        nouns.body("eml", nouns.issue(nouns.article()), publication)


@settings(max_examples=scale(30))
@given(st.text(max_size=120))
def test_any_title_stays_in_its_header(title: str) -> None:
    from dispatch import html

    title = html.remove_illegal_characters(title)
    octets = nouns.body("eml", nouns.issue(title=title), nouns.publication(title=title))
    assert sorted(message_from_bytes(octets).keys()) == sorted(HEADERS)
    wire(octets)


def wire(octets: bytes) -> None:
    """Octets as SMTP takes them (RFC 5321, section 4.5.3.1.6)."""
    assert octets.isascii()
    assert not re.search(rb"[^\r]\n|\r[^\n]", octets)
    assert max(map(len, octets.split(b"\r\n"))) <= 998


def test_quoted_printable_lines_have_at_most_76_characters() -> None:
    """RFC 2045, section 6.7."""
    octets = nouns.body("eml", nouns.issue(*(nouns.rich(n, dek="Größe " * 90) for n in range(3))))
    _, _, parts = octets.partition(b"\r\n\r\n")
    assert max(map(len, parts.split(b"\r\n"))) <= 76


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("Plain words. " * 40, "quoted-printable"),
        ("Die Größe des Hafens wird überprüft, heißt es in Hamburg. " * 40, "quoted-printable"),
        (HINDI, "base64"),
    ],
)
def test_the_shorter_encoding(words: str, encoding: str) -> None:
    articles = [nouns.article(n, title=words[:80], dek=words, note=words) for n in range(4)]
    octets = nouns.body("eml", nouns.issue(*articles, intro=f"<p>{words}</p>"))
    plain, _ = reading.message(octets).iter_parts()
    assert plain["Content-Transfer-Encoding"] == encoding
    wire(octets)


def test_plain_first_html_last_both_whole() -> None:
    issue = nouns.issue(
        nouns.rich(1, dek=HINDI), nouns.rich(2, title="= = =20 =3D .\n.", url="https://a.example/=3D" * 90)
    )
    octets = nouns.body("eml", issue)
    wire(octets)
    message = reading.message(octets)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert {part.get_content_charset() for part in message.iter_parts()} == {"utf-8"}
    plain, markup = reading.parts(octets)
    assert plain.encode() == nouns.body("text", issue)
    assert markup.encode() == nouns.body("email", issue)


def test_boundary_and_message_id_come_from_the_issue() -> None:
    one, two = nouns.issue(nouns.article()), nouns.issue(nouns.article(), id="tag:wire.example,2025:other")
    first, again, other = (reading.message(nouns.body("eml", issue)) for issue in (one, one, two))
    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert first.get_boundary() == again.get_boundary() != other.get_boundary()
    assert re.fullmatch(r"<[0-9a-f]{32}@wire\.example>", first["Message-ID"])


def test_a_host_with_umlauts_is_written_in_ascii() -> None:
    octets = nouns.body("eml", nouns.issue(), nouns.publication(url="https://drähte.example", title="Drähte"))
    assert raw_headers(octets)["Message-ID"].endswith("@xn--drhte-hra.example>")
    assert raw_headers(octets)["List-Id"] == "<newsletter.xn--drhte-hra.example>"
    assert raw_headers(octets)["List-Archive"] == "<https://xn--drhte-hra.example/>"


def test_made_out_to_whom_it_is_sent() -> None:
    message = reading.message(nouns.body("eml", nouns.issue(), to="Ünal Åse <unal@reader.example>"))
    assert str(message["To"].addresses[0]) == "Ünal Åse <unal@reader.example>"
    assert str(message["From"].addresses[0]) == "The Wire <desk@wire.example>"


def test_a_signature_line_keeps_its_space() -> None:
    plain, _ = reading.parts(nouns.body("eml", nouns.issue(nouns.article())))
    assert "\n-- \n" in plain


def test_an_author_whose_name_is_a_boundary_ends_nothing() -> None:
    boundary = reading.message(nouns.body("eml", nouns.issue(nouns.article()))).get_boundary()
    issue = nouns.issue(nouns.article(authors=(Author(name=f"\n--{boundary}--\n"),), dek=f"\n--{boundary}\n"))
    octets = nouns.body("eml", issue)
    assert [part.get_content_type() for part in reading.message(octets).iter_parts()] == ["text/plain", "text/html"]
    assert octets.count(f"\r\n--{boundary}\r\n".encode()) == 2


def test_the_subject_may_be_another_than_the_title() -> None:
    octets = nouns.body("eml", nouns.issue(nouns.article(), subject="7 boats, 1 bridge"))
    assert reading.message(octets)["subject"] == "7 boats, 1 bridge"


LONG = "Überraschung im Straßenbahnfahrscheinautomaten — Größenwahn an der Küste, fünf Schiffe und 🚢🚢"


@pytest.mark.parametrize("title", [LONG, "Ш" * 180, "長" * 150, f"{'x' * 150}é", "🚢 " * 60, "Plain words " * 14])
def test_encoded_words_are_short_and_each_is_whole(title: str) -> None:
    by = nouns.publication(email=replace(sender=f"{title[:90]} <desk@wire.example>"))
    octets = nouns.body("eml", nouns.issue(nouns.article(), subject=title), by)
    head = octets.partition(b"\r\n\r\n")[0].decode("ascii")
    for word in re.findall(r"=\?\S*\?=", head):
        assert len(word) <= 75
        decoded = make_header(decode_header(word))
        assert "\ufffd" not in str(decoded)
    folded = head[head.index("\r\nSubject:") :].split("\r\nDate:")[0]
    assert all(len(line) <= 78 for line in folded.split("\r\n"))
    assert reading.message(octets)["subject"] == title.strip()


def test_the_date_is_the_one_of_the_publications_own_clocks() -> None:
    midnight = datetime(2026, 11, 27, 23, tzinfo=UTC)
    issue = nouns.issue(nouns.article(1, published=midnight), date=midnight)
    by = nouns.publication(timezone="Europe/Berlin")
    assert "Sat, 28 Nov 2026 00:00:00 +0100" in str(reading.message(nouns.body("eml", issue, by))["date"])
    assert b"<pubDate>Sat, 28 Nov 2026 00:00:00 +0100" in nouns.body("rss", issue, by)


def test_a_list_has_an_id_of_its_own() -> None:
    by = nouns.publication(url="https://host.example/the/Harbour_Post")
    assert reading.message(nouns.body("eml", nouns.issue(nouns.article()), by))["list-id"].endswith(
        "<harbour-post.host.example>"
    )
