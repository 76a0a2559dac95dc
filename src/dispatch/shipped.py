"""Where the files are that come with dispatch and are no modules: templates, the sample, words of the documents."""

from pathlib import Path


def find_shipped(name: str, *, checkout: str) -> Path:
    """Find what a wheel has beside this module; a checkout has it elsewhere: ``checkout`` is its place there."""
    shipped = Path(__file__).parent / name
    return shipped if shipped.exists() else Path(__file__).parents[2] / checkout
