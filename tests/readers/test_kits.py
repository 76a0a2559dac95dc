"""Kits that houses hand out to be published again: whose they are, where the original is, what stands with them."""

import json
import re
import tomllib
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import run_dispatch
from dispatch import html
from dispatch.gather import gather_articles
from dispatch.gather.enrich import enrich_from_page
from dispatch.model import Article, Author, Credit, Document, Terms
from dispatch.readers import READERS
from loopback import web

DATA = Path(__file__).parent.parent / "data" / "kits"
KITS = tomllib.loads((DATA / "expected.toml").read_text("utf-8"))


def read(location: Path) -> Article:
    (article,) = gather_articles(str(location), user_agent="test")
    return article


def describe(article: Article) -> dict[str, object]:
    terms = article.terms or Terms()
    return {
        "title": article.title,
        "url": article.url,
        "source": article.source.title,
        "site": article.source.url,
        "license": article.license,
        "authors": [f"{author.name} {author.url}".strip() for author in article.authors],
        "line": terms.line,
        "counter": terms.counter,
        "headings": len(html.find_headings(article.content)),
        "figures": article.content.count("<figure"),
        "no_derivatives": terms.no_derivatives,
        "published": f"{article.published:%Y-%m-%d}" if article.published else "",
    }


@pytest.mark.parametrize("name", KITS)
def test_a_kit_says_whose_it_is(name: str) -> None:
    article = read(DATA / name)
    assert describe(article) == KITS[name]
    assert article.certainty == "certain"
    counter = KITS[name]["counter"]
    assert not counter or counter.partition("?")[0] not in article.content
    assert not re.search(r"republication-|count\.gif|pixel", article.content)
    line = html.to_plain_text(KITS[name]["line"])
    assert not line or line not in html.to_plain_text(article.content)


PROSE = "<p>On a windy day the bridge sings, and the people on both banks sleep through most of its songs by now.</p>"
BEACON = "https://valleybeacon.example/2026/11/03/ferry/?a=1&copy=2#top"
LINE = (
    f'This <a href="{BEACON}">article</a> first appeared on <a href="https://valleybeacon.example">Valley Beacon</a>.'
)
KIT = f"<h1>The ferry</h1><p>by Dana Whitfield and Omar Reyes, Valley Beacon</p>{PROSE}<h2>Why</h2>{PROSE}<p>{LINE}</p>"
SANITISED = LINE.replace("&copy", "&amp;copy")
# Paragraphs that mention a house, and say of nobody that the text is theirs.
PASSING = [
    "As first reported by the <a href='https://vb.example/2026/x'>Valley Beacon</a>, the bridge hums.",
    "This article was first published on 3 March 2024 and updated since.",
    "This article was first published in our newsletter. <a href='https://x.example/sign-up'>Sign up</a>.",
    "Originally published by <a href='https://x.example/b'>Harbour House</a> in 1961, the novel is in its tenth year.",
    "The story first appeared in the <a href='https://vb.example/x'>Beacon</a> in 1987, when nobody read it.",
    "“This article first appeared on <a href='https://vb.example/x'>Beacon</a>,” she said, and pointed at the page.",
    "This study was originally published in <a href='https://vb.example/x'>Water</a>.",
    "This article was originally published in the print edition as “Foo”.",
    "This article was originally published on this site in 2019.",
    "This article is produced by <a href='https://x.example/team'>the team</a> every week.",
    "This article mentions work first published by <a href='https://x.example/t'>Harbour House</a>.",
    "This article is part of a series first published by <a href='https://vb.example/2026/x'>Lightbox</a>.",
    "Read the <a href='https://vb.example/2026/x'>original article</a> at the Valley Beacon.",
    "Photographs first appeared in <a href='https://vb.example/2026/x'>Lightbox</a>.",
    "This post is licensed under <a href='https://creativecommons.org/licenses/by-nd/4.0/'>CC BY-ND 4.0</a>.",
    "This column was republished from time to time, whenever there was room.",
    "Este artículo fue publicado el 3 de marzo por la mañana.",
    "Publicado por Ana Ruiz",
    "Publié par Léa Morin",
    "Cet article a été publié le 3 mars 2026 à midi.",
    "Pubblicato da Chiara Neri",
    "Dieser Artikel wurde zuletzt am 3. März von der Redaktion bearbeitet.",
    "Diese Geschichte wurde zuerst in Kopenhagen erzählt, dann in Hamburg.",
]


