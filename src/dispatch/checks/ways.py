"""The site's own ways: links from one page of it to another, which are relative, and lines that lead nowhere else."""

import re

from dispatch import links, model
from dispatch.checks.passage import Line

_BACK = re.compile(r"(?:\.\./)+")


def stays(url: str, place: model.Page | None) -> bool:
    """Whether a relative address leads to a page of the site, seen from the page at this place."""
    if place is None or links.is_absolute(url) or not url or url.startswith(("/", "\\", "?", "#")):
        return False
    steps = url.partition("#")[0].partition("?")[0].split("/")
    up = next((at for at, step in enumerate(steps) if step != ".."), len(steps))
    return up <= place.path.count("/") and ".." not in steps[up:] and "\\" not in url and ":" not in steps[0]


def whole(url: str, place: model.Page | None, site: str) -> str:
    """The whole address that a relative one means on the page at this place of a site; any other as it is.

    site: the address of the site, without a slash at its end. What follows the way back is taken to the letter.
    """
    if place is None or not stays(url, place):
        return url
    back = _BACK.match(url)
    way, rest = (back[0], url[back.end() :]) if back else ("", url)
    folders = place.path.split("/")[:-1]
    return "/".join([site, *folders[: len(folders) - way.count("..")], rest.removeprefix("./")])


def is_one(line: Line, place: model.Page | None) -> bool:
    """Whether all links of a line stay within the site."""
    return bool(line.links) and all(stays(link.url, place) for link in line.links)
