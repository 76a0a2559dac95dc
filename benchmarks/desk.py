"""The desk with 10,000 entries in the inbox, in Chromium, beside the one paragraph of a bare Starlette page."""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.inbox import WORDS, fill_inbox
from benchmarks.measure import Row, Turn, in_turns
from benchmarks.preview import QUIET, serve_command

ENTRIES = 10_000
SOURCES = 25
TURNS = 21
BARE = """
import socket, uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
listening = socket.create_server(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listening.getsockname()[1]}/", flush=True)
page = Route("/", lambda _: HTMLResponse("<!doctype html><title>A page</title><p>Words."))
uvicorn.Server(uvicorn.Config(Starlette(routes=[page]), log_level="critical")).run([listening])
"""
PAINTED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"


def rows() -> Iterator[Row]:
    """By the clock on the wall, until it is painted: the first screen, what is typed into the search, and a key."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        fill_inbox(folder, ENTRIES, SOURCES)
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=shutil.which("chromium"), args=QUIET
        )
        desk = stack.enter_context(
            serve_command((sys.executable, "-m", "dispatch", "desk", "--no-open"), folder, "http")
        )
        bare = stack.enter_context(serve_command((sys.executable, "-c", BARE), folder, "http"))
        page, beside = browser.new_page(), browser.new_page()
        theirs = _open(beside, bare, "() => document.readyState === 'complete'")
        first = _open(page, desk, "() => document.querySelector('.row.chosen b')?.textContent")
        for work, turn in (("the first screen", first), ("a search", _search(page)), ("the key j", _press(page))):
            yield in_turns(
                f"{work} of {ENTRIES:,} in the desk, elapsed", "a bare Starlette page", turn, theirs, turns=TURNS
            )


def _open(page: Page, address: str, holds: str) -> Turn:
    def turn() -> float:
        page.bring_to_front()
        begun = time.perf_counter()
        page.goto(address)
        page.wait_for_function(holds)
        page.evaluate(PAINTED)
        return time.perf_counter() - begun

    return turn


def _search(page: Page) -> Turn:
    """A word is put into the search; until its articles are in the list."""
    words = cycle((WORDS[20], WORDS[40], WORDS[60]))

    def turn() -> float:
        page.bring_to_front()
        found = page.locator(".found").inner_text()
        begun = time.perf_counter()
        page.locator("[data-name=search]").fill(next(words))
        page.wait_for_function("before => document.querySelector('.found').textContent !== before", arg=found)
        page.evaluate(PAINTED)
        return time.perf_counter() - begun

    return turn


def _press(page: Page) -> Turn:
    def turn() -> float:
        page.bring_to_front()
        page.locator(".entries").focus()
        begun = time.perf_counter()
        page.keyboard.press("j")
        page.evaluate(PAINTED)
        return time.perf_counter() - begun

    return turn
