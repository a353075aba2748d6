"""Files that hold code to be run: whole or not there at all, whatever happened to those who wrote them."""

import hashlib
import os
import tempfile
from pathlib import Path

_DIGEST_BYTES = 32


def read_checked(path: Path) -> bytes | None:
    """What `write_checked` wrote; None where there is no such file, or it was spoilt since."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    content, digest = content[:-_DIGEST_BYTES], content[-_DIGEST_BYTES:]
    return content if hashlib.sha256(content).digest() == digest else None


def write_checked(path: Path, content: bytes) -> None:
    """Write a file that ends with the digest of the rest, in one step for all who read it. Raises OSError.

    A writer that is killed leaves a file that ends in ".part", which nobody reads.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.write(hashlib.sha256(content).digest())
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)
