"""What ships is what is tested: ``make wheel-test``.

Builds the wheel out of the source archive, serves it and all that it needs from an index of its own on loopback, and
installs from there by name, as every document says it: with the pip of this Python and the oldest that its version came
with, with pipx, with uv. Each is tried in a folder where nothing of the checkout can help, whose name has a space and
letters beyond ASCII. Then installs dispatch as the GitHub Action does.
"""

import ensurepip
import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

CHECKOUT = Path(__file__).parents[1]
STORY = "A small story\n\nIt has one sentence, and one author.\n"
# Its article is marked by nothing and has to be guessed, with libraries that only other libraries ask for.
PAGE = "<!doctype html><title>The pilots</title><div><a href=/>Home</a></div><div><h1>The pilots</h1>" + "".join(
    f"<p>This is paragraph {n} of a long story about the harbour, its ice and its pilots.</p>" for n in range(20)
)
# What a document or a message tells people to type, or a workflow does.
COMMAND = re.compile(
    r"\b(?:pipx|uv tool|pip) (?:install|upgrade)(?:\s--?[\w-]+)*\s[\"']?dispatch[\w.-]*(?:\[\w+])?[\"']?"
)
# The pip that the first release of a Python came with (ensurepip).
OLDEST_PIP = {(3, 11): "22.3", (3, 12): "23.2.1", (3, 13): "24.2"}


def main() -> None:
    """Build, serve, install, write, check, render."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, CHECKOUT, folder=folder)
        (wheel,) = folder.glob("*.whl")
        tools = make_scripts(folder / "tools")
        run(tools / "python", *PIP, "pipx", "uv", folder=folder)
        fill_index(folder / "index", wheel)
        with serve_index(folder / "index") as address:
            for commands in list_installs():
                place = folder / f"Größe {commands[0][0]}"
                made = install(commands, address, place, tools)
                print(f"{'; '.join(map(shlex.join, commands))}: {', '.join(made)}", flush=True)
        print(f"The action installs {install_as_action(folder / 'runner', folder)}")


PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check", "install")


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    """What it prints; its failure is ours."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    ran = subprocess.run(
        command, cwd=folder, env=inherited | environment, stdin=subprocess.DEVNULL, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
    )  # fmt: skip
    if ran.returncode:
        sys.exit(f"{' '.join(map(str, command))} ended with {ran.returncode}\n{ran.stdout}")
    return ran.stdout


def list_installs() -> list[list[list[str]]]:
    """The commands that say how to get dispatch, in all that people read and machines do; those of a program together.

    What brings the most comes first, an upgrade last.
    """
    names = subprocess.check_output(["git", "-C", CHECKOUT, "ls-files", "-z"], text=True).split("\0")
    files = (CHECKOUT / name for name in names if name and not name.startswith(("tests/", "requirements/")))
    texts = (file.read_bytes().decode("utf-8", "replace") for file in files if file.is_file())
    found = {tuple(shlex.split(one)) for text in texts for one in COMMAND.findall(text)}
    commands = sorted(map(list, found), key=lambda one: (one[0], "upgrade" in " ".join(one), "[" not in one[-1]))
    # The oldest pip, too, for whoever has never upgraded it.
    oldest = OLDEST_PIP.get(sys.version_info[:2], ensurepip.version())
    grouped = [list(group) for _, group in itertools.groupby(commands, key=lambda one: one[0])]
    return [*grouped, [[f"pip=={oldest}", "install", "dispatch-newsletter"]]]


def fill_index(folder: Path, wheel: Path) -> None:
    """Put the wheel, and in the versions of this checkout what it needs, where an index has them (PEP 503)."""
    # The versions, without their hashes: who installs a wheel by its name has none.
    pinned = re.sub(r" \\\n +--hash=\S+", "", (CHECKOUT / "requirements" / "test.txt").read_text("utf-8"))
    folder.mkdir()
    (folder / "versions.txt").write_text(pinned, "utf-8")
    with_constraint = ("--wheel-dir", folder, "--constraint", folder / "versions.txt")
    run(sys.executable, "-m", "pip", "--quiet", "wheel", *with_constraint, f"{wheel}[postgres,search]", folder=folder)
    # pipx keeps a pip of its own.
    run(sys.executable, "-m", "pip", "--quiet", "wheel", "--wheel-dir", folder, "pip", "setuptools", folder=folder)
    for file in folder.glob("*.whl"):
        name = re.sub(r"[-_.]+", "-", file.name.partition("-")[0]).lower()
        place = folder / "simple" / name / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        file.rename(place)


class Quiet(SimpleHTTPRequestHandler):
    """A folder over HTTP, without a log."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def serve_index(folder: Path) -> Iterator[str]:
    """The address of an index that has what is in the folder, and nothing else."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/simple/"
    server.shutdown()


