"""Request bodies, read up to a limit."""

from starlette.requests import Request

from local_replica.http.errors import PayloadTooLarge


async def read_body(request: Request, limit: int) -> bytes:
    """Read a body of at most `limit` bytes. Raises PayloadTooLarge without reading on."""
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > limit:
        raise PayloadTooLarge
    parts = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise PayloadTooLarge
        parts.append(part)
    return b"".join(parts)
