"""Call contexts: what a canister owes to a caller, and the callbacks that wait on its own calls."""

from dataclasses import dataclass, field

from local_replica.execution.port import Callback
from local_replica.messages import FromCanister, FromSystem, Origin


@dataclass(slots=True)
class CallContext:
    """One call being answered (interface specification, "Call contexts")."""

    context_id: int
    origin: Origin
    caller: bytes
    available: int
    """Attached cycles not yet accepted."""
    outstanding: int = 0
    """Calls made on its behalf whose responses have not been executed."""
    responded: bool = False
    deleted: bool = False
    """The canister was uninstalled: callbacks still arrive and do nothing."""
    instructions: int = 0

    @property
    def is_system_task(self) -> bool:
        """Whether no caller waits (timer, heartbeat)."""
        return isinstance(self.origin, FromSystem)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call that was made: what to run when its response arrives."""

    context_id: int
    callee: bytes
    on_reply: Callback
    on_reject: Callback
    on_cleanup: Callback | None
    cycles: int
    prepaid_execution: int
    prepaid_transmission: int
    deadline_ns: int = 0


@dataclass(slots=True)
class CallContexts:
    """Open call contexts and callbacks of one canister."""

    contexts: dict[int, CallContext] = field(default_factory=dict)
    waiting: dict[int, Waiting] = field(default_factory=dict)
    next_context: int = 1
    next_callback: int = 1
    guaranteed: int = 0
    """Calls under way whose response is guaranteed, and memory for it reserved."""

    def open(self, origin: Origin, caller: bytes, cycles: int) -> CallContext:
        """Begin to owe an answer."""
        context = CallContext(self.next_context, origin, caller, cycles)
        self.contexts[context.context_id] = context
        self.next_context += 1
        return context

    def wait(self, waiting: Waiting) -> int:
        """Register a callback; returns its id."""
        callback_id = self.next_callback
        self.next_callback += 1
        self.waiting[callback_id] = waiting
        self.contexts[waiting.context_id].outstanding += 1
        self.guaranteed += waiting.deadline_ns == 0
        return callback_id

    def take(self, callback_id: int) -> tuple[Waiting, CallContext] | None:
        """The callback for a response and its context; None when it was given up before."""
        waiting = self.waiting.pop(callback_id, None)
        if waiting is None:
            return None
        context = self.contexts[waiting.context_id]
        context.outstanding -= 1
        self.guaranteed -= waiting.deadline_ns == 0
        return waiting, context

    def close_if_done(self, context: CallContext) -> None:
        """Forget a context that is answered and waits for nothing."""
        if context.outstanding == 0 and (context.responded or context.deleted or context.is_system_task):
            self.contexts.pop(context.context_id, None)

    @property
    def owed(self) -> int:
        """Answers still owed to canisters whose response is guaranteed: each has memory reserved for it."""
        return sum(
            isinstance(context.origin, FromCanister)
            and context.origin.deadline_ns == 0
            and not (context.responded or context.deleted)
            for context in self.contexts.values()
        )

    @property
    def is_empty(self) -> bool:
        """Whether the canister may become stopped."""
        return not self.contexts and not self.waiting
