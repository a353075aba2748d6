"""Files to attach, and the way that a client goes to attach them."""

from hashlib import sha256
from typing import Any

import candid
from support.desk import Desk
from support.platform import CUSTOMER, ok

CHUNK = 1_048_576
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


def png(size: int) -> bytes:
    """A file of `size` bytes that begins as a PNG does and never repeats a piece."""
    body = b"".join([number.to_bytes(8, "big") for number in range(size // 8 + 1)])
    return (PNG[:8] + body)[:size]


def announced(desk: Desk, content: bytes = PNG, **changed: Any) -> dict[str, Any]:
    """A request to upload this content to the desk's ticket."""
    request: dict[str, Any] = {
        **desk.platform.token(),
        "ticket": desk.ticket,
        "comment": None,
        "internal": False,
        "name": "screen.png",
        "content_type": "image/png",
        "size": len(content),
        "sha256": sha256(content).digest(),
    }
    return {**request, **changed}


def begun(desk: Desk, content: bytes = PNG, caller: candid.Principal = CUSTOMER, **changed: Any) -> dict[str, Any]:
    """A chunk's request without number and content, for an upload that was begun."""
    status = ok(desk.shard.update("begin_upload", announced(desk, content, **changed), caller=caller))
    return {"ticket": status["ticket"], "upload": status["upload"]}


def filled(desk: Desk, content: bytes = PNG, caller: candid.Principal = CUSTOMER, **changed: Any) -> dict[str, Any]:
    """As `begun`, with all chunks there."""
    upload = begun(desk, content, caller, **changed)
    for number in range(-(-len(content) // CHUNK)):
        part = content[number * CHUNK : (number + 1) * CHUNK]
        ok(desk.shard.update("put_chunk", {**upload, "number": number, "content": part}, caller=caller))
    return upload


def attached(desk: Desk, content: bytes = PNG, caller: candid.Principal = CUSTOMER, **changed: Any) -> dict[str, Any]:
    """The receipt of a whole upload."""
    upload = filled(desk, content, caller, **changed)
    receipt: dict[str, Any] = ok(desk.shard.update("finish_upload", finishing(desk, upload), caller=caller))
    return receipt


def finishing(desk: Desk, upload: dict[str, Any]) -> dict[str, Any]:
    """A request to finish."""
    return {**desk.platform.token(), **upload}


def web(desk: Desk, path: str, method: str = "GET", **headers: str) -> dict[str, Any]:
    """The shard's answer to an HTTP gateway."""
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    request = {"method": method, "url": path, "headers": named, "body": b"", "certificate_version": 2}
    reply: dict[str, Any] = desk.shard.query("http_request", request)
    return reply
