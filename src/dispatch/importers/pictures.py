"""Find the picture of an export that an address in a post means, and name it beside the article."""

import hashlib
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from dispatch import html, links
from dispatch.errors import GatherError
from dispatch.importers.posts import Export
from dispatch.slugs import find_unused, make_slug

MOST_PICTURES = 500  # in one post
MOST_TOGETHER = 256 << 20  # bytes, of all of them
MOST_PARTS = 8  # of a path, from its end, that are compared
_LONGEST_STEM = 60  # of a file's name

# How the bytes of pictures begin that browsers show, and the endings of their files; what an export calls them is often
# wrong. SVG is left out, for it can hold a program.
_KINDS = (
    (re.compile(rb"\xff\xd8\xff"), ("jpg", "jpeg")),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), ("png",)),
    (re.compile(rb"GIF8[79]a"), ("gif",)),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), ("webp",)),
    (re.compile(rb"\0\0\0.ftyp(?:.{4}){0,12}avi[fs]", re.DOTALL), ("avif",)),
)
_SUFFIX = re.compile(r"\.([A-Za-z0-9]{2,5})$")
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?|heic)$", re.IGNORECASE)
# What Pelican, Jekyll and Ghost write for the root of the site.
_ROOTS = re.compile(
    r"^(?:__GHOST_URL__/?|(?:\{(?:static|attach|filename)\}|\|filename\||\{\{\s*site\.(?:baseurl|url)\s*\}\})+)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPlace:
    """Where a post stands: what its relative addresses may mean."""

    export: Export
    file: str = ""
    site: str = ""  # the address of the old site, with a slash at its end; empty when nobody knows
    known: Mapping[str, str]  # the pictures of the export by every end of their names, empty where two end so


def place_posts(export: Export, site: str) -> PostPlace:
    """Make the place of an export's posts; each gets its own ``file``. A site that is no web address counts as none."""
    known: dict[str, str] = {}
    for name in export.names:
        if _PICTURE.search(name):
            known[f"/{name}"] = name
            parts = name.split("/")
            for start in range(max(0, len(parts) - MOST_PARTS), len(parts)):
                end = "/".join(parts[start:])
                known[end] = "" if end in known else name
    is_known = links.is_web_address(site) and links.parse_host(site)
    return PostPlace(export=export, site=f"{site.rstrip('/')}/" if is_known else "", known=known)


class PostPictures:
    """The addresses in one post while it is read, and the pictures that are copied for them."""

    def __init__(self, place: PostPlace, content: str) -> None:
        self._place = place
        self._ids = html.find_ids(content)
        self._room = MOST_TOGETHER
        self.files: dict[str, bytes] = {}
        self.changed: dict[str, str] = {}
        # Dictionaries for their order; of each only the keys count.
        self.lost: dict[str, None] = {}
        self.within: dict[str, None] = {}
        self.relative: dict[str, None] = {}
        self.notes: dict[str, None] = {}

    def place_address(self, address: str) -> str:
        """Return the address as it is to stand: a copied picture's name, a resolved one, the same, or none."""
        if address.startswith("#"):
            if address[1:] in self._ids:
                return address
            self.within[address] = None
            self.changed[address] = ""
        if address not in self.changed:
            new = self._resolve_address(address)
            if new != address:
                self.changed[address] = new
            if not links.is_absolute(new) and new not in self.files:
                (self.lost if _PICTURE.search(self._find_path(address) or "") else self.relative)[new] = None
        return self.changed.get(address, address)

    def _resolve_address(self, address: str) -> str:
        path, bare = self._find_path(address), _ROOTS.sub("", address)
        if path is None or not path.strip("/"):
            return address
        if _PICTURE.search(path) and (name := self._copy_picture(path)):
            return name
        if self._place.site and not links.is_absolute(address):
            return links.resolve_address(self._place.site, bare)
        return address if bare == address else "/" + bare.lstrip("/")

    def place_picture(self, address: str) -> str:
        """Place the address of a picture; empty when it is neither on the web nor in the export."""
        placed = self.place_address(address) if address else ""
        return placed if links.is_picture_address(placed) or placed in self.files else ""

    def _find_path(self, address: str) -> str | None:
        """Return what an address is within the old site; None when it is elsewhere."""
        bare = _ROOTS.sub("", address)
        if links.is_absolute(bare):
            if not self._place.site or links.parse_host(bare) != links.parse_host(self._place.site):
                return None
            bare = re.sub(r"^[a-z]+://[^/?#]*", "", bare, flags=re.IGNORECASE)
        elif bare.startswith("//"):
            return None
        return unquote(re.split("[?#]", bare, maxsplit=1)[0])

    def _copy_picture(self, path: str) -> str:
        """Copy the picture at a path and return its name beside the article; empty when the export lacks it."""
        member = self._find_member(path)
        if not member or len(self.files) >= MOST_PICTURES:
            return ""
        suffix = _SUFFIX.search(member)
        try:
            body = self._place.export.read(member)
        except GatherError as error:
            self.notes[f"the picture {member} cannot be read: {error.what}"] = None
            return ""
        endings = next((endings for beginning, endings in _KINDS if beginning.match(body)), ())
        if not endings or len(body) > self._room:
            self.notes[f"{member} is no picture that can be shown, or too large"] = None
            return ""
        kind = suffix[1].lower() if suffix and suffix[1].lower() in endings else endings[0]
        stem = make_slug(posixpath.basename(member).rpartition(".")[0], _LONGEST_STEM) or "picture"
        stem += f"-{hashlib.sha256(body).hexdigest()[:8]}" if self._place.export.is_shared else ""
        others = {name for name, other in self.files.items() if other != body}
        name = find_unused(stem, (name.removesuffix(f".{kind}") for name in others if name.endswith(f".{kind}")))
        name = f"{name}.{kind}"
        if name not in self.files:
            self.files[name] = body
            self._room -= len(body)
        return name

    def _find_member(self, path: str) -> str:
        """Find the file that a path means: beside the post, from the top, or the only one whose path ends so."""
        beside = posixpath.join(posixpath.dirname(self._place.file), path)
        for one in [path.lstrip("/")] if path.startswith("/") else [beside, path]:
            if name := self._place.known.get(f"/{posixpath.normpath(one)}"):
                return name
        parts = [part for part in path.split("/") if part not in ("", ".", "..")][-MOST_PARTS:]
        # An address may begin with folders that the export does not have: wp-content/uploads/2024/05/x.jpg.
        ends = ("/".join(parts[start:]) for start in range(max(1, len(parts) - 1)))
        return next((self._place.known[end] for end in ends if self._place.known.get(end)), "")
