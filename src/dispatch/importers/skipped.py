"""Files of an archive that belong to no post, told in a few lines."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from dispatch.archives.nouns import Left

_REASONS = (
    (
        r"(?:^|/)(?:email_list|subscribers?|members?|audience|lists/)[^/]*.*\.(?:csv|json)$",
        "subscribers stay where they are",
    ),
    (
        r"\.(?:opens|delivers|clicks)\.csv$|(?:^|/)(?:reports?|events?)\b.*\.csv$",
        "who got or opened it is not imported",
    ),
    (r"(?:^|/)comments?[^/]*\.(?:csv|json|xml)$", "comments are not imported"),
    (r"\.(?:jpe?g|png|gif|webp|avif|svg|heic|tiff?)$", "no post shows it"),
    (r"\.zip$", "an archive within the archive is not opened"),
)
_MOST_ALONE = 3


def leftovers(names: Iterable[str]) -> Iterator[Left]:
    """One line a file; one for all of a folder where there are many for the same reason."""
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in names:
        reason = next((why for pattern, why in _REASONS if re.search(pattern, name, re.IGNORECASE)), "it is no post")
        alike[name.rpartition("/")[0].partition("/")[0], reason].append(name)
    for (folder, reason), found in sorted(alike.items()):
        if len(found) > _MOST_ALONE and folder:
            yield Left(file=f"{folder}/", reason=f"{len(found):,} files: {reason}")
        else:
            yield from (Left(file=name, reason=reason) for name in found)
