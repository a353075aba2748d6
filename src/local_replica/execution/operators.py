"""Instructions of function bodies: which are refused, how complex a function is (as the replica reckons it).

Most functions are only skipped over by one regular expression, which takes a tenth of a second for 3 MB of code; large
ones are decoded one by one.
"""

import re

from local_replica.execution.binary import CODE, Malformed, Module, Reader

COMPLEXITY_LIMIT = 1_000_000
SIZE_LIMIT = 1_000_000
_MOST_COMPLEX_BYTE = 25
"""A block or a call is two bytes and counts 50."""

_REFUSED = {12: "table.init", 14: "table.copy", 15: "table.grow", 17: "table.fill"}

_LEB = rb"[\x80-\xff]*+[\x00-\x7f]"
_SKIPPED = re.compile(
    rb"(?:"
    rb"[\x00\x01\x05\x0b\x0f\x1a\x1b\x45-\xc4\xd1]"
    rb"|[\x02-\x04\x0c\x0d\x10\x12\x20-\x25\x3f-\x42\xd0\xd2]" + _LEB + rb"|[\x11\x13\x28-\x3e]" + _LEB + _LEB + rb""
    rb"|\x43.{4}|\x44.{8}"
    rb"|\xfc(?:[\x00-\x07]|[\x08\x0a]" + _LEB + _LEB + rb"|[\x09\x0b\x0d\x10]" + _LEB + rb")"
    rb")*+",
    re.DOTALL,
)


class UnsupportedInstruction(Exception):
    """`name` may not be used."""

    def __init__(self, index: int, name: str) -> None:
        super().__init__(name)
        self.index = index
        self.name = name


class TooComplex(Exception):
    """A function over COMPLEXITY_LIMIT."""

    def __init__(self, index: int, complexity: int) -> None:
        super().__init__(complexity)
        self.index = index
        self.complexity = complexity


class TooLarge(Exception):
    """A function of more instructions than SIZE_LIMIT."""

    def __init__(self, index: int, size: int) -> None:
        super().__init__(size)
        self.index = index
        self.size = size


def check_functions(module: Module) -> None:
    """Raises UnsupportedInstruction, TooComplex or TooLarge for the first such function."""
    section = module.section(CODE)
    if section is None:
        return
    reader = Reader(module.data, section.start, section.end)
    imported = len(module.imported_functions())
    for index in range(imported, imported + reader.unsigned()):
        end = reader.unsigned() + reader.position
        body = Reader(module.data, reader.position, end)
        _check_function(index, body)
        reader.position = end


def _check_function(index: int, body: Reader) -> None:
    for _ in range(body.unsigned()):
        body.unsigned()
        body.byte()
    try:
        if (body.end - body.position) * _MOST_COMPLEX_BYTE < COMPLEXITY_LIMIT:
            _skip(body)
            return
        size = complexity = 0
        while body.position < body.end:
            complexity += skip_instruction(body)
            size += 1
    except _RefusedError as refused:
        raise UnsupportedInstruction(index, refused.args[0]) from None
    if complexity > COMPLEXITY_LIMIT:
        raise TooComplex(index, complexity)
    if size > SIZE_LIMIT:
        raise TooLarge(index, size)


class _RefusedError(Exception):
    pass


def _skip(body: Reader) -> None:
    while True:
        match = _SKIPPED.match(body.data, body.position, body.end)
        body.position = match.end() if match else body.position
        if body.position >= body.end:
            return
        skip_instruction(body)


def skip_instruction(body: Reader) -> int:
    """Skip one instruction; gives its complexity."""
    opcode = body.byte()
    if opcode == 0x26:
        raise _RefusedError("table.set")
    if opcode == 0xFC:
        return _prefixed(body, body.unsigned())
    if opcode == 0xFD:
        return _vector(body, body.unsigned())
    _skip_immediates(body, opcode)
    return _COMPLEXITY.get(opcode, 1)


def _skip_immediates(body: Reader, opcode: int) -> None:
    if opcode in _ONE_NUMBER:
        body.unsigned() if opcode not in _SIGNED else body.signed()
    elif opcode in _TWO_NUMBERS:
        body.unsigned()
        body.unsigned()
    elif opcode == 0x43:
        body.take(4)
    elif opcode == 0x44:
        body.take(8)
    elif opcode == 0x0E:
        body.vector(body.unsigned)
        body.unsigned()
    elif opcode == 0x1C:
        body.vector(body.signed)
    elif opcode == 0x1F:
        raise Malformed("exceptions are not enabled")


def _prefixed(body: Reader, operation: int) -> int:
    """Saturating conversions and bulk memory."""
    if operation in _REFUSED:
        raise _RefusedError(_REFUSED[operation])
    for _ in range({8: 2, 9: 1, 10: 2, 11: 1, 13: 1, 16: 1}.get(operation, 0)):
        body.unsigned()
    return 4 if operation == 10 else 3 if operation < 8 or operation == 11 else 1


def _vector(body: Reader, operation: int) -> int:
    if operation <= 11 or 84 <= operation <= 93:
        body.unsigned()
        body.unsigned()
    if operation in (12, 13):
        body.take(16)
    elif 21 <= operation <= 34 or 84 <= operation <= 91:
        body.byte()
    return 1


_SIGNED = frozenset((0x02, 0x03, 0x04, 0x41, 0x42, 0xD0))
_ONE_NUMBER = frozenset((*_SIGNED, 0x0C, 0x0D, 0x10, 0x12, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x3F, 0x40, 0xD2))
_TWO_NUMBERS = frozenset((0x11, 0x13, *range(0x28, 0x3F)))

_COMPLEXITY = {
    **dict.fromkeys((0x02, 0x03, 0x04, 0x0C, 0x0D, 0x0E, 0x10, 0x11, 0x40), 50),
    0x25: 14,
    0xD2: 8,
    0xD1: 6,
    **dict.fromkeys((*range(0xA8, 0xBB), *range(0xB2, 0xB7)), 5),
    **dict.fromkeys((0x8B, 0x8C, 0x99, 0x9A), 4),
    **dict.fromkeys((0x98, 0xA6, 0x61, 0x6D, 0x6E, 0x6F, 0x70, 0x7F, 0x80, 0x81, 0x82, *range(0x28, 0x36)), 3),
    **dict.fromkeys(
        (
            *(0x23, 0x69, 0x7B, 0x1B, 0x3F, *range(0x36, 0x3F)),
            *range(0x45, 0x61),
            *range(0x62, 0x67),
            *(0x8D, 0x9B, 0x8E, 0x9C, 0x91, 0x9F, 0x8F, 0x9D),
            *(0xBC, 0xBD, 0xBE, 0xBF, 0xA7, 0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xBB),
        ),
        2,
    ),
}
"""Complexity by opcode; 1 where it is not here."""
