"""Files on tickets: sent in chunks that go on where they stopped, fetched and compared with their SHA-256."""

from hashlib import sha256
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from vex.errors import Untrusted
from vex.helpdesk import Helpdesk, Write

__all__ = ["Attachment", "AttachmentReceipt", "Attachments", "Source", "bytes_of"]


class Source(Protocol):
    """A file's content, read in pieces. `size` is in bytes."""

    size: int

    def read(self, first: int, count: int) -> bytes:
        """Up to `count` bytes from `first` on."""


class _Bytes:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self.size = len(content)

    def read(self, first: int, count: int) -> bytes:
        return self._content[first : first + count]


def bytes_of(content: bytes) -> Source:
    """Content that is in memory as a source."""
    return _Bytes(content)


class Attachment(BaseModel):
    """An attachment without its content. Times are ns since 1970-01-01, sizes bytes."""

    model_config = ConfigDict(frozen=True)

    number: int
    name: str
    content_type: str
    size: int
    sha256: bytes
    uploader: int
    added_at: int
    internal: bool
    comment: int | None
    chunk_bytes: int
    chunks: int
    erased: bool


class AttachmentReceipt(BaseModel):
    """What a finished upload answers."""

    model_config = ConfigDict(frozen=True)

    ticket: int
    version: int
    attachment: int
    event: int


class Attachments:
    """Files of one organisation's tickets, as one caller of a helpdesk sees them. Raises Refused, Unreachable."""

    def __init__(self, helpdesk: Helpdesk, organisation: int) -> None:
        self._helpdesk = helpdesk
        self._organisation = organisation

    async def upload(
        self,
        ticket: int,
        name: str,
        content_type: str,
        source: Source,
        *,
        comment: int | None = None,
        internal: bool = False,
        begin: Write | None = None,
        finish: Write | None = None,
    ) -> AttachmentReceipt:
        """Send a file. With the same `begin` and `finish` as before it goes on where an interrupted call stopped."""
        announced = (begin or Write()).fields(
            ticket=ticket,
            comment=comment,
            internal=internal,
            name=name,
            content_type=content_type,
            size=source.size,
            sha256=_digest(source),
        )
        finish = finish or Write()
        status = await self._call(ticket, "begin_upload", announced)
        upload = {"ticket": ticket, "upload": status["upload"]}
        for number in status["missing"]:
            content = source.read(number * status["chunk_bytes"], status["chunk_bytes"])
            await self._call(ticket, "put_chunk", {**upload, "number": number, "content": content})
        return AttachmentReceipt.model_validate(await self._call(ticket, "finish_upload", finish.fields(**upload)))

    async def listed(self, ticket: int) -> list[Attachment]:
        """A ticket's attachments that the caller may see, oldest first."""
        found: list[Attachment] = []
        cursor: str | None = None
        more = True
        while more:
            page = await self._call(ticket, "list_attachments", {"ticket": ticket, "cursor": cursor, "limit": None})
            found += [Attachment.model_validate(each) for each in page["attachments"]]
            cursor = page["next"]
            more = cursor is not None
        return found

    async def download(self, ticket: int, attachment: int) -> bytes:
        """An attachment's content. Raises Untrusted when it does not have the SHA-256 that the shard names."""
        which = {"ticket": ticket, "attachment": attachment}
        known = Attachment.model_validate(await self._call(ticket, "get_attachment", which))
        parts = [await self._call(ticket, "read_chunk", {**which, "chunk": chunk}) for chunk in range(known.chunks)]
        content = b"".join(parts)
        if sha256(content).digest() != known.sha256:
            raise Untrusted(f"attachment {attachment} of ticket {ticket} does not have its SHA-256")
        return content

    async def path(self, ticket: int, attachment: int) -> str:
        """Path and query at the shard's HTTP address that open the attachment for a while."""
        which = {"ticket": ticket, "attachment": attachment}
        return str((await self._call(ticket, "open_download", which))["path"])

    async def _call(self, ticket: int, method: str, request: Any) -> Any:
        return await self._helpdesk.at_ticket(self._organisation, ticket, method, request)


_READ_AT_ONCE = 1_048_576


def _digest(source: Source) -> bytes:
    digest = sha256()
    for first in range(0, source.size, _READ_AT_ONCE):
        digest.update(source.read(first, _READ_AT_ONCE))
    return digest.digest()
