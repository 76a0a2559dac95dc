"""Nothing foreign acts on a terminal or on a CI's log, whatever command prints it, on either stream."""

import json
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from commands import list_commands
from dispatch.cli import main
from dispatch.report import STYLES
from dispatch.text import escape_line, format_json
from loopback import Web, rss, web
from patience import wait_until
from serving import served

# A text of a pull request, a feed or a server. GitHub obeys the first as a line of its own, the second wherever it is.
TEXT = (
    "Tale\n::error file=README.md::FORGED\r\n \u3000::error::FORGED\r##[error]FORGED\u2028::error::FORGED\u2029##vso[x]"
    "\x85::add-mask::FORGED\u202eX\u2066 section_start:1:x"
)
# What begins a line where it begins what is printed.
LEADING = "::error file=README.md::FORGED"
NAME = TEXT.replace("=", " ")  # an equals sign ends a name
# What no file may hold as a text: it is quoted in an error.
CONTROLS = f"\x1b[31m\x0b{TEXT}\x0c\x1b]0;FORGED\x07"

ANNOTATION = re.compile(rb"::(?:error|warning) file=[^:,]+,(?:line=\d+,)?title=[a-z.-]+::(.*)")


def acts_nowhere(printed: bytes) -> None:
    """No line of it is a command of a CI, and no character moves the cursor, ends a line or turns the text around."""
    text = printed.decode("utf-8")
    for line in text.split("\n"):
        assert not line.strip().startswith("::"), line
        assert not re.search(r"##\w*\[", line), line
        signs = [sign for sign in line if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} and sign != "\t"]
        assert not signs, line
        assert not re.search("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", line), line


def drop_annotations(printed: bytes) -> bytes:
    """What the lines of GitHub's annotations say, each of which is one of ours, with the properties that we give it."""
    found = [ANNOTATION.fullmatch(line) for line in printed.split(b"\n") if line]
    assert all(found), printed
    return b"\n".join(line[1] for line in found if line)


def quote(text: str) -> str:
    """A text in double quotation marks, as TOML and YAML both read it."""
    return json.dumps(text).replace("\x7f", "\\u007f")


def fill(root: Path, site: Web) -> None:
    """A publication in which whatever can be foreign is hostile."""
    bad, feed = quote(TEXT), quote(site.url("/feed"))
    root.mkdir()
    (root / "dispatch.toml").write_text(
        f'title = {bad}\nurl = "https://wire.example"\neditor = {bad}\ndescription = {bad}\nsections = [{bad}]\n'
        f'[email]\nfrom = "desk@wire.example"\n[feeds]\nhub = {quote(site.url("/hub"))}\n'
        f'[[sources]]\nkey = "paper"\ntitle = {quote(LEADING)}\nfeed = {feed}\nsection = {bad}\nallow_private = true\n'
        f'[[sources]]\nkey = "gone"\ntitle = {bad}\nfeed = {quote(site.url("/gone"))}\nallow_private = true\n',
        "utf-8",
    )
    (root / "authors.toml").write_text(
        f'[ann]\nname = {bad}\nbio = {bad}\nurl = "https://people.example/ann"\n', "utf-8"
    )
    folder = root / "issues" / "defence"
    folder.mkdir(parents=True)
    (folder / "issue.md").write_text(
        f"---\nid: tag:wire.example,2026:defence\nnumber: 1\ntitle: {quote(LEADING)}\ndate: 2026-11-22\nstatus: draft\n"
        f"preheader: {bad}\nsections:\n  - title: {bad}\n    articles:\n      - one\n      - two\n---\nTK\n",
        "utf-8",
    )
    for key, title in (("one", bad), ("two", quote(LEADING))):
        (folder / f"{key}.md").write_text(
            f"---\nid: tag:wire.example,2026:{key}\nurl: {quote('https://paper.example/' + key + '?##[error]FORGED')}\n"
            f"title: {title}\ndek: {bad}\nauthors:\n  - ann\n  - name: {title}\ncredits:\n"
            f"  - {{role: {bad}, name: {bad}}}\nsource: {{title: {bad}}}\ntags: [{bad}]\nnote: {bad}\ncorrections:\n"
            f"  - {{date: 2026-11-23, text: {bad}}}\nimage: {{url: {quote('a/::b##[c].png')}}}\n---\nTK.\n",
            "utf-8",
        )
    (folder / "stray\n::error::FORGED##[error]FORGED.md").write_text("---\ntitle: X\n---\n", "utf-8")
    (root / "issues" / "no issue\n::error::FORGED\x1b[31m").mkdir()
    (root / "issues" / "no issue\n::error::FORGED\x1b[31m" / "issue.md").write_text("x", "utf-8")
    (root / "story.md").write_text(f"---\ntitle: {bad}\nauthor: {bad}\nurl: ftp://a\n---\nWords.\n", "utf-8")
    (root / "posts").mkdir()
    for name in ("2026-11-20-a\n::error::FORGED##[error]FORGED.md", "b.md"):
        (root / "posts" / name).write_text(f"---\ntitle: {bad}\nauthor: {bad}\ndate: x\n---\nWords.\n", "utf-8")
    (root / "list.opml").write_text(
        '<opml version="2.0"><body><outline text="::error::FORGED&#10;::error::FORGED"><outline type="rss" '
        'text="::error::FORGED&#10;##[error]FORGED" xmlUrl="https://b.example/feed"/></outline></body></opml>',
        "utf-8",
    )


