"""Candid records of the shard canister alone. Times are ns since 1970-01-01."""

from kybra import Opt, Record, Variant, Vec, blob, int64, nat16, nat32, nat64, text

from vex_canister.error_types import VexError


# What `open_session` learned, kept in the shard's cache until `expires`.
class Session(Record):
    person: nat64
    roles: Vec[text]
    teams: Vec[nat32]
    permissions: Vec[text]
    epoch: nat64
    expires: nat64


class SessionAnswer(Variant, total=False):
    Ok: Session
    Err: VexError


class ListEvents(Record):
    organisation: nat64
    ticket: Opt[nat64]
    cursor: Opt[text]
    limit: Opt[nat32]


# `commitment` is SHA-256 of a salt and the ICRC-3 value hash of what changed; `actor` is a person's id in `users`.
class AuditBlock(Record):
    kind: text
    at: nat64
    ticket: nat64
    organisation: nat64
    actor: nat64
    version: nat32
    commitment: blob


# `hash` is the ICRC-3 value hash of the map {phash, btype, ts, tid, org, actor, ver, commit}. The block is null where
# the event is another organisation's: the chain stays whole, its content stays theirs.
class AuditEvent(Record):
    index: nat64
    parent: Opt[blob]
    hash: blob
    block: Opt[AuditBlock]


class AuditPage(Record):
    events: Vec[AuditEvent]
    next: Opt[text]


class AuditPageAnswer(Variant, total=False):
    Ok: AuditPage
    Err: VexError


# `witness` is a CBOR hash tree with labels last_block_index, last_block_hash (ICRC-3) and the pruned `tickets`.
class AuditHead(Record):
    events: nat64
    head: Opt[blob]
    certificate: Opt[blob]
    witness: blob


# `scope` is organisation (with id 0), team or agent. Days count from 1970-01-01 in the organisation's own time zone;
# `by_day` gives each day (at most 31) its figures, otherwise they are added up (at most 400 days).
class ReportRequest(Record):
    organisation: nat64
    scope: text
    id: nat64
    first_day: nat32
    last_day: nat32
    by_day: bool


# `metric` as in docs/reference/reporting.md; `bucket` of a duration is a histogram's, of a plain counter 0.
class Figure(Record):
    metric: text
    bucket: nat16
    count: int64


class DayFigures(Record):
    day: nat32
    figures: Vec[Figure]


# `opened_on` is a day in UTC.
class OpenTickets(Record):
    opened_on: nat32
    tickets: nat32


# What reports of several shards say adds up, figure by figure; `today` is the organisation's.
class Report(Record):
    today: nat32
    days: Vec[DayFigures]
    backlog: Vec[OpenTickets]


class ReportAnswer(Variant, total=False):
    Ok: Report
    Err: VexError
