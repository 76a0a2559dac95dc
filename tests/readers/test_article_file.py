"""An article's own file, given to ``add``: read as what it is."""

from datetime import UTC, datetime

import pytest

import loopback
from dispatch.errors import GatherError
from dispatch.gather import gather_articles
from dispatch.model import Article, Author, Document, Enclosure, Fault, Image, Source, Terms
from dispatch.readers import READERS, article_file

ID = "tag:wire.example,2026-11-22:defence/nato"
WHOLE = f"""---
id: {ID}
url: https://paper.example/a?x=1#:~:text=power
title: A more powerful NATO
authors:
  - jerry-jackson
  - {{name: Bo Lind, url: "https://bo.example"}}
source: {{title: The Paper, url: https://paper.example}}
published: 2025-02-12
syndicate: excerpt
enclosures:
  - {{url: "https://paper.example/a.mp3", type: audio/mpeg, length: 12}}
note: The line to remember.
---
A *body* of {{{{ words }}}}.
"""


def document(body: str, media_type: str = "") -> Document:
    return Document(url="", media_type=media_type, charset="", body=body.encode(), name="nato.md")


def read(body: str, media_type: str = "") -> Article:
    (article,) = article_file.read(document(body, media_type))
    return article


def test_every_key_is_what_it_is_there(tmp_path) -> None:
    file = tmp_path / "nato.md"
    file.write_text(WHOLE)
    (article,) = gather_articles(str(file), user_agent="test", zone="America/Lima")
    assert (article.id, article.url) == (ID, "https://paper.example/a?x=1#:~:text=power")
    assert article.authors == (Author(name="jerry-jackson"), Author(name="Bo Lind", url="https://bo.example"))
    assert article.source == Source(title="The Paper", url="https://paper.example", syndicate="excerpt")
    assert article.published
    assert article.published.isoformat() == "2025-02-12T00:00:00-05:00"
    assert article.enclosures == (Enclosure(url="https://paper.example/a.mp3", type="audio/mpeg", length=12),)
    assert article.note == "The line to remember."
    assert article.content == "<p>A <em>body</em> of {{ words }}.</p>"


@pytest.mark.parametrize("media_type", ["text/html", ""])
def test_a_body_in_html_is_html(media_type: str) -> None:
    article = read(f"---\nid: {ID}\ntitle: T\nsource: paper\n---\n<p>A *body*.</p><script>x</script>", media_type)
    assert (article.content, article.markdown) == ("<p>A *body*.</p>", "")
    assert article.source == Source(key="paper")
    assert article.id == ID


@pytest.mark.parametrize(
    "head",
    ["title: T", "id: 17\ntitle: T", f"id: {ID}", f"id: {ID}\ntitle: T\nlayout: post", f"id: {ID}\nid: x\ntitle: T"],
)
def test_another_systems_file_is_not_ours(head: str) -> None:
    body = document(f"---\n{head}\n---\nWords.", "text/markdown")
    assert next(name for name, reader in READERS.items() if reader.accepts(body)) == "markdown"


@pytest.mark.parametrize("media_type", ["text/markdown", "text/html", "text/plain", ""])
def test_what_a_stranger_serves_is_none_of_our_files(media_type: str) -> None:
    told = f"---\nid: {ID}\nkey: x\ntitle: T\nsource: {{key: paper, title: P, syndicate: full}}\nsyndicate: full\n"
    told += "note: N\nwithdrawn: {date: 2026-11-20}\ncorrections: [{date: 2026-11-24, text: C, mends: [authors]}]\n"
    told += "---\nWords.\n"
    with loopback.web() as site:
        site.pages["/a"] = told, {"content-type": media_type} if media_type else {}, 200
        (article,) = gather_articles(site.url("/a"), user_agent="test", allow_private=True)
    assert (article.id, article.key, article.note, article.corrections, article.withdrawn) == ("", "", "", (), None)
    assert (article.source.key, article.source.syndicate) == ("", None)


def test_what_is_wrong_has_its_line() -> None:
    with pytest.raises(GatherError) as caught:
        read(f"---\nid: {ID}\ntitle: T\npublished: soon\n---\nWords.")
    (fault,) = caught.value.faults
    assert (fault.place.file, fault.place.line, fault.place.key) == ("nato.md", 4, "published")


def test_a_moment_keeps_its_offset() -> None:
    assert read(WHOLE.replace("2025-02-12", "2025-02-12T14:05:11Z")).published == datetime(
        2025, 2, 12, 14, 5, 11, tzinfo=UTC
    )


OURS = """url: https://paper.example/b
image: {url: "https://paper.example/b.jpg", alt: A mill, width: 800, height: 600}
enclosures: [{url: "https://paper.example/b.mp3", type: audio/mpeg, length: 12}]
terms: {line: "From The Paper.", no_derivatives: true}
note: The line to remember.
syndicate: full
own: true
"""


@pytest.mark.parametrize("more", [f"id: {ID}\n", "", "layout: post\n"])
def test_the_keys_that_only_dispatch_has_are_heard_in_every_file_of_ones_own(more: str, tmp_path) -> None:
    file = tmp_path / "mill.md"
    file.write_text(f"---\n{more}title: A mill\n{OURS}---\nIts *words*.\n")
    faults: list[Fault] = []
    (article,) = gather_articles(str(file), user_agent="test", faults=faults)
    assert article.image == Image(url="https://paper.example/b.jpg", alt="A mill", width=800, height=600)
    assert article.enclosures == (Enclosure(url="https://paper.example/b.mp3", type="audio/mpeg", length=12),)
    assert article.terms == Terms(line="From The Paper.", no_derivatives=True)
    assert (article.note, article.source.syndicate, article.confirmed_own) == ("The line to remember.", "full", True)
    assert faults == []


def test_what_such_a_key_says_wrong_is_told_and_the_rest_is_read(tmp_path) -> None:
    file = tmp_path / "mill.md"
    file.write_text("---\ntitle: A mill\nterms: none\nsyndicate: some\nenclosures: a.mp3\nnote: N\n---\nIts words.\n")
    faults: list[Fault] = []
    (article,) = gather_articles(str(file), user_agent="test", faults=faults)
    assert (article.title, article.note, article.terms) == ("A mill", "N", None)
    assert [fault.place.key for fault in faults] == ["enclosures", "syndicate", "terms"]
    assert all(fault.what.endswith("; left out") and fault.place.line for fault in faults)
