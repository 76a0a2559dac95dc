"""A publication's year, as feed readers show it that ask about once a week: nothing twice, nothing missed, every
correction. Whatever its feeds say meanwhile keeps the grammars.
"""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest
import reader

import nouns
from dispatch import compose, config, issues
from dispatch.model import Article, Author, Issue, Section, Source, Withdrawal
from dispatch.publish import publish_site
from judges.test_grammars import judge_atom, judge_json, judge_rss
from judges.test_readers_http import Reader, liferea, newsboat, pypi_reader, rss2email, sfeed
from serving import served

FIRST = datetime(2024, 1, 4, 8, tzinfo=UTC)
OLD, NEW = "https://wire.example", "https://new.example"
SETTINGS = """
[feeds]
entries = 30
each = ["author", "section"]

[site]
search = false
"""
ANN = '[ann-lea]\nname = "Ann Lea"\nurl = "http://people.example/ann"\n'
BIG = {10: 33, 11: 40}  # articles of an issue, by its number
LATE = {20: 45, 21: 44, 35: 12, 50: 200}  # days that an issue came out after its date, by its number
HERS, SECTION = "authors/ann-lea/feed", "sections/europe/feed"
FEEDS = ("feed", "issues", HERS, SECTION)
ABROAD = '\n[[topics]]\nkind = "section"\nname = "Abroad"\nformer = ["Europe"]\n'


class Week(NamedTuple):
    """What stands in the public folder at the end of a week, and what its readers have to have by then."""

    folder: Path
    marks: dict[str, set[str]]  # by feed, the marks of what was published
    notes: dict[str, set[str]]  # by feed, the words of corrections and notices
    gone: set[str]  # marks of what was withdrawn


@dataclass
class Year:
    """A publication while its year goes on, a day after the other."""

    root: Path
    day: int = 0
    section: str = "Europe"
    marks: dict[str, set[str]] = field(default_factory=lambda: {feed: set() for feed in FEEDS})
    notes: dict[str, set[str]] = field(default_factory=lambda: {feed: set() for feed in FEEDS})
    gone: set[str] = field(default_factory=set)

    @property
    def now(self) -> datetime:
        return FIRST + timedelta(days=self.day)

    def publish(self) -> None:
        update = publish_site(self.root)
        assert not update.stopped, update.findings

    def write_issue(self, number: int) -> None:
        """Publish an issue, each sixth with an article by Ann Lea, whose address is https later."""
        keys = [str(place) for place in range(BIG.get(number, 3))]
        made = [self.make_article(number, key) for key in keys]
        if number % 6 == 0:
            ann = config.load(self.root).authors["ann-lea"]
            scheme = "http" if number < 30 else "https"
            made[1] = replace(made[1], authors=(replace(ann, url=f"{scheme}://people.example/ann"),))
            self.marks[HERS].add(mark(number, "1"))
        date = self.now - timedelta(days=LATE.get(number, 0))
        values = {"id": f"tag:wire.example,2024:{number}", "slug": f"n{number}", "number": number, "date": date}
        intro = f"<p>{mark(number, 'intro')}</p>"
        values |= {"sections": (Section(title=self.section, articles=tuple(made)),)}
        issue = nouns.issue(**values, title=f"Issue {number}", intro=intro, status="published")
        issues.create_issue(config.load(self.root), issue)
        self.marks["issues"].add(mark(number, "intro"))
        self.publish()

    def make_article(self, number: int, key: str) -> Article:
        for feed in ("feed", SECTION):
            self.marks[feed].add(mark(number, key))
        return nouns.article(
            number,
            key=f"a{key}",
            id=f"tag:wire.example,2024:{number}/a{key}",
            url=f"https://paper.example/{number}/{key}",
            title=f"Story {key} of issue {number}",
            authors=(Author(name=f"Ada {number % 3}"),),
            content=f"<p>{mark(number, key)}</p>",
            source=Source(title="The Paper", url="https://paper.example/", syndicate="excerpt", excerpt_words=60),
            published=self.now - timedelta(days=700),
            image=None,
        )

    def change(self, number: int, changed: Callable[[Issue], Issue]) -> None:
        publication = config.load(self.root)
        issue = issues.read_issue(publication, f"n{number}")
        issues.change_issue(publication, issue, changed(issue))

    def add_late(self, number: int) -> None:
        """Publish another article in an issue that has long been out, in front of all others."""
        late = self.make_article(number, "late")
        self.change(
            number, lambda issue: replace(issue, sections=(Section(title="Europe", articles=(late, *issue.articles)),))
        )
        self.publish()

    def correct(self, number: int, key: str) -> None:
        """Correct an article, or without a key the issue."""
        words = f"Correction of {number} {key or 'itself'} on day {self.day}."
        self.change(number, lambda issue: compose.correct(issue, f"a{key}" if key else "", words, self.now))
        told = ("feed", SECTION, *((HERS,) if key == "1" and number % 6 == 0 else ())) if key else ("issues",)
        for feed in told:
            self.notes[feed].add(words)
        self.publish()

    def withdraw(self, number: int, key: str) -> None:
        words = f"Withdrawn on day {self.day}: {number} {key}."
        said = Withdrawal(date=self.now, text=words)
        self.change(number, lambda issue: compose.withdraw(issue, f"a{key}", said))
        for feed in ("feed", SECTION):
            self.notes[feed].add(words)
        self.gone.add(mark(number, key))
        self.publish()

    def mend_name(self) -> None:
        """Ann Lea has always been Ann Leigh: her articles say so, and that they do."""
        file = self.root / "authors.toml"
        edit(file, "Ann Lea", "Ann Leigh")
        for number in range(0, 60, 6):
            if (self.root / "issues" / f"n{number}").is_dir():
                words = f"The author of {number} is Ann Leigh."
                story = self.root / "issues" / f"n{number}" / "a1.html"
                edit(story, "Ann Lea", "Ann Leigh", may_miss=True)
                self.change(
                    number, lambda issue, words=words: compose.correct(issue, "a1", words, self.now, ["authors"])
                )
                for feed in ("feed", SECTION, HERS):
                    self.notes[feed].add(words)
        self.publish()

    def marry(self) -> None:
        """Ann Leigh is Ann Holm from now on, and nothing that was published needs a correction."""
        edit(self.root / "authors.toml", 'name = "Ann Leigh"', 'name = "Ann Holm"\nformer = ["Ann Leigh"]')
        self.publish()

    def rename_section(self) -> None:
        """Europe is called Abroad: new issues say so, and dispatch.toml that it is the same."""
        self.section = "Abroad"
        with (self.root / "dispatch.toml").open("a", encoding="utf-8") as file:
            file.write(ABROAD)
        self.publish()

    def move(self) -> None:
        edit(self.root / "dispatch.toml", f'url = "{OLD}"', f'url = "{NEW}"\nformer_urls = ["{OLD}"]')
        self.publish()

    def set_entries(self, old: int, new: int) -> None:
        edit(self.root / "dispatch.toml", f"entries = {old}", f"entries = {new}")
        self.publish()

    def forget(self) -> None:
        """Delete all that can be made again."""
        shutil.rmtree(self.root / ".dispatch")
        self.set_entries(20, 60)

    def keep(self, folder: Path) -> Week:
        """Copy the feeds to a folder."""
        public = self.root / "public"
        for file in public.rglob("*"):
            path = file.relative_to(public)
            if file.suffix in {".xml", ".atom", ".json"} and path.parts[0] != "issues" and "sitemap" not in file.name:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, folder / path)
        former = public / "former"
        if former.exists():
            shutil.copytree(former, folder / "former")
        marks, notes = ({feed: set(said) for feed, said in one.items()} for one in (self.marks, self.notes))
        return Week(folder, marks, notes, set(self.gone))


