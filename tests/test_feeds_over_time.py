"""A feed over time: whoever asks now and then sees everything, in whatever order it was published."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

import nouns
from dispatch import ledger
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
    st.sampled_from(["issue", "late issue", "late article", "correct", "withdraw"]),
    st.integers(1, 30),  # days since what was done before
    st.integers(1, 8),  # articles
    st.integers(0, 400),  # how late, or which
)


def act(issues: list[Issue], kind: str, now: int, size: int, which: int) -> str:
    """Change what is published; return the id of a thing that readers are to be shown anew."""
    at = which % len(issues)
    if kind == "late article":
        issues[at] = add_article(issues[at], f"{issues[at].id}/late-{now}")
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
            archives = list_archives(feeds)
            feeds = publish(issues, publication)
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
    entered = [one.published for one in ledger.read_records(publication) if one.kind == "entered"]
    assert entered == [nouns.DATE + timedelta(seconds=1)]


def test_unpublished_and_published_again_it_is_new(tmp_path: Path) -> None:
    publication = nouns.publication(root=tmp_path)
    first, second, late = make_issue(0, 0, 1), make_issue(1, 9, 1), make_issue(2, 4, 1)
    publish([first, second, late], publication)  # all at once: in the order of their dates
    assert not any(one.kind == "entered" for one in ledger.read_records(publication))
    left = ledger.drop_issue(ledger.read_records(publication), late, [first, second], publication)
    ledger.record_issues(publication, first, second, known=left)
    feeds = publish([first, second, late], publication)
    assert list_ids(feeds["issues"])[0] == late.id
