"""What programs see of tickets, people and shards. Times are nanoseconds since 1970-01-01, as on chain."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from candid import Principal

__all__ = [
    "Comment",
    "NewPerson",
    "NewTicket",
    "Page",
    "Placement",
    "Receipt",
    "Shard",
    "ShardPlace",
    "Ticket",
    "TicketChange",
    "TicketSummary",
]

Priority = Literal["low", "normal", "high", "urgent"]
Kind = Literal["question", "incident", "problem", "task"]


def _case(value: Any) -> Any:
    """The name of a variant's case; an unknown one arrives as None."""
    return next(iter(value)) if isinstance(value, dict) else value


Case = Annotated[str | None, BeforeValidator(_case)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)


class NewTicket(_Model):
    """A ticket to create. `requester` is a person's id when an agent asks for somebody else."""

    organisation: int
    subject: str = Field(min_length=1)
    body: str
    kind: Kind = "question"
    priority: Priority = "normal"
    tags: list[str] = []
    team: int | None = None
    assignee: int | None = None
    requester: int | None = None
    requester_reference: str | None = None
    channel: str | None = None
    language: str | None = None


class TicketChange(_Model):
    """What to change of a ticket; None leaves a field as it is."""

    status: str | None = None
    priority: Priority | None = None
    assignee: int | None = None
    team: int | None = None
    subject: str | None = None
    tags: list[str] | None = None


class Receipt(_Model):
    """What a write did: the ticket, its version after it, the comment's number, the audit event's index."""

    ticket: int
    version: int
    comment: int | None = None
    event: int


class TicketSummary(_Model):
    """A ticket's header."""

    id: int
    organisation: int
    requester: int
    requester_reference: str | None
    subject: str
    kind: str
    priority: str
    status: str
    team: int | None
    assignee: int | None
    tags: list[str]
    channel: str | None
    language: str | None
    version: int
    comments: int
    opened_at: int
    changed_at: int
    solved_at: int | None


class Ticket(_Model):
    """A ticket with its first text."""

    summary: TicketSummary
    body: str


class Comment(_Model):
    """One comment; `number` counts from 1 within its ticket."""

    number: int
    author: int
    internal: bool
    body: str
    written_at: int


class Page(_Model):
    """Some of a list; `next` asks for the rest, None is its end."""

    tickets: list[TicketSummary]
    next: str | None


class NewPerson(_Model):
    """Somebody to add to an organisation."""

    identity: Principal
    name: str
    email: str | None = None
    language: str | None = None
    roles: list[str]
    teams: list[int] = []


class ShardPlace(_Model):
    """A shard and the range of ticket ids that it leases: `start` up to, not including, `end`."""

    shard: int
    canister: Principal
    start: int
    end: int
    state: Case


class Placement(_Model):
    """Where an organisation's tickets go, as of `epoch` of the routing table."""

    organisation: int
    epoch: int
    shards: list[ShardPlace]


class Shard(_Model):
    """A shard as the index sees it, spawned or on its way."""

    shard: int
    canister: Principal | None
    start: int
    length: int
    capacity: int
    tickets: int
    state: Case
    step: str
    attempts: int
    last_failure: str | None
    spawn_started: int
    spawn_finished: int | None
