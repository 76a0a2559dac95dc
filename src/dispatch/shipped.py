"""What comes with dispatch and is no module: tables, templates, the sample, words of the documents."""

import tomllib
from pathlib import Path
from typing import Any, Final

PACKAGE: Final = Path(__file__).parent


def find_shipped(name: str, *, checkout: str) -> Path:
    """Find what a wheel has beside this module; a checkout has it elsewhere: ``checkout`` is its place there."""
    shipped = PACKAGE / name
    return shipped if shipped.exists() else PACKAGE.parents[1] / checkout


def load_table(name: str) -> dict[str, Any]:
    """Load a TOML file of the package by its path in it; empty when there is none."""
    file = PACKAGE / name
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
