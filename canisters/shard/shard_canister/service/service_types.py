"""Candid records of service levels and the outbox at a shard. Times are ns since 1970-01-01, spans are seconds."""

from kybra import Opt, Record, Variant, Vec, nat32, nat64, text

from vex_canister.error_types import VexError


# `metric` is one of first_reply, next_reply, periodic_update, requester_wait, agent_work, total_resolution; `state`
# running, paused or ended; `spent` counts in the hours in force, up to `read_at`; `due` only while running.
class TicketClock(Record):
    metric: text
    state: text
    since: nat64
    spent: nat64
    target: Opt[nat64]
    due: Opt[nat64]
    breached: bool


class TicketClocksView(Record):
    ticket: nat64
    policy: Opt[text]
    read_at: nat64
    clocks: Vec[TicketClock]


class TicketClocksAnswer(Variant, total=False):
    Ok: TicketClocksView
    Err: VexError


# Events after the sequence `after` (0: from the first), at most `limit` (100).
class ListOutbox(Record):
    organisation: nat64
    after: nat64
    limit: Opt[nat32]


# `detail` is a JSON object; `version` the ticket's after the change that the event is of.
class OutboxEvent(Record):
    sequence: nat64
    kind: text
    at: nat64
    ticket: nat64
    version: nat32
    detail: text


# `first` is the oldest sequence that is kept: a deliverer that asked for an older one has missed events.
class OutboxPage(Record):
    first: nat64
    end: nat64
    events: Vec[OutboxEvent]


class OutboxAnswer(Variant, total=False):
    Ok: OutboxPage
    Err: VexError


# All events up to the sequence have been delivered; at most 1,000 are forgotten by one call.
class AcknowledgeOutbox(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    up_to: nat64
