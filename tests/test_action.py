"""The GitHub Action of this repository, run as GitHub runs it: its own shell lines, in bash, in a real repository."""

import hashlib
import re
import subprocess
import sys
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from loopback import item, rss, web
from test_review import FIRST, HOSTILE, Repository, acts_nowhere, plain

CHECKOUT = Path(__file__).parents[1]
ACTION = yaml.safe_load((CHECKOUT / "action.yml").read_text("utf-8"))
STEPS = [step for step in ACTION["runs"]["steps"] if "run" in step]
RUN = next(step for step in STEPS if step.get("id") == "dispatch")
# GitHub runs them on Linux; on Windows the paths of a real runner would be other ones.
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the action runs in a POSIX shell")
INPUT = r"\$\{\{ inputs\.([\w-]+) \}\}"
GUIDE = CHECKOUT / "docs" / "guides" / "reviewing.md"


class Ran(NamedTuple):
    code: int
    log: str
    summary: str
    outputs: dict[str, str]


class Runner:
    """A runner of GitHub's, as far as an action sees it."""

    def __init__(self, workspace: Path, temp: Path, programs: Path = Path(sys.executable).parent) -> None:
        self.workspace = workspace
        self.temp = temp
        (temp / "dispatch" / "bin").mkdir(parents=True)
        # Where the step before it would have installed this dispatch: make wheel-test runs that.
        (temp / "dispatch" / "bin" / "dispatch").symlink_to(programs / "dispatch")

    def run(self, **inputs: str) -> Ran:
        """The action's main step with these inputs; the others are the defaults."""
        given = {name: str(row["default"]) for name, row in ACTION["inputs"].items()}
        base = inputs.pop("GITHUB_BASE_REF", "")
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        files = {name: self.temp / name.lower() for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
        for file in files.values():
            file.write_text("")
        (self.temp / "script.sh").write_text(RUN["run"], "utf-8")
        environment = {
            **{name: given[re.fullmatch(INPUT, said)[1]] for name, said in RUN["env"].items()},
            **{name: str(file) for name, file in files.items()},
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.temp),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_ACTION_PATH": str(CHECKOUT),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_ACTIONS": "true",
            "GITHUB_BASE_REF": base,
        }  # fmt: skip
        shell = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(self.temp / "script.sh")]
        ran = subprocess.run(
            shell, cwd=self.workspace, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        summary, output = (file.read_text("utf-8") for file in files.values())
        return Ran(ran.returncode, ran.stdout, summary, outputs(output))


def outputs(text: str) -> dict[str, str]:
    """What GitHub reads of an output file: ``name=value``, or ``name<<end`` and lines until that end."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, sign, end = re.fullmatch(r"([\w-]+)(=|<<)(.*)", line).groups()
        body = [end] if sign == "=" else list(takewhile(lambda line, end=end: line != end, lines))
        found[name] = "\n".join(body)
    return found


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "letter")


@pytest.fixture
def runner(repository: Repository, tmp_path: Path, warm: Path) -> Runner:
    return Runner(repository.top, tmp_path / "temp", warm)


def test_a_good_pull_request(repository: Repository, runner: Runner) -> None:
    repository.change("the-ferry.md", "at noon", "at two")
    repository.commit()
    ran = runner.run(GITHUB_BASE_REF="main")
    assert ran.code == 0, ran.log
    assert plain(ran.summary)[0] == "Ready: 1 change, every byline and link intact."
    assert ran.outputs["review"] == ran.summary.rstrip("\n")
    assert Path(ran.outputs["file"]).read_text("utf-8") == ran.summary


def test_a_pull_request_that_breaks_a_published_byline_fails_and_says_so(
    repository: Repository, runner: Runner
) -> None:
    repository.publish()
    do, line = FIRST["an author is another"]
    do(repository)
    repository.commit()
    ran = runner.run(base="main")
    assert ran.code == 1
    assert plain(ran.summary)[:2] == ["Stop: 1 byline is broken.", line]
    assert ran.outputs["review"] == ran.summary.rstrip("\n")


def test_a_base_that_is_not_there_is_told_in_the_log(runner: Runner) -> None:
    ran = runner.run(base="--output=/etc/passwd")
    assert ran.code == 1
    assert "git knows no “--output=/etc/passwd”" in ran.log


def test_check_annotates_the_files(repository: Repository, runner: Runner) -> None:
    assert runner.run(command="check").code == 0
    repository.change(
        "the-ferry.md", "https://wire.example/people/ann", "https://wire.example/people/ann\ncertainty: likely"
    )
    ran = runner.run(command="check", issue="bridges")
    assert ran.code == 1
    assert "::error file=issues/bridges/the-ferry.md,line=7,title=editorial.certainty::" in ran.log


def test_check_looks_at_every_issue_that_the_pull_request_changes(repository: Repository, runner: Runner) -> None:
    repository.run("issue", "new", "Quiet", "--slug", "quiet")
    repository.commit()
    assert "issues/bridges" not in runner.run(command="check", GITHUB_BASE_REF="main").log
    repository.change(
        "the-ferry.md", "https://wire.example/people/ann", "https://wire.example/people/ann\ncertainty: likely"
    )
    repository.commit()
    ran = runner.run(command="check", GITHUB_BASE_REF="main")
    assert ran.code == 1
    assert "::error file=issues/bridges/the-ferry.md" in ran.log
    assert "issues/quiet/issue.md" in ran.log
    assert runner.run(command="check", GITHUB_BASE_REF="-x").code == 0  # the newest, which is quiet


def test_what_is_strict_fails_for_a_warning_too(repository: Repository, runner: Runner) -> None:
    repository.run("issue", "new", "Quiet", "--slug", "quiet")
    assert "::warning " in runner.run(command="check", issue="quiet").log
    assert runner.run(command="check", issue="quiet", strict="true").code == 1


def test_the_inbox_is_gathered_for_everybody(repository: Repository, runner: Runner) -> None:
    with web() as site:
        site.pages["/feed"] = rss(item("a"))
        repository.run("source", "add", site.url("/feed"), "--no-fetch", "--key", "tide", "--allow-private")
        repository.run("source", "add", site.url("/gone"), "--no-fetch", "--key", "gone", "--allow-private")
        ran = runner.run(command="check", issue="bridges", gather="true")
    assert ran.code == 0
    assert "::warning::some sources" in ran.log
    assert len(list((repository.root / "inbox" / "tide").glob("*.json"))) == 1


def test_what_is_due_is_published_and_what_fails_keeps_back_neither_it_nor_the_site(
    repository: Repository, runner: Runner
) -> None:
    issue = repository.root / "issues" / "bridges" / "issue.md"
    issue.write_text(re.sub("^status: .*", "status: scheduled", issue.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    empty = "---\nid: tag:wire.example,2026:empty\ntitle: Empty\ndate: 2026-01-01\nstatus: scheduled\n---\n"
    (repository.root / "issues" / "empty").mkdir()
    (repository.root / "issues" / "empty" / "issue.md").write_text(empty, "utf-8")
    assert runner.run(command="publish").code == 0
    assert "status: scheduled" in issue.read_text("utf-8")
    ran = runner.run(command="publish", due="true")
    assert ran.code == 1
    assert "issues/empty/issue.md: has no articles" in ran.log
    assert "status: published" in issue.read_text("utf-8")
    assert (Path(ran.outputs["folder"]) / "issues" / "bridges" / "index.html").is_file()


def test_publish_writes_the_public_folder_and_says_where(repository: Repository, runner: Runner) -> None:
    ran = runner.run(command="publish", issue="bridges", output="out/the site")
    assert ran.code == 0, ran.log
    folder = Path(ran.outputs["folder"])
    assert folder == repository.root / "out" / "the site"
    assert (folder / "issues" / "bridges" / "index.html").is_file()
    assert runner.run(command="publish", output="public").code == 0


def test_a_folder_within_the_repository(tmp_path: Path, warm: Path) -> None:
    repository = Repository(tmp_path / "all", "my letter")
    FIRST["an author is another"][0](repository)
    ran = Runner(repository.top, tmp_path / "temp", warm).run(folder="my letter", base="main")
    assert ran.code == 0, ran.log
    assert plain(ran.summary)[1] == FIRST["an author is another"][1]


def test_no_other_command(runner: Runner) -> None:
    ran = runner.run(command="init; touch sprung")
    assert ran.code == 2
    assert "::error::command must be check, review or publish" in ran.log


@pytest.mark.parametrize("words", ['$(touch sprung)`touch sprung`; touch sprung; " && touch sprung; "', "--edition=x"])
def test_no_input_becomes_shell_or_an_option(repository: Repository, runner: Runner, words: str) -> None:
    for command in ("check", "review", "publish"):
        ran = runner.run(command=command, issue=words, base=words)
        assert ran.code != 0, ran.log
    assert runner.run(command="publish", output=f"out/{words.replace('/', '')}").code == 0
    assert not list(repository.top.rglob("sprung"))


def test_a_hostile_text_ends_no_output(repository: Repository, runner: Runner) -> None:
    # That no title acts in the review is tried with each of them where the review is made.
    title = HOSTILE[0].replace(": ", ":")
    repository.change("the-ferry.md", "nobody cancelled", f"nobody {title}")
    repository.change("the-ferry.md", "at noon", "\n\n".join(["at", *HOSTILE[1:], "EOF\nfile=/etc/passwd\n::error::x"]))
    ran = runner.run(base="main")
    assert set(ran.outputs) == {"file", "review"}
    assert ran.outputs["file"] == str(runner.temp / "review.md")
    acts_nowhere(ran.outputs["review"])
    assert "::error" not in ran.log


def test_no_file_of_the_checkout_passes_for_a_module(repository: Repository, tmp_path: Path) -> None:
    runner = Runner(repository.top, tmp_path / "temp")  # with the program that is installed
    for name in ("json", "click", "dispatch", "yaml", "subprocess", "venv", "pip"):
        repository.write(f"{name}.py", "raise SystemExit('sprung')")
    ran = runner.run(base="main")
    assert ran.code == 0, ran.log
    lines = [line for step in STEPS[:2] for line in step["run"].splitlines() if "$PYTHON" in line or "/python" in line]
    assert all(" -I " in line for line in lines)
    assert len(lines) == 3


def test_the_caches_are_named_after_what_is_in_them(tmp_path: Path) -> None:
    output = tmp_path / "output"
    environment = {
        "PYTHON": sys.executable,
        "GITHUB_ACTION_PATH": str(CHECKOUT),
        "GITHUB_OUTPUT": str(output),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(tmp_path),
    }
    shell = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", STEPS[0]["run"]]
    subprocess.run(shell, env=environment, check=True, cwd=tmp_path)
    said = outputs(output.read_text("utf-8"))
    hashed = b"".join((CHECKOUT / "requirements" / name).read_bytes() for name in ("build.txt", "run.txt"))
    assert said["requirements"] == hashlib.sha256(hashed).hexdigest()
    assert Path(said["pip"]).is_absolute()
    cached = [step for step in ACTION["runs"]["steps"] if step.get("uses", "").startswith("actions/cache@")]
    pip, inbox = (step["with"]["path"] for step in cached)
    assert pip == "${{ steps.caches.outputs.pip }}"
    assert inbox == "${{ inputs.folder }}/.dispatch/inbox.sqlite"  # and nothing of the subscribers beside it


def test_nothing_is_written_into_a_script() -> None:
    assert len(STEPS) == 3
    for step in STEPS:
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


@pytest.mark.needs("shellcheck")
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step["name"])
def test_shellcheck_finds_nothing(step: dict[str, str]) -> None:
    command = ["shellcheck", "--shell=bash", "-"]
    ran = subprocess.run(command, input=f"set -eo pipefail\n{step['run']}", capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_the_guide_has_every_input_and_output() -> None:
    guide = GUIDE.read_text("utf-8")
    for name in (*ACTION["inputs"], *ACTION["outputs"]):
        assert f"| `{name}` |" in guide
