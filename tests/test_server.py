"""The public folder over HTTP: the real command, a real socket, the bytes of the disk."""

import asyncio
import gzip
import hashlib
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import quote, urljoin

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser

from dispatch import config
from dispatch.cli import main
from dispatch.model import Place
from dispatch.serve.paths import find_name
from dispatch.serve.redirects import parse_redirects
from patience import PATIENCE, wait_until
from serving import LONG, RSS, SECRET, Server, fill, served, serving

resource = pytest.importorskip("resource", reason="the server is made for a POSIX system")

POLICY = (
    "default-src 'none'; img-src 'self' https:; media-src 'self' https:; style-src 'self'; "
    "base-uri 'none'; form-action 'self' https:; frame-ancestors 'none'"
)


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("site") / "public")


@pytest.fixture(scope="module")
def site(public: Path) -> Iterator[Server]:
    with served(public) as server:
        yield server


def shown(public: Path) -> dict[str, bytes]:
    """What may be read, by its path: an own reading of the rule, from the disk."""
    found = {}
    for place in public.rglob("*"):
        path = place.relative_to(public)
        behind_link = any((public / parent).is_symlink() for parent in (path, *path.parents[:-1]))
        dots = [part for part in path.parts if part.startswith(".")]
        hidden = [part for part in dots if (part, path.parts[0]) != (".well-known", ".well-known")]
        if place.is_file() and not behind_link and not hidden and not path.parts[0].startswith("_"):
            found[path.as_posix()] = place.read_bytes()
    return found


# What is served, and as what


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("feed.xml", "application/rss+xml; charset=utf-8"),
        ("feed.atom", "application/atom+xml; charset=utf-8"),
        ("other.xml", "application/atom+xml; charset=utf-8"),
        ("sitemap.xml", "application/xml; charset=utf-8"),
        ("feed.json", "application/feed+json"),
        ("search/pagefind/pagefind-entry.json", "application/json"),
        ("search/pagefind/index/en_4d6ef5d.pf_index", "application/octet-stream"),
        ("search/pagefind/wasm.en.pagefind", "application/octet-stream"),
        ("search/pagefind/pagefind.js", "text/javascript; charset=utf-8"),
        ("index.html", "text/html; charset=utf-8"),
        ("issues/bridges/email.txt", "text/plain; charset=utf-8"),
        ("issues/bridges/20261122.avif", "image/avif"),
        ("issues/bridges/91c0e2a47b3d5f68-640.webp", "image/webp"),
        ("drawing.svg", "image/svg+xml; charset=utf-8"),
        ("sources.opml", "text/x-opml; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("long.mp3", "audio/mpeg"),
        ("unknown.thing", "application/octet-stream"),
    ],
)
def test_every_file_has_its_media_type_and_its_bytes(site: Server, public: Path, path: str, kind: str) -> None:
    answer = site.ask(f"/{path}")
    assert (answer.status, answer.body) == (200, (public / path).read_bytes())
    assert answer.headers["content-type"] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_feed_that_is_opened_in_a_browser_is_called_what_browsers_style(site: Server) -> None:
    for path, kind in (("feed.xml", "xml"), ("feed.atom", "xml"), ("feed.json", "feed+json"), ("sitemap.xml", "xml")):
        answer = site.ask(f"/{path}", sec_fetch_dest="document")
        assert answer.headers["content-type"].partition(";")[0] == f"application/{kind}"
        assert (answer.body, answer.etag) == (site.ask(f"/{path}").body, site.ask(f"/{path}").etag)
    assert site.ask("/feed.xml", sec_fetch_dest="empty").headers["content-type"].startswith("application/rss+xml")
    assert "vary" not in site.ask("/sitemap.xml").headers


def test_everything_that_may_be_read_is_served_and_nothing_else(site: Server, public: Path) -> None:
    expected = shown(public)
    assert ".well-known/security.txt" in expected
    assert not [body for body in expected.values() if body == SECRET]
    for place in (place for place in public.rglob("*") if not place.is_dir()):
        path = place.relative_to(public).as_posix()
        answer = site.ask(f"/{quote(path)}")
        gone = path.startswith("withdrawn/")
        assert answer.status == (410 if gone else 200 if path in expected else 404), path
        assert answer.body == expected.get(path, (public / "404.html").read_bytes())


@pytest.mark.parametrize("path", ["link.txt", "linked/", "linked", "linked/index.html", "pipe.txt", "_redirects"])
def test_no_link_no_pipe_and_nothing_for_servers_is_served(site: Server, path: str) -> None:
    answer = site.ask(f"/{path}")
    assert answer.status == 404
    assert SECRET not in answer.body


def test_a_folder_is_its_page_and_no_listing(site: Server, public: Path) -> None:
    assert site.ask("/issues/bridges/").body == (public / "issues/bridges/index.html").read_bytes()
    assert site.ask("/").body == (public / "index.html").read_bytes()
    assert site.ask("/issues/").status == 404
    assert site.ask("/issues").status == 404
    moved = site.ask("/issues/bridges?utm=1")
    assert (moved.status, moved.headers["location"]) == (301, "/issues/bridges/?utm=1")
    assert site.ask("/style.css/").status == 404


PARTS = """.. . %2e%2e %2E ..%2f %2f %5c ..%5c %00 secret.txt private linked link.txt .env .git config index.html issues
bridges .well-known %c0%ae %ff public _redirects _headers style.css ? # http: evil.example old out %252e"""
TARGETS = st.one_of(
    st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=60),
    st.lists(st.sampled_from(["", *PARTS.split()]), max_size=7).map("/".join),
)