def answer(site: Web) -> None:
    """A feed, a source that has gone, and a hub, with hostile words in all that they send."""
    bad = re.sub("[\x00-\x08\x0b-\x1f]", " ", TEXT).replace(" ", "\n")
    items = "".join(
        f"<item><title>{title}</title><link>https://paper.example/{n}?##[error]FORGED</link><guid>{bad}</guid>"
        f"<dc:creator>{bad}</dc:creator><category>{bad}</category><description>{bad}</description></item>"
        for n, title in enumerate((bad, LEADING))
    )
    site.pages["/feed"] = rss(items, title=bad)
    site.pages["/bad"] = "<rss><channel>\n::error::FORGED <::error::FORGED\n##[error]FORGED"

    def refuse(handler) -> None:  # type: ignore[no-untyped-def]
        body = TEXT.encode("utf-8")
        handler.wfile.write(
            b"HTTP/1.1 503 ::error::FORGED##[error]FORGED\x1b[31m\r\nContent-Type: ::error::FORGED\r\n"
            b"Retry-After: ::error::FORGED\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body)
        )
        handler.close_connection = True

    site.pages["/gone"] = site.pages["/hub"] = refuse


ADD = ["add", "--no-fetch", "--url", "https://x.example/", "--title"]
GATHER = ["gather"]
PEOPLE = [["subscriber", "add", "a@paper.example", "--name", LEADING, "--tag", TEXT, "--confirmed", CONTROLS]]
# The words of each command, with hostile ones where it takes some, and what is done before.
RUNS: dict[str, list[list[str]]] = {
    "init": [["x", "--title", TEXT, "--url", CONTROLS], [LEADING, "--title", "x", "--url", "https://a.example"]],
    "demo": [["demo", "issues"], ["demo", "--open", TEXT, LEADING], ["demo", f"--{LEADING}"]],
    "source add": [
        ["source", "add", TEXT],
        ["source", "add", "https://a.example", "--no-fetch", "--title", LEADING],
        ["source", "add", "https://b.example", "--no-fetch", "--key", TEXT],
        ["source", "add", "https://c.example", "--kind", LEADING],
    ],
    "source export": [["source", "export"]],
    "source import": [["source", "import", "list.opml"], ["source", "import", TEXT]],
    "source list": [["source", "list"], GATHER, ["source", "list"], ["source", "list", "--json"]],
    "source remove": [["source", "remove", LEADING], ["source", "remove", "gone"]],
    "source test": [["source", "test", "paper"], ["source", "test", "gone"], ["source", "test", TEXT]],
    "gather": [GATHER, ["gather", "--json"], ["gather", TEXT]],
    "inbox": [GATHER, ["inbox"], ["inbox", "--json"], ["inbox", "--source", LEADING], ["inbox", "--search", TEXT]],
    "inbox dismiss": [GATHER, ["inbox", "dismiss", LEADING], ["inbox", "dismiss", "1"]],
    "inbox restore": [GATHER, ["inbox", "restore", TEXT], ["inbox", "restore", "1"]],
    "inbox show": [GATHER, ["inbox", "show", "1"], ["inbox", "show", "2"], ["inbox", "show", "1", "--json"]],
    "author list": [["author", "list"], ["author", "list", "--json"]],
    "author merge": [["author", "merge", NAME, "x"], ["author", "merge", f"{NAME}={NAME}", NAME]],
    "author rename": [["author", "rename", NAME, LEADING], ["author", "rename", f"{NAME}={NAME}", TEXT]],
    "author show": [["author", "show", NAME], ["author", "show", NAME, "--json"]],
    "issue credit": [["issue", "credit", "defence", TEXT], ["issue", "credit", "defence", "two", "--author", TEXT]],
    "issue correct": [["issue", "correct", "defence", "two", TEXT], ["issue", "correct", "defence", LEADING, "x"]],
    "issue edit": [["issue", "edit", TEXT], ["issue", "edit", "defence", LEADING]],
    "issue list": [["issue", "list"], ["issue", "list", "--json"]],
    "issue move": [["issue", "move", "defence", "2", "--before", "1"], ["issue", "move", "defence", "1", "-s", TEXT]],
    "issue new": [["issue", "new", TEXT, "--slug", LEADING], ["issue", "new", LEADING, "--date", TEXT]],
    "issue section add": [["issue", "section", "add", "defence", one] for one in (TEXT, LEADING)],
    "issue section move": [["issue", "section", "move", "defence", TEXT]],
    "issue section remove": [["issue", "section", "remove", "defence", LEADING]],
    "issue section rename": [["issue", "section", "rename", "defence", LEADING, TEXT]],
    "note": [["note", "defence", "two", TEXT], ["note", "defence", LEADING, "x"]],
    "issue remove": [["issue", "remove", "defence", "1"], ["issue", "remove", "defence", TEXT]],
    "issue show": [["issue", "show"], ["issue", "show", "--json"], ["issue", "show", LEADING]],
    "add": [
        [*ADD, TEXT], [*ADD, LEADING, "--author", f"{LEADING}={LEADING}"], ["add", "story.md"], ["add", TEXT],
        ["add", "story.md", "--section", TEXT, "--title", "Other"], ["add", CONTROLS], ["add", f"--{LEADING}"],
        GATHER, ["add", "1", "2"],
    ],
    "import": [["import", "posts"], ["import", "posts", "--json"], ["import", TEXT], ["import", "x", "--site", TEXT]],
    "check": [["check", "--report", style] for style in STYLES] + [["check", LEADING], ["check", "--edition", TEXT]],
    "review": [["review", "--base", "past"], ["review", "--base", "past", "--json"], ["review", "--base", TEXT]],
    "render": [["render", "-f", "rss", "-o", f"{LEADING}/"], ["render", "-f", TEXT], ["render", LEADING]],
    "desk": [["desk", TEXT], ["desk", "--smtp", LEADING], ["desk", "--port", TEXT]],
    "preview": [["preview", TEXT], ["preview", "--smtp", LEADING], ["preview", "--port", TEXT]],
    "publish": [["publish", "defence"], ["publish", "defence", "--json"], ["publish", LEADING]],
    "ping": [["publish", "defence"], ["ping"], ["ping", "--json"], ["ping", "--hub", TEXT]],
    "withdraw": [
        ["publish", "defence"], ["withdraw", "defence", "2", "--because", TEXT], ["withdraw", TEXT],
        ["withdraw", "defence", "2", "--because", TEXT, "--yes", "--without-copy"],
    ],
    "unpublish": [["publish", "defence", "--yes"], ["unpublish", "defence"], ["unpublish", TEXT, "--yes"]],
    "serve": [["serve", "--port", TEXT], ["serve", "--host", LEADING], ["serve", "-o", "dispatch.toml"]],
    "subscriber add": [["subscriber", "add", TEXT, "--confirmed", LEADING], ["subscriber", "add", LEADING]],
    "subscriber ask": [["subscriber", "ask"], ["subscriber", "ask", TEXT], ["subscriber", "ask", LEADING]],
    "subscriber backup": [["subscriber", "backup", TEXT], ["subscriber", "backup", LEADING]],
    "subscriber move": [["subscriber", "move", TEXT, "--yes"], ["subscriber", "move", "x", TEXT]],
    "subscriber export": [["subscriber", "export", "--state", TEXT], ["subscriber", "export", "--output", LEADING]],
    "subscriber forget": [["subscriber", "forget", TEXT, "--yes"], ["subscriber", "forget", LEADING]],
    "subscriber import": [["subscriber", "import", "story.md", "--map", f"{TEXT}=name"]],
    "subscriber list": [*PEOPLE, ["subscriber", "list"], ["subscriber", "list", "--json"]],
    "subscriber remove": [["subscriber", "remove", TEXT], *PEOPLE, ["subscriber", "remove", "a@paper.example"]],
    "subscriber show": [*PEOPLE, ["subscriber", "show", "a@paper.example"], ["subscriber", "show", TEXT]],
    "subscriber tag": [*PEOPLE, ["subscriber", "tag", "a@paper.example", TEXT, "--remove", LEADING]],
    "suppression add": [["suppression", "add", TEXT], ["suppression", "add", LEADING]],
    "suppression import": [["suppression", "import", "story.md"], ["suppression", "import", TEXT]],
    "suppression list": [["suppression", "list", TEXT], ["suppression", "list", "--json"]],
    "suppression remove": [["suppression", "remove", TEXT], ["suppression", "remove", LEADING]],
    "doctor": [["doctor", "--offline"], ["doctor", "--offline", "--json"], ["doctor", "--dns", TEXT]],
    "bounces": [["bounces", TEXT], ["bounces", "story.md"], ["bounces", "story.md", "--recipient", TEXT, "--json"]],
    "send": [["send", TEXT], ["send", "defence", "--test", LEADING], ["send", "defence", "--at", TEXT]],
    "deliveries": [["deliveries"], ["deliveries", TEXT], ["deliveries", "defence", "--state", LEADING]],
    "settle": [["settle", "defence", "--as", "planned", TEXT], ["settle", TEXT, "--log", "story.md"]],
    "hold": [["hold", TEXT], ["hold", "defence"]],
    "resume": [["resume", TEXT], ["resume", "defence"]],
    "work": [["work", "--once"], ["work", TEXT]],
    "help": [["help", TEXT], ["help", LEADING], ["help", "byline"]],
    "schema": [["schema", TEXT], ["schema", LEADING]],
    "template copy": [["template", "copy", TEXT], ["template", "copy", LEADING]],
    "template diff": [["template", "diff", TEXT], ["template", "diff"]],
    "template list": [["template", "list"], ["template", "list", TEXT]],
}  # fmt: skip


