"""One hand at a time: what a person, or another command, writes while a command runs is never lost.

A command holds the lock of the publication while it reads, changes and writes; what is slow comes before. A person
holds no lock: their edit comes at each step of each command, and either it stands beside the command's own, or the
command says that it stopped.
"""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field, fields, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

import nouns
from dispatch import config, inbox, issues, ledger, locks
from dispatch.cli import COMMANDS, main
from dispatch.errors import IssueError, LockedError
from dispatch.issues.merging import merge_changes
from dispatch.model import Article, Author, Image, Issue, Section
from loopback import Web, web
from thorough import THOROUGH, scale

ROOT = Path(__file__).parent
DATA = ROOT / "data"
STORY = "The quay at dawn\n\nBy Ann Lee\n\nThe boats came in early, and nobody had waited for them.\n"


def number(slug: str, *keys: int) -> Issue:
    articles = (
        nouns.article(
            k,
            id=f"tag:wire.example,2026:{slug}/{k}",
            authors=(Author(name=f"Bo Zhang {k}", url=f"https://people.example/bo-{k}"),),
            url=f"https://paper.example/{slug}/{k}",
        )
        for k in keys
    )
    return nouns.issue(
        id=f"tag:wire.example,2026:{slug}",
        slug=slug,
        title=f"The {slug} issue",
        preheader="What the harbour said this week, and who was there to hear it",
        sections=(Section(title="Europe", articles=tuple(articles)), Section(title="Ports")),
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication: a published issue, a draft, a source, and articles in the inbox."""
    root = tmp_path_factory.mktemp("made") / "letter"
    config.create_publication(root, title="The Wire", url="https://wire.example", sender="The Wire <desk@wire.example>")
    publication = config.load(root)
    issues.create_issue(publication, replace(number("printed", 1, 2), date=nouns.DATE.replace(year=2024)))
    with chdir(root):
        run("source", "add", "https://paper.example/feed", "--key", "paper", "--kind", "feed", "--no-fetch")
        run("publish", "printed")
    issues.create_issue(publication, number("draft", 1, 2, 3))
    with inbox.open_inbox(publication) as box:
        box.keep_articles("paper", [nouns.article(k, id=f"tag:paper.example:{k}") for k in range(11, 17)], nouns.DATE)
    for k in range(1, 6):
        (root / f"story-{k}.txt").write_text(STORY.replace("quay", f"quay {k}"), "utf-8")
    (root / "feeds.opml").write_text(
        '<opml version="2.0"><body><outline type="rss" text="Bay" xmlUrl="https://bay.example/feed"/></body></opml>'
    )
    shutil.copytree(DATA / "exports" / "substack", root / "export")
    return root


@pytest.fixture
def letter(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "letter")


def run(*words: str, code: int | None = 0) -> Result:
    result = CliRunner().invoke(main, words, catch_exceptions=False, env={"EDITOR": EDITOR, "VISUAL": None})
    assert code is None or result.exit_code == code, result.output
    return result


THIRD = "issues/draft/story-3.html"
EDITOR = "sed -i 's/Paragraph 1 of story 3/Paragraph 1 of the third/'"
TAKEN_BACK = ("withdraw", "--without-copy", "--yes", "printed")
# Every command that writes into a publication, and whether it did what it was asked for.
WRITING: dict[str, tuple[tuple[str, ...], Callable[[Path], bool]]] = {
    "add": (("add", "story-1.txt"), lambda root: "the-quay-1-at-dawn" in listed(root)),
    "add from the inbox": (("add", "2"), lambda root: len(listed(root)) == 4),
    "issue new": (("issue", "new", "Week 48"), lambda root: (root / "issues/week-48/issue.md").is_file()),
    "issue new from the inbox": (
        ("issue", "new", "Week 48", "--from-inbox", "--limit", "2"),
        lambda root: len(list((root / "issues/week-48").iterdir())) == 3,
    ),
    "issue move": (
        ("issue", "move", "draft", "story-3", "--before", "story-1"),
        lambda root: listed(root)[0] == "story-3",
    ),
    "issue move --to": (
        ("issue", "move", "draft", "story-3", "--to", "printed"),
        lambda root: "story-3" in listed(root, "printed") and "story-3" not in listed(root),
    ),
    "issue section add": (
        ("issue", "section", "add", "draft", "Letters"),
        lambda root: "title: Letters" in text(root, "issues/draft/issue.md"),
    ),
    "issue section rename": (
        ("issue", "section", "rename", "draft", "Europe", "Havens"),
        lambda root: "title: Havens" in text(root, "issues/draft/issue.md"),
    ),
    "issue section move": (
        ("issue", "section", "move", "draft", "Europe"),
        lambda root: "title: Europe" in text(root, "issues/draft/issue.md").partition("title: Ports")[2],
    ),
    "issue section remove": (
        ("issue", "section", "remove", "draft", "Europe", "--into", "Ports"),
        lambda root: "title: Europe" not in text(root, "issues/draft/issue.md") and len(listed(root)) == 3,
    ),
    "note": (
        ("note", "draft", "story-3", "Read it to the end."),
        lambda root: "note: Read it to the end." in text(root, THIRD),
    ),
    "issue remove": (("issue", "remove", "draft", "story-3"), lambda root: "story-3" not in listed(root)),
    "issue edit": (("issue", "edit", "draft", "story-3"), lambda root: "Paragraph 1 of the third" in text(root, THIRD)),
    "issue remove --delete": (
        ("issue", "remove", "draft", "story-3", "--delete", "--yes"),
        lambda root: not (root / "issues/draft/story-3.html").exists(),
    ),
    "issue correct": (
        ("issue", "correct", "draft", "story-3", "She is 61."),
        lambda root: "She is 61." in text(root, "issues/draft/story-3.html"),
    ),
    "publish": (("publish", "draft"), lambda root: "\nstatus: published\n" in text(root, "issues/draft/issue.md")),
    "publish at": (
        ("publish", "draft", "--at", "2199-01-01"),
        lambda root: "\nstatus: scheduled\n" in text(root, "issues/draft/issue.md"),
    ),
    "unpublish": (
        ("unpublish", "printed", "--yes"),
        lambda root: "\nstatus: draft\n" in text(root, "issues/printed/issue.md"),
    ),
    "withdraw": (
        ("withdraw", "printed", "1", "--because", "It was invented.", "--without-copy", "--yes"),
        lambda root: "Paragraph" not in text(root, "issues/printed/story-1.html"),
    ),
    "import": (("import", "export"), lambda root: (root / "issues/the-quay-at-dawn/issue.md").is_file()),
    "source add": (
        ("source", "add", "https://bay.example", "--kind", "page", "--no-fetch"),
        lambda root: "bay.example" in text(root, "dispatch.toml"),
    ),
    "source import": (("source", "import", "feeds.opml"), lambda root: "bay.example" in text(root, "dispatch.toml")),
    "source remove": (("source", "remove", "paper"), lambda root: not config.load(root).sources),
    "issue credit": (
        ("issue", "credit", "draft", "1", "--author", "Cy Moe"),
        lambda root: "name: Cy Moe" in text(root, "issues/draft/story-1.html"),
    ),
    "author rename": (
        ("author", "rename", "Bo Zhang 1", "Cy Moe"),
        lambda root: 'name = "Cy Moe"' in text(root, "authors.toml"),
    ),
    "author merge": (
        ("author", "merge", "Bo Zhang 3", "Bo Zhang 1"),
        lambda root: "Bo Zhang 3" in text(root, "authors.toml"),
    ),
    "template copy": (
        ("template", "copy", "masthead.html"),
        lambda root: text(root, "templates/masthead.html").startswith("{#"),
    ),
    "inbox dismiss": (("inbox", "dismiss", "2"), lambda root: state(root, 2) == "dismissed"),
    "inbox restore": (("inbox", "restore", "2"), lambda root: state(root, 2) == "new"),
}
# Those that write nothing that people or other commands write, or into a folder of their own: with the reason.
READING = {
    "init": "makes a new folder",
    "demo": "makes a new folder",
    "subscriber": "keeps people in a file of its own, in transactions",
    "suppression": "keeps addresses in the same file",
    "bounces": "keeps reports in the same file",
    "send": "keeps rounds in the same file; its lines in dispatch.lock are written under the lock: see deliver",
    **dict.fromkeys(("deliveries", "settle", "hold", "resume", "work"), "keep rounds in the same file"),
    "doctor": "reads",
    "help": "reads",
    "gather": "keeps what came in the inbox, in transactions of its own",
    "check": "reads",
    "review": "reads",
    "render": "writes editions into a folder of their own",
    "preview": "reads",
    "desk": "writes as other commands do, each change under the lock: see test_desk",
    "ping": "its record is written under the lock: see test_ping",
    "serve": "reads",
    "schema": "reads",
}


def text(root: Path, path: str) -> str:
    return (root / path).read_text("utf-8")


def listed(root: Path, slug: str = "draft") -> list[str]:
    return [article.key for article in issues.read_issue(config.load(root), slug).articles]


def state(root: Path, number: int) -> str:
    with inbox.open_inbox(config.load(root)) as box:
        return box.find_arrival(number).state


def test_every_command_is_known_to_write_or_not() -> None:
    assert {words[0] for words, _ in WRITING.values()} | READING.keys() == COMMANDS.keys()
    groups = {
        "author": {"list", "show"},
        "issue": {"list", "show"},
        "source": {"export", "list", "test"},
        "inbox": {"show"},
        "template": {"diff", "list"},
    }
    for name, reading in groups.items():
        command = main.get_command(None, name)  # type: ignore[arg-type]
        writing = {words[1] for words, _ in WRITING.values() if words[0] == name}
        assert writing | reading == set(command.commands)  # type: ignore[union-attr]


def snapshot(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".dispatch" not in path.parts
    }


@pytest.mark.parametrize("name", WRITING)
def test_a_command_waits_for_the_lock_and_says_who_has_it(letter: Path, name: str) -> None:
    words, is_done = WRITING[name]
    before = snapshot(letter)
    with chdir(letter):
        with locks.hold_lock(letter, command="dispatch publish"):
            result = run("--wait", "0", *words, code=75)
        assert f"dispatch publish (process {os.getpid()})" in result.stderr
        assert "Traceback" not in result.output
        assert snapshot(letter) == before
        run(*words)
    assert is_done(letter)


def test_the_environment_says_how_long_to_wait(letter: Path) -> None:
    with chdir(letter), locks.hold_lock(letter, command="dispatch add"):
        result = CliRunner().invoke(main, ["issue", "new", "Week 48"], env={"DISPATCH_WAIT": "0"})
    assert result.exit_code == 75


# --- The lock itself


def test_who_waits_goes_on_when_the_other_has_finished(tmp_path: Path) -> None:
    waited: list[str] = []
    let_go = Event()

    def hold() -> None:
        with locks.hold_lock(tmp_path, command="dispatch add"):
            held.set()
            let_go.wait()

    def told(holder: str) -> None:
        waited.append(holder)
        let_go.set()

    held = Event()
    with ThreadPoolExecutor() as pool:
        other = pool.submit(hold)
        held.wait()
        with locks.hold_lock(tmp_path, command="dispatch publish", patience=600, on_wait=told):
            pass
        other.result()
    assert waited == [f"dispatch add (process {os.getpid()})"]


@pytest.mark.parametrize("patience", [0.0, 0.1])
def test_who_loses_patience_has_had_it(tmp_path: Path, patience: float) -> None:
    waited: list[str] = []
    with locks.hold_lock(tmp_path, command="dispatch add"):
        began = monotonic()
        with (
            pytest.raises(LockedError, match="dispatch add"),
            locks.hold_lock(tmp_path, command="dispatch publish", patience=patience, on_wait=waited.append),
        ):
            pass
        assert monotonic() - began >= patience
    assert waited == [f"dispatch add (process {os.getpid()})"] * bool(patience)


def test_the_lock_of_a_killed_command_is_free(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys; from dispatch import locks\n"
        f"with locks.hold_lock(pathlib.Path({str(tmp_path)!r}), command='dispatch import'):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match=rf"dispatch import \(process {other.pid}\)"):
            lock(tmp_path)
        other.kill()
        other.wait()
    lock(tmp_path)


def lock(root: Path) -> None:
    with locks.hold_lock(root, command="dispatch add", patience=0):
        pass


def test_a_lock_whose_file_was_deleted_locks_nobody_out_and_lets_nobody_in_twice(tmp_path: Path) -> None:
    with locks.hold_lock(tmp_path, command="dispatch add"):
        shutil.rmtree(tmp_path / ".dispatch")
        with (
            locks.hold_lock(tmp_path, command="dispatch publish"),
            pytest.raises(LockedError, match="dispatch publish"),
        ):
            lock(tmp_path)
    lock(tmp_path)


def test_git_passes_over_the_folder_of_the_lock(tmp_path: Path) -> None:
    lock(tmp_path)
    assert (tmp_path / ".dispatch" / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("what", ["link", "file"])
def test_a_lock_that_cannot_be_had_is_an_error_with_its_place(tmp_path: Path, what: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    root = tmp_path / "letter"
    root.mkdir()
    if what == "link":
        (root / ".dispatch").symlink_to(tmp_path / "elsewhere")
    else:
        (root / ".dispatch").write_text("x")
    with pytest.raises(IssueError, match=r"\.dispatch"):
        lock(root)
    assert not list((tmp_path / "elsewhere").iterdir())


# --- Several at once


@pytest.mark.parametrize(
    ("commands", "are_done"),
    [
        ([("add", f"story-{k}.txt") for k in range(1, 6)], lambda root: len(listed(root)) == 8),
        ([("issue", "new", f"Week {k}") for k in range(1, 6)], lambda root: numbers(root) == [8, 9, 10, 11, 12]),
        ([("issue", "new", "Week 48")] * 5, lambda root: numbers(root) == [8, 9, 10, 11, 12]),
        (
            [("issue", "correct", "draft", f"{k % 3 + 1}", f"Correction {k}.") for k in range(5)],
            lambda root: sum(text(root, f"issues/draft/story-{k}.html").count("Correction ") for k in (1, 2, 3)) == 5,
        ),
        (
            [("source", "add", f"https://s-{k}.example/feed", "--kind", "feed", "--no-fetch") for k in range(5)],
            lambda root: len(config.load(root).sources) == 6,
        ),
        (
            [("inbox", "dismiss", f"{k}") for k in range(1, 6)],
            lambda root: {state(root, k) for k in range(1, 6)} == {"dismissed"},
        ),
        (
            [("import", "export")] * 3,
            lambda root: len(list((root / "issues").iterdir())) - 2 == len(imported(root)) == 4,
        ),
        (
            [(*TAKEN_BACK, "1"), (*TAKEN_BACK, "2"), ("add", "story-1.txt", "--issue", "printed")],
            lambda root: (
                [bool(one.withdrawn) for one in issues.read_issue(config.load(root), "printed").articles]
                == [True, True, False]
            ),
        ),
        (
            [("issue", "remove", "draft", f"story-{k}") for k in (1, 2, 3)],
            lambda root: listed(root) == [],
        ),
        (
            [("issue", "move", "draft", f"story-{k}", "--section", f"Section {k}") for k in (1, 2, 3)],
            lambda root: len(issues.read_issue(config.load(root), "draft").sections) == 5 and len(listed(root)) == 3,
        ),
        (
            [("issue", "new", f"Week {k}", "--from-inbox", "--limit", "1") for k in range(1, 6)],
            lambda root: len({listed(root, f"week-{k}")[0] for k in range(1, 6)}) == 5,
        ),
        (
            [("source", "import", "feeds.opml"), ("source", "remove", "paper"), ("source", "import", "feeds.opml")],
            lambda root: [source.feed for source in config.load(root).sources] == ["https://bay.example/feed"],
        ),
        (
            [("publish", "draft"), ("publish", "draft"), ("publish",)],
            lambda root: (root / "public/issues/draft/index.html").is_file(),
        ),
        (
            [*(("author", "rename", f"Bo Zhang {k}", f"Cy Moe {k}") for k in (1, 2, 3)), ("add", "story-4.txt")],
            lambda root: (
                all(f'name = "Cy Moe {k}"' in text(root, "authors.toml") for k in (1, 2, 3)) and len(listed(root)) == 4
            ),
        ),
    ],
    ids=[
        *("add", "new", "the same new", "correct", "source", "dismiss", "import", "withdraw and add", "remove"),
        *("move", "new from the inbox", "sources", "publish", "authors"),
    ],
)
def test_several_at_once_lose_nothing(
    letter: Path, warm: Path, commands: list[tuple[str, ...]], are_done: Callable[[Path], bool]
) -> None:
    running = [
        subprocess.Popen(
            [warm / "dispatch", "--wait", "600", *words],
            cwd=letter,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for words in commands
    ]
    for one in running:
        _, errors = one.communicate()
        assert one.returncode == 0, errors.decode()
    assert are_done(letter)
    with chdir(letter):
        run("issue", "list")


def numbers(root: Path) -> list[int]:
    """The numbers of the issues that were made."""
    found = [one for one in issues.read_all_issues(config.load(root)) if one.slug.startswith("week")]
    return sorted(one.number or 0 for one in found)


def imported(root: Path) -> set[str]:
    """The ids of the articles that came by an import."""
    every = (one for one in issues.read_all_issues(config.load(root)) if one.slug not in ("printed", "draft"))
    return {article.id for one in every for article in one.articles}


# --- A person writes while a command waits for the network


def mend(root: Path) -> None:
    """What a person does by hand: a byline, a headline, a word in a list, a line in the settings."""
    for path, old, new in (
        ("issues/draft/story-2.html", "name: Bo Zhang 2", "name: Ann Lee"),
        ("issues/draft/story-1.html", "title: Story 1", "title: The headline that was mended"),
        ("issues/draft/issue.md", "      - story-3\n", ""),
        ("dispatch.toml", 'description = ""', 'description = "By hand"'),
    ):
        file = root / path
        body = file.read_text("utf-8")
        assert old in body
        file.write_text(body.replace(old, new), "utf-8")


def assert_mended(root: Path) -> None:
    assert "name: Ann Lee" in text(root, "issues/draft/story-2.html")
    assert "title: The headline that was mended" in text(root, "issues/draft/story-1.html")
    assert "story-3" not in listed(root)
    assert config.load(root).description == "By hand"


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as found:
        yield found


def slowly(root: Path, body: bytes, media_type: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """A page that is answered when a person has finished."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if "By hand" not in text(root, "dispatch.toml"):
            mend(root)
        handler.send_response(200)
        handler.send_header("content-type", media_type)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


PAGE = b"<!doctype html><title>The quay</title><article><h1>The quay</h1><p>The boats came in early.</p></article>"
FEED = b"<rss version='2.0'><channel><title>Bay</title><link>https://bay.example</link></channel></rss>"
OPML = b'<opml version="2.0"><body><outline type="rss" text="Bay" xmlUrl="https://bay.example/feed"/></body></opml>'


@pytest.mark.parametrize(
    ("words", "body", "media_type", "is_done"),
    [
        (("add",), PAGE, "text/html", lambda root: listed(root)[-1] == "the-quay"),
        (("source", "add"), FEED, "application/rss+xml", lambda root: len(config.load(root).sources) == 2),
        (("source", "import"), OPML, "text/xml", lambda root: len(config.load(root).sources) == 2),
        (("check", "--online", "draft"), PAGE, "text/html", lambda _: True),
    ],
    ids=["add", "source add", "source import", "check"],
)
def test_what_a_person_writes_while_a_command_waits_stays(
    letter: Path, site: Web, words: tuple[str, ...], body: bytes, media_type: str, is_done: Callable[[Path], bool]
) -> None:
    site.pages["/page"] = slowly(letter, body, media_type)
    with chdir(letter):
        if words[0] == "check":
            run("add", "--url", site.url("/page"), "--title", "A link", "--no-fetch")
            run(*words, "--allow-private", code=None)
        else:
            run(*words, site.url("/page"), "--allow-private")
    assert_mended(letter)
    assert is_done(letter)


def test_what_a_person_writes_while_pictures_are_fetched_is_published(letter: Path, site: Web) -> None:
    picture = io.BytesIO()
    Picture.new("RGB", (40, 30), "red").save(picture, "PNG")
    site.pages["/photo.png"] = slowly(letter, picture.getvalue(), "image/png")
    file = letter / "dispatch.toml"
    file.write_text(file.read_text("utf-8") + '\n[site]\nimages = "copy"\n', "utf-8")
    draft = issues.read_issue(config.load(letter), "draft")
    section, *rest = draft.sections
    first = replace(section.articles[0], image=Image(url=site.url("/photo.png"), alt="A quay"))
    issues.change_issue(
        config.load(letter),
        draft,
        replace(draft, sections=(replace(section, articles=(first, *section.articles[1:])), *rest)),
    )
    with chdir(letter):
        run("publish", "draft", "--allow-private")
    assert_mended(letter)
    page = text(letter, "public/issues/draft/index.html")
    assert "Ann Lee" in page
    assert "Bo Zhang 2" not in page
    assert "The headline that was mended" in page
    assert list((letter / "issues/draft/copies").iterdir())


# --- A person writes at each step of a command


@dataclass
class Intruder:
    """Somebody who edits a file just before a command opens one for the n-th time."""

    root: Path = Path()
    edit: Callable[[Path], None] | None = None
    at: int = 0
    steps: list[str] = field(default_factory=list)

    def watch(self, event: str, arguments: tuple[object, ...]) -> None:
        """See PEP 578. A step is a file of the publication that is opened; the folder of the program's own is none."""
        if self.edit is None or event != "open" or not isinstance(arguments[0], str | os.PathLike):
            return
        path = os.fspath(arguments[0])
        begin = f"{self.root}{os.sep}"
        if not isinstance(path, str) or not path.startswith(begin):
            return
        if path.removeprefix(begin).startswith((".dispatch", "public", "templates", "export")):
            return
        self.steps.append(path)
        if len(self.steps) == self.at:
            edit, self.edit = self.edit, None
            edit(self.root)
            self.edit = edit


@pytest.fixture(scope="module")
def intruder() -> Intruder:
    found = Intruder()
    sys.addaudithook(lambda event, arguments: found.watch(event, arguments))
    return found


@contextmanager
def intruding(intruder: Intruder, root: Path, edit: Callable[[Path], None], at: int) -> Iterator[None]:
    intruder.root, intruder.edit, intruder.at, intruder.steps = root, edit, at, []
    try:
        yield
    finally:
        intruder.edit = None


def edited(path: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(root: Path) -> None:
        file = root / path
        if file.exists() and old in (body := file.read_text("utf-8")):
            file.write_text(body.replace(old, new, 1), "utf-8")

    return edit


BYLINE = ("issues/draft/story-2.html", "name: Bo Zhang 2", "name: Ann Lee")
COMMENT = ("dispatch.toml", "title = ", "# By hand\ntitle = ")
# What a person writes, and where; whatever the command does, it must be there afterwards.
EDITS = {
    "elsewhere": (BYLINE, COMMENT),
    "in the same files": (
        ("issues/draft/issue.md", "preheader: What the", "preheader: Mended by hand, what the"),
        ("issues/draft/story-3.html", "dek: What story 3", "dek: What the third story"),
    ),
    "in the same list": (("issues/draft/issue.md", "      - story-2\n", ""),),
    "in what is public": (("issues/printed/story-2.html", "name: Bo Zhang 2", "name: Ann Lee"),),
}
ALL = ("add", "issue move", "issue remove", "issue correct", "publish")
CONCERNED = {
    "elsewhere": tuple(name for name in WRITING if name != "template copy"),  # it reads nothing that people write
    "in the same files": ALL,
    "in the same list": (*ALL, "issue remove --delete"),
    "in what is public": ("publish", "withdraw"),
}


# A byline that readers have is no longer theirs: from then on every publish stops until that is put right.
STOPPING = {"in what is public"}
SHOWN = {
    "elsewhere": ("Ann Lee",),
    "in the same files": ("What the third story",),
    "in the same list": ("Story 3",),
}


@pytest.mark.parametrize(("name", "what"), [(name, what) for what in EDITS for name in CONCERNED[what]])
def test_what_a_person_writes_at_any_step_of_a_command_stays(
    made: Path, tmp_path: Path, intruder: Intruder, name: str, what: str
) -> None:
    words, is_done = WRITING[name]

    def edit(root: Path) -> None:
        for one in EDITS[what]:
            edited(*one)(root)

    def begin(at: int) -> tuple[Path, Result]:
        root = shutil.copytree(made, tmp_path / f"{at}", ignore=shutil.ignore_patterns("public", ".schemas"))
        with chdir(root), intruding(intruder, root, edit, at):
            return root, run(*words, code=None)

    begin(0)
    count, done = len(intruder.steps), 0
    assert count > 1
    # The last steps are those around the writing; of those before, every third (at the desk fewer of both).
    for at in sorted({*range(1, count, 3 if THOROUGH else 15), *range(max(1, count - scale(9)), count + 1)}):
        root, result = begin(at)
        if len(intruder.steps) < at:
            continue  # what was edited before made the command stop early
        why = (at, intruder.steps[at - 1], result.output)
        for path, old, new in EDITS[what]:
            body = text(root, path)
            assert (new in body) if new else (old not in body), why
        if result.exit_code == 0:
            assert is_done(root), why
            done += 1
        else:
            assert "Error: " in result.stderr or "error: " in result.stdout, why
            with chdir(root):
                run(*words, code=None)  # what stopped it is over: nothing is in the way of another try
            assert is_done(root) or what in STOPPING or "story-3" not in listed(root), why
        if name == "publish" and what not in STOPPING:
            with chdir(root):
                later = run("publish", code=None)
            page = text(root, "public/issues/draft/index.html")
            # A byline that was mended after it was published is an error until somebody says so.
            is_told = "ids.authors" in later.stdout
            assert is_told or all(shown in page for shown in SHOWN[what]), why
        shutil.rmtree(root)
    assert done or what in STOPPING


# --- The change itself


FIELDS = [one.name for one in fields(Issue) if one.name in {"title", "preheader", "number", "intro"}]
OF_ARTICLE = [one.name for one in fields(Article) if one.name in {"title", "dek", "note", "license", "summary"}]
WORDS = st.sampled_from(["", "one", "two", "three"])


def altered(issue: Issue, own: dict[str, str], words: dict[str, dict[str, str]], order: list[int]) -> Issue:
    articles = [replace(one, **words.get(one.key, {})) for one in issue.articles]  # type: ignore[arg-type]
    sections = (replace(issue.sections[0], articles=tuple(articles[place] for place in order)),)
    return replace(issue, sections=sections + issue.sections[1:], **own)  # type: ignore[arg-type]


CHANGES = st.tuples(
    st.dictionaries(st.sampled_from(["title", "preheader", "intro"]), WORDS),
    st.dictionaries(
        st.sampled_from(["story-1", "story-2", "story-3"]), st.dictionaries(st.sampled_from(OF_ARTICLE), WORDS)
    ),
    st.permutations([0, 1, 2]).map(list) | st.just([0, 1, 2]) | st.just([0, 2]),
)


@given(CHANGES, CHANGES)
@settings(max_examples=scale(300))
def test_two_changes_are_both_made_or_the_second_is_refused(
    one: tuple[dict[str, str], dict[str, dict[str, str]], list[int]],
    other: tuple[dict[str, str], dict[str, dict[str, str]], list[int]],
) -> None:
    old = number("draft", 1, 2, 3)
    mine, theirs = altered(old, *one), altered(old, *other)

    def facts(issue: Issue) -> dict[tuple[str, str], object]:
        found: dict[tuple[str, str], object] = {("", name): getattr(issue, name) for name in FIELDS}
        found["", "order"] = [article.id for article in issue.articles]
        for article in issue.articles:
            found |= {(article.id, name): getattr(article, name) for name in OF_ARTICLE}
        return found

    was, wanted, there = facts(old), facts(mine), facts(theirs)
    keys = was.keys() & wanted.keys() & there.keys()
    clashes = [key for key in keys if was[key] != wanted[key] != there[key] != was[key]]
    try:
        merged = facts(merge_changes(old, mine, theirs))
    except IssueError:
        lost = was.keys() - there.keys()
        assert clashes or any(wanted.get(key, was[key]) != was[key] for key in lost)
        return
    assert not clashes
    for key in keys & merged.keys():
        assert merged[key] == (wanted[key] if wanted[key] != was[key] else there[key])


def test_a_clash_names_the_file_and_what_differs(letter: Path) -> None:
    publication = config.load(letter)
    old = issues.read_issue(publication, "draft")
    section, *rest = old.sections
    mine = replace(section.articles[0], title="Mine", note="A note")
    edited("issues/draft/story-1.html", "title: Story 1", "title: Theirs")(letter)
    before = snapshot(letter)
    with pytest.raises(IssueError) as caught:
        issues.change_issue(
            publication, old, replace(old, sections=(replace(section, articles=(mine, *section.articles[1:])), *rest))
        )
    assert "issues/draft/story-1.html" in str(caught.value)
    assert "title" in str(caught.value)
    assert "note" not in str(caught.value)
    assert snapshot(letter) == before


def test_all_files_are_looked_at_before_the_first_is_written(letter: Path, tmp_path: Path, intruder: Intruder) -> None:
    """Who saves the second of two files just before the command looks at the first again finds neither written."""

    def change(root: Path) -> None:
        publication = config.load(root)
        old = issues.read_issue(publication, "draft")
        section, *rest = old.sections
        mine = tuple(replace(article, note="Mine") for article in section.articles)
        issues.change_issue(publication, old, replace(old, sections=(replace(section, articles=mine), *rest)))

    counted = shutil.copytree(letter, tmp_path / "counted")
    with intruding(intruder, counted, lambda _: None, 0):
        change(counted)
    first = str(counted / "issues/draft/story-1.html")
    third_look = [place for place, path in enumerate(intruder.steps, 1) if path == first][2]  # read twice before
    theirs = edited("issues/draft/story-2.html", "title: Story 2", "title: Theirs")
    with intruding(intruder, letter, theirs, third_look), pytest.raises(IssueError, match=r"story-2\.html"):
        change(letter)
    assert "note: Mine" not in text(letter, "issues/draft/story-1.html")
    assert "title: Theirs" in text(letter, "issues/draft/story-2.html")


def test_a_new_issue_never_takes_the_place_of_another(letter: Path) -> None:
    before = snapshot(letter)
    with pytest.raises(IssueError, match="there is an issue “draft” already"):
        issues.create_issue(config.load(letter), number("draft", 1))
    assert snapshot(letter) == before


def test_a_line_of_the_ledger_that_came_meanwhile_stays(letter: Path) -> None:
    publication = config.load(letter)
    one, other = number("one", 1), number("other", 2)
    ledger.record_issues(publication, one)
    ledger.record_issues(publication, other)
    assert {one.id, other.id} <= {record.id for record in ledger.read_records(publication)}


# --- What a look at the code would not tell


def test_what_is_deleted_is_what_was_read(letter: Path) -> None:
    publication = config.load(letter)
    draft = issues.read_issue(publication, "draft")
    section, *rest = draft.sections
    gone = section.articles[2]
    left = issues.change_issue(
        publication, draft, replace(draft, sections=(replace(section, articles=section.articles[:2]), *rest))
    )
    edited(THIRD, "title: Story 3", "title: Mended by hand")(letter)
    with pytest.raises(IssueError, match="was changed meanwhile, and is not deleted"):
        issues.delete_article_file(publication, left, gone)
    assert "Mended by hand" in text(letter, THIRD)


def test_what_changes_elsewhere_while_a_site_is_built_is_built_next(
    letter: Path, tmp_path: Path, intruder: Intruder
) -> None:
    """A person publishes another issue by hand while this one is built: the next publish sees it."""
    issues.create_issue(config.load(letter), number("other", 7))
    edit = edited("issues/other/issue.md", "status: draft", "status: published")
    steps = [0]
    for place in (1.0, 0.98, 0.95, 0.9, 0.7):
        root = shutil.copytree(letter, tmp_path / f"{place}")
        with chdir(root), intruding(intruder, root, edit, int(steps[0] * place)):
            run("publish", "draft", code=None)
        with chdir(root):
            run("publish")
        is_public = (root / "public/issues/other/index.html").is_file()
        assert is_public == (steps[0] > 0), place  # the first time nobody edits, and the steps are counted
        steps = steps if steps[0] else [len(intruder.steps)]


@pytest.mark.parametrize("clash", [False, True])
def test_an_edit_is_kept_whatever_happens(letter: Path, clash: bool) -> None:
    """Another command wrote into the file while the editor was open."""
    other = f"{sys.executable} -m dispatch issue correct draft 3 'She is 61.'"
    program = letter / "editor.sh"
    program.write_text(f'#!/bin/sh\n{EDITOR} "$1"\n{f"cd {letter} && {other}" if clash else ""}\n')
    program.chmod(0o755)
    with chdir(letter):
        result = CliRunner().invoke(main, ["issue", "edit", "draft", "3"], env={"EDITOR": str(program), "VISUAL": None})
    assert ("She is 61." in text(letter, THIRD)) == clash
    assert ("of the third" in text(letter, THIRD)) == (not clash)
    kept = list((letter / ".dispatch").glob("edit-*"))
    if clash:
        assert result.exit_code == 1
        assert "somebody else changed it" in result.stderr
        assert f".dispatch/{kept[0].name}" in result.stderr
        assert "of the third" in kept[0].read_text("utf-8")
    else:
        assert result.exit_code == 0
        assert not kept


def test_without_a_terminal_and_an_editor_nothing_waits(letter: Path) -> None:
    with chdir(letter):
        result = CliRunner().invoke(main, ["issue", "edit", "draft", "3"], env={"EDITOR": None, "VISUAL": None})
    assert result.exit_code == 1
    assert "Edit issues/draft/story-3.html itself" in result.stderr


@pytest.mark.parametrize("patience", ["inf", "nan", "-1", "soon"])
def test_a_wrong_time_to_wait_is_wrong_usage(letter: Path, patience: str) -> None:
    with chdir(letter):
        assert "--wait" in run("--wait", patience, "issue", "list", code=2).stderr


def test_two_publishes_wait_for_each_other(letter: Path) -> None:
    with chdir(letter), locks.hold_lock(letter, locks.SITE, command="dispatch publish"):
        result = run("--wait", "0", "publish", code=75)
    assert f"dispatch publish (process {os.getpid()})" in result.stderr


def test_one_article_that_no_file_can_hold_costs_itself_only(letter: Path) -> None:
    (letter / "issues" / "draft" / "the-quay-2-at-dawn.md").write_text("In the way.\n", "utf-8")
    with chdir(letter):
        result = run("add", "story-1.txt", "story-2.txt", "story-3.txt", code=1)
    assert "the-quay-2-at-dawn" in result.stderr
    assert {"the-quay-1-at-dawn", "the-quay-3-at-dawn"} <= set(listed(letter))
