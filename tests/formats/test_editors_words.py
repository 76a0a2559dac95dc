"""All that Markdown holds may stand in an introduction, laid out for each edition; quotations stay quotations."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import nouns
from dispatch import check, commonmark, html, issues, render
from dispatch.formats.text import COLUMNS, wrap_prose
from dispatch.html import sanitise_html
from dispatch.model import Issue, Publication, Section, Source
from formats import reading

WORDS = """\
First words, [linked](https://a.example/one).

## A heading

![A bridge](https://wire.example/bridge.png)

| Bridge | Toll |
| :-- | --: |
| Old | 1,200 |
| New | [none](https://a.example/two) |

> Somebody else said this about the old bridge, and said it twice, which makes it a long line.
>
> - and that

3. three
4. four

```
if x:
    y()
```

---

Last words.
"""


PIECES = [
    *(
        "<blockquote>",
        "</blockquote>",
        "<ol start='7'>",
        "</ol>",
        "<li>",
        "<table><tr><td>",
        "<td>",
        "</table>",
        "<tr>",
    ),
    *("<pre>", "</pre>", "a b", "<p>", "<br>", "<ul>", "</ul>", "<th>", "word " * 30),
]


def words_issue(**values: object) -> Issue:
    content = html.renumber_headings(commonmark.to_html(WORDS), 2)
    sections = (Section(title="Europe", intro=html.renumber_headings(content, 3), articles=(nouns.article(1),)),)
    return nouns.issue(**({"intro": content, "sections": sections} | values))


def test_mail_shows_all_of_it_within_its_column() -> None:
    issue, publication = words_issue(), nouns.publication()
    editions = [render.render_edition(issue, publication, format) for format in nouns.MESSAGES]  # noqa: A001
    assert [one for one in check.findings(issue, editions, publication) if one.severity == "error"] == []
    markup = editions[0].body.decode()
    assert len(re.findall(r'<img[^>]*src="https://wire.example/bridge.png"[^>]*width="536"', markup)) == 2
    assert re.search('<pre[^>]* dir="ltr"[^>]* tabindex="0"', markup)  # what scrolls is reached by the keyboard
    assert re.search('<div[^>]* class="wide"[^>]* tabindex="0"', markup)
    assert len(re.findall('<th scope="col"', markup)) == len(re.findall("<th[ >]", markup)) > 0
    assert re.search(r'<td style="[^"]*text-align: ?right[^"]*">1,200</td>', markup)
    assert [tag for tag in ("h1", "h2", "h3") if f"<{tag}" in markup] == ["h1", "h2", "h3"]
    assert [one.title for one in reading.mail(editions[0].body) if one.url] == ["Story 1"]


def test_plain_text_keeps_marks_numbers_columns_and_lines() -> None:
    text = nouns.body("text", words_issue(sections=())).decode()
    assert "> Somebody else said this about the old bridge, and said it twice, which\n> makes it a long line.\n" in text
    assert "\n> - and that\n" in text
    assert "\n3. three\n\n4. four\n" in text
    assert "\nBridge  Toll\nOld     1,200\nNew     none\nhttps://a.example/two\n" in text
    assert "\nif x:\n    y()\n" in text


def test_code_keeps_its_direction_among_text_that_runs_the_other_way() -> None:
    assert wrap_prose("<pre>a = 1\n\nb</pre>", "rtl") == "\u2066a = 1\u2069\n\n\u2066b\u2069"


def test_a_table_that_is_too_wide_has_bars_and_no_word_is_cut() -> None:
    cells = "".join(f"<td>{'Word' * n} more words to fill it</td>" for n in range(1, 5))
    shown = wrap_prose(sanitise_html(f"<table><tr>{cells}</tr></table>"))
    assert " | " in " ".join(shown.split())
    assert "WordWordWordWord" in shown


@pytest.mark.parametrize("format", [*nouns.MESSAGES, *nouns.FEEDS])
def test_a_quotation_within_an_excerpt_is_seen_to_be_one(format: str) -> None:  # noqa: A002
    said = "These are the words of somebody else, who is quoted here at length."
    source = Source(title="The Paper", url="https://paper.example/", syndicate="excerpt", excerpt_words=60)
    article = nouns.article(1, dek="", content=f"<p>One.</p><blockquote><p>{said}</p></blockquote>", source=source)
    octets = nouns.body(format, nouns.issue(article))
    whole = octets.decode() if format != "eml" else "".join(reading.parts(octets))
    if format in {"text", "eml"}:
        assert "\n> These are the words" in whole
    if format != "text":
        assert re.search(r"(?:<|&lt;|\\u003c)blockquote", whole)
    edition = render.render_edition(nouns.issue(article), nouns.publication(), format)
    found = check.findings(nouns.issue(article), [edition], nouns.publication())
    assert [one for one in found if one.severity == "error"] == []


@settings(max_examples=60)
@example(["<table><tr><td>", "<table><tr><td>", "<tr>", "</table>", "a b"])
@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_whatever_the_shape_every_word_comes_through(pieces: list[str]) -> None:
    content = sanitise_html("".join(pieces))
    shown = wrap_prose(content)
    marks = re.compile(r"[>|]+|-|\d+\.")
    assert [word for word in shown.split() if not marks.fullmatch(word)] == html.to_plain_text(content).replace(
        "- ", ""
    ).split()
    assert all(len(line) <= COLUMNS or " " not in line.strip() for line in shown.split("\n") if "<pre" not in content)
    fitted = html.fit_column(content, 536)
    assert html.to_plain_text(fitted) == html.to_plain_text(content)


def test_what_is_wider_than_a_mail_fits_it() -> None:
    """In the words of the publication above the articles, of a section, and nowhere wider than the column."""
    wide = '<p><img src="https://wire.example/{}.png" alt="x" width="2000" height="1000" /></p>'
    issue = nouns.issue(nouns.article(1), intro=wide.format("issue"))
    (section,) = issue.sections
    issue = replace(issue, sections=(replace(section, intro=wide.format("section")),))
    mail = nouns.body("email", issue).decode()
    assert re.findall(r'/(issue|section)\.png" alt="x" width="(\d+)"', mail) == [("issue", "536"), ("section", "536")]


def test_a_heading_of_the_first_level_is_told_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "issues" / "x"
    folder.mkdir(parents=True)
    head = "---\nid: tag:t.example,2026:x\ntitle: X\ndate: 2026-11-28\nsections: []\n---\n"
    (folder / "issue.md").write_text(f"{head}Hi.\n\n# Hello\n\nLeft by a merge\n=====\n\n```\n# code\n```\n")
    publication = Publication(title="T", url="https://t.example", root=tmp_path)
    assert issues.find_first_headings(publication, "x") == (("issues/x/issue.md", 9), ("issues/x/issue.md", 11))
    issue = issues.read_issue(publication, "x")
    assert "<h1" not in issue.intro
    assert "<h2>Hello</h2>" in issue.intro
    found = check.findings(issue, (), publication, first_headings=issues.find_first_headings(publication, "x"))
    assert [(one.place.line, one.severity) for one in found if one.rule == "files.heading"] == [
        (9, "warning"),
        (11, "warning"),
    ]
