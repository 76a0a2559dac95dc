"""Medium's export: ``posts/*.html``, a story each; drafts are among them, and answers to other people's stories.

Settings, Security and apps, “Download your information”. Each story is an h-entry (https://microformats.org/wiki/h-entry).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from dispatch import html
from dispatch.importers import content, tabular
from dispatch.importers.pictures import PostPlace, place_posts
from dispatch.importers.posts import Export, Post
from dispatch.importers.skipped import EMPTY, NotImported, try_post
from dispatch.model import Article, Document
from dispatch.readers import html_tree, moments, people

_FILE = re.compile(r"\.html?$", re.IGNORECASE)
_MARKS = ("h-entry", "p-name", "e-content")
_NAME = re.compile(r"(?:(?:draft|\d{4}-\d\d-\d\d)_)?(.*?)(?:-{1,9}([0-9a-f]{6,40}))?")
# What the text has again, and where pieces of it begin.
_AROUND = ".graf--title, .section-divider"


def accepts(export: Export) -> bool:
    """Whether there is a page that is marked up as Medium marks a story."""
    return any(_is_story(export, name) for name in export.names)


def read(export: Export, site: str) -> Iterator[Post | NotImported]:
    """Read the stories by file."""
    place = place_posts(export, site)
    for name in export.names:
        if _is_story(export, name):
            yield from try_post(name, partial(_read_story, replace(place, file=name)))


def _is_story(export: Export, name: str) -> bool:
    beginning = tabular.read_beginning(export, name) if _FILE.search(name) else ""
    return all(mark in beginning for mark in _MARKS)


def _read_story(place: PostPlace) -> Post | NotImported:
    body = place.export.read(place.file)
    story = html_tree.parse_page(Document(url="", media_type="text/html", charset="", body=body)).root
    if story is None or (written := story.css_first(".e-content")) is None:
        return NotImported(file=place.file, reason=EMPTY)
    title, dek = (html_tree.find_first_text(story, mark) for mark in (".p-name", ".p-summary"))
    if html_tree.get_text(written) == title:
        return NotImported(file=place.file, reason="it is an answer to somebody's story", title=title)
    for node in written.css(_AROUND):
        node.decompose()
    for box in (box for box in written.css("section, div") if box.mem_id != written.mem_id):
        box.unwrap()
    if (again := written.css_first(".graf--subtitle")) is not None and html_tree.get_text(again) == dek:
        again.decompose()
    author, day = story.css_first(".p-author"), story.css_first(".dt-published")
    url = content.pick_web_address(html_tree.get_address(story.css_first(".p-canonical"), ""))
    names = people.make_author(
        html_tree.get_text(author) if author is not None else "", url=html_tree.get_address(author, "")
    )
    named = _NAME.fullmatch(place.file.rpartition("/")[2].rpartition(".")[0])
    article = Article(
        id=f"medium/{named[2] if named and named[2] else place.file}",
        url=url,
        former_urls=content.list_former(place, url),
        title=title,
        dek=dek,
        authors=tuple(names),
        source=content.name_old_site(url),
        published=moments.parse_date(html_tree.get_attribute(day, "datetime")),
        tags=tuple(dict.fromkeys(html_tree.get_text(tag) for tag in html_tree.select_all(story, ".p-tag"))),
    )
    certainty = people.limit_certainty(article.authors, "certain" if article.authors else "unknown")
    article = replace(article, certainty=certainty)
    post = Post(file=place.file, article=article, slug=named[1].lower() if named else "", is_public=bool(url and day))
    return content.fill_html(post, html.remove_illegal_characters(written.inner_html or ""), place)
