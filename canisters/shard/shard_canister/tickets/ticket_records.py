"""What a ticket is in stable memory: header, comments, events, relations. Times are ns; new fields are `Opt`."""

from kybra import Opt, Record, Vec, blob, nat8, nat16, nat32, nat64, text


# `pages` counts those of body, comments and ratings; the first `body_pages` are the body's.
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


# `revisions` counts the ticket's entries in that map.
class StoredExtension(Record):
    followers: Vec[nat64]
    revisions: nat16
    body_redacted: bool
    merged_into: Opt[nat64]


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


# `answered_at`: when it was first answered; the text lies in the ticket's pages. Of an erased one the score is left.
class StoredSurvey(Record):
    person: nat64
    score: nat8
    first_page: nat16
    pages: nat16
    answered_at: nat64
    changed_at: nat64


# The saga that is changing a ticket's relations, who began it, and what it has staged of a merged ticket's comments.
class StoredLock(Record):
    saga: nat64
    change: text
    actor: nat64
    comments: nat32
    pages: nat16
    head: blob


# What a child has not yet told its parent's shard.
class StoredNews(Record):
    organisation: nat64
    parent: nat64
    open: bool
    version: nat32
