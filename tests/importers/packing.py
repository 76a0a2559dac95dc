"""The sample exports, as folders and as zips, and a publication to import them into."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from dispatch.cli import main
from dispatch.errors import GatherError
from dispatch.importers import IMPORTERS, Export, NotImported, Post

DATA = Path(__file__).parents[1] / "data" / "exports"
KINDS = tuple(IMPORTERS)
POSTS = tuple(kind for kind in KINDS if kind != "bookmarks")  # bookmarks make no issues
PNG = b"\x89PNG\r\n\x1a\n and so on"


def bag(files: Mapping[str, str | bytes]) -> Export:
    """An export in memory."""
    held = {name: body.encode() if isinstance(body, str) else body for name, body in files.items()}

    def read(name: str) -> bytes:
        if name not in held:
            raise GatherError("it is not in the export", subject=name)
        return held[name]

    return Export(name="bag", names=tuple(sorted(held)), read=read)


def of(found: Iterable[Post | NotImported]) -> tuple[list[Post], list[NotImported]]:
    """Posts, and what is not imported."""
    everything = list(found)
    posts = [one for one in everything if isinstance(one, Post)]
    return posts, [one for one in everything if isinstance(one, NotImported)]


def sample(kind: str) -> dict[str, bytes]:
    folder = DATA / kind
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def zipped(path: Path, files: Mapping[str, bytes], top: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as export:
        for name, body in files.items():
            export.writestr(top + name, body)
    return path


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as export:
        for name, body in files.items():
            export.writestr(name, body)
    return made.getvalue()


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def imported(*arguments: str, code: int = 0) -> dict[str, list[dict[str, Any]]]:
    """What ``dispatch import --json`` prints."""
    printed: dict[str, list[dict[str, Any]]] = json.loads(run("import", *arguments, "--json", code=code).stdout)
    return printed
