"""A subnet in small: canisters, a queue of calls between them, a clock; one message after the other."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from candid.principal import Principal, to_text
from canister_runtime.host.native.answers import (
    RUNNING,
    Handler,
    callback_message,
    coded,
    handled,
    ingress_answer,
    name_of,
    rejection,
    trapped,
    unavailable,
    without_module,
)
from canister_runtime.host.native.message import Answer, Message, Mode, OutgoingCall
from canister_runtime.host.native.resident import Resident
from canister_runtime.system_api import CLEANUP, REJECT, REPLY

MANAGEMENT = b""
_START = 1_620_328_630_000_000_000
_SECOND = 1_000_000_000
_FIRST_CANISTER = 0x0000_0000_0010_0000


@dataclass
class CallContext:
    """A call that a canister has to answer, over all the messages that it takes."""

    canister: Resident
    caller: bytes
    respond: Callable[[Answer, int], None]
    available: int = 0
    outstanding: int = 0
    answered: bool = False


@dataclass
class Pending:
    """The answer to an ingress message, once it is there."""

    answer: Answer | None = None


class NativeNetwork:
    """Canisters that call each other. `now` is ns since 1970-01-01."""

    def __init__(self) -> None:
        self.now = _START
        self.canisters: dict[bytes, Resident] = {}
        self._queue: deque[Callable[[], None]] = deque()
        self._handlers: dict[tuple[bytes, str], Handler] = {}
        self._randomness = 0
        self._created = 0
        self.handle(Principal(MANAGEMENT), "raw_rand", self._raw_rand)

    def new_id(self) -> bytes:
        """The id of the next canister, in the form that a subnet gives them."""
        self._created += 1
        return (_FIRST_CANISTER + self._created).to_bytes(8, "big") + b"\x01\x01"

    def add(self, canister: Resident) -> None:
        """Make a canister reachable under its id."""
        self.canisters[canister.system.canister_id] = canister

    def handle(self, callee: Principal, method: str, handler: Handler) -> None:
        """Answer calls to `callee` by a function of the test; goes before canisters of the network."""
        self._handlers[callee.bytes, method] = handler

    def ingress(self, canister: Resident, method: str, argument: bytes, caller: bytes) -> Answer:
        """An update call from outside, with inspect_message before it, run until it is answered."""
        pending = self.submit(canister, method, argument, caller)
        self.run()
        return pending.answer or rejection(5, f"Canister {name_of(canister)} did not reply to the call")

    def submit(self, canister: Resident, method: str, argument: bytes, caller: bytes) -> Pending:
        """Queue an update call from outside; `run` carries it out."""
        pending = Pending()
        refusal = unavailable(canister) or self._inspect(canister, method, argument, caller)
        if refusal is not None:
            pending.answer = refusal
            return pending

        def respond(answer: Answer, _refund: int) -> None:
            pending.answer = answer

        context = CallContext(canister, caller, respond)
        self._queue.append(lambda: self._update(context, method, argument, ingress=True))
        return pending

    def query(self, canister: Resident, method: str, argument: bytes, caller: bytes) -> Answer:
        """A query that is not replicated; composite queries may ask further queries."""
        if canister.system.status != RUNNING:
            text = f"Canister {name_of(canister)} is stopped and therefore does not have a CallContextManager"
            return rejection(5, text)
        if not canister.installed:
            return rejection(5, without_module(canister))
        if canister.exports(f"canister_query {method}"):
            message = Message("query", caller, argument, method)
            canister.execute(message, f"canister_query {method}")
            return ingress_answer(canister, message, "did not produce a response")
        if canister.exports(f"canister_composite_query {method}"):
            return self._composite(canister, method, argument, caller)
        return rejection(5, f"Error from Canister {name_of(canister)}: Canister has no query method '{method}'.")

    def run(self) -> None:
        """Carry out messages until none is left."""
        while self._queue:
            self.step()

    def step(self) -> None:
        """Carry out the next message of the queue."""
        self._queue.popleft()()

    def tick(self, rounds: int = 1) -> None:
        """Let `rounds` of 1 ns pass, with the heartbeats and timers that are due."""
        for _ in range(rounds):
            self._set_time(self.now + 1)
            for canister in list(self.canisters.values()):
                self._wake(canister)
            self.run()

    def advance(self, seconds: float, rounds: int = 3) -> None:
        """Move the clock forward, then let rounds pass."""
        self._set_time(self.now + int(seconds * _SECOND))
        self.tick(rounds)

    def _set_time(self, now: int) -> None:
        self.now = now
        for canister in self.canisters.values():
            canister.system.now = now

    def _wake(self, canister: Resident) -> None:
        if canister.system.status != RUNNING:
            return
        if canister.exports("canister_heartbeat"):
            self._queue.append(lambda: self._task(canister, "heartbeat", "canister_heartbeat"))
        if 0 < canister.system.timer <= self.now:
            canister.system.timer = 0
            self._queue.append(lambda: self._task(canister, "global timer", "canister_global_timer"))

    def _task(self, canister: Resident, mode: Mode, export: str) -> None:
        context = CallContext(canister, MANAGEMENT, lambda _answer, _refund: None, answered=True)
        self._finish(context, canister.execute(Message(mode, MANAGEMENT), export))

    def _inspect(self, canister: Resident, method: str, argument: bytes, caller: bytes) -> Answer | None:
        if canister.exports(f"canister_composite_query {method}"):
            return rejection(5, "Composite query cannot be called in replicated mode")
        if not canister.exports("canister_inspect_message"):
            return None
        message = Message("inspect message", caller, argument, method)
        canister.execute(message, "canister_inspect_message")
        if message.trap is not None:
            return trapped(canister, message)
        if not message.accepted:
            return rejection(4, f"Error from Canister {name_of(canister)}: Canister rejected the message")
        return None

    def _update(self, context: CallContext, method: str, argument: bytes, *, ingress: bool) -> None:
        canister = context.canister
        kind: Mode = "update"
        if not canister.installed:
            self._respond(context, rejection(5, f"IC0537: {without_module(canister)}"))
            return
        if canister.exports(f"canister_query {method}"):
            kind = "replicated query"
        elif not canister.exports(f"canister_update {method}"):
            text = f"Error from Canister {name_of(canister)}: Canister has no update method '{method}'."
            self._respond(context, rejection(5, text if ingress else f"IC0536: {text}"))
            return
        export = f"canister_{'update' if kind == 'update' else 'query'} {method}"
        message = Message(kind, context.caller, argument, method, available=context.available)
        self._finish(context, canister.execute(message, export))

    def _finish(self, context: CallContext, message: Message) -> None:
        if message.trap is not None:
            self._fail(context, message)
            return
        context.available = message.available
        if message.answer is not None:
            self._respond(context, message.answer)
        for call in message.calls:
            self._send(context, call)
        self._end(context)

    def _fail(self, context: CallContext, message: Message) -> None:
        if context.outstanding == 0:
            self._respond(context, trapped(context.canister, message))

    def _end(self, context: CallContext) -> None:
        if context.outstanding == 0 and not context.answered:
            text = f"Canister {name_of(context.canister)} did not reply to the call"
            self._respond(context, rejection(5, text))

    def _respond(self, context: CallContext, answer: Answer) -> None:
        if not context.answered:
            context.answered = True
            context.respond(answer, context.available)

    def _send(self, context: CallContext, call: OutgoingCall) -> None:
        if call.environment is None:
            self._queue.append(lambda: self._deliver(context.canister, call, lambda _answer, _refund: None))
            return
        context.outstanding += 1
        environment = call.environment

        def respond(answer: Answer, refund: int) -> None:
            self._queue.append(lambda: self._return(context, environment, answer, refund))

        self._queue.append(lambda: self._deliver(context.canister, call, respond))

    def _deliver(self, caller: Resident, call: OutgoingCall, respond: Callable[[Answer, int], None]) -> None:
        caller_id = caller.system.canister_id
        handler = self._handlers.get((call.callee, call.method))
        callee = self.canisters.get(call.callee)
        if handler is not None:
            respond(handled(handler, caller_id, call), 0)
        elif call.callee == MANAGEMENT:
            respond(rejection(5, f"IC0536: Management canister has no method '{call.method}'"), call.cycles)
        elif callee is not None and callee.system.status != RUNNING:
            respond(rejection(5, f"Canister {name_of(callee)} is stopped"), call.cycles)
        elif callee is None:
            respond(rejection(3, f"No route to canister {to_text(call.callee)}"), call.cycles)
        else:
            context = CallContext(callee, caller_id, coded(respond), available=call.cycles)
            self._update(context, call.method, call.argument, ingress=False)

    def _return(self, context: CallContext, environment: int, answer: Answer, refund: int) -> None:
        canister = context.canister
        context.outstanding -= 1
        canister.system.cycles += refund
        message = callback_message(context.caller, answer, refund, composite=False)
        message.available, message.answered = context.available, context.answered
        canister.callback(message, environment, REPLY if answer.is_reply else REJECT)
        if message.trap is not None:
            canister.callback(Message("cleanup callback", context.caller), environment, CLEANUP)
        self._finish(context, message)

    def _composite(self, canister: Resident, method: str, argument: bytes, caller: bytes) -> Answer:
        undo = canister.remember()
        message = Message("composite query", caller, argument, method)
        canister.execute(message, f"canister_composite_query {method}", keep=True)
        waiting = deque(message.calls)
        while message.trap is None and waiting:
            call = waiting.popleft()
            if call.environment is None:
                continue
            answer = self._ask(canister, call)
            answered, reply = message.answered, message.answer
            message = callback_message(caller, answer, call.cycles, composite=True)
            message.answered, message.answer = answered, reply
            canister.callback(message, call.environment, REPLY if answer.is_reply else REJECT, keep=True)
            waiting.extend(message.calls)
        undo.restore()
        return ingress_answer(canister, message, "did not produce a response")

    def _ask(self, caller: Resident, call: OutgoingCall) -> Answer:
        handler = self._handlers.get((call.callee, call.method))
        if handler is not None:
            return handled(handler, caller.system.canister_id, call)
        callee = self.canisters.get(call.callee)
        if callee is None:
            return rejection(3, f"No route to canister {to_text(call.callee)}")
        return self.query(callee, call.method, call.argument, caller.system.canister_id)

    def _raw_rand(self, _caller: bytes, _argument: bytes, _cycles: int) -> bytes:
        self._randomness += 1
        return b"DIDL\x01\x6d\x7b\x01\x00\x20" + sha256(b"native %d" % self._randomness).digest()
