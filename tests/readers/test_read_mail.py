"""Messages and newsletters: the article in them, who wrote it, and nothing of the frame that mail puts around it."""

import re
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import GatherError
from dispatch.gather import gather_articles
from dispatch.html import sanitise_html, to_plain_text
from dispatch.model import Article, Document
from dispatch.readers import READERS, mail
from thorough import scale

MAIL = Path(__file__).parent.parent / "data" / "mail"
# What no reader of an article wants to see: services' words, mailboxes, codes, pictures that count.
FRAME = (
    *(
        "@",
        "nsubscri",
        "browser",
        "navegador",
        "navigateur",
        "Uitschrijven",
        "Abmelden",
        "Cancelar inscri",
        "Darse de baja",
    ),
    *("配信停止", "إلغاء", "{{", "*|", "orwarded", "Weitergeleitete", "réexpédié", "listmonk", "Ghost", "beehiiv", "©"),
    *("Buttondown", "Copyright", "READ IN APP", "px.png", "Desk", "ubscribe here", "More like this", "Market Street"),
)


class Wanted(NamedTuple):
    title: str
    authors: str = ""
    certainty: str = "likely"
    dek: str = ""
    url: str = ""
    day: str = ""
    source: str = ""
    begins: str = ""
    ends: str = ""


