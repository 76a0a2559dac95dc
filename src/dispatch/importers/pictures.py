"""Which picture of an archive an address in a post means, and under which name it goes beside the article."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from dispatch import links
from dispatch.archives.nouns import Archive
from dispatch.errors import GatherError
from dispatch.slugs import find_unused, make_slug

MOST_PICTURES = 500  # in one post
_LONGEST_STEM = 60  # of a file's name
MOST_TOGETHER = 256 << 20  # bytes, of all of them
MOST_PARTS = 8  # of a path, from its end, that are compared

# How files begin that browsers show as pictures; SVG is left out, for it can hold a program.
_BEGINNINGS = {
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "gif": (b"GIF87a", b"GIF89a"),
    "webp": (b"RIFF",),
    "avif": (b"\x00\x00\x00",),
}
_SUFFIX = re.compile(r"\.([A-Za-z0-9]{2,5})$")
_LIKE_A_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?|heic)$", re.IGNORECASE)
# What Pelican and Jekyll write for the root of the site.
_ROOTS = re.compile(r"^(?:\{(?:static|attach|filename)\}|\|filename\||\{\{\s*site\.(?:baseurl|url)\s*\}\})+")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPlace:
    """Where posts stand: what their relative addresses may mean."""

    archive: Archive
    file: str = ""
    site: str = ""  # the address of the old site, with a slash at its end; empty when nobody knows
    roots: tuple[str, ...] = ()  # what stands for that address in texts, such as __GHOST_URL__
    known: Mapping[str, str]  # the pictures of the archive by every end of their names, empty where two end so


def place_in(archive: Archive, site: str, *roots: str) -> MemberPlace:
    """The place of all posts of an archive; each has its own ``file``. A site that is no address of the web is none."""
    site = f"{site.rstrip('/')}/" if links.is_web(site) and links.host(site) else ""
    known: dict[str, str] = {}
    for name in archive.names:
        if _LIKE_A_PICTURE.search(name):
            known[f"/{name}"] = name
            parts = name.split("/")
            for start in range(max(0, len(parts) - MOST_PARTS), len(parts)):
                end = "/".join(parts[start:])
                known[end] = "" if end in known else name
    return MemberPlace(archive=archive, site=site, roots=roots, known=known)


class Pictures:
    """The pictures of one post while it is read."""

    def __init__(self, place: MemberPlace) -> None:
        self._place = place
        self.files: dict[str, bytes] = {}
        self.changed: dict[str, str] = {}
        # Dictionaries for their order; of each only the keys count.
        self.lost: dict[str, None] = {}
        self.within: dict[str, None] = {}
        self.notes: dict[str, None] = {}
        self._room = MOST_TOGETHER

    def placed(self, address: str) -> str:
        """The address as it is to stand: the name of a copied picture, one that is resolved, the same, or none."""
        if address in self.changed:
            return self.changed[address]
        if address.startswith("#"):  # what it led to has lost its name at the door
            self.within[address] = None
            self.changed[address] = ""
            return ""
        path = self._path(address)
        if path is None or not path.strip("/"):
            return address
        new = self._copied(path) if _LIKE_A_PICTURE.search(path) else ""
        if not new and self._place.site and not links.is_absolute(address):
            new = links.resolve(self._place.site, self._bare(address))
        if not new and self._bare(address) != address:
            new = "/" + self._bare(address).lstrip("/")
        if _LIKE_A_PICTURE.search(path) and not links.is_absolute(new or address) and new not in self.files:
            self.lost[new or address] = None
        if new and new != address:
            self.changed[address] = new
        return new or address

    def _path(self, address: str) -> str | None:
        """What an address is within the old site; None when it is elsewhere."""
        bare = self._bare(address)
        if links.is_absolute(bare):
            if not self._place.site or links.host(bare) != links.host(self._place.site):
                return None
            bare = re.sub(r"^[a-z]+://[^/?#]*", "", bare, flags=re.IGNORECASE)
        elif bare.startswith("//"):
            return None
        return unquote(re.split("[?#]", bare, maxsplit=1)[0])

    def _bare(self, address: str) -> str:
        """The address without what stands for the root of the site."""
        for root in self._place.roots:
            address = address.removeprefix(root)
        return _ROOTS.sub("", address)

    def _copied(self, path: str) -> str:
        """The name beside the article of the picture at a path; empty when the archive does not have it."""
        member = self._member(path)
        if not member or len(self.files) >= MOST_PICTURES:
            return ""
        suffix = _SUFFIX.search(member)
        kind = suffix[1].lower() if suffix else ""
        try:
            body = self._place.archive.read(member)
        except GatherError as error:
            self.notes[f"the picture {member} cannot be read: {error.what}"] = None
            return ""
        if not body.startswith(_BEGINNINGS.get(kind, ())) or len(body) > self._room:
            self.notes[f"{member} is no picture that can be shown, or too large"] = None
            return ""
        stem = make_slug(posixpath.basename(member).rpartition(".")[0], _LONGEST_STEM) or "picture"
        others = {name for name, other in self.files.items() if other != body}
        name = find_unused(stem, (name.removesuffix(f".{kind}") for name in others if name.endswith(f".{kind}")))
        name = f"{name}.{kind}"
        if name not in self.files:
            self.files[name] = body
            self._room -= len(body)
        return name

    def _member(self, path: str) -> str:
        """The file that a path means: beside the post, from the archive's top, or the only one whose path ends so."""
        beside = posixpath.join(posixpath.dirname(self._place.file), path)
        for one in [path.lstrip("/")] if path.startswith("/") else [beside, path]:
            if name := self._place.known.get(f"/{posixpath.normpath(one)}"):
                return name
        parts = [part for part in path.split("/") if part not in ("", ".", "..")][-MOST_PARTS:]
        # An address may begin with folders that the archive does not have: wp-content/uploads/2024/05/x.jpg.
        ends = ("/".join(parts[start:]) for start in range(max(1, len(parts) - 1)))
        return next((self._place.known[end] for end in ends if self._place.known.get(end)), "")
