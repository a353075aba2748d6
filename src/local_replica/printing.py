"""Values as the replica's texts print them: principals, cycles, sizes, other texts."""

from functools import lru_cache

from candid.principal import to_text

MAX_MESSAGE_BYTES = 8192
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


@lru_cache(maxsize=4096)
def text(principal: bytes) -> str:
    """The text form of a principal."""
    return to_text(principal)


def amount(number: int) -> str:
    """A number of cycles as the replica prints it, with underscores."""
    return f"{number:_}"


def shortened(message: str) -> str:
    """A text of at most 8 KiB: the middle of a longer one is left out."""
    encoded = message.encode()
    if len(encoded) <= MAX_MESSAGE_BYTES:
        return message
    half = MAX_MESSAGE_BYTES // 2
    return encoded[:half].decode(errors="ignore") + "..." + encoded[3 - half :].decode(errors="ignore")


def readable_bytes(count: int) -> str:
    """A size in the unit below the one that it would overflow ("509.50 GiB", "1024.00 GiB")."""
    value, unit = float(count), 0
    while value > 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{count} B" if unit == 0 else f"{value:.2f} {_UNITS[unit]}"


def debugged(text: str) -> str:
    """A text as Rust prints it for debugging."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
