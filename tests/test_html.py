"""The door: what comes out of it is small, harmless, well-formed and still says what was said."""

import contextlib
import re
from collections.abc import Callable
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from addresses import PERSONAL, WEB
from dispatch import html, links
from dispatch.errors import GatherError
from formats import reading
from patience import processor_seconds
from thorough import scale

TAGS = set(
    re.findall(
        r"\S+",
        """
        a abbr b bdi bdo blockquote br cite code dd del dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img
        ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub sup table tbody td tfoot th thead time tr u
        ul var wbr
        """,
    )
)
ATTRIBUTES = set(
    re.findall(
        r"\S+",
        "alt cite class colspan datetime dir height href hreflang id lang reversed rowspan scope src start title width",
    )
)

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT/x>alert(1)</SCRIPT/x>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg onload=alert(1)>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "<a href='&#1;javascript:alert(1)'>x</a>",
    "<a href='java&#1;script:alert(1)'>x</a>",
    "<a href='java&#xFFFF;script:alert(1)'>x</a>",
    "<img src='java&#2;script:alert(1)'>",
    "<a href='&#14;java&#3;script:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<img src='javascript:alert(1)'>",
    "<img src='mailto:a@b.example'>",
    "<iframe src='https://x.example'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=x><embed src=x>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<style>body{display:none}</style>",
    "<p style='background:url(javascript:alert(1))' class=x id=content onclick=alert(1)>x</p>",
    "<div style='position:fixed;inset:0'>x</div>",
    "<form action='https://evil.example'><input name=q><button>x</button></form>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<title><img src=x onerror=alert(1)></title>",
    "<xmp><script>alert(1)</script></xmp>",
    "<plaintext><script>alert(1)</script>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<!-- --!><script>alert(1)</script> -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><?php system('id') ?>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    "<p>1 < 2 & 3 > 2 && a<b</p>",
    "<p>unclosed <b>bold <i>both</p><p>next",
    "</div></p></article></body></html>after",
    "<table><tr><td>a<td>b<tr><td>c</table>",
    "<td>stray</td><li>stray</li>",
    "<a href='https://a.example'>one<a href='https://b.example'>two</a></a>",
    "<p>a\x00b\x08c\x0bd\x1fe\ufffef\uffffg</p>",
    "<p>lone \ud800 surrogate</p>",
    "<p title='a\u2028b\">c'>x</p>",
    "<p>&#0;&#1;&#xD800;&#xFFFF;&#x110000;&nbsp;&notit;&unknown;</p>",
    "<video src=x onerror=alert(1)></video><audio src=x></audio>",
    "<details open ontoggle=alert(1)><summary>x</summary>y</details>",
    "<p dir='rtl\" onclick=\"alert(1)'>x</p>",
    "<time datetime='\"><script>'>x</time>",
    "<ol start='1\" onclick=alert(1)' reversed>x</ol>",
    "<br/><hr/><wbr/><img src='https://a.example/x.png' alt='<b>' title=\"'\">",
    "<foreignObject><p>x</p></foreignObject><annotation-xml encoding='text/html'><p>x</p></annotation-xml>",
    "<select><option><script>alert(1)</script></select>",
    "<p>{{ 7*7 }} {% raw %} xq0qx</p>",
    "<isindex action=x><keygen autofocus onfocus=alert(1)>",
    "<p lang=en xml:lang=en xmlns='http://evil.example' xlink:href='javascript:alert(1)'>x</p>",
    "<a href=https://a.example/?a=1&copy=2>unquoted</a>",
    "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>",
]
# Values that look like attributes to whoever searches a tag for one, twofold names, embeds and late pictures.
LIKE_ATTRIBUTES = [
    '<a title="x id=" href="#y">',
    '<a title="x href=" href="https://a.example/?a=1 name=2" hreflang=en>',
    '<a id=x name=y title=" name=">',
    '<p id=y title="&quot; onclick=&quot;">',
    '<a href="#x">',
    '<img alt="x src=" title=" src=" src="a.png">',
    '<img data-src="javascript:alert(1)" srcset="data:x 1w, b.png 2w" src="blank.gif">',
    '<iframe title=" class=" data-src="java&#9;script:alert(1)" src="//v.example/x">',
    "</iframe>",
    '<object data="javascript:x"><embed src="https://v.example/a id=">',
    '<picture><source srcset="javascript:alert(1) 2w">',
]

