"""The replica: subnets with their canisters, one clock, and the way in for messages. Everything runs in rounds.

Not thread safe: one thread (or lock) drives a replica, which may use more of its own. Nothing here sleeps, reads a
clock or draws randomness.
"""

from collections.abc import Mapping

from local_replica import ingress_filter, persistence, queries, topology
from local_replica.canister import Canister
from local_replica.config import ReplicaConfig, SubnetConfig, SubnetKind
from local_replica.crew import Crew
from local_replica.execution.port import Executor, InstanceState
from local_replica.ingress import BadIngress, Ingress, IngressState, IngressStatus, Query, Refused
from local_replica.instruction_limits import limits_of
from local_replica.management import ingress as management_ingress
from local_replica.network import Certifier, Clock, Network, Uncertified
from local_replica.outcall_answers import outcome_of
from local_replica.outcalls import HttpAnswer, Outcall
from local_replica.rejections import Rejection
from local_replica.rounds import scheduler
from local_replica.state import Changes, ReplicaState
from local_replica.subnet import Subnet

__all__ = ["Certifier", "Replica"]


class Replica:
    """A simulated Internet Computer. See `docs/reference/replica.md`."""

    def __init__(
        self,
        config: ReplicaConfig,
        executor: Executor,
        certifier: Certifier | None = None,
        crew: Crew | None = None,
    ) -> None:
        """`crew`: threads for canisters that run beside each other, by default one for each processor."""
        clock = Clock(config.initial_time_ns + 1, config.initial_time_ns + 1)
        self.network: Network[Subnet] = Network(config, executor, certifier or Uncertified(), clock, crew or Crew())
        for subnet in topology.in_order(config.subnets):
            self.add_subnet(subnet, topology.mainnet_ranges(subnet.kind))
        self._submitted = 0

    # topology

    def add_subnet(self, subnet: SubnetConfig, of_mainnet: tuple[topology.Range, ...]) -> Subnet:
        """Have one more subnet, with ranges of the mainnet and one of the next ids for tests."""
        place = len(self.subnets)
        seed = topology.subnet_seed(self.config, place)
        subnet_id = subnet.subnet_id or topology.derived_subnet_id(seed)
        limits = limits_of(subnet)
        added = Subnet(self.network, place, subnet.kind, subnet_id, seed=seed, of_mainnet=of_mainnet, limits=limits)
        self.subnets[subnet_id] = added
        return added

    @property
    def config(self) -> ReplicaConfig:
        return self.network.config

    @property
    def subnets(self) -> dict[bytes, Subnet]:
        """By subnet id, in the order of PocketIC's ranges."""
        return self.network.subnets

    def subnet_of(self, canister_id: bytes) -> bytes | None:
        """The subnet whose ranges hold the id (whether or not the canister exists)."""
        subnet = self.network.subnet_of(canister_id)
        return subnet.subnet_id if subnet is not None else None

    def default_effective_canister_id(self) -> bytes:
        """The first id of the subnet on which canisters are created when nothing says where."""
        return self._default_subnet().allocation[0]

    def _default_subnet(self) -> Subnet:
        preferred = (SubnetKind.APPLICATION, SubnetKind.VERIFIED_APPLICATION, SubnetKind.SYSTEM)
        for kind in preferred:
            for subnet in self.subnets.values():
                if subnet.kind is kind:
                    return subnet
        return next(iter(self.subnets.values()))

    def canister(self, canister_id: bytes) -> Canister | None:
        """The canister, to read from: controllers, module_hash, certified_data, balance, record."""
        subnet = self.network.subnet_of(canister_id)
        return subnet.canisters.get(canister_id) if subnet is not None else None

    def canister_ids(self, subnet_id: bytes) -> list[bytes]:
        """Ids of the subnet's canisters in order."""
        return sorted(self.subnets[subnet_id].canisters)

    # time and rounds

    @property
    def time_ns(self) -> int:
        """The time of the last round, or the one that was set since."""
        return self.network.clock.time_ns

    @property
    def height(self) -> int:
        """Rounds run so far."""
        return self.network.clock.height

    def set_time(self, time_ns: int) -> None:
        """Set the clock. Raises ValueError when that would move it back."""
        if time_ns < self.time_ns:
            raise ValueError(f"time moves forward only: it is {self.time_ns}, not {time_ns}")
        self.network.clock.time_ns = time_ns

    def run_round(self) -> int:
        """Run one round on every subnet; returns the number of messages executed."""
        now = self.network.clock.begin_round()
        self.network.history.forget_expired(now)
        return sum(scheduler.Round(subnet, now).run() for subnet in list(self.subnets.values()))

    def is_idle(self) -> bool:
        """Whether no message waits anywhere (timers and heartbeats not counted)."""
        return all(subnet.is_idle for subnet in self.subnets.values())

    def is_due(self) -> bool:
        """Whether a round at the present time would execute anything, heartbeats and timers included."""
        return any(scheduler.is_due(subnet, self.time_ns) for subnet in self.subnets.values())

    def next_timer_ns(self) -> int | None:
        """When the earliest armed global timer is due."""
        due = [subnet.timers[0][0] for subnet in self.subnets.values() if subnet.timers]
        return min(due) if due else None

    def run_until_answered(self, message_id: bytes, rounds: int = 100) -> IngressStatus:
        """Run rounds until the message has its answer. Raises TimeoutError, KeyError for an unknown one."""
        for _ in range(rounds):
            status = self.network.history.statuses[message_id]
            if status.is_final:
                return status
            self.run_round()
        status = self.network.history.statuses[message_id]
        if not status.is_final:
            raise TimeoutError(f"no answer after {rounds} rounds")
        return status

    # messages

    def submit_ingress(self, ingress: Ingress) -> bytes:
        """Take a message into the next round; returns its id.

        A message with an id that is known is not taken twice. Raises `Refused` (ingress filter) or `BadIngress`.
        """
        message_id = ingress.message_id
        if message_id is None:
            message_id = ingress_filter.derived_id(ingress, self._submitted, self.time_ns)
            self._submitted += 1
        if message_id in self.network.history.statuses:
            return message_id
        ingress_filter.check_size(ingress, message_id, self.config.ingress_bytes_limit)
        ingress_filter.check_expiry(ingress, self.time_ns)
        subnet = self._destination(ingress.canister_id, ingress.method, ingress.arg, ingress.effective_id)
        try:
            ingress_filter.accept(subnet, ingress)
        except Rejection as rejection:
            raise Refused(rejection.reject()) from None
        ingress_filter.submit(subnet, ingress, message_id)
        return message_id

    def _destination(self, canister_id: bytes, method: str, arg: bytes, effective_id: bytes | None) -> Subnet:
        """The subnet that a message goes to. Raises BadIngress when there is none."""
        if effective_id is not None and effective_id in self.subnets:
            return self.subnets[effective_id]
        target = effective_id
        if target is None:
            target = canister_id or management_ingress.destination_of(method, arg)
        creates = management_ingress.creates(canister_id, method)
        subnet = self._default_subnet() if creates and not target else self.network.subnet_of(target)
        if subnet is None:
            raise management_ingress.unhosted(target) if creates else ingress_filter.not_hosted(target)
        return subnet

    def lacks(self, ingress: Ingress) -> bytes | None:
        """The id of the mainnet beside which a message is to create a canister, if its subnet is still to be made."""
        if not management_ingress.creates(ingress.canister_id, ingress.method) or ingress.effective_id in self.subnets:
            return None
        try:
            target = ingress.effective_id or management_ingress.destination_of(ingress.method, ingress.arg)
        except BadIngress:
            return None
        is_lacking = self.network.subnet_of(target) is None and management_ingress.is_subnet_makable(target)
        return target if is_lacking else None

    def ingress_status(self, message_id: bytes) -> IngressStatus | None:
        """Where a message stands; None when it is not known (any more)."""
        return self.network.history.statuses.get(message_id)

    def query(self, query: Query) -> bytes:
        """Run a query and return its reply. Raises `Refused` with the reject, or `BadIngress`."""
        subnet = self._destination(query.canister_id, query.method, query.arg, query.effective_id)
        try:
            return queries.run(subnet, query)
        except Rejection as rejection:
            raise Refused(rejection.reject()) from None

    def call(self, ingress: Ingress) -> bytes:
        """Submit, run until answered, return the reply. Raises `Refused`, `BadIngress`, TimeoutError."""
        status = self.run_until_answered(self.submit_ingress(ingress))
        if status.state is IngressState.REPLIED and status.reply is not None:
            return status.reply
        if status.reject is None:
            raise TimeoutError("the answer is known no more")
        raise Refused(status.reject)

    # HTTPS outcalls

    def outcalls(self) -> list[tuple[bytes, Outcall]]:
        """Outcalls that wait for an answer, each with its subnet's id; answered ones until the next round too."""
        return [
            (subnet.subnet_id, outcall)
            for subnet in self.subnets.values()
            for outcall in subnet.state.outcalls.values()
        ]

    def answer_outcall(self, subnet_id: bytes, request_id: int, *answers: HttpAnswer) -> None:
        """Answer an outcall: one answer that all nodes got, or one of each node. The caller is told in the next round.

        Runs the transform on the present state. Raises KeyError for an unknown subnet or request, ValueError for a
        number of answers that is neither one nor the number of the subnet's nodes.
        """
        subnet = self.subnets[subnet_id]
        outcall = subnet.state.outcalls[request_id]
        if len(answers) not in (1, subnet.kind.nodes):
            raise ValueError(f"{len(answers)} answers for {subnet.kind.nodes} nodes")
        subnet.state.answered.setdefault(request_id, outcome_of(subnet, outcall, answers))

    # control (PocketIC's REST calls of these names)

    def _existing(self, canister_id: bytes) -> Canister:
        canister = self.canister(canister_id)
        if canister is None:
            raise KeyError(canister_id)
        return canister

    def add_cycles(self, canister_id: bytes, amount: int) -> int:
        """Give a canister cycles; returns the new balance. Raises KeyError."""
        canister = self._existing(canister_id)
        canister.record.balance += amount
        self.subnets[canister.subnet_id].changed.add(canister_id)
        return canister.balance

    def cycles(self, canister_id: bytes) -> int:
        """The balance. Raises KeyError."""
        return self._existing(canister_id).balance

    def stable_memory(self, canister_id: bytes) -> bytes:
        """The whole stable memory. Raises KeyError, or LookupError for a canister without module."""
        canister = self._existing(canister_id)
        if canister.instance is None:
            raise LookupError("the canister is empty")
        return canister.instance.dump().stable

    def set_stable_memory(self, canister_id: bytes, content: bytes) -> None:
        """Replace the stable memory, padded to whole pages. Raises KeyError, or LookupError for an empty canister."""
        canister = self._existing(canister_id)
        installed = canister.record.module
        if canister.instance is None or installed is None:
            raise LookupError("the canister is empty")
        padded = content + bytes(-len(content) % 65_536)
        former = canister.instance.dump()
        state = InstanceState(former.heap, padded, former.globals)
        canister.place(self.network.executor.restore(self.network.blobs[installed.blob], state))
        self.subnets[canister.subnet_id].changed.add(canister_id)

    def module(self, canister_id: bytes) -> bytes | None:
        """The installed module (gunzipped), for its metadata sections. Raises KeyError."""
        installed = self._existing(canister_id).record.module
        return self.network.blobs[installed.blob] if installed is not None else None

    # state

    def take_changes(self) -> Changes:
        """What changed since the last call; storing it makes the state of this moment durable."""
        return persistence.take_changes(self.network, self._submitted)

    def dump(self) -> ReplicaState:
        """The whole state, between two rounds."""
        return persistence.dump(self.network, self._submitted)

    @classmethod
    def load(
        cls,
        config: ReplicaConfig,
        executor: Executor,
        certifier: Certifier | None,
        state: ReplicaState,
        crew: Crew | None = None,
    ) -> "Replica":
        """A replica that goes on from a stored state; the config must be the one that it was stored with."""
        replica = cls(config, executor, certifier, crew)
        replica._submitted = persistence.load(replica.network, state)
        return replica

    def fork(self) -> "Replica":
        """An independent copy with the same executor and certifier."""
        return Replica.load(self.config, self.network.executor, self.network.certifier, self.dump(), self.network.crew)

    def snapshot(self) -> ReplicaState:
        """The state to come back to with `restore`."""
        return self.dump()

    def restore(self, snapshot: ReplicaState, subnets: Mapping[bytes, Subnet] | None = None) -> None:
        """Go back to a snapshot of this replica; memories unchanged since are not touched.

        `subnets`: those of the snapshot's time, where some were added before or since.
        """
        self._submitted = persistence.restore(self.network, snapshot, subnets or dict(self.subnets))

    def close(self) -> None:
        """Give up all instances."""
        for subnet in self.subnets.values():
            for canister in subnet.canisters.values():
                canister.place(None)