@pytest.fixture(scope="module")
def site() -> Iterator[Web]:
    with web() as served:
        answer(served)
        yield served


@pytest.fixture
def root(tmp_path: Path, site: Web) -> Path:
    fill(tmp_path / "letter", site)
    return tmp_path / "letter"


def run(root: Path, *words: str) -> str:
    """Run a command, and return what it prints, which acts nowhere; it fails in words, if it does."""
    with chdir(root):
        result = CliRunner().invoke(main, words)
    acts_nowhere(drop_annotations(result.stdout_bytes) if "github" in words else result.stdout_bytes)
    acts_nowhere(result.stderr_bytes)
    assert result.exit_code in (0, 1, 2), result.exception
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result.output


def commit(root: Path) -> None:
    """Commit what is there as the branch ``past``, and change whatever a review tells of."""
    for words in (
        ["init", "-q", "-b", "past"],
        ["add", "-A"],
        ["commit", "-q", "-m", "x"],
        ["checkout", "-q", "-b", "now"],
    ):
        subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@b.example", *words], cwd=root, check=True)
    for path in (root / "issues" / "defence").glob("*.md"):
        path.write_text(
            path.read_text("utf-8").replace("Tale", "FORGED").replace("::error file", "::notice file"), "utf-8"
        )


@pytest.mark.parametrize("command", RUNS)
def test_nothing_foreign_acts(command: str, root: Path) -> None:
    if command == "review":
        commit(root)
    if command == "subscriber ask":
        with (root / "dispatch.toml").open("a", encoding="utf-8") as file:
            file.write(f"[subscribe]\nconsent = {quote(LEADING)}\n")
    assert "FORGED" in "".join(run(root, *words) for words in RUNS[command])


