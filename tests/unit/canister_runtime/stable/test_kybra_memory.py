"""A stable memory that a Kybra canister wrote: it opens, and the same operations write the same bytes."""

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from candid import Principal, decode, did
from candid.types import BLOB, NAT8, NAT32, NAT64, PRINCIPAL, TEXT, Named
from canister_runtime.stable.memory import MemoryManager
from support.stable_memory import HeapStableMemory
from support.typed_map import CandidCodec, TypedMap

FIXTURE = Path(__file__).parents[3] / "fixtures" / "kybra-stable-memory"
INTERFACE = did.parse((FIXTURE / "fixture.did").read_text())
MAPS = {
    "tickets": (0, NAT64, Named("Ticket"), 15, 1_024),
    "people": (1, PRINCIPAL, Named("Person"), 40, 200),
    "words": (2, TEXT, TEXT, 80, 300),
    "pages": (5, NAT64, BLOB, 15, 600),
    "small": (9, NAT32, NAT8, 11, 8),
    "empty_map": (20, TEXT, NAT64, 64, 15),
}


class Maps:
    """The canister's maps, each opened when it is first used."""

    def __init__(self, stable: HeapStableMemory) -> None:
        self._manager = MemoryManager(stable)
        self._open: dict[str, TypedMap] = {}

    def __getattr__(self, name: str) -> TypedMap:
        if name not in self._open:
            memory_id, key, value, max_key, max_value = MAPS[name]
            codec = CandidCodec(key, value, INTERFACE.env)
            self._open[name] = TypedMap(self._manager.memory(memory_id), max_key, max_value, codec)
        return self._open[name]


@pytest.fixture(scope="module")
def recorded() -> bytes:
    return gzip.decompress((FIXTURE / "memory.bin.gz").read_bytes())


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("ticket_rows", "tickets"),
        ("people_rows", "people"),
        ("word_rows", "words"),
        ("page_rows", "pages"),
        ("small_rows", "small"),
    ],
)
def test_every_row_reads_as_the_canister_answered(recorded: bytes, method: str, name: str) -> None:
    answer = (FIXTURE / f"{method}.candid").read_bytes()
    (rows,) = decode(INTERFACE.methods()[method].results, answer, INTERFACE.env)
    maps = Maps(HeapStableMemory(recorded))
    stored = getattr(maps, name)
    assert list(stored.items()) == rows
    assert all(stored.get(key) == value for key, value in rows)


def test_maps_are_as_long_as_kybra_said(recorded: bytes) -> None:
    results = INTERFACE.methods()["lens"].results
    (lengths,) = decode(results, (FIXTURE / "lens.candid").read_bytes(), INTERFACE.env)
    maps = Maps(HeapStableMemory(recorded))
    assert tuple(getattr(maps, name).len() for name in MAPS) == lengths


def test_the_same_operations_write_the_same_bytes() -> None:
    stable = HeapStableMemory()
    maps = Maps(stable)
    for start in range(0, 1500, 250):
        fill_tickets(maps, start, 250)
    for i in range(100, 1000, 3):
        maps.tickets.remove(i * 7919 % 100003)
    fill_rest(maps)
    expected = (FIXTURE / "memory.sha256").read_text().split()[0]
    assert hashlib.sha256(stable.content).hexdigest() == expected


def status_of(i: int) -> dict[str, Any]:
    cases: list[Callable[[], dict[str, Any]]] = [
        lambda: {"Open": None},
        lambda: {"Closed": i},
        lambda: {"Waiting": f"w{i}"},
    ]
    return cases[i % 3]()


def fill_tickets(maps: Maps, start: int, count: int) -> None:
    for i in range(start, start + count):
        ticket = {
            "id": i,
            "subject": f"Ticket {i} \u0628\u0637\u0627\u0642\u0629",
            "body": "b" * (i % 300),
            "status": status_of(i),
            "tags": [f"t{j}" for j in range(i % 4)],
            "assignee": None if i % 2 else f"agent-{i % 11}",
            "score": i / 4.0,
            "balance": -i,
            "big": i**9,
            "closed": i % 5 == 0,
        }
        maps.tickets.insert(i * 7919 % 100003, ticket)


def fill_rest(maps: Maps) -> None:
    for i in range(40):
        principal = Principal(bytes([i]) * (i % 29 + 1))
        maps.people.insert(principal, {"name": f"n{i}", "joined": i, "owner": principal})
    for i in range(120):
        maps.words.insert("k" + "x" * (i % 60) + str(i), "v" * (i % 250))
    for i in range(60):
        maps.words.remove("k" + "x" * (i * 2 % 60) + str(i * 2))
    for i in range(90):
        maps.pages.insert(i << 16 | (i * 31 % 7), bytes([i]) * (i * 5))
    for i in range(1000):
        maps.small.insert((i * 37) % 1009, i % 256)
    for i in range(500):
        maps.small.remove((i * 2 * 37) % 1009)
