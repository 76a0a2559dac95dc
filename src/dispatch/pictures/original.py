"""An original: whether it is a picture within the bounds, and whom it credits.

Whatever Pillow makes of bytes that are no sound picture is one error. Creator, credit line and copyright are read in
the three ways in which they are written: EXIF (Artist, Copyright), IPTC-IIM (By-line 2:80, Credit 2:110, Copyright
Notice 2:116) and XMP (dc:creator, dc:rights, photoshop:Credit). Everything else that a picture says, where it was taken
first of all, stays at home.
"""

import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import Final

from PIL import ExifTags, Image, UnidentifiedImageError

from dispatch import html
from dispatch.errors import GatherError
from dispatch.readers import xml

# A JPEG is made small while it is read; of all others every pixel is in memory, of WebP several times.
MOST_PIXELS: Final = {"JPEG": 64_000_000, "MPO": 64_000_000}
MOST_PIXELS_OF_OTHERS: Final = 25_000_000
MOST_FRAMES: Final = 1_000
MOST_MOVING_PIXELS: Final = 250_000_000  # of all frames together
# A progressive JPEG of 15 MiB can hold a hundred thousand scans, each of which takes as long as the whole picture.
MOST_SCANS: Final = 100

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
# The endings of files by what is found in them (those of ``keeping.ENDINGS``). What telephones write is often a JPEG
# with more pictures behind it, which then is an MPO.
ENDINGS: Final = {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif", "AVIF": ".avif"}

# What Pillow and the libraries under it raise on bytes that are wrong.
FAULTS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    Image.DecompressionBombError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)

MOST_CHARACTERS: Final = 200  # of what one of them says
MOST_XMP: Final = 256 * 1024  # bytes

_IPTC = 0x0404  # the number of the IPTC block among those of Photoshop
_BY_LINE, _CREDIT, _COPYRIGHT = 80, 110, 116
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}Credit"


@contextmanager
def open_picture(body: bytes) -> Iterator[Image.Image]:
    """Open a picture, reading no more than its beginning. Raises GatherError, also while it is used."""
    if not body:
        raise GatherError("it is empty")
    if body.count(b"\xff\xda") > MOST_SCANS and body.startswith(b"\xff\xd8"):
        raise GatherError(f"the picture has more than {MOST_SCANS} scans: refused as unsafe")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(body), formats=FORMATS) as image:
                most = MOST_PIXELS.get(image.format or "", MOST_PIXELS_OF_OTHERS)
                if image.width * image.height > most:
                    raise _make_size_error(most)
                yield image
    except UnidentifiedImageError as error:
        raise _make_no_picture_error(body) from error
    except Image.DecompressionBombError as error:
        raise _make_size_error(max(MOST_PIXELS.values())) from error
    except FAULTS as error:
        raise GatherError(f"the picture is damaged: {error or type(error).__name__}") from error


def is_moving(image: Image.Image) -> bool:
    """Whether it is a GIF of several frames; of other moving pictures the first frame is taken."""
    return image.format == "GIF" and bool(getattr(image, "is_animated", False))


def refuse_damage(body: bytes) -> None:
    """Decode the whole picture, every frame of a moving one. Raises GatherError."""
    with open_picture(body) as image:
        if not is_moving(image):
            # A JPEG is read to its end, and made small on the way.
            image.draft(None, (1, 1))
            image.load()
            return
        frame = 0
        while True:
            if frame >= MOST_FRAMES or (frame + 1) * image.width * image.height > MOST_MOVING_PIXELS:
                raise GatherError("the moving picture is too long")
            try:
                image.seek(frame)
            except EOFError:
                return
            image.load()
            frame += 1


def build_credit_exif(image: Image.Image) -> bytes:
    """Build EXIF data with the picture's credit and copyright, and nothing else; empty where nobody is named."""
    said = read_exif(image)
    iptc, (creators, rights) = _read_iptc(image), _read_xmp(image)
    artist = _join_names(
        [_read_exif_text(said, ExifTags.Base.Artist), *creators, *iptc.get(_BY_LINE, []), *iptc.get(_CREDIT, [])]
    )
    owner = _join_names([_read_exif_text(said, ExifTags.Base.Copyright), *rights, *iptc.get(_COPYRIGHT, [])][:2])
    kept = Image.Exif()
    # Bytes, because Pillow writes the letters that ASCII lacks as question marks.
    if artist:
        kept[ExifTags.Base.Artist] = artist.encode()
    if owner:
        kept[ExifTags.Base.Copyright] = owner.encode()
    return kept.tobytes() if artist or owner else b""


def read_exif(image: Image.Image) -> Image.Exif:
    """Read the EXIF data before the picture; empty where it cannot be read."""
    data = image.info.get("exif", b"")
    found = Image.Exif()
    try:
        found.load(data if isinstance(data, bytes) else b"")
        dict(found)  # they are read when they are first asked for
    except FAULTS:
        return Image.Exif()
    return found


def _make_size_error(most: int) -> GatherError:
    return GatherError(f"the picture has more than {most // 1_000_000} million pixels")


def _make_no_picture_error(body: bytes) -> GatherError:
    start = body[:1000].lower()
    if b"<svg" in start:
        return GatherError("it is an SVG, which can hold a script: it is not copied")
    if b"<html" in start or b"<!doctype" in start:
        return GatherError("it is a page, not a picture")
    return GatherError("it is not a picture in JPEG, PNG, WebP, GIF or AVIF")


def _read_exif_text(said: Image.Exif, tag: int) -> str:
    """Read a text of EXIF; Pillow reads it as Latin-1, cameras and programs write UTF-8."""
    value = said.get(tag, "")
    return _decode_text(value.encode("latin-1", "replace")) if isinstance(value, str) else ""


def _read_iptc(image: Image.Image) -> Mapping[int, list[str]]:
    """Read the datasets of record 2 (IPTC-IIM 4.2, section 1.5)."""
    blocks = image.info.get("photoshop")
    data = blocks.get(_IPTC, b"") if isinstance(blocks, dict) else b""
    found: dict[int, list[str]] = {}
    at = 0
    while isinstance(data, bytes) and data[at : at + 1] == b"\x1c" and len(data) >= at + 5:
        size = int.from_bytes(data[at + 3 : at + 5], "big")
        if data[at + 1] == 2:
            found.setdefault(data[at + 2], []).append(_decode_text(data[at + 5 : at + 5 + size]))
        at += 5 + size
    return found


def _read_xmp(image: Image.Image) -> tuple[list[str], list[str]]:
    """Read creators with the credit line, and rights."""
    packet = image.info.get("xmp")
    if not isinstance(packet, bytes) or len(packet) > MOST_XMP:
        return [], []
    text = _decode_text(packet)
    try:
        root = xml.parse_xml(text[max(text.find("<"), 0) : text.rfind(">") + 1])
    except GatherError:
        return [], []

    def find_values(tag: str) -> Iterator[str]:
        for element in root.iter():
            if element.tag == tag:
                items = list(element.iter("rdf:li")) or [element]
                yield from ("".join(item.itertext()) for item in items)
            elif tag in element.attrib:
                yield element.attrib[tag]

    return [*find_values("dc:creator"), *find_values(_PHOTOSHOP)], list(find_values("dc:rights"))[:1]


def _join_names(names: list[str]) -> str:
    """Join the names, each once, as EXIF separates several (EXIF 2.32, tag Artist)."""
    clean = (
        " ".join(html.remove_illegal_characters(name).replace("\0", " ").split())[:MOST_CHARACTERS] for name in names
    )
    return "; ".join(dict.fromkeys(name for name in clean if name))


def _decode_text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")