@given(target=TARGETS)
def test_no_path_whatever_leads_to_what_is_not_in_the_folder(site: Server, public: Path, target) -> None:
    answer = site.raw(f"GET /{target} HTTP/1.1\r\nhost: wire.example\r\nconnection: close\r\n\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    assert SECRET not in answer
    assert status in (200, 301, 302, 308, 404, 410, 400), head
    if status == 200:
        assert body in shown(public).values()
    if moved := re.search(rb"\r\nlocation: (.*)\r\n", head):
        assert re.fullmatch(rb"/(?![/\\])[!-~]*", moved[1])


CLIMBING = """//secret.txt /../secret.txt /..%2fsecret.txt /%2e%2e/secret.txt /issues/../../secret.txt /\\..\\secret.txt
/%00 /index.html%00.txt /%ff /index.html/ /issues%2fbridges/index.html * a"""


@pytest.mark.parametrize("target", [*CLIMBING.split(), "/" + "a" * 9000])
def test_what_climbs_or_confuses_finds_nothing(site: Server, target: str) -> None:
    answer = site.raw(f"GET {target} HTTP/1.1\r\nhost: wire.example\r\nconnection: close\r\n\r\n".encode())
    assert re.match(rb"HTTP/1.1 (404|400) ", answer)
    assert SECRET not in answer


def test_a_whole_address_is_a_path(site: Server, public: Path) -> None:
    answer = site.raw(b"GET http://wire.example/style.css HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
    assert answer.endswith((public / "style.css").read_bytes())


TYPED = [
    "grüße",
    "a b",
    "100%",
    "what?",
    "c#",
    "a&b=c",
    "it's",
    "“quoted”",
    "日本語",
    "🌍",
    "a+b",
    "semi;colon",
    "back\\slash",
]
TYPED += [
    "at@home",
    "x:y",
    "~tilde",
    "[1]",
    "{2}",
    "a|b",
    "$5",
    "comma,",
    "ｆｕｌｌ",
    "مرحبا",
    "%2e%2e",
    "e\u0301te",
    "été",
]


def test_a_name_may_hold_every_character_that_people_type(tmp_path: Path) -> None:
    for name in TYPED:
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(name)
    with served(tmp_path) as site:
        for name in TYPED:
            assert site.ask(f"/{quote(name)}/").body.decode() == name
            moved = site.ask(f"/{quote(name)}")
            assert moved.status == 301
            assert urljoin(f"http://wire.example/{quote(name)}", moved.headers["location"]).startswith(
                "http://wire.example/"
            )
            assert site.ask(moved.headers["location"]).body.decode() == name
        (tmp_path / "cafe\u0301.txt").write_text("composed or not")
        for form in ("NFC", "NFD"):
            path = f"/{quote(unicodedata.normalize(form, 'café.txt'))}"
            wait_until(lambda path=path: site.ask(path).body == b"composed or not")


def test_reading_is_all_that_there_is(site: Server) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
        answer = site.ask("/feed.xml", method)
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    preflight = site.ask("/feed.xml", "OPTIONS", origin="https://reader.example")
    assert (preflight.status, preflight.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert "if-none-match" in preflight.headers["access-control-allow-headers"]


@pytest.mark.parametrize("path", ["/", "/feed.xml", "/long.mp3", "/nothing", "/issues/bridges", "/withdrawn/"])
@pytest.mark.parametrize("coding", ["gzip", ""])
def test_head_says_what_get_would_say(site: Server, path: str, coding: str) -> None:
    get, head = (site.ask(path, method, accept_encoding=coding) for method in ("GET", "HEAD"))
    assert head.body == b""
    assert {**head.headers, "date": ""} == {**get.headers, "date": ""}
    assert head.status == get.status


# Headers


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("", POLICY),
        ("404.html", POLICY),
        ("nothing", POLICY),
        ("feed.xml", POLICY),
        (
            "issues/bridges/email.html",
            POLICY.replace("media-src 'self' https:; style-src 'self'", "style-src 'unsafe-inline'"),
        ),
        (
            "search/",
            POLICY.replace("img-src", "script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src", 1),
        ),
    ],
)
def test_the_policy_of_every_page(site: Server, path: str, policy) -> None:
    assert site.ask(f"/{path}").headers["content-security-policy"] == policy


@pytest.mark.needs("chromium")
def test_a_browser_runs_the_script_of_the_search_and_no_other(tmp_path: Path, browser: Browser) -> None:
    page = (
        '<!doctype html><title>still</title><p style="color: red">words</p><img src="data:image/gif;base64,R0">'
        "<script>document.title += ' inline'</script><script src='/search/search.js'></script>"
    )
    (tmp_path / "search").mkdir()
    (tmp_path / "search" / "search.js").write_text("document.title += ' own'")
    feed = '<rss version="2.0"><script xmlns="http://www.w3.org/1999/xhtml">document.title = "feed"</script></rss>'
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title = "drawing"</script></svg>'
    for name, text in {"index.html": page, "search/index.html": page, "email.html": page, "feed.xml": feed}.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "drawing.svg").write_text(drawing)
    black, red = "rgb(0, 0, 0)", "rgb(255, 0, 0)"
    shown = (("", "still", black), ("search/", "still own", black), ("email.html", "still", red))
    with served(tmp_path) as site:
        tab = browser.new_page()
        for path, title, colour in (*shown, ("feed.xml", "", None), ("drawing.svg", "", None)):
            tab.goto(f"http://127.0.0.1:{site.port}/{path}")
            assert tab.title() == title
            if colour:
                assert tab.evaluate("getComputedStyle(document.querySelector('p')).color") == colour
        tab.close()


