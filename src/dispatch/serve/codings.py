"""Content codings: which one a client takes, and the bytes."""

import gzip
import re
import zlib

import brotli

# The best first, each with the suffix of a file that holds it.
CODINGS = {"br": ".br", "gzip": ".gz"}
IDENTITY = ""

# A coding, or *, and how much it is wanted (RFC 9110, 12.4.2).
_OFFER = re.compile(r"\s*([^\s;]+)\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?")


def chosen(accept: str) -> str:
    """The coding that an Accept-Encoding field (RFC 9110, 12.5.3) wants most: one of CODINGS, or IDENTITY.

    Only a coding that is named is sent. A bare * is answered with the bytes as they are, which it allows too; so is a
    client that forbids everything, for an answer is more use to it than none.
    """
    wanted: dict[str, float] = {}
    for offer in accept.lower().split(","):
        if match := _OFFER.fullmatch(offer):
            wanted[match[1].removeprefix("x-")] = float(match[2] or 1)
    best = max(CODINGS, key=lambda coding: wanted.get(coding, 0))
    return best if 0 < wanted.get(best, 0) >= wanted.get("identity", 0) else IDENTITY


def original(name: str) -> str:
    """The name of the file that one of this name would hold compressed; empty when it is not named like that."""
    return next((name.removesuffix(suffix) for suffix in CODINGS.values() if name.endswith(suffix)), "")


def encoded(body: bytes, coding: str) -> bytes:
    """The bytes in a coding of CODINGS: the same for the same bytes, with no time and no name in them."""
    if coding == "br":
        # Beyond 5 each per cent of size costs as much time again: text is compressed when it is first asked for.
        compressed: bytes = brotli.compress(body, mode=brotli.MODE_TEXT, quality=5)
        return compressed
    return gzip.compress(body, 6, mtime=0)


def holds(compressed: bytes, coding: str, body: bytes) -> bool:
    """Whether bytes in a coding of CODINGS hold exactly that body. They are inflated to its length, and no further."""
    try:
        if coding == "br":
            inflater = brotli.Decompressor()
            inflated: bytes = inflater.process(compressed, output_buffer_limit=len(body) + 1)
            return inflated == body and bool(inflater.is_finished())
        gunzip = zlib.decompressobj(wbits=31)
        return gunzip.decompress(compressed, len(body) + 1) == body and gunzip.eof and not gunzip.unused_data
    except (zlib.error, brotli.error):
        return False
