"""The control calls of one instance: `read/…` and `update/…`, each a function of the node and the body's fields."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from candid.principal import to_text
from local_replica.block_makers import BlockMaker
from local_replica.errors import Reject
from local_replica.http.principals import MAX_PRINCIPAL_BYTES
from local_replica.ingress import BadIngress, Ingress, IngressState, IngressStatus, Query, Refused
from local_replica.node import Chain, Node
from local_replica.node.topology import describe, in_base64
from local_replica.rest.blobs import BlobStore
from local_replica.rest.errors import RestError
from local_replica.rest.fields import Fields
from local_replica.rest.outcalls import get_canister_http, mock_canister_http

Json: TypeAlias = object
Read = Callable[[Chain, Fields], Json]
Update = Callable[[Node, Fields, BlobStore], Awaitable[Json]]

ROUNDS_TO_ANSWER = 100

_REJECT_CODES = {
    1: "SysFatal",
    2: "SysTransient",
    3: "DestinationInvalid",
    4: "CanisterReject",
    5: "CanisterError",
    6: "SysUnknown",
}


def reject_json(reject: Reject) -> dict[str, Json]:
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
        return reject_json(status.reject)
    return {"Ok": in_base64(status.reply or b"")}


def _principal(fields: Fields, name: str) -> bytes:
    raw = fields.blob(name)
    if len(raw) > MAX_PRINCIPAL_BYTES:
        raise RestError("PrincipalIdParseError(PrincipalIdError(BytesTooLong))")
    return raw


def _canister_not_found(canister_id: bytes) -> RestError:
    return RestError(f"CanisterNotFound(CanisterId({to_text(canister_id)}))")


def _existing(chain: Chain, fields: Fields) -> bytes:
    canister_id = _principal(fields, "canister_id")
    if chain.replica.canister(canister_id) is None:
        raise _canister_not_found(canister_id)
    return canister_id


def bad_ingress(error: str) -> RestError:
    """A message that is none, in PocketIC's words."""
    escaped = error.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return RestError(f'BadIngressMessage("{escaped}")')


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

    def check(self, chain: Chain) -> bytes | None:
        """The principal, if it leads to a subnet. Raises RestError."""
        if self.raw is None:
            return None
        if len(self.raw) > MAX_PRINCIPAL_BYTES:
            raise not_converted("subnet id" if self.kind == "SubnetId" else "effective canister id")
        if self.kind == "SubnetId" and self.raw not in chain.replica.subnets:
            raise bad_ingress(f"Subnet with ID {to_text(self.raw)} not found")
        return self.raw

    def check_route(self, chain: Chain) -> None:
        """Whether a message id leads to a subnet. Raises RestError."""
        raw = self.check(chain)
        if raw is None:
            raise bad_ingress(_NO_EFFECTIVE_PRINCIPAL)
        if self.kind == "CanisterId" and chain.replica.subnet_of(raw) is None:
            raise bad_ingress(f"Canister {to_text(raw)} does not belong to any subnet.")


def not_converted(what: str) -> RestError:
    """A value that is no `what`, in PocketIC's words."""
    return RestError(f'ConversionError {{ message: "Bad {what}" }}')


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
        if call.effective.raw is not None and len(call.effective.raw) > MAX_PRINCIPAL_BYTES:
            raise not_converted("subnet id" if call.effective.kind == "SubnetId" else "effective canister id")
        for what, raw in (("sender principal", sender), ("canister id", canister_id)):
            if len(raw) > MAX_PRINCIPAL_BYTES:
                raise not_converted(what)
        return call


def query(chain: Chain, fields: Fields) -> Json:
    call = _Call.read(fields)
    asked = Query(call.sender, call.canister_id, call.method, call.payload, call.effective.check(chain))
    try:
        return {"Ok": in_base64(chain.replica.query(asked))}
    except Refused as refused:
        return reject_json(refused.reject)
    except BadIngress as error:
        raise bad_ingress(str(error)) from error


async def submit_ingress_message(node: Node, fields: Fields, _blobs: BlobStore) -> Json:
    call = _Call.read(fields)
    effective = await node.run(call.effective.check)
    ingress = Ingress(call.sender, call.canister_id, call.method, call.payload, effective_id=effective)
    try:
        message_id = await node.submit(ingress)
    except Refused as refused:
        return reject_json(refused.reject)
    except BadIngress as error:
        raise bad_ingress(str(error)) from error
    status = await node.run(lambda chain: chain.replica.ingress_status(message_id))
    subnet_id = status.subnet_id if status is not None else b""
    principal = {"SubnetId": in_base64(subnet_id)}
    return {"Ok": {"effective_principal": principal, "message_id": in_base64(message_id)}}


def _message_id(fields: Fields) -> tuple[Effective, bytes]:
    fields.require(("effective_principal", "message_id"))
    effective, message_id = Effective.read(fields), fields.blob("message_id")
    if len(message_id) != 32:
        raise not_converted("message id")
    return effective, message_id


def ingress_status(chain: Chain, fields: Fields) -> Json:
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
    effective, message_id = _message_id(fields)
    await node.run(effective.check_route)
    for _ in range(ROUNDS_TO_ANSWER):
        status = await node.run(lambda chain: chain.replica.ingress_status(message_id))
        if status is not None and status.is_final:
            return _outcome(status)
        await node.make_block()
    status = await node.run(lambda chain: chain.replica.ingress_status(message_id))
    if status is None or not status.is_final:
        raise bad_ingress(f"Failed to answer to ingress 0x{message_id.hex()} after {ROUNDS_TO_ANSWER} rounds.")
    return _outcome(status)


