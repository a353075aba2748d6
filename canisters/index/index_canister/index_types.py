"""Candid records of the index canister. Times are ns since 1970-01-01, cycles nat."""

from kybra import Opt, Principal, Record, Variant, Vec, blob, nat, nat16, nat32, nat64, text

from vex_canister.error_types import VexError
from vex_canister.fleet_types import ShardState
from vex_canister.ticket_types import ListTickets


# A field that is null stays as it is. Callers: platform operators, the first of whom is the installer.
# `lease_length` is a power of two up to 32,768; `capacity` at most that; `high_water` in percent of capacity.
class IndexSettings(Record):
    users: Opt[Principal]
    operators: Opt[Vec[Principal]]
    lease_length: Opt[nat32]
    capacity: Opt[nat32]
    high_water: Opt[nat32]
    shard_cycles: Opt[nat]
    open_to_all: Opt[bool]


class IndexSettingsView(Record):
    users: Opt[Principal]
    operators: Vec[Principal]
    lease_length: nat32
    capacity: nat32
    high_water: nat32
    shard_cycles: nat
    open_to_all: bool
    module_version: Opt[text]
    module_hash: Opt[blob]
    module_size: nat64
    organisations: nat64
    shards: nat64
    epoch: nat64


class IndexSettingsAnswer(Variant, total=False):
    Ok: IndexSettingsView
    Err: VexError


# One chunk (at most 1 MiB) of the shard's module; answers its SHA-256. Uploading a chunk again changes nothing.
class UploadChunk(Record):
    chunk: blob


class ChunkAnswer(Variant, total=False):
    Ok: blob
    Err: VexError


# The module's chunks in order; `sha256` is that of the whole module as uploaded (gzipped or not).
class SetModule(Record):
    version: text
    sha256: blob
    size: nat64
    chunks: Vec[blob]


class SpawnShard(Record):
    client_token: text
    created_at: nat64


class UpgradeShard(Record):
    client_token: text
    created_at: nat64
    shard: nat32


class CreateOrganisation(Record):
    client_token: text
    created_at: nat64
    name: text
    slug: text
    admin: Opt[Principal]


class OrganisationInfo(Record):
    id: nat64
    slug: text
    ready: bool
    created_at: nat64


class OrganisationInfoAnswer(Variant, total=False):
    Ok: OrganisationInfo
    Err: VexError


class ShardPlace(Record):
    shard: nat32
    canister: Principal
    start: nat64
    end: nat64
    state: Opt[ShardState]


class Placement(Record):
    organisation: nat64
    epoch: nat64
    shards: Vec[ShardPlace]


class PlacementAnswer(Variant, total=False):
    Ok: Placement
    Err: VexError


# `full` names shards that answered `Full`; the index looks for itself before it believes it.
class Place(Record):
    organisation: nat64
    full: Vec[nat32]


# `epoch`: that of the caller's copy of the table, for `Moved`; null when it has none.
class Route(Record):
    ticket: nat64
    epoch: Opt[nat64]


class RouteTarget(Record):
    place: ShardPlace
    epoch: nat64


class RouteAnswer(Variant, total=False):
    Ok: RouteTarget
    Err: VexError


# certificate and witness (CBOR hash tree, label "routes") prove `hash`, the ICRC-3 value hash of epoch and ranges.
class RoutingTable(Record):
    epoch: nat64
    ranges: Vec[ShardPlace]
    hash: blob
    certificate: Opt[blob]
    witness: blob


class ShardInfo(Record):
    shard: nat32
    canister: Opt[Principal]
    start: nat64
    length: nat32
    capacity: nat32
    tickets: nat32
    state: Opt[ShardState]
    step: text
    attempts: nat32
    last_failure: Opt[text]
    organisations: Vec[nat64]
    spawn_started: nat64
    spawn_finished: Opt[nat64]
    module_version: Opt[text]


class ShardInfos(Record):
    shards: Vec[ShardInfo]
    epoch: nat64
    failures: Vec[text]


class ShardInfosAnswer(Variant, total=False):
    Ok: ShardInfos
    Err: VexError


# A list at the façade goes shard by shard: the first call names none and learns from `shards` which there are.
class ListShardTickets(Record):
    shard: Opt[nat32]
    request: ListTickets


# An error's meaning for people, with gaps in braces for what `Error.detail` names; docs/reference/languages.md.
class ErrorText(Record):
    code: nat16
    text: text
    language: text  # type: ignore[valid-type]  # Kybra means the type, not the field above
    right_to_left: bool
