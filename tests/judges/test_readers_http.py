"""Feed readers, subscribed over HTTP to what ``dispatch serve`` serves: everything with its authors, date and link;
after an issue only what is new; after a change of a template nothing at all.
"""

import json
import mailbox
import os
import re
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import pytest
import reader
from click.testing import CliRunner

import nouns
from dispatch import config, derived, issues, links
from dispatch.cli import main
from dispatch.model import Article, Author
from formats import reading
from patience import PATIENCE, wait_until
from serving import Server, served

# The first display that is tried: two workers that look for a free one at the same moment find the same.
DISPLAY = 100 + 50 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))

MARK = "The template says more now."
LEILA = Author(name="ليلى الدباغ", url="https://daftar.example/كتّاب/ليلى")


class Shown(NamedTuple):
    """An entry as a reader shows it."""

    title: str
    link: str
    author: str
    date: datetime | None
    content: str


class Site(NamedTuple):
    """The public folder at three moments, and the articles that had come in at each."""

    folders: list[Path]
    articles: list[list[Article]]


# What a reader that has been fetched anew shows as unread, in a home of its own; then all of it has been read.
Reader = Callable[[Path, Server, str], list[Shown]]


def number(n: int) -> list[Article]:
    return [
        nouns.rich(n, title=f"Bridges & ferries {n}", image=None),
        nouns.article(
            n + 10,
            url=f"https://daftar.example/مقال-{n}?x=1&y=2#:~:text=a%20b",
            authors=(LEILA, Author(name="Tomás Iribarne, jr")),
            image=None,
        ),
    ]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Two issues; then a third; then another template."""
    home = tmp_path_factory.mktemp("site")
    root = home / "letter"
    config.create_publication(root, title="The Wire", url="https://wire.example", sender="The Wire <desk@wire.example>")
    folders: list[Path] = []

    def publish(*arguments: str) -> None:
        result = CliRunner().invoke(main, ["publish", *arguments])
        assert result.exit_code == 0, result.output

    def keep() -> None:
        folders.append(shutil.copytree(root / "public", home / f"public-{len(folders)}"))

    before = Path.cwd()
    os.chdir(root)
    try:
        for n in (1, 2, 3):
            values = {"id": f"tag:wire.example,2025:issue-{n}", "slug": f"issue-{n}", "number": n}
            issues.create_issue(config.load(root), nouns.issue(*number(n), **values))
            publish(f"issue-{n}")
            if n > 1:
                keep()
        (root / "templates").mkdir(exist_ok=True)
        template = nouns.TEMPLATES["entry.html"]
        (root / "templates" / "entry.html").write_text(f"{template}\n<p>{MARK}</p>\n", "utf-8")
        publish()
        keep()
    finally:
        os.chdir(before)
    return Site(folders, [[*number(1), *number(2)], number(3), []])


def run(home: Path, *command: str, **environment: str) -> None:
    home.mkdir(exist_ok=True)
    values = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"} | environment
    subprocess.run(command, cwd=home, env=values, capture_output=True, check=True, timeout=PATIENCE)


def moment(seconds: object) -> datetime:
    return datetime.fromtimestamp(int(str(seconds)), UTC)


def newsboat(home: Path, server: Server, path: str) -> list[Shown]:
    home.mkdir(exist_ok=True)
    (home / "urls").write_text(f"{server.url(path)}\n")
    (home / "config").write_text("")
    run(home, "newsboat", "-C", "config", "-u", "urls", "-c", "cache.db", "-x", "reload")
    with closing(sqlite3.connect(home / "cache.db")) as cache, cache:
        rows = cache.execute("SELECT title, url, author, pubDate, content FROM rss_item WHERE unread = 1").fetchall()
        cache.execute("UPDATE rss_item SET unread = 0")
    return [Shown(title, link, author, moment(date), content) for title, link, author, date, content in rows]


def sfeed(home: Path, server: Server, path: str) -> list[Shown]:
    def lines() -> list[list[str]]:
        feed = home / "feeds" / "wire"
        text = feed.read_text("utf-8") if feed.exists() else ""
        return [line.split("\t") for line in text.splitlines()]

    before = {line[5] for line in lines()}
    home.mkdir(exist_ok=True)
    (home / "sfeedrc").write_text(f'sfeedpath="{home}/feeds"\nfeeds() {{ feed "wire" "{server.url(path)}"; }}\n')
    run(home, "sfeed_update", str(home / "sfeedrc"))
    assert len({(line[5], line[1]) for line in lines()}) == len(lines())  # another title is another line of its own
    return [
        Shown(title, link, author, moment(date), content)
        for date, title, link, content, _, id_, author, *_ in lines()
        if id_ not in before
    ]


R2E = """[DEFAULT]
from = bot@wire.example
to = me@wire.example
email-protocol = maildir
maildir-path = {home}
maildir-mailbox = inbox
html-mail = True
date-header = True
name-format = {{author}}
"""


def rss2email(home: Path, server: Server, path: str) -> list[Shown]:
    r2e = ("r2e", "-c", "config", "-d", "data.json")
    box = mailbox.Maildir(home / "inbox", factory=None) if home.exists() else None
    if box is None:
        home.mkdir()
        (home / "config").write_text(R2E.format(home=home))
        box = mailbox.Maildir(home / "inbox", factory=None)
        run(home, *r2e, "add", "wire", server.url(path))
    run(home, *r2e, "run")
    shown = []
    for key in list(box.keys()):
        raw = box.get_bytes(key)
        box.discard(key)
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        name = message["from"].addresses[0].display_name
        date = parsedate_to_datetime(message["date"]).replace(tzinfo=UTC)
        shown.append(Shown(message["subject"], message["x-rss-url"], name, date, message.get_content()))
    return shown


def pypi_reader(home: Path, server: Server, path: str) -> list[Shown]:
    home.mkdir(exist_ok=True)
    with closing(reader.make_reader(str(home / "reader.sqlite"))) as library:
        library.add_feed(server.url(path), exist_ok=True)
        library.update_feeds(scheduled=False)
        assert library.get_feed(server.url(path)).last_exception is None
        shown = []
        for entry in list(library.get_entries(read=False)):
            content = entry.content[0].value if entry.content else entry.summary or ""
            shown.append(Shown(entry.title or "", entry.link or "", entry.authors_str or "", entry.published, content))
            library.mark_entry_as_read(entry)
    return shown


LIFEREA = """<?xml version="1.0" encoding="utf-8"?>
<opml version="1.0"><head><title>Feeds</title></head><body>
<outline title="wire" text="wire" type="rss" id="wirewir" xmlUrl="{url}" updateInterval="-1"/>
</body></opml>
"""
# It has windows, and no command that fetches: the action of its menu does, once it has read its list.
FETCH = """
liferea --mainwindow-state=hidden &
while sleep 2; do
    gdbus call --session --dest net.sourceforge.liferea --object-path /net/sourceforge/liferea \\
        --method org.gtk.Actions.Activate update-all [] {}
