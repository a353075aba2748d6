"""The platform's settings, the shard's module, the shards as operators see them."""

from typing import Any

from kybra import Principal, ic

from index_canister import spawning
from index_canister.index_env import OPEN
from vex_canister.answers import Steps, reply_of
from vex_canister.management_types import Management
from vex_canister.operators import operators_from, require_operator
from vex_domain.id_ranges import check_lease
from vex_domain.refusals import Forbidden, Invalid, TooLarge
from vex_domain.text_rules import check_line

CHUNK_BYTES = 1_048_576
CHUNKS_MOST = 100
CYCLES_MOST = 10**16
VERSION_CHARACTERS = 32
HASH_BYTES = 32


def configure(env: Any, caller: bytes, request: dict[str, Any]) -> dict[str, Any]:
    """Change what the request names, for shards to come; the record `IndexSettingsView`.

    Raises Forbidden, Invalid, LeaseRefused.
    """
    require_operator(env, caller)
    changed = {
        field: request[field]
        for field in ("lease_length", "capacity", "high_water", "shard_cycles", "open_to_all")
        if request[field] is not None
    }
    if request["users"] is not None:
        changed["users"] = request["users"].bytes
    if request["operators"] is not None:
        changed["operators"] = operators_from(request["operators"])
    merged = dict(env.settings)
    merged.update(changed)
    check_lease(merged["next_start"], merged["lease_length"], merged["capacity"])
    if not 0 < merged["high_water"] <= 100:
        raise Invalid("high_water", "is not in 1..100")
    if merged["shard_cycles"] > CYCLES_MOST:
        raise Invalid("shard_cycles", "are more than 10^16")
    env.change_settings(changed)
    return settings_view(env, caller)


def settings_view(env: Any, caller: bytes) -> dict[str, Any]:
    """The record `IndexSettingsView`. Raises Forbidden."""
    require_operator(env, caller)
    view = dict(env.settings)
    view["users"] = Principal(env.users) if env.users else None
    view["operators"] = [Principal(operator) for operator in env.settings["operators"]]
    view["organisations"] = env.stores.organisations.len()
    view["shards"] = env.stores.shards.len()
    return view


def upload_chunk(env: Any, caller: bytes, chunk: bytes) -> Steps:
    """Put a chunk of the shard's module into the index's own chunk store; its SHA-256. Raises Forbidden, TooLarge."""
    require_operator(env, caller)
    if not chunk:
        raise Invalid("chunk", "is empty")
    if len(chunk) > CHUNK_BYTES:
        raise TooLarge("chunk", CHUNK_BYTES, len(chunk))
    upload = Management(Principal(b"")).upload_chunk({"canister_id": ic.id(), "chunk": chunk})
    stored = yield from reply_of(upload, "the management canister")
    return stored["hash"]


def set_module(env: Any, caller: bytes, request: dict[str, Any]) -> None:
    """Install this module in shards to come. Raises Forbidden, Invalid, TooLarge."""
    require_operator(env, caller)
    check_line("version", request["version"], VERSION_CHARACTERS, VERSION_CHARACTERS)
    chunks = request["chunks"]
    if not 0 < len(chunks) <= CHUNKS_MOST:
        raise Invalid("chunks", "are not 1.." + str(CHUNKS_MOST))
    if any(len(digest) != HASH_BYTES for digest in [request["sha256"], *chunks]):
        raise Invalid("chunks", "or sha256 are not SHA-256 digests")
    if not 0 < request["size"] <= len(chunks) * CHUNK_BYTES:
        raise Invalid("size", "does not fit the chunks")
    for position, digest in enumerate(chunks):
        env.stores.chunks.insert(position, digest)
    env.change_settings(
        {
            "module_version": request["version"],
            "module_hash": request["sha256"],
            "module_size": request["size"],
            "module_chunks": len(chunks),
        }
    )


def shards_view(env: Any, caller: bytes) -> dict[str, Any]:
    """The record `ShardInfos`. Raises Forbidden."""
    require_operator(env, caller)
    organisations: dict[int, list[int]] = {}
    for organisation, shards in env.placed.items():
        for shard in shards:
            organisations.setdefault(shard, []).append(organisation)
    infos = [shard_info(env, number, organisations) for number in range(1, env.stores.shards.len() + 1)]
    return {"shards": infos, "epoch": env.routes.epoch, "failures": env.failures.texts()}


def shard_info(env: Any, number: int, organisations: dict[int, list[int]]) -> dict[str, Any]:
    """The record `ShardInfo`."""
    shard = env.stores.shards.get(number)
    info = dict(shard)
    info["shard"] = number
    info["canister"] = None if shard["canister"] is None else Principal(shard["canister"])
    info["state"] = {state_name(shard): None}
    info["organisations"] = organisations.get(number, [])
    return info


def state_name(shard: dict[str, Any]) -> str:
    """The name of the `ShardState` as far as the index knows it."""
    if shard["step"] != OPEN:
        return "Created"
    if shard["tickets"] >= shard["capacity"]:
        return "Full"
    return "HighWater" if shard["tickets"] >= shard["high_water"] else "Open"


def spare_shards(env: Any) -> list[int]:
    """Open shards below their high-water mark, oldest first."""
    spare = []
    for part in env.routes:
        shard = env.stores.shards.get(part.shard)
        if shard["tickets"] < shard["high_water"]:
            spare.append(part.shard)
    return spare


def note_fill(env: Any, number: int, tickets: int) -> None:
    """Write how full a shard is, and have the next one ready when none is spare."""
    shard = env.stores.shards.get(number)
    if tickets > shard["tickets"]:
        shard["tickets"] = tickets
        env.stores.shards.insert(number, shard)
    if tickets >= shard["high_water"] and not env.unfinished and not spare_shards(env):
        spawning.start(env)


def report_fill(env: Any, caller: bytes, report: dict[str, Any]) -> None:
    """Take a shard's word for how full it is. Callers: that shard. Raises Forbidden."""
    shard = env.stores.shards.get(report["shard"])
    if shard is None or shard["canister"] != caller:
        raise Forbidden("fleet.shard")
    note_fill(env, report["shard"], min(report["tickets"], shard["capacity"]))
