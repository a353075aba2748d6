"""Messages by the control calls of one instance: queries, ingress that is submitted, its status and its answer."""

from dataclasses import dataclass
from typing import TypeAlias

from candid.principal import to_text
from local_replica.errors import Reject
from local_replica.http.principals import MAX_PRINCIPAL_BYTES
from local_replica.ingress import BadIngress, Ingress, IngressState, IngressStatus, Query, Refused
from local_replica.node import Chain, Node
from local_replica.node.topology import in_base64
from local_replica.printing import debugged
from local_replica.rest.blobs import BlobStore
from local_replica.rest.errors import NotConverted, RestError
from local_replica.rest.fields import Fields

Json: TypeAlias = object

ROUNDS_TO_ANSWER = 100

_REJECT_CODES = {
    1: "SysFatal",
    2: "SysTransient",
    3: "DestinationInvalid",
    4: "CanisterReject",
    5: "CanisterError",
    6: "SysUnknown",
}


def _reject_json(reject: Reject) -> dict[str, Json]:
    """A reject as REST answers carry it."""
    return {
        "Err": {
            "reject_code": _REJECT_CODES[reject.reject_code],
            "reject_message": reject.message,
            "error_code": reject.error_code,
            "certified": reject.certified,
        }
    }


def _outcome(status: IngressStatus | None) -> Json:
    if status is None or not status.is_final:
        return None
    if status.reject is not None:
        return _reject_json(status.reject)
    return {"Ok": in_base64(status.reply or b"")}


def _bad_ingress(error: str) -> RestError:
    """A message that is none, in PocketIC's words."""
    return RestError(f"BadIngressMessage({debugged(error)})")


_CREATION = "canister creation via the provisional management canister API"
_NO_EFFECTIVE_PRINCIPAL = f"Effective principal must be specified for all calls but {_CREATION}."


@dataclass(frozen=True, slots=True)
class Effective:
    """The effective principal of a call or a message id: "None", "SubnetId" or "CanisterId"."""

    kind: str
    raw: bytes | None

    @classmethod
    def read(cls, fields: Fields) -> "Effective":
        """Raises BodyError."""
        kind, payload = fields.variant("effective_principal", ("None", "SubnetId", "CanisterId"), ("None",))
        return cls(kind, None if payload is None else payload.blob(kind))

    def check_length(self) -> None:
        """Whether it is short enough for a principal. Raises RestError."""
        if self.raw is not None and len(self.raw) > MAX_PRINCIPAL_BYTES:
            raise NotConverted("Bad subnet id" if self.kind == "SubnetId" else "Bad effective canister id")

    def check(self, chain: Chain) -> bytes | None:
        """The principal, if it leads to a subnet. Raises RestError."""
        self.check_length()
        if self.raw is None:
            return None
        if self.kind == "SubnetId" and self.raw not in chain.replica.subnets:
            raise _bad_ingress(f"Subnet with ID {to_text(self.raw)} not found")
        return self.raw

    def check_route(self, chain: Chain) -> None:
        """Whether a message id leads to a subnet. Raises RestError."""
        raw = self.check(chain)
        if raw is None:
            raise _bad_ingress(_NO_EFFECTIVE_PRINCIPAL)
        if self.kind == "CanisterId" and chain.replica.subnet_of(raw) is None:
            raise _bad_ingress(f"Canister {to_text(raw)} does not belong to any subnet.")


_CALL_FIELDS = ("sender", "canister_id", "effective_principal", "method", "payload")


@dataclass(frozen=True, slots=True)
class _Call:
    """What `read/query` and `update/submit_ingress_message` take."""

    sender: bytes
    canister_id: bytes
    effective: Effective
    method: str
    payload: bytes

    @classmethod
    def read(cls, fields: Fields) -> "_Call":
        """Raises BodyError, and RestError for what is no principal."""
        fields.require(_CALL_FIELDS)
        sender, canister_id = fields.blob("sender"), fields.blob("canister_id")
        call = cls(sender, canister_id, Effective.read(fields), fields.string("method"), fields.blob("payload"))
        call.effective.check_length()
        for what, raw in (("sender principal", sender), ("canister id", canister_id)):
            if len(raw) > MAX_PRINCIPAL_BYTES:
                raise NotConverted(f"Bad {what}")
        return call


def query(chain: Chain, fields: Fields) -> Json:
    """`read/query`: the reply or the reject. Raises BodyError, and RestError for what is no message."""
    call = _Call.read(fields)
    asked = Query(call.sender, call.canister_id, call.method, call.payload, call.effective.check(chain))
    try:
        return {"Ok": in_base64(chain.replica.query(asked))}
    except Refused as refused:
        return _reject_json(refused.reject)
    except BadIngress as error:
        raise _bad_ingress(str(error)) from error


async def submit_ingress_message(node: Node, fields: Fields, _blobs: BlobStore) -> Json:
    """`update/submit_ingress_message`: the id of the message, or why it is not taken. Raises as `query`."""
    call = _Call.read(fields)
    effective = await node.run(call.effective.check)
    ingress = Ingress(call.sender, call.canister_id, call.method, call.payload, effective_id=effective)
    try:
        message_id = await node.submit(ingress)
    except Refused as refused:
        return _reject_json(refused.reject)
    except BadIngress as error:
        raise _bad_ingress(str(error)) from error
    status = await node.run(lambda chain: chain.replica.ingress_status(message_id))
    subnet_id = status.subnet_id if status is not None else b""
    principal = {"SubnetId": in_base64(subnet_id)}
    return {"Ok": {"effective_principal": principal, "message_id": in_base64(message_id)}}


def _message_id(fields: Fields) -> tuple[Effective, bytes]:
    fields.require(("effective_principal", "message_id"))
    effective, message_id = Effective.read(fields), fields.blob("message_id")
    if len(message_id) != 32:
        raise NotConverted("Bad message id")
    return effective, message_id


def ingress_status(chain: Chain, fields: Fields) -> Json:
    """`read/ingress_status`: the answer, null before there is one. Raises RestError, 403 for others' messages."""
    effective, message_id = _message_id(fields.object("raw_message_id", "struct RawMessageId"))
    caller = None
    if fields.has("raw_caller"):
        caller = fields.object("raw_caller", "struct RawPrincipalId").blob("principal_id")
    effective.check_route(chain)
    status = chain.replica.ingress_status(message_id)
    is_known = status is not None and status.state is not IngressState.RECEIVED
    if caller is not None and status is not None and is_known and caller != status.sender:
        raise RestError("The user tries to access Request ID not signed by the caller.", 403)
    return _outcome(status)


async def await_ingress_message(node: Node, fields: Fields, _blobs: BlobStore) -> Json:
    """`update/await_ingress_message`: runs rounds until there is an answer. Raises RestError after a hundred."""
    effective, message_id = _message_id(fields)
    await node.run(effective.check_route)
    for _ in range(ROUNDS_TO_ANSWER):
        status = await node.run(lambda chain: chain.replica.ingress_status(message_id))
        if status is not None and status.is_final:
            return _outcome(status)
        await node.make_block()
    status = await node.run(lambda chain: chain.replica.ingress_status(message_id))
    if status is None or not status.is_final:
        raise _bad_ingress(f"Failed to answer to ingress 0x{message_id.hex()} after {ROUNDS_TO_ANSWER} rounds.")
    return _outcome(status)