def read_page(written: str, *, fetched: str = "") -> Article:
    document = Document(url=fetched, name=fetched, media_type="text/html", charset="utf-8", body=written.encode())
    (article,) = READERS["page"].read(document)
    return article


@pytest.mark.parametrize("passing", PASSING)
def test_a_house_that_is_only_mentioned_has_handed_out_nothing(passing: str, tmp_path: Path) -> None:
    for text in (
        f"<p>{passing}</p>{PROSE * 2}",
        f"{PROSE * 2}<p>{passing}</p>",
        PROSE * 3 + f"<p>{LINE}</p>" + PROSE * 3,
    ):
        page = f"<h1>The bridge</h1><p>By Ada Lane</p>{text}"
        (tmp_path / "page.html").write_text(page, "utf-8")
        article = read(tmp_path / "page.html")
        assert (article.terms, article.url, article.source.title) == (None, "", "")


@pytest.mark.parametrize(
    "line",
    [
        "First published on Tue 29 Nov 2016 07.46 EST",
        "Originally published on March 3, 2026",
        "This article was originally published on Tuesday, March 3, 2026.",
        "Originally published on Monday.",
        "First published in March 2026.",
        "This story first appeared in Summer 2016.",
        "Originally published on <a href='https://harbour.example/2026/03'>March 3, 2026</a>",
        "Zuerst erschienen im März 2026.",
        "Dieser Artikel wurde zuerst veröffentlicht am Dienstag, 3. März 2026.",
        "Publicado originalmente en Marzo de 2026.",
        "Pubblicato originariamente in Aprile 2026",
        "Publicado originalmente em Terça-feira, 3 de março de 2026",
        "Oorspronkelijk verschenen in Maart 2026.",
        "نُشر هذا المقال لأول مرة في مارس 2026",
        "यह लेख पहली बार मार्च 2026 में",
    ],
)
def test_a_day_in_words_is_no_house(line: str) -> None:
    for text in (f"<p>{line}</p>{PROSE * 2}", f"{PROSE * 2}<p>{line}</p>"):
        article = read_page(f"<h1>The bridge</h1>{text}")
        assert (article.terms, article.source.title) == (None, "")


@pytest.mark.parametrize("house", ["The Sun", "Sunday Lantern", "March Road Paper", "The Monday", "May Day News"])
def test_a_house_may_be_called_after_a_day(house: str) -> None:
    for line in (
        "Originally published by {}.",
        "First published on March 3, 2026 in {}",
        "First published in {} 3 May 2026.",
    ):
        assert read_page(f"<h1>The bridge</h1>{PROSE * 2}<p>{line.format(house)}</p>").source.title == house
    linked = "<p>Originally published by <a href='https://mon.example/x'>Monday</a>.</p>"
    assert read_page(f"<h1>The bridge</h1>{PROSE * 2}{linked}").source.title == "Monday"


def test_a_page_of_the_house_itself_is_nobody_elses() -> None:
    page = f"<html><body><article>{KIT}</article></body></html>"
    own = read_page(page, fetched="https://www.valleybeacon.example/2026/11/03/ferry/")
    assert (own.terms, own.source.title) == (None, "valleybeacon.example")
    assert "first appeared" in own.content
    elsewhere = read_page(page, fetched="https://harbour.example/ferry")
    assert (elsewhere.url, elsewhere.source.title) == (BEACON, "Valley Beacon")
    assert "first appeared" not in elsewhere.content


