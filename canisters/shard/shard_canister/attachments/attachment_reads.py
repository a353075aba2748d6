"""What is read of attachments: a page of a ticket's, one, its content, a token to download it."""

from typing import Any

from shard_canister.attachments.attachment_shelf import shelf_of, visible_content, visible_file
from shard_canister.tickets.ticket_work import visible_ticket
from vex_domain.access import Access
from vex_domain.attachments.chunk_rules import CHUNK_BYTES, chunk_count
from vex_domain.attachments.download_tokens import download_key, make_token
from vex_domain.attachments.http_downloads import url_of
from vex_domain.cursors import decode_cursor, encode_cursor, page_size
from vex_domain.id_ranges import sequence_key
from vex_domain.permissions import NOTE_READ
from vex_domain.refusals import Invalid, Unavailable

PAGE_DEFAULT = 25
PAGE_MOST = 100
LOOKED_AT_MOST = 200
_SHOWN = (
    "name",
    "content_type",
    "size",
    "sha256",
    "uploader",
    "added_at",
    "internal",
    "comment",
    "after_comment",
    "commitment",
    "erased",
)


def view(number: int, file: dict[str, Any]) -> dict[str, Any]:
    """The record `Attachment`."""
    shown = {field: file[field] for field in _SHOWN}
    shown.update({"number": number, "chunk_bytes": CHUNK_BYTES, "chunks": chunk_count(file["size"])})
    return shown


def page(env: Any, access: Access, request: dict[str, Any]) -> dict[str, Any]:
    """The record `AttachmentPage`, oldest first; internal ones only with `note.read`. Raises NotFound, Invalid."""
    ticket = request["ticket"]
    visible_ticket(env, access, ticket)
    question = "attachments " + str(ticket)
    size = page_size(request["limit"], PAGE_DEFAULT, PAGE_MOST)
    number = decode_cursor(request["cursor"], question) or 0
    files = shelf_of(env, ticket)["files"]
    last = min(files, number + LOOKED_AT_MOST)
    found: list[dict[str, Any]] = []
    while number < last and len(found) < size:
        number += 1
        file = env.stores.attachments.get(sequence_key(ticket, number))["File"]
        if access.may(NOTE_READ) or not file["internal"]:
            found.append(view(number, file))
    return {"attachments": found, "next": encode_cursor(number, question) if number < files else None}


def one(env: Any, access: Access, request: dict[str, Any]) -> dict[str, Any]:
    """The record `Attachment`. Raises NotFound."""
    visible_ticket(env, access, request["ticket"])
    return view(request["attachment"], visible_file(env, access, request["ticket"], request["attachment"]))


def chunk(env: Any, access: Access, request: dict[str, Any]) -> bytes:
    """A chunk of an attachment's content. Raises NotFound, Invalid."""
    visible_ticket(env, access, request["ticket"])
    file = visible_content(env, access, request["ticket"], request["attachment"])
    if request["chunk"] >= chunk_count(file["size"]):
        raise Invalid("chunk", "is not in 0.." + str(chunk_count(file["size"]) - 1))
    first = request["chunk"] * CHUNK_BYTES
    content: bytes = env.uploads.read(file["storage"], first, min(file["size"], first + CHUNK_BYTES))
    return content


def download(env: Any, access: Access, request: dict[str, Any]) -> dict[str, Any]:
    """The record `Download`: a path that opens this one attachment for a while. Raises NotFound, Unavailable."""
    ticket, number = request["ticket"], request["attachment"]
    visible_ticket(env, access, ticket)
    visible_content(env, access, ticket, number)
    if env.settings["secret"] is None:
        raise Unavailable("the shard has no secret yet")
    expires_at = env.now() + env.rules_of(access.organisation).attachments.download_ns
    token = make_token(download_key(env.settings["secret"]), ticket, number, expires_at)
    return {"path": url_of(ticket, number, token), "expires_at": expires_at}
