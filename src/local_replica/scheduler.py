"""Rounds: who executes, in which order, and how much of it before the next round (deterministic)."""

import heapq

from local_replica import ingress_filter
from local_replica.call_context import Waiting
from local_replica.canister import Canister, Status, Task
from local_replica.cycles import balance
from local_replica.execution.port import Entry
from local_replica.management import lifecycle
from local_replica.management.canister import ManagementCanister
from local_replica.messages import Call, FromIngress, Response
from local_replica.rejections import DeadlineExpired, StopTimedOut
from local_replica.subnet import Subnet
from local_replica.turn import Turn

MESSAGE_OVERHEAD = 2_000_000
"""Instructions that count against a round for each message besides its own."""
CANISTER_OVERHEAD = 8_000_000
"""The same for each time that a canister is switched to."""
ROUND_INSTRUCTIONS = 2_000_000_001
"""What a core may use in a round before its canisters wait for the next."""
CORES = 4
"""Canisters execute side by side on so many; here one after another, with the same outcome."""
BENCHMARKING_INSTRUCTIONS = 2**62
CHARGE_INTERVAL_NS = 10_000_000_000
_TASKS = {Task.TIMER: Entry.TIMER, Task.HEARTBEAT: Entry.HEARTBEAT}


class Round:
    """One round of one subnet."""

    def __init__(self, subnet: Subnet, now_ns: int) -> None:
        self.subnet = subnet
        self.now_ns = now_ns
        self.left = ROUND_INSTRUCTIONS
        """Instructions that each core may still use."""
        self.executed = 0

    def run(self) -> int:
        """Take in what arrived, execute until nothing can go on, settle; returns the number of messages executed."""
        self._receive()
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
        management = ManagementCanister(self.subnet, self.now_ns)
        while self.subnet.management:
            management.run(self.subnet.management.popleft())
            self.executed += 1

    def _run_tasks(self) -> None:
        due = self.subnet.with_heartbeat | self.subnet.take_due_timers(self.now_ns)
        for canister_id in sorted(due):
            canister = self.subnet.canisters.get(canister_id)
            if canister is not None:
                self._take_turn(canister)

    def _run_hooks(self) -> None:
        """Tell canisters that became low on memory since the last round, before their messages."""
        low, self.subnet.low_on_memory = self.subnet.low_on_memory, set()
        for canister_id in sorted(low):
            canister = self.subnet.canisters.get(canister_id)
            if canister is not None:
                self._run_hook(Turn(self.subnet, canister, self.now_ns))

    def _run_hook(self, turn: Turn) -> int:
        if not turn.canister.is_low_memory_hook_due:
            return 0
        self.executed += 1
        return turn.run_task(Entry.LOW_WASM_MEMORY)

    def _take_turn(self, canister: Canister) -> None:
        """Give the canister's turn to its timer, its heartbeat or its messages, whichever comes next."""
        record = canister.record
        for _ in Task:
            task = record.next_task
            record.next_task = task.following
            if canister.has_task(task, self.now_ns):
                if task is not Task.MESSAGE:
                    Turn(self.subnet, canister, self.now_ns).run_task(_TASKS[task])
                    self.executed += 1
                break
        self.subnet.watch_tasks(canister)

    def _run_canisters(self) -> bool:
        """Let each canister with input execute, as if on several cores; False when nothing could go on."""
        ready, self.subnet.ready = self.subnet.ready, {}
        progress = bool(self.subnet.with_output)
        used = [0] * CORES
        again: list[bytes] = []
        for place, canister_id in enumerate(ready):
            canister = self.subnet.canisters[canister_id]
            left = self.left - used[place % CORES]
            if left <= 0:
                self.subnet.ready.setdefault(canister_id)
                continue
            used[place % CORES] += self._run_canister(canister, left) + CANISTER_OVERHEAD
            progress = True
            if canister.record.queues.has_input:
                again.append(canister_id)
        self.subnet.ready.update(dict.fromkeys(again))
        self.left -= max(used)
        return progress

    def _run_canister(self, canister: Canister, budget: int) -> int:
        """Execute messages until none is left or the budget is used; returns the instructions counted."""
        turn = Turn(self.subnet, canister, self.now_ns)
        queues = canister.record.queues
        used = 0
        while queues.inputs and used < budget:
            used += turn.run_next() + MESSAGE_OVERHEAD
            self.executed += 1
            used += self._run_hook(turn)
        return used

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
