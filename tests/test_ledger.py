"""dispatch.lock: what was published comes back as it was, and a broken file is never taken for a short one."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import derived, ledger, review
from dispatch.checks import ids
from dispatch.errors import IssueError
from dispatch.model import (
    Article,
    Author,
    Correction,
    Issue,
    Kind,
    Mended,
    Publication,
    Record,
    Section,
    Source,
    Withdrawal,
)
from dispatch.review.settings import compare_settings as settings_of
from thorough import scale

DATE = datetime(2026, 11, 22, 8, tzinfo=timezone(timedelta(hours=1)))


def publication(folder: Path) -> Publication:
    return Publication(title="T", url="https://wire.example", root=folder)


def issue(*articles: Article, slug: str = "one", id_: str = "") -> Issue:
    return Issue(
        id=id_ or f"tag:wire.example:{slug}", slug=slug, title="T", date=DATE, sections=(Section(articles=articles),)
    )


def test_a_line_an_id_sorted(tmp_path: Path) -> None:
    here = publication(tmp_path)
    ann = Author(name="Ann", url="https://ann.example")
    assert ledger.read_records(here) == ()
    assert ledger.record_issues(
        here, issue(Article(id="z:1", url="https://a.example/?a=b#c", authors=(ann,), published=DATE))
    )
    assert ledger.record_issues(here, issue(Article(id="a:1", url="https://a.example/"), slug="two"))
    assert not ledger.record_issues(here, issue(Article(id="a:1", url="https://a.example/"), slug="two"))
    assert (tmp_path / "dispatch.lock").read_text("utf-8") == (
        "# What was published: id, kind, address, date, authors. Made by dispatch publish.\n"
        "a:1\tarticle\thttps://a.example/\t-\t-\n"
        "a:1\tentered\t-\t2026-11-22T07:00:01Z\t-\n"
        "tag:wire.example:one\tissue\thttps://wire.example/issues/one/\t2026-11-22T07:00:00Z\t-\n"
        "tag:wire.example:two\tentered\t-\t2026-11-22T07:00:01Z\t-\n"
        "tag:wire.example:two\tissue\thttps://wire.example/issues/two/\t2026-11-22T07:00:00Z\t-\n"
        "z:1\tarticle\thttps://a.example/?a=b#c\t2026-11-22T07:00:00Z\tec38d440faaad2f9\n"
        "z:1\tentered\t-\t2026-11-22T07:00:00Z\t-\n"
    )


def test_of_an_article_in_a_draft_and_in_a_published_issue_the_published_one_counts(tmp_path: Path) -> None:
    draft = issue(Article(id="x", url="https://a.example/draft"), slug="one")
    out = replace(issue(Article(id="x", url="https://a.example/out"), slug="two"), status="published")
    for both in ([draft, out], [out, draft]):
        found = {one.id: one.url for one in ledger.make_records(both, publication(tmp_path)) if one.kind == "article"}
        assert found == {"x": "https://a.example/out"}


def test_the_digest_changes_with_name_address_and_order(tmp_path: Path) -> None:
    one, two = Author(name="A", url="https://a.example"), Author(name="B")
    lists = [(), (one,), (one, two), (two, one), (replace(one, name="a"),), (replace(one, url=""),)]
    digests = [
        ledger.make_records([issue(Article(id="x", authors=people))], publication(tmp_path))[1].authors
        for people in lists
    ]
    assert len(set(digests)) == len(lists)
    same = ledger.make_records([issue(Article(id="x", authors=(replace(one, bio="new"),)))], publication(tmp_path))[
        1
    ].authors
    assert same == digests[1]


ANY = st.text(min_size=1, max_size=30) | st.text(alphabet="\t\n\r\\u09#-<=> ", min_size=1, max_size=8)


@given(ANY, ANY, st.none() | st.datetimes(timezones=st.just(UTC)))
@settings(suppress_health_check=list(HealthCheck), max_examples=scale(60))
def test_any_text_comes_back(tmp_path: Path, id_: str, url: str, published: datetime | None) -> None:
    here = publication(tmp_path)
    (tmp_path / "dispatch.lock").unlink(missing_ok=True)
    one = issue(Article(id=id_, url=url, published=published))
    ledger.record_issues(here, one)
    assert {record for record in ledger.read_records(here) if record.kind != "entered"} == {
        record for record in ledger.make_records([one], here) if record.kind != "page"
    }


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n", "\r\n \r\n"])
def test_what_an_editor_does_to_the_ends_of_lines_changes_no_record(tmp_path: Path, end: str, mark: str) -> None:
    here = publication(tmp_path)
    ann = Author(name="Ann", url="https://ann.example")
    ledger.record_issues(here, issue(Article(id="a:1", url="https://a.example/", authors=(ann,)), Article(id="b:1")))
    known = ledger.read_records(here)
    assert {record.authors for record in known} == {"", "ec38d440faaad2f9"}
    path = tmp_path / ledger.FILE
    path.write_bytes((mark + path.read_text("utf-8").replace("\n", end)).encode())
    assert ledger.read_records(here) == known


@pytest.mark.parametrize("mark", ["<<<<<<<", "=======", ">>>>>>>"])
def test_each_mark_of_a_merge_is_told_with_its_line(tmp_path: Path, mark: str) -> None:
    (tmp_path / ledger.FILE).write_text(f"# x\na:1\tarticle\tb\t-\t-\n{mark} x\n", "utf-8")
    with pytest.raises(IssueError, match=r"^dispatch\.lock:3: an unfinished merge"):
        ledger.read_records(publication(tmp_path))


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_record_of_each_kind_comes_back(tmp_path: Path, kind: Kind) -> None:
    last, number = ("1", 1) if kind == "mended" else ("-", 0)
    (tmp_path / ledger.FILE).write_text(f"a:1\t{kind}\thttps://a.example/\t-\t{last}\n", "utf-8")
    known = Record(id="a:1", kind=kind, url="https://a.example/", number=number)
    assert ledger.read_records(publication(tmp_path)) == (known,)


@pytest.mark.parametrize("kind", ["author", "source", "section", "tag"])
def test_a_list_may_have_had_two_addresses(tmp_path: Path, kind: Kind) -> None:
    lines = [f"a:1\t{kind}\thttps://a.example/{n}/\t-\t-\n" for n in (1, 2)]
    (tmp_path / ledger.FILE).write_text("".join(lines), "utf-8")
    assert [record.url for record in ledger.read_records(publication(tmp_path))] == [
        "https://a.example/1/",
        "https://a.example/2/",
    ]


def test_the_lines_may_stand_in_any_order(tmp_path: Path) -> None:
    here = publication(tmp_path)
    ledger.record_issues(
        here, issue(Article(id="z:1"), Article(id="a:1")), names=[listed("Ann", "ann"), listed("Bo", "bo")]
    )
    known, path = ledger.read_records(here), tmp_path / ledger.FILE
    path.write_text("".join(reversed(path.read_text("utf-8").splitlines(keepends=True))), "utf-8")
    assert ledger.read_records(here) == known


def corrected(*corrections: Correction) -> Issue:
    return issue(Article(id="a:1", key="a", url="https://a.example/", corrections=corrections))


def test_what_a_correction_mended_is_remembered_for_ever(tmp_path: Path) -> None:
    here = publication(tmp_path)
    first = Correction(date=DATE, text="Wrong.", mends=("authors", "url"))
    ledger.record_issues(here, corrected(first, Correction(date=DATE, text="It mends nothing.")))
    edited = replace(first, date=DATE - timedelta(days=9), text="Its words and its date are others.")
    ledger.record_issues(here, corrected(edited, Correction(date=DATE, text="Wrong again.", mends=("authors",))))
    ledger.record_issues(here, corrected())
    lines = [line for line in (tmp_path / "dispatch.lock").read_text("utf-8").splitlines() if "mended" in line]
    assert lines == [
        "a:1\tmended\tauthors\t-\t1",
        "a:1\tmended\tauthors\t-\t2",
        "a:1\tmended\turl\t-\t1",
    ]
    mended = [(one.url, one.number) for one in ledger.read_records(here) if one.kind == "mended"]
    assert mended == [("authors", 1), ("authors", 2), ("url", 1)]


@given(st.lists(st.lists(st.sampled_from(["authors", "date", "url"]), max_size=3), max_size=2))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_lines_of_two_branches_are_read_together(tmp_path: Path, branches: list[list[Mended]]) -> None:
    """Of the lines of what two branches mended the most count: it is the next publish that counts all corrections."""
    here = publication(tmp_path)
    lines = set[str]()
    for branch in branches:
        (tmp_path / ledger.FILE).unlink(missing_ok=True)
        ledger.record_issues(here, corrected(*(Correction(date=DATE, text="Wrong.", mends=(what,)) for what in branch)))
        lines |= set((tmp_path / ledger.FILE).read_text("utf-8").splitlines(keepends=True))
    (tmp_path / ledger.FILE).write_text("".join(sorted(lines)), "utf-8")
    most = {what: max(branch.count(what) for branch in branches) for branch in branches for what in branch}
    spent = {what: times for (_, what), times in ids.count_spent(ledger.read_records(here)).items()}
    assert spent == most


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n", "dispatch.lock:1: an unfinished merge"),
        ("a:1\tarticle\n", "dispatch.lock:1: must have 5 parts"),
        (
            "a:1\tbook\tb\t-\t-\n",
            "dispatch.lock:1: the second part must be article, issue, .*, round or sent",
        ),
        ("a:1\tissue\tb\tsoon\t-\n", "dispatch.lock:1: Invalid isoformat"),
        ("a:1\tmended\turl\t-\ttwo\n", "dispatch.lock:1: must end with the number of a correction, not “two”"),
        ("#\na:1\tissue\tb\t-\t-\na:1\tissue\tc\t-\t-\n", "dispatch.lock:3: another line says something else of a:1"),
    ],
)
def test_a_broken_ledger_is_an_error(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "dispatch.lock").write_text(text, "utf-8")
    with pytest.raises(IssueError, match=what):
        ledger.read_records(publication(tmp_path))
    with pytest.raises(IssueError, match=what):
        ledger.record_issues(publication(tmp_path), issue())
    assert (tmp_path / "dispatch.lock").read_text("utf-8") == text


def test_git_merges_what_two_branches_published(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=A", "-c", "user.email=a@wire.example", "-c", "init.defaultBranch=main")
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    here = publication(tmp_path)
    (tmp_path / ".gitattributes").write_text("dispatch.lock merge=union\n")
    git("init")
    ledger.record_issues(here, issue(slug="one"))
    git("add", ".")
    git("commit", "-m", "one")
    git("checkout", "-b", "other")
    ledger.record_issues(here, issue(slug="two"))
    git("commit", "-am", "two")
    git("checkout", "main")
    ledger.record_issues(here, issue(slug="three"))
    git("commit", "-am", "three")
    git("merge", "other")
    read = [record.id.rpartition(":")[2] for record in ledger.read_records(here) if record.kind == "issue"]
    assert read == ["one", "three", "two"]


WIRE = "https://wire.example"
TAKEN_BACK = Withdrawal(date=DATE + timedelta(days=2), text="It was wrong.")


def full(key: str, id_: str = "") -> Article:
    """An article of one's own, which has a page."""
    return Article(id=id_ or f"a:{key}", key=key, url=f"{WIRE}/x/#{key}", source=Source(syndicate="full"))


