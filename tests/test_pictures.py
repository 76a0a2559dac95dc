"""Copies of pictures: what is served is encoded anew, credited, bounded, and the same each time."""

import hashlib
import io
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageOps
from PIL.PngImagePlugin import PngInfo

import nouns
from dispatch.errors import GatherError
from dispatch.pictures import draw_icons, original, variants
from dispatch.pictures.album import PORTRAIT, WIDTHS
from drawings import (
    ARTIST,
    COPYRIGHT,
    XMP,
    bomb,
    drawn,
    large_canvas,
    many_scans,
    moving,
    photograph,
    png,
    saved,
    wide_gamut,
    with_iptc,
)
from patience import processor_seconds
from thorough import scale


def made(body: bytes, widths: tuple[int, ...] = WIDTHS) -> dict[str, Image.Image]:
    """The variants, read back, by the end of their names."""
    planned = variants.plan_variants(body, widths)
    original.refuse_damage(body)
    files = variants.encode_variants(body, widths)
    assert list(files) == [one.name for one in planned]
    pictures: dict[str, Image.Image] = {
        name.partition("-")[2]: Image.open(io.BytesIO(data)) for name, data in files.items()
    }
    assert [picture.size for picture in pictures.values()] == [(one.width, one.height) for one in planned]
    return pictures