def make_scripts(environment: Path) -> Path:
    """The programs of a new environment."""
    venv.create(environment, with_pip=True)
    return environment / ("Scripts" if os.name == "nt" else "bin")


def install(commands: Sequence[Sequence[str]], index: str, place: Path, tools: Path) -> list[str]:
    """Type what is documented, one after the other, where nothing is installed; then work with what is there."""
    place.mkdir()
    settings = {
        "PIP_INDEX_URL": index, "PIP_EXTRA_INDEX_URL": "", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull,
        "UV_DEFAULT_INDEX": index, "UV_NO_CONFIG": "1", "UV_PYTHON": sys.executable, "UV_PYTHON_DOWNLOADS": "never",
        "UV_TOOL_DIR": str(place / "uv"), "UV_TOOL_BIN_DIR": str(place / "bin"), "UV_CACHE_DIR": str(place / "cache"),
        "PIPX_HOME": str(place / "pipx"), "PIPX_BIN_DIR": str(place / "bin"), "PIPX_MAN_DIR": str(place / "man"),
        "PIPX_DEFAULT_PYTHON": sys.executable,
    }  # fmt: skip
    with_pip = commands[0][0].startswith("pip") and commands[0][0] != "pipx"
    programs = make_scripts(place / "venv") if with_pip else place / "bin"
    for program, *rest in commands:
        if "==" in program:
            run(programs / "python", *PIP, program, folder=place)
        start = (programs / "python", "-m", "pip") if with_pip else (tools / program,)
        run(*start, *rest, folder=place, **settings)
    manual = place / ("venv/share/man" if with_pip else "man") / "man1" / "dispatch-publish.1"
    if commands[0][0] != "uv" and not manual.is_file():
        sys.exit(f"There should have been a manual page: {manual}")
    made = use(programs, place)
    if any("[search]" in command[-1] for command in commands):
        search(programs, place / "letter")
    return made


def use(programs: Path, place: Path) -> list[str]:
    """The editions of a new letter with a story and a page in it; and everything else that came with the wheel."""
    dispatch = Path(shutil.which("dispatch", path=str(programs)) or sys.exit(f"there is no dispatch in {programs}"))
    start = ("--title", "T", "--url", "https://wire.example", "--from", "t@t.example")
    run(dispatch, "init", "letter", *start, folder=place)
    letter = place / "letter"
    (letter / "story.txt").write_text(STORY)
    (letter / "page.html").write_text(PAGE)
    run(dispatch, "issue", "new", "One", folder=letter)
    run(dispatch, "add", "story.txt", "--author", "Ann Lee=https://wire.example/ann?a=1&b=2", folder=letter)
    run(dispatch, "add", "page.html", "--url", "https://paper.example/pilots", "--author", "Bo Roe", folder=letter)
    run(dispatch, "check", folder=letter)
    run(dispatch, "render", folder=letter)
    if b"paragraph 7 of a long story" not in (letter / "issues" / "one" / "the-pilots.html").read_bytes():
        sys.exit("The article should have been found in the page.")
    run(dispatch, "publish", "one", "--yes", folder=letter)
    run(dispatch, "help", "byline", folder=letter)
    show(dispatch, place)
    made = sorted(path.name for path in (letter / "out").rglob("*.*"))
    if len(made) != 7:
        sys.exit("These should have been seven editions.")
    return made


def search(programs: Path, letter: Path) -> None:
    """Publish with the search of a site, which the extra of that name brings along."""
    with (letter / "dispatch.toml").open("a") as settings:
        settings.write("[site]\nsearch = true\n")
    run(programs / "dispatch", "publish", folder=letter)
    if not any(letter.glob("public/**/*.pf_*")):
        sys.exit("The site should have a search.")


def show(dispatch: Path, place: Path) -> None:
    """Make the sample publication, and stop when it is shown."""
    with subprocess.Popen(
        [dispatch, "demo", "--no-open"], cwd=place, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    ) as process:
        assert process.stdout
        page = Path(unquote(urlsplit(process.stdout.readline().strip()).path))
        preview = process.stdout.readline()
        process.kill()
    if not page.is_file() or "127.0.0.1" not in preview:
        sys.exit("The sample should have been published and previewed.")


def install_as_action(temp: Path, checkout: Path) -> str:
    """The version that the action's own step installs, run in bash as GitHub runs it."""
    steps = yaml.safe_load((CHECKOUT / "action.yml").read_text("utf-8"))["runs"]["steps"]
    script = next(step["run"] for step in steps if step.get("name") == "Install dispatch")
    known = {"PYTHON": sys.executable, "RUNNER_TEMP": str(temp), "GITHUB_ACTION_PATH": str(CHECKOUT)}
    said = [f"{name}={value}" for name, value in known.items()]
    run("env", *said, "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script, folder=checkout)
    return run(temp / "dispatch" / "bin" / "dispatch", "--version", folder=checkout).strip()


if __name__ == "__main__":
    main()
