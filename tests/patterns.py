"""The regular expressions of src/dispatch, found in its source, and the worst texts for each.

A pattern is slow where it can match the same characters in several ways, or where it begins anew at each of them and
reads on to the end. So the worst texts are made of the pattern's own pieces: each part that may be repeated, again and
again, after what must come before it; each of its beginnings, and each of its characters, again and again.
"""

import ast
import builtins
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from re import _compiler as compiler  # type: ignore[attr-defined]
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Annotated, Any, NamedTuple

import dispatch
from dispatch.deferred import DeferredPattern

SRC = Path(dispatch.__file__).parent
LONG = 100 * 1024  # characters
# Where the flags stand in a call of the module re.
FLAGS = {"compile": 1, "search": 2, "match": 2, "fullmatch": 2, "findall": 2, "finditer": 2, "split": 3, "sub": 4}
# Where another module or a parameter applies the patterns of a module, and how. Others are tried at every character.
HANDED_ON = {"config.py": "fullmatch", "readers/json_ld.py": "fullmatch"}
# Those that try a pattern at the beginning only.
ONCE = {"match", "fullmatch"}

# For a set of characters, those of these that are in it stand for it.
CHARACTERS = "a Z0\n\t_-.,:;/<>\"'=@&#()[]{}|!?%*`~+\\é\u0661\u3042\u00a0\x00"
ENDS = ("\x00", "\n<", "")
MOST_SAMPLES = 3
MOST_PIECES = 60

Pattern = re.Pattern[str] | re.Pattern[bytes]
# An operator of a parsed pattern, and what it is applied to: Python's parser of patterns has no types.
Item = tuple[Any, Any]


class Use(NamedTuple):
    """A pattern, and how a module applies it."""

    place: Annotated[str, "the module below src/dispatch, and the line"]
    pattern: Pattern
    method: Annotated[str, "the method of the pattern that is called"]

    def measure_time(self, text: str) -> float:
        """The seconds of the processor that the pattern takes to find all that it finds."""
        subject = text.encode("utf-8", "replace") if isinstance(self.pattern.pattern, bytes) else text
        apply = getattr(self.pattern, self.method if self.method in {*ONCE, "search"} else "findall")
        begun = time.thread_time()
        apply(subject)
        return time.thread_time() - begun


class Attack(NamedTuple):
    """A text as long as one likes."""

    start: str
    piece: str
    end: str

    def write(self, size: int) -> str:
        return self.start + self.piece * max(1, size // len(self.piece)) + self.end


class Value(str):
    """What is known at run time only, a field of it too."""

    __slots__ = ()

    def __getattr__(self, name: str) -> "Value":
        return self

    def __call__(self, *_: object) -> "Value":
        return self

    def items(self) -> list[tuple[str, "Value"]]:
        """A table has a row."""
        return [("name", self)]


def find_uses() -> tuple[list[Use], list[str]]:
    """Every use of a pattern, once; and the expressions that say nothing of the pattern that they stand for."""
    uses: dict[tuple[object, int, str], Use] = {}
    compiled: list[Use] = []
    unknown: list[str] = []
    for path in sorted({*SRC.rglob("*.py")} - {*SRC.rglob("__main__.py"), SRC / "deferred.py"}):
        shown = path.relative_to(SRC).as_posix()
        name = ".".join(["dispatch", *path.relative_to(SRC).with_suffix("").parts]).removesuffix(".__init__")
        tree, known = ast.parse(path.read_text("utf-8")), vars(import_module(name))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Attribute | ast.Name) or (method := find_method(node)) not in FLAGS:
                continue
            place = f"{shown}:{node.lineno}"
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) != "re":
                named = [known.get(part.id) for part in ast.walk(node.value) if isinstance(part, ast.Name)]
                found = [Use(place, whole, method) for one in named if (whole := find_pattern(one))]
            else:
                found = list(read_call(tree, node, known, place))
                unknown += [] if found else [f"{shown}: {ast.unparse(call.args[0])}" for call in find_calls(tree, node)]
            compiled += [use for use in found if use.method == "compile"]
            uses |= {(use.pattern.pattern, use.pattern.flags, use.method): use for use in found}
    applied = {key[:2] for key in uses if key[2] != "compile"}
    every = [use for use in uses.values() if use.method != "compile"]
    for use in compiled:
        if (use.pattern.pattern, use.pattern.flags) not in applied:
            method = HANDED_ON.get(use.place.partition(":")[0], "search")
            every.append(use._replace(method=method))
    return every, unknown


def find_method(node: ast.Attribute | ast.Name) -> str:
    """The method of a pattern, or the function of the module re, that a name in the source means."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return "compile" if node.id == "defer_pattern" else ""


def find_pattern(value: object) -> Pattern | None:
    """The pattern that a module has under some name."""
    if isinstance(value, DeferredPattern):
        return compile_pattern(value.pattern, int(str(value.flags)))
    return value if isinstance(value, re.Pattern) else None


def find_calls(tree: ast.AST, function: ast.expr) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.func is function]


def read_call(
    tree: ast.Module, function: ast.Attribute | ast.Name, known: Mapping[str, object], place: str
) -> Iterator[Use]:
    """The pattern of a call of the module re, with examples for what is known at run time only."""
    for call in find_calls(tree, function):
        written = call.args[0]
        if isinstance(written, ast.Name) and written.id not in known:
            assigned = [one.value for one in ast.walk(tree) if isinstance(one, ast.Assign) and is_named(one, written)]
            written = assigned[0] if assigned else written
        method = find_method(function)
        flags = call.args[FLAGS[method] :] + [word.value for word in call.keywords if word.arg == "flags"]
        if is_told(written, known):
            flag = evaluate(flags[0], known) if flags else 0
            assert isinstance(flag, int)
            yield Use(place, compile_pattern(evaluate(written, known), flag), method)


def is_named(assignment: ast.Assign, name: ast.Name) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name.id for target in assignment.targets)


def is_told(written: ast.expr, known: Mapping[str, object]) -> bool:
    """Whether an expression has a piece of a pattern in it: a text of its own, or a constant of the module."""
    if isinstance(written, ast.Subscript):
        return False
    return any(
        isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id in known and node.id != "re")
        for node in ast.walk(written)
    )


def evaluate(written: ast.expr, known: Mapping[str, object]) -> object:
    """Evaluate an expression in its module; for a name that is not the module's stands an address."""
    names = {node.id for node in ast.walk(written) if isinstance(node, ast.Name)} - vars(builtins).keys()
    values = {name: Value("https://a.example") for name in names} | dict(known)
    return eval(compile(ast.Expression(written), "pattern", "eval"), values)