soup = st.lists(
    st.one_of(
        st.sampled_from(sorted(TAGS)).flatmap(
            lambda tag: st.sampled_from([f"<{tag}>", f"</{tag}>", f"<{tag} title='&lt;'/>"])
        ),
        st.sampled_from(["script", "style", "svg", "math", "form", "article", "title", "select", "noscript"]).flatmap(
            lambda tag: st.sampled_from([f"<{tag}>", f"</{tag}>"])
        ),
        st.sampled_from(
            ["<a href='https://a.example/?x=1&copy=2'>", "<img src='https://a.example/a.png' alt='&quot;'>"]
        ),
        st.sampled_from(LIKE_ATTRIBUTES),
        st.sampled_from(["<!--", "-->", "<", ">", "&", "&amp;lt;", "'", '"', "<![CDATA[", "]]>", " ", "\n"]),
        st.text(max_size=12),
    ),
    max_size=25,
).map("".join)


def assert_harmless(content: str) -> None:
    root = ElementTree.fromstring(f"<root>{content}</root>")
    for element in root.iter():
        assert element.tag in TAGS | {"root"}
        assert set(element.attrib) <= ATTRIBUTES, element.attrib
        assert element.get("class", "embed") == "embed"
        for name in ("href", "src", "cite"):
            address = element.get(name, "")
            scheme = re.match(r"[\x00-\x20]*([a-z][a-z0-9+.-]*):", address, re.IGNORECASE)
            assert not scheme or scheme[1].lower() in {"http", "https", "mailto", "tel"}, address


@pytest.mark.parametrize("foreign", [*HOSTILE, *LIKE_ATTRIBUTES])
def test_hostile_html_comes_out_harmless(foreign: str) -> None:
    content = html.sanitise_html(foreign, "https://paper.example/a/")
    assert_harmless(content)
    assert html.sanitise_html(content) == content


@settings(max_examples=scale(300))
@given(soup)
@example("<pre>\n\nx</pre>")
@example("<p>a<table>b</p>")
@example("<a href='https://a.example/'><table><a>")
@example("<a id=x name=y>k</a><a href='#x'>1</a><a href='#y'>2</a>")
def test_any_html_comes_out_harmless_and_stays_as_it_is(foreign: str) -> None:
    content = html.sanitise_html(foreign, "https://paper.example/")
    assert_harmless(content)
    assert html.sanitise_html(content) == content


@settings(max_examples=scale(200))
@given(soup)
def test_html_and_xml_read_the_same(foreign: str) -> None:
    content = html.sanitise_html(foreign)
    as_xml = ElementTree.fromstring(f"<div>{content}</div>")
    as_html = reading.document(f"<div>{content}</div>", fragment=True).root

    def squeezed(text: str) -> str:
        return re.sub(r"\s+", "", text)

    assert squeezed("".join(as_xml.itertext())) == squeezed(as_html.to_text(separator="", strip=False))
    assert [e.tag for e in as_xml.iter()] == [node.name for node in reading.nodes(as_html)]


@settings(max_examples=scale(200))
@given(soup)
def test_no_word_is_lost_as_plain_text(foreign: str) -> None:
    content = html.sanitise_html(foreign)
    root = ElementTree.fromstring(f"<root>{content}</root>")
    said = re.findall(r"\w+", "".join(root.itertext()))
    assert "".join(re.findall(r"\w+", html.to_plain_text(content))) == "".join(said)


@settings(max_examples=scale(200))
@given(soup, st.integers(1, 80), st.sampled_from(["en", "de", "ar", "hi", "ja", "xx"]))
def test_an_excerpt_is_a_well_formed_beginning(foreign: str, words: int, language: str) -> None:
    content = html.sanitise_html(foreign)
    excerpt = html.cut_excerpt(content, words, language)
    assert_harmless(excerpt)
    assert not re.search(r"<(?:h[1-6]|img|table|pre|figure)\b", excerpt)

    def letters(text: str) -> str:
        return "".join(re.findall(r"\w", text))

    root = ElementTree.fromstring(f"<root>{without_what_is_not_prose(content)}</root>")
    assert letters(html.to_plain_text(excerpt)) in letters("".join(root.itertext()))


