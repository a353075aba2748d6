"""Primitives of the binary format: type codes, label hashes and LEB128 (Candid specification, "Binary Format").

Reading functions take `(data, pos)` and return `(value, new pos)`. Past the end they raise IndexError, or return a
position behind the end: whoever reads a whole message turns both into a DecodeError.
"""

from candid.errors import DecodeError

MAGIC = b"DIDL"

NULL, BOOL, NAT, INT = -1, -2, -3, -4
NAT8, NAT16, NAT32, NAT64 = -5, -6, -7, -8
INT8, INT16, INT32, INT64 = -9, -10, -11, -12
FLOAT32, FLOAT64, TEXT, RESERVED, EMPTY = -13, -14, -15, -16, -17
OPT, VEC, RECORD, VARIANT, FUNC, SERVICE = -18, -19, -20, -21, -22, -23
PRINCIPAL = -24

PRIMITIVE_CODES = {
    "null": NULL,
    "bool": BOOL,
    "nat": NAT,
    "int": INT,
    "nat8": NAT8,
    "nat16": NAT16,
    "nat32": NAT32,
    "nat64": NAT64,
    "int8": INT8,
    "int16": INT16,
    "int32": INT32,
    "int64": INT64,
    "float32": FLOAT32,
    "float64": FLOAT64,
    "text": TEXT,
    "reserved": RESERVED,
    "empty": EMPTY,
    "principal": PRINCIPAL,
}
PRIMITIVE_NAMES = {code: name for name, code in PRIMITIVE_CODES.items()}

KIND_NAMES = {
    **PRIMITIVE_NAMES,
    OPT: "opt",
    VEC: "vec",
    RECORD: "record",
    VARIANT: "variant",
    FUNC: "func",
    SERVICE: "service",
}

FUNC_MODES = {"query": 1, "oneway": 2, "composite_query": 3}
FUNC_MODE_NAMES = {code: name for name, code in FUNC_MODES.items()}

FIXED_FORMATS = {
    NAT8: "B",
    NAT16: "H",
    NAT32: "I",
    NAT64: "Q",
    INT8: "b",
    INT16: "h",
    INT32: "i",
    INT64: "q",
    FLOAT32: "f",
    FLOAT64: "d",
}
"""`struct` letters of the types with a fixed width; all are little-endian."""

FIXED_SIZES = {
    NAT8: 1,
    NAT16: 2,
    NAT32: 4,
    NAT64: 8,
    INT8: 1,
    INT16: 2,
    INT32: 4,
    INT64: 8,
    FLOAT32: 4,
    FLOAT64: 8,
}

_LONG = 9
"""From this many bytes on, integers are converted in groups, so that the time stays linear."""


def label_hash(label: str | int) -> int:
    """The 32-bit id of a field or variant case; a number is its own id."""
    if isinstance(label, int):
        return label
    total = 0
    for byte in label.encode():
        total = (total * 223 + byte) & 0xFFFFFFFF
    return total


def uleb(number: int) -> bytes:
    """Unsigned LEB128 of a number >= 0."""
    if number < 128:
        return bytes((number,))
    if number >> 63:
        return _long_leb(number, (number.bit_length() + 6) // 7)
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def sleb(number: int) -> bytes:
    """Signed LEB128."""
    if -64 <= number < 64:
        return bytes((number & 127,))
    magnitude = number if number >= 0 else ~number
    count = magnitude.bit_length() // 7 + 1
    return _long_leb(number & ((1 << 7 * count) - 1), count)


def _long_leb(number: int, count: int) -> bytes:
    """`count` groups of seven bits of a number >= 0, eight groups at a time."""
    out = bytearray()
    raw = number.to_bytes((count + 7) // 8 * 7, "little")
    for start in range(0, len(raw), 7):
        chunk = int.from_bytes(raw[start : start + 7], "little")
        for _ in range(8):
            out.append(chunk & 127 | 128)
            chunk >>= 7
    del out[count:]
    out[-1] &= 127
    return bytes(out)


def read_length(data: bytes, pos: int) -> tuple[int, int]:
    """An unsigned LEB128 of at most 64 bits, as lengths and counts are."""
    number = shift = 0
    while True:
        byte = data[pos]
        pos += 1
        number |= (byte & 127) << shift
        if byte < 128:
            if number >> 64:
                raise DecodeError("a length does not fit 64 bits")
            return number, pos
        shift += 7
        if shift > 63:
            raise DecodeError("a length does not fit 64 bits")


def read_nat(data: bytes, pos: int) -> tuple[int, int]:
    """An unsigned LEB128 of any size; over-long forms are accepted."""
    end = _end_of_leb(data, pos)
    return _groups(data, pos, end), end


def read_int(data: bytes, pos: int) -> tuple[int, int]:
    """A signed LEB128 of any size; over-long forms are accepted."""
    end = _end_of_leb(data, pos)
    number = _groups(data, pos, end)
    if data[end - 1] & 64:
        number -= 1 << 7 * (end - pos)
    return number, end


def read_index(data: bytes, pos: int) -> tuple[int, int]:
    """A signed LEB128 of at most 64 bits, as type codes are."""
    number, end = read_int(data, pos)
    if end - pos > 10 or not -(1 << 63) <= number < 1 << 63:
        raise DecodeError("a type code does not fit 64 bits")
    return number, end


def _end_of_leb(data: bytes, pos: int) -> int:
    while data[pos] > 127:
        pos += 1
    return pos + 1


def _groups(data: bytes, pos: int, end: int) -> int:
    if end - pos < _LONG:
        number = shift = 0
        for byte in data[pos:end]:
            number |= (byte & 127) << shift
            shift += 7
        return number
    raw = bytearray()
    for start in range(pos, end, 8):
        raw += _groups(data, start, min(start + 8, end)).to_bytes(7, "little")
    return int.from_bytes(raw, "little")
