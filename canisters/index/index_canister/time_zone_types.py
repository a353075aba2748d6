"""Candid records of time zones at the index."""

from kybra import Record, Variant, Vec, int32, nat64, text

from vex_canister.error_types import VexError


# From `at` (seconds since 1970-01-01) on, clocks are `offset` seconds ahead of UTC.
class OffsetChange(Record):
    at: nat64
    offset: int32


# `offset` holds before the first change; at most 120 changes, ascending.
class TimeZoneRules(Record):
    name: text
    offset: int32
    changes: Vec[OffsetChange]


# `database` names the release that the rules are from, such as 2026f; at most 100 zones at once.
class PutTimeZones(Record):
    database: text
    zones: Vec[TimeZoneRules]


class TimeZoneList(Record):
    database: text
    names: Vec[text]


class TimeZonesAnswer(Variant, total=False):
    Ok: TimeZoneList
    Err: VexError
