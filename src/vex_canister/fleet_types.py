"""What the index and its shards tell each other."""

from kybra import Opt, Principal, Record, Variant, nat32, nat64, null

from vex_canister.error_types import VexError


class ShardSetup(Record):
    index: Principal
    users: Principal
    shard: nat32


# Ids from `start`, `length` of them; at most `capacity` tickets are created in it.
class Lease(Record):
    shard: nat32
    start: nat64
    length: nat32
    capacity: nat32
    high_water: nat32


class ShardState(Variant, total=False):
    Created: null
    Leased: null
    Open: null
    HighWater: null
    Full: null


class ShardStatus(Record):
    shard: nat32
    state: Opt[ShardState]
    start: nat64
    length: nat32
    capacity: nat32
    tickets: nat32
    organisations: nat32
    events: nat64
    seeded: bool
    stable_pages: nat64
    cycles: nat64


class ShardStatusAnswer(Variant, total=False):
    Ok: ShardStatus
    Err: VexError


class FillReport(Record):
    shard: nat32
    tickets: nat32
    state: Opt[ShardState]