def without_what_is_not_prose(content: str) -> str:
    root = ElementTree.fromstring(f"<root>{content}</root>")

    def prune(parent: ElementTree.Element) -> None:
        for child in list(parent):
            if child.tag in {"figure", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "table"}:
                tail, children = child.tail or "", list(parent)
                place = children.index(child)
                parent.remove(child)
                if place:
                    children[place - 1].tail = (children[place - 1].tail or "") + tail
                else:
                    parent.text = (parent.text or "") + tail
            else:
                prune(child)

    prune(root)
    return "".join([html.escape_html(root.text or ""), *(ElementTree.tostring(child, "unicode") for child in root)])


PROSE = "".join(
    f"<p>Sentence {n}a has a few words. Dr. Smith said 3.14 of <em>sentence {n}b, emphasised. And</em> so it ends!</p>"
    for n in range(20)
)


@pytest.mark.parametrize("words", [1, 5, 10, 20, 33, 60, 100, 200, 1000])
def test_an_excerpt_is_whole_sentences_of_about_that_many_words(words: int) -> None:
    excerpt = html.cut_excerpt(PROSE, words, "en")
    plain = html.to_plain_text(excerpt)
    assert plain
    assert re.search(r"[.!]$", plain)
    assert html.to_plain_text(PROSE).startswith(plain)
    longest = 14
    assert html.count_words(plain) <= words + longest
    assert html.count_words(plain) >= min(words, html.count_words(html.to_plain_text(PROSE))) - longest


def test_an_excerpt_keeps_links_and_closes_what_it_opens() -> None:
    content = html.sanitise_html(
        "<h2>Heading</h2><figure><img src='https://a.example/a.png'><figcaption>Caption.</figcaption></figure>"
        "<ul><li>One <a href='https://a.example/?a=1&b=2'>link <b>here. And</b> more. So.</a></li><li>Two.</li></ul>"
    )
    excerpt = html.cut_excerpt(content, 3, "en")
    assert excerpt == '<ul><li>One <a href="https://a.example/?a=1&amp;b=2">link <b>here.</b></a></li></ul>'


FIRST = "<p>Stone was cheap in the east and dear in the west. The truth was in the freight.</p>"


@pytest.mark.parametrize(
    "before",
    [
        "<p>Home &gt; News &gt; Stone</p>",
        "<p>20 November 2026</p>",
        "<p>Dienstag, 20. November 2026</p>",
        "<ul><li>Home</li><li>All about stone.</li></ul>",
        "<dl><dt>Born</dt><dd>In the east.</dd></dl>",
        "<table><tr><td>Stone. A quarry.</td></tr></table>",
        "<figure><img src='https://a.example/a.png'><figcaption>A bridge.</figcaption></figure>",
        "<p>Photo: Ann Lee.</p>",
        "<p>Listen to this article</p><p>5 min</p>",
        "<p><a href='https://a.example/'>Home <br>now</a></p><h2>Stone</h2>",
        "<p>What the freight <em>cost</em>.</p>",
    ],
)
def test_an_excerpt_begins_with_the_first_sentence(before: str) -> None:
    excerpt = html.cut_excerpt(html.sanitise_html(before + FIRST), 10, "en", "What the freight cost.")
    assert excerpt == "<p>Stone was cheap in the east and dear in the west.</p>"


@pytest.mark.parametrize(
    "before", ["It rained.", "Why?", "„Nein!“", "雨だった。", "It rained all day, all night and all day again, " * 5]
)
def test_a_short_or_a_long_line_is_a_beginning_too(before: str) -> None:
    excerpt = html.cut_excerpt(f"<p>{before}</p>{FIRST}", 10, "en")
    assert html.to_plain_text(excerpt).startswith(before.strip()[:30])


@pytest.mark.parametrize(
    "between", ["ADVERTISING", "Advertisement", "posted on April 21, 2015, at 11:29 a.m.", "Anzeige"]
)
def test_what_a_page_puts_between_its_sentences_is_not_in_an_excerpt(between: str) -> None:
    after = "<p>Posted on a door, it was read by 12 people.</p>"
    excerpt = html.cut_excerpt(f"{FIRST}<div>{between}</div>{after}", 60, "en")
    assert between not in excerpt
    assert after in excerpt


