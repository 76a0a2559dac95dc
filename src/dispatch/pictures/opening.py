"""The door for pictures: what is one, and within which bounds. Whatever Pillow makes of the rest is one error."""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Final

from PIL import Image, UnidentifiedImageError

from dispatch.errors import GatherError

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


@contextmanager
def opened(body: bytes) -> Iterator[Image.Image]:
    """The picture, of which nothing but the beginning has been read. Raises GatherError, also while it is used."""
    if not body:
        raise GatherError("it is empty")
    if body.count(b"\xff\xda") > MOST_SCANS and body.startswith(b"\xff\xd8"):
        raise GatherError(f"the picture has more than {MOST_SCANS} scans: no honest one has")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(body), formats=FORMATS) as image:
                most = MOST_PIXELS.get(image.format or "", MOST_PIXELS_OF_OTHERS)
                if image.width * image.height > most:
                    raise _too_large(most)
                yield image
    except UnidentifiedImageError as error:
        raise _no_picture(body) from error
    except Image.DecompressionBombError as error:
        raise _too_large(max(MOST_PIXELS.values())) from error
    except FAULTS as error:
        raise GatherError(f"the picture is damaged: {error or type(error).__name__}") from error


def is_moving(image: Image.Image) -> bool:
    """Whether it is a GIF of several frames; of other moving pictures the first frame is taken."""
    return image.format == "GIF" and bool(getattr(image, "is_animated", False))


def refuse_damage(body: bytes) -> None:
    """Decodes the whole picture, every frame of a moving one. Raises GatherError."""
    with opened(body) as image:
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


def _too_large(most: int) -> GatherError:
    return GatherError(f"the picture has more than {most // 1_000_000} million pixels")


def _no_picture(body: bytes) -> GatherError:
    start = body[:1000].lower()
    if b"<svg" in start:
        return GatherError("it is an SVG, which can hold a script: it is not copied")
    if b"<html" in start or b"<!doctype" in start:
        return GatherError("it is a page, not a picture")
    return GatherError("it is no picture in JPEG, PNG, WebP, GIF or AVIF")