def mark(number: int, key: str) -> str:
    return f"«{number}·{key}»"


def edit(file: Path, old: str, new: str, *, may_miss: bool = False) -> None:
    text = file.read_text("utf-8")
    assert may_miss or old in text
    file.write_text(text.replace(old, new), "utf-8")


# By day, what happens besides an issue each six days.
EVENTS: dict[int, Callable[[Year], None]] = {
    75: lambda year: year.correct(2, "0"),
    90: lambda year: year.add_late(3),
    100: lambda year: year.withdraw(1, "2"),
    110: lambda year: year.correct(0, "1"),
    140: lambda year: year.correct(2, ""),
    185: lambda year: year.move(),
    201: lambda year: year.correct(10, "32"),
    215: lambda year: year.correct(2, "0"),
    230: lambda year: year.add_late(11),
    245: lambda year: year.mend_name(),
    255: lambda year: year.rename_section(),
    260: lambda year: year.withdraw(11, "39"),
    275: lambda year: year.set_entries(30, 20),
    300: lambda year: year.forget(),
    311: lambda year: year.correct(30, "0"),
    320: lambda year: year.marry(),
    340: lambda year: year.withdraw(20, "1"),
}


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> list[Week]:
    """The year, played by one publication."""
    return play(tmp_path_factory.mktemp("year"))


