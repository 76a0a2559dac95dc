"""Pages: what their article is called, and the day it was published, from whatever a page shows of them."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import html
from dispatch.model import Article, Document
from dispatch.readers import dates, page, titles

URL = "https://paper.example/stone"
BODY = "<p>" + "Stone was cheap in the east and dear in the west, and each town thought it clever. " * 5 + "</p>"


def read(body: str, *, head: str = "", language: str = "en", url: str = URL) -> Article:
    written = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Stone | The Paper</title>'
        f'<meta property="og:site_name" content="The Paper">{head}</head><body>{body}</body></html>'
    )
    (article,) = page.read(Document(url=url, media_type="text/html", charset="", body=written.encode()))
    return article


def day(article: Article) -> tuple[date | None, str]:
    return article.published.date() if article.published else None, article.date_certainty


SHOWN = [
    ("en", "November 20, 2026"),
    ("en", "Posted on Nov. 20th, 2026 by Ann Lee"),
    ("en", "Friday, 20th of November 2026, 10:15"),
    ("en", "11/20/2026"),
    ("en-GB", "20/11/2026"),
    ("de", "Freitag, 20. November 2026, 10:15 Uhr"),
    ("de", "20.11.26"),
    ("fr", "Publié le 20 novembre 2026"),
    ("es", "20 de noviembre de 2026"),
    ("pt", "20 de novembro de 2026"),
    ("pl", "20 listopada 2026"),
    ("cs", "20. listopadu 2026"),
    ("ru", "20 ноября 2026 г."),
    ("uk", "20 листопада 2026"),
    ("el", "20 Νοεμβρίου 2026"),
    ("tr", "20 Kasım 2026"),
    ("fi", "20. marraskuuta 2026"),
    ("hu", "2026. november 20."),
    ("lt", "2026 m. lapkričio 20 d."),
    ("lv", "2026. gada 20. novembris"),
    ("hi", "२० नवंबर २०२६"),
    ("bn", "২০ নভেম্বর ২০২৬"),
    ("ar", "٢٠ نوفمبر ٢٠٢٦"),
    ("he", "20 בנובמבר 2026"),
    ("fa", "20 نوامبر 2026"),
    ("ja", "2026年11月20日"),
    ("zh", "2026年11月20日"),
    ("ko", "2026년 11월 20일"),
    ("th", "20 พฤศจิกายน 2569"),
    ("vi", "20 tháng 11, 2026"),
    ("sw", "20 Novemba 2026"),
    ("", "November 20, 2026"),
]


@pytest.mark.parametrize(("language", "shown"), SHOWN)
def test_a_day_in_words_beside_the_headline_is_likely(language: str, shown: str) -> None:
    article = read(f'<article><h1>Stone</h1><p class="date">{shown}</p>{BODY}</article>', language=language)
    assert day(article) == (date(2026, 11, 20), "likely")


@pytest.mark.parametrize(
    "body",
    [
        f'<article><h1>Stone</h1><time datetime="2026-11-20">today</time>{BODY}</article>',
        f"<article><time>20 Nov 2026</time><h1>Stone</h1>{BODY}</article>",
        f'<article><h1>Stone</h1><aside class="meta"><time datetime="2026-11-20">x</time></aside>{BODY}</article>',
        f'<article><h1>Stone</h1><p class="updated-date">1 Dec 2026</p>'
        f'<p class="posted">20 Nov 2026</p>{BODY}</article>',
        f'<div class="related"><time datetime="2020-01-02">x</time></div><article><h1>Stone</h1>'
        f'<span id="dateline">20 Nov 2026</span>{BODY}</article>',
        f'<article><h1>Stone</h1><p class="date">20 Nov 2026</p>{BODY}</article><footer><time datetime="2020-01-02">x'
        "</time></footer>",
        f'<article><h1>Stone</h1>{BODY}<p class="date">20 Nov 2026</p><ol class="comment-list">'
        '<li><time datetime="2020-01-02">x</time></li></ol></article>',
    ],
)
def test_the_day_is_that_beside_the_headline(body: str) -> None:
    assert day(read(body)) == (date(2026, 11, 20), "likely")


def test_the_address_is_the_last_witness_and_confirms_what_is_shown() -> None:
    url = "https://paper.example/2026/11/20/stone"
    assert day(read(f"<article><h1>Stone</h1>{BODY}</article>", url=url)) == (date(2026, 11, 20), "likely")
    shown = f'<article><h1>Stone</h1><p class="date">20 Nov 2026</p>{BODY}</article>'
    assert day(read(shown, url=url)) == (date(2026, 11, 20), "certain")
    other = f'<article><h1>Stone</h1><p class="date">19 Nov 2026</p>{BODY}</article>'
    assert day(read(other, url=url)) == (date(2026, 11, 19), "likely")


@pytest.mark.parametrize("url", ["https://paper.example/2026/13/20/x", "https://paper.example/a-2026-11-200", URL])
def test_a_page_without_a_day_has_none(url: str) -> None:
    assert read(f"<article><h1>Stone</h1>{BODY}<p>&copy; 2024 The Paper</p></article>", url=url).published is None


def graph(*nodes: Mapping[str, object]) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@graph": nodes})}</script>'


def test_the_page_in_json_ld_has_the_day_of_its_article() -> None:
    own = {"@type": "WebPage", "url": URL, "datePublished": "2026-11-20T09:00:00+00:00", "dateModified": "2026-11-21"}
    other = {"@type": "WebPage", "url": "https://paper.example/other", "datePublished": "2020-01-02"}
    article = read(f"<article><h1>Stone</h1>{BODY}</article>", head=graph(other, own))
    assert article.published == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert article.date_certainty == "certain"
    assert article.updated == datetime(2026, 11, 21)
    dateless = {"@type": "NewsArticle", "headline": "Stone", "author": {"@type": "Person", "name": "Ann Lee"}}
    assert read(f"<article><h1>Stone</h1>{BODY}</article>", head=graph(dateless, own)).published == article.published


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-20T09:00:00+01:00[Europe/Berlin]", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        ("2026-11-20T09:00:00UTC", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-11-20t09:00:00z", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-11-20 09:00:00 CET", datetime(2026, 11, 20)),
        ("2026-11-20T9:00", datetime(2026, 11, 20)),
        ("2026.11.20 um neun", datetime(2026, 11, 20)),
        ("2026-13-40 at nine", None),
        ("2026-11-201", None),
    ],
)
def test_odd_forms_of_iso_8601_say_at_least_the_day(written: str, moment: datetime | None) -> None:
    article = read(f"<h1>Stone</h1>{BODY}", head=f'<meta property="article:published_time" content="{written}">')
    assert article.published == moment
    assert article.date_certainty == "certain"


@given(st.text(max_size=400), st.sampled_from(["en", "de", "ar", "ja", "zz-ZZ", "", "-"]))
def test_no_text_breaks_the_search_for_a_day(text: str, language: str) -> None:
    found = dates.parse_day(text, language)
    assert found is None or 1900 < found.year < 2100


@pytest.mark.parametrize(
    ("heading", "social", "title"),
    [
        ("Why stone was cheap", "Why stone was so cheap | The Paper", "Why stone was cheap"),
        (
            "Why stone was cheap and what it cost us all",
            "Why stone was cheap",
            "Why stone was cheap and what it cost us all",
        ),
        ('<span class="kicker">Trade</span> Why stone was cheap', "Trade: Why stone was cheap", "Why stone was cheap"),
        ("<small>Trade</small><br>Why stone was cheap", "Why stone was cheap", "Why stone was cheap"),
        ('Why stone<span class="visually-hidden">: </span> was cheap', "Stone was cheap", "Why stone was cheap"),
        ("Econ&shy;omy of stone &amp; sand", "Economy of stone & sand", "Economy of stone & sand"),
        ("STONE WAS CHEAP", "Stone was cheap", "STONE WAS CHEAP"),
        ("The Paper", "Why stone was cheap", "Why stone was cheap"),
        ("Trade", "Why stone was cheap", "Why stone was cheap"),
    ],
)
def test_the_headline_comes_before_the_social_title(heading: str, social: str, title: str) -> None:
    head = f'<meta property="og:title" content="{social}">'
    assert read(f"<article><h1>{heading}</h1>{BODY}</article>", head=head).title == title


def test_the_heading_of_the_site_is_no_headline() -> None:
    head = '<meta property="og:title" content="Why stone was cheap - The Paper">'
    body = f"<header><h1>News</h1></header><main><h2>Why stone was cheap</h2>{BODY}<h2>Sand</h2></main>"
    assert read(body, head=head).title == "Why stone was cheap"


@pytest.mark.parametrize(
    "title",
    [
        "Stone | The Paper",
        "Stone - thepaper.example",
        "Stone :: The Paper News",
        "Stone — THE PAPER",
        "Stone « The Paper",
        "The Paper | Stone",
        "Stone | The Paper | The Paper",
    ],
)
def test_the_name_of_the_site_goes_however_it_is_spelt(title: str) -> None:
    assert titles.cut_site(title, ("The Paper", "thepaper.example")) == "Stone"


@pytest.mark.parametrize("title", ["The Paper", "Stone and The Paper", "Stone – a life", "Stone-The Paper", ""])
def test_what_is_no_name_of_the_site_stays(title: str) -> None:
    assert titles.cut_site(title, ("The Paper", "", "!")) == title


@pytest.mark.parametrize("title", ["The mill", "Mill", "The mills of Mill", "The mill.example"])
def test_a_title_with_a_word_of_the_address_is_a_title(title: str) -> None:
    written = f"<html><article><h1>{title}</h1>{BODY}</article></html>"
    (article,) = page.read(
        Document(url="https://mill.example/a", media_type="text/html", charset="", body=written.encode())
    )
    assert article.title == title


def call(headline: str, *, to_machines: str = "", to_networks: str = "", named: str = "", url: str = URL) -> Article:
    """Read a page with this headline, which it names so to search engines, to social networks and to browsers."""
    data = f'<script type="application/ld+json">{json.dumps({"@type": "Article", "headline": to_machines})}</script>'
    head = f"<title>{named}</title>{data}" + f"<meta property='og:title' content='{to_networks}'>" * bool(to_networks)
    written = f'<html lang="en"><head>{head}</head><body>{headline}{BODY}</body></html>'
    (article,) = page.read(Document(url=url, media_type="text/html", charset="", body=written.encode()))
    return article


BOTH = "Trade winds: Stone was cheap"
KICKERS = [
    # All of the heading is what the page is called.
    ('<h1><span class="kicker">Trade winds:</span> Stone was cheap</h1>', {"to_networks": BOTH}, BOTH),
    ('<h1><i class="kicker">Trade winds<b class="sr-only">: </b></i>Stone was cheap</h1>', {"to_networks": BOTH}, BOTH),
    # What is said to search engines and to social networks alike is meant, though the heading shows no colon.
    ('<h1><i class="kicker">Trade winds</i>Stone was cheap</h1>', {"to_machines": BOTH, "to_networks": BOTH}, BOTH),
    ("<p>Trade winds</p><h1>Stone was cheap</h1>", {"to_machines": BOTH, "to_networks": BOTH}, BOTH),
    ('<h1><i class="kicker">Trade winds</i>Stone was cheap</h1>', {"to_networks": BOTH}, "Stone was cheap"),
    # Lines that only their layout parts.
    (
        "<h1><span>Trade winds</span><span>Stone was cheap once</span></h1>",
        {"to_networks": "Trade winds – Stone was cheap once"},
        "Stone was cheap once",
    ),
    ("<h1>Stone <i>was cheap in the east</i></h1>", {"to_networks": "Stone was cheap in the east"}, None),
]


@pytest.mark.parametrize(("headline", "said", "wanted"), KICKERS)
def test_a_kicker_is_of_the_title_where_the_page_says_so(
    headline: str, said: dict[str, str], wanted: str | None
) -> None:
    article = call(headline, **said)
    assert article.title == (wanted or "Stone was cheap in the east")
    assert "cheap once" not in article.content


HEADLINES = [
    ("<h1>The six best stones of all</h1><h2>Six best stones</h2>", {"named": "Six best stones of 2026"}, "The six "),
    ('<h1><a href="/">Pier and Quay</a></h1><h3>Stone</h3>', {"named": "Pier and Quay › Stone"}, "Stone"),
    ('<a href="https://paper.example"><h2>Pier and Quay</h2></a>', {"named": "Stone » Pier and Quay"}, "Stone"),
    ('<h1><a href="https://stone.example/">Stone of old</a></h1>', {"named": "Stone of old"}, "Stone of old"),
    (
        "<h1>Moss</h1><h1>Clay and sand</h1>",
        {"named": "How stone, moss and rain meet"},
        "How stone, moss and rain meet",
    ),
    ("<h1>Stone</h1><h1>Clay and sand</h1>", {"named": "Dear: Stone"}, "Stone"),
    ("<h1>20.11.2026 - Stone</h1>", {"named": "20.11.2026 - Stone"}, "Stone"),
    ("<h1>Stone &amp;amp; sand&amp;#8217;s price</h1>", {}, "Stone & sand’s price"),
    ("<p>Stone</p>", {"named": "Stone | Harbour", "url": "https://promotions.harbour.example/a"}, "Stone"),
    ("<p>Stone</p>", {"named": "Stone - Quarry", "url": "https://www.getquarry.example/a"}, "Stone"),
    ("<p>Stone</p>", {"named": "Stone - Sandy", "url": "https://sandystone.example/a"}, "Stone - Sandy"),
]


@pytest.mark.parametrize(("headline", "said", "wanted"), HEADLINES)
def test_what_an_article_is_called(headline: str, said: dict[str, str], wanted: str) -> None:
    title = call(headline, **said).title
    assert title == wanted or (wanted.endswith(" ") and title.startswith(wanted))


@given(st.text(max_size=80), st.lists(st.text(max_size=10), max_size=3))
def test_something_of_a_title_always_stays(title: str, houses: list[str]) -> None:
    cut = titles.cut_site(title, houses)
    assert cut in title
    assert bool(cut) == bool(title.strip()) or not any(sign.isalnum() for sign in title)


def test_a_page_that_a_site_calls_by_its_own_name_has_the_title_of_its_article() -> None:
    """As Yahoo's pages do: every page of it is called “Yahoo News - Latest News & Headlines” to social networks."""
    assert read(BODY, head='<meta property="og:title" content="The Paper">').title == "Stone"


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("2089096-stone", None),
        ("a-1201512", None),
        ("20891012-stone", None),
        ("20170907-stone", date(2017, 9, 7)),
        ("2017/9/7/stone", date(2017, 9, 7)),
    ],
)
def test_the_number_of_an_article_is_no_day(path: str, wanted: date | None) -> None:
    assert day(read(f"<h1>Stone</h1>{BODY}", url=f"https://paper.example/{path}"))[0] == wanted


