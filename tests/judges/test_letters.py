"""What programs say of twelve newsletters in each look: a validator, a spam filter, a mail program, a text browser."""

import json
import re
import subprocess
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

import letters
import nouns
from dispatch import check, render
from dispatch.looks import load_looks
from judges.test_markup import MODULES, complaints
from patience import PATIENCE

LOOKS = sorted(load_looks())
EVERY = [(name, look) for name in letters.LETTERS for look in LOOKS]
# Each letter once, and each look three times.
SOME = list(zip(letters.LETTERS, cycle(LOOKS), strict=False))

# What mail programs ask for, and MJML writes: no page has it. The policy of a page allows its style by its digest.
MAIL = re.compile(
    r"mso-|Attribute “xmlns:[vo]” not allowed|attribute on the “(?:td|table)” element is obsolete|“type” attribute for"
)
PAGE = re.compile(r"Inline s(?:tyle|cript) violates Content Security Policy|Trailing slash on void elements")


def write_all(folder: Path) -> None:
    for name, look in EVERY:
        issue, publication = letters.LETTERS[name](look)
        for format in nouns.PAGES:  # noqa: A001
            (folder / f"{format}-{name}-{look}.html").write_bytes(nouns.body(format, issue, publication))


def list_messages(folder: Path) -> Iterator[tuple[str, str]]:
    """What W3C's validator says of the pages of a folder, each with its file's name."""
    jar = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    ran = subprocess.run(
        ["java", "-jar", str(jar), "--format", "json", "--stdout", str(folder)],
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )
    for one in json.loads(ran.stdout)["messages"]:
        yield Path(one["url"]).name, one["message"]


@pytest.mark.needs("java", "npm:vnu-jar")
def test_the_validator_of_w3c_finds_nothing(tmp_path: Path) -> None:
    write_all(tmp_path)
    (tmp_path / "email-bad.html").write_text("<!doctype html><html lang=en><title>x</title><p><div></p></div>")
    found = [
        (name, said)
        for name, said in list_messages(tmp_path)
        if not (MAIL if name.startswith("email") else PAGE).search(said)
    ]
    assert {name for name, _ in found} == {"email-bad.html"}, found


@pytest.mark.needs("node", "npm:html-validate")
def test_html_validate_finds_nothing(tmp_path: Path) -> None:
    write_all(tmp_path)
    assert complaints(tmp_path) == []


@pytest.mark.needs("spamassassin")
@pytest.mark.parametrize(("name", "look"), SOME)
def test_spamassassin_finds_nothing(name: str, look: str, tmp_path: Path) -> None:
    ran = subprocess.run(
        ["spamassassin", "--local", "--test-mode", "--prefspath", str(tmp_path / "prefs")],
        input=nouns.body("eml", *letters.LETTERS[name](look)),
        capture_output=True,
        check=True,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    report = ran.stdout.decode().partition("Content analysis details:")[2]
    scored = [(float(points), rule) for points, rule in re.findall(r"^ *(-?[\d.]+) ([A-Z]\w+) ", report, re.MULTILINE)]
    assert scored, report
    assert [(points, rule) for points, rule in scored if points > 0] == []


def fold(text: str) -> str:
    """Words without what a terminal does to them: their spaces, and marks of direction."""
    return "".join(re.sub(r"[\u2066-\u2069\u200e\u200f]", "", text).split())


@pytest.mark.needs("w3m")
@pytest.mark.parametrize("name", letters.LETTERS)
def test_a_text_browser_shows_every_headline_and_every_name_in_order(name: str) -> None:
    issue, publication = letters.LETTERS[name]("paper")
    ran = subprocess.run(
        ["w3m", "-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8", "-cols", "80"],
        input=nouns.body("email", issue, publication),
        capture_output=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"},
    )
    shown = fold(ran.stdout.decode())
    place = shown.index(fold(issue.title))
    for article in issue.articles:
        for words in (article.title, *(author.name for author in article.authors)):
            place = shown.index(fold(words), place)


@pytest.mark.needs("mutt")
@pytest.mark.parametrize("name", letters.LETTERS)
def test_a_mail_program_of_the_terminal_shows_subject_and_every_address(name: str, tmp_path: Path) -> None:
    """Mutt prints what it would show: the plain half, decoded."""
    issue, publication = letters.LETTERS[name]("paper")
    box = tmp_path / "box"
    message = nouns.body("eml", issue, publication).replace(b"\r\n", b"\n")
    box.write_bytes(
        b"From desk@harbour.example Fri Feb 14 08:00:00 2025\n" + re.sub(rb"(?m)^From ", b">From ", message)
    )
    printed = tmp_path / "printed"
    (tmp_path / "muttrc").write_text(
        f'set folder="{tmp_path}"\n'
        f'set print=yes\nset print_decode=yes\nset print_command="cat > {printed}"\nset charset=utf-8\n'
        "set wait_key=no\nset quit=yes\nalternative_order text/plain\n"
        'push "<print-message><quit>"\n'
    )
    subprocess.run(
        ["script", "--quiet", "--return", "--command", f"mutt -n -F {tmp_path}/muttrc -R -f {box}", "/dev/null"],
        capture_output=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(tmp_path), "TERM": "xterm"},
    )
    shown = printed.read_text("utf-8")
    assert fold(f"Subject: {issue.title}") in fold(shown)
    lines = set(shown.splitlines())
    for article in issue.articles:
        assert {article.url, *(author.url for author in article.authors if author.url)} <= lines


@pytest.mark.parametrize(("name", "look"), EVERY)
def test_nothing_is_wrong_with_any_and_none_is_cut_off(name: str, look: str) -> None:
    issue, publication = letters.LETTERS[name](look)
    editions = [render.render_edition(issue, publication, format) for format in ("email", "text", "eml", "web")]  # noqa: A001
    assert len(editions[0].body) < 100_000
    found = check.findings(issue, editions, publication)
    assert [one.rule for one in found if one.severity == "error"] == []
