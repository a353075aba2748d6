"""Modules go up in chunks and are handed to the index; a shard that does not open says why."""

import asyncio
from hashlib import sha256
from pathlib import Path

import pytest

import candid
from candid import Principal
from support.native_platform import MODULE, NativePlatform
from support.native_transport import NativeNet
from support.platform import OPERATOR, STRANGER
from vex import deployment
from vex.canister import Canister
from vex.deployment import CHUNK_BYTES, MANAGEMENT, Management, Modules, hand_over_module, shards, spawn
from vex.errors import Refused, VexError
from vex.interfaces import interface

TARGET = Principal(b"\x00\x00\x00\x00\x00\x00\x00\x09\x01\x01")


class Store:
    """A management canister that keeps chunks and notes what it is to install."""

    principal = OPERATOR

    def __init__(self) -> None:
        self.chunks: dict[bytes, bytes] = {}
        self.installed: list[tuple[str, bytes]] = []

    async def query(self, canister_id: Principal, method: str, arg: bytes) -> bytes:
        raise AssertionError(method)

    async def update(
        self, canister_id: Principal, method: str, arg: bytes, *, effective: Principal | None = None
    ) -> bytes:
        assert (canister_id, effective) == (MANAGEMENT, TARGET)
        declared = interface("management").methods[method]
        (request,) = candid.decode(declared.arguments, arg, declared.env)
        if method == "upload_chunk":
            assert len(request["chunk"]) <= CHUNK_BYTES
            digest = sha256(request["chunk"]).digest()
            self.chunks[digest] = request["chunk"]
            return candid.encode(declared.results, [{"hash": digest}], declared.env)
        if method == "install_chunked_code":
            module = b"".join(self.chunks[part["hash"]] for part in request["chunk_hashes_list"])
            assert sha256(module).digest() == request["wasm_module_hash"]
            self.installed.append((next(iter(request["mode"])), module))
        else:
            assert method == "clear_chunk_store"
            self.chunks.clear()
        return candid.encode([], [])


@pytest.mark.parametrize("size", [1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
@pytest.mark.parametrize("mode", ["install", "upgrade"])
def test_a_module_arrives_whole_whatever_its_size(size: int, mode: str) -> None:
    store, module = Store(), bytes(range(256)) * (size // 256 + 1)
    asyncio.run(Management(store).install(TARGET, module[:size], b"DIDL\x00\x00", mode))
    assert store.installed == [(mode, module[:size])]
    assert store.chunks == {}


def test_modules_are_read_as_the_build_writes_them(tmp_path: Path) -> None:
    for name in ("index", "shard", "users"):
        (tmp_path / f"{name}.wasm.gz").write_bytes(name.encode())
    assert Modules.read(tmp_path) == Modules(index=b"index", shard=b"shard", users=b"users")


def index(net: NativeNet, caller: Principal = OPERATOR) -> Canister:
    return Canister(net.caller(caller), net.platform.index.id, interface("index"))


def test_a_shard_is_spawned_from_the_module_that_was_handed_over(platform: NativePlatform, net: NativeNet) -> None:
    platform.configure()

    async def handed_over() -> None:
        await hand_over_module(index(net), MODULE, "7")
        await hand_over_module(index(net), MODULE, "7")
        opened = await spawn(index(net))
        assert (opened.shard, opened.state, opened.last_failure) == (1, "Open", None)
        assert await shards(index(net)) == [opened]

    asyncio.run(handed_over())


def test_a_shard_that_does_not_open_says_why(
    platform: NativePlatform, net: NativeNet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deployment, "SPAWN_SECONDS", 3)
    platform.configure()
    platform.users.stop()
    with pytest.raises(VexError, match=r"shard 1 is not open after .* register, register: users did not answer"):
        asyncio.run(spawn(index(net)))


def test_only_an_operator_hands_modules_over(platform: NativePlatform, net: NativeNet) -> None:
    platform.configure()
    with pytest.raises(Refused) as refused:
        asyncio.run(hand_over_module(index(net, STRANGER), MODULE, "7"))
    assert refused.value.code == 101
