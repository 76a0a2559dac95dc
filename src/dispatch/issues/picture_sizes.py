"""Read how wide and high a picture is from its first bytes: PNG, GIF, WebP and JPEG. Pure."""

import struct

# Bytes: before its size, a JPEG may tell of the camera, the place and the colours, each in at most 64 KiB.
MOST = 262_144
_ORIENTATION = 0x0112  # the tag of EXIF 2.32
_LYING = {5, 6, 7, 8}  # it is turned by a quarter when it is shown


def measure_picture(head: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels as a browser shows the picture; None where its beginning does not say."""
    try:
        size = _read_size(head)
    except (struct.error, IndexError):
        return None
    return size if size and all(size) else None


def _read_size(head: bytes) -> tuple[int, int] | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        wide, high = struct.unpack_from(">II", head, 16)
        return wide, high
    if head[:6] in {b"GIF87a", b"GIF89a"}:
        wide, high = struct.unpack_from("<HH", head, 6)
        return wide, high
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _read_webp_size(head)
    return _read_jpeg_size(head) if head.startswith(b"\xff\xd8") else None


def _read_webp_size(head: bytes) -> tuple[int, int] | None:
    match head[12:16]:
        case b"VP8X":
            return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
        case b"VP8L":
            bits = int.from_bytes(head[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            wide, high = struct.unpack_from("<HH", head, 26)
            return wide & 0x3FFF, high & 0x3FFF
    return None


def _read_jpeg_size(head: bytes) -> tuple[int, int] | None:
    """Go from segment to segment to the frame (T.81, section B.1.1); the one of EXIF may say that it lies."""
    at, is_lying = 2, False
    while head[at] == 0xFF:
        kind, length = head[at + 1], struct.unpack_from(">H", head, at + 2)[0]
        if 0xC0 <= kind <= 0xCF and kind not in {0xC4, 0xC8, 0xCC}:
            high, wide = struct.unpack_from(">HH", head, at + 5)
            return (high, wide) if is_lying else (wide, high)
        segment = head[at + 4 : at + 2 + length]
        if kind == 0xE1 and segment.startswith(b"Exif\0\0"):
            is_lying = _read_orientation(segment[6:]) in _LYING
        at += 2 + length
    return None


def _read_orientation(exif: bytes) -> int:
    order = ">" if exif.startswith(b"MM") else "<"
    try:
        (first,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, first)
        for number in range(count):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", exif, first + 2 + 12 * number)
            if tag == _ORIENTATION:
                return int(value)
    except struct.error:
        return 1
    return 1
