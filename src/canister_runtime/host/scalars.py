"""Encoders of primitive values and references, and checks of the arguments that system functions take.

What passes and the text of every refusal are those of Kybra 0.7.1.
"""

from collections.abc import Callable
from struct import Struct
from typing import Any, TypeAlias

from candid.wire import sleb, uleb

Encoder: TypeAlias = Callable[[Any], bytes]

ABSENT, PRESENT = b"\x00", b"\x01"
SMALL = tuple(bytes((n,)) for n in range(128))
SIZES = {"8": 1, "16": 2, "32": 4, "64": 8}

_REFERENCE = b"\x01"
_FLOAT64 = Struct("<d").pack
_FLOAT32 = Struct("<f").pack
_NAN32 = b"\x00\x00\xc0\x7f"
_encode_utf8 = str.encode


def leb(number: int) -> bytes:
    """Unsigned LEB128, with short ways for the numbers that lengths are."""
    if number < 128:
        return SMALL[number]
    return bytes((number & 127 | 128, number >> 7)) if number < 16_384 else uleb(number)


def primitive(name: str) -> Encoder:
    """The encoder of a type without parts, by its Candid name."""
    if name in _SIMPLE:
        return _SIMPLE[name]
    signed = name.startswith("int")
    bits = name.removeprefix("int" if signed else "nat")
    return fixed_int(SIZES[bits], signed=signed)


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
    raise expected("str", value)


def checked_bytes(value: Any) -> bytes:
    """`value` as a blob argument of a system function: any iterable of small integers passes."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    return b"".join([_NAT8(item) for item in value])


def _integer_error(value: Any, rust_name: str) -> Exception:
    if isinstance(value, int):
        return OverflowError(f"Python int too large to convert to Rust {rust_name}")
    return expected("int", value)


def expected(wanted: str, value: Any) -> TypeError:
    """Kybra's refusal of a value of another type, in its words."""
    return TypeError(f"Expected type '{wanted}' but '{type(value).__name__}' found")


def _nat(value: Any) -> bytes:
    if not isinstance(value, int):
        raise expected("int", value)
    if value < 0:
        raise TypeError("Could not convert value to nat")
    return SMALL[value] if value < 128 else leb(value)


def _int(value: Any) -> bytes:
    if not isinstance(value, int):
        raise TypeError("PyObjectRef is not a PyIntRef")
    return sleb(value)


def _bool(value: Any) -> bytes:
    if not isinstance(value, int):
        raise TypeError(f"Expected type bool, not {type(value).__name__}")
    return PRESENT if value else ABSENT


def _float64(value: Any) -> bytes:
    if not isinstance(value, float):
        raise expected("float", value)
    return _FLOAT64(value)


def _float32(value: Any) -> bytes:
    if not isinstance(value, float):
        raise expected("float", value)
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
        raise expected("str", value) from None
    except UnicodeEncodeError:
        raw = utf8(value)
    length = len(raw)
    return SMALL[length] + raw if length < 128 else leb(length) + raw


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


def principal(read: Callable[[Any], bytes]) -> Encoder:
    """Principals; `read` takes the bytes out of one."""

    def encode(value: Any) -> bytes:
        raw = read(value)
        return _REFERENCE + SMALL[len(raw)] + raw

    return encode


def func(encode_principal: Encoder) -> Encoder:
    """Funcs, which Kybra writes as a tuple of principal and method."""

    def encode(value: Any) -> bytes:
        if not isinstance(value, tuple):
            raise expected("tuple", value)
        if not value:
            raise TypeError("could not convert value to Func, missing Principal")
        if len(value) == 1:
            raise TypeError("could not convert value to Func, missing method")
        return _REFERENCE + encode_principal(value[0]) + _text(value[1])

    return encode


def service(encode_principal: Encoder) -> Encoder:
    """Services, by the principal that they were made with."""
    return lambda value: encode_principal(value.canister_id)


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