PROSE = "A letter takes three days."
WANTED = {
    "substack.eml": Wanted(
        "The slow letter",
        "Ada Example https://substack.com/@ada",
        "certain",
        "Why I still write by hand, and what it does to time",
        "https://slow.example/p/the-slow-letter",
        "2026-11-24",
        "The Slow Letter",
        "The pen",
        "more slowly still.",
    ),
    "substack.html": Wanted(
        "The slow letter",
        "Ada Example https://substack.com/@ada",
        dek="Why I still write by hand, and what it does to time",
        begins="The pen",
    ),
    "substack-none.eml": Wanted(
        "Keys I have lost",
        "Nia Roe",
        "unknown",
        url="https://keys.example/p/keys-i-have-lost",
        day="2026-11-24",
        source="Lost & Found",
        begins="There were eleven.",
        ends="The first was iron.",
    ),
    "ghost.eml": Wanted(
        "The night train is back",
        "Nia Roe",
        dek="Eleven hours, one pillow",
        url="https://rail.example/night-train/?ref=rail-notes-newsletter",
        day="2026-11-19",
        source="Rail Notes",
        begins="At the platform. Photo: Pia Poe",
        ends="Buy",
    ),
    "ghost.html": Wanted(
        "The night train is back",
        "Nia Roe",
        dek="Eleven hours, one pillow",
        url="https://rail.example/night-train/?ref=rail-notes-newsletter",
        day="2026-11-19",
        source="rail.example",
    ),
    "ghost-old.html": Wanted(
        "The night train is back",
        "Nia Roe",
        url="https://rail.example/night-train/?ref=rail-notes-newsletter",
        day="2026-11-19",
        source="rail.example",
        begins=PROSE,
        ends="for eleven weeks.",
    ),
    "buttondown.html": Wanted(
        "Was Steine kosten",
        "Jana Muster",
        url="https://buttondown.com/steine/archive/steine-1/",
        day="2026-11-22",
        begins="Steine waren billig",
        ends="hatte einen Besitzer.",
    ),
    "mailchimp.html": Wanted(
        "The crane that stayed", "Tom Okafor", url="https://mailchi.mp/harbour/news-12", begins=PROSE
    ),
    "beehiiv.html": Wanted(
        "The bridge that sings",
        "Rosa Lindqvist",
        dek="And the town that asked it to stop",
        url="https://bridges.example/p/the-bridge-that-sings?_bhiiv=opp_1&bhcl_id=2",
        day="2026-11-21",
        source="bridges.example",
        begins=PROSE,
        ends="more slowly still.",
    ),
    "kit.html": Wanted(
        "What the tide keeps",
        "Ines Duarte",
        url="https://tides.kit.example/posts/what-the-tide-keeps",
        source="tides.kit.example",
        begins="Every spring",
    ),
    "listmonk.eml": Wanted(
        "El precio de la piedra",
        "Lucía Ramos",
        day="2026-11-22",
        source="La crónica",
        begins="Hola, la piedra",
        ends="la barca.",
    ),
    "mailerlite-pt.eml": Wanted(
        "O preço do sal",
        "Beatriz Lima",
        url="https://preview.mailerlite.example/a1b2",
        day="2026-11-22",
        source="A Carta",
        begins="O sal era barato",
        ends="estava no frete.",
    ),
    "cm-nl.html": Wanted(
        "De brug die niemand mat", "Sanne de Wit", url="https://brug.createsend1.com/t/t-e-abc/", begins="Elke stad"
    ),
    "ja.eml": Wanted(
        "橋が歌う朝",
        "佐藤花子",
        url="https://hashi.example/mag/12",
        day="2026-11-22",
        source="橋だより",
        begins="橋は毎朝歌う",
        ends="冬には黙る。",
    ),
    "ru.eml": Wanted(
        "Мост, который поёт", "Анна Лебедева", "certain", day="2026-11-22", begins="Мост поёт", ends="он молчит."
    ),
    "ar.eml": Wanted("الجسر الذي يغني", "ليلى حداد", day="2026-11-22", source="الجسر", begins="يغني الجسر"),
    "gmail-forward.eml": Wanted(
        "The price of stone", "Ann Lee", "certain", day="2026-11-24", begins=PROSE, ends="more slowly still."
    ),
    "outlook-sv.eml": Wanted(
        "Bron som sjunger", "Elin Bergström", "certain", day="2026-11-24", begins="När vinden", ends="sekelskiftet."
    ),
    "apple-fr.eml": Wanted(
        "Le moulin se tait", "Hugo Sabatier", "certain", day="2026-11-24", begins="La roue", ends="les comptes."
    ),
    "thunderbird-de.eml": Wanted(
        "Wer zahlt den Turm",
        "Greta Sommer, Ole Brandt",
        "certain",
        "Zwei Gemeinden, ein Dach",
        day="2026-11-24",
        begins="Der Turm steht",
        ends="auf keiner.",
    ),
    "attached.eml": Wanted(
        "The night train is back",
        "Nia Roe",
        dek="Eleven hours, one pillow",
        url="https://rail.example/night-train/?ref=rail-notes-newsletter",
        day="2026-11-19",
        source="Rail Notes",
    ),
    "gmail-own.eml": Wanted(
        "The drawer of left shoes",
        "Ines Duarte",
        "certain",
        day="2026-11-24",
        begins="Every spring",
        ends="out of drawers.",
    ),
    "substack-it.eml": Wanted(
        "La lettera lenta",
        "Chiara Neri https://substack.com/profile/12-chiara-neri, Luca Bassi https://substack.com/profile/13-luca",
        "certain",
        "Perché scrivo ancora a mano",
        "https://lento.example/p/la-lettera-lenta",
        "2026-11-24",
        "Lento",
        "Una lettera impiega",
    ),
    "ghost-ko.html": Wanted(
        "노래하는 다리",
        "김하늘",
        url="https://dari.example/norae/",
        day="2026-11-19",
        source="dari.example",
        begins="다리는 매일",
        ends="조용하다.",
    ),
    "mailchimp-es.eml": Wanted(
        "El faro que parpadea",
        "Lucía Ramos",
        url="https://us1.campaign-archive.com/?e=abc&u=1&id=2",
        day="2026-11-22",
        source="El Faro",
        begins="El faro parpadea",
        ends="El farero duerme.",
    ),
    "hi.eml": Wanted("नदी का पुल", "मीरा शर्मा", "certain", day="2026-11-22", begins="पुल हर सुबह", ends="हो जाता है।"),
    "plain.eml": Wanted(
        "Le prix de la pierre", "Élodie Martin", "certain", day="2026-11-24", begins="La pierre", ends="ne la comptait."
    ),
    "press.eml": Wanted(
        "Harbour to sell its cranes",
        "Harbour Board",
        "unknown",
        "Two go to a museum, one to a farmer",
        day="2026-11-24",
        begins="TIDEFORD, 24 November 2026 –",
        ends="of the strike.",
    ),
    "broken.eml": Wanted("A title", "Ann Lee", begins="Words that make", ends="another one."),
}


def read(name: str) -> list[Article]:
    return gather_articles(str(MAIL / name), user_agent="test")


