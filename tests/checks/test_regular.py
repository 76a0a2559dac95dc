"""What is read without a parser is what the parser reads; and the editions are read so."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nouns
import sites
from dispatch import render
from dispatch.checks import page, regular
from dispatch.checks.regular import Piece
from thorough import scale

# fmt: off
ELEMENTS = (
    "a", "article", "b", "blockquote", "body", "br", "center", "code", "dd", "details", "div", "dl", "dt", "em",
    "figure", "form", "h1", "h2", "head", "header", "hr", "html", "i", "img", "input", "li", "link", "main", "meta",
    "nobr", "ol", "option", "p", "picture", "pre", "ruby", "rt", "script", "section", "select", "source", "span",
    "style", "svg", "table", "tbody", "td", "template", "textarea", "th", "title", "tr", "tt", "ul", "x-own",
)
# fmt: on
ATTRIBUTES = ("", ' href="/a?b=1&amp;c=2"', " hidden", ' id="x"', ' id="x" id="y"', ' alt=">"', ' a"', " b=1")
WORDS = (
    *("words", "&amp;", "&lt;b&gt;", "&nbsp;", "&#39;", "&#128;", "&copy", "\n", " \r\n", "\0", "<", ">", "\u00a0"),
    *("<!-- -->", "<!-->", "<!--[if mso]><table><![endif]-->", "<!doctype html>", "<![CDATA[x]]>", "<?x?>", "</>"),
)

names = st.sampled_from(ELEMENTS)
attributes = st.sampled_from(ATTRIBUTES)
words = st.sampled_from(WORDS)
starts = st.builds(lambda name, said, end: f"<{name}{said}{end}", names, attributes, st.sampled_from((">", " />")))
ends = st.builds("</{}>".format, names)
loose = st.lists(starts | ends | words, max_size=12).map("".join)


def nested(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Elements that are closed where they were opened, whatever stands in them."""
    within = st.lists(inside, max_size=4).map("".join)
    return st.builds("<{0}{1}>{2}</{0}>".format, names, st.sampled_from(ATTRIBUTES[:4]), within)


closed = st.recursive(st.sampled_from(("words", "&amp;", "\n", "<br />", "<hr>")), nested, max_leaves=12)
tables = st.builds("<table><tbody><tr><td>{}</td>{}</tr></tbody></table>".format, closed, closed)
bodies = st.lists(closed | tables | loose, max_size=4).map("".join)
documents = st.builds(
    "<!doctype html>{}<html{}><head>{}</head>{}<body>{}</body></html>{}".format,
    *(st.sampled_from(("", "\n", "x")), attributes, closed | loose, st.sampled_from(("", "\n", "x")), bodies),
    st.sampled_from(("", "\n", "<p>x</p>")),
)


def folded(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces, words that stand together as one; what separates words is not told apart."""
    found: list[Piece] = []
    for name, attributes, text in pieces:
        if name or attributes is not None:
            found.append((name, attributes, text))
        elif found and not found[-1][0]:
            found[-1] = ("", None, found[-1][2] + text)
        else:
            found.append(("", None, text))
    shown = ((name, said, text if name else " ".join(text.split())) for name, said, text in found)
    return [piece for piece in shown if piece[0] or piece[2]]


@settings(max_examples=scale(600))
@given(closed | tables | bodies | documents)
def test_what_is_regular_is_read_as_a_parser_reads_it(html: str) -> None:
    pieces = regular.pieces(html)
    assert pieces is None or folded(pieces) == folded(page.parsed(html))


# Each element where it may stand; of a void one, nothing is closed.
WHOLE = "<!doctype html><html><head>{}</head><body>{}</body></html>"
IN_HEAD = ("<link />", "<meta />", "<script>x</script>", "<style>x</style>", "<title>x &amp; y</title>")
VOID = "br hr img source wbr"
BLOCKS = """
address article aside blockquote center details div figcaption figure footer h1 h2 h3 h4 h5 h6 header main nav p pre
section summary
"""
INLINE = """
a abbr b bdi bdo cite code del dfn em i ins kbd mark picture q s samp small span strong sub sup time u var
"""
WITHIN = (
    *(f"<{name}><li>x</li></{name}>" for name in ("ol", "ul")),
    *(f"<dl><{name}>x</{name}></dl>" for name in ("dd", "dt")),
    "<dl><div><dt>x</dt><dd>y</dd></div></dl>",
    *(f"<table><{part}><tr><td>x</td></tr></{part}></table>" for part in ("tbody", "tfoot", "thead")),
    *(f"<table><tbody><tr><{cell}>x</{cell}></tr></tbody></table>" for cell in ("td", "th")),
)


@pytest.mark.parametrize(
    "html",
    [
        *(WHOLE.format(element, "") for element in IN_HEAD),
        *(f"<div>x<{name}>y</div>" for name in VOID.split()),
        *(f"<{name} />" for name in VOID.split()),
        *(f"<div>x<{name}>y</{name}>z</div>" for name in (BLOCKS + INLINE).split()),
        *(f"<p>x<{name}>y</{name}>z</p>" for name in INLINE.split()),
        *(WHOLE.format("", element) for element in WITHIN),
    ],
)
def test_each_element_is_regular_where_it_may_stand(html: str) -> None:
    pieces = regular.pieces(html)
    assert pieces is not None
    assert folded(pieces) == folded(page.parsed(html))


@pytest.mark.parametrize("name", [*BLOCKS.split(), "dl", "ol", "ul", "table", "hr"])
def test_each_block_ends_a_paragraph_and_is_left_to_the_parser(name: str) -> None:
    assert regular.pieces(f"<p>x<{name}></p>") is None
    assert regular.pieces(f"<p>x<b>y<{name}></b></p>") is None


@pytest.mark.parametrize("name", ["html", "head", "table", "tbody", "tfoot", "thead", "tr"])
def test_words_where_only_elements_stand_are_left_to_the_parser(name: str) -> None:
    html = WHOLE.format("<title>x</title>", "<table><thead><tr><th>x</th></tr></thead></table>")
    html = html.replace("</table>", "<tbody><tr><td>x</td></tr></tbody><tfoot><tr><td>x</td></tr></tfoot></table>")
    assert regular.pieces(html.replace(f"<{name}>", f"<{name}> \t\n\f")) is not None
    assert regular.pieces(html.replace(f"<{name}>", f"<{name}>words", 1)) is None


@pytest.mark.parametrize(
    "html",
    [
        "<p>One<p>two",
        "<p><div>x</div></p>",
        "<a href='x'>y</a>",
        "<a><a>x</a></a>",
        "<table><tr><td>x</td></tr></table>",
        "<b><i>x</b></i>",
        "<li><li>x</li></li>",
        "<p>AT&T</p>",
        "<p/>x",
        "<h2><h3>x</h3></h2>",
        "<script>x</script>",
        "<!doctype html><html><body>x</body></html>",
    ],
)
def test_what_a_parser_would_mend_is_left_to_it(html: str) -> None:
    assert regular.pieces(html) is None


def test_pages_mail_and_entries_are_regular() -> None:
    by = sites.publication()
    issue = nouns.issue()
    pages = sites.pages(sites.weeks(), by)
    # The form and the script of the search are left to the parser.
    made = [render.edition(shown, by, "web").body.decode() for path, shown in pages.items() if path != "search/"]
    mail = render.edition(issue, nouns.publication(), "email").body.decode()
    for html in (*made, mail, *(article.content for article in issue.articles)):
        assert regular.pieces(html) is not None
