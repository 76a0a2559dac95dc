"""The line that a finding is about: looked up by the key, or by the words of the facts, in the file itself."""

from pathlib import Path

import pytest

from dispatch.locate import locate_findings
from dispatch.model import Finding, FindingValue, Place

FILES = {
    "dispatch.toml": 'title = "The Wire"\n[email]\nfrom = "x@y.example"\n\n[theme]\naccent = "#777777"\n',
    "issues/a/issue.md": "---\ntitle: A\npreheader: Short\nsections:\n  - title: One\n    articles: [b]\n---\nWho\n",
    "issues/a/b.md": "---\ntitle: B\nauthors:\n  - name: Ada\n  - name: Bo\n    url: https://bo.example/\n---\n"
    "First.\n[x](https://bit.example/y) TK\n",
    "issues/a/c.md": "+++\ntitle = 'C'\n+++\nhttps://bit.example/c\n",
    "issues/a/d.md": "---\ntitle: [\n---\n",
    "issues/a/f.md": "---\ntitle: F\nsource: {url: https://bit.ly/x}\ndek: Not TK\n---\n"
    "[a](https://bit.ly/xyz) [b](https://bit.ly/x/y) https://bit.ly/x?z=1 https://bit.ly/x-1 TKO ATK\n\n"
    "See https://bit.ly/x. *TK*\n<https://bit.ly/x/>\n[c](https://bit.ly/xyz#p)\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "issues" / "a" / "e.md").write_bytes(b"\xff")
    return tmp_path


def line(root: Path, place: Place, **values: FindingValue) -> int:
    finding = Finding(rule="r", severity="error", subject="link", place=place, values=tuple(values.items()))
    (found,) = locate_findings([finding], root)
    assert found == finding.at_place(found.place)
    assert (found.place.file, found.place.key) == (place.file, place.key)
    return found.place.line


@pytest.mark.parametrize(
    ("file", "key", "wanted"),
    [
        ("dispatch.toml", "email.from", 3),
        ("dispatch.toml", "email.postal_address", 2),  # not there: the table it belongs in
        ("dispatch.toml", "theme.accent", 6),
        ("dispatch.toml", "language", 0),
        ("issues/a/issue.md", "preheader", 3),
        ("issues/a/issue.md", "sections[1]", 5),
        ("issues/a/issue.md", "sections[1].intro", 5),
        ("issues/a/b.md", "authors[2].url", 6),
        ("issues/a/b.md", "authors[1].url", 4),
        ("issues/a/b.md", "authors[3].url", 3),
        ("issues/a/b.md", "published", 0),
        ("issues/a/c.md", "title", 2),
        ("issues/a/d.md", "title", 0),
        ("issues/a/e.md", "title", 0),
        ("issues/a/none.md", "title", 0),
        ("../secret.md", "title", 0),
        ("", "title", 0),
    ],
)
def test_the_line_of_a_key_or_of_what_it_stands_in(root: Path, file: str, key: str, wanted: int) -> None:
    assert line(root, Place(file=file, key=key)) == wanted


def test_without_a_key_the_line_that_has_the_address_or_the_words(root: Path) -> None:
    place = Place(file="issues/a/b.md")
    assert line(root, place, text="x", url="https://bit.example/y") == 9
    assert line(root, place, found="TK") == 9
    assert line(root, place, url="https://bit.example/elsewhere") == 0
    assert line(root, place, headline="B") == 0
    assert line(root, Place(file="issues/a/c.md"), url="https://bit.example/c") == 4


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("https://bit.ly/x", 8),  # not that of the source, and none that is longer
        ("https://bit.ly/x/", 9),
        ("https://bit.ly/xyz", 6),
        ("https://bit.ly/x?z=1", 6),
        ("https://bit.ly/xyz#p", 10),
        ("https://bit.ly/", 0),
        ("TK", 8),
        ("F", 0),
        (" ", 0),
        ("", 0),
    ],
)
def test_words_are_looked_for_below_the_front_matter_and_whole(root: Path, words: str, wanted: int) -> None:
    assert line(root, Place(file="issues/a/f.md"), url=words) == wanted


def test_what_an_edition_shows_is_not_looked_for_in_the_file(root: Path) -> None:
    assert line(root, Place(file="issues/a/b.md", edition="email.html"), url="https://bit.example/y") == 0


def test_the_order_stays(root: Path) -> None:
    places = [Place(file="issues/a/b.md", key="title"), Place(), Place(file="issues/a/issue.md", key="title")]
    found = [Finding(rule="r", severity="error", subject="link", place=place) for place in places]
    assert [one.place.line for one in locate_findings(found, root)] == [2, 0, 2]
