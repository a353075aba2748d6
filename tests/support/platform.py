"""The three canisters as a test sees them: one readable call per action, whatever runs them."""

from abc import ABC, abstractmethod
from typing import Any, Protocol

import candid


def person(number: int) -> candid.Principal:
    """A caller of a test."""
    return candid.Principal(b"person" + number.to_bytes(4, "big") + b"\x02")


OPERATOR, ADMIN, AGENT, CUSTOMER, STRANGER, AUDITOR, LEAD, OTHER_CUSTOMER, OTHER_ADMIN, RIVAL = (
    person(number) for number in range(10)
)
ANONYMOUS = candid.Principal(b"\x04")


class Handle(Protocol):
    """A canister that takes calls; values are those of the `candid` package. A trap or reject raises."""

    @property
    def id(self) -> candid.Principal: ...

    def update(self, method: str, *args: Any, caller: candid.Principal | str = ...) -> Any: ...

    def query(self, method: str, *args: Any, caller: candid.Principal | str = ...) -> Any: ...


class Platform(ABC):
    """users, index and the shards that the index spawns. Subclasses say how canisters run and time passes."""

    users: Handle
    index: Handle
    module_chunks: list[bytes]

    def __init__(self) -> None:
        self._tokens = 0

    @abstractmethod
    def now(self) -> int:
        """The canisters' time, ns since 1970-01-01."""

    @abstractmethod
    def advance(self, seconds: float) -> None:
        """Let time pass, with the timers that come due."""

    @abstractmethod
    def shard(self, canister: candid.Principal) -> Any:
        """A spawned shard by its id."""

    @abstractmethod
    def module_hash(self) -> tuple[bytes, int]:
        """SHA-256 and size of the shard's module."""

    def configure(self, *, capacity: int = 8, lease_length: int = 16, high_water: int = 80) -> None:
        """Make the canisters known to each other and upload the shard's module."""
        users_settings = {"index": self.index.id, "operators": None, "grant_lifetime": None}
        ok(self.users.update("configure", users_settings, caller=OPERATOR))
        settings = {
            "users": self.users.id,
            "operators": None,
            "lease_length": lease_length,
            "capacity": capacity,
            "high_water": high_water,
            "shard_cycles": 3 * 10**12,
            "open_to_all": None,
        }
        ok(self.index.update("configure", settings, caller=OPERATOR))
        digests = [ok(self.index.update("upload_chunk", {"chunk": c}, caller=OPERATOR)) for c in self.module_chunks]
        sha256, size = self.module_hash()
        module = {"version": "1", "sha256": sha256, "size": size, "chunks": digests}
        ok(self.index.update("set_module", module, caller=OPERATOR))

    def token(self) -> dict[str, Any]:
        """A fresh token, made now."""
        self._tokens += 1
        return {"client_token": f"t{self._tokens}", "created_at": self.now()}

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

    def shard_infos(self) -> list[dict[str, Any]]:
        """What the index knows of its shards."""
        infos: list[dict[str, Any]] = ok(self.index.query("list_shards", caller=OPERATOR))["shards"]
        return infos

    def spawned(self, rounds: int = 20) -> None:
        """Let time pass until nothing is being spawned."""
        for _ in range(rounds):
            infos = self.shard_infos()
            if infos and all(info["step"] == "open" for info in infos):
                return
            self.advance(6)
        raise AssertionError(infos)

    def place(self, organisation: int, caller: candid.Principal, full: tuple[int, ...] = ()) -> Any:
        """The answer of `place`."""
        return self.index.update("place", {"organisation": organisation, "full": list(full)}, caller=caller)

    def placed_shard(self, organisation: int, caller: candid.Principal) -> Any:
        """The shard where the organisation's tickets go, spawned when there is none."""
        if "Err" in self.place(organisation, caller):
            self.spawned()
        return self.shard(ok(self.place(organisation, caller))["shards"][0]["canister"])

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


def listing(organisation: int, **wanted: Any) -> dict[str, Any]:
    """A request for a page of tickets."""
    fields = ("status", "assignee", "requester", "team", "cursor", "limit")
    return {"organisation": organisation, **{field: wanted.get(field) for field in fields}}


def ok(answer: dict[str, Any]) -> Any:
    """What is in `Ok`; fails with the error otherwise."""
    assert "Ok" in answer, answer
    return answer["Ok"]


def code(answer: dict[str, Any]) -> int:
    """The number of the error in `Err`; fails with the answer otherwise."""
    assert "Err" in answer, answer
    return int(answer["Err"]["code"])
