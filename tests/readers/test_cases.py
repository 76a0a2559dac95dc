"""Inputs on which dispatch once fell short, tried as a new user would: what each gives now.

Feeds, pages and texts in ``data/cases``. A case stands for its kind; others of each kind have tests of their own.
"""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from dispatch import gather, html
from dispatch.identity import MAILBOX
from dispatch.model import Article, Fault

CASES = Path(__file__).parents[1] / "data" / "cases"
NINETEEN = "Alpha Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec"
STONE = "Stone was cheap in the east and dear in the west"


class Wanted(NamedTuple):
    """What an article of a case must be. Words with “!” before them must not be in it."""

    title: str
    names: list[str]
    certainty: str = ""
    day: str = ""
    dek: str = ""
    words: tuple[str, ...] = ()


def read(path: str) -> tuple[list[Article], list[Fault]]:
    faults: list[Fault] = []
    return gather.gather_articles(str(CASES / path), user_agent="dispatch", faults=faults), faults


def require(article: Article, wanted: Wanted) -> None:
    assert (article.title, [author.name for author in article.authors]) == (wanted.title, wanted.names)
    assert article.certainty == (wanted.certainty or article.certainty)
    day = article.published or article.updated
    assert not wanted.day or (day is not None and day.date() == date.fromisoformat(wanted.day))
    assert article.dek == wanted.dek
    shown = html.to_plain_text(article.content)
    for words in wanted.words:
        assert (words.removeprefix("!") in shown) != words.startswith("!"), words