def test_readers_on_other_sites_may_fetch_feeds_and_pictures_and_no_page(site: Server) -> None:
    for path in ("feed.xml", "feed.atom", "feed.json", "issues/bridges/20261122.avif", "long.mp3", "sources.opml"):
        headers = site.ask(f"/{path}").headers
        assert headers["access-control-allow-origin"] == "*"
        assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert "access-control-allow-origin" not in site.ask("/").headers
    assert site.ask("/").headers["cross-origin-opener-policy"] == "same-origin"


KEPT = {
    "feed.xml": "no-cache",
    "index.html": "no-cache",
    "style.css": "no-cache",
    "issues/bridges/20261122.avif": "max-age=3600",
    "issues/bridges/2026112208301522-640.webp": "max-age=3600",
    "issues/bridges/91c0e2a47b3d5f68-640.webp": "max-age=31536000, immutable",
    "search/pagefind/index/en_4d6ef5d.pf_index": "max-age=31536000, immutable",
    "search/pagefind/pagefind-entry.json": "no-cache",
}


@pytest.mark.parametrize("path", KEPT)
def test_only_what_is_named_by_its_bytes_is_kept_for_ever(site: Server, path: str) -> None:
    assert site.ask(f"/{path}").headers["cache-control"] == KEPT[path]


def test_a_name_that_begins_as_the_digest_of_its_bytes_is_kept_for_ever(tmp_path: Path) -> None:
    body = b"body { color: black }"
    digest = hashlib.sha256(body).hexdigest()
    kept = {digest[:8]: "max-age=31536000, immutable", digest[:7]: "no-cache", digest[1:9]: "no-cache"}
    for part in kept:
        (tmp_path / f"style.{part}.css").write_bytes(body)
    with served(tmp_path) as site:
        assert {part: site.ask(f"/style.{part}.css").headers["cache-control"] for part in kept} == kept


# Versions


def test_a_year_old_etag_gets_the_feed_and_the_present_one_nothing(site: Server, public: Path) -> None:
    feed = site.ask("/feed.xml")
    assert re.fullmatch(r'"[0-9a-f]{32}"', feed.etag)
    old = site.ask("/feed.xml", if_none_match='"0123456789abcdef"', if_modified_since="Fri, 22 Nov 2030 08:00:00 GMT")
    assert (old.status, old.body) == (200, (public / "feed.xml").read_bytes())
    now = site.ask("/feed.xml", if_none_match=feed.etag)
    assert (now.status, now.body) == (304, b"")
    repeated = ("etag", "cache-control", "vary", "access-control-allow-origin")
    assert {name: now.headers[name] for name in repeated} == {name: feed.headers[name] for name in repeated}
    assert "date" in now.headers
    assert not {"content-type", "content-length", "content-encoding", "last-modified"} & now.headers.keys()


def test_a_date_is_no_version(site: Server, public: Path) -> None:
    """The time of a file is when it was copied: what says that it is new enough is not believed."""
    os.utime(public / "feed.xml", (0, 0))
    answer = site.ask("/feed.xml", if_modified_since="Sun, 22 Nov 2026 08:00:00 GMT")
    assert answer.status == 200
    assert "last-modified" not in answer.headers


@pytest.mark.parametrize(
    ("field", "status"),
    [
        ("*", 304),
        ("W/{etag}", 304),
        ('"a", {etag}', 304),
        ('"a,b" ,W/{etag},"c"', 304),
        ('"a"', 200),
        ("{etag}x", 200),
        ("etag", 200),
        ("", 200),
        ('W/"a", "', 200),
    ],
)
def test_if_none_match_is_a_list_compared_weakly(site: Server, field: str, status: int) -> None:
    etag = site.ask("/feed.xml").etag
    assert site.ask("/feed.xml", if_none_match=field.format(etag=etag)).status == status
    assert site.ask("/feed.xml", "HEAD", if_none_match=field.format(etag=etag)).status == status


def test_what_is_compressed_has_a_weak_etag_and_the_same_content(site: Server, public: Path) -> None:
    body = (public / "feed.xml").read_bytes()
    plain, packed = (site.ask("/feed.xml", accept_encoding=coding) for coding in ("", "gzip, deflate, br, zstd"))
    assert (plain.body, gzip.decompress(packed.body)) == (body, body)
    assert packed.etag == f"W/{plain.etag}"
    assert plain.headers["vary"] == packed.headers["vary"] == "sec-fetch-dest, Accept-Encoding"
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    for coding, answer in (("", plain), ("gzip", packed)):
        for tag in (plain.etag, packed.etag):
            known = site.ask("/feed.xml", accept_encoding=coding, if_none_match=tag)
            assert (known.status, known.etag, known.headers["vary"]) == (304, answer.etag, answer.headers["vary"])
        again = site.ask("/feed.xml", accept_encoding=coding)
        assert (again.etag, gzip.decompress(again.body) if coding else again.body) == (answer.etag, body)


def test_what_is_compressed_already_is_left_alone(site: Server) -> None:
    answer = site.ask("/issues/bridges/20261122.avif", accept_encoding="gzip, br")
    assert not {"content-encoding", "vary"} & answer.headers.keys()


def test_long_text_is_compressed_on_its_way(tmp_path: Path) -> None:
    text = "".join(f"<p>{number}</p>" for number in range(200_000)).encode()
    (tmp_path / "index.html").write_bytes(text)
    with served(tmp_path) as site:
        packed = site.ask("/", accept_encoding="gzip")
        assert gzip.decompress(packed.body) == text
        assert packed.etag == f"W/{site.ask('/').etag}"


