"""Uploads: begun, filled chunk by chunk in any order, finished or abandoned. Each operation runs in one slice."""

from hashlib import sha256
from typing import Any

from shard_canister.attachments.attachment_shelf import put_file, put_shelf, shelf_of
from shard_canister.tickets.ticket_work import commit as commit_work
from shard_canister.tickets.ticket_work import require_changeable, visible_ticket, work_on
from vex_canister.answers import Steps
from vex_canister.timed_work import run_every, run_later
from vex_domain import audit_chain
from vex_domain.access import Access
from vex_domain.attachments.attachment_proof import attachment_commitment
from vex_domain.attachments.chunk_rules import (
    CHUNK_BYTES,
    all_there,
    check_chunk,
    check_digest,
    check_size,
    chunk_count,
    missing_chunks,
)
from vex_domain.attachments.content_types import check_content, check_declared
from vex_domain.attachments.file_names import safe_name
from vex_domain.id_ranges import sequence_key
from vex_domain.permissions import NOTE_READ
from vex_domain.refusals import ChunkDiffers, ChunksMissing, DigestDiffers, Invalid, NotFound, TooLarge
from vex_domain.ticket_proof import comment_link

COLLECT_SECONDS = 600


def begin(env: Any, access: Access, request: dict[str, Any]) -> list[int]:
    """Begin an upload; its number. Raises NotFound, Forbidden, Invalid, TooLarge (naming the quota), Underway."""
    ticket_id = request["ticket"]
    work = work_on(env, access, ticket_id)
    require_changeable(env, work)
    header = work.header
    internal = _internal(env, access, request)
    access.require_comment(header["requester"], internal)
    settings = env.rules_of(access.organisation).attachments
    name = safe_name(request["name"])
    check_declared(name, request["content_type"], settings.types)
    check_size(request["size"], settings.file_bytes)
    check_digest(request["sha256"])
    shelf = shelf_of(env, ticket_id)
    held = (shelf["files"] + shelf["pending"], shelf["bytes"])
    settings.check_room(request["size"], held, env.uploads.room_of(access.organisation))
    under_way = env.uploads.open_of(access.person, access.organisation)
    if under_way >= settings.person_uploads:
        raise TooLarge("person_uploads", settings.person_uploads, under_way + 1)
    upload = {field: request[field] for field in ("ticket", "content_type", "size", "sha256", "comment")}
    upload.update({"organisation": access.organisation, "uploader": access.person, "name": name, "internal": internal})
    upload.update({"received": 0, "expires_at": env.now() + settings.upload_ns})
    shelf["pending"] += 1
    shelf["bytes"] += request["size"]
    put_shelf(env, ticket_id, shelf)
    return [env.uploads.add(upload)]


def _internal(env: Any, access: Access, request: dict[str, Any]) -> bool:
    number = request["comment"]
    if number is None:
        return bool(request["internal"])
    comment = env.stores.comments.get(sequence_key(request["ticket"], number)) if 0 < number < 1 << 16 else None
    if comment is None or (comment["internal"] and not access.may(NOTE_READ)):
        raise NotFound("comment")
    if comment["author"] != access.person:
        raise Invalid("comment", "is not the caller's own")
    if request["internal"] and not comment["internal"]:
        raise Invalid("internal", "does not fit a public comment")
    return bool(comment["internal"])


def own_upload(env: Any, access: Access, request: dict[str, Any]) -> dict[str, Any]:
    """An open upload of the caller's on this ticket, when it has time left. Raises NotFound."""
    visible_ticket(env, access, request["ticket"])
    upload: dict[str, Any] | None = env.uploads.get(request["upload"])
    if upload is None or upload["ticket"] != request["ticket"] or upload["uploader"] != access.person:
        raise NotFound("upload")
    if upload["expires_at"] <= env.now():
        raise NotFound("upload")
    return upload


def put_chunk(env: Any, access: Access, request: dict[str, Any]) -> dict[str, Any]:
    """Take a chunk; the record `UploadStatus`. The same again changes nothing but the time that the upload has left.

    Raises NotFound, Invalid, TooLarge, ChunkDiffers.
    """
    upload = own_upload(env, access, request)
    number, content = request["number"], request["content"]
    check_chunk(upload["size"], number, len(content))
    if number == 0:
        check_content(upload["content_type"], content)
    storage, first = request["upload"], number * CHUNK_BYTES
    if upload["received"] >> number & 1:
        if env.uploads.read(storage, first, first + len(content)) != content:
            raise ChunkDiffers
        return status_of(storage, upload)
    env.uploads.write_chunk(storage, number, content)
    upload["received"] |= 1 << number
    upload["expires_at"] = env.now() + env.rules_of(access.organisation).attachments.upload_ns
    env.uploads.put(storage, upload)
    return status_of(storage, upload)


