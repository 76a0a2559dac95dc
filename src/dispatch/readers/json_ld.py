"""Read JSON-LD with schema.org's vocabulary: what a page tells machines."""

import json
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from html import unescape
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from dispatch import html, identity, links
from dispatch.model import Article, Author, Certainty, Credit, Image, Source
from dispatch.readers import fields, html_tree, moments, people

MOST_NODES = 5_000

_IS_ARTICLE = re.compile(r"(?:\w*Article|\w*Posting|Report|Review|CreativeWork)")
# What stands for the page itself where no article is described.
_IS_PAGE = re.compile(r"(?:Web|Item|About|QA|FAQ|MedicalWeb)Page|Recipe|HowTo|\w*Episode|VideoObject")
_ORGANISATION = re.compile(r"\w*Organization|Corporation")
_SITE = re.compile("WebSite")
_ROLES = ("translator", "editor", "illustrator", "contributor")

Node = dict[str, object]


class StructuredArticle(NamedTuple):
    """What JSON-LD tells of the page's article."""

    article: Annotated[Article, "the article, without a body; its certainty is whether it is the page's own"]
    houses: Annotated[frozenset[str], "the names of the site, its publisher and other organisations"]


def read_json_ld(
    root: LexborNode,
    base: str,
    *,
    urls: Collection[str] = (),
    titles: Collection[str] = (),
    houses: Collection[str] = (),
) -> StructuredArticle:
    """Read an article from the page's JSON-LD, without a body, and the houses that it names; empty if there is none.

    urls, titles: what the page is called otherwise, to tell its own article from those that it only lists. The
    certainty is whether it could be told.
    houses: other names of the site.
    """
    nodes = list(_collect_nodes(root))
    by_id: dict[str, Node] = {}
    for node in nodes:
        if written := _to_string(node.get("@id")):
            known = by_id.setdefault(written, {})
            known.update((key, value) for key, value in node.items() if key not in known)
    found, certainty = _find_article_node(nodes, base, urls, titles)
    pages = [node for node in nodes if _has_type(node, _IS_PAGE) and _is_here(node, base, urls)]
    published, updated = (
        next((day for node in [found or {}, *pages] if (day := moments.parse_date(_to_string(node.get(key))))), None)
        for key in ("datePublished", "dateModified")
    )
    if found is None:
        nobody = Article(source=_find_publisher({}, nodes, by_id, base), published=published, updated=updated)
        return StructuredArticle(nobody, frozenset())
    source = _find_publisher(found, nodes, by_id, base)
    publishers = {
        source.title,
        *houses,
        *(author.name for author in _parse_people(found.get("publisher"), by_id, base)),
    }
    named = _as_list(found.get("author") or found.get("creator"))
    authors = [(one, _is_organisation(item, by_id)) for item in named for one in _parse_people(item, by_id, base)]
    organisations = frozenset(author.name for author, is_one in authors if is_one)
    article = Article(
        certainty=certainty,
        url=_pick_address([found.get("url"), found.get("mainEntityOfPage")], base),
        title=_to_line(found.get("headline") or found.get("name")),
        dek=_to_line(found.get("alternativeHeadline")),
        summary=_to_line(found.get("description")),
        authors=people.merge_authors([author for author, _ in authors], ()),
        credits=tuple(
            Credit(role=role, name=person.name, url=person.url)
            for role in _ROLES
            for person in _parse_people(found.get(role), by_id, base)
        ),
        source=source,
        published=published,
        updated=updated,
        language=_to_string(_pick_value(found.get("inLanguage"), "alternateName")).replace("_", "-"),
        tags=fields.read_tags(_split_keywords(found.get("keywords"))),
        image=_parse_json_image(found.get("image"), by_id, base),
        license=_pick_address([found.get("license")], base),
    )
    return StructuredArticle(article, frozenset(publishers - {""}) | organisations)


def _find_article_node(
    nodes: Iterable[Node], base: str, urls: Collection[str], titles: Collection[str]
) -> tuple[Node | None, Certainty]:
    """Find the node of the page's own article: the one with its address, else with its title, else the only one."""
    found = [node for node in nodes if _has_type(node, _IS_ARTICLE) and (node.get("headline") or node.get("author"))]
    here = {identity.fold_address(url) for url in urls if url}
    elsewhere = []
    for node in found:
        url = _pick_address([node.get("url"), node.get("mainEntityOfPage")], base)
        if url and identity.fold_address(url) in here:
            return node, "certain"
        if url and urlsplit(url).path.strip("/"):
            elsewhere.append(node)
    for node in found:
        if _to_line(node.get("headline")) in titles:
            return node, "certain"
    credited = {json.dumps(node["author"]) for node in found if node.get("author")}
    sure = len(credited) < 2 and not (here and found and found[0] in elsewhere)
    return (found[0] if found else None), "certain" if sure else "likely"


