"""Messages per second: in this process with persistence off and 64 in flight, and over HTTP with everything on."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.bench_replica import NO_ARGUMENT, LocalCaller, MeteredReplica, Subject, installed
from benchmarks.figures import Figure
from benchmarks.operations import SOURCE, TICKET
from candid import Principal
from canister_runtime.image.build import build_canister
from local_replica.ingress import Ingress, Query
from vex.demo.identities import demo_identity
from vex.demo.replica import local_replica
from vex.deployment import Management
from vex.interfaces import CanisterInterface, read_interface
from vex.network import Caller, Network, default_subnet

IN_FLIGHT = 64
SECONDS = 5.0
CLIENTS = 8
REQUESTS = 8


async def measured_replica(seconds: float = SECONDS) -> list[Figure]:
    """No-op updates and ones that trap (64 in flight), and queries, in this process, for so many seconds each."""
    interface = read_interface(build_canister(SOURCE).did)
    caller = LocalCaller(MeteredReplica())
    subject = await installed(caller, build_canister(SOURCE).module, interface)
    note = f"{IN_FLIGHT} in flight, in process"
    updates, traps = [_updates(caller, subject, method, seconds) for method in ("noop_update", "record_echo")]
    return [
        Figure("replica_updates", per_second=updates, note=note),
        Figure("replica_traps", per_second=traps, note=f"{note}; one costs {updates / traps:.1f} no-ops"),
        Figure("replica_queries", per_second=_queries(caller, subject, seconds), note="in process"),
    ]


def _updates(caller: LocalCaller, subject: Subject, method: str, seconds: float) -> float:
    """Updates per second; a method that takes an argument traps, since none is given."""
    replica, done = caller.replica, 0
    ingress = Ingress(caller.principal.bytes, subject.canister_id.bytes, method, NO_ARGUMENT)
    began = perf_counter()
    while perf_counter() - began < seconds:
        for _ in range(IN_FLIGHT):
            replica.submit_ingress(ingress)
        while not replica.is_idle():
            replica.run_round()
        done += IN_FLIGHT
    return done / (perf_counter() - began)


def _queries(caller: LocalCaller, subject: Subject, seconds: float) -> float:
    query = Query(caller.principal.bytes, subject.canister_id.bytes, "noop_query", NO_ARGUMENT)
    began, done = perf_counter(), 0
    while perf_counter() - began < seconds:
        caller.replica.query(query)
        done += 1
    return done / (perf_counter() - began)


async def measured_http(seconds: float = SECONDS) -> list[Figure]:
    """A replica process with state on disk; signed requests, certificates checked, by 1 and by 8 clients.

    Updates are no-ops alone, then no-op, record echo, map insert and an await of another canister in turn; queries do
    nothing. CPU is that of the replica's process and of the clients', which share the machine.
    """
    image = build_canister(SOURCE)
    figures = []
    with tempfile.TemporaryDirectory() as folder, local_replica(Path(folder), port=0, seed=1, keep=False) as url:
        async with Network(url) as network:
            callers = [network.caller(demo_identity(f"client {number}")) for number in range(CLIENTS)]
            bench, other = [await installed_at(callers[0], network, image.module) for _ in range(2)]
            updates = partial(_mixed_update, read_interface(image.did), bench, other)
            pid = int((Path(folder) / "pid").read_text())
            for name, send in (
                ("http_noops", partial(_noop, bench)),
                ("http_updates", updates),
                ("http_queries", partial(_query, bench)),
            ):
                figures.append(await _under_load(name, pid, callers, send, seconds))
    return figures


async def _under_load(
    name: str, pid: int, callers: list[Caller], send: Callable[[Caller, int], Awaitable[None]], seconds: float
) -> Figure:
    one = await _rate(callers[:1], send, seconds)
    theirs, ours, began = cpu_seconds(pid), process_time(), perf_counter()
    many = await _rate(callers, send, seconds)
    done = many * (perf_counter() - began)
    note = (
        f"{CLIENTS} clients of {REQUESTS} requests each; 1 client of {REQUESTS}: {one:,.0f}; CPU "
        f"{(cpu_seconds(pid) - theirs) / done * 1000:.2f} ms of the replica, "
        f"{(process_time() - ours) / done * 1000:.2f} ms of the clients"
    )
    return Figure(name, per_second=round(many, 1), note=note)


def cpu_seconds(pid: int) -> float:
    """CPU that a process and all its threads have used, user and system (proc(5), `stat`)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def installed_at(caller: Caller, network: Network, module: bytes) -> Principal:
    """A new canister behind HTTP with the module in it."""
    management = Management(caller)
    canister_id = await management.create(await default_subnet(network), 10**15)
    await management.install(canister_id, module, NO_ARGUMENT)
    return canister_id


async def _mixed_update(
    interface: CanisterInterface, bench: Principal, other: Principal, caller: Caller, number: int
) -> None:
    method, arguments = (
        ("noop_update", ()),
        ("record_echo", (TICKET,)),
        ("map_insert", (number,)),
        ("await_call", (other,)),
    )[number % 4]
    await caller.update(bench, method, interface.methods[method].encode(*arguments))


async def _noop(bench: Principal, caller: Caller, _number: int) -> None:
    await caller.update(bench, "noop_update", NO_ARGUMENT)


async def _query(bench: Principal, caller: Caller, _number: int) -> None:
    await caller.query(bench, "noop_query", NO_ARGUMENT)


async def _rate(callers: list[Caller], send: Callable[[Caller, int], Awaitable[None]], seconds: float) -> float:
    numbers = count()
    done = 0
    began = perf_counter()

    async def client(caller: Caller) -> None:
        nonlocal done
        while perf_counter() - began < seconds:
            await send(caller, next(numbers))
            done += 1

    await asyncio.gather(*(client(caller) for caller in callers for _ in range(REQUESTS)))
    return done / (perf_counter() - began)
