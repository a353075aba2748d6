"""Immutable classes of a few attributes, as `dataclass(frozen=True, slots=True)` makes them.

`dataclasses` brings `inspect`, `ast`, `dis` and `tokenize` into every canister, 0.15 MB of a compressed module.
"""

from typing import Any, NoReturn, dataclass_transform


@dataclass_transform(frozen_default=True)
class StructureType(type):
    """Makes a class's annotated names its slots, in their order, and keeps their defaults aside."""

    __match_args__: tuple[str, ...]
    defaults: dict[str, Any]

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> "StructureType":
        slots = tuple(namespace.get("__annotations__", ()))
        defaults = {slot: namespace.pop(slot) for slot in slots if slot in namespace}
        made = {"__slots__": slots, "__match_args__": slots, "defaults": defaults}
        return super().__new__(mcs, name, bases, namespace | made)


class Structure(metaclass=StructureType):
    """Attributes by position or name; equal to what is of the same class with equal attributes. Immutable."""

    def __init__(self, *values: Any, **named: Any) -> None:
        kind = type(self)
        slots = kind.__match_args__
        given = dict(zip(slots, values, strict=False))
        attributes = kind.defaults | given | named
        if len(values) > len(slots) or given.keys() & named.keys() or attributes.keys() != set(slots):
            raise TypeError(f"{kind.__name__} takes {slots}")
        for name, value in attributes.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"cannot assign to {name!r} of {type(self).__name__}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"cannot delete {name!r} of {type(self).__name__}")

    def _values(self) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in type(self).__match_args__])

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in type(self).__match_args__)
        return f"{type(self).__name__}({values})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._values()
