"""What stands beside a title or below a text and is no text: an agency's credit, who the author is."""

import pytest

from dispatch.model import Article, Document
from dispatch.readers import READERS

TEXT = (
    "The quay was built of stone that nobody cuts any more. Boats come in at six, and the market begins at seven. " * 3
)
BIO = "Ada Lane is a writer who lives by the sea."


def read_as(kind: str, written: str) -> Article:
    (article,) = READERS[kind].read(Document(url="", media_type="", charset="utf-8", body=written.encode()))
    return article


@pytest.mark.parametrize("kind", ["text", "markdown"])
@pytest.mark.parametrize(
    ("line", "house"),
    [
        ("(XYZ) -", "XYZ"),
        ("(XYZ)", "XYZ"),
        ("(Example Wire) –", "Example Wire"),
        ("NORTHERN NEWS SERVICE", "NORTHERN NEWS SERVICE"),
        ("EXAMPLE WIRE", "EXAMPLE WIRE"),
    ],
)
def test_the_credit_of_an_unknown_agency_is_no_dek(kind: str, line: str, house: str) -> None:
    article = read_as(
        kind, f"{'# ' * (kind == 'markdown')}The price of stone\n\n{line}\n\nBy Ada Lane\n\n{TEXT}\n\n{TEXT}\n"
    )
    assert (article.dek, article.source.title) == ("", house)
    assert [author.name for author in article.authors] == ["Ada Lane"]
    assert article.content.startswith("<p>The quay")


def test_a_headline_and_a_dek_in_capitals_stay() -> None:
    article = read_as("text", f"NEWS FROM THE BAY\n\nA QUAY OF STONE\n\nBy Ada Lane\n\n{TEXT}\n\n{TEXT}\n")
    assert (article.title, article.dek, article.source.title) == ("NEWS FROM THE BAY", "A QUAY OF STONE", "")


@pytest.mark.parametrize(
    "end",
    [
        f"## About the author\n\n{BIO}",
        f"### About Ada Lane\n\n{BIO}",
        f"## Über die Autorin\n\n{BIO}",
        f"---\n\n*{BIO}*",
        f"***\n\n_{BIO}_",
    ],
)
def test_the_biography_of_the_only_author_is_no_text(end: str) -> None:
    front = "---\ntitle: Stone\nauthor: Ada Lane\n---\n\n"
    article = read_as("markdown", f"{front}{TEXT}\n\n{TEXT}\n\n{end}\n")
    assert [(author.name, author.bio) for author in article.authors] == [("Ada Lane", BIO)]
    assert article.markdown.strip().endswith("begins at seven.")
    assert "About" not in article.content


@pytest.mark.parametrize(
    "end",
    [
        "---\n\n*Bo Roe is a writer.*",
        "## About the author\n\nBo Roe is a writer.",
        f"---\n\n{BIO}",
        f"## About the author\n\n{BIO}\n\n- A list",
        f"## Notes\n\n{BIO}",
    ],
)
def test_what_is_of_others_or_not_set_off_stays_in_the_text(end: str) -> None:
    article = read_as("markdown", f"---\ntitle: Stone\nauthor: Ada Lane\n---\n\n{TEXT}\n\n{TEXT}\n\n{end}\n")
    assert (article.authors[0].bio, end in article.markdown) == ("", True)


def test_of_two_authors_nobody_takes_the_biography() -> None:
    front = "---\ntitle: Stone\nauthors: [Ada Lane, Bo Roe]\n---\n\n"
    article = read_as("markdown", f"{front}{TEXT}\n\n## About the author\n\n{BIO}\n")
    assert [author.bio for author in article.authors] == ["", ""]


def test_a_text_says_who_its_author_is_below_a_line() -> None:
    article = read_as("text", f"The price of stone\n\nBy Ada Lane\n\n{TEXT}\n\n{TEXT}\n\nAbout the author\n\n{BIO}\n")
    assert [(author.name, author.bio) for author in article.authors] == [("Ada Lane", BIO)]
    assert article.content.endswith("seven.</p>")
