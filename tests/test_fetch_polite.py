"""Asking again, asking much, and asking leave: what a client owes the hosts that it asks."""

import time
from collections import Counter
from collections.abc import Generator, Iterator
from http.server import BaseHTTPRequestHandler
from itertools import islice
from threading import Event, Lock

import pytest

from dispatch import fetch, links
from dispatch.errors import GatherError
from dispatch.fetch import politeness
from loopback import Web, web
from patience import PATIENCE, processor_seconds

AGENT = "dispatch-tests/1 (+https://wire.example)"


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as served:
        yield served


def client(*, is_robot: bool = False, seconds: float = PATIENCE) -> fetch.Client:
    return fetch.Client(user_agent=AGENT, allow_private=True, is_robot=is_robot, seconds=seconds)


def test_what_has_not_changed_is_not_sent_again(site: Web) -> None:
    site.pages["/feed"] = ("words", {"etag": 'W/"a, b"', "last-modified": "Sat, 21 Nov 2026 08:00:00 GMT"}, 200)
    first = client().get(site.url("/feed"))
    assert (first.etag, first.modified) == ('W/"a, b"', "Sat, 21 Nov 2026 08:00:00 GMT")
    again = client().get(site.url("/feed"), etag=first.etag, modified=first.modified)
    assert again.is_unchanged
    assert not client().get(site.url("/feed"), etag='"other"').is_unchanged


def test_validators_of_others_cannot_write_headers(site: Web) -> None:
    site.pages["/feed"] = "words"
    assert client().get(site.url("/feed"), etag='"a"\r\nx: y', modified="\x1b").require_document().body == b"words"


@pytest.mark.parametrize(
    ("headers", "status", "wait"),
    [
        ({"cache-control": "public, max-age=600"}, 200, 600),
        ({"cache-control": "max-age=600", "age": "500"}, 200, 100),
        ({"cache-control": "max-age=600, no-cache"}, 200, 0),
        ({"cache-control": "s-maxage=600"}, 200, 0),
        ({"cache-control": "max-age=99999999"}, 200, 86_400),
        ({"retry-after": "120"}, 429, 120),
        ({"retry-after": "120", "cache-control": "max-age=600"}, 503, 120),
        ({"retry-after": "Wed, 21 Oct 2071 07:28:00 GMT"}, 429, 86_400),
        ({"retry-after": "soon"}, 429, 0),
    ],
)
def test_when_to_ask_again(site: Web, headers: dict[str, str], status: int, wait: int) -> None:
    site.pages["/feed"] = ("words", headers, status)
    assert client().get(site.url("/feed")).wait == wait


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_each_redirect_is_followed(site: Web, status: int) -> None:
    site.pages |= {"/old": (b"", {"location": " /new "}, status), "/new": "words"}
    answer = client().get(site.url("/old"))
    assert answer.require_document().body == b"words"
    assert answer.moved_to == (site.url("/new") if status in {301, 308} else "")


@pytest.mark.parametrize("status", [300, 304, 305, 306, 201])
def test_what_only_names_a_place_is_not_followed(site: Web, status: int) -> None:
    site.pages |= {"/old": (b"", {"location": "/new"}, status), "/new": "words"}
    client().get(site.url("/old"))
    assert "/new" not in site.asked


@pytest.mark.parametrize(("status", "times"), [(502, 3), (503, 3), (504, 3), (500, 1), (501, 1), (429, 1), (404, 1)])
def test_what_may_pass_is_asked_again(site: Web, status: int, times: int) -> None:
    site.pages["/busy"] = (b"", {}, status)
    assert client().get(site.url("/busy")).status == status
    assert site.asked.count("/busy") == times


def test_only_a_move_for_good_proposes_the_new_address(site: Web) -> None:
    site.pages |= {
        "/new": "words",
        "/good": (b"", {"location": "/new?a=1&copy=2"}, 301),
        "/new?a=1&copy=2": (b"", {"location": "/new"}, 308),
        "/mixed": (b"", {"location": "/for-now"}, 301),
        "/for-now": (b"", {"location": "/new"}, 302),
        "/broken": (b"", {"location": "/gone"}, 301),
    }
    assert client().get(site.url("/good")).moved_to == site.url("/new")
    assert client().get(site.url("/good")).require_document().name == site.url("/good")
    assert client().get(site.url("/mixed")).moved_to == ""
    assert client().get(site.url("/broken")).moved_to == ""


