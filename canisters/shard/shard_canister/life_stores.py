"""What a ticket has beyond its header: records and stable maps of its fields, relations, followers and revisions.

Sizes and ids never change; a ticket that uses none of it has no entry in any of these maps.
"""

from kybra import Opt, Record, StableBTreeMap, Vec, blob, nat16, nat32, nat64, text


# `revisions` counts the ticket's entries in that map.
class StoredExtension(Record):
    followers: Vec[nat64]
    revisions: nat16
    body_redacted: bool
    merged_into: Opt[nat64]


# The saga that is changing a ticket's relations, who began it, and what it has staged of a merged ticket's comments.
class StoredLock(Record):
    saga: nat64
    change: text
    actor: nat64
    comments: nat32
    pages: nat16
    head: blob


class StoredRelation(Record):
    kind: text
    other: nat64
    since: nat64
    open: bool
    version: nat32


class StoredRelations(Record):
    relations: Vec[StoredRelation]


# An earlier text of a comment, its `order` from 1; `previous` is the one before. `editor` replaced it.
class StoredRevision(Record):
    comment: nat32
    order: nat16
    editor: nat64
    edited_at: nat64
    first_page: nat16
    pages: nat16
    previous: Opt[nat16]


# Kinds and states that no ticket may enter until the configuration has this version.
class StoredRetirement(Record):
    version: nat32
    kinds: Vec[text]
    states: Vec[text]


# What a child has not yet told its parent's shard.
class StoredNews(Record):
    organisation: nat64
    parent: nat64
    open: bool
    version: nat32


# Under the ticket's id.
shard_extensions = StableBTreeMap[nat64, StoredExtension](memory_id=10, max_key_size=15, max_value_size=640)
# Under ticket << 16 | page; the values of its fields as JSON, in pages.
shard_fields = StableBTreeMap[nat64, blob](memory_id=11, max_key_size=15, max_value_size=1_024)
# Under ticket << 16 | page, 24 relations a page.
shard_links = StableBTreeMap[nat64, StoredRelations](memory_id=12, max_key_size=15, max_value_size=1_024)
# Under ticket << 16 | number of the revision.
shard_revisions = StableBTreeMap[nat64, StoredRevision](memory_id=13, max_key_size=15, max_value_size=128)
# Under the organisation, at most 200 pairs; under the child's id.
shard_retirements = StableBTreeMap[nat64, StoredRetirement](memory_id=24, max_key_size=15, max_value_size=8_192)
shard_news = StableBTreeMap[nat64, StoredNews](memory_id=25, max_key_size=15, max_value_size=96)
# Under the ticket's id, as long as the saga goes on.
shard_locks = StableBTreeMap[nat64, StoredLock](memory_id=26, max_key_size=15, max_value_size=160)
