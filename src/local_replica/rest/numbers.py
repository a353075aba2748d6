"""Numbers in addresses and headers, read as PocketIC's server reads a `u64`."""

_MOST = (1 << 64) - 1


def read_u64(text: str) -> int | None:
    """The number of 64 bits without sign that a text says, None for any other text."""
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()):
        return None
    significant = digits.lstrip("0") or "0"
    number = int(significant) if len(significant) <= len(str(_MOST)) else _MOST + 1
    return number if number <= _MOST else None
