"""The blob store: what large arguments are uploaded to, by SHA-256 of the bytes as they came."""

import hashlib
import zlib
from dataclasses import dataclass

from local_replica.rest.errors import BodyError, NotConverted

MAX_UNPACKED_BYTES = 4 << 30
"""What a blob may unpack to: a few megabytes can claim to be more than a machine holds."""


_GZIP_MEMBER = 31
"""The window of `zlib` that expects a header of gzip."""

_UNREADABLE = "Decompression failed"


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes as they were uploaded, packed by gzip or not."""

    content: bytes
    is_packed: bool

    def unpacked(self) -> bytes:
        """What was packed: the first member of gzip, as PocketIC reads it. Raises NotConverted."""
        if not self.is_packed:
            return self.content
        reader = zlib.decompressobj(_GZIP_MEMBER)
        try:
            unpacked = reader.decompress(self.content, MAX_UNPACKED_BYTES + 1)
        except zlib.error as error:
            raise NotConverted(_UNREADABLE) from error
        if not reader.eof or len(unpacked) > MAX_UNPACKED_BYTES:
            raise NotConverted(_UNREADABLE)
        return unpacked


class BlobStore:
    """Blobs of one server, kept until it ends."""

    def __init__(self) -> None:
        self._blobs: dict[bytes, Blob] = {}

    def put(self, content: bytes, encoding: str | None) -> str:
        """Store a blob and return its id in hex. `encoding` may be "gzip", which is kept. Raises BodyError."""
        if encoding not in (None, "gzip"):
            raise BodyError(400, "Bad encoding: Only 'gzip' content encoding is supported")
        blob_id = hashlib.sha256(content).digest()
        self._blobs[blob_id] = Blob(content, encoding is not None)
        return blob_id.hex()

    def get(self, blob_id: bytes) -> Blob | None:
        """Return a blob, None for one that is not there."""
        return self._blobs.get(blob_id)

    def unpacked(self, blob_id: bytes) -> bytes:
        """Return what a blob holds. Raises NotConverted."""
        blob = self.get(blob_id)
        if blob is None:
            raise NotConverted("Bad blob id")
        return blob.unpacked()
