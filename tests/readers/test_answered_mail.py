"""Mail that answers mail, in the marks of many programs; forwards; pages saved as MIME; messages of Outlook's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import GatherError
from dispatch.gather import reading
from dispatch.model import Article, Document
from dispatch.readers import READERS

TEXT = (
    "The quay was built of stone that nobody cuts any more. Boats come in at six, and the market begins at seven. " * 3
)
OWN = f"<h1>The price of stone</h1><p>By Ada Lane</p><p>{TEXT}</p><p>{TEXT}</p>"
ASKED = "<p>Could you send us the text by Friday, please? We have two pages and no idea yet.</p>"
HEADS = (
    "<b>From:</b> Ed Roe &lt;ed@bay.example&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Ada<br><b>Subject:</b> Your text"
)
WROTE = "On Mon, Nov 23, 2026 at 9:00 AM Ed &lt;<a href='mailto:ed@bay.example'>ed@bay.example</a>&gt; wrote:"

REPLIES = {
    "Gmail": '{own}<div class="gmail_quote"><div>{wrote}</div><blockquote class="gmail_quote">{q}</blockquote></div>',
    "Yahoo": '<div>{own}</div><div id="ydp1" class="ydp1 yahoo_quoted"><div>{wrote}</div><div>{q}</div></div>',
    "Apple": '{own}<div><br><blockquote type="cite"><div>{wrote}</div>{q}</blockquote></div>',
    "Thunderbird": '{own}<div class="moz-cite-prefix">{wrote}<br></div><blockquote type="cite">{q}</blockquote>',
    "Proton": '{own}<div class="protonmail_quote">{wrote}<br><blockquote type="cite">{q}</blockquote></div>',
    "Outlook on the web": '<div>{own}</div><div id="appendonsend"></div><div id="divRplyFwdMsg">{heads}</div>{q}',
    "Outlook": '<div>{own}</div><div style="border-top:solid"><p>{heads}</p></div>{q}',
    "words alone": "{own}<p>{wrote}</p><blockquote>{q}</blockquote>",
    "German words": "{own}<p>Am 23.11.2026 um 09:00 schrieb Ed Roe:</p><blockquote>{q}</blockquote>",
}  # fmt: skip
FORWARDS = {
    "Gmail": '<div class="gmail_quote"><div>---------- Forwarded message ---------<br>{heads}</div>{own}</div>',
    "Apple": 'FYI<br><blockquote type="cite"><div>Begin forwarded message:</div><div>{heads}</div>{own}</blockquote>',
    "Outlook on the web": '<div id="appendonsend"></div><div id="divRplyFwdMsg">{heads}</div><div>{own}</div>',
}  # fmt: skip
PAGE = (
    f"<html><head><title>The price of stone</title><meta name=author content='Ada Lane'></head><body><article>"
    f"<h1>The price of stone</h1><p class=byline>By Ada Lane</p><p>{TEXT}</p><p>Grüße: {TEXT}</p></article></body>"
)


def write_mail(subject: str, body: str) -> bytes:
    heads = ("From: Ada Lane <ada@lane.example>", "To: Ed Roe <ed@bay.example>", f"Subject: {subject}")
    kind = ("Date: Tue, 24 Nov 2026 08:00:00 +0000", "MIME-Version: 1.0", "Content-Type: text/html; charset=utf-8")
    return "\r\n".join((*heads, *kind, "", body)).encode()


def write_archive(location: str = "https://paper.example/stone", *, head: str = "From: <Saved by Blink>") -> bytes:
    inner = f"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\nContent-Location: {location}"
    picture = "Content-Type: image/png\r\nContent-Location: https://paper.example/a.png\r\n\r\nPNG"
    top = f'{head}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="B"'
    return f"{top}\r\n\r\n--B\r\n{inner}\r\n\r\n{PAGE}\r\n--B\r\n{picture}\r\n--B--\r\n".encode()


def read_mail(body: bytes, media_type: str = "message/rfc822") -> Article:
    (article,) = reading.read_here(Document(url="", media_type=media_type, charset="", body=body), "named").articles
    return article


@pytest.mark.parametrize("subject", ["Re: Your text", "AW: Your text", "The price of stone"])
@pytest.mark.parametrize("program", REPLIES)
def test_what_is_answered_is_no_part_of_the_article(program: str, subject: str) -> None:
    article = read_mail(write_mail(subject, REPLIES[program].format(own=OWN, wrote=WROTE, heads=HEADS, q=ASKED * 5)))
    assert (article.title, [author.name for author in article.authors]) == ("The price of stone", ["Ada Lane"])
    assert article.content.count("The quay") == 6
    assert not [word for word in ("Friday", "wrote", "schrieb", "Ed Roe") if word in article.content]


def test_a_long_thread_below_a_short_answer_is_no_article_either() -> None:
    body = REPLIES["Outlook"].format(own=OWN, wrote="", heads=HEADS, q=ASKED * 40)
    assert "Friday" not in read_mail(write_mail("Re: Your text", body)).content


@pytest.mark.parametrize("program", FORWARDS)
def test_a_forward_with_nothing_above_is_the_article(program: str) -> None:
    body = FORWARDS[program].format(
        own=OWN, heads=HEADS.replace("Ed Roe", "Ada Lane").replace("Your text", "The price")
    )
    article = read_mail(write_mail("Fwd: The price of stone", body))
    assert [author.name for author in article.authors] == ["Ada Lane"]
    assert article.content.startswith("<p>The quay")


@pytest.mark.parametrize("media_type", ["multipart/related", "application/x-mimearchive", "message/rfc822", ""])
def test_a_page_that_a_browser_saved_as_one_file_is_that_page(media_type: str) -> None:
    article = read_mail(write_archive(), media_type)
    assert (article.url, article.title) == ("https://paper.example/stone", "The price of stone")
    assert ([author.name for author in article.authors], article.source.title) == (["Ada Lane"], "paper.example")
    assert "Grüße" in article.content


def test_a_saved_page_without_an_address_and_a_mail_of_that_form() -> None:
    assert read_mail(write_archive("file:///C:/stone.html")).url == ""
    sent = write_archive(head="From: Ada Lane <ada@lane.example>\r\nTo: ed@bay.example\r\nSubject: The price of stone")
    assert read_mail(sent).source.title != "paper.example"


def test_a_message_of_outlook_is_refused_by_name_with_a_way_out() -> None:
    body = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "__substg1.0_0037001F".encode("utf-16-le")
    with pytest.raises(GatherError, match="Outlook's own kind") as refused:
        read_mail(body, "")
    assert ".eml" in refused.value.faults[0].hint
    with pytest.raises(GatherError, match="old office document"):
        read_mail(body[:500], "")


@given(
    st.lists(
        st.sampled_from([OWN, ASKED, WROTE, HEADS, *REPLIES.values(), "<div>", "</div>", "<blockquote>"]), max_size=6
    )
)
def test_no_mixture_of_marks_breaks(pieces: list[str]) -> None:
    READERS["mail"].read(Document(url="", media_type="", charset="", body=write_mail("Re: x", "".join(pieces))))
