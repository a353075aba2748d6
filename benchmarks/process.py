"""A replica process: how soon it answers, and the memory that it holds with 64 shards."""

import os
import tempfile
from pathlib import Path
from time import perf_counter

from benchmarks.bench_replica import NO_ARGUMENT
from benchmarks.figures import Figure
from benchmarks.operations import SOURCE
from benchmarks.product import modules
from benchmarks.throughput import installed_at
from candid import Principal
from canister_runtime.image.build import build_canister
from vex.demo.identities import demo_identity
from vex.demo.replica import local_replica
from vex.deployment import deploy, index_canister, spawn
from vex.network import Network, default_subnet

SHARDS = 64


async def measured_process(shard_count: int = SHARDS) -> list[Figure]:
    """Starts with state on disk and compiled code in the cache; memory of as many shards as the index opened."""
    with tempfile.TemporaryDirectory() as folder:
        canister_id, _ = await _first_call(Path(folder), None)
        _, again = await _first_call(Path(folder), canister_id)
    with tempfile.TemporaryDirectory() as folder:
        _, fresh = await _first_call(Path(folder), None)
    return [
        Figure("start_first_call", ms=fresh, note="new process to a reply; create and upload of the module included"),
        Figure("restart_first_call", ms=again, note="the same with the canister on disk"),
        await _memory(shard_count),
    ]


async def _first_call(folder: Path, canister_id: Principal | None) -> tuple[Principal, float]:
    """The canister and the milliseconds from starting a process to the reply of a no-op update."""
    module = build_canister(SOURCE).module
    began = perf_counter()
    with local_replica(folder, port=0, seed=1, keep=False) as url:
        async with Network(url) as network:
            caller = network.caller(demo_identity("client 0"))
            called = canister_id or await installed_at(caller, network, module)
            await caller.update(called, "noop_update", NO_ARGUMENT)
            return called, round((perf_counter() - began) * 1000)


async def _memory(shard_count: int) -> Figure:
    built = modules()
    with tempfile.TemporaryDirectory() as folder, local_replica(Path(folder), port=0, seed=1, keep=False) as url:
        async with Network(url) as network:
            operator = network.caller(demo_identity("operator"))
            deployment = await deploy(operator, built, near=await default_subnet(network))
            index = index_canister(operator, deployment)
            for _ in range(shard_count - 1):
                await spawn(index)
            resident = _resident_bytes(int((Path(folder) / "pid").read_text()))
    return Figure("shards_memory", bytes=resident, note=f"resident bytes of the process, {shard_count} open shards")


def _resident_bytes(pid: int) -> int:
    """Pages that the process has mapped (proc(5), `statm`)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