@pytest.mark.parametrize("name", WANTED)
def test_the_article_in_a_message(name: str) -> None:
    (article,) = read(name)
    wanted = WANTED[name]
    text = to_plain_text(article.content).strip()
    assert article.title == wanted.title
    assert ", ".join(f"{author.name} {author.url}".strip() for author in article.authors) == wanted.authors
    assert (article.certainty, article.dek, article.url) == (wanted.certainty, wanted.dek, wanted.url)
    assert article.source.title == wanted.source
    if wanted.day:
        assert article.published
        assert article.published.date().isoformat() == wanted.day
    assert text.startswith(wanted.begins)
    assert text.endswith(wanted.ends)


@pytest.mark.parametrize("name", sorted(path.name for path in MAIL.iterdir()))
def test_nothing_of_the_frame_is_left(name: str) -> None:
    for article in read(name):
        told = f"{article.title} {article.dek} {article.summary} {article.content}"
        assert [word for word in FRAME if word in told] == []
        shown = replace(article, authors=tuple(replace(one, email="") for one in article.authors))
        assert not [one.email for one in article.authors if one.email and one.email in repr(shown)]
        assert article.title not in to_plain_text(article.content)
        assert sanitise_html(article.content) == article.content


def test_a_digest_is_as_many_articles_as_it_holds_messages() -> None:
    assert [(article.title, article.authors[0].name) for article in read("digest.eml")] == [
        ("One bridge", "Ann Lee"),
        ("Two ferries", "Bo Roe"),
    ]


def message(body: str, subtype: str = "html", **headers: str) -> bytes:
    made = EmailMessage()
    made["Message-ID"] = "<1@mail.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(body, subtype=subtype)
    return bytes(made)


def read_message(body: bytes) -> Article:
    (article,) = mail.read(Document(url="", media_type="message/rfc822", charset="", body=body, name="letter.eml"))
    return article


@pytest.mark.parametrize(
    ("sender", "names", "source"),
    [
        ("Ann Lee <ann@paper.example>", ["Ann Lee"], ""),
        ('"Ann Lee from The Paper" <ann@paper.example>', ["Ann Lee"], "The Paper"),
        ("Ann Lee | The Paper <ann@paper.example>", ["Ann Lee"], "The Paper"),
        ("ann@paper.example", ["mailto:ann@paper.example"], ""),
        ("Do not reply <noreply@paper.example>", ["Do not reply"], ""),
        ("admin <admin@paper.example>", ["mailto:admin@paper.example"], ""),
        ("=?utf-8?q?=C3=89lodie_Martin?= <e@paper.example>", ["Élodie Martin"], ""),
    ],
)
def test_who_sent_it_is_a_weak_witness(sender: str, names: list[str], source: str) -> None:
    article = read_message(
        message("<h1>A title</h1><p>It rained for eleven days.</p><p>Then it did not.</p>", From=sender)
    )
    assert [author.name for author in article.authors] == names
    assert (article.certainty, article.source.title) == ("unknown", source)
    assert {one.email for one in article.authors} <= {"", *re.findall(r"[\w.]+@[\w.]+", sender)}
    assert "paper.example" not in repr(replace(article, authors=()))


def test_a_text_half_is_heard_with_the_same_doubt() -> None:
    plain = "It rained for eleven days in the east.\n\nThen it did not rain at all.\n"
    named = read_message(
        message(f"A title\n\nBy Ann Lee\n\n{plain}", "plain", From="Ann Lee <a@paper.example>", Subject="A title")
    )
    sent = read_message(
        message(f"A title\n\n{plain}", "plain", From="Ann Lee <a@paper.example>", Subject="Fwd: A title")
    )
    assert (named.title, named.authors[0].name, named.certainty) == ("A title", "Ann Lee", "certain")
    assert (sent.title, sent.authors[0].name, sent.certainty) == ("A title", "Ann Lee", "unknown")


def test_a_sender_beside_another_byline_is_the_paper() -> None:
    article = read_message(
        message("<h1>A title</h1><p>By Bo Roe</p><p>It rained.</p>", From="Rail Notes <r@rail.example>")
    )
    assert ([author.name for author in article.authors], article.certainty) == (["Bo Roe"], "likely")
    assert article.source.title == "Rail Notes"


