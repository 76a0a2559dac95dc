"""Whatever a list of the site is called: its readers stay with it, and no address of it that was ever given is lost."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import quote

import feedparser
import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

import nouns
from commands import run_dispatch
from dispatch import config, issues, ledger
from dispatch.model import Article, Author, FeedSettings, Issue, Page, Publication, Section, Source, TopicNames
from dispatch.publish.plan import plan_pages
from dispatch.publish.topics import FOLDERS, record_topics
from serving import served

Dispatch = Callable[..., Result]
PAPER = "https://p.example"
EACH = FeedSettings(each=("author", "source", "section", "tag"))
ARABIC, HINDI = "كاتبة بلا اسم", "रमेश कुमार"


def story(n: int, name: str, **values: object) -> Article:
    """An article in whose every list is called so."""
    return nouns.article(
        n,
        authors=(Author(name=name),),
        source=Source(title=name, url="https://p.example", syndicate="link"),
        tags=(name,),
        **values,
    )


def issue_of(*names: str) -> Issue:
    """An issue with an article in lists of each name."""
    sections = (Section(title=name, articles=(story(n, name),)) for n, name in enumerate(names))
    return replace(nouns.issue(), sections=tuple(sections))


class Site:
    """The plans of a site, each made with what the ledger remembers of those before."""

    def __init__(self, root: Path, **settings: object) -> None:
        self.publication: Publication = nouns.publication(root=root, feeds=EACH, **settings)
        self.pages: list[Page] = []
        self.given: set[str] = set()

    def publish(self, issue: Issue) -> None:
        known = ledger.read_records(self.publication)
        self.pages = plan_pages([issue], self.publication, known)
        ledger.record_issues(self.publication, issue, names=record_topics(self.pages))
        self.given |= {page.path for page in self.pages if page.kind in FOLDERS}

    def find_ways(self) -> dict[str, str]:
        return dict(ledger.find_moved_pages(self.publication))

    def list_paths(self, kind: str) -> dict[str, int]:
        """The addresses of the lists of a kind, each with how many articles it has."""
        return {page.path: len(list(page.articles)) for page in self.pages if page.kind == kind}

    def list_feed_ids(self) -> dict[str, str]:
        return {page.path: page.id for page in self.pages if page.kind == "feed" and page.path}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


FOLDED = [(kind, folder) for kind, folder in FOLDERS.items()]


@pytest.mark.parametrize(("kind", "folder"), FOLDED)
@pytest.mark.parametrize(
    ("old", "new", "way"),
    [
        ("Ann Leee", "Ann Lee", ("ann-leee", "ann-lee")),
        ("The Paper", "The Morning Paper", ("the-paper", "the-morning-paper")),
        ("Политика", "Политика и мир", ("политика", "политика-и-мир")),
    ],
)
def test_what_is_called_otherwise_everywhere_leads_on(
    site: Site, kind: str, folder: str, old: str, new: str, way: tuple[str, str]
) -> None:
    site.publish(issue_of(old, "Else"))
    before = site.list_feed_ids()
    for _ in range(2):
        site.publish(issue_of(new, "Else"))
        left, now = (f"{folder}/{quote(name)}/" for name in way)
        assert site.list_paths(kind) == {now: 1, f"{folder}/else/": 1}
        assert site.find_ways()[left] == now
        assert site.list_feed_ids()[now] == before[left]
        lists = [one.url for one in ledger.read_records(site.publication) if one.kind == kind]
        assert sorted(lists) == sorted(f"https://wire.example/{path}" for path in (now, f"{folder}/else/"))


def test_a_name_that_was_mended_to_one_that_is_there_leads_to_it(site: Site) -> None:
    site.publish(issue_of("Ann Leee", "Ann Lee"))
    fixed = issue_of("Ann Lee", "Ann Lee")
    site.publish(fixed)
    assert site.list_paths("author") == {"authors/ann-lee/": 2}
    assert site.find_ways()["authors/ann-leee/"] == "authors/ann-lee/"


def test_nobody_inherits_the_readers_of_another(site: Site) -> None:
    site.publish(issue_of("Ann Lee", "Bo Zhang"))
    site.publish(issue_of("Cy Quay", "Bo Zhang"))
    assert site.list_paths("author") == {"authors/ann-lee/": 0, "authors/bo-zhang/": 1, "authors/cy-quay/": 1}
    site.publish(issue_of("Ann Lee", "Bo Zhang"))
    assert site.list_paths("author") == {"authors/ann-lee/": 1, "authors/bo-zhang/": 1, "authors/cy-quay/": 0}


@pytest.mark.parametrize("kind", ["section", "tag"])
def test_dispatch_toml_says_that_old_issues_and_new_ones_have_one_list(tmp_path: Path, kind: str) -> None:
    folder = {"section": "sections", "tag": "tags"}[kind]
    Site(tmp_path).publish(issue_of("Power", "Europe"))
    told = (
        TopicNames(kind=kind, name="Politics", former=("power",)),  # type: ignore[arg-type]
        TopicNames(kind=kind, name="The World", former=("Politics",)),  # type: ignore[arg-type]
    )
    site = Site(tmp_path, topics=told)
    site.publish(issue_of("Power", "The World", "Europe"))
    assert site.list_paths(kind) == {f"{folder}/the-world/": 2, f"{folder}/europe/": 1}
    assert site.find_ways()[f"{folder}/power/"] == f"{folder}/the-world/"


def test_a_ring_of_names_is_no_endless_one(tmp_path: Path) -> None:
    names = ("A one", "B two")
    told = (TopicNames(kind="tag", name=one, former=(two,)) for one, two in (names, names[::-1]))
    site = Site(tmp_path, topics=tuple(told))
    site.publish(issue_of(*names))
    assert sum(site.list_paths("tag").values()) == 2


def test_a_source_and_an_author_stay_where_they_are_from_http_to_https(site: Site) -> None:
    def at(scheme: str) -> Issue:
        one = story(1, "Ann", url="https://p.example/1")
        url = f"{scheme}://www.p.example/ann"
        changed = replace(one, authors=(Author(name="Ann", url=url),), source=Source(title="P", url=url))
        return nouns.issue(changed)

    site.publish(at("http"))
    site.publish(at("https"))
    assert site.list_paths("author") == {"authors/ann/": 1}
    assert site.list_paths("source") == {"sources/p/": 1}
    assert not site.find_ways()


@pytest.mark.parametrize("name", [ARABIC, HINDI, "李雷"])
def test_an_address_that_said_nothing_leads_to_one_of_the_name(site: Site, name: str) -> None:
    site.publish(issue_of(name))
    lock = site.publication.root / ledger.FILE
    segment = quote(name.replace(" ", "-"))
    assert site.list_paths("author") == {f"authors/{segment}/": 1}
    lock.write_text(lock.read_text("utf-8").replace(f"/authors/{segment}/", "/authors/author-2/"), "utf-8")
    site.publish(issue_of(name))
    assert site.list_paths("author") == {f"authors/{segment}/": 1}
    assert site.find_ways()["authors/author-2/"] == f"authors/{segment}/"
    assert site.list_feed_ids()[f"authors/{segment}/"] == "https://wire.example/authors/author-2/feed"


def test_names_that_macos_and_windows_take_for_one_have_two_folders(site: Site) -> None:
    names = ("Café", "ΣΊΣΥΦΟΣ", "σίσυφοσ", "ﬁ", "Straße")
    site.publish(issue_of(*names, *(unicodedata.normalize("NFD", name) for name in names)))
    folders = [unicodedata.normalize("NFC", page.path).casefold() for page in site.pages if page.kind == "tag"]
    assert len(folders) == len(set(folders)) == 4


NAMES = ("Ann Lee", "Ann Leee", "Anne Lee", "Ann Lees", "أن لي", "أن ليي", "🚢", "Bo")


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(NAMES)), max_size=8), st.booleans())
def test_no_history_of_renames_loses_an_address_or_splits_a_list(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str]], whole: bool
) -> None:
    """whole: all articles of one name get the other, as when a person is renamed, and not one of them alone."""
    site = Site(tmp_path_factory.mktemp("site"))
    names = ["Ann Lee", "أن لي", "Ann Lee"]
    site.publish(issue_of(*names))
    for at, new in steps:
        old = names[at]
        names = [new if (name == old if whole else n == at) else name for n, name in enumerate(names)]
        site.publish(issue_of(*names))
        ways = site.find_ways()
        for kind in FOLDERS:
            lists = site.list_paths(kind)
            assert len([path for path, size in lists.items() if size]) == len(set(names))
            assert sum(lists.values()) == len(names)
        there = {page.path for page in site.pages}
        assert not site.given - there - ways.keys()
        assert not there & ways.keys()
        assert {ways[path] for path in site.given & ways.keys()} <= there
        ids = list(site.list_feed_ids().values())
        assert len(ids) == len(set(ids))


def test_two_branches_may_each_have_an_oldest_article_of_a_list(site: Site) -> None:
    site.publish(issue_of("Ann Lee"))
    lock = site.publication.root / ledger.FILE
    other = "".join(
        line.replace("\ttag:", "\ttag:older-")
        for line in lock.read_text("utf-8").splitlines(keepends=True)
        if "\tauthor\t" in line
    )
    lock.write_text(lock.read_text("utf-8") + other, "utf-8")
    site.publish(issue_of("Ann Lee"))
    assert site.list_paths("author") == {"authors/ann-lee/": 1}


def test_an_issue_that_is_taken_back_takes_its_lists_along(letter: Path) -> None:
    dispatch = partial(run_dispatch, letter)
    dispatch("publish", "defence")
    for file in (letter / "issues" / "defence").iterdir():
        file.write_text(file.read_text("utf-8").replace("Ann Leee", "Ann Lee"), "utf-8")
    dispatch("issue", "correct", "defence", "story-1", "The name.", "--mends", "authors")
    dispatch("publish")
    assert (letter / "public" / "authors" / "ann-leee").is_dir()
    dispatch("unpublish", "defence", "--yes")
    assert not (letter / "public" / "authors").exists()
    assert "/authors/" not in (letter / "dispatch.lock").read_text("utf-8")


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A publication with an issue of two articles, one by an author without Latin letters, not yet published."""
    root = tmp_path / "letter"
    config.create_publication(root, title="The Wire", url="https://wire.example", sender="")
    with (root / "dispatch.toml").open("a", encoding="utf-8") as file:
        file.write('\n[feeds]\neach = ["author", "source", "section", "tag"]\n')
    issue = issue_of(ARABIC, "Ann Leee")
    issues.create_issue(config.load(root), replace(issue, status="draft"))
    return root


