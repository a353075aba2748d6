"""The blob store: what large arguments are uploaded to, by SHA-256."""

import gzip
import hashlib
import io
import zlib

from local_replica.rest.errors import RestError

MAX_UNPACKED_BYTES = 4 << 30
"""What a blob may unpack to: a few megabytes can claim to be more than a machine holds."""


class BlobStore:
    """Blobs of one server, kept until it ends. May be filled by several threads."""

    def __init__(self) -> None:
        self._blobs: dict[bytes, bytes] = {}

    def put(self, content: bytes, encoding: str | None) -> str:
        """Store a blob and return its id in hex. `encoding` may be "gzip". Raises RestError."""
        if encoding == "gzip":
            try:
                content = _unpacked(content)
            except (OSError, EOFError, zlib.error) as error:
                raise RestError(f"Failed to decompress the blob: {error}") from error
        elif encoding is not None:
            raise RestError(f"Unsupported content encoding: {encoding}")
        blob_id = hashlib.sha256(content).digest()
        self._blobs[blob_id] = content
        return blob_id.hex()

    def get(self, blob_id: bytes) -> bytes:
        """Return a blob. Raises RestError."""
        try:
            return self._blobs[blob_id]
        except KeyError as error:
            raise RestError(f"Blob not found: {blob_id.hex()}", 404) from error


def _unpacked(content: bytes) -> bytes:
    """Raises RestError beyond the limit, and what `gzip` raises."""
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
        unpacked = file.read(MAX_UNPACKED_BYTES + 1)
    if len(unpacked) > MAX_UNPACKED_BYTES:
        raise RestError(f"Failed to decompress the blob: it has more than {MAX_UNPACKED_BYTES} bytes")
    return unpacked
