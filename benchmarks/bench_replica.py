"""A replica in this process, and what single messages to its canisters cost."""

import time
from pathlib import Path
from time import perf_counter
from typing import Any

from candid import Principal
from local_replica.config import ReplicaConfig
from local_replica.execution import WasmtimeExecutor
from local_replica.execution.metering import MeteredExecutor
from local_replica.execution.port import Instance
from local_replica.ingress import Ingress, Query
from local_replica.replica import Replica
from vex.deployment import Management
from vex.interfaces import CanisterInterface

ROOT = Path(__file__).parents[1]
ANONYMOUS = Principal(b"\x04")
NO_ARGUMENT = b"DIDL\0\0"
"""Candid of nothing."""


class MeteredReplica(Replica):
    """An empty replica whose clock is this machine's and whose executions are counted."""

    def __init__(self) -> None:
        self.meter = MeteredExecutor(WasmtimeExecutor(ROOT / ".cache" / "wasmtime"))
        super().__init__(ReplicaConfig(), self.meter)
        self.follow_clock()

    def follow_clock(self) -> None:
        """Take this machine's time, unless that is behind."""
        self.set_time(max(self.time_ns, time.time_ns()))

    def run_round(self) -> int:
        self.follow_clock()
        return super().run_round()


class LocalCaller:
    """One identity at a replica in this process: a `vex.canister.Transport` without a network in between."""

    def __init__(self, replica: MeteredReplica, principal: Principal = ANONYMOUS) -> None:
        self.replica = replica
        self.principal = principal
        self.last_ms = 0.0

    async def query(self, canister_id: Principal, method: str, arg: bytes) -> bytes:
        """Run what is due, then the query."""
        self.replica.follow_clock()
        while self.replica.is_due():
            self.replica.run_round()
        began = perf_counter()
        reply = self.replica.query(Query(self.principal.bytes, canister_id.bytes, method, arg))
        self.last_ms = (perf_counter() - began) * 1000
        return reply

    async def update(
        self, canister_id: Principal, method: str, arg: bytes, *, effective: Principal | None = None
    ) -> bytes:
        """Submit and run rounds until there is an answer."""
        self.replica.follow_clock()
        target = None if effective is None else effective.bytes
        began = perf_counter()
        reply = self.replica.call(Ingress(self.principal.bytes, canister_id.bytes, method, arg, effective_id=target))
        self.last_ms = (perf_counter() - began) * 1000
        return reply

    def spent(self, *canister_ids: Principal) -> int:
        """Instructions of these canisters so far, callbacks included."""
        return self.replica.meter.total(*(canister_id.bytes for canister_id in canister_ids))

    def instance(self, canister_id: Principal) -> Instance:
        """What is installed in a canister. Raises LookupError for an empty one."""
        canister = self.replica.canister(canister_id.bytes)
        if canister is None or canister.instance is None:
            raise LookupError(str(canister_id))
        return canister.instance


class Subject:
    """One canister to measure."""

    def __init__(self, caller: LocalCaller, canister_id: Principal, interface: CanisterInterface) -> None:
        self.caller = caller
        self.canister_id = canister_id
        self._interface = interface

    async def measure(self, method: str, *arguments: Any) -> tuple[int, float]:
        """Call a method once: its instructions and milliseconds."""
        declared = self._interface.methods[method]
        send = self.caller.query if declared.is_query else self.caller.update
        before = self.caller.spent(self.canister_id)
        await send(self.canister_id, method, declared.encode(*arguments))
        return self.caller.spent(self.canister_id) - before, self.caller.last_ms

    async def value(self, method: str, *arguments: Any) -> Any:
        """Call a method for what it answers."""
        declared = self._interface.methods[method]
        send = self.caller.query if declared.is_query else self.caller.update
        return declared.decode(await send(self.canister_id, method, declared.encode(*arguments)))


async def installed(caller: LocalCaller, module: bytes, interface: CanisterInterface, *init: Any) -> Subject:
    """A new canister with the module in it."""
    management = Management(caller)
    near = Principal(caller.replica.default_effective_canister_id())
    canister_id = await management.create(near, 10**17)
    await management.install(canister_id, module, interface.encode_init(*init))
    return Subject(caller, canister_id, interface)
