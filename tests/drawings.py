"""Pictures that the tests draw, and what is wrong with those that nobody should be shown."""

import io
import struct
import zlib

from PIL import ExifTags, Image, ImageCms, ImageDraw

ARTIST, COPYRIGHT = ExifTags.Base.Artist, ExifTags.Base.Copyright


def drawn(width: int = 640, height: int = 400, mode: str = "RGB") -> Image.Image:
    """Red at the top left, blue elsewhere, with a line across: it has an up and a down, a left and a right."""
    picture = Image.new("RGB", (width, height), (20, 40, 200))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, max(0, width // 2 - 1), max(0, height // 2 - 1)), fill=(220, 20, 20))
    pen.line((0, height, width, 0), fill=(240, 240, 240), width=max(1, width // 50))
    return picture if mode == "RGB" else picture.convert(mode)


def saved(picture: Image.Image, name: str, **settings: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, name, **settings)
    return file.getvalue()


def photograph(*, artist: str = "Zoë Ångström", orientation: int = 1, **settings: object) -> bytes:
    """A JPEG as a telephone makes it: turned, with the place where it was taken."""
    exif = Image.Exif()
    exif[ARTIST] = artist.encode()
    exif[COPYRIGHT] = "© The Margin".encode()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Spycam"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef] = "N"
    place[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    return saved(drawn(), "JPEG", exif=exif.tobytes(), quality=95, comment="taken at home", **settings)


def moving(frames: int = 3, size: tuple[int, int] = (60, 40)) -> bytes:
    pictures = [Image.new("RGB", size, (number % 250, 250 - number % 250, 0)) for number in range(frames)]
    return saved(pictures[0], "GIF", save_all=True, append_images=pictures[1:], duration=100, loop=0, optimize=False)


def large_canvas() -> bytes:
    """A GIF of small frames, each of which makes a large picture."""
    body = moving(12, (8, 8))
    return body[:6] + struct.pack("<HH", 5_000, 5_000) + body[10:]


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, data: bytes, *, depth: int = 8, colours: int = 2) -> bytes:
    """A PNG by hand; ``data`` is what is compressed in it."""
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    packed = chunk(b"IDAT", zlib.compress(data, 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + packed + chunk(b"IEND", b"")


def bomb() -> bytes:
    """A PNG of few bytes that would take gigabytes."""
    return png(30_000, 30_000, b"\0" * 1_000_000)


def many_scans(count: int = 5_000) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    body = saved(drawn(2000, 2000), "JPEG", progressive=True)
    last = body.rindex(b"\xff\xda")
    return body[:-2] + body[last:-2] * count + b"\xff\xd9"


def with_iptc(body: bytes, *datasets: tuple[int, bytes]) -> bytes:
    """A JPEG with an IPTC block in front."""
    data = b"\x1c\x01\x5a\x00\x03\x1b%G"
    data += b"".join(b"\x1c\x02" + bytes([number]) + struct.pack(">H", len(text)) + text for number, text in datasets)
    block = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(data)) + data + b"\0" * (len(data) % 2)
    segment = b"Photoshop 3.0\0" + block
    return body[:2] + b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment + body[2:]


XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" photoshop:Credit="Quire Photos" exif:GPSLatitude="52,31.2N">
<dc:creator><rdf:Seq><rdf:li>Ada Quill</rdf:li><rdf:li>Ben Nib</rdf:li></rdf:Seq></dc:creator>
<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">CC BY 4.0</rdf:li></rdf:Alt></dc:rights>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def wide_gamut() -> tuple[bytes, tuple[int, int, int]]:
    """A JPEG in a space whose red is greener than sRGB's, and the colour that it means."""
    picture = Image.new("RGB", (64, 64), (200, 100, 50))
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # The same profile with the tags of red and green exchanged is a space of its own.
    swapped = lab.replace(b"rXYZ", b"#XYZ").replace(b"gXYZ", b"rXYZ").replace(b"#XYZ", b"gXYZ")
    return saved(picture, "PNG", icc_profile=swapped), (100, 200, 50)