def test_what_was_withdrawn_is_remembered_for_ever(tmp_path: Path) -> None:
    here = publication(tmp_path)
    one = issue(full("a"), full("b"))
    ledger.record_issues(here, one)
    ledger.record_issues(here, derived.withdraw_issue(one, TAKEN_BACK))
    withdrawn = {record.id: record.published for record in ledger.read_records(here) if record.kind == "withdrawn"}
    assert withdrawn == dict.fromkeys(("tag:wire.example:one", "a:a", "a:b"), TAKEN_BACK.date)
    ledger.record_issues(here, one)
    assert {record.id for record in ledger.read_records(here) if record.kind == "withdrawn"} == set(withdrawn)
    assert {record.id for record in ledger.read_records(here) if record.kind in ("article", "issue")} == set(withdrawn)


def test_a_ledger_of_before_is_read(tmp_path: Path) -> None:
    here = publication(tmp_path)
    (tmp_path / "dispatch.lock").write_text(
        "# What was published: id, kind, address, date, authors. Made by dispatch publish.\n"
        "a:1\tarticle\thttps://a.example/\t-\t-\n"
        "tag:wire.example:one\tissue\thttps://wire.example/issues/one/\t2026-11-22T07:00:00Z\t-\n"
    )
    assert [record.kind for record in ledger.read_records(here)] == ["article", "issue"]
    assert ledger.find_moved_pages(here, issue(full("a"), slug="two", id_="tag:wire.example:one")) == {
        "issues/one/": "issues/two/"
    }