def play(home: Path) -> list[Week]:
    root = home / "letter"
    config.create_publication(root, title="The Wire", url=OLD, sender="The Wire <desk@wire.example>")
    with (root / "dispatch.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS)
    (root / "authors.toml").write_text(ANN, "utf-8")
    year, made = Year(root), list[Week]()
    for year.day in range(365):
        if year.day % 6 == 0 and year.day < 360:
            year.write_issue(year.day // 6)
        if year.day in EVENTS:
            EVENTS[year.day](year)
        if year.day % 7 == 6 or year.day == 364:
            made.append(year.keep(home / f"week-{len(made)}"))
    return made


def hold_nothing(_: Path) -> Iterator[str]:
    """sfeed and liferea keep an entry as it came first, and rss2email has sent it."""
    yield from ()


def hold_newsboat(home: Path) -> Iterator[str]:
    with closing(sqlite3.connect(home / "cache.db")) as cache:
        yield from (content for (content,) in cache.execute("SELECT content FROM rss_item"))


def hold_pypi_reader(home: Path) -> Iterator[str]:
    with closing(reader.make_reader(str(home / "reader.sqlite"))) as library:
        yield from (entry.content[0].value for entry in library.get_entries())


Hold = Callable[[Path], Iterator[str]]


class Follower(NamedTuple):
    """Who follows a feed: with which reader, how it has what it showed, and each how many weeks it asks."""

    show: Reader
    hold: Hold
    path: str
    weeks: int
    programs: tuple[str, ...] = ()


FOLLOWERS = [
    Follower(newsboat, hold_newsboat, "feed.xml", 1, ("newsboat",)),
    Follower(sfeed, hold_nothing, "feed.atom", 1, ("sfeed_update",)),
    Follower(pypi_reader, hold_pypi_reader, "feed.json", 1),
    Follower(pypi_reader, hold_pypi_reader, "issues.atom", 2),
    Follower(pypi_reader, hold_pypi_reader, f"{HERS}.xml", 4),
    Follower(newsboat, hold_newsboat, f"{SECTION}.xml", 1, ("newsboat",)),
    Follower(pypi_reader, hold_pypi_reader, f"{SECTION}.atom", 1),
    # It keeps 100 entries, the latest by date, and as they came first.
    Follower(liferea, hold_nothing, "feed.atom", 2, ("liferea", "xvfb-run", "dbus-run-session")),
    Follower(liferea, hold_nothing, "issues.atom", 4, ("liferea", "xvfb-run", "dbus-run-session")),
    Follower(rss2email, hold_nothing, "feed.xml", 4, ("r2e",)),
]


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(one, marks=pytest.mark.needs(*one.programs), id=f"{one.show.__name__}-{one.path}")
        for one in FOLLOWERS
    ],
)
def test_a_year_with_a_reader(who: Follower, weeks: list[Week], tmp_path: Path) -> None:
    home, public = tmp_path / "home", tmp_path / "public"
    feed = who.path.rpartition(".")[0]
    shutil.copytree(weeks[0].folder, public)
    shown: Counter[str] = Counter()
    with served(public, "--log") as server:
        for number, week in enumerate(weeks):
            if number % who.weeks and week is not weeks[-1]:
                continue
            base = put_in_place(week.folder, public, who.path)
            # sfeed follows no redirect: whoever uses it has to write the new address.
            path = base + who.path if who.show is sfeed else who.path
            fresh = [one.content for one in who.show(home, server, path)]
            shown.update(mark for mark in week.marks[feed] for text in fresh if mark in text)
            assert not week.marks[feed] - shown.keys() - week.gone, number
            assert not {mark for mark, times in shown.items() if times > 1}, number
            held = "".join(who.hold(home))
            if held:
                assert not {words for words in week.notes[feed] if words not in held}, number
                assert not {mark for mark in week.gone if mark in held}, number


JUDGES = {".atom": judge_atom, ".json": judge_json, ".xml": judge_rss}


def test_its_feeds_keep_the_grammars(weeks: list[Week]) -> None:
    """Each document that there was in that year, archived feeds too."""
    judged: set[tuple[str, bytes]] = set()
    for week in weeks:
        for file in (file for file in week.folder.rglob("*") if file.suffix in JUDGES):
            octets = file.read_bytes()
            digest = file.suffix, sha256(octets).digest()
            if digest not in judged:
                judged.add(digest)
                JUDGES[file.suffix](octets)
    assert len(judged) > 500


def test_the_feeds_of_the_sample_keep_them(tmp_path: Path) -> None:
    for name in ("issues", "templates"):
        shutil.copytree(nouns.ROOT / name, tmp_path / name)
    for name in ("dispatch.toml", "authors.toml", "dispatch.lock"):
        shutil.copyfile(nouns.ROOT / name, tmp_path / name)
    assert not publish_site(tmp_path).stopped
    files = [file for file in (tmp_path / "public").rglob("*feed*") if file.suffix in JUDGES]
    assert len(files) > 5
    for file in (*files, *(tmp_path / "public").glob("issues.*")):
        JUDGES[file.suffix](file.read_bytes())


def put_in_place(folder: Path, public: Path, path: str) -> str:
    """Serve what the folder holds; once the publication has moved, at another address, to which the old one leads."""
    moved = folder / "former" / "wire.example" / "_redirects"
    shutil.rmtree(public)
    if moved.exists():
        shutil.copytree(folder, public / "new.example")
        line = moved.read_text("utf-8").replace(NEW, "/new.example").replace("*", path).replace(":splat", path)
        (public / "_redirects").write_text(line, "utf-8")
        return "new.example/"
    shutil.copytree(folder, public)
    return ""
