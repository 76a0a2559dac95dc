"""With which words an excerpt may begin: those of the first line that surely is a sentence, or of one before it."""

import pytest

from dispatch.checks.body import find_openings
from dispatch.checks.html_page import read_content

SURE = "The ministers met in Brussels this week and agreed that nobody would pay for any of it"  # 17 words
NEXT = "Somebody will have to."


def openings(*lines: str) -> list[str]:
    return find_openings(read_content("".join(f"<p>{line}</p>" for line in lines)).lines)


@pytest.mark.parametrize("end", [".", "!", "?", "…", "।", "؟"])
@pytest.mark.parametrize("close", ["", "”", "’", '"', ")", "»", ".”)"])
def test_nothing_after_a_sentence_begins_an_excerpt(end: str, close: str) -> None:
    assert openings(SURE + end + close, NEXT) == ["The ministers met in Brussels this"]


@pytest.mark.parametrize("first", [SURE, f"{SURE}:", f"{SURE}“", "Brussels, 3 May 2026.", " ".join(["so"] * 14) + "."])
def test_what_may_be_no_sentence_may_be_left_out(first: str) -> None:
    assert openings(first, NEXT)[1:] == ["Somebody will have to."]


def test_what_stands_in_a_list_may_be_left_out() -> None:
    content = read_content(f"<ul><li>{SURE}.</li></ul><p>{NEXT}</p>").lines
    assert find_openings(content) == ["The ministers met in Brussels this", NEXT]


@pytest.mark.parametrize(
    ("line", "opening"),
    [
        ("He came. Then he saw it all.", "He came."),
        ("“He came!” Then he saw it all.", "“He came!”"),
        ("(He came?) Then he saw it all.", "(He came?)"),
        ("He came and he saw it all.", "He came and he saw it"),
        ("Two words.", "Two words."),
        ("大臣们本周在布鲁塞尔开会。没有人愿意付钱。", "大臣们本周在布鲁塞尔开会"),
        ("会议结束。没有人愿意付钱。", "会议结束。"),
        ("x" * 41 + " is long", "x" * 12),
        ("x" * 40 + " is long", "x" * 40 + " is long"),
    ],
)
def test_an_opening_is_six_words_of_the_first_sentence(line: str, opening: str) -> None:
    assert openings(line) == [opening]