PAGES = {
    "01-house-as-author-byline-on-page": Wanted("Stone", ["Jana Muster"], "likely", "2026-11-20"),
    "03-login-is-the-name-folded": Wanted("Stone", ["Jane Doe"], "certain", "2026-11-20"),
    "05-handle-behind-name": Wanted("Stone", ["Jane Doe"], "certain"),
    "07-microdata-two-names": Wanted("Stone", ["Jane Doe", "Bo Roe"], words=("!Jane Doe",)),
    "09-byline-in-aside": Wanted("Stone", ["Jane Doe"], "likely"),
    "11-class-author-only": Wanted("Stone", ["Jane Doe"], "likely"),
    "13-inverted-name": Wanted("Stone", ["Jane Doe"]),
    "15-webpage-datepublished": Wanted("Stone", [], day="2026-11-20"),
    "17-date-in-text": Wanted("Stone", [], day="2026-11-20"),
    "19-twitter-label-written-by": Wanted("Stone", ["Jane Doe"], "likely"),
    "21-embed-only": Wanted("Stone", [], words=("How stone is cut",)),
    "23-footnotes": Wanted("Stone", []),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page(name: str) -> None:
    ((article,), _) = read(f"pages/{name}.html")
    require(article, PAGES[name])
    assert STONE in html.to_plain_text(article.content)
    assert article.source.title == "The Paper"


def test_what_cases_of_pages_ask_besides() -> None:
    ((guessed,), _) = read("pages/17-date-in-text.html")
    assert guessed.date_certainty == "likely"
    ((embeds,), _) = read("pages/21-embed-only.html")
    assert len(html.list_embeds(embeds.content)) == embeds.content.count('class="embed"') == 3
    ((noted,), _) = read("pages/23-footnotes.html")
    for way in ("#", ' id="'):
        assert noted.content.count(way) >= 2, noted.content


FEEDS = {
    "01-unbound-prefix.xml": [Wanted("One", ["Ann Lee"])],
    "05-name-then-mailbox.xml": [
        Wanted("One", ["Ann Lee"]),
        Wanted("Two", ["Bo Roe"]),
        Wanted("Three", ["Cy Poe"]),
        Wanted("Four", ["mailto:dee@t.example"]),
        Wanted("Five", ["mailto:eve@t.example"]),
    ],
    "07-itunes-namespace-case.xml": [Wanted("One", ["Ann Lee"])],
    "09-comment-before-declaration.xml": [Wanted("One", ["Ann Lee"])],
    "11-bad-character-reference.xml": [Wanted("One", ["Ann Lee"])],
    "13-declared-utf8-is-1252.xml": [Wanted("Café", ["José Pérez"])],
    "15-less-than-in-title.xml": [Wanted("I <3 feeds", ["Ann Lee"])],
    "19-addresses-that-differ-in-fragment.xml": [Wanted(f"Version {n}", []) for n in (3, 2, 1)],
    "04-linked.atom": [Wanted("How the lock was saved", [], "unknown")],
    "13-feed.atom": [Wanted("How should <selectable> work?", ["Ada Quay"])],
    "13-feed.rss": [Wanted("How should <selectable> work in RSS?", ["Ada Quay"])],
    "14-feed.rss": [Wanted("Boats in quiet times", ["Ada Quay"])],
    "15-feed.atom": [Wanted("Pointers to boats", ["Ada Quay"], words=("tide::ptr<Boat> mine;",))],
    "16-feed.rss": [Wanted("Harbour to axe 'Low Tide Promise'", ["Ada Quay"])],
    "17-feed.rss": [Wanted("Nets & ropes", ["Ada Quay"]), Wanted("La fête du port", ["Ada Quay"])],
    "22-feed.rss": [Wanted("Gauges", ["Winds & Waves in Port"])],
    "25-feed.rss": [Wanted("Watch the lock", ["Ada Quay"], words=("That took nine minutes.",))],
    "30-feed.atom": [Wanted(f"Release {n}", ["Ada Quay"], day=f"2026-11-1{n}") for n in range(3)],
}


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed(name: str) -> None:
    articles, _ = read(f"feeds/{name}")
    for article, wanted in zip(articles, FEEDS[name], strict=True):
        require(article, wanted)
    named = [author.name for article in articles for author in article.authors]
    assert "@" not in repr([one for one in named if not one.startswith(MAILBOX)])


def test_what_cases_of_feeds_ask_besides() -> None:
    ((many,), _) = read("feeds/03-creator-over-200.xml")
    assert len(many.authors) == 19
    assert all(name in repr(many.authors) for name in NINETEEN.split())
    titled, *_ = read("feeds/17-media-title.xml")[0]
    assert (titled.title, [one.name for one in titled.authors]) == ("Bar", ["Ann Lee"])
    assert all(article.title for article in read("feeds/17-media-title.xml")[0])
    ((linked,), _) = read("feeds/04-linked.atom")
    assert [(credit.role, credit.name) for credit in linked.credits] == [("via", "Jon G")]
    ((video,), _) = read("feeds/25-feed.rss")
    assert len(html.list_embeds(video.content)) == 1
    assert "<s>" not in read("feeds/15-feed.atom")[0][0].content


TEXTS = {
    "01-ap.txt": Wanted(
        "Ferry company settles with port towns after two-year dispute", ["Jane Doe"], words=("LISBON, Portugal (AP)",)
    ),
    "03-dpa.txt": Wanted("Zoll beschlagnahmt 300 Kilo geschmuggelten Käse", ["Jana Muster"]),
    "05-substack-mail.txt": Wanted(
        "The slow letter",
        ["Ada Example"],
        dek="Why I still write by hand, and what it does to time",
        words=("!READ IN APP", "!redirect", "!View this post"),
    ),
    "07-word.html": Wanted("The harbour that moved", ["Ann Lee", "Bo Zhang"], dek="A town follows its sea"),
    "09-notion.md": Wanted("The map that lied", ["Dee Poe"], day="2026-11-24", words=("!Created", "!Author:")),
    "11-obsidian.md": Wanted("The mill and the river", ["Fay Sample"], words=("!%%", "![[", "!]]")),
    "13-hugo.md": Wanted("Salt roads", ["Jo Lee", "Kai Roe"], dek="Four days on foot", words=("!{{",)),
    "15-ghost.html": Wanted("The night train is back", ["Nia Roe", "Ola Lee"], dek="Eleven hours, one pillow"),
    "17-abstract.txt": Wanted(
        "Effects of tidal mixing on nutrient transport in shallow estuaries",
        ["Rui A. Example", "Sofia B. Sample", "Tan C. Poe"],
    ),
    "19-interview.txt": Wanted(
        "“I never wanted to be a lighthouse keeper”", ["Xi Lee"], dek="Wanda Roe on forty years of not sleeping"
    ),
    "21-poem.txt": Wanted("November", ["Abe Roe"]),
    "23-code.md": Wanted("Parsing dates in forty lines", ["Bea Roe"], day="2026-11-22", words=("return s.split",)),
    "25-zh.txt": Wanted("港口搬家了", ["王小明"], dek="海退了三十年之后"),
    "27-ar.txt": Wanted("الميناء الذي انتقل", ["أحمد مثال"], dek="مدينة تتبع بحرها"),
    "29-ko.txt": Wanted("움직인 항구", ["홍길동"], dek="바다를 따라간 마을"),
    "31-ghost-mail.html": Wanted("The night train is back", ["Nia Roe"], day="2026-11-19", words=("!Unsubscribe",)),
    "33-forward.txt": Wanted("The price of stone", ["Ann Lee"], day="2026-11-24", words=("!Forwarded", "!@")),
    "35-written-by.txt": Wanted("The price of stone", ["Ann Lee"]),
    "37-hugo-yaml-author.md": Wanted("Salt: a history", ["Jo Lee", "Kai Roe"], day="2026-11-20"),
    "39-byline-md.md": Wanted("The price of stone", ["Ann Lee", "Bo Roe"], dek="Two towns, one ferry"),
    "41-footnote-oneword.md": Wanted("Notes", ["Ann Lee"], words=("Ibid.", "![^")),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text(name: str) -> None:
    ((article,), _) = read(f"texts/{name}")
    require(article, TEXTS[name])


def test_what_cases_of_texts_ask_besides() -> None:
    ((poem,), _) = read("texts/21-poem.txt")
    assert poem.content.count("<br") >= 4
    ((interview,), _) = read("texts/19-interview.txt")
    assert "<h" not in interview.content
    ((letter,), _) = read("texts/05-substack-mail.txt")
    assert letter.url == "https://example.substack.com/p/the-slow-letter"
    ((vault,), faults) = read("texts/11-obsidian.md")
    assert "private" in " ".join(fault.what for fault in faults)
    assert "secret" not in vault.content
    ((noted,), _) = read("texts/41-footnote-oneword.md")
    assert "https://n.example/?a=1&amp;b=2" in noted.content
    assert 'href="Ibid' not in noted.content
    ((agency,), _) = read("texts/01-ap.txt")
    assert agency.source.title == "ASSOCIATED PRESS"
    ((roles,), _) = read("texts/35-written-by.txt")
    assert {(credit.role, credit.name) for credit in roles.credits} == {
        ("photographer", "Bo Roe"),
        ("translator", "Cy Poe"),
    }
