"""Steps on a stable map: what a fuzzer's bytes mean, and what has to hold after each."""

import contextlib
from collections.abc import Callable
from typing import Any, NamedTuple

from candid import Principal, encode
from candid.types import BLOB, INT64, NAT32, PRINCIPAL, TEXT, Field, Record, Type
from canister_runtime.stable.errors import StableMemoryError
from canister_runtime.stable.opening import Opener, Ordering
from support.stable_maps import native_maps, outcome
from support.stable_memory import PAGE, SparseStableMemory

MEMORY_ID, MAX_VALUE, KEYS = 5, 40, 600
_MANAGER_BYTES = 2_100
"""Of the memory manager's 65,536 those that say anything while there is one bucket."""
_SIZES = (0, 8, 60, 300)
_POINT = Record((Field("y", INT64), Field("a", TEXT)))
_KINDS: tuple[tuple[Type, int, Callable[[int], Any]], ...] = (
    (NAT32, 11, lambda number: number * 7_919 % 4_294_967_296),
    (INT64, 15, lambda number: (number - 300) * 10**15),
    (TEXT, 120, lambda number: "a" * (number % 90) + str(number)),
    (BLOB, 40, lambda number: number.to_bytes(2, "big") * (number % 9 + 1)),
    (PRINCIPAL, 40, lambda number: Principal(number.to_bytes(2, "big") * (number % 14 + 1))),
    (_POINT, 60, lambda number: {"y": -number % 17, "a": str(number)}),
)


class Start(NamedTuple):
    """Keys of one kind, and memories that hold some of them."""

    ordering: Ordering
    max_key: int
    keys: list[bytes]
    contents: list[bytes]


def starting_points() -> list[Start]:
    """One of each kind of keys."""
    points = []
    for type_, max_key, value_of in _KINDS:
        start = Start(Ordering(type_, {}), max_key, [encode([type_], [value_of(at)]) for at in range(KEYS)], [])
        start.contents.extend(_filled(start, size) for size in _SIZES)
        points.append(start)
    return points


def _filled(start: Start, size: int) -> bytes:
    stable = SparseStableMemory()
    stored = _opened(start, stable, native_maps)
    for number in range(size):
        stored.insert(start.keys[number * 7 % KEYS], start.keys[number][:MAX_VALUE])
    return bytes(stable.content)


def _opened(start: Start, stable: Any, native: Any) -> Any:
    return Opener(stable, native).open(MEMORY_ID, start.max_key, MAX_VALUE, start.ordering)


class Subject:
    """A map in C over a copy of a memory; it may be damaged."""

    def __init__(self, start: Start, size: int) -> None:
        self._start = start
        self.memory = bytearray(start.contents[size % len(_SIZES)])
        self._native: Any = _opened(start, self.memory, native_maps)
        self._steps = (self._insert, self._insert, self._insert, self._remove, self._remove, self._ask, self._list)

    def step(self, what: int, low: int, high: int, extra: int) -> None:
        """One operation: the lowest bits of `what` say which."""
        which, at = what & 7, low | high << 8
        if which < len(self._steps):
            self._steps[which](self._start.keys[at % KEYS], extra)
        else:
            self.damage(what >> 3, at, extra)

    def damage(self, how: int, at: int, extra: int) -> None:
        """Bytes of what says where things are change; then the map is opened again, forgets, or notices nothing."""
        place = at % _MANAGER_BYTES if how & 16 else PAGE + at % max(len(self.memory) - PAGE, 1)
        width = (1, 1, 4, 8)[how & 3]
        self.memory[place : place + width] = bytes((extra,)) * width
        with contextlib.suppress(StableMemoryError):
            if how & 4:
                self._native = None
                self._native = _opened(self._start, self.memory, native_maps)
            elif how & 8 and self._native is not None:
                self._native.forget()

    def do(self, method: str, *arguments: bytes) -> Any:
        """What comes of an operation; clean errors are results. None when there is no map any more."""
        return None if self._native is None else outcome(self._native, method, arguments)

    def _insert(self, key: bytes, extra: int) -> None:
        self.do("insert", key, bytes((extra,)) * (extra % (MAX_VALUE + 2)))

    def _remove(self, key: bytes, _extra: int) -> None:
        self.do("remove", key)

    def _ask(self, key: bytes, extra: int) -> None:
        self.do("contains" if extra & 1 else "get", key)

    def _list(self, _key: bytes, extra: int) -> None:
        self.do(("items", "keys", "values", "__len__")[extra % 4])


class Twins(Subject):
    """A sound map in C and one in Python, which do the same; instead of damage both are opened anew."""

    def __init__(self, start: Start, size: int) -> None:
        super().__init__(start, size)
        self._python_memory = SparseStableMemory(bytes(self.memory), 2_000, 2_000)
        self._python: Any = _opened(start, self._python_memory, None)

    def damage(self, how: int, at: int, extra: int) -> None:
        self._native = _opened(self._start, self.memory, native_maps)
        self._python = _opened(self._start, self._python_memory, None)

    def do(self, method: str, *arguments: bytes) -> Any:
        found = super().do(method, *arguments)
        assert found == outcome(self._python, method, arguments)
        return found

    def check(self) -> None:
        """The same bytes in both memories."""
        assert self.memory == self._python_memory.content
