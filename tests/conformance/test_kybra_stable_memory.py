"""State goes from Kybra's build of a canister to ours and is what Kybra would have written, byte for byte."""

import gzip
from hashlib import sha256
from pathlib import Path

import ic
import pytest
from pocket_ic import PocketIC

from canister_runtime.host.native import NativeCanister
from canister_runtime.image.build import build_canister
from support.pocket_ic_driver import PocketIcDriver

FIXTURE = Path(__file__).parents[1] / "fixtures" / "kybra-stable-memory"
PAGE = 65_536
QUERIES = ["lens", "ticket_rows", "people_rows", "word_rows", "page_rows", "small_rows"]
NO_ARGUMENTS = b"DIDL\0\0"


@pytest.fixture(scope="module")
def memory() -> bytes:
    return gzip.decompress((FIXTURE / "memory.bin.gz").read_bytes())


@pytest.fixture(scope="module")
def inherited(memory: bytes) -> NativeCanister:
    """Our build, installed over what Kybra's build left."""
    canister = NativeCanister.load(FIXTURE)
    canister.system.stable.grow(len(memory) // PAGE)
    canister.system.stable.write(0, memory)
    canister.upgrade()
    return canister


@pytest.mark.parametrize("query", QUERIES)
def test_our_build_reads_what_kybras_build_wrote(inherited: NativeCanister, query: str) -> None:
    expected = (FIXTURE / f"{query}.candid").read_bytes()
    assert inherited.query_raw(query, NO_ARGUMENTS) == expected


def test_the_same_calls_leave_the_same_memory(memory: bytes) -> None:
    canister = NativeCanister.load(FIXTURE)
    for start in range(0, 1500, 250):
        canister.update("fill_tickets", start, 250)
    canister.update("drop_tickets", 100, 900, 3)
    canister.update("fill_rest")
    stable = canister.system.stable
    assert stable.pages * PAGE == len(memory)
    assert sha256(stable.read(0, len(memory))).digest() == sha256(memory).digest()


@pytest.mark.slow
def test_our_module_reads_what_kybras_module_wrote(pic: PocketIC) -> None:
    driver = PocketIcDriver(pic, lambda _: build_canister(FIXTURE).gzipped)
    canister = ic.Principal(driver.create("self", 10**16))
    assert driver.install("self", "", "install", NO_ARGUMENTS, b"\x04").reject is None
    pic.set_stable_memory(canister, (FIXTURE / "memory.bin.gz").read_bytes(), "gzip")
    for _ in range(5):
        pic.tick()  # an installation goes on the rounds after it: the next one waits for them
    assert driver.install("self", "", "upgrade", NO_ARGUMENTS, b"\x04").reject is None
    for query in QUERIES:
        outcome = driver.query("self", query, NO_ARGUMENTS, b"\x04")
        assert outcome.reply == (FIXTURE / f"{query}.candid").read_bytes(), str(outcome)[:300]