def test_readers_of_an_old_feed_get_the_same_entries_from_every_server(letter: Path) -> None:
    dispatch = partial(run_dispatch, letter)
    dispatch("publish", "defence")
    public = letter / "public"
    old = feedparser.parse((public / "authors" / "ann-leee" / "feed.atom").read_bytes())
    for file in (letter / "issues" / "defence").iterdir():
        file.write_text(file.read_text("utf-8").replace("Ann Leee", "Ann Lee"), "utf-8")
    for slug in ("story-1",):
        dispatch("issue", "correct", "defence", slug, "The author’s name was wrong.", "--mends", "authors")
    dispatch("publish")
    copies = [(public / "authors" / name / "feed.atom").read_bytes() for name in ("ann-leee", "ann-lee")]
    assert copies[0] == copies[1]
    assert "url=https://wire.example/authors/ann-lee/" in (public / "authors/ann-leee/index.html").read_text("utf-8")
    with served(public) as server:
        for path in ("", "feed.atom", "feed.xml", "feed.json"):
            answer = server.ask(f"/authors/ann-leee/{path}")
            assert (answer.status, answer.headers["location"]) == (301, f"/authors/ann-lee/{path}")
        new = feedparser.parse(server.ask("/authors/ann-lee/feed.atom").body)
    assert new.feed.id == old.feed.id
    assert [entry.id for entry in new.entries] == [entry.id for entry in old.entries]


def test_an_arabic_page_and_its_feed_are_served_by_the_name_in_every_spelling(letter: Path) -> None:
    run_dispatch(letter, "publish", "defence")
    segment = quote(ARABIC.replace(" ", "-"))
    with served(letter / "public") as server:
        for spelled in (segment, segment.lower(), quote(unicodedata.normalize("NFD", ARABIC.replace(" ", "-")))):
            page = server.ask(f"/authors/{spelled}/")
            assert (page.status, ARABIC in page.body.decode()) == (200, True)
            feed = feedparser.parse(server.ask(f"/authors/{spelled}/feed.atom").body)
            assert f"authors/{segment}/feed.atom" in [
                link.href.partition("wire.example/")[2] for link in feed.feed.links
            ]
        assert server.ask(f"/authors/{segment}").headers["location"] == f"/authors/{segment}/"
    for name in ("sitemap.xml", "feed.xml", "feed.atom", "feed.json", "authors/index.html", "dispatch.lock"):
        file = (letter if name == "dispatch.lock" else letter / "public") / name
        text = file.read_text("utf-8")
        assert f"authors/{ARABIC.replace(' ', '-')}" not in text, name
        assert f"authors/{segment}/" in text or "feed." in name, name
