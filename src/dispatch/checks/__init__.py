"""CHECKS: the checks that run before something is published.

A check is a module with ``check(case) -> findings``, pure, and a row here; what it can say are rows of ``RULES``. The
renderers are never asked: ``read_back`` reads the finished bytes back with parsers of its own.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, cast

from dispatch.checks.rules import RULES as RULES
from dispatch.model import Finding

if TYPE_CHECKING:
    from dispatch.checks.check_input import CheckInput

Check = Callable[["CheckInput"], Iterator[Finding]]


def _load_check(name: str) -> Check:
    """The check of that name; its module is imported when it first runs."""
    return lambda case: cast("Check", import_module(f"dispatch.checks.{name}").check)(case)


CHECKS: Mapping[str, Check] = {
    name: _load_check(name) for name in ("attribution", "links", "ids", "email", "feed", "web", "editorial", "terms")
}