@pytest.mark.parametrize(
    ("size", "wanted"),
    [((2000, 1000), [(240, 160), (720, 480)]), ((300, 300), [(240, 160), (300, 200)]), ((30, 900), [(30, 20)])],
)
def test_a_crop_is_half_as_wide_again_as_high_and_nothing_in_it_is_squeezed(
    size: tuple[int, int], wanted: list[tuple[int, int]]
) -> None:
    body = saved(drawn(*size), "JPEG", quality=95)
    planned = variants.plan_variants(body, (240, 720), crop=True)
    assert [(one.width, one.height) for one in planned] == wanted * 2
    for one, data in zip(planned, variants.encode_variants(body, (240, 720), crop=True).values(), strict=True):
        picture = Image.open(io.BytesIO(data))
        assert picture.size == (one.width, one.height)
        # The middle of what is wide: red is on the left as much as before.
        red = picture.convert("RGB").getpixel((one.width // 4, 1))
        assert close(red, (220, 20, 20), 40), red


def test_the_crop_of_a_photograph_stands_upright_and_what_moves_has_none() -> None:
    body = photograph(orientation=6)
    planned = variants.plan_variants(body, (240,), crop=True)
    assert [(one.width, one.height) for one in planned] == [(240, 160)] * 2
    assert len(variants.encode_variants(body, (240,), crop=True)) == 2
    assert variants.plan_variants(moving(), (240,), crop=True) == ()
    assert variants.encode_variants(moving(), (240,), crop=True) == {}


def close(colour: object, other: object, by: int = 12) -> bool:
    assert isinstance(colour, tuple)
    assert isinstance(other, tuple)
    return all(abs(one - two) <= by for one, two in zip(colour, other, strict=True))


def test_a_photograph_has_its_widths_in_two_forms_and_never_more_than_it_has() -> None:
    assert list(made(saved(drawn(2000, 1000), "JPEG"))) == [
        "480.webp",
        "960.webp",
        "1320.webp",
        "480.jpg",
        "960.jpg",
        "1320.jpg",
    ]
    assert list(made(saved(drawn(500, 300), "JPEG"))) == ["480.webp", "500.webp", "480.jpg", "500.jpg"]
    assert list(made(saved(drawn(10, 10), "JPEG"))) == ["10.webp", "10.jpg"]
    assert list(made(saved(drawn(), "JPEG"), PORTRAIT)) == ["96.webp", "192.webp", "96.jpg", "192.jpg"]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_upright(orientation: int) -> None:
    body = photograph(orientation=orientation)
    [*_, picture] = made(body).values()
    with Image.open(io.BytesIO(body)) as original:
        upright = original.copy()
    turned = ExifTags.Base.Orientation
    upright.getexif()[turned] = orientation
    wanted = ImageOps.exif_transpose(upright)
    assert picture.size == wanted.size
    for place in ((5, 5), (picture.width - 5, 5), (5, picture.height - 50), (picture.width - 5, picture.height - 50)):
        assert close(picture.getpixel(place), wanted.getpixel(place), 30), place
    assert turned not in picture.getexif()


def test_the_credit_is_kept_and_the_place_where_it_was_taken_is_not() -> None:
    for name, picture in made(photograph()).items():
        exif = picture.getexif()
        assert set(exif) == {ARTIST, COPYRIGHT}, name
        assert exif[ARTIST].encode("latin-1").decode() == "Zoë Ångström"
        assert exif[COPYRIGHT].encode("latin-1").decode() == "© The Margin"
        assert not exif.get_ifd(ExifTags.IFD.GPSInfo)
    for data in variants.encode_variants(photograph(), WIDTHS).values():
        assert not [word for word in (b"Spycam", b"taken at home", b"GPS") if word in data]


def test_a_credit_is_found_in_every_place_where_one_is_written() -> None:
    plain = saved(drawn(), "JPEG")
    body = with_iptc(plain, (80, b"Ada Quill"), (110, "Agentur Mühle".encode()), (116, b"(c) 2026 Quire"))
    exif = made(body)["640.jpg"].getexif()
    assert exif[ARTIST].encode("latin-1").decode() == "Ada Quill; Agentur Mühle"
    assert exif[COPYRIGHT] == "(c) 2026 Quire"
    for form in ("JPEG", "PNG", "WEBP"):
        settings = {"pnginfo": _xmp_chunk()} if form == "PNG" else {"xmp": XMP.encode()}
        exif = made(saved(drawn(), form, **settings))["640.webp"].getexif()
        assert exif[ARTIST] == "Ada Quill; Ben Nib; Quire Photos", form
        assert exif[COPYRIGHT] == "CC BY 4.0"
    assert not made(plain)["640.jpg"].getexif()


def _xmp_chunk():
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP)
    return info


def test_a_credit_that_is_no_text_is_bounded_and_without_controls() -> None:
    exif = made(photograph(artist="Ada\x1b[31m\r\nQuill " + "x" * 5000))["640.jpg"].getexif()
    assert exif[ARTIST].startswith("Ada[31m Quill xxx")
    assert len(exif[ARTIST]) == 200


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_every_form_is_read(form: str) -> None:
    picture = made(saved(drawn(), form))["640.webp"]
    assert close(picture.convert("RGB").getpixel((50, 50)), (220, 20, 20), 25)


@pytest.mark.parametrize("mode", ["CMYK", "L", "RGB"])
def test_every_kind_of_colour_becomes_what_a_screen_shows(mode: str) -> None:
    picture = made(saved(drawn(mode=mode), "JPEG"))["640.jpg"]
    assert picture.mode == "RGB"
    assert close(picture.getpixel((50, 50)), drawn(mode=mode).convert("RGB").getpixel((50, 50)), 15)


def test_sixteen_bits_are_made_eight_and_not_cut() -> None:
    rows = b"".join(b"\0" + b"".join((x * 257).to_bytes(2, "big") for x in range(256)) for _ in range(40))
    picture = made(png(256, 40, rows, depth=16, colours=0))["256.png"].convert("L")
    assert [picture.getpixel((x, 20)) for x in (0, 64, 128, 255)] == [0, 64, 128, 255]
    rows = b"".join(b"\0" + b"".join((x * 257).to_bytes(2, "big") * 3 for x in range(256)) for _ in range(40))
    assert made(png(256, 40, rows, depth=16))["256.png"].convert("L").getpixel((128, 20)) == 128


def test_what_is_transparent_stays_so() -> None:
    palette = drawn().quantize(8)
    palette.info["transparency"] = palette.getpixel((50, 50))
    for name, picture in made(saved(palette, "PNG", transparency=palette.getpixel((50, 50)))).items():
        assert picture.convert("RGBA").getpixel((50, 50))[3] == 0, name
        assert picture.convert("RGBA").getpixel((400, 50))[3] == 255, name
    soft = drawn(mode="RGBA")
    soft.putalpha(Image.linear_gradient("L").resize(soft.size))
    for form in ("PNG", "WEBP", "AVIF"):
        found = made(saved(soft, form))
        assert list(found) == ["480.webp", "640.webp", "480.png", "640.png"]
        assert abs(found["640.png"].getpixel((5, 200))[3] - 128) < 12


def test_colours_are_those_that_the_profile_means() -> None:
    body, meant = wide_gamut()
    for name, picture in made(body).items():
        assert close(picture.convert("RGB").getpixel((30, 30)), meant, 6), name
        assert "icc_profile" not in picture.info
    broken = saved(drawn(), "PNG", icc_profile=b"no profile" * 20)
    assert close(made(broken)["640.png"].getpixel((50, 50)), (220, 20, 20))


def test_a_moving_picture_stays_as_it_is() -> None:
    body = moving()
    assert list(variants.encode_variants(body, WIDTHS).values()) == [body]
    assert list(made(body)) == ["60.gif"]


def test_a_photograph_with_another_behind_it_is_a_photograph() -> None:
    body = saved(drawn(2000, 1200), "MPO", save_all=True, append_images=[drawn(200, 120, "L")])
    found = made(body)
    assert list(found) == ["480.webp", "960.webp", "1320.webp", "480.jpg", "960.jpg", "1320.jpg"]
    assert {picture.format for picture in found.values()} == {"WEBP", "JPEG"}
    with original.open_picture(body) as image:
        assert original.ENDINGS[image.format] == ".jpg"


def test_one_pixel_and_one_line_are_pictures() -> None:
    assert list(made(saved(drawn(1, 1), "PNG"))) == ["1.webp", "1.png"]
    assert made(saved(drawn(3, 20_000), "PNG"))["2.webp"].height == 13_333
    assert made(saved(drawn(1, 20_000), "PNG"))["1.webp"].height == 16_383
    assert made(saved(drawn(20_000, 1), "PNG"))["1320.webp"].height == 1


def test_twice_gives_the_same_bytes_and_another_original_another_name() -> None:
    first = dict(variants.encode_variants(photograph(), WIDTHS))
    variants.encode_variants.cache_clear()
    assert variants.encode_variants(photograph(), WIDTHS) == first
    script = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from drawings import photograph
from dispatch.pictures import variants
print(hashlib.sha256(b"".join(variants.encode_variants(photograph(), (480, 960, 1320)).values())).hexdigest())
"""
    here = str(Path(__file__).parent)
    ran = subprocess.run([sys.executable, "-c", script, here], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == hashlib.sha256(b"".join(first.values())).hexdigest()
    assert not set(variants.encode_variants(photograph(artist="Somebody else"), WIDTHS)) & set(first)


WRONG = {
    "nothing": (b"", "empty"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
    "page": (b"<!doctype html><title>404</title>", "a page"),
    "words": (b"not found", "not a picture"),
    "tiff": (saved(drawn(), "TIFF"), "not a picture"),
    "bmp": (saved(drawn(), "BMP"), "not a picture"),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
    "cut jpeg": (photograph()[:-4000], "damaged"),
    "cut png": (saved(drawn(), "PNG")[:-200], "damaged"),
    "cut webp": (saved(drawn(), "WEBP")[:-200], "damaged"),
    "cut avif": (saved(drawn(), "AVIF")[:-200], "damaged"),
    "cut gif": (moving()[:-30], "damaged"),
    "bomb": (bomb(), "million pixels"),
    "just too large": (png(10_000, 2_501, b""), "25 million pixels"),
    "just too large a photograph": (saved(Image.new("L", (10_000, 6_401)), "JPEG"), "64 million pixels"),
    "scans": (many_scans(), "scans"),
    "long": (moving(1_200, (8, 8)), "too long"),
    "long and large": (large_canvas(), "too long"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_sound_picture_is_refused_with_its_reason_and_soon(name: str) -> None:
    body, reason = WRONG[name]
    with processor_seconds(30), pytest.raises(GatherError, match=reason):
        made(body)


SOUND = [
    photograph(),
    saved(drawn(60, 40), "PNG"),
    saved(drawn(60, 40), "WEBP"),
    moving(),
    saved(drawn(60, 40), "AVIF"),
]
SOUND += [saved(drawn(60, 40).quantize(4), "PNG"), with_iptc(saved(drawn(60, 40), "JPEG"), (80, b"Ada"))]


@settings(max_examples=scale(150))
@given(body=st.binary(max_size=300))
@example(body=b"\xff\xd8\xff")
@example(body=b"GIF89a" + b"\xff" * 40)
def test_bytes_never_break_it(body) -> None:
    look(body)


@settings(max_examples=scale(200))
@given(
    body=st.sampled_from(SOUND),
    changes=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=4)), min_size=1, max_size=6),
    keep=st.just(1.0) | st.floats(0.2, 1),
)
def test_damage_never_breaks_it(body, changes, keep) -> None:
    damaged = bytearray(body)
    for where, new in changes:
        # Half of the damage is done to the beginning, where pictures say what they are.
        at = int(where * 2 * min(len(damaged), 400)) if where < 0.5 else int((where - 0.5) * 2 * len(damaged))
        damaged[at : at + len(new)] = new
    look(bytes(damaged[: int(len(damaged) * keep) + 1]))


def look(body: bytes) -> None:
    with processor_seconds(60), suppress(GatherError):
        variants.plan_variants(body, WIDTHS)
        original.refuse_damage(body)
        variants.encode_variants(body, WIDTHS)


def test_commands_that_show_no_pictures_do_not_load_what_reads_them() -> None:
    program = "import sys; import dispatch.gather, dispatch.pictures, dispatch.cli; print('PIL' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


@pytest.mark.parametrize("title", ["The Wire", "Über", "النشرة", "中文", "£", " "])
def test_every_publication_has_an_icon_in_its_colours(title: str) -> None:
    made = draw_icons(nouns.publication(title=title))
    with Image.open(io.BytesIO(made["icon.png"])) as icon:
        seen = {colour for _, colour in icon.convert("RGB").getcolors(1 << 16) or ()}
        assert icon.size == (512, 512)
    assert {(0xFF, 0xFD, 0xF9), (0xA3, 0x27, 0x1B), (0x1B, 0x1A, 0x18)} <= seen
    with Image.open(io.BytesIO(made["favicon.ico"])) as icon:
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    assert draw_icons(nouns.publication(title=title)) == made
