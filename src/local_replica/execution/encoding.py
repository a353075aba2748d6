"""Writes the primitives of the binary format."""

from candid.wire import uleb
from local_replica.execution.binary import EXTERNAL_KINDS


def encode_section(section_id: int, content: bytes) -> bytes:
    """A section: its number, its size in bytes, its content."""
    return bytes([section_id]) + uleb(len(content)) + content


def encode_export(name: str, kind: str, index: int) -> bytes:
    """An entry of the export section."""
    encoded = name.encode()
    return uleb(len(encoded)) + encoded + bytes([EXTERNAL_KINDS.index(kind)]) + uleb(index)
