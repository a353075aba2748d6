"""Walking the instructions of a code section, only to count them (core specification, section 5.4, "Instructions")."""

from collections import Counter

_BLOCK, _LOOP, _IF = 0x02, 0x03, 0x04
_ONE_INDEX = {0x0C, 0x0D, 0x10, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x41, 0x42, 0xD2, _BLOCK, _LOOP, _IF}
"""Opcodes followed by one number (block types count as one)."""
_FIXED_BYTES = {0x3F: 1, 0x40: 1, 0x43: 4, 0x44: 8, 0xD0: 1}
_PREFIX = 0xFC
_PREFIXED_INDICES = {8: 2, 9: 1, 10: 2, 11: 1, 12: 2, 13: 1, 14: 2, 15: 1, 16: 1, 17: 1}
BULK_FILL = 0xFC0B
_SIMD, _ATOMIC = 0xFD, 0xFE


class Uncounted(Exception):
    """The code has instructions that are not told apart here (SIMD, atomics)."""


class InstructionCounter:
    """Counts opcodes over all function bodies."""

    def __init__(self, code: bytes) -> None:
        self.code = code
        self.position = 0
        self.opcodes: Counter[int] = Counter()
        self.functions = 0

    def count(self) -> None:
        """Read the whole section. Raises Uncounted."""
        self.functions = self._number()
        for _ in range(self.functions):
            end = self._number() + self.position
            self._skip_locals()
            while self.position < end:
                self._instruction()

    def _number(self) -> int:
        value = shift = 0
        while True:
            byte = self.code[self.position]
            self.position += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def _skip_locals(self) -> None:
        for _ in range(self._number()):
            self._number()
            self.position += 1

    def _instruction(self) -> None:
        opcode = self.code[self.position]
        self.position += 1
        self.opcodes[opcode] += 1
        if opcode in _ONE_INDEX:
            self._number()
        elif 0x28 <= opcode <= 0x3E or opcode == 0x11:
            self._number()
            self._number()
        elif opcode in _FIXED_BYTES:
            self.position += _FIXED_BYTES[opcode]
        elif opcode in (0x0E, 0x1C):
            self._vector(opcode)
        elif opcode == _PREFIX:
            self._prefixed()
        elif opcode in (_SIMD, _ATOMIC):
            raise Uncounted

    def _vector(self, opcode: int) -> None:
        for _ in range(self._number() + (opcode == 0x0E)):
            self._number()

    def _prefixed(self) -> None:
        kind = self._number()
        self.opcodes[_PREFIX << 8 | kind] += 1
        for _ in range(_PREFIXED_INDICES.get(kind, 0)):
            self._number()
