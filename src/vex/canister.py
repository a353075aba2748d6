"""A canister as one caller sees it: methods by name, values in, values or errors out."""

from typing import Any, Protocol

from candid import CandidError, Principal
from vex.errors import Refused, Untrusted
from vex.interfaces import CanisterInterface

__all__ = ["Canister", "Transport"]


class Transport(Protocol):
    """How bytes reach a canister, signed by one identity."""

    principal: Principal

    async def query(self, canister_id: Principal, method: str, arg: bytes) -> bytes: ...

    async def update(
        self, canister_id: Principal, method: str, arg: bytes, *, effective: Principal | None = None
    ) -> bytes:
        """`effective` is the canister that a call to the management canister is about."""


class Canister:
    """Calls `canister_id` by its interface. Values are those of `candid`; `variant {Ok; Err}` is taken apart."""

    def __init__(self, transport: Transport, canister_id: Principal, interface: CanisterInterface) -> None:
        self.canister_id = canister_id
        self.transport = transport
        self._interface = interface

    async def call(self, method: str, *arguments: Any) -> Any:
        """Call a method, as a query where it is one.

        Returns the value under `Ok`, or the plain result. Raises Refused for an `Err`, Untrusted for a reply that is
        not of the method's type, and what the transport raises.
        """
        declared = self._interface.methods[method]
        send = self.transport.query if declared.is_query else self.transport.update
        reply = await send(self.canister_id, method, declared.encode(*arguments))
        try:
            return _accepted(declared.decode(reply))
        except CandidError as error:
            raise Untrusted(f"{method} of {self.canister_id}: not its result: {error}") from error


def _accepted(result: Any) -> Any:
    if isinstance(result, dict) and len(result) == 1:
        if "Ok" in result:
            return result["Ok"]
        if "Err" in result:
            raise _refused(result["Err"])
    return result


def _refused(error: dict[str, Any]) -> Refused:
    detail = error["detail"]
    return Refused(error["code"], error["message"], next(iter(detail.values())) if detail else None)
