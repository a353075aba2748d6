"""The control calls of one instance: `read/…` and `update/…`, each a function of the node and the body's fields."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from candid.principal import to_text
from local_replica.block_makers import BlockMaker
from local_replica.http.principals import MAX_PRINCIPAL_BYTES
from local_replica.node import Chain, Node
from local_replica.node.topology import describe, in_base64
from local_replica.rest.blobs import BlobStore
from local_replica.rest.errors import NotConverted, RestError
from local_replica.rest.fields import Fields
from local_replica.rest.messages import await_ingress_message, ingress_status, query, submit_ingress_message
from local_replica.rest.outcalls import get_canister_http, mock_canister_http

Json: TypeAlias = object
Read = Callable[[Chain, Fields], Json]
Update = Callable[[Node, Fields, BlobStore], Awaitable[Json]]


def _principal(fields: Fields, name: str) -> bytes:
    raw = fields.blob(name)
    if len(raw) > MAX_PRINCIPAL_BYTES:
        raise RestError("PrincipalIdParseError(PrincipalIdError(BytesTooLong))")
    return raw


def _changed_canister(fields: Fields) -> bytes:
    """The canister of an operation that changes it, which refuses what is no principal in other words."""
    raw = fields.blob("canister_id")
    if len(raw) > MAX_PRINCIPAL_BYTES:
        raise NotConverted("Bad canister id")
    return raw


def _existing(chain: Chain, canister_id: bytes) -> bytes:
    if chain.replica.canister(canister_id) is None:
        raise RestError(f"CanisterNotFound(CanisterId({to_text(canister_id)}))")
    return canister_id


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
    """`update/tick`: one round, with the block makers that are named for subnets. Raises RestError for unknown ones."""
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
    canister_id, amount = _changed_canister(fields), fields.u128("amount")
    return {"cycles": await node.run(lambda chain: chain.replica.add_cycles(_existing(chain, canister_id), amount))}


async def set_stable_memory(node: Node, fields: Fields, blobs: BlobStore) -> Json:
    fields.require(("canister_id", "blob_id"))
    canister_id = _changed_canister(fields)
    content = await asyncio.to_thread(blobs.unpacked, fields.blob("blob_id"))
    await node.run(lambda chain: chain.replica.set_stable_memory(_with_module(chain, canister_id), content))
    return None


def get_cycles(chain: Chain, fields: Fields) -> Json:
    return {"cycles": chain.replica.cycles(_existing(chain, _principal(fields, "canister_id")))}


def _with_module(chain: Chain, canister_id: bytes) -> bytes:
    if chain.replica.module(_existing(chain, canister_id)) is None:
        raise RestError(f"CanisterIsEmpty(CanisterId({to_text(canister_id)}))")
    return canister_id


def get_stable_memory(chain: Chain, fields: Fields) -> Json:
    return {"blob": in_base64(chain.replica.stable_memory(_with_module(chain, _principal(fields, "canister_id"))))}


def get_controllers(chain: Chain, fields: Fields) -> Json:
    canister = chain.replica.canister(_existing(chain, _principal(fields, "canister_id")))
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
