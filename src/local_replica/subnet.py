"""A subnet: its canisters, the messages under way to it, and what is due when."""

import heapq
from collections import deque
from dataclasses import dataclass, field
from hashlib import sha256

from local_replica import topology
from local_replica.block_makers import BlockHistory, BlockMaker
from local_replica.canister import Canister, CanisterRecord, Status
from local_replica.config import SubnetKind
from local_replica.cycles.costs import MAX_INSTRUCTIONS, Fees
from local_replica.ingress import IngressState, IngressStatus
from local_replica.instruction_limits import InstructionLimits
from local_replica.management.interface import target_of
from local_replica.messages import Call, FromCanister, FromIngress, Message, Origin, Response, response_to
from local_replica.network import Network
from local_replica.outcalls import TIMEOUT_NS, Outcall, OutcallRejected
from local_replica.query_statistics import QueryStatistics
from local_replica.queues import sender_of
from local_replica.rejections import (
    SYS_TRANSIENT,
    CanisterNotFound,
    CanisterStopped,
    CanisterStopping,
    NoRoute,
    Rejection,
)

ANSWER_KEPT_NS = 300_000_000_000
"""For how long an answer can be read at least."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller of the management canister will be told."""

    origin: Origin
    outcome: bytes | Rejection
    refund: int


@dataclass(slots=True)
class SubnetState:
    """What a subnet remembers besides its canisters (picklable)."""

    next_number: int = 0
    """Canisters allocated so far."""
    randomness_drawn: int = 0
    submitted: deque[Call] = field(default_factory=deque)
    """Ingress messages for the next round."""
    arriving: deque[Message] = field(default_factory=deque)
    """Messages of other subnets and of the management canister, for the next round."""
    charged_until_ns: int = 0
    compiled: set[bytes] = field(default_factory=set)
    """Hashes of modules whose compilation has been paid on this subnet."""
    outcalls: dict[int, Outcall] = field(default_factory=dict)
    """HTTPS outcalls that wait, by request id."""
    next_outcall: int = 0
    answered: dict[int, bytes | Rejection] = field(default_factory=dict)
    """Outcalls answered from outside, for the next round."""
    later: list[tuple[int, Answer]] = field(default_factory=list)
    """Answers of long installations, each with the height at which it is given."""
    blocks: BlockHistory = field(default_factory=BlockHistory)


