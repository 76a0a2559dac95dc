"""The house: its floors, its rooms, and what may stand in which. Read from the imports, not from what they do."""

import ast
import re
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
    {"model", "errors", "links", "text", "slugs", "identity", "colours", "terminal", "files", "root"} | {"toml"},
    {"html", "tables", "frontmatter", "templates", "terms", "language", "report"},
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


# What asks something of a text. An error's words are for people; what a program must know of it is in its faults.
ASKING = {"splitlines", "split", "rsplit", "partition", "rpartition", "startswith", "endswith", "removeprefix"}
ASKING |= {"removesuffix", "find", "index", "count", "replace"}
PATTERNS = {"search", "match", "fullmatch", "findall", "finditer", "split", "sub"}
# tomllib says the line of what is wrong nowhere else before Python 3.14.
FOREIGN = {"toml.py"}


@every_module
def test_nobody_reads_the_words_of_an_error(path):
    """Not by name (``str(error)``, ``error.what``, ``fault.hint``, a text that was made of them), and not by parts."""
    if shown(path) in FOREIGN:
        return
    for scope in ast.walk(tree(path)):
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            assert not list(reads_of_words(scope)), f"{shown(path)}: {list(reads_of_words(scope))}"


def reads_of_words(scope: ast.AST) -> Iterator[int]:
    """The lines that search, compare or part the words of an error, or of what was caught as one."""
    caught = {node.name for node in ast.walk(scope) if isinstance(node, ast.ExceptHandler) and node.name}
    caught |= {"error", "fault"}
    texts = {
        target.id
        for node in ast.walk(scope)
        if isinstance(node, ast.Assign) and is_words(node.value, caught, set())
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(scope):
        asked: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            asked = [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            asked = [node.func.value] if node.func.attr in ASKING else []
            asked += node.args if node.func.attr in PATTERNS else []
        yield from (node.lineno for one in asked if is_words(one, caught, texts))


def is_words(node: ast.expr, caught: set[str], texts: set[str]) -> bool:
    """Whether an expression is the words of an error or of a fault, or the name of a text that is."""
    match node:
        case ast.Name(id=name):
            return name in texts
        case ast.Call(func=ast.Name(id="str" | "repr"), args=[ast.Name(id=name)]):
            return name in caught
        case ast.Attribute(attr="what" | "hint" | "message" | "args", value=value):
            inner = value.value if isinstance(value, ast.Subscript) else value
            return getattr(inner, "id", getattr(inner, "attr", "")) in caught | {"faults"}
        case ast.JoinedStr(values=values):
            parts = [part.value for part in values if isinstance(part, ast.FormattedValue)]
            return any(isinstance(part, ast.Name) and part.id in caught for part in parts)
        case ast.BoolOp(values=values):
            return any(is_words(value, caught, texts) for value in values)
    return False


@pytest.mark.parametrize(
    "reading",
    [
        "'too many parts' in error.what",
        "error.faults[0].what == 'x'",
        "'x' in str(caught)",
        "str(caught).splitlines()",
        "f'{caught}'.partition(': ')",
        "re.search('x', str(caught) or '')",
        "PLACED.fullmatch(words)",
        "fault.hint.startswith('x')",
        "words.split()",
        "[line for line in str(caught).splitlines()]",
    ],
)
def test_a_relapse_would_be_seen(reading):
    text = f"def work():\n try: pass\n except E as caught:\n  words = str(caught)\n  {reading}\n"
    assert list(reads_of_words(ast.parse(text)))


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


# Facts, not sentences: the words for people are made at the edge, and nobody reads them back.

WORDS = {"message", "what", "hint"}  # attributes that hold a sentence: of errors, faults and changes
MAKERS = {"write_message", "write_hint"}
# Who shows findings to people; all of cli may.
EDGES = {"review/markdown.py", "server/preview/app.py"}
# What one does with a text to find out what it says.
READING = {"startswith", "endswith", "find", "index", "count", "partition", "rpartition", "split", "rsplit"}
READING |= {"removeprefix", "removesuffix", "search", "match", "fullmatch", "findall", "finditer"}


def is_sentence(node: ast.AST) -> bool:
    """Whether an expression is a sentence for people: one that report makes, or the words of an error or a fault."""
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", getattr(node.func, "attr", "")) in MAKERS
    return isinstance(node, ast.Attribute) and node.attr in WORDS


def read_back(module: ast.Module) -> Iterator[int]:
    """The lines on which a sentence is looked into: compared, searched or taken apart."""
    for node in ast.walk(module):
        if isinstance(node, ast.Compare):
            looked_at = [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READING:
            looked_at = [node.func.value, *node.args]
        elif isinstance(node, ast.Subscript):
            looked_at = [node.value]
        else:
            continue
        if any(map(is_sentence, looked_at)):
            yield node.lineno


@every_module
def test_nobody_reads_a_sentence_back(path):
    if room(path) not in {"cli", "report"}:
        assert not list(read_back(tree(path))), shown(path)


@pytest.mark.parametrize(
    "relapse",
    [
        "found = [one for one in all if ' leads to ' in one.what]",
        "'too many parts' in error.message",
        "places.findall(finding.hint)",
        "finding.hint.partition(': ')",
        "write_message(one).startswith('The road')",
        "report.write_message(one) == other",
        "re.search('“(.*)”', write_message(one))",
        "error.message[:4]",
    ],
)
def test_a_relapse_would_be_caught(relapse):
    assert list(read_back(ast.parse(relapse)))


@every_module
def test_only_the_edges_make_sentences_of_findings(path):
    used = {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)} & MAKERS
    assert not used or room(path) in {"cli", "report"} or shown(path) in EDGES


def test_a_finding_holds_facts():
    fields = list(dispatch.model.Finding.__dataclass_fields__)
    assert fields == ["rule", "severity", "subject", "place", "values"]


@every_module
def test_what_a_check_hands_over_is_a_fact_not_a_sentence(path):
    """The values of a finding are taken from the issue and its editions; no words are put around them."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "finding":
            texts = [text for value in node.keywords for text in ast.walk(value) if isinstance(text, ast.Constant)]
            worded = [text.value for text in texts if isinstance(text.value, str) and len(text.value.split()) > 3]
            assert not worded, f"{shown(path)}:{node.lineno} {worded}"


# What is answered in one room: what a second answer would be written with, and who may write so.
ANSWERS = {
    r"unicodedata\.normalize\(": {"text.py", "slugs.py", "links.py", "server/manifest.py", "checks/attribution.py"},
    r"\[\^a-z0-9\]": {"slugs.py"},
    r"startswith\(f?.?\{?(?:self\.)?publication\.url": {"identity.py"},
    r"links\.canonical\(": {"identity.py"},
    # The checks part texts into words of their own, which share nothing with what they judge.
    r"\.casefold\(\)": {"text.py", "checks/words.py", "checks/claims.py"},
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_is_the_same_and_what_is_ours_has_one_answer(answer: str) -> None:
    assert {shown(path) for path in MODULES if re.search(answer, path.read_text("utf-8"))} <= ANSWERS[answer]
