"""A feed over time: whoever asks now and then sees everything, in whatever order it was published."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import feedparser
from hypothesis import given
from hypothesis import strategies as st

import nouns
from commands import run_dispatch
from dispatch import config, issues, ledger
from dispatch.model import Correction, FeedSettings, Issue, Page, Publication, Section, Withdrawal
from dispatch.publish.plan import plan_pages

FEEDS = FeedSettings(entries=3, days=30)


def make_issue(number: int, day: int, size: int) -> Issue:
    """An issue of so many articles, dated so many days after the first."""
    articles = (nouns.article(n, key=f"a{n}", id=f"tag:wire.example:{number}/{n}") for n in range(size))
    return nouns.issue(
        *articles,
        id=f"tag:wire.example:{number}",
        slug=f"i{number}",
        number=number,
        date=nouns.DATE + timedelta(days=day),
        status="published",
    )


def publish(issues: Sequence[Issue], publication: Publication) -> dict[str, Page]:
    """The feeds of these issues by their stems, after which the ledger remembers them."""
    pages = plan_pages(issues, publication, ledger.read_records(publication))
    ledger.record_issues(publication, *issues)
    return {page.feed: page for page in pages if page.kind == "feed"}


def list_ids(page: Page) -> list[str]:
    return [article.id for article in page.articles]


def list_dates(feeds: dict[str, Page]) -> dict[str, datetime]:
    """When feeds say that each article and each issue was published, by id; always the newest first."""
    found: dict[str, datetime] = {}
    for page in feeds.values():
        dates = [article.published for article in page.articles if article.published]
        assert dates == sorted(dates, reverse=True)
        found |= {article.id: article.published for article in page.articles if article.published}
    return found


def list_archives(feeds: dict[str, Page]) -> dict[str, list[str]]:
    return {stem: list_ids(page) for stem, page in feeds.items() if stem.startswith("archive/")}


def add_article(issue: Issue, id_: str) -> Issue:
    """The issue with one more article, in front of all others."""
    first = nouns.article(99, key=id_.rpartition("/")[2], id=id_)
    return replace(issue, sections=(Section(articles=(first, *issue.articles)),))


def mend_article(issue: Issue, day: int, *, gone: bool) -> Issue:
    """The issue with its last article corrected, or withdrawn, so many days after the first issue."""
    *others, last = issue.articles
    date = nouns.DATE + timedelta(days=day)
    if gone:
        mended = replace(last, withdrawn=Withdrawal(date=date))
    else:
        mended = replace(last, corrections=(*last.corrections, Correction(date=date, text="It was Tuesday.")))
    return replace(issue, sections=(Section(articles=(*others, mended)),))


NEVER = ("", 1_000, 0, 0)
ACTS = st.tuples(
    st.sampled_from(["issue", "late issue", "late article", "correct", "withdraw", "turn", "move"]),
    st.integers(1, 30),  # days since what was done before
    st.integers(1, 8),  # articles
    st.integers(0, 400),  # how late, or which
)


def act(issues: list[Issue], kind: str, now: int, size: int, which: int) -> str:
    """Change what is published; return the id of a thing that readers are to be shown anew."""
    at = which % len(issues)
    if kind == "move" and len(list(issues[at].articles)) < 2:
        return ""
    if kind == "late article":
        issues[at] = add_article(issues[at], f"{issues[at].id}/late-{now}")
    elif kind == "turn":
        issues[at] = replace(issues[at], sections=(Section(articles=tuple(reversed(list(issues[at].articles)))),))
    elif kind == "move":
        first, *rest = issues[at].articles
        issues[at] = replace(issues[at], sections=(Section(articles=tuple(rest)),))
        there = (at + 1) % len(issues)
        moved = replace(first, key=f"moved-{now}")
        issues[there] = replace(issues[there], sections=(Section(articles=(moved, *issues[there].articles)),))
    elif kind in ("correct", "withdraw"):
        issues[at] = mend_article(issues[at], now, gone=kind == "withdraw")
        return list(issues[at].articles)[-1].id
    else:
        latest = max(issue.date for issue in issues) - nouns.DATE
        day = now if kind == "issue" else latest.days - which
        issues.append(make_issue(len(issues), day, size))
    return ""


@given(st.lists(ACTS, min_size=1, max_size=25))
def test_who_asks_once_a_month_misses_nothing_and_no_archive_changes(acts: list[tuple[str, int, int, int]]) -> None:
    """Whatever is published late, back-dated, added, corrected or withdrawn, and however much it is."""
    with TemporaryDirectory() as folder:
        publication = nouns.publication(feeds=FEEDS, root=Path(folder))
        issues = [make_issue(0, 0, 5)]
        feeds = publish(issues, publication)
        seen = set(list_ids(feeds["feed"])) | set(list_ids(feeds["issues"]))
        unseen: set[str] = set()  # since the reader asked last
        now = asked = 0
        for (kind, days, size, which), (_, following, _, _) in zip(acts, [*acts[1:], NEVER], strict=True):
            now += days
            mended = act(issues, kind, now, size, which)
            archives, dates = list_archives(feeds), list_dates(feeds)
            feeds = publish(issues, publication)
            later = list_dates(feeds)
            assert later | dates == later, "what was published keeps its date"
            assert all(later[id_] > max(dates.values()) for id_ in later.keys() - dates.keys()), "what is new is newer"
            assert {stem: list_archives(feeds)[stem] for stem in archives} == archives
            unseen |= {mended} - {""}
            if now + following - asked > 30:  # after what comes next it would be too late
                shown = {*list_ids(feeds["feed"]), *list_ids(feeds["issues"])}
                assert unseen <= shown
                seen |= shown
                unseen, asked = set(), now
        everything = {id_ for issue in issues for id_ in (issue.id, *(article.id for article in issue.articles))}
        assert everything <= seen | set(list_ids(feeds["feed"])) | set(list_ids(feeds["issues"]))
        reached = {id_ for page in feeds.values() for id_ in list_ids(page)}
        assert everything <= reached
        assert publish(issues, publication) == feeds  # the ledger says what it said before it was written


def test_the_newest_issue_is_whole_and_a_late_one_does_not_move_the_archives(tmp_path: Path) -> None:
    publication = nouns.publication(feeds=FeedSettings(entries=30), root=tmp_path)
    issues: list[Issue] = []
    seen: set[str] = set()
    archives: dict[str, list[str]] = {}
    for number in range(5):
        issues.append(make_issue(number, number * 45, 45))
        feeds = publish(issues, publication)
        assert {one.id for one in issues[-1].articles} <= set(list_ids(feeds["feed"]))
        seen |= set(list_ids(feeds["feed"]))
        archives = list_archives(feeds)
    assert len(seen) == 225
    feeds = publish([*issues, make_issue(5, 3, 4)], publication)
    assert list_ids(feeds["feed"])[:4] == [f"tag:wire.example:5/{n}" for n in range(4)]
    assert list_ids(feeds["issues"])[0] == "tag:wire.example:5"
    assert {stem: list_archives(feeds)[stem] for stem in archives} == archives


def test_two_late_issues_in_turn_wait_for_their_readers(tmp_path: Path) -> None:
    publication = nouns.publication(feeds=FEEDS, root=tmp_path)
    issues = [make_issue(0, 0, 3)]
    for number, day in enumerate((-5, -4, 100, 101), 1):  # in fact on the days 98, 99, 100 and 101
        publish(issues, publication)
        issues.append(make_issue(number, day, 3))
    shown = list_ids(publish(issues, publication)["feed"])
    assert {f"tag:wire.example:{number}/0" for number in (1, 2, 3, 4)} <= set(shown)


def test_two_branches_that_published_one_late_issue_agree_on_the_earlier_moment(tmp_path: Path) -> None:
    publication = nouns.publication(root=tmp_path)
    late = make_issue(1, -9, 1)
    publish([make_issue(0, 0, 1)], publication)
    before = (tmp_path / ledger.FILE).read_text("utf-8")
    publish([make_issue(0, 0, 1), late], publication)
    ours = (tmp_path / ledger.FILE).read_text("utf-8")
    (tmp_path / ledger.FILE).write_text(before, "utf-8")
    publish([make_issue(0, 0, 1), make_issue(2, 1, 1)], publication)
    publish([make_issue(0, 0, 1), make_issue(2, 1, 1), late], publication)
    with (tmp_path / ledger.FILE).open("a", encoding="utf-8") as file:
        file.write("".join(line for line in ours.splitlines(keepends=True) if "\tentered\t" in line))
    entered = {one.id: one.published for one in ledger.read_records(publication) if one.kind == "entered"}
    assert entered[late.id] == entered[f"{late.id}/0"] == nouns.DATE + timedelta(seconds=1)


def test_what_an_old_ledger_has_without_its_moment_did_not_come_late(tmp_path: Path) -> None:
    publication = nouns.publication(root=tmp_path)
    known = [make_issue(0, 0, 3), make_issue(1, 9, 3)]
    publish(known, publication)
    records = ledger.read_records(publication)
    old = [one for one in records if one.kind != "entered"]
    assert ledger.find_entry_moments(known, old) == ledger.find_entry_moments(known, records)


def test_unpublished_and_published_again_it_is_new(tmp_path: Path) -> None:
    publication = nouns.publication(root=tmp_path)
    first, second, late = make_issue(0, 0, 1), make_issue(1, 9, 1), make_issue(2, 4, 1)
    publish([first, second, late], publication)  # all at once: in the order of their dates
    assert all("/" in one.id for one in ledger.read_records(publication) if one.kind == "entered")
    left = ledger.drop_issue(ledger.read_records(publication), late, [first, second], publication)
    ledger.record_issues(publication, first, second, known=left)
    feeds = publish([first, second, late], publication)
    assert list_ids(feeds["issues"])[0] == late.id


def test_readers_of_a_real_site_see_a_late_article_as_new_and_no_other_date_moves(tmp_path: Path) -> None:
    """The same for RSS, Atom and JSON Feed, with the record of what was built and without it."""
    root = tmp_path / "wire"
    config.create_publication(root, title="The Wire", url="https://wire.example")
    for number, slug in enumerate(("one", "two"), 1):
        issues.create_issue(config.load(root), replace(make_issue(number, number * 7, 3), slug=slug, status="draft"))
        run_dispatch(root, "publish", slug)
    before = read_dates(root)
    (tmp_path / "late.md").write_text("# Late\n\nBy Ann Lee\n\nIt came late.\n", "utf-8")
    run_dispatch(root, "add", str(tmp_path / "late.md"), "--issue", "one", "--author", "Ann Lee")
    file = root / "issues" / "one" / "issue.md"
    text = file.read_text("utf-8")
    first, late = (line for line in text.splitlines() if line.strip() in ("- a0", "- late"))
    file.write_text(text.replace(f"{late}\n", "").replace(first, f"{late}\n{first}"), "utf-8")
    run_dispatch(root, "publish")
    after = read_dates(root)
    (new,) = after.keys() - before.keys()
    assert {id_: after[id_] for id_ in before} == before
    assert after[new] == max(before.values()) + timedelta(seconds=1)
    bodies = {path: path.read_bytes() for path in (root / "public").rglob("feed.*")}
    shutil.rmtree(root / ".dispatch")
    run_dispatch(root, "publish")
    assert {path: path.read_bytes() for path in (root / "public").rglob("feed.*")} == bodies
    run_dispatch(root, "render", "one", "--format", "atom", "--output", str(tmp_path / "feed.atom"))
    alone = feedparser.parse((tmp_path / "feed.atom").read_bytes()).entries
    assert {entry.id: datetime(*entry.published_parsed[:6], tzinfo=UTC) for entry in alone}.items() <= after.items()


def read_dates(root: Path) -> dict[str, datetime]:
    """When the feeds of a public folder say that each entry was published, which all say alike."""
    found: dict[str, datetime] = {}
    for name in ("feed.xml", "feed.atom", "issues/one/feed.xml", "issues/two/feed.atom", "issues.xml"):
        for entry in feedparser.parse((root / "public" / name).read_bytes()).entries:
            date = datetime(*entry.published_parsed[:6], tzinfo=UTC)
            assert found.setdefault(entry.id, date) == date
    for item in json.loads((root / "public" / "feed.json").read_bytes())["items"]:
        assert found[item["id"]] == datetime.fromisoformat(item["date_published"])
    return found