def test_every_command_is_tried() -> None:
    assert set(list_commands()) == set(RUNS)


def test_what_cannot_be_read_is_a_finding_in_the_style_that_was_asked_for(root: Path) -> None:
    file = root / "issues" / "defence" / "two.md"
    lines = file.read_text("utf-8").split("\n")
    lines[2] = f"url: {quote('ftp://x' + TEXT)}"
    file.write_text("\n".join([*lines[:3], "nmae: x", *lines[3:]]), "utf-8")
    (found, unknown) = json.loads(run(root, "check", "--report", "json"))
    assert (found["rule"], found["severity"], found["place"]["file"]) == (
        "files.readable",
        "error",
        "issues/defence/two.md",
    )
    assert (found["place"]["line"], unknown["place"]["line"]) == (3, 4)
    assert "ftp://x" in found["message"]
    assert run(root, "check", "--report", "github").startswith(
        "::error file=issues/defence/two.md,line=3,title=files.readable::issues/defence/two.md:3: “url”: must"
    )
    assert "`issues/defence/two.md:3` “url”: must be" in run(root, "check", "--report", "markdown")
    assert "  error: “url”: must be an absolute address" in run(root, "check")
    file.write_bytes(b"\xff")
    assert "title=files.readable" in run(root, "check", "defence", "--report", "github")
    (root / "dispatch.toml").write_text("title = 1\n", "utf-8")
    assert "file=dispatch.toml,line=1,title=files.readable" in run(root, "check", "--report", "github")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("templates/entry.html", "{% \n::error::FORGED ##[error]FORGED %}"),
        ("templates/entry.html", "{{ '\n::error::FORGED ##[error]FORGED'|nosuch }}{{ x.FORGED }}"),
        ("templates/web.html", "{{ article['\n::error::FORGED'] }}"),
        ("authors.toml", '["\\n::error::FORGED"]\nnmae = 1\n'),
        ("dispatch.toml", '["\\n::error::FORGED"]\nnmae = "::error::FORGED'),
        ("dispatch.lock", "\n::error::FORGED\tarticle\t##[error]FORGED\t-\t-\nx\t::error::FORGED\r\x1b[31m\ty\tz\t-\n"),
        ("issues/defence/issue.md", '---\n? ::error::FORGED\n: "\\n::error::FORGED\n---\n'),
        ("issues/defence/two.md", '---\n"\\n::error::FORGED": 1\n---\n'),
    ],
)
@pytest.mark.parametrize("words", ["publish defence", "check", "--debug check", "render", "issue show", "review"])
def test_what_cannot_be_read_or_rendered_acts_nowhere(file: str, text: str, words: str, root: Path) -> None:
    commit(root)
    (root / file).parent.mkdir(exist_ok=True)
    (root / file).write_text(text, "utf-8")
    run(root, *words.split())


