"""Which addresses a post had on a site that Jekyll, Hugo or Eleventy built: what its files and settings say.

https://jekyllrb.com/docs/permalinks/, https://gohugo.io/content-management/urls/, https://www.11ty.dev/docs/permalinks/
"""

import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final
from urllib.parse import quote

from dispatch import frontmatter, links
from dispatch.errors import GatherError, IssueError
from dispatch.importers import tabular
from dispatch.importers.posts import Export
from dispatch.importers.tabular import Row, pick_table, pick_text
from dispatch.readers.frontmatter_aliases import parse_tags
from dispatch.slugs import make_slug

# Jekyll's names for whole patterns.
_STYLES: Final = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title.html",
    "none": "/:categories/:title.html",
}
_SETTINGS: Final = re.compile(r"(?:_config\.ya?ml|(?:config/_default/)?(?:hugo|config)\.(?:toml|ya?ml))")
_DAY: Final = {
    "year": "%Y",
    "short_year": "%y",
    "month": "%m",
    "i_month": "%m",
    "short_month": "%b",
    "long_month": "%B",
    "monthname": "%B",
    "day": "%d",
    "i_day": "%d",
    "y_day": "%j",
    "yearday": "%j",
    "hour": "%H",
    "minute": "%M",
    "second": "%S",
}
_SHORT: Final = frozenset({"i_month", "i_day", "yearday"})  # without a zero before them
_WORD: Final = re.compile(r":([a-z_]+)")
_FORMER: Final = ("aliases", "redirect_from", "redirectfrom", "redirects")


@dataclass(frozen=True, slots=True, kw_only=True)
class OldSite:
    """What the settings of a site say of its addresses."""

    url: Annotated[str, "where it stood; empty when they do not say"] = ""
    jekyll: Annotated[str, "the pattern of its posts; empty where Jekyll did not build it"] = ""
    hugo: Annotated[Mapping[str, str] | None, "its patterns by section; None where Hugo did not build it"] = None

    def list_old_addresses(self, name: str, data: Row, slug: str, stem: str, day: datetime | None) -> Iterator[str]:
        """List the addresses of a post, relative to the site's.

        name: its file. data: its front matter. slug: its own, or its file's without the day. stem: its file's.
        """
        own = pick_text(data, "permalink", "url") or self._make_address(name, data, slug, stem, day)
        yield _strip_root(own)
        for key in _FORMER:
            value = data.get(key)
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str):
                    yield _strip_root(self._resolve_alias(own, one))

    def _resolve_alias(self, own: str, alias: str) -> str:
        """Resolve a former address as the generator does: Hugo's may be relative to the folder of the post's own."""
        is_whole = self.hugo is None or alias.startswith("/") or links.is_absolute(alias)
        return alias if is_whole else posixpath.normpath(posixpath.join("/", own.rstrip("/"), "..", alias))

    def _make_address(self, name: str, data: Row, slug: str, stem: str, day: datetime | None) -> str:
        """Make the address that the pattern gives a post; empty where there is none, or it asks for more."""
        words = {"title": slug, "slug": pick_text(data, "slug") or stem, "filename": stem, "contentbasename": stem}
        words["slugorcontentbasename"] = words["slugorfilename"] = words["slug"]
        words["output_ext"] = ".html"
        categories = list(dict.fromkeys(one.lower() for one in _list_categories(data)))
        words["categories"] = "/".join(map(quote, categories))
        words["slugified_categories"] = "/".join(map(make_slug, categories))
        for word, code in _DAY.items() if day else ():
            words[word] = f"{day:{code}}".lstrip("0" if word in _SHORT else "")
        folders = name.partition("content/")[2].split("/")[:-1] if self.hugo is not None else []
        folders = folders[:-1] if folders and folders[-1] == stem else folders  # a post in a folder of its own
        words |= {"section": "".join(folders[:1]), "sections": "/".join(folders)}
        pattern = self.jekyll
        if self.hugo is not None:
            words = {word: re.sub(r"\s+", "-", value.lower()) for word, value in words.items()}
            pattern = self.hugo.get("".join(folders[:1]), "/:sections/:slug/")
        if not pattern or any(word not in words for word in _WORD.findall(pattern)):
            return ""
        return re.sub("/{2,}", "/", _WORD.sub(lambda match: words[match[1]], pattern)).lstrip("/")


def _strip_root(address: str) -> str:
    """Strip the slash that stands for the top of the site, which may be a folder of its host."""
    return re.sub(r"^/(?!/)", "", address)


def _list_categories(data: Row) -> list[str]:
    """List the categories as Jekyll does: a text holds several, with spaces between them."""
    value = data.get("categories") or data.get("category")
    return value.split() if isinstance(value, str) and "," not in value else list(parse_tags(value))


def read_settings(export: Export) -> OldSite:
    """Read the settings of the generator that built the site; what cannot be read says nothing."""
    name = next((name for name in export.names if _SETTINGS.fullmatch(name)), "")
    said = _parse_settings(export, name) if name else {}
    is_jekyll = name.startswith("_") or (not name and any("_posts/" in one for one in export.names))
    url = pick_text(said, "baseurl") if not is_jekyll else pick_text(said, "url")
    if is_jekyll:
        pattern = pick_text(said, "permalink") or "date"
        return OldSite(url=url and url + pick_text(said, "baseurl"), jekyll=_STYLES.get(pattern, pattern))
    if not any("content/" in one for one in export.names):
        return OldSite(url=url)
    patterns = pick_table(said.get("permalinks"))
    patterns = pick_table(patterns.get("page")) or patterns
    return OldSite(url=url, hugo={section: pick_text(patterns, section) for section in patterns})


def _parse_settings(export: Export, name: str) -> Row:
    """Parse a file of settings; the keys of the top in lower case."""
    try:
        text = tabular.read_text(export, name)
        data: Row = (
            tomllib.loads(text)
            if name.endswith(".toml")
            else frontmatter.parse_front_matter(f"---\n{text}\n---\n", file=name).data
        )
    except (GatherError, IssueError, tomllib.TOMLDecodeError):
        return {}
    return {key.lower(): value for key, value in data.items()}
