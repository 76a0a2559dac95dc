"""``python tests/names.py``: how plain the names of src/dispatch are, in figures; with --list the names behind them.

Counted are all functions and methods, nested ones too, but for those that Python itself calls (``__init__``). The names
that a table of formats, readers or checks asks of every room are one name in many rooms on purpose. A room is a file.
"""

import argparse
import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

SOURCE = Path(__file__).parents[1] / "src" / "dispatch"

# What the tables FORMATS, READERS, CHECKS and IMPORTERS ask of each of their rooms.
PROTOCOLS = {"read", "render", "check", "accepts", "entry", "document"}
MOST_ROOMS = 3

# Words that end like a participle and are none, and participles that do not end so.
NO_PARTICIPLES = {"bed", "embed", "exceed", "feed", "need", "proceed", "seed", "speed", "succeed"}
IRREGULAR = set(
    """
    become begun bent bound bought broken brought built caught chosen done drawn driven eaten fallen fed felt
    forgotten found frozen given gone grown heard held hidden hung kept known laid led left lent lost made meant
    met paid proven rewritten said seen sent shown sold spent spoken stolen struck stuck sung sunk taken taught
    thought thrown told torn understood unsaid withdrawn won worn woken written
    """.split()
)

# With what the name of a function in a module begins: a verb, or what says a conversion. A missing verb is added.
VERBS = set(
    """
    abbreviate accept accepts acquire add adopt advance agrees align allow announce answer append apply approve
    archive are as ask assemble assert assign attach batch be begin bind blank bounce break build call can
    canonicalise cap change check choose claim classify clean clear clip close collapse collect combine commit
    compare compile complete compose compress compute confirm connect contain contains convert copy correct
    count create credit crop cut decide declare decode decorate deduplicate default defer delete deliver derive
    describe detect determine diff digest discard discover dismiss display distinguish divide do does download
    draft draw drop dump echo edit embed emit enable encode end enrich ensure enter enumerate escape estimate
    excerpt exclude exists expand expect expire explain export extend extract fail fetch fill filter find finish
    fit fits fix flag flatten fold follow forget format forward freeze from gather generate get give go group
    guess hand handle has hash have hide highlight hold identify ignore import include indent index infer inflate
    inherit init insert inspect install invert invite is isolate issue iterate join judge keep label launch lay
    lead leads learn leave let lighten limit link list load locate lock log look looks lower make mask map mark match
    matches may measure mend mention merge migrate minify mint move must name needs negotiate normalise note
    notice notify number omit open order override pack paint pair parse pass paste patch peel persist pick ping
    place plan post prefer prefix prepare preserve preview print process promise propose prove provide prune
    publish purge put query quote raise rank reach read reads rebuild receive recognise recommend reconcile
    record redirect reduce refer refresh refuse register reject release reload remember remind remove rename
    render renew renumber repair repeat replace reply report request require resend reserve resize resolve
    respond restore restrict resume retry return reuse revert review reword rewrite roll rotate round run sample
    sanitise save say scale scan schedule search select send separate serialise serve set settle shape share
    shift shorten should show shows shrink shut sign simplify simulate skip sleep sort spell splice split spread
    stamp start starts state stay stays stop store stream strip style submit subscribe substitute suggest sum
    summarise supply support swap take tell test thin throttle tidy to toggle touch track transform translate
    trim truncate try turn undo unescape unfold uninstall unite unlink unlock unpack unquote unsubscribe unwrap
    update upgrade upload use validate vary verify visit vote wait walk warn watch weigh widen withdraw wrap
    write yield
    """.split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A function, a method or a class, and where it is defined."""

    name: Annotated[str, "without the underscores that begin it"]
    room: Annotated[str, "the file's path below src/dispatch"]
    line: int
    in_module: Annotated[bool, "not in a class or in a function"]
    is_command: Annotated[bool, "its name is what people type"] = False

    def __str__(self) -> str:
        return f"{self.room}:{self.line} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The measured names: of each kind those that are not plain, and how many there are in all."""

    functions: int
    in_modules: Annotated[int, "functions that are not in a class or in a function"]
    files: int
    lines: int
    one_word: tuple[Definition, ...]
    in_many_rooms: Annotated[tuple[Definition, ...], "names that are defined in more than three files, commands aside"]
    participles: tuple[Definition, ...]
    without_verb: Annotated[tuple[Definition, ...], "functions of a module that do not say what they do"]
    classes_twice: Annotated[tuple[Definition, ...], "each definition of a class whose name exists more than once"]

    @property
    def repeated_classes(self) -> set[str]:
        """The class names that exist more than once."""
        return {one.name for one in self.classes_twice}

    def share(self, some: tuple[Definition, ...]) -> float:
        """What part of all functions these are, in percent."""
        return 100 * len(some) / max(1, self.functions)


def measure_names(folder: Path = SOURCE) -> Figures:
    """Read every module below a folder and measure its names."""
    sources = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*.py"))}
    functions: list[Definition] = []
    classes: list[Definition] = []
    for room, source in sources.items():
        for node, in_module in walk_definitions(ast.parse(source)):
            one = Definition(
                name=node.name.strip("_"),
                room=room,
                line=node.lineno,
                in_module=in_module,
                is_command=any(is_command(decorator) for decorator in node.decorator_list),
            )
            if isinstance(node, ast.ClassDef):
                classes.append(one)
            elif not node.name.startswith("__"):
                functions.append(one)
    rooms = group_rooms(functions)
    homes = group_rooms(classes)
    return Figures(
        functions=len(functions),
        in_modules=sum(one.in_module for one in functions),
        files=len(sources),
        lines=sum(source.count("\n") for source in sources.values()),
        one_word=tuple(one for one in functions if "_" not in one.name),
        in_many_rooms=tuple(
            one
            for one in functions
            if len(rooms[one.name]) > MOST_ROOMS and one.name not in PROTOCOLS and not one.is_command
        ),
        participles=tuple(one for one in functions if is_participle(one.name)),
        without_verb=tuple(one for one in functions if one.in_module and not one.is_command and not has_verb(one.name)),
        classes_twice=tuple(one for one in classes if len(homes[one.name]) > 1),
    )


def walk_definitions(
    node: ast.AST, in_module: bool = True
) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, bool]]:
    """Every function and class below a node, with whether it stands in the module itself."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield child, in_module
            yield from walk_definitions(child, in_module=False)
        else:
            yield from walk_definitions(child, in_module)


def group_rooms(definitions: Iterable[Definition]) -> dict[str, set[str]]:
    """The files in which each name is defined."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in definitions:
        found[one.name].add(one.room)
    return found


