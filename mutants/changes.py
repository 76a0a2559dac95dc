"""The small changes that can be made to a module."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

# What makes two texts alike. Where one is left out, only a text that needs it can tell.
METHODS = frozenset(
    {"casefold", "lower", "lstrip", "removeprefix", "removesuffix", "replace", "rstrip", "strip", "upper"}
)
FUNCTIONS = frozenset({"escape", "normalize", "quote", "reversed", "sorted", "unescape", "unquote"})

FLIPPED: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A piece of a file, and what shall stand there instead."""

    file: str  # below src/dispatch
    function: str  # the qualified name of the function or class that it is in; empty at the top of the module
    kind: str
    before: str
    after: str
    start: int  # the bytes of the piece
    end: int
    line: int  # the first of the piece
    lines: tuple[int, int]  # from the first of its statement to the last of the piece
    names: tuple[str, ...]  # what is bound there, where it is executed when the module is imported; else empty

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" + (f" in {self.function}" if self.function else "")
        return f"{place}: {self.kind}: {self.words}"

    @property
    def words(self) -> str:
        """What is changed, on one line."""
        return f"{_line(self.before)} -> {_line(self.after)}"

    def apply(self, source: bytes) -> bytes:
        """The file with this change. Raises ValueError when the file is another."""
        if source[self.start : self.end].decode() != self.before:
            raise ValueError(f"{self.file} is no longer what it was")
        return source[: self.start] + self.after.encode() + source[self.end :]


def find_changes(file: str, source: bytes, normalising: Collection[str]) -> list[Change]:
    """All changes of a module, in order.

    normalising: the functions of the project that make one text of another (see ``find_normalising``).
    """
    return sorted(
        _Finder(file, source, normalising).find(), key=lambda change: (change.start, change.end, change.after)
    )


def find_normalising(sources: Iterable[bytes]) -> frozenset[str]:
    """The names by which the functions of these modules, all of that name, take a text first and return one."""
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                first = next((one.annotation for one in node.args.args if one.arg != "self"), None)
                kinds = {kind.id if isinstance(kind, ast.Name) else "" for kind in (node.returns, first)}
                found[kinds == {"str"}].add(node.name)
    return frozenset(found[True] - found[False])


def _line(piece: str) -> str:
    words = re.sub(r"\s+", " ", piece).strip()
    return words if len(words) <= 100 else f"{words[:60]} ... {words[-35:]}"


