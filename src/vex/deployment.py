"""Puts modules into canisters and introduces the three kinds to each other. Any network: what differs is who pays.

Every step may run again: chunks are named by their hash, settings are set and not added to.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from candid import Principal
from vex.canister import Canister, Transport
from vex.errors import VexError
from vex.helpdesk import Write
from vex.interfaces import interface
from vex.models import Shard

__all__ = ["Deployment", "Management", "Modules", "deploy"]

CHUNK_BYTES = 1024 * 1024
"""The largest chunk that a chunk store takes (interface specification, `upload_chunk`)."""
CANISTER_CYCLES = 100 * 10**12
INDEX_CYCLES = 10_000 * 10**12
SPAWN_SECONDS = 120
MANAGEMENT = Principal(b"")


@dataclass(frozen=True, slots=True)
class Modules:
    """The built modules (`.wasm` or `.wasm.gz`) of the three canisters."""

    index: bytes
    shard: bytes
    users: bytes

    @classmethod
    def read(cls, folder: Path) -> "Modules":
        """From `index.wasm.gz`, `shard.wasm.gz` and `users.wasm.gz`, as `scripts/build` writes them."""
        return cls(*((folder / f"{name}.wasm.gz").read_bytes() for name in ("index", "shard", "users")))


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where the index and users canisters are; shards are the index's to name."""

    index: Principal
    users: Principal


class Management:
    """The management canister for one caller; calls are routed by the canister that they are about."""

    def __init__(self, caller: Transport) -> None:
        self._caller = caller
        self._interface = interface("management")

    async def call(self, method: str, about: Principal, argument: dict[str, Any]) -> Any:
        """Call `method`; `about` is the canister in question."""
        declared = self._interface.methods[method]
        reply = await self._caller.update(MANAGEMENT, method, declared.encode(argument), effective=about)
        return declared.decode(reply)

    async def create(self, near: Principal, cycles: int) -> Principal:
        """A new canister on the subnet of `near`, paid by nobody: development networks only."""
        argument = {"amount": cycles, "settings": None, "specified_id": None}
        created = await self.call("provisional_create_canister_with_cycles", near, argument)
        canister_id: Principal = created["canister_id"]
        return canister_id

    async def install(self, canister_id: Principal, module: bytes, arg: bytes, mode: str = "install") -> None:
        """Install a module of any size: uploaded in chunks to the canister's own chunk store."""
        uploads = [{"canister_id": canister_id, "chunk": chunk} for chunk in _chunks(module)]
        hashes = [await self.call("upload_chunk", canister_id, upload) for upload in uploads]
        argument = {
            "mode": {mode: None},
            "target_canister": canister_id,
            "store_canister": None,
            "chunk_hashes_list": hashes,
            "wasm_module_hash": hashlib.sha256(module).digest(),
            "arg": arg,
        }
        await self.call("install_chunked_code", canister_id, argument)
        await self.call("clear_chunk_store", canister_id, {"canister_id": canister_id})


async def deploy(
    operator: Transport, modules: Modules, *, near: Principal, capacity: int | None = None, version: str = "dev"
) -> Deployment:
    """Create and install index and users, hand the shard module to the index, and let it spawn the first shard.

    `operator` becomes the platform operator of both. `capacity` is in tickets for each shard (None: the default).
    """
    management = Management(operator)
    users_id = await management.create(near, CANISTER_CYCLES)
    index_id = await management.create(near, INDEX_CYCLES)
    await management.install(users_id, modules.users, interface("users").encode_init())
    await management.install(index_id, modules.index, interface("index").encode_init())
    index = Canister(operator, index_id, interface("index"))
    users = Canister(operator, users_id, interface("users"))
    await users.call("configure", {"index": index_id, "operators": None, "grant_lifetime": None})
    await index.call("configure", _index_settings(users_id, capacity))
    await hand_over_module(index, modules.shard, version)
    await spawn(index)
    return Deployment(index=index_id, users=users_id)


def _index_settings(users_id: Principal, capacity: int | None) -> dict[str, Any]:
    names = ("operators", "lease_length", "high_water", "shard_cycles", "open_to_all")
    return {"users": users_id, "capacity": capacity, **dict.fromkeys(names)}


async def hand_over_module(index: Canister, module: bytes, version: str) -> None:
    """Give the index the module that it installs into shards."""
    hashes = [await index.call("upload_chunk", {"chunk": chunk}) for chunk in _chunks(module)]
    described = {"version": version, "sha256": hashlib.sha256(module).digest(), "size": len(module), "chunks": hashes}
    await index.call("set_module", described)


async def spawn(index: Canister) -> Shard:
    """Ask for one more shard and wait until it is open. Raises VexError with the index's last failure."""
    number = await index.call("spawn_shard", Write().fields())
    for _ in range(SPAWN_SECONDS * 5):
        shard = next(shard for shard in await shards(index) if shard.shard == number)
        if shard.state == "Open":
            return shard
        await asyncio.sleep(0.2)
    raise VexError(f"shard {number} is not open after {SPAWN_SECONDS} s: {shard.step}, {shard.last_failure}")


async def shards(index: Canister) -> list[Shard]:
    """All shards, open, full or on their way."""
    return [Shard.model_validate(shard) for shard in (await index.call("list_shards"))["shards"]]


def _chunks(module: bytes) -> list[bytes]:
    return [module[start : start + CHUNK_BYTES] for start in range(0, len(module), CHUNK_BYTES)]


def index_canister(transport: Transport, deployment: Deployment) -> Canister:
    """The index for one caller."""
    return Canister(transport, deployment.index, interface("index"))


def users_canister(transport: Transport, deployment: Deployment) -> Canister:
    """The users canister for one caller."""
    return Canister(transport, deployment.users, interface("users"))