def test_what_has_no_sentence_begins_where_it_begins() -> None:
    assert html.cut_excerpt("<p>one <b>two</b></p><ul><li>three</li></ul>", 60, "en") == "<p>one <b>two</b></p>"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("stone " * 400, "stone " * 19 + "stone…"), ("ส" * 3000, "ส" * 320 + "…"), ("石" * 3000, "石" * 320 + "…")],
)
def test_a_text_without_full_stops_is_cut_at_a_word(text: str, shown: str) -> None:
    assert html.cut_excerpt(f"<p><em>{text}</em></p><p>More.</p>", 20, "en") == f"<p><em>{shown}</em></p>"


def test_an_excerpt_of_endless_quotation_marks_is_found_at_once() -> None:
    content = f"<p>{'&#39;' * scale(400_000)}</p>"
    within(2, lambda: html.cut_excerpt(content, 60, "en"))


def test_an_excerpt_of_nothing_but_pictures_is_nothing() -> None:
    assert html.cut_excerpt('<figure><img src="https://a.example/a.png" alt="" /></figure><h2>x</h2>', 60, "en") == ""


@pytest.mark.parametrize(
    ("language", "content", "first"),
    [
        ("ja", "<p>これは最初の文です。これは二番目の文です。</p>", "これは最初の文です。"),
        ("hi", "<p>यह पहला वाक्य है। यह दूसरा वाक्य है।</p>", "यह पहला वाक्य है।"),
        ("ar", "<p>هل هذه جملة؟ هذه جملة ثانية.</p>", "هل هذه جملة؟"),
        ("de", "<p>Am 3. Mai kam z. B. Dr. Maier. Danach ging er.</p>", "Am 3. Mai kam z. B. Dr. Maier."),
        (
            "en",
            "<p>J. R. R. Tolkien wrote it at 3 p.m. today. Then he slept.</p>",
            "J. R. R. Tolkien wrote it at 3 p.m. today.",
        ),
    ],
)
def test_where_a_sentence_ends(language: str, content: str, first: str) -> None:
    assert html.to_plain_text(html.cut_excerpt(content, 1, language)).strip() == first


@pytest.mark.parametrize("address", PERSONAL.values(), ids=PERSONAL)
def test_an_address_is_not_touched(address: str) -> None:
    content = html.sanitise_html(f'<p><a href="{html.escape_html(address)}">x</a></p>', "https://base.example/b/")
    assert reading.hrefs(reading.document(content, fragment=True).root) == [address]
    assert [link for paragraph in html.split_paragraphs(content) for link in paragraph.addresses] == [address]


@pytest.mark.parametrize("address", WEB.values(), ids=WEB)
def test_a_pictures_address_is_not_touched(address: str) -> None:
    assert html.find_image_addresses(html.sanitise_html(f'<img src="{html.escape_html(address)}" alt="">')) == [address]


@pytest.mark.parametrize(
    ("written", "base", "absolute"),
    [
        ("/a?x=1&y=2", "https://paper.example/b/c", "https://paper.example/a?x=1&y=2"),
        ("a", "https://paper.example/b/c", "https://paper.example/b/a"),
        ("?q", "https://paper.example/b/c", "https://paper.example/b/c?q"),
        ("#f", "https://paper.example/b/c", "https://paper.example/b/c#f"),
        ("//other.example/x", "https://paper.example/", "https://other.example/x"),
        ("//other.example/x", "http://paper.example/", "https://other.example/x"),
        (" https://a.example/ ", "", "https://a.example/"),
    ],
)
def test_what_is_relative_becomes_absolute(written: str, base: str, absolute: str) -> None:
    content = html.sanitise_html(
        f'<a href="{html.escape_html(written)}">x</a><img src="{html.escape_html(written)}">', base
    )
    assert (
        reading.hrefs(reading.document(content, fragment=True).root) == html.find_image_addresses(content) == [absolute]
    )


NOWHERE = ["//", "//?q", "//#f", "//:80/x", "//[/x", "//a%/x", "/\t/:80", "//a b/x"]


@pytest.mark.parametrize("written", [*NOWHERE, "http://www.google.com/url?q=http://<>"])
def test_what_names_no_host_leads_nowhere(written: str) -> None:
    """Also when it is sanitised once only, as everything is that comes in."""
    content = html.sanitise_html(f'<a href="{written}">words</a>', "https://a.example/b/")
    assert content == html.sanitise_html(content, "https://a.example/b/") == "<a>words</a>"