def get_time(chain: Chain, _fields: Fields) -> Json:
    return {"nanos_since_epoch": chain.replica.time_ns}


async def set_time(node: Node, fields: Fields, _blobs: BlobStore) -> Json:
    time = fields.u64("nanos_since_epoch")

    def apply(chain: Chain) -> None:
        now = chain.replica.time_ns
        if time < now:
            raise RestError(f"SettingTimeIntoPast(({now}, {time}))")
        chain.replica.set_time(time)

    await node.run(apply)
    return None


async def set_certified_time(node: Node, fields: Fields, blobs: BlobStore) -> Json:
    await set_time(node, fields, blobs)
    await node.make_block()
    return None


async def tick(node: Node, fields: Fields, _blobs: BlobStore) -> Json:
    if fields.has("blockmakers"):
        made = fields.object("blockmakers", "struct RawBlockmakers").list("blockmakers_per_subnet", _blockmaker)
        for subnet_id, blockmaker, failed in made:
            _check_blockmaker(node.chain, subnet_id, blockmaker, failed)
        for subnet_id, blockmaker, failed in made:
            node.chain.replica.subnets[subnet_id].block_maker = BlockMaker(blockmaker, failed)
    await node.make_block()
    return None


def _check_blockmaker(chain: Chain, subnet_id: bytes, blockmaker: bytes, failed: list[bytes]) -> None:
    if blockmaker in failed:
        raise RestError(f"BlockmakerContainedInFailed({to_text(blockmaker)})")
    if subnet_id not in chain.keys:
        raise RestError(f"SubnetNotFound({to_text(subnet_id)})")
    known = {key.node_id for key in chain.keys[subnet_id].nodes}
    for node_id in (*failed, blockmaker):
        if node_id not in known:
            raise RestError(f"BlockmakerNotFound({to_text(node_id)})")


def _blockmaker(fields: Fields) -> tuple[bytes, bytes, list[bytes]]:
    subnet_id = fields.object("subnet", "struct RawSubnetId").blob("subnet_id")
    made = fields.object("blockmaker", "struct RawNodeId").blob("node_id")
    return subnet_id, made, fields.list("failed_blockmakers", lambda each: each.blob("node_id"))


async def add_cycles(node: Node, fields: Fields, _blobs: BlobStore) -> Json:
    fields.require(("canister_id", "amount"))
    amount = fields.u128("amount")
    return {"cycles": await node.run(lambda chain: chain.replica.add_cycles(_existing(chain, fields), amount))}


async def set_stable_memory(node: Node, fields: Fields, blobs: BlobStore) -> Json:
    fields.require(("canister_id", "blob_id"))
    content = blobs.get(fields.blob("blob_id"))
    await node.run(lambda chain: chain.replica.set_stable_memory(_with_module(chain, fields), content))
    return None


def get_cycles(chain: Chain, fields: Fields) -> Json:
    return {"cycles": chain.replica.cycles(_existing(chain, fields))}


def _with_module(chain: Chain, fields: Fields) -> bytes:
    canister_id = _existing(chain, fields)
    if chain.replica.module(canister_id) is None:
        raise RestError(f"CanisterIsEmpty(CanisterId({to_text(canister_id)}))")
    return canister_id


def get_stable_memory(chain: Chain, fields: Fields) -> Json:
    return {"blob": in_base64(chain.replica.stable_memory(_with_module(chain, fields)))}


def get_controllers(chain: Chain, fields: Fields) -> Json:
    canister = chain.replica.canister(_existing(chain, fields))
    controllers = canister.controllers if canister is not None else ()
    return [{"principal_id": in_base64(one)} for one in controllers]


def get_subnet(chain: Chain, fields: Fields) -> Json:
    canister = chain.replica.canister(_principal(fields, "canister_id"))
    return None if canister is None else {"subnet_id": in_base64(canister.subnet_id)}


def pub_key(chain: Chain, fields: Fields) -> Json:
    subnet_id = _principal(fields, "subnet_id")
    if subnet_id not in chain.keys:
        raise RestError(f"SubnetNotFound({to_text(subnet_id)})")
    return list(chain.keys[subnet_id].public_key_der)


def topology(chain: Chain, _fields: Fields) -> Json:
    return describe(chain)


GETS: dict[str, Read] = {"get_time": get_time, "get_canister_http": get_canister_http, "topology": topology}
READS: dict[str, Read] = {
    "query": query,
    "ingress_status": ingress_status,
    "get_cycles": get_cycles,
    "get_stable_memory": get_stable_memory,
    "get_controllers": get_controllers,
    "get_subnet": get_subnet,
    "pub_key": pub_key,
}
UPDATES: dict[str, Update] = {
    "submit_ingress_message": submit_ingress_message,
    "await_ingress_message": await_ingress_message,
    "set_time": set_time,
    "set_certified_time": set_certified_time,
    "tick": tick,
    "add_cycles": add_cycles,
    "set_stable_memory": set_stable_memory,
    "mock_canister_http": mock_canister_http,
}
