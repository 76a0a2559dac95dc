"""Whom a picture credits: its creator, its credit line and its copyright, in the three ways in which that is written.

EXIF (Artist, Copyright), IPTC-IIM (By-line 2:80, Credit 2:110, Copyright Notice 2:116) and XMP (dc:creator, dc:rights,
photoshop:Credit). Everything else that a picture says, where it was taken first of all, stays at home.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from PIL import ExifTags, Image

from dispatch import html
from dispatch.errors import GatherError
from dispatch.pictures.opening import FAULTS
from dispatch.readers import xml

MOST_CHARACTERS: Final = 200  # of what one of them says
MOST_XMP: Final = 256 * 1024  # bytes

_IPTC = 0x0404  # the number of the IPTC block among those of Photoshop
_BY_LINE, _CREDIT, _COPYRIGHT = 80, 110, 116
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}Credit"


def exif(image: Image.Image) -> bytes:
    """EXIF data that says who made the picture and whose it is, and nothing else; empty where nobody is named."""
    said = written(image)
    iptc, (creators, rights) = _iptc(image), _xmp(image)
    artist = _once([_read(said, ExifTags.Base.Artist), *creators, *iptc.get(_BY_LINE, []), *iptc.get(_CREDIT, [])])
    owner = _once([_read(said, ExifTags.Base.Copyright), *rights, *iptc.get(_COPYRIGHT, [])][:2])
    kept = Image.Exif()
    # Bytes, because Pillow writes the letters that ASCII lacks as question marks.
    if artist:
        kept[ExifTags.Base.Artist] = artist.encode()
    if owner:
        kept[ExifTags.Base.Copyright] = owner.encode()
    return kept.tobytes() if artist or owner else b""


def written(image: Image.Image) -> Image.Exif:
    """The EXIF data that stands before the picture; empty where it cannot be read."""
    data = image.info.get("exif", b"")
    found = Image.Exif()
    try:
        found.load(data if isinstance(data, bytes) else b"")
        dict(found)  # they are read when they are first asked for
    except FAULTS:
        return Image.Exif()
    return found


def _read(said: Image.Exif, tag: int) -> str:
    """A text of EXIF; Pillow reads it as Latin-1, cameras and programs write UTF-8."""
    value = said.get(tag, "")
    return _decoded(value.encode("latin-1", "replace")) if isinstance(value, str) else ""


def _iptc(image: Image.Image) -> Mapping[int, list[str]]:
    """What stands in the datasets of record 2 (IPTC-IIM 4.2, section 1.5)."""
    blocks = image.info.get("photoshop")
    data = blocks.get(_IPTC, b"") if isinstance(blocks, dict) else b""
    found: dict[int, list[str]] = {}
    at = 0
    while isinstance(data, bytes) and data[at : at + 1] == b"\x1c" and len(data) >= at + 5:
        size = int.from_bytes(data[at + 3 : at + 5], "big")
        if data[at + 1] == 2:
            found.setdefault(data[at + 2], []).append(_decoded(data[at + 5 : at + 5 + size]))
        at += 5 + size
    return found


def _xmp(image: Image.Image) -> tuple[list[str], list[str]]:
    """Creators with the credit line, and rights."""
    packet = image.info.get("xmp")
    if not isinstance(packet, bytes) or len(packet) > MOST_XMP:
        return [], []
    text = _decoded(packet)
    try:
        root = xml.parse(text[max(text.find("<"), 0) : text.rfind(">") + 1])
    except GatherError:
        return [], []

    def values(tag: str) -> Iterator[str]:
        for element in root.iter():
            if element.tag == tag:
                items = list(element.iter("rdf:li")) or [element]
                yield from ("".join(item.itertext()) for item in items)
            elif tag in element.attrib:
                yield element.attrib[tag]

    return [*values("dc:creator"), *values(_PHOTOSHOP)], list(values("dc:rights"))[:1]


def _once(names: list[str]) -> str:
    """Each name once, as EXIF separates several (EXIF 2.32, tag Artist)."""
    clean = (" ".join(html.clean(name).replace("\0", " ").split())[:MOST_CHARACTERS] for name in names)
    return "; ".join(dict.fromkeys(name for name in clean if name))


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")
