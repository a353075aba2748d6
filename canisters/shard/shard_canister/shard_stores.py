"""The shard's stable memory: every map's id, key and sizes, and the records in it. Sizes and ids never change.

Values are at most 1 KiB, since a node takes eleven times key and value; new fields of records are `Opt`.
"""

from kybra import Opt, Record, StableBTreeMap, Variant, Vec, blob, nat8, nat16, nat32, nat64, text

from vex_canister.token_records import StoredToken

PAGE_BYTES = 1_000


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


# `parts` counts pages, comments and what later belongs to the ticket; `body_pages` are the first of them.
class StoredTicket(Record):
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
    pages: nat16
    body_pages: nat16
    opened_at: nat64
    changed_at: nat64
    solved_at: Opt[nat64]
    salt: blob
    body_hash: blob
    comment_head: blob
    leaf: blob
    last_event: nat64
    first_reply_at: Opt[nat64]


# `origin`: of a comment that came with a merge or a split, ticket << 16 | number there (0: the ticket's body).
# `revision`: the last of its earlier versions. The versions' pages and this one's are the ticket's.
class StoredComment(Record):
    author: nat64
    internal: bool
    written_at: nat64
    first_page: nat16
    pages: nat16
    salt: blob
    commitment: blob
    origin: Opt[nat64]
    revision: Opt[nat16]
    redacted: Opt[bool]


class StoredEvent(Record):
    kind: text
    at: nat64
    ticket: nat64
    organisation: nat64
    actor: nat64
    version: nat32
    commitment: blob
    salt: blob
    hash: blob
    previous: Opt[nat64]


# `size` in bytes of the sections' documents as one JSON object, in pages; `hash` is their SHA-256.
class StoredConfiguration(Record):
    version: nat32
    size: nat32
    hash: blob


# What a ticket holds of attachments: `files` ever numbered, `bytes` and `pending` uploads with those under way.
class StoredShelf(Record):
    files: nat32
    bytes: nat64
    pending: nat32


# `storage` is the number of the upload that brought it, under which its pieces lie.
class StoredFile(Record):
    name: text
    content_type: text
    size: nat64
    sha256: blob
    uploader: nat64
    added_at: nat64
    internal: bool
    comment: Opt[nat32]
    after_comment: nat32
    storage: nat64
    salt: blob
    commitment: blob
    erased: bool


class StoredAttachment(Variant, total=False):
    Shelf: StoredShelf
    File: StoredFile


# `received` has a bit for each chunk that is there.
class StoredUpload(Record):
    organisation: nat64
    ticket: nat64
    uploader: nat64
    name: text
    content_type: text
    size: nat64
    sha256: blob
    internal: bool
    comment: Opt[nat32]
    received: nat64
    expires_at: nat64


# Pieces that nothing names any more: `next` steps are done, first each is overwritten, then each is removed.
class StoredRemains(Record):
    pieces: nat32
    next: nat32


class StoredRoom(Record):
    bytes: nat64


class StoredUploadSlot(Variant, total=False):
    Next: nat64
    Upload: StoredUpload
    Remains: StoredRemains
    Room: StoredRoom


# `answered_at`: when it was first answered; the text lies in the ticket's pages. Of an erased one the score is left.
class StoredSurvey(Record):
    person: nat64
    score: nat8
    first_page: nat16
    pages: nat16
    answered_at: nat64
    changed_at: nat64


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


# One record under key 0.
shard_settings = StableBTreeMap[nat8, StoredShard](memory_id=0, max_key_size=8, max_value_size=512)
# Under 0, 1, 2 …, in the order of opening.
shard_openings = StableBTreeMap[nat32, StoredOpening](memory_id=1, max_key_size=11, max_value_size=64)
# Under the ticket's id.
shard_tickets = StableBTreeMap[nat64, StoredTicket](memory_id=2, max_key_size=15, max_value_size=1_024)
# Under ticket << 16 | page, and ticket << 16 | comment's number.
shard_pages = StableBTreeMap[nat64, blob](memory_id=3, max_key_size=15, max_value_size=1_024)
shard_comments = StableBTreeMap[nat64, StoredComment](memory_id=4, max_key_size=15, max_value_size=192)
# Under the event's index.
shard_events = StableBTreeMap[nat64, StoredEvent](memory_id=5, max_key_size=15, max_value_size=320)
# Under the slot of the ring.
shard_tokens = StableBTreeMap[nat32, StoredToken](memory_id=6, max_key_size=11, max_value_size=256)
shard_failures = StableBTreeMap[nat8, text](memory_id=7, max_key_size=8, max_value_size=256)
# Under the organisation; pages under organisation << 32 | page.
shard_configurations = StableBTreeMap[nat64, StoredConfiguration](memory_id=8, max_key_size=15, max_value_size=96)
shard_documents = StableBTreeMap[nat64, blob](memory_id=9, max_key_size=15, max_value_size=1_024)
# Under organisation (8 bytes), kind of scope (1), its id (8), day since 1970-01-01 (4) and page (1).
shard_figures = StableBTreeMap[blob, blob](memory_id=19, max_key_size=32, max_value_size=512)
# Under ticket << 16 | number, the shelf under 0; pieces under upload << 16 | piece (docs/decisions/0018).
shard_attachments = StableBTreeMap[nat64, StoredAttachment](memory_id=14, max_key_size=15, max_value_size=1_024)
shard_chunks = StableBTreeMap[nat64, blob](memory_id=15, max_key_size=15, max_value_size=16_400)
# The next upload's number under 0, uploads and remains under theirs, organisations' room under 1 << 63 | organisation.
shard_uploads = StableBTreeMap[nat64, StoredUploadSlot](memory_id=16, max_key_size=15, max_value_size=1_024)
# Under the ticket's id; under organisation << 32 | the order's number, from 1.
shard_surveys = StableBTreeMap[nat64, StoredSurvey](memory_id=20, max_key_size=15, max_value_size=192)
shard_privacy = StableBTreeMap[nat64, StoredOrder](memory_id=22, max_key_size=15, max_value_size=320)
