"""The sample archives, as folders and as zips, and a publication to import them into."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from dispatch import archives
from dispatch.archives import Left, Post
from dispatch.cli import main
from dispatch.errors import GatherError

DATA = Path(__file__).parents[1] / "data" / "archives"
KINDS = tuple(archives.ARCHIVES)
PNG = b"\x89PNG\r\n\x1a\n and so on"


@dataclass(frozen=True)
class Bag:
    """An archive in memory."""

    files: Mapping[str, bytes]
    name: str = "bag"
    refused: tuple[tuple[str, str], ...] = field(default=())

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.files))

    def read(self, name: str) -> bytes:
        if name not in self.files:
            raise GatherError("it is not in the archive", subject=name)
        return self.files[name]


def bag(files: Mapping[str, str | bytes]) -> Bag:
    return Bag({name: body.encode() if isinstance(body, str) else body for name, body in files.items()})


def of(found: Iterable[Post | Left]) -> tuple[list[Post], list[Left]]:
    """Posts and leftovers."""
    everything = list(found)
    posts = [one for one in everything if isinstance(one, Post)]
    return posts, [one for one in everything if isinstance(one, Left)]


def sample(kind: str) -> dict[str, bytes]:
    folder = DATA / kind
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def zipped(path: Path, files: Mapping[str, bytes], top: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(top + name, body)
    return path


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return made.getvalue()


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def imported(*arguments: str, code: int = 0) -> dict[str, list[dict[str, Any]]]:
    """What ``dispatch import --json`` prints."""
    return json.loads(run("import", *arguments, "--json", code=code).stdout)
