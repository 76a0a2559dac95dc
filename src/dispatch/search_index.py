"""Build the index behind the search page with Pagefind: files that a browser loads in parts. The one user of it."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from dispatch.errors import DeliveryError

FOLDER = "pagefind/"
_PATIENCE = 600.0  # seconds
# Pagefind's own user interfaces; the search page has one of ours.
_UNUSED = ("pagefind-ui", "pagefind-modular", "pagefind-component", "pagefind-highlight")


def build_index(pages: Mapping[str, Path]) -> dict[str, bytes]:
    """Build the index of these pages, by path in the public folder; the same pages give the same index.

    pages: by their paths in the public folder, the files in which they stand now; what is marked
    ``data-pagefind-body`` in them is found. Raises DeliveryError.
    """
    if find_spec("pagefind") is None:
        hint = 'install it: pip install "dispatch-newsletter[search]", or write search = false under [site]'
        raise DeliveryError("the search needs Pagefind, which is not installed", subject="dispatch.toml", hint=hint)
    with TemporaryDirectory() as where:
        site, made = Path(where, "site"), Path(where, "made")
        for path, file in pages.items():
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, site / path)
        site.mkdir(exist_ok=True)
        # -P: what stands in the working directory, as anybody's checkout, is not imported
        command = [sys.executable, "-P", "-m", "pagefind", "--site", str(site), "--output-path", str(made), "--silent"]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE)  # noqa: S603 - our own words
        except (OSError, subprocess.SubprocessError) as error:
            said = getattr(error, "stderr", b"") or str(error).encode()
            words = said.decode("utf-8", "replace").strip()
            raise DeliveryError(f"the search index cannot be built: {words}", address="Pagefind") from error
        return {
            FOLDER + file.relative_to(made).as_posix(): file.read_bytes()
            for file in sorted(made.rglob("*"))
            if file.is_file() and not file.name.startswith(_UNUSED)
        }
