"""The house: its floors, its rooms, and what may stand in which. Read from the imports, not from what they do."""

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import dispatch
from dispatch import errors, model
from names import Definition, is_command, measure_names
from wording import MAKERS, find_readers

SRC = Path(dispatch.__file__).parent
MODULES = sorted(SRC.rglob("*.py"))

# What the house may have at most: today's figures, on their way to those behind them.
MOST_LINES = 55_587  # 23,000
MOST_FILES = 391  # 170
MOST_ONE_WORD = 11.0  # 50 percent of all functions
MOST_IN_MANY_ROOMS = 1.0  # 12 percent
MOST_PARTICIPLES = 0.5  # 3 percent
MOST_WITHOUT_VERB = 1  # 0 functions of a module
MOST_REPEATED_CLASSES = 0  # 0
MOST_LONG_CLASSES = 4  # 0 of more than 150 lines
MOST_LONG_COMMANDS = 3  # 0 of more than 12 lines

# A module imports from lower floors only, or from its own folder.
FLOORS = (
    {"model", "errors", "links", "text", "slugs", "identity", "colours", "files", "locks", "databases", "git", "toml"}
    | {
        "licences",
        "first_house",
        "process_limits",
        "deferred",
        "frozen",
        "shipped",
        "held_files",
        "leftovers",
        "mail_addresses",
    }
    | {"tokens", "trust", "public_keys"},
    {"model", "errors", "licences", "links", "text", "slugs", "identity", "colours"}
    | {"files", "locks", "databases", "git", "toml", "process_limits"},
    {"html", "from_mapping", "frontmatter", "templates", "derived", "language", "mail_services", "report"},
    {"looks", "commonmark"},
    {"readers", "bounces", "formats", "checks", "serialise", "schemas", "registry", "ledger_lines"},
    {"subscribers"},
    {"child", "config", "fetch", "websub", "inbox", "issues", "ledger", "pictures"}
    | {"resolver", "search_index", "serve", "smtp", "sources", "template_copies"},
    {"doctor", "gather", "compose", "render", "check", "locate", "review", "importers"},
    {"pick", "publish", "deliver"},
    {"desk"},
    {"cli"},
    {"__main__"},
)

