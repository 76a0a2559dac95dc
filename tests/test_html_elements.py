"""Each element and each attribute at the door: what stays, what becomes a block, what goes with its text."""

import pytest

from dispatch import html
from dispatch.errors import GatherError

INLINE = """
a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup time u var
""".split()
BLOCKS = "blockquote div figure h1 h2 h3 h4 h5 h6 p pre".split()
AS_BLOCK = "address article aside center details footer header hgroup main nav section summary".split()
WITHIN = [
    "<dl><dt>One</dt><dd>Two</dd></dl>",
    "<ul><li>One</li></ul>",
    "<ol><li>One</li></ol>",
    "<figure>One<figcaption>Two</figcaption></figure>",
    "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>",
    "<table><thead><tr><th>One</th></tr></thead><tbody><tr><td>Two</td></tr></tbody>"
    "<tfoot><tr><td>Three</td></tr></tfoot></table>",
]
GONE = """
applet audio button canvas form iframe noembed noframes noscript object script select style svg
template textarea title video xmp
""".split()
# What may stay open while the next begins, and what is opened again in every block that follows.
NEVER_NEST = "br col dd dt hr img input li link meta option p source tbody td tfoot th thead tr wbr".split()
REOPENED = "a b big code em font i nobr s small strike strong tt u".split()

KEPT = [
    '<p dir="rtl">x</p>',
    '<p lang="fr">x</p>',
    '<p title="x">x</p>',
    '<a href="https://a.example/">x</a>',
    '<a hreflang="fr">x</a>',
    '<blockquote cite="https://a.example/">x</blockquote>',
    '<del cite="https://a.example/">x</del>',
    '<del datetime="2025-01-01">x</del>',
    '<img alt="x" src="https://a.example/b.png" />',
    '<img height="20" src="https://a.example/b.png" width="20" />',
    '<ins cite="https://a.example/">x</ins>',
    '<ins datetime="2025-01-01">x</ins>',
    '<ol reversed="">x</ol>',
    '<ol start="3">x</ol>',
    '<q cite="https://a.example/">x</q>',
    '<time datetime="2025-01-01">x</time>',
    *(
        f'<table><tbody><tr><{cell} {attribute}="2">x</{cell}></tr></tbody></table>'
        for cell, attributes in {"td": ("colspan", "rowspan"), "th": ("colspan", "rowspan", "scope")}.items()
        for attribute in attributes
    ),
]


@pytest.mark.parametrize("tag", INLINE + BLOCKS)
def test_it_stays(tag: str) -> None:
    assert html.sanitise_html(f"<{tag}>Words</{tag}>") == f"<{tag}>Words</{tag}>"


@pytest.mark.parametrize("content", WITHIN)
def test_it_stays_within_its_own(content: str) -> None:
    assert html.sanitise_html(content) == content


@pytest.mark.parametrize("tag", ["br", "hr", "wbr"])
def test_it_stays_and_is_closed(tag: str) -> None:
    assert html.sanitise_html(f"One<{tag}>two") == f"One<{tag} />two"


@pytest.mark.parametrize("tag", AS_BLOCK)
def test_it_becomes_a_plain_block(tag: str) -> None:
    assert html.sanitise_html(f"<{tag} class=x>Words</{tag}>") == "<div>Words</div>"


@pytest.mark.parametrize("tag", GONE)
def test_it_goes_with_all_that_it_holds(tag: str) -> None:
    assert "held" not in html.sanitise_html(f"<p>One</p><{tag}>held</{tag}><p>two</p>")


def test_what_follows_plain_text_goes() -> None:
    assert html.sanitise_html("<p>One</p><plaintext>held</p>") == "<p>One</p>"


@pytest.mark.parametrize("tag", ["font", "big", "tt", "label", "unknown", "x-y"])
def test_only_its_words_stay(tag: str) -> None:
    assert html.sanitise_html(f"<p>One <{tag}>two</{tag}></p>") == "<p>One two</p>"


@pytest.mark.parametrize("content", KEPT)
def test_the_attribute_stays(content: str) -> None:
    assert html.sanitise_html(content) == content