def test_a_house_that_offers_its_own_page_as_a_kit_offers_it_in_a_box() -> None:
    pixel = '<img src="https://valleybeacon.example/?republication-pixel=true&post=1" style="width:1px;height:1px;">'
    box = f"<div id='republication-tracker-tool-modal'><textarea>{escape(KIT + pixel)}</textarea></div>"
    page = f"<html><body><article><h1>The ferry</h1>{PROSE * 9}</article>{box}</body></html>"
    for text in (page, page.replace("</article>", f"{pixel}</article>")):
        article = read_page(text, fetched="https://valleybeacon.example/2026/11/03/ferry/")
        assert (article.terms, article.source.title) == (None, "valleybeacon.example")


def test_the_counter_is_the_publishers_and_not_that_of_whoever_shows_the_copy() -> None:
    ours = '<img src="https://harbour.example/count.gif" width="1" height="1">'
    theirs = '<img src="https://www.valleybeacon.example/pixel?id=1" style="height: 1px">'
    page = f"<html><body><article>{ours}{KIT}</article>{{}}</body></html>"
    kits = [read_page(page.format(one), fetched="https://harbour.example/ferry").terms for one in (theirs, "")]
    assert [one and one.counter for one in kits] == ["https://www.valleybeacon.example/pixel?id=1", ""]


def test_the_original_wins_over_the_address_where_a_copy_was_found() -> None:
    with web() as site:
        site.pages["/kit"] = KIT
        site.pages["/bare"] = f"<h1>The ferry</h1>{PROSE}<p>This article first appeared on Valley Beacon.</p>"
        (kit,) = gather_articles(site.url("/kit"), user_agent="test", allow_private=True)
        (bare,) = gather_articles(site.url("/bare"), user_agent="test", allow_private=True)
        assert (kit.url, bare.url) == (BEACON, site.url("/bare"))
        assert kit.source.title == bare.source.title == "Valley Beacon"


def test_the_metadata_of_a_page_names_the_original() -> None:
    head = '<meta name="syndication-source" content="https://valleybeacon.example/x">'
    page = f"<html><head>{head}</head><body><article><h1>A</h1>{PROSE}</article></body></html>"
    article = read_page(page, fetched="https://harbour.example/x")
    assert (article.url, article.source.title) == ("https://valleybeacon.example/x", "valleybeacon.example")
    assert read_page(page, fetched="https://valleybeacon.example/x").terms is None
    based = (
        '<script type="application/ld+json">{"@type": "Article", "isBasedOn": {"@id": "https://vb.example/x"}}</script>'
    )
    line = '<p>Republished from <a href="https://vb.example">Valley Beacon</a>.</p>'
    assert read_page(based + KIT.replace(f"<p>{LINE}</p>", line)).url == "https://vb.example/x"
    assert read_page(based + KIT.replace(f"<p>{LINE}</p>", "")).terms is None
    scoop = '<meta name="original-source" content="https://scoop.example/x">'
    assert read_page(f"<html><head>{scoop}</head><body><h1>A</h1>{PROSE}</body></html>").terms is None


def test_the_address_of_a_copy_is_not_the_originals() -> None:
    head = '<link rel="canonical" href="https://harbour.example/ferry">'
    line = "<p>This article first appeared on Valley Beacon.</p>"
    page = f"<html><head>{head}</head><body><article><h1>The ferry</h1>{PROSE}{line}</article></body></html>"
    for fetched in ("https://harbour.example/ferry?x=1", ""):
        article = read_page(page, fetched=fetched)
        assert (article.source.title, article.terms) == ("Valley Beacon", Terms(line=line[3:-4]))
    theirs = read_page(page.replace("harbour.example", "valleybeacon.example"))
    assert (theirs.url, theirs.source.url) == ("https://valleybeacon.example/ferry", "https://valleybeacon.example")


