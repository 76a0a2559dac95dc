"""Keep the originals of an issue's pictures, and plan what the site's pages show instead of each.

An original from elsewhere is ``issues/<slug>/copies/<digest of its address>.<ending>``: it is in git like the articles,
so that nothing is fetched twice and the same files give the same pages wherever they are made.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple
from urllib.parse import unquote

from dispatch import derived, files, html, identity, links
from dispatch.errors import GatherError
from dispatch.model import Fault, ImageCopy, ImageVariant, Issue, Place, Publication

if TYPE_CHECKING:
    from dispatch.pictures.variants import PlannedVariant

# The folder of the copies beside an issue's articles, and that of what is served at the top of the site.
COPIES: Final = "copies"
SERVED: Final = "pictures"
ENDINGS: Final = (".jpg", ".png", ".webp", ".gif", ".avif")
# In pixels: the widest picture of a page is 660 CSS pixels wide, a portrait 48, and screens have twice that.
WIDTHS: Final = (480, 960, 1320)
PORTRAIT: Final = (96, 192)
THUMBS: Final = (240, 720)  # in lists, beside the headline on a phone, above it on a wide screen


class Album(NamedTuple):
    """What the site shows of an issue's pictures."""

    copies: Annotated[Mapping[str, ImageCopy], "by the address that a picture has in the issue"]
    files: Annotated[Mapping[str, Callable[[], bytes]], "what makes each file, by its path in the public folder"]
    faults: Annotated[tuple[Fault, ...], "why a picture is shown from its own address instead"]


def list_missing(publication: Publication, issue: Issue) -> list[str]:
    """List the addresses of other people's pictures that a page of the issue shows and that have no copy yet."""
    if publication.site.images != "copy":
        return []
    return [
        address
        for address in _list_shown(publication, issue)
        if links.is_web_address(address)
        and not identity.is_site_address(address, publication)
        and not _find_original(publication, issue, address)
    ]


def store_original(publication: Publication, issue: Issue, address: str, body: bytes) -> Path:
    """Store a downloaded picture beside the issue's articles. Raises GatherError where it is no sound picture."""
    from dispatch.pictures import original

    with _place_errors(Place(address=address)):
        with original.open_picture(body) as image:
            ending = original.ENDINGS[image.format or ""]
        original.refuse_damage(body)
    path = _find_copies_folder(publication, issue) / f"{_digest_address(address)}{ending}"
    files.write_file(path, body, within=publication.root, error=GatherError)
    return path


def make_album(publication: Publication, issue: Issue, *, is_public: Callable[[str], bool] = lambda _: False) -> Album:
    """Plan what the site shows instead of the issue's pictures; nothing where the publication wants no copies.

    is_public: whether the public folder has a file at that path, below its top. What a picture's files hold never
    changes, so its original is looked at closely only where one is missing.
    """
    copies: dict[str, ImageCopy] = {}
    made: dict[str, Callable[[], bytes]] = {}
    faults: list[Fault] = []
    listed = {article.image.url for article in issue.articles if article.image}
    for address, widths in _list_shown(publication, issue).items() if publication.site.images == "copy" else ():
        path = _find_original(publication, issue, address)
        if path is None:
            continue
        try:
            copy, making = _plan_copy(publication, address, path, widths, is_public, crops=address in listed)
        except GatherError as error:
            faults.extend(error.faults)
            continue
        copies[address] = copy
        made |= making
    return Album(copies, made, tuple(faults))


def _plan_copy(
    publication: Publication,
    address: str,
    path: Path,
    widths: tuple[int, ...],
    is_public: Callable[[str], bool],
    *,
    crops: bool,
) -> tuple[ImageCopy, dict[str, Callable[[], bytes]]]:
    """Plan what the site shows instead of an original, and what makes its files."""
    from dispatch.pictures import original, variants

    body = files.read_file(path, within=publication.root, error=GatherError)
    with _place_errors(Place(file=files.format_path(path, publication.root))):
        planned = variants.plan_variants(body, widths)
        cropped = variants.plan_variants(body, THUMBS, crop=True) if crops else ()
        making = {
            f"{SERVED}/{one.name}": partial(_encode_variant, publication.root, path, wide, one.name, crop=crop)
            for forms, wide, crop in ((planned, widths, False), (cropped, THUMBS, True))
            for one in forms
        }
        if not all(map(is_public, making)):
            original.refuse_damage(body)
    largest = planned[-1]
    copy = ImageCopy(
        address=address,
        url=f"{publication.url}/{SERVED}/{largest.name}",
        width=largest.width,
        height=largest.height,
        variants=_list_variants(publication, planned),
        thumbs=_list_variants(publication, cropped),
    )
    return copy, dict(making)


def _list_variants(publication: Publication, planned: Iterable["PlannedVariant"]) -> tuple[ImageVariant, ...]:
    return tuple(
        ImageVariant(url=f"{publication.url}/{SERVED}/{one.name}", media_type=one.media_type, width=one.width)
        for one in planned
    )


def _encode_variant(root: Path, path: Path, widths: tuple[int, ...], name: str, *, crop: bool) -> bytes:
    """Encode one variant. Raises GatherError when the original was changed in the meantime."""
    from dispatch.pictures import variants

    with _place_errors(Place(file=files.format_path(path, root))):
        made = variants.encode_variants(files.read_file(path, within=root, error=GatherError), widths, crop=crop)
        if name not in made:
            raise GatherError("the picture was changed while it was copied", hint="Do that once more.")
        return made[name]


def _list_shown(publication: Publication, issue: Issue) -> dict[str, tuple[int, ...]]:
    """List the pictures that the site's pages show of an issue, each with the widths that may be requested."""
    found: dict[str, set[int]] = {}
    if issue.withdrawn:
        return {}
    for content in (issue.intro, *(section.intro for section in issue.sections)):
        for address in html.find_image_addresses(content):
            found.setdefault(address, set()).update(WIDTHS)
    for article in (article for article in issue.articles if not article.withdrawn):
        allowed = article.source.syndicate or publication.syndicate.default
        inside = html.find_image_addresses(article.content) if allowed == "full" else []
        for address in [article.image.url, *inside] if article.image and allowed != "link" else inside:
            found.setdefault(address, set()).update(WIDTHS)
        for author in article.authors:
            found.setdefault(author.avatar, set()).update(PORTRAIT)
    return {address: tuple(sorted(widths)) for address, widths in found.items() if address}


def _find_original(publication: Publication, issue: Issue, address: str) -> Path | None:
    """Find the file that a picture's copies are made from: beside the articles, or downloaded; None without one."""
    base = derived.build_issue_address(publication, issue.slug)
    if address.startswith(base):
        name = unquote(re.split("[?#]", address.removeprefix(base), maxsplit=1)[0])
        path = publication.root / "issues" / issue.slug / name
        return path if ".." not in name.split("/") and files.is_there(path, within=publication.root) else None
    kept = (_find_copies_folder(publication, issue) / f"{_digest_address(address)}{ending}" for ending in ENDINGS)
    return next((path for path in kept if files.is_there(path, within=publication.root)), None)


def _find_copies_folder(publication: Publication, issue: Issue) -> Path:
    return publication.root / "issues" / issue.slug / COPIES


def _digest_address(address: str) -> str:
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@contextmanager
def _place_errors(place: Place) -> Iterator[None]:
    """Give GatherErrors within the place of the picture."""
    try:
        yield
    except GatherError as error:
        raise error.within(place) from error
