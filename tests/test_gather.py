"""From a location to articles: the right reader, the right address, and a way out when nothing can be read."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dispatch import gather, html
from dispatch.errors import GatherError
from dispatch.model import Article

DATA = Path(__file__).parent / "data" / "readers"
MEDIA_TYPES = {
    ".html": "text/html",
    ".rss": "text/xml",
    ".atom": "text/plain",
    ".json": "application/json",
}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.split("?")[0].strip("/")
            if name == "moved":
                self.send_response(301)
                self.send_header("location", "/ghost.html")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("content-type", MEDIA_TYPES[Path(name).suffix])
            self.end_headers()
            self.wfile.write((DATA / name).read_bytes())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def gathered(location: str, **options: object) -> list[Article]:
    return gather.gather_articles(location, user_agent="dispatch-tests", allow_private=True, **options)  # type: ignore[arg-type]


def test_the_address_that_was_typed_is_the_articles(site: str) -> None:
    for typed in (f"{site}/publishpress.html?a=1&copy=2#:~:text=ice", f"{site}/moved"):
        (article,) = gathered(typed)
        assert article.url == typed


def test_a_file_has_the_address_that_its_page_tells() -> None:
    assert gathered(str(DATA / "ghost.html"))[0].url == "https://tide.example/winter/"


def test_entries_keep_their_own_addresses(site: str) -> None:
    for name, count in {"wordpress.rss": 4, "planet.atom": 4, "feed.json": 3}.items():
        articles = gathered(f"{site}/{name}")
        assert len(articles) == count
        assert not any(article.url.startswith(site) for article in articles)
        assert articles[0].authors[1].name == "Bo Lind, Jr."


def test_the_reader_is_chosen_by_type_and_then_by_looking(tmp_path: Path) -> None:
    for name, body in {
        "a.md": "By the way",
        "b.txt": "# Title\n\nWords",
        "c": "---\ntitle: Title\n---\nWords",
        "d.xml": "<rss><channel><item><title>Title</title></item></channel></rss>",
        "e": "<!doctype html><title>Title</title>",
    }.items():
        path = tmp_path / name
        path.write_text(body)
        (article,) = gathered(str(path))
        assert article.title == ("Title" if name != "a.md" else "")


def test_standard_input_and_a_base() -> None:
    (article,) = gathered("-", stdin=b"# T\n\n[a](b)", base="https://wire.example/c/d")
    assert 'href="https://wire.example/c/b"' in article.content


def test_a_date_without_an_offset_is_one_of_the_zone() -> None:
    (article,) = gathered("-", stdin=b"---\ntitle: T\ndate: 2025-02-12\n---\nWords", zone="Europe/Berlin")
    assert article.published == datetime(2025, 2, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    assert article.published.utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"%PDF-1.7\n\0", "a PDF"),
        (b"PK\x03\x04\0\0", "zip archive or an office document"),
        (b"{\\rtf1\\ansi Stone was {\\b cheap}}", "an RTF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "an old office document"),
        (b"\x7fELF\0", "a binary file"),
        (b"", "nothing to read"),
        (b"<?xml version='1.0'?><opml version='2.0'/>", "not a feed: its root is opml"),
        (b"<rss><channel/></rss>", "nothing to read in this feed"),
    ],
)
def test_what_cannot_be_read_is_named(body: bytes, message: str) -> None:
    with pytest.raises(GatherError, match=message) as caught:
        gathered("-", stdin=body)
    assert caught.value.faults[0].place.address == "standard input"


@pytest.mark.parametrize("name", ["a.csv", "a.TSV", "a.ics", "a.vcf"])
def test_a_file_of_another_kind_is_no_article(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("name;age\nAnn;3\n", "utf-8")
    with pytest.raises(GatherError, match=r"this is text/[a-z-]+, which cannot be read"):
        gathered(str(tmp_path / name))


@pytest.mark.parametrize(
    "written", ["<p>Stone was <b>cheap</b>.</p>\n<p>More.</p>\n", "\n<div class='x'><p>Stone was cheap.</p></div>"]
)
def test_html_from_a_pipe_is_html(written: str) -> None:
    (article,) = gathered("-", stdin=written.encode())
    assert "&lt;" not in article.content
    assert html.to_plain_text(article.content).startswith("Stone was cheap.")


@pytest.mark.parametrize("written", ["<div>\n\n# Stone\n\nText.\n</div>", "<p>a</p> and so on", "<b>x\n\nText"])
def test_a_text_that_begins_with_a_tag_is_none(written: str) -> None:
    (article,) = gathered("-", stdin=written.encode())
    assert "<" in article.title or article.markdown


def test_a_private_address_is_refused(site: str) -> None:
    with pytest.raises(GatherError, match="private network"):
        gather.gather_articles(f"{site}/ghost.html", user_agent="dispatch-tests")
