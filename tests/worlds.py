"""Feeds as the systems of the world give them, made of the same posts: microblogs, planets, code hosts, podcasts."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Post:
    """What somebody wrote, as its site has it."""

    n: int
    title: str
    text: str
    author: str
    day: datetime
    link: str
    guid: str


# Of a site: its address, its name, and its posts as it lists them.
Give = Callable[[str, Sequence[Post]], str]


def give_rss(item: Callable[[str, Post], str], *, head: str = "") -> Give:
    """RSS 2.0 with the well-known modules, and the items that a function makes."""

    def give(home: str, posts: Sequence[Post]) -> str:
        items = "".join(f"<item>{item(home, post)}</item>" for post in posts)
        return (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
            ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"'
            ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:media="http://search.yahoo.com/mrss/">'
            f"<channel><title>{home}</title><link>{home}</link><description>d</description>{head}{items}</channel></rss>"
        )

    return give


def give_atom(entry: Callable[[str, Post], str], *, head: str = "") -> Give:
    """Atom, with the entries that a function makes."""

    def give(home: str, posts: Sequence[Post]) -> str:
        entries = "".join(f"<entry>{entry(home, post)}</entry>" for post in posts)
        return (
            '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"'
            ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:yt="http://www.youtube.com/xml/schemas/2015">'
            f'<id>{home}</id><title>{home}</title><link href="{home}"/><updated>2026-11-27T00:00:00Z</updated>'
            f"{head}{entries}</feed>"
        )

    return give


def tag(name: str, text: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{escape(text)}</{name}>"


def cdata(name: str, text: str) -> str:
    return f"<{name}><![CDATA[{text}]]></{name}>"


def day(post: Post) -> str:
    return tag("pubDate", format_datetime(post.day))


def give_json(item: Callable[[Post], Mapping[str, object]]) -> Give:
    """JSON Feed, with the items that a function makes."""

    def give(home: str, posts: Sequence[Post]) -> str:
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": home, "home_page_url": home}
        return json.dumps(feed | {"items": [item(post) for post in posts]})

    return give


def give_page(home: str, posts: Sequence[Post]) -> str:
    """An h-feed of notes."""
    entries = "".join(
        f'<div class="h-entry"><a class="p-author h-card" href="{home}">{post.author}</a>'
        f'<div class="e-content"><p>{post.text}</p></div><a class="u-url" href="{post.link}">'
        f'<time class="dt-published" datetime="{post.day.isoformat()}">then</time></a></div>'
        for post in posts
    )
    return f'<!doctype html><title>{home}</title><body class="h-feed"><h1 class="p-name">{home}</h1>{entries}'


def give_rdf(home: str, posts: Sequence[Post]) -> str:
    items = "".join(
        f'<item rdf:about="{post.link}">{tag("title", post.title)}{tag("link", post.link)}'
        f"{tag('description', post.text)}{tag('dc:creator', post.author)}{tag('dc:date', post.day.isoformat())}</item>"
        for post in posts
    )
    return (
        '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="{home}">{tag("title", home)}'
        f"{tag('link', home)}</channel>{items}</rdf:RDF>"
    )


def note(post: Post) -> str:
    """A note's text as microblogs have it, with a link to a tag at its end."""
    return f'<p>{post.text} <a href="https://social.example/tags/ferry">#<span>ferry</span></a></p>'


def person(post: Post, more: str = "") -> str:
    return f"<author>{tag('name', post.author)}{more}</author>"


def moment(post: Post, *names: str) -> str:
    return "".join(tag(name, post.day.isoformat()) for name in names or ("published", "updated"))


def alternate(address: str) -> str:
    return f'<link rel="alternate" type="text/html" href="{escape(address)}"/>'


def linked(post: Post) -> str:
    return tag("title", post.title) + tag("link", post.link)


