"""What of a page is its article: the blocks, their pictures and embeds, and the places that its links lead to."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import html
from dispatch.model import Article, Document
from dispatch.readers import page
from thorough import scale

STONE = (
    "Stone was cheap in the east and dear in the west, and each town thought the other had been clever. The truth was "
    "in the freight. A cart that crosses a river without a bridge pays for the ferry, and the ferry had one owner."
)
BRIDGE = (
    "When the bridge was built, nobody asked the ferryman. He sold his boats in the spring, bought a quarry in the "
    "east with what he got for them, and was a rich man before the first frost, which surprised nobody but himself."
)
OTHERS = "".join(
    f'<li><a href="/{one}"><img src="/{one}.jpg"><h3>Another story about {one}</h3></a></li>'
    for one in ("salt", "wool")
)


def read(body: str, url: str = "https://paper.example/stone") -> Article:
    text = f'<!doctype html><html lang="en"><head><title>Stone</title></head><body>{body}</body></html>'
    (article,) = page.read(Document(url=url, media_type="text/html", charset="utf-8", body=text.encode()))
    return article


def make_page(inside: str) -> str:
    return (
        f'<article><h1>Stone</h1><div class="teaser-list"><ul>{OTHERS}</ul></div><p>{STONE}</p>{inside}<p>{BRIDGE}</p>'
        f'<div class="newsletter-signup"><p>Get our stories by mail.</p></div><ul>{OTHERS}</ul></article>'
    )


def test_the_mark_article_alone_proves_nothing() -> None:
    plain = html.to_plain_text(read(make_page("")).content)
    assert plain.startswith("Stone was cheap")
    assert plain.endswith("nobody but himself.")
    assert "Another story" not in plain


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        ('<img src="/q.jpg" alt="Q">', "q.jpg"),
        ('<img src="data:image/gif;base64,AA" data-src="/q.jpg" alt="Q">', "q.jpg"),
        ('<img src="/loading.gif" data-lazy-src="/q.jpg" alt="Q">', "q.jpg"),
        ('<img class="lazy" data-original="/q.jpg" alt="Q"><noscript><img src="/q.jpg" alt="Q"></noscript>', "q.jpg"),
        ('<noscript><img src="/q.jpg" alt="Q"></noscript>', "q.jpg"),
        ('<img srcset="/q-400.jpg 400w, /q-1200.jpg 1200w, /q-3000.jpg 3000w" alt="Q">', "q-1200.jpg"),
        ('<img data-srcset="/q-1x.jpg, /q-2x.jpg 2x" alt="Q">', "q-1x.jpg"),
        ('<picture><source srcset="/q.webp"><img src="/blank.gif" alt="Q"></picture>', "q.webp"),
        ('<picture><source srcset="/q.webp"><img src="/q.jpg" alt="Q"></picture>', "q.jpg"),
    ],
)
def test_a_picture_that_is_loaded_late_is_a_picture_with_its_caption(shown: str, wanted: str) -> None:
    article = read(make_page(f"<figure>{shown}<figcaption>The quarry.</figcaption></figure>"))
    assert html.find_image_addresses(article.content) == [f"https://paper.example/{wanted}"]
    assert "The quarry." in html.to_plain_text(article.content)


def test_a_picture_inside_a_link_is_a_link_and_a_picture() -> None:
    article = read(make_page('<figure><a href="/large.jpg"><img src="/small.jpg" alt="Q"></a></figure>'))
    assert re.search(
        r'<a href="https://paper.example/large.jpg"><img src="https://paper.example/small.jpg"', article.content
    )


@pytest.mark.parametrize("number", [0, 1])
def test_embeds_become_lines_with_links(number: int) -> None:
    embeds = (
        '<figure><iframe src="https://www.video.example/embed/abc" title="How stone is cut"></iframe></figure>'
        '<video controls poster="/p.jpg"><source src="https://paper.example/v.mp4"></video>'
        '<audio src="https://paper.example/a.mp3"></audio><iframe src="https://maps.example/quarry?z=3"></iframe>'
    )
    article = read([f"<article><h1>Stone</h1><p>{STONE}</p>{embeds}</article>", make_page(embeds)][number])
    assert html.list_embeds(article.content) == ["How stone is cut", "v.mp4", "a.mp3", "maps.example/quarry"]
    assert '<a class="embed" href="https://www.video.example/embed/abc">How stone is cut</a>' in article.content


def test_an_embed_that_is_called_like_its_player_has_the_name_of_its_address() -> None:
    player = '<iframe src="https://www.youtube.com/embed/abc" title="YouTube video player"></iframe>'
    assert html.list_embeds(html.sanitise_html(player)) == ["youtube.com/embed/abc"]
    post = '<iframe src="https://www.facebook.com/plugins/post.php?href=x"></iframe>'
    assert html.list_embeds(html.sanitise_html(post)) == ["facebook.com/plugins/post.php"]


@pytest.mark.parametrize(
    "unseen",
    [
        '<iframe src="https://www.googletagmanager.com/ns.html?id=1"></iframe>',
        '<iframe src="https://any.example/" width="1" height="1"></iframe>',
        '<iframe src="javascript:alert(1)" title="x"></iframe>',
        '<iframe src="https://www.facebook.com/plugins/like.php?href=x" title="Like"></iframe>',
        '<iframe src="//platform.twitter.com/widgets/tweet_button.html"></iframe>',
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
        '<video src="data:video/mp4;base64,AA"></video>',
    ],
)
def test_what_counts_readers_or_leads_nowhere_leaves_no_line(unseen: str) -> None:
    assert html.sanitise_html(f"<p>a</p>{unseen}<p>b</p>") == "<p>a</p><p>b</p>"


def test_notes_are_reached_and_lead_back() -> None:
    article = read(
        make_page('<p>Nobody counted.<sup><a href="#fn1" id="ref1">1</a></sup> <a href="#gone">Gone</a></p>').replace(
            "<ul>", '<ol><li id="fn1">The counter had moved. <a href="#ref1">back</a></li></ol><ul>', 2
        )
    )
    assert 'href="#fn1" id="ref1"' in article.content
    assert '<li id="fn1">' in article.content
    assert 'href="#ref1"' in article.content
    assert 'href="https://paper.example/stone#gone"' in article.content
    nowhere = read(f'<p>{STONE} <a href="#gone">Gone</a></p>', url="")
    assert "<a>Gone</a>" in nowhere.content


def test_a_page_that_is_one_large_form_is_read() -> None:
    inner = f'<form action="/"><div aria-hidden="true">{make_page("")}</div></form>'
    assert "Stone was cheap" in read(inner).content


@pytest.mark.parametrize("byline", ["By Ann Lee", "Von Ann Lee", "Ann Lee", "By ANN LEE, Staff Writer"])
def test_a_byline_and_a_dek_repeated_in_the_body_go(byline: str) -> None:
    head = '<meta name="author" content="Ann Lee">'
    plain = html.to_plain_text(read(f"{head}<div itemprop=articleBody><p>{byline}</p><p>{STONE}</p></div>").content)
    assert plain == STONE
    other = read(f"{head}<div itemprop=articleBody><p>Photographs by Bo Roe</p><p>{STONE}</p></div>")
    assert html.to_plain_text(other.content).startswith("Photographs by Bo Roe")


def test_the_card_of_the_authors_is_not_read_again() -> None:
    names = "<span itemprop=name>Jane Doe</span><span itemprop=name>Bo Roe</span>"
    card = f"<div itemprop=author itemscope itemtype='https://schema.org/Person'>{names}</div>"
    article = read(f"<article itemscope itemtype='https://schema.org/Article'>{card}<p>{STONE}</p></article>")
    assert [author.name for author in article.authors] == ["Jane Doe", "Bo Roe"]
    assert html.to_plain_text(article.content) == STONE


PIECES = st.sampled_from(
    """<iframe src=/a>|</iframe>|<noscript>|</noscript>|<img data-src=/b>|<picture>|<source srcset='/c 2x'>|<video>
    |</video>|<p id=x>|<a href=#x>|<a name=x>|</a>|<table>|<td>|x|<object data=/d>|<svg>|<title>|&lt;script&gt;
    |" onload="|<embed src=//e.example title='<b>'>|<li id=x>|</p>""".split("|")
)


@settings(max_examples=scale(300))
@given(st.lists(PIECES, max_size=14).map("".join))
def test_whatever_embeds_and_places_are_the_content_stays_content(written: str) -> None:
    content = html.sanitise_html(written, "https://paper.example/a")
    assert html.sanitise_html(content, "https://paper.example/a") == content
    assert not re.search(r"<(?:iframe|noscript|video|object|embed|source|svg)\b|\sdata-", content)
    ids = re.findall(r' id="([^"]*)"', content)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r' href="#([^"]+)"', content)) <= set(ids)
