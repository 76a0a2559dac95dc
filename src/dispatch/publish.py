"""Finished files into the public folder: each whole or not at all, unchanged bytes left alone."""

from collections.abc import Mapping
from pathlib import Path

from dispatch import files
from dispatch.errors import DeliveryError

# What a reader can ask a web server for. A whole message is made out to somebody: it stays at home.
PUBLIC = ("web", "rss", "atom", "json", "email", "text")
FEEDS = ("rss", "atom", "json")


def stands(folder: Path, path: str, body: bytes) -> bool:
    """Whether the public folder has these bytes at that place already."""
    there = folder / path
    return there.is_file() and there.read_bytes() == body


def write(folder: Path, public: Mapping[str, bytes]) -> list[str]:
    """Writes what changed below ``folder``, and returns the paths of that, in order. Raises DeliveryError."""
    return [
        path
        for path, body in sorted(public.items())
        if files.write(folder / path, body, within=folder, error=DeliveryError)
    ]