def test_a_file_compressed_before_is_sent_when_it_holds_the_same(tmp_path: Path) -> None:
    page = b"<p>words</p>" * 100
    best = gzip.compress(page, 9, mtime=1)
    (tmp_path / "index.html").write_bytes(page)
    bad = {"cut": best[:-1], "more": best + b"a", "older": gzip.compress(b"<p>old</p>" * 100), "none": b"not gzip"}
    bad["bomb"] = gzip.compress(bytes(50_000_000))
    with served(tmp_path) as site:
        for name, body in bad.items():
            (tmp_path / "index.html.gz").write_bytes(body)
            assert gzip.decompress(site.ask("/", accept_encoding="gzip").body) == page, name
        (tmp_path / "index.html.gz").write_bytes(best)
        packed, plain = site.ask("/", accept_encoding="gzip"), site.ask("/")
        assert (packed.body, plain.body) == (best, page)
        assert (packed.etag, packed.headers["vary"]) == (f"W/{plain.etag}", plain.headers["vary"])
        (tmp_path / "index.html.gz").unlink()
        os.mkfifo(tmp_path / "index.html.gz")
        assert gzip.decompress(site.ask("/", accept_encoding="gzip").body) == page


# Parts

RANGES = st.one_of(
    st.tuples(st.integers(0, 1200), st.integers(0, 1200)).map(lambda pair: f"bytes={pair[0]}-{pair[1]}"),
    st.integers(0, 1200).map(lambda number: f"bytes={number}-"),
    st.integers(0, 1200).map(lambda number: f"bytes=-{number}"),
    st.text(alphabet="bytes=-0123456789, ", max_size=20),
    st.sampled_from([f"bytes=0-{'9' * 5000}", f"bytes={'9' * 5000}-", "bytes=0-1,5-6", "items=0-1"]),
)


@given(asked=RANGES)
def test_no_range_whatever_gives_other_bytes(site: Server, public: Path, asked) -> None:
    body = (public / "style.css").read_bytes()
    answer = site.ask("/style.css", range=asked)
    assert answer.status in (200, 206, 400, 416)
    if answer.status == 200:
        assert answer.body == body
    elif part := re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", answer.headers.get("content-range", "")):
        first, last, size = map(int, part.groups())
        assert (answer.body, size) == (body[first : last + 1], len(body))


@pytest.mark.parametrize("path", ["style.css", "long.mp3"])
def test_ranges_of_a_short_and_a_long_file(site: Server, public: Path, path: str) -> None:
    body = (public / path).read_bytes()
    size = len(body)
    etag = site.ask(f"/{path}").etag
    for asked, start, stop in (
        ("bytes=0-0", 0, 1),
        ("bytes=5-99", 5, 100),
        ("bytes=100-", 100, size),
        ("bytes=-7", size - 7, size),
        (f"bytes=-{size + 5}", 0, size),
        (f"bytes=0-{size + 5}", 0, size),
    ):
        answer = site.ask(f"/{path}", range=asked)
        assert (answer.status, answer.body, answer.etag) == (206, body[start:stop], etag)
        assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
        assert site.ask(f"/{path}", range=asked, if_range=etag).status == 206
        for other in ('"another"', f"W/{etag}", "Sun, 22 Nov 2026 08:00:00 GMT"):
            assert site.ask(f"/{path}", range=asked, if_range=other).body == body
        assert site.ask(f"/{path}", range=asked, if_none_match=etag).status == 304
    for asked in (f"bytes={size}-", "bytes=-0"):
        answer = site.ask(f"/{path}", range=asked)
        assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{size}")


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [
        ("gzip;q=0", False),
        ("gzip; q=0.000, identity", False),
        ("br, GZIP ;Q=0", False),
        ("*, gzip;q=0", False),
        ("identity", False),
        ("gzip;q=0.001", True),
        ("gzip;q=1.0, identity;q=0", True),
        ("identity;q=0, gzip", True),
    ],
)
def test_who_refuses_gzip_is_not_sent_it(site: Server, public: Path, accepted: str, is_packed: bool) -> None:
    for path in ("index.html", "style.css", "404.html"):
        answer = site.ask(f"/{path}", accept_encoding=accepted)
        body = (public / path).read_bytes()
        assert ("content-encoding" in answer.headers) == (is_packed and len(body) >= 256)
        assert (gzip.decompress(answer.body) if "content-encoding" in answer.headers else answer.body) == body
        assert answer.etag.startswith("W/") == ("content-encoding" in answer.headers)
        assert ("accept-encoding" in answer.headers.get("vary", "").lower()) == (len(body) >= 256)


def test_a_part_is_never_compressed_and_never_joined_to_what_was(site: Server, public: Path) -> None:
    whole = site.ask("/", accept_encoding="gzip")
    body = (public / "index.html").read_bytes()
    part = site.ask("/", accept_encoding="gzip", range="bytes=0-9")
    assert (part.status, part.body) == (206, body[:10])
    assert "content-encoding" not in part.headers
    rest = site.ask("/", accept_encoding="gzip", range="bytes=10-", if_range=whole.etag)
    assert (rest.status, gzip.decompress(rest.body), rest.etag) == (200, body, whole.etag)


def test_an_empty_file_has_no_parts(site: Server) -> None:
    assert site.ask("/empty.txt").body == b""
    assert site.ask("/empty.txt", range="bytes=0-").status == 416


