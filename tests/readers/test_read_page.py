"""Pages: who is credited when witnesses differ, the boxes of publishing systems, addresses, and what is refused."""

import json
import re
from datetime import UTC, datetime
from html import escape, unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addresses import WEB
from dispatch import html
from dispatch.errors import GatherError
from dispatch.model import Article, Author, Credit, Document, Image, Source
from dispatch.readers import limits, page
from patience import processor_seconds

DATA = Path(__file__).parent.parent / "data" / "readers"
URL = "https://paper.example/harbour"
TIDE = "https://tide.example"
CDN = "https://cdn.example"
BODY = "<p>" + "The harbour freezes for eleven days in an ordinary winter. " * 5 + "</p>"
ADA = {"bio": "Ada Holm has written about water & weather since 1999."}
BO = {"bio": "Bo Lind keeps the ledger."}


def document(body: bytes | str, url: str = URL, media_type: str = "text/html") -> Document:
    return Document(
        url=url, media_type=media_type, charset="", body=body.encode() if isinstance(body, str) else body, name="a page"
    )


def read(body: bytes | str, url: str = URL) -> Article:
    (article,) = page.read(document(body, url))
    return article


def structured(**node: object) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "T", **node}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def names(body: str) -> list[str]:
    return [author.name for author in read(f"<h1>T</h1>{body}").authors]


def hrefs(content: str) -> list[str]:
    return [unescape(href) for href in re.findall(r'href="([^"]*)"', content)]


@pytest.mark.parametrize(
    ("name", "authors"),
    [
        (
            "publishpress",
            (
                Author(
                    name="Ada Holm",
                    url="https://paper.example/author/ada-holm/?view=all&copy=2",
                    avatar="https://secure.gravatar.com/avatar/0a?s=80&d=mm&r=g",
                    **ADA,
                ),
                Author(name="Bo Lind, Jr.", url="https://paper.example/author/bo/", **BO),
            ),
        ),
        (
            "molongui",
            (
                Author(
                    name="Ada Holm",
                    url="https://tide.example/author/ada/",
                    avatar="https://tide.example/ada.png",
                    **ADA,
                ),
                Author(name="Bo Lind, Jr.", **BO),
            ),
        ),
        (
            "simple-author-box",
            (
                Author(
                    name="Ada Holm",
                    url="https://tide.example/author/ada/",
                    avatar="https://secure.gravatar.com/avatar/ac2?s=100&d=mm&r=g",
                    **ADA,
                ),
            ),
        ),
        (
            "co-authors-plus",
            (
                Author(
                    name="Ada Holm",
                    url="https://tide.example/author/ada/",
                    avatar="https://tide.example/ada.png",
                    **ADA,
                ),
                Author(name="Bo Lind, Jr.", url="https://tide.example/author/bo/", **BO),
            ),
        ),
        (
            "ghost",
            (
                Author(name="Ada Holm", url="https://tide.example/author/ada/", avatar="https://tide.example/ada.png"),
                Author(name="Bo Lind, Jr.", url="https://tide.example/author/bo/"),
            ),
        ),
        (
            "substack",
            (
                Author(
                    name="Ada Holm", url="https://substack.example/@ada", avatar="https://cdn.example/ada.png", **ADA
                ),
            ),
        ),
    ],
)
def test_the_boxes_of_publishing_systems(name: str, authors) -> None:
    article = read((DATA / f"{name}.html").read_bytes(), url="")
    assert article.authors == authors
    assert article.certainty == "certain"
    assert article.title == "The winter that did not come"
    assert article.language.startswith("en")
    plain = html.to_plain_text(article.content)
    assert plain.startswith("The harbour of Exampleton")
    assert plain.endswith("there is talk of the lighthouse.")
    assert html.find_headings(article.content) == ["What the pilots do instead"]
    assert hrefs(article.content)[1] == "https://archive.example/a%20b?x=%253A#:~:text=ice,ice"


