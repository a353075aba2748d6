"""The shard as a web server: attachments for whoever has a token that opens them, and nothing else."""

from typing import Any

from kybra import ic

from shard_canister.attachments.attachment_shelf import file_of
from vex_domain.attachments.download_tokens import check_download, download_key
from vex_domain.attachments.http_downloads import METHODS, HttpFile, HttpReply, attachment_of, file_reply, refused
from vex_domain.attachments.skipped_certification import certificate_headers
from vex_domain.refusals import Refusal

PART_BYTES = 1_048_576
"""How much of a body one message carries; the gateway asks for the rest with a streaming token."""
CALLBACK = "http_request_streaming_callback"


def respond(env: Any, request: dict[str, Any], certificate: bytes | None) -> dict[str, Any]:
    """The record `HttpReplyRecord`. Who has no valid token learns nothing: 404, as where there is no attachment."""
    target = attachment_of(request["url"])
    if request["method"] not in METHODS:
        return _record(env, refused(405, "only GET and HEAD"), certificate)
    file = None if target is None else _opened(env, *target)
    if target is None or file is None:
        return _record(env, refused(404, "not found"), certificate)
    shown = HttpFile(file["name"], file["content_type"], file["size"], file["sha256"])
    reply = file_reply(request["method"], request["headers"], shown)
    record = _record(env, reply, certificate)
    if reply.end > reply.first:
        ticket, number, token = target
        first = {"ticket": ticket, "attachment": number, "first": reply.first, "end": reply.end, "token": token}
        part = stream(env, first)
        record["body"] = part["body"]
        if part["token"] is not None:
            callback = (ic.id(), CALLBACK)
            record["streaming_strategy"] = {"Callback": {"callback": callback, "token": part["token"]}}
    return record


def stream(env: Any, token: dict[str, Any]) -> dict[str, Any]:
    """The record `StreamedPart`: the next part of a body, and the token for what follows."""
    file = _opened(env, token["ticket"], token["attachment"], token["token"])
    first = token["first"]
    end = 0 if file is None else min(token["end"], file["size"])
    if file is None or first >= end:
        return {"body": b"", "token": None}
    stop = min(end, first + PART_BYTES)
    following = dict(token)
    following.update({"first": stop, "end": end})
    return {"body": env.uploads.read(file["storage"], first, stop), "token": following if stop < end else None}


def _opened(env: Any, ticket: int, number: int, token: str) -> dict[str, Any] | None:
    if env.settings["secret"] is None:
        return None
    try:
        check_download(download_key(env.settings["secret"]), token, ticket, number, env.now())
        file = file_of(env, ticket, number)
    except Refusal:
        return None
    return None if file["erased"] else file


def _record(env: Any, reply: HttpReply, certificate: bytes | None) -> dict[str, Any]:
    headers = list(reply.headers)
    if certificate is not None and env.audit.serves_http:
        headers += certificate_headers(certificate, env.audit.http_witness(env.tree.root))
    return {
        "status_code": reply.status,
        "headers": headers,
        "body": reply.text,
        "streaming_strategy": None,
        "upgrade": None,
    }
