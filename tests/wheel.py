"""What ships is what is tested: ``make wheel-test``.

Builds the wheel out of the source archive, installs it into an environment of its own and renders a new publication
with it, in a folder where nothing of the checkout can help. Then installs dispatch as the GitHub Action does.
"""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import yaml

CHECKOUT = Path(__file__).parents[1]
STORY = "A small story\n\nIt has one sentence, and one author.\n"


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
        run(sys.executable, "-m", "build", "--outdir", folder, CHECKOUT, folder=folder)
        venv.create(folder / "venv", with_pip=True)
        scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        (wheel,) = folder.glob("*.whl")
        install = ("-m", "pip", "--quiet", "--disable-pip-version-check", "install")
        run(scripts / "python", *install, "--constraint", CHECKOUT / "constraints.txt", wheel, folder=folder)

        dispatch = scripts / "dispatch"
        run(
            dispatch,
            "init",
            "letter",
            "--title",
            "T",
            "--url",
            "https://wire.example",
            "--from",
            "t@t.example",
            folder=folder,
        )
        letter = folder / "letter"
        (letter / "story.txt").write_text(STORY)
        run(dispatch, "issue", "new", "One", folder=letter)
        run(dispatch, "add", "story.txt", "--author", "Ann Lee=https://wire.example/ann?a=1&b=2", folder=letter)
        run(dispatch, "check", folder=letter)
        run(dispatch, "render", folder=letter)
        made = sorted(path.name for path in (letter / "out").rglob("*.*"))
        print(f"{wheel.name}: {', '.join(made)}")
        if len(made) != 7:
            sys.exit("These should have been seven editions.")
        print(f"The action installs {installed(folder / 'runner', letter)}")


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
