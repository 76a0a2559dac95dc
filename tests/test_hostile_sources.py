"""A hundred hostile sources of each kind (at the desk thirty), gathered at once with one honest source among them.

None may crash or hold us, memory stays bounded, each reason is told, and the honest source is gathered as ever.
"""

import gzip
import json
import re
import socket
import socketserver
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from random import Random

import pytest

from dispatch import fetch, gather
from dispatch.errors import GatherError
from dispatch.gather import GatherResult
from dispatch.model import Source
from patience import PATIENCE
from thorough import scale

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="each has an address in 127.0.0.0/8, and memory is bounded"
)
if sys.platform == "linux":
    import resource

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
HUNDRED = max(30, scale(100))  # of each kind, whose variants are fewer than thirty
SECONDS = 3.0  # for those that would never end; the others have all the time that they need
MOST_MEMORY = 600 << 20  # fifty at once, each at most 15 MiB
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

# What a server sends, piece by piece, headers included.
Sent = Iterator[bytes]
HONEST = (
    b"<rss version='2.0'><channel><title>Honest</title>"
    b"<item><title>A</title><link>https://h.example/a</link></item></channel></rss>"
)


def reply(body: bytes, *headers: str, status: str = "200 OK", kind: str = "application/rss+xml") -> Sent:
    lines = [f"HTTP/1.1 {status}", f"content-type: {kind}", f"content-length: {len(body)}", *headers, "", ""]
    yield "\r\n".join(lines).encode("latin-1")
    yield body


@contextmanager
def hostile(make: Callable[[int, Random], Sent]) -> Iterator[int]:
    """A server that answers the path /N with the Nth of its kind, and /honest honestly."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self.request.settimeout(PATIENCE)
                path = self.request.recv(65536).split(b" ")[1].decode("latin-1").strip("/")
                number = re.match(r"\d+", path)
                others = reply(HONEST) if path == "honest" else iter(())
                for piece in make(int(number[0]), Random(path)) if number else others:
                    self.request.sendall(piece)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 200
        block_on_close = False

        def verify_request(self, request: object, client_address: tuple[str, int]) -> bool:  # noqa: ARG002
            """Nobody but this machine."""
            return client_address[0].startswith("127.")

    with Server(("0.0.0.0", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def gathered(
    make: Callable[[int, Random], Sent],
    count: int = HUNDRED,
    seconds: float = PATIENCE,
    reading_seconds: float = 5,
) -> dict[str, GatherResult]:
    """All of a kind, gathered at once; what holds for every kind is asserted here."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with hostile(make) as port:
        sources = [Source(key=f"s{n}", kind="feed", feed=f"http://127.0.1.{n + 1}:{port}/{n}") for n in range(count)]
        sources.append(Source(key="honest", kind="feed", feed=f"http://127.0.2.1:{port}/honest"))
        results = {
            result.source.key: result
            for result in gather.gather_sources(
                sources,
                {},
                user_agent="dispatch-tests",
                now=NOW,
                allow_private=True,
                seconds=seconds,
                reading_seconds=reading_seconds,
            )
        }
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < MOST_MEMORY
    assert set(results) == {source.key for source in sources}
    assert results["honest"].articles[0].title == "A"
    for result in results.values():
        assert (result.state == "failed") == bool(result.error) == bool(result.visit.error)
        assert len(result.visit.error) < 1000
        for article in result.articles:
            assert not ILLEGAL.search(f"{article.title}{article.url}{article.content}{article.authors}")
    return results


def failed(results: dict[str, GatherResult]) -> set[str]:
    return {result.visit.error for result in results.values() if result.error}


def rss(inner: str) -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{inner}</channel></rss>'


def an_xml_bomb(number: int, random: Random) -> Sent:
    size = random.randrange(2, 40_000)
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    attributes = " ".join(f"a{n}='1'" for n in range(size))
    encoding = random.choice(["utf-8", "utf-16", "utf-8-sig"])
    return reply(
        [
            f'<!DOCTYPE rss [<!ENTITY l0 "{"ha" * (size % 99)}">{laughs}]>{rss("<item><title>&l9;</title></item>")}',
            f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>{rss("<item><title>&x;</title></item>")}',
            f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:{size}/"> %p;]>{rss("<item/>")}',
            f'<!DOCTYPE rss SYSTEM "http://127.0.0.1/{size}">{rss("<item><title>&x;</title></item>")}',
            rss("<item>" * size),
            rss("<item>" + "<b>" * size + "</b>" * size + "</item>"),
            rss(f"<item {attributes}/>"),
            rss("<item/>" * (5_001 + size % 99)),
            rss(f"<item><description><![CDATA[{'<div>' * size}]]></description></item>"),
            rss(f"<item><title><![CDATA[{'<b>x' * size}</b>]]></title></item>"),
            rss(f"<item><description><![CDATA[<p {attributes}>]]></description></item>"),
            rss(f"<item><author>{'a@b (' * size}</author><pubDate>{'1 ' * size}</pubDate></item>"),
            rss("".join(f'<item xmlns:n{n}="urn:{n}"><n{n}:title/></item>' for n in range(size % 4_000))),
            f"{'<!-- -->' * size}{rss('')[:50]}{'<' * size}",
            rss(f"<item><link>{'http://x.example/' * size}</link></item>"),
        ][number % 15].encode(encoding, "replace")
    )


