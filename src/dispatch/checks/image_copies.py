"""Pictures that a page shows from the site's own copies, read back as the pictures that they are copies of."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from dispatch.checks.text_lines import Picture
from dispatch.model import Copy


def find_originals(pictures: Iterable[Picture], copies: Mapping[str, Copy]) -> Iterator[Picture]:
    """Each picture under the address that the curator gave, when all that a browser may show there is its copy.

    Otherwise under the address of what is shown and is none: then the article is without its picture. Two addresses of
    the same picture have the same copy, which stands for both.
    """
    addresses: dict[str, list[str]] = {}
    for address, copy in copies.items():
        addresses.setdefault(copy.url, []).append(address)
    for picture in pictures:
        known = addresses.get(picture.url, [])
        right = {picture.url, *(variant.url for address in known for variant in copies[address].variants)}
        strange = next((url for url in picture.instead if url not in right), "")
        shown = [strange] if strange else known or [picture.url]
        yield from (replace(picture, url=url) for url in shown)