def test_a_busy_server_is_asked_again_and_then_left_alone(site: Web) -> None:
    answers = [503, 502, 200]

    def busy(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(answers.pop(0))
        handler.send_header("content-length", "0")
        handler.end_headers()

    site.pages |= {"/busy": busy, "/later": (b"", {"retry-after": "60"}, 503), "/broken": (b"", {}, 500)}
    assert client().get(site.url("/busy")).status == 200
    assert client().get(site.url("/later")).status == 503
    assert client().get(site.url("/broken")).status == 500
    assert [site.asked.count(path) for path in ("/busy", "/later", "/broken")] == [3, 1, 1]


def test_a_connection_that_is_reset_is_tried_again_in_time(site: Web) -> None:
    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True

    site.pages["/reset"] = hang_up
    with pytest.raises(GatherError):
        client().get(site.url("/reset"))
    assert site.asked.count("/reset") == 3
    # The first pause takes longer than there is time.
    with pytest.raises(GatherError):
        client(seconds=0.3).get(site.url("/reset"))
    assert site.asked.count("/reset") <= 4


def test_a_host_is_asked_for_two_at_a_time_and_others_do_not_wait(site: Web) -> None:
    now: Counter[str] = Counter()
    most: Counter[str] = Counter()
    counting = Lock()
    crowd, others = Event(), Event()  # two of the crowded host are there; all others were answered
    came: list[bool] = []

    def slow(handler: BaseHTTPRequestHandler) -> None:
        host = handler.headers["host"].partition(":")[0]
        with counting:
            now[host] += 1
            most[host] = max(most[host], now[host])
            if most["127.0.0.1"] == 2:
                crowd.set()
        came.append((others if host == "127.0.0.1" else crowd).wait(PATIENCE))
        with counting:  # before the answer: the next request may come while this one still says goodbye
            now[host] -= 1
            if sum(not left for left in now.values()) == 6:
                others.set()
        handler.send_response(204)
        handler.end_headers()

    site.pages["/slow"] = slow
    asked = client()
    crowded = [site.url("/slow", 1)] * 12 + [site.url("/slow", n) for n in range(2, 8)]
    found = list(fetch.run_concurrently(crowded, lambda url: asked.get(url).status, host=links.parse_host, most=10))
    assert found == [204] * 18
    assert all(came)
    assert most == {links.parse_host(site.url("/", n)): 2 if n == 1 else 1 for n in range(1, 8)}


def test_what_comes_faster_than_it_is_taken_waits_in_small_numbers() -> None:
    begun: list[int] = []

    def begin(number: int) -> int:
        begun.append(number)
        return number

    results = fetch.run_concurrently(range(1000), begin, host=str, most=5)
    assert isinstance(results, Generator)
    for taken, _ in enumerate(islice(results, 500), start=1):
        assert len(begun) <= taken + 15
    results.close()
    assert len(begun) <= 520


def test_pages_ask_leave_and_feeds_do_not(site: Web) -> None:
    site.pages |= {
        "/robots.txt": "User-agent: *\nDisallow: /private\nAllow: /private/open",
        "/private/a": "a",
        "/private/open": "b",
        "/feed": "c",
    }
    robot = client(is_robot=True)
    assert robot.get(site.url("/private/a")).status == 200
    assert "/robots.txt" not in site.asked
    assert robot.get(site.url("/private/open"), is_page=True).status == 200
    with pytest.raises(GatherError, match=r"robots\.txt"):
        robot.get(site.url("/private/a"), is_page=True)
    assert site.asked.count("/robots.txt") == 1
    assert client().get(site.url("/private/a"), is_page=True).status == 200


def test_a_robots_txt_that_cannot_be_read_forbids_one_that_is_not_there_allows(site: Web) -> None:
    site.pages |= {"/a": "a", "/robots.txt": (b"", {"retry-after": "9"}, 503)}
    with pytest.raises(GatherError, match=r"robots\.txt"):
        client(is_robot=True).get(site.url("/a"), is_page=True)
    del site.pages["/robots.txt"]
    assert client(is_robot=True).get(site.url("/a"), is_page=True).status == 200


def test_the_pause_that_a_host_asks_for_is_kept(site: Web) -> None:
    site.pages |= {"/robots.txt": "User-agent: dispatch\nCrawl-delay: 0.4", "/a": "a"}
    robot = client(is_robot=True)
    begun = time.monotonic()
    list(fetch.run_concurrently([site.url("/a")] * 3, robot.get, host=links.parse_host))
    assert time.monotonic() - begun > 0.8


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Dispatch/1.0\nDisallow: /b", "/a", True),
        ("User-agent: other\nUser-agent: dispatch\nDisallow: /a", "/a", False),
        ("User-agent: dispatcher\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        ("User-agent: *\nDisallow: /a\nAllow: /", "/ab", False),
        ("User-agent: *\nDisallow: /*.php$", "/x/y.php", False),
        ("User-agent: *\nDisallow: /*.php$", "/x/y.php?z", True),
        ("User-agent: *\nDisallow: *b*d", "/a/b/c/d/e", False),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/café", False),
        ("\ufeffUSER-AGENT : * # all\r\ndisallow : /a # no\r\n", "/a", False),
        ("Disallow: /\nSitemap: x", "/a", True),
        ("User-agent: *\nCrawl-delay: 99999999999", "/a", True),
    ],
)
def test_rules(text: str, path: str, allowed: bool) -> None:
    assert politeness.parse_robots(text).allows_path(path) is allowed
    assert politeness.parse_robots(text).pause <= politeness.MOST_PAUSE


def test_a_hostile_robots_txt_takes_no_time() -> None:
    text = "User-agent: *\nDisallow: /" + "*a" * 100_000 + "$\n" + "Disallow: /x\n" * 10_000
    with processor_seconds(10):
        assert politeness.parse_robots(text).allows_path("/" + "a" * 50_000 + "b")
