"""A fake of the system API: settable context, recorded answers and calls, contract violations as on chain."""

from candid.principal import to_text
from canister_runtime.host.failures import Trapped
from canister_runtime.host.native.message import DROPPED, Answer, Message, Mode, OutgoingCall
from canister_runtime.host.native.stable_memory import StableMemory

_CALLBACKS = frozenset({"reply callback", "reject callback", "cleanup callback"})
_REPLICATED = frozenset({"update", "init", "pre_upgrade", "post_upgrade", "heartbeat", "global timer", *_CALLBACKS})
_COMPOSITE_CALLBACKS = frozenset({"composite reply callback", "composite reject callback"})
_ANSWERING = (
    frozenset({"update", "query", "replicated query", "composite query", "reply callback", "reject callback"})
    | _COMPOSITE_CALLBACKS
)
_ALLOWED: dict[str, frozenset[str]] = {
    "msg_method_name_size": frozenset({"inspect message"}),
    "accept_message": frozenset({"inspect message"}),
    "msg_reject_code": _CALLBACKS | _COMPOSITE_CALLBACKS,
    "msg_reject_msg_size": frozenset({"reject callback", "composite reject callback"}),
    "msg_cycles_refunded": frozenset({"reply callback", "reject callback", "cleanup callback"}),
    "global_timer_set": _REPLICATED,
    "certified_data_set": _REPLICATED,
    "msg_reply": _ANSWERING,
}
_MODE_NAMES = {"query": "non replicated query"}
_TRAP_TEXT = "Canister called `ic0.trap` with message: '"


class FakeSystemApi:
    """The `SystemApi` of one native canister. `now` is ns since 1970-01-01; `logs` collects `debug_print`."""

    def __init__(self, canister_id: bytes, *, cycles: int = 10**16) -> None:
        self.canister_id = canister_id
        self.cycles = cycles
        self.now = 1_620_328_630_000_000_000
        self.version = 1
        self.status = 1
        self.controllers: set[bytes] = {b"\x04"}
        self.stable = StableMemory()
        self.certified_data = b""
        self.certificate: bytes | None = None
        self.timer = 0
        self.logs: list[str] = []
        self.message = Message("init")
        self.instructions = 0
        self.seed: bytes | None = None

    def fail(self, text: str) -> None:
        """End the message as the replica would; canister code that catches the exception fails all the same."""
        if self.message.trap is None:
            self.message.trap = text
        raise Trapped(text)

    def violate(self, what: str) -> None:
        """End the message with a contract violation."""
        self.fail(f"Canister violated contract: {what}")

    def _check(self, function: str) -> None:
        mode = self.message.mode
        if mode not in _ALLOWED[function]:
            name = _MODE_NAMES.get(mode, mode)
            self.violate(f'"ic0_{function}" cannot be executed in {name} mode')

    def msg_arg_data(self) -> bytes:
        return self.message.argument

    def msg_caller(self) -> bytes:
        return self.message.caller

    def msg_reject_code(self) -> int:
        self._check("msg_reject_code")
        return self.message.reject[0]

    def msg_reject_msg(self) -> str:
        self._check("msg_reject_msg_size")
        return self.message.reject[1]

    def msg_deadline(self) -> int:
        return 0

    def msg_method_name(self) -> str:
        self._check("msg_method_name_size")
        return self.message.method

    def accept_message(self) -> None:
        self._check("accept_message")
        if self.message.accepted:
            self.violate("ic0.accept_message: the function was already called.")
        self.message.accepted = True

    def msg_reply_data_append(self, data: bytes, /) -> None:
        self._check("msg_reply")
        if self.message.answered:
            self.violate("ic0.msg_reply_data_append: the call is already replied.")
        self.message.reply_data += data

    def msg_reply(self) -> None:
        self._answer("msg_reply", Answer(reply=bytes(self.message.reply_data)))

    def msg_reject(self, message: str, /) -> None:
        self._answer("msg_reject", Answer(reject=(4, message)))

    def _answer(self, function: str, answer: Answer) -> None:
        self._check("msg_reply")
        if self.message.answered:
            self.violate(f"ic0.{function}: the call is already replied")
        self.message.answered = True
        self.message.answer = answer

    def msg_cycles_available128(self) -> int:
        return self.message.available

    def msg_cycles_refunded128(self) -> int:
        self._check("msg_cycles_refunded")
        return self.message.refunded

    def msg_cycles_accept128(self, max_amount: int, /) -> int:
        accepted = min(max_amount, self.message.available)
        self.message.available -= accepted
        self.cycles += accepted
        return accepted

    def canister_cycle_balance128(self) -> int:
        return self.cycles

    def cycles_burn128(self, amount: int, /) -> int:
        burned = min(amount, self.cycles)
        self.cycles -= burned
        return burned

    def canister_self(self) -> bytes:
        return self.canister_id

    def canister_version(self) -> int:
        return self.version

    def canister_status(self) -> int:
        return self.status

    def is_controller(self, principal: bytes, /) -> bool:
        return principal in self.controllers

    def in_replicated_execution(self) -> bool:
        return self.message.mode not in DROPPED or self.message.mode == "replicated query"

    def call(self, callee: bytes, method: str, arg: bytes, cycles: int, environment: int, /) -> int:
        return self._call(OutgoingCall(callee, method, arg, cycles, environment))

    def call_oneway(self, callee: bytes, method: str, arg: bytes, cycles: int, /) -> int:
        return self._call(OutgoingCall(callee, method, arg, cycles, None))

    def _call(self, call: OutgoingCall) -> int:
        if call.cycles > self.cycles:
            self.fail(f"Canister {to_text(self.canister_id)} is out of cycles")
        self.cycles -= call.cycles
        self.message.calls.append(call)
        return 0

    def stable64_size(self) -> int:
        return self.stable.pages

    def stable64_grow(self, pages: int, /) -> int:
        return self.stable.grow(pages)

    def stable64_read(self, offset: int, length: int, /) -> bytes:
        if not self.stable.fits(offset, length):
            self.fail("Canister trapped: stable memory out of bounds")
        return self.stable.read(offset, length)

    def stable64_write(self, offset: int, data: bytes, /) -> None:
        if not self.stable.fits(offset, len(data)):
            self.fail("Canister trapped: stable memory out of bounds")
        self.stable.write(offset, data)

    def certified_data_set(self, data: bytes, /) -> None:
        self._check("certified_data_set")
        if len(data) > 32:
            self.violate(
                "ic0_certified_data_set failed because the passed data must be no larger than 32 bytes. "
                f"Found {len(data)} bytes."
            )
        self.certified_data = data

    def data_certificate_present(self) -> bool:
        return self.certificate is not None and self.message.mode in {"query", "composite query"}

    def data_certificate(self) -> bytes:
        return self.certificate or b""

    def time(self) -> int:
        return self.now

    def global_timer_set(self, timestamp: int, /) -> int:
        self._check("global_timer_set")
        before, self.timer = self.timer, timestamp
        return before

    def performance_counter(self, kind: int, /) -> int:
        if kind > 2:
            self.violate(f"Error getting performance counter type {kind}")
        self.instructions += 1_000
        return self.instructions

    def seed_random(self, seed: bytes, /) -> None:
        """Kept in `seed`; the test process keeps its own randomness."""
        self.seed = seed

    def debug_print(self, text: str, /) -> None:
        self.logs.append(text)

    def trap(self, message: str, /) -> None:
        self.fail(f"{_TRAP_TEXT}{message}'")


__all__ = ["FakeSystemApi", "Mode"]
