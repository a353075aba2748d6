"""The three canisters in the test process, with as much of the management canister as spawning a shard takes."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import candid
from candid.types import BLOB, NULL, Field, Opt, Primitive, Record, Type, Variant, Vec
from canister_runtime.host.native import NativeCanister, NativeNetwork, Rejected

ROOT = Path(__file__).parents[2] / "canisters"
NAT = Primitive("nat")
PRINCIPAL = Primitive("principal")
NS = 1_000_000_000
MODULE = b"\x00asm the shard's module stands for itself here"
INSTALL = Record(
    (
        Field("mode", Variant((Field("install", NULL), Field("reinstall", NULL)))),
        Field("target_canister", PRINCIPAL),
        Field("store_canister", Opt(PRINCIPAL)),
        Field("chunk_hashes_list", Vec(Record((Field("hash", BLOB),)))),
        Field("wasm_module_hash", BLOB),
        Field("arg", BLOB),
    )
)


def person(number: int) -> candid.Principal:
    """A caller of a test."""
    return candid.Principal(b"person" + number.to_bytes(4, "big") + b"\x02")


OPERATOR, ADMIN, AGENT, CUSTOMER, STRANGER, AUDITOR, LEAD, OTHER_CUSTOMER, OTHER_ADMIN = (
    person(number) for number in range(9)
)


def _record(**fields: Type) -> Record:
    return Record(tuple(Field(name, type_) for name, type_ in fields.items()))


class NativePlatform:
    """users, index and the shards that the index spawns; one readable call per action of a test."""

    def __init__(self) -> None:
        self.network = NativeNetwork()
        self.users = NativeCanister.load(ROOT / "users", network=self.network, caller=OPERATOR)
        self.index = NativeCanister.load(ROOT / "index", network=self.network, caller=OPERATOR)
        self.modules: dict[bytes, bytes] = {}
        self.refuse: set[str] = set()
        self.calls: list[str] = []
        self._tokens = 0
        management: dict[str, Callable[[bytes, bytes, int], bytes]] = {
            "create_canister": self._create,
            "canister_status": self._status,
            "upload_chunk": self._upload,
            "install_chunked_code": self._install,
        }
        for method, handler in management.items():
            self.network.handle(candid.Principal(b""), method, self._counted(method, handler))

    def configure(self, *, capacity: int = 8, lease_length: int = 16, high_water: int = 80) -> None:
        """Make the canisters known to each other and name the shard's module."""
        users_settings = {"index": self.index.id, "operators": None, "grant_lifetime": None}
        ok(self.users.update("configure", users_settings, caller=OPERATOR))
        settings = {
            "users": self.users.id,
            "operators": None,
            "lease_length": lease_length,
            "capacity": capacity,
            "high_water": high_water,
            "shard_cycles": 10**12,
            "open_to_all": None,
        }
        ok(self.index.update("configure", settings, caller=OPERATOR))
        digest = ok(self.index.update("upload_chunk", {"chunk": MODULE}, caller=OPERATOR))
        module = {"version": "1", "sha256": digest, "size": len(MODULE), "chunks": [digest]}
        ok(self.index.update("set_module", module, caller=OPERATOR))

    def token(self) -> dict[str, Any]:
        """A fresh token, made now."""
        self._tokens += 1
        return {"client_token": f"t{self._tokens}", "created_at": self.network.now}

    def organisation(self, slug: str, admin: candid.Principal) -> int:
        """Make an organisation; its id."""
        request = {**self.token(), "name": slug.title(), "slug": slug, "admin": admin}
        return int(ok(self.index.update("create_org", request, caller=OPERATOR)))

    def members(self, organisation: int, admin: candid.Principal, **roles: candid.Principal) -> dict[str, int]:
        """Make people members with one role each; their ids by role."""
        people = [
            {"identity": principal, "name": role, "email": None, "language": None, "roles": [role], "teams": []}
            for role, principal in roles.items()
        ]
        request = {**self.token(), "organisation": organisation, "people": people}
        ids = ok(self.users.update("add_people", request, caller=admin))["ids"]
        return dict(zip(roles, ids, strict=True))

    def spawned(self, rounds: int = 20) -> None:
        """Let time pass until nothing is being spawned."""
        for _ in range(rounds):
            infos = ok(self.index.query("list_shards", caller=OPERATOR))["shards"]
            if infos and all(info["step"] == "open" for info in infos):
                return
            self.network.advance(6)
        raise AssertionError(infos)

    def place(self, organisation: int, caller: candid.Principal, full: tuple[int, ...] = ()) -> Any:
        """The answer of `place`."""
        return self.index.update("place", {"organisation": organisation, "full": list(full)}, caller=caller)

    def shard(self, canister: candid.Principal) -> NativeCanister:
        """A spawned shard by its id."""
        return self.network.canisters[canister.bytes]

    def new_ticket(self, organisation: int, **changed: Any) -> dict[str, Any]:
        """A request for a ticket, with a fresh token."""
        request: dict[str, Any] = {
            **self.token(),
            "organisation": organisation,
            "subject": "Printer on fire",
            "body": "It burns. \u0627\u0644\u0637\u0627\u0628\u0639\u0629",
            "kind": "incident",
            "priority": "high",
            "tags": ["printer", "fire"],
            "team": None,
            "assignee": None,
            "requester": None,
            "requester_reference": None,
            "channel": None,
            "language": None,
        }
        request.update(changed)
        return request

    def change(self, ticket: int, version: int, **changed: Any) -> dict[str, Any]:
        """A request to update a ticket."""
        fields = ("status", "priority", "assignee", "team", "subject", "tags")
        request: dict[str, Any] = {**self.token(), "ticket": ticket, "version": version}
        request.update({field: changed.get(field) for field in fields})
        return request

    def comment(self, ticket: int, body: str = "More smoke", *, internal: bool = False) -> dict[str, Any]:
        """A request for a comment."""
        return {**self.token(), "ticket": ticket, "body": body, "internal": internal}

    def _counted(
        self, method: str, handler: Callable[[bytes, bytes, int], bytes]
    ) -> Callable[[bytes, bytes, int], bytes]:
        def answer(caller: bytes, argument: bytes, cycles: int) -> bytes:
            self.calls.append(method)
            if method in self.refuse:
                self.refuse.discard(method)
                raise Rejected(2, f"{method} is refused once")
            return handler(caller, argument, cycles)

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
        self.network.canisters[target].install_raw(request["arg"], caller=candid.Principal(caller))
        self.modules[target] = request["wasm_module_hash"]
        return candid.encode([], [])


def ok(answer: dict[str, Any]) -> Any:
    """What is in `Ok`; fails with the error otherwise."""
    assert "Ok" in answer, answer
    return answer["Ok"]


def code(answer: dict[str, Any]) -> int:
    """The number of the error in `Err`; fails with the answer otherwise."""
    assert "Err" in answer, answer
    return int(answer["Err"]["code"])
