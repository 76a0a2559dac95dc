"""The publication moves to another address: it is the same one, every id stays, and every old address leads on."""

import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import feedparser
import pytest
from click.testing import Result

from commands import run_dispatch
from dispatch import config, issues, ledger
from dispatch.errors import ConfigError
from test_moved import number

Dispatch = Callable[..., Result]
OLD, NEW = "https://wire.example", "https://new.example/news"


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A publication with two published issues, each with an article of its own, in git."""
    root = tmp_path / "letter"
    config.create_publication(root, title="The Wire", url=OLD, sender="The Wire <desk@wire.example>")
    with (root / "dispatch.toml").open("a", encoding="utf-8") as file:
        file.write('\n[feeds]\neach = ["author", "source"]\n')
    for slug in ("one", "two"):
        issues.create_issue(config.load(root), number(slug, own=True))
    (root / "issues" / "two" / "issue.md").write_text(
        (root / "issues" / "two" / "issue.md").read_text("utf-8").replace("number: 7", "number: 8"), "utf-8"
    )
    return root


@pytest.fixture
def dispatch(letter: Path) -> Dispatch:
    made = partial(run_dispatch, letter)
    made("publish", "one")
    made("publish", "two")
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "one"]):
        who = ("-c", "user.name=A", "-c", "user.email=a@wire.example")
        subprocess.run(["git", *who, *words], cwd=letter, check=True, capture_output=True)
    return made


def move(letter: Path, *former: str, url: str = NEW) -> None:
    file = letter / "dispatch.toml"
    lines = [
        line for line in file.read_text("utf-8").splitlines(keepends=True) if not line.startswith(("url", "former"))
    ]
    said = [f'url = "{url}"\n', *([f"former_urls = {list(former)}\n"] if former else [])]
    file.write_text("".join([*said, *lines]), "utf-8")


def read_ids(letter: Path) -> dict[str, list[str]]:
    """By feed, its own id and those of its entries, as a reader that is not ours sees them."""
    found = {}
    for path in sorted((letter / "public").rglob("*.atom")):
        feed = feedparser.parse(path.read_bytes())
        found[path.relative_to(letter / "public").as_posix()] = [feed.feed.id, *(entry.id for entry in feed.entries)]
    return found


def test_nothing_is_delivered_again_and_every_link_leads_to_the_new_place(dispatch: Dispatch, letter: Path) -> None:
    before = read_ids(letter)
    assert len(before) > 5
    move(letter, OLD)
    for slug in ("one", "two"):
        assert "ids." not in dispatch("check", slug).stdout
    dispatch("publish")
    assert read_ids(letter) == before
    public = letter / "public"
    for path in (path for path in public.rglob("*") if path.is_file()):
        said = path.read_bytes().replace(f"<id>{OLD}/".encode(), b"")  # a feed's own id is what it was
        assert OLD.encode() not in said, path
    assert f'href="{NEW}/feed.atom"' in (public / "feed.atom").read_text("utf-8")


def test_it_may_move_again_and_back(dispatch: Dispatch, letter: Path) -> None:
    before = read_ids(letter)
    third = "https://third.example"
    within = f"{OLD}/wire"
    served = (OLD, NEW, third, OLD, within, OLD)
    for times, url in enumerate(served[1:], 1):
        former = list(dict.fromkeys(served[:times]))
        move(letter, *former, url=url)
        dispatch("publish")
        assert read_ids(letter) == before
        assert {
            one.url.partition("/issues/")[0]
            for one in ledger.read_records(config.load(letter))
            if "/issues/" in one.url
        } == {url}
        assert not (letter / "public" / "former" / url.removeprefix("https://") / "nginx.conf").exists()


@pytest.mark.parametrize(
    "place", ["/../../x", "/a/..", "/a;return", "/$host", '/"a', "/{a}", "@evil.example", "\\..\\x"]
)
@pytest.mark.parametrize("key", ["url", "former_urls"])
def test_no_address_leads_out_of_its_folder_or_of_its_line(letter: Path, key: str, place: str) -> None:
    wrong = f"{OLD}{place}".replace("\\", "\\\\").replace('"', '\\"')
    move(letter, *([OLD] if key == "url" else [NEW]))
    file = letter / "dispatch.toml"
    text = file.read_text("utf-8")
    file.write_text(
        text.replace(NEW if key == "url" else f"['{NEW}']", wrong if key == "url" else f'["{wrong}"]'), "utf-8"
    )
    with pytest.raises(ConfigError) as caught:
        config.load(letter)
    assert [fault.place.key.partition("[")[0] for fault in caught.value.faults] == [key]


def test_the_old_host_leads_each_address_to_its_own(dispatch: Dispatch, letter: Path) -> None:
    move(letter, OLD)
    dispatch("publish")
    former = letter / "public" / "former" / "wire.example"
    assert (former / "_redirects").read_text("utf-8") == f"/* {NEW}/:splat 301\n"
    assert f"rewrite ^/(.*)$ {NEW}/$1 permanent;" in (former / "nginx.conf").read_text("utf-8")


def test_without_a_word_of_it_the_way_out_is_said(dispatch: Dispatch, letter: Path) -> None:
    move(letter)
    said = dispatch("check", "one", code=1)
    assert f"The address of an issue was published as {OLD}/issues/one/" in said.stdout
    assert "former_urls" in said.stdout


def test_a_review_tells_the_move_once(dispatch: Dispatch, letter: Path) -> None:
    move(letter, OLD)
    dispatch("publish")
    said = dispatch("review").stdout
    assert "nothing that was published is broken" in said
    assert "dispatch.lock" not in said
    assert "moves within the site" not in said


def test_an_issue_is_corrected_like_an_article(dispatch: Dispatch, letter: Path) -> None:
    dispatch("issue", "correct", "one", "It was the wrong week.")
    dispatch("publish")
    shown = "It was the wrong week."
    public = letter / "public"
    for name in (
        "issues.xml",
        "issues.atom",
        "issues.json",
        *(f"issues/one/{one}" for one in ("index.html", "email.html", "email.txt")),
    ):
        assert shown in (public / name).read_text("utf-8"), name
    assert shown not in (public / "issues" / "two" / "index.html").read_text("utf-8")
    said = dispatch("issue", "correct", "one", "It was.", "--mends", "url", code=2).stderr
    assert "--mends is about an article" in said
    dispatch("issue", "correct", "one", "1", "2", "3", code=2)
