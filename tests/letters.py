"""Twelve newsletters, as different as those that people write, in each look: what judges are shown, and eyes.

``python docs/pictures/contact_sheets.py FOLDER`` takes pictures of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import cycle, islice

import nouns
from dispatch import html
from dispatch.looks import load_look
from dispatch.model import (
    Article,
    Author,
    Credit,
    EmailSettings,
    Image,
    Issue,
    Publication,
    Section,
    Source,
    Sponsor,
    SubscribeSettings,
)

Letter = tuple[Issue, Publication]
Row = tuple[str, str, str, str]  # headline, dek, authors with a comma between them, source

RATIOS = ((1800, 600), (1600, 900), (1200, 900), (900, 900), (900, 1200), (600, 1500), (0, 0))

DATA = nouns.ROOT / "tests" / "data" / "letters"
NAMES = {
    "en": "The Harbour Letter",
    "de": "Der Hafenbrief",
    "ar": "رسالة الميناء",
    "hi": "बंदरगाह पत्र",
    "zh": "港口来信",
}
INTRO = "What a cupboard in the harbour office tells about a year that nobody counted. Good morning."
TOLD = html.sanitise_html((DATA / "told.html").read_text("utf-8"))


@cache
def read_rows(language: str) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """The headlines of a language, and the paragraphs that stand under each."""
    rows, _, words = (DATA / f"{language}.txt").read_text("utf-8").partition("\n\n")
    return tuple(tuple(row.split(" | ")) for row in rows.splitlines()), tuple(words.splitlines())  # type: ignore[misc]


def letter(look: str, language: str = "en", **values: object) -> Publication:
    """The Harbour Letter, in a look and a language."""
    given = {
        "title": NAMES[language],
        "url": "https://harbour.example",
        "language": language,
        "theme": load_look(look),
        "email": EmailSettings(
            sender=f"{NAMES[language]} <desk@harbour.example>",
            unsubscribe=("https://harbour.example/leave", "mailto:leave@harbour.example"),
            postal_address="1 Quay Street, Exampleton",
        ),
        "subscribe": SubscribeSettings(url="https://harbour.example/join"),
    }
    return nouns.publication(**(given | values))


def stories(
    language: str = "en",
    count: int = 0,
    images: tuple[tuple[int, int] | None, ...] = (None,),
    **values: object,
) -> tuple[Article, ...]:
    """Articles of a language's rows, in turn."""
    rows, words = read_rows(language)

    def make(n: int, row: Row, image: tuple[int, int] | None) -> Article:
        title, dek, people, source = row
        names = people.replace("،", ",").split(",")
        slug = f"story-{n}"
        wide, high = image or (0, 0)
        picture = Image(
            url=f"https://harbour.example/{wide or 1500}x{high or 1000}-{slug}.png",
            alt="Boats at the quay",
            width=wide or None,
            height=high or None,
            caption="Boats at the quay in March" if n % 3 == 0 else "",
            credit="Mia Stone / Harbour Pictures" if n % 2 == 0 else "",
        )
        given = {
            "key": slug,
            "id": f"tag:harbour.example,2025-02-14:week/{slug}",
            "url": f"https://paper-{n % 5}.example/2025/02/{slug}?from=harbour&n={n}",
            "title": title if n < len(rows) else f"{title}, again",
            "dek": dek,
            "content": "".join(f"<p>{one}</p>" for one in words),
            "authors": tuple(
                Author(name=one.strip(), url=f"https://people.example/{n}-{k}") for k, one in enumerate(names)
            ),
            "source": Source(title=source, url=f"https://paper-{n % 5}.example/", syndicate="excerpt"),
            "published": nouns.DATE - timedelta(days=n),
            "image": picture if image is not None else None,
            "note": "Read it for the last paragraph." if n % 7 == 2 else "",
            "credits": (Credit(role="translator", name="Tove Quist"),) if n % 6 == 5 else (),
        }
        return nouns.article(n, **(given | values))

    each = islice(zip(cycle(rows), cycle(images), strict=False), count or len(rows))
    return tuple(make(n, row, image) for n, (row, image) in enumerate(each))


def issue(*sections: Section, title: str = "The ledger for 1974", **values: object) -> Issue:
    """An issue of The Harbour Letter."""
    given = {"id": "tag:harbour.example,2025-02-14:week", "slug": "week", "intro": f"<p>{INTRO}</p>"}
    return nouns.issue(**(given | {"title": title, "sections": sections} | values))


