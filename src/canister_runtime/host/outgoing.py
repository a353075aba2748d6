"""Python values on their way out: Kybra's conversions, compiled once per type into functions that write Candid.

What passes and the text of every refusal are those of Kybra 0.7.1 (tests/fixtures/kybra-transcripts/conversions).
A compiled function takes a Python value and returns its Candid bytes, without the type table.
"""

import keyword
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from candid.types import Field, Func, Named, Opt, Primitive, Record, Service, Type, Variant, Vec
from candid.wire import label_hash
from canister_runtime.host.principals import principal_reader
from canister_runtime.host.record_writer import record_writer
from canister_runtime.host.scalars import (
    ABSENT,
    PRESENT,
    SMALL,
    Encoder,
    checked_bytes,
    expected,
    func,
    leb,
    primitive,
    principal,
    service,
)

_EASY_ITEMS = frozenset(("bool", "text", "nat8", "nat16", "nat32", "nat64", "int8", "int16", "int32", "int64"))


def python_name(label: str) -> str:
    """The key under which canister code sees a field: Candid names that are Python keywords carry a `_` more."""
    return label + "_" if keyword.iskeyword(label.rstrip("_")) else label


def is_tuple(fields: tuple[Field, ...]) -> bool:
    """Whether a record is one that Python sees as a tuple: its labels are 0, 1, 2 …"""
    return bool(fields) and all(field.label == index for index, field in enumerate(fields))


class OutgoingCompiler:
    """Compiles encoders over one canister's named types and its `Principal` class."""

    def __init__(self, env: Mapping[str, Type], principal_class: type) -> None:
        self._env = env
        self._named: dict[str, Encoder] = {}
        self._principal = principal(principal_reader(principal_class))

    def compile(self, type_: Type) -> Encoder:  # noqa: C901, PLR0911 - one arm per kind of type
        """The encoder of one type."""
        match type_:
            case Primitive(name="principal"):
                return self._principal
            case Primitive():
                return primitive(type_.name)
            case Opt():
                return _opt(self.compile(type_.inner))
            case Vec():
                return self._vec(type_.inner)
            case Record() if is_tuple(type_.fields):
                return self._tuple(type_.fields)
            case Record():
                return self._record(type_.fields)
            case Variant():
                return self._variant(type_.fields)
            case Func():
                return func(self._principal)
            case Service():
                return service(self._principal)
            case Named():
                return self._reference(type_.name)

    def _reference(self, name: str) -> Encoder:
        if name in self._named:
            return self._named[name]
        encoders = self._named

        def later(value: Any) -> bytes:
            return encoders[name](value)

        encoders[name] = later
        encoders[name] = self.compile(self._env[name])
        return encoders[name]

    def _vec(self, inner: Type) -> Encoder:
        resolved = self._resolve(inner)
        encode = self.compile(inner)
        if isinstance(resolved, Primitive) and resolved.name in _EASY_ITEMS:
            return _blob if resolved.name == "nat8" else _iterable(encode)
        return _list(encode)

    def _tuple(self, fields: tuple[Field, ...]) -> Encoder:
        encoders = tuple(self.compile(field.type) for field in fields)
        return _one_tuple(encoders[0]) if len(encoders) == 1 else _long_tuple(encoders)

    def _record(self, fields: tuple[Field, ...]) -> Encoder:
        names = tuple(python_name(str(field.label)) for field in fields)
        encoders = tuple(self.compile(field.type) for field in fields)
        order = sorted(range(len(fields)), key=lambda index: label_hash(fields[index].label))
        if not fields:
            return lambda _value: b""
        if len(fields) == 1:
            return _one_field(names[0], encoders[0])
        types = tuple(self._resolve(field.type) for field in fields)
        return record_writer(names, types, encoders, tuple(order), _fields(names, encoders, tuple(order)))

    def _resolve(self, type_: Type) -> Type:
        while isinstance(type_, Named):
            type_ = self._env[type_.name]
        return type_

    def _variant(self, fields: tuple[Field, ...]) -> Encoder:
        order = sorted(range(len(fields)), key=lambda index: label_hash(fields[index].label))
        arms = {
            python_name(str(field.label)): (
                leb(order.index(index)),
                self.compile(field.type),
            )
            for index, field in enumerate(fields)
        }
        return _variant(arms)


def _opt(inner: Encoder) -> Encoder:
    def encode(value: Any) -> bytes:
        return ABSENT if value is None else PRESENT + inner(value)

    return encode


def _blob(value: Any) -> bytes:
    raw = value if value.__class__ is bytes else checked_bytes(value)
    return (SMALL[len(raw)] if len(raw) < 128 else leb(len(raw))) + raw


def _iterable(encode_item: Encoder) -> Encoder:
    def encode(value: Any) -> bytes:
        items = [encode_item(item) for item in value]
        return leb(len(items)) + b"".join(items)

    return encode


def _list(encode_item: Encoder) -> Encoder:
    def encode(value: Any) -> bytes:
        if not isinstance(value, list):
            raise expected("list", value)
        try:
            items = [encode_item(item) for item in value]
        except Exception:  # noqa: BLE001 - whatever an item's conversion raises, Kybra reports the list
            raise TypeError("Could not convert value to Vec") from None
        return leb(len(items)) + b"".join(items)

    return encode


def _members(value: Any, count: int) -> tuple[Any, ...]:
    if not isinstance(value, tuple):
        raise expected("tuple", value)
    if len(value) < count:
        raise IndexError("tuple index out of range")
    return value


def _one_tuple(encode_member: Encoder) -> Encoder:
    def encode(value: Any) -> bytes:
        members = _members(value, 1)
        try:
            return encode_member(members[0])
        except Exception:  # noqa: BLE001 - whatever the member's conversion raises, Kybra reports the tuple
            raise TypeError("Could not convert value to tuple") from None

    return encode


def _long_tuple(encoders: tuple[Encoder, ...]) -> Encoder:
    count = len(encoders)

    def encode(value: Any) -> bytes:
        members = _members(value, count)
        return b"".join([each(member) for each, member in zip(encoders, members, strict=False)])

    return encode


def _one_field(name: str, encode_field: Encoder) -> Encoder:
    def encode(value: Any) -> bytes:
        return encode_field(value[name])

    return encode


def _fields(names: tuple[str, ...], encoders: tuple[Encoder, ...], order: tuple[int, ...]) -> Encoder:
    pick = itemgetter(*names)
    arrange = itemgetter(*order)
    join = b"".join

    def encode(value: Any) -> bytes:
        return join(arrange([each(field) for each, field in zip(encoders, pick(value), strict=True)]))

    return encode


def _variant(arms: dict[str, tuple[bytes, Encoder]]) -> Encoder:
    def encode(value: Any) -> bytes:
        if value.__class__ is dict and len(value) == 1:
            (name,) = value
            arm = arms.get(name)
            if arm is None:
                raise TypeError("Enum variant does not exist")
            return arm[0] + arm[1](value[name])
        return _first_declared(arms, value)

    return encode


def _first_declared(arms: dict[str, tuple[bytes, Encoder]], value: Any) -> bytes:
    for name, (tag, encode_payload) in arms.items():
        try:
            payload = value[name]
        except Exception:  # noqa: BLE001, S112 - Kybra takes any failure of the lookup for a missing key
            continue
        return tag + encode_payload(payload)
    raise TypeError("Enum variant does not exist")
