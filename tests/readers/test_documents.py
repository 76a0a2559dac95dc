"""Documents of word processors, note programs and site generators: title, dek, byline and notes out of the text."""

from pathlib import Path

import pytest

from dispatch.gather import gather_articles
from dispatch.html import to_plain_text
from dispatch.model import Article, Fault

DATA = Path(__file__).parent.parent / "data" / "documents"


def read(name: str, faults: list[Fault] | None = None) -> Article:
    (article,) = gather_articles(str(DATA / name), user_agent="test", faults=faults)
    return article


@pytest.mark.parametrize(
    ("name", "title", "dek", "authors", "certainty", "begins"),
    [
        (
            "word.html",
            "The harbour that moved",
            "A town follows its sea",
            "Ann Lee, Bo Zhang",
            "likely",
            "The sea left",
        ),
        (
            "word-es.html",
            "La torre que se inclina al revés",
            "Un pueblo contra su plomada",
            "Lucía Ramos, Marco Vidal",
            "likely",
            "La torre se inclina hacia",
        ),
        ("libre.html", "Le pont de deux villes", "", "Élodie Martin", "likely", "Chaque ville"),
        (
            "gdocs.html",
            "The clock that nobody wound",
            "It ran for eleven years",
            "Mina Okafor https://mina.example/?a=1&b=2, Bo Roe",
            "likely",
            "The clock in the square",
        ),
        ("gdocs-hi.html", "नदी का पुल", "", "मीरा शर्मा", "likely", "पुल हर सुबह"),
        ("notion.html", "The map that lied", "", "Dee Poe", "certain", "A map is a promise."),
        (
            "medium.html",
            "Why ferries sleep",
            "A night on the water",
            "Lena Sample https://medium.com/@lena",
            "certain",
            "Asleep",
        ),
        ("hugo.md", "Winter harbour", "", "Tove Quist", "certain", "The harbour froze on a Tuesday."),
        ("jekyll.md", "The sieve", "", "ida_berg", "likely", "Water goes through it.[1]"),
        (
            "eleventy.md",
            "The long table",
            "",
            "Rosa Lindqvist https://rosa.example",
            "certain",
            "It seats forty, in winter",
        ),
        ("obsidian-zh.md", "河上的桥", "", "王小明, 李华", "certain", "背景"),
        (
            "word-de.html",
            "Der Turm auf der Grenze",
            "",
            "Greta Sommer",
            "likely",
            "Der Turm steht gerade auf der Grenze.",
        ),
        ("gdocs-en.html", "Clocks", "", "Tom Okafor", "likely", "The clock in the square"),
        ("hugo-multi.md", "Ice & water", "", "Tove Quist https://tove.example, Bo Lind", "certain", "The *ice*"),
        ("obsidian-de.md", "Die Mühle", "", "Fay Sample", "likely", "Die Mühle steht dort."),
        ("jekyll-2.md", "The ferry", "", "Bo Roe", "likely", "The ferry[1] sleeps."),
        ("notion-zh.md", "说谎的地图", "", "王小明", "certain", "海岸是凭记忆画的。"),
        ("alerts.md", "Reading old clocks", "", "Tom Okafor https://tom.example/?x=1", "likely", "Warning"),
    ],
)
def test_the_article_in_a_document(name: str, title: str, dek: str, authors: str, certainty: str, begins: str) -> None:
    article = read(name)
    assert (article.title, article.dek) == (title, dek)
    assert ", ".join(f"{author.name} {author.url}".strip() for author in article.authors) == authors
    assert article.certainty == certainty
    text = to_plain_text(article.content)
    assert text.startswith(begins)
    assert not text.startswith(f"{title}\n")
    prose = text.replace("{{< code >}}", "").replace("{{ x }}", "").replace('const a = "[[b]]"; // %% c %%', "")
    assert [mark for mark in ("{{", "{%", "[[", "%%", "[!", "==", "{:") if mark in prose] == []


def test_words_of_a_word_processor_become_html() -> None:
    content = read("word.html").content
    assert "<ul><li>Two cranes, both rusted</li><li>A lighthouse that lights wheat</li></ul>" in content
    assert "<td><p>212</p></td>" in content
    assert "<ol><li>Medir</li><li>Callar</li></ol>" in read("word-es.html").content


def test_remarks_in_a_document_are_private() -> None:
    content = read("gdocs.html").content
    assert "right record" not in content
    assert "[a]" not in content
    assert 'href="https://clocks.example/a?x=1"' in content
    assert "Or so they say." in content


def test_changes_in_a_document_are_accepted_and_nobody_is_told_who_made_them() -> None:
    content = read("word-de.html").content
    assert [word for word in ("schief", "Ole", "mailto:", "<ins", "Stimmt das", "OB1") if word in content] == []


def test_what_notion_and_medium_know_of_themselves() -> None:
    assert read("notion.html").url == "https://maps.example/lied?x=1"
    assert read("medium.html").url == "https://medium.com/@lena/why-ferries-sleep-abc"
    for name, day in (("notion.html", "2026-11-24"), ("medium.html", "2026-11-20")):
        published = read(name).published
        assert published
        assert published.date().isoformat() == day


def test_a_declaration_that_the_bytes_contradict_is_not_believed(tmp_path) -> None:
    file = tmp_path / "word.html"
    head = '<meta http-equiv=Content-Type content="text/html; charset=windows-1252"><body class=MsoNormal>'
    body = "<p>Le prix</p><p>Par Élodie Martin</p><p>L’été fut long.</p></body></html>"
    for charset in ("utf-8", "cp1252"):
        file.write_bytes((head + body).encode(charset))
        (article,) = gather_articles(str(file), user_agent="test")
        assert article.authors[0].name == "Élodie Martin"
        assert article.content == "<p>L’été fut long.</p>"
