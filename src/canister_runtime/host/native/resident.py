"""What a network asks of a canister that it hosts."""

from typing import Protocol

from canister_runtime.host.native.message import Message
from canister_runtime.host.native.system import FakeSystemApi
from canister_runtime.host.native.undo import Undo


class Resident(Protocol):
    """A canister with its system API; it runs one message at a time, all of it or nothing."""

    system: FakeSystemApi

    @property
    def installed(self) -> bool:
        """Whether it has code."""

    def exports(self, name: str, /) -> bool:
        """Whether the installed module has this export, as `canister_query x`."""

    def execute(self, message: Message, export: str, *, keep: bool = False) -> Message:
        """Run an export; changes are taken back after a trap, and after a query unless `keep`."""

    def callback(self, message: Message, environment: int, outcome: int, *, keep: bool = False) -> Message:
        """Run the callback of a call."""

    def remember(self) -> Undo:
        """The present state, to be returned to."""