class Subnet:
    """One subnet of the network."""

    def __init__(
        self,
        network: "Network[Subnet]",
        place: int,
        kind: SubnetKind,
        subnet_id: bytes,
        *,
        seed: bytes,
        of_mainnet: tuple[topology.Range, ...],
        limits: InstructionLimits,
    ) -> None:
        self.network = network
        self.kind = kind
        self.limits = limits
        self.fees = Fees(kind.nodes, kind.is_free, limits.message or MAX_INSTRUCTIONS)
        self.subnet_id = subnet_id
        self.seed = seed
        self.allocation = topology.test_range(place)
        self.ranges = (*of_mainnet, self.allocation)
        self.state = SubnetState(charged_until_ns=network.clock.time_ns)
        self.canisters: dict[bytes, Canister] = {}
        self.management: deque[Call] = deque()
        """Calls of the management canister to run in this round."""
        self.ready: dict[bytes, None] = {}
        """Canisters with input, in the order in which they got it."""
        self.with_output: dict[bytes, None] = {}
        self.with_heartbeat: set[bytes] = set()
        self.low_on_memory: set[bytes] = set()
        """Canisters whose `canister_on_low_wasm_memory` may be due."""
        self.stopping: set[bytes] = set()
        self.timers: list[tuple[int, bytes]] = []
        self.armed: dict[bytes, int] = {}
        """The entry of `timers` that counts for a canister; others are stale."""
        self.deadlines: list[tuple[int, bytes, int]] = []
        self.changed: set[bytes] = set()
        self.deleted: set[bytes] = set()
        self.block_maker = BlockMaker()
        """Of the next round."""
        self.query_statistics = QueryStatistics(kind.nodes)

    # canisters

    def hosts(self, canister_id: bytes) -> bool:
        """Whether the id lies in one of the ranges."""
        return len(canister_id) == 10 and any(start <= canister_id <= end for start, end in self.ranges)

    def allocate_id(self) -> bytes:
        """The next canister id."""
        number = int.from_bytes(self.allocation[0][:8], "big") + self.state.next_number
        self.state.next_number += 1
        return topology.canister_id(number)

    def add(self, canister: Canister) -> None:
        """Host a canister (new, or loaded), with all that its record says is due."""
        record = canister.record
        self.canisters[record.canister_id] = canister
        self.deleted.discard(record.canister_id)
        self.changed.add(record.canister_id)
        self.watch(canister)

    def watch(self, canister: Canister) -> None:
        """Note what of the canister is due: input, output, heartbeat, timer, deadlines, a stop."""
        record = canister.record
        key = record.canister_id
        if record.queues.has_input:
            self.ready.setdefault(key)
        if record.queues.outputs:
            self.with_output.setdefault(key)
        if record.status is Status.STOPPING:
            self.stopping.add(key)
        self.watch_tasks(canister)
        for callback_id, waiting in record.calls.waiting.items():
            if waiting.deadline_ns:
                heapq.heappush(self.deadlines, (waiting.deadline_ns, key, callback_id))

    def watch_tasks(self, canister: Canister) -> None:
        """Note whether the canister has a heartbeat, a timer or a low memory hook now."""
        if canister.is_low_memory_hook_due:
            self.low_on_memory.add(canister.canister_id)
        if "canister_heartbeat" in canister.exports:
            self.with_heartbeat.add(canister.canister_id)
        else:
            self.with_heartbeat.discard(canister.canister_id)
        due = canister.record.global_timer
        can_ring = "canister_global_timer" in canister.exports and canister.record.status is Status.RUNNING
        if due and can_ring and self.armed.get(canister.canister_id) != due:
            self.armed[canister.canister_id] = due
            heapq.heappush(self.timers, (due, canister.canister_id))

    def take_due_timers(self, now_ns: int) -> set[bytes]:
        """Canisters whose timer may be due; `watch_tasks` notes again those that still have one."""
        due: set[bytes] = set()
        while self.timers and self.timers[0][0] <= now_ns:
            time_ns, canister_id = heapq.heappop(self.timers)
            if self.armed.get(canister_id) == time_ns:
                del self.armed[canister_id]
                due.add(canister_id)
        return due

    def remove(self, canister: Canister) -> None:
        """Delete a canister."""
        key = canister.canister_id
        canister.place(None)
        del self.canisters[key]
        for known in (self.with_heartbeat, self.stopping, self.changed):
            known.discard(key)
        for noted in (self.ready, self.with_output, self.armed):
            noted.pop(key, None)
        self.deleted.add(key)
        self.network.garbage = True

    def running(self, canister_id: bytes) -> Canister:
        """The canister, or CanisterNotFound."""
        canister = self.canisters.get(canister_id)
        if canister is None:
            raise CanisterNotFound(canister_id)
        return canister

    def is_management(self, receiver: bytes) -> bool:
        """Whether calls to it are for the management canister (also by the subnet's own id)."""
        return receiver == b"" or receiver in self.network.subnets

    # messages

    def enqueue(self, canister: Canister, message: Message) -> None:
        """Put a message into a canister's input queue."""
        canister.record.queues.push(sender_of(message), message)
        self.ready.setdefault(canister.canister_id)
        self.changed.add(canister.canister_id)

    def route(self, message: Message) -> None:
        """Bring a message to where it is run: at once on this subnet, in the next round elsewhere."""
        if isinstance(message, Response):
            self._route_response(message)
        elif self.is_management(message.receiver):
            self._managing_subnet(message).state.arriving.append(message)
        elif self.hosts(message.receiver):
            self.deliver(message)
        else:
            target = self.network.subnet_of(message.receiver)
            if target is None:
                self.answer(message.origin, message.receiver, NoRoute(message.receiver), message.cycles)
            else:
                target.state.arriving.append(message)

    def _managing_subnet(self, call: Call) -> "Subnet":
        """The subnet whose management canister runs a call: the one named, or that of the canister concerned."""
        named = self.network.subnets.get(call.receiver)
        if named is not None:
            return named
        target = target_of(call.method, call.arg)
        if target in self.network.subnets:
            return self.network.subnets[target]
        concerned = self.network.subnet_of(target) if target and not self.hosts(target) else None
        return concerned or self

    def _route_response(self, response: Response) -> None:
        if self.hosts(response.originator):
            if self.is_management(response.respondent):
                self.state.arriving.append(response)
            else:
                self.deliver(response)
            return
        target = self.network.subnet_of(response.originator)
        if target is not None:
            target.state.arriving.append(response)

    def deliver(self, message: Message) -> None:
        """Hand a message to its canister, or answer a call that it cannot take."""
        if isinstance(message, Response):
            caller = self.canisters.get(message.originator)
            if caller is not None:
                self.enqueue(caller, message)
            return
        try:
            self.enqueue(self._able_to_take(message.receiver), message)
        except Rejection as rejection:
            self.answer(message.origin, message.receiver, rejection, message.cycles)

    def _able_to_take(self, canister_id: bytes) -> Canister:
        canister = self.running(canister_id)
        if canister.record.status is Status.STOPPED:
            raise CanisterStopped(canister_id)
        if canister.record.status is Status.STOPPING:
            raise CanisterStopping(canister_id)
        return canister

    def answer(self, origin: Origin, respondent: bytes, outcome: bytes | Rejection, refund: int) -> None:
        """Tell whoever waits: the ingress history or the calling canister."""
        if isinstance(origin, FromIngress):
            self._answer_ingress(origin.message_id, outcome)
        elif isinstance(origin, FromCanister):
            self.route(response_to(origin, respondent, outcome, refund))

    def _answer_ingress(self, message_id: bytes, outcome: bytes | Rejection) -> None:
        history = self.network.history
        former = history.statuses[message_id]
        rejected = isinstance(outcome, Rejection)
        history.put(
            message_id,
            IngressStatus(
                state=IngressState.REJECTED if rejected else IngressState.REPLIED,
                sender=former.sender,
                canister_id=former.canister_id,
                subnet_id=former.subnet_id,
                expiry_ns=max(former.expiry_ns, self.network.clock.time_ns + ANSWER_KEPT_NS),
                reply=None if isinstance(outcome, Rejection) else outcome,
                reject=outcome.reject(certified=True) if isinstance(outcome, Rejection) else None,
            ),
        )

    def reply_from(self, record: CanisterRecord, origin: FromCanister, outcome: bytes | Rejection, refund: int) -> None:
        """Put the response to a calling canister into the answering one's output."""
        record.queues.outputs.append(response_to(origin, record.canister_id, outcome, refund))
        self.with_output.setdefault(record.canister_id)

    def expect_by(self, deadline_ns: int, canister_id: bytes, callback_id: int) -> None:
        """Give a best-effort call up at its deadline."""
        heapq.heappush(self.deadlines, (deadline_ns, canister_id, callback_id))

    def answer_later(self, rounds: int, answer: Answer) -> None:
        """Answer a management call so many rounds from now."""
        self.state.later.append((self.network.clock.height + rounds, answer))

    def give_late_answers(self) -> None:
        """Give the answers whose round has come."""
        height, later = self.network.clock.height, self.state.later
        self.state.later = [entry for entry in later if entry[0] > height]
        for due, answer in later:
            if due <= height:
                self.answer(answer.origin, b"", answer.outcome, answer.refund)

    # HTTPS outcalls

    def await_outcall(self, outcall: Outcall) -> None:
        """Let an outcall wait for its answer from outside."""
        self.state.outcalls[outcall.request_id] = outcall
        self.state.next_outcall = outcall.request_id + 1
        self._note_sender(outcall)

    def settle_outcalls(self, now_ns: int) -> None:
        """Tell the callers of outcalls that were answered since the last round, and of those that waited too long."""
        state = self.state
        overdue = [key for key, outcall in state.outcalls.items() if outcall.time_ns + TIMEOUT_NS < now_ns]
        timed_out = OutcallRejected(SYS_TRANSIENT, "Canister http request timed out")
        outcomes = dict.fromkeys(overdue, timed_out) | state.answered
        state.answered = {}
        for request_id, outcome in sorted(outcomes.items(), key=lambda item: item[0]):
            outcall = state.outcalls.pop(request_id)
            self._note_sender(outcall)
            self.answer(outcall.call.origin, b"", outcome, outcall.call.cycles)

    def _note_sender(self, outcall: Outcall) -> None:
        """A block that only moves outcalls counts as changed, so that it is stored."""
        if outcall.call.sender in self.canisters:
            self.changed.add(outcall.call.sender)

    # randomness

    def draw_randomness(self) -> bytes:
        """32 bytes that follow from the seed and from how often it was drawn."""
        self.state.randomness_drawn += 1
        return sha256(b"randomness" + self.seed + self.state.randomness_drawn.to_bytes(8, "big")).digest()

    @property
    def is_idle(self) -> bool:
        """Whether no message waits."""
        state = self.state
        waiting = state.submitted or state.arriving or state.answered or state.later
        return not (self.ready or self.with_output or waiting or self.management)