def split(articles: tuple[Article, ...], *parts: tuple[str, int]) -> Iterator[Section]:
    """Sections of so many articles each, of those that are left."""
    begun = 0
    for title, count in parts:
        yield Section(title=title, articles=articles[begun : begun + count])
        begun += count


PICTURED = ((1600, 900), (1200, 900), None, (900, 1200))


def write_many(count: int, *parts: tuple[str, int]) -> Callable[[str], Letter]:
    return lambda look: (issue(*split(stories(count=count, images=PICTURED), *parts)), letter(look))


def write_abroad(language: str, part: str) -> Callable[[str], Letter]:
    def write(look: str) -> Letter:
        articles, intro = stories(language, images=PICTURED), f"<p>{read_rows(language)[1][0]}</p>"
        own = issue(Section(title=part, articles=articles), title=articles[1].title, intro=intro, preheader="")
        return own, letter(look, language)

    return write


def write_pictures(look: str) -> Letter:
    """Pictures of every ratio, leading and not, and none."""
    sections = [Section(title="Wide and high", articles=stories(count=7, images=RATIOS))]
    for n, ratio in enumerate(RATIOS[2:6], 1):
        (one,) = stories(
            count=1, images=(ratio,), key=f"lead-{n}", id=f"tag:harbour.example,2025:lead-{n}", layout="lead"
        )
        sections.append(Section(title=f"Lead {n}", articles=(one,)))
    return issue(*sections, Section(title="None", articles=stories(count=9)[7:])), letter(look)


def write_words(look: str) -> Letter:
    """Quotations, tables, code and pictures in the editor's own words; a sponsor; passages; a note; two columns."""
    articles = stories(count=10, images=PICTURED)
    sponsor = Sponsor(
        name="Hemp & Co",
        url="https://hemp.example/?a=1&b=2",
        text="Rope that holds, made by the same family on the same quay since 1902.",
        image=Image(url="https://harbour.example/1200x400-rope.png", alt="Coils of rope", width=1200, height=400),
    )
    sections = (
        Section(title="Read", intro=html.renumber_headings(TOLD, 3), articles=articles[:2]),
        Section(title="Said", layout="quote", articles=articles[2:4]),
        Section(title="Plain", layout="text", articles=articles[4:5], sponsor=replace(sponsor, image=None)),
        Section(title="In brief", layout="brief", two_columns=True, articles=articles[5:]),
    )
    email = replace(letter(look).email, footer="<p>Set in <strong>lead</strong> by two people and a cat.</p>")
    links = {"Mastodon": "https://social.example/@harbour", "Bluesky": "https://sky.example/harbour"}
    return issue(*sections, intro=TOLD, sponsor=sponsor), letter(look, email=email, links=links)


def write_links(look: str) -> Letter:
    """Nothing but headlines, of which some have neither author nor source."""
    articles = stories(count=12, content="", note="", credits=())
    unknown = tuple(replace(one, authors=(), source=Source(syndicate="link"), published=None) for one in articles[:3])
    linked = tuple(replace(one, source=replace(one.source, syndicate="link")) for one in articles[3:])
    return issue(Section(layout="list", articles=unknown + linked), intro=""), letter(look)


LETTERS: dict[str, Callable[[str], Letter]] = {
    "one": lambda look: (issue(Section(articles=stories(count=1, images=((1600, 900),)))), letter(look)),
    "three": lambda look: (issue(Section(articles=stories(count=3, images=PICTURED))), letter(look)),
    "eight": write_many(8, ("Harbour", 3), ("Town", 5)),
    "twenty": write_many(20, ("Harbour", 5), ("Town", 5), ("Weather", 4), ("And besides", 6)),
    "forty": write_many(40, ("Harbour", 10), ("Town", 10), ("Weather", 10), ("And besides", 10)),
    "pictures": write_pictures,
    "arabic": write_abroad("ar", "الميناء"),
    "hindi": write_abroad("hi", "बंदरगाह"),
    "chinese": write_abroad("zh", "港口"),
    "german": write_abroad("de", "Wirtschaftsangelegenheiten"),
    "words": write_words,
    "links": write_links,
}
