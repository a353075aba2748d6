"""The platform in the test process, with as much of the management canister as spawning a shard takes."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import candid
from candid.types import BLOB, NULL, Field, Opt, Primitive, Record, Type, Variant, Vec
from canister_runtime.host.native import NativeCanister, NativeNetwork, Rejected
from support.platform import OPERATOR, Platform

ROOT = Path(__file__).parents[2] / "canisters"
NAT = Primitive("nat")
PRINCIPAL = Primitive("principal")
MODULE = b"\x00asm the shard's module stands for itself here"
INSTALL = Record(
    (
        Field("mode", Variant((Field("install", NULL), Field("reinstall", NULL), Field("upgrade", NULL)))),
        Field("target_canister", PRINCIPAL),
        Field("store_canister", Opt(PRINCIPAL)),
        Field("chunk_hashes_list", Vec(Record((Field("hash", BLOB),)))),
        Field("wasm_module_hash", BLOB),
        Field("arg", BLOB),
    )
)

Handler = Callable[[bytes, bytes, int], bytes]


def _record(**fields: Type) -> Record:
    return Record(tuple(Field(name, type_) for name, type_ in fields.items()))


class NativePlatform(Platform):
    """`calls` lists the management calls; one in `refuse` is rejected once, of one in `lose` the reply is lost once."""

    users: NativeCanister
    index: NativeCanister

    def __init__(self) -> None:
        super().__init__()
        self.network = NativeNetwork()
        self.users = NativeCanister.load(ROOT / "users", network=self.network, caller=OPERATOR)
        self.index = NativeCanister.load(ROOT / "index", network=self.network, caller=OPERATOR)
        self.modules: dict[bytes, bytes] = {}
        self.module_chunks = [MODULE]
        self.calls: list[str] = []
        self.refuse: set[str] = set()
        self.lose: set[str] = set()
        management: dict[str, Handler] = {
            "create_canister": self._create,
            "canister_status": self._status,
            "upload_chunk": self._upload,
            "install_chunked_code": self._install,
        }
        for method, handler in management.items():
            self.network.handle(candid.Principal(b""), method, self._watched(method, handler))

    def now(self) -> int:
        return self.network.now

    def advance(self, seconds: float) -> None:
        self.network.advance(seconds)

    def shard(self, canister: candid.Principal) -> NativeCanister:
        return self.network.canisters[canister.bytes]

    def module_hash(self) -> tuple[bytes, int]:
        return sha256(MODULE).digest(), len(MODULE)

    def _watched(self, method: str, handler: Handler) -> Handler:
        def answer(caller: bytes, argument: bytes, cycles: int) -> bytes:
            self.calls.append(method)
            if method in self.refuse:
                self.refuse.discard(method)
                raise Rejected(2, f"{method} is refused once")
            reply = handler(caller, argument, cycles)
            if method in self.lose:
                self.lose.discard(method)
                raise Rejected(2, f"the reply of {method} is lost once")
            return reply

        return answer

    def _create(self, _caller: bytes, _argument: bytes, cycles: int) -> bytes:
        canister = NativeCanister(ROOT / "shard", self.network, self.network.new_id(), cycles)
        self.network.add(canister)
        return candid.encode([_record(canister_id=PRINCIPAL)], [{"canister_id": canister.id}])

    def _status(self, _caller: bytes, argument: bytes, _cycles: int) -> bytes:
        target = candid.decode([_record(canister_id=PRINCIPAL)], argument)[0]["canister_id"].bytes
        facts = {"module_hash": self.modules.get(target), "cycles": 1}
        return candid.encode([_record(module_hash=Opt(BLOB), cycles=NAT)], [facts])

    def _upload(self, _caller: bytes, argument: bytes, _cycles: int) -> bytes:
        chunk = candid.decode([_record(canister_id=PRINCIPAL, chunk=BLOB)], argument)[0]["chunk"]
        return candid.encode([_record(hash=BLOB)], [{"hash": sha256(chunk).digest()}])

    def _install(self, caller: bytes, argument: bytes, _cycles: int) -> bytes:
        request = candid.decode([INSTALL], argument)[0]
        target = request["target_canister"].bytes
        canister = self.network.canisters[target]
        change = canister.upgrade_raw if "upgrade" in request["mode"] else canister.install_raw
        change(request["arg"], caller=candid.Principal(caller))
        self.modules[target] = request["wasm_module_hash"]
        return candid.encode([], [])
