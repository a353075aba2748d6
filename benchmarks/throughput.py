"""Messages per second: in this process with persistence off and 64 in flight, and over HTTP with everything on."""

import asyncio
import tempfile
from pathlib import Path
from time import perf_counter

from benchmarks.bench_replica import NO_ARGUMENT, LocalCaller, MeteredReplica, Subject, installed
from benchmarks.figures import Figure
from benchmarks.operations import SOURCE
from candid import Principal
from canister_runtime.image.build import build_canister
from local_replica.ingress import Ingress, Query
from vex.demo.identities import demo_identity
from vex.demo.replica import local_replica
from vex.deployment import Management
from vex.interfaces import read_interface
from vex.network import Caller, Network, default_subnet

IN_FLIGHT = 64
SECONDS = 5.0


async def measured_replica() -> list[Figure]:
    """No-op updates (64 in flight) and queries in this process."""
    interface = read_interface(build_canister(SOURCE).did)
    caller = LocalCaller(MeteredReplica())
    subject = await installed(caller, build_canister(SOURCE).module, interface)
    return [
        Figure("replica_updates", per_second=_updates(caller, subject), note=f"{IN_FLIGHT} in flight, in process"),
        Figure("replica_queries", per_second=_queries(caller, subject), note="in process"),
    ]


def _updates(caller: LocalCaller, subject: Subject) -> float:
    replica, done = caller.replica, 0
    ingress = Ingress(caller.principal.bytes, subject.canister_id.bytes, "noop_update", NO_ARGUMENT)
    began = perf_counter()
    while perf_counter() - began < SECONDS:
        for _ in range(IN_FLIGHT):
            replica.submit_ingress(ingress)
        while not replica.is_idle():
            replica.run_round()
        done += IN_FLIGHT
    return done / (perf_counter() - began)


def _queries(caller: LocalCaller, subject: Subject) -> float:
    query = Query(caller.principal.bytes, subject.canister_id.bytes, "noop_query", NO_ARGUMENT)
    began, done = perf_counter(), 0
    while perf_counter() - began < SECONDS:
        caller.replica.query(query)
        done += 1
    return done / (perf_counter() - began)


async def measured_http() -> list[Figure]:
    """A replica process with state on disk; signed requests, certificates checked, by 1 and by 8 clients."""
    module = build_canister(SOURCE).module
    figures = []
    with tempfile.TemporaryDirectory() as folder, local_replica(Path(folder), port=0, seed=1, keep=False) as url:
        async with Network(url) as network:
            callers = [network.caller(demo_identity(f"client {number}")) for number in range(8)]
            management = Management(callers[0])
            canister_id = await management.create(await default_subnet(network), 10**15)
            await management.install(canister_id, module, NO_ARGUMENT)
            for name, method in (("http_updates", "noop_update"), ("http_queries", "noop_query")):
                rates = [await _rate(callers[:count], canister_id, method) for count in (1, 8)]
                note = f"8 clients of 8 requests each; 1 client: {rates[0]:,.0f}"
                figures.append(Figure(name, per_second=rates[1], note=note))
    return figures


async def _rate(callers: list[Caller], canister_id: Principal, method: str) -> float:
    done = 0
    began = perf_counter()

    async def client(caller: Caller) -> None:
        nonlocal done
        send = caller.query if method == "noop_query" else caller.update
        while perf_counter() - began < SECONDS:
            await send(canister_id, method, NO_ARGUMENT)
            done += 1

    await asyncio.gather(*(client(caller) for caller in callers for _ in range(8)))
    return done / (perf_counter() - began)
