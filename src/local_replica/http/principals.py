"""Principals in addresses: parsed, or refused in the replica's words."""

import base64
import binascii
from functools import lru_cache

from candid.errors import CandidError
from candid.principal import from_text, to_text

MAX_PRINCIPAL_BYTES = 29
ANONYMOUS = b"\x04"
MANAGEMENT = b""


@lru_cache(maxsize=1024)
def parse_principal(text: str) -> bytes:
    """Return the bytes of a principal's text form. Raises ValueError with the reason."""
    try:
        return from_text(text)
    except CandidError as error:
        raise ValueError(_reason(text)) from error


def _reason(text: str) -> str:
    letters = text.replace("-", "").upper()
    try:
        raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except (binascii.Error, ValueError):
        return "Text must be in valid Base32 encoding."
    if len(raw) < 4:
        return "Text is too short."
    if len(raw) > MAX_PRINCIPAL_BYTES + 4:
        return "Text is too long."
    if binascii.crc32(raw[4:]).to_bytes(4) != raw[:4]:
        return "CRC32 check sequence doesn't match with calculated from Principal bytes."
    return f'Text should be separated by - (dash) every 5 characters: expected "{to_text(raw[4:])}"'
