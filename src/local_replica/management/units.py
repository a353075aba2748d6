"""Amounts as the replica prints them."""

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def readable_bytes(count: int) -> str:
    """A size in the unit below the one that it would overflow ("509.50 GiB", "1024.00 GiB")."""
    value, unit = float(count), 0
    while value > 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{count} B" if unit == 0 else f"{value:.2f} {_UNITS[unit]}"
