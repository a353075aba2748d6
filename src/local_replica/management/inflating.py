"""Why a DEFLATE stream cannot be unpacked, in the words of libflate, which the replica unpacks modules with."""

from collections.abc import Sequence

END_OF_FILE = "failed to fill whole buffer"
INVALID_CODE = "Invalid huffman coded stream"
_END_OF_BLOCK = 256
_MAX_DISTANCES = 30
_WIDTHS_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
_LENGTH_BITS = (*(0,) * 8, *(1,) * 4, *(2,) * 4, *(3,) * 4, *(4,) * 4, *(5,) * 4, 0)
_DISTANCE_BITS = (0, 0, *(bits for bits in range(14) for _ in range(2)))
_FIXED_WIDTHS = ((8,) * 144 + (9,) * 112 + (7,) * 24 + (8,) * 8, (5,) * _MAX_DISTANCES)
_REPEAT, _FEW_ZEROS, _MANY_ZEROS = 16, 17, 18


class Corrupt(Exception):
    """A stream that is none; says why."""


class _Bits:
    """A stream read bit by bit, least significant first."""

    def __init__(self, stream: bytes) -> None:
        self.stream = stream
        self.at = 0
        self.held = self.count = 0

    def take(self, width: int) -> int:
        while self.count < width:
            if self.at >= len(self.stream):
                raise Corrupt(END_OF_FILE)
            self.held |= self.stream[self.at] << self.count
            self.at += 1
            self.count += 8
        value = self.held & ((1 << width) - 1)
        self.held >>= width
        self.count -= width
        return value

    def take_number(self) -> int:
        """Two whole bytes; bits that are left of the last one are dropped."""
        self.held = self.count = 0
        return self.take(16)


class _Code:
    """A canonical Huffman code."""

    def __init__(self, widths: Sequence[int]) -> None:
        self._symbols: dict[tuple[int, int], int] = {}
        self._longest = max(widths, default=0)
        code = previous = 0
        for width, symbol in sorted((width, symbol) for symbol, width in enumerate(widths) if width):
            code <<= width - previous
            if code >> width:
                raise Corrupt(INVALID_CODE)
            self._symbols[width, code] = symbol
            code, previous = code + 1, width

    def decode(self, bits: _Bits) -> int:
        code = 0
        for width in range(1, self._longest + 1):
            code = code << 1 | bits.take(1)
            symbol = self._symbols.get((width, code))
            if symbol is not None:
                return symbol
        raise Corrupt(INVALID_CODE)


def fault_of(stream: bytes) -> str:
    """What is wrong with a stream that cannot be unpacked; as if it ended early where nothing is."""
    bits = _Bits(stream)
    length = 0
    try:
        while True:
            is_last, kind = bits.take(1), bits.take(2)
            length += _block(bits, kind, length)
            if is_last:
                return END_OF_FILE
    except Corrupt as corrupt:
        return str(corrupt)


def _block(bits: _Bits, kind: int, before: int) -> int:
    """Bytes that a block unpacks to, after `before` others. Raises Corrupt."""
    if kind == 0:
        return _stored(bits)
    literals: Sequence[int]
    distances: Sequence[int]
    if kind == 1:
        literals, distances = _FIXED_WIDTHS
    elif kind == 2:
        literals, distances = _widths(bits)
    else:
        raise Corrupt("btype 0x11 of DEFLATE is reserved(error) value")
    return _packed(bits, _Code(literals), _Code(distances), before)


def _stored(bits: _Bits) -> int:
    length, inverse = bits.take_number(), bits.take(16)
    if length ^ 0xFFFF != inverse:
        raise Corrupt(f"LEN={length} is not the one's complement of NLEN={inverse}")
    there = len(bits.stream) - bits.at
    if there < length:
        raise Corrupt(f"The reader has incorrect length: expected {length}, read {there}")
    bits.at += length
    return length


def _packed(bits: _Bits, literals: _Code, distances: _Code, before: int) -> int:
    length = before
    while (symbol := literals.decode(bits)) != _END_OF_BLOCK:
        if symbol < _END_OF_BLOCK:
            length += 1
            continue
        if symbol - 257 >= len(_LENGTH_BITS):
            raise Corrupt(f"The value {symbol} must not occur in compressed data")
        shared = _amount(bits, symbol - 257, _LENGTH_BITS, 3)
        if symbol - 257 == len(_LENGTH_BITS) - 1:
            shared = 258
        distance = _amount(bits, distances.decode(bits), _DISTANCE_BITS, 1)
        if distance > length:
            raise Corrupt(f"Too long backword reference: buffer.len={length}, distance={distance}")
        length += shared
    return length - before


def _amount(bits: _Bits, code: int, extra: Sequence[int], first: int) -> int:
    """A length or a distance: what lies below its code, and some bits more."""
    return first + sum(1 << width for width in extra[:code]) + bits.take(extra[code])


def _widths(bits: _Bits) -> tuple[list[int], list[int]]:
    """Widths of the codes of a block that brings its own."""
    literals, distances, given = bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4
    if distances > _MAX_DISTANCES:
        raise Corrupt(f"The value of HDIST is too big: max={_MAX_DISTANCES}, actual={distances}")
    of_widths = [0] * len(_WIDTHS_ORDER)
    for at in _WIDTHS_ORDER[:given]:
        of_widths[at] = bits.take(3)
    code = _Code(of_widths)
    widths: list[int] = []
    while len(widths) < literals + distances:
        symbol = code.decode(bits)
        if symbol == _REPEAT:
            times = bits.take(2) + 3
            if not widths:
                raise Corrupt("No preceding value")
            widths += widths[-1:] * times
        elif symbol == _FEW_ZEROS:
            widths += [0] * (bits.take(3) + 3)
        elif symbol == _MANY_ZEROS:
            widths += [0] * (bits.take(7) + 11)
        else:
            widths.append(symbol)
    if len(widths) > literals + distances:
        raise Corrupt(
            f"The length of `distance_code_bitwidthes` is too large: actual={len(widths) - literals}, "
            f"expected={distances}"
        )
    return widths[:literals], widths[literals:]
