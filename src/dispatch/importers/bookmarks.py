"""Links that somebody has kept, with their notes: a browser's bookmarks, Raindrop, Pocket, Instapaper, Pinboard.

The form of browsers is Netscape's: ``<dt><a href add_date tags>`` and, below it, ``<dd>`` with a note. A link's date is
when it was kept, so it says nothing of the article.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from dispatch import links
from dispatch.importers import tabular
from dispatch.importers.posts import Export, Post
from dispatch.importers.skipped import NotImported, try_post, try_rows
from dispatch.importers.tabular import Row, pick_text
from dispatch.model import Article, Document, Source
from dispatch.readers import fields, html_tree

_PAGE = re.compile(r"\.html?$", re.IGNORECASE)
_MARK = re.compile(r"NETSCAPE-Bookmark-file|<title>Pocket Export|<a\b[^<>]*\btime_added=", re.IGNORECASE)
# The columns that tell each table: Raindrop's, Pocket's, Instapaper's.
_TABLES = (("url", "title", "folder"), ("url", "title", "time_added"), ("url", "title", "timestamp"))
_PINBOARD = re.compile(r'\s*\[\s*\{\s*"href"\s*:')


def accepts(export: Export) -> bool:
    """Whether there is a file in one of these forms."""
    return any(_list_collections(export))


def read(export: Export, _site: str) -> Iterator[Post | NotImported]:
    """Read the links in their order; a table that cannot be read is reported."""
    for name in _list_collections(export):
        rows = yield from try_rows(name, partial(_read_rows, export, name))
        for number, row in enumerate(rows, 1):
            label = f"{name}: {pick_text(row, 'url', 'href') or number}"
            yield from try_post(label, partial(_make_link, row, label))


def _list_collections(export: Export) -> list[str]:
    tables = {name for columns in _TABLES for name in tabular.list_tables(export, columns)}
    return [name for name in export.names if name in tables or _is_page(export, name) or _is_pinboard(export, name)]


def _is_page(export: Export, name: str) -> bool:
    return bool(_PAGE.search(name) and _MARK.search(tabular.read_beginning(export, name)))


def _is_pinboard(export: Export, name: str) -> bool:
    return name.endswith(".json") and bool(_PINBOARD.match(tabular.read_beginning(export, name)))


def _read_rows(export: Export, name: str) -> list[Row]:
    return list(_read_links(export.read(name))) if _PAGE.search(name) else tabular.read_rows(export, name)


def _read_links(body: bytes) -> Iterator[Row]:
    """Read a page of bookmarks as rows: the folder is the heading of the list in which a link stands."""
    root = html_tree.parse_page(Document(url="", media_type="text/html", charset="", body=body)).body
    row: dict[str, str] = {}
    if root is None:
        return
    for node in root.css("a[href], dd"):
        if node.tag == "dd":
            # What is not closed holds the links after it as well: only its own words are the note.
            words = node.text(deep=False)
            row["note"] = row.get("note") or " ".join(words.split())
        else:
            if row:
                yield row
            row = {
                "url": html_tree.get_attribute(node, "href"),
                "title": html_tree.get_text(node),
                "tags": html_tree.get_attribute(node, "tags"),
                "folder": html_tree.find_list_heading(node, root),
            }
    if row:
        yield row


def _make_link(row: Row, label: str) -> Post | NotImported:
    url = pick_text(row, "url", "href")
    if not links.is_web_address(url):
        return NotImported(file=label, reason="it is no address of the web")
    host = links.parse_host(url)
    given = row.get("tags")
    tags = ",".join(str(one) for one in given) if isinstance(given, list) else pick_text(row, "tags")
    apart = r"[,|]" if re.search(r"[,|]", tags) or "href" not in row else r"\s+"
    article = Article(
        id="",
        url=url,
        title=fields.read_line(pick_text(row, "title", "description")) or url,
        summary=fields.read_line(pick_text(row, "excerpt")),
        certainty="unknown",
        source=Source(title=host, url="/".join(url.split("/", 3)[:3]) + "/"),
        tags=fields.read_tags(re.split(apart, tags)),
        note=fields.read_line(pick_text(row, "note", "extended", "selection")),
    )
    return replace(Post(file=label, article=article), is_link=True, section=pick_text(row, "folder"))
