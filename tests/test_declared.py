"""What is imported is declared: by us, and by what we import, as the oldest pip of a supported Python reads it.

That pip (22.3 came with Python 3.11.0), like every one before 23.3, silently drops an extra whose name has an
underscore: justext asks for ``lxml[html_clean]``, and ``lxml_html_clean`` was not installed. So what is installed for
certain is what is required without any extra, and with no more than that every command must work.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from test_architecture import MODULES, imports

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
# A data set for Windows, and a font, are imported by nobody.
DECLARED = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]} - {"tzdata", "ttf-opensans"}
MODULES_OF = {
    module: {canonicalize_name(name) for name in names} for module, names in metadata.packages_distributions().items()
}

# A page that marks nothing; its article has to be guessed.
PAGE = "<!doctype html><title>The pilots</title><div><a href=/>Home</a></div><div><h1>The pilots</h1>" + "".join(
    f"<p>This is paragraph {n} of a long story about the harbour, its ice and its pilots.</p>" for n in range(20)
)
STORY = (
    "---\nauthor: Ann Lee\n---\n# The ferry\n\nIt came in at two. [The log](https://log.example/?a=1&b=2) says so.\n"
)

# Runs commands in one process, in which modules that are not installed for certain are not there.
PROGRAM = """
import sys
from importlib import import_module

class Barred:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in barred:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

barred = set(sys.argv[1].split())
sys.meta_path.insert(0, Barred())
for name in sys.argv[2].split():
    import_module(name)

from dispatch.cli import main

for line in sys.stdin:
    if code := main(line.rstrip("\\n").split("\\t"), standalone_mode=False):
        sys.exit(code)
"""


def required(name: str) -> Iterator[Requirement]:
    """What a distribution requires here, and what it would require with an extra of the requirement that led to it."""
    for line in metadata.requires(name) or ():
        wanted = Requirement(line)
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            yield wanted


def installed_for_certain() -> dict[str, set[str]]:
    """All that is installed with us though pip drops every extra: the extras that it drops of each."""
    found: dict[str, set[str]] = {}
    left = [Requirement(line) for line in PROJECT["dependencies"]]
    while left:
        wanted = left.pop()
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        name = canonicalize_name(wanted.name)
        if name not in found:
            left += required(name)
        found.setdefault(name, set()).update(wanted.extras)
    return found


def behind(name: str, extra: str) -> set[str]:
    """The distributions that an extra of one stands for."""
    optional = [Requirement(line) for line in metadata.requires(name) or ()]
    return {
        canonicalize_name(wanted.name)
        for wanted in optional
        if wanted.marker is not None
        and not wanted.marker.evaluate({"extra": ""})
        and any(wanted.marker.evaluate({"extra": form}) for form in (extra, canonicalize_name(extra)))
    }


def needed_by_others() -> set[str]:
    """What stands behind the extras that our requirements' requirements ask for."""
    dropped = [(name, extra) for name, extras in installed_for_certain().items() for extra in extras]
    return {name for one in dropped for name in behind(*one)}


def run(
    folder: Path, barred: set[str], *commands: tuple[str, ...], modules: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, " ".join(sorted(barred)), modules],
        cwd=folder,
        input="".join("\t".join(words) + "\n" for words in commands),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A publication with an empty issue, beside what can be added to it."""
    made = run(
        tmp_path, set(), ("init", "letter", "--title", "T", "--url", "https://wire.example", "--from", "t@t.example")
    )
    assert made.returncode == 0, made.stderr
    assert run(tmp_path / "letter", set(), ("issue", "new", "One")).returncode == 0
    (tmp_path / "letter" / "page.html").write_text(PAGE, "utf-8")
    (tmp_path / "letter" / "story.md").write_text(STORY, "utf-8")
    return tmp_path / "letter"


def test_what_is_declared_is_what_is_used() -> None:
    used = {name.split(".")[0] for path in MODULES for name, _ in imports(path)} - set(sys.stdlib_module_names)
    ours = set().union(*(MODULES_OF[name] for name in used - {"dispatch"}))
    assert ours.isdisjoint(needed_by_others())
    assert ours | needed_by_others() == DECLARED | {"psycopg"}  # an extra, loaded where DISPATCH_STORE is set


def test_every_command_works_with_what_is_installed_for_certain(letter: Path) -> None:
    certain = {*installed_for_certain(), PROJECT["name"]}
    barred = {module for module, names in MODULES_OF.items() if names.isdisjoint(certain)}
    assert {"pytest", "packaging", "pagefind", "setuptools"} & set(MODULES_OF) <= barred
    modules = " ".join(
        ".".join(("dispatch", *path.relative_to(MODULES[0].parent).with_suffix("").parts)).removesuffix(".__init__")
        for path in MODULES
        if path.stem not in ("__main__", "postgres")
    )
    ran = run(
        letter,
        barred,
        ("add", "page.html", "--url", "https://paper.example/pilots", "--author", "Bo Roe"),
        ("add", "story.md", "--url", "https://paper.example/ferry"),
        ("check",),
        ("render",),
        ("publish", "one"),
        modules=modules,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "paragraph 7 of a long story" in (letter / "issues" / "one" / "the-pilots.html").read_text("utf-8")
    assert (letter / "public" / "feed.xml").is_file()


def test_a_library_that_cannot_be_loaded_is_told_with_the_page(letter: Path) -> None:
    ran = run(letter, {"lxml_html_clean"}, ("add", "page.html"))
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert re.match(r"Error: page\.html: the page does not mark its article, .*html.clean", ran.stderr)
    assert "Hint: Install dispatch anew" in ran.stderr


def test_a_guess_that_fails_is_no_guess(letter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = letter / "broken"
    broken.mkdir()
    (broken / "trafilatura.py").write_text("def bare_extraction(*_, **__):\n    raise RecursionError\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(broken))
    ran = run(letter, set(), ("add", "page.html", "--url", "https://paper.example/pilots"))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (added,) = (letter / "issues" / "one").glob("the-pilots.*")
    assert "title: The pilots\n" in added.read_text("utf-8")
    assert "paragraph 7" in added.read_text("utf-8")  # what stands around an article is known without a guess
