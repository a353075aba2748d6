"""Rounds: who executes, in which order, and how much of it before the next round (deterministic)."""

import heapq
from collections.abc import Callable, Iterable, Sequence

from local_replica import ingress_filter
from local_replica.block_makers import BlockMaker
from local_replica.call_context import Waiting
from local_replica.canister import Canister, Status
from local_replica.cycles import balance
from local_replica.management import lifecycle
from local_replica.management.canister import ManagementCanister
from local_replica.messages import Call, FromIngress, Response
from local_replica.rejections import DeadlineExpired, StopTimedOut
from local_replica.rounds.turn import Turn
from local_replica.subnet import Subnet

CANISTER_OVERHEAD = 8_000_000
"""The same for each time that a canister is switched to."""
ROUND_INSTRUCTIONS = 2_000_000_001
"""What a core may use in a round before its canisters wait for the next."""
CORES = 4
"""Canisters execute side by side on so many, whatever this machine has (`crew`)."""
CHARGE_INTERVAL_NS = 10_000_000_000


class Core:
    """One of the cores that a round has: runs its canisters one after another, until its share is used."""

    __slots__ = ("_left", "_turns", "used")

    def __init__(self, turns: list[Turn], left: int) -> None:
        self._turns = turns
        self._left = left
        self.used = 0
        """Instructions counted."""

    def run(self) -> None:
        """Run each canister until its queue is empty or the share is used; the others wait for the next round."""
        for turn in self._turns:
            if self.used < self._left:
                self.used += turn.run_messages(self._left - self.used) + CANISTER_OVERHEAD


