"""Something published is taken back: its text is nowhere in the public folder, its readers are told under its id."""

import re
import shutil
from collections.abc import Callable
from contextlib import chdir
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reader import make_reader

import nouns
from dispatch import compose, config, derived, issues, ledger
from dispatch.cli import main
from dispatch.model import Author, Image, Issue, Section, Source, Withdrawal
from dispatch.publish.plan import find_withdrawn_pages, plan_pages
from thorough import scale

Dispatch = Callable[..., Result]

ADA = Author(name="Ada Lane", url="https://people.example/ada", bio="Ada writes about ledgers.")
BO = Author(name="Bo Zhang", url="https://people.example/bo")
SENTENCE = "The minister signed it twice, once with each hand."
DEK = "What the second signature cost"
REASON = "The second signature was invented."
FEEDS = ("feed.xml", "feed.atom", "feed.json")


def number(slug: str, n: int, *articles: int) -> Issue:
    made = (
        nouns.rich(
            k,
            id=f"tag:wire.example,2026:{slug}/{k}",
            key=f"story-{k}",
            url=f"https://paper.example/{slug}/{k}",
            title=f"Story {k} of {slug}",
            dek=DEK if k == 1 else "Another line",
            content=f"<p>{SENTENCE if k == 1 else 'Something else happened.'} That was all.</p>",
            markdown="",
            authors=(ADA,) if k == 1 else (BO,),
            image=Image(url=f"https://wire.example/issues/{slug}/photo-{k}.png", alt="A hand"),
            enclosures=(),
            tags=("signatures",),
            source=Source(title="The Paper", url="https://paper.example/", syndicate="full"),
        )
        for k in articles
    )
    return nouns.issue(
        id=f"tag:wire.example,2026:{slug}",
        slug=slug,
        number=n,
        title=f"The {slug} letter",
        sections=(Section(title="Europe", articles=tuple(made)),),
    )


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A publication with two published issues of two articles each."""
    root = tmp_path / "letter"
    config.create_publication(root, title="The Wire", url="https://wire.example", sender="The Wire <desk@wire.example>")
    file = root / "dispatch.toml"
    file.write_text(file.read_text("utf-8") + '\n[feeds]\neach = ["author", "tag"]\n', "utf-8")
    for n, slug in enumerate(("first", "second"), 1):
        issues.create_issue(config.load(root), number(slug, n, 1, 2))
        for k in (1, 2):
            (root / "issues" / slug / f"photo-{k}.png").write_bytes(PIXEL)
    return root


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture
def dispatch(letter: Path) -> Dispatch:
    def run(*words: str, code: int = 0) -> Result:
        sure = ("--yes", "--without-copy") if words[0] == "withdraw" else ()
        with chdir(letter):
            result = CliRunner().invoke(main, [*words, *sure], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    run("publish", "first")
    run("publish", "second")
    return run


def entries(letter: Path, feed: str) -> dict[str, feedparser.FeedParserDict]:
    """The entries of a feed as a reader that is not ours sees them, by id."""
    return {entry.id: entry for entry in feedparser.parse((letter / "public" / feed).read_bytes()).entries}


def files_with(folder: Path, words: str) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and words.encode() in path.read_bytes()
    )


GONE = "tag:wire.example,2026:second/1"
STAYS = "tag:wire.example,2026:second/2"


def test_its_text_is_nowhere_and_every_reader_is_told_under_its_id(dispatch: Dispatch, letter: Path) -> None:
    public = letter / "public"
    before = entries(letter, "feed.atom")
    assert set(files_with(public, SENTENCE)) >= {
        "feed.xml",
        "issues/second/index.html",
        "issues/second/story-1/index.html",
    }
    because = ("--because", REASON, "--date", "2026-12-01")
    said = dispatch("withdraw", "second", "story-1", *because)
    assert said.stdout == "issues/second/story-1.html\n"
    assert "issues/second/photo-1.png" in said.stderr
    assert "photo-2" not in said.stderr
    assert "dispatch publish" in said.stderr
    file = (letter / "issues" / "second" / "story-1.html").read_text("utf-8")
    assert "Ada Lane" in file
    for words in (SENTENCE, DEK, "photo-1", "line to remember", "wrong city"):
        assert words not in file
    dispatch("check", "second")
    dispatch("publish")
    for words in (SENTENCE.split(",")[0], DEK, "photo-1.png"):
        assert [path for path in files_with(public, words) if "second" in path] == []
    for feed in ("feed.xml", "feed.atom", "issues/second/feed.atom", "authors/ada-lane/feed.xml"):
        after = entries(letter, feed)
        entry = after[GONE]
        gone = f'<at:deleted-entry ref="{GONE}" when="2026-12-01T00:00:00Z"/>'
        assert (gone in (public / feed).read_text("utf-8")) == feed.endswith(".atom")
        assert entry.title == "Withdrawn: Story 1 of second"
        assert "Withdrawn on 1 December 2026." in entry.content[0].value
        assert REASON in entry.content[0].value
        assert REASON in entry.summary
        assert "Ada Lane" in entry.content[0].value
        assert "https://people.example/ada" in entry.content[0].value
        assert "The Paper" in entry.content[0].value
    after = entries(letter, "feed.atom")
    assert after.keys() == before.keys()
    assert after[GONE].updated == "2026-11-30T23:00:00Z" or after[GONE].updated == "2026-12-01T00:00:00Z"
    assert after[GONE].published == before[GONE].published
    assert {id_: entry for id_, entry in after.items() if id_ != GONE} == {
        id_: entry for id_, entry in before.items() if id_ != GONE
    }
    assert (public / "_redirects").read_text() == "/issues/second/story-1/ /issues/second/story-1/ 410\n"


def test_a_reader_that_has_the_text_gets_the_notice_instead(dispatch: Dispatch, letter: Path) -> None:
    reader = make_reader(":memory:", feed_root=str(letter / "public"))
    reader.add_feed("feed.atom")
    reader.update_feeds(scheduled=False)
    before = {entry.id: entry for entry in reader.get_entries()}
    dispatch("withdraw", "second", "story-1", "--because", REASON)
    dispatch("publish")
    reader.update_feeds(scheduled=False)
    after = {entry.id: entry for entry in reader.get_entries()}
    assert after.keys() == before.keys()
    assert SENTENCE in before[GONE].content[0].value
    assert SENTENCE not in after[GONE].content[0].value
    assert after[GONE].title == "Withdrawn: Story 1 of second"
    assert {id_ for id_ in after if after[id_].updated != before[id_].updated} == {GONE}
    reader.close()


def test_pages_say_so_and_lists_leave_it_out(dispatch: Dispatch, letter: Path) -> None:
    public = letter / "public"
    dispatch("withdraw", "second", "1", "--because", REASON)
    dispatch("publish")
    for page in ("issues/second/index.html", "issues/second/story-1/index.html"):
        text = (public / page).read_text("utf-8")
        assert "Withdrawn: Story 1 of second" in text
        assert REASON in text
        assert "Ada Lane" in text
        assert "https://paper.example/second/1" not in text
        assert ('"noindex"' in text) == ("story-1/" in page)
    for page in (
        "index.html",
        "authors/ada-lane/index.html",
        "tags/signatures/index.html",
        "sources/the-paper/index.html",
    ):
        text = (public / page).read_text("utf-8")
        assert "Story 1 of second" not in text
    assert "Story 1 of first" in (public / "authors/ada-lane/index.html").read_text("utf-8")
    assert "issues/second/story-1" not in (public / "sitemap.xml").read_text("utf-8")


def test_a_whole_issue(dispatch: Dispatch, letter: Path) -> None:
    public = letter / "public"
    said = dispatch("withdraw", "second", "--because", REASON)
    assert said.stdout.split() == [f"issues/second/{name}" for name in ("issue.md", "story-1.html", "story-2.html")]
    assert "  withdrawn  " in dispatch("issue", "list").stdout
    assert "· withdrawn ·" in dispatch("issue", "show", "second").stdout
    assert dispatch("issue", "show", "second", "--json").stdout.count('"withdrawn": "20') == 3
    dispatch("publish")
    read = issues.read_issue(config.load(letter), "second")
    assert read.withdrawn
    assert all(article.withdrawn == read.withdrawn and not article.content for article in read.articles)
    assert "Withdrawn: The second letter" in entries(letter, "issues.atom")["tag:wire.example,2026:second"].title
    assert REASON in entries(letter, "issues.xml")["tag:wire.example,2026:second"].summary
    for id_ in (GONE, STAYS):
        assert entries(letter, "feed.xml")[id_].title.startswith("Withdrawn: ")
    page = (public / "issues/second/index.html").read_text("utf-8")
    assert "<h1" in page
    assert REASON in page
    assert "The ministers met" not in page
    front = (public / "index.html").read_text("utf-8")
    assert "The first letter" in front
    assert "The second letter" not in front
    for path in ("issues/first/index.html", "authors/ada-lane/index.html", "archive/2025/index.html"):
        if (public / path).exists():
            assert "The second letter" not in (public / path).read_text("utf-8")
    assert (public / "_redirects").read_text().splitlines() == [
        "/issues/second/ /issues/second/ 410",
        "/issues/second/story-1/ /issues/second/story-1/ 410",
        "/issues/second/story-2/ /issues/second/story-2/ 410",
    ]
    dispatch("check", "second")


def test_an_issue_that_was_marked_by_hand_is_withdrawn_with_all_its_articles(dispatch: Dispatch, letter: Path) -> None:
    path = letter / "issues" / "second" / "issue.md"
    path.write_text(path.read_text("utf-8").replace("status:", "withdrawn: {date: 2026-12-01}\nstatus:", 1), "utf-8")
    read = issues.read_issue(config.load(letter), "second")
    assert {(article.content, article.dek, article.image) for article in read.articles} == {("", "", None)}
    dispatch("publish")
    assert [path for path in files_with(letter / "public", SENTENCE) if "second" in path] == []
    assert "Withdrawn: Story 2 of second" in (letter / "public" / "feed.xml").read_text("utf-8")


def test_nothing_else_changes(dispatch: Dispatch, letter: Path) -> None:
    others = {path: path.read_bytes() for path in (letter / "issues").rglob("*") if path.is_file()}
    dispatch("withdraw", "second", "story-1", "--dry-run")
    assert {path: path.read_bytes() for path in others} == others
    dispatch("withdraw", "second", "story-1", "--because", REASON)
    changed = [path.name for path in others if path.read_bytes() != others[path]]
    assert changed == ["story-1.html"]
    again = dispatch("withdraw", "second", "story-1", "--because", REASON)
    assert "already" in again.stderr
    assert not again.stdout
    other = dispatch("withdraw", "second", "story-1", "--because", "Another reason.", code=1)
    assert "readers have another reason" in other.stderr
    assert REASON in (letter / "issues" / "second" / "story-1.html").read_text("utf-8")


@pytest.mark.parametrize("article", ["story-1", ""])
def test_a_reason_may_come_later(dispatch: Dispatch, letter: Path, article: str) -> None:
    words = ("withdraw", "second", *filter(None, [article]))
    dispatch(*words)
    dispatch("publish")
    dispatch("withdraw", "second", "story-2", "--because", "A reason of its own.", "--date", "2026-12-01")
    before = entries(letter, "feed.atom")[GONE]
    assert "already" in dispatch(*words).stderr
    dispatch(*words, "--because", REASON, "--date", "2999-12-02")
    dispatch("publish")
    after = entries(letter, "feed.atom")
    assert REASON in after[GONE].summary
    assert after[GONE].updated > before.updated
    assert "A reason of its own." in after[STAYS].summary
    assert SENTENCE not in (letter / "issues" / "second" / "story-1.html").read_text("utf-8")
    assert "another reason" in dispatch(*words, "--because", "Another reason.", code=1).stderr


@pytest.mark.parametrize("article", ["story-1", ""])
def test_a_date_that_no_reader_would_notice_is_refused(dispatch: Dispatch, letter: Path, article: str) -> None:
    words = ("withdraw", "second", *filter(None, [article]), "--because", REASON)
    file = letter / "issues" / "second" / "story-1.html"
    before = file.read_bytes()
    assert "Give a later date" in dispatch(*words, "--date", "2020-01-01", code=2).stderr
    assert file.read_bytes() == before
    dispatch(*words)
    assert file.read_bytes() != before


def test_what_no_reader_has_cannot_be_taken_back(dispatch: Dispatch, letter: Path) -> None:
    issues.create_issue(config.load(letter), number("third", 3, 1))
    said = dispatch("withdraw", "third", "1", code=1).stderr
    assert "never published" in said
    assert "dispatch issue remove third story-1" in said
    assert "delete issues/third/" in dispatch("withdraw", "third", code=1).stderr
    assert "no article" in dispatch("withdraw", "second", "nothing", code=1).stderr


def test_its_id_is_never_used_again(dispatch: Dispatch, letter: Path) -> None:
    dispatch("withdraw", "second", "story-1", "--because", REASON)
    dispatch("publish")
    assert ("withdrawn", GONE) in {(record.kind, record.id) for record in ledger.read_records(config.load(letter))}
    path = letter / "issues" / "second" / "story-1.html"
    text = path.read_text("utf-8")
    back = re.sub(r"withdrawn:.*?(?=^\S|^---)", "", text, flags=re.DOTALL | re.MULTILINE)
    assert back != text
    path.write_text(back + f"<p>{SENTENCE}</p>\n", "utf-8")
    assert "ids.withdrawn" in dispatch("check", "second", code=1).stdout
    assert "ids.withdrawn" in dispatch("publish", code=1).stdout
    assert files_with(letter / "public", "Withdrawn: Story 1 of second")
    # Neither does another article get it, also in another issue and when its own file is gone.
    path.unlink()
    listing = letter / "issues" / "second" / "issue.md"
    listing.write_text(listing.read_text("utf-8").replace("      - story-1\n", ""), "utf-8")
    assert "ids.vanished" in dispatch("check", "second", code=1).stdout
    third = number("third", 3, 3)
    (article,) = third.articles
    taker = nouns.issue(id=third.id, slug="third", sections=(Section(articles=(replace(article, id=GONE),)),))
    issues.create_issue(config.load(letter), taker)
    assert "ids.withdrawn" in dispatch("check", "third", code=1).stdout


def test_whoever_has_nothing_left_is_in_no_list_and_keeps_the_feed_that_says_so() -> None:
    said = Withdrawal(date=nouns.DATE, text=REASON)
    issue = number("second", 2, 1, 2)
    gone = replace(
        issue,
        sections=(
            replace(
                issue.sections[0],
                articles=tuple(
                    derived.withdraw_article(article, said) if article.key == "story-1" else article
                    for article in issue.articles
                ),
            ),
        ),
    )
    pages = {page.path: page for page in plan_pages([gone], nouns.publication())}
    assert [link.path for link in pages["authors/"].lists] == ["authors/bo-zhang/"]
    assert list(pages["authors/ada-lane/"].articles) == []
    assert find_withdrawn_pages(pages.values()) == ("issues/second/story-1/",)


DATES = st.datetimes(datetime(1900, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=60)


@given(WORDS, DATES, st.booleans())
@settings(suppress_health_check=list(HealthCheck), max_examples=scale(40))
def test_what_is_written_is_read(tmp_path: Path, text: str, date: datetime, is_whole: bool) -> None:
    root = tmp_path / "letter"
    if not root.exists():
        config.create_publication(
            root, title="The Wire", url="https://wire.example", sender="The Wire <desk@wire.example>"
        )
    shutil.rmtree(root / "issues" / "second", ignore_errors=True)
    publication = config.load(root)
    before = issues.create_issue(publication, number("second", 2, 1, 2))
    said = Withdrawal(date=date.replace(microsecond=0), text=" ".join(text.split()))
    withdrawn = compose.withdraw(issues.read_issue(publication, "second"), "" if is_whole else "1", said)
    issues.change_issue(publication, before, withdrawn)
    assert issues.read_issue(publication, "second") == withdrawn
    assert SENTENCE not in (root / "issues" / "second" / "story-1.html").read_text("utf-8")
