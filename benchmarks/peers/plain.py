"""A whole issue as a short script would make it: Jinja2, mjml-python, feedgen and the standard library.

It is given clean articles, credits by name and link, and proves nothing of what comes out.
"""

import json
from email.message import EmailMessage
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from mjml import mjml2html

from benchmarks.peers.feeds import with_feedgen
from dispatch.model import Issue

ENVIRONMENT = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)


def mjml(issue: Issue) -> str:
    """The source of the mail."""
    return ENVIRONMENT.get_template("mail.mjml").render(issue=issue)


def render(issue: Issue) -> dict[str, bytes]:
    """All seven formats."""
    mail: str = mjml2html(mjml(issue))
    text = "\n\n".join(f"{article.title}\n{article.dek}\n{article.url}" for article in issue.articles)
    message = EmailMessage()
    message["From"] = message["To"] = "desk@wire.example"
    message["Subject"] = issue.title
    message.set_content(text)
    message.add_alternative(mail, subtype="html")
    items = [
        {
            "id": article.id,
            "url": article.url,
            "title": article.title,
            "content_html": article.content,
            "authors": [{"name": author.name, "url": author.url} for author in article.authors],
        }
        for article in issue.articles
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": issue.title, "items": items}
    return {
        "rss": with_feedgen(issue),
        "atom": with_feedgen(issue, atom=True),
        "json": json.dumps(feed, ensure_ascii=False, indent=2).encode(),
        "email": mail.encode(),
        "text": text.encode(),
        "eml": message.as_bytes(),
        "web": ENVIRONMENT.get_template("page.html").render(issue=issue).encode(),
    }
