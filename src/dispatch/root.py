"""Where the publication is: found upwards from where one stands, as git finds its folder."""

from pathlib import Path

from dispatch.errors import ConfigError

FILE = "dispatch.toml"


def find(start: Path) -> Path:
    """The publication's folder: ``start`` or the nearest above it that holds dispatch.toml. Raises ConfigError."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    raise ConfigError(
        "no dispatch.toml here, nor in a folder above",
        address=str(start),
        hint="make a publication with: dispatch init",
    )
