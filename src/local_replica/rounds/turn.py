"""What a canister does in its turn: a call, a callback or a task."""

from local_replica.call_context import CallContext, Waiting
from local_replica.canister import Canister, Status, Task
from local_replica.crew import Crew
from local_replica.cycles import balance
from local_replica.execution.contexts import UPDATE_LIMIT
from local_replica.execution.failures import also_in_cleanup, wasm_memory_limit
from local_replica.execution.port import Callback, Entry, ExecutionError, Instance, Request
from local_replica.messages import Call, FromCanister, FromSystem, Response
from local_replica.rejections import (
    CanisterStopped,
    CanisterStopping,
    CompositeQueryInReplicatedMode,
    MethodNotFound,
    OutOfCycles,
    Rejection,
)
from local_replica.rounds.executing import Execution
from local_replica.subnet import Subnet

MESSAGE_OVERHEAD = 2_000_000
"""Instructions that count against a round for each message besides its own."""
_TASKS = {Task.TIMER: Entry.TIMER, Task.HEARTBEAT: Entry.HEARTBEAT}
_TASK_NAMES = tuple(entry.value for entry in _TASKS.values())


class Turn(Execution):
    """One canister taking messages from its queues, or doing a task."""

    __slots__ = ("executed",)

    def __init__(self, subnet: Subnet, canister: Canister, now_ns: int) -> None:
        super().__init__(subnet, canister, now_ns)
        self.executed = 0
        """Messages and tasks so far."""

    def settle(self) -> None:
        if self.executed:
            self.subnet.changed.add(self.record.canister_id)
        super().settle()

    def has_long_message(self, crew: Crew) -> bool:
        """Whether the next message is worth a thread, going by what its method took the last time."""
        queues = self.record.queues
        if not queues.has_input:
            return False
        message = queues.peek()
        name = Entry.REPLY_CALLBACK.value if isinstance(message, Response) else message.method
        return crew.is_worth(self.canister.took.get(name))

    def has_long_task(self, crew: Crew) -> bool:
        """The same of the timer and the heartbeat."""
        took = self.canister.took
        return crew.is_worth(max((took[name] for name in _TASK_NAMES if name in took), default=None))

    def run_messages(self, budget: int) -> int:
        """Execute messages until none is left or the budget is used; returns the instructions counted."""
        queues = self.record.queues
        used = 0
        while queues.inputs and used < budget:
            used += self.run_next() + MESSAGE_OVERHEAD
            used += self.run_hook()
        return used

    def run_next(self) -> int:
        """Take the next message from the queues and run it; returns the instructions it used."""
        self.executed += 1
        message = self.record.queues.pop()
        if isinstance(message, Response):
            return self._run_response(message)
        return self._run_call(message)

    def run_hook(self) -> int:
        """Tell the canister that it is low on memory, where that is due; returns the instructions it used."""
        return self.run_task(Entry.LOW_WASM_MEMORY) if self.canister.is_low_memory_hook_due else 0

    def run_due_task(self) -> None:
        """Use the turn for the timer, the heartbeat or the messages, whichever comes next; messages run later."""
        record = self.record
        for _ in Task:
            task = record.next_task
            record.next_task = task.following
            if self.canister.has_task(task, self.now_ns):
                if task is not Task.MESSAGE:
                    self.run_task(_TASKS[task])
                break
        self._has_tasks = True

    def run_task(self, entry: Entry) -> int:
        """Run the heartbeat, the global timer or the hook; returns the instructions it used.

        What a frozen canister cannot pay waits until it can.
        """
        try:
            self._check_cycles(self._prepaid())
        except OutOfCycles:
            self._has_tasks = True
            return 0
        self.executed += 1
        if entry is Entry.TIMER:
            self.record.global_timer = 0
        if entry is Entry.LOW_WASM_MEMORY:
            self.record.low_memory_hook = "done"
        instance = self._instance()
        outcome = self._execute(instance, self._request(entry), self._prepaid())
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
        self._check_cycles(self._prepaid())
        try:
            entry = self._entry_of(call.method)
            instance = self._instance()
            if entry is Entry.UPDATE:
                self._check_memory(instance, call)
        except Rejection:
            self._charge(0)
            raise
        request = self._request(entry)
        request.caller, request.method, request.arg = call.sender, call.method, call.arg
        request.available, request.deadline = call.cycles, call.deadline_ns
        outcome = self._execute(instance, request, self._prepaid())
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
        missing = needed + balance.freezing_limit(self.subnet.fees, self.canister) - self.record.balance
        if missing > 0:
            raise OutOfCycles(self.record.canister_id, missing)

    def _check_memory(self, instance: Instance, call: Call) -> None:
        """A canister that is above its limit already (the limit was lowered) runs no updates."""
        used, limit = instance.heap_bytes(), self.record.settings.wasm_memory_limit
        if limit and used > limit:
            raise self._failure(wasm_memory_limit(used, limit).error(), call.sender)

    def _entry_of(self, method: str) -> Entry:
        exports = self.canister.exports
        if f"canister_update {method}" in exports:
            return Entry.UPDATE
        if f"canister_query {method}" in exports:
            return Entry.REPLICATED_QUERY
        if f"canister_composite_query {method}" in exports:
            raise CompositeQueryInReplicatedMode
        self._instance()
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
            unused = waiting.prepaid_transmission - self.subnet.fees.transmission(response.payload_bytes())
            self.record.balance += unused + waiting.prepaid_execution
        if context.deleted or self.canister.instance is None:
            self._charge_unrun(waiting)
            self.record.calls.close_if_done(context)
            return 0
        return self._run_callback(response, waiting, context)

    def _charge_unrun(self, waiting: Waiting) -> None:
        """What is lost of a prepayment when nothing runs: what it exceeds the instructions by, at today's price."""
        limit = self.subnet.limits.message or UPDATE_LIMIT
        unused = self.subnet.fees.instructions(limit, is_64=self.canister.is_64)
        self.record.balance -= max(0, waiting.prepaid_execution - unused)

    def _run_callback(self, response: Response, waiting: Waiting, context: CallContext) -> int:
        callback = waiting.on_reply if response.reject is None else waiting.on_reject
        instance = self._instance()
        request = self._callback_request(response, callback, context)
        outcome = self._execute(instance, request, waiting.prepaid_execution)
        earlier = context.instructions
        context.instructions += outcome.instructions
        if outcome.error is None:
            instance.commit()
            self._keep(outcome, context, context.origin, context.caller, context.available)
            return outcome.instructions
        error = outcome.error
        if waiting.on_cleanup is not None:
            cleanup = self._request(Entry.CLEANUP)
            cleanup.callback, cleanup.caller, cleanup.responded = waiting.on_cleanup, context.caller, context.responded
            cleanup.call_context_instructions = earlier
            cleanup.instruction_limit = (self.subnet.limits.message or UPDATE_LIMIT) - outcome.instructions
            error = self._clean_up(instance, cleanup, context, error)
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
        self, instance: Instance, request: Request, context: CallContext, error: ExecutionError
    ) -> ExecutionError:
        """Run the cleanup of a callback that ended in that error; the error that is told."""
        outcome = self._execute(instance, request, 0)
        context.instructions += outcome.instructions
        if outcome.error is None:
            instance.commit()
            self.canister.touch()
            self.record.balance = outcome.balance
            self.record.reserved += outcome.reserved
            self.record.version += 1
            return error
        return also_in_cleanup(error, outcome.error)
