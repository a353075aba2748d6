"""Python values on their way out: Kybra's conversions, compiled once per type into functions that write Candid.

What passes and the text of every refusal are those of Kybra 0.7.1 (tests/fixtures/kybra-transcripts/conversions).
A compiled function takes a Python value and returns its Candid bytes, without the type table.
"""

import keyword
from collections.abc import Callable, Mapping
from operator import itemgetter
from struct import Struct
from typing import Any, TypeAlias

from candid.types import Field, Func, Named, Opt, Primitive, Record, Service, Type, Variant, Vec
from candid.wire import label_hash, sleb, uleb
from canister_runtime.host.principals import principal_reader
from canister_runtime.host.record_writer import record_writer

Encoder: TypeAlias = Callable[[Any], bytes]

_ABSENT, _PRESENT = b"\x00", b"\x01"
_REFERENCE = b"\x01"
_FLOAT64 = Struct("<d").pack
_FLOAT32 = Struct("<f").pack
_NAN32 = b"\x00\x00\xc0\x7f"
_encode_utf8 = str.encode
_SMALL = tuple(bytes((n,)) for n in range(128))
_SIZES = {"8": 1, "16": 2, "32": 4, "64": 8}
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
        self._principal = _principal(principal_reader(principal_class))

    def arguments(self, types: tuple[Type, ...]) -> tuple[Encoder, ...]:
        """The encoders of `types`, in their order."""
        return tuple(self.compile(each) for each in types)

    def compile(self, type_: Type) -> Encoder:  # noqa: C901, PLR0911 - one arm per kind of type
        """The encoder of one type."""
        match type_:
            case Primitive(name="principal"):
                return self._principal
            case Primitive():
                return _primitive(type_.name)
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
                return _func(self._principal)
            case Service():
                return _service(self._principal)
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
                uleb(order.index(index)),
                self.compile(field.type),
            )
            for index, field in enumerate(fields)
        }
        return _variant(arms)


def _primitive(name: str) -> Encoder:
    if name in _SIMPLE:
        return _SIMPLE[name]
    signed = name.startswith("int")
    bits = name.removeprefix("int" if signed else "nat")
    return fixed_int(_SIZES[bits], signed=signed)


def fixed_int(size: int, *, signed: bool) -> Encoder:
    """An integer of `size` bytes; out of range is an OverflowError that names Rust's type, as in Kybra."""
    rust_name = ("i" if signed else "u") + str(size * 8)
    to_bytes = int.to_bytes

    def encode_unsigned(value: Any) -> bytes:
        try:
            return to_bytes(value, size, "little")
        except (TypeError, OverflowError):
            raise _integer_error(value, rust_name) from None

    def encode_signed(value: Any) -> bytes:
        try:
            return to_bytes(value, size, "little", signed=True)
        except (TypeError, OverflowError):
            raise _integer_error(value, rust_name) from None

    return encode_signed if signed else encode_unsigned


def checked_int(value: Any, bits: int, *, signed: bool = False) -> int:
    """`value` as an argument of a system function that takes an integer of `bits` bits, refused as Kybra does."""
    low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if signed else (0, 1 << bits)
    if isinstance(value, int) and low <= value < high:
        return int(value)
    raise _integer_error(value, ("i" if signed else "u") + str(bits))


def checked_text(value: Any) -> str:
    """`value` as a text argument of a system function."""
    if isinstance(value, str):
        return value
    raise _expected("str", value)