def test_a_line_for_each_request_is_one_line(tmp_path: Path) -> None:
    with served(tmp_path, "--log") as server:
        for target in (
            b"/::error::FORGED",
            b"/%0A::error::FORGED",
            b"/##[error]FORGED",
            b"::error::FORGED",
            b"/\xe2\x80\xa8\x1b",
        ):
            server.raw(b"GET %b HTTP/1.1\r\nHost: ::error::FORGED\r\nReferer: ::error::FORGED\r\n\r\n" % target)
            server.raw(b"::error::FORGED %b HTTP/1.1\r\nHost: x\r\n\r\n" % target)
        server.ask("/last")
        wait_until(lambda: any("/last" in line for line in server.log))
    acts_nowhere("".join(server.log).encode("utf-8"))
    assert any("FORGED" in line for line in server.log)


@given(st.text(st.characters() | st.sampled_from("\n\r\t\v\f\x1c\x85\u2028\u2029\u202e\x1b:#[ \u3000"), max_size=30))
def test_no_text_acts_and_json_stays_what_it_was(text: str) -> None:
    acts_nowhere(escape_line(text).encode("utf-8"))
    assert escape_line(escape_line(text)) == escape_line(text)
    for indent in (None, 2):
        written = format_json([text, {text: text}], indent)
        acts_nowhere(written.encode("ascii"))
        assert json.loads(written) == [text, {text: text}]
