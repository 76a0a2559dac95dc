"""The documentation does what it says: its commands are run, and it names everything that there is.

A page is run from top to bottom in a folder of its own, by a dispatch that is loaded once (README by the program that
people install). A fence with a title is a file that is written, a ``diff`` what a person changes in one, and one
whose title ends with "as it is now" what a file holds; a ``console`` fence has commands behind ``$``, each with what
it prints and, unless it is 0, the exit code. A line of three dots stands for any lines. README and the tutorial begin
in an empty folder, the guides where the tutorial ended. ``pytest tests/test_docs.py --update-golden`` writes what the
commands print into the pages.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dispatch.checks import RULES
from dispatch.cli import main
from dispatch.errors import DispatchError
from dispatch.formats import FORMATS
from dispatch.language import Language
from dispatch.looks import load_looks
from patience import PATIENCE
from wheel import list_installs

CHECKOUT = Path(__file__).parents[1]
DOCS = CHECKOUT / "docs"
README = CHECKOUT / "README.md"
TUTORIAL = DOCS / "start" / "first-newsletter.md"
PAGES = sorted(
    {README, *CHECKOUT.glob("*.md"), *(page for page in DOCS.rglob("*.md") if "node_modules" not in page.parts)}
)

FENCE = re.compile(r"^```(?P<kind>\w+)(?: title=\"(?P<file>[^\"]+)\")?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
ELLIPSIS = "..."
AS_IT_IS = ", as it is now"


def shown(page: Path) -> str:
    return page.relative_to(CHECKOUT).as_posix()


def command_and_output(body: str) -> Iterator[tuple[str, str]]:
    """The commands of a console fence, each with what stands below it."""
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        end = next(number for number, line in enumerate(lines, 1) if not line.endswith("\\\n"))
        yield "".join(lines[:end]), "".join(lines[end:])


class Desk:
    """A folder and a shell in it."""

    def __init__(self, folder: Path, *programs: Path) -> None:
        self.home = folder
        self.folder = folder
        self.path = ":".join(map(str, (*programs, Path(sys.executable).parent, os.environ["PATH"])))

    def run(self, command: str) -> str:
        """What it prints on both streams, and the exit code of a failure."""
        place = self.home / ".where"
        script = f'{command}\nstatus=$?\npwd > "{place}"\nexit $status\n'
        environment = {
            "PATH": self.path,
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "COLUMNS": "100",
        }
        ran = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
        self.folder = Path(place.read_text().strip())
        code = f"(exit code {ran.returncode})\n" if ran.returncode else ""
        return ran.stdout.replace(str(self.home), "~") + code

    def read(self, page: Path) -> str:
        """The page with what its commands print now."""
        return FENCE.sub(self._fence, page.read_text("utf-8"))

    def _fence(self, fence: re.Match[str]) -> str:
        name = (fence["file"] or "").removesuffix(AS_IT_IS)
        file = self.folder / name
        if name != (fence["file"] or ""):
            return fence[0].replace(fence["body"], as_said(fence["body"], file.read_text("utf-8")))
        if name and fence["kind"] == "diff":
            change(file, fence["body"])
        elif name:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(fence["body"], "utf-8")
        if fence["kind"] != "console":
            return fence[0]
        blocks = ((command, said, self.run(command)) for command, said in command_and_output(fence["body"]))
        return f"```console\n{''.join(f'$ {command}{as_said(said, now)}' for command, said, now in blocks)}```"


def change(file: Path, body: str) -> None:
    """Put the lines behind ``+`` in the place of those behind ``-``."""
    old, new = ("\n".join(re.findall(rf"^\{sign}(.*)$", body, re.MULTILINE)) for sign in "-+")
    text = file.read_text("utf-8")
    assert old in text, f"{file}: {old}"
    file.write_text(text.replace(old, new), "utf-8")


def as_said(said: str, now: str) -> str:
    """What was said when that still holds, for it may leave out lines; else what is printed now."""
    if now and not now.endswith("\n"):
        now += "\n"
    # How large an edition is changes with every look; that it is said does not.
    lines = (re.sub(r"\d+(?=\\ kB\b)", r"\\d+", re.escape(line)) for line in said.splitlines(keepends=True))
    pattern = "".join(r"(?:.*\n)*" if line == re.escape(f"{ELLIPSIS}\n") else line for line in lines)
    return said if re.fullmatch(pattern, now) else now


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory: pytest.TempPathFactory, warm: Path) -> Path:
    """The folder in which the tutorial was read."""
    desk = Desk(tmp_path_factory.mktemp("tutorial"), warm)
    desk.read(TUTORIAL)
    return desk.home


@pytest.mark.skipif(sys.platform == "win32", reason="the pages are written for a POSIX shell")
@pytest.mark.parametrize("page", [page for page in PAGES if "```console" in page.read_text("utf-8")], ids=shown)
def test_the_commands_of_a_page_run_and_print_what_it_says(
    page: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    desk = Desk(tmp_path) if page == README else Desk(tmp_path, request.getfixturevalue("warm"))
    if page not in {README, TUTORIAL}:
        shutil.copytree(request.getfixturevalue("tutorial"), tmp_path, dirs_exist_ok=True)
        desk.folder = tmp_path / "my-newsletter"
    now = desk.read(page)
    if request.config.getoption("update_golden"):
        page.write_text(now, "utf-8")
    assert now == page.read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_command_that_is_named_can_be_called(page) -> None:
    """Also what cannot be run here: the options of every ``dispatch ...`` in a fence are known."""
    for fence in FENCE.finditer(page.read_text("utf-8")):
        prompt = {"sh": "", "powershell": "", "console": r"\$ "}.get(fence["kind"])
        for line in re.findall(rf"^{prompt}dispatch ((?:.*\\\n)*.*)", fence["body"], flags=re.MULTILINE):
            if prompt is not None:
                parse(re.split(r" (?:[|>]|&&|\|\|) ", line.replace("\\\n", " "))[0])


def parse(line: str) -> None:
    words = [word for word in shlex.split(line, comments=True) if not re.match(r"[A-Z]+$", word)]
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, found, words = command.resolve_command(context, words)
        assert found is not None
        command, context = found, click.Context(found, parent=context, info_name=name)
    known = {
        option for parameter in command.get_params(context) for option in (*parameter.opts, *parameter.secondary_opts)
    }
    used = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    assert used <= known, f"dispatch {line}: there is no {', '.join(used - known)}"


def test_what_is_to_be_installed_is_ours() -> None:
    """The package that is called as the command is somebody else's. ``make wheel-test`` installs all of this."""
    name = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]["name"]
    installed = {command[-1] for group in list_installs() for command in group}
    assert installed == {name, f"{name}[search]"}


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_links_between_pages_lead_somewhere(page) -> None:
    for address in re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", FENCE.sub("", page.read_text("utf-8"))):
        target = "".join(address)
        if re.match(r"[a-z]+:|#", target):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path
        assert file.exists(), f"{shown(page)} leads to {target}"
        if anchor:
            assert anchor in anchors(file), f"{shown(page)} leads to {target}"