def test_everything_that_a_page_says() -> None:
    article = read((DATA / "publishpress.html").read_bytes(), url="")
    assert article.url == "https://paper.example/harbour/?p=12&copy=2"
    assert article.source == Source(title="The Paper", url="https://paper.example/")
    assert article.published == datetime(2025, 2, 12, 14, 5, 11, tzinfo=UTC)
    assert article.updated == datetime(2025, 2, 13, 8, tzinfo=UTC)
    assert article.tags == ("harbour", "ice")
    assert article.summary == "Eleven days of ice are missing from the harbour ledger."
    assert article.image == Image(url="https://paper.example/wp-content/uploads/ice.jpg", width=1200, height=800)
    assert hrefs(article.content)[0] == "https://paper.example/ledger?year=1986&copy=2"
    assert read((DATA / "substack.html").read_bytes()).dek == "Eleven days of ice are missing"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (structured(author="Ada and Bo"), ["Ada and Bo"]),
        (
            structured(author=[{"@type": "Person", "name": "Ada"}, {"@type": "Person", "name": "Bo, Jr."}]),
            ["Ada", "Bo, Jr."],
        ),
        (structured(author={"@type": "Person", "name": ["Ada", "Bo"]}), ["Ada", "Bo"]),
        (structured(author={"@list": [{"name": "Ada"}, "Bo"]}), ["Ada", "Bo"]),
        (structured(author={"@type": "Person", "name": "O&#39;Holm &amp; Sons"}), ["O'Holm & Sons"]),
        (structured(author={"name": "王小波"}), ["王小波"]),
        (structured(author={"name": "admin"}), []),
        (structured(author={"name": "username"}), []),
        (structured(author={"name": "Wire", "@type": "Person"}, publisher={"name": "Wire"}), ["Wire"]),
        (
            structured(author={"name": "The Paper", "@type": "Organization"}, publisher={"name": "The Paper"}),
            ["The Paper"],
        ),
        ('<meta name="author" content="The Paper"><meta property="og:site_name" content="The Paper">', ["The Paper"]),
        (
            '<meta name="citation_author" content="Holm, Ada"><meta name="citation_author" content="Lind, Bo">',
            ["Ada Holm", "Bo Lind"],
        ),
        ('<meta property="article:author" content="https://social.example/paper">', []),
        (
            '<article><h1>T</h1><p class="byline">By <a href="/ada">Ada</a> and <a href="/bo">Bo</a></p></article>',
            ["Ada", "Bo"],
        ),
        ('<article><h1>T</h1><p class="byline">By Ada and Bo</p></article>', ["Ada and Bo"]),
        ('<article><h1>T</h1><div class="byline"><div>By</div><div>Ada</div></div></article>', ["Ada"]),
        ('<article><h1>T</h1><p class="byline">Posted on Monday</p></article>', []),
        ('<div class="h-entry"><h1 class="p-name">T</h1><a class="p-author h-card" href="/ada">Ada</a></div>', ["Ada"]),
        (
            '<b itemprop="author" itemscope><meta itemprop="name" content="Ada"></b>',
            ["Ada"],
        ),
        ('<article><h1>T</h1></article><aside><a rel="author" href="/zoe">Zoe</a></aside>', []),
        ("<p>Nobody</p>", []),
    ],
)
def test_who_is_credited(body, expected) -> None:
    assert names(body) == expected


def test_a_guess_needs_two_witnesses() -> None:
    one = '<article><h1>T</h1><a rel="author" href="/ada?a=1&amp;b=2">Ada Holm</a></article>'
    assert read(one).certainty == "likely"
    assert read('<meta name="author" content="Ada Holm"><h1>T</h1>').certainty == "likely"
    two = read(f'<meta name="author" content="Ada Holm">{one}')
    assert two.certainty == "certain"
    assert two.authors == (Author(name="Ada Holm", url="https://paper.example/ada?a=1&b=2"),)
    differing = read(f'<meta name="author" content="ada77">{one}')
    assert (differing.authors[0].name, differing.certainty) == ("Ada Holm", "likely")
    assert read("<h1>T</h1>").certainty == "unknown"


