"""Download the pictures that a publication keeps copies of: each once, and treated as hostile."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from dispatch import fetch, links, pictures
from dispatch.errors import GatherError
from dispatch.model import Issue, Publication

MOST_TOGETHER: Final = 8  # a picture may have 15 MiB, and those that wait to be kept are in memory


def download_pictures(
    publication: Publication, issues: Iterable[Issue], client: fetch.Client
) -> Iterator[Path | GatherError]:
    """Download the pictures that the issues' pages show and that have no copy yet; yield each file, or why there is
    none.

    Nothing is asked where the publication wants no copies. Nothing is raised for a picture.
    """
    wanted: dict[str, list[Issue]] = {}
    for issue in issues:
        for address in pictures.list_missing(publication, issue):
            wanted.setdefault(address, []).append(issue)

    def download(address: str) -> tuple[str, bytes | GatherError]:
        try:
            return address, client.get(address).require_document().body
        except GatherError as error:
            return address, error

    for address, body in fetch.run_concurrently(wanted, download, host=links.parse_host, most=MOST_TOGETHER):
        if isinstance(body, GatherError):
            yield body
            continue
        for issue in wanted[address]:
            try:
                yield pictures.store_original(publication, issue, address, body)
            except GatherError as error:
                yield error