def test_pages_that_have_moved_lead_to_where_they_are_now(tmp_path: Path) -> None:
    here = publication(tmp_path)
    ledger.record_issues(here, issue(full("a"), full("b")))
    assert ledger.find_moved_pages(here) == {}
    renamed = issue(full("a"), full("c", "a:b"), slug="two", id_="tag:wire.example:one")
    expected = {
        "issues/one/": "issues/two/",
        "issues/one/a/": "issues/two/a/",
        "issues/one/b/": "issues/two/c/",
    }
    assert ledger.find_moved_pages(here, renamed) == expected
    assert ledger.find_moved_pages(here) == {}  # nothing was written yet
    ledger.record_issues(here, renamed)
    assert ledger.find_moved_pages(here) == expected
    ledger.record_issues(here, issue(full("a"), full("c", "a:b"), slug="three", id_="tag:wire.example:one"))
    assert ledger.find_moved_pages(here) == {
        "issues/one/": "issues/three/",
        "issues/one/a/": "issues/three/a/",
        "issues/one/b/": "issues/three/c/",
        "issues/two/": "issues/three/",
        "issues/two/a/": "issues/three/a/",
        "issues/two/c/": "issues/three/c/",
    }


def test_an_article_that_may_not_stand_alone_any_more_is_found_in_its_issue(tmp_path: Path) -> None:
    here = publication(tmp_path)
    part = replace(full("a"), source=Source(syndicate="excerpt"))
    ledger.record_issues(here, issue(part))
    assert [record.kind for record in ledger.read_records(here)] == [
        "article",
        "entered",
        "issue",
    ]  # it never stood alone
    ledger.record_issues(here, issue(full("a")))
    ledger.record_issues(here, issue(part))
    assert ledger.find_moved_pages(here) == {"issues/one/a/": "issues/one/#a"}
    there = {"slug": "two", "id_": "tag:wire.example:one"}
    ledger.record_issues(here, issue(part, **there))
    assert ledger.find_moved_pages(here) == {"issues/one/": "issues/two/", "issues/one/a/": "issues/two/#a"}
    ledger.record_issues(here, issue(full("a"), **there))
    assert ledger.find_moved_pages(here) == {"issues/one/": "issues/two/", "issues/one/a/": "issues/two/a/"}
    ledger.record_issues(here, issue(full("a")))
    assert ledger.find_moved_pages(here) == {"issues/two/": "issues/one/", "issues/two/a/": "issues/one/a/"}


