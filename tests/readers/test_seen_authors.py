"""Whom a reader sees named near the headline, in many languages; and whom nobody may take for the author."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.model import Author, Certainty, Document, Witness
from dispatch.readers import author_boxes, feed, html_tree, markdown, page, people

TEXT = "<p>The quarry gave more water than stone, and the town drank what it could not sell. Nobody minded much.</p>"


def read_page(body: str, head: str = "") -> tuple[list[tuple[str, str]], Certainty, tuple[Witness, ...]]:
    written = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    document = Document(url="https://quarry.example/stone", media_type="text/html", charset="", body=written.encode())
    (article,) = page.read(document)
    return [(one.name, one.url) for one in article.authors], article.certainty, article.witnesses


def name_authors(body: str, head: str = "") -> tuple[list[str], Certainty]:
    named, certainty, _ = read_page(body, head)
    return [name for name, _ in named], certainty


def structure(**author: object) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Stone", "author": author}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


@pytest.mark.parametrize(
    ("below", "names"),
    [
        ("<p>By Mia Stone and Ola Berg</p>", ["Mia Stone", "Ola Berg"]),
        ("<p class=x>Von Jana Muster</p>", ["Jana Muster"]),
        ("<div><em>Par</em> <b>Zoé Modèle</b></div>", ["Zoé Modèle"]),
        ("<p>Por Ana Muestra</p>", ["Ana Muestra"]),
        ("<p>Di Maria Esempio</p>", ["Maria Esempio"]),
        ("<p>Av Kari Eksempel</p>", ["Kari Eksempel"]),
        ("<p>Door Jan de Voorbeeld</p>", ["Jan de Voorbeeld"]),
        ("<p>राम उदाहरण द्वारा</p>", ["राम उदाहरण"]),
        ("<p>بقلم: أحمد مثال</p>", ["أحمد مثال"]),
        ("<p>文／王小明</p>", ["王小明"]),
        ("<p>홍길동 기자</p>", ["홍길동"]),
        ("<p class='post-author-name'>Mia Stone</p>", ["Mia Stone"]),
        ("<div class='autor-zeile'><span>Mia Stone</span><span>Redakteurin</span></div>", ["Mia Stone"]),
        ("<div id='story-byline'><i>MS</i><b>Mia Stone</b><time>12 May 2026</time></div>", ["Mia Stone"]),
        ("<div><a href='/authors/mia'>Mia Stone</a> <span>5 min read</span></div>", ["Mia Stone"]),
        ("<div><a rel='author' href='/mia'>Mia Stone</a></div>", ["Mia Stone"]),
        ("<div class='byline'>ByMia Stone</div>".replace("ByM", "By<b>M") + "</b>", ["Mia Stone"]),
        ("<p class='author'>Mia StoneSenior Writer</p>".replace("eS", "e<br>S"), ["Mia Stone"]),
        ("<aside class='meta'><address>By <a href='/mia'>Mia Stone</a></address></aside>", ["Mia Stone"]),
        ("<nav><a rel='author' href='/mia'>Mia Stone</a></nav>", ["Mia Stone"]),
        ("<p>Posted by <a href='/mia'>Mia Stone</a> on Monday</p>", ["Mia Stone"]),
        ("<p class='author'>Recipe by Mia Stone</p>", ["Mia Stone"]),
    ],
)
def test_a_reader_sees_who_wrote_it(below: str, names: list[str]) -> None:
    assert name_authors(f"<article><h1>Stone</h1>{below}{TEXT}</article>") == (names, "likely")


@pytest.mark.parametrize(
    "below",
    [
        "<p class='author'>Updated January 5</p>",
        "<p class='author'>October</p>",
        "<p class='author-links'>Facebook</p>",
        "<p class='authors'>Full Bio</p>",
        "<p>Photos by Phil Lens</p>",
        "<figure><figcaption>By Phil Lens</figcaption></figure>",
        "<blockquote><p>By Quoted Person</p></blockquote>",
        "<div class='related-posts'><p>By Other Person</p></div>",
        "<div class='comment'><b class='author'>Cy Comment</b></div>",
        "<p>In this town the mayor was <a href='/people/max'>Max Mayor</a>, who kept the quarry, its water, its carts"
        ", its horses and all of its debts for thirty years, and then sold them to his brother, who had no money.</p>",
        "".join(f"<p class='author-name'>Person {one}lee</p>" for one in "ABCDEFGHIJKLMNOPQRST"),
    ],
)
def test_a_reader_sees_that_it_is_somebody_else(below: str) -> None:
    assert name_authors(f"<article><h1>Stone</h1>{below}{TEXT}</article>") == ([], "unknown")


def test_the_nearest_to_the_headline_is_the_author() -> None:
    far = f"{TEXT * 3}<p class='author'>Nora Next</p>"
    assert name_authors(f"<article><h1>Stone</h1><p class='author'>Mia Stone</p>{far}</article>")[0] == ["Mia Stone"]


@pytest.mark.parametrize(
    ("author", "byline", "expected"),
    [
        ({"@type": "Person", "name": "miastone"}, "Mia Stone", (["Mia Stone"], "certain")),
        ({"@type": "Person", "name": "mia.stone2"}, "Mia Stone", (["Mia Stone"], "certain")),
        ({"@type": "Person", "name": "Mia"}, "Mia Stone", (["Mia Stone"], "certain")),
        ({"@type": "Person", "name": "Mia Stone @miastone"}, "", (["Mia Stone"], "certain")),
        ({"@type": "Person", "name": '<a href="/mia">Mia Stone</a>'}, "", (["Mia Stone"], "certain")),
        ({"@type": "Person", "name": "Mia Stone, Staff Writer"}, "", (["Mia Stone"], "certain")),
        ({"@type": "Person", "name": "View all posts by Mia Stone"}, "", (["Mia Stone"], "certain")),
        ({"@type": "Person", "name": "Zeige alle Beiträge von Mia Stone →"}, "", (["Mia Stone"], "certain")),
        ({"@type": "Person", "name": "Stone, Mia"}, "", (["Mia Stone"], "certain")),
        ({"@type": "Person", "name": "mia.stone"}, "", (["mia.stone"], "likely")),
        ({"@type": "Person", "name": "wpadmin2"}, "", (["wpadmin2"], "likely")),
        ({"@type": "Person", "name": "Quarry"}, "Mia Stone", (["Mia Stone"], "likely")),
        ({"@type": "Organization", "name": "Stone Works Inc."}, "Mia Stone", (["Mia Stone"], "likely")),
        ({"@type": "Organization", "name": "Stone Works"}, "", (["Stone Works"], "likely")),
    ],
)
def test_structured_data_and_what_a_reader_sees(author, byline: str, expected) -> None:
    below = f"<p class='author'>{byline}</p>" if byline else ""
    assert name_authors(f"<article><h1>Stone</h1>{below}{TEXT}</article>", structure(**author)) == expected


def test_every_name_of_one_card_is_an_author() -> None:
    card = (
        '<article itemscope itemtype="https://schema.org/Article"><h1>Stone</h1><div itemprop="author" itemscope>'
        '<b itemprop="name">Mia Stone</b><b itemprop="name">Ola Berg</b>'
        '<i itemprop="worksFor" itemscope><i itemprop="name">Quarry Works</i></i></div></article>'
    )
    assert name_authors(card)[0] == ["Mia Stone", "Ola Berg"]


@pytest.mark.parametrize("label", ["Written by", "Verfasst von", "Écrit par", "Escrito por"])
def test_labels_for_twitter_name_the_author(label: str) -> None:
    head = f'<meta name="twitter:label1" content="{label}"><meta name="twitter:data1" content="Mia Stone">'
    assert name_authors(f"<h1>Stone</h1>{TEXT}", head) == (["Mia Stone"], "likely")
    assert name_authors(f"<h1>Stone</h1>{TEXT}", head.replace(label, "Reading time")) == ([], "unknown")


def test_a_page_says_who_named_whom() -> None:
    _, _, witnesses = read_page(
        f"<article><h1>Stone</h1><p class='author'>Mia Stone</p>{TEXT}</article>",
        structure(**{"@type": "Organization", "name": "The Quarry"}) + '<meta name="author" content="Ola Berg">',
    )
    assert witnesses == (
        Witness(kind="json-ld", names=("The Quarry",), house=True),
        Witness(kind="byline", names=("Mia Stone",)),
        Witness(kind="meta", names=("Ola Berg",)),
    )


def test_a_paragraph_within_a_paragraph_is_the_biography() -> None:
    box = (
        '<div class="pp-multiple-authors-boxes-wrapper"><ul><li class="pp-multiple-authors-boxes-li">'
        '<div class="pp-author-boxes-name">Mia Stone</div>'
        '<p class="pp-author-boxes-description"><p>Mia Stone counts carts.</p></p></li></ul></div>'
    )
    root = html_tree.parse_page(Document(url="", media_type="text/html", charset="", body=box.encode())).root
    assert root is not None
    assert list(author_boxes.find_box_authors(root, "")) == [Author(name="Mia Stone", bio="Mia Stone counts carts.")]


@pytest.mark.parametrize("login", ["mia.stone", "wpadmin2", "miastone", "mia_Stone"])
def test_a_login_is_never_certain_wherever_it_stands(login: str) -> None:
    rss = (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Quarry</title><item>'
        f"<title>Stone</title><link>https://quarry.example/</link><dc:creator>{login}</dc:creator></item></channel></rss>"
    )
    atom = (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Quarry</title><entry><title>Stone</title><id>tag:a,1:b</id>'
        f"<author><name>{login}</name></author></entry></feed>"
    )
    json_feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"authors": [{"name": login}]}]})
    front = f"---\ntitle: Stone\nauthor: {login}\n---\nIt was cheap.\n"
    found = [
        *(
            feed.read(Document(url="", media_type="application/xml", charset="", body=one.encode()))
            for one in (rss, atom)
        ),
        feed.read(Document(url="", media_type="application/feed+json", charset="", body=json_feed.encode())),
        markdown.read(Document(url="", media_type="text/markdown", charset="", body=front.encode())),
    ]
    assert [(one.authors[0].name, one.certainty) for (one,) in found] == [(login, "likely")] * 4


@given(st.lists(st.sampled_from(["Ann", "lee", "ann", "O", "Lee", "2", ".", "_", "-", ", ", " ", "Jr."])))
def test_a_cleaned_name_stays_as_it_is(pieces: list[str]) -> None:
    cleaned = people.clean_name("".join(pieces))
    assert people.clean_name(cleaned) == cleaned
    assert set(cleaned) <= set("".join(pieces))
