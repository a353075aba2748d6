"""What a shard's operations work with: stores, indexes on the heap, time, salts, certification."""

from collections.abc import Callable
from typing import Any

from kybra import ic

from shard_canister.admission import KnownPeople
from shard_canister.attachments.upload_room import UploadRoom
from shard_canister.audit_log import AuditLog
from shard_canister.privacy.privacy_orders import PrivacyOrders
from shard_canister.reports.report_figures import ReportFigures
from shard_canister.service.service_state import ServiceState
from shard_canister.shard_configurations import ShardConfigurations
from shard_canister.tickets.ticket_index import TicketIndex
from shard_canister.tickets.ticket_standings import Retirements, TicketLocks
from vex_canister.canister_env import CanisterEnv
from vex_canister.garbage import set_aside
from vex_canister.grant_cache import GrantCache
from vex_canister.peer_services import ShardPeer
from vex_domain.configuration.sections import OrganisationRules
from vex_domain.hash_tree import RangeTree
from vex_domain.limits.rate_sketch import RateSketch
from vex_domain.refusals import Unavailable

TOKENS_KEPT = 131_072
TOKENS_OF_ONE_CALLER = 65_536


class ShardStores:
    """The stable maps by role; a test passes its own."""

    def __init__(self, maps: dict[str, Any]) -> None:
        self.settings = maps["settings"]
        self.openings = maps["openings"]
        self.tickets = maps["tickets"]
        self.pages = maps["pages"]
        self.comments = maps["comments"]
        self.events = maps["events"]
        self.tokens = maps["tokens"]
        self.failures = maps["failures"]
        self.configurations = maps["configurations"]
        self.documents = maps["documents"]
        self.figures = maps["figures"]
        self.attachments = maps["attachments"]
        self.chunks = maps["chunks"]
        self.uploads = maps["uploads"]
        self.clocks = maps["clocks"]
        self.outbox = maps["outbox"]
        self.services = maps["services"]
        self.extensions = maps["extensions"]
        self.fields = maps["fields"]
        self.links = maps["links"]
        self.revisions = maps["revisions"]
        self.retirements = maps["retirements"]
        self.news = maps["news"]
        self.locks = maps["locks"]
        self.surveys = maps["surveys"]
        self.privacy = maps["privacy"]


class ShardEnv(CanisterEnv):
    """One shard: its lease, and what is kept on the heap until the next upgrade rebuilds it.

    `rules_of`: an organisation's configuration, compiled.
    """

    def __init__(
        self,
        stores: ShardStores,
        work_when_due: Callable[[Any], None],
        now: Callable[[], int] = ic.time,
        certify: Callable[[bytes], None] = ic.set_certified_data,
    ) -> None:
        super().__init__(stores, TOKENS_KEPT, TOKENS_OF_ONE_CALLER, now)
        self._certify = certify
        self.grants = GrantCache()
        self.known_people = KnownPeople()
        self.rates = RateSketch(b"")
        self.index = TicketIndex()
        self.audit = AuditLog(stores.events)
        self.figures = ReportFigures(stores.figures)
        self.configurations = ShardConfigurations(stores.configurations, stores.documents)
        self.rules_of: Callable[[int], OrganisationRules] = self.configurations.rules_of
        self.uploads = UploadRoom(stores.uploads, stores.chunks)
        self.service = ServiceState(stores, work_when_due)
        self.locks = TicketLocks(stores.locks)
        self.retirements = Retirements(stores.retirements)
        self.privacy = PrivacyOrders(stores.privacy)
        self.tree = RangeTree(1)
        self.opened: dict[int, int] = {}
        self.count = 0
        self.reported = 0

    @property
    def users(self) -> bytes:
        """The principal of the users canister."""
        users: bytes = self.settings["users"]
        return users

    @property
    def start(self) -> int:
        """The first id of the lease; 0 without one."""
        start: int = self.settings["start"]
        return start

    def begin(self, index: bytes, users: bytes, shard: int) -> None:
        """A new shard, which has neither lease nor secret."""
        settings = {"index": index, "users": users, "shard": shard, "secret": None, "exceptions": None}
        settings.update({"start": 0, "length": 0, "capacity": 0, "high_water": 0})
        self.change_settings(settings)
        self.certify()

    def keep_exceptions(self) -> None:
        """Remember that the maps of locks, retirements and news are in use, before the first entry."""
        if not self.settings["exceptions"]:
            self.change_settings({"exceptions": True})

    def pause(self) -> Any:
        """A call to oneself, which comes back a round later."""
        return ShardPeer(ic.id()).shard_status()

    def require_lease(self) -> None:
        """Raises Unavailable before the index has granted the lease."""
        if not self.start:
            raise Unavailable("the shard has no lease yet")

    def make_room(self, length: int) -> None:
        """For the tickets of a lease of `length`, on the heap."""
        self.tree = RangeTree(length)
        self.index.make_room(length)

    def open_tables(self) -> None:
        """As of every canister, and grants and rates."""
        super().open_tables()
        secret = self.settings["secret"]
        self.grants = GrantCache(secret)
        self.rates = RateSketch(secret)

    def certify(self) -> None:
        """Set the certified data: the root over the chain's head and the tickets' tree."""
        self._certify(self.audit.certified_root(self.tree.root))

    def rebuild(self) -> None:
        """Everything on the heap, from stable memory, after an upgrade."""
        self.read_settings()
        for number in range(self.stores.openings.len()):
            self.opened[self.stores.openings.get(number)["organisation"]] = number
        self.audit.rebuild()
        self.audit.serves_http = self.stores.attachments.len() > 0
        self.uploads.rebuild()
        if self.settings["exceptions"]:
            self.locks.rebuild()
            self.retirements.rebuild()
        self.privacy.rebuild()
        self.count = self.stores.tickets.len()
        if self.start:
            self.make_room(self.settings["length"])
            self.index.rebuild(self)
            self.service.rebuild(self)
        self.certify()
        set_aside()
