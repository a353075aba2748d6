"""What the index's operations work with: stores, routing table, placements, time, randomness, certification."""

from collections.abc import Callable
from typing import Any

from kybra import ic

from index_canister.privacy_log import PrivacyLog
from vex_canister.canister_env import CanisterEnv
from vex_canister.grant_cache import GrantCache
from vex_canister.peer_services import IndexPeer
from vex_canister.token_memory import TokenMemory
from vex_domain.hash_tree import labeled, labeled_digest, leaf, leaf_digest
from vex_domain.id_ranges import RoutingTable
from vex_domain.keyed_index import KeyedIndex
from vex_domain.value_hash import value_hash

TOKENS_KEPT = 16_384
TOKENS_OF_ONE_CALLER = 4_096
FACADE_TOKENS_KEPT = 131_072
FACADE_TOKENS_OF_ONE_CALLER = 65_536
ROUTES = b"routes"
OPEN = "open"
FIRST_START = 32_768
USERS = 0
"""The number under which `users`, which keeps the limit of people, stands among the shards of a configuration."""


class IndexStores:
    """The stable maps by role; a test passes its own."""

    def __init__(self, maps: dict[str, Any]) -> None:
        self.settings = maps["settings"]
        self.chunks = maps["chunks"]
        self.shards = maps["shards"]
        self.organisations = maps["organisations"]
        self.placings = maps["placings"]
        self.tokens = maps["tokens"]
        self.facade = maps["facade"]
        self.failures = maps["failures"]
        self.configurations = maps["configurations"]
        self.documents = maps["documents"]
        self.acknowledgements = maps["acknowledgements"]
        self.zones = maps["zones"]
        self.zone_facts = maps["zone_facts"]
        self.orders = maps["orders"]
        self.orders_known = maps["orders_known"]
        self.sagas = maps["sagas"]


class IndexEnv(CanisterEnv):
    """The index's state: stable maps, and what is kept on the heap until the next upgrade rebuilds it."""

    def __init__(
        self,
        stores: IndexStores,
        now: Callable[[], int] = ic.time,
        certify: Callable[[bytes], None] = ic.set_certified_data,
    ) -> None:
        super().__init__(stores, TOKENS_KEPT, TOKENS_OF_ONE_CALLER, now)
        self._certify = certify
        self.grants = GrantCache()
        self.facade = TokenMemory(stores.facade, FACADE_TOKENS_KEPT, FACADE_TOKENS_OF_ONE_CALLER)
        self.routes = RoutingTable()
        self.routes_hash = b""
        self.slugs = KeyedIndex(b"")
        self.placed: dict[int, list[int]] = {}
        self._canisters: dict[int, bytes] = {}
        self.unfinished: list[int] = []
        self.not_ready: list[int] = []
        self.upgrading: dict[int, int] = {}
        self.resuming_since = 0
        self.stale: dict[int, list[int]] = {}
        self.push_timer_set = False
        self.orders = PrivacyLog(stores.orders, stores.orders_known)

    @property
    def users(self) -> bytes:
        """The principal of the users canister; empty before it is configured."""
        users: bytes = self.settings["users"]
        return users

    def pause(self) -> Any:
        """A call to oneself, which comes back a round later."""
        return IndexPeer(ic.id()).ping()

    def begin(self, operator: bytes) -> None:
        """A new index, whose installer operates the platform."""
        self.change_settings(
            {
                "users": b"",
                "operators": [operator],
                "lease_length": 32_768,
                "capacity": 30_000,
                "high_water": 80,
                "shard_cycles": 3_000_000_000_000,
                "open_to_all": False,
                "epoch": 0,
                "next_start": FIRST_START,
                "module_version": None,
                "module_hash": None,
                "module_size": 0,
                "module_chunks": 0,
                "secret": None,
            }
        )
        self.certify()

    def open_tables(self) -> None:
        """As of every canister, and grants, tokens of the façade and slugs."""
        super().open_tables()
        secret = self.settings["secret"]
        self.grants = GrantCache(secret)
        self.facade.open(secret)
        self.slugs = KeyedIndex(secret)
        for organisation in range(1, self.stores.organisations.len() + 1):
            slug = self.stores.organisations.get(organisation)["slug"]
            self.slugs.put(self.slugs.key(slug.encode()), organisation)

    def rebuild(self) -> None:
        """Everything on the heap, from stable memory, after an upgrade."""
        self.read_settings()
        for number in range(self.stores.placings.len()):
            placing = self.stores.placings.get(number)
            self.placed.setdefault(placing["organisation"], []).append(placing["shard"])
        for number in range(1, self.stores.shards.len() + 1):
            shard = self.stores.shards.get(number)
            if shard["step"] == OPEN:
                self.routes.add(shard["start"], shard["length"], number)
            else:
                self.unfinished.append(number)
            if shard["upgrading_to"] is not None:
                self.upgrading[number] = 0
        for organisation in range(1, self.stores.organisations.len() + 1):
            if not self.stores.organisations.get(organisation)["ready"]:
                self.not_ready.append(organisation)
            self.note_stale(organisation)
        self.orders.rebuild(self.stores.organisations.len())
        self.routes.epoch = self.settings["epoch"]
        self.certify()

    def acknowledged(self, organisation: int, shard: int) -> int:
        """The version of the organisation's configuration that a shard is known to have; 0 for none."""
        return self.stores.acknowledgements.get(organisation << 32 | shard) or 0

    def acknowledge(self, organisation: int, shard: int, version: int) -> None:
        """A shard has this version now, and needs to be told only of later ones."""
        if version > self.acknowledged(organisation, shard):
            self.stores.acknowledgements.insert(organisation << 32 | shard, version)
        self.note_stale(organisation)

    def note_stale(self, organisation: int) -> None:
        """Work out again which of an organisation's shards, and `users`, have not heard of its configuration."""
        record = self.stores.configurations.get(organisation)
        version = 0 if record is None else record["version"]
        behind = [
            shard
            for shard in [USERS, *self.placed.get(organisation, [])]
            if self.acknowledged(organisation, shard) < version
        ]
        if behind:
            self.stale[organisation] = behind
        else:
            self.stale.pop(organisation, None)

    def certify(self) -> None:
        """Set the certified data: the label `routes` over the value hash of epoch and ranges."""
        ranges = [[part.start, part.end, part.shard, self.canister_of(part.shard)] for part in self.routes]
        self.routes_hash = value_hash({"epoch": self.routes.epoch, "ranges": ranges})
        self._certify(labeled_digest(ROUTES, leaf_digest(self.routes_hash)))

    def routes_witness(self) -> bytes:
        """The certified tree."""
        return labeled(ROUTES, leaf(self.routes_hash))

    def canister_of(self, shard: int) -> bytes:
        """The principal of an open shard, which never changes."""
        canister = self._canisters.get(shard)
        if canister is None:
            canister = self._canisters[shard] = self.stores.shards.get(shard)["canister"]
        return canister