@pytest.mark.parametrize(
    "entry",
    [
        f"<rss><channel><title>Harbour</title><link>{{}}</link><item><title>The ferry</title><link>{{}}/ferry</link>"
        f"<description>{escape(KIT)}</description></item></channel></rss>",
        f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Harbour</title><link href='{{}}'/><entry><title>A</title>"
        f"<link href='{{}}/ferry'/><content type='html'>{escape(KIT)}</content></entry></feed>",
        '{{"version": "https://jsonfeed.org/version/1.1", "title": "Harbour", "home_page_url": "{}", "items": '
        f'[{{{{"id": "1", "title": "The ferry", "url": "{{}}/ferry", "content_html": {json.dumps(KIT)}}}}}]}}}}',
    ],
)
def test_an_entry_of_a_feed_says_whose_it_is(entry: str) -> None:
    def read_entry(home: str) -> Article:
        written = entry.format(home, home)
        document = Document(url=f"{home}/feed", media_type="", charset="utf-8", body=written.encode())
        return READERS["feed"].read(document)[0]

    passed_on = read_entry("https://harbour.example")
    assert (passed_on.url, passed_on.source.title) == (BEACON, "Valley Beacon")
    assert [author.name for author in passed_on.authors] == ["Dana Whitfield", "Omar Reyes"]
    assert passed_on.terms == Terms(line=SANITISED)
    assert "first appeared" not in passed_on.content
    own = read_entry("https://valleybeacon.example")
    assert (own.url, own.terms) == ("https://valleybeacon.example/ferry", None)


@pytest.mark.parametrize(
    ("written", "licence"),
    [
        ("<rights>© 2026 Valley Beacon</rights>", ""),
        ("<rights>CC BY-ND 4.0</rights>", "CC-BY-ND-4.0"),
        ("<rights>Creative Commons Attribution-NonCommercial 4.0 International</rights>", "CC-BY-NC-4.0"),
        ("<dc:rights>https://creativecommons.org/licenses/by-sa/3.0/de/</dc:rights>", "CC-BY-SA-3.0"),
        ("<link rel='license' href='https://creativecommons.org/licenses/by/4.0/'/>", "https://creativecommons.org/licenses/by/4.0/"),
        ("<link rel='license' href='https://creativecommons.org/licenses/by-nd/4.0/'/>", "https://creativecommons.org/licenses/by-nd/4.0/"),
    ],
)  # fmt: skip
def test_the_rights_of_an_entry_are_its_licence_where_they_name_one(written: str, licence: str) -> None:
    feed = (
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:dc='http://purl.org/dc/elements/1.1/'><title>Harbour</title>"
        f"<entry><title>A</title>{written}<content>Text</content></entry></feed>"
    )
    (article,) = READERS["feed"].read(Document(url="", media_type="", charset="utf-8", body=feed.encode()))
    assert article.license == licence
    assert bool(article.terms and article.terms.no_derivatives) == ("nd" in licence.lower())


@pytest.mark.parametrize(
    "line",
    [
        "This article was first published in {} and is republished under {}.",
        "Dieser Artikel ist zuerst in {} erschienen und wird unter {} weiterveröffentlicht.",
        "Este artículo fue publicado originalmente en {} y se republica bajo {}.",
        "Cet article a d’abord été publié dans {} et est republié sous {}.",
        "نُشر هذا المقال أولًا في {} ويُعاد نشره بموجب {}.",
        "यह लेख पहली बार {} में प्रकाशित हुआ था और {} के तहत पुनः प्रकाशित किया गया है।",
        "Questo articolo è stato pubblicato per la prima volta su {} ed è ripubblicato con licenza {}.",
        "Este texto foi originalmente publicado em {} e é republicado sob {}.",
        "Dit artikel verscheen eerst in {} en is overgenomen onder {}.",
    ],
)
def test_the_line_of_a_kit_is_known_in_every_language_that_we_hand_out(line: str) -> None:
    house = '<a href="https://a.example/x?a=1">The Lantern</a>'
    written = line.format(house, '<a href="https://creativecommons.org/licenses/by-nd/4.0/">CC BY-ND 4.0</a>')
    article = read_page(f"<h1>A</h1>{PROSE}<p>{written}</p>")
    assert article.terms == Terms(line=written, no_derivatives=True)
    assert (article.url, article.source.title) == ("https://a.example/x?a=1", "The Lantern")
    assert article.license == "CC-BY-ND-4.0"


