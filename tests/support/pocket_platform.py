"""The platform as real modules, driven by the unmodified pocket-ic client."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import ic
from pocket_ic import PocketIC

import candid
from candid import did
from candid.types import BLOB, NULL, PRINCIPAL, Field, Opt, Record, Type, Variant, Vec
from canister_runtime.image.build import build_canister
from support.platform import ANONYMOUS, OPERATOR, Platform

ROOT = Path(__file__).parents[2] / "canisters"
CHUNK_BYTES = 1_000_000
CYCLES = 10**15
NS = 1_000_000_000


def _record(**fields: Type) -> Record:
    return Record(tuple(Field(name, type_) for name, type_ in fields.items()))


INSTALL = _record(
    mode=Variant((Field("install", NULL), Field("reinstall", NULL), Field("upgrade", NULL))),
    target_canister=PRINCIPAL,
    store_canister=Opt(PRINCIPAL),
    chunk_hashes_list=Vec(_record(hash=BLOB)),
    wasm_module_hash=BLOB,
    arg=BLOB,
)


class PocketCanister:
    """One canister on the server, called through its checked-in `.did`."""

    def __init__(self, pic: PocketIC, name: str, canister_id: candid.Principal) -> None:
        self.pic = pic
        self.id = canister_id
        self.interface = did.parse((ROOT / name / f"{name}.did").read_text())
        self._methods = self.interface.methods()

    def update(self, method: str, *args: Any, caller: candid.Principal = ANONYMOUS) -> Any:
        """Call as an update. Raises ValueError for a reject or trap, with its text."""
        return self._call(self.pic.update_call, method, args, caller)

    def query(self, method: str, *args: Any, caller: candid.Principal = ANONYMOUS) -> Any:
        """Call as a query. Raises ValueError for a reject or trap, with its text."""
        return self._call(self.pic.query_call, method, args, caller)

    def _call(self, send: Any, method: str, args: tuple[Any, ...], caller: candid.Principal) -> Any:
        function = self._methods[method]
        self.pic.set_sender(ic.Principal(caller.bytes))
        argument = candid.encode(list(function.args), list(args), self.interface.env)
        reply = bytes(send(ic.Principal(self.id.bytes), method, argument))
        return candid.decode(list(function.results), reply, self.interface.env)[0]


class PocketPlatform(Platform):
    """Deployed by OPERATOR on an instance; the modules are built from the source as it stands."""

    users: PocketCanister
    index: PocketCanister

    def __init__(self, pic: PocketIC) -> None:
        super().__init__()
        self.pic = pic
        self.modules = {name: build_canister(ROOT / name).gzipped for name in ("users", "index", "shard")}
        shard = self.modules["shard"]
        self.module_chunks = _chunks(shard)
        self.users = self.deploy("users")
        self.index = self.deploy("index")

    def now(self) -> int:
        return int(self.pic.get_time()["nanos_since_epoch"])

    def advance(self, seconds: float) -> None:
        self.pic.advance_time(int(seconds * NS))
        for _ in range(10):
            self.pic.tick()

    def shard(self, canister: candid.Principal) -> PocketCanister:
        return PocketCanister(self.pic, "shard", canister)

    def module_hash(self) -> tuple[bytes, int]:
        module = self.modules["shard"]
        return sha256(module).digest(), len(module)

    def deploy(self, name: str) -> PocketCanister:
        """Create a canister and install the module of this name, without arguments."""
        self.pic.set_sender(ic.Principal(OPERATOR.bytes))
        canister = PocketCanister(self.pic, name, candid.Principal(self.pic.create_canister().bytes))
        self.pic.add_cycles(ic.Principal(canister.id.bytes), CYCLES)
        self.install(canister, name, {"install": None})
        return canister

    def install(
        self, canister: PocketCanister, name: str, mode: dict[str, None], caller: candid.Principal = OPERATOR
    ) -> None:
        """Install, reinstall or upgrade from chunks, as a controller."""
        upload = _record(canister_id=PRINCIPAL, chunk=BLOB)
        hashes = []
        for chunk in _chunks(self.modules[name]):
            self.manage(canister, "upload_chunk", upload, {"canister_id": canister.id, "chunk": chunk}, caller)
            hashes.append({"hash": sha256(chunk).digest()})
        request = {
            "mode": mode,
            "target_canister": canister.id,
            "store_canister": None,
            "chunk_hashes_list": hashes,
            "wasm_module_hash": sha256(self.modules[name]).digest(),
            "arg": candid.encode([], []),
        }
        self.manage(canister, "install_chunked_code", INSTALL, request, caller)

    def manage(self, canister: PocketCanister, method: str, request: Type, value: Any, caller: Any = OPERATOR) -> bytes:
        """Call the management canister about `canister`."""
        self.pic.set_sender(ic.Principal(caller.bytes))
        effective = {"CanisterId": _base64(canister.id.bytes)}
        argument = candid.encode([request], [value])
        return bytes(self.pic.update_call_with_effective_principal(None, effective, method, argument))

    def stop(self, canister: PocketCanister, caller: candid.Principal = OPERATOR) -> None:
        """Stop a canister."""
        self.manage(canister, "stop_canister", _record(canister_id=PRINCIPAL), {"canister_id": canister.id}, caller)

    def start(self, canister: PocketCanister, caller: candid.Principal = OPERATOR) -> None:
        """Start a canister."""
        self.manage(canister, "start_canister", _record(canister_id=PRINCIPAL), {"canister_id": canister.id}, caller)


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()


def _chunks(module: bytes) -> list[bytes]:
    return [module[start : start + CHUNK_BYTES] for start in range(0, len(module), CHUNK_BYTES)]