# What has moved, and what is gone


def test_what_has_moved_says_where(site: Server) -> None:
    for path, place, status in (
        ("/issues/brigdes/", "/issues/bridges/", 301),
        ("/issues/brigdes", "/issues/bridges/", 301),
        ("/issues/brigdes/index.html", "/issues/bridges/", 301),
        ("/here", "/elsewhere?a=1#b", 302),
        ("/for-good/", "/there/", 308),
        ("/old/bridges/feed.xml", "/issues/bridges/feed.xml", 301),
        ("/old/%E2%80%9Ca%20b%E2%80%9D", "/issues/%E2%80%9Ca%20b%E2%80%9D", 301),
    ):
        answer = site.ask(path)
        assert (answer.status, answer.headers["location"]) == (status, place)


def test_what_is_gone_says_so_with_the_page_at_its_place(site: Server, public: Path) -> None:
    for path in ("/withdrawn/", "/withdrawn", "/withdrawn/index.html"):
        answer = site.ask(path, if_none_match="*", range="bytes=0-1")
        assert (answer.status, answer.body) == (410, (public / "withdrawn/index.html").read_bytes())
        assert answer.headers["content-security-policy"] == POLICY
    left = site.ask("/nothing-left")
    assert (left.status, left.body) == (410, (public / "index.html").read_bytes())


@pytest.mark.parametrize("path", ["/out", "/out2", "/out3", "/split", "/rewritten", "/all//evil.example"])
def test_no_redirect_leads_out_of_the_site_or_into_the_headers(site: Server, path: str) -> None:
    answer = site.ask(path)
    assert answer.status == 404
    assert not {"location", "set-cookie"} & answer.headers.keys()


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=20))
def test_a_line_of_redirects_is_a_place_on_this_site_or_a_fault(path, to, rest) -> None:
    for line in (f"/{path} {to} 301", f"/{path} /{to} 301", f"/{path}/* /{to}:splat 301", f"{path} {to} {rest}"):
        rules, faults = parse_redirects(line)
        assert len(faults) + len(rules.exact) + len(rules.below) <= len(line.splitlines()) + 1
        for asked in (path, f"{path}/{rest}", f"{path}//evil.example", f"{path}/\\evil.example"):
            if rule := rules.find(asked):
                assert re.fullmatch(r"/(?![/\\])[!-\[\]-~]*", rule.to)


def test_the_nearest_rule_for_what_is_below_wins() -> None:
    rules, faults = parse_redirects("/a/* /one/:splat\n/a/b/c/* /two/:splat 302\n/* /rest/:splat 308\n")
    assert not faults
    for path, to in (("a/b/x", "/one/b/x"), ("a/b/c/d/e", "/two/d/e"), ("z", "/rest/z"), ("b/a/y", "/rest/b/a/y")):
        assert rules.find(path).to == to
    assert parse_redirects("/a/b/* /c/:splat")[0].find("x/" * 5_000) is None


