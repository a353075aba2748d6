"""Attachments on the wire, the same at a shard and at the index's façade. Times are ns, sizes bytes."""

from kybra import Opt, Record, Variant, Vec, blob, nat32, nat64, text

from vex_canister.error_types import VexError


# `comment`: the caller's own comment that the file belongs to; an internal one makes the file internal.
# `sha256` is that of the whole file. The answer says how long chunks are; they come in any order, again if need be.
class BeginUpload(Record):
    client_token: text
    created_at: nat64
    ticket: nat64
    comment: Opt[nat32]
    internal: bool
    name: text
    content_type: text
    size: nat64
    sha256: blob


class UploadRef(Record):
    ticket: nat64
    upload: nat64


# Chunks are numbered from 0; each has `chunk_bytes` but the last.
class PutChunk(Record):
    ticket: nat64
    upload: nat64
    number: nat32
    content: blob


class UploadStatus(Record):
    upload: nat64
    ticket: nat64
    name: text
    content_type: text
    size: nat64
    chunk_bytes: nat32
    chunks: nat32
    missing: Vec[nat32]
    expires_at: nat64


class UploadAnswer(Variant, total=False):
    Ok: UploadStatus
    Err: VexError


class FinishUpload(Record):
    client_token: text
    created_at: nat64
    ticket: nat64
    upload: nat64


class AttachmentReceipt(Record):
    ticket: nat64
    version: nat32
    attachment: nat32
    event: nat64


class AttachmentReceiptAnswer(Variant, total=False):
    Ok: AttachmentReceipt
    Err: VexError


# `after_comment`: how many comments were there before it; with it the chain of comments and attachments is in order.
# Of an erased one name, type, size and content are gone.
class Attachment(Record):
    number: nat32
    name: text
    content_type: text
    size: nat64
    sha256: blob
    uploader: nat64
    added_at: nat64
    internal: bool
    comment: Opt[nat32]
    after_comment: nat32
    chunk_bytes: nat32
    chunks: nat32
    commitment: blob
    erased: bool


class AttachmentAnswer(Variant, total=False):
    Ok: Attachment
    Err: VexError


class AttachmentRef(Record):
    ticket: nat64
    attachment: nat32


class ListAttachments(Record):
    ticket: nat64
    cursor: Opt[text]
    limit: Opt[nat32]


class AttachmentPage(Record):
    attachments: Vec[Attachment]
    next: Opt[text]


class AttachmentPageAnswer(Variant, total=False):
    Ok: AttachmentPage
    Err: VexError


class ReadChunk(Record):
    ticket: nat64
    attachment: nat32
    chunk: nat32


class ChunkContentAnswer(Variant, total=False):
    Ok: blob
    Err: VexError


# `path` is path and query at the shard's HTTP address: whoever has it may download until `expires_at`.
class Download(Record):
    path: text
    expires_at: nat64


class DownloadAnswer(Variant, total=False):
    Ok: Download
    Err: VexError