def status(env: Any, access: Access, request: dict[str, Any]) -> dict[str, Any]:
    """The record `UploadStatus`. Raises NotFound."""
    return status_of(request["upload"], own_upload(env, access, request))


def status_of(number: int, upload: dict[str, Any]) -> dict[str, Any]:
    """The record `UploadStatus` of an upload."""
    shown = {field: upload[field] for field in ("ticket", "name", "content_type", "size", "expires_at")}
    shown.update({"upload": number, "chunk_bytes": CHUNK_BYTES, "chunks": chunk_count(upload["size"])})
    shown["missing"] = missing_chunks(upload["size"], upload["received"])
    return shown


def finished(request: dict[str, Any]) -> dict[str, Any]:
    """What is told of an upload that is over: as announced, with every chunk there."""
    told = {field: request[field] for field in ("ticket", "name", "content_type", "size")}
    told.update({"received": all_there(request["size"]), "expires_at": 0})
    return told


def abandon(env: Any, access: Access, request: dict[str, Any]) -> None:
    """Give an upload up; a timer sweeps what it brought. Raises NotFound."""
    own_upload(env, access, request)
    _drop(env, request["upload"])
    sweep_soon(env)


def finish(env: Any, access: Access, request: dict[str, Any]) -> list[int]:
    """Verify the whole and attach it: ticket, version, attachment, event, all with one audit event.

    The content is hashed here, as no hash under way survives an upgrade: 64 MiB take 4,800 of 40,000 M instructions.
    Raises NotFound, Forbidden, Invalid, ChunksMissing, DigestDiffers, Underway.
    """
    upload = own_upload(env, access, request)
    work = work_on(env, access, request["ticket"])
    require_changeable(env, work)
    access.require_comment(work.header["requester"], upload["internal"])
    check_declared(upload["name"], upload["content_type"], env.rules_of(access.organisation).attachments.types)
    if upload["received"] != all_there(upload["size"]):
        raise ChunksMissing
    digest = sha256()
    env.uploads.hash_into(digest, request["upload"], upload["size"])
    if digest.digest() != upload["sha256"]:
        raise DigestDiffers
    shelf = shelf_of(env, work.id)
    number = shelf["files"] + 1
    shelf.update({"files": number, "pending": shelf["pending"] - 1})
    fields = ("name", "content_type", "size", "sha256", "uploader", "internal", "comment")
    file = {field: upload[field] for field in fields}
    file.update({"added_at": work.now, "after_comment": work.header["comments"], "storage": request["upload"]})
    file.update({"salt": env.salts.draw(), "erased": False})
    file["commitment"] = attachment_commitment(file["salt"], file, number)
    put_shelf(env, work.id, shelf)
    put_file(env, work.id, number, file)
    env.uploads.settle(request["upload"])
    env.audit.serves_http = True
    work.header["comment_head"] = comment_link(work.header["comment_head"], file["commitment"])
    work.change["attachment"] = file["commitment"]
    work.events.append({"kind": "attached", "number": number, "author": access.person, "internal": file["internal"]})
    event = commit_work(env, work, audit_chain.ATTACHED)
    return [work.id, work.header["version"], number, event]


def _drop(env: Any, number: int) -> None:
    upload = env.uploads.get(number)
    shelf = shelf_of(env, upload["ticket"])
    shelf["pending"] -= 1
    shelf["bytes"] -= upload["size"]
    put_shelf(env, upload["ticket"], shelf)
    env.uploads.discard(number, upload["organisation"], upload["size"])


def drop_of_person(env: Any, organisation: int, person: int) -> None:
    """Give up what a person has under way in an organisation; the sweep wipes what it brought."""
    for number, (who, where, _end) in list(env.uploads.open.items()):
        if (who, where) == (person, organisation):
            _drop(env, number)


def collect_by_timer(env: Any) -> None:
    """Look for abandoned uploads every ten minutes; armed at every start of the canister."""
    run_every(env, "uploads", collect, COLLECT_SECONDS)
    sweep_soon(env)


def sweep_soon(env: Any) -> None:
    """Let a timer of its own message sweep what remains, if anything does."""
    if env.uploads.remains:
        run_later(env, "sweep", _sweep)


def collect(env: Any) -> Steps:
    """Drop the uploads whose time is over, and go on sweeping."""
    for number in env.uploads.expired(env.now()):
        _drop(env, number)
    sweep_soon(env)
    yield from ()


def _sweep(env: Any) -> Steps:
    if env.uploads.sweep():
        run_later(env, "sweep", _sweep)
    yield from ()
