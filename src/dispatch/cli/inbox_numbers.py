"""Numbers of the inbox as a command line has them: 4, or 12-30."""

from collections.abc import Iterator, Sequence, Set
from itertools import groupby

import click

from dispatch.deferred import defer_pattern

_RANGE = defer_pattern(r"([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?")


class NumberRange(click.ParamType[range, str]):
    """A number of the inbox, or two with a hyphen: all from one to the other."""

    name = "number"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> range:
        """The numbers that it means."""
        if not (found := parse_range(value)):
            self.fail(f"“{value}” is no number from 1 on, and no range; write 4, or 1-40", param, ctx)
        return found


def parse_range(text: str) -> range:
    """Parse a number or a range; empty where it is neither, or ends before it begins."""
    if not (found := _RANGE.fullmatch(text)):
        return range(0)
    first = int(found[1])
    return range(first, int(found[2] or first) + 1)


def choose_numbers(among: Set[int], ranges: Sequence[range], *, alone: bool) -> list[int]:
    """Choose the numbers that are in a range. alone: those that were given alone count whether they are among them."""
    given = {one.start for one in ranges if len(one) == 1} if alone else set()
    return sorted(given | {number for number in among if any(number in one for one in ranges)})


def format_ranges(numbers: Sequence[int]) -> Iterator[str]:
    """Format sorted numbers as a command takes them: those in a row as a range."""
    for _, found in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        row = [number for _, number in found]
        yield str(row[0]) if len(row) == 1 else f"{row[0]}-{row[-1]}"