# Each foreign library has one room: a module or a folder. Lexbor has two: what reads other people's pages, and what
# reads our own back; the renderers have none of it.
ROOMS: Mapping[str, str | tuple[str, ...]] = {
    "babel": "language",
    "certifi": "trust",
    "click": "cli",
    "css_inline": "formats/email",
    "dns": "resolver",
    "email_validator": "mail_addresses",
    "feedgen": "formats",
    "flufl": "bounces/guess",
    "h11": "serve",
    "jinja2": "templates",
    "htmldate": "readers/dates",
    "lxml": "formats",
    "markdown_it": "commonmark",
    "mdit_py_plugins": "commonmark",
    "mjml": "formats/email",
    "nh3": "html",
    "PIL": "pictures",
    "psycopg": "subscribers/postgres",
    "selectolax": ("readers", "checks/html_tree"),
    "sentencex": "html",
    "starlette": ("serve", "desk"),
    "trafilatura": "readers/body",
    "truststore": "trust",
    "uvicorn": ("serve", "desk"),
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
HEAVY = {"PIL", "jinja2", "feedgen", "babel", "lxml", "trafilatura", "htmldate", "markdown_it", "yaml", "nh3"}
HEAVY |= {"starlette", "uvicorn", "dns", "flufl", "psycopg"}
HEAVY |= {"importlib.resources", "difflib", "logging", "ssl"}
HEAVY |= {"selectolax", "sentencex", "mjml", "css_inline", "numpy", "email.message", "asyncio"}


class Import(NamedTuple):
    module: str
    """The whole name of what is imported; for ``from a import b``, a.b where that is a module of ours, else a."""
    line: int


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def imports(path: Path) -> tuple[Import, ...]:
    """Everything that a module imports, inside functions too."""
    return tuple(find_imports(path))


def find_imports(path: Path) -> Iterator[Import]:
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


def test_every_room_stands_on_a_floor() -> None:
    rooms = {room(path) for path in MODULES} - {"__init__"}
    assert rooms <= set().union(*FLOORS)


def test_a_module_imports_from_lower_floors_or_its_own_folder() -> None:
    offenders = [
        f"{shown(path)}:{line} imports {name}"
        for path in MODULES
        if room(path) != "__init__"
        for name, line in imports(path)
        if name.startswith("dispatch.") and not may_import(room(path), name.split(".")[1])
    ]
    assert offenders == []


def may_import(one: str, other: str) -> bool:
    """Whether a room may import another: from below, from beside on the ground, or from itself."""
    return floor(other) < floor(one) or floor(other) == floor(one) == 0 or other == one


def test_importers_are_known_to_their_command_and_to_what_names_it_only() -> None:
    known = {shown(path) for path in MODULES for name, _ in imports(path) if name.startswith("dispatch.importers")}
    assert {path for path in known if not path.startswith("importers/")} == {
        *("cli/import_.py", "cli/import_report.py", "cli/add.py"),
        *("cli/import_.py", "cli/import_report.py", "cli/add.py"),
    }


def test_a_foreign_library_is_known_and_has_one_room() -> None:
    offenders = [
        f"{shown(path)}:{line} imports {name}"
        for path in MODULES
        for name, line in imports(path)
        if name.split(".")[0] not in KNOWN or not shown(path).startswith(ROOMS.get(name.split(".")[0], ""))
    ]
    assert offenders == []


def test_renderers_and_checks_share_no_parser() -> None:
    barred = {
        "checks": {"lxml", "nh3", "feedgen", "jinja2", "mjml", "feedparser", "trafilatura"}
        | {"dispatch.html", "dispatch.templates", "dispatch.formats"},
    }
    offenders = [
        f"{shown(path)}:{line} imports {name}"
        for path in MODULES
        for name, line in imports(path)
        if {name, name.split(".")[0]} & barred.get(room(path), set() if room(path) == "readers" else {"selectolax"})
    ]
    assert offenders == []


def test_a_module_is_short() -> None:
    counted = {shown(path): path.read_text("utf-8").count("\n") for path in MODULES}
    assert [f"{name} has {lines} lines: split it by noun" for name, lines in counted.items() if lines > 300] == []


def test_a_class_is_short() -> None:
    offenders = [
        f"{shown(path)}:{node.lineno} {node.name} has {length} lines: it is two"
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and (length := count_lines(node.body) + 1) > 150
    ]
    assert len(offenders) <= MOST_LONG_CLASSES, offenders


def test_a_command_parses_makes_one_call_and_prints() -> None:
    offenders = [
        f"{shown(path)}:{node.lineno} {node.name} has {length} lines"
        for path in MODULES
        if room(path) == "cli"
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and any(map(is_command, node.decorator_list))
        if (length := count_lines(node.body[1:] if ast.get_docstring(node) else node.body)) > 12
    ]
    assert len(offenders) <= MOST_LONG_COMMANDS, offenders


def count_lines(body: list[ast.stmt]) -> int:
    """From where the first begins to where the last ends."""
    return ((body[-1].end_lineno or 0) - body[0].lineno + 1) if body else 0


def test_a_name_says_what_is_inside() -> None:
    parts = {part.removesuffix(".py") for path in MODULES for part in path.relative_to(SRC).parts}
    assert parts & EMPTY_NAMES == set()


FIGURES = measure_names(SRC)


@pytest.mark.parametrize(
    ("some", "most"),
    [
        (FIGURES.one_word, MOST_ONE_WORD),
        (FIGURES.in_many_rooms, MOST_IN_MANY_ROOMS),
        (FIGURES.participles, MOST_PARTICIPLES),
    ],
    ids=["one word", "in more than three rooms", "participles"],
)
def test_names_explain_themselves(some: tuple[Definition, ...], most: float) -> None:
    assert FIGURES.share(some) <= most, "\n".join(map(str, some))


def test_a_function_of_a_module_has_a_verb() -> None:
    assert len(FIGURES.without_verb) <= MOST_WITHOUT_VERB, "\n".join(map(str, FIGURES.without_verb))


def test_a_class_name_exists_once() -> None:
    assert len(FIGURES.repeated_classes) <= MOST_REPEATED_CLASSES, "\n".join(map(str, FIGURES.classes_twice))


def test_the_house_is_small() -> None:
    assert FIGURES.lines <= MOST_LINES
    assert FIGURES.files <= MOST_FILES


def test_only_commands_ask_for_the_time() -> None:
    offenders = [
        f"{shown(path)}:{node.lineno}"
        for path in MODULES
        if room(path) != "cli"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and clock(node)
    ]
    assert offenders == []


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


def test_only_config_reads_the_environment_and_no_global_changes() -> None:
    offenders = [
        f"{shown(path)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Global)
        or (
            isinstance(node, ast.Attribute)
            and node.attr in {"environ", "getenv", "environb"}
            and room(path) not in {"config", "git"}
            and shown(path) != "subscribers/database.py"
        )
    ]
    assert offenders == []


def test_what_is_outside_is_pure() -> None:
    """Readers, formats, checks and the pure stages reach for no file, no network and no other process."""
    pure = {"importers", "readers", "formats", "checks", "compose", "render", "check", "html", "links", "model"}
    barred = {"io", "os", "pathlib", "random", "shutil", "socket", "subprocess", "tempfile", "urllib.request"}
    offenders = [
        f"{shown(path)}:{line} imports {name}"
        for path in MODULES
        if room(path) in pure and shown(path) != "importers/export_files.py"
        for name, line in imports(path)
        if name in barred and not (room(path) == "model" and name == "pathlib")
    ]
    assert offenders == []


@pytest.mark.parametrize(
    ("arguments", "needs"),
    [
        *((words, ()) for words in ("--version", "--help", "add --help", "desk --help", "issue new --help")),
        *((words, ()) for words in ("send --help", "source list")),
        ("issue list", {"yaml"}),
    ],
)
def test_start_up_loads_nothing_that_it_does_not_use(arguments: str, needs: Collection[str]) -> None:
    program = f"""
import sys
from dispatch.cli import main
try:
    main({arguments.split()})
finally:
    print(*sys.modules, file=sys.stderr)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(ran.stderr.split())
    assert "click" in loaded
    assert loaded & HEAVY == set(needs)
    ours = {importlib.import_module(name) for name in loaded if name.partition(".")[0] == "dispatch"}
    assert [line for module in ours for line in find_compiled(Path(str(module.__file__)))] == []


def find_compiled(path: Path) -> Iterator[str]:
    """What a module compiles when it is imported, though nobody may need it: patterns, and methods of dataclasses."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses":
            frozen = any("frozen=True, slots=True" in ast.unparse(one) for one in find_decorators(path))
            if frozen and "dataclass" in {alias.name for alias in node.names}:
                yield f"{shown(path)}:{node.lineno}: a frozen dataclass has its decorator from dispatch.frozen"
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile" and path.name != "deferred.py":
            yield f"{shown(path)}:{node.lineno}: re.compile, and not defer_pattern"


def find_decorators(path: Path) -> Iterator[ast.expr]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            yield from node.decorator_list


@pytest.mark.parametrize("package", ["compose", "html", "issues"])
def test_a_package_has_what_is_asked_of_it(package: str) -> None:
    """Its rooms are imported when a name of theirs is asked for: what its table lacks fails only then."""
    found = importlib.import_module(f"dispatch.{package}")
    asked = {
        node.attr
        for path in MODULES
        if f"dispatch.{package}" in {name for name, _ in imports(path)}
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == package
    }
    assert len(asked) > 10
    assert [name for name in sorted(asked) if not hasattr(found, name)] == []
    with pytest.raises(AttributeError, match="nothing_of_that_name"):
        _ = found.nothing_of_that_name


def test_the_package_names_its_nouns_and_errors() -> None:
    assert dispatch.Article is model.Article
    assert dispatch.IssueError is errors.IssueError
    with pytest.raises(AttributeError):
        _ = dispatch.nothing_of_that_name


# Facts, not sentences: the words for people are made at the edge, and nobody reads them back.

FINDERS = {"make_finding", "as_finding"}  # what makes a finding
# Who shows findings to people; all of cli may.
EDGES = {"review/markdown.py", "desk/app.py"}
# tomllib says the line of what is wrong nowhere else before Python 3.14; PostgreSQL says more than one.
FOREIGN = {"toml.py", "subscribers/postgres.py"}


def test_nobody_reads_words_that_were_made_for_people() -> None:
    offenders = {shown(path): find_readers(tree(path)) for path in MODULES if shown(path) not in FOREIGN}
    assert {name: lines for name, lines in offenders.items() if lines} == {}


def test_a_relapse_would_be_seen() -> None:
    relapses = [
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
    ]
    texts = [f"def work():\n try: pass\n except E as caught:\n  words = str(caught)\n  {one}\n" for one in relapses]
    assert [text for text in texts if not find_readers(ast.parse(text))] == []


def test_a_relapse_outside_functions_would_be_seen() -> None:
    relapses = ["found = 'x' in error.what", "[one for one in posts if one.held == 'x']"]
    texts = [*relapses, *(f"class Work:\n {relapse}" for relapse in relapses)]
    assert [text for text in texts if not find_readers(ast.parse(text))] == []


def test_a_fact_may_be_asked() -> None:
    facts = [
        "fault.reason == 'too-many-parts'",
        "post.held and show(post.held)",
        "visit.error is None",
        "one.rule == 'x'",
    ]
    assert [fact for fact in facts if find_readers(ast.parse(fact))] == []


def test_only_the_edges_make_sentences_of_findings() -> None:
    offenders = [
        f"{shown(path)}:{node.lineno}"
        for path in MODULES
        if room(path) not in {"cli", "report"} and shown(path) not in EDGES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Name) and node.id in MAKERS
    ]
    assert offenders == []


