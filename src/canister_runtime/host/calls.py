"""Calls to other canisters: drives generators that yield calls, and finds them again when the reply arrives.

The environment of a callback is `incarnation << 20 | sequence`. The incarnation comes from the canister's version at
its last init or upgrade, so that a reply to a call of a former life is recognised and resumes nobody.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from candid.errors import CandidError
from canister_runtime.host.failures import StaleCallback, Trapped, describe
from canister_runtime.host.plans import Plan
from canister_runtime.host.scalars import checked_bytes, checked_int, checked_text
from canister_runtime.host.signature import Encode
from canister_runtime.system_api import CLEANUP, REPLY, SystemApi

_SEQUENCE_BITS = 20
INCARNATIONS = 1 << 11
_UNSENT = "Rejection code 2, Couldn't send message"
_UNKNOWN_REJECTION = 6


class ServiceCall(NamedTuple):
    """How one method of a `Service` class is called: `arity` arguments, encoded by `encode`; plans for the C side."""

    method: str
    arity: int
    encode: Encode
    decode: Callable[[bytes], Any]
    result_name: str
    qualified_name: str
    arguments: Plan | None
    result: Plan | None


class Outgoing(NamedTuple):
    """A call ready to be sent; `decode` turns its reply into the value of `CallResult.Ok`."""

    callee: bytes
    method: str
    argument: bytes
    cycles: int
    decode: Callable[[bytes], Any]
    result_name: str


class Task:
    """A stack of generators, the innermost last: what waits for a reply, and what to do with its final value."""

    __slots__ = ("finish", "generators", "swallow")

    def __init__(self, generator: Any, finish: Callable[[Any], None], *, swallow: bool) -> None:
        self.generators = [generator]
        self.finish = finish
        self.swallow = swallow


class Calls:
    """Every call that is under way, by callback environment."""

    def __init__(
        self,
        system: SystemApi,
        read_principal: Callable[[Any], bytes],
        call_result: Callable[[Any, str | None], Any],
    ) -> None:
        self._system = system
        self._read_principal = read_principal
        self._call_result = call_result
        self._waiting: dict[int, tuple[Callable[[Any], None], Outgoing, Task | None]] = {}
        self._abandoned: list[Any] = []
        self._incarnation = 0
        self._sequence = 0
        self.services: dict[str, ServiceCall] = {}

    def begin_incarnation(self, version: int) -> None:
        """Start numbering callbacks for a new life of the canister; `version` is the canister's own."""
        self._incarnation = (version % INCARNATIONS) << _SEQUENCE_BITS
        self._sequence = 0

    def drive(self, value: Any, finish: Callable[[Any], None], *, swallow: bool = False) -> None:
        """Run what a method returned: a generator is driven over its calls, anything else goes to `finish` at once.

        `swallow`: exceptions of the generator end it silently (timers) instead of reaching the caller or a trap.
        """
        if _is_generator(value):
            self._advance(Task(value, finish, swallow=swallow), None)
        else:
            finish(value)

    def callback(self, environment: int, outcome: int) -> None:
        """A reply, a reject, or the clean-up after a callback that trapped.

        Raises StaleCallback for an environment of a former incarnation.
        """
        entry = self._waiting.pop(environment, None)
        if entry is None:
            if outcome == CLEANUP:
                return
            raise StaleCallback(f"no call waits under {environment}; the canister was upgraded or reinstalled")
        resume, outgoing, task = entry
        if outcome == CLEANUP:
            self.abandon([] if task is None else task.generators)
        elif outcome == REPLY:
            resume(self.reply_of(outgoing))
        else:
            resume(self.rejection())

    def rejection(self) -> Any:
        """The `CallResult` of a reject that has come back."""
        code = min(self._system.msg_reject_code(), _UNKNOWN_REJECTION)
        return self._call_result(None, f"Rejection code {code}, {self._system.msg_reject_msg()}")

    def take_over(self, generators: list[Any], finish: Callable[[Any], None], yielded: Any) -> None:
        """Go on with generators that the C side has driven until the innermost yielded what it does not know."""
        task = Task(None, finish, swallow=False)
        task.generators = generators
        waits, value = self._carry_out(task, yielded)
        if not waits:
            self._run(task, value)

    def send(self, outgoing: Outgoing, resume: Callable[[Any], None], task: Task | None = None) -> bool:
        """Send a call whose `CallResult` goes to `resume` in a later message; False if it could not be sent."""
        environment = self._next_environment()
        code = self._system.call(outgoing.callee, outgoing.method, outgoing.argument, outgoing.cycles, environment)
        if code == 0:
            self._waiting[environment] = (resume, outgoing, task)
        return code == 0

    def prepare(self, name: str, args: list[Any]) -> Outgoing:
        """The call that a yielded `AsyncInfo` asks for; conversion errors are the caller's, as in Kybra."""
        if name in _RAW_PAYMENT_BITS:
            callee, method, argument, payment = args[:4]
            return Outgoing(
                self._read_principal(callee),
                checked_text(method),
                checked_bytes(argument),
                checked_int(payment, _RAW_PAYMENT_BITS[name]),
                bytes,
                "blob",
            )
        if name not in _PAYMENT_BITS:
            raise SystemError(f"async operation '{name}' not supported")
        callee_id = self._read_principal(args[0])
        service = self._service(args[0], checked_text(args[1]))
        return self._service_call(callee_id, service, args, _PAYMENT_BITS[name])

    def prepare_notification(self, service: ServiceCall, args: list[Any], *, paid: bool) -> Outgoing:
        """The one-way call that `AsyncInfo.notify` asks for; its payment is the last argument."""
        callee = self._read_principal(args[0])
        argument = self._encode_arguments(service, args)
        cycles = checked_int(args[-1], 128) if paid else 0
        return Outgoing(callee, service.method, argument, cycles, service.decode, service.result_name)

    def _service_call(self, callee: bytes, service: ServiceCall, args: list[Any], bits: int) -> Outgoing:
        argument = self._encode_arguments(service, args)
        cycles = checked_int(self._argument(args, service.arity + 2), bits) if bits else 0
        return Outgoing(callee, service.method, argument, cycles, service.decode, service.result_name)

    def _encode_arguments(self, service: ServiceCall, args: list[Any]) -> bytes:
        given = len(args) - 2
        if given < service.arity:
            self._argument(args, len(args))
        return service.encode(*args[2 : 2 + service.arity])

    def _argument(self, args: list[Any], index: int) -> Any:
        if index >= len(args):
            self._system.trap(f"Panicked at 'index out of bounds: the len is {len(args)} but the index is {index}'")
        return args[index]

    def _service(self, callee: Any, qualified: str) -> ServiceCall:
        service = self.services.get(qualified.replace(".", "_"))
        if service is None:
            raise AttributeError(f"canister '{callee.to_str()}' has no attribute '{qualified}'")
        return service

    def _advance(self, task: Task, value: Any) -> None:
        if not task.swallow:
            self._run(task, value)
            return
        try:
            self._run(task, value)
        except Trapped:
            raise
        except BaseException as error:  # noqa: BLE001 - Kybra drops whatever a timer's generator raises
            self.abandon(task.generators)
            self._system.debug_print(f"in a timer: {describe(error)}")

    def _run(self, task: Task, value: Any) -> None:
        generators = task.generators
        while True:
            try:
                yielded = generators[-1].send(value)
            except StopIteration as stop:
                generators.pop()
                value = stop.value
                if generators:
                    continue
                task.finish(value)
                return
            waits, value = self._carry_out(task, yielded)
            if waits:
                return

    def _carry_out(self, task: Task, yielded: Any) -> tuple[bool, Any]:
        """Do what was yielded; whether a reply has to be waited for, and if not, the value to go on with."""
        if _is_generator(yielded):
            task.generators.append(yielded)
            return False, None
        outgoing = self.prepare(checked_text(yielded.name), list(yielded.args))
        if self.send(outgoing, lambda result: self._advance(task, result), task):
            return True, None
        return False, self._call_result(None, _UNSENT)

    def reply_of(self, outgoing: Outgoing | ServiceCall) -> Any:
        """The `CallResult` of a reply that has come back."""
        try:
            return self._call_result(outgoing.decode(self._system.msg_arg_data()), None)
        except CandidError as error:
            text = f"failed to decode canister response as ({outgoing.result_name},): {error}"
            return self._call_result(None, f"Rejection code 5, {text}")

    def abandon(self, generators: list[Any]) -> None:
        """Drop generators whose message trapped, without running their `finally` blocks, as Kybra does.

        A generator without exception handlers can simply go; the others would run code when collected, so they stay.
        """
        self._abandoned.extend(each for each in generators if _has_handlers(each))

    def _next_environment(self) -> int:
        waiting = self._waiting
        while True:
            self._sequence = (self._sequence + 1) % (1 << _SEQUENCE_BITS)
            environment = self._incarnation | self._sequence
            if environment not in waiting:
                return environment


def _is_generator(value: Any) -> bool:
    return hasattr(value, "send")


def _has_handlers(generator: Any) -> bool:
    while generator is not None:
        code = getattr(generator, "gi_code", None)
        if code is None or code.co_exceptiontable:
            return True
        generator = generator.gi_yieldfrom
    return False


_PAYMENT_BITS = {"call": 0, "call_with_payment": 64, "call_with_payment128": 128}
_RAW_PAYMENT_BITS = {"call_raw": 64, "call_raw128": 128}