@pytest.mark.parametrize(
    ("headers", "url"),
    [
        (
            {"Archived-At": "<https://paper.example/a?x=1&y=2>", "List-Post": "<https://paper.example/b>"},
            "https://paper.example/a?x=1&y=2",
        ),
        (
            {"List-Post": "<mailto:list@paper.example>", "List-Archive": "<https://paper.example/archive/12>"},
            "https://paper.example/archive/12",
        ),
        ({"List-Archive": "<https://paper.example/archive>"}, ""),
        ({"List-Post": "<https://paper.example/>"}, ""),
    ],
)
def test_the_address_of_a_message_on_the_web(headers: dict[str, str], url: str) -> None:
    assert read_message(message("<h1>A title</h1><p>It rained.</p>", **headers)).url == url


def test_a_reply_below_a_text_is_no_part_of_it() -> None:
    article = read_message(
        message(
            "<h1>A title</h1><p>By Ann Lee</p>"
            "<p>It rained for eleven days, and nobody in the town had a word for it.</p>"
            "<div><b>From:</b> Desk &lt;d@wire.example&gt;<br><b>Sent:</b> Monday<br><b>Subject:</b> Where is it?</div>"
            "<p>Well?</p>",
            Subject="Re: Where is it?",
        )
    )
    assert article.content == "<p>It rained for eleven days, and nobody in the town had a word for it.</p>"


def test_what_is_a_message() -> None:
    for name in ("substack.eml", "broken.eml"):
        body = Document(url="", media_type="", charset="", body=(MAIL / name).read_bytes())
        assert next(name for name, reader in READERS.items() if reader.accepts(body)) == "mail"
    pasted = b"From: Ann Lee\nDate: Monday\nSubject: Stone\n\nThe price of stone\n"
    assert not mail.accepts(Document(url="", media_type="", charset="", body=pasted))


@pytest.mark.parametrize("kind", ["mixed", "digest"])
@pytest.mark.parametrize(
    "part", ["--a\nContent-Type: text/plain\n\nx\n" * 300, "--a\n\nx\n" * 3_000, "--a\r\rx\r" * 3_000]
)
def test_too_many_parts_are_refused(kind: str, part: str) -> None:
    """The parts of a digest are messages, without a header that says so (RFC 2046, section 5.1.5)."""
    body = f"MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary=a\n\n{part}".encode()
    with pytest.raises(GatherError, match="more than 200 parts"):
        mail.read(Document(url="", media_type="message/rfc822", charset="", body=body))


def test_lines_of_hyphens_are_no_parts() -> None:
    body = b"MIME-Version: 1.0\nSubject: Stone\n\nIt rained for eleven days.\n\n" + b"--\n" * 3_000
    assert mail.read(Document(url="", media_type="message/rfc822", charset="", body=body))


HEADER = st.sampled_from(
    [
        "From",
        "Subject",
        "Date",
        "Content-Type",
        "Content-Transfer-Encoding",
        "List-Id",
        "List-Post",
        "MIME-Version",
        "X-A",
    ]
)
VALUE = st.text(max_size=60) | st.sampled_from(
    [
        "multipart/mixed; boundary=a",
        "message/rfc822",
        "text/html; charset=utf-7",
        'text/html; charset="',
        "=?x?q?=?=",
        "base64",
        "<https://a.example/b>",
    ]
)


@settings(max_examples=scale(200))
@given(
    st.lists(st.tuples(HEADER, VALUE), max_size=8),
    st.binary(max_size=200) | st.just(b"--a\n\n<p>By Ann Lee\n--a\nContent-Type: message/rfc822\n\n"),
)
def test_no_message_breaks_it(headers: list[tuple[str, str]], body: bytes) -> None:
    head = "".join(f"{name}: {value}\n" for name, value in headers)
    document = Document(
        url="", media_type="message/rfc822", charset="", body=head.encode("utf-8", "surrogatepass") + b"\n" + body
    )
    try:
        articles = mail.read(document)
    except GatherError:
        return
    for article in articles:
        assert sanitise_html(article.content) == article.content


def test_forwards_within_forwards_have_an_end() -> None:
    body = "<p>From: Ann Lee</p><p>Subject: Stone</p><p>It rained.</p>" * 2_000
    assert read_message(message(body)).title == "Stone"


@pytest.mark.parametrize("said", ["hidden", 'class="preheader"', 'style="display:none"'])
def test_the_letter_itself_is_not_removed(said: str) -> None:
    for written in (f"<html {said}><body>", f"<html><body {said}>"):
        body = f"{written}<h1>Ice</h1><p>The harbour freezes for eleven days in an ordinary winter.</p></body></html>"
        article = read_message(b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + body.encode())
        assert "eleven days" in article.content
