"""What a field's annotation says of its form in files."""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True)
class Key:
    """The name that a field has in files, where it cannot be the field's own.

    With an empty name, the field's own keys stand among its neighbours. On the values of a mapping, each stands in a
    table of its own under this key.
    """

    name: Annotated[str, "the key; may be empty"]


@dataclass(frozen=True, slots=True)
class Address:
    """Marks a text that is an absolute address: http, https, mailto or tel; ``//host`` is read as ``https://host``."""


Url = Annotated[str, Address()]
