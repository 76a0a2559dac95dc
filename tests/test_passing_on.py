"""What we give out is read by another dispatch as what it was, also after what people paste it through."""

import re
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path

import bleach
import nh3
import pytest
from click.testing import CliRunner

from commands import run_dispatch
from dispatch import config, issues
from dispatch.cli import main
from dispatch.model import Article, Author
from harbour import LINE, QUAY, build_harbour, read_field

DANA = Author(name="Dana Whitfield", url="https://people.example/dana?x=1&y=2")
OMAR = Author(name="Omar Reyes")

# fmt: off
# What WordPress lets through where people may not write any HTML (wp-includes/kses.php), as far as kits have it.
KSES = {
    "*": ["class", "dir", "hidden", "id", "lang", "role", "title"],
    "a": ["href", "rel", "rev", "name", "target"],
    "img": ["alt", "align", "border", "height", "loading", "src", "width"],
    "del": ["datetime"],
}
BLOCKS = {
    "article", "aside", "blockquote", "div", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "img", "li", "main", "ol", "p", "pre", "section", "table", "tbody", "td", "th", "tr", "ul",
}
INLINE = {"a", "b", "br", "cite", "code", "del", "em", "i", "q", "small", "span", "strong", "sub", "sup", "u"}
EDITOR = {"p", "h1", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "img", "br"}  # of a small editor
SANITISERS: dict[str, Callable[[str], str]] = {
    "nothing": str,
    "nh3": nh3.clean,
    "nh3, addresses alone": lambda kit: nh3.clean(kit, attributes={"a": {"href"}}, link_rel=None),
    "bleach": lambda kit: bleach.clean(kit, bleach.ALLOWED_TAGS | EDITOR, strip=True),
    "kses": lambda kit: bleach.clean(kit, BLOCKS | INLINE, KSES, strip=True),
}
# fmt: on


@pytest.fixture
def kit(tmp_path: Path) -> str:
    """The HTML that others copy."""
    build_harbour(tmp_path / "harbour")
    run_dispatch(tmp_path / "harbour", "publish", "one")
    page = tmp_path / "harbour/public/issues/one/the-quay/republish/index.html"
    return read_field(page.read_text("utf-8"), "kit-html")


def publish_again(root: Path, name: str, text: str) -> Article:
    """Take a text into a publication of that name, where it is shown in full, publish it, and read it."""
    if not root.exists():
        config.create_publication(root, title=name, url=f"https://{root.name}.example", sender="A <a@b.example>")
        run_dispatch(root, "issue", "new", "Second hand", "--slug", "again", "--date", "2026-11-09")
    with chdir(root):
        result = CliRunner().invoke(main, ["add", "-", "--issue", "again", "--syndicate", "full"], input=text)
    assert result.exit_code == 0, result.output
    run_dispatch(root, "publish", "again")
    (article,) = issues.read_issue(config.load(root), "again").articles
    return article


def list_facts(article: Article) -> Iterator[object]:
    """What must be the same wherever it is published."""
    yield [Author(name=author.name, url=author.url) for author in article.authors]
    yield from (article.url, article.title, article.license, article.terms and article.terms.line)
    yield article.terms and article.terms.no_derivatives


FACTS = [[DANA, OMAR], QUAY, 'Who owns the "quay" & why', "CC-BY-ND-4.0", LINE, True]


@pytest.mark.parametrize("name", SANITISERS)
def test_what_we_give_out_is_taken_in_as_what_it_was(kit: str, tmp_path: Path, name: str) -> None:
    article = publish_again(tmp_path / "beacon", "Valley Beacon", SANITISERS[name](kit))
    assert list(list_facts(article)) == FACTS
    assert article.source.title == "Harbour Wire"
    assert not article.own
    assert "republished under" not in article.content
    assert "Last words of this article" in article.content


