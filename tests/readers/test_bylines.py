"""Lines that name the authors, in many languages, and lines that only look like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.model import Document
from dispatch.readers import READERS, bylines

NAMED = {
    "By Ann Lee and Bo Roe": ["Ann Lee", "Bo Roe"],
    "By: Ann Lee": ["Ann Lee"],
    "By Ann Lee, Bo Roe, and Cy Poe in Berlin": ["Ann Lee", "Bo Roe", "Cy Poe"],
    "BY ANN LEE AND BO ROE": ["Ann Lee", "Bo Roe"],
    "By ANN LEE, Staff Writer": ["Ann Lee"],
    "By SALLY O'NEIL and J.R. MCHOLM": ["Sally O'Neil", "J.R. McHolm"],
    "By Ann Lee | The Paper": ["Ann Lee"],
    "By Ann Lee (The Paper)": ["Ann Lee"],
    "By Ann Lee, Associated Press": ["Ann Lee"],
    "By Ann Lee for The Paper": ["Ann Lee"],
    "By Ann Lee @annlee": ["Ann Lee"],
    "By Ann Lee ann@paper.example": ["Ann Lee"],
    "By Ann Lee 5 hours ago": ["Ann Lee"],
    "By Ada and Bo": ["Ada and Bo"],
    "By Ada": ["Ada"],
    "By Dan Holm": ["Dan Holm"],
    "By Ann Lee and Dan Holm": ["Ann Lee", "Dan Holm"],
    "By Con Roe, En Lee, and Dan Holm": ["Con Roe", "En Lee", "Dan Holm"],
    "BY DAN HOLM": ["Dan Holm"],
    "BY ANN LEE, DAN HOLM, AND CY POE": ["Ann Lee", "Dan Holm", "Cy Poe"],
    "By Mary Ann E Lee Roe": ["Mary Ann E Lee Roe"],
    "By Ann Lee And Bo Roe": ["Ann Lee", "Bo Roe"],
    "Por ANA MUESTRA Y LUIS GARCÍA": ["Ana Muestra", "Luis García"],
    "Oleh Budi Contoh dan Siti Misal": ["Budi Contoh", "Siti Misal"],
    "By Holm, Ada": ["Holm, Ada"],
    "By Ada Holm, Jr.": ["Ada Holm, Jr."],
    "By J. R. Holm Jr.": ["J. R. Holm Jr."],
    "By José Ortega y Gasset": ["José Ortega y Gasset"],
    "By Ludwig van der Muster and Vincent van Beispiel": ["Ludwig van der Muster", "Vincent van Beispiel"],
    "By Staff Writer": ["Staff Writer"],
    "By Wire Agency": ["Wire Agency"],
    "Written by Ann Lee": ["Ann Lee"],
    "Words: Ann Lee": ["Ann Lee"],
    "Author: Ann Lee": ["Ann Lee"],
    "Interview by Xi Lee": ["Xi Lee"],
    "Bea Roe — 22 Nov 2026": ["Bea Roe"],
    "Von Jana Muster, dpa": ["Jana Muster"],
    "VON JANA MUSTER UND OLE BEISPIEL, BERLIN": ["Jana Muster", "Ole Beispiel"],
    "Ein Gastbeitrag von Jana Muster": ["Jana Muster"],
    "Par Zoé Exemple et Luc Modèle": ["Zoé Exemple", "Luc Modèle"],
    "Por Ana Muestra y Luis García": ["Ana Muestra", "Luis García"],
    "Por Redacción": ["Redacción"],
    "Di Maria Esempio": ["Maria Esempio"],
    "Por Maria da Silva e João de Souza": ["Maria da Silva", "João de Souza"],
    "Door Jan de Voorbeeld": ["Jan de Voorbeeld"],
    "Av Kari Eksempel og Ola Prøve": ["Kari Eksempel", "Ola Prøve"],
    "Af Jens Eksempel": ["Jens Eksempel"],
    "Autor: Jan Przykład": ["Jan Przykład"],
    "Yazan: Ayşe Örnek": ["Ayşe Örnek"],
    "Γράφει ο Γιάννης Παράδειγμα": ["Γιάννης Παράδειγμα"],
    "Автор: Иван Примеров": ["Иван Примеров"],
    "Oleh Budi Contoh": ["Budi Contoh"],
    "राम उदाहरण द्वारा": ["राम उदाहरण"],
    "द्वारा राम उदाहरण और सीता उदाहरण": ["राम उदाहरण", "सीता उदाहरण"],
    "بقلم: أحمد مثال": ["أحمد مثال"],
    "מאת דנה דוגמה": ["דנה דוגמה"],
    "โดย สมชาย ตัวอย่าง": ["สมชาย ตัวอย่าง"],
    "文／王小明": ["王小明"],
    "本报记者 王小明 发自上海": ["王小明"],
    "記者王小明、李大華／台北報導": ["王小明", "李大華"],
    "作者：山田 太郎": ["山田 太郎"],
    "홍길동 기자 hong@paper.example": ["홍길동"],
}
NOT = [
    "",
    "By",
    "By the end of winter, nobody knew.",
    "By the end of winter",
    "By Ann Lee went the road, and it never came back.",
    "Von Berlin nach Paris",
    "Di Maria wins",
    "Door Prizes",
    "Words Matter Most",
    "Text Messages Explained",
    "5 min read",
    "LISBON, Portugal (AP) — A ferry company said Tuesday",
    "Authors: 12",
    "Ann Lee",
    f"By {'Ann ' * 7}",
    f"By Ann Lee {'x' * 300}",
]


@pytest.mark.parametrize(("line", "names"), NAMED.items())
def test_a_line_names_its_authors(line: str, names: list[str]) -> None:
    found = bylines.parse_byline(line)
    assert found is not None
    assert (list(found.names), found.role) == (names, "author")


@pytest.mark.parametrize("line", NOT)
def test_a_line_that_is_no_byline(line: str) -> None:
    assert bylines.parse_byline(line) is None


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("Photographs by Bo Roe", "photographer"),
        ("Fotos: Bo Roe / Die Zeitung", "photographer"),
        ("Translated by Bo Roe", "translator"),
        ("Aus dem Englischen von Bo Roe", "translator"),
        ("editing by Bo Roe", "editor"),
        ("Illustrations de Bo Roe", "illustrator"),
        ("Additional reporting by Bo Roe", "reporter"),
    ],
)
def test_a_line_says_what_somebody_did(line: str, role: str) -> None:
    found = bylines.parse_byline(line)
    assert found is not None
    assert (found.names, found.role) == (("Bo Roe",), role)


PROSE = "<p>On a windy day the bridge sings, and the people on both banks sleep through most of its songs by now.</p>"


@pytest.mark.parametrize(
    ("reader", "written"),
    [
        ("text", f"The ferry\n\nBy Dan Holm and Con Roe\n\n{PROSE[3:-4]}"),
        ("page", f"<article><h1>The ferry</h1><p class='byline'>By Dan Holm and Con Roe</p>{PROSE * 3}</article>"),
        ("page", f"<article><h1>The ferry</h1><p>By <b>Dan Holm</b> and <b>Con Roe</b></p>{PROSE * 3}</article>"),
        (
            "page",
            f"<h1>The ferry</h1><p>by <a href='https://beacon.example/authors/dan'>Dan Holm</a> and Con Roe, Beacon</p>"
            f"{PROSE}<p>This article first appeared on <a href='https://beacon.example/ferry'>Beacon</a>.</p>",
        ),
        ("feed", "<rss><channel><item><title>A</title><author>Dan Holm and Con Roe</author></item></channel></rss>"),
    ],
)  # fmt: skip
def test_a_name_that_is_an_and_in_another_language_stays_whole(reader: str, written: str) -> None:
    (article,) = READERS[reader].read(Document(url="", media_type="", charset="utf-8", body=written.encode()))
    assert [author.name for author in article.authors] == ["Dan Holm", "Con Roe"]


def test_a_line_says_more_than_names() -> None:
    line = "By Ann Lee, Staff Writer | The Paper | Published 22 November 2026 at 10:30"
    assert bylines.parse_byline(line) == bylines.Byline(
        ("Ann Lee",), "author", "By", "Staff Writer · The Paper", "22 November 2026 at 10:30"
    )
    day = bylines.parse_byline("Bea Roe — 22 Nov 2026")
    assert day is not None
    assert (day.cue, day.day) == ("", "22 Nov 2026")


@given(
    st.lists(st.sampled_from(["By ", "von ", "द्वारा", "文", "Ann", " Lee", ", ", " and ", "(", "1", "Jr.", "@", " — "]))
)
def test_no_line_breaks_it_and_names_stand_in_it(pieces: list[str]) -> None:
    line = "".join(pieces)
    found = bylines.parse_byline(line)
    assert found is None or (found.names and all(name in " ".join(line.split()) for name in found.names))
    assert found == bylines.parse_byline(f"  {line}\n")


@given(st.text(max_size=400))
def test_any_text_can_be_asked(line: str) -> None:
    found = bylines.parse_byline(line)
    assert found is None or all(found.names)
