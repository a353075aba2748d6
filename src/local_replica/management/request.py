"""One call of the management canister as its methods see it."""

from collections.abc import Mapping
from typing import Any

from local_replica.canister import Canister, Change
from local_replica.management.rejections import NotAController, TargetNotFound
from local_replica.messages import Call, FromCanister
from local_replica.subnet import Subnet

MAX_HISTORY = 20
CHANGE_BYTES = 160
"""Accounted for an entry of the canister history; each controller it names adds `CONTROLLER_BYTES`."""
CONTROLLER_BYTES = 30

_ADVISING = {"delete_canister", "install_chunked_code", "install_code", "stop_canister", "uninstall_code"}
"""Methods that tell more of a canister that is not there."""


class ManagementCall:
    """A decoded call: who asks, on which subnet, with which argument and cycles."""

    __slots__ = ("argument", "call", "canister", "cycles", "instructions", "now_ns", "subnet")

    def __init__(self, subnet: Subnet, call: Call, argument: dict[str, Any], now_ns: int) -> None:
        self.subnet = subnet
        self.call = call
        self.argument = argument
        self.now_ns = now_ns
        self.canister: Canister | None = None
        """The canister that the call concerned, once it was looked up."""
        self.instructions = 0
        """What an installation took; a long one takes several rounds."""
        self.cycles = call.cycles
        """Attached cycles not yet taken; what is left is refunded."""

    @property
    def sender(self) -> bytes:
        return self.call.sender

    @property
    def is_from_canister(self) -> bool:
        return isinstance(self.call.origin, FromCanister)

    def target(self, field: str = "canister_id") -> Canister:
        """The canister that the argument names. Raises TargetNotFound."""
        named = self.argument[field]
        canister = self.subnet.canisters.get(named)
        if canister is None:
            raise TargetNotFound.advised(named) if self.call.method in _ADVISING else TargetNotFound(named)
        self.subnet.changed.add(canister.canister_id)
        self.canister = canister
        return canister

    def controlled(self, field: str = "canister_id") -> Canister:
        """The same, if the sender controls it. Raises NotAController."""
        canister = self.target(field)
        if self.sender not in canister.controllers:
            raise NotAController(canister.canister_id, canister.controllers, self.sender)
        return canister

    def record_change(self, canister: Canister, details: Mapping[str, object], controllers: int = 0) -> None:
        """Append to the canister's history, of which the newest entries are kept."""
        record = canister.record
        size = CHANGE_BYTES + controllers * CONTROLLER_BYTES
        record.history.append(Change(self.now_ns, record.version, self._origin(), details, size))
        record.changes += 1
        del record.history[:-MAX_HISTORY]

    def _origin(self) -> dict[str, object]:
        if not self.is_from_canister:
            return {"from_user": {"user_id": self.sender}}
        version = self.argument.get("sender_canister_version")
        return {"from_canister": {"canister_id": self.sender, "canister_version": version}}