def test_links_of_a_page_saved_without_a_canonical_address_lead_to_its_site() -> None:
    head = '<meta property="og:url" content="https://paper.example/2026/stone">'
    article = read(f'<h1>Stone</h1>{BODY}<p>{"Words. " * 9}<a href="/ferry">The ferry</a></p>', head=head, url="")
    assert 'href="https://paper.example/ferry"' in article.content


def test_a_list_of_tags_with_commas_is_a_list() -> None:
    head = '<meta property="article:tag" content="stone, trade"><meta property="article:tag" content="Trade winds">'
    assert read(f"<h1>Stone</h1>{BODY}", head=head).tags == ("stone", "trade", "Trade winds")


DEK = "Two towns, one ferry"


@pytest.mark.parametrize(
    "under",
    [
        f'<p class="standfirst">{DEK}</p>',
        f'<h2 class="article-subtitle">{DEK}</h2>',
        f'<div class="b-subheadline__text"></div><div class="sub-title"><p>{DEK}</p></div>',
        f'<p class="byline">By Ann Lee</p><p class="Post_dek__x1">{DEK}</p>',
        f'<div class="field--name-field-chapo">{DEK}</div>',
    ],
)
def test_the_line_under_the_headline_is_the_dek_and_not_the_text(under: str) -> None:
    for around in ("{}", "<header>{}</header>", "<div><div>{}</div></div>"):
        article = read(f"<article>{around.format('<h1>Stone</h1>' + under)}{BODY}</article>")
        assert article.dek == DEK
        assert DEK not in html.to_plain_text(article.content)


