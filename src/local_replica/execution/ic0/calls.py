"""Calls to other canisters."""

from local_replica.execution.costs import PER_BYTE
from local_replica.execution.failures import advice, contract_violation, invalid_principal
from local_replica.execution.ic0.state import CallInPreparation, CallState
from local_replica.execution.port import Callback, OutgoingCall
from local_replica.printing import text

MAX_PRINCIPAL = 29
MAX_METHOD_NAME = 20_000
MAX_PAYLOAD = 10 << 20
"""Bytes of name and argument in a call on the same subnet."""
QUEUE_FULL = 2

_NAME_HELP = advice(
    "Size of method_name {} exceeds the allowed limit of {}.", "canister-made-a-call-with-too-large-method-name"
)
_PAYLOAD_HELP = advice(
    "Check the canister for errors or redesign the target API to allow shorter messages",
    "canister-made-a-call-with-too-large-payload",
)


class OutgoingCalls(CallState):
    """`call_*`, without cycles."""

    def call_new(  # noqa: PLR0917 - the specification's arguments
        self,
        callee_src: int,
        callee_size: int,
        name_src: int,
        name_size: int,
        reply_fun: int,
        reply_env: int,
        reject_fun: int,
        reject_env: int,
    ) -> None:
        self.charge((callee_size + name_size) * PER_BYTE)
        self.drop_call()
        if name_size > MAX_METHOD_NAME:
            raise contract_violation(
                f"Size of method_name {name_size} exceeds the allowed limit of {MAX_METHOD_NAME}.", _NAME_HELP
            )
        name = self.read_heap("ic0.call_new method_name", name_src, name_size).decode(errors="replace")
        callee = self.read_heap("ic0.call_new callee_src", callee_src, callee_size)
        if len(callee) > MAX_PRINCIPAL:
            raise invalid_principal()
        self.call = CallInPreparation(callee, name, Callback(reply_fun, reply_env), Callback(reject_fun, reject_env))

    def drop_call(self) -> None:
        """Forget the call in preparation; its cycles come back."""
        if self.call is not None:
            self.outcome.balance += self.call.cycles
            self.call = None

    def _prepared(self, name: str) -> CallInPreparation:
        if self.call is None:
            raise contract_violation(f"{name} called when no call is under construction.")
        return self.call

    def call_on_cleanup(self, fun: int, env: int) -> None:
        call = self._prepared("ic0.call_on_cleanup")
        if call.on_cleanup is not None:
            raise contract_violation(
                "ic0.call_on_cleanup can be called at most once between `ic0.call_new` and `ic0.call_perform`"
            )
        call.on_cleanup = Callback(fun, env)

    def call_data_append(self, src: int, size: int) -> None:
        call = self._prepared("ic0.call_data_append")
        if call.payload_bytes + size > MAX_PAYLOAD:
            raise contract_violation(
                f"Request to {text(call.callee)}:{call.method} has a payload size of "
                f"{call.payload_bytes + size}, which exceeds the allowed limit of {MAX_PAYLOAD}.",
                _PAYLOAD_HELP,
            )
        call.payload.append(self.read_heap("ic0.call_data_append", src, size))
        call.payload_bytes += size

    def call_with_best_effort_response(self, timeout_seconds: int) -> None:
        call = self._prepared("ic0.call_with_best_effort_response")
        if call.timeout_seconds is not None:
            raise contract_violation("ic0_call_with_best_effort_response failed because a timeout is already set.")
        call.timeout_seconds = timeout_seconds

    def call_perform(self) -> int:
        call = self._prepared("ic0.call_perform")
        fee = self.request.call_fee(call.payload_bytes)
        if self.outcome.balance - fee < self.request.freezing_limit and fee:
            self.drop_call()
            return QUEUE_FULL
        if not self.request.reserve_output_slot(call.callee):
            self.drop_call()
            return QUEUE_FULL
        self.outcome.balance -= fee
        self.outcome.calls.append(
            OutgoingCall(
                callee=call.callee,
                method=call.method,
                arg=b"".join(call.payload),
                cycles=call.cycles,
                on_reply=call.on_reply,
                on_reject=call.on_reject,
                on_cleanup=call.on_cleanup,
                timeout_seconds=call.timeout_seconds,
                fee=fee,
            )
        )
        self.call = None
        return 0