@pytest.mark.parametrize("written", NOWHERE)
def test_a_picture_of_no_host_is_dropped(written: str) -> None:
    assert html.sanitise_html(f'words<img src="{written}" alt="x">', "https://a.example/b/") == "words"


@pytest.mark.parametrize("base", [f"https:{written}" for written in NOWHERE])
def test_what_is_relative_to_no_host_leads_nowhere(base: str) -> None:
    written = '<a href="">a</a> <a href="/x">b</a> <a href="//b.example/">c</a> <a href="https://b.example/">d</a>'
    assert html.sanitise_html(written, base) == '<a>a</a> <a>b</a> <a>c</a> <a href="https://b.example/">d</a>'


@pytest.mark.parametrize(
    "pixel",
    [
        '<img src="https://t.example/p.gif" width="1" height="1">',
        '<img src="https://t.example/p.gif" style="border:0; width:1px;height:1px;">',
        "<img style='max-height: 1px !important' src='https://t.example/p.gif'>",
        '<img width=0 src="https://t.example/p.gif">',
        '<img width=" 01 px" src="https://t.example/p.gif">',
        '<img height="1.5" src="https://t.example/p.gif">',
        '<img src="https://t.example/p.gif" height="1px">',
        "<img>",
        '<img src="javascript:x">',
    ],
)
def test_a_picture_that_nobody_can_see_is_dropped(pixel: str) -> None:
    assert html.sanitise_html(f"<p>a{pixel}b</p>") == "<p>ab</p>"


@pytest.mark.parametrize("tracker", sorted(links.TRACKERS))
def test_a_picture_of_a_known_tracker_is_dropped_whatever_its_size(tracker: str) -> None:
    page = "https://paper.example/a/"
    for address in (f"https://{tracker}", f"//sub.{tracker}", f"HTTP://{tracker}?a=1&amp;b=2"):
        assert html.sanitise_html(f'<p>a<img src="{address}" width="600">b</p>', page) == "<p>ab</p>"
    link = f'<p><a href="https://{tracker}">How it counts</a></p>'
    assert html.sanitise_html(link) == link


def test_other_pictures_stay() -> None:
    assert html.find_image_addresses(
        html.sanitise_html('<img src="https://a.example/a.png" width="10" height="100">')
    ) == ["https://a.example/a.png"]


@pytest.mark.parametrize("levels", range(1, 20))
def test_a_link_in_a_link_is_not_moved_by_a_second_parser(levels: int) -> None:
    """A parser moves a link out of eight elements at a time (HTML, section 13.2.6.4.7, “adoption agency”)."""
    once = html.sanitise_html(f'<a href="/a">{"<div>" * levels}<a href="/b">x')
    assert html.sanitise_html(once) == once


def within(seconds: float, work: Callable[[], object]) -> None:
    with processor_seconds(5 * seconds), contextlib.suppress(GatherError):
        work()


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 257 + "x",
        "<b>" * 100_000,
        "<div>" * 100_000 + "</div>" * 100_000,
        "<p><b>" * 50_000,
        "x" * (2 * 1024 * 1024 + 1),
        "é" * (1024 * 1024 + 1),
        "<blockquote><p>" * 300 + "x",
        "<div></x>" * 100_000,
        "<b><div></b>" * 300,
        "<p>" + "".join(f"<b title={n}>" for n in range(250)) + "<p>x" * 4000,
    ],
)
def test_bombs_are_refused_at_once(bomb: str) -> None:
    with processor_seconds(5), pytest.raises(GatherError):
        html.sanitise_html(bomb)


def test_two_mebibytes_are_taken() -> None:
    whole = "x" * (2 * 1024 * 1024)
    assert html.sanitise_html(whole) == whole


@pytest.mark.parametrize("levels", [1, 100, 256])
def test_what_is_nested_within_reason_is_taken(levels: int) -> None:
    assert html.to_plain_text(html.sanitise_html("<div>" * levels + "x" + "</div>" * levels)) == "x"


