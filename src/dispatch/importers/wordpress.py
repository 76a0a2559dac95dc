"""WordPress's export (WXR): RSS with the tables of the site in it.

Tools, Export, “All content”. Authors are named by what they log in with; who that is stands at the head of the file,
or, for the guest authors of Co-Authors Plus, in items of their own. Pictures are not in it; lay ``wp-content/uploads``
beside the file in a folder, and they come along.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from html import escape
from xml.etree.ElementTree import Element

from dispatch import html, links
from dispatch.errors import GatherError
from dispatch.importers import content, tabular
from dispatch.importers.pictures import PostPlace, place_posts
from dispatch.importers.posts import Export, Post
from dispatch.importers.skipped import BIN, PAGE, SCHEDULED, NotImported, count_comments, try_post
from dispatch.importers.wordpress_text import expand_text, write_footnotes
from dispatch.model import Article, Author, Certainty, Enclosure, Fault, Image, Source
from dispatch.readers import fields, people, xml
from dispatch.readers.moments import parse_date
from dispatch.readers.xml import find_children, find_text

_MARK = "wordpress.org/export/"
# Kinds of item that hold what a site is built of, and nothing that anybody wrote to be read.
_FURNITURE = frozenset(
    {"attachment", "nav_menu_item", "revision", "guest-author", "custom_css", "wp_block", "wp_navigation"}
    | {"wp_template", "wp_template_part", "wp_global_styles", "wp_font_family", "wp_font_face"}
    | {"customize_changeset", "oembed_cache"}
)
_GALLERY = re.compile(r"\[gallery\b(?P<said>[^\[\]]{0,2000})\]")
_IDS = re.compile(r"""\b(?:ids|include)\s*=\s*["']?([\d,\s]+)""")
# What search engines are told is the original's address: Yoast, Rank Math, SEOPress.
_CANONICAL = ("_yoast_wpseo_canonical", "rank_math_canonical_url", "_seopress_robots_canonical")


def accepts(export: Export) -> bool:
    """Whether there is an XML file that names WordPress's export."""
    return any(_is_export(export, name) for name in export.names)


def read(export: Export, site: str) -> Iterator[Post | NotImported]:
    """Read the posts of each export file in its order; a file that is no XML is reported."""
    for name in export.names:
        if not _is_export(export, name):
            continue
        try:
            root = xml.parse_xml(tabular.read_text(export, name))
        except GatherError as error:
            for fault in error.faults:
                way_out = "; WordPress can export it in parts, by date" if fault.reason == "too-many-parts" else ""
                yield NotImported(file=name, reason=f"{fault.what}{way_out}", state="failed")
            continue
        channel = next(find_children(root, "channel"), root)
        yield from _read_channel(channel, name, export, site)


