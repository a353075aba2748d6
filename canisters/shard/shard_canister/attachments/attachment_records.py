"""Attachments and uploads in stable memory. Times are ns, sizes bytes; new fields are `Opt`."""

from kybra import Opt, Record, Variant, blob, nat32, nat64, text


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
