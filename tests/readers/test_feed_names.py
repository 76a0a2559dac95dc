"""Names in the fields of feeds: houses, several people in one field, words round a name, brackets within one."""

import json
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.model import Article, Document
from dispatch.readers import READERS, mail_frame, people

ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>The Bay Paper</title><link href="https://www.bay-paper.example/"/>'
    '<entry><id>tag:x,2026:1</id><title>One</title><link href="https://www.bay-paper.example/1"/>'
    "<author><name>{}</name></author><content>Words.</content></entry></feed>"
)
RSS = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Bay Paper</title>'
    "<link>https://www.bay-paper.example/</link><item><guid>1</guid><title>One</title>"
    "<link>https://www.bay-paper.example/1</link><dc:creator>{}</dc:creator><description>Words.</description></item>"
    "</channel></rss>"
)
KINDS = ("atom", "rss", "json")


def write_feed(kind: str, name: str) -> bytes:
    if kind != "json":
        return (ATOM if kind == "atom" else RSS).format(escape(name)).encode()
    item = {"id": "1", "url": "https://www.bay-paper.example/1", "title": "One", "content_text": "Words."}
    feed = {"title": "The Bay Paper", "home_page_url": "https://www.bay-paper.example/"}
    return json.dumps(feed | {"items": [item | {"authors": [{"name": name}]}]}).encode()


def read_name(kind: str, name: str) -> Article:
    url = "https://www.bay-paper.example/feed"
    (article,) = READERS["feed"].read(Document(url=url, media_type="", charset="", body=write_feed(kind, name)))
    return article


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name",
    [
        "The Bay Paper", "Bay Paper", "bay-paper.example", "BAY-PAPER", "Redaktion", "Staff", "News Desk", "dpa",
        "Bay Press", "ada.lane", "ada_lane2", "Ada and Bo Lane", "Ada & Bo",
    ],
)  # fmt: skip
def test_a_house_a_login_and_a_doubtful_name_are_never_certain(kind: str, name: str) -> None:
    article = read_name(kind, name)
    assert (len(article.authors), article.certainty) == (1, "likely")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["Ada Lane", "Marta Bay", "한서율", "Juan Ortega y Gasset"])
def test_a_person_stays_certain(kind: str, name: str) -> None:
    article = read_name(kind, name)
    assert ([author.name for author in article.authors], article.certainty) == ([name], "certain")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Ada Lane & Bo Roe", ["Ada Lane", "Bo Roe"]),
        ("Ada Lane et Bo Roe", ["Ada Lane", "Bo Roe"]),
        ("Ada Lane und Bo Roe", ["Ada Lane", "Bo Roe"]),
        ("Ada Lane and Bo Roe", ["Ada Lane", "Bo Roe"]),
        ("Ada Lane, Bo Roe and Cy van der Poe", ["Ada Lane", "Bo Roe", "Cy van der Poe"]),
        ("Ada and Bo Lane", ["Ada and Bo Lane"]),
        ("Marks & Stone", ["Marks & Stone"]),
        ("Ada Lane and Bay Paper Staff", ["Ada Lane and Bay Paper Staff"]),
        ("Karl von und zu Stein", ["Karl von und zu Stein"]),
        ("한서율 기자", ["한서율"]),
        ("기자 한서율", ["한서율"]),
        ("한서율 특파원", ["한서율"]),
        ("本报记者 王小明", ["王小明"]),
        ("山田花子記者", ["山田花子"]),
        ("बीना राय द्वारा", ["बीना राय"]),
        ("Ada Lane Staff Writer", ["Ada Lane"]),
        ("Ada Lane (Reporter)", ["Ada Lane"]),
        ("Reporter Ada Lane", ["Ada Lane"]),
        ("Senior Staff Writer Ada Lane", ["Ada Lane"]),
        ("Reporters Without Borders", ["Reporters Without Borders"]),
        ("Writer Beware", ["Writer Beware"]),
        ("Richard (R.J.) Stone", ["Richard (R.J.) Stone"]),
        ("Ada “Bo” Lane", ["Ada “Bo” Lane"]),
        ('Ada "Bo" Lane', ['Ada "Bo" Lane']),
    ],
)
def test_the_names_of_a_field(kind: str, written: str, names: list[str]) -> None:
    assert [author.name for author in read_name(kind, written).authors] == names


def test_a_joined_name_with_one_page_stays_one_and_keeps_it() -> None:
    (author,) = people.make_author("Ada Lane and Bo Roe", url="https://bay-paper.example/ada-and-bo")
    assert (author.name, author.url) == ("Ada Lane and Bo Roe", "https://bay-paper.example/ada-and-bo")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("By Richard (R.J.) Stone", "Richard (R.J.) Stone"),
        ("By Ada “Bo” Lane, Staff Writer", "Ada “Bo” Lane"),
        ("By Ada Lane (Reuters)", "Ada Lane"),
        ("By Ada Lane (Text)", "Ada Lane"),
    ],
)
def test_a_name_with_brackets_is_whole_on_pages_and_in_mail(line: str, name: str) -> None:
    page = f"<title>On stone</title><h1>On stone</h1><p class=byline>{line}</p><p>{'Words of a text. ' * 40}</p>"
    (article,) = READERS["page"].read(Document(url="", media_type="text/html", charset="utf-8", body=page.encode()))
    assert [author.name for author in article.authors] == [name]
    assert mail_frame.clean_sender(f"{name} <ada@bay-paper.example>") == name


@given(st.text(alphabet='Ada Lane(R.J.)“”"& and,;기자記者Staff Writer', max_size=60))
def test_no_name_breaks_a_feed(name: str) -> None:
    for author in people.make_author(name):
        assert author.name.strip() == author.name != ""
