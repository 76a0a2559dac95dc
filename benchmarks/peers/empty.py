"""A command line that does nothing."""

import click


@click.group()
@click.version_option("0.1.0", prog_name="empty", message="%(prog)s %(version)s")
def main() -> None:
    """Does nothing."""
