"""Tab completes the publication's own names, in the shells that people have; each of them is asked."""

import os
import subprocess
import sys
from pathlib import Path
from select import select

import pytest

from commands import find_command, list_commands, run_dispatch
from dispatch.cli.completion import complete_article, complete_issue, complete_section
from patience import PATIENCE
from terminals import read_some

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="these shells are for POSIX")
PEOPLE = '[jerry-jackson]\nname = "Jerry Jackson"\n[li]\nname = "Li, Wei & Söhne"\n'
SOURCE = '[[sources]]\nkey = "the-paper"\ntitle = "The Paper"\nurl = "https://paper.example"\n'
# What is typed before Tab, and what stands there afterwards, as the shell needs it.
TYPED = {
    "issue show who": "issue show who-pays",
    "issue remove who-pays the-f": "issue remove who-pays the-ferry",
    "issue correct who-pays the-f": "issue correct who-pays the-ferry",
    "issue move who-pays the-ferry --to who": "issue move who-pays the-ferry --to who-pays",
    "source remove t": "source remove the-paper",
    "author show jer": "author show jerry-jackson",
    "author show Je": "author show Jerry\\ Jackson",
    'author show "Je': 'author show "Jerry Jackson"',
    "issue section rename who-pays Els": "issue section rename who-pays Elsewhere\\ too",
    "add story.txt --section Els": "add story.txt --section Elsewhere\\ too",
    "template copy email-fo": "template copy email-foot.mjml",
}
# How each shell is told to print what stands on its line, and to end.
REPORT = {
    "bash": """PS1='> '; report() { echo "[$READLINE_LINE]"; exit; }; bind -x '"\\C-g": report'""",
    "zsh": "PS1='> '; report() { print -r -- \"[$BUFFER]\"; exit }; zle -N report; bindkey '^G' report; "
    "autoload -Uz compinit; compinit -u -D",
}


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A publication with an issue that has two sections, a source and two people."""
    run_dispatch(
        tmp_path, "init", "letter", "--title", "T", "--url", "https://wire.example", "--from", "t@wire.example"
    )
    root = tmp_path / "letter"
    with (root / "authors.toml").open("a", encoding="utf-8") as people:
        people.write(PEOPLE)
    with (root / "dispatch.toml").open("a", encoding="utf-8") as settings:
        settings.write(SOURCE)
    run_dispatch(root, "issue", "new", "Who pays, and who does not", "--slug", "who-pays")
    for title, section in (("The bridge", "Bridges"), ("The ferry", "Elsewhere too")):
        (root / "story.txt").write_text(f"{title}\n\nIt is there.\n", "utf-8")
        run_dispatch(root, "add", "story.txt", "--author", "Ann Lee", "--section", section)
    return root


def ask(folder: Path, *words: str) -> list[str]:
    """What is offered for the last word, as fish is told it: each with what it shows beside it."""
    asked = {"_DISPATCH_COMPLETE": "fish_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": words[-1]}
    command = [str(Path(sys.executable).with_name("dispatch"))]
    ran = subprocess.run(command, cwd=folder, env=os.environ | asked, capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    return [line.removeprefix("plain,").replace("\t", " | ") for line in ran.stdout.splitlines() if line]


def press_tab(shell: str, folder: Path, typed: str) -> str:
    """What stands on the line of a shell at a terminal, once something was typed and Tab pressed."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    program = Path(sys.executable).parent
    plain = {"PATH": f"{program}:{os.environ['PATH']}", "HOME": str(folder), "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    bare = ["--norc", "--noprofile"] if shell == "bash" else ["-f"]
    with subprocess.Popen(
        [shell, *bare, "-i"], cwd=folder, env=plain, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        setting = f'{REPORT[shell]}; eval "$(_DISPATCH_COMPLETE={shell}_source dispatch)"; echo set-$((1))'
        shown = b""
        try:
            for keys, until in ((f"{setting}\n", b"set-1\r\n"), (f"dispatch {typed}\t\x07", b"]\r\n")):
                os.write(ours, keys.encode())
                while until not in shown:
                    assert select([ours], [], [], PATIENCE)[0], shown
                    more = read_some(ours)
                    assert more, shown
                    shown += more
        finally:
            process.kill()
            os.close(ours)
    return shown.decode("utf-8", "replace").rpartition("[dispatch ")[2].partition("]\r\n")[0].rstrip()


@POSIX
@pytest.mark.parametrize("shell", [*REPORT.keys() - {"zsh"}, pytest.param("zsh", marks=pytest.mark.needs("zsh"))])
def test_tab_completes_names_as_the_shell_needs_them(shell: str, letter: Path) -> None:
    done = {typed: press_tab(shell, letter, typed) for typed in TYPED}
    assert done == TYPED


@POSIX
@pytest.mark.needs("fish")
def test_fish_completes_names_whole(letter: Path) -> None:
    program = Path(sys.executable).parent
    script = "_DISPATCH_COMPLETE=fish_source dispatch | source; complete -C 'dispatch author show L'"
    environment = os.environ | {"PATH": f"{program}:{os.environ['PATH']}", "HOME": str(letter)}
    ran = subprocess.run(
        ["fish", "-c", script], cwd=letter, env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "Li, Wei & Söhne\n"


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("issue show ", ["who-pays | Who pays, and who does not"]),
        ("issue remove who-pays the", ["the-bridge | The bridge", "the-ferry | The ferry"]),
        ("issue remove who the-f", ["the-ferry | The ferry"]),  # the issue's name may be shortened
        ("source remove ", ["the-paper | The Paper"]),
        ("author show l", ["li | Li, Wei & Söhne"]),
        ("issue section move who-pays ", ["Bridges", "Elsewhere too"]),
        ("issue show nothing", []),
    ],
)
def test_names_are_offered_with_what_they_are(words: str, offered: list[str], letter: Path) -> None:
    assert ask(letter, "dispatch", *words.split(" ")) == offered


def test_nothing_is_offered_and_nothing_said_where_no_publication_is(letter: Path, tmp_path: Path) -> None:
    assert ask(tmp_path, "dispatch", "issue", "show", "") == []
    (letter / "dispatch.toml").write_text("title = ", "utf-8")
    assert ask(letter, "dispatch", "issue", "show", "") == []


def test_every_name_of_something_that_there_is_can_be_completed() -> None:
    """A new command that takes an issue, an article or a section completes it as the others do."""
    named = {"issue": complete_issue, "article": complete_article, "section": complete_section}
    offenders = [
        f"{words}: {parameter.name}"
        for words in list_commands()
        for parameter in find_command(words).params
        if parameter.name in named and parameter._custom_shell_complete is not named[parameter.name]
    ]
    assert offenders == []
