"""Read RSA public keys, and verify what was signed with them (RFC 8017, RSASSA-PKCS1-v1_5). No private key is known."""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Annotated, Final, Literal

_PEM: Final = re.compile(rb"-----BEGIN CERTIFICATE-----(.{1,20000}?)-----END CERTIFICATE-----", re.DOTALL)
_RSA: Final = bytes.fromhex("06092a864886f70d010101")  # rsaEncryption, 1.2.840.113549.1.1.1
# What stands before the digest in a signature (RFC 8017, 9.2, note 1).
_PREFIXES: Final = {
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
}
_SEQUENCE, _INTEGER, _BITS = 0x30, 0x02, 0x03


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """An RSA public key."""

    modulus: int
    exponent: int

    @property
    def bits(self) -> Annotated[int, "its length"]:
        """How long it is, in bits."""
        return self.modulus.bit_length()

    def has_signed(self, text: bytes, signature: bytes, digest: Literal["sha1", "sha256"] | str) -> bool:
        """Whether a signature of a text is this key's."""
        size = (self.bits + 7) // 8
        hashed = _PREFIXES[digest] + hashlib.new(digest, text, usedforsecurity=digest != "sha1").digest()
        if len(signature) != size or size < len(hashed) + 11:
            return False
        # The whole block is compared with the only one that is right: nothing in it is parsed.
        wanted = b"\0\1" + b"\xff" * (size - len(hashed) - 3) + b"\0" + hashed
        opened = pow(int.from_bytes(signature, "big"), self.exponent, self.modulus)
        return hmac.compare_digest(opened.to_bytes(size, "big"), wanted)


def read_certificate(pem: bytes) -> PublicKey:
    """Read the key of the first certificate in a PEM file (RFC 5280), whoever signed that. Raises ValueError."""
    found = _PEM.search(pem)
    if not found:
        raise ValueError("no certificate")
    certificate, _ = _open_element(base64.b64decode(b"".join(found[1].split())), _SEQUENCE)
    body, _ = _open_element(certificate, _SEQUENCE)
    while body:
        _, rest = _open_element(body)
        element = body[: len(body) - len(rest)]
        if element[0] == _SEQUENCE and _RSA in element[:40]:
            return read_public_key(element)
        body = rest
    raise ValueError("no RSA key")


def read_public_key(der: bytes) -> PublicKey:
    """Read a key as certificates and DKIM records have it: SubjectPublicKeyInfo, in DER. Raises ValueError."""
    info, _ = _open_element(der, _SEQUENCE)
    algorithm, rest = _open_element(info, _SEQUENCE)
    if not algorithm.startswith(_RSA):
        raise ValueError("no RSA key")
    bits, _ = _open_element(rest, _BITS)
    numbers, _ = _open_element(bits[1:], _SEQUENCE)
    modulus, rest = _open_element(numbers, _INTEGER)
    exponent, _ = _open_element(rest, _INTEGER)
    key = PublicKey(modulus=int.from_bytes(modulus, "big"), exponent=int.from_bytes(exponent, "big"))
    if not (512 <= key.bits <= 16_384 and 3 <= key.exponent < 1 << 33 and key.modulus % 2):
        raise ValueError("no RSA key")
    return key


def decode_key(text: str) -> bytes:
    """Decode the base64 of a DKIM record. Raises ValueError."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error


def _open_element(der: bytes, wanted: int = 0) -> tuple[bytes, bytes]:
    """Take the first element of DER apart (X.690): its content, and what stands behind it. Raises ValueError."""
    if len(der) < 2 or (wanted and der[0] != wanted):
        raise ValueError("not as expected")
    size, start = der[1], 2
    if size & 0x80:
        start = 2 + (size & 0x7F)
        if not 3 <= start <= 6:
            raise ValueError("not as expected")
        size = int.from_bytes(der[2:start], "big")
    if len(der) < start + size:
        raise ValueError("cut off")
    return der[start : start + size], der[start + size :]