class Round:
    """One round of one subnet."""

    def __init__(self, subnet: Subnet, now_ns: int) -> None:
        self.subnet = subnet
        self.now_ns = now_ns
        self.left = ROUND_INSTRUCTIONS
        """Instructions that each core may still use."""
        self.executed = 0
        self._crew = subnet.network.crew

    def run(self) -> int:
        """Take in what arrived, execute until nothing can go on, settle; returns the number of messages executed."""
        self._count_block()
        self._receive()
        self._settle_query_statistics()
        self._expire()
        self._run_management()
        self._run_hooks()
        self._run_tasks()
        while self._run_canisters():
            self._induct()
        self._induct()
        lifecycle.finish_stops(self.subnet)
        self._charge()
        return self.executed

    # taking in

    def _receive(self) -> None:
        state = self.subnet.state
        arriving, state.arriving = state.arriving, type(state.arriving)()
        for message in arriving:
            if isinstance(message, Call) and self.subnet.is_management(message.receiver):
                self.subnet.management.append(message)
            else:
                self.subnet.deliver(message)
        submitted, state.submitted = state.submitted, type(state.submitted)()
        for call in sorted(submitted, key=_message_id):
            ingress_filter.induct(self.subnet, call)
        self.subnet.settle_outcalls(self.now_ns)
        self.subnet.give_late_answers()

    def _count_block(self) -> None:
        maker, self.subnet.block_maker = self.subnet.block_maker, BlockMaker()
        self.subnet.state.blocks.count(self.now_ns, maker)

    def _settle_query_statistics(self) -> None:
        for canister_id, totals in self.subnet.query_statistics.tell().items():
            canister = self.subnet.canisters.get(canister_id)
            if canister is not None:
                canister.record.queried += totals
                self.subnet.changed.add(canister_id)

    def _expire(self) -> None:
        deadlines = self.subnet.deadlines
        while deadlines and deadlines[0][0] <= self.now_ns:
            _, canister_id, callback_id = heapq.heappop(deadlines)
            canister = self.subnet.canisters.get(canister_id)
            waiting = canister.record.calls.waiting.get(callback_id) if canister else None
            if canister is not None and waiting is not None and waiting.deadline_ns:
                self._give_up(canister, callback_id, waiting)
        self._expire_stops()

    def _give_up(self, canister: Canister, callback_id: int, waiting: Waiting) -> None:
        response = Response(canister.canister_id, waiting.callee, callback_id, 0, reject=DeadlineExpired().to_caller())
        self.subnet.enqueue(canister, response)

    def _expire_stops(self) -> None:
        for canister_id in sorted(self.subnet.stopping):
            record = self.subnet.canisters[canister_id].record
            overdue = [request for request in record.stop_requests if request.deadline_ns <= self.now_ns]
            for request in overdue:
                record.stop_requests.remove(request)
                self.subnet.answer(request.origin, b"", StopTimedOut(), request.cycles)
            if overdue:
                self.subnet.changed.add(canister_id)

    # executing

    def _run_management(self) -> None:
        self.executed += ManagementCanister(self.subnet, self.now_ns).run_all(self.subnet.management)

    def _run_hooks(self) -> None:
        """Tell canisters that became low on memory since the last round, before their messages."""
        low, self.subnet.low_on_memory = self.subnet.low_on_memory, set()
        turns = self._turns(sorted(low))
        for turn in turns:
            turn.run_hook()
        self._settle(turns)

    def _run_tasks(self) -> None:
        due = self.subnet.with_heartbeat | self.subnet.take_due_timers(self.now_ns)
        turns = self._turns(sorted(due))
        self._beside_each_other(
            [turn.run_due_task for turn in turns], (turn.has_long_task(self._crew) for turn in turns)
        )
        self._settle(turns)

    def _run_canisters(self) -> bool:
        """Let each canister with input execute, as if on several cores; False when nothing could go on."""
        ready, self.subnet.ready = self.subnet.ready, {}
        progress = bool(self.subnet.with_output)
        turns = self._turns(ready)
        cores = [Core(turns[place::CORES], self.left) for place in range(min(CORES, len(turns)))]
        self._beside_each_other([core.run for core in cores], (turn.has_long_message(self._crew) for turn in turns))
        self._settle(turns)
        left = [turn for turn in turns if turn.record.queues.inputs]
        for turn in sorted(left, key=lambda turn: turn.executed > 0):
            self.subnet.ready.setdefault(turn.record.canister_id)
        self.left -= max((core.used for core in cores), default=0)
        return progress or any(turn.executed for turn in turns)

    def _turns(self, canister_ids: Iterable[bytes]) -> list[Turn]:
        """A turn for each of the canisters that still exist."""
        found = [self.subnet.canisters.get(canister_id) for canister_id in canister_ids]
        return [Turn(self.subnet, canister, self.now_ns) for canister in found if canister is not None]

    def _beside_each_other(self, pieces: Sequence[Callable[[], None]], are_long: Iterable[bool]) -> None:
        """Run the pieces, on several threads where at least two of what they do is long enough for that."""
        if self._crew.workers > 1 and len(pieces) > 1 and sum(are_long) > 1:
            self._crew.run(pieces)
        else:
            for piece in pieces:
                piece()

    def _settle(self, turns: Iterable[Turn]) -> None:
        """Tell the subnet what the turns did, in their order."""
        for turn in turns:
            turn.settle()
            self.executed += turn.executed

    def _induct(self) -> None:
        """Bring what was sent to its queues."""
        senders, self.subnet.with_output = self.subnet.with_output, {}
        for canister_id in senders:
            canister = self.subnet.canisters.get(canister_id)
            if canister is not None:
                for message in canister.record.queues.take_outputs():
                    self.subnet.route(message)

    # settling

    def _charge(self) -> None:
        """Take storage and compute allocation every ten seconds; who can't pay is uninstalled."""
        state = self.subnet.state
        duration = self.now_ns - state.charged_until_ns
        if duration < CHARGE_INTERVAL_NS:
            return
        state.charged_until_ns = self.now_ns
        if self.subnet.kind.is_free:
            return
        for canister in list(self.subnet.canisters.values()):
            record = canister.record
            paid = balance.charge_idle(self.subnet.fees, canister, self.now_ns - record.charged_until_ns)
            record.charged_until_ns = self.now_ns
            self.subnet.changed.add(record.canister_id)
            if not paid:
                lifecycle.uninstall_for_lack_of_cycles(self.subnet, canister)


def _message_id(call: Call) -> bytes:
    return call.origin.message_id if isinstance(call.origin, FromIngress) else b""


def is_due(subnet: Subnet, now_ns: int) -> bool:
    """Whether a round at that time would execute anything."""
    if not subnet.is_idle or subnet.with_heartbeat or subnet.low_on_memory:
        return True
    return any(queue and queue[0][0] <= now_ns for queue in (subnet.timers, subnet.deadlines)) or any(
        subnet.canisters[key].record.status is Status.STOPPING for key in subnet.stopping
    )
