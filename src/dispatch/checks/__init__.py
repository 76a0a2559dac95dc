"""CHECKS: everything that is looked at before something leaves the building.

A check is a module with ``check(case) -> findings``, pure, and a row here; what it can say are rows of ``RULES``. The
renderers are never asked: ``parts`` reads the finished bytes back with other parsers, ``byline`` and ``texts`` compare
them with the issue.
"""

from collections.abc import Callable, Iterator, Mapping

from dispatch.checks import attribution, editorial, email, feed, ids, links
from dispatch.checks.case import Case
from dispatch.checks.rules import RULES as RULES
from dispatch.model import Finding

CHECKS: Mapping[str, Callable[[Case], Iterator[Finding]]] = {
    "attribution": attribution.check,
    "links": links.check,
    "ids": ids.check,
    "email": email.check,
    "feed": feed.check,
    "editorial": editorial.check,
}
