"""How thorough a run is. In CI it takes minutes, and tries what everybody can repeat; at the desk it tries a fifth.

``CI=true make test`` is as thorough anywhere.
"""

import os

THOROUGH = bool(os.environ.get("CI"))


def scale(number: int) -> int:
    """So many examples, sources, steps or letters in CI; a fifth of them at the desk."""
    return number if THOROUGH else -(-number // 5)