@pytest.mark.parametrize(
    "under",
    [
        f'<p class="leaderboard">{DEK}</p>',
        f'<p class="lead">{"Stone was cheap in the east. " * 12}</p>',
        f"<p>{DEK}</p>",
        '<p class="lead">Two towns</p>',
        f'<p>x</p><p>y</p><p>z</p><p>w</p><p class="intro">{DEK}</p>',
    ],
)
def test_what_is_no_dek(under: str) -> None:
    assert read(f"<article><h1>Stone</h1>{under}{BODY}</article>").dek == ""


def test_a_page_in_utf_8_that_says_it_is_not_is_read_as_what_it_is() -> None:
    for charset in ("iso-8859-15", "windows-1251"):
        for encoding in ("utf-8", charset):
            title = "Camino de Toledo, año" if charset == "iso-8859-15" else "Дорога домой"
            written = f'<meta charset="{charset}"><h1>{title}</h1>{BODY}'.encode(encoding)
            (article,) = page.read(Document(url=URL, media_type="text/html", charset="", body=written))
            assert article.title == title


def test_a_headline_with_its_kicker_is_not_read_again() -> None:
    headline = '<h1><i class="kicker">Trade winds</i> Stone was cheap once upon a time</h1>'
    for said in ({}, {"to_machines": f"{BOTH} once upon a time", "to_networks": f"{BOTH} once upon a time"}):
        article = call(f'<div itemprop="articleBody">{headline}{BODY}</div>', **said)
        assert article.title == (said.get("to_networks") or "Stone was cheap once upon a time")
        assert "cheap once" not in article.content