class _Finder:
    """Walks a module, and knows for each node in which statement and in which function it stands."""

    def __init__(self, file: str, source: bytes, normalising: Collection[str]) -> None:
        self.file = file
        self.source = source
        self.normalising = normalising
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def find(self) -> Iterator[Change]:
        yield from self._block(ast.parse(self.source).body, "", ())

    def _block(self, statements: list[ast.stmt], function: str, names: tuple[str, ...] | None) -> Iterator[Change]:
        """The changes of statements. names: None within a function."""
        for statement in statements:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = f"{function}.{statement.name}".lstrip(".")
                is_class = isinstance(statement, ast.ClassDef)
                if not isinstance(statement, ast.ClassDef):
                    for default in (*statement.args.defaults, *statement.args.kw_defaults):
                        yield from self._expression(default, statement, inner, (statement.name,))
                yield from self._block(statement.body, inner, (statement.name,) if is_class else None)
                continue
            if isinstance(statement, ast.If) and ast.unparse(statement.test) == "sys.platform == 'win32'":
                yield from self._block(statement.orelse, function, names)  # where mutants are judged, nothing else runs
                continue
            bound = (*names, *_bound(statement)) if names is not None else None
            yield from self._statement(statement, function, bound)
            for block in ("body", "orelse", "finalbody"):
                yield from self._block(getattr(statement, block, []), function, names)
            for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
                yield from self._block(part.body, function, names)

    def _statement(self, statement: ast.stmt, function: str, names: tuple[str, ...] | None) -> Iterator[Change]:
        match statement:
            case ast.Raise():
                yield self._change("raise dropped", statement, "pass", statement, function, names)
            case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
                yield self._change("yield dropped", statement, "yield from ()", statement, function, names)
            case ast.Expr(value=ast.Call()):
                yield self._change("call dropped", statement, "pass", statement, function, names)
        if isinstance(statement, ast.Assert) or "TYPE_CHECKING" in self._text(statement)[:20]:
            return
        for field, value in ast.iter_fields(statement):
            if field not in {"body", "orelse", "finalbody", "handlers", "annotation", "targets", "target"}:
                for part in value if isinstance(value, list) else [value]:
                    if isinstance(part, ast.match_case):
                        yield from self._expression(part.guard, statement, function, names)
                    elif isinstance(part, ast.AST):
                        yield from self._expression(part, statement, function, names)

    def _expression(
        self, node: ast.AST | None, statement: ast.stmt, function: str, names: tuple[str, ...] | None
    ) -> Iterator[Change]:
        if node is None:
            return
        conditions = [*getattr(node, "ifs", ()), getattr(node, "test", None)]
        if isinstance(statement, ast.If | ast.While) and node is statement.test:
            conditions.append(node)
        for condition in conditions:
            if condition is not None:
                after = f"(not {self._text(condition)})"
                yield self._change("condition negated", condition, after, statement, function, names)
        for kind, after in self._replaced(node):
            yield self._change(kind, node, after, statement, function, names)
        for child in ast.iter_child_nodes(node):
            # That two lists are equally long is asserted by zip, and assertions are left alone.
            is_asserted = isinstance(child, ast.keyword) and ast.unparse(child) == "strict=True"
            is_type = isinstance(node, ast.Subscript) and child is node.slice and isinstance(child, ast.Tuple)
            if not (is_asserted or is_type):
                yield from self._expression(child, statement, function, names)

    def _replaced(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        """Each kind of change of an expression, with what stands there then."""
        match node:
            case ast.Compare(ops=[operator], comparators=[right]):
                yield "comparison flipped", f"({self._text(node.left)} {FLIPPED[type(operator)]} {self._text(right)})"
            case ast.BoolOp():
                word = " or " if isinstance(node.op, ast.And) else " and "
                yield "and, or swapped", f"({word.join(self._text(value) for value in node.values)})"
            case ast.Constant(value=bool()):
                yield "truth flipped", str(not node.value)
            case ast.Call():
                if (left := self._normalised(node)) is not None:
                    yield "call dropped", f"({self._text(left)})"
            case ast.Set() | ast.List() | ast.Tuple() if len(node.elts) > 1 and _is_of_a_kind(node.elts):
                opening, closing = "{}" if isinstance(node, ast.Set) else "[]" if isinstance(node, ast.List) else "()"
                texts = [self._text(part) for part in node.elts]
                for place in range(len(texts)):
                    rest = ", ".join(texts[:place] + texts[place + 1 :])
                    yield f"{_line(texts[place])} left out", f"{opening}{rest},{closing}"
            case ast.Dict(keys=[_, _, *_]):
                pairs = [
                    f"{self._text(key)}: {self._text(value)}" if key else f"**{self._text(value)}"
                    for key, value in zip(node.keys, node.values, strict=True)
                ]
                for place in range(len(pairs)):
                    yield f"{_line(pairs[place])} left out", f"{{{', '.join(pairs[:place] + pairs[place + 1 :])}}}"

    def _normalised(self, call: ast.Call) -> ast.expr | None:
        """The text that a call makes another of, when that is what it does."""
        match call:
            case ast.Call(func=ast.Attribute(value=of, attr=name)) if name in METHODS:
                return of
            case ast.Call(func=ast.Attribute(value=of, attr="sub"), args=[_, *_]):
                return call.args[2 if isinstance(of, ast.Name) and of.id == "re" else 1]
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, *rest]):
                if (name in self.normalising or name in FUNCTIONS) and not isinstance(first, ast.Starred):
                    return rest[0] if name == "normalize" and rest else first
        return None

    def _change(
        self,
        kind: str,
        node: ast.expr | ast.stmt | ast.AST,
        after: str,
        statement: ast.stmt,
        function: str,
        names: tuple[str, ...] | None,
    ) -> Change:
        start, end = self._span(node)
        return Change(
            file=self.file,
            function=function,
            kind=kind,
            before=self.source[start:end].decode(),
            after=after,
            start=start,
            end=end,
            line=getattr(node, "lineno", statement.lineno),
            lines=(statement.lineno, getattr(node, "end_lineno", statement.lineno)),
            names=names or (),
        )

    def _span(self, node: ast.AST) -> tuple[int, int]:
        place = [getattr(node, name) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")]
        return self.starts[place[0] - 1] + place[1], self.starts[place[2] - 1] + place[3]

    def _text(self, node: ast.AST) -> str:
        """A piece as it is written, in parentheses where it might need them elsewhere."""
        start, end = self._span(node)
        piece = self.source[start:end].decode()
        return f"({piece})" if isinstance(node, ast.NamedExpr | ast.BoolOp | ast.IfExp | ast.Compare) else piece


def _bound(statement: ast.stmt) -> tuple[str, ...]:
    """The names that a statement binds."""
    return tuple(
        node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )


def _is_of_a_kind(parts: list[ast.expr]) -> bool:
    """Whether one part can be missing without the rest taking another place: all are written alike."""
    return len({type(part) for part in parts} - {ast.Starred}) == 1
