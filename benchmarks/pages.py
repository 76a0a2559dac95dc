"""Pages of a paper, always the same: an article of 30 paragraphs in the frame that pages have."""

import json

from benchmarks import sample

LAST = "The last ferry of the year was late."
HEADLINE = "The ferry left at noon"

_ARTICLE = f"{sample.BODY}{sample.BODY}{sample.BODY}<p>{LAST}</p>"
_MENU = "".join(f'<li class="item"><a href="/section/{n}">Section {n}</a></li>' for n in range(120))
_TEASERS = "".join(
    f'<div class="card"><a href="/story/{n}"><img src="/{n}.jpg" alt="A pier"></a><h3>Story {n}</h3>'
    "<p>In short.</p></div>"
    for n in range(60)
)
_SCRIPT = f"<script>{'var ferry = [1, 2, 3]; ' * 1_500}</script>"
_LD = json.dumps(
    {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": HEADLINE,
        "datePublished": "2026-11-22T08:00:00Z",
        "author": [{"@type": "Person", "name": "Ann Lee", "url": "/ann"}, {"@type": "Person", "name": "Bo Zhang"}],
        "publisher": {"@type": "Organization", "name": "The Paper"},
    }
)
_HEAD = f'<meta charset="utf-8"><title>{HEADLINE} | The Paper</title><meta property="og:site_name" content="The Paper">'


def _page(head: str, article: str) -> bytes:
    return (
        f'<!DOCTYPE html><html lang="en"><head>{_HEAD}{head}{_SCRIPT}</head><body><nav><ul>{_MENU}</ul></nav>'
        f'{article}<div id="more">{_TEASERS}</div><footer><ul>{_MENU}</ul></footer></body></html>'
    ).encode()


PAGES = {
    "a page that marks its article": _page(
        f'<script type="application/ld+json">{_LD}</script>',
        f'<article><h1>{HEADLINE}</h1><div class="entry-content">{_ARTICLE}</div></article>',
    ),
    "a page without any marks": _page(
        '<meta name="author" content="Ann Lee">',
        f"<div><h1>{HEADLINE}</h1><div>By Ann Lee</div><div>{_ARTICLE}</div></div>",
    ),
}
