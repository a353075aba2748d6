"""What instructions cost on a genuine replica, by way of wasmtime's fuel.

wasmtime takes one unit of fuel for an instruction (none for those that only shape control flow). Where the replica
takes more, instructions that do nothing are put before it: they cost fuel but no time, since the compiler
folds them away.
"""

import re

from candid.wire import sleb, uleb
from local_replica.execution.binary import CODE, Module, Reader
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
_COUNTER = "performance_counter"
_CALL = 0x10
_ONE_NUMBER = frozenset((0x04, 0x0C, 0x0D, _CALL, 0x23, 0x24))
_BARE = frozenset((0x00, 0x01, 0x0F, 0x1A))
FREE = frozenset((0x00, 0x01, 0x02, 0x03, 0x05, 0x0B, 0x0F, 0x1A))
"""wasmtime takes no fuel for them."""
ENDS_A_RUN = frozenset((0x00, 0x03, 0x04, 0x05, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x12, 0x13))
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


def weigh_code(module: Module, *, rest_global: int) -> bytes:
    """The code section's content with every instruction at the replica's cost.

    The replica charges a run of code up to the next branch when it begins. That shows in `performance_counter` alone:
    before a call of it, the cost of what follows in the run is left in the global `rest_global`.
    """
    section = module.section(CODE)
    if section is None:
        return b""
    wide = bool(module.memories) and module.memories[0].is_64
    reader = Reader(module.data, section.start, section.end)
    count = reader.unsigned()
    names = [item.name for item in module.imported_functions()]
    counter = names.index(_COUNTER) if _COUNTER in names else None
    weigher = _Weigher(module.data, counter, rest_global, wide=wide)
    parts = [uleb(count)]
    for _ in range(count):
        end = reader.unsigned() + reader.position
        body = weigher.weigh(reader.position, end)
        parts.append(uleb(len(body)))
        parts.append(body)
        reader.position = end
    return b"".join(parts)


class _Weigher:
    """Weighs function bodies of one module."""

    def __init__(self, data: bytes, counter: int | None, rest_global: int, *, wide: bool) -> None:
        self._data = data
        self._wide = wide
        self._counter_call = b"\x10" + uleb(counter) if counter is not None else b"\xff"
        self._set_rest = b"\x24" + uleb(rest_global)
        self._run = _WIDE_RUN if wide else _NARROW_RUN

    def weigh(self, start: int, end: int) -> bytes:
        """The function body (locals and code) at `data[start:end]`."""
        data, body, match_run = self._data, Reader(self._data, start, end), self._run.match
        for _ in range(body.unsigned()):
            body.unsigned()
            body.byte()
        parts, written, position = [], start, body.position
        while position < end:
            run = match_run(data, position, end)
            position = run.end() if run else position
            if position >= end:
                break
            parts.append(data[written:position])
            written, opcode = position, data[position]
            if opcode == _CALL and data.startswith(self._counter_call, position):
                parts.append(self._counter_padding(position, end))
                position += len(self._counter_call)
            elif opcode in _ONE_NUMBER:
                parts.append(_PADDINGS[opcode])
                position += 1
                while data[position] & 0x80:
                    position += 1
                position += 1
            elif opcode in _BARE:
                parts.append(_PADDINGS[opcode])
                position += 1
            else:
                body.position = position
                parts.append(padding(self._extra(position)))
                skip_instruction(body)
                position = body.position
        parts.append(data[written:end])
        return b"".join(parts)

    def _counter_padding(self, position: int, end: int) -> bytes:
        """Leaves the cost of what follows in the run; storing it costs two of the four units that a call lacks."""
        body = Reader(self._data, position + len(self._counter_call), end)
        rest = 0
        while body.position < end:
            at = body.position
            opcode = self._data[at]
            rest += self._extra(at) + (opcode not in FREE)
            if opcode in ENDS_A_RUN:
                break
            skip_instruction(body)
        return b"\x41" + sleb(rest) + self._set_rest + padding(_EXTRA[_CALL] - 2)

    def _extra(self, position: int) -> int:
        opcode = self._data[position]
        if opcode in {0xFC, 0xFD}:
            operation = Reader(self._data, position + 1, len(self._data)).unsigned()
            if opcode == 0xFC:
                return _EXTRA_PREFIXED.get(operation, 0)
            return _EXTRA_VECTOR.get(operation, 0) + (self._wide and operation in _WIDE_VECTOR_MEMORY)
        return _EXTRA.get(opcode, 0) + (self._wide and opcode in _WIDE_MEMORY)