def test_xml_that_explodes() -> None:
    reasons = failed(gathered(an_xml_bomb))
    assert {"the XML has a DTD of its own", "the feed has more than 5,000 entries"} <= reasons
    assert any("not well-formed" in reason for reason in reasons)


@cache
def zeros(megabytes: int, times: int = 1) -> bytes:
    """So many zeros, compressed."""
    body = bytes(megabytes << 20)
    for _ in range(times):
        body = gzip.compress(body, 9)
    return body


def compressed(number: int, random: Random) -> Sent:
    raw = gzip.compress(HONEST * random.randrange(1, 50))
    size = random.choice([16, 40, 64])
    broken = bytearray(raw)
    broken[random.randrange(len(raw))] ^= 1 << random.randrange(8)
    kinds: list[Callable[[], Sent]] = [
        lambda: reply(zeros(size), "content-encoding: gzip"),
        lambda: reply(zeros(size, 2), "content-encoding: gzip, gzip"),
        lambda: reply(raw, "content-encoding: gzip", "content-encoding: gzip"),
        lambda: reply(raw[: random.randrange(1, len(raw) - 8)], "content-encoding: gzip"),
        lambda: reply(bytes(broken), "content-encoding: gzip"),
        lambda: reply(raw + random.randbytes(99), "content-encoding: x-gzip"),
        lambda: reply(zlib.compress(HONEST), "content-encoding: deflate"),
        lambda: reply(
            random.randbytes(999), f"content-encoding: {random.choice(['br', 'zstd', 'compress', 'x' * 9999])}"
        ),
        lambda: reply(zeros(size // 4) * 9, "content-encoding: gzip"),
        lambda: reply(b"", "content-encoding: gzip"),
    ]
    return kinds[number % len(kinds)]()


def test_compressed_bombs() -> None:
    for megabytes in (4, 10, 16, 40, 64):
        zeros(megabytes), zeros(megabytes, 2)
    reasons = failed(gathered(compressed))
    assert {"this is larger than 15 MiB", "the answer ended before it was complete"} <= reasons
    assert any(reason.startswith("the server sent it compressed as 'gzip, gzip'") for reason in reasons)


def redirecting(number: int, random: Random) -> Sent:
    targets = [
        f"/{number}",
        f"/{number}?{random.random()}",
        "file:///etc/passwd",
        f"gopher://127.0.0.1:{random.randrange(65536)}/",
        "data:text/xml,<rss/>",
        "javascript:alert(1)",
        "http://",
        "http://[",
        "//",
        f"http://{'a.' * 500}example/",
        "http://user:password@127.0.0.1/",
        "http://127.0.0.1:99999999/",
        "http://127.0.0.1:0/",
        f"/{'x' * 60_000}",
        "/\x01\x7f\x80\xff",
        "http://\x00.example/",
        "http://xn--\xff.invalid/",
        "\t \x0b",
        "http:127.0.0.1",
        "https:\\\\127.0.0.1\\",
    ]
    status = random.choice(["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent", "300 Choices"])
    return reply(b"", f"location: {targets[number % len(targets)]}", status=status)


def test_redirects_that_lead_nowhere() -> None:
    results = gathered(redirecting)
    assert all(result.state == "failed" for key, result in results.items() if key != "honest")
    assert "more than 5 redirects" in failed(results)
    assert any("neither http nor https" in reason for reason in failed(results))


def slowly(pieces: Iterator[bytes], pause: float) -> Sent:
    for piece in pieces:
        yield piece
        time.sleep(pause)


def endless(piece: bytes) -> Sent:
    while True:
        yield piece


def talking(number: int, random: Random) -> Sent:
    ok = b"HTTP/1.1 200 OK\r\n"
    chunked = ok + b"transfer-encoding: chunked\r\n\r\n"
    noise = random.randbytes(random.randrange(1, 5000))
    kinds: list[Callable[[], Sent]] = [
        lambda: slowly(endless(b"H"), 0.3),
        lambda: slowly(iter([ok, *[b"x: y\r\n"] * 99]), 0.3),
        lambda: slowly(iter([ok + b"content-length: 999\r\n\r\n", *[b"<"] * 99]), 0.3),
        lambda: iter([ok + b"\r\n", *[b"<rss>" * 20_000] * 1000]),
        lambda: iter([chunked, *[b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 1600]),
        lambda: iter([ok, b"x: " + b"y" * 200_000 + b"\r\n\r\n"]),
        lambda: iter([ok, b"x: y\r\n" * 5000, b"\r\n"]),
        lambda: iter([ok, b"a: " + b"y" * 65_000 + b"\r\n", b"b: c\r\n" * 90, b"\r\n"]),
        lambda: iter([noise]),
        lambda: iter([ok, noise]),
        lambda: iter([chunked, noise]),
        lambda: iter([chunked, b"ffffffffffffffff\r\nx"]),
        lambda: iter([chunked, b"-5\r\nxxxxx\r\n0\r\n\r\n"]),
        lambda: iter(
            [ok, f"content-length: {random.choice([-1, 10**30, '1e9', '0x10', '', '5, 6'])}\r\n\r\n".encode(), HONEST]
        ),
        lambda: iter([b"HTTP/1.1 100 Continue\r\n\r\n" * 1000]),
        lambda: endless(b"HTTP/1.1 100 Continue\r\n\r\n"),
        lambda: iter([b"HTTP/1.1 " + b"9" * random.randrange(1, 400) + b"\r\n\r\n"]),
        lambda: iter([b"HTTP/9.9 200 \x1b[31m\x00\xff\r\nx\x00y: \x1b]0;z\x07\r\n\r\n", HONEST]),
        lambda: iter([ok, b'etag: "\x00\x1b\r\netag: ' + b"e" * 9999 + b"\r\nlast-modified: \xff\r\n\r\n", HONEST]),
        lambda: iter(
            [ok, b"retry-after: 99999999999\r\ncache-control: max-age=99999999999999\r\nage: -1\r\n\r\n", HONEST]
        ),
        lambda: iter([b"HTTP/1.1 503 Busy\r\nretry-after: Sun, 99 Foo 2026 88:99:00 GMT\r\ndate: x\r\n\r\n"]),
        lambda: iter([ok, b"content-type: " + b"text/html; charset=" * 3000 + b"\r\n\r\n", HONEST]),
        lambda: iter([]),
        lambda: iter([b"\x00" * 10_000_000]),
        lambda: iter([b"HTTP/1.1 304 Not Modified\r\n\r\n"]),
    ]
    return kinds[number % len(kinds)]()


def test_servers_that_do_not_speak_http_as_they_should() -> None:
    results = gathered(talking, seconds=SECONDS)
    assert f"no complete answer within {SECONDS:g} seconds" in failed(results)
    assert any(reason.startswith("the server's answer is not HTTP") for reason in failed(results))
    assert all((r.visit.not_before is None or (r.visit.not_before - NOW).days <= 1) for r in results.values())


def a_page(number: int, random: Random) -> Sent:
    size = random.choice([100, 3_000, 12_000, 55_000])
    tag = random.choice(["div", "b", "table", "select", "svg", "ul><li", "article", "a", "template", "p class=h-entry"])
    title = "<!doctype html><title>T</title>"
    many = json.dumps({"@type": "Article", "author": [{"name": "x" * size}] * 9})
    body = [
        f"{title}{f'<{tag}>' * size}",
        f"{title}<div class=h-feed>{'<div class=h-entry>' * size}",
        f"{title}<div class=h-feed>{'<div class=h-entry><a class=u-url href=/x>' * size}",
        f"{title}{'<article><h2><a href=/a>' * size}",
        f"{title}{'<article><h2><a href=javascript:x>y</a></h2></article>' * size}",
        f"{title}{'<link rel=alternate type=application/rss+xml href=file:///etc/passwd>' * size}",
        f"{title}<link rel=alternate type=application/rss+xml href=/{number}>",
        f"{title}<script type='application/ld+json'>{'[' * size * 9}</script>",
        f"{title}<script type='application/ld+json'>{many}",
        f"{title}<base href='{'x:' * size}'><a rel=feed href=//>",
        f"{title}<p {'a ' * size}>",
        f"{title}<!--{'<!--' * size}",
        f"{title}<meta charset={'x' * size}><body>\x00\x01\x1b[2J",
    ][number % 13]
    return reply(body.encode("utf-8", "replace"), kind="text/html")


def test_pages_that_explode() -> None:
    results = gathered(a_page)
    assert any("too many elements" in reason for reason in failed(results))


def garbage(number: int, random: Random) -> Sent:
    good = json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "https://h.example/"}]}
    )
    strange = "".join(
        map(chr, random.choices([0, 1, 7, 8, 11, 27, 127, 133, 155, 0x202E, 0xD800, 0xFFFE, 0xFFFF, 0x1F600], k=50))
    )
    bodies = [
        random.randbytes(random.randrange(5000)),
        b"\x00" * random.randrange(1, 99_999),
        rss(f"<item><title>{strange}</title><link>https://h.example/{strange}</link></item>").encode(
            "utf-8", "surrogatepass"
        ),
        good.replace("h.example", strange.replace('"', "")).encode("utf-8", "surrogatepass"),
        good[: random.randrange(len(good))].encode(),
        ('{"version":"https://jsonfeed.org/version/1.1","items":' + "[" * 99_999).encode(),
        ('{"version":"https://jsonfeed.org/version/1.1","items":[{"id":' + "9" * 99_999 + "}]}").encode(),
        rss("<item><title>é</title></item>").encode(
            random.choice(["utf-16-le", "utf-32", "cp037", "utf-7", "shift-jis"]), "replace"
        ),
        rss("<item/>")
        .replace("1.0", f'1.0" encoding="{random.choice(["unicode_escape", "zip", "idna", "x" * 999])}')
        .encode(),
        HONEST[: random.randrange(len(HONEST))],
        b"%PDF-1.7" + random.randbytes(99),
        b"PK\x03\x04" + random.randbytes(99),
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "items": [[], None, 1, {"authors": {"name": []}, "tags": 5}],
            }
        ).encode(),
    ]
    return reply(bodies[number % len(bodies)])


