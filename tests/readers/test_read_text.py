"""Plain text as it arrives by mail and paste."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import html
from dispatch.errors import GatherError
from dispatch.model import Article, Author, Document, Place, Source
from dispatch.readers import text

PASTED = """The winter that did not come

Eleven days of ice are missing from the ledger

The harbour of Exampleton freezes for eleven days in an ordinary winter – “and this year,” they say, it didn’t.

What the pilots do instead

They paint *every* bollard <green>, 1. with care & 2_000 litres of `paint`.

Will it freeze again?

Nobody knows. “We wait,” said the oldest.

For more on harbours and the weather, visit Tide & Time.

Author

  • Ada Holm

    Ada Holm

    Ada Holm has written about water
    and weather since 1999.

    View all posts

  • Bo Lind, Jr.

    Bo Lind keeps the ledger.

    View all posts <https://tide.example/author/bo?a=1&copy=2>
"""


def read(body: str) -> Article:
    (article,) = text.read(document(body))
    return article


def document(body: str | bytes, charset: str = "", media_type: str = "text/plain") -> Document:
    return Document(
        url="", media_type=media_type, charset=charset, body=body.encode() if isinstance(body, str) else body, name="-"
    )


def test_a_pasted_article() -> None:
    article = read(PASTED)
    assert article.title == "The winter that did not come"
    assert article.dek == "Eleven days of ice are missing from the ledger"
    assert html.find_headings(article.content) == ["What the pilots do instead", "Will it freeze again?"]
    assert article.authors == (
        Author(name="Ada Holm", bio="Ada Holm has written about water and weather since 1999."),
        Author(name="Bo Lind, Jr.", url="https://tide.example/author/bo?a=1&copy=2", bio="Bo Lind keeps the ledger."),
    )
    assert article.certainty == "certain"
    assert article.source == Source(title="Tide & Time")
    paragraphs = html.to_plain_text(article.content).split("\n\n")
    assert paragraphs[0].endswith("– “and this year,” they say, it didn’t.")
    assert paragraphs[2] == "They paint *every* bollard <green>, 1. with care & 2_000 litres of `paint`."
    assert paragraphs[-1] == "For more on harbours and the weather, visit Tide & Time."


def test_line_ends_indents_and_wrapping_make_no_difference() -> None:
    plain = read(PASTED)
    for other in (
        PASTED.replace("\n", "\r\n"),
        PASTED.replace("\n", "\r"),
        "\ufeff" + PASTED,
        "\n\n" + PASTED.replace("\n\n", "\n \t\n\n"),
        PASTED.replace("\n\n", "\n\n\t"),
    ):
        assert read(other) == plain
    wrapped = read(PASTED.replace(" freezes for", "\nfreezes for"))
    assert html.to_plain_text(wrapped.content) == html.to_plain_text(plain.content)


def test_a_line_a_paragraph() -> None:
    long = "This is a paragraph that stands on one long line, as word processors and mail programs write it today."
    article = read(f"Title\nBy Ada Holm\nA dek\n{long}\nA heading\n{long}\n{long}")
    assert (article.title, article.dek) == ("Title", "A dek")
    assert article.authors == (Author(name="Ada Holm"),)
    assert html.find_headings(article.content) == ["A heading"]
    assert html.to_plain_text(article.content).split("\n\n") == [long, "A heading", long, long]


@pytest.mark.parametrize(("size", "end"), [(100, "\n"), (101, "\n\n")])
def test_a_line_longer_than_anybody_wraps_is_a_paragraph(size: int, end: str) -> None:
    long = "x" * size
    article = read(f"Title\n\nOne.\n\n{long}\nThe end.")
    assert html.to_plain_text(article.content).replace(f"{long} ", f"{long}\n") == f"One.\n\n{long}{end}The end."


def test_a_byline_is_one_witness_and_a_block_another() -> None:
    named = read("Title\nBy Ada Holm and Bo Lind\n\nOne.\n\nTwo.")
    assert (named.authors, named.certainty) == ((Author(name="Ada Holm"), Author(name="Bo Lind")), "likely")
    both = read("Title\n\nBy Ada Holm\n\nOne.\n\nAbout the author:\n* Ada Holm\nShe writes.")
    assert (both.authors, both.certainty) == ((Author(name="Ada Holm", bio="She writes."),), "certain")
    nobody = read("Title\n\nBy the end of winter, nobody knew.\n\nTwo.")
    assert (nobody.authors, nobody.certainty) == ((), "unknown")
    assert html.to_plain_text(nobody.content).startswith("By the end of winter")


def test_a_block_that_names_nobody_stays() -> None:
    article = read("Title\n\nOne.\n\nAuthor\n\nThis is a sentence about somebody, and names nobody in particular.")
    assert article.authors == ()
    assert "names nobody in particular" in article.content


@pytest.mark.parametrize("stop", [".", "!", "?"])
def test_a_sentence_in_the_block_is_no_name(stop: str) -> None:
    article = read(f"Title\n\nOne.\n\nAuthor\n\nWho has not met her{stop}")
    assert article.authors == ()
    assert html.to_plain_text(article.content) == f"One.\n\nAuthor\n\nWho has not met her{stop}"
    bulleted = read(f"Title\n\nOne.\n\nAuthor\n\n• Wham{stop}\nThey write.")
    assert bulleted.authors == (Author(name=f"Wham{stop}", bio="They write."),)


@pytest.mark.parametrize("size", [100, 101])
@pytest.mark.parametrize("bullet", ["", "• "])
def test_a_name_has_an_end(size: int, bullet: str) -> None:
    article = read(f"Title\n\nOne.\n\nAuthor\n\n{bullet}{'x' * size}")
    assert article.authors == ((Author(name="x" * size),) if size == 100 else ())


@pytest.mark.parametrize(
    "title",
    ["Author", "authors", "The author:", "About the authors", "ABOUT THE AUTHOR(S):", "About author"],
)
@pytest.mark.parametrize("bullet", ["•", "·", "‣", "◦", "*", "–", "-"])
def test_a_block_is_titled_and_bulleted_so(title: str, bullet: str) -> None:
    article = read(f"Title\n\nOne.\n\n{title}\n\n{bullet} Ada Holm\n\nShe writes.\n\n{bullet} Bo Lind")
    assert article.authors == (Author(name="Ada Holm", bio="She writes."), Author(name="Bo Lind"))
    assert html.to_plain_text(article.content) == "One."


@pytest.mark.parametrize(
    "line",
    [
        *(f"{verb} all posts <{{}}>" for verb in ("View", "See", "Read", "Show", "")),
        *(f"View {which} posts ({{}})" for which in ("all", "more", "other")),
        *(f"VIEW ALL {what}: {{}}" for what in ("posts", "articles", "stories")),
        *(f"See all {whose} articles by Ada Holm [{{}}]" for whose in ("the", "of", "their", "his", "her")),
    ],
)
def test_the_way_to_all_posts_is_the_authors_address(line) -> None:
    url = "https://tide.example/ada?a=1"
    article = read(f"Title\n\nOne.\n\nAuthor\n\nAda Holm\n\nShe writes.\n\n{line.format(url).strip()}")
    assert article.authors == (Author(name="Ada Holm", bio="She writes.", url=url),)


def test_what_follows_the_block_is_not_lost() -> None:
    article = read("Title\n\nOne.\n\nAuthors\n\n• Ada Holm\nShe writes.\nView all posts\n\nPrinted by the Tide.")
    assert article.authors == (Author(name="Ada Holm", bio="She writes."),)
    assert html.to_plain_text(article.content) == "One.\n\nPrinted by the Tide."


@pytest.mark.parametrize(
    "line",
    [
        "A sentence.",
        "“Words?”",
        "They say: “We wait.”",
        "Nobody knows (yet,)",
        "— Words",
        "and:",
        "it ends,",
        "句子。",
        "वाक्य।",
        "x" * 101,
        "- an item",
        "* * *",
        "12 34 .",
    ],
)
def test_not_every_short_line_is_a_heading(line: str) -> None:
    article = read(f"Title\n\nDek\n\nOne.\n\n{line}\n\nTwo.")
    assert html.find_headings(article.content) == []


@pytest.mark.parametrize(
    ("line", "source"),
    [
        (
            "For more, visit https://tide.example/a?b=1&copy=2.",
            Source(title="tide.example", url="https://tide.example/a?b=1&copy=2"),
        ),
        ("For the latest on ice, visit us at The Tide.", Source(title="The Tide")),
        ("For years, nobody went there. To visit the Tide is hard.", Source()),
        ("We visit The Tide.", Source()),
    ],
)
def test_the_last_line_may_name_the_source(line: str, source) -> None:
    assert read(f"Title\n\nOne.\n\n{line}").source == source


def test_nothing_is_no_article() -> None:
    assert text.read(document("")) == []
    assert text.read(document(" \n\t\n")) == []


@pytest.mark.parametrize(
    ("body", "charset", "title"),
    [
        ("Ärger".encode(), "", "Ärger"),
        ("Ärger – “so”".encode("cp1252"), "", "Ärger – “so”"),
        ("Ärger".encode("latin-1"), "iso-8859-1", "Ärger"),
        ("Ärger – “so”".encode("cp1252"), "iso-8859-1", "Ärger – “so”"),
        ("Ärger".encode("utf-16"), "", "Ärger"),
        (b"\xef\xbb\xbfbom", "windows-1252", "bom"),
        ("привет".encode("koi8-r"), "koi8-r", "привет"),
        ("日本".encode("shift_jis"), "Shift_JIS", "日本"),
        (b"\xff\xfe", "", ""),
        ("Äußerung".encode() + b"\xff", "", "Äußerung\N{REPLACEMENT CHARACTER}"),
        (b"a\xff", "utf-8", "aÿ"),  # it is not what it says
        (b"plain", "unicode_escape", "plain"),
        (b"plain", "zip", "plain"),
        (b"plain", "no-such-thing", "plain"),
    ],
)
def test_character_sets(body, charset: str, title: str) -> None:
    assert "".join(article.title for article in text.read(document(body, charset))) == title


def test_what_is_no_text() -> None:
    assert not text.accepts(document(b"%PDF-1.7\n\0\0", media_type=""))
    assert not text.accepts(document(b"words", media_type="application/pdf"))
    assert text.accepts(document("Ärger".encode("utf-16"), media_type=""))


@given(st.text(), st.text(), st.text())
def test_no_text_breaks_it(one, two, three) -> None:
    for article in text.read(document("\n\n".join([one, two, three]).encode("utf-8", "surrogatepass"))):
        assert article.certainty == ("unknown" if not article.authors else article.certainty)


# A copyright's sign begins a footer, a mailbox goes, and what begins with “>” is a quotation.
LINES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="©ⓒ@"), min_size=1).map(
    lambda line: line.strip("> ").strip() + "."
)


@given(st.lists(LINES, min_size=1))
def test_no_word_is_lost(lines) -> None:
    article = read("Title\n\n" + "\n\n".join(lines))
    shown = html.to_plain_text(article.content) + "".join(author.name for author in article.authors)
    assert "".join(shown.split()) == "".join(html.remove_illegal_characters("".join(lines)).split())


def test_what_is_refused_has_no_line_of_what_was_made_of_the_text() -> None:
    with pytest.raises(GatherError) as caught:
        text.read(document("Title\n\n" + "[" * 20_000))
    (fault,) = caught.value.faults
    assert fault.place == Place()


@pytest.mark.parametrize(
    "title",
    ["Room 404", "Blue Mill 2", "Part 2", "Ferry 13", "Week 1", "Grade 99", "部屋 101", "Woche 3", "Opus 7 & 8"],
)
def test_a_word_and_a_number_are_a_title(title: str) -> None:
    written = f"{title}\n\nA film about the mill came out. It was long.\n\nNobody saw it."
    (article,) = text.read(Document(url="", media_type="text/plain", charset="utf-8", body=written.encode()))
    assert (article.title, article.authors) == (title, ())
    assert "Nobody saw it" in article.content


@pytest.mark.parametrize("subject", ["Ice and Water", "ICE AND WATER", "ice  and water"])
def test_a_note_above_the_subject_is_no_part_of_the_text(subject: str) -> None:
    """The line is not followed by a byline: it is the subject that tells it from a paragraph."""
    mail = "Here is my piece for this week.\n\nIce and water\n\nThe harbour froze. Nobody went out.\n\nTwo."
    (article,) = text.read(replace(document(mail), title=subject))
    assert article.title == "Ice and water"
    assert html.to_plain_text(article.content) == "The harbour froze. Nobody went out.\n\nTwo."


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_day_below_a_name_says_that_it_is_one(between: str) -> None:
    """A name of four words is none else: it could be a dek."""
    body = "The harbour froze. Nobody went out.\n\nTwo."
    article = read(f"Title\n\nAda van der Holm{between}3 May 2026\n\n{body}")
    assert [author.name for author in article.authors] == ["Ada van der Holm"]
    assert read(f"Title\n\nAda van der Holm\n\n{body}").authors == ()
    assert read("Title\n\nAda van der Holm").authors == ()
