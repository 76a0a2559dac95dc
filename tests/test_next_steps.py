"""What a command says comes next works where it is pasted; what somebody tries is answered with what does it."""

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

import dispatch
from api_server import api_server
from commands import find_command, list_commands, run_dispatch
from dispatch.cli import COMMANDS, main
from dispatch.cli.other_words import INSTEAD, OPTIONS
from dispatch.text import quote_word
from listmonk_api import Listmonk
from loopback import item, rss, web
from patience import PATIENCE
from test_docs import parse

PASTED = re.compile(r"(?:^|\. )(?:Next|Then|To [\w ]+): ((?:dispatch|cd) .+)$", re.MULTILINE)
ENDLESS = ("dispatch serve", "dispatch preview")  # they go on until Ctrl-C
SHELLS = [shell for shell in ("bash", "zsh", "fish", "pwsh") if shutil.which(shell)]
STORY = "A small story\n\nIt has one sentence, and one author.\n"
WORDS = [
    "a b",
    "a'b",
    'a"b',
    "$HOME",
    "`id`",
    "a\\b",
    "!x",
    "100%",
    "“Łódź”",
    "l’été d'or",
    "a&b",
    "(x)",
    "*",
    "~",
    "#",
    "",
]


@pytest.mark.skipif(sys.platform == "win32", reason="the warm program is for POSIX")
@pytest.mark.parametrize("shell", SHELLS)
def test_every_next_step_works_where_it_is_pasted(shell: str, tmp_path: Path, warm: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "COLUMNS": "40", "DISPATCH_SERVICE_KEY": "dispatch:s3cret"}
    entered: list[str] = []
    pasted: dict[str, str] = {}  # what was printed

    def paste(command: str) -> str:
        """What it prints, and all that this says comes next, done too, each once."""
        is_endless = command.startswith(ENDLESS)
        programs = Path(sys.executable).parent if is_endless else warm  # what is warm is not ours to end
        with subprocess.Popen(
            [shell, "-c", "\n".join([*entered, command])], cwd=tmp_path, stdin=subprocess.DEVNULL,
            env=environment | {"PATH": f"{programs}:{os.environ['PATH']}"}, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True,
        ) as process:  # fmt: skip
            assert process.stdout
            if is_endless:
                said = process.stdout.readline()
                os.killpg(process.pid, signal.SIGKILL)
                assert "http://127.0.0.1:" in said or "in use" in said  # another may serve on this machine
            else:
                said, _ = process.communicate(timeout=PATIENCE)
                assert process.returncode == 0, f"{command}\n{said}"
        assert "&&" not in command
        entered.extend([command] if command.startswith("cd ") else [])
        pasted[command] = said
        return said + "".join(paste(one) for one in PASTED.findall(said) if one not in pasted)

    folder = tmp_path / "Größe 1 & l'été"
    (folder / "posts").mkdir(parents=True)
    (folder / "story.txt").write_text(STORY, "utf-8")
    (folder / "readers.csv").write_text("email\nann@wire.example\n", "utf-8")
    start = f"dispatch init {quote_word(folder.name)} --title T --url https://wire.example --from t@wire.example"
    assert "added “A small story”" in paste(start)
    with web() as site:
        site.pages["/feed"] = rss(item("a"), item("b"))
        assert "2 new" in paste(f"dispatch source add {site.url('/feed')} --kind feed --allow-private --key feed")
    assert "No issue is published yet" in paste("dispatch publish")
    assert "dispatch unpublish" not in paste("dispatch unpublish the-title-of-your-first-issue --yes")
    assert "added “" in paste("dispatch inbox show 1")
    assert "dispatch inbox restore 2" in paste("dispatch inbox dismiss 2")
    paste('dispatch issue new "The title" --from-inbox')
    paste("dispatch issue credit the-title 1 --author 'Ann Lee'")
    said = paste("dispatch publish the-title --yes")
    assert "dispatch serve" in said
    assert "public/" in said
    paste('dispatch author rename "Ann Lee" "Ann Roe"')
    paste("dispatch template copy masthead.html")
    paste("dispatch render the-title --format text")
    paste("dispatch subscriber import readers.csv --confirmed forms")
    paste("dispatch render the-title --format eml --output message.eml")
    with api_server(Listmonk()) as service, (tmp_path / folder / "dispatch.toml").open("a") as file:
        file.write('\n[delivery]\ntest = "desk@wire.example"\n')
        file.write(f'[delivery.listmonk]\nurl = "{service.url}"\nlists = 1\n')
        file.flush()
        paste("dispatch send the-title --via listmonk")
    paste("dispatch withdraw the-title 1 --yes --without-copy --because Wrong.")
    said = "\n".join(one for printed in pasted.values() for one in PASTED.findall(printed))
    assert [one for one in list_next_commands() if not re.search(f"^{one}", said, re.MULTILINE)] == []


