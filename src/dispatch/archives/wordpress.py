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
from xml.etree.ElementTree import Element

from dispatch import html, links
from dispatch.archives import bodies, rows, wordpress_text
from dispatch.archives.nouns import Archive, Left, Post, tried
from dispatch.archives.pictures import MemberPlace, place_in
from dispatch.errors import GatherError
from dispatch.model import Article, Author, Certainty, Enclosure, Image, Source
from dispatch.readers import entries, people, xml
from dispatch.readers.entries import moment
from dispatch.readers.xml import children, text_of

_MARK = "wordpress.org/export/"
# Kinds of item that hold what a site is built of, and nothing that anybody wrote to be read.
_FURNITURE = frozenset(
    {
        "attachment",
        "nav_menu_item",
        "revision",
        "guest-author",
        "custom_css",
        "wp_block",
        "wp_navigation",
        "wp_template",
    }
    | {"wp_template_part", "wp_global_styles", "wp_font_family", "wp_font_face", "customize_changeset", "oembed_cache"}
)


def accepts(archive: Archive) -> bool:
    """Whether there is an XML file that names WordPress's export."""
    return any(_is_export(archive, name) for name in archive.names)


def read(archive: Archive, site: str) -> Iterator[Post | Left]:
    """The posts of each export file in its order; a file that is no XML is left."""
    for name in archive.names:
        if not _is_export(archive, name):
            continue
        try:
            root = xml.parse(rows.text_of(archive, name))
        except GatherError as error:
            for fault in error.faults:
                way_out = "; WordPress can export it in parts, by date" if fault.reason == "too-many-parts" else ""
                yield Left(file=name, reason=f"{fault.what}{way_out}", is_fault=True)
            continue
        channel = next(children(root, "channel"), root)
        yield from _of_channel(channel, name, archive, site)


