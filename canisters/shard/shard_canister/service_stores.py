"""Stable maps of service levels: tickets' clocks, the outbox, and what an organisation's clocks rest on."""

from kybra import Record, StableBTreeMap, blob, nat32, nat64, text


# `detail` is a JSON object with what the kind of event tells.
class StoredOutboxEvent(Record):
    kind: text
    at: nat64
    ticket: nat64
    version: nat32
    detail: text


# Under the ticket's id: packed clocks of at most 512 bytes.
shard_clocks = StableBTreeMap[nat64, blob](memory_id=17, max_key_size=15, max_value_size=528)
# Under the organisation's opening << 40 | sequence.
shard_outbox = StableBTreeMap[nat64, StoredOutboxEvent](memory_id=18, max_key_size=15, max_value_size=640)
# Under the organisation's opening << 16 | page: 0 the outbox's marks, from 1 on the readings of its calendars.
shard_services = StableBTreeMap[nat64, blob](memory_id=21, max_key_size=15, max_value_size=1_024)
