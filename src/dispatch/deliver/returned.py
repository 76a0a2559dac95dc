"""The mailbox to which messages return, as a Maildir: each new file of it is taken in once, and none stops the others.

A file is moved from ``new`` to ``cur`` when what it says is on the disk, so that a process that ends before finds it
again: it counts once all the same. What cannot be read is moved into the folder ``broken`` beside them.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

from dispatch.bounces import read_mail
from dispatch.errors import DeliveryError, explain_refusal
from dispatch.files import open_file
from dispatch.model import DeliveryReport
from dispatch.subscribers import ReportOutcome, Store

MOST_BYTES: Final = 1 << 20
"""Of a message: what comes behind is the newsletter itself."""
_ASIDE: Final = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedFile:
    """A file of the mailbox, and what became of it."""

    name: str
    outcome: Annotated[ReportOutcome | None, "None for one that was set aside"] = None
    report: Annotated[DeliveryReport | None, "what it says, if it has a token of ours"] = None
    fault: Annotated[str, "why it was set aside; empty when it was not"] = ""


def take_maildir(store: Store, folder: Path, now: datetime) -> Iterator[ReturnedFile]:
    """Take in what is new in a Maildir. Raises DeliveryError when it is none, or the store cannot be written."""
    try:
        found = sorted(folder.joinpath("new").iterdir())
    except OSError as error:
        refusal = explain_refusal(DeliveryError, error, "cannot be read", address=str(folder))
        hint = "Name a Maildir: a folder with the folders new and cur."
        raise DeliveryError(refusal.what, address=str(folder), hint=hint) from error
    for path in found:
        try:
            with open_file(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)) as file:
                reports = read_mail(file.read(MOST_BYTES), now)
        except FileNotFoundError:
            continue  # another process was faster
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one message, the others are read
            _move(path, folder / _ASIDE / path.name)
            yield ReturnedFile(name=path.name, fault=str(error) or type(error).__name__)
            continue
        outcome, report = store.take_likeliest(reports, now)
        seen = "S" if outcome.became != "foreign" else ""
        _move(path, folder / "cur" / f"{path.name.partition(':')[0]}:2,{seen}")
        yield ReturnedFile(name=path.name, outcome=outcome, report=report)


def _move(path: Path, target: Path) -> None:
    """Move a file, as whoever has noticed a message does; one that cannot be moved counts once in any case."""
    with suppress(OSError):
        target.parent.mkdir(exist_ok=True)
        path.rename(target)