def test_bytes_that_are_no_feed() -> None:
    assert len(failed(gathered(garbage))) > 3


SPELLINGS = (
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "0",
    "0.0.0.0",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "127.255.255.254",
    "127.0.0.1.",
    "１２７.0.0.1",
    "①②⑦.0.0.1",
    "10.0.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "172.31.0.1",
    "100.64.0.1",
    "[fe80::1]",
    "[fc00::1]",
    "[fec0::1]",
    "224.0.0.1",
    "255.255.255.255",
)


def test_every_spelling_of_a_private_address_is_refused() -> None:
    def never(_number: int, _random: Random) -> Sent:
        raise AssertionError

    with hostile(never) as port:
        sources = [
            Source(key=f"s{n}", feed=f"http{'s' * secure}://{host}:{port}/1")
            for n, (host, secure) in enumerate((host, secure) for host in SPELLINGS for secure in (0, 1))
        ]
        results = list(gather.gather_sources(sources, {}, user_agent="dispatch-tests", now=NOW, seconds=SECONDS))
    assert len(results) == len(sources)
    for result in results:
        assert "private network" in result.visit.error or "there is no host" in result.visit.error, result


@pytest.mark.parametrize("number", range(HUNDRED))
def test_a_name_server_that_changes_its_mind(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One private address among public ones is enough; and nobody is asked again once the addresses are checked."""
    random = Random(number)
    private = random.choice(["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00::1"])
    answers = [*random.choices(["93.184.216.34", "8.8.8.8", "2606:4700::1111"], k=random.randrange(4)), private]
    random.shuffle(answers)
    asked = []

    def resolver(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [
            (socket.AF_INET6, 1, 6, "", (ip, port, 0, 0)) if ":" in ip else (socket.AF_INET, 1, 6, "", (ip, port))
            for ip in (answers if len(asked) == 1 else ["93.184.216.34"])
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    with pytest.raises(GatherError, match="private network"):
        fetch.fetch_document("http://paper.example/feed", user_agent="dispatch-tests", seconds=SECONDS)
    assert asked == ["paper.example"]


def test_the_checked_address_is_the_one_that_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def resolver(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(socket.AF_INET, 1, 6, "", (f"127.0.0.{len(asked)}", port))]

    with hostile(lambda _number, _random: reply(HONEST)) as port:
        monkeypatch.setattr(socket, "getaddrinfo", resolver)
        found = fetch.fetch_document(f"http://paper.example:{port}/1", user_agent="dispatch-tests", allow_private=True)
    assert found.body == HONEST
    assert asked == ["paper.example"]


def test_a_document_that_takes_too_long_to_read_is_given_up() -> None:
    """Large ones are read by a process of their own, which is ended; the honest source does not wait for it."""
    item = "<item><title>t</title><description><![CDATA[" + "<p>x</p> " * 4000 + "]]></description></item>"

    def heavy(_number: int, _random: Random) -> Sent:
        return reply(rss(item * 300).encode())

    results = gathered(heavy, count=2, reading_seconds=1)
    assert results["s0"].visit.error == "it takes longer than 1 seconds to read"
