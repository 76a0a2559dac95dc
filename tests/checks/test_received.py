"""What a mail service did to a message, told link by link."""

import re
from collections.abc import Callable
from email import message_from_bytes, policy

import pytest

import nouns
from checks.editing import altered
from dispatch import check
from dispatch.model import Edition, Finding

STORY = nouns.rich(1)
ISSUE = nouns.issue(STORY, nouns.article(2))
SENT = nouns.body("eml", ISSUE)


def told(body: bytes) -> list[Finding]:
    message = Edition(format="eml", media_type="message/rfc822", path="message.eml", body=body)
    return check.received(message, ISSUE, nouns.publication())


def tracked(text: str) -> str:
    return re.sub(
        r"https://(?:paper|people)\.example/[^\s\"<]*", lambda m: f"https://click.mail.example/{len(m[0])}", text
    )


def test_a_message_that_came_through_as_it_was_sent() -> None:
    assert told(SENT) == []
    assert told(b"Received: from a.example by b.example; Mon, 1 Jan 2024 00:00:00 +0000\r\n" + SENT) == []


def test_a_message_that_was_encoded_anew() -> None:
    assert told(altered("eml", SENT, lambda text: text)) == []


@pytest.mark.parametrize("half", ["text/plain", "text/html"])
def test_each_rewritten_link_is_told_with_its_new_host(half: str) -> None:
    found = told(altered("eml", SENT, tracked, half=half))
    assert {one.rule for one in found} == {"received.rewritten"}
    assert {one.where for one in found} == {f"message.eml ({half})#story-1", f"message.eml ({half})#story-2"}
    assert all("now goes to click.mail.example" in one.what for one in found)
    # The way to the article, two authors, a credit and the source; the way, an author and the source.
    assert len(found) == 5 + 3


def test_one_rewritten_link_is_told_alone() -> None:
    body = altered("eml", SENT, lambda text: text.replace("people.example/jon", "t.example/jon"), half="text/html")
    assert [(one.rule, "Jón Þór" in one.what, "t.example" in one.what) for one in told(body)] == [
        ("received.rewritten", True, True)
    ]


@pytest.mark.parametrize("half", ["text/plain", "text/html"])
def test_links_that_are_gone(half: str) -> None:
    def plain(text: str) -> str:
        return re.sub(r' href="https://people\.example/ada"|https://people\.example/ada\r?\n', "", text)

    found = told(altered("eml", SENT, plain, half=half))
    assert [one.rule for one in found] == ["received.missing"]
    assert "Ada Lane" in found[0].what


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (lambda text: text.replace("Jón Þór", "J&#211;n"), "attribution.author"),
        (lambda text: text.replace("What story 1 is about", ""), "attribution.dek"),
        (
            lambda text: text.replace(
                "</body>", '<img src="https://o.mail.example/p.gif" width="1" height="1" alt=""></body>'
            ),
            "received.pixel",
        ),
    ],
)
def test_what_else_can_happen_on_the_way(edit: Callable[[str], str], rule: str) -> None:
    assert [one.rule for one in told(altered("eml", SENT, edit, half="text/html"))] == [rule]


def test_a_part_that_was_thrown_away() -> None:
    message = message_from_bytes(SENT, policy=policy.SMTP)
    plain, _html = message.get_payload()
    found = told(bytes(plain))
    assert [one.rule for one in found] == ["received.part"]
    assert "text/html" in found[0].what