@pytest.mark.parametrize("words", [["schema", "dispatch"], ["serve", "--help"]])
def test_no_other_command_loads_a_server(words: list[str]) -> None:
    program = (
        f"import sys\nfrom dispatch.cli import main\ntry: main({words})\nfinally: print(*sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"uvicorn", "starlette", "asyncio"} & set(ran.stderr.split())


def test_what_is_wrong_with_redirects_is_said() -> None:
    text = "/a //evil.example 301\n/b\n/c /d 200\nnowhere /d 301\n"
    faults = parse_redirects(text)[1]
    assert [fault.place for fault in faults] == [Place(file="_redirects", line=number) for number in (1, 2, 3, 4)]


# While it is published anew


def replace(place: Path, body: bytes) -> None:
    """As ``files.write`` does it."""
    beside = place.with_name(f".{place.name}.new")
    beside.write_bytes(body)
    beside.replace(place)


def test_a_new_publish_is_served_at_once(tmp_path: Path) -> None:
    public = fill(tmp_path / "public")
    with served(public) as site:
        before = site.ask("/feed.xml")
        replace(public / "feed.xml", RSS + b" ")
        after = site.ask("/feed.xml", if_none_match=before.etag)
        assert (after.status, after.body) == (200, RSS + b" ")
        replace(public / "feed.xml", before.body)
        assert site.ask("/feed.xml", if_none_match=before.etag).status == 304
        (public / "feed.xml").unlink()
        assert site.ask("/feed.xml").status == 404
        (public / "issues/ferries").mkdir()
        (public / "issues/ferries/index.html").write_bytes(b"ferries")
        wait_until(lambda: site.ask("/issues/ferries/").body == b"ferries")
        replace(public / "_redirects", b"/issues/ferries/ /issues/ferries/ 410\n")
        assert site.ask("/issues/ferries/").status == 410
        assert site.ask("/here").status == 404


def test_a_link_that_is_planted_later_is_not_followed(tmp_path: Path) -> None:
    public = fill(tmp_path / "public")
    with served(public) as site:
        assert site.ask("/style.css").status == 200
        (public / "style.css").unlink()
        (public / "style.css").symlink_to(tmp_path / "secret.txt")
        assert site.ask("/style.css").status == 404
        assert site.ask("/issues/bridges/").status == 200
        (public / "issues/bridges").rename(tmp_path / "bridges")
        (tmp_path / "bridges/index.html").write_bytes(SECRET)
        (public / "issues/bridges").symlink_to(tmp_path / "bridges")
        assert site.ask("/issues/bridges/").status == 404
        os.mkfifo(public / "robots.new")
        (public / "robots.new").replace(public / "robots.txt")
        assert site.ask("/robots.txt").status == 404


def test_the_folder_may_be_a_link_that_moves_to_the_next(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(name)
    (tmp_path / "public").symlink_to("one")
    with served(tmp_path / "public") as site:
        assert site.ask("/").body == b"one"
        (tmp_path / "next").symlink_to("two")
        (tmp_path / "next").replace(tmp_path / "public")
        assert site.ask("/").body == b"two"


def test_every_answer_is_the_whole_old_file_or_the_whole_new_one(tmp_path: Path):
    """Four readers, while four versions take turns as fast as they can."""
    place = tmp_path / "feed.mp3"
    versions = {bytes([letter]) * (1000 + letter) for letter in b"abcd"}
    for number, body in enumerate(sorted(versions)):
        (tmp_path / f".{number}").write_bytes(body)
    place.hardlink_to(tmp_path / ".0")
    turns = itertools.count(1)
    seen: Counter[tuple[int, str, bytes]] = Counter()  # status, ETag, first letter

    def turn() -> bool:
        """Put the next version there, until all were seen, and often."""
        (tmp_path / ".next").hardlink_to(tmp_path / f".{next(turns) % 4}")
        (tmp_path / ".next").replace(place)
        return len({letter for _, _, letter in list(seen)}) == 4 and seen.total() > 300

    def poll() -> None:
        while not over.is_set():
            answer = site.ask("/feed.mp3")
            assert answer.body in versions
            seen[answer.status, answer.etag, answer.body[:1]] += 1

    with served(tmp_path) as site, ThreadPoolExecutor(4) as readers:
        over = threading.Event()
        polling = [readers.submit(poll) for _ in range(4)]
        try:
            wait_until(lambda: turn() or any(one.done() for one in polling))
        finally:
            over.set()
        assert [one.result() for one in polling] == [None] * 4
    assert len(seen) == 4
    assert {status for status, _, _ in seen} == {200}


def test_a_file_that_is_cut_while_it_is_sent_ends_the_connection(tmp_path: Path) -> None:
    (tmp_path / "long.mp3").write_bytes(b"a" * 60_000_000)
    with served(tmp_path) as site, site.connection() as client:
        client.sendall(b"GET /long.mp3 HTTP/1.1\r\nhost: a\r\n\r\n")
        got = len(client.recv(1000))
        os.truncate(tmp_path / "long.mp3", 1000)
        while chunk := client.recv(1_000_000):
            got += len(chunk)
        assert got < 60_000_000


# Many, slow and hostile


async def poller(port: int, start: asyncio.Event, rounds: int) -> list[int]:
    """A feed reader: one connection, asks again with the ETag that it was given."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await start.wait()
    etag, statuses = "", []
    for _ in range(rounds):
        field = f"if-none-match: {etag}\r\n" if etag else ""
        writer.write(f"GET /feed.xml HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\n{field}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        statuses.append(int(head.split()[1]))
        length = re.search(r"content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length and statuses[-1] != 304 else 0)
        etag = re.search(r"etag: (\S+)", head)[1]
    writer.close()
    await writer.wait_closed()
    return statuses


def test_a_thousand_readers_poll_at_once(site: Server):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 2500), hard), hard))

    async def all_of_them() -> list[list[int]]:
        start = asyncio.Event()
        tasks = [asyncio.create_task(poller(site.port, start, 3)) for _ in range(1000)]
        while len(asyncio.all_tasks()) < 1001:
            await asyncio.sleep(0.01)
        start.set()
        return await asyncio.gather(*tasks)

    # In a thread of its own: a browser under test has its loop in this one.
    with ThreadPoolExecutor(1) as thread:
        statuses = thread.submit(lambda: asyncio.run(all_of_them())).result()
    assert statuses == [[200, 304, 304]] * 1000


IMPATIENT = """
import sys
from pathlib import Path
from dispatch.serve.site import PublicSite
from dispatch.serve.run import run_server
say = lambda line: print(line, file=sys.stderr, flush=True)
run_server(PublicSite(Path(sys.argv[1])), host="127.0.0.1", port=0, ready=say, stuck=1)
"""


def test_who_does_not_move_is_hung_up_on(tmp_path: Path):
    (tmp_path / "long.mp3").write_bytes(b"a" * 30_000_000)
    (tmp_path / "index.html").write_bytes(b"page")
    with serving(sys.executable, "-c", IMPATIENT, str(tmp_path)) as site, ExitStack() as stack:
        silent, slow, deaf, busy = (stack.enter_context(site.connection()) for _ in range(4))
        threads = stack.enter_context(ThreadPoolExecutor(3))

        def is_answered_until(ended: Future[int]) -> bool:
            """Ask on one connection, and drip on another."""
            busy.sendall(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            said = b""
            while not said.endswith(b"page"):
                piece = busy.recv(4096)
                assert piece
                said += piece
            with suppress(OSError):
                slow.sendall(b"x: a\r\n")
            return ended.done()

        deaf.sendall(b"GET /long.mp3 HTTP/1.1\r\nhost: a\r\n\r\n")
        slow.sendall(b"GET / HTTP/1.1\r\nhost: a\r\n")
        endings = [threads.submit(received, client) for client in (silent, slow)]
        for ended in endings:
            wait_until(lambda ended=ended: is_answered_until(ended))
        # Whoever takes nothing is not told. When one who came later is hung up on, that has happened long since.
        late = threads.submit(received, stack.enter_context(site.connection()))
        wait_until(lambda: is_answered_until(late))
        assert [ended.result() for ended in (*endings, late)] == [0, 0, 0]
        assert received(deaf) < 30_000_000


def test_two_hundred_slow_clients_do_nothing_to_the_others(site: Server) -> None:
    """Half of them never end their request, half never take the long file that they asked for."""
    with ExitStack() as stack:
        for number in range(200):
            client = stack.enter_context(site.connection())
            client.sendall(b"GET /long.mp3 HTTP/1.1\r\nhost: a\r\n" + b"\r\n" * (number % 2))
        for _ in range(20):
            assert site.ask("/feed.xml", accept_encoding="gzip").status == 200
            assert site.ask("/long.mp3", range="bytes=0-9").body == LONG[:10]


def received(client: socket.socket) -> int:
    """How many bytes come until the connection has ended."""
    got = 0
    with suppress(ConnectionError):
        while chunk := client.recv(1_000_000):
            got += len(chunk)
    return got


def test_who_has_said_all_is_still_answered(tmp_path: Path) -> None:
    (tmp_path / "long.mp3").write_bytes(LONG)
    with served(tmp_path) as site:
        for _ in range(2):
            head, _, body = site.raw(b"GET /long.mp3 HTTP/1.1\r\nhost: a\r\n\r\n").partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            assert body == LONG


# What else is sent with a request, and the status of the only answer; then the server hangs up.
REFUSED = {
    "a field that never ends": (b"x: " + b"a" * 70_000, 431),
    "64 KB in one field": (b"x: " + b"a" * 65_536 + b"\r\n\r\n", 431),
    "64 KB in fields": (b"x: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 1024 + b"\r\n", 431),
    "a hundred fields and one": (b"x: a\r\n" * 100 + b"\r\n", 431),
    "two hosts": (b"host: b\r\n\r\n", 400),
    "a line that goes on": (b"x: a\r\n b\r\n\r\n", 400),
    "a line that goes on after a tab": (b"x: a\r\n\tb\r\n\r\n", 400),
    "LF alone": (b"x: a\nz: b\r\n\r\n", 400),
    "LF alone at the end": (b"x: a\r\n\n", 400),
    "CR alone": (b"x: a\rz: b\r\n\r\n", 400),
    "NUL": (b"x: a\0b\r\n\r\n", 400),
    "a space before the colon": (b"x : a\r\n\r\n", 400),
    "no name": (b": a\r\n\r\n", 400),
    "two lengths": (b"content-length: 1\r\ncontent-length: 2\r\n\r\nab", 400),
    "a length below nothing": (b"content-length: -1\r\n\r\n", 400),
    "length and chunks": (b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "chunks and length": (b"transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n", 400),
    "another coding than chunks": (b"transfer-encoding: gzip, chunked\r\n\r\n", 501),
    "chunks twice": (b"transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n", 501),
}
AFTER = b"GET /robots.txt HTTP/1.1\r\nhost: a\r\n\r\n"


@pytest.mark.parametrize("what", REFUSED)
def test_a_head_that_nobody_needs_or_that_two_may_read_in_two_ways_is_refused(site: Server, what: str) -> None:
    """Only once, and the connection ends: what comes behind it is no request."""
    rest, status = REFUSED[what]
    answer = site.raw(b"GET / HTTP/1.1\r\nhost: a\r\n" + rest + AFTER)
    assert re.match(rb"HTTP/1.1 (\d+) ", answer)[1] == str(status).encode()
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"\r\nconnection: close\r\n" in answer.lower()
    assert site.ask("/robots.txt").status == 200


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET /" + b"a" * 16_380 + b" HTTP/1.1", 414),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1", 414),
        (b"GET /?" + b"a" * 15_000 + b" HTTP/1.1", 200),
        (b"GET http://other.example/ HTTP/1.1", 200),
        (b"GET https://user@other.example:1/index.html HTTP/1.1", 200),
        (b"GET other.example:80 HTTP/1.1", 404),
        (b"CONNECT other.example:80 HTTP/1.1", 405),
        (b"GET /\0 HTTP/1.1", 400),
        (b"GET / x HTTP/1.1", 400),
        (b"GET  / HTTP/1.1", 400),
        (b"GET /", 400),
        (b"GET / HTTP/1.1\r\nhost : b", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_line_of_a_request(site: Server, line: bytes, status: int) -> None:
    answer = site.raw(line + b"\r\nhost: a\r\nconnection: close\r\n\r\n")
    assert re.match(rb"HTTP/1.1 (\d+) ", answer)[1] == str(status).encode()


def test_requests_may_wait_in_line_and_the_body_of_one_is_none(site: Server, public: Path) -> None:
    """As many answers as requests, in order; a body that looks like a request is not answered."""
    ask = b"%s %s HTTP/1.1\r\nhost: a\r\n%s\r\n%s"
    lines = [
        ask % (b"GET", b"/robots.txt", b"", b""),
        ask % (b"GET", b"/empty.txt", b"content-length: %d\r\n" % len(AFTER), AFTER),
        ask % (b"GET", b"/nothing", b"transfer-encoding: chunked\r\n", b"%x\r\n%s\r\n0\r\n\r\n" % (len(AFTER), AFTER)),
        ask % (b"POST", b"/style.css", b"content-length: %d\r\n" % len(AFTER), AFTER),
        ask % (b"HEAD", b"/style.css", b"x: a\r\n" * 90, b""),
        ask % (b"GET", b"/robots.txt", b"connection: close\r\n", b""),
    ]
    answer = site.raw(b"".join(lines) + AFTER)
    assert re.findall(rb"HTTP/1.1 (\d+) ", answer) == [b"200", b"200", b"404", b"405", b"200", b"200"]
    assert answer.count((public / "robots.txt").read_bytes()) == 2


def test_a_body_that_goes_wrong_ends_the_connection_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"page")
    (tmp_path / "robots.txt").write_bytes(b"page")
    command = [sys.executable, "-m", "dispatch", "serve", "--port", "0", "--output", str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        site = Server(int(re.search(r":(\d+)/", process.stderr.readline())[1]), process)
        for is_answered in (True, False):
            with site.connection() as client:
                client.sendall(b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n")
                if is_answered:
                    assert client.recv(100).startswith(b"HTTP/1.1 405 ")
                client.sendall(b"no length\r\n" + AFTER)
                client.shutdown(socket.SHUT_WR)
                assert b"page" not in b"".join(iter(lambda client=client: client.recv(65536), b""))
        assert site.ask("/").body == b"page"
        process.send_signal(signal.SIGTERM)
        assert process.stderr.read() == ""


@given(st.binary(max_size=200))
def test_no_bytes_whatever_end_the_server(site: Server, request_bytes) -> None:
    site.raw(b"GET / HTTP/1.1\r\nhost: a\r\n" + request_bytes + b"\r\n\r\n")
    assert site.ask("/robots.txt").status == 200


# The command


def test_a_site_may_stand_below_a_path_of_its_host(tmp_path: Path) -> None:
    config.create_publication(tmp_path, title="The Wire", url="https://wire.example/our%20letters")
    public = fill(tmp_path / "public")
    (public / "_redirects").write_text(
        "/our%20letters/a/ /our%20letters/issues/bridges/ 301\n"
        "/our%20letters/withdrawn/ /our%20letters/withdrawn/ 410\n"
    )
    command = (sys.executable, "-m", "dispatch", "serve", "--port", "0")
    for words in ((), ("--output", "public", "--below", "our letters")):
        with serving(*command, *words, folder=tmp_path) as site:
            assert site.ask("/our%20letters/").body == (public / "index.html").read_bytes()
            assert site.ask("/our%20letters").headers["location"] == "/our%20letters/"
            assert site.ask("/our%20letters/issues/bridges").headers["location"] == "/our%20letters/issues/bridges/"
            assert site.ask("/our%20letters/a/").headers["location"] == "/our%20letters/issues/bridges/"
            gone = site.ask("/our%20letters/withdrawn/")
            assert (gone.status, gone.body) == (410, (public / "withdrawn/index.html").read_bytes())
            for path in ("/", "/issues/bridges/", "/our%20lettersissues/bridges/", "/style.css", "/withdrawn/"):
                assert site.ask(path).status == 404


def test_the_log_is_quiet_unless_asked_and_nothing_in_it_acts(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"page")
    command = [sys.executable, "-m", "dispatch", "serve", "--port", "0", "--output", str(tmp_path)]
    for extra, lines in (([], 0), (["--log"], 3)):
        with subprocess.Popen([*command, *extra], stderr=subprocess.PIPE, text=True) as process:
            port = int(re.search(r":(\d+)/", process.stderr.readline())[1])
            site = Server(port, process)
            site.ask("/")
            site.ask("/%1b[31m?a")
            site.raw(b"GET /\x1b[31m HTTP/1.1\r\nhost: a\r\n\r\n")
            site.ask("/" + "a" * 40)
            process.send_signal(signal.SIGTERM)
            said = process.stderr.read()
            assert process.wait(timeout=PATIENCE) == 0
        assert len(said.splitlines()) == lines
        assert "\x1b" not in said
        assert not lines or said.startswith("GET / 200\nGET /%1b%5B31m 404\n")


def test_it_ends_while_somebody_is_reading(tmp_path: Path) -> None:
    (tmp_path / "long.mp3").write_bytes(b"a" * 30_000_000)
    with served(tmp_path) as site:
        client = site.connection()
        client.sendall(b"GET /long.mp3 HTTP/1.1\r\nhost: a\r\n\r\n")
        client.recv(10)
    client.close()


def test_what_is_missing_or_taken_is_said(tmp_path: Path) -> None:
    run = CliRunner().invoke
    said = run(main, ["serve", "--output", str(tmp_path / "none")])
    assert said.exit_code == 1
    assert "there is no such folder" in said.stderr
    assert "dispatch publish" in said.stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = run(main, ["serve", "--output", str(tmp_path), "--port", port])
        assert said.exit_code == 1
        assert f"127.0.0.1:{port}: cannot be listened on: address already in use" in said.stderr
        assert "--port 8001" in said.stderr
    said = run(main, ["serve", "--output", str(tmp_path), "--host", "no.such.host.invalid"])
    assert said.exit_code == 1
    assert "no.such.host.invalid" in said.stderr


@pytest.mark.parametrize("path", ["issues/Bridges/index.html", "Style.css", "STYLE.CSS", "style.css.", "issues\\x.css"])
def test_a_file_has_one_name(public: Path, path: str) -> None:
    assert find_name(public, "style.css") == "style.css"
    assert find_name(public, path) is None


def test_where_a_name_is_found_in_both_cases_the_listing_counts(tmp_path: Path) -> None:
    """As on a system that folds case, where the file is listed under one of its names."""
    (tmp_path / "page").write_text("page")
    (tmp_path / "PAGE").hardlink_to(tmp_path / "page")
    (tmp_path / "2026").write_text("no letters")
    assert [find_name(tmp_path, name) for name in ("page", "PAGE", "Page", "2026")] == ["page", "PAGE", None, "2026"]
