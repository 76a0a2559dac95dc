"""What GitHub runs for this repository: pinned, with few permissions, on all that pyproject.toml promises."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

CHECKOUT = Path(__file__).parents[1]
FOLDER = CHECKOUT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]


def read_workflow(name: str) -> dict[str, Any]:
    """The workflow's jobs by name."""
    jobs: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8"))["jobs"]
    return jobs


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_digest_with_their_version_beside(workflow: Path) -> None:
    used = re.findall(r"uses: (.*)", workflow.read_text("utf-8"))
    assert used
    assert [one for one in used if not re.fullmatch(r"[\w/.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_read_and_a_job_says_what_more_it_may(workflow: Path) -> None:
    read = yaml.safe_load(workflow.read_text("utf-8"))
    assert read["permissions"] == {"contents": "read"}
    # What comes with a push or a pull request is never part of a script: it reaches the shell through the environment.
    scripts = [step.get("run", "") for job in read["jobs"].values() for step in job["steps"]]
    assert [script for script in scripts if "${{" in script] == []


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
    checked = "".join(step.get("run", "") for step in jobs["build"]["steps"])
    assert f"dist/{PROJECT['name'].replace('-', '_')}-$version-py3-none-any.whl" in checked