@pytest.mark.parametrize(
    "flat",
    [
        "<p>x",
        "<a name=x>x<br>",
        "<p><a href=x>x</p>",
        "<li>x",
        "<tr><td>x",
        "<br>",
        "<img src=x>",
        "<p>x</p>",
        "<b>x</b>",
        "<hr>",
    ],
)
def test_what_is_long_and_flat_is_taken(flat: str) -> None:
    within(3, lambda: html.sanitise_html(flat * 5000))


HARD = [
    "<",
    ">",
    "&",
    '"',
    "'",
    " ",
    "\n",
    "=",
    "<a ",
    '<a b="',
    "</",
    "<p>",
    "a.",
    ". ",
    "\u00a0",
    '<a b="c" ',
    "&#",
    "-",
    "<br/>",
]


@pytest.mark.parametrize("piece", HARD)
def test_no_pattern_takes_more_than_linear_time(piece: str) -> None:
    nasty = (piece * scale(100_000))[: scale(100_000)]
    content = ""
    with contextlib.suppress(GatherError):
        content = html.sanitise_html(nasty, "https://a.example/")
    within(2, lambda: html.sanitise_html(nasty, "https://a.example/"))
    within(2, lambda: html.cut_excerpt(content, 60, "en"))
    for work in (
        html.remove_illegal_characters,
        html.escape_html,
        html.to_plain_text,
        html.find_headings,
        html.find_image_addresses,
        html.count_words,
        lambda text: html.renumber_headings(text, 3),
    ):
        within(2, lambda work=work: work(nasty))


@given(st.text())
def test_clean_text_can_stand_in_xml(text: str) -> None:
    cleaned = html.remove_illegal_characters(text)
    assert html.remove_illegal_characters(cleaned) == cleaned
    read = ElementTree.fromstring(f'<a b="{html.escape_html(cleaned)}">{html.escape_html(cleaned)}</a>').text or ""
    assert read == re.sub(r"\r\n?", "\n", cleaned)
    cleaned.encode()


