"""What a correction answers for: the changes that it says, as data, that it mends. Its text is never read."""

from collections.abc import Iterable, Iterator, Mapping, Set
from zoneinfo import ZoneInfo

from dispatch.model import Article, Correction, Issue, Mended, Record

# The rule of published things that a mended thing would break. A headline is promised to nobody.
_RULES: Mapping[Mended, str] = {"authors": "ids.authors", "date": "ids.date", "url": "ids.link"}


def find_mended(published: Iterable[Record]) -> frozenset[Record]:
    """Find the records of what corrections mended that readers have, among those of dispatch.lock."""
    return frozenset(record for record in published if record.kind == "mended")


def find_answered(article: Article, issue: Issue, mended: Set[Record], timezone: str) -> frozenset[str]:
    """Find the rules that an article's corrections answer: a change of what they mend has been said to readers.

    A correction answers when it is from the day on which the issue appeared, or later (what is older was said to
    nobody), and ``mended``, as find_mended gives it, does not know it: one that was published has answered for what
    was published with it, and for nothing after that. What was taken away altogether, no correction answers.
    """
    said = {
        Record(id=article.id, kind="mended", url=what, published=one.date)
        for one in _since(article, issue, timezone)
        for what in one.mends
    }
    there = {"authors": article.authors, "date": article.published, "url": article.url}
    new = {record.url for record in said - mended}
    return frozenset(rule for what, rule in _RULES.items() if what in new and there.get(what))


def _since(article: Article, issue: Issue, timezone: str) -> Iterator[Correction]:
    """The corrections from the day of the issue on, where the publication is."""
    zone = ZoneInfo(timezone)
    first = issue.date.astimezone(zone).date()
    return (one for one in article.corrections if one.date.astimezone(zone).date() >= first)
