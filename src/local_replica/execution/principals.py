"""Textual principals, for errors that name a canister (interface specification, "Textual representation")."""

import base64
import zlib


def principal_text(principal: bytes) -> str:
    """Base 32 of checksum and bytes, in groups of five."""
    checksum = zlib.crc32(principal).to_bytes(4, "big")
    text = base64.b32encode(checksum + principal).decode().lower().rstrip("=")
    return "-".join(text[start : start + 5] for start in range(0, len(text), 5))
