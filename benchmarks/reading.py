"""Reading: a feed beside feedparser, a page beside trafilatura, from the same bytes."""

from collections.abc import Iterator
from itertools import pairwise

import feedparser
import trafilatura
from trafilatura.settings import Document as Extracted

from benchmarks import pages, sample
from benchmarks.measure import Row, in_turns, within
from dispatch import render
from dispatch.model import Document
from dispatch.readers import feed, page

LINKS = "".join(f'<li><a href="/section/{n}">What happened in harbour {n}</a></li>' for n in range(60))
WORDS = [sample.SENTENCE.replace("noon", f"{hour} o'clock") for hour in range(1, 31)]
STORY = "".join(f"<p>{one}{other}It was warm.</p>" for one, other in pairwise(WORDS))
PAGE = f"""<!doctype html><html lang="en"><head><title>The ferry | The Paper</title>
<meta property="og:site_name" content="The Paper"><meta property="og:title" content="The ferry">
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "The ferry",
"datePublished": "2026-11-20T08:00:00Z", "author": [{{"@type": "Person", "name": "Ann Lee", "url": "/ann"}}]}}</script>
</head><body><header><nav><ul>{LINKS}</ul></nav></header><main><article><h1>The ferry</h1>
<p class="byline">By <a rel="author" href="/ann">Ann Lee</a></p>{STORY}</article>
<aside><h2>Most read</h2><ul>{LINKS}</ul></aside></main><footer><ul>{LINKS}</ul></footer></body></html>"""


def rows() -> Iterator[Row]:
    """A feed of 20 entries with all that we write into one, a page that marks its article, one that marks nothing."""
    body = render.render_edition(sample.issue(20), sample.publication(), "rss").body
    told = Document(url="https://paper.example/feed", media_type="application/rss+xml", charset="", body=body)

    def ours() -> None:
        assert len(feed.read(told)) == 20

    def theirs(*, sanitise: bool) -> None:
        assert len(feedparser.parse(body, sanitize_html=sanitise).entries) == 20

    work = f"a feed of 20 entries, {len(body) // 1000} KB, read"
    yield in_turns(work, "feedparser", within(ours), within(lambda: theirs(sanitise=True)), turns=40, goal=0.5)
    peer = "feedparser without its sanitiser"
    yield in_turns(work, peer, within(ours), within(lambda: theirs(sanitise=False)), turns=40)

    shown = Document(url="https://paper.example/ferry", media_type="text/html", charset="", body=PAGE.encode())

    def read() -> None:
        (article,) = page.read(shown)
        assert article.authors[0].name == "Ann Lee"
        assert "29 o'clock" in article.content

    def extract() -> None:
        found = trafilatura.bare_extraction(PAGE, url=shown.url, with_metadata=True)
        assert isinstance(found, Extracted)
        assert found.author == "Ann Lee"

    work = f"a page of {len(PAGE) // 1000} KB, read"
    yield in_turns(work, "trafilatura", within(read), within(extract), turns=40, goal=1.1)

    bare = Document(url=shown.url, media_type="text/html", charset="", body=pages.UNMARKED.encode())

    def guess() -> None:
        assert pages.LAST in page.read(bare)[0].content

    def extract_with_links() -> None:
        found = trafilatura.extract(
            pages.UNMARKED, output_format="html", with_metadata=True, include_links=True, include_images=True
        )
        assert pages.LAST in (found or "")

    work = f"a page of {len(pages.UNMARKED) // 1000} KB that marks nothing, read"
    yield in_turns(work, "trafilatura", within(guess), within(extract_with_links), turns=40, goal=1.1)