def test_another_host_is_no_place_within_the_site(tmp_path: Path) -> None:
    here = publication(tmp_path)
    ledger.record_issues(here, issue(full("a")))
    there = replace(here, url="https://other.example")
    ledger.record_issues(there, issue(full("a")))
    assert ledger.find_moved_pages(there) == ledger.find_moved_pages(here) == {}


SLUGS = st.sampled_from(["a", "b", "c", "d"])


@given(st.lists(st.tuples(SLUGS, SLUGS).filter(lambda both: both[0] != both[1]), min_size=1, max_size=8))
@settings(suppress_health_check=list(HealthCheck))
def test_however_often_two_issues_are_renamed_every_way_is_one_step(
    tmp_path: Path, names: list[tuple[str, str]]
) -> None:
    """No old address is forgotten, none leads in a circle, and none leads to what is not there."""
    here = publication(tmp_path)
    (tmp_path / "dispatch.lock").unlink(missing_ok=True)
    ever: set[str] = set()
    for pair in names:
        now = [issue(full("x", f"x:{id_}"), slug=slug, id_=id_) for slug, id_ in zip(pair, ("i:1", "i:2"), strict=True)]
        ways = ledger.find_moved_pages(here, *now)
        ledger.record_issues(here, *now)
        assert ledger.find_moved_pages(here) == ways
        there = {f"issues/{slug}/{below}" for slug in pair for below in ("", "x/")}
        ever |= there
        assert set(ways) == ever - there
        assert set(ways.values()) <= there
    assert not ledger.record_issues(here, *now)


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=6))
@settings(suppress_health_check=list(HealthCheck))
def test_an_id_has_one_line_of_a_kind_whatever_happens(tmp_path: Path, slugs: list[str]) -> None:
    here = publication(tmp_path)
    (tmp_path / "dispatch.lock").unlink(missing_ok=True)
    for at, slug in enumerate(slugs):
        one = issue(full("x"), slug=slug, id_="i:1")
        ledger.record_issues(here, derived.withdraw_issue(one, TAKEN_BACK) if at % 2 else one)
        kinds = [(record.id, record.kind) for record in ledger.read_records(here)]
        assert len(kinds) == len(set(kinds))


