"""Running one message, callback or task on a canister, and keeping (or not) what it did."""

from dataclasses import replace

from local_replica import canister_log
from local_replica.call_context import CallContext, Waiting
from local_replica.canister import Canister, Status
from local_replica.cycles import balance, costs
from local_replica.execution.port import Callback, Entry, ExecutionError, Instance, Outcome, OutgoingCall, Request
from local_replica.messages import Call, FromCanister, FromSystem, Origin, Response
from local_replica.rejections import (
    CanisterStopped,
    CanisterStopping,
    CompositeQueryInReplicatedMode,
    DidNotReply,
    ExecutionFailed,
    MethodNotFound,
    NoModule,
    OutOfCycles,
    RejectedByCanister,
    Rejection,
)
from local_replica.subnet import Subnet
from local_replica.visibility import may_see_logs

NO_CALLBACK = 0xFFFFFFFF
"""Table index of a callback that does not exist: the response is dropped."""
MAX_CALL_TIMEOUT_S = 300
_PUBLISHED_COSTS = costs.PublishedCosts()


class Turn:
    """One canister executing in a round."""

    __slots__ = ("canister", "now_ns", "record", "reserved", "subnet")

    def __init__(self, subnet: Subnet, canister: Canister, now_ns: int) -> None:
        self.subnet = subnet
        self.canister = canister
        self.record = canister.record
        self.now_ns = now_ns
        self.reserved: dict[bytes, int] = {}

    def run_next(self) -> int:
        """Take the next message from the queues and run it; returns the instructions it used."""
        message = self.record.queues.pop()
        self.subnet.changed.add(self.record.canister_id)
        if isinstance(message, Response):
            return self._run_response(message)
        return self._run_call(message)

    def run_task(self, entry: Entry) -> int:
        """Run the heartbeat or the global timer; returns the instructions it used."""
        self.subnet.changed.add(self.record.canister_id)
        if entry is Entry.TIMER:
            self.record.global_timer = 0
        instance = self._instance()
        try:
            self._check_cycles(costs.EXECUTION_PREPAID)
        except OutOfCycles:
            return 0
        outcome = self._execute(instance, self._request(entry), costs.EXECUTION_PREPAID)
        if outcome.error is None:
            instance.commit()
            self._keep(outcome, None, FromSystem(), b"", 0)
        return outcome.instructions

    # calls

    def _run_call(self, call: Call) -> int:
        try:
            return self._execute_call(call)
        except Rejection as rejection:
            self._answer(call.origin, rejection, call.cycles)
            return 0

    def _execute_call(self, call: Call) -> int:
        self._check_running()
        self._check_cycles(costs.EXECUTION_PREPAID)
        entry = self._entry_of(call.method)
        instance = self._instance()
        request = self._request(entry)
        request.caller, request.method, request.arg = call.sender, call.method, call.arg
        request.available, request.deadline = call.cycles, call.deadline_ns
        outcome = self._execute(instance, request, costs.EXECUTION_PREPAID)
        if outcome.error is not None:
            self._answer(call.origin, self._failure(outcome.error, call.sender), call.cycles)
            return outcome.instructions
        if entry is Entry.REPLICATED_QUERY:
            instance.rollback()
        else:
            instance.commit()
        self._keep(outcome, None, call.origin, call.sender, call.cycles, changed=entry is Entry.UPDATE)
        return outcome.instructions

    def _check_running(self) -> None:
        if self.record.status is Status.STOPPED:
            raise CanisterStopped(self.record.canister_id)
        if self.record.status is Status.STOPPING:
            raise CanisterStopping(self.record.canister_id)

    def _check_cycles(self, needed: int) -> None:
        if self.subnet.kind.is_free:
            return
        missing = needed + balance.freezing_limit(self.canister) - self.record.balance
        if missing > 0:
            raise OutOfCycles(self.record.canister_id, missing)

    def _entry_of(self, method: str) -> Entry:
        exports = self.canister.exports
        if f"canister_update {method}" in exports:
            return Entry.UPDATE
        if f"canister_query {method}" in exports:
            return Entry.REPLICATED_QUERY
        if f"canister_composite_query {method}" in exports:
            raise CompositeQueryInReplicatedMode
        self._instance()
        self._charge(0)
        raise MethodNotFound(self.record.canister_id, "update", method)

    # responses

    def _run_response(self, response: Response) -> int:
        taken = self.record.calls.take(response.callback_id)
        if taken is None:
            return 0
        waiting, context = taken
        self.record.queues.release(waiting.callee)
        self.record.balance += response.refund
        if not self.subnet.kind.is_free:
            unused = waiting.prepaid_transmission - costs.transmission(response.payload_bytes())
            self.record.balance += unused + waiting.prepaid_execution
        if context.deleted or self.canister.instance is None:
            self.record.calls.close_if_done(context)
            return 0
        return self._run_callback(response, waiting, context)

    def _run_callback(self, response: Response, waiting: Waiting, context: CallContext) -> int:
        callback = waiting.on_reply if response.reject is None else waiting.on_reject
        if callback.function == NO_CALLBACK:
            self._charge(0)
            self._finish_context(context, None)
            return 0
        instance = self._instance()
        request = self._callback_request(response, callback, context)
        outcome = self._execute(instance, request, waiting.prepaid_execution)
        context.instructions += outcome.instructions
        if outcome.error is None:
            instance.commit()
            self._keep(outcome, context, context.origin, context.caller, context.available)
            return outcome.instructions
        error = outcome.error
        if waiting.on_cleanup is not None:
            error = self._clean_up(instance, waiting.on_cleanup, context, error)
        self._finish_context(context, error)
        return outcome.instructions

    def _callback_request(self, response: Response, callback: Callback, context: CallContext) -> Request:
        entry = Entry.REPLY_CALLBACK if response.reject is None else Entry.REJECT_CALLBACK
        request = self._request(entry)
        request.callback, request.caller = callback, context.caller
        request.available, request.refunded = context.available, response.refund
        request.responded = context.responded
        request.deadline = context.origin.deadline_ns if isinstance(context.origin, FromCanister) else 0
        request.call_context_instructions = context.instructions
        if response.reject is None:
            request.arg = response.reply or b""
        else:
            request.reject_code, request.reject_message = response.reject
        return request

    def _clean_up(
        self, instance: Instance, callback: Callback, context: CallContext, error: ExecutionError
    ) -> ExecutionError:
        request = self._request(Entry.CLEANUP)
        request.callback, request.caller, request.responded = callback, context.caller, context.responded
        outcome = self._execute(instance, request, 0)
        if outcome.error is None:
            instance.commit()
            self.canister.touch()
            self.record.balance = outcome.balance
            self.record.version += 1
            return error
        second = outcome.error
        return replace(
            error,
            backtrace=f"{error.backtrace}\n\ncall_on_cleanup also failed:\n\n{second.message}{second.backtrace}",
            help="",
        )

    # running and keeping

    def _instance(self) -> Instance:
        if self.canister.instance is None:
            raise NoModule(self.record.canister_id)
        return self.canister.instance

    def _request(self, entry: Entry) -> Request:
        record, settings = self.record, self.record.settings
        free = self.subnet.kind.is_free
        self.reserved = {}
        return Request(
            entry=entry,
            canister_id=record.canister_id,
            time=self.now_ns,
            balance=record.balance,
            controllers=record.controllers,
            canister_version=record.version,
            status=int(record.status),
            global_timer=record.global_timer,
            environment_variables=settings.environment_variables,
            subnet_id=self.subnet.subnet_id,
            freezing_limit=balance.freezing_limit(self.canister),
            wasm_memory_limit=settings.wasm_memory_limit,
            reserve_output_slot=self._reserve,
            call_fee=_no_fee if free else costs.call,
            allocate_memory=balance.memory_check(self.subnet, self.canister),
            costs=_PUBLISHED_COSTS,
            root_key=self.subnet.network.config.root_key,
            instruction_limit=self.subnet.instruction_limit,
        )

    def _reserve(self, callee: bytes) -> bool:
        if not self.record.queues.reserve(callee):
            return False
        self.reserved[callee] = self.reserved.get(callee, 0) + 1
        return True

    def _execute(self, instance: Instance, request: Request, prepaid: int) -> Outcome:
        """Run the entry point with its cost withheld; settles the balance and the log whatever happens."""
        free = self.subnet.kind.is_free
        withheld = 0 if free else min(prepaid, self.record.balance)
        request.balance -= withheld
        outcome = instance.execute(request)
        if not free:
            outcome.balance += withheld - _cost(request.entry, outcome.instructions)
        for line in outcome.logs:
            self.record.log.append(self.now_ns, line)
        if outcome.error is not None:
            for callee, slots in self.reserved.items():
                self.record.queues.release(callee, slots)
            self._log_trap(outcome.error)
            self._charge(outcome.instructions, request.entry)
        return outcome

    def _charge(self, instructions: int, entry: Entry = Entry.UPDATE) -> None:
        if not self.subnet.kind.is_free:
            self.record.balance -= _cost(entry, instructions)

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
        record = self.record
        record.balance = outcome.balance
        if changed:
            record.version += 1
            self.canister.touch()
            if outcome.certified_data is not None:
                record.certified_data = outcome.certified_data
            if outcome.timer is not None:
                record.global_timer = outcome.timer
                self.subnet.watch_tasks(self.canister)
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
            self._send_call(call, context)
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

    def _send_call(self, call: OutgoingCall, context: CallContext) -> None:
        deadline = 0
        if call.timeout_seconds is not None:
            deadline = self.now_ns + min(call.timeout_seconds, MAX_CALL_TIMEOUT_S) * 1_000_000_000
        free = self.subnet.kind.is_free
        callback_id = self.record.calls.wait(
            Waiting(
                context_id=context.context_id,
                callee=call.callee,
                on_reply=call.on_reply,
                on_reject=call.on_reject,
                on_cleanup=call.on_cleanup,
                cycles=call.cycles,
                prepaid_execution=0 if free else costs.EXECUTION_PREPAID,
                prepaid_transmission=0 if free else costs.TRANSMISSION_PREPAID,
                deadline_ns=deadline,
            )
        )
        if deadline:
            self.subnet.expect_by(deadline, self.record.canister_id, callback_id)
        origin = FromCanister(self.record.canister_id, callback_id, deadline)
        self.subnet.send(
            self.record, Call(origin, self.record.canister_id, call.callee, call.method, call.arg, call.cycles)
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
        """Ingress is told at once; a calling canister through this one's output queue."""
        if isinstance(origin, FromCanister):
            self.subnet.reply_from(self.record, origin, outcome, refund)
        else:
            self.subnet.answer(origin, self.record.canister_id, outcome, refund)

    def _failure(self, error: ExecutionError, caller: bytes) -> ExecutionFailed:
        return ExecutionFailed(self.record.canister_id, error, backtrace=may_see_logs(self.canister, caller))


def _cost(entry: Entry, instructions: int) -> int:
    """A cleanup is part of the callback that failed: only its instructions count."""
    return instructions * costs.INSTRUCTION if entry is Entry.CLEANUP else costs.execution(instructions)


def _no_fee(_: int) -> int:
    return 0
