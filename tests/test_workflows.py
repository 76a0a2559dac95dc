"""What GitHub runs for this repository, and what is installed for it: pinned, with few permissions, all with a hash."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).parents[1]
FOLDER = CHECKOUT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
# Those that people copy are read too.
SAMPLE = CHECKOUT / "docs" / "hosting" / "github-pages.yml"
USING = [*WORKFLOWS, SAMPLE, CHECKOUT / "action.yml", *sorted((CHECKOUT / "docs" / "guides").glob("*.md"))]
INSTALLING = [
    *WORKFLOWS,
    CHECKOUT / "action.yml",
    CHECKOUT / "docs" / "hosting" / "Containerfile",
    CHECKOUT / "Makefile",
]
READ = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
PROJECT = READ["project"]
GROUPS: dict[str, list[str]] = READ["dependency-groups"]
REQUIREMENTS = {path.stem: path for path in sorted((CHECKOUT / "requirements").glob("*.txt"))}
PEERS = CHECKOUT / "benchmarks" / "peers" / "requirements.txt"
# What each file is for, as pyproject.toml says it.
ASKED: dict[str, list[str]] = {
    "build": [*READ["build-system"]["requires"], *GROUPS["backend"]],
    "run": PROJECT["dependencies"],
    "test": [*PROJECT["dependencies"], *GROUPS["test"]],
    "docs": GROUPS["docs"],
    "fuzz": GROUPS["fuzz"],
    "release": GROUPS["release"],
}


class Pin(NamedTuple):
    line: Requirement
    hashes: list[str]


def read_pins(path: Path) -> dict[str, Pin]:
    """What a requirements file installs, by its name. Fails at a line that is neither a requirement nor a hash."""
    found: dict[str, Pin] = {}
    for entry in re.sub(r"\\\n\s*", "", path.read_text("utf-8")).splitlines():
        line, *hashes = entry.split("--hash=")
        requirement = Requirement(line)
        found[canonicalize_name(requirement.name)] = Pin(requirement, [one.strip() for one in hashes])
    return found


def read_workflow(name: str) -> dict[str, Any]:
    """The workflow's jobs by name."""
    jobs: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8"))["jobs"]
    return jobs


def find_unpinned(text: str) -> list[str]:
    """Actions of others that are not named by digest, with their version beside."""
    used = re.findall(r"uses: (.*)", text)
    pinned = r"OWNER/dispatch@main|[\w/.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+"
    return [one for one in used if not re.fullmatch(pinned, one)]


def find_unhashed(text: str) -> Iterator[str]:
    """Commands that install something of which no hash is known: only a folder or a wheel of our own needs none."""
    for command in re.split(r"\n|&&", re.sub(r"\\\n", " ", text)):
        is_install = re.search(
            r"\$?\binstall\)? .*(--requirement|--editable|--group|GITHUB_ACTION_PATH|\s\.(\s|$))", command
        )
        if is_install and not re.search(r"--require-hashes|--no-deps", command):
            yield command.strip()


def test_what_is_not_pinned_is_found() -> None:
    """The finders themselves, on what stood here before."""
    assert find_unpinned("- uses: actions/checkout@v6\n- uses: a/b@0123456789\n") == [
        "actions/checkout@v6",
        "a/b@0123456789",
    ]
    installs = ["pip install --constraint c.txt --editable . --group test", "pip install --no-cache-dir .", "make test"]
    assert list(find_unhashed("\n".join(installs))) == installs[:2]
    assert list(find_unhashed("x=1 && pip install \\\n  --requirement a.txt")) == ["pip install    --requirement a.txt"]


@pytest.mark.parametrize("path", USING, ids=lambda path: path.stem)
def test_actions_are_pinned_by_digest_with_their_version_beside(path: Path) -> None:
    assert find_unpinned(path.read_text("utf-8")) == []


@pytest.mark.parametrize("workflow", [*WORKFLOWS, SAMPLE], ids=lambda path: path.stem)
def test_a_workflow_may_read_and_a_job_says_what_more_it_may_and_when_it_ends(workflow: Path) -> None:
    read = yaml.safe_load(workflow.read_text("utf-8"))
    assert read["permissions"] == {"contents": "read"}
    assert [name for name, job in read["jobs"].items() if not 0 < job.get("timeout-minutes", 0) <= 30] == []
    steps = [step for job in read["jobs"].values() for step in job["steps"]]
    # What comes with a push or a pull request is never part of a script: it reaches the shell through the environment.
    assert [step["run"] for step in steps if "${{" in step.get("run", "")] == []
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert [step for step in checkouts if step.get("with", {}).get("persist-credentials") is not False] == []


@pytest.mark.parametrize("path", INSTALLING, ids=lambda path: path.stem)
def test_whatever_is_installed_has_a_hash(path: Path) -> None:
    assert list(find_unhashed(path.read_text("utf-8"))) == []