def listed(id_: str, name: str, kind: Kind = "author") -> Record:
    """The list of that name, as the plan of a site hands it in."""
    return Record(id=id_, kind=kind, url=f"{WIRE}/{kind}s/{name}/")


def test_whose_list_an_address_is_stays_though_nobody_says_it_any_more(tmp_path: Path) -> None:
    here = publication(tmp_path)
    ledger.record_issues(here, issue(), names=[listed("Ann", "ann"), listed("# <<", "ann", "tag")])
    ledger.record_issues(here, issue(), names=[listed("Bo", "bo")])
    found = {record for record in ledger.read_records(here) if record.kind != "issue"}
    assert found == {listed("Ann", "ann"), listed("# <<", "ann", "tag"), listed("Bo", "bo")}
    assert not ledger.record_issues(here, issue())


def test_a_list_that_goes_on_under_another_id_passes_its_address_on(tmp_path: Path) -> None:
    here = publication(tmp_path)
    ledger.record_issues(here, names=[listed("Ann", "ann")])
    ledger.record_issues(here, names=[listed("Ann <https://ann.example>", "ann")])
    assert ledger.read_records(here) == (listed("Ann <https://ann.example>", "ann"),)


def test_what_two_branches_say_of_one_list_or_of_one_address_is_read(tmp_path: Path) -> None:
    here = publication(tmp_path)
    lines = set[str]()
    for names in ([listed("A", "x"), listed("B", "x-2")], [listed("A", "x-2"), listed("B", "x")]):
        (tmp_path / ledger.FILE).unlink(missing_ok=True)
        ledger.record_issues(here, names=names)
        lines |= set((tmp_path / ledger.FILE).read_text("utf-8").splitlines(keepends=True))
    (tmp_path / ledger.FILE).write_text("".join(lines), "utf-8")
    assert len(ledger.read_records(here)) == 4
    ledger.record_issues(here, names=[listed("A", "x-2"), listed("B", "x")])
    assert ledger.read_records(here) == (listed("A", "x-2"), listed("B", "x"))


def test_a_review_says_when_it_is_forgotten_whose_an_address_was(tmp_path: Path) -> None:
    here = publication(tmp_path)
    old, new = (
        review.Version(publication=here, ledger=records)
        for records in ((listed("Ann", "ann"), listed("Bo", "bo")), (listed("Ann <https://ann.example>", "ann"),))
    )
    assert [(change.weight, change.was) for change in settings_of(old, new)] == [("look", f"{WIRE}/authors/bo/")]
    assert list(settings_of(new, old)) == []


def test_a_review_says_when_one_of_several_corrections_is_forgotten(tmp_path: Path) -> None:
    here = publication(tmp_path)
    spent = tuple(Record(id="a:1", kind="mended", url="authors", number=number) for number in (1, 2))
    old, new = (review.Version(publication=here, ledger=records) for records in (spent, spent[:1]))
    assert [(change.weight, change.where) for change in settings_of(old, new)] == [("look", "dispatch.lock")]
    assert list(settings_of(new, old)) == []