def list_next_commands() -> set[str]:
    """How each command begins that print_next says somewhere in the code: one that is new is pasted here, too."""
    found = set()
    for path in sorted((Path(dispatch.__file__).parent / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print_next":
                texts = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
                found |= {re.escape(text) for text in texts if isinstance(text, str) and text.startswith("dispatch")}
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="the program is for POSIX")
@pytest.mark.parametrize("shell", SHELLS)
def test_a_quoted_word_is_one_in_every_shell(shell: str, tmp_path: Path) -> None:
    echo = tmp_path / "echo-words"
    echo.write_text("#!/bin/sh\nprintf '[%s]' \"$@\"\n")
    echo.chmod(0o755)
    script = f"{echo} {' '.join(map(quote_word, WORDS))}"
    ran = subprocess.run([shell, "-c", script], capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert ran.stdout == "".join(f"[{word}]" for word in WORDS)


@pytest.mark.parametrize("word", INSTEAD)
def test_what_people_try_is_answered_with_what_does_it(word: str, tmp_path: Path) -> None:
    said = run_dispatch(tmp_path, *word.split(), code=2).stderr
    assert said.endswith(f"There is no command “{word}”. For that: {INSTEAD[word]}\n")
    parse(INSTEAD[word].removeprefix("dispatch "))


def test_no_answer_hides_a_command() -> None:
    assert not INSTEAD.keys() & {*COMMANDS, *list_commands()}


@pytest.mark.parametrize(
    ("tried", "answer"),
    [
        ("publsh", "Did you mean: dispatch publish"),
        ("Publish", "Did you mean: dispatch publish"),
        ("issue rm", "Did you mean: dispatch issue remove"),
        ("issue create", "Did you mean: dispatch issue new"),
        ("source del", "Did you mean: dispatch source remove"),
        ("inbox lst", ""),
        ("zzz", ""),
    ],
)
def test_a_wrong_word_is_answered_with_the_nearest(tried: str, answer: str, tmp_path: Path) -> None:
    assert run_dispatch(tmp_path, *tried.split(), code=2).stderr.strip().endswith(answer or f"“{tried}”.")


@pytest.mark.parametrize(
    ("tried", "answer"),
    [
        ("publish one --to folder", "There is no option “--to” here. Did you mean: --output"),
        ("publish one --when 2026-12-01", "Did you mean: --at"),
        ("publish one --force", "Did you mean: --yes"),
        ("publish one --ouput folder", "Did you mean: --output"),
        ("publish one --zz", "See: dispatch publish --help"),
        ("issue new X --lang de", "See: dispatch issue new --help"),
        ("--zz", "See: dispatch --help"),
    ],
)
def test_a_wrong_option_is_answered_with_the_one_that_does_it(tried: str, answer: str, tmp_path: Path) -> None:
    assert run_dispatch(tmp_path, *tried.split(), code=2).stderr.strip().endswith(answer)


def test_options_that_people_try_lead_to_options_that_there_are() -> None:
    known = {
        option.removeprefix("--")
        for words in list_commands()
        for parameter in find_command(words).params
        for option in parameter.opts
    }
    assert {option for options in OPTIONS.values() for option in options} <= known


@pytest.mark.parametrize("command", COMMANDS)
def test_help_explains_each_command(command: str, tmp_path: Path) -> None:
    explained = run_dispatch(tmp_path, "help", command).stdout
    assert f"Usage: dispatch {command}" in explained


@pytest.mark.parametrize(
    "word",
    "newsletter subscribers unsubscribe schedule upgrade backup windows proxy docker faq photo image mailchimp".split(),
)
def test_help_knows_the_words_that_people_bring(word: str, tmp_path: Path) -> None:
    assert len(run_dispatch(tmp_path, "help", word).stdout) > 20


def test_help_explains_words(tmp_path: Path) -> None:
    assert run_dispatch(tmp_path, "help", "Front", "matter").stdout.startswith("The lines between two ---")
    assert "dispatch publish" in run_dispatch(tmp_path, "help", "build").stdout
    listed = run_dispatch(tmp_path, "help").stdout
    assert "Usage: dispatch" in listed
    assert "byline" in listed
    assert run_dispatch(tmp_path, "help", "bylin", code=2).stderr.strip().endswith("dispatch help byline")
    assert run_dispatch(tmp_path, "help", "x" * 99, code=2).stderr.strip().endswith("dispatch help")


@pytest.mark.parametrize(
    ("word", "said"),
    [("markdown", "[words](https://wire.example) for a link"), ("docker", "see “Install” in the documents.")],
)
def test_help_keeps_examples_and_names_pages(word: str, said: str, tmp_path: Path) -> None:
    assert said in " ".join(run_dispatch(tmp_path, "help", word).stdout.split())


def test_what_other_words_lead_to_is_in_the_glossary(tmp_path: Path) -> None:
    for wanted in sorted({one.removeprefix("dispatch help ") for one in INSTEAD.values() if " help " in one}):
        if not wanted.isupper():
            assert "Usage" not in run_dispatch(tmp_path, "help", *wanted.split()).stdout


def test_who_publishes_a_site_without_an_issue_is_told_which(letter: Path) -> None:
    said = run_dispatch(letter, "publish").stderr
    assert said.endswith("No issue is published yet, so the site has none.\nNext: dispatch publish a-draft\n")
    run_dispatch(letter, "publish", "a-draft", "--yes")
    assert "Next" not in run_dispatch(letter, "publish").stderr


@pytest.mark.parametrize(
    ("location", "hint"),
    [
        ("story.txt", "Save the article under this name first"),
        ("story", "Save the article under this name first"),
        ("paper.example", "write https:// in front"),
        ("paper.example/story.html", "write https:// in front"),
    ],
)
def test_a_file_that_is_not_there_yet_is_told_from_an_address(location: str, hint: str, letter: Path) -> None:
    assert hint in run_dispatch(letter, "add", location, code=1).stderr


@pytest.mark.parametrize("command", ["source list", "gather", "inbox"])
def test_who_has_no_sources_is_told_how_to_get_one(command: str, letter: Path) -> None:
    assert "No sources yet. Add one: dispatch source add ADDRESS" in run_dispatch(letter, *command.split()).stderr


def test_a_list_of_sources_is_no_source(letter: Path) -> None:
    said = run_dispatch(letter, "source", "add", "feeds.opml", code=1).stderr
    assert said.endswith("Hint: Import a list: dispatch source import feeds.opml\n")


def test_who_asks_for_the_choices_is_told_how_to_choose(letter: Path) -> None:
    (letter / "story.txt").write_text(
        "A story\n\nBy Ann Lee\n\nThe ice breaks early, and the pilots say so.\n", "utf-8"
    )
    run_dispatch(letter, "add", "story.txt")
    said = run_dispatch(letter, "issue", "credit", "a-draft", "1").stderr
    assert "to settle it: dispatch issue credit a-draft a-story --choice 1" in said
    run_dispatch(letter, "issue", "credit", "a-draft", "a-story", "--choice", "1")
    assert "settle" not in run_dispatch(letter, "issue", "credit", "a-draft", "1").stderr


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--url", "wire.example", "--url: must be an absolute address"),
        ("--from", "t@@wire.example", "--from: must be an address as The Wire"),
        ("--language", "english", "--language: “english” is not a language"),
        ("--timezone", "Berlin", "--timezone: no time zone is called “Berlin”, did you mean “Europe/Berlin”?"),
    ],
)
def test_what_is_wrong_in_init_is_an_option(option: str, value: str, said: str, tmp_path: Path) -> None:
    given = {"--title": "T", "--url": "https://wire.example", "--from": "t@wire.example", option: value}
    words = [word for pair in given.items() for word in pair]
    assert f"Error: {said}" in run_dispatch(tmp_path, "init", "letter", *words, code=1).stderr
    assert not (tmp_path / "letter").exists()


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A publication with a draft."""
    run_dispatch(
        tmp_path, "init", "letter", "--title", "T", "--url", "https://wire.example", "--from", "t@wire.example"
    )
    run_dispatch(tmp_path / "letter", "issue", "new", "A draft")
    return tmp_path / "letter"


def test_help_is_a_command_as_click_knows_it() -> None:
    assert isinstance(main.get_command(click.Context(main), "help"), click.Command)
