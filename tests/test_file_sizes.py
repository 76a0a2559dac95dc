"""The size of a recording is asked of its server when an article is added, and of nobody when it is published."""

from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

import loopback
import nouns
from commands import run_dispatch
from dispatch import config, gather, issues
from dispatch.model import Enclosure

SOUND = b"ID3" + bytes(5000)
AGENT = "dispatch/0 (+https://wire.example)"


def drop(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


@pytest.fixture
def site() -> loopback.Web:
    with loopback.web() as made:
        made.pages["/known.mp3"] = SOUND, {"content-type": "audio/mpeg"}, 200
        made.pages["/packed.mp3"] = SOUND, {"content-type": "audio/mpeg", "content-encoding": "gzip"}, 200
        made.pages["/moved.mp3"] = b"", {"location": "/known.mp3"}, 302
        made.pages["/odd.mp3"] = SOUND, {"content-type": "nonsense"}, 200
        made.pages["/drop.mp3"] = drop
        yield made


def test_what_its_server_says_is_kept_and_all_else_stays(site: loopback.Web) -> None:
    def measure(file: Enclosure) -> Enclosure:
        (article,) = gather.measure_files(
            [nouns.article(enclosures=(file,))], user_agent=AGENT, allow_private=True, seconds=60
        )
        return article.enclosures[0]

    def name(path: str, type_: str = "audio/mpeg", length: int | None = len(SOUND)) -> Enclosure:
        return Enclosure(url=site.url(path), type=type_, length=length)

    assert measure(name("/known.mp3", "", None)) == name("/known.mp3")
    assert measure(name("/known.mp3", "audio/x-mine", None)) == name("/known.mp3", "audio/x-mine")
    assert measure(name("/moved.mp3", "", None)) == name("/moved.mp3")
    assert measure(name("/odd.mp3", "", None)) == name("/odd.mp3", "")
    for path in ("/packed.mp3", "/gone.mp3", "/drop.mp3"):
        assert measure(name(path, length=None)) == name(path, length=None)
    asked = len(site.asked)
    assert measure(name("/known.mp3", length=7)) == name("/known.mp3", length=7)
    assert measure(Enclosure(url="mailto:a@b.example")) == Enclosure(url="mailto:a@b.example")
    assert len(site.asked) == asked


def test_add_asks_and_publish_does_not(site: loopback.Web, tmp_path: Path) -> None:
    root = tmp_path / "wire"
    config.create_publication(root, title="The Wire", url="https://wire.example")
    run_dispatch(root, "issue", "new", "One")
    item = f"<title>Sounds</title><link>{site.url('/a')}</link><description>{'One sentence of it. ' * 9}</description>"
    item += f'<dc:creator>Ann Lee</dc:creator><enclosure url="{site.url("/known.mp3")}" type="audio/mpeg"/>'
    site.pages["/feed.xml"] = (
        f'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item>{item}</item></channel></rss>',
        {"content-type": "application/rss+xml"},
        200,
    )
    run_dispatch(root, "add", site.url("/feed.xml"), "--allow-private")
    (article,) = issues.read_issue(config.load(root), "one").articles
    assert article.enclosures == (Enclosure(url=site.url("/known.mp3"), type="audio/mpeg", length=len(SOUND)),)
    asked = len(site.asked)
    run_dispatch(root, "publish", "one")
    assert f'length="{len(SOUND)}"' in (root / "public" / "feed.xml").read_text("utf-8")
    assert len(site.asked) == asked
