"""The shard's stable memory: every map's id, key and sizes, in the order of ids. Neither ever changes; 23 is free.

Values are at most 1 KiB but for pieces of files and retirements, since a node takes eleven times key and value. A map
takes memory from its first use on. What is in which, and how long, says docs/reference/data-map.md.
"""

from kybra import StableBTreeMap, blob, nat8, nat32, nat64, text

from shard_canister.attachments.attachment_records import StoredAttachment, StoredUploadSlot
from shard_canister.organisation_records import (
    StoredConfiguration,
    StoredOpening,
    StoredOrder,
    StoredOutboxEvent,
    StoredRetirement,
    StoredShard,
)
from shard_canister.tickets.ticket_records import (
    StoredComment,
    StoredEvent,
    StoredExtension,
    StoredLock,
    StoredNews,
    StoredRelations,
    StoredRevision,
    StoredSurvey,
    StoredTicket,
)
from vex_canister.token_records import StoredToken

PAGE_BYTES = 1_000

# One record under key 0.
shard_settings = StableBTreeMap[nat8, StoredShard](memory_id=0, max_key_size=8, max_value_size=512)
# Under 0, 1, 2 …, in the order of opening.
shard_openings = StableBTreeMap[nat32, StoredOpening](memory_id=1, max_key_size=11, max_value_size=64)
# Under the ticket's id.
shard_tickets = StableBTreeMap[nat64, StoredTicket](memory_id=2, max_key_size=15, max_value_size=1_024)
# Under ticket << 16 | page.
shard_pages = StableBTreeMap[nat64, blob](memory_id=3, max_key_size=15, max_value_size=1_024)
# Under ticket << 16 | comment's number.
shard_comments = StableBTreeMap[nat64, StoredComment](memory_id=4, max_key_size=15, max_value_size=192)
# Under the event's index.
shard_events = StableBTreeMap[nat64, StoredEvent](memory_id=5, max_key_size=15, max_value_size=320)
# Under the slot of the ring.
shard_tokens = StableBTreeMap[nat32, StoredToken](memory_id=6, max_key_size=11, max_value_size=256)
# Slot 0 counts; the texts under 1 … 32.
shard_failures = StableBTreeMap[nat8, text](memory_id=7, max_key_size=8, max_value_size=256)
# Under the organisation.
shard_configurations = StableBTreeMap[nat64, StoredConfiguration](memory_id=8, max_key_size=15, max_value_size=96)
# Under organisation << 32 | page.
shard_documents = StableBTreeMap[nat64, blob](memory_id=9, max_key_size=15, max_value_size=1_024)
# Under the ticket's id.
shard_extensions = StableBTreeMap[nat64, StoredExtension](memory_id=10, max_key_size=15, max_value_size=640)
# Under ticket << 16 | page; the values of its fields as JSON, in pages.
shard_fields = StableBTreeMap[nat64, blob](memory_id=11, max_key_size=15, max_value_size=1_024)
# Under ticket << 16 | page, 24 relations a page.
shard_links = StableBTreeMap[nat64, StoredRelations](memory_id=12, max_key_size=15, max_value_size=1_024)
# Under ticket << 16 | number of the revision.
shard_revisions = StableBTreeMap[nat64, StoredRevision](memory_id=13, max_key_size=15, max_value_size=128)
# Under ticket << 16 | number, the shelf under 0.
shard_attachments = StableBTreeMap[nat64, StoredAttachment](memory_id=14, max_key_size=15, max_value_size=1_024)
# Pieces of files under upload << 16 | piece (docs/decisions/0018).
shard_chunks = StableBTreeMap[nat64, blob](memory_id=15, max_key_size=15, max_value_size=16_400)
# The next upload's number under 0, uploads and remains under theirs, organisations' room under 1 << 63 | organisation.
shard_uploads = StableBTreeMap[nat64, StoredUploadSlot](memory_id=16, max_key_size=15, max_value_size=1_024)
# Under the ticket's id: packed clocks of at most 512 bytes.
shard_clocks = StableBTreeMap[nat64, blob](memory_id=17, max_key_size=15, max_value_size=528)
# Under the organisation's opening << 40 | sequence.
shard_outbox = StableBTreeMap[nat64, StoredOutboxEvent](memory_id=18, max_key_size=15, max_value_size=640)
# Under organisation (8 bytes), kind of scope (1), its id (8), day since 1970-01-01 (4) and page (1).
shard_figures = StableBTreeMap[blob, blob](memory_id=19, max_key_size=32, max_value_size=512)
# Under the ticket's id.
shard_surveys = StableBTreeMap[nat64, StoredSurvey](memory_id=20, max_key_size=15, max_value_size=192)
# Under the organisation's opening << 16 | page: 0 the outbox's marks, from 1 on the readings of its calendars.
shard_services = StableBTreeMap[nat64, blob](memory_id=21, max_key_size=15, max_value_size=1_024)
# Under organisation << 32 | the order's number, from 1.
shard_privacy = StableBTreeMap[nat64, StoredOrder](memory_id=22, max_key_size=15, max_value_size=320)
# Under the organisation, at most 200 pairs.
shard_retirements = StableBTreeMap[nat64, StoredRetirement](memory_id=24, max_key_size=15, max_value_size=8_192)
# Under the child's id.
shard_news = StableBTreeMap[nat64, StoredNews](memory_id=25, max_key_size=15, max_value_size=96)
# Under the ticket's id, as long as the saga goes on.
shard_locks = StableBTreeMap[nat64, StoredLock](memory_id=26, max_key_size=15, max_value_size=160)
