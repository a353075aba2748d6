"""What the operations of every canister work with: stores, settings, time, salts, remembered tokens, failures."""

from collections.abc import Callable
from typing import Any

from vex_canister.failure_journal import FailureJournal
from vex_canister.token_memory import TokenMemory
from vex_domain.salt_ratchet import SaltRatchet


class CanisterEnv:
    """A canister's state: stable maps, and what is kept on the heap until the next upgrade rebuilds it."""

    def __init__(self, stores: Any, tokens_kept: int, tokens_of_one_caller: int, now: Callable[[], int]) -> None:
        self.stores = stores
        self.now = now
        self.salts = SaltRatchet()
        self.tokens = TokenMemory(stores.tokens, tokens_kept, tokens_of_one_caller)
        self.failures = FailureJournal(stores.failures)
        self.settings: dict[str, Any] = {}

    def change_settings(self, changed: dict[str, Any]) -> None:
        """Keep changed settings in stable memory and on the heap."""
        settings = dict(self.settings)
        settings.update(changed)
        self.stores.settings.insert(0, settings)
        self.settings = settings

    def read_settings(self) -> None:
        """After an upgrade: the settings, and the hash tables if there is a secret to key them with."""
        self.settings = self.stores.settings.get(0)
        if self.settings["secret"] is not None:
            self.open_tables()

    def seed(self, randomness: bytes) -> None:
        """Seed the salts of this start; the first randomness ever also becomes the secret of the hash tables."""
        if self.settings["secret"] is None:
            self.change_settings({"secret": randomness})
            self.open_tables()
            randomness = randomness[::-1]
        self.salts.seed(randomness)

    def open_tables(self) -> None:
        """Key the heap's hash tables with the secret and fill them from stable memory."""
        self.tokens.open(self.settings["secret"])
