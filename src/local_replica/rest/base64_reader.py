"""Bytes in base64 as PocketIC's server reads them (Rust's `base64` 0.13): without padding too, not with stray bits."""

import base64
import re

_BEGUN = re.compile(rb"[A-Za-z0-9+/]*")
_PADDING = ord("=")


class NotBase64(ValueError):
    """A text is no base64; the text of this says where it goes wrong."""


def read_base64(text: str) -> bytes:
    """Decode a text. Raises NotBase64."""
    raw = text.encode()
    begun = _BEGUN.match(raw)
    end = begun.end() if begun else 0
    _check_length(raw)
    is_padded = end < len(raw) and raw[end] == _PADDING and end % 4 > 1 and len(raw) <= end + 4 - end % 4
    if end < len(raw) and not (is_padded and set(raw[end:]) == {_PADDING}):
        raise _invalid_byte(raw[end], end)
    decoded = base64.b64decode(raw[:end] + b"=" * (-end % 4))
    if base64.b64encode(decoded).rstrip(b"=") != raw[:end]:
        raise NotBase64(f"Invalid last symbol {raw[end - 1]}, offset {end - 1}.")
    return decoded


def _check_length(raw: bytes) -> None:
    """One symbol more than whole groups is told first, as what it is if it is none."""
    if len(raw) % 4 == 1:
        if not _BEGUN.fullmatch(raw[-1:]) and raw[-1] != _PADDING:
            raise _invalid_byte(raw[-1], len(raw) - 1)
        raise NotBase64("Encoded text cannot have a 6-bit remainder.")


def _invalid_byte(byte: int, offset: int) -> NotBase64:
    return NotBase64(f"Invalid byte {byte}, offset {offset}.")
