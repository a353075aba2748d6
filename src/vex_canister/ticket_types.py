"""Tickets on the wire, the same at a shard and at the index's façade. Times are ns since 1970-01-01."""

from kybra import Opt, Record, Variant, Vec, blob, nat32, nat64, text

from vex_canister.error_types import VexError
from vex_canister.life_types import FieldEntry, TicketLifeView


# client_token: 1-64 characters, unique per caller for 24 h; created_at: the client's clock when it made the token.
class CreateTicket(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    subject: text
    body: text
    kind: text
    priority: text
    tags: Vec[text]
    team: Opt[nat32]
    assignee: Opt[nat64]
    requester: Opt[nat64]
    requester_reference: Opt[text]
    channel: Opt[text]
    language: Opt[text]
    fields: Opt[Vec[FieldEntry]]


class AddComment(Record):
    client_token: text
    created_at: nat64
    ticket: nat64
    body: text
    internal: bool


# A field that is null stays as it is; 0 as assignee or team takes it away. `fields` sets those that it names; `follow`
# and `unfollow` are people.
class UpdateTicket(Record):
    client_token: text
    created_at: nat64
    ticket: nat64
    version: nat32
    status: Opt[text]
    priority: Opt[text]
    assignee: Opt[nat64]
    team: Opt[nat32]
    subject: Opt[text]
    tags: Opt[Vec[text]]
    kind: Opt[text]
    fields: Opt[Vec[FieldEntry]]
    follow: Opt[Vec[nat64]]
    unfollow: Opt[Vec[nat64]]


# What every accepted change answers; `comment` is its number (from 1) when the change added one.
class TicketReceipt(Record):
    ticket: nat64
    version: nat32
    comment: Opt[nat32]
    event: nat64


class ReceiptAnswer(Variant, total=False):
    Ok: TicketReceipt
    Err: VexError


# certificate: the subnet's; witness: CBOR hash tree with the ticket's leaf; salt opens the leaf's commitment.
class TicketProof(Record):
    certificate: blob
    witness: blob
    salt: blob


class TicketSummary(Record):
    id: nat64
    organisation: nat64
    requester: nat64
    requester_reference: Opt[text]
    subject: text
    kind: text
    priority: text
    status: text
    team: Opt[nat32]
    assignee: Opt[nat64]
    tags: Vec[text]
    channel: Opt[text]
    language: Opt[text]
    version: nat32
    comments: nat32
    opened_at: nat64
    changed_at: nat64
    solved_at: Opt[nat64]


class Ticket(Record):
    summary: TicketSummary
    body: text
    comment_head: blob
    proof: Opt[TicketProof]
    life: Opt[TicketLifeView]


class TicketAnswer(Variant, total=False):
    Ok: Ticket
    Err: VexError


# The shortest list of assignee, requester, team, or of kind, status and category together is read, the others filter.
class ListTickets(Record):
    organisation: nat64
    status: Opt[text]
    category: Opt[text]
    kind: Opt[text]
    assignee: Opt[nat64]
    requester: Opt[nat64]
    team: Opt[nat32]
    cursor: Opt[text]
    limit: Opt[nat32]


# Newest first. A page may be short and still have a `next`: a page looks at a bounded number of tickets.
class TicketPage(Record):
    tickets: Vec[TicketSummary]
    next: Opt[text]


class TicketPageAnswer(Variant, total=False):
    Ok: TicketPage
    Err: VexError


class ListComments(Record):
    ticket: nat64
    cursor: Opt[text]
    limit: Opt[nat32]


# Where a comment stood before a merge or a split brought it here; number 0 is that ticket's body.
class CommentOrigin(Record):
    ticket: nat64
    number: nat32


# `revisions`: how many earlier versions it has; `redacted`: that parts of it were overwritten.
class Comment(Record):
    number: nat32
    author: nat64
    internal: bool
    body: text
    written_at: nat64
    origin: Opt[CommentOrigin]
    revisions: Opt[nat32]
    redacted: Opt[bool]


class CommentPage(Record):
    comments: Vec[Comment]
    next: Opt[text]


class CommentPageAnswer(Variant, total=False):
    Ok: CommentPage
    Err: VexError