def _is_export(export: Export, name: str) -> bool:
    return name.lower().endswith((".xml", ".wxr")) and _MARK in tabular.read_beginning(export, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ExportedSite:
    """What the head of an export, and those of its items that are no posts, say of the posts."""

    source: Source
    language: str
    authors: dict[str, Author]  # by login
    attachments: dict[str, Image]  # by id
    attached: dict[str, list[str]]  # the ids of those that belong to a post
    blocks: dict[str, str]  # the texts of synced blocks, by id
    place: PostPlace


def _read_channel(channel: Element, name: str, export: Export, address: str) -> Iterator[Post | NotImported]:
    items = list(find_children(channel, "item"))
    attachments = [item for item in items if _read_type(item) == "attachment"]
    own = find_text(channel, "wp:base_blog_url", "wp:base_site_url", "link")
    site = _ExportedSite(
        source=Source(
            title=fields.read_line(find_text(channel, "title")), url=find_text(channel, "link"), syndicate="full"
        ),
        language=find_text(channel, "language"),
        authors=_read_authors(channel, items),
        attachments={find_text(one, "wp:post_id"): _read_attachment(one) for one in attachments},
        attached={
            parent: [find_text(one, "wp:post_id") for one in attachments if find_text(one, "wp:post_parent") == parent]
            for parent in {find_text(one, "wp:post_parent") for one in attachments}
        },
        blocks={find_text(one, "wp:post_id"): _read_body(one) for one in items if _read_type(one) == "wp_block"},
        place=replace(place_posts(export, address or own), file=name),
    )
    comments = 0
    guids: set[str] = set()
    for item in items:
        comments += sum(1 for _ in find_children(item, "wp:comment"))
        if _read_type(item) not in _FURNITURE:
            label = f"{name}: {find_text(item, 'wp:post_name', 'title', 'wp:post_id')}"
            guid = html.remove_illegal_characters(find_text(item, "guid"))
            id_ = "" if guid in guids else guid  # two posts that were copied have one
            guids.add(guid)
            yield from try_post(label, partial(_read_item, item, site, label, id_))
    yield from count_comments(name, comments)


def _read_item(item: Element, site: _ExportedSite, label: str, guid: str) -> Post | NotImported:
    title, kind, status = fields.read_line(find_text(item, "title")), _read_type(item), find_text(item, "wp:status")
    if kind != "post":
        return NotImported(file=label, reason=PAGE if kind == "page" else f"it is a {kind}, not a post", title=title)
    if status in {"trash", "auto-draft", "inherit"}:
        return NotImported(file=label, reason=BIN if status == "trash" else "it is an unsaved draft", title=title)
    address = find_text(item, "link")
    here = address if status in {"publish", "private"} and links.is_web_address(address) else ""
    meta = _read_meta(item)
    elsewhere = content.pick_canonical(next(filter(None, map(meta.get, _CANONICAL)), ""), site.place)
    authors, certainty = _find_authors(item, site)
    mended: list[Fault] = []
    enclosures = tuple(_read_enclosures(item, mended))
    article = Article(
        id=guid or f"wordpress/{find_text(item, 'wp:post_id')}",
        url=elsewhere or here,
        former_urls=tuple(dict.fromkeys(_list_former(item, here))) if here else (),
        title=title,
        summary=fields.read_summary(html.sanitise_html(find_text(item, "excerpt:encoded"))),
        authors=authors,
        certainty=certainty,
        source=content.name_old_site(elsewhere) if elsewhere else site.source if here else Source(),
        published=_parse_moment(item, "wp:post_date_gmt", "pubDate", "wp:post_date"),
        updated=_parse_moment(item, "wp:post_modified_gmt"),
        language=site.language,
        tags=fields.read_tags(
            "".join(tag.itertext())
            for tag in find_children(item, "category")
            if tag.get("domain") in {"category", "post_tag"} and tag.get("nicename") != "uncategorized"
        ),
        image=site.attachments.get(meta.get("_thumbnail_id", "")),
        enclosures=enclosures,
    )
    notes = [fault.what for fault in mended]
    written = expand_text(
        _read_body(item), {**site.blocks, "footnotes": write_footnotes(meta.get("footnotes", ""))}, notes
    )
    post = Post(
        file=label,
        article=article,
        slug=find_text(item, "wp:post_name"),
        is_public=status in {"publish", "private"},
        held=_find_objection(item, status),
        known_as="" if authors else find_text(item, "dc:creator"),
        notes=tuple(notes),
    )
    written = _GALLERY.sub(partial(_make_gallery, site, find_text(item, "wp:post_id")), written)
    return content.fill_html(post, written, site.place)


def _read_body(item: Element) -> str:
    return find_text(item, "content:encoded")


def _find_objection(item: Element, status: str) -> str:
    """Say why a post stays a draft; empty when nothing is against it."""
    if status == "future":
        return SCHEDULED
    why = "it was private" if status == "private" else "it asked for a password"
    return why if status == "private" or find_text(item, "wp:post_password") else ""


def _list_former(item: Element, url: str) -> Iterator[str]:
    """List the addresses that a post has and had: WordPress remembers its former slugs and days."""
    yield url
    slug, day = find_text(item, "wp:post_name"), find_text(item, "wp:post_date")[:10].replace("-", "/")
    for meta in find_children(item, "wp:postmeta"):
        key, old = find_text(meta, "wp:meta_key"), find_text(meta, "wp:meta_value")
        if key == "_wp_old_slug" and slug and old:
            yield f"{old}".join(url.rsplit(slug, 1)) if url.rstrip("/").endswith(f"/{slug}") else url
        elif key == "_wp_old_date" and re.fullmatch(r"[\d-]{10}", old):
            length = next((length for length in (10, 7, 4) if f"/{day[:length]}/" in url), 0)
            yield url.replace(f"/{day[:length]}/", f"/{old.replace('-', '/')[:length]}/", 1) if length else url


def _read_type(item: Element) -> str:
    return find_text(item, "wp:post_type") or "post"


def _read_meta(item: Element) -> dict[str, str]:
    return {
        find_text(meta, "wp:meta_key"): find_text(meta, "wp:meta_value") for meta in find_children(item, "wp:postmeta")
    }


def _parse_moment(item: Element, *tags: str) -> datetime | None:
    """Parse the first of these moments that is one; those called gmt are UTC, and zeros stand for none."""
    for tag in tags:
        written = find_text(item, tag)
        found = parse_date(f"{written} +0000" if tag.endswith("_gmt") else written)
        if found and not re.search(r"^0000| -0001 ", written):
            return found
    return None


def _read_authors(channel: Element, items: list[Element]) -> dict[str, Author]:
    """Read who the logins are; a guest author has an item of their own.

    The mail address of an account is left out: issue files are often public.
    """
    found: dict[str, Author] = {}
    for person in find_children(channel, "wp:author", "wp:wp_author"):
        first_and_last = f"{find_text(person, 'wp:author_first_name')} {find_text(person, 'wp:author_last_name')}"
        login = find_text(person, "wp:author_login")
        for shown in (find_text(person, "wp:author_display_name"), first_and_last, login):
            if known := next(iter(people.make_author(fields.read_line(shown))), None):
                found[login] = known
                break
    for item in items:
        if _read_type(item) != "guest-author":
            continue
        meta = _read_meta(item)
        name = fields.read_line(meta.get("cap-display_name") or find_text(item, "title"))
        bio = fields.read_summary(html.sanitise_html(meta.get("cap-description") or find_text(item, "content:encoded")))
        for author in people.make_author(name, url=meta.get("cap-website", ""), bio=bio):
            login = meta.get("cap-user_login") or find_text(item, "wp:post_name").removeprefix("cap-")
            found[login] = author
    return found


def _find_authors(item: Element, site: _ExportedSite) -> tuple[tuple[Author, ...], Certainty]:
    """Find who wrote an item: all that Co-Authors Plus names, else its creator."""
    terms = [tag for tag in find_children(item, "category") if tag.get("domain") == "author"]
    logins = ["".join(tag.itertext()).strip() for tag in terms]
    nicenames = [tag.get("nicename", "").removeprefix("cap-") for tag in terms]
    named = list(zip(logins, nicenames, strict=True)) or [(find_text(item, "dc:creator"), "")]
    found: list[Author] = []
    for login, nicename in named:
        known = site.authors.get(login) or site.authors.get(nicename)
        found += [known] if known else people.make_author(fields.read_line(login))
    authors = people.merge_authors(found, ())
    return authors, people.limit_certainty(authors, "certain" if authors else "unknown")


def _make_gallery(site: _ExportedSite, post: str, match: re.Match[str]) -> str:
    """Make the pictures of a gallery: those it names, else those that belong to the post; as it stands without any."""
    ids = _IDS.search(match["said"])
    wanted = re.findall(r"\d+", ids[1]) if ids else site.attached.get(post, [])
    found = [site.attachments[id_] for id_ in wanted if id_ in site.attachments]
    pictures = (f'<figure><img src="{escape(one.url)}" alt="{escape(one.alt or "")}"></figure>' for one in found)
    return "\n\n".join(pictures) or match[0]


def _read_attachment(item: Element) -> Image:
    alt = _read_meta(item).get("_wp_attachment_image_alt")
    return Image(url=find_text(item, "wp:attachment_url", "guid"), alt=fields.read_line(alt) if alt else None)


def _read_enclosures(item: Element, mended: list[Fault]) -> Iterator[Enclosure]:
    """Read what WordPress keeps of a recording: address, length and type, a line each."""
    for meta in find_children(item, "wp:postmeta"):
        if find_text(meta, "wp:meta_key") == "enclosure":
            url, length, kind = (*find_text(meta, "wp:meta_value").split("\n"), "", "", "")[:3]
            yield from fields.read_enclosure(url, kind, length, "", mended)