def checked_bytes(value: Any) -> bytes:
    """`value` as a blob argument of a system function: any iterable of small integers passes."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    return b"".join([_NAT8(item) for item in value])


def _integer_error(value: Any, rust_name: str) -> Exception:
    if isinstance(value, int):
        return OverflowError(f"Python int too large to convert to Rust {rust_name}")
    return _expected("int", value)


def _expected(wanted: str, value: Any) -> TypeError:
    return TypeError(f"Expected type '{wanted}' but '{type(value).__name__}' found")


def _nat(value: Any) -> bytes:
    if not isinstance(value, int):
        raise _expected("int", value)
    if value < 0:
        raise TypeError("Could not convert value to nat")
    return _SMALL[value] if value < 128 else uleb(value)


def _int(value: Any) -> bytes:
    if not isinstance(value, int):
        raise TypeError("PyObjectRef is not a PyIntRef")
    return sleb(value)


def _bool(value: Any) -> bytes:
    if not isinstance(value, int):
        raise TypeError(f"Expected type bool, not {type(value).__name__}")
    return _PRESENT if value else _ABSENT


def _float64(value: Any) -> bytes:
    if not isinstance(value, float):
        raise _expected("float", value)
    return _FLOAT64(value)


def _float32(value: Any) -> bytes:
    if not isinstance(value, float):
        raise _expected("float", value)
    if value != value:  # noqa: PLR0124 - only NaN differs from itself; Kybra's float32 NaNs lose sign and payload
        return _NAN32
    try:
        return _FLOAT32(value)
    except OverflowError:
        return _FLOAT32(float("inf") if value > 0 else float("-inf"))


def _text(value: Any) -> bytes:
    try:
        raw = _encode_utf8(value)
    except TypeError:
        raise _expected("str", value) from None
    except UnicodeEncodeError:
        raw = utf8(value)
    length = len(raw)
    return _SMALL[length] + raw if length < 128 else uleb(length) + raw


def utf8(text: str) -> bytes:
    """UTF-8 of a text; lone surrogates become U+FFFD, as in Kybra's texts."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return "".join(["\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text]).encode()


def _null(value: Any) -> bytes:
    if value is not None:
        raise TypeError(f"expected NoneType but received {type(value).__name__}")
    return b""


def _reserved(_value: Any) -> bytes:
    return b""


def _empty(_value: Any) -> bytes:
    raise TypeError("value cannot be converted to Empty")


def _principal(read: Callable[[Any], bytes]) -> Encoder:
    def encode(value: Any) -> bytes:
        raw = read(value)
        return _REFERENCE + _SMALL[len(raw)] + raw

    return encode


def _func(encode_principal: Encoder) -> Encoder:
    def encode(value: Any) -> bytes:
        if not isinstance(value, tuple):
            raise _expected("tuple", value)
        if not value:
            raise TypeError("could not convert value to Func, missing Principal")
        if len(value) == 1:
            raise TypeError("could not convert value to Func, missing method")
        return _REFERENCE + encode_principal(value[0]) + _text(value[1])

    return encode


def _service(encode_principal: Encoder) -> Encoder:
    return lambda value: encode_principal(value.canister_id)


def _opt(inner: Encoder) -> Encoder:
    def encode(value: Any) -> bytes:
        return _ABSENT if value is None else _PRESENT + inner(value)

    return encode


def _blob(value: Any) -> bytes:
    raw = value if value.__class__ is bytes else checked_bytes(value)
    return (_SMALL[len(raw)] if len(raw) < 128 else uleb(len(raw))) + raw


def _iterable(encode_item: Encoder) -> Encoder:
    def encode(value: Any) -> bytes:
        items = [encode_item(item) for item in value]
        return uleb(len(items)) + b"".join(items)

    return encode


def _list(encode_item: Encoder) -> Encoder:
    def encode(value: Any) -> bytes:
        if not isinstance(value, list):
            raise _expected("list", value)
        try:
            items = [encode_item(item) for item in value]
        except Exception:  # noqa: BLE001 - whatever an item's conversion raises, Kybra reports the list
            raise TypeError("Could not convert value to Vec") from None
        return uleb(len(items)) + b"".join(items)

    return encode


def _members(value: Any, count: int) -> tuple[Any, ...]:
    if not isinstance(value, tuple):
        raise _expected("tuple", value)
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


_SIMPLE: dict[str, Encoder] = {
    "null": _null,
    "bool": _bool,
    "nat": _nat,
    "int": _int,
    "float32": _float32,
    "float64": _float64,
    "text": _text,
    "reserved": _reserved,
    "empty": _empty,
}
_NAT8 = fixed_int(1, signed=False)
