"""RSA keys of the test's own, a certificate and signatures, without a library: slow, small, and for nobody else."""

import base64
import hashlib
import random
from dataclasses import dataclass

_PREFIXES = {"sha1": "3021300906052b0e03021a05000414", "sha256": "3031300d060960864801650304020105000420"}


def find_prime(bits: int, chance: random.Random) -> int:
    while True:
        number = chance.getrandbits(bits) | 3 << (bits - 2) | 1
        if number % 65537 != 1 and all(_is_witness_silent(number, chance.randrange(2, number - 1)) for _ in range(20)):
            return number


def _is_witness_silent(number: int, base: int) -> bool:
    """Whether a base does not show that a number is composite (Miller and Rabin)."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    power = pow(base, odd, number)
    if power in (1, number - 1):
        return True
    return any((power := pow(power, 2, number)) == number - 1 for _ in range(twos - 1))


def der(kind: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    digits = (len(body).bit_length() + 7) // 8
    size = len(body).to_bytes(max(digits, 1), "big")
    return bytes([kind]) + (size if len(body) < 128 else bytes([0x80 | digits]) + size) + body


def integer(value: int) -> bytes:
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


@dataclass(frozen=True)
class PrivateKey:
    modulus: int
    private: int

    def sign(self, text: bytes, digest: str = "sha256") -> bytes:
        size = (self.modulus.bit_length() + 7) // 8
        hashed = bytes.fromhex(_PREFIXES[digest]) + hashlib.new(digest, text).digest()
        block = b"\0\1" + b"\xff" * (size - len(hashed) - 3) + b"\0" + hashed
        return pow(int.from_bytes(block, "big"), self.private, self.modulus).to_bytes(size, "big")

    @property
    def public(self) -> bytes:
        """As DKIM records and certificates have it: SubjectPublicKeyInfo."""
        algorithm = der(0x30, bytes.fromhex("06092a864886f70d010101"), der(5))
        return der(0x30, algorithm, der(3, b"\0", der(0x30, integer(self.modulus), integer(65537))))

    @property
    def certificate(self) -> bytes:
        """In PEM, signed by nobody."""
        name = der(0x30, der(0x31, der(0x30, bytes.fromhex("0603550403"), der(12, b"sns.amazonaws.com"))))
        algorithm = der(0x30, bytes.fromhex("06092a864886f70d01010b"), der(5))
        dates = der(0x30, der(23, b"260101000000Z"), der(23, b"360101000000Z"))
        body = der(0x30, der(0xA0, integer(2)), integer(7), algorithm, name, dates, name, self.public)
        whole = der(0x30, body, algorithm, der(3, b"\0", b"none"))
        return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(whole) + b"-----END CERTIFICATE-----\n"


def make_key(bits: int = 1024, seed: int = 1) -> PrivateKey:
    chance = random.Random(seed)
    one, other = find_prime(bits // 2, chance), find_prime(bits // 2, chance)
    return PrivateKey(modulus=one * other, private=pow(65537, -1, (one - 1) * (other - 1)))
