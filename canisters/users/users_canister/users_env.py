"""What the operations of `users` work with: stores, time, randomness, the outbox of pushes."""

from collections.abc import Callable
from typing import Any

from kybra import ic

from users_canister.attempts import Attempts, Newcomers
from users_canister.push_outbox import PushOutbox
from vex_canister.canister_env import CanisterEnv
from vex_domain.time_units import MINUTE_NS

TOKENS_KEPT = 65_536
TOKENS_OF_ONE_CALLER = 16_384
GRANT_LIFETIME = MINUTE_NS


class UsersStores:
    """The stable maps by role; a test passes its own."""

    def __init__(self, maps: dict[str, Any]) -> None:
        self.settings = maps["settings"]
        self.people = maps["people"]
        self.identities = maps["identities"]
        self.organisations = maps["organisations"]
        self.members = maps["members"]
        self.rolls = maps["rolls"]
        self.teams = maps["teams"]
        self.roles = maps["roles"]
        self.shards = maps["shards"]
        self.tokens = maps["tokens"]
        self.failures = maps["failures"]
        self.work = maps["work"]
        self.linked = maps["linked"]
        self.codes = maps["codes"]
        self.invitations = maps["invitations"]
        self.policies = maps["policies"]
        self.asking = maps["asking"]
        self.staff = maps["staff"]
        self.api_keys = maps["api_keys"]

    def lay_out(self) -> None:
        """Use every map once, so that no later call is the one that makes room for it."""
        for store in vars(self).values():
            store.len()


class UsersEnv(CanisterEnv):
    """The users canister's state: stable maps, and what is kept on the heap until the next upgrade rebuilds it."""

    def __init__(self, stores: UsersStores, now: Callable[[], int] = ic.time) -> None:
        super().__init__(stores, TOKENS_KEPT, TOKENS_OF_ONE_CALLER, now)
        self.outbox = PushOutbox()
        self.roster_outbox = PushOutbox()
        self.attempts = Attempts()
        self.newcomers = Newcomers()
        self.shards: dict[bytes, int] = {}

    @property
    def epoch(self) -> int:
        """The number of the last change to anyone's grants."""
        epoch: int = self.settings["epoch"]
        return epoch

    def begin(self, operator: bytes) -> None:
        """A new canister, whose installer operates the platform."""
        settings = {"index": b"", "operators": [operator], "grant_lifetime": GRANT_LIFETIME, "epoch": 0, "secret": None}
        self.change_settings(settings)
        self.stores.lay_out()

    def rebuild(self) -> None:
        """Everything on the heap, from stable memory, after an upgrade."""
        self.stores.lay_out()
        self.read_settings()
        for number in range(self.stores.shards.len()):
            self.shards[self.stores.shards.get(number)["canister"]] = number
        self.outbox = PushOutbox(restarted_at=self.now())
        self.roster_outbox = PushOutbox(restarted_at=self.now())

    def open_tables(self) -> None:
        """As of every canister, and the table of wrong codes."""
        super().open_tables()
        self.attempts = Attempts(self.settings["secret"])
