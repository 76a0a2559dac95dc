"""``dispatch schema``."""

import click

from dispatch.cli.context import OUTPUT, write_result
from dispatch.shipped import PACKAGE


@click.command()
@click.argument("file", type=click.Choice(["dispatch", "authors"]), default="dispatch")
@OUTPUT
def schema(file: str, output: str) -> None:
    """Print the JSON Schema of dispatch.toml, or of authors.toml, for your editor's completion.

    \b
    Examples:
      dispatch schema --output dispatch.schema.json
      dispatch schema authors --output authors.schema.json
    """
    write_result((PACKAGE / "schemas" / f"{file}.schema.json").read_text("utf-8"), output)
