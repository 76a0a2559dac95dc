"""What others may publish again of our own: the page to copy from, the feeds for partners, and who may have what."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from dispatch import config, html
from dispatch.cli import main
from dispatch.errors import ConfigError
from dispatch.formats.kit import list_demands
from dispatch.licences import find_licence
from harbour import QUAY, build_harbour, read_field

KIT = """\
<article lang="en" dir="ltr">
<h1>Who owns the &#34;quay&#34; &amp; why</h1>
<p><em>A question that nobody asked</em></p>
<p class="byline">By <a rel="author" href="https://people.example/dana?x=1&amp;y=2">Dana Whitfield</a> and Omar \
Reyes\N{NO-BREAK SPACE}· <time datetime="2026-11-01T08:00:00+00:00">\
1\N{NO-BREAK SPACE}November\N{NO-BREAK SPACE}2026</time></p>
<p>The first paragraph has <a href="https://town.example/a?b=1&amp;c=2">a link</a>, and says what the quay is for.</p>
<h2>What the map says</h2>
<p><img src="https://harbour.example/issues/one/map.png" alt="Our own map" /></p>

<p>A second paragraph that also has words enough for anybody who looks for it.</p>
<h3>Below that</h3>
<p>Last words of this article, which are long enough to be looked for, too.</p>
<h2>About the author</h2>
<p><strong>Dana Whitfield</strong><br /><bdi>Dana Whitfield writes about harbours.</bdi></p>
<p class="republished">This article was first published in <a rel="canonical" href="https://harbour.example/issues/one/the-quay/">\
Harbour Wire</a> and is republished under <a rel="license" href="https://creativecommons.org/licenses/by-nd/4.0/">\
CC BY-ND 4.0</a>.</p>
</article>"""
PLAIN = """\
Who owns the "quay" & why

A question that nobody asked

By Dana Whitfield and Omar Reyes\N{NO-BREAK SPACE}· 1\N{NO-BREAK SPACE}November\N{NO-BREAK SPACE}2026
https://people.example/dana?x=1&y=2

The first paragraph has a link, and says what the quay is for.
https://town.example/a?b=1&c=2

What the map says

A second paragraph that also has words enough for anybody who looks for it.

Below that

Last words of this article, which are long enough to be looked for, too.

Dana Whitfield
Dana Whitfield writes about harbours.

