"""The house: its floors, its rooms, and what may stand in which. Read from the imports, not from what they do."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import dispatch

SRC = Path(dispatch.__file__).parent
MODULES = sorted(SRC.rglob("*.py"))

# A module imports from lower floors only, or from its own folder.
FLOORS = (
    {"model", "errors", "links", "colours", "terminal", "files", "root"},
    {"html", "tables", "frontmatter", "templates", "terms", "identity", "language", "report"},
    {"readers", "formats", "checks", "nouns", "schemas"},
    {"archive_files", "archives", "config", "fetch", "git", "hubs", "inbox", "issues", "ledger", "pictures", "recipes"}
    | {"searching", "server", "smtp", "sources"},
    {"gather", "compose", "render", "check", "publish", "review"},
    {"cli"},
    {"__main__"},
)

# Each foreign library has one room: a module or a folder.
ROOMS = {
    "babel": "language",
    "brotli": "server/codings",
    "click": "cli",
    "css_inline": "formats/email",
    "email_validator": "formats/eml",
    "feedgen": "formats",
    "jinja2": "templates",
    "justhtml": "checks/page",
    "lxml": "formats",
    "markdown_it": "readers/markdown",
    "mjml": "formats/email",
    "nh3": "html",
    "PIL": "pictures",
    "selectolax": "readers",
    "sentencex": "html",
    "starlette": "server",
    "trafilatura": "readers/body",
    "uvicorn": "server",
    "watchfiles": "server/preview/watching",
    "yaml": "frontmatter",
}

# Markup is the word in which the rooms hand escaped text to one another.
KNOWN = {*ROOMS, "markupsafe", "dispatch", *sys.stdlib_module_names}

# Words that say nothing of what is inside.
EMPTY_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "manager",
    "managers",
    "service",
    "services",
    "core",
}

# What a command must not load that does not use it; each costs more than click itself.
HEAVY = {"PIL", "jinja2", "feedgen", "babel", "lxml", "trafilatura", "markdown_it", "yaml", "nh3"}
HEAVY |= {"brotli", "starlette", "uvicorn"}
HEAVY |= {"justhtml", "selectolax", "sentencex", "mjml", "css_inline", "numpy", "email.message", "asyncio"}


class Import(NamedTuple):
    module: str
    """The whole name of what is imported; for ``from a import b``, a.b where that is a module of ours, else a."""
    line: int


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imports(path: Path) -> Iterator[Import]:
    """Everything that a module imports, inside functions too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            for alias in node.names:
                whole = is_ours(node.module, alias.name)
                yield Import(f"{node.module}.{alias.name}" if whole else node.module, node.lineno)


def is_ours(package: str, name: str) -> bool:
    place = SRC.parent.joinpath(*package.split("."), name)
    return package.startswith("dispatch") and (place.is_dir() or place.with_suffix(".py").is_file())


def room(path: Path) -> str:
    """The module's place in the house: the module or folder directly under dispatch."""
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def floor(name: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if name in rooms)


def shown(path: Path) -> str:
    return path.relative_to(SRC).as_posix()


every_module = pytest.mark.parametrize("path", MODULES, ids=shown)


def test_every_room_stands_on_a_floor():
    rooms = {room(path) for path in MODULES} - {"__init__"}
    assert rooms <= set().union(*FLOORS)


@every_module
def test_a_module_imports_from_lower_floors_or_its_own_folder(path):
    if room(path) == "__init__":
        return
    for name, line in imports(path):
        if name.startswith("dispatch."):
            other = name.split(".")[1]
            below = floor(other) < floor(room(path))
            beside = floor(other) == floor(room(path)) == 0 or other == room(path)
            assert below or beside, f"{shown(path)}:{line} imports {name}"


@every_module
def test_a_foreign_library_has_one_room(path):
    for name, line in imports(path):
        place = ROOMS.get(name.split(".")[0])
        if place is not None:
            assert shown(path).startswith(place), f"{shown(path)}:{line} imports {name}"


@every_module
def test_a_foreign_library_is_known(path):
    for name, line in imports(path):
        assert name.split(".")[0] in KNOWN, f"{shown(path)}:{line} imports {name}, which has no room"


@every_module
def test_renderers_and_checks_share_no_parser(path):
    libraries = {name.split(".")[0] for name, _ in imports(path)}
    if room(path) == "checks":
        assert not libraries & {"lxml", "nh3", "selectolax", "feedgen", "jinja2", "mjml", "feedparser"}
        assert not {name for name, _ in imports(path)} & {"dispatch.html", "dispatch.templates", "dispatch.formats"}
    if room(path) == "formats":
        assert "justhtml" not in libraries


@every_module
def test_a_module_is_short(path):
    lines = path.read_text("utf-8").count("\n")
    assert lines <= 300, f"{shown(path)} has {lines} lines: split it by noun"


@every_module
def test_a_name_says_what_is_inside(path):
    assert not {part.removesuffix(".py") for part in path.relative_to(SRC).parts} & EMPTY_NAMES


@every_module
def test_only_commands_ask_for_the_time(path):
    asked = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute) and clock(node)]
    assert not asked or room(path) == "cli", [f"{shown(path)}:{node.lineno}" for node in asked]


def clock(node: ast.Attribute) -> bool:
    owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    return (owner, node.attr) in {
        ("datetime", "now"),
        ("datetime", "utcnow"),
        ("datetime", "today"),
        ("date", "today"),
        ("time", "time"),
        ("time", "localtime"),
    }


@every_module
def test_only_config_reads_the_environment(path):
    read = [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
    ]
    assert not read or room(path) == "config", f"{shown(path)}:{read}"


@every_module
def test_nothing_is_kept_in_globals_that_change(path):
    assert not [node.lineno for node in ast.walk(tree(path)) if isinstance(node, ast.Global)]


@every_module
def test_what_is_outside_is_pure(path):
    """Readers, formats, checks and the pure stages reach for no file, no network and no other process."""
    pure = {"archives", "readers", "formats", "checks", "compose", "render", "check", "html", "links", "model"}
    if room(path) not in pure:
        return
    barred = {"io", "os", "pathlib", "random", "shutil", "socket", "subprocess", "tempfile", "urllib.request"}
    found = {name for name, _ in imports(path)} & barred
    assert found <= ({"pathlib"} if room(path) == "model" else set()), f"{shown(path)} imports {found}"


@pytest.mark.parametrize("arguments", [["--version"], ["--help"]])
def test_start_up_loads_nothing_that_it_does_not_use(arguments):
    program = f"""
import sys
from dispatch.cli import main
try:
    main({arguments})
finally:
    print(*sys.modules, file=sys.stderr)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(ran.stderr.split())
    assert "click" in loaded
    assert not loaded & HEAVY


def test_the_package_names_its_nouns_and_errors():
    assert dispatch.Article is dispatch.model.Article
    assert issubclass(dispatch.IssueError, dispatch.DispatchError)
    with pytest.raises(AttributeError):
        _ = dispatch.nothing_of_that_name