def anchors(file: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w-]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower()) for heading in headings}


def reference(name: str) -> str:
    return (DOCS / "reference" / f"{name}.md").read_text("utf-8")


def test_the_manual_pages_are_as_they_would_be_written_now() -> None:
    program = "import sys; sys.path.insert(0, sys.argv[1]); import json, man; from dispatch.cli import main\n"
    command = [sys.executable, "-c", f"{program}print(json.dumps(man.make_pages(main)))", str(DOCS)]
    written = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert {page.name: page.read_text("utf-8") for page in (DOCS / "man").iterdir()} == written, "run docs/generate.py"


@pytest.mark.needs("mandoc")
def test_the_manual_pages_are_right() -> None:
    pages = sorted((DOCS / "man").iterdir())
    said = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "warning", *pages], capture_output=True, text=True, check=False
    )
    assert [line for line in said.stdout.splitlines() if "missing date" not in line] == []
    shown = subprocess.check_output(["mandoc", "-T", "utf8", DOCS / "man" / "dispatch-author.1"], text=True)
    assert 'dispatch author rename "Ann Lee" "Alex Lee" --forget' in re.sub(".\b", "", shown)


@pytest.mark.parametrize("name", ["commands", "files", "python"])
def test_the_generated_pages_are_as_they_would_be_written_now(name: str) -> None:
    page = DOCS / "reference" / f"{name}.md"
    before = page.read_text("utf-8")
    ran = [sys.executable, str(DOCS / "generate.py"), "--print", name]
    assert subprocess.run(ran, capture_output=True, text=True, check=True).stdout == before, "run docs/generate.py"


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_in_the_reference(name) -> None:
    assert f"## `{name}`" in reference("formats")


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_in_the_reference(rule) -> None:
    assert rule in reference("checks")


@pytest.mark.parametrize("error", [DispatchError, *DispatchError.__subclasses__()])
def test_every_error_is_in_the_reference(error) -> None:
    assert f"`{error.__name__}`" in (DOCS / "help" / "errors.md").read_text("utf-8")


@pytest.mark.parametrize(
    "file", sorted((CHECKOUT / "src" / "dispatch" / "languages").glob("*.toml")), ids=lambda file: file.stem
)
def test_every_language_is_in_the_guide(file) -> None:
    assert Language.from_code(file.stem).translated
    assert f"`{file.stem}`" in (DOCS / "guides" / "languages.md").read_text("utf-8")


def test_readme_is_a_page_with_all_looks_and_the_commands_of_a_copy() -> None:
    text = README.read_text("utf-8")
    assert text.count("\n") <= 65
    assert all(re.search(rf"in the look {look}\b", text) for look in load_looks())
    assert {"make run", "make test"} <= set(re.findall(r"^make \w+", text, re.MULTILINE))
