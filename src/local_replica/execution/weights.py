"""What instructions cost on a genuine replica, by way of wasmtime's fuel.

wasmtime takes one unit of fuel for an instruction (none for those that only shape control flow). Where the replica
takes more, instructions that do nothing are put before it: they cost fuel but no time, since the compiler
folds them away.
"""

import re

from local_replica.execution.binary import CODE, Module, Reader, encode_unsigned
from local_replica.execution.operators import skip_instruction

_EXTRA = {
    **dict.fromkeys((0x00, 0x01, 0x04, 0x0C, 0x0D, 0x0E, 0x0F, 0x1A, 0x23, 0x24), 1),
    0x10: 4,
    0x11: 9,
    0x12: 2,
    0x13: 59,
    0x25: 4,
    0x3F: 19,
    0x40: 299,
    **dict.fromkeys((*range(0x5B, 0x67), 0x95), 2),
    **dict.fromkeys((*range(0x6D, 0x71), *range(0x7F, 0x83)), 9),
    **dict.fromkeys((*range(0x8D, 0x91), *range(0x92, 0x95), *range(0x9B, 0x9F), *range(0xA0, 0xA3)), 1),
    0x91: 4,
    0x9F: 7,
    0xA3: 4,
    **dict.fromkeys((0x96, 0x97, 0xA4, 0xA5), 17),
    0x98: 1,
    0xA6: 2,
    **dict.fromkeys((*range(0xA8, 0xAC), *range(0xAE, 0xB2)), 19),
    **dict.fromkeys((0xB2, 0xB4, 0xB7, 0xB9), 2),
    **dict.fromkeys((0xB3, 0xB5, 0xB8, 0xBA), 15),
    0xD1: 4,
    0xD2: 129,
}
"""Cost beyond the unit (or nothing) that wasmtime takes, by opcode."""

_EXTRA_PREFIXED = {
    **dict.fromkeys(range(8), 19),
    **dict.fromkeys((8, 10, 11), 99),
    **dict.fromkeys((9, 13), 299),
    16: 99,
}
_EXTRA_VECTOR = {
    **dict.fromkeys((13, 98, 107, 108, 127, 204), 2),
    **dict.fromkeys((38, 40, 48, 50, 58, 60, 109, 125, 139, 140, 141, 157, 159, 171, 172, 173, 181), 1),
    **dict.fromkeys((188, 189, 190, 191, 203, 205), 1),
    **dict.fromkeys((103, 104, 105, 106, 116, 117, 122, 148, 224, 225, 228, 229, 230, 236, 237), 1),
    **dict.fromkeys((240, 241, 242, 248, 252), 1),
    213: 3,
    227: 4,
    231: 9,
    **dict.fromkeys((232, 233, 244, 249, 251), 3),
    239: 13,
    243: 11,
    245: 4,
    253: 2,
}
_WIDE_MEMORY = frozenset(range(0x28, 0x3F))
_WIDE_VECTOR_MEMORY = frozenset((*range(12), *range(84, 94)))

_LEB = rb"[\x80-\xff]*+[\x00-\x7f]"
_PLAIN = (
    rb"\x02" + _LEB + rb"|\x03" + _LEB + rb"|[\x05\x0b\x1b\x45-\x5a\x67-\x6c\x71-\x7e\x83-\x8c\x99\x9a\xa7\xac\xad]"
    rb"|[\xb6\xbb-\xc4]|[\x20-\x22\x41\x42\xd0]" + _LEB + rb"|\x43.{4}|\x44.{8}"
)
_NARROW_RUN = re.compile(rb"(?:" + _PLAIN + rb"|[\x28-\x3e]" + _LEB + _LEB + rb")*+", re.DOTALL)
_WIDE_RUN = re.compile(rb"(?:" + _PLAIN + rb")*+", re.DOTALL)


def padding(cost: int) -> bytes:
    """Code that does nothing and takes `cost` fuel: a constant, negated again and again, dropped."""
    return b"\x41\x00" + b"\x45" * (cost - 1) + b"\x1a" if cost else b""


_PADDINGS = [padding(_EXTRA.get(opcode, 0)) for opcode in range(256)]


def weigh_code(module: Module) -> bytes:
    """The code section's content with every instruction at the replica's cost."""
    section = module.section(CODE)
    if section is None:
        return b""
    wide = bool(module.memories) and module.memories[0].is_64
    reader = Reader(module.data, section.start, section.end)
    count = reader.unsigned()
    parts = [encode_unsigned(count)]
    for _ in range(count):
        end = reader.unsigned() + reader.position
        body = _weigh_body(module.data, reader.position, end, wide=wide)
        parts.append(encode_unsigned(len(body)))
        parts.append(body)
        reader.position = end
    return b"".join(parts)


def _weigh_body(data: bytes, start: int, end: int, *, wide: bool) -> bytes:
    body = Reader(data, start, end)
    for _ in range(body.unsigned()):
        body.unsigned()
        body.byte()
    run = _WIDE_RUN if wide else _NARROW_RUN
    parts, written, position = [], start, body.position
    while position < end:
        match = run.match(data, position, end)
        position = match.end() if match else position
        if position >= end:
            break
        parts.append(data[written:position])
        written = position
        opcode = data[position]
        if opcode in {0x0C, 0x0D, 0x04, 0x10, 0x23, 0x24}:
            parts.append(_PADDINGS[opcode])
            position += 1
            while data[position] & 0x80:
                position += 1
            position += 1
        elif opcode in {0x1A, 0x0F, 0x00, 0x01}:
            parts.append(_PADDINGS[opcode])
            position += 1
        else:
            body.position = position
            parts.append(padding(_extra(data, position, wide=wide)))
            skip_instruction(body)
            position = body.position
    parts.append(data[written:end])
    return b"".join(parts)


def _extra(data: bytes, position: int, *, wide: bool) -> int:
    opcode = data[position]
    if opcode in {0xFC, 0xFD}:
        operation = Reader(data, position + 1, len(data)).unsigned()
        if opcode == 0xFC:
            return _EXTRA_PREFIXED.get(operation, 0)
        return _EXTRA_VECTOR.get(operation, 0) + (wide and operation in _WIDE_VECTOR_MEMORY)
    return _EXTRA.get(opcode, 0) + (wide and opcode in _WIDE_MEMORY)
