"""A plugin of Pelican for what dispatch makes, and Pelican by itself does not: JSON Feed, text and MJML."""

import json
import re
from html import escape
from pathlib import Path
from typing import Any

from pelican import signals

MAIL = """<mjml><mj-head><mj-title>{name}</mj-title></mj-head><mj-body width="600px">
<mj-section><mj-column><mj-text font-size="28px"><h1>{name}</h1></mj-text></mj-column></mj-section>
{articles}
</mj-body></mjml>
"""
ARTICLE = """<mj-section><mj-column><mj-text><h2><a href="{link}">{title}</a></h2>{byline}<p>{start}</p></mj-text>
<mj-button href="{link}">Read {title}</mj-button></mj-column></mj-section>"""


def add_bylines(generator: Any) -> None:
    """Put the byline into what feeds show."""
    for article in generator.articles:
        article.byline = (
            f'<p>By <a href="{escape(article.author_url)}">{escape(article.author.name)}</a>'
            ' in <a href="https://paper.example/">The Paper</a></p>'
        )
        read = f'<p><a href="{escape(article.link)}">Read {escape(article.title)}</a></p>'
        article._content = article.byline + article._content + read


def write_all(generator: Any, writer: object) -> None:  # noqa: ARG001 - Pelican names them
    """Write the JSON Feed of the whole, and of each issue the JSON Feed, the text and the MJML."""
    out = Path(generator.output_path)
    write_feed(out / "feed.json", generator.articles)
    for issue, articles in generator.categories:
        folder = out / "category" / issue.slug
        folder.mkdir(parents=True, exist_ok=True)
        write_feed(folder / "feed.json", articles)
        (folder / "issue.txt").write_text("\n\n".join(map(format_text, articles)), encoding="utf-8")
        mail = MAIL.format(name=issue.name, articles="\n".join(map(format_mail, articles)))
        (folder / "mail.mjml").write_text(mail, encoding="utf-8")


def write_feed(path: Path, articles: Any) -> None:
    """Write a JSON Feed."""
    items = [
        {
            "id": f"https://wire.example/{one.url}",
            "url": one.link,
            "title": one.title,
            "authors": [{"name": one.author.name, "url": one.author_url}],
            "date_published": one.date.isoformat(),
            "content_html": one.content,
        }
        for one in articles
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "The Wire", "items": items}
    path.write_text(json.dumps(feed), encoding="utf-8")


def format_text(article: Any) -> str:
    """Format an article as text."""
    head = f"{article.title}\nBy {article.author.name} ({article.author_url}) in The Paper (https://paper.example/)"
    return f"{head}\n\n{strip_tags(article.content)}\n\n{article.link}\n"


def format_mail(article: Any) -> str:
    """Format an article as MJML."""
    title, link = escape(article.title), escape(article.link)
    start = escape(strip_tags(article.content)[:300])
    return ARTICLE.format(title=title, link=link, byline=article.byline, start=start)


def strip_tags(text: str) -> str:
    """Leave the words of HTML."""
    return re.sub("<[^>]+>", "", text)


def register() -> None:
    """Tell Pelican when to call."""
    signals.article_generator_finalized.connect(add_bylines)
    signals.article_writer_finalized.connect(write_all)
