"""``dispatch source`` and ``dispatch gather`` as an editor meets them, when things go wrong."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dispatch import config, inbox
from dispatch.cli import main
from dispatch.model import Visit
from loopback import Web, item, rss, web


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as served:
        served.pages["/feed"] = rss(
            item("a", author="Ann Lee"), item("b"), title="The \x1b[31mPaper".replace("\x1b", "\u009b")
        )
        yield served


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    config.create_publication(tmp_path, title="The Wire", url="https://wire.example")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, code: int = 0, stdin: str | None = None) -> Result:
    result = CliRunner().invoke(main, arguments, input=stdin, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def test_all_that_is_said_of_a_source_is_written(site: Web, folder: Path) -> None:
    run(
        *("source", "add", site.url("/feed"), "--title", "My Paper", "--section", "Europe", "--syndicate", "excerpt"),
        *("--words", "40", "--license", "CC-BY-4.0", "--tag", "sea", "--author", "Ann Lee=https://a.example/?a=1&b=2"),
        *("--complete", "--dismiss", "Links *", "--key", "paper", "--allow-private"),
    )
    (source,) = config.load(folder).sources
    assert (source.key, source.title, source.section, source.syndicate) == ("paper", "My Paper", "Europe", "excerpt")
    assert (source.excerpt_words, source.license, source.tags, source.dismiss) == (
        40,
        "CC-BY-4.0",
        ("sea",),
        ("Links *",),
    )
    assert source.author
    assert source.author.url == "https://a.example/?a=1&b=2"
    assert (source.complete, source.allow_private, source.kind) == (True, True, "feed")
    assert "already has this address" in run("source", "add", site.url("/feed"), "--allow-private").stderr
    assert "removed “My Paper”" in run("source", "remove", "paper").stderr
    assert config.load(folder).sources == ()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["source", "add", "paper.example"], "https://paper.example"),
        (["source", "add", "http://127.0.0.1:1/"], "--allow-private"),
        (["source", "remove", "paper"], "there is no source “paper”"),
        (["source", "test", "paper"], "there is no source “paper”"),
        (["gather", "paper"], "there is no source “paper”"),
        (["source", "import", "nothing.opml"], "o such file"),
    ],
)
def test_what_is_wrong_is_said_with_a_way_out(arguments: list[str], said: str) -> None:
    assert said in run(*arguments, code=1).stderr


def test_what_would_come_is_shown_with_how_sure_it_is(site: Web) -> None:
    shown = run("source", "test", site.url("/feed"), "--allow-private").output
    assert "by Ann Lee [certain]" in shown
    assert "no author found" in shown
    assert "https://paper.example/a?a=1&b=2" in shown
    assert "\u009b" not in shown
    assert run("source", "list").stdout == ""


def test_a_list_goes_out_as_it_came_in(folder: Path) -> None:
    text = (
        '<opml version="2.0"><body><outline text="Sea"><outline text="Tide" xmlUrl="https://tide.example/f?a=1&amp;b=2"/>'
        '</outline><outline text="Paper" xmlUrl="https://paper.example/feed"/></body></opml>'
    )
    assert run("source", "import", "-", stdin=text).stdout == "tide\npaper\n"
    first = config.load(folder).sources
    exported = run("source", "export").stdout
    (folder / "dispatch.toml").unlink()
    config.create_publication(folder, title="The Wire", url="https://wire.example")
    run("source", "import", "-", stdin=exported)
    assert config.load(folder).sources == first
    run("source", "import", "-", stdin="<opml><body/></opml>", code=1)


def test_the_folders_of_a_list_become_sections_in_their_order(folder: Path) -> None:
    file = folder / "dispatch.toml"
    file.write_text(re.sub("sections = .*", 'sections = ["Tides"]  # mine', file.read_text("utf-8"), count=1), "utf-8")
    names = ("Zoo", "tides", "Air", "Zoo")
    outlines = (
        f'<outline text="{name}"><outline text="{n}" xmlUrl="https://s-{n}.example/f"/></outline>'
        for n, name in enumerate(names)
    )
    told = run("source", "import", "-", stdin=f'<opml version="2.0"><body>{"".join(outlines)}</body></opml>')
    assert "new sections: Zoo, Air" in told.stderr
    assert config.load(folder).sections == ("Tides", "Zoo", "Air")
    assert 'sections = ["Tides", "Zoo", "Air"]  # mine\n' in file.read_text("utf-8")


OPML = """<opml version="2.0"><body><outline text="Zoo"><outline text="1" xmlUrl="https://one.example/f"/></outline>
<outline text="Air ]"><outline text="2" xmlUrl="https://two.example/f"/></outline></body></opml>"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[]", '["Zoo", "Air ]"]'),
        ('["A"]', '["A", "Zoo", "Air ]"]'),
        ('["A # ]", "B",]  # mine', '["A # ]", "B", "Zoo", "Air ]"]  # mine'),
        ("[\n  # none\n]", '[\n  # none\n    "Zoo",\n    "Air ]",\n]'),
        ('[\n  "A",  # first ]\n  "B"  # last\n]', '[\n  "A",  # first ]\n  "B",  # last\n  "Zoo",\n  "Air ]",\n]'),
        ('[\n\t"A", "B",\n\t# end\n  ]', '[\n\t"A", "B",\n\t# end\n\t"Zoo",\n\t"Air ]",\n  ]'),
    ],
)
def test_sections_keep_their_comments(folder: Path, before: str, after: str) -> None:
    file = folder / "dispatch.toml"
    text = re.sub("sections = .*", lambda _: f"sections = {before}", file.read_text("utf-8"), count=1)
    file.write_text(text, "utf-8")
    known = config.load(folder).sections
    run("source", "import", "-", stdin=OPML)
    assert config.load(folder).sections == (*known, "Zoo", "Air ]")
    assert file.read_text("utf-8").startswith(text.replace(f"sections = {before}", f"sections = {after}").rstrip())