def _is_export(archive: Archive, name: str) -> bool:
    return name.lower().endswith((".xml", ".wxr")) and _MARK in rows.beginning(archive, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """What the head of an export, and those of its items that are no posts, say of the posts."""

    name: str  # the file
    source: Source
    language: str
    authors: dict[str, Author]  # by login
    attachments: dict[str, Image]  # by id
    place: MemberPlace


def _of_channel(channel: Element, name: str, archive: Archive, address: str) -> Iterator[Post | Left]:
    items = list(children(channel, "item"))
    own = text_of(channel, "wp:base_blog_url", "wp:base_site_url", "link")
    site = _Site(
        name=name,
        source=Source(title=entries.plain(text_of(channel, "title")), url=text_of(channel, "link"), syndicate="full"),
        language=text_of(channel, "language"),
        authors=_authors(channel, items),
        attachments={text_of(item, "wp:post_id"): _attachment(item) for item in items if _type(item) == "attachment"},
        place=replace(place_in(archive, address or own), file=name),
    )
    comments = 0
    for item in items:
        comments += sum(1 for _ in children(item, "wp:comment"))
        if _type(item) not in _FURNITURE:
            label = f"{name}: {text_of(item, 'wp:post_name', 'title', 'wp:post_id')}"
            yield from tried(label, partial(_post, item, site, label))
    if comments:
        yield Left(file=f"{name}: comments", reason=f"not imported: {comments:,}")


def _post(item: Element, site: _Site, label: str) -> Post | Left:
    title, kind, status = entries.plain(text_of(item, "title")), _type(item), text_of(item, "wp:status")
    if kind != "post":
        return Left(file=label, reason=f"“{title}” is a {kind}, not a post")
    if status in {"trash", "auto-draft", "inherit"}:
        return Left(file=label, reason=f"“{title}” is {'in the bin' if status == 'trash' else 'an unsaved draft'}")
    address = text_of(item, "link")
    url = address if status in {"publish", "private"} and links.is_web(address) else ""
    authors, certainty = _credited(item, site)
    enclosures = tuple(_enclosures(item))
    article = Article(
        id=html.clean(text_of(item, "guid")) or f"wordpress/{text_of(item, 'wp:post_id')}",
        url=url,
        title=title,
        summary=entries.summary(html.sanitise(text_of(item, "excerpt:encoded"))),
        authors=authors,
        certainty=certainty,
        source=site.source if url else Source(),
        published=_moment(item, "wp:post_date_gmt", "pubDate", "wp:post_date"),
        updated=_moment(item, "wp:post_modified_gmt"),
        language=site.language,
        tags=entries.tags(
            "".join(tag.itertext())
            for tag in children(item, "category")
            if tag.get("domain") in {"category", "post_tag"} and tag.get("nicename") != "uncategorized"
        ),
        image=site.attachments.get(_meta(item).get("_thumbnail_id", "")),
        enclosures=enclosures,
    )
    written = text_of(item, "content:encoded")
    if not written and enclosures:
        return Left(file=label, reason=f"“{title}”: a podcast without text ({enclosures[0].url})")
    body = bodies.of_html(article, wordpress_text.as_html(written), site.place)
    why = "it was private" if status == "private" else "it asked for a password"
    return Post(
        file=label,
        article=body.article,
        slug=text_of(item, "wp:post_name"),
        is_public=status in {"publish", "private"},
        held=why if status == "private" or text_of(item, "wp:post_password") else "",
        known_as="" if authors else text_of(item, "dc:creator"),
        notes=body.notes,
        pictures=body.pictures,
    )


def _type(item: Element) -> str:
    return text_of(item, "wp:post_type") or "post"


def _meta(item: Element) -> dict[str, str]:
    return {text_of(meta, "wp:meta_key"): text_of(meta, "wp:meta_value") for meta in children(item, "wp:postmeta")}


def _moment(item: Element, *tags: str) -> datetime | None:
    """The first of these moments that is one; those called gmt are UTC, and zeros stand for none."""
    for tag in tags:
        written = text_of(item, tag)
        found = moment(f"{written} +0000" if tag.endswith("_gmt") else written)
        if found and not re.search(r"^0000| -0001 ", written):
            return found
    return None


def _authors(channel: Element, items: list[Element]) -> dict[str, Author]:
    """Who stands behind what people log in with; a guest author has an item of their own.

    The address of an account is nobody's business: issue files are often public.
    """
    found: dict[str, Author] = {}
    for person in children(channel, "wp:author"):
        first_and_last = f"{text_of(person, 'wp:author_first_name')} {text_of(person, 'wp:author_last_name')}"
        login = text_of(person, "wp:author_login")
        for shown in (text_of(person, "wp:author_display_name"), first_and_last, login):
            if known := next(iter(people.author(entries.plain(shown))), None):
                found[login] = known
                break
    for item in items:
        if _type(item) != "guest-author":
            continue
        meta = _meta(item)
        name = entries.plain(meta.get("cap-display_name") or text_of(item, "title"))
        bio = entries.summary(html.sanitise(meta.get("cap-description") or text_of(item, "content:encoded")))
        for author in people.author(name, url=meta.get("cap-website", ""), bio=bio):
            login = meta.get("cap-user_login") or text_of(item, "wp:post_name").removeprefix("cap-")
            found[login] = author
    return found


def _credited(item: Element, site: _Site) -> tuple[tuple[Author, ...], Certainty]:
    """Who wrote an item: all that Co-Authors Plus names, else its creator."""
    terms = [tag for tag in children(item, "category") if tag.get("domain") == "author"]
    logins = ["".join(tag.itertext()).strip() for tag in terms]
    nicenames = [tag.get("nicename", "").removeprefix("cap-") for tag in terms]
    named = list(zip(logins, nicenames, strict=True)) or [(text_of(item, "dc:creator"), "")]
    found: list[Author] = []
    for login, nicename in named:
        known = site.authors.get(login) or site.authors.get(nicename)
        found += [known] if known else people.author(entries.plain(login))
    authors = people.complete(found, ())
    if any(people.is_login(author.name) for author in authors):
        return authors, "likely"
    return authors, "certain" if authors else "unknown"


def _attachment(item: Element) -> Image:
    alt = _meta(item).get("_wp_attachment_image_alt")
    return Image(url=text_of(item, "wp:attachment_url", "guid"), alt=entries.plain(alt) if alt else None)


def _enclosures(item: Element) -> Iterator[Enclosure]:
    """What WordPress keeps of a recording: address, length and type, a line each."""
    for meta in children(item, "wp:postmeta"):
        if text_of(meta, "wp:meta_key") == "enclosure":
            url, length, kind = (*text_of(meta, "wp:meta_value").split("\n"), "", "", "")[:3]
            if links.is_web(url.strip()):
                digits = length.strip()
                size = int(digits) if digits.isdecimal() and len(digits) < 16 else None
                yield Enclosure(url=url.strip(), type=kind.strip(), length=size)
