"""What the site shows in a picture's stead, where it keeps copies."""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One form of a picture: a file of the site."""

    url: Annotated[str, "its address"]
    media_type: Annotated[str, "image/webp, image/jpeg, image/png or image/gif"]
    width: Annotated[int, "pixels"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A picture as the site's own pages show it; every other edition has the address that the curator gave."""

    address: Annotated[str, "the address that the picture has in an article, byte for byte"]
    url: Annotated[str, "the address of the largest in a form that every browser knows"]
    width: Annotated[int, "of that, in pixels"]
    height: Annotated[int, "likewise"]
    variants: Annotated[tuple[Variant, ...], "all of them, a form after the other, the smallest first"]
