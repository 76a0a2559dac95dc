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
from wording import MAKERS, find_readers

SRC = Path(dispatch.__file__).parent
MODULES = sorted(SRC.rglob("*.py"))

# A module imports from lower floors only, or from its own folder.
FLOORS = (
    {"model", "errors", "links", "text", "slugs", "identity", "colours", "terminal", "files", "root"} | {"toml"},
    {"html", "tables", "frontmatter", "templates", "terms", "language", "report"},
    {"readers", "formats", "checks", "nouns", "schemas"},
    {"archive_files", "archives", "config", "fetch", "git", "hubs", "inbox", "issues", "ledger", "pictures"}
    | {"searching", "server", "smtp", "sources"},
    {"gather", "compose", "render", "check", "locate", "review"},
    {"publish"},
    {"desk"},
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
    "starlette": ("server", "desk"),
    "trafilatura": "readers/body",
    "uvicorn": ("server", "desk"),
    "watchfiles": "desk/updates",
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


# Facts, not sentences: the words for people are made at the edge, and nobody reads them back.

FINDERS = {"finding", "as_finding"}  # what makes a finding
# Who shows findings to people; all of cli may.
EDGES = {"review/markdown.py", "desk/app.py"}
# tomllib says the line of what is wrong nowhere else before Python 3.14.
FOREIGN = {"toml.py"}


@every_module
def test_nobody_reads_words_that_were_made_for_people(path):
    if shown(path) not in FOREIGN:
        assert find_readers(tree(path)) == [], shown(path)


@pytest.mark.parametrize(
    "relapse",
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
        "found = [one for one in all if ' leads to ' in one.what]",
        "places.findall(finding.hint)",
        "finding.hint.partition(': ')",
        "write_message(one).startswith('The road')",
        "report.write_message(one) == other",
        "re.search('“(.*)”', write_message(one))",
        "error.message[:4]",
        "any('author' in note for note in post.notes)",
        "'x' in '; '.join(post.notes)",
        "'the archive names no author' in post.notes",
        "post.held == 'x'",
        "visit.error.startswith('404')",
        "KINDS[left.reason]",
        "KINDS.get(left.reason)",
        "HELD.match((note := post.held).lower())",
        "note = post.held\n  if note.casefold().endswith('draft'): pass",
        "for note in (*post.notes, *others):\n   if 'x' in note: pass",
        "match post.held:\n   case 'x': pass",
        "lambda: 'x' in caught.args",
    ],
)
def test_a_relapse_would_be_seen(relapse):
    text = f"def work():\n try: pass\n except E as caught:\n  words = str(caught)\n  {relapse}\n"
    assert find_readers(ast.parse(text))


@pytest.mark.parametrize("relapse", ["found = 'x' in error.what", "[one for one in posts if one.held == 'x']"])
def test_a_relapse_outside_functions_would_be_seen(relapse):
    assert find_readers(ast.parse(relapse))
    assert find_readers(ast.parse(f"class Work:\n {relapse}"))


@pytest.mark.parametrize(
    "fact",
    ["fault.reason == 'too-many-parts'", "post.held and show(post.held)", "visit.error is None", "one.rule == 'x'"],
)
def test_a_fact_may_be_asked(fact):
    assert find_readers(ast.parse(fact)) == []


@every_module
def test_only_the_edges_make_sentences_of_findings(path):
    used = {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)} & MAKERS
    assert not used or room(path) in {"cli", "report"} or shown(path) in EDGES


def test_a_finding_holds_facts():
    fields = list(dispatch.model.Finding.__dataclass_fields__)
    assert fields == ["rule", "severity", "subject", "place", "values"]


def find_worded(module: ast.Module) -> Iterator[int]:
    """The lines that make a finding with words around its facts, or with a text for one that is not there."""
    for call in ast.walk(module):
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in FINDERS:
            values = (node for keyword in call.keywords for node in ast.walk(keyword.value))
            yield from (call.lineno for node in values if is_worded(node))


def is_worded(node: ast.AST) -> bool:
    if isinstance(node, ast.BoolOp):
        return any(isinstance(value, ast.Constant) and isinstance(value.value, str) for value in node.values)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value.split()) > 3


@every_module
def test_what_a_check_hands_over_is_a_fact_not_a_sentence(path):
    """The values of a finding are taken from the issue and its editions; what is not there is None."""
    assert list(find_worded(tree(path))) == [], shown(path)


@pytest.mark.parametrize(
    "call",
    [
        "finding(RULE, 'x', found=url or 'nothing')",
        "finding(RULE, 'x', size=length or '')",
        "finding(RULE, 'x', found=f'it does not lead to {url}')",
        "one.as_finding(RULE, why='it is not there')",
    ],
)
def test_words_in_a_finding_would_be_seen(call):
    assert list(find_worded(ast.parse(call)))


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
