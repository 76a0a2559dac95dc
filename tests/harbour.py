"""A publication of one issue, of which an article is given out to be published again."""

import re
from html import unescape
from pathlib import Path

from dispatch import config

CHECKOUT = Path(__file__).parents[1]

HARBOUR = "https://harbour.example"
QUAY = f"{HARBOUR}/issues/one/the-quay/"
LINE = (
    f'This article was first published in <a href="{QUAY}">Harbour Wire</a> and is republished under '
    '<a href="https://creativecommons.org/licenses/by-nd/4.0/">CC BY-ND 4.0</a>.'
)
ARTICLE = """\
---
title: {title}
dek: A question that nobody asked
authors:
  - name: Dana Whitfield
    url: https://people.example/dana?x=1&y=2
    bio: Dana Whitfield writes about harbours.
  - name: Omar Reyes
{more}---
The first paragraph has [a link](https://town.example/a?b=1&c=2), and says what the quay is for.

# What the map says

![Our own map](map.png)

<figure><img src="https://agency.example/p.jpg" alt="A crane"><figcaption>Photo: An agency</figcaption></figure>

A second paragraph that also has words enough for anybody who looks for it.

## Below that

Last words of this article, which are long enough to be looked for, too.
"""
FREE = "license: CC-BY-ND-4.0\npublished: 2026-11-01T08:00:00Z\nnote: Ask the mayor.\n"


def build_harbour(root: Path) -> None:
    """A publication with one issue: an own article that is free, one that is not, and one of others that is free."""
    config.create_publication(root, title="Harbour Wire", url=HARBOUR, sender="Harbour Wire <desk@harbour.example>")
    folder = root / "issues/one"
    folder.mkdir(parents=True)
    (folder / "issue.md").write_text(
        "---\ntitle: Week one\ndate: 2026-11-02\nnumber: 1\nsections:\n  - title: Town\n"
        "    articles: [the-quay, the-tide, elsewhere]\n---\nWords before.\n"
    )
    (folder / "the-quay.md").write_text(ARTICLE.format(title='Who owns the "quay" & why', more=FREE))
    (folder / "the-tide.md").write_text(ARTICLE.format(title="The tide", more="published: 2026-11-01\n"))
    more = "url: https://other.example/a?b=1&c=2\nlicense: CC-BY-4.0\npublished: 2026-11-01\n"
    more += "source: {title: Other, url: https://other.example, syndicate: full}\n"
    (folder / "elsewhere.md").write_text(ARTICLE.format(title="Elsewhere", more=more))
    (folder / "map.png").write_bytes((CHECKOUT / "docs/pictures/author-light.png").read_bytes())


def read_field(page: str, name: str) -> str:
    """What a browser has in a field of the page, and hands to the clipboard."""
    found = re.search(rf'<textarea id="{name}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return unescape(found[1])