done
"""


def liferea(home: Path, server: Server, path: str) -> list[Shown]:
    """On a display and a bus of its own, until it has asked for the feed again: what came first it has put away."""
    folder = home / ".config" / "liferea"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "feedlist.opml").write_text(LIFEREA.format(url=server.url(path)))
    (home / "run").mkdir(exist_ok=True, mode=0o700)
    values = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "GSETTINGS_BACKEND": "memory"}
    asked = len(server.log)
    with subprocess.Popen(
        ["xvfb-run", "-a", "-n", str(DISPLAY), "dbus-run-session", "--", "sh", "-c", FETCH],
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "NO_AT_BRIDGE": "1", **values},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        wait_until(lambda: sum(f"GET /{path} " in line for line in server.log[asked:]) > 1)
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, sign)
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
    with closing(sqlite3.connect(home / ".local" / "share" / "liferea" / "liferea.db")) as library, library:
        rows = library.execute(
            "SELECT title, source, (SELECT group_concat(value, ', ') FROM metadata"
            " WHERE metadata.item_id = items.item_id AND key IN ('creator', 'author')), date, description"
            " FROM items WHERE read = 0"
        ).fetchall()
        library.execute("UPDATE items SET read = 1")
    return [Shown(title, link, author, moment(date), content) for title, link, author, date, content in rows]


# Each with the programs that it needs, and the formats that it reads.
READERS: list[tuple[Reader, tuple[str, ...], tuple[str, ...]]] = [
    (newsboat, ("newsboat",), ("xml", "atom")),
    (sfeed, ("sfeed_update",), ("xml", "atom")),
    (rss2email, ("r2e",), ("xml", "atom")),
    (liferea, ("liferea", "xvfb-run", "dbus-run-session"), ("xml", "atom")),
    (pypi_reader, (), ("xml", "atom", "json")),
]
CASES = [
    pytest.param(show, ending, marks=pytest.mark.needs(*programs), id=f"{show.__name__}-{ending}")
    for show, programs, endings in READERS
    for ending in endings
]


@pytest.mark.parametrize(("show", "ending"), CASES)
def test_what_a_reader_shows(show: Reader, ending: str, site: Site, tmp_path: Path) -> None:
    public = tmp_path / "public"
    shutil.copytree(site.folders[0], public)
    with served(public, "--log") as server:
        for folder, articles in zip(site.folders, site.articles, strict=True):
            shutil.copytree(folder, public, dirs_exist_ok=True)
            asked = len(server.log)
            shown = {one.title: one for one in show(tmp_path / "home", server, f"feed.{ending}")}
            assert f"GET /feed.{ending} 200\n" in server.log[asked:]
            assert shown.keys() == {article.title for article in articles}
            items = json.loads((folder / "feed.json").read_text("utf-8"))["items"]
            entered = {item["title"]: datetime.fromisoformat(item["date_published"]) for item in items}
            for at, article in enumerate(articles):
                one = shown[article.title]
                # Feeds say it in ASCII; liferea encodes the rest of a fragment besides.
                found, wanted = one.link, links.encode_ascii(article.url)
                assert unquote(found) == unquote(wanted) if show is liferea else found == wanted
                assert one.author == ", ".join(author.name for author in article.authors)
                # Each of the two in an issue is dated with it, in its order; rss2email takes the last change.
                changed = derived.find_last_notice(article) if show is rss2email else None
                assert one.date == (changed or entered[article.title])
                first = articles[at - at % 2].title
                assert entered[article.title] == entered[first] - timedelta(seconds=at % 2)
                assert all(author.name in one.content for author in article.authors)
                assert article.source.title in one.content


def test_the_template_has_changed_what_readers_fetch(site: Site) -> None:
    bodies = [(folder / "feed.json").read_text("utf-8") for folder in site.folders]
    assert [MARK in body for body in bodies] == [False, False, True]


@pytest.mark.parametrize(("show", "ending"), CASES)
def test_a_summary_about_markup_keeps_its_words(show: Reader, ending: str, tmp_path: Path) -> None:
    """In a feed without bodies, where a reader has nothing else to show."""
    text = "How <img src=x onerror=alert(1)> and </p> are written: R&D, &lt;i&gt;"
    format = {"xml": "rss", "atom": "atom", "json": "json"}[ending]  # noqa: A001
    body = nouns.body(format, nouns.issue(nouns.article(dek=text))).decode()
    without = r"(?s)<content:encoded>.*?</content:encoded>|<content .*?</content>|\"content_html\".*?(?=\"summary\")"
    bare, times = re.subn(without, "", body)
    assert times == 1
    public = tmp_path / "public"
    public.mkdir()
    (public / f"feed.{ending}").write_text(bare, "utf-8")
    with served(public, "--log") as server:
        (shown,) = show(tmp_path / "home", server, f"feed.{ending}")
    assert shown.title == "Story 1"
    # Atom and JSON Feed call it plain text, and some readers keep it as that.
    assert text in reading.entry(shown.content).words or (ending != "xml" and shown.content == text)