LINKED = '<a href="https://valleybeacon.example/people/ada">Ada Lane</a>'


@pytest.mark.parametrize(
    ("byline", "names", "is_certain"),
    [
        ("By Ada Lane, Institute of Rain and Bo Roe, Fjord University", ["Ada Lane", "Bo Roe"], False),
        ("By Ada Lane, Professor of Rain, and Bo Roe, Lecturer in Snow", ["Ada Lane", "Bo Roe"], True),
        ("By Ada Lane, Lecturer, and Bo Roe, PhD, and Cy Dee, Keeper", ["Ada Lane", "Bo Roe", "Cy Dee"], True),
        ("By Ada Lane, PhD and Bo Roe", ["Ada Lane", "Bo Roe"], True),
        ("By Ada Lane, Bo Roe, University of Hills, and Cy Dee", ["Ada Lane", "Bo Roe", "Cy Dee"], False),
        ("By Ada Lane (University of Hills) and Bo Roe (Quay Institute)", ["Ada Lane", "Bo Roe"], True),
        ("By Ada Lane, Hill Gazette, and Bo Roe, Quay Herald", ["Ada Lane", "Bo Roe"], True),
        ("By Ada Lane and Bo Roe, Hill University, Cy Dee, Quay Institute", ["Ada Lane", "Bo Roe"], False),
        ("Von Ada Lane, Universität Hügel, und Bo Roe, Institut für Regen", ["Ada Lane", "Bo Roe"], True),
        ("By Ada Lane and Bo Roe, Quay Beacon", ["Ada Lane", "Bo Roe"], True),
        (f"By {LINKED}, Institute of Rain and Bo Roe, Fjord University", ["Ada Lane", "Bo Roe"], False),
        ("By Ada Lane, Hill Beacon, Bo Roe, Quay Beacon", ["Ada Lane", "Hill Beacon", "Bo Roe", "Quay Beacon"], False),
        (f"By {LINKED}, Keeper of Snow, and Bo Roe, Reader in Rain", ["Ada Lane", "Bo Roe"], True),
        (f"by {LINKED}, Publica, and Bo Roe, <a href='https://q.example'>Quay Times</a>", ["Ada Lane", "Bo Roe"], True),
        (f"by {LINKED} and <a href='https://boroe.example'>Bo Roe</a>", ["Ada Lane", "Bo Roe"], True),
    ],
)  # fmt: skip
def test_people_are_told_from_where_they_work(byline: str, names: list[str], is_certain: bool) -> None:
    article = read_page(KIT.replace("by Dana Whitfield and Omar Reyes, Valley Beacon", byline))
    assert [author.name for author in article.authors] == names
    assert (article.certainty == "certain") == is_certain


@pytest.mark.parametrize("other", ["Bo Roe", "<a href='https://valleybeacon.example/people/bo'>Bo Roe</a>"])
def test_whoever_helped_is_credited_and_no_author(other: str) -> None:
    byline = f"By {LINKED}, Valley Beacon, with additional reporting by {other} and photos by Cy Dee"
    for written in (byline, byline.replace(LINKED, "Ada Lane")):
        article = read_page(KIT.replace("by Dana Whitfield and Omar Reyes, Valley Beacon", written))
        assert [author.name for author in article.authors] == ["Ada Lane"]
        assert article.credits == (Credit(role="reporter", name="Bo Roe"), Credit(role="photographer", name="Cy Dee"))


