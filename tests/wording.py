"""Who reads words that were made for people: those of errors and faults, of findings, of what an import has to say.

What a program must know of such a thing is a fact beside the words: a rule and its values, a reason, a place.
"""

import ast
from collections.abc import Iterator

# Attributes that hold a sentence, or several: of errors, faults, changes, findings, posts of an export and visits.
WORDS = {"message", "what", "hint", "notes", "held", "reason", "error"}
# A fault's reason is one of a few literals for programs, a reply's is the server's.
REASONED = {"fault", "faults", "response", "reply", "self"}
MAKERS = {"write_message", "write_hint"}
# What is done with a text to find out what it says, and what looks a text up.
ASKING = {"splitlines", "split", "rsplit", "partition", "rpartition", "startswith", "endswith", "removeprefix"}
ASKING |= {"removesuffix", "find", "rfind", "index", "rindex", "count", "replace", "__contains__"}
LOOKING = {"search", "match", "fullmatch", "findall", "finditer", "split", "sub", "get"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def find_readers(module: ast.Module) -> list[int]:
    """The lines of a module that search, compare, look up or part words."""
    scopes = [module, *(node for node in ast.walk(module) if isinstance(node, FUNCTIONS))]
    return sorted({line for scope in scopes for line in _read_in(scope)})


def _read_in(scope: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[int]:
    reader = _Reader(scope)
    for node in ast.walk(scope):
        asked: list[ast.expr] = []
        if isinstance(node, ast.Compare) and not isinstance(node.ops[0], ast.Is | ast.IsNot):
            asked = [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            asked = [node.func.value] if node.func.attr in ASKING else []
            asked += node.args if node.func.attr in ASKING | LOOKING else []
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            asked = [node.value, node.slice]
        elif isinstance(node, ast.Match):
            asked = [node.subject]
        yield from (one.lineno for one in asked if reader.is_words(one))


class _Reader:
    """What is words in a scope: errors that are caught there, and names that are given words there."""

    def __init__(self, scope: ast.AST) -> None:
        inside = list(_own(scope))
        self.errors = {node.name for node in inside if isinstance(node, ast.ExceptHandler) and node.name}
        self.errors |= {"error", "fault"}
        self.names: set[str] = set()
        for _ in range(2):  # a name may be given what another was given
            self.names |= {name for node in inside for name in self._given(node)}

    def _given(self, node: ast.AST) -> Iterator[str]:
        match node:
            case ast.Assign(targets=targets, value=value) if self.is_words(value):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if self.is_words(value):
                yield name
            case ast.NamedExpr(target=ast.Name(id=name), value=value) if self.is_words(value):
                yield name
            case ast.For(target=ast.Name(id=name), iter=several) if self.is_words(several):
                yield name
            case ast.comprehension(target=ast.Name(id=name), iter=several) if self.is_words(several):
                yield name

    def is_words(self, node: ast.expr) -> bool:
        """Whether an expression is words for people, or several."""
        match node:
            case ast.Name(id=name):
                return name in self.names
            case ast.Call(func=ast.Name(id="str" | "repr"), args=[one]):
                return self._is_error(one) or self.is_words(one)
            case ast.Call(func=ast.Attribute(attr="lower" | "casefold" | "strip" | "join", value=one), args=args):
                return self.is_words(one) or any(map(self.is_words, args))
            case ast.Call(func=ast.Name(id="list" | "tuple" | "set" | "sorted" | "fold_text"), args=[one]):
                return self.is_words(one)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                return name in MAKERS
            case ast.Attribute(attr="args", value=value):
                return self._is_error(value)
            case ast.Attribute(attr=name, value=value):
                return name in WORDS and not (name == "reason" and _name(value) in REASONED)
            case ast.JoinedStr(values=values):
                parts = [part.value for part in values if isinstance(part, ast.FormattedValue)]
                return any(self._is_error(part) or self.is_words(part) for part in parts)
            case ast.BoolOp(values=values):
                return any(map(self.is_words, values))
            case ast.Tuple(elts=several) | ast.List(elts=several):
                return any(map(self.is_words, several))
            case ast.Starred(value=one) | ast.NamedExpr(value=one):
                return self.is_words(one)
        return False

    def _is_error(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self.errors


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """What is in a scope and not in a function within it."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, FUNCTIONS):
            yield from _own(child)


def _name(node: ast.expr) -> str:
    """What the thing is called whose attribute is meant: fault of ``self.fault``, faults of ``error.faults[0]``."""
    inner = node.value if isinstance(node, ast.Subscript) else node
    return str(getattr(inner, "id", getattr(inner, "attr", "")))