def test_credits_are_not_authors() -> None:
    article = read(
        structured(author="Ada", editor={"name": "Eve", "url": "/eve"}, translator="Tove", contributor="Ada")
    )
    assert article.credits == (
        Credit(role="translator", name="Tove"),
        Credit(role="editor", name="Eve", url="https://paper.example/eve"),
    )


def test_titles_in_full_and_without_the_site() -> None:
    long = "A headline that search engines want cut after so many characters"
    site = '<meta property="og:site_name" content="The Paper">'
    assert read(f"{site}<title>{long} | The Paper</title>").title == long
    assert read(f"{structured(headline=long[:30] + '…')}{site}<h1>{long}</h1>").title == long
    assert read("<title>Cats &amp; dogs - and birds</title>").title == "Cats & dogs - and birds"


def test_the_source_is_at_least_the_host() -> None:
    assert read("<h1>T</h1>", "https://www.paper.example:8080/a").source == Source(
        title="paper.example", url="https://www.paper.example:8080"
    )
    assert read("<h1>T</h1>", "").source == Source()


@pytest.mark.parametrize("url", WEB.values(), ids=WEB)
def test_addresses_are_left_alone(url) -> None:
    text = escape(url)
    article = read(
        f'<link rel="canonical" href="{text}"><base href="https://base.example/">'
        f"{structured(author={'name': 'Ada', 'url': url}, image=url)}"
        f'<article><h1>T</h1><div class="entry-content">{BODY}<a href="{text}">x</a></div></article>'
    )
    assert (article.url, article.authors[0].url, article.image.url) == (url, url, url)
    assert hrefs(article.content) == [url]
    boxed = read(f'<h1>T</h1><div class="author-box"><a class="author-name" href="{text}">Ada</a></div>')
    assert boxed.authors == (Author(name="Ada", url=url),)


def test_relative_addresses_follow_the_base() -> None:
    content = f'<article><a href="more">x</a><img src="/y.png" alt="">{BODY}</article>'
    assert hrefs(read(f'<base href="/sub/">{content}').content) == ["https://paper.example/sub/more"]
    assert hrefs(read(content).content) == ["https://paper.example/more"]
    assert 'src="https://paper.example/y.png"' in read(content).content
    saved = f'<link rel="canonical" href="https://tide.example/a/b">{content}'
    saved = f'<meta property="og:image" content="ice.jpg">{saved}'
    assert hrefs(read(saved, "").content) == ["https://tide.example/a/more"]
    assert read(saved, "").image == Image(url="https://tide.example/a/ice.jpg")
    assert read(saved.replace("https://tide", "ftp://tide"), "").image is None


def test_the_picture_keeps_its_words() -> None:
    shown = '<meta property="og:image" content="/ice.jpg"><h1>T</h1><img src="/ice.jpg" alt="Ice &amp; snow">'
    assert read(shown).image == Image(url="https://paper.example/ice.jpg", alt="Ice & snow")
    assert read('<h1>T</h1><meta property="og:image" content="data:image/png;base64,AAAA">').image is None


def test_a_page_without_marks_is_guessed() -> None:
    text = "".join(
        f"<p>This is paragraph {n} of a long story about the harbour, its ice and its pilots.</p>" for n in range(20)
    )
    article = read(f"<html><body><div id=menu><a href=/>Home</a></div><h1>T</h1><div>{text}</div></body></html>")
    assert "paragraph 7 of a long story" in article.content
    assert "Home" not in article.content


def test_nothing_runs() -> None:
    article = read(
        f'<article><h1>T</h1>{BODY}<script>alert(1)</script><p onclick="x" style="x">a</p><img src=x onerror=alert(1)>'
        '<iframe src="https://evil.example"></iframe><a href="javascript:alert(1)">b</a><svg onload=x></svg></article>'
    )
    assert not re.search(r"script|onclick|onerror|style=|iframe|svg", article.content)


