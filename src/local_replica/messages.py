"""What travels: calls towards a canister and responses back to the caller."""

from dataclasses import dataclass
from typing import TypeAlias

from local_replica.rejections import Rejection


@dataclass(frozen=True, slots=True)
class FromIngress:
    """The answer goes to the ingress history."""

    message_id: bytes


@dataclass(frozen=True, slots=True)
class FromCanister:
    """The answer goes to a callback of a canister. `deadline_ns` 0: guaranteed response."""

    canister_id: bytes
    callback_id: int
    deadline_ns: int = 0


@dataclass(frozen=True, slots=True)
class FromSystem:
    """A timer or heartbeat: nobody waits for an answer."""


Origin: TypeAlias = FromIngress | FromCanister | FromSystem


@dataclass(slots=True)
class Call:
    """A request to run a method (of the management canister when `receiver` is empty or a subnet)."""

    origin: Origin
    sender: bytes
    receiver: bytes
    method: str
    arg: bytes
    cycles: int = 0
    """Attached cycles, in flight until accepted or refunded."""

    @property
    def deadline_ns(self) -> int:
        """When a best-effort call is given up; 0: never."""
        return self.origin.deadline_ns if isinstance(self.origin, FromCanister) else 0


@dataclass(slots=True)
class Response:
    """The outcome of a call on its way to the callback."""

    originator: bytes
    respondent: bytes
    callback_id: int
    refund: int
    reply: bytes | None = None
    reject: tuple[int, str] | None = None
    """Reject code and message."""

    def payload_bytes(self) -> int:
        """What the transmission is charged by."""
        if self.reply is not None:
            return len(self.reply)
        return 1 + len(self.reject[1].encode()) if self.reject else 0


Message: TypeAlias = Call | Response


def answer(call: Call, respondent: bytes, outcome: bytes | Rejection, refund: int) -> Response:
    """The response to a canister's call. Raises TypeError for a call that no canister made."""
    origin = call.origin
    if not isinstance(origin, FromCanister):
        raise TypeError("only a canister's call has a response")
    return response_to(origin, respondent, outcome, refund)


def response_to(origin: FromCanister, respondent: bytes, outcome: bytes | Rejection, refund: int) -> Response:
    """The response that answers a canister's callback."""
    if isinstance(outcome, Rejection):
        return Response(origin.canister_id, respondent, origin.callback_id, refund, reject=outcome.to_caller())
    return Response(origin.canister_id, respondent, origin.callback_id, refund, reply=outcome)
