"""The default templates that a publication has copied, and what has changed in the defaults since.

Beside a copy, in the hidden folder ``templates/.default``, stands the default as it was: what a later default changed
is the difference between the two, whatever the publication has made of its copy.
"""

import difflib
from pathlib import Path
from typing import Annotated, NamedTuple

from dispatch import files
from dispatch.errors import ConfigError
from dispatch.from_mapping import suggest_nearest
from dispatch.shipped import find_shipped

FOLDER = "templates"
_KEPT = f"{FOLDER}/.default"


class Template(NamedTuple):
    """A template, and whether the publication has one of its own."""

    name: str
    about: Annotated[str, "what the comment at its beginning says"]
    is_own: bool
    is_outdated: Annotated[bool, "whether the default has changed since the publication copied it"]


def list_templates(root: Path) -> list[Template]:
    """List the default templates by name, with what the publication in ``root`` has of its own. Raises ConfigError."""
    found = []
    for name, text in _read_defaults().items():
        own, kept = _read(root, FOLDER, name), _read(root, _KEPT, name)
        first = text.partition("\n")[0]
        about = first.removeprefix("{#").partition("#}")[0].strip(" -") if first.startswith("{#") else ""
        found.append(Template(name, about, own is not None, own is not None and kept not in (None, text)))
    return found


def copy_template(root: Path, name: str) -> Path:
    """Copy a default template into the publication, to be changed; return its path.

    Raises ConfigError when there is no such template, or the publication has one of its own already.
    """
    text = _find_default(name)
    if _read(root, FOLDER, name) is not None:
        hint = f"dispatch template diff {name} shows what has changed in the default since"
        raise ConfigError("there is a template of your own already", subject=f"{FOLDER}/{name}", hint=hint)
    accept_default(root, name)
    files.write_file(root / FOLDER / name, text.encode(), within=root, error=ConfigError)
    return root / FOLDER / name


def accept_default(root: Path, name: str) -> None:
    """Remember the present default as the one that the publication's copy is made from. Raises ConfigError."""
    files.write_file(root / _KEPT / name, _find_default(name).encode(), within=root, error=ConfigError)


def compare_template(root: Path, name: str) -> str:
    """Compare the default that a copy was made from with the present one, as a unified diff; empty when they are equal.

    Where nobody knows which default that was, the copy itself is compared. Raises ConfigError when there is no copy.
    """
    now, own, kept = _find_default(name), _read(root, FOLDER, name), _read(root, _KEPT, name)
    if own is None:
        hint = f"dispatch template copy {name} makes one"
        raise ConfigError("there is no template of your own", subject=f"{FOLDER}/{name}", hint=hint)
    was, label = (own, f"{FOLDER}/{name}") if kept is None else (kept, f"{_KEPT}/{name}")
    lines = difflib.unified_diff(was.splitlines(), now.splitlines(), label, f"default/{name}", lineterm="")
    return "".join(f"{line}\n" for line in lines)


def _find_default(name: str) -> str:
    """Return the text of a default template. Raises ConfigError with the nearest name."""
    texts = _read_defaults()
    if name not in texts:
        hint = "dispatch template list names them all"
        raise ConfigError(f"there is no template of that name{suggest_nearest(name, texts)}", subject=name, hint=hint)
    return texts[name]


def _read_defaults() -> dict[str, str]:
    shipped = find_shipped(FOLDER, checkout=FOLDER)
    return {path.name: path.read_text("utf-8") for path in sorted(shipped.iterdir()) if path.is_file()}


def _read(root: Path, folder: str, name: str) -> str | None:
    """Read a file of the publication; None when there is none. Raises ConfigError."""
    path = root / folder / name
    return files.read_text(path, within=root, error=ConfigError) if path.exists() else None
