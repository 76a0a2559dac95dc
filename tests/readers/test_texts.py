"""Texts as agencies, press offices, newsletters and mail programs send them, each beside what is read of it.

``pytest --update-golden`` writes the ``.expected`` files anew; the diff is the review.
"""

import re
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import html
from dispatch.model import Article, Document
from dispatch.readers import contacts, mail_frame, text

TEXTS = Path(__file__).parents[1] / "data" / "texts"
CAME = datetime(2026, 11, 28)


def read_text(body: bytes) -> Article:
    document = Document(url="", media_type="text/plain", charset="", body=body, name="-", received=CAME)
    (article,) = text.read(document)
    return article


def describe(article: Article) -> str:
    """What was read, a line for each field that says something, then the body as Markdown."""
    said = {
        "title": article.title,
        "dek": article.dek,
        "authors": "; ".join(f"{one.name} ({one.bio})" if one.bio else one.name for one in article.authors),
        "certainty": article.certainty,
        "credits": "; ".join(f"{one.role} {one.name}" for one in article.credits),
        "source": article.source.title,
        "url": article.url,
        "published": f"{article.published:%Y-%m-%d}" if article.published else "",
        "tags": "; ".join(article.tags),
    }
    return "\n".join(f"{key}: {value}" for key, value in said.items() if value) + f"\n\n{article.markdown}\n"


@pytest.mark.parametrize("path", sorted(TEXTS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_text_is_read_as_people_read_it(path: Path, request: pytest.FixtureRequest) -> None:
    article = read_text(path.read_bytes())
    expected = path.with_suffix(".expected")
    if request.config.getoption("--update-golden"):
        expected.write_text(describe(article), "utf-8")
    assert describe(article) == expected.read_text("utf-8")
    shown = describe(article) + article.content
    assert not re.search(r"[\w.]@\w|unsubscribe|\+\d\d|forwarded message", shown, re.IGNORECASE)
    assert "@" not in repr([author.name for author in article.authors])


@pytest.mark.parametrize("came", [None, datetime(2027, 1, 2)])
def test_a_day_without_a_year_is_the_last_before_the_text_came(came: datetime | None) -> None:
    body = (
        b"The slow letter\nA dek of six small words\nAda Example\nNov 24\n\nI bought the pen.\n\nIt has been leaking."
    )
    (article,) = text.read(Document(url="", media_type="", charset="", body=body, received=came))
    assert [author.name for author in article.authors] == ["Ada Example"]
    assert article.published == (came and datetime(2026, 11, 24))
    assert html.to_plain_text(article.content).startswith("I bought the pen.")


QUOTED_PRINTABLE = """The slow =E2=80=9Cletter=E2=80=9D

A letter takes three days=2C and in three days most quarrels are over and for=
gotten, caf=C3=A9 and all.
"""


def test_quoted_printable_that_a_mail_program_has_left_is_decoded() -> None:
    article = read_text(QUOTED_PRINTABLE.encode())
    assert article.title == "The slow “letter”"
    assert "over and forgotten, café and all." in article.markdown
    code = "Code\n\nA line has url=3D and x=41.\n\n=====\n\nThe end."
    assert "url=3D and x=41" in read_text(code.encode()).markdown


# What frames are made of; in any order they are no frame, and still nothing breaks.
PIECES = st.sampled_from(
    """From: Ann Lee <ann@paper.example>
Subject: Fwd: Stone
Date: 24.11.2026
---------- Forwarded message ----------
On Tuesday, Ann Lee <ann@paper.example> wrote:
> quoted
>> twice

--
###
Media Contact: Bo Roe
(555) 123-4567
Tel.: 030 123456
View this in your browser: https://paper.example/a
Unsubscribe https://paper.example/u
By Ann Lee
Nov 24
LISBON (AP) — A ferry sank.
https://substack.com/redirect/1?j=2
READ IN APP
• an item
1. one
(
=E2=80=9C=
Keywords: a; b
Ann Lee is a writer.
Who are you?
A heading""".split("\n")
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=30))))
def test_no_frame_breaks_it_or_adds_a_word(lines: list[str]) -> None:
    body = "\n".join(lines)
    found = text.read(Document(url="", media_type="", charset="", body=body.encode("utf-8", "replace"), received=CAME))
    for article in found:
        assert not contacts.MAILBOX.search(html.to_plain_text(article.content) + article.title + article.dek)
    framed = mail_frame.strip_frame("\n".join(line.replace("=", "") for line in lines))
    assert set("".join(framed.text.split())) <= set("".join(body.split()))
