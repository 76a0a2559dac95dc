"""An editor's morning, invented: what waits in the inbox that the pictures of the desk show."""

from datetime import timedelta
from pathlib import Path

from desking import NOW, make_publication
from dispatch import config, inbox
from dispatch.model import Article, Author, Image, Source, Witness

PAPERS = ("The Quayside Review", "Nordic Ports", "The Lock Keeper")
ENTRIES: tuple[tuple[str, int, str, str], ...] = (
    (
        "The night ferry comes back, with beds for ninety",
        0,
        "Ada Quay",
        "After eleven years the boat sails",
    ),
    (
        "Who owns the mud? A harbour asks its lawyers",
        2,
        "Jón Þór",
        "Each spring the dredgers lift a small hill",
    ),
    ("A bridge is closed, and nobody crosses it", 1, "Mira Ståhl", "The council shut it on Monday for a week"),
    ("Letters to a lighthouse, answered", 0, "Luc Brandt", "They are addressed to the keeper, who is a lamp"),
    (
        "Seven ports agree on one plug",
        1,
        "Noor Rahman, Ada Quay",
        "Ships at the quay will stop their engines",
    ),
    ("What the tide tables leave out", 2, "", "The book is right to the minute, and wrong by a metre"),
    (
        "The last rope maker has two apprentices",
        0,
        "Inês Prado",
        "It takes four years to learn it",
    ),
    (
        "Fish prices fall; the fishermen explain why",
        1,
        "Mira Ståhl",
        "It is not the fish, say those who sell it",
    ),
    ("How a town learnt to read its own water", 2, "Jón Þór", "A school measured the canal for forty years"),
    (
        "The archive of a drowned village opens",
        0,
        "Luc Brandt",
        "Three hundred boxes stood in a chapel",
    ),
    (
        "Strike at the locks ends after nine days",
        1,
        "Noor Rahman",
        "The boats that waited are let through by night",
    ),
    ("A map of every bench along the quay", 2, "Inês Prado", "Two retired surveyors sat on all of them"),
)
DOUBTFUL = 3  # its place among the entries
REST = """<p>Those who work on the quay had heard of it for months. They name the day, and who wrote it down.</p>
<p>“It was never about the money,” says the harbour master, who keeps the minutes of the meeting in a drawer, and reads
from them: three votes for it, two against, and one who had gone out to look at the weather.</p>
<p>What it costs, nobody can say before the spring. The council has asked for a second opinion, and for a third.</p>
<h2>What comes next</h2><p>The report is read aloud on Thursday, in the old customs house. Everybody may come.</p>"""


def make_morning(root: Path) -> Path:
    """A publication with a draft of four sections, and twelve entries."""
    make_publication(root)
    with inbox.open_inbox(config.load(root)) as box:
        for paper in range(len(PAPERS)):
            entries = [_make_article(n, *entry) for n, entry in enumerate(ENTRIES) if entry[1] == paper]
            box.keep_articles(f"paper{paper}", entries, NOW)
    return root


def _make_article(n: int, headline: str, paper: int, names: str, begun: str) -> Article:
    site = f"https://paper{paper}.example"
    people = [Author(name=name, url=f"{site}/people") for name in filter(None, names.split(", "))]
    return Article(
        id=f"{site}/?p={n}",
        url=f"{site}/{n}",
        title=headline,
        content=f"<p>{begun}, and the harbour has talked of little else since. What was said, and by whom.</p>{REST}",
        authors=tuple(people),
        certainty="likely" if n == DOUBTFUL else "certain" if people else "unknown",
        witnesses=(Witness(kind="byline", names=("Luc Brandt",)),) if n == DOUBTFUL else (),
        source=Source(title=PAPERS[paper], url=site),
        published=NOW - timedelta(hours=3 * n),
        tags=("harbour", "work") if n % 2 else ("harbour",),
        image=Image(url=f"{site}/{n}.jpg", alt="The quay") if n % 3 == 0 else None,
    )