This article was first published in Harbour Wire and is republished under CC BY-ND 4.0.
https://harbour.example/issues/one/the-quay/
https://creativecommons.org/licenses/by-nd/4.0/
"""


@pytest.fixture
def harbour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "harbour"
    build_harbour(root)
    monkeypatch.chdir(root)
    return root


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == code, result.output
    return result


def settle(root: Path, more: str) -> None:
    """Add settings to dispatch.toml."""
    path = root / "dispatch.toml"
    path.write_text(path.read_text() + more)


def read(path: str) -> str:
    return (Path("public") / path).read_text("utf-8")


@pytest.mark.usefixtures("harbour")
def test_a_free_article_of_our_own_has_a_page_to_copy_it_from() -> None:
    run("publish", "one")
    page = read("issues/one/the-quay/republish/index.html")
    assert read_field(page, "kit-html") == KIT
    assert read_field(page, "kit-text") == PLAIN
    assert '<meta name="robots" content="noindex" />' in page
    assert f'<link rel="canonical" href="{QUAY}" />' in page
    assert page.count("<script ") == 1
    assert "republish" not in read("sitemap.xml")
    # What is shown is the same, one level down.
    shown = page.partition('<div class="kit prose">')[2]
    assert "<h2>Who owns the &#34;quay&#34; &amp; why</h2>" in shown
    assert "<h3>What the map says</h3>" in shown
    # What is not ours to give is left out, and said.
    assert '<li><a href="https://agency.example/p.jpg">' in page
    assert "agency" not in read_field(page, "kit-html") + shown
    assert "Ask the mayor." not in page


@pytest.mark.usefixtures("harbour")
def test_only_our_own_free_articles_lead_there() -> None:
    run("publish", "one")
    assert '<a href="../../../issues/one/the-quay/republish/">Republish</a>' in read("issues/one/the-quay/index.html")
    for other in ("the-tide", "elsewhere"):
        assert "republish" not in read(f"issues/one/{other}/index.html")
        assert not Path(f"public/issues/one/{other}/republish").exists()
    assert "partners.xml" in read("follow/index.html")
    assert "partners" not in read("index.html") + read("issues/one/index.html") + read("issues/one/the-quay/index.html")


def test_without_a_licence_the_site_is_what_it_was(harbour: Path) -> None:
    quay = harbour / "issues/one/the-quay.md"
    quay.write_text(quay.read_text().replace("license: CC-BY-ND-4.0\n", ""))
    run("publish", "one")
    files = [path for path in Path("public").rglob("*") if path.is_file()]
    assert not [path for path in files if re.search("republish|partners", str(path))]
    assert not [path for path in files if re.search(b"republish|partners", path.read_bytes())]


@pytest.mark.parametrize(
    ("more", "is_given_out"),
    [
        ("license: CC-BY-4.0\n", True),
        ("license: All rights reserved\n", False),
        ("license: CC-BY-4.0\nsyndicate: excerpt\n", False),
        ("license: CC-BY-4.0\nsource: {title: Other}\nsyndicate: full\n", False),
        ("license: CC-BY-4.0\nsource: {title: Other}\nsyndicate: full\nown: true\n", True),
        ('license: CC-BY-4.0\nterms: {line: "Written by <a href=\\"https://o.example/\\">O</a>."}\n', False),
        ("license: CC-BY-4.0\nurl: https://other.example/b\nsyndicate: full\n", False),
    ],
)
def test_what_is_not_ours_or_not_free_is_not_given_out(harbour: Path, more: str, is_given_out: bool) -> None:
    quay = harbour / "issues/one/the-quay.md"
    quay.write_text(quay.read_text().replace("license: CC-BY-ND-4.0\n", more))
    run("publish", "one")
    assert Path("public/issues/one/the-quay/republish").exists() is is_given_out
    assert Path("public/partners.xml").exists() is is_given_out


def test_the_publications_licence_holds_for_what_names_none(harbour: Path) -> None:
    settle(
        harbour, '\n[republish]\nlicense = "https://creativecommons.org/licenses/by/4.0/"\ncontact = "desk@a.example"\n'
    )
    run("publish", "one")
    page = read("issues/one/the-tide/republish/index.html")
    assert ">CC BY 4.0</a>.</p>\n</article>" in read_field(page, "kit-html")
    assert 'Questions: <a href="mailto:desk@a.example">desk@a.example</a>' in page
    assert "CC BY-ND 4.0" in read("issues/one/the-quay/republish/index.html")
    assert not Path("public/issues/one/elsewhere/republish").exists()


def test_a_publication_writes_its_own_line(harbour: Path) -> None:
    line = "From [*{publication}*]({url}?a=1&b=2), or <{url}>: “{title}” ({licence}, {licence_url})."
    settle(harbour, f"\n[republish]\nline = '{line}'\n")
    run("publish", "one")
    kit = read_field(read("issues/one/the-quay/republish/index.html"), "kit-html")
    assert f'<a rel="canonical" href="{QUAY}">{QUAY}</a>' in kit
    assert f'<a href="{QUAY}?a=1&amp;b=2"><em>Harbour Wire</em></a>' in kit
    assert '“Who owns the "quay" &amp; why” (CC BY-ND 4.0, https://creativecommons.org/licenses/by-nd/4.0/).' in kit
    # It has no link to the licence, so that this stands before it.
    assert (
        '<p>Licence: <a rel="license" href="https://creativecommons.org/licenses/by-nd/4.0/">CC BY-ND 4.0</a></p>'
        in kit
    )


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('line = "No link at all."', "has no link to the original"),
        ('line = "[Elsewhere](https://elsewhere.example/)"', "has no link to the original"),
        ('line = "[Here]({url}) {author}"', "has the place {author}, which is none"),
        ('line = "[Here]({url})\\n\\nAnd a second."', "must be one paragraph"),
        ('line = "# [Here]({url})"', "must be one paragraph"),
        ('license = "All rights reserved"', "is no licence that lets others publish"),
    ],
)
def test_settings_that_nobody_could_use_are_refused(harbour: Path, setting: str, said: str) -> None:
    settle(harbour, f"\n[republish]\n{setting}\n")
    with pytest.raises(ConfigError) as caught:
        config.load(harbour)
    (fault,) = caught.value.faults
    assert said in fault.what
    assert fault.place.key == f"republish.{setting.partition(' ')[0]}"


@pytest.mark.parametrize(
    ("licence", "demands"),
    [
        ("CC-BY-4.0", ["credit"]),
        ("https://creativecommons.org/licenses/by-nc-nd/3.0/de/", ["credit", "noncommercial", "no_derivatives"]),
        ("CC BY-SA 2.5", ["credit", "share_alike"]),
        ("CC0", []),
        ("Public domain", []),
        ("dl-de/by-2-0", ["credit"]),
        ("dl-de/zero-2-0", []),
    ],
)
def test_what_a_licence_asks_is_said(licence: str, demands: list[str]) -> None:
    assert list_demands(find_licence(licence)) == demands


@pytest.mark.parametrize("code", ["ar", "de", "en", "en-US", "es", "fr", "hi", "nl"])
def test_every_language_has_its_line_and_check_reads_it(harbour: Path, code: str) -> None:
    path = harbour / "dispatch.toml"
    path.write_text(path.read_text().replace('language = "en"', f'language = "{code}"'))
    run("publish", "one")
    kit = read_field(read("issues/one/the-quay/republish/index.html"), "kit-html")
    line = kit.rpartition('<p class="republished">')[2]
    assert f'<a rel="canonical" href="{QUAY}">Harbour Wire</a>' in line
    assert '<a rel="license" href="https://creativecommons.org/licenses/by-nd/4.0/">CC BY-ND 4.0</a>' in line


def test_partners_get_the_whole_texts_of_those_only(harbour: Path) -> None:
    run("publish", "one")
    feed = json.loads(read("partners.json"))
    assert feed["title"] == "Harbour Wire"  # who reads it takes this for the source's name
    (item,) = feed["items"]
    assert item["url"] == QUAY
    assert item["_dispatch"]["license"] == "CC BY-ND 4.0"
    assert "Last words of this article" in item["content_html"]
    assert "agency.example" not in item["content_html"]
    assert "Ask the mayor" not in item["content_html"]
    for name in ("partners.xml", "partners.atom"):
        text = read(name)
        assert text.count("CC BY-ND 4.0") >= 2
        assert QUAY in text
    run("issue", "correct", "one", "the-quay", "An earlier version named the wrong quay.")
    run("publish")
    assert "the wrong quay" in json.loads(read("partners.json"))["items"][0]["content_html"]
    assert "the wrong quay" in read_field(read("issues/one/the-quay/republish/index.html"), "kit-html")
    run("withdraw", "one", "the-quay", "--because", "It was invented.", "--without-copy", "--yes")
    run("publish")
    (item,) = json.loads(read("partners.json"))["items"]
    assert item["title"].startswith("Withdrawn: ")
    assert "It was invented." in item["content_html"]
    assert "Last words" not in item["content_html"]
    assert "deleted-entry" in read("partners.atom")
    assert not (harbour / "public/issues/one/the-quay/republish").exists()
    assert "republish" not in read("issues/one/the-quay/index.html")


@pytest.mark.parametrize(
    ("template", "old", "new", "rules"),
    [
        ("kit.html", "{{ article.title }}", "A title", {"attribution.title"}),
        ("kit.html", "{{ credit_line }}", "By Bo Lind", {"attribution.author", "attribution.author-link"}),
        ("kit.html", "{{ text }}", "{{ text|replace('second', 'third') }}", {"attribution.body"}),
        ("kit.html", "{{ text }}", "{{ text|replace('b=1', 'b=2') }}", {"attribution.body-link"}),
        ("kit.html", "{{ text }}", "{{ text|replace('map.png', 'cap.png') }}", {"attribution.picture"}),
        ("kit.html", "{{ line }}", "{{ line|replace('the-quay', 'the-tide') }}", {"attribution.read-more"}),
        ("kit.html", "{{ line }}", "{{ line|replace('republished', 'reposted') }}", {"terms.line"}),
        ("entry-words.html", "{{ required }}", "{{ required|replace('the-quay', 'the-tide') }}", {"terms.line"}),
        ("kit.html", "{{ author.bio }}", "", {"attribution.biography"}),
        ("republish.html", "kit(article)|forceescape", "kit(article)|replace('Omar', 'Oscar')|forceescape",
         {"attribution.author"}),
        ("republish.html", "kit_text(article)", "kit_text(article)|replace('Omar', 'Oscar')", {"attribution.author"}),
        ("republish.html", "kit_text(article)", "kit_text(article)|replace('second', 'third')", {"attribution.body"}),
        ("republish.html", "kit_text(article)", "kit_text(article)|replace('Below', 'Above')", {"attribution.heading"}),
        ("republish.html", 'id="kit-text"', 'id="text"', {"attribution.article"}),
        ("republish.html", "<h1>", "<script>1</script><h1>", {"web.forbidden"}),
        ("page.html", 'href="{{ canonical }}"', 'href="https://other.example/"', {"attribution.read-more"}),
        ("entry.html", "{{ line }}", "By Bo Lind", {"attribution.author"}),
    ],
)  # fmt: skip
def test_what_others_would_copy_is_proved(harbour: Path, template: str, old: str, new: str, rules: set[str]) -> None:
    text = config.load(harbour).templates[template]
    assert old in text
    (harbour / "templates").mkdir()
    (harbour / "templates" / template).write_text(text.replace(old, new))
    for command in ("check", "publish"):
        output = run(command, "one", code=1).output
        assert rules <= set(re.findall(r"\[([a-z]+\.[a-z-]+)\]", output)), output
    assert not Path("public").exists()


IMAGES = st.sampled_from(
    ['<img src="https://a.example/1.png" alt="">', '<img src="https://b.example/1.png" alt="x">', "words", "<p>",
     "</p>", "<figure>", "</figure>", "<figcaption>by</figcaption>", '<a href="https://a.example/">', "</a>"]
)  # fmt: skip


@given(st.lists(IMAGES, max_size=12).map("".join))
def test_pictures_of_others_leave_any_text_and_ours_stay(written: str) -> None:
    content = html.sanitise_html(written)
    left = html.drop_images(content, lambda url: url.startswith("https://a.example/"))
    assert not [url for url in html.find_image_addresses(left) if "b.example" in url]
    assert html.sanitise_html(left) == left
    if "b.example" not in content:
        assert left == content


SHAPES = {
    "lists": "- Item\n  - Inner\n  - [Inner link](https://a.example/x)\n- Two\n\n  And more\n\n3. Three\n4. > Quoted",
    "footnote": "A term[^1] and - a dash.\n\n[^1]: The note.\n\n    Its second paragraph.",
    "html list": '<ol><li><p>Second</p></li><li><h3>Head</h3><p>x y</p></li><li><img src="map.png" alt=""></li></ol>',
    "table": "| A | B |\n|---|---|\n| one cell | two cells |",
    "quote": "> A quoted word\n>\n> - in a list\n> - Note: again",
    "code": "```\n- x = 1\n\n  y = 2\n```\n\n<ul><li><pre>code  in\n\n  list</pre></li></ul>",
    "definitions": "<dl><dt>Term</dt><dd>Its <b>meaning</b></dd><dd>- another</dd></dl>",
    "picture": '<figure><img src="map.png" alt="A map"><figcaption>Caption: words</figcaption></figure>',
    "dashes": "<p>- A dash begins this</p><ul><li>- and this</li></ul>",
    "breaks": 'Line one  \nline two\n\n<ul><li><a href="https://a.example">a</a> b<br><br>c d</li></ul>',
    "right to left": '<ul dir="rtl"><li>אחד שתיים</li></ul><p dir="rtl">שלוש <bdi>four</bdi></p>',
    "tasks": "- [ ] do this\n- \n- `code`",
    "addresses": "https://x.example/a\n\n- https://x.example/b\n- [https://x.example/c](https://x.example/c) and more",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_text_of_any_shape_is_given_out(harbour: Path, shape: str) -> None:
    article = harbour / "issues/one/the-quay.md"
    article.write_text(article.read_text().replace("A second", f"{SHAPES[shape]}\n\nA second"))
    run("publish", "one")
    assert Path("public/issues/one/the-quay/republish/index.html").exists()
