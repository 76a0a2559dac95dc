"""Read the publication's folder (dispatch.toml, authors.toml and templates/) into a Publication.

All faults of all three are told at once, each with its file, its line where that is certain, and its key.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones

from dispatch import derived, files, from_mapping, links, looks, registry
from dispatch.checks.rules import RULES
from dispatch.deferred import defer_pattern
from dispatch.errors import ConfigError, DispatchError
from dispatch.files import FILE as FILE
from dispatch.files import find_publication as find_publication
from dispatch.model import Colours, Fault, OwnPage, Person, Place, Publication
from dispatch.shipped import PACKAGE, find_shipped
from dispatch.slugs import SLUG
from dispatch.text import refuse_merge_leftover
from dispatch.toml import find_lines, format_toml, parse_toml

AUTHORS = registry.FILE
_FOR_GIT = (".gitignore", ".gitattributes")

_SITE = (
    defer_pattern(r"(?!.*/\.\.?(?:/|$))https?://[^\s?#@;$\\\"<>{}]+"),
    "must begin with https://, without ?#@;$ or ..",
)
_POSITIVE = defer_pattern(r"[1-9][0-9]*"), "must be 1 or more"
_COLOUR = defer_pattern(r"#[0-9a-fA-F]{6}"), "must be a colour as #a3271b"
_FONTS = defer_pattern(r"[\w ,.'-]+"), "must be names of fonts, as Georgia, 'Times New Roman', serif"
_MAILBOX = (
    defer_pattern(r"[^<>\r\n]*<[^\s<>@,;]+@[^\s<>@,;]+>|[^\s<>@,;]+@[^\s<>@,;]+"),
    "must be an address as The Wire <desk@wire.example>",
)
_HTTPS = defer_pattern(r"https://.+"), "must begin with https://"
_BARE_MAILBOX = defer_pattern(r"[^\s<>@,;]+@[^\s<>@,;]+"), "must be an address as desk@wire.example, without a name"
_SHAPES = {
    "url": _SITE,
    "former_urls": _SITE,
    # RFC 5646, section 2.1: subtags of up to eight letters and digits
    "language": (defer_pattern(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*"), "must be a language tag, as en or pt-BR"),
    "email.from": _MAILBOX,
    "email.reply_to": _MAILBOX,
    "email.unsubscribe": (defer_pattern(r"(?:https://|mailto:).+"), "must begin with https:// or mailto:"),
    **dict.fromkeys(("syndicate.words", "feeds.entries", "feeds.days", "sources.words"), _POSITIVE),
    **dict.fromkeys(("subscribe.url", "subscribe.form", "subscribe.privacy"), _HTTPS),
    "delivery.smtp": (
        defer_pattern(r"smtps?://(?:[^\s:@/?#]+@)?(?:[a-zA-Z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?/?"),
        "must be as smtps://user@mail.example:465, with @ in the user as %40, and the password in "
        "DISPATCH_SMTP_PASSWORD or a password_file",
    ),
    "delivery.connections": (defer_pattern(r"[1-9]|[12]\d|3[0-2]"), "must be 1 to 32"),
    "delivery.rate": (defer_pattern(r"[1-9]\d{0,8}/(?:s|min|h)"), "must be as 10/s, 300/min or 5000/h"),
    "delivery.daily": (defer_pattern(r"\d{1,9}"), "must be 0 or more"),
    **dict.fromkeys(("delivery.bounces", "delivery.test"), _BARE_MAILBOX),
    "sources.key": (SLUG, "must be made of a-z, 0-9 and hyphens"),
    **dict.fromkeys(("theme.serif", "theme.sans", "theme.headline"), _FONTS),
    "theme.width": (defer_pattern(r"4[89]\d|[567]\d\d|800"), "must be 480 to 800"),
    "theme.corner": (defer_pattern(r"[0-3]?\d|40"), "must be 0 to 40"),
    **{f"theme.{mode}{one.key}": _COLOUR for mode in ("", "dark.") for one in from_mapping.list_columns(Colours)},
}
_MOST_BYTES = 4 << 20  # of each of the files
_STARTER, _SCHEMAS = PACKAGE / "starter", PACKAGE / "schemas"  # the files of a new publication


def load(start: Path) -> Publication:
    """Read the publication around ``start``. Raises ConfigError with every fault of its files."""
    root = find_publication(start)
    faults: list[Fault] = []
    people = _read_registry(root, faults)
    templates, own = _read_templates(root, faults)
    text = _read_text(root / FILE, root, faults)
    publication = None if text is None else _read_publication(text, root, people, templates, faults)
    pages = tuple(_read_pages(root, publication.url, faults)) if publication else ()
    if publication is None or faults:
        raise ConfigError(*faults)
    return replace(publication, own_templates=own, pages=pages)


def create_publication(
    folder: Path, *, title: str, url: str, sender: str = "", language: str = "en", timezone: str = "UTC"
) -> Path:
    """Create a publication in a folder, and return the path of its dispatch.toml.

    Beside it: authors.toml, what git should know, and in ``.schemas/`` copies of the JSON Schemas, to which the first
    lines of both TOML files point (``#:schema``, which Taplo and the editors built on it follow), so that completion
    works offline and on every machine. Files that are there already stay as they are.

    Raises ConfigError, and has written nothing, when there is a dispatch.toml or a value is wrong.
    """
    path = folder / FILE
    if path.exists():
        raise ConfigError("there is a publication already", subject=str(path), hint="edit it, or choose another folder")
    text = format_settings(title=title, url=url, sender=sender, language=language, timezone=timezone)
    _write_missing(folder, {**_list_surroundings(), FILE: text.encode("utf-8")})
    return path


def create_sample(folder: Path) -> None:
    """Create the sample publication in a folder that holds nothing. Raises ConfigError, and has written nothing."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError("holds something already", subject=str(folder), hint="choose another folder, or a new name")
    shipped = find_shipped("sample", checkout="")
    bodies = {name: (shipped / name).read_bytes() for name in (FILE, AUTHORS, "dispatch.lock")}
    found = (path for path in sorted((shipped / "issues").rglob("*")) if path.is_file())
    bodies |= {path.relative_to(shipped).as_posix(): path.read_bytes() for path in found}
    _write_missing(folder, {**_list_surroundings(), **bodies})


def _list_surroundings() -> dict[str, bytes]:
    """List what a new publication holds beside its dispatch.toml, by path."""
    schemas = {f".schemas/{file.name}": file.read_bytes() for file in _SCHEMAS.glob("*.json")}
    return schemas | {name: (_STARTER / name.lstrip(".")).read_bytes() for name in (AUTHORS, *_FOR_GIT)}


def _write_missing(folder: Path, bodies: Mapping[str, bytes]) -> None:
    """Write those files that are not there. Raises ConfigError."""
    for name, body in bodies.items():
        if not (folder / name).exists():
            files.write_file(folder / name, body, within=folder, error=ConfigError)


def format_settings(**values: str) -> str:
    """Format a new dispatch.toml with these values, the others as examples. Raises ConfigError when one is wrong."""
    said = {"title": "The Wire", "url": "https://wire.example", "language": "en", "timezone": "UTC", **values}
    said["sender"] = values.get("sender") or "The Wire <desk@wire.example>"
    quoted = {key: format_toml(value) for key, value in said.items()}
    quoted |= {key: f"{key} = {quoted[key]}" for key in ("url", "timezone")}  # whole, to align what is said of them
    text = (_STARTER / FILE).read_text("utf-8").format(no_sender="" if values.get("sender") else "# ", **quoted)
    faults: list[Fault] = []
    if _read_publication(text, Path(), {}, {}, faults) is None or faults:
        raise ConfigError(*faults)
    return text


def find_missing_lines(folder: Path) -> Mapping[str, list[str]]:
    """Find what ``create_publication`` would write for git, by file, and is not in the files that are there.

    Raises ConfigError where one cannot be read.
    """
    missing = {}
    for name in _FOR_GIT:
        body = files.read_file(folder / name, within=folder, error=ConfigError)
        there = body.decode("utf-8", "replace").splitlines()
        wanted = (_STARTER / name.lstrip(".")).read_text("utf-8").splitlines()
        missing[name] = [line for line in wanted if line not in there and not line.startswith("#")]
    return missing


def _read_publication(
    text: str, root: Path, people: Mapping[str, Person], templates: Mapping[str, str], faults: list[Fault]
) -> Publication | None:
    """Read dispatch.toml into a Publication; None after a fault."""
    table = _parse_table(text, FILE, faults)
    if table is None:
        return None
    reading = from_mapping.FileReading(file=FILE, lines=find_lines(text), shapes=_SHAPES, faults=faults)
    reading = replace(reading, zone=_read_time_zone(table, reading))
    given = {"authors": {}, "templates": MappingProxyType(templates), "root": root}
    given["former_names"] = MappingProxyType({key: one.former for key, one in people.items() if one.former})
    given |= {"own_templates": frozenset(), "pages": ()}  # no keys of the file: load knows them
    special = {"theme": looks.read_theme}
    publication = from_mapping.read_noun(Publication, table, reading, given=given, special=special)
    if publication is None:
        return None
    _check_language(publication.language, reading)
    if publication.republish.line or publication.republish.license:
        from dispatch.readers.required_line import find_faults  # the parser of Markdown costs too

        for key, what, hint in find_faults(publication.republish):
            reading.add_fault(f"republish.{key}", what, hint=hint)
    keys = [source.key for source in publication.sources]
    for number, key in enumerate(keys, 1):
        if key and key in keys[: number - 1]:
            reading.add_fault(f"sources[{number}].key", f"“{key}” is the key of an earlier source")
    for rule in publication.check:
        if rule not in RULES:
            reading.add_fault(
                f"check.{rule}", f"there is no rule of that name{from_mapping.suggest_nearest(rule, RULES)}"
            )
    url = publication.url.rstrip("/")
    theme = publication.theme
    pictures = {key: getattr(theme, key) for key in ("logo", "logo_dark", "header")}
    for key, named in pictures.items():
        if named and not links.is_absolute(named) and not files.is_there(root / named, within=root):
            reading.add_fault(f"theme.{key}", f"there is no file “{named}” beside dispatch.toml")
        pictures[key] = named and links.resolve_address(f"{url}/", named)
    theme = replace(theme, logo=pictures["logo"], logo_dark=pictures["logo_dark"], header=pictures["header"])
    authors = {
        key: replace(one.author, avatar=one.author.avatar and links.resolve_address(f"{url}/", one.author.avatar))
        for key, one in people.items()
    }
    if (feeds := publication.feeds).footer or publication.email.footer:
        from dispatch.commonmark import to_html

        feeds = replace(feeds, footer=to_html(feeds.footer, f"{url}/"))
        email = replace(publication.email, footer=to_html(publication.email.footer, f"{url}/"))
        publication = replace(publication, email=email)
    if (pages := derived.find_subscription_pages(publication)) and not publication.email.unsubscribe:
        email = replace(publication.email, unsubscribe=(f"{pages}leave/",))  # what all may read names nobody
        publication = replace(publication, email=email)
    former, known = tuple(address.rstrip("/") for address in publication.former_urls), MappingProxyType(authors)
    return replace(publication, url=url, former_urls=former, theme=theme, feeds=feeds, authors=known)


def _check_language(code: str, reading: from_mapping.FileReading) -> None:
    """Report a language code that Babel does not know."""
    if code == "en":
        return
    from dispatch.language import Language  # Babel costs more than reading the file does

    try:
        Language.from_code(code)
    except ConfigError as error:
        for fault in error.faults:
            reading.add_fault("language", fault.what, hint=fault.hint)


def _read_time_zone(table: Mapping[str, object], reading: from_mapping.FileReading) -> ZoneInfo:
    """Read the publication's time zone; an unknown one is a fault, and UTC instead."""
    name = table.get("timezone")
    try:
        return ZoneInfo(name if isinstance(name, str) else "UTC")
    except (LookupError, OSError, ValueError):  # unknown, a folder, a path
        near = from_mapping.suggest_nearest(str(name), available_timezones())
        reading.add_fault("timezone", f"no time zone is called “{name}”{near}")
        return ZoneInfo("UTC")


def _read_registry(root: Path, faults: list[Fault]) -> dict[str, Person]:
    """Read the people of authors.toml, by key."""
    text = (_read_text(root / AUTHORS, root, faults) if os.path.lexists(root / AUTHORS) else "") or ""
    reading = from_mapping.FileReading(file=AUTHORS, lines=find_lines(text), faults=faults)
    return registry.read_people(_parse_table(text, AUTHORS, faults) or {}, reading)


def _read_templates(root: Path, faults: list[Fault]) -> tuple[dict[str, str], frozenset[str]]:
    """Read the texts of all templates by path, the default ones or the publication's own instead, and name these."""
    shipped = find_shipped("templates", checkout="templates")
    texts = {name: path.read_bytes().decode("utf-8") for name, path in _list_template_files(shipped)}
    try:
        folder = files.resolve_inside(root / "templates", within=root, error=ConfigError)
    except ConfigError as error:
        faults.extend(error.faults)
        return texts, frozenset()
    own = {name: _read_text(path, root, faults) or "" for name, path in _list_template_files(folder)}
    return texts | own, frozenset(name for name, text in own.items() if texts.get(name) != text)


def _list_template_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """List all files below a folder, each by its path there, but for hidden ones."""
    found = ((path.relative_to(folder), path) for path in sorted(folder.rglob("*")) if not path.is_dir())
    return ((inside.as_posix(), path) for inside, path in found if not any(part[0] == "." for part in inside.parts))


def _read_pages(root: Path, site: str, faults: list[Fault]) -> Iterator[OwnPage]:
    """Read the pages of the publication's own, that about it first."""
    for path in sorted((root / "pages").glob("*.md"), key=lambda path: (path.stem != "about", path.name)):
        from dispatch import html
        from dispatch.readers.own_page import read_own_page  # the parser of Markdown costs too

        if (text := _read_text(path, root, faults)) is None:
            continue
        try:
            page = read_own_page(text, path.name, site)
        except DispatchError as error:
            faults.extend(error.faults)
            continue
        shown = (one.removeprefix(f"{site}/") for one in html.find_image_addresses(page.content))
        for name in (unquote(one) for one in shown if not links.is_absolute(one)):
            if not files.is_there(root / name, within=root):
                what, place = f"there is no file “{name}” beside dispatch.toml", Place(file=f"pages/{path.name}")
                faults.append(Fault(place=place, what=what))
        yield page


def _read_text(path: Path, within: Path, faults: list[Fault]) -> str | None:
    """Read a file's text; None after a fault."""
    try:
        text = files.read_text(path, within=within, error=ConfigError, most=_MOST_BYTES).removeprefix("\ufeff")
        refuse_merge_leftover(text, file=files.format_path(path, within), error=ConfigError, is_prose=True)
    except ConfigError as error:
        faults.extend(error.faults)
        return None
    return text


def _parse_table(text: str, file: str, faults: list[Fault]) -> dict[str, object] | None:
    """Parse a TOML file into its keys; None after a fault."""
    try:
        return parse_toml(text, file=file, error=ConfigError)
    except ConfigError as error:
        faults.extend(error.faults)
        return None
