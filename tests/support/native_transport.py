"""The SDK's transport to canisters in the test process, over a network that loses what the test says."""

import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

import candid
from canister_runtime.host import native
from support.native_platform import NativePlatform
from vex.errors import Rejected, Unreachable
from vex.interfaces import interface
from vex_domain.refusals import Refusal

LOST_REQUEST = "lost request"
LOST_REPLY = "lost reply"
Fault = str | Refusal | Exception


@dataclass
class NativeNet:
    """What all callers of a platform share. `faults`, by method: what happens to the next calls, in that order.

    A lost request never arrives, a lost reply was carried out before; a Refusal comes back as the canister's `Err`
    without a call, an exception is raised instead of the call.
    """

    platform: NativePlatform
    faults: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    sent: list[tuple[str, bytes]] = field(default_factory=list)
    """Method and canister of each request that was sent, whatever became of it."""

    def caller(self, principal: candid.Principal) -> "NativeTransport":
        return NativeTransport(self, principal)

    def next_fails(self, method: str, *faults: Fault) -> None:
        self.faults[method].extend(faults)

    def count(self, method: str) -> int:
        return sum(name == method for name, _ in self.sent)

    def fault(self, method: str) -> Fault | None:
        waiting = self.faults[method]
        return waiting.popleft() if waiting else None

    def keep_time(self) -> None:
        """The canisters' clock never lags behind the program's, and their timers run."""
        network = self.platform.network
        network.advance(max(0.0, (time.time_ns() - network.now) / 10**9), rounds=1)


class NativeTransport:
    """A `vex.canister.Transport` for one principal."""

    def __init__(self, net: NativeNet, principal: candid.Principal) -> None:
        self.principal = principal
        self._net = net

    async def query(self, canister_id: candid.Principal, method: str, arg: bytes) -> bytes:
        return self._call("query_raw", canister_id, method, arg)

    async def update(
        self, canister_id: candid.Principal, method: str, arg: bytes, *, effective: candid.Principal | None = None
    ) -> bytes:
        del effective
        return self._call("update_raw", canister_id, method, arg)

    def _call(self, kind: str, canister_id: candid.Principal, method: str, arg: bytes) -> bytes:
        net = self._net
        net.sent.append((method, canister_id.bytes))
        fault = net.fault(method)
        if isinstance(fault, Refusal):
            return self._refused(canister_id, method, fault)
        if isinstance(fault, Exception):
            raise fault
        if fault == LOST_REQUEST:
            raise Unreachable(f"{method}: the test lost the request")
        net.keep_time()
        try:
            reply: bytes = getattr(net.platform.network.canisters[canister_id.bytes], kind)(
                method, arg, caller=self.principal
            )
        except native.Rejected as error:
            raise Rejected(error.code, error.message) from error
        if fault == LOST_REPLY:
            raise Unreachable(f"{method}: the test lost the reply")
        return reply

    def _refused(self, canister_id: candid.Principal, method: str, refusal: Refusal) -> bytes:
        platform = self._net.platform
        name = {platform.index.id: "index", platform.users.id: "users"}.get(canister_id, "shard")
        declared = interface(name).methods[method]
        return candid.encode(declared.results, [{"Err": refusal.as_record()}], declared.env)
