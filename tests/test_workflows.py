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


DOCUMENTED = sorted(path for path in (CHECKOUT / "docs").rglob("*") if path.suffix in {".md", ".yml"})


def list_documented_workflows() -> list[str]:
    """The workflows in the guides, and those that are files."""
    texts = [path.read_text("utf-8") for path in DOCUMENTED]
    fenced = [text for page in texts for text in re.findall(r"```yaml[^\n]*\n(.*?)```", page, re.DOTALL)]
    return [text for text in (*fenced, *texts) if re.search(r"^jobs:", text, re.MULTILINE) and "```" not in text]


def test_no_workflow_runs_for_hours() -> None:
    """GitHub ends a job after six hours, unless it is told when."""
    documented = list_documented_workflows()
    assert len(documented) == 3
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
    checked = "".join(step.get("run", "") for step in jobs["build"]["steps"])
    assert f"dist/{PROJECT['name'].replace('-', '_')}-$version-py3-none-any.whl" in checked
