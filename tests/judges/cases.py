"""The issues that the judges are shown: the golden ones, the sample, and one whose words do not fit."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import cycle

import letters
import nouns
from dispatch import config, issues
from dispatch.looks import load_look, load_looks
from dispatch.model import Author, Contents, Credit, Publication, Source, Sponsor
from formats.test_golden import CASES as GOLDEN
from formats.test_golden import COLLECTIONS

Case = tuple[Contents, Publication]


def sample() -> Case:
    publication = config.load(nouns.ROOT)
    return issues.read_issue(publication, "names-and-addresses"), publication


def long_words() -> Case:
    """Words and addresses that are wider than a phone, wherever there is room for them."""
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    address = "https://paper.example/" + "a1-b2_c3" * 40
    wide = {
        "title": f"{word} {address}",
        "dek": address,
        "note": address,
        "license": address,
        "authors": (Author(name=word * 2, url=address, bio=address),),
        "credits": (Credit(role=word, name=address),),
        "source": Source(title=word * 2, url=address, syndicate="full"),
        "content": f"<h2>{word}{word}</h2><p>{address}</p><pre>{address}</pre>"
        f"<table><tbody><tr><td>{address}</td><td>{word}</td></tr></tbody></table>"
        f'<p><img src="https://wire.example/wide.png" alt="{word}" width="3000" height="40" /></p>',
    }
    issue = nouns.issue(nouns.rich(1, **wide), nouns.rich(2, **wide), title=word * 2, intro=f"<p>{address}</p>")
    return issue, nouns.publication(title=word)


def dress(look: str) -> Callable[[], Case]:
    """The sample in a look, with a sponsor, links and a footer."""

    def make() -> Case:
        issue, publication = sample()
        email = replace(publication.email, footer="<p>Set in lead.</p>")
        theme = replace(load_look(look), header="https://colophon.example/header.png" if look == "plain" else "")
        links = {"Mastodon": "https://social.example/@colophon"}
        sponsor = Sponsor(name="Hemp & Co", url="https://hemp.example/", text="Rope that holds.")
        return replace(issue, sponsor=sponsor), replace(publication, theme=theme, email=email, links=links)

    return make


LOOKS = {f"look-{name}": dress(name) for name in load_looks()}
# Twelve letters, three in each look.
LETTERS: dict[str, Callable[[], Case]] = {
    f"letter-{name}": partial(write, look)
    for (name, write), look in zip(letters.LETTERS.items(), cycle(load_looks()), strict=False)
}
CASES: dict[str, Callable[[], Case]] = GOLDEN | {"sample": sample, "long-words": long_words} | LOOKS | LETTERS
# And the feeds of a site, which are no issues.
FEEDS = CASES | COLLECTIONS
