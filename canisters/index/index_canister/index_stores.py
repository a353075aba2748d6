"""The index's stable memory: every map's id, key and sizes, and the records in it. They never change.

New fields of records are `Opt`.
"""

from kybra import Opt, Record, StableBTreeMap, Vec, blob, nat, nat8, nat32, nat64, text

from vex_canister.token_records import StoredToken


class StoredIndex(Record):
    users: blob
    operators: Vec[blob]
    lease_length: nat32
    capacity: nat32
    high_water: nat32
    shard_cycles: nat
    open_to_all: bool
    epoch: nat64
    next_start: nat64
    module_version: Opt[text]
    module_hash: Opt[blob]
    module_size: nat64
    module_chunks: nat32
    secret: Opt[blob]


# One shard from the wish for it to its opening: `version` is compared and set by every step of the saga.
class StoredFleetShard(Record):
    step: text
    version: nat32
    canister: Opt[blob]
    start: nat64
    length: nat32
    capacity: nat32
    high_water: nat32
    module: Opt[blob]
    attempts: nat32
    last_failure: Opt[text]
    tickets: nat32
    spawn_started: nat64
    spawn_finished: Opt[nat64]
    module_version: Opt[text]
    upgrading_to: Opt[text]


class StoredCustomer(Record):
    name: text
    slug: text
    admin: blob
    ready: bool
    created_at: nat64


class StoredPlacing(Record):
    organisation: nat64
    shard: nat32
    placed_at: nat64


class StoredSection(Record):
    name: text
    size: nat32


# `sections` in the order in which they were first set; `size` in bytes of UTF-8.
class StoredConfiguration(Record):
    version: nat32
    changed_at: nat64
    changed_by: nat64
    sections: Vec[StoredSection]


# An order about privacy: `subject` is a person, a ticket, or 0 for the organisation.
class StoredPrivacyOrder(Record):
    kind: text
    subject_kind: text
    subject: nat64
    ordered_at: nat64
    ordered_by: nat64


# A change of two tickets' relations on its way: `version` is compared and set by every step. `organisation` … `pages`
# are of the first ticket, `next` is the comment to carry next.
class StoredSaga(Record):
    change: text
    kind: text
    first: nat64
    second: nat64
    caller: blob
    token: blob
    request: blob
    step: text
    version: nat32
    attempts: nat32
    organisation: nat64
    open: bool
    first_version: nat32
    comments: nat32
    pages: nat32
    next: nat32
    refused: Opt[text]
    last_failure: Opt[text]
    started_at: nat64


# One record under key 0.
index_settings = StableBTreeMap[nat8, StoredIndex](memory_id=0, max_key_size=8, max_value_size=1_024)
# SHA-256 of each chunk of the shard's module under 0, 1, 2 …
index_chunks = StableBTreeMap[nat32, blob](memory_id=1, max_key_size=11, max_value_size=64)
# Under the shard's number, from 1; organisations under their id, from 1; placings in the order of placing.
index_shards = StableBTreeMap[nat32, StoredFleetShard](memory_id=2, max_key_size=11, max_value_size=512)
index_organisations = StableBTreeMap[nat64, StoredCustomer](memory_id=3, max_key_size=15, max_value_size=512)
index_placings = StableBTreeMap[nat32, StoredPlacing](memory_id=4, max_key_size=11, max_value_size=96)
# Rings of remembered calls: those of the index itself, and where the façade sent each new ticket.
index_tokens = StableBTreeMap[nat32, StoredToken](memory_id=5, max_key_size=11, max_value_size=256)
index_facade = StableBTreeMap[nat32, StoredToken](memory_id=6, max_key_size=11, max_value_size=256)
index_failures = StableBTreeMap[nat8, text](memory_id=7, max_key_size=8, max_value_size=256)
# Under the organisation; a document's pages under organisation << 24 | section << 8 | page.
index_configurations = StableBTreeMap[nat64, StoredConfiguration](memory_id=8, max_key_size=15, max_value_size=1_024)
index_documents = StableBTreeMap[nat64, blob](memory_id=9, max_key_size=15, max_value_size=1_024)
# The configuration's version that a shard has, under organisation << 32 | shard.
index_acknowledgements = StableBTreeMap[nat64, nat32](memory_id=10, max_key_size=15, max_value_size=11)
# Time zones under their names: an offset, then pairs of second and offset, 4 bytes each; their database's release.
index_zones = StableBTreeMap[text, blob](memory_id=13, max_key_size=72, max_value_size=1_024)
index_zone_facts = StableBTreeMap[nat8, text](memory_id=14, max_key_size=8, max_value_size=64)
# Under organisation << 32 | number, from 1; under organisation << 32 | shard (users: 0) the last one that it knows.
index_orders = StableBTreeMap[nat64, StoredPrivacyOrder](memory_id=15, max_key_size=15, max_value_size=192)
index_orders_known = StableBTreeMap[nat64, nat32](memory_id=16, max_key_size=15, max_value_size=11)
# Under the saga's number, as long as it goes on.
index_sagas = StableBTreeMap[nat64, StoredSaga](memory_id=11, max_key_size=15, max_value_size=768)
