"""The counters of a module that clang instrumented, out of its memory, and the profile that llvm-profdata reads.

LLVM's instrumentation of its own intermediate code (`-fprofile-generate`), raw profile version 8: a record for each
function (llvm/ProfileData/InstrProfData.inc), names compressed per object, counters of 8 bytes.
"""

import hashlib
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from canister_runtime.image.wasm import read_uleb

MARK = b"counters of the compiler"
"""Before the addresses that `runtime/training/counting.c` leaves."""
INDIRECT_CALLS, COPIED_LENGTHS = 0, 1
VALUE_KINDS = (INDIRECT_CALLS, COPIED_LENGTHS)
KEPT_VALUES = 8
"""Of the values of a site the most frequent; the compiler looks at three."""
NAME_SEPARATOR = b"\1"
_PLACES = struct.Struct("<6I")
_FUNCTION = struct.Struct("<QQiIIIHH4x")
_SEEN = struct.Struct("<QQII")


@dataclass(frozen=True, slots=True)
class Function:
    """One function as the compiler numbered its counters: where they are, how many sites by kind."""

    name: str
    hash: int
    address: int
    counters: int
    number_of_counters: int
    table_index: int
    sites: tuple[int, int]


@dataclass(slots=True)
class Counts:
    """What was counted in one function. Values: (kind, site) to value or name and its count; `sites` by kind."""

    sites: tuple[int, int]
    counters: Counter[int] = field(default_factory=Counter)
    values: dict[tuple[int, int], Counter[str]] = field(default_factory=dict)


Profile = dict[tuple[str, int], Counts]


class InstrumentedMemory:
    """One canister's memory. Raises ValueError when the module was not instrumented."""

    def __init__(self, heap: bytes) -> None:
        self._heap = heap
        mark = heap.find(MARK)
        if mark < 0:
            raise ValueError("the canister's runtime was not built for counting: scripts/train_runtime")
        *bounds, self._seen, self._seen_end = _PLACES.unpack_from(heap, mark + len(MARK))
        names = {_reference(name): name.decode() for name in _names(heap[bounds[2] : bounds[3]])}
        self.functions = [self._function(names, at) for at in range(bounds[0], bounds[1], _FUNCTION.size)]

    def _function(self, names: dict[int, str], at: int) -> Function:
        name, body, offset, index, _, number, calls, lengths = _FUNCTION.unpack_from(self._heap, at)
        return Function(names[name], body, at, at + offset, number, index, (calls, lengths))

    def counters(self, function: Function) -> tuple[int, ...]:
        return struct.unpack_from(f"<{function.number_of_counters}Q", self._heap, function.counters)

    def seen(self) -> Counter[tuple[int, int, int]]:
        """How often a value was seen, by address of the function's record, site and value."""
        slots = _SEEN.iter_unpack(self._heap[self._seen : self._seen_end])
        return Counter({(function, site, value): count for value, count, function, site in slots if count})


def profile_between(before: bytes, after: bytes) -> Profile:
    """What was counted between two memories of one canister."""
    first, last = InstrumentedMemory(before), InstrumentedMemory(after)
    profile: Profile = {}
    for function in last.functions:
        changes = zip(last.counters(function), first.counters(function), strict=True)
        counters = Counter({number: now - then for number, (now, then) in enumerate(changes)})
        profile[function.name, function.hash] = Counts(function.sites, counters)
    _add_values(profile, last, last.seen() - first.seen())
    return profile


def _add_values(profile: Profile, memory: InstrumentedMemory, seen: Counter[tuple[int, int, int]]) -> None:
    by_address = {function.address: function for function in memory.functions}
    by_index = {function.table_index: function.name for function in memory.functions if function.table_index}
    for (address, site, value), count in seen.items():
        function = by_address[address]
        is_call = site < function.sites[INDIRECT_CALLS]
        place = (INDIRECT_CALLS, site) if is_call else (COPIED_LENGTHS, site - function.sites[INDIRECT_CALLS])
        shown = by_index.get(value) if is_call else str(value)
        if shown is not None:
            values = profile[function.name, function.hash].values
            values.setdefault(place, Counter())[shown] += count


def add(profile: Profile, other: Profile, scale: float = 1) -> None:
    """Add another profile, its counts times `scale`."""
    for key, counts in other.items():
        known = profile.setdefault(key, Counts(counts.sites))
        _add_scaled(known.counters, counts.counters, scale)
        for place, values in counts.values.items():
            _add_scaled(known.values.setdefault(place, Counter()), values, scale)


def _add_scaled(known: Counter[Any], more: Counter[Any], scale: float) -> None:
    for key, count in more.items():
        known[key] += -int(-count * scale // 1)


def _names(section: bytes) -> Iterator[bytes]:
    """The names: pieces of uncompressed size, compressed size (0: as they are), content; zeros between pieces."""
    position = 0
    while position < len(section):
        if section[position] == 0:
            position += 1
            continue
        size, position = read_uleb(section, position)
        compressed, position = read_uleb(section, position)
        content = section[position : position + (compressed or size)]
        position += len(content)
        yield from (zlib.decompress(content) if compressed else content).split(NAME_SEPARATOR)


def _reference(name: bytes) -> int:
    """By which number a record calls its function."""
    return int.from_bytes(hashlib.md5(name, usedforsecurity=False).digest()[:8], "little")


def profile_text(profile: Profile) -> Iterator[str]:
    """The profile as llvm-profdata reads it, in pieces. Functions in the order of their names."""
    yield ":ir\n"
    for (name, body), counts in sorted(profile.items()):
        numbers = [counts.counters[number] for number in sorted(counts.counters)]
        lines = [name, str(body), str(len(numbers)), *map(str, numbers), *_value_lines(counts)]
        yield "\n".join(lines) + "\n\n"


def _value_lines(counts: Counts) -> Iterator[str]:
    """All sites of the function are listed, also those where nothing was seen: the compiler compares their number."""
    kinds = [kind for kind in VALUE_KINDS if counts.sites[kind]] if any(counts.counters.values()) else []
    if kinds:
        yield str(len(kinds))
    for kind in kinds:
        yield from (str(kind), str(counts.sites[kind]))
        for site in range(counts.sites[kind]):
            top = counts.values.get((kind, site), Counter()).most_common(KEPT_VALUES)
            yield str(len(top))
            yield from (f"{value}:{count}" for value, count in top)