def test_what_is_a_page() -> None:
    for body in ("<!DOCTYPE html><p>", "\n<!-- x -->\n<html>", '<?xml version="1.0"?><!DOCTYPE html><html>', "<head>"):
        assert page.accepts(document(body, media_type=""))
    for body in ("<p>Words", "Words <html>", "<rss>", ""):
        assert not page.accepts(document(body, media_type="text/plain"))
    assert page.accepts(document("anything"))
    assert page.read(document("")) == []


def test_an_attribute_holds_no_character_that_xml_forbids() -> None:
    said = {"canonical": "https://paper.example/a&#1;b", "license": "https://terms.example/&#1;x"}
    meta = {"og:site_name": "Pa&#1;per", "og:image": "https://cdn.example/p&#1;.png", "og:image:alt": "a&#xffff;lt"}
    meta |= {"article:published_time": "2026-01-0&#1;2"}
    head = "".join(f'<link rel="{rel}" href="{url}">' for rel, url in said.items())
    head += "".join(f'<meta property="{name}" content="{value}">' for name, value in meta.items())
    article = read(
        f'<html lang="e&#1;n"><head>{head}</head><body><h1>I&#1;ce</h1>'
        f'<p class="byline">By <a rel="author" href="/ann">Ann&#1;a Lee</a></p>{BODY}</body></html>'
    )
    assert (article.title, article.authors[0].name) == ("Ice", "Anna Lee")
    assert (article.url, article.license) == ("https://paper.example/ab", "https://terms.example/x")
    assert (article.source.title, article.language) == ("Paper", "en")
    assert article.image == Image(url="https://cdn.example/p.png", alt="alt")
    assert article.published == datetime(2026, 1, 2)


def test_character_sets_that_a_page_declares() -> None:
    assert read('<meta charset="windows-1251"><h1>Зима</h1>'.encode("cp1251")).title == "Зима"
    meta = '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS"><h1>冬</h1>'
    assert read(meta.encode("shift_jis")).title == "冬"
    assert read('<meta charset="utf-16"><h1>冬</h1>'.encode()).title == "冬"


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 60_000,
        "<p " + " ".join(f"a{n}" for n in range(50_000)) + ">",
        "x" * (5 * 1024 * 1024 + 1),
        "<article>" + "<div>" * 300 + BODY,
        "<div>" * 49_000,
        "<ul><li>" * 24_000,
        "<p title='<script>'>" + "<div>" * 24_000,
        "<i class=a><div>" * 14_000,
    ],
    ids=["elements", "attributes", "characters", "depth", "divs", "lists", "a quoted script", "two kinds"],
)
def test_bombs_are_refused(body: str) -> None:
    with pytest.raises(GatherError):
        page.read(document(body))


def test_an_honest_page_is_not_a_bomb() -> None:
    items = "".join(f"<li><p>Winter {n}<br><img src=/{n}.png><b>ice</b>" for n in range(6_000))
    assert read(f"<main><h1>T</h1><ul>{items}</ul></main>").title == "T"
    rest = "</style><h1>T</h1>"
    assert read("<style>".ljust(5 * 1024 * 1024 - len(rest)) + rest).title == "T"


def test_a_page_may_nest_so_deep_beside_its_article_and_no_deeper() -> None:
    beside = "<div>" * 2_000 + "</div>" * 2_000
    assert read(f"{beside}<article><h1>T</h1>{BODY}</article>").title == "T"
    with pytest.raises(GatherError, match="too large"):
        page.read(document(f"<div>{beside}</div><article><h1>T</h1>{BODY}</article>"))


@pytest.mark.parametrize(
    "script",
    ["{", "[" * 100_000, "null", "[[[]]]", '{"@graph": 1}', '{"@type": 5, "author": {"@id": {}}, "headline": []}'],
)
def test_structured_data_that_is_none_says_nothing(script: str) -> None:
    article = read(f'<script type="application/ld+json">{script}</script><h1>T</h1>')
    assert (article.title, article.authors) == ("T", ())


