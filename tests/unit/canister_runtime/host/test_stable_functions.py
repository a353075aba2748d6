"""Raw stable memory through `ic`: functions with 32-bit addresses and those with 64-bit ones."""

from collections.abc import Callable

import pytest

from canister_runtime.host.native import NativeCanister, Rejected

Load = Callable[..., NativeCanister]

MEMORY = """
    from kybra import blob, ic, nat32, nat64, query, Stable64GrowResult, StableGrowResult, update, void

    @update
    def grow(pages: nat32) -> StableGrowResult:
        return ic.stable_grow(pages)

    @update
    def grow_far(pages: nat64) -> Stable64GrowResult:
        return ic.stable64_grow(pages)

    @query
    def size() -> nat32:
        return ic.stable_size()

    @query
    def size_far() -> nat64:
        return ic.stable64_size()

    @query
    def read(offset: nat32) -> blob:
        return ic.stable_read(offset, 1)

    @query
    def read_all() -> blob:
        return ic.stable_bytes()

    @update
    def write(offset: nat32) -> void:
        ic.stable_write(offset, b"x")
"""
PAGES_IN_4_GIB = 1 << 16
NO_MEMORY = {"Err": {"OutOfMemory": None}}


def test_the_32_bit_functions_grow_a_memory_to_4_gib_and_no_further(load: Load) -> None:
    canister = load(MEMORY)
    assert canister.update("grow", PAGES_IN_4_GIB - 1) == {"Ok": 0}
    assert canister.update("grow", 2) == NO_MEMORY
    assert canister.update("grow", 1) == {"Ok": PAGES_IN_4_GIB - 1}
    assert canister.query("size") == PAGES_IN_4_GIB
    assert canister.update("grow", 1) == NO_MEMORY


@pytest.mark.parametrize(
    ("method", "arguments"), [("size", []), ("grow", [0]), ("read", [0]), ("read_all", []), ("write", [0])]
)
def test_the_32_bit_functions_trap_on_a_memory_beyond_4_gib(load: Load, method: str, arguments: list[int]) -> None:
    canister = load(MEMORY)
    assert canister.update("grow_far", PAGES_IN_4_GIB + 1) == {"Ok": 0}
    with pytest.raises(Rejected, match="32 bit stable memory api used on a memory larger than 4GB"):
        canister.update(method, *arguments)
    assert canister.query("size_far") == PAGES_IN_4_GIB + 1


def test_a_growth_beyond_what_there_can_be_is_out_of_memory(load: Load) -> None:
    assert load(MEMORY).update("grow_far", 1 << 40) == NO_MEMORY
