"""What pages and front matter call things: each name by which a key is known is a case of its own."""

from datetime import datetime

import pytest

from dispatch.model import Article, Author, Credit, Document, Image, Source
from dispatch.readers import markdown, page

FRONT = {
    "title": ("T", "title headline", "T"),
    "dek": ("T", "dek subtitle subhead subheading standfirst tagline lead", "T"),
    "summary": ("T", "summary description excerpt abstract", "T"),
    "authors": ("Ann Lee", "authors author by byline creator writer written_by created_by", (Author(name="Ann Lee"),)),
    "url": (
        "https://a.example/x",
        "canonical_url canonicalURL canonical-url canonical url link external_url permalink",
        "https://a.example/x",
    ),
    "published": (
        "2025-02-12 14:05",
        "date published pubDate publishDate publish_date published_at date_published created created_at created_time "
        "date_created",
        datetime(2025, 2, 12, 14, 5),
    ),
    "updated": (
        "2025-02-12 14:05",
        "updated lastmod modified last_modified_at date_modified updated_at last_edited_time",
        datetime(2025, 2, 12, 14, 5),
    ),
    "language": ("en_GB.UTF-8", "language lang locale", "en-GB"),
    "tags": ("a, b", "tags keywords categories category", ("a", "b")),
    "image": (
        "https://a.example/b.png",
        "image cover featured_image cover_image hero thumbnail images",
        Image(url="https://a.example/b.png"),
    ),
    "source": ("The Paper", "source publication publisher site", Source(title="The Paper")),
    "license": ("CC-BY-4.0", "license licence rights", "CC-BY-4.0"),
}
PUBLISHED = """
article:published_time citation_publication_date citation_date parsely-pub-date dc.date.issued dcterms.issued dc.date
date
"""
META = {
    "title": ("T", "og:title citation_title parsely-title dc.title twitter:title", "T"),
    "summary": ("T", "og:description description dc.description twitter:description", "T"),
    "published": ("2025-02-12T14:05", PUBLISHED, datetime(2025, 2, 12, 14, 5)),
    "updated": (
        "2025-02-12T14:05",
        "article:modified_time og:updated_time dcterms.modified",
        datetime(2025, 2, 12, 14, 5),
    ),
    "language": ("en_GB", "og:locale content-language dc.language", "en-GB"),
    "url": ("https://a.example/x", "og:url", "https://a.example/x"),
    "tags": ("ice", "article:tag", ("ice",)),
    "image": (
        "https://a.example/b.png",
        "og:image:secure_url og:image og:image:url twitter:image",
        Image(url="https://a.example/b.png"),
    ),
}


def cases(table: dict[str, tuple[str, str, object]]) -> list[tuple[str, str, str, object]]:
    return [(field, key, value, read) for field, (value, keys, read) in table.items() for key in keys.split()]


def front(key: str, value: str) -> Article:
    text = f"---\n{key}: {value}\n---\nBody."
    (article,) = markdown.read(Document(url="", media_type="text/markdown", charset="", body=text.encode(), name="a"))
    return article


def head(*metas: tuple[str, str], url: str = "") -> Article:
    written = "".join(f'<meta name="{name}" content="{value}">' for name, value in metas)
    body = f"<!doctype html><head>{written}</head><body><h1>H</h1><article><p>{'Words. ' * 60}</p></article>"
    (article,) = page.read(Document(url=url, media_type="text/html", charset="", body=body.encode(), name="a"))
    return article


@pytest.mark.parametrize(("field", "key", "value", "read"), cases(FRONT))
def test_a_key_of_the_front_matter(field: str, key: str, value: str, read: object) -> None:
    assert getattr(front(key, value), field) == read
    assert getattr(front(key.upper(), value), field) == read


@pytest.mark.parametrize("role", ["translator", "editor", "photographer", "illustrator"])
def test_a_role_of_the_front_matter(role: str) -> None:
    assert front(role, "Ann Lee").credits == (Credit(role=role, name="Ann Lee"),)


@pytest.mark.parametrize("key", ["url", "src", "image", "path"])
def test_a_picture_with_an_address_of_its_own(key: str) -> None:
    assert front("image", f'{{{key}: "https://a.example/b.png", alt: Ice}}').image == Image(
        url="https://a.example/b.png", alt="Ice"
    )


@pytest.mark.parametrize("key", ["image_alt", "cover_alt", "featured_image_alt"])
def test_the_words_of_a_picture_stand_beside_it(key: str) -> None:
    assert front("image", f"https://a.example/b.png\n{key}: Ice").image.alt == "Ice"


@pytest.mark.parametrize("key", ["name", "display_name", "title"])
def test_the_name_of_an_author(key: str) -> None:
    assert front("author", f"{{{key}: Ann Lee}}").authors == (Author(name="Ann Lee"),)


@pytest.mark.parametrize("key", ["url", "link", "website", "homepage", "uri"])
def test_the_address_of_an_author(key: str) -> None:
    assert front("author", f'{{name: Ann, {key}: "https://a.example/"}}').authors[0].url == "https://a.example/"


@pytest.mark.parametrize("key", ["bio", "description", "about"])
def test_the_words_about_an_author(key: str) -> None:
    assert front("author", f"{{name: Ann, {key}: Writes.}}").authors[0].bio == "Writes."


@pytest.mark.parametrize("key", ["avatar", "image", "picture", "photo"])
def test_the_picture_of_an_author(key: str) -> None:
    assert front("author", f'{{name: Ann, {key}: "https://a.example/a.png"}}').authors[0].avatar == (
        "https://a.example/a.png"
    )


@pytest.mark.parametrize(("field", "key", "value", "read"), cases(META))
def test_a_meta_of_the_head(field: str, key: str, value: str, read: object) -> None:
    assert getattr(head((key, value)), field) == read
    assert getattr(head((key.upper(), f" {value} ")), field) == read


@pytest.mark.parametrize("key", ["og:image:alt", "twitter:image:alt"])
def test_the_words_of_the_picture_in_the_head(key: str) -> None:
    assert head(("og:image", "https://a.example/b.png"), (key, "Ice")).image.alt == "Ice"


@pytest.mark.parametrize("key", ["og:site_name", "citation_journal_title", "application-name"])
def test_the_name_of_the_site(key: str) -> None:
    assert head((key, "The Paper")).source.title == "The Paper"


@pytest.mark.parametrize("key", ["citation_author", "parsely-author", "sailthru.author"])
def test_a_careful_author(key: str) -> None:
    article = head((key, "Ann Lee"))
    assert (article.authors, article.certainty) == ((Author(name="Ann Lee"),), "certain")


@pytest.mark.parametrize(
    "key", ["author", "article:author", "og:article:author", "dc.creator", "dc:creator", "dcterms.creator"]
)
def test_a_careless_author(key: str) -> None:
    article = head((key, "Ann Lee"))
    assert (article.authors, article.certainty) == ((Author(name="Ann Lee"),), "likely")


@pytest.mark.parametrize(
    "bad", ["javascript:alert(1)", "file:///a.png", "data:image/png,x", "https://pixel.wp.com/b.gif"]
)
def test_a_bad_address_of_a_picture_or_a_portrait_is_none(bad: str) -> None:
    front = f"---\ntitle: T\nimage: '{bad}'\nauthors: [{{name: Ann, avatar: '{bad}'}}]\n---\nWords.\n"
    (article,) = markdown.read(Document(url="", media_type="text/markdown", charset="", body=front.encode(), name="a"))
    assert (article.title, article.image, article.authors) == ("T", None, (Author(name="Ann"),))