def test_a_finding_holds_facts() -> None:
    fields = list(model.Finding.__dataclass_fields__)
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


def test_what_a_check_hands_over_is_a_fact_not_a_sentence() -> None:
    """The values of a finding are taken from the issue and its editions; what is not there is None."""
    offenders = {shown(path): list(find_worded(tree(path))) for path in MODULES}
    assert {name: lines for name, lines in offenders.items() if lines} == {}


def test_words_in_a_finding_would_be_seen() -> None:
    calls = [
        "make_finding(RULE, 'x', found=url or 'nothing')",
        "make_finding(RULE, 'x', size=length or '')",
        "make_finding(RULE, 'x', found=f'it does not lead to {url}')",
        "one.as_finding(RULE, why='it is not there')",
    ]
    assert [call for call in calls if not list(find_worded(ast.parse(call)))] == []


# What is answered in one room: what a second answer would be written with, and who may write so.
ANSWERS = {
    r"unicodedata\.normalize\(": {"text.py", "slugs.py", "links.py", "serve/paths.py", "checks/text_lines.py"},
    r"\[\^a-z0-9\]": {"slugs.py"},
    r"startswith\(f?.?\{?(?:self\.)?publication\.url": {"identity.py"},
    r"links\.canonical\(": {"identity.py"},
    # The checks part texts into words of their own, which share nothing with what they judge.
    r"\.casefold\(\)": {"text.py", "checks/vocabulary.py", "checks/wrong_credits.py"},
}


def test_what_is_the_same_and_what_is_ours_has_one_answer() -> None:
    offenders = [
        f"{shown(path)} has {answer}"
        for path in MODULES
        for answer, rooms in ANSWERS.items()
        if shown(path) not in rooms and re.search(answer, path.read_text("utf-8"))
    ]
    assert offenders == []
