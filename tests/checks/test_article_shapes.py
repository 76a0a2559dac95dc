"""The shapes that real articles have: what the door and the formats make of them is no error of the editor's."""

from dataclasses import replace
from typing import get_args

import pytest

import nouns
from dispatch import check
from dispatch.html import sanitise_html, to_plain_text
from dispatch.html.tokens import split_paragraphs
from dispatch.model import Article, Syndicate
from dispatch.publish.publishing import render_formats

LONG = "https://paper.example/a?" + "&".join(f"parameter{n}=value-{n}" for n in range(150))
IRI = "https://пример.example/статьи/мост?город=Лодзь#часть"
SAID = "This is a sentence of more than fifteen words, so that it can surely be where the article itself begins."
LINK = '<a href="https://a.example/">'
WORDS = f"<p>{SAID}</p><p>{SAID} It goes on.</p>"
TAKEAWAYS = f"<h2>Key points</h2><ul><li>{SAID.replace('This', 'A point')}</li></ul>"
SHAPES = {
    "a list of key points first": TAKEAWAYS + WORDS,
    "a list alone": "<ul><li>One thing.</li><li>And another.</li></ul>",
    "the same words with several addresses": WORDS
    + "".join(f'<p><a href="https://shop.example/{n}">Buy now</a></p>' for n in range(4)),
    "the same words at the beginning and at the end": (
        f'<p>{LINK}{SAID}</a></p>{WORDS * 9}<p><a href="https://b.example/">{SAID}</a></p>'
    ),
    "paragraphs that are breaks": (
        '<p>The <a href="https://a.example/1">first</a> paragraph.<br> <br>The <a href="https://a.example/2">second</a>'
        ' one.<br><br><br><b>The</b> <a href="https://a.example/3">third</a>.</p>'
    ),
    "a link around blocks": f"{WORDS}{LINK}<h3>A heading</h3><div><p>{SAID}</p></div></a><p>End.</p>",
    "a link around a picture and its words": (
        f'{WORDS}{LINK}<figure><img src="https://a.example/p.jpg" alt="A bridge">'
        "<figcaption>A bridge.</figcaption></figure></a>"
    ),
    "a picture alone in a link": f'{WORDS}<p>{LINK}<img src="https://a.example/p.jpg" alt=""></a></p>',
    "a contents list": (
        f'<ul><li><a href="#one">One</a></li><li><a href="#none">None</a></li></ul><h2 id="one">One</h2>{WORDS}'
    ),
    "a contents list to places that were in what is left out": '<p><a href="#x">To x</a></p><form id="x"></form>'
    + WORDS,
    "footnotes": (
        f'<p>{SAID}<sup id="r1"><a href="#n1">1</a></sup></p><ol><li id="n1">A note. <a href="#r1">↩</a></li></ol>'
    ),
    "all of it in a table": f'<table><tr><td><p>What it <a href="https://a.example/">says</a>.</p>{WORDS}</td></tr></table>',
    "long white space": f"<div>{' ' * 5000}<div>\n{' ' * 3000}</div><p>47</p>{WORDS}</div>",
    "Japanese with breaks": "<p>" + "日本の橋は長い。<br>　<br>" * 20 + "</p>",
    "long addresses": f'{WORDS}<p><a href="{LONG}">Long</a> and <a href="{IRI}">letters</a></p>',
}


@pytest.mark.parametrize("policy", get_args(Syndicate))
@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_of_an_article_stops_a_publish(shape: str, policy: Syndicate) -> None:
    content = sanitise_html(SHAPES[shape], "https://paper.example/story")
    source = replace(nouns.article().source, syndicate=policy)
    for dek, summary in (("", ""), ("A dek.", "What it says.")):
        story = nouns.article(1, url="https://paper.example/story", content=content, source=source, dek=dek)
        found = judge(replace(story, summary=summary))
        assert not found, found


@pytest.mark.parametrize("url", [LONG, IRI, "https://paper.example/a[1]?q={x}|^`", "https://[::1]/[a]"])
def test_no_address_stops_a_publish(url: str) -> None:
    """Wherever it stands: the article's, an author's, a source's, a picture's, a file's."""
    one = nouns.rich(1)
    author = replace(one.authors[0], url=url, avatar=f"{url}&portrait")
    files = tuple(replace(file, url=url) for file in one.enclosures)
    image = one.image and replace(one.image, url=url)
    source = replace(one.source, url=url)
    found = judge(replace(one, url=url, authors=(author,), enclosures=files, image=image, source=source))
    assert not found, found


def judge(story: Article) -> list[str]:
    issue, publication = nouns.issue(story), nouns.publication()
    editions = render_formats(issue, publication)
    assert max(len(line) for one in editions if one.format == "eml" for line in one.body.split(b"\r\n")) <= 998
    found = check.findings(issue, editions, publication)
    return [f"{one.rule} {one.place.edition} {dict(one.values)}" for one in found if one.severity == "error"]


def test_an_address_stands_after_the_paragraph_that_links_to_it() -> None:
    paragraphs = split_paragraphs(sanitise_html(SHAPES["paragraphs that are breaks"]))
    assert [(one.text, one.addresses) for one in paragraphs] == [
        ("The first paragraph.", ("https://a.example/1",)),
        ("The second one.", ("https://a.example/2",)),
        ("The third.", ("https://a.example/3",)),
    ]
    around = split_paragraphs(sanitise_html('<a href="https://a.example/"><p>One.</p><p>Two.</p></a><p>Three.</p>'))
    assert [len(one.addresses) for one in around] == [1, 1, 0]
    assert to_plain_text(sanitise_html("<p>One<br>line<br><br>Two</p>")) == "One\nline\n\nTwo"


def test_a_link_that_is_another_ones_is_found_among_the_same_words() -> None:
    """Which of several lines of the same words one is, its links say; that one leads elsewhere is told all the same."""
    issue = nouns.issue(nouns.article(1, content=sanitise_html(SHAPES["the same words with several addresses"])))
    publication = nouns.publication()
    (edition,) = [one for one in render_formats(issue, publication) if one.format == "web"]
    wrong = replace(edition, body=edition.body.replace(b"shop.example/2", b"shop.example/1"))
    assert "attribution.body-link" in {one.rule for one in check.findings(issue, (wrong,), publication)}


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ('Words stand <a href="https://a.example/1">here</a> and <a href="https://t.example/">here</a>.', "t.example"),
        (
            '<a href="https://x.example/">Words</a> stand <a href="https://a.example/1">here</a> and '
            '<a href="https://t.example/">here</a>.',
            "t.example",
        ),
        ('<a href="https://x.example/">Words</a> stand <a href="https://a.example/1">here</a> and here.', ""),
        ('Words stand <a href="https://a.example/1">here</a> and here.', ""),
    ],
)
def test_where_a_link_leads_instead_is_told_by_its_words(wrong: str, found: str) -> None:
    right = 'Words stand <a href="https://a.example/1">here</a> and <a href="https://a.example/2">here</a>.'
    issue = nouns.issue(nouns.article(1, content=f"<p>{right}</p>"))
    (edition,) = [one for one in render_formats(issue, nouns.publication()) if one.format == "web"]
    assert right.encode() in edition.body
    broken = replace(edition, body=edition.body.replace(right.encode(), wrong.encode()))
    told = [one for one in check.findings(issue, (broken,), nouns.publication()) if one.rule == "attribution.body-link"]
    assert [(one.get_value("wanted"), one.get_value("found") or "") for one in told] == [
        ("https://a.example/2", f"https://{found}/" if found else "")
    ]
