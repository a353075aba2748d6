"""What single operations cost inside a canister: calls, records, maps, hashing, awaits, init, upgrade."""

from pathlib import Path

from benchmarks.bench_replica import NO_ARGUMENT, LocalCaller, MeteredReplica, Subject, installed
from benchmarks.figures import Figure, typical
from canister_runtime.image.build import build_canister
from vex.deployment import Management
from vex.interfaces import read_interface

SOURCE = Path(__file__).parent / "canister"
ENTRIES = 10_000
FILLED_AT_ONCE = 250
REPEATS = 21
TICKET = {
    "id": 32_768,
    "owner": "rwlgt-iiaaa-aaaaa-aaaaa-cai",
    "subject": "Cannot sign in after the update",
    "body": "x" * 416,
    "status": 1,
    "priority": 2,
    "created_at": 1_800_000_000_000_000_000,
    "updated_at": 1_800_000_000_000_000_000,
    "tags": ["billing", "login", "vip", "api", "crash"],
    "assignee": "2vxsx-fae",
}


async def measured_operations(entries: int = ENTRIES) -> list[Figure]:
    """Medians over repeats; the map holds 10,000 rows of 600 bytes, inserted in the order of their keys."""
    image = build_canister(SOURCE)
    interface = read_interface(build_canister(SOURCE).did)
    caller = LocalCaller(MeteredReplica())
    bench = await installed(caller, image.module, interface)
    other = await installed(caller, image.module, interface)
    figures = [
        Figure("module", bytes=len(image.module), note=f"gzipped {len(image.gzipped):,}"),
        Figure("init", instructions=caller.spent(bench.canister_id)),
        await _upgrade(caller, bench, image.module, "upgrade_empty"),
    ]
    for start in range(0, entries, FILLED_AT_ONCE):
        await bench.value("fill", start, min(FILLED_AT_ONCE, entries - start))
    there = [2 * (number * 7919 % entries) for number in range(1, REPEATS + 1)]
    missing = [key + 1 for key in there]
    note = f"{entries:,} entries"
    figures += [
        await _repeated("noop_update", bench),
        await _repeated("record_echo", bench, TICKET),
        typical("map_get", [await bench.measure("map_get", key) for key in there], note),
        typical("map_insert", [await bench.measure("map_insert", key) for key in missing], note),
        typical("map_overwrite", [await bench.measure("map_insert", key) for key in there], note),
        typical("map_remove", [await bench.measure("map_remove", key) for key in missing], f"{note}; nodes merge"),
        await _repeated("sha256_1k", bench, bytes(1024)),
        await _repeated("await_call", bench, other.canister_id, name="await"),
    ]
    return figures


async def _repeated(method: str, bench: Subject, *arguments: object, name: str = "") -> Figure:
    await bench.measure(method, *arguments)
    runs = [await bench.measure(method, *arguments) for _ in range(REPEATS)]
    return typical(name or method, runs)


async def _upgrade(caller: LocalCaller, subject: Subject, module: bytes, name: str) -> Figure:
    before = caller.spent(subject.canister_id)
    await Management(caller).install(subject.canister_id, module, NO_ARGUMENT, mode="upgrade")
    return Figure(name, instructions=caller.spent(subject.canister_id) - before)
