"""What compiling a module counts as: its instructions after instrumentation, less when a subnet has seen it before.

The weights were fitted to the recordings. Large modules are estimated: counting them would take longer than compiling.
"""

from hashlib import sha256

from local_replica.cycles.opcodes import BULK_FILL, InstructionCounter, Uncounted
from local_replica.execution.binary import Module, read_module
from local_replica.subnet import Subnet

PER_INSTRUCTION = 6_000
PER_CACHED_INSTRUCTION = 60
COUNTED_CODE_BYTES = 64 * 1024
_CODE_SECTION = 10
_ALWAYS = 72
_PER_FUNCTION = 10
_PER_BRANCH = 4
_INJECTED = {"stable_grow": 5, "stable64_grow": 5, "stable_write": 112, "stable64_write": 112}
_INJECTED |= {"stable_read": 102, "stable64_read": 102}
_WEIGHTS = {0x03: 4, 0x0D: 4, 0x04: 2 * _PER_BRANCH, 0x05: _PER_BRANCH, 0x40: 10, BULK_FILL: 7}
"""Added by instrumentation: loop, br_if, if (and what follows it), else, memory.grow, memory.fill."""


def instructions(subnet: Subnet, module: bytes) -> int:
    """Instructions that an installation is charged for compiling the module."""
    key = sha256(module).digest()
    count = instrumented_size(read_module(module))
    if key in subnet.state.compiled:
        return PER_CACHED_INSTRUCTION * count
    subnet.state.compiled.add(key)
    return PER_INSTRUCTION * count


def instrumented_size(module: Module) -> int:
    """Instructions of the module with metering and stable memory functions put in."""
    section = module.section(_CODE_SECTION)
    if section is None:
        return _ALWAYS
    size = section.end - section.start
    if size > COUNTED_CODE_BYTES:
        return _estimated(size)
    counter = InstructionCounter(module.data[section.start : section.end])
    try:
        counter.count()
    except Uncounted:
        return _estimated(size)
    own = sum(count for opcode, count in counter.opcodes.items() if opcode <= 0xFF)
    added = sum(_WEIGHTS.get(opcode, 0) * count for opcode, count in counter.opcodes.items())
    injected = sum({item.name: _INJECTED.get(item.name, 0) for item in module.imports}.values())
    return _ALWAYS + _PER_FUNCTION * counter.functions + own + added + injected


def _estimated(code_bytes: int) -> int:
    return code_bytes * 6 // 5
