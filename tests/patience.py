"""Waiting for as long as it takes. On a busy machine everything takes longer, and only what hangs may fail."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 180.0  # seconds after which something hangs


def wait_until(holds: Callable[[], object]) -> None:
    """Ask until something holds, where there is no way to be told."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "this does not come"
        time.sleep(0.02)


@contextmanager
def processor_seconds(most: float) -> Iterator[None]:
    """Bound the work of this thread: many times what it takes, so that only another order of growth exceeds it."""
    begun = time.thread_time()
    yield
    took = time.thread_time() - begun
    assert took < most, f"it took {took:.1f} seconds of the processor"
