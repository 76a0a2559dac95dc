"""Which changes of published things a correction allows: those that its data names. Its text is never read.

Each answers once, and what is spent is counted: whatever is edited in a correction that readers have, its date or its
text, does not make it a new one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from dispatch import derived
from dispatch.model import Article, Mended, Record

# How many times each thing of each article, by its id, was mended.
Spent = Mapping[tuple[str, str], int]

# The rule of published things that a mended thing would break. A headline is promised to nobody.
_RULES: Mapping[Mended, str] = {"authors": "ids.authors", "date": "ids.date", "url": "ids.link"}


def count_spent(published: Iterable[Record]) -> Spent:
    """Count, among the records of dispatch.lock, the corrections that readers have: they have answered."""
    spent: Counter[tuple[str, str]] = Counter()
    for record in published:
        if record.kind == "mended":
            spent[record.id, record.url] = max(spent[record.id, record.url], record.number)
    return spent


def find_answered(article: Article, spent: Spent) -> frozenset[str]:
    """Find the rules that an article's corrections answer: a change of what they mend is said to readers with it.

    They answer when more of them mend a thing than ``spent``, as count_spent gives it, knows: one that was published
    has answered for what was published with it, and for nothing after that. What was taken away altogether, no
    correction answers.
    """
    there = {"authors": article.authors, "date": article.published, "url": article.url}
    times = derived.count_mends(article)
    return frozenset(
        rule for what, rule in _RULES.items() if there[what] and times[what] > spent.get((article.id, what), 0)
    )


def count_missing(article: Article, spent: Spent) -> Mapping[str, int]:
    """Count, by the rule that they answered, the corrections that were published and that the article has no more."""
    times = derived.count_mends(article)
    left = {rule: spent.get((article.id, what), 0) - times[what] for what, rule in _RULES.items()}
    return {rule: count for rule, count in left.items() if count > 0}
