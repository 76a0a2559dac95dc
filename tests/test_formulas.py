"""Formulas keep their TeX wherever they come from; advertising becomes nothing, and real embeds stay links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import html
from dispatch.errors import GatherError
from dispatch.model import Document
from dispatch.readers import READERS

NOTE = '<annotation encoding="application/x-tex">{}</annotation>'
POWER = "<msup><mi>x</mi><mn>2</mn></msup>"
FORMULAS = {
    f'<math alttext="x^2 &lt; 3">{POWER}</math>': "x^2 < 3",
    f"<math><semantics>{POWER}{NOTE.format('x^2')}</semantics></math>": "x^2",
    "<math><mi>x</mi><mo>=</mo><mn>2</mn></math>": "x=2",
    f"<math>{POWER}</math>": "",
    f'<MATH ALTTEXT="x^2">{POWER}</MATH>': "x^2",
    f'<m:math alttext="x^2">{POWER}</m:math>': "x^2",
    f'<span class="katex"><span><math>{POWER}{NOTE.format("x^2")}</math></span><span class="katex-html">'
    "<span>x</span><span>2</span></span></span>": "x^2",
    f'<span><span style="display:none"><math alttext="{{\\displaystyle x^2}}">{POWER}</math></span>'
    '<img src="https://w.example/a.svg" class="mwe-math-fallback-image-inline" alt="x^2"></span>': "x^2",
    '<script type="math/tex">x^2 < 3</script>': "x^2 < 3",
}
ADVERTISING = [
    'src="https://googleads.g.doubleclick.net/pagead/ads?x"',
    'src="https://tpc.googlesyndication.com/safeframe/1-0-40/html/container.html"',
    'src="https://adserver.house.example/x"',
    'src="https://trends.taboola.com/x" title=""',
    'src="https://widgets.outbrain.com/x"',
    'src="https://aax-eu.amazon-adsystem.com/e/x"',
    'class="ad-slot" src="https://x.example/f"',
    'id="google_ads_iframe_1" src="https://x.example/f"',
    'title="3rd party ad content" src="https://x.example/f"',
    'width="1" height="1" src="https://x.example/f"',
    'src="https://ads.house.example/f"',
]
EMBEDS = [
    'src="https://www.youtube.com/embed/x" title="Super ad: the dog"',
    'src="https://ad.example/embed/1"',
    'class="load-shadow" src="https://maps.example/x"',
    'id="adagio" src="https://music.example/x"',
]


@pytest.mark.parametrize(("formula", "tex"), FORMULAS.items())
def test_a_formula_is_its_tex(formula: str, tex: str) -> None:
    content = html.sanitise_html(f"<p>Let {formula} be.</p>")
    assert " ".join(html.to_plain_text(content).split()) == " ".join(f"Let {tex} be.".split())
    assert "<img" not in content
    assert html.sanitise_html(content) == content


@pytest.mark.parametrize("kind", ["page", "newsletter", "mail", "feed", "markdown"])
def test_formulas_come_through_every_door(kind: str) -> None:
    formula = next(iter(FORMULAS))
    said = f"<p>{'Words of a text stand here. ' * 20}</p><p>Let {formula} be as it is in every other text.</p>"
    page = f"<html><head><title>On x</title></head><body><h1>On x</h1>{said}<p>{'More of it. ' * 40}</p></body></html>"
    body = {
        "page": page,
        "newsletter": page.replace(
            "</body>", '<table><tr><td><a href="https://x.example/u">Unsubscribe</a></table></body>'
        ),
        "mail": "From: A <a@x.example>\nTo: b@x.example\nSubject: On x\nMIME-Version: 1.0\nContent-Type: text/html\n\n"
        + page,
        "feed": f"<rss version='2.0'><channel><title>T</title><item><title>On x</title><description><![CDATA[{said}]]>"
        "</description></item></channel></rss>",
        "markdown": f"# On x\n\n{said}\n",
    }[kind]
    document = Document(url="", media_type="", charset="utf-8", body=body.encode())
    (article,) = READERS[kind].read(document)
    assert "Let x^2 &lt; 3 be as it is" in article.content


def test_a_formula_in_an_xhtml_feed_is_its_tex() -> None:
    math = f'<math xmlns="http://www.w3.org/1998/Math/MathML" alttext="x^2">{POWER}</math>'
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>a</id><title>On x</title>'
        f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Let {math} be.</p></div></content>'
        "</entry></feed>"
    )
    (article,) = READERS["feed"].read(Document(url="", media_type="", charset="utf-8", body=feed.encode()))
    assert "Let x^2 be." in article.content


@pytest.mark.parametrize("attributes", ADVERTISING)
def test_advertising_becomes_nothing(attributes: str) -> None:
    assert html.sanitise_html(f"<p>One</p><iframe {attributes}></iframe>") == "<p>One</p>"


@pytest.mark.parametrize("attributes", EMBEDS)
def test_an_embed_stays_a_link(attributes: str) -> None:
    (link,) = html.list_embeds(html.sanitise_html(f"<iframe {attributes}></iframe>"))
    assert link


@given(
    st.lists(
        st.sampled_from(
            [*FORMULAS, "<math", "</math>", '<span class="katex-html">', "<span>", "</span>", "<p>", "x < y"]
        )
    )
)
def test_no_mixture_of_formulas_breaks(pieces: list[str]) -> None:
    written = "".join(pieces)
    try:
        content = html.sanitise_html(written)
    except GatherError:
        return
    assert "<math" not in content
    assert html.sanitise_html(content) == content
