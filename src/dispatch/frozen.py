"""Frozen dataclasses that cost little before they are used.

``dataclasses`` writes and compiles the source of six methods for each class: half a millisecond. Here only ``__init__``
is compiled, for the first instance of a class; the others are the same for all. Whoever uses them sees no difference,
and the type checker takes them for those of ``dataclasses``.
"""

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar, NoReturn, cast


def make_dataclass(*, frozen: bool, slots: bool, kw_only: bool = False) -> Callable[[type], type]:
    """Make a dataclass as ``dataclasses.dataclass`` does; only frozen ones with slots are made here."""
    if not (frozen and slots):
        raise TypeError("what is not frozen, or has no slots, is a dataclass of dataclasses")
    plain = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)
    return lambda cls: _add_methods(plain(cls), kw_only=kw_only)


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    dataclass = make_dataclass


def _add_methods(cls: type, *, kw_only: bool) -> type:
    """Add the methods of a frozen dataclass to one that has none."""
    columns = dataclasses.fields(cls)

    def init_first(self: object, *values: object, **named: object) -> None:
        """Put the compiled ``__init__`` in this one's place, and call it."""
        compiled = cls.__init__ = _compile_init(cls, kw_only=kw_only)  # type: ignore[misc]
        compiled(self, *values, **named)

    own = {
        "__init__": init_first,
        "_names": tuple(one.name for one in columns),
        "_compared": attrgetter(*(one.name for one in columns if one.compare)),
    }
    for name, value in {**own, **{name: vars(_Frozen)[name] for name in _SHARED}}.items():
        setattr(cls, name, value)
    return cls


def _compile_init(cls: type, *, kw_only: bool) -> Callable[..., None]:
    """Write and compile the ``__init__`` of a frozen dataclass."""
    known: dict[str, object] = {"put": object.__setattr__, "MISSING": dataclasses.MISSING}
    parameters, lines = ["*"] if kw_only else [], []
    for one in dataclasses.fields(cls):
        name = value = one.name
        if one.default_factory is not dataclasses.MISSING:
            known[f"make_{name}"] = one.default_factory
            parameters.append(f"{name}=MISSING")
            value = f"make_{name}() if {name} is MISSING else {name}"
        elif one.default is not dataclasses.MISSING:
            known[f"default_{name}"] = one.default
            parameters.append(f"{name}=default_{name}")
        else:
            parameters.append(name)
        lines.append(f"    put(self, {name!r}, {value})")
    exec("\n".join([f"def __init__(self, {', '.join(parameters)}):", *lines]), known)  # noqa: S102 - names of ours
    return cast("Callable[..., None]", known["__init__"])


class _Frozen:
    """The methods that all frozen dataclasses share."""

    _names: ClassVar[tuple[str, ...]]
    _compared: ClassVar["attrgetter[object]"]

    def __eq__(self, other: object) -> bool:
        if self.__class__ is not other.__class__:
            return NotImplemented
        return self._compared(self) == self._compared(other)

    def __hash__(self) -> int:
        return hash(self._compared(self))

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self._names)})"

    def __getstate__(self) -> list[object]:
        return [getattr(self, name) for name in self._names]

    def __setstate__(self, state: list[object]) -> None:
        for name, value in zip(self._names, state, strict=True):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, _: object) -> NoReturn:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


_SHARED = ("__eq__", "__hash__", "__repr__", "__getstate__", "__setstate__", "__setattr__", "__delattr__")
