"""What ships is what is tested: ``make wheel-test``.

Builds the wheel out of the source archive, installs it into environments of its own, with the pip of this Python and
with the oldest that its version came with, and renders a new publication with each, in a folder where nothing of the
checkout can help. Then installs dispatch as the GitHub Action does.
"""

import ensurepip
import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import yaml

CHECKOUT = Path(__file__).parents[1]
STORY = "A small story\n\nIt has one sentence, and one author.\n"
# Its article is marked by nothing and has to be guessed, with libraries that only other libraries ask for.
PAGE = "<!doctype html><title>The pilots</title><div><a href=/>Home</a></div><div><h1>The pilots</h1>" + "".join(
    f"<p>This is paragraph {n} of a long story about the harbour, its ice and its pilots.</p>" for n in range(20)
)

# The pip that the first release of a Python came with (ensurepip).
OLDEST_PIP = {(3, 11): "22.3", (3, 12): "23.2.1", (3, 13): "24.2"}


def run(*command: str | Path, folder: Path) -> str:
    """What it prints; its failure is ours."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    ran = subprocess.run(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if ran.returncode:
        sys.exit(f"{' '.join(map(str, command))} ended with {ran.returncode}\n{ran.stdout}")
    return ran.stdout


def main() -> None:
    """Build, install, write, check, render."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, CHECKOUT, folder=folder)
        (wheel,) = folder.glob("*.whl")
        oldest = OLDEST_PIP.get(sys.version_info[:2], ensurepip.version())
        for pip in ("", oldest):
            place = folder / f"with-pip-{pip}"
            made = edited(scripts(place / "venv", wheel, pip) / "dispatch", place)
            print(f"{wheel.name}, installed by pip {pip or ensurepip.version()}: {', '.join(made)}")
            if len(made) != 7:
                sys.exit("These should have been seven editions.")
        print(f"The action installs {installed(folder / 'runner', place / 'letter')}")


def scripts(environment: Path, wheel: Path, pip: str) -> Path:
    """The programs of a new environment into which a pip has installed the wheel: this Python's, or the one given."""
    venv.create(environment, with_pip=True)
    found = environment / ("Scripts" if os.name == "nt" else "bin")
    install = ("-m", "pip", "--quiet", "--disable-pip-version-check", "install")
    if pip:
        run(found / "python", *install, f"pip=={pip}", folder=environment)
    # The versions, without their hashes: who installs a wheel by its name has none.
    pinned = re.sub(r" \\\n +--hash=\S+", "", (CHECKOUT / "requirements" / "run.txt").read_text("utf-8"))
    (environment / "versions.txt").write_text(pinned)
    run(found / "python", *install, "--constraint", environment / "versions.txt", wheel, folder=environment)
    return found


def edited(dispatch: Path, folder: Path) -> list[str]:
    """The editions of a new letter with a story and a page in it."""
    start = ("--title", "T", "--url", "https://wire.example", "--from", "t@t.example")
    run(dispatch, "init", "letter", *start, folder=folder)
    letter = folder / "letter"
    (letter / "story.txt").write_text(STORY)
    (letter / "page.html").write_text(PAGE)
    run(dispatch, "issue", "new", "One", folder=letter)
    run(dispatch, "add", "story.txt", "--author", "Ann Lee=https://wire.example/ann?a=1&b=2", folder=letter)
    run(dispatch, "add", "page.html", "--url", "https://paper.example/pilots", "--author", "Bo Roe", folder=letter)
    run(dispatch, "check", folder=letter)
    run(dispatch, "render", folder=letter)
    if b"paragraph 7 of a long story" not in (letter / "issues" / "one" / "the-pilots.html").read_bytes():
        sys.exit("The article should have been found in the page.")
    return sorted(path.name for path in (letter / "out").rglob("*.*"))


def installed(temp: Path, checkout: Path) -> str:
    """The version that the action's own step installs, run in bash as GitHub runs it."""
    steps = yaml.safe_load((CHECKOUT / "action.yml").read_text("utf-8"))["runs"]["steps"]
    script = next(step["run"] for step in steps if step.get("name") == "Install dispatch")
    known = {"PYTHON": sys.executable, "RUNNER_TEMP": str(temp), "GITHUB_ACTION_PATH": str(CHECKOUT)}
    said = [f"{name}={value}" for name, value in known.items()]
    run("env", *said, "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script, folder=checkout)
    return run(temp / "dispatch" / "bin" / "dispatch", "--version", folder=checkout).strip()


if __name__ == "__main__":
    main()
