"""Executing an entry point for a canister: its request, its cost, and keeping what it did.

Other canisters may execute at the same time, so the subnet hears of nothing before `settle`.
"""

from dataclasses import replace
from functools import partial

from local_replica import canister_log
from local_replica.call_context import CallContext, Waiting
from local_replica.canister import Canister
from local_replica.cycles.memory import growth_check
from local_replica.entry_request import request_of
from local_replica.execution.port import Entry, ExecutionError, Instance, Outcome, OutgoingCall, Request
from local_replica.management import routing
from local_replica.messages import Call, FromCanister, FromIngress, Origin, Response, response_to
from local_replica.rejections import (
    DidNotReply,
    ExecutionFailed,
    NoModule,
    RejectedByCanister,
    Rejection,
)
from local_replica.subnet import Subnet
from local_replica.visibility import may_see_logs

MAX_CALL_TIMEOUT_S = 300


class Execution:
    """One canister executing in a round: what all its messages and tasks have in common."""

    __slots__ = (
        "_answers",
        "_deadlines",
        "_has_tasks",
        "_refused",
        "canister",
        "now_ns",
        "record",
        "reserved",
        "subnet",
    )

    def __init__(self, subnet: Subnet, canister: Canister, now_ns: int) -> None:
        self.subnet = subnet
        self.canister = canister
        self.record = canister.record
        self.now_ns = now_ns
        self.reserved: dict[bytes, int] = {}
        self._answers: list[tuple[FromIngress, bytes | Rejection]] = []
        self._refused: list[Response] = []
        """Answers to calls of the management canister that did not leave."""
        self._deadlines: list[tuple[int, int]] = []
        self._has_tasks = False
        canister.hold_memory()

    def settle(self) -> None:
        """Tell the subnet what the canister did; turns are settled in the order in which they were given."""
        subnet, canister_id = self.subnet, self.record.canister_id
        self.canister.release_memory()
        if self.record.queues.outputs:
            subnet.with_output.setdefault(canister_id)
        if self._has_tasks:
            subnet.watch_tasks(self.canister)
        for deadline_ns, callback_id in self._deadlines:
            subnet.expect_by(deadline_ns, canister_id, callback_id)
        for response in self._refused:
            subnet.enqueue(self.canister, response)
        for origin, outcome in self._answers:
            subnet.answer(origin, canister_id, outcome, 0)

    def _instance(self) -> Instance:
        if self.canister.instance is None:
            raise NoModule(self.record.canister_id)
        return self.canister.instance

    def _request(self, entry: Entry) -> Request:
        self.reserved = {}
        request = request_of(self.subnet, self.canister, entry, self.now_ns)
        request.global_timer = self.record.global_timer
        request.wasm_memory_limit = self.record.settings.wasm_memory_limit
        request.reserve_output_slot = self._reserve
        request.call_fee = partial(self.subnet.fees.call, is_64=self.canister.is_64)
        request.instruction_limit = self.subnet.limits.of(entry)
        return request

    def _reserve(self, callee: bytes) -> bool:
        if not self.record.queues.reserve(callee):
            return False
        self.reserved[callee] = self.reserved.get(callee, 0) + 1
        return True

    def _prepaid(self) -> int:
        """What a message of this canister pays before it runs."""
        return self.subnet.fees.prepaid_execution(is_64=self.canister.is_64)

    def _cost(self, entry: Entry, instructions: int) -> int:
        """A cleanup is part of the callback that failed: only its instructions count."""
        fees = self.subnet.fees
        price = fees.instructions if entry is Entry.CLEANUP else fees.execution
        return price(instructions, is_64=self.canister.is_64)

    def _execute(self, instance: Instance, request: Request, prepaid: int) -> Outcome:
        """Run the entry point with its cost withheld; settles the balance and the log whatever happens."""
        withheld = min(prepaid, self.record.balance)
        request.balance -= withheld
        request.allocate_memory = growth_check(self.subnet, self.canister, request.entry, request.caller)
        outcome = instance.execute(request)
        self.canister.took[request.method or request.entry.value] = outcome.instructions
        if outcome.error is not None and not self.subnet.network.config.backtraces:
            outcome.error = replace(outcome.error, backtrace="")
        outcome.balance += withheld - self._cost(request.entry, outcome.instructions)
        for line in outcome.logs:
            self.record.log.append(self.now_ns, line)
        if outcome.error is not None:
            for callee, slots in self.reserved.items():
                self.record.queues.release(callee, slots)
            self._log_trap(outcome.error)
            self._charge(outcome.instructions, request.entry)
        return outcome

    def _charge(self, instructions: int, entry: Entry = Entry.UPDATE) -> None:
        self.record.balance -= self._cost(entry, instructions)

    def _log_trap(self, error: ExecutionError) -> None:
        line = canister_log.trap_line(error)
        if line is not None:
            self.record.log.append(self.now_ns, line)

    def _keep(
        self,
        outcome: Outcome,
        context: CallContext | None,
        origin: Origin,
        caller: bytes,
        available: int,
        *,
        changed: bool = True,
    ) -> None:
        """Take over what a successful execution did, then answer or wait."""
        record, version = self.record, self.record.version
        record.balance = outcome.balance
        record.reserved += outcome.reserved
        if changed:
            record.version += 1
            self.canister.touch()
            self.canister.check_low_memory()
            if outcome.certified_data is not None:
                record.certified_data = outcome.certified_data
            if outcome.timer is not None:
                record.global_timer = outcome.timer
                self._has_tasks = True
        left = available - outcome.accepted
        answered = self._outcome_of(outcome)
        if context is None and not outcome.calls:
            self._answer_at_once(origin, answered, left)
            return
        if context is None:
            context = record.calls.open(origin, caller, available)
            context.instructions = outcome.instructions
        context.available = left
        for call in outcome.calls:
            self._send_call(call, context, version)
        if answered is not None and not context.responded:
            context.responded = True
            self._answer(origin, answered, left)
        self._finish_context(context, None)

    def _outcome_of(self, outcome: Outcome) -> bytes | Rejection | None:
        if outcome.reply is not None:
            return outcome.reply
        return RejectedByCanister(outcome.reject) if outcome.reject is not None else None

    def _answer_at_once(self, origin: Origin, answered: bytes | Rejection | None, refund: int) -> None:
        self._answer(origin, DidNotReply(self.record.canister_id) if answered is None else answered, refund)

    def _send_call(self, call: OutgoingCall, context: CallContext, version: int) -> None:
        """Send a call that the canister made at that version of its."""
        deadline = 0
        if call.timeout_seconds is not None:
            deadline = self.now_ns + min(call.timeout_seconds, MAX_CALL_TIMEOUT_S) * 1_000_000_000
        fees = self.subnet.fees
        callback_id = self.record.calls.wait(
            Waiting(
                context_id=context.context_id,
                callee=call.callee,
                on_reply=call.on_reply,
                on_reject=call.on_reject,
                on_cleanup=call.on_cleanup,
                cycles=call.cycles,
                prepaid_execution=self._prepaid(),
                prepaid_transmission=fees.prepaid_transmission(),
                deadline_ns=deadline,
            )
        )
        if deadline:
            self._deadlines.append((deadline, callback_id))
        origin = FromCanister(self.record.canister_id, callback_id, deadline)
        try:
            if self.subnet.is_management(call.callee):
                routing.check(self.subnet, call.callee, call.method, call.arg, version)
        except Rejection as rejection:
            self._refused.append(response_to(origin, call.callee, rejection, call.cycles))
            return
        self.record.queues.outputs.append(
            Call(origin, self.record.canister_id, call.callee, call.method, call.arg, call.cycles)
        )

    def _finish_context(self, context: CallContext, error: ExecutionError | None) -> None:
        """Answer a context that will not be answered any more, and forget it when nothing is outstanding."""
        if not context.outstanding and not context.responded and not context.is_system_task:
            context.responded = True
            outcome = (
                self._failure(error, context.caller) if error is not None else DidNotReply(self.record.canister_id)
            )
            self._answer(context.origin, outcome, context.available)
            context.available = 0
        self.record.calls.close_if_done(context)

    def _answer(self, origin: Origin, outcome: bytes | Rejection, refund: int) -> None:
        """Ingress is told when the turn is settled; a calling canister through this one's output queue."""
        if isinstance(origin, FromCanister):
            self.record.queues.outputs.append(response_to(origin, self.record.canister_id, outcome, refund))
        elif isinstance(origin, FromIngress):
            self._answers.append((origin, outcome))

    def _failure(self, error: ExecutionError, caller: bytes) -> ExecutionFailed:
        return ExecutionFailed(self.record.canister_id, error, backtrace=may_see_logs(self.canister, caller))
