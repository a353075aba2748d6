"""What is on the wire of a ticket's fields, relations, comments' history and canned changes. Times are ns."""

from kybra import Opt, Record, Variant, Vec, nat16, nat32, nat64, null, text

from vex_canister.error_types import VexError


# Numbers are decimal texts, dates YYYY-MM-DD, choices ids; `Empty` takes a value away.
class FieldValue(Variant, total=False):
    Text: text
    Number: text
    Date: text
    Choice: text
    Choices: Vec[text]
    Checkbox: bool
    Empty: null


class FieldEntry(Record):
    field: text
    value: FieldValue


# `kind`: relates, blocks, blocked_by, causes, caused_by, duplicates, duplicated_by, parent, child, merged_into,
# merged_from. `open`: of a child, that it is not settled.
class TicketRelation(Record):
    kind: text
    other: nat64
    since: nat64
    open: bool


# What a ticket has beyond its summary. `moves`: the states that the reader may take it to now.
class TicketLifeView(Record):
    category: text
    pauses_sla: bool
    fields: Vec[FieldEntry]
    followers: Vec[nat64]
    relations: Vec[TicketRelation]
    moves: Vec[text]
    merged_into: Opt[nat64]
    body_redacted: bool


class EditComment(Record):
    client_token: text
    created_at: nat64
    ticket: nat64
    comment: nat32
    body: text


# Each text of `passages` is overwritten with stars wherever it stands in the comment (0: the ticket's body) and in its
# earlier versions.
class RedactComment(Record):
    client_token: text
    created_at: nat64
    ticket: nat64
    comment: nat32
    passages: Vec[text]


class ListRevisions(Record):
    ticket: nat64
    comment: nat32
    cursor: Opt[text]
    limit: Opt[nat32]


# An earlier version of a comment: its text, who replaced it and when.
class CommentRevision(Record):
    number: nat16
    body: text
    editor: nat64
    edited_at: nat64


class RevisionPage(Record):
    revisions: Vec[CommentRevision]
    next: Opt[text]


class RevisionPageAnswer(Variant, total=False):
    Ok: RevisionPage
    Err: VexError


class ApplyMacro(Record):
    client_token: text
    created_at: nat64
    ticket: nat64
    version: nat32
    macro: text


class PreviewMacro(Record):
    ticket: nat64
    macro: text


# One thing that would change, as texts; the empty text stands for no value.
class PreviewedChange(Record):
    field: text
    before: text
    after: text


class MacroPreview(Record):
    version: nat32
    changes: Vec[PreviewedChange]
    comment: Opt[text]
    internal: bool
    refusal: Opt[VexError]


class MacroPreviewAnswer(Variant, total=False):
    Ok: MacroPreview
    Err: VexError


# The comments named become those of a new ticket of the same requester; the first is its body. They stay, marked, in
# the old one, and the two are linked.
class SplitTicket(Record):
    client_token: text
    created_at: nat64
    ticket: nat64
    version: nat32
    comments: Vec[nat32]
    subject: text
    kind: Opt[text]
    priority: Opt[text]


class BulkTarget(Record):
    ticket: nat64
    version: Opt[nat32]


# The same change for up to 100 tickets of one organisation at one shard; without a version whatever the ticket is at.
class BulkUpdate(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    targets: Vec[BulkTarget]
    status: Opt[text]
    priority: Opt[text]
    kind: Opt[text]
    assignee: Opt[nat64]
    team: Opt[nat32]
    add_tags: Vec[text]
    remove_tags: Vec[text]
    fields: Opt[Vec[FieldEntry]]


class BulkResult(Record):
    ticket: nat64
    version: Opt[nat32]
    refusal: Opt[VexError]


class BulkAnswer(Variant, total=False):
    Ok: Vec[BulkResult]
    Err: VexError


# `change`: link, unlink or merge. `first` is the child, the source of a merge, or the side that `kind` is said of:
# `first` blocks `second`; of a child `kind` is parent; of a merge it is merged_into.
class RelateTickets(Record):
    client_token: text
    created_at: nat64
    change: text
    kind: text
    first: nat64
    second: nat64


# `done`: both tickets are changed. Otherwise it goes on by itself; the same call again tells how far it is.
class RelationReceipt(Record):
    saga: nat64
    done: bool
    step: text


class RelationAnswer(Variant, total=False):
    Ok: RelationReceipt
    Err: VexError


# From the index to the shard of one of the two tickets. `open` … `pages` are of the first ticket, once it is prepared.
class RelationStep(Record):
    saga: nat64
    change: text
    kind: text
    organisation: nat64
    ticket: nat64
    other: nat64
    open: bool
    version: nat32
    comments: nat32
    pages: nat32


# What the index learns of a prepared ticket and tells the other one.
class PreparedTicket(Record):
    ticket: nat64
    organisation: nat64
    open: bool
    version: nat32
    comments: nat32
    pages: nat32


class PreparedAnswer(Variant, total=False):
    Ok: PreparedTicket
    Err: VexError


# A comment on its way from a merged ticket: number 0 is the ticket's body.
class CarriedComment(Record):
    number: nat32
    author: nat64
    internal: bool
    written_at: nat64
    body: text


class CommentBatch(Record):
    comments: Vec[CarriedComment]
    next: Opt[nat32]


class CommentBatchAnswer(Variant, total=False):
    Ok: CommentBatch
    Err: VexError


class AskComments(Record):
    saga: nat64
    ticket: nat64
    first: nat32


class TakeComments(Record):
    saga: nat64
    ticket: nat64
    origin: nat64
    comments: Vec[CarriedComment]


# What a child says of itself to its parent's shard, by way of the index.
class ChildNews(Record):
    organisation: nat64
    parent: nat64
    child: nat64
    open: bool
    version: nat32


# Where a new workflow has no place for tickets: the shard lets none in until the configuration's `version` is there.
# No kinds and states: all may be entered again.
class RetireStandings(Record):
    organisation: nat64
    version: nat32
    kinds: Vec[text]
    states: Vec[text]


class StandingCount(Record):
    kind: text
    state: text
    tickets: nat32


class StandingsAnswer(Variant, total=False):
    Ok: Vec[StandingCount]
    Err: VexError
