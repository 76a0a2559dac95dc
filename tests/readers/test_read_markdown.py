"""Markdown: rendered as it is meant, addresses untouched, front matter of many habits."""

from datetime import UTC, datetime, timedelta, timezone
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from addresses import WEB
from dispatch import commonmark, html
from dispatch.errors import GatherError
from dispatch.model import Article, Author, Credit, Document, Image, Source
from dispatch.readers import markdown
from thorough import scale


class Page(HTMLParser):
    """The text and the tags of a piece of HTML, and its addresses."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.feed(content)
        self.close()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in {"href", "src"}]


def read(body: str, url: str = "") -> Article:
    (article,) = markdown.read(document(body, url))
    return article


def document(body: str, url: str = "", media_type: str = "text/markdown") -> Document:
    return Document(url=url, media_type=media_type, charset="", body=body.encode(), name="notes.md")


MARKS = st.text(alphabet="\\`*_[]<>()|#~&-+=:1.) \n\t!amp;#x{}\"'a\N{NO-BREAK SPACE}\u2028/@http")


@settings(max_examples=scale(500))
@given(st.text() | MARKS)
@example("a\n\n\nb  \n    c")
@example("1. a\n2) b\n- c\n+ d\n* e\n# f\n> g\n===\n---\n~~~\n| a |\n|---|")
@example("&amp; &#38; &notit; https://a.example/?a=1&copy=2 <b> ![x](y) [z]: w")
def test_escaped_text_renders_as_exactly_that_text(words) -> None:
    words = html.remove_illegal_characters(words).replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    shown = Page(commonmark.to_html(commonmark.escape_markdown(words)))
    if words.strip():
        assert (shown.text, shown.tags) == (words, ["p"])


@pytest.mark.parametrize("url", WEB.values(), ids=WEB)
def test_addresses_are_left_alone(url) -> None:
    written = "".join("\\" + sign if sign in "\\<>&" else sign for sign in url)
    content = commonmark.to_html(f"[a](<{written}>) ![b](<{written}>)\n\n[c][d]\n\n[d]: <{written}>")
    assert Page(content).addresses == [url] * 3
    front = f"---\ntitle: T\nurl: '{url.replace(chr(39), chr(39) * 2)}'\n---\nBody."
    assert read(front).url == url


def test_tables_strikethrough_and_html_are_understood_and_sanitised() -> None:
    content = commonmark.to_html('a ~~b~~ <script>x</script><em onclick="x">c</em>\n\n| d | e |\n|---|--:|\n| f | g |')
    assert "<del>b</del>" in content or "<s>b</s>" in content
    assert "<em>c</em>" in content
    assert "<td>f</td>" in content
    assert "script" not in content
    assert commonmark.to_html("[x](javascript:alert(1)) www.a.example") == "<p><a>x</a> www.a.example</p>"


def test_relative_addresses_are_relative_to_the_document() -> None:
    article = read("# T\n\n[a](b?x=1&y=2) ![c](/d.jpg)", "https://a.example/notes/one.md")
    assert Page(article.content).addresses == ["https://a.example/notes/b?x=1&y=2", "https://a.example/d.jpg"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("[" * 20_000, "brackets"),
        ("> " * 20_000 + "a", "too deep"),
        ("\n".join("  " * level + "- a" for level in range(200)), "too deep"),
        ("a" * (2 * 1024 * 1024 + 1), "larger than 2 MiB"),
        ("<div>" * 300, "nested"),
        ("---\na: &b [1]\nc: *b\n---\n", "a"),
        ("---\ntitle: a\ntitle: b\n---\n", "title"),
        ("+++\ntitle = \n+++\n", "TOML"),
    ],
)
def test_bombs_and_broken_front_matter_are_refused(body: str, message: str) -> None:
    with pytest.raises(GatherError, match=message):
        markdown.read(document(body))


@pytest.mark.parametrize(
    "head", ["", "---\ntitle: T\nauthor: Ann\n---\n", "Title: T\nAuthor: Ann\n\n", "+++\na = 1\n+++\n"]
)
@pytest.mark.parametrize("bomb", ["[" * 20_000, "> " * 200 + "a"])
def test_what_is_refused_has_its_line_in_the_file(head: str, bomb: str) -> None:
    text = f"{head}# Title\n\nOne\ntwo.\n \n\n{bomb}\n\nThree."
    with pytest.raises(GatherError) as caught:
        markdown.read(document(text))
    (fault,) = caught.value.faults
    assert fault.place.line == text.split("\n").index(bomb) + 1


def test_the_first_heading_is_the_title() -> None:
    article = read("# The *winter* & I\n\nBy [Ada Holm](https://ada.example/?a=1&b=2)\n\n## One\n\nWords.\n\n# Two\n")
    assert article.title == "The winter & I"
    assert article.markdown == "## One\n\nWords.\n\n# Two"
    assert article.authors == (Author(name="Ada Holm", url="https://ada.example/?a=1&b=2"),)
    assert article.certainty == "likely"
    setext = read("The winter\n==========\n\nWords.")
    assert (setext.title, setext.markdown) == ("The winter", "Words.")
    assert read("---\ntitle: T\n---\n# T\n\nWords.").markdown == "Words."
    assert read("---\ntitle: T\n---\n# Other\n\nWords.").markdown == "# Other\n\nWords."
    assert read("Words.").title == ""


def test_front_matter_of_jekyll() -> None:
    article = read(
        '---\nlayout: post\ntitle: "The winter: it did not come"\nsubtitle: Eleven days\nauthor: Ada Holm\n'
        "date: 2025-02-12 14:05:11 +0100\nlast_modified_at: 2025-02-13\ncanonical_url: https://a.example/?a=1&copy=2\n"
        'tags: [ice, "R&D", ice]\nlang: en_GB\nimage: /ice.jpg\ndescription: What is missing\nlicense: CC-BY-4.0\n'
        "---\nBody.\n",
        "https://a.example/raw/one.md",
    )
    assert article == Article(
        url="https://a.example/?a=1&copy=2",
        title="The winter: it did not come",
        dek="Eleven days",
        summary="What is missing",
        content="<p>Body.</p>",
        markdown="Body.",
        authors=(Author(name="Ada Holm"),),
        certainty="certain",
        published=datetime(2025, 2, 12, 14, 5, 11, tzinfo=timezone(timedelta(hours=1))),
        updated=datetime(2025, 2, 13),
        tags=("ice", "R&D"),
        language="en-GB",
        image=Image(url="https://a.example/ice.jpg"),
        license="CC-BY-4.0",
    )


def test_front_matter_of_hugo() -> None:
    article = read(
        '+++\ntitle = "Winter"\ndate = 2025-02-12T14:05:11Z\ndraft = false\nauthors = ["Ada Holm", "Bo Lind, Jr."]\n'
        'translator = "Tove Quist"\nkeywords = "a, b"\n[cover]\nimage = "https://a.example/c.jpg"\nalt = "Ice"\n'
        '[source]\nname = "The Tide"\nurl = "https://tide.example"\n+++\nBody.'
    )
    assert article.authors == (Author(name="Ada Holm"), Author(name="Bo Lind, Jr."))
    assert article.credits == (Credit(role="translator", name="Tove Quist"),)
    assert article.published == datetime(2025, 2, 12, 14, 5, 11, tzinfo=UTC)
    assert article.image == Image(url="https://a.example/c.jpg", alt="Ice")
    assert article.source == Source(title="The Tide", url="https://tide.example")
    assert article.tags == ("a", "b")


def test_front_matter_of_pelican() -> None:
    article = read(
        "Title: Winter\nDate: 2025-02-12 14:05\nAuthor: Ada Holm\nTags: ice, snow\nSummary: Short\n  and sweet\n\nBody."
    )
    assert (article.title, article.markdown) == ("Winter", "Body.")
    assert article.authors == (Author(name="Ada Holm"),)
    assert article.published == datetime(2025, 2, 12, 14, 5)
    assert article.tags == ("ice", "snow")


@pytest.mark.parametrize("front", ["", "---\ntitle: T\n---\n", "---\nimage:\n---\n", "---\nimage: {alt: Ice}\n---\n"])
def test_what_names_no_picture_has_none(front: str) -> None:
    (article,) = markdown.read(document(f"{front}Body.", url="https://a.example/ice"))
    assert article.image is None


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        ("author: Ada and Bo", (Author(name="Ada and Bo"),)),
        (
            "author: Ada Holm <https://ada.example/?a=1&b=2>",
            (Author(name="Ada Holm", url="https://ada.example/?a=1&b=2"),),
        ),
        ("author: Ada Holm <ada@a.example>", (Author(name="Ada Holm", email="ada@a.example"),)),
        (
            "author: {name: Ada, url: 'https://ada.example', bio: Writes, avatar: 'https://ada.example/a.png'}",
            (Author(name="Ada", url="https://ada.example", bio="Writes", avatar="https://ada.example/a.png"),),
        ),
        (
            "authors:\n  - name: Ada\n    link: tel:+49\n  - Bo, Jr.",
            (Author(name="Ada", url="tel:+49"), Author(name="Bo, Jr.")),
        ),
        ("author:", ()),
        ("authors: []", ()),
        ("author: {url: x}", ()),
    ],
)
def test_authors_in_front_matter(written: str, authors) -> None:
    article = read(f"---\n{written}\n---\nBody.")
    assert article.authors == authors
    assert article.certainty == ("certain" if authors else "unknown")


def test_what_looks_like_markdown() -> None:
    for body in ("# Title\n\nWords", "---\ntitle: T\n---\nWords", "Words with [a link](https://a.example)"):
        assert markdown.accepts(document(body, media_type=""))
        assert not markdown.accepts(document(body, media_type="text/html"))
    for body in ("Words", "#hashtag", "a [note] (here)", "--- a\nb\n---"):
        assert not markdown.accepts(document(body, media_type="text/plain"))


@given(st.text() | MARKS)
def test_no_text_breaks_it(body) -> None:
    try:
        (article,) = markdown.read(document(html.remove_illegal_characters(body)))
    except GatherError:
        return
    assert unescape(article.content) is not None


def test_footnotes_stand_at_the_end_with_links_of_their_own() -> None:
    written = "A claim.[^1] Another,[^two] the first again.[^1]\n\n[^1]: Ibid.\n[^two]: https://n.example/?a=1&b=2\n\n"
    content = commonmark.to_html(written + "Last words.")
    assert [href for href in Page(content).addresses if not href.startswith("#")] == []
    text = Page(content).text
    assert "A claim.[1] Another,[2] the first again.[1]" in text
    assert text.index("Last words.") < text.index("Ibid.") < text.index("https://n.example/?a=1&b=2")
    assert "^" not in text
