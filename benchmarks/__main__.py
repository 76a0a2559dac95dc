"""``python -m benchmarks [NAME] ...``: measures and prints; without a name, everything. The names are ``SCRIPTS``."""

import os
import platform
import sys
from importlib import import_module, metadata

from benchmarks.measure import table

SCRIPTS = (
    *("start", "commands", "issue", "mail", "feeds", "gather", "inbox", "reading", "serving", "site", "preview"),
    *("desk", "delivery"),
)
PEERS = ("click", "feedgen", "lxml", "jinja2", "mjml-python", "css-inline", "nh3", "httpx", "feedparser", "trafilatura")


def main() -> None:
    """A table in Markdown, as docs/reference/speed.md has it."""
    names = sys.argv[1:] or SCRIPTS
    if unknown := set(names) - set(SCRIPTS):
        sys.exit(f"No such benchmark: {', '.join(unknown)}. There are {', '.join(SCRIPTS)}.")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PEERS)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; {versions}.\n")
    print(table([row for name in names for row in import_module(f"benchmarks.{name}").rows()]))


main()
