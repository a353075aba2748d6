"""Fees: published for 13 nodes, scaled to a subnet's nodes, twice the instructions' price for 64-bit memories."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_replica.config import ReplicaConfig, SubnetConfig, SubnetKind
from local_replica.cycles import compilation
from local_replica.cycles.costs import Fees
from local_replica.execution.binary import read_module
from local_replica.ingress import Refused
from support.replicas import PLENTY, call_through, created, install, installed, manage, new_replica
from support.small_modules import COUNTER, CRAMPED, PROXY, compiled

DAY_S = 86_400
AMOUNTS = st.integers(0, 10**12)


def size(text: str) -> int:
    return compilation.instrumented_size(read_module(compiled(text)))


@pytest.mark.parametrize(
    ("nodes", "execution", "ingress", "creation", "gib_day"),
    [
        (13, 5_000_100, 1_200_000 + 10 * 2_000, 500_000_000_000, 10_972_800_000),
        (34, 13_077_184, 3_138_461 + 10 * 5_230, 1_307_692_307_692, 28_698_092_307),
    ],
)
def test_fees_follow_the_published_formula(
    nodes: int, execution: int, ingress: int, creation: int, gib_day: int
) -> None:
    fees = Fees(nodes)
    assert fees.execution(100) == execution
    assert fees.ingress(10) == ingress
    assert fees.create_canister() == creation
    assert fees.storage_seconds(1024**3, DAY_S) == gib_day


@given(AMOUNTS)
def test_a_free_subnet_takes_nothing(amount: int) -> None:
    fees = Fees(34, is_free=True)
    assert (
        fees.execution(amount) == fees.ingress(amount) == fees.call(amount) == fees.storage_seconds(amount, amount) == 0
    )
    assert fees.http_request(amount, amount) == fees.create_canister() == 0


@given(AMOUNTS)
def test_instructions_cost_twice_with_a_64_bit_memory(amount: int) -> None:
    assert Fees().instructions(amount, is_64=True) == 2 * Fees().instructions(amount)


def test_a_fiduciary_canister_pays_for_34_nodes() -> None:
    replica = new_replica(ReplicaConfig(subnets=(SubnetConfig(SubnetKind.FIDUCIARY),)))
    counter = installed(replica, COUNTER)
    dear = PLENTY - replica.cycles(counter)
    replica = new_replica()
    cheap = PLENTY - replica.cycles(installed(replica, COUNTER))
    assert dear == pytest.approx(cheap * 34 / 13, rel=1e-4)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("(module)", 72),
        ("(module (func))", 72 + 1 + 10),
        ("(module (global i32 (i32.const 0)) (global (mut i64) (i64.const 0)))", 72 + 2 * 2),
        ("(module (func (loop (br 0))))", 72 + 4 + 10 + 10),
        ("(module (func (block (br_if 0 (i32.const 1)) (nop))))", 72 + 6 + 10 + 4),
        ("(module (memory 1) (func (drop (memory.grow (i32.const 1)))))", 72 + 4 + 10 + 3),
        ("(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))", 72 + 5 + 10 + 3),
        ("(module (memory i64 1) (func (memory.fill (i64.const 0) (i32.const 0) (i64.const 0))))", 72 + 5 + 10 + 1),
        ('(module (import "ic0" "stable64_write" (func (param i64 i64 i64))))', 72 + 107),
        ("(module (func (drop (v128.const i32x4 0 0 0 0))))", 72 + 3 + 10),
    ],
)
def test_compiling_counts_instructions_with_what_metering_adds(text: str, count: int) -> None:
    assert size(text) == count


def test_the_same_module_compiles_for_a_hundredth_the_second_time() -> None:
    replica = new_replica()
    costs = []
    for canister in (created(replica), created(replica)):
        before = replica.cycles(canister)
        install(replica, canister, COUNTER)
        costs.append(before - replica.cycles(canister))
    assert costs[0] - costs[1] == (compilation.PER_INSTRUCTION - compilation.PER_CACHED_INSTRUCTION) * size(COUNTER)


def test_a_refused_module_is_paid_by_its_length() -> None:
    replica = new_replica()
    canister = created(replica)

    def refused(module: bytes) -> int:
        before = replica.cycles(canister)
        with pytest.raises(Refused):
            manage(replica, "install_code", canister_id=canister, mode={"install": None}, wasm_module=module, arg=b"")
        return before - replica.cycles(canister)

    assert refused(b"x" * 40) - refused(b"x" * 30) == 10 * (compilation.PER_REFUSED_BYTE + 2_000)


def test_an_installation_is_paid_ahead_at_the_price_of_the_module_that_is_given() -> None:
    replica = new_replica()
    canister = created(replica, 450_000_000_000)
    with pytest.raises(Refused, match="out of cycles: please top up the canister"):
        install(replica, canister, "(module (memory i64 1))")
    install(replica, canister, "(module (memory 1))")


def test_each_chunk_of_an_installation_counts_as_a_full_one() -> None:
    replica = new_replica()
    canister = created(replica)
    before = replica.cycles(canister)
    with pytest.raises(Refused, match="was not found"):
        manage(
            replica,
            "install_chunked_code",
            mode={"install": None},
            target_canister=canister,
            chunk_hashes_list=[{"hash": bytes(32)}] * 3,
            wasm_module_hash=bytes(32),
            arg=b"",
        )
    paid = before - replica.cycles(canister)
    assert Fees().execution(3 * 1024 * 1024) < paid < Fees().execution(3 * 1024 * 1024) + 3_000_000


@pytest.mark.parametrize(
    ("callee", "method", "told"),
    [
        ("", "same", "IC0537: "),
        (PROXY, "missing", "IC0536: "),
        (PROXY, "composite", "IC0527: Composite query cannot be called in replicated mode"),
        (CRAMPED, "grow", "IC0539: "),
    ],
)
def test_a_call_that_never_runs_costs_its_receiver_a_message(callee: str, method: str, told: str) -> None:
    replica = new_replica()
    proxy = installed(replica, PROXY)
    canister = installed(replica, callee) if callee else created(replica)
    manage(replica, "update_settings", canister_id=canister, settings={"wasm_memory_limit": 1})
    before = replica.cycles(canister)
    answer = call_through(replica, proxy, method, b"", callee=canister)
    assert (answer.code, answer.message[: len(told)]) == (5, told)
    assert before - replica.cycles(canister) == Fees().execution(0)