def _is_here(node: Node, base: str, urls: Collection[str]) -> bool:
    """Whether a node is about this page: it has its address or none."""
    url = _pick_address([node.get("url"), node.get("mainEntityOfPage")], base)
    return not url or identity.fold_address(url) in {identity.fold_address(one) for one in urls if one}


def _collect_nodes(root: LexborNode) -> Iterator[Node]:
    """Collect every node of every script, outer ones before inner ones."""
    waiting: deque[object] = deque()
    for script in html_tree.select_all(root, 'script[type="application/ld+json" i]'):
        written = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*$", "", script.text())
        try:
            waiting.append(json.loads(written, strict=False))
        except (ValueError, RecursionError):
            # A script that is not JSON is ignored; the page has other witnesses.
            continue
    seen = 0
    while waiting and seen < MOST_NODES:
        item = waiting.popleft()
        seen += 1
        if isinstance(item, dict):
            yield item
            waiting += [value for value in item.values() if isinstance(value, dict | list)]
        elif isinstance(item, list):
            waiting.extendleft(reversed(item[:MOST_NODES]))


def _has_type(node: Node, kind: re.Pattern[str]) -> bool:
    return any(kind.fullmatch(_to_string(name).rpartition("/")[2]) for name in _as_list(node.get("@type")))


def _parse_people(value: object, by_id: dict[str, Node], base: str) -> Iterator[Author]:
    """Parse people one by one; several names in a list are several people."""
    for item in _as_list(value):
        node = _resolve_node(item, by_id)
        if isinstance(node, dict):
            names = _as_list(node.get("name"))
            for name in names:
                yield from people.make_author(
                    _to_string(name),
                    url=_pick_address([node.get("url"), node.get("mainEntityOfPage")], base) if len(names) == 1 else "",
                    bio=_to_line(node.get("description")),
                    avatar=_pick_address(
                        [_pick_value(_resolve_node(node.get("image"), by_id), "url", "contentUrl")], base
                    ),
                )
        else:
            yield from people.make_author(_to_string(node))


def _find_publisher(article: Node, nodes: Iterable[Node], by_id: dict[str, Node], base: str) -> Source:
    """Find the site, else its publisher."""
    sites = [node for node in nodes if _has_type(node, _SITE) and node.get("name")]
    publisher = _resolve_node(article.get("publisher"), by_id)
    for node in (*sites, publisher):
        if isinstance(node, dict) and (title := people.clean_name(_to_string(node.get("name")))):
            return Source(title=title, url=_pick_address([node.get("url")], base))
    return Source()


def _is_organisation(value: object, by_id: dict[str, Node]) -> bool:
    node = _resolve_node(value, by_id)
    return isinstance(node, dict) and _has_type(node, _ORGANISATION)


def _parse_json_image(value: object, by_id: dict[str, Node], base: str) -> Image | None:
    for item in _as_list(value):
        node = _resolve_node(item, by_id)
        if url := _pick_address([_pick_value(node, "url", "contentUrl")], base):
            known: Node = node if isinstance(node, dict) else {}
            return Image(
                url=url,
                width=fields.parse_pixels(_to_string(_pick_value(known.get("width"), "value"))),
                height=fields.parse_pixels(_to_string(_pick_value(known.get("height"), "value"))),
            )
    return None


def _split_keywords(value: object) -> Iterator[str]:
    for item in _as_list(value):
        yield from _to_string(_pick_value(item, "name")).split(",")


def _as_list(value: object) -> list[object]:
    if isinstance(value, dict) and "@list" in value:
        value = value["@list"]
    return value if isinstance(value, list) else [] if value is None else [value]


def _resolve_node(value: object, by_id: dict[str, Node]) -> object:
    """Resolve a node: merge it with the node of the same id."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        return {**by_id.get(_to_string(value.get("@id")), {}), **value}
    return value


def _pick_value(value: object, *keys: str) -> object:
    """Return the value itself, or, of a node, the first of these keys that it has."""
    if isinstance(value, list):
        value = value[0] if value else None
    return next((value[key] for key in keys if value.get(key)), None) if isinstance(value, dict) else value


def _to_string(value: object) -> str:
    return (
        html.remove_illegal_characters(str(value)).strip()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
        else ""
    )


def _to_line(value: object) -> str:
    """Convert a text to one line; many pages escape it once more than JSON needs."""
    return fields.read_line(unescape(_to_string(_pick_value(value, "@value"))))


def _pick_address(values: Iterable[object], base: str) -> str:
    for value in values:
        written = _to_string(_pick_value(value, "url", "@id"))
        if written and not written.startswith("#") and links.is_absolute(url := links.resolve_address(base, written)):
            return url
    return ""
