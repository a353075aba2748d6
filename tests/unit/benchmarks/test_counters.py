"""Which C of the runtime ran how often: read out of a counting canister's memory, written for llvm-profdata."""

import hashlib
import struct

import pytest
from benchmarks.counters import MARK, InstrumentedMemory, Profile, add, profile_between, profile_text

FUNCTIONS_AT, COUNTERS_AT, NAMES_AT, SEEN_AT = 0x100, 0x200, 0x300, 0x400
CALLER, CALLED = "Objects/dictobject.c:insert_to_emptydict", "PyObject_Hash"
CALLER_HASH, CALLED_INDEX = 77, 5


def _memory(counters: tuple[int, int, int], seen: tuple[tuple[int, int, int, int], ...] = ()) -> bytes:
    """Two functions; the first has two counters, one site of an indirect call and one of a copied length."""
    heap = bytearray(0x1000)
    names = b"\1".join((CALLER.encode(), CALLED.encode()))
    ends = (FUNCTIONS_AT + 80, NAMES_AT + len(names) + 4, SEEN_AT + 24 * 4)
    places = struct.pack("<6I", FUNCTIONS_AT, ends[0], NAMES_AT, ends[1], SEEN_AT, ends[2])
    heap[0x40 : 0x40 + len(MARK) + len(places)] = MARK + places
    records = ((CALLER, CALLER_HASH, 0, 2, 0, (1, 1)), (CALLED, 88, 16, 1, CALLED_INDEX, (0, 0)))
    for number, (name, body, offset, count, index, sites) in enumerate(records):
        at = FUNCTIONS_AT + 40 * number
        reference = int.from_bytes(hashlib.md5(name.encode(), usedforsecurity=False).digest()[:8], "little")
        struct.pack_into("<QQiIIIHH", heap, at, reference, body, COUNTERS_AT + offset - at, index, 0, count, *sites)
    struct.pack_into("<3Q", heap, COUNTERS_AT, *counters)
    heap[NAMES_AT : NAMES_AT + len(names) + 2] = bytes([len(names), 0]) + names
    for number, (value, count, record, site) in enumerate(seen):
        struct.pack_into("<QQII", heap, SEEN_AT + 24 * number, value, count, FUNCTIONS_AT + 40 * record, site)
    return bytes(heap)


def _text(profile: Profile) -> str:
    return "".join(profile_text(profile))


def test_only_what_ran_between_two_moments_counts() -> None:
    profile = profile_between(_memory((10, 2, 1)), _memory((15, 2, 4)))
    assert _text(profile) == f":ir\n{CALLER}\n77\n2\n5\n0\n2\n0\n1\n0\n1\n1\n0\n\n{CALLED}\n88\n1\n3\n\n"


def test_called_functions_have_names_and_copied_lengths_are_numbers() -> None:
    seen = ((CALLED_INDEX, 6, 0, 0), (16, 9, 0, 1))
    profile = profile_between(_memory((0, 0, 0)), _memory((6, 9, 6), seen))
    assert "\n".join(("2", "0", "1", "1", f"{CALLED}:6", "1", "1", "1", "16:9")) in _text(profile)


def test_a_call_of_what_has_no_record_is_left_out() -> None:
    profile = profile_between(_memory((0, 0, 0)), _memory((1, 0, 0), ((99, 1, 0, 0),)))
    assert "99" not in _text(profile)


def test_profiles_add_up_by_weight_and_what_ran_once_never_counts_as_nothing() -> None:
    total: Profile = {}
    add(total, profile_between(_memory((0, 0, 0)), _memory((1, 0, 100))), scale=0.25)
    assert (total[CALLER, CALLER_HASH].counters[0], total[CALLED, 88].counters[0]) == (1, 25)


def test_a_module_that_does_not_count_is_refused() -> None:
    with pytest.raises(ValueError, match="train_runtime"):
        InstrumentedMemory(bytes(4096))