def compile_pattern(written: object, flags: int) -> Pattern:
    assert isinstance(written, str | bytes)
    return re.compile(written, flags & ~(re.UNICODE if isinstance(written, str) else 0))


def make_attacks(pattern: Pattern) -> list[Attack]:
    """The worst texts for a pattern, those of few characters first."""
    written = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    found = Pieces(pattern.flags & ~(0 if isinstance(pattern.pattern, str) else re.UNICODE))
    found.write_sequence(parser.parse(written, found.flags), [""])
    characters = list(found.characters)
    pieces = {**found.repeated, **{("", one): None for one in characters}}
    pieces |= {("", one + other): None for one, other in pairwise(characters[:12])}
    chosen = sorted((one for one in pieces if one[1]), key=lambda one: (len("".join(one)), one))[:MOST_PIECES]
    return [Attack(start, piece, end) for start, piece in chosen for end in ENDS]


class Pieces:
    """What matches the parts of a pattern, and what of it may be repeated after which beginning."""

    def __init__(self, flags: int) -> None:
        self.flags = flags
        self.repeated: dict[tuple[str, str], None] = {}
        self.characters: dict[str, None] = {}
        self.groups: dict[object, str] = {}

    def write_sequence(self, items: Iterable[Item], before: list[str]) -> list[str]:
        """Texts that match a sequence, which stands after one of these beginnings."""
        written = [""]
        for operator, argument in items:
            starts = [start + text for start in before for text in written][:MOST_SAMPLES]
            pieces = self.write_item(operator, argument, starts)
            written = [text + piece for piece in pieces for text in written][: 2 * MOST_SAMPLES]
            self.repeated |= {("", before[0] + text): None for text in written}
        return written

    def write_item(self, operator: Any, argument: Any, before: list[str]) -> list[str]:
        """Texts that match one item."""
        match operator, argument:
            case ((kinds.LITERAL | kinds.NOT_LITERAL | kinds.ANY | kinds.IN), _):
                found = [chr(argument)] if operator is kinds.LITERAL else self.choose_characters(operator, argument)
                self.characters |= dict.fromkeys(found)
                return found[:MOST_SAMPLES]
            case kinds.BRANCH, (_, branches):
                return [text for branch in branches for text in self.write_sequence(branch, before)][:40]
            case kinds.SUBPATTERN, (number, _, _, inner):
                texts = self.write_sequence(inner, before)
                self.groups[number] = texts[0]
                return texts
            case kinds.ATOMIC_GROUP, _:
                return self.write_sequence(argument, before)
            case ((kinds.MAX_REPEAT | kinds.MIN_REPEAT | kinds.POSSESSIVE_REPEAT), (least, _, inner)):
                texts = self.write_sequence(inner, before)
                together = texts[:8] + [one + other for one, other in pairwise(texts[:8])]
                self.repeated |= {(start, text): None for start in before for text in together}
                return [text * max(1, min(least, 20)) for text in texts] + ([] if least else [""])
            case kinds.GROUPREF, _:
                return [self.groups.get(argument, "")]
            case ((kinds.ASSERT | kinds.ASSERT_NOT), (_, inner)):
                self.write_sequence(inner, before)
        return [""]

    def choose_characters(self, operator: Any, argument: Any) -> list[str]:
        """Characters that stand for a set of them."""
        state = parser.State()
        state.flags, state.str = self.flags, ""
        one = compiler.compile(parser.SubPattern(state, [(operator, argument)]), self.flags)
        own = [argument] if operator is kinds.IN else []
        codes = [code for items in own for _, code in items if isinstance(code, int | tuple)]
        first = [chr(code[0] if isinstance(code, tuple) else code) for code in codes]
        return [text for text in dict.fromkeys([*CHARACTERS, *first]) if one.fullmatch(text)]


def find_slow(use: Use, most: float) -> tuple[Attack, int, float] | None:
    """The attack that takes a pattern more than so many seconds, the length at which it does, and how long it took.

    All attacks are tried when they are short, and the slowest with 100 KB: what takes more than linear time is slower
    already then.
    """
    timed: list[tuple[float, Attack]] = []
    for attack in make_attacks(use.pattern):
        for size in (16, 24, 36, 200):
            if (seconds := use.measure_time(attack.write(size))) > most:
                return attack, size, seconds
        timed.append((seconds, attack))
    for _, attack in sorted(timed, reverse=True)[:3]:
        # Each twice as long as the one before: what grows faster is stopped before it takes minutes.
        for size in (LONG >> step for step in range(8, -1, -1)):
            # Three times: a busy machine interrupts, and what was interrupted takes longer.
            if (seconds := use.measure_time(attack.write(size))) > most and most < min(
                use.measure_time(attack.write(size)) for _ in range(2)
            ):
                return attack, size, seconds
    return None
