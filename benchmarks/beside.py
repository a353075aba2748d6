"""Two canisters with messages of the same length at once: on one thread and beside each other."""

from itertools import count
from statistics import median
from time import perf_counter

import wasmtime

from benchmarks.bench_replica import ANONYMOUS, ROOT
from benchmarks.figures import Figure
from benchmarks.operations import SOURCE
from candid import Principal, compile_encoder
from canister_runtime.image.build import build_canister
from local_replica.config import ReplicaConfig
from local_replica.crew import Crew
from local_replica.execution import WasmtimeExecutor
from local_replica.ingress import Ingress
from local_replica.management.interface import ENV, METHODS, RawForms
from local_replica.replica import Replica
from vex.deployment import Management
from vex.interfaces import CanisterInterface, read_interface

ROWS = {"two_short": 2, "two_long": 6_000}
"""Rows that each message inserts into a map on stable memory."""
ROUNDS = 9
LABOUR = """
(module (memory 16)
  (func (export "canister_post_upgrade") (local $turn i32)
    (loop $again
      (i64.store (i32.and (i32.mul (local.get $turn) (i32.const 40503)) (i32.const 0xffff8))
        (i64.extend_i32_u (local.get $turn)))
      (br_if $again
        (i32.lt_u (local.tee $turn (i32.add (local.get $turn) (i32.const 1))) (i32.const 200000000))))))
"""
"""A module whose upgrade takes 2.4 G instructions."""
_numbers = count(1)
"""Message ids."""


class DirectCaller:
    """The anonymous client of a replica in this process: a `vex.canister.Transport`."""

    def __init__(self, replica: Replica) -> None:
        self.replica = replica
        self.principal = ANONYMOUS

    async def update(
        self, canister_id: Principal, method: str, arg: bytes, *, effective: Principal | None = None
    ) -> bytes:
        """Submit and run rounds until there is an answer. Raises Refused."""
        target = None if effective is None else effective.bytes
        return self.replica.call(Ingress(self.principal.bytes, canister_id.bytes, method, arg, effective_id=target))

    async def query(self, canister_id: Principal, method: str, arg: bytes) -> bytes:
        """Nothing here asks. Raises NotImplementedError."""
        raise NotImplementedError


async def measured_beside(rounds: int = ROUNDS) -> list[Figure]:
    """Medians of rounds in which each of two canisters has one message, both ways in turn."""
    image = build_canister(SOURCE)
    executor, interface = WasmtimeExecutor(ROOT / ".cache" / "wasmtime"), read_interface(image.did)
    pairs = [await _pair(Replica(ReplicaConfig(), executor, crew=crew), image.module) for crew in (Crew(1), Crew())]
    figures = []
    for name, rows in ROWS.items():
        times: tuple[list[float], list[float]] = ([], [])
        for number in range(rounds):
            for pair, taken in zip(pairs, times, strict=True):
                taken.append(_round(*pair, interface, start=number * rows, rows=rows))
        alone, beside = (round(median(taken), 2) for taken in times)
        note = f"two canisters insert {rows} rows each; on one thread {alone} ms"
        figures.append(Figure(name, ms=beside, note=note))
    return [*figures, await _upgrades(executor)]


async def _upgrades(executor: WasmtimeExecutor) -> Figure:
    """Two upgrades that arrive in one round."""
    module = bytes(wasmtime.wat2wasm(LABOUR))
    taken = []
    for crew in (Crew(1), Crew()):
        replica, canisters = await _pair(Replica(ReplicaConfig(), executor, crew=crew), module)
        for canister_id in canisters:
            upgrade = {"mode": {"upgrade": None}, "canister_id": canister_id.bytes, "wasm_module": module, "arg": b""}
            replica.submit_ingress(_install_code(canister_id, upgrade))
        began = perf_counter()
        replica.run_round()
        taken.append((perf_counter() - began) * 1000)
    return Figure("two_upgrades", ms=round(taken[1]), note=f"2.4 G instructions each; on one thread {taken[0]:.0f} ms")


def _install_code(canister_id: Principal, argument: dict[str, object]) -> Ingress:
    encode = compile_encoder(METHODS["install_code"].args, ENV, forms=RawForms())
    message_id = next(_numbers).to_bytes(32)
    return Ingress(ANONYMOUS.bytes, b"", "install_code", encode([argument]), message_id, effective_id=canister_id.bytes)


async def _pair(replica: Replica, module: bytes) -> tuple[Replica, list[Principal]]:
    management = Management(DirectCaller(replica))
    near = Principal(replica.default_effective_canister_id())
    canisters = [await management.create(near, 10**17) for _ in range(2)]
    for canister_id in canisters:
        await management.install(canister_id, module, b"DIDL\0\0")
    return replica, canisters


def _round(
    replica: Replica, canisters: list[Principal], interface: CanisterInterface, *, start: int, rows: int
) -> float:
    """Milliseconds of the round in which both have their message."""
    arg = interface.methods["fill"].encode(start, rows)
    ids = [next(_numbers).to_bytes(32) for _ in canisters]
    for canister_id, message_id in zip(canisters, ids, strict=True):
        replica.submit_ingress(Ingress(ANONYMOUS.bytes, canister_id.bytes, "fill", arg, message_id))
    began = perf_counter()
    replica.run_round()
    taken = (perf_counter() - began) * 1000
    assert all(replica.ingress_status(message_id).reply for message_id in ids)  # type: ignore[union-attr] # noqa: S101 - just submitted
    return taken