def test_who_else_had_a_part_is_credited_and_the_first_house_is_the_houses() -> None:
    other = '<p>This article is republished from <a href="https://first.example/x">The First Letter</a>.</p>'
    kit = KIT.replace("Valley Beacon</p>", "Valley Beacon, photos by Cy Dee</p>").replace(
        f"<p>{LINE}", f"{other}<p>{LINE}"
    )
    article = read_page(kit)
    assert [author.name for author in article.authors] == ["Dana Whitfield", "Omar Reyes"]
    assert article.credits == (Credit(role="photographer", name="Cy Dee"),)
    assert (article.url, article.source.title) == ("https://first.example/x", "The First Letter")
    assert article.terms == Terms(line=f"{other[3:-4]}<br />{SANITISED}")


def test_an_excerpt_in_a_feed_is_the_other_houses_where_its_page_says_so() -> None:
    given = Article(
        url="https://harbour.example/a", title="The ferry", authors=(Author(name="Desk"),), content="<p>A</p>"
    )
    page = read_page(f"<html><body><article>{KIT}</article></body></html>", fetched="https://harbour.example/a")
    whole = enrich_from_page(given, page)
    assert (whole.url, whole.source.title, whole.terms) == (BEACON, "Valley Beacon", Terms(line=SANITISED))
    assert [author.name for author in whole.authors] == ["Dana Whitfield", "Omar Reyes"]


def test_a_box_in_a_page_does_not_stand_for_the_page(tmp_path: Path) -> None:
    box = f"<textarea>{escape(KIT.replace('ferry', 'boat'))}</textarea>"
    (tmp_path / "page.html").write_text(f"<html><body><h1>A page</h1>{PROSE * 30}{box}</body></html>", "utf-8")
    assert read(tmp_path / "page.html").title == "A page"
    (tmp_path / "code.html").write_text(f"<h1>How</h1>{PROSE}<pre><code>{escape(KIT)}</code></pre>", "utf-8")
    assert read(tmp_path / "code.html").title == "How"


def test_a_clipboard_without_a_kit_says_where_it_was_copied(tmp_path: Path) -> None:
    copied = f"<html><body><!--StartFragment--><h1>The ferry</h1>{PROSE}<!--EndFragment--></body></html>"
    head = "Version:0.9\r\nStartHTML:00000\r\nEndHTML:00001\r\nSourceURL:https://paper.example/a?b=1&copy=2\r\n"
    (tmp_path / "clip.html").write_text(head + copied, "utf-8")
    article = read(tmp_path / "clip.html")
    assert (article.url, article.title, article.terms) == ("https://paper.example/a?b=1&copy=2", "The ferry", None)


def test_add_says_what_the_publisher_asks_and_an_editor_wins(tmp_path: Path) -> None:
    run_dispatch(tmp_path, "init", ".", "--title", "Harbour", "--url", "https://harbour.example")
    run_dispatch(tmp_path, "issue", "new", "november")
    said = run_dispatch(tmp_path, "add", str(DATA / "06-newspack.html"), "--url", "https://a.example", "--author", "Ed")
    for words in (
        "This article first appeared on Valley Beacon",
        "counts readers at valleybeacon.example",
        "CC-BY-ND-4.0",
    ):
        assert words in said.output
    written = (tmp_path / "issues/november/the-ferry-that-sleeps.html").read_text("utf-8")
    assert "\nurl: https://a.example\n" in written
    assert "- name: Ed\n" in written
    assert "no_derivatives: true" in written
    assert "republication-pixel" not in written.partition("\n---\n")[2]
    silent = run_dispatch(tmp_path, "add", str(DATA / "10-newspack-silent.html")).output
    assert "no address of the original found: --url ADDRESS" in silent
    assert "taken as your own" not in silent


