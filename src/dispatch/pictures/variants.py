"""Encode an original in several widths and forms. Pure: the same bytes in, the same bytes out."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Annotated, Final

from PIL import ExifTags, Image, ImageCms

from dispatch.pictures import original
from dispatch.pictures.original import FAULTS, is_moving, open_picture

MOST_HIGH: Final = 16_383  # pixels, says WebP
THUMB: Final = 3 / 2  # of the crop that stands in a list, how much wider than high it is

# Whoever changes how variants are made changes this: what has a name never changes.
_SETTINGS = b"1 webp 80 jpeg 82 srgb"
_WEBP, _JPEG, _PNG, _GIF = "image/webp", "image/jpeg", "image/png", "image/gif"
_ENDINGS = {_WEBP: ".webp", _JPEG: ".jpg", _PNG: ".png", _GIF: ".gif"}
# How a picture is turned to stand upright (EXIF 2.32, tag Orientation).
_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedVariant:
    """One form of a picture."""

    name: Annotated[str, "its file's name, which is of its original's content"]
    media_type: str
    width: Annotated[int, "pixels"]
    height: Annotated[int, "pixels"]


def plan_variants(body: bytes, widths: tuple[int, ...], *, crop: bool = False) -> tuple[PlannedVariant, ...]:
    """Plan the variants of an original, the smallest first, WebP before the form that every browser knows.

    Never wider than the original. Nothing is decoded. crop: to ``THUMB``; none for a moving one. Raises GatherError
    when it is no picture, or too large a one.
    """
    with open_picture(body) as image:
        width, height = image.size
        if _read_orientation(image) in {5, 6, 7, 8}:
            width, height = height, width
        digest = hashlib.sha256(_SETTINGS + body).hexdigest()[:16]
        if is_moving(image) and crop:
            return ()
        if is_moving(image):
            return (PlannedVariant(name=f"{digest}-{width}.gif", media_type=_GIF, width=width, height=height),)
        if crop:
            width, height = _find_crop(width, height)
        most = max(min(width, max(widths), width * MOST_HIGH // height), 1)
        wanted = [*(one for one in sorted(set(widths)) if one < most), most]
        sizes = [(one, max(1, min(MOST_HIGH, round(height * one / width)))) for one in wanted]
        return tuple(
            PlannedVariant(
                name=f"{digest}-{wide}{'c' * crop}{_ENDINGS[kind]}", media_type=kind, width=wide, height=high
            )
            for kind in (_WEBP, _choose_fallback_type(image))
            for wide, high in sizes
        )


@lru_cache(maxsize=1)
def encode_variants(body: bytes, widths: tuple[int, ...], *, crop: bool = False) -> Mapping[str, bytes]:
    """Encode the variants, by their names. The last picture's are cached, because they are requested one by one.

    Without what the original says of itself, but for its credit; in sRGB, upright. Raises GatherError.
    """
    planned = plan_variants(body, widths, crop=crop)
    if not planned:
        return {}
    if planned[0].media_type == _GIF:
        return {planned[0].name: body}
    sizes = sorted({(one.width, one.height) for one in planned}, reverse=True)
    made: dict[str, bytes] = {}
    with open_picture(body) as image:
        credit = original.build_credit_exif(image)
        # Palettes and few colours are drawings: there a lossless picture is often the smaller one, too.
        is_drawing = image.format in {"PNG", "GIF"}
        picture = _make_cropped(image, sizes[0]) if crop else _make_upright(image, sizes[0])
        for size in sizes:
            picture = picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)
            for one in planned:
                if (one.width, one.height) == size:
                    made[one.name] = _save_variant(picture, one.media_type, credit, is_drawing=is_drawing)
    return {one.name: made[one.name] for one in planned}


def _read_orientation(image: Image.Image) -> int:
    value = original.read_exif(image).get(ExifTags.Base.Orientation, 1)
    return value if isinstance(value, int) else 1


def _choose_fallback_type(image: Image.Image) -> str:
    return _PNG if image.format in {"PNG", "GIF"} or image.has_transparency_data else _JPEG


def _find_crop(width: int, height: int) -> tuple[int, int]:
    """Return the size of the largest part that is ``THUMB`` times as wide as high."""
    return min(width, max(1, round(height * THUMB))), min(height, max(1, round(width / THUMB)))


def _make_cropped(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Turn the picture upright, and take the middle of it, or of what is high the upper part, where heads are."""
    wide, high = image.size[::-1] if _read_orientation(image) in {5, 6, 7, 8} else image.size
    scale = max(size[0] / wide, size[1] / high)
    whole = _make_upright(image, (max(size[0], round(wide * scale)), max(size[1], round(high * scale))))
    left, top = (whole.width - size[0]) // 2, (whole.height - size[1]) // 3
    return whole.crop((left, top, left + size[0], top + size[1]))


def _make_upright(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Turn the picture upright, in sRGB and at this size."""
    turn = _TURNED.get(_read_orientation(image))
    profile = image.info.get("icc_profile")
    sideways = turn is not None and turn not in {
        Image.Transpose.FLIP_LEFT_RIGHT,
        Image.Transpose.FLIP_TOP_BOTTOM,
        Image.Transpose.ROTATE_180,
    }
    lying = size[::-1] if sideways else size
    image.draft(None, lying)
    small = _convert_to_plain_mode(image)
    small = small if small.size == lying else small.resize(lying, Image.Resampling.LANCZOS, reducing_gap=3.0)
    small = _convert_to_srgb(small, profile if isinstance(profile, bytes) else b"")
    return small.transpose(turn) if turn is not None else small


def _convert_to_plain_mode(image: Image.Image) -> Image.Image:
    """Convert the picture to eight bits a channel without a palette: L, RGB, RGBA or CMYK."""
    if image.mode.startswith("I"):
        # Pillow would cut off what eight bits cannot hold.
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("RGB") if image.mode not in {"L", "RGB", "CMYK"} else image


def _convert_to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert the picture to sRGB. A profile that cannot be read, or is of other colours, is ignored."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colours = image.convert("RGB") if alpha else image
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile)) if profile else None
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(colours, source, target, outputMode="RGB") if source else None
    except (*FAULTS, ImageCms.PyCMSError):
        converted = None
    found = converted or colours.convert("RGB")
    if alpha:
        found.putalpha(alpha)
    return found


def _save_variant(picture: Image.Image, media_type: str, credit: bytes, *, is_drawing: bool) -> bytes:
    def encode_as(name: str, **settings: bool | int) -> bytes:
        file = BytesIO()
        picture.save(file, name, exif=credit, **settings)
        return file.getvalue()

    picture.info.clear()  # what Pillow would write again: comments, profiles, XMP
    match media_type:
        case "image/jpeg":
            return encode_as("JPEG", quality=82, optimize=True, progressive=True)
        case "image/png":
            return encode_as("PNG", optimize=True)
    lossy = encode_as("WEBP", quality=80)
    return min(lossy, encode_as("WEBP", lossless=True), key=len) if is_drawing else lossy
