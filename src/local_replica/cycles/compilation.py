"""What compiling a module counts as: its instructions after instrumentation, less when a subnet has seen it before."""

from local_replica.cycles.counting import metered_instructions
from local_replica.execution.binary import CODE, Module, read_module
from local_replica.execution.remembering import digest
from local_replica.subnet import Subnet

PER_INSTRUCTION = 6_000
PER_CACHED_INSTRUCTION = 60
PER_REFUSED_BYTE = PER_INSTRUCTION
"""A module that is refused counts by its length."""
_ALWAYS = 72
"""Two functions that take from the counter and count pages, and three globals."""
_PER_GLOBAL = 2
_REPLACED = {
    "stable_size": 10,
    "stable_grow": 24,
    "stable_read": 106,
    "stable_write": 91,
    "stable64_size": 2,
    "stable64_grow": 21,
    "stable64_read": 119,
    "stable64_write": 107,
}
"""Instructions of the functions that stand in for these system calls, where they are imported."""


def instructions(subnet: Subnet, module: bytes) -> int:
    """Instructions that an installation is charged for compiling the module."""
    key = digest(module)
    count = _counted(key, module)
    if key in subnet.state.compiled:
        return PER_CACHED_INSTRUCTION * count
    subnet.state.compiled.add(key)
    return PER_INSTRUCTION * count


_counts: dict[bytes, int] = {}
_COUNTS_KEPT = 1_000


def _counted(key: bytes, module: bytes) -> int:
    """`instrumented_size`, remembered by the module's digest: every shard of a fleet has the same."""
    if key not in _counts:
        if len(_counts) >= _COUNTS_KEPT:
            _counts.clear()
        _counts[key] = instrumented_size(read_module(module))
    return _counts[key]


def instrumented_size(module: Module) -> int:
    """Instructions of the module with metering and stable memory functions put in."""
    section = module.section(CODE)
    is_64 = bool(module.memories) and module.memories[0].is_64
    own = metered_instructions(module.data[section.start : section.end], is_64=is_64) if section else 0
    replaced = sum(_REPLACED.get(name, 0) for name in {item.name for item in module.imports if item.module == "ic0"})
    return _ALWAYS + own + _PER_GLOBAL * len(module.globals) + replaced