@given(
    st.lists(
        st.one_of(
            st.text(max_size=20),
            st.sampled_from(
                [LINE, "<p>", "</p>", "<br><br>", "<em>", "by Ada Lane and Bo Roe, Beacon", "<a href='", "'>", "</a>"]
            ),
            st.sampled_from([f"<p>{one}</p>" for one in PASSING]),
        ),
        max_size=20,
    ).map("".join)
)
def test_no_paragraphs_break_a_kit(written: str) -> None:
    document = Document(url="", media_type="text/html", charset="utf-8", body=written.encode("utf-8", "replace"))
    for article in READERS["page"].read(document):
        line = article.terms.line if article.terms else ""
        assert html.sanitise_html(line) == line


TEXT = "The {} clocks\nby Oda Brisk, Hill Beacon\nNovember 3, 2026\n\n{}\n\n{}\n"
OUR_WORDS = "One clock is for those who leave, and one for those who stay, and nobody in the town is ever late."


def read_text(written: str) -> Article:
    (article,) = READERS["text"].read(Document(url="", media_type="text/plain", charset="utf-8", body=written.encode()))
    return article


def test_a_line_whose_addresses_stand_in_brackets_is_one() -> None:
    line = "This article (https://hill.example/2026/three/) first appeared on Hill Beacon (https://hill.example)."
    article = read_text(TEXT.format("three", OUR_WORDS, line))
    assert (article.url, article.source.title) == ("https://hill.example/2026/three/", "Hill Beacon")
    assert [one.name for one in article.authors] == ["Oda Brisk"]


@pytest.mark.parametrize(
    "last",
    [
        "Photo: https://pictures.example/7, CC BY 2.0 https://creativecommons.org/licenses/by/2.0/",
        "Data: https://town.example/a, https://town.example/b, https://creativecommons.org/licenses/by/2.0/",
        "CC BY 2.0: https://creativecommons.org/licenses/by/2.0/ by https://town.example",
    ],
)
def test_addresses_of_other_things_are_no_line(last: str) -> None:
    article = read_text(TEXT.format("four", OUR_WORDS, last))
    assert (article.url, article.terms) == ("", None)


def test_an_address_below_a_byline_is_whose_it_says() -> None:
    said = "The clocks\n\nBy Oda Brisk and Bo Zhang\n{}\n\n{}\n"
    pages = {"https://oda.example/?a=1": ["https://oda.example/?a=1", ""], "https://people.example/": ["", ""]}
    for url, wanted in pages.items():
        article = read_text(said.format(url, OUR_WORDS))
        assert ([one.url for one in article.authors], article.url) == (wanted, "")
    assert read_text(said.format("https://hill.example/2026/clocks/", OUR_WORDS)).url.endswith("/clocks/")


COPY = (
    '<html><head><meta property="og:url" content="https://copy.example/a"><link rel="canonical" href="{}"></head><body>'
    '<h1>The clocks</h1><p class="byline">By <a rel="author" href="/authors/oda/">Oda Brisk</a> and '
    '<a rel="author" href="https://bo.example/?a=1">Bo Zhang</a></p>{}</body></html>'
)


@pytest.mark.parametrize(
    ("canonical", "fetched", "page"),
    [
        ("https://hill.example/2026/clocks/", "", ""),  # the list of a house that only shows it
        ("https://hill.example/2026/clocks/", "https://copy.example/a", "https://copy.example/authors/oda/"),
        ("https://copy.example/2026/clocks/", "", "https://copy.example/authors/oda/"),
    ],
)
def test_relative_links_of_a_saved_copy_are_nobodys_page(canonical: str, fetched: str, page: str) -> None:
    article = read_page(COPY.format(canonical, PROSE * 3), fetched=fetched)
    assert [(one.name, one.url) for one in article.authors] == [
        ("Oda Brisk", page),
        ("Bo Zhang", "https://bo.example/?a=1"),
    ]