@pytest.mark.parametrize("path", [*REQUIREMENTS.values(), PEERS], ids=lambda path: f"{path.parent.name} {path.stem}")
def test_a_requirement_has_one_version_and_hashes_and_names_no_host(path: Path) -> None:
    assert not re.search(r"https?:|file:|@|--(?:extra-)?index|--find-links|/", path.read_text("utf-8"))
    pins = read_pins(path)
    assert pins
    for name, (line, hashes) in pins.items():
        assert re.fullmatch(r"==[\w.!+]+", str(line.specifier)), name
        assert hashes, name
        assert [one for one in hashes if not re.fullmatch(r"sha256:[0-9a-f]{64}", one)] == [], name


@pytest.mark.parametrize("name", ASKED)
def test_what_pyproject_asks_for_is_in_its_file_and_the_same_in_all(name: str) -> None:
    pins = read_pins(REQUIREMENTS[name])
    for asked in map(Requirement, ASKED[name]):
        (specifier,) = pins[canonicalize_name(asked.name)].line.specifier
        assert asked.specifier.contains(specifier.version), asked
    tested = read_pins(REQUIREMENTS["test"])
    both = pins.keys() & tested.keys()
    assert [one for one in both if pins[one].hashes != tested[one].hashes] == []
    assert name != "run" or both == pins.keys()


def test_every_package_of_npm_has_one_version_and_a_hash_and_names_no_host() -> None:
    declared = [*CHECKOUT.glob("*/package.json"), *CHECKOUT.glob("*/*/package.json")]
    assert declared
    for path in declared:
        read = json.loads(path.with_name("package-lock.json").read_text("utf-8"))["packages"]
        own, others = read.pop(""), read
        assert own["dependencies"] == json.loads(path.read_text("utf-8"))["dependencies"], path
        assert [name for name, one in others.items() if not one.get("integrity", "").startswith("sha512-")] == [], path
        assert [name for name, one in others.items() if "resolved" in one] == [], path


def test_every_file_of_requirements_is_made_and_asked_for() -> None:
    assert REQUIREMENTS.keys() == ASKED.keys()
    makefile = (CHECKOUT / "Makefile").read_text("utf-8")
    made = re.findall(r"\$\(COMPILE\).* --output-file (\S+)", makefile)
    assert sorted(made) == sorted(path.relative_to(CHECKOUT).as_posix() for path in (*REQUIREMENTS.values(), PEERS))


DOCUMENTED = sorted(path for path in (CHECKOUT / "docs").rglob("*") if path.suffix in {".md", ".yml"})


def list_documented_workflows() -> list[str]:
    """The workflows in the guides, and those that are files."""
    texts = [path.read_text("utf-8") for path in DOCUMENTED]
    fenced = [text for page in texts for text in re.findall(r"```yaml[^\n]*\n(.*?)```", page, re.DOTALL)]
    return [text for text in (*fenced, *texts) if re.search(r"^jobs:", text, re.MULTILINE) and "```" not in text]


def test_no_workflow_runs_for_hours() -> None:
    """GitHub ends a job after six hours, unless it is told when."""
    documented = list_documented_workflows()
    assert len(documented) == 4
    for text in (*documented, *(path.read_text("utf-8") for path in WORKFLOWS)):
        jobs = yaml.safe_load(text)["jobs"]
        assert [name for name, job in jobs.items() if job["timeout-minutes"] > 30] == []
    gitlab = yaml.safe_load((CHECKOUT / "docs" / "hosting" / "gitlab-ci.yml").read_text("utf-8"))
    assert gitlab["default"]["timeout"] == "15 minutes"


def test_every_python_that_is_promised_is_tried_on_every_system() -> None:
    matrix = read_workflow("test")["tests"]["strategy"]["matrix"]
    assert f">={matrix['python'][0]}" == PROJECT["requires-python"]
    assert matrix["python"] == [f"3.{minor}" for minor in range(11, 11 + len(matrix["python"]))]
    assert {name.partition("-")[0] for name in matrix["system"]} == {"ubuntu", "macos", "windows"}


def test_a_release_is_built_once_allowed_by_a_person_and_uploaded_without_a_password() -> None:
    jobs = read_workflow("release")
    assert [name for name, job in jobs.items() if "id-token" in job.get("permissions", {})] == ["index"]
    assert jobs["index"]["needs"] == "build"
    assert jobs["index"]["environment"] == "pypi"
    assert all("run" not in step and "password" not in str(step) for step in jobs["index"]["steps"])
    checked = "\n".join(step.get("run", "") for step in jobs["build"]["steps"])
    assert "make audit sbom" in checked
    assert "-m build --no-isolation" in checked
    assert "out/sbom.cdx.json" in jobs["github"]["steps"][-1]["run"]
    assert f"dist/{PROJECT['name'].replace('-', '_')}-$version-py3-none-any.whl" in checked
