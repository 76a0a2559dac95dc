"""A thousand feeds on a thousand hosts, each 50 ms away, 50 at once: beside the latency itself, and beside httpx.

And the memory of the whole command beside a tenth as many feeds.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx

from benchmarks import sample
from benchmarks.measure import Row, Turn, in_turns, within
from dispatch import config, fetch, gather, links, sources
from dispatch.model import Source, Visit

FEEDS, TOGETHER, LATENCY = 1_000, 50, 0.05
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
AGENT = "dispatch-benchmark (+https://wire.example)"
SERVER = (sys.executable, str(sample.CHECKOUT / "benchmarks" / "peers" / "latency.py"))
# What a process was handed down by its parent counts in ru_maxrss; here it does not (proc(5), "VmHWM").
AND_ITS_MEMORY = """
from dispatch.cli import main
try:
    main()
finally:
    print(open("/proc/self/status").read())
"""


def rows() -> Iterator[Row]:
    """Fetching alone, then gathering as ``dispatch gather`` does, when nothing has changed and when everything has."""
    with subprocess.Popen(SERVER, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        port = int(server.stdout.readline())
        addresses = [f"http://127.0.{n // 250 + 1}.{n % 250 + 1}:{port}/feed" for n in range(FEEDS)]

        def cold() -> None:
            client = fetch.Client(user_agent=AGENT, allow_private=True, is_robot=True)
            answers = fetch.run_concurrently(addresses, client.get, host=links.parse_host, most=TOGETHER)
            assert sum(answer.status == 200 for answer in answers) == FEEDS

        def gathered(visits: dict[str, Visit], state: str) -> Callable[[], None]:
            sources = [Source(key=f"s{n}", feed=address) for n, address in enumerate(addresses)]

            def work() -> None:
                results = gather.gather_sources(sources, visits, user_agent=AGENT, now=NOW, allow_private=True)
                assert sum(result.state == state for result in results) == FEEDS

            return work

        unchanged = gathered({f"s{n}": Visit(source=f"s{n}", etag='"1"') for n in range(FEEDS)}, "unchanged")
        work, peer = f"{FEEDS:,} feeds fetched", "httpx, as many at once"
        yield in_turns(f"{work}, elapsed", "the latency", elapsed(cold), ceiling, turns=7, goal=1 / 0.85)
        yield in_turns(work, peer, within(cold), within(lambda: with_httpx(addresses)), turns=7, goal=0.6)
        work = f"{FEEDS:,} feeds gathered, all unchanged"
        yield in_turns(f"{work}, elapsed", "the latency", elapsed(unchanged), ceiling, turns=7, goal=1 / 0.85)
        yield in_turns(work, peer, within(unchanged), within(lambda: with_httpx(addresses)), turns=7, goal=0.6)
        work = f"{FEEDS:,} feeds of 20 entries gathered and read"
        yield in_turns(f"{work}, elapsed", "the latency", elapsed(gathered({}, "gathered")), ceiling, turns=3)
        work = f"`dispatch gather` of {FEEDS:,} feeds, memory in MB"
        ours, theirs = memory(addresses), memory(addresses[: FEEDS // 10])
        yield in_turns(work, f"{FEEDS // 10} feeds", ours, theirs, turns=3)
        server.terminate()


def ceiling() -> float:
    """The seconds that the latency alone takes."""
    return FEEDS / TOGETHER * LATENCY


def elapsed(work: Callable[[], object]) -> Turn:
    """Seconds by the clock on the wall, for what waits more than it works."""

    def turn() -> float:
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    return turn


def memory(addresses: list[str]) -> Turn:
    """The most memory that the command takes with these sources and an empty inbox, in thousands of MB."""

    def turn() -> float:
        with tempfile.TemporaryDirectory() as folder:
            config.create_publication(Path(folder), title="The Wire", url="https://wire.example")
            sources.add_sources(config.load(Path(folder)), (Source(kind="feed", feed=address) for address in addresses))
            command = (sys.executable, "-c", AND_ITS_MEMORY, "gather", "--allow-private")
            told = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
        assert f" from {len(addresses)} sources\n" in told
        kilobytes = next(line.split()[1] for line in told.splitlines() if line.startswith("VmHWM:"))
        return int(kilobytes) / 1024 / 1000

    return turn


def with_httpx(addresses: list[str]) -> None:
    """The plainest script."""

    async def fetch_all() -> None:
        together = asyncio.Semaphore(TOGETHER)
        limits = httpx.Limits(max_connections=TOGETHER)
        async with httpx.AsyncClient(limits=limits, timeout=30, trust_env=False) as client:

            async def one(address: str) -> int:
                async with together:
                    return (await client.get(address)).status_code

            assert set(await asyncio.gather(*map(one, addresses))) == {200}

    asyncio.run(fetch_all())