@given(st.text(st.characters(codec="utf-8")))
def test_clean_keeps_what_is_legal(text: str) -> None:
    assume(not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", text))
    assert html.remove_illegal_characters(text) == text


@pytest.mark.parametrize(
    ("content", "plain"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<p>One<br />Two</p>", "One\nTwo"),
        ("<ul><li>One</li><li><p>Two</p></li></ul>", "- One\n\n- Two"),
        ("<p>  a\n  <b>b</b> c </p>", "a b c"),
        ("<pre>  a\n    b</pre>", "  a\n    b"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\n\nb"),
        ("<p>1 &lt; 2 &amp;amp; \u00a0x</p>", "1 < 2 &amp; \u00a0x"),
        ("bare", "bare"),
        ("", ""),
    ],
)
def test_as_plain_text(content: str, plain: str) -> None:
    assert html.to_plain_text(content) == plain


def test_headings_keep_their_order_of_rank() -> None:
    content = '<h1>a</h1><h4 lang="de">b <em>c</em></h4><h6>d</h6><h1>e</h1>'
    assert html.find_headings(content) == ["a", "b c", "d", "e"]
    assert html.renumber_headings(content, 3) == '<h3>a</h3><h4 lang="de">b <em>c</em></h4><h5>d</h5><h3>e</h3>'
    assert html.renumber_headings("<h2>a</h2>", 6) == "<h6>a</h6>"


@pytest.mark.parametrize(
    ("plain", "words"),
    [("one two  three\nfour", 4), ("", 0), ("漢" * 500, 230), ("word 漢字漢字", 1 + 2), ("co-operate, don’t", 2)],
)
def test_words_are_counted(plain: str, words: int) -> None:
    assert html.count_words(plain) == words


def test_addresses_change_and_nothing_else() -> None:
    content = (
        '<p>href="a" src="b" &amp; <a href="a?x=1&amp;y=2" title=" href=&quot;c&quot;">d</a><img src="b" alt="b" /></p>'
    )
    assert html.rewrite_addresses(content, lambda address: address) == content
    changed = html.rewrite_addresses(content, lambda address: {"a?x=1&y=2": "z?<&", "b": ""}[address])
    assert changed == (
        '<p>href="a" src="b" &amp; <a href="z?&lt;&amp;" title=" href=&quot;c&quot;">d</a><img alt="b" /></p>'
    )


def test_a_value_that_looks_like_an_attribute_is_none() -> None:
    foreign = (
        '<p><a title="x id=" href="https://paper.example/?q=1 name=2">d</a><a title="y href=" href="#n">e</a>'
        '<img alt="z src=" src="https://paper.example/p.png" /><b title=" name=" id="n">id="f" '
        '<a href="#f">g</a></b></p>'
    )
    content = html.sanitise_html(foreign, "https://paper.example/")
    assert content == foreign.replace("#f", "https://paper.example/#f")
    assert html.find_ids(content) == {"n"}
    placed = html.place_fragments(content, "https://wire.example/", "k-")
    assert placed == content.replace('"#n"', '"https://wire.example/#k-n"').replace('id="n"', 'id="k-n"')
    assert html.rewrite_addresses(content, lambda url: f"{url}!").count("!") == 4
    assert ElementTree.fromstring(html.rewrite_addresses(content, lambda url: f"{url} onclick=alert(1) "))
    assert [one.addresses for one in html.split_paragraphs(content)] == [
        ("https://paper.example/?q=1 name=2", "#n", "https://paper.example/#f")
    ]


def test_an_encoded_place_in_the_same_text_is_the_one_that_it_means() -> None:
    foreign = '<p><a href="#caf%C3%A9">1</a> <a href="#bar">2</a> <b id="bar">3</b> <b id="café">4</b></p>'
    assert html.sanitise_html(foreign, "https://a.example/") == foreign.replace("%C3%A9", "é")
    written = foreign.replace("café", "caf%C3%A9")  # an id that is written so is found first
    assert html.sanitise_html(written, "https://a.example/") == written


def test_a_name_that_becomes_an_id_changes_nothing_beside_it() -> None:
    foreign = (
        '<p><a href="#one">1</a> <a name="one" title="x &quot;&lt;" href="https://a.example/?a=1&amp;copy=2">2</a></p>'
    )
    assert html.sanitise_html(foreign) == (
        '<p><a href="#one">1</a> <a title="x &quot;&lt;" href="https://a.example/?a=1&amp;copy=2" id="one">2</a></p>'
    )


NEAR = ("/x", "a:b.png", ".", "../x", "?x", "a/../b", "a/./b", "//evil")


@given(
    st.text("abc./?#:%&;\\ ,'", max_size=12) | st.sampled_from(NEAR),
    st.sampled_from(["https://wire.example", "https://host.example/a/wire"]),
    st.sampled_from(["", "follow/", "issues/bridges/", "issues/bridges/lead/"]),
)
def test_a_near_picture_is_the_same_picture(rest: str, site: str, place: str) -> None:
    address = f"{site}/{rest}"
    page = f'<p title="x">See <img alt=" src=" src="{html.escape_html(address)}" /> {html.escape_html(address)}</p>'
    made = html.make_images_relative(page, site, "../" * place.count("/") or "./")
    (picture,) = (node for node in reading.nodes(reading.document(made).root) if node.name == "img")
    source = str((picture.attrs or {})["src"])
    assert urljoin(f"{site}/{place}", source) == urljoin(f"{site}/{place}", address)
    assert made.replace(html.escape_html(source), html.escape_html(address), 1) == page
    if re.fullmatch(r"\w+([./]\w+)*", rest):
        assert "example" not in source


def test_links_words_and_other_peoples_pictures_stay_where_a_page_is_taken() -> None:
    site = "https://wire.example"
    stays = (
        f'<a href="{site}/a.png">src="{site}/a.png"</a><link rel="canonical" href="{site}/" />'
        f'<img src="https://wire.example.org/a.png" alt=\'src="{site}/a.png\' />'
        f'<img src="https://paper.example/a.png" />'
        f'<img alt="{site}/a.png" src="http://wire.example/a.png" />&lt;img src="{site}/a.png"&gt;'
    )
    candidates = "{0}/pictures/a-1.webp 1w, {0}/pictures/a-2.webp 2w, https://paper.example/{0}/ 3w"
    source = '<picture><source type="image/webp" srcset="{}" /><img src="{}/a,b.png" hidden></picture>'
    before = stays + source.format(candidates.format(site), site)
    near = source.format(candidates.format(site).replace(f"{site}/p", "../p"), "..")
    assert html.make_images_relative(before, site, "../") == stays + near
