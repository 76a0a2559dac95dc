"""Which findings a module makes: the rule and subject of each call, read from the source or a failure."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product

Scope = ast.Module | ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Source:
    """A module's tree, with what encloses each node, and the modules whose classes it uses."""

    tree: ast.Module
    others: tuple[ast.Module, ...] = ()

    def find_pairs(self) -> Iterator[tuple[str, str]]:
        """Each rule with each subject that the calls of ``make_finding`` may have. Raises LookupError."""
        for call in self.find_calls("make_finding"):
            rule, subject = (*call.args, call, call)[:2]
            yield from product(self.find_texts(rule), self.find_texts(subject))

    def find_calls(self, name: str) -> Iterator[ast.Call]:
        """The calls of a function, a method or a class of that name."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name:
                yield node

    def find_texts(self, node: ast.expr) -> set[str]:
        """The texts that an expression may be: a constant, or what is written where its name is given a value.

        Raises LookupError where that cannot be told.
        """
        match node:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.Constant(value=None):
                return set()
            case ast.IfExp(body=one, orelse=other):
                return self.find_texts(one) | self.find_texts(other)
            case ast.Call(func=ast.Attribute(value=table, attr="get")):
                return self.find_texts(ast.copy_location(ast.Subscript(table, ast.Constant(0)), node))
            case ast.Subscript(value=ast.Name(id=name)):
                tables = [value for value in self._find_values(name, self.tree) if isinstance(value, ast.Dict)]
                return self._join(node, [value for table in tables for value in table.values])
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                return self._join(node, list(self._find_fields(name, self._find_scope(node, ast.ClassDef))))
            case ast.Attribute(value=ast.Name(), attr=name) if texts := set().union(*self._find_elsewhere(name)):
                return texts
            case ast.Name(id=name):
                scope = self._find_scope(node, ast.FunctionDef)
                given = list(self._find_values(name, scope)) or list(self._find_arguments(name, scope))
                return self._join(node, given or list(self._find_values(name, self.tree)))
        raise LookupError(f"line {node.lineno}: nobody can tell what “{ast.unparse(node)}” is")

    def _join(self, node: ast.expr, values: list[ast.expr]) -> set[str]:
        if not values:
            raise LookupError(f"line {node.lineno}: nobody can tell what “{ast.unparse(node)}” is")
        return set().union(*map(self.find_texts, values))

    def _find_scope(self, node: ast.expr, kind: type[ast.FunctionDef | ast.ClassDef]) -> Scope:
        """The innermost function or class around a node; the module where there is none."""
        around = [one for one in ast.walk(self.tree) if isinstance(one, kind) and node in self._inside[one]]
        return min(around, key=lambda one: len(self._inside[one]), default=self.tree)

    @cached_property
    def _inside(self) -> dict[ast.AST, set[ast.AST]]:
        kinds = (ast.FunctionDef, ast.ClassDef)
        return {one: set(ast.walk(one)) for one in ast.walk(self.tree) if isinstance(one, kinds)}

    def _find_values(self, name: str, scope: Scope) -> Iterator[ast.expr]:
        """What is assigned to a name in a scope, or goes through it in a loop over rows that are written there."""
        for node in ast.walk(scope) if isinstance(scope, ast.FunctionDef) else scope.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    yield value
                case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                    yield value
                case ast.For(target=ast.Tuple(elts=targets), iter=ast.Tuple(elts=rows)):
                    yield from pick_column(name, targets, rows)
                case ast.For(target=ast.Tuple(elts=targets), iter=ast.Call(func=ast.Name(id=called))):
                    yield from pick_column(name, targets, self._find_yields(called))
                case ast.Assign(targets=[ast.Tuple(elts=targets)], value=row):
                    yield from pick_column(name, targets, [row])

    def _find_yields(self, name: str) -> list[ast.expr]:
        """What the function of that name yields, one by one."""
        made = (one for one in self.tree.body if isinstance(one, ast.FunctionDef) and one.name == name)
        return [
            one.value for function in made for one in ast.walk(function) if isinstance(one, ast.Yield) and one.value
        ]

    def _find_arguments(self, name: str, scope: Scope) -> Iterator[ast.expr]:
        """What the calls of a function give for one of its parameters."""
        if isinstance(scope, ast.FunctionDef):
            names = [argument.arg for argument in scope.args.args if argument.arg != "self"]
            if name in names:
                for call in self.find_calls(scope.name):
                    yield from call.args[names.index(name) :][:1]
                    yield from (keyword.value for keyword in call.keywords if keyword.arg == name)

    def _find_elsewhere(self, name: str) -> Iterator[set[str]]:
        """The texts that a field of that name may be, in each class of the other modules that has one."""
        for source in map(Source, self.others):
            for one in source.tree.body:
                if values := list(source._find_fields(name, one)) if isinstance(one, ast.ClassDef) else []:
                    yield source._join(values[0], values)

    def _find_fields(self, name: str, scope: Scope) -> Iterator[ast.expr]:
        """What a field of a class is given where it is made."""
        if isinstance(scope, ast.ClassDef):
            fields = [one.target.id for one in scope.body if isinstance(one, ast.AnnAssign)]  # type: ignore[union-attr]
            for call in self.find_calls(scope.name) if name in fields else ():
                yield from call.args[fields.index(name) :][:1]


def pick_column(name: str, targets: list[ast.expr], rows: list[ast.expr]) -> Iterator[ast.expr]:
    """What stands in each row where the name stands among the targets."""
    names = [getattr(target, "id", "") for target in targets]
    if name in names:
        yield from (row.elts[names.index(name)] for row in rows if isinstance(row, ast.Tuple))