@pytest.mark.parametrize("name", ["partners.xml", "partners.atom", "partners.json"])
@pytest.mark.usefixtures("kit")
def test_partners_read_the_same_from_our_feeds(tmp_path: Path, name: str) -> None:
    feed = (tmp_path / "harbour/public" / name).read_text("utf-8")
    assert list(list_facts(publish_again(tmp_path / "beacon", "Valley Beacon", feed))) == FACTS


@pytest.mark.parametrize("way", ["the kit", "page", "feed.xml", "feed.atom", "feed.json"])
def test_what_is_passed_on_twice_is_what_it_was(kit: str, tmp_path: Path, way: str) -> None:
    second = publish_again(tmp_path / "beacon", "Valley Beacon", kit)
    folder = tmp_path / "beacon/public/issues/again"
    files = {"page": folder / second.key / "index.html"} | {name: folder / name for name in ("feed.xml", "feed.atom")}
    files["feed.json"] = folder / "feed.json"
    text = kit if way == "the kit" else files[way].read_text("utf-8")
    third = publish_again(tmp_path / "upland", "Upland Post", text)
    assert list(list_facts(third)) == FACTS
    assert third.source.title == "Harbour Wire"
    # It leads to where it first stood, and the line stands with it.
    page = (tmp_path / "upland/public/issues/again" / third.key / "index.html").read_text("utf-8")
    assert f'<link rel="canonical" href="{QUAY}" />' in page
    assert LINE in page
    assert not list((tmp_path / "upland/public").rglob("republish"))


OWN_LINES = [
    "Written for *{publication}*: <{url}>. Published again under {licence}: <{licence_url}>.",
    "Geschrieben für *{publication}*: <{url}>. Nachgedruckt unter {licence}: <{licence_url}>.",
    "[{publication}]({url}) had it before us.",
]


@pytest.mark.parametrize("line", OWN_LINES)
@pytest.mark.parametrize("name", SANITISERS)
def test_a_line_in_words_of_ones_own_is_read_by_its_mark(tmp_path: Path, line: str, name: str) -> None:
    build_harbour(tmp_path / "harbour")
    with (tmp_path / "harbour/dispatch.toml").open("a") as settings:
        settings.write(f'\n[republish]\nline = "{line}"\n')
    run_dispatch(tmp_path / "harbour", "publish", "one")
    page = (tmp_path / "harbour/public/issues/one/the-quay/republish/index.html").read_text("utf-8")
    text = SANITISERS[name](read_field(page, "kit-html"))
    if "<{url}>" not in line and not re.search("canonical|republished", text):
        return  # nothing tells it from a link of the text
    article = publish_again(tmp_path / "beacon", "Valley Beacon", text)
    assert (article.url, article.own, article.source.title) == (QUAY, False, "Harbour Wire")
    assert article.authors[0].url == DANA.url
    assert "<{url}>" not in line or article.license == "CC-BY-ND-4.0"
    if "<{url}>" in line:
        plain = publish_again(tmp_path / "upland", "Upland Post", read_field(page, "kit-text"))
        assert (plain.url, plain.own, plain.license) == (QUAY, False, "CC-BY-ND-4.0")


@pytest.mark.parametrize("title", ["Beacon", "The Old Paper"])
def test_what_first_stood_in_this_very_publication_is_its_own(tmp_path: Path, title: str) -> None:
    line = f"This column first appeared in [{title}](https://beacon.example/issues/old/)."
    written = f"---\ntitle: A column\nauthors: [{{name: Ann Lee}}]\n---\nOpening words.\n\n{line}\n"
    article = publish_again(tmp_path / "beacon", "Valley Beacon", written)
    assert (article.own, article.terms, article.source.title) == (True, None, "")
    assert article.url == "https://beacon.example/issues/again/a-column/"
    assert f'in <a href="https://beacon.example/issues/old/">{title}</a>.' in article.content
    other = publish_again(tmp_path / "upland", "Upland Post", written)
    assert (other.own, other.url) == (False, "https://beacon.example/issues/old/")
