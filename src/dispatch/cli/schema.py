"""``dispatch schema``."""

from importlib.resources import files

import click


@click.command()
@click.argument("file", type=click.Choice(["dispatch", "authors"]), default="dispatch")
def schema(file: str) -> None:
    """Print the JSON Schema of dispatch.toml, or of authors.toml, for your editor's completion.

    \b
    Examples:
      dispatch schema > dispatch.schema.json
      dispatch schema authors > authors.schema.json
    """
    click.echo((files("dispatch") / "schemas" / f"{file}.schema.json").read_text("utf-8"), nl=False)
