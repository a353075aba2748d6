"""What programs see of tickets, people and shards. Times are nanoseconds since 1970-01-01, as on chain."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_serializer

from candid import Principal
from vex.field_values import FieldValue, entries_of, values_of

__all__ = [
    "BulkResult",
    "Comment",
    "CommentOrigin",
    "MacroPreview",
    "NewPerson",
    "NewTicket",
    "Page",
    "Placement",
    "PreviewedChange",
    "Receipt",
    "Relation",
    "RelationReceipt",
    "Revision",
    "Shard",
    "ShardPlace",
    "Ticket",
    "TicketChange",
    "TicketLife",
    "TicketSummary",
]

Priority = Literal["low", "normal", "high", "urgent"]


def _case(value: Any) -> Any:
    """The name of a variant's case; an unknown one arrives as None."""
    return next(iter(value)) if isinstance(value, dict) else value


def _refusal(value: Any) -> Any:
    """Code and message of an error record."""
    return (value["code"], value["message"]) if isinstance(value, dict) else value


Case = Annotated[str | None, BeforeValidator(_case)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)


class NewTicket(_Model):
    """A ticket to create. `requester` is a person's id when an agent asks for somebody else."""

    organisation: int
    subject: str = Field(min_length=1)
    body: str
    kind: str = "question"
    priority: Priority = "normal"
    tags: list[str] = []
    team: int | None = None
    assignee: int | None = None
    requester: int | None = None
    requester_reference: str | None = None
    channel: str | None = None
    language: str | None = None
    fields: dict[str, FieldValue] | None = None

    @field_serializer("fields")
    def _entries(self, fields: dict[str, FieldValue] | None) -> Any:
        return entries_of(fields)


class TicketChange(_Model):
    """What to change of a ticket; None leaves a field as it is. In `fields` None takes a value away."""

    status: str | None = None
    priority: Priority | None = None
    assignee: int | None = None
    team: int | None = None
    subject: str | None = None
    tags: list[str] | None = None
    kind: str | None = None
    fields: dict[str, FieldValue] | None = None
    follow: list[int] | None = None
    unfollow: list[int] | None = None

    @field_serializer("fields")
    def _entries(self, fields: dict[str, FieldValue] | None) -> Any:
        return entries_of(fields)


class BulkResult(_Model):
    """What a bulk update did with one ticket: its version after it, or the error's code and message."""

    ticket: int
    version: int | None
    refusal: Annotated[tuple[int, str] | None, BeforeValidator(_refusal)]


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


class Relation(_Model):
    """A link, parent, child or merge; `open` says of a child that it is not settled."""

    kind: str
    other: int
    since: int
    open: bool


class TicketLife(_Model):
    """A ticket beyond its header; `moves` are the states that the reader may take it to now."""

    category: str
    pauses_sla: bool
    fields: Annotated[dict[str, FieldValue], BeforeValidator(values_of)]
    followers: list[int]
    relations: list[Relation]
    moves: list[str]
    merged_into: int | None
    body_redacted: bool


class Ticket(_Model):
    """A ticket with its first text."""

    summary: TicketSummary
    body: str
    life: TicketLife | None = None


class CommentOrigin(_Model):
    """Where a comment stood before a merge or a split; number 0 is that ticket's body."""

    ticket: int
    number: int


class Comment(_Model):
    """One comment; `number` counts from 1 within its ticket."""

    number: int
    author: int
    internal: bool
    body: str
    written_at: int
    origin: CommentOrigin | None = None
    revisions: int | None = None
    redacted: bool | None = None


class Revision(_Model):
    """An earlier version of a comment: its text, who replaced it and when."""

    number: int
    body: str
    editor: int
    edited_at: int


class PreviewedChange(_Model):
    """One thing that a macro would change, as texts."""

    field: str
    before: str
    after: str


class MacroPreview(_Model):
    """What a macro would do to a ticket at `version`, and why it would be refused (code, message) if it would."""

    version: int
    changes: list[PreviewedChange]
    comment: str | None
    internal: bool
    refusal: Annotated[tuple[int, str] | None, BeforeValidator(_refusal)]


class RelationReceipt(_Model):
    """A change of relations: `done`, or at which step; it then goes on by itself."""

    saga: int
    done: bool
    step: str


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
    module_version: str | None
    spawn_started: int
    spawn_finished: int | None