@pytest.mark.parametrize("attribute", ["class", "id", "style", "onclick", "name", "data-x", "srcset", "target", "rel"])
@pytest.mark.parametrize("tag", ["p", "a", "q", "td"])
def test_the_attribute_goes(tag: str, attribute: str) -> None:
    around = ("<table><tbody><tr>", "</tr></tbody></table>") if tag == "td" else ("", "")
    content = f"{around[0]}<{tag}>x</{tag}>{around[1]}"
    assert html.sanitise_html(content.replace(f"<{tag}>", f'<{tag} {attribute}="x">')) == content


@pytest.mark.parametrize(
    "scheme", ["http://a.example", "https://a.example", "mailto:a@b.example", "tel:+49", "TEL:+49"]
)
def test_an_address_with_this_scheme_stays(scheme: str) -> None:
    assert html.sanitise_html(f'<a href="{scheme}">x</a>') == f'<a href="{scheme}">x</a>'
    assert html.sanitise_html(f'<q cite="{scheme}">x</q>') == f'<q cite="{scheme}">x</q>'


@pytest.mark.parametrize("scheme", ["ftp://a.example", "javascript:x", "data:text/html,x", "file:///a", "sms:1", "x:y"])
def test_an_address_with_this_scheme_goes(scheme: str) -> None:
    assert html.sanitise_html(f'<a href="{scheme}">x</a>') == "<a>x</a>"
    assert html.sanitise_html(f'<q cite="{scheme}">x</q>') == "<q>x</q>"


@pytest.mark.parametrize("scheme", ["mailto:a@b.example", "tel:+49", "data:image/png,x"])
def test_a_picture_is_on_the_web(scheme: str) -> None:
    assert html.find_image_addresses(html.sanitise_html(f'<img src="{scheme}">')) == []


@pytest.mark.parametrize("space", list("\t\n\r "))
def test_space_around_an_address_goes(space: str) -> None:
    assert (
        html.sanitise_html(f'<a href="{space}https://a.example/{space}">x</a>') == '<a href="https://a.example/">x</a>'
    )


@pytest.mark.parametrize("tag", NEVER_NEST)
def test_it_adds_nothing_to_the_depth(tag: str) -> None:
    html.sanitise_html(f"<{tag}>x" * 400)


@pytest.mark.parametrize("tag", ["div", "span", "blockquote", "ul"])
def test_it_adds_to_the_depth(tag: str) -> None:
    with pytest.raises(GatherError, match="nested"):
        html.sanitise_html(f"<{tag}>x" * 400)


@pytest.mark.parametrize("tag", REOPENED)
def test_what_is_opened_again_and_again_is_refused(tag: str) -> None:
    with pytest.raises(GatherError):
        html.sanitise_html(f"<{tag}>" * 20 + "<p>" * 100_001)


@pytest.mark.parametrize("tag", "figure h1 h2 h3 h4 h5 h6 pre table".split())
def test_what_is_no_prose_is_not_in_an_excerpt(tag: str) -> None:
    held = "<tr><td>Aside.</td></tr>" if tag == "table" else "Aside."
    content = html.sanitise_html(f"<{tag}>{held}</{tag}><p>One. Two.</p>")
    assert html.to_plain_text(html.cut_excerpt(content, 1, "en")).strip() == "One."


@pytest.mark.parametrize(
    "turn",
    [
        "<dl><dt>Turn</dt></dl>",
        "<ol><li>Turn</li></ol>",
        "<ul><li>Turn</li></ul>",
        "<table><tr><td>Turn</td></tr></table>",
        *(f"<{tag}>Turn</{tag}>" for tag in "h1 h2 h3 h4 h5 h6 pre".split()),
    ],
)
def test_an_excerpt_ends_where_the_text_turns(turn: str) -> None:
    content = html.sanitise_html(f"<p>One.</p>{turn}<p>Two.</p>")
    assert html.cut_excerpt(content, 50, "en") == "<p>One.</p>"


def test_what_moves_more_than_once_is_cleaned_until_it_stays() -> None:
    moving = "<span>x<br><a><td><table><td><caption><dt><b><a><a>x"
    clean = html.sanitise_html(moving)
    assert html.sanitise_html(clean) == clean
