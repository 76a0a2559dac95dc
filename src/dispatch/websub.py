"""Remember what each WebSub hub was last told: by topic, a digest of the feed as it was then; and of which issues.

A small file in ``.dispatch/``, not in git: without it a hub is told of everything once more, which costs it a look.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from dispatch import files, git, links
from dispatch.errors import DeliveryError
from dispatch.model import Publication

FILE = Path(files.OWN, "hubs.json")
STEMS = ("feed", "issues")
ENDINGS = (".xml", ".atom", ".json")
_ISSUES = "issues"  # no hub has this address


def find_topics(folder: Path, publication: Publication) -> dict[str, str]:
    """List the feeds in the public folder that people subscribe to: the address each gives as its own, and its digest.

    An issue's own feed is no topic, and neither are archived ones: nothing new comes in them. Raises DeliveryError.
    """
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        is_feed = path.stem in STEMS and path.suffix in ENDINGS and not _is_issue_feed(name)
        if is_feed and files.is_there(path, within=folder):
            body = files.read_file(path, within=folder, error=DeliveryError)
            address = links.encode_ascii(f"{publication.url}/{name.as_posix()}")
            found[address] = hashlib.blake2b(body, digest_size=16).hexdigest()
    return found


def load_pinged_topics(root: Path, hub: str) -> dict[str, str]:
    """Load what this hub was told: topics and digests; empty when the record cannot be read. Raises DeliveryError."""
    return _load_record(root).get(hub, {})


def load_pinged_issues(root: Path) -> frozenset[str]:
    """Load the ids of the issues that were published when a hub was last told of a feed. Raises DeliveryError."""
    return frozenset(_load_record(root).get(_ISSUES, ()))


def save_pinged_topics(root: Path, hub: str, topics: Mapping[str, str], issues: Iterable[str]) -> None:
    """Save what this hub has now been told, beside what it was told before, and the ids of the issues published by now.

    Raises DeliveryError.
    """
    files.make_own_folder(root, error=DeliveryError)
    told = {hub: {**load_pinged_topics(root, hub), **topics}, _ISSUES: dict.fromkeys(issues, "")}
    record = {**_load_record(root), **told}
    files.write_file(
        root / FILE, json.dumps(record, indent=2, sort_keys=True).encode() + b"\n", within=root, error=DeliveryError
    )


def _is_issue_feed(name: Path) -> bool:
    return name.parts[0] == "issues" and len(name.parts) > 1


def _load_record(root: Path) -> dict[str, dict[str, str]]:
    git.refuse_tracked(root, files.OWN, error=DeliveryError)  # it could say that a hub knows what it was never told
    if not files.is_there(root / FILE, within=root):
        return {}
    try:
        read = json.loads(files.read_file(root / FILE, within=root, error=DeliveryError))
    except ValueError:
        return {}
    hubs = read.items() if isinstance(read, dict) else ()
    return {
        str(hub): {str(topic): str(digest) for topic, digest in topics.items()}
        for hub, topics in hubs
        if isinstance(topics, dict)
    }