TAGS = st.sampled_from(
    [
        *("<article>", "</article>", "<h1>", "</h1>", "<div class=author-box>", "<a rel=author href='", "'>", "</a>"),
        *(
            "<div class=m-a-box>",
            "<div class=m-a-box-profile>",
            "<b class=m-a-box-name>",
            "</div>",
            "<base href='",
            "&",
        ),
        *("<span class='p-author h-card'>", "<aside>", "<template>", "<table>", "<meta name=author content='", "<!--"),
        "&",
        BODY,
    ]
)


@given(st.lists(TAGS | st.text(max_size=3)))
def test_no_markup_breaks_it(pieces) -> None:
    for article in page.read(document(html.remove_illegal_characters("".join(pieces)))):
        assert article.certainty == ("unknown" if not article.authors else article.certainty)


NODES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.sampled_from(["Article", "Person", "#1"]),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["@type", "@id", "@graph", "@list", "name", "url", "author", "image"]), inner)
    ),
)


@given(
    st.dictionaries(st.sampled_from(["author", "headline", "image", "url", "keywords", "publisher", "@graph"]), NODES)
)
def test_no_structured_data_breaks_it(node) -> None:
    assert isinstance(read(f"<h1>T</h1>{structured(**node)}"), Article)


@pytest.mark.parametrize("frame", ["<article>{}</article>", "{}"])
def test_a_short_page_keeps_its_paragraphs_and_says_its_headline_once(frame: str) -> None:
    words = "<h1>A page</h1><p class=byline>By Zoe Zed</p><p>It says something, briefly.</p><p>Another.</p>"
    body = f"<!doctype html><title>A page</title><body>{frame.format(words)}".encode()
    (article,) = page.read(Document(url="", media_type="text/html", charset="utf-8", body=body))
    assert article.title == "A page"
    assert article.content == "<p>It says something, briefly.</p><p>Another.</p>"


def test_thousands_of_authors_are_compared_in_good_time() -> None:
    metas = "".join(f'<meta name="citation_author" content="Ann Lee{n:x}">' for n in range(3_000))
    body = f"<html><head><title>T</title>{metas}</head><body><p>Words.".encode()
    with processor_seconds(10):
        (article,) = page.read(Document(url="", media_type="text/html", charset="", body=body))
    assert len(article.authors) == limits.MOST_AUTHORS + 1


@pytest.mark.parametrize("tag", ['<path fill="none" d="{}"/>', "<a href=/{} title='{}'>", '<img data-all="{}">'])
def test_a_page_with_a_large_drawing_is_read(tag: str) -> None:
    figures = "C8.26 2.17 7.89 2.12 7.53 2.01 " * 9_000
    drawn = tag.replace("{}", "x" * 9_000, tag.count("{}") - 1).format(figures)
    (article,) = page.read(document(f"<h1>Stone</h1>{drawn}</a>{BODY}"))
    assert article.title == "Stone"


@pytest.mark.parametrize(
    "attributes",
    [' b{0}=""', 'b{0}="" ', 'b{0}=""', "/b{0}", " b{0}", "\fb{0}='1'", ' ="b{0} c{0}"', ' b="" c{0}'],
)
def test_a_tag_of_a_hundred_thousand_attributes_is_refused(attributes: str) -> None:
    for begin in ("<a b=1 x", "<a =", "<a ", '<a b=c="', "<a b='\"' "):
        tag = begin + "".join(map(attributes.format, range(50_000)))
        with processor_seconds(10), pytest.raises(GatherError):
            page.read(document(f"<h1>T</h1>{tag}'\">x</a>{BODY}"))


@pytest.mark.parametrize("said", ["hidden", 'class="author-box related comment"', 'style="display:none"'])
def test_the_page_itself_is_not_removed(said: str) -> None:
    """As themes write it, which show the page by a script, or name in its class what it may have."""
    for written in (f"<html {said}><body>", f"<html><body {said}>"):
        article = read(f"{written}<article><h1>Ice</h1>{BODY}</article></body></html>")
        assert article.title == "Ice"
        assert "eleven days" in article.content
