"""One execution of a canister: what it is told, and what it does."""

from dataclasses import dataclass, field
from typing import Literal

Mode = Literal[
    "update",
    "query",
    "replicated query",
    "composite query",
    "inspect message",
    "init",
    "pre_upgrade",
    "post_upgrade",
    "heartbeat",
    "global timer",
    "reply callback",
    "reject callback",
    "cleanup callback",
    "composite reply callback",
    "composite reject callback",
]

DROPPED = frozenset(
    {
        "query",
        "replicated query",
        "composite query",
        "composite reply callback",
        "composite reject callback",
        "inspect message",
    }
)
"""Modes whose changes are dropped."""


@dataclass
class Answer:
    """The one answer of a call context."""

    reply: bytes = b""
    reject: tuple[int, str] | None = None
    error: BaseException | None = None
    trapped: bool = False

    @property
    def is_reply(self) -> bool:
        return self.reject is None


@dataclass
class OutgoingCall:
    """A call that a canister made; `environment` is None for a one-way call. `cycles` are attached."""

    callee: bytes
    method: str
    argument: bytes
    cycles: int
    environment: int | None


@dataclass
class Message:
    """The context of one execution. `reject` belongs to a reject callback; `refunded` to any callback."""

    mode: Mode
    caller: bytes = b"\x04"
    argument: bytes = b"DIDL\x00\x00"
    method: str = ""
    reject: tuple[int, str] = (0, "")
    available: int = 0
    refunded: int = 0
    answered: bool = False
    reply_data: bytearray = field(default_factory=bytearray)
    answer: Answer | None = None
    accepted: bool = False
    calls: list[OutgoingCall] = field(default_factory=list)
    trap: str | None = None
    error: BaseException | None = None
