"""The password of the mail server: never in dispatch.toml, which is in git."""

import os
from pathlib import Path

from dispatch import files
from dispatch.errors import ConfigError
from dispatch.model import Publication


def read_mail_password(publication: Publication) -> str:
    """Read the mail server's password from the environment, else from its file; empty for none. Raises ConfigError."""
    name = publication.delivery.password_file
    if (found := os.environ.get("DISPATCH_SMTP_PASSWORD", "")) or not name:
        return found
    try:
        return files.read_bounded(publication.root / Path(name).expanduser(), 10_000).decode("utf-8").strip()
    except (OSError, ValueError) as error:
        hint = "Put the password into that file, or into DISPATCH_SMTP_PASSWORD."
        raise ConfigError("the file of delivery.password_file cannot be read", address=name, hint=hint) from error