def test_a_list_is_written_whole_or_not_at_all(folder: Path) -> None:
    file = folder / "dispatch.toml"
    text = file.read_text("utf-8").replace("sections =", '"sections" =')
    file.write_text(text, "utf-8")
    assert "Edit it by hand" in run("source", "import", "-", stdin=OPML, code=1).stderr
    assert file.read_text("utf-8") == text


def test_a_source_that_failed_for_weeks_is_named_in_every_summary(site: Web, folder: Path) -> None:
    run("source", "add", site.url("/feed"), "--no-fetch", "--key", "paper", "--allow-private")
    run("source", "add", site.url("/dead"), "--no-fetch", "--key", "dead", "--allow-private")
    long_ago = datetime.now(UTC) - timedelta(days=36, hours=1)
    with inbox.open_inbox(config.load(folder)) as box:
        box.record_visit(Visit(source="dead", asked=long_ago, succeeded=long_ago, error="it was gone", failures=30))
    told = run("gather", "paper")
    assert told.stdout == "2 new, 0 changed from 1 source\n"
    assert f"dead: it was gone (30 times in a row, last worked {long_ago:%Y-%m-%d}, 5 weeks ago)" in told.stderr
    rows = json.loads(run("gather", "--json", code=1).stdout)
    assert {row["source"]: (row["state"], row["failures"]) for row in rows} == {
        "paper": ("gathered", 0),
        "dead": ("failed", 31),
    }
    assert "36 days ago" in run("source", "list").stdout


def test_a_mailbox_of_a_feed_is_who_has_it_and_shown_to_nobody(site: Web, folder: Path) -> None:
    (folder / "authors.toml").write_text('[bo]\nname = "Bo Quay"\nemail = "bo@wire.example"\n', "utf-8")
    items = (item(name, author=f"{name}@wire.example") for name in ("bo", "cy", "noreply"))
    site.pages["/feed"] = rss(*items).replace("dc:creator", "author")
    run("source", "add", site.url("/feed"), "--no-fetch", "--key", "paper", "--allow-private")
    assert not re.search(r"cy@|mailto|bo@", run("source", "test", "paper").stdout)
    told = run("gather")
    assert told.stderr.count("nobody in authors.toml has the mailbox cy@wire.example") == 1
    assert not re.search("bo@|noreply", told.output)
    assert "authors.toml" not in run("gather").stderr
    listed = run("inbox").stdout
    assert listed.count("Bo Quay") == 1
    assert "@" not in listed


def test_without_sources_nothing_is_gathered() -> None:
    assert run("gather").stdout == "0 new, 0 changed from 0 sources\n"
