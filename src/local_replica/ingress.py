"""Messages from outside: what is submitted, and what a caller may learn about it afterwards."""

from dataclasses import dataclass
from enum import Enum

from local_replica.errors import Reject


@dataclass(frozen=True, slots=True)
class Ingress:
    """An update call from outside, already authenticated (interface specification, "Request: Call")."""

    sender: bytes
    canister_id: bytes
    """Empty for the management canister."""
    method: str
    arg: bytes = b""
    message_id: bytes | None = None
    """The request id (32 bytes); derived from the fields and a counter when None."""
    size_bytes: int | None = None
    """Length of the signed envelope, by which the ingress cost is counted; None: that of PocketIC's envelope."""
    expiry_ns: int | None = None
    """Time until which the answer is kept at least; None: five minutes after submission."""
    effective_id: bytes | None = None
    """Effective canister id, or the subnet's id; decides the subnet of `provisional_create_canister_with_cycles`."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query call from outside, already authenticated."""

    sender: bytes
    canister_id: bytes
    method: str
    arg: bytes = b""
    effective_id: bytes | None = None


class IngressState(Enum):
    """States of a request as `read_state` names them (interface specification, "Request status")."""

    RECEIVED = "received"
    PROCESSING = "processing"
    REPLIED = "replied"
    REJECTED = "rejected"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class IngressStatus:
    """Where a message stands. `reply` is set when replied, `reject` when rejected."""

    state: IngressState
    sender: bytes
    canister_id: bytes
    subnet_id: bytes
    expiry_ns: int
    reply: bytes | None = None
    reject: Reject | None = None

    @property
    def is_final(self) -> bool:
        """Whether an answer is known."""
        return self.reply is not None or self.reject is not None


class Refused(Exception):
    """The replica does not take a message or query, or answers the query with a reject."""

    def __init__(self, reject: Reject) -> None:
        super().__init__(f"{reject.error_code}: {reject.message}")
        self.reject = reject


class BadIngress(Exception):
    """A message that is not even a message (too large, no route): an HTTP 400 and not a reject."""
