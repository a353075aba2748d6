"""What a shard keeps of itself and of organisations. Times are ns; new fields are `Opt`."""

from kybra import Opt, Record, Vec, blob, nat32, nat64, text


# `exceptions`: that locks, retirements or news were ever kept; their maps take memory from their first use.
class StoredShard(Record):
    index: blob
    users: blob
    shard: nat32
    start: nat64
    length: nat32
    capacity: nat32
    high_water: nat32
    secret: Opt[blob]
    exceptions: Opt[bool]


class StoredOpening(Record):
    organisation: nat64
    opened_at: nat64


# `size` in bytes of the sections' documents as one JSON object, in pages; `hash` is their SHA-256.
class StoredConfiguration(Record):
    version: nat32
    size: nat32
    hash: blob


# Kinds and states that no ticket may enter until the configuration has this version.
class StoredRetirement(Record):
    version: nat32
    kinds: Vec[text]
    states: Vec[text]


# `detail` is a JSON object with what the kind of event tells.
class StoredOutboxEvent(Record):
    kind: text
    at: nat64
    ticket: nat64
    version: nat32
    detail: text


# What the index orders about a person, a ticket or a whole organisation (subject 0): to hold, to release, to erase.
# An erasure goes on at `position` of the lease; it is done when nothing was `held` back.
class StoredOrder(Record):
    kind: text
    subject_kind: text
    subject: nat64
    ordered_at: nat64
    done_at: Opt[nat64]
    position: nat32
    tickets: nat32
    comments: nat32
    attachments: nat32
    surveys: nat32
    held: nat32