SYSTEMS: Final[Mapping[str, Give]] = {
    "wordpress": give_rss(
        lambda home, post: linked(post) + cdata("dc:creator", post.author) + day(post)
        + tag("guid", post.guid, ' isPermaLink="false"') + cdata("description", f"<p>{post.text[:40]} [&#8230;]</p>")
        + cdata("content:encoded", f'<p>{post.text}</p><p>The post <a href="{post.link}">{post.title}</a> appeared'
                f' first on <a href="{home}">{home}</a>.</p>')
    ),
    "ghost": give_rss(
        lambda _, post: cdata("title", post.title) + cdata("description", post.text[:60]) + tag("link", post.link)
        + tag("guid", f"63f{post.n:021x}", ' isPermaLink="false"') + cdata("dc:creator", post.author) + day(post)
        + cdata("content:encoded", f"<p>{post.text}</p>")
    ),
    "substack": give_rss(
        lambda _, post: cdata("title", post.title) + cdata("description", "A dek") + tag("link", post.link)
        + tag("guid", post.link, ' isPermaLink="false"') + cdata("dc:creator", post.author) + day(post)
        + cdata("content:encoded", f"<p>{post.text}</p>")
    ),
    "drupal": give_rss(
        lambda home, post: linked(post) + tag("description", f"<p>{post.text}</p>") + day(post)
        + tag("dc:creator", post.author) + tag("guid", f"{post.n} at {home}", ' isPermaLink="false"')
    ),
    "medium": give_rss(
        lambda home, post: cdata("title", post.title) + tag("link", f"{post.link}?source=rss------{post.day:%H%M}-2")
        + tag("guid", f"{home}p/{post.n:012x}", ' isPermaLink="false"') + cdata("dc:creator", post.author) + day(post)
        + cdata("content:encoded", f"<p>{post.text}</p>")
    ),
    "tumblr": give_rss(
        lambda _, post: tag("title", f"{post.text[:40].rsplit(' ', 1)[0]}...")
        + tag("description", f"<p>{post.text}</p>") + tag("link", post.link) + tag("guid", post.link) + day(post)
        + tag("dc:creator", post.author)
    ),
    "mastodon": give_rss(
        lambda _, post: tag("guid", post.link, ' isPermaLink="true"') + tag("link", post.link) + day(post)
        + tag("description", note(post)) + tag("category", "ferry") + tag("dc:creator", post.author)
    ),
    "bluesky": give_rss(
        lambda _, post: tag("link", post.link) + tag("description", post.text) + day(post)
        + tag("guid", f"at://did:plc:x/app.bsky.feed.post/{post.n}", ' isPermaLink="false"')
        + tag("dc:creator", post.author)
    ),
    "podcast": give_rss(  # every episode leads to the front page
        lambda home, post: tag("title", post.title) + tag("link", home) + day(post)
        + tag("guid", f"c0ffee-{post.n}", ' isPermaLink="false"') + tag("itunes:author", post.author)
        + tag("description", f"<p>{post.text}</p><p>Listen wherever there are podcasts. Tell a friend about us.</p>")
        + f'<enclosure url="{home}{post.n}.mp3" type="audio/mpeg" length="1"/>'
    ),
    "changelog": give_rss(  # every entry is a place on one page, and some are called the same
        lambda home, post: tag("title", "Bug fixes" if post.n % 2 else post.title) + day(post)
        + tag("link", f"{home}changes#v{post.n}") + tag("guid", f"{home}changes#v{post.n}")
        + tag("description", f"<p>{post.text}</p>") + tag("dc:creator", post.author)
    ),
    "no ids": give_rss(  # neither titles nor ids nor addresses of their own
        lambda home, post: tag("link", home) + day(post) + tag("description", f"<p>{post.text}</p>")
        + tag("dc:creator", post.author)
    ),
    "one id": give_rss(
        lambda home, post: linked(post) + day(post) + tag("guid", home) + tag("description", f"<p>{post.text}</p>")
        + tag("dc:creator", post.author)
    ),
    "one id and address": give_rss(
        lambda home, post: tag("title", post.title) + tag("link", home) + tag("guid", home) + day(post)
        + tag("description", f"<p>{post.text}</p>") + tag("dc:creator", post.author)
    ),
    "forum": give_rss(  # every answer has the title of its topic
        lambda home, post: tag("title", "Who pays for the ferry?") + tag("link", f"{home}t/ferry/12/{post.n}")
        + day(post) + tag("guid", f"forum.example-post-12-{post.n}", ' isPermaLink="false"')
        + tag("dc:creator", post.author) + cdata("description", f"<p>{post.text}</p>")
    ),
    "old": give_rss(  # no day
        lambda _, post: linked(post) + tag("description", post.text)
        + tag("author", f"desk@old.example ({post.author})")
    ),
    "blogger": give_atom(
        lambda _, post: tag("id", f"tag:blogger.com,1999:blog-7.post-{post.n}") + moment(post)
        + tag("title", post.title, ' type="text"') + tag("content", f"<p>{post.text}</p>", ' type="html"')
        + alternate(post.link) + person(post, "<email>noreply@blogger.com</email>")
        + f'<link rel="replies" type="text/html" href="{post.link}#comment-form"/>'
    ),
    "reddit": give_atom(
        lambda _, post: person(post) + tag("id", f"t3_{post.n}") + f'<link href="{post.link}"/>' + moment(post)
        + tag("title", post.title) + tag("content", f"<!-- SC_OFF --><p>{post.text}</p>", ' type="html"')
    ),
    "youtube": give_atom(
        lambda _, post: tag("id", f"yt:video:{post.n}") + tag("title", post.title) + alternate(post.link) + person(post)
        + moment(post)
        + f"<media:group>{tag('media:title', post.title)}{tag('media:description', post.text)}</media:group>"
    ),
    "code host": give_atom(  # releases have nothing but when they were updated
        lambda _, post: tag("id", f"tag:github.com,2008:Repository/1/v{post.n}") + moment(post, "updated")
        + alternate(post.link) + tag("title", f"v{post.n}.0") + person(post)
        + tag("content", f"<p>{post.text}</p>", ' type="html"')
    ),
    "jekyll": give_atom(
        lambda _, post: tag("title", post.title, ' type="html"') + alternate(post.link) + moment(post)
        + tag("id", f"/2026/11/{post.n}") + tag("content", f"<p>{post.text}</p>", ' type="html"') + person(post)
    ),
    "planet": give_atom(  # another's entries, with another's ids
        lambda _, post: tag("title", post.title) + alternate(post.link) + moment(post) + person(post)
        + tag("id", f"tag:blogger.com,1999:blog-7.post-{post.n}")
        + tag("content", f"<p>{post.text}</p>", ' type="html"')
        + f'<source><title>blogger</title>{tag("id", "tag:blogger.com,1999:blog-7")}</source>'
    ),
    "microblog": give_json(
        lambda post: {"id": post.link, "url": post.link, "content_html": note(post), "authors": [{"name": post.author}],
                      "date_published": post.day.isoformat()}
    ),
    "json": give_json(
        lambda post: {"id": str(post.n), "url": post.link, "title": post.title, "content_text": post.text,
                      "authors": [{"name": post.author}], "date_published": post.day.isoformat()}
    ),
    "h-feed": give_page,
    "rdf": give_rdf,
}  # fmt: skip