def is_command(decorator: ast.expr) -> bool:
    """Whether a decorator makes a command of the command line."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr in {"command", "group"}


def is_participle(name: str) -> bool:
    """Whether a name is nothing but a past participle, such as ``told``."""
    return name in IRREGULAR or ("_" not in name and name.endswith("ed") and name not in NO_PARTICIPLES)


def has_verb(name: str) -> bool:
    """Whether a name begins with a verb, says a conversion (``article_to_data``), or is one that a table asks for."""
    return name in PROTOCOLS or name.split("_")[0] in VERBS or "_to_" in name


def print_figures(figures: Figures) -> None:
    """Print a line for each figure."""
    print(f"{figures.lines} lines in {figures.files} files, {figures.functions} functions")
    for words, some in (
        ("have one word", figures.one_word),
        ("have a name that is defined in more than three rooms", figures.in_many_rooms),
        ("are a past participle", figures.participles),
    ):
        print(f"{figures.share(some):5.1f} %  {words} ({len(some)})")
    share = 100 * len(figures.without_verb) / max(1, figures.in_modules)
    print(f"{share:5.1f} %  of those in a module have no verb ({len(figures.without_verb)} of {figures.in_modules})")
    twice = sorted(figures.repeated_classes)
    print(f"{len(twice):5}    class names exist more than once: {', '.join(twice)}")


def main() -> None:
    """Print the figures of the source, or the names behind one of them."""
    kinds = ("one_word", "in_many_rooms", "participles", "without_verb", "classes_twice")
    parser = argparse.ArgumentParser(description="How plain are the names of src/dispatch?")
    parser.add_argument("--list", choices=kinds, metavar="KIND", help=f"the names behind a figure: {', '.join(kinds)}")
    asked = parser.parse_args()
    figures = measure_names()
    if asked.list:
        print(*getattr(figures, asked.list), sep="\n")
    else:
        print_figures(figures)


if __name__ == "__main__":
    main()
