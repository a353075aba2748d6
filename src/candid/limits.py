"""Bounds on what decoding may cost beyond the message's own bytes."""

from typing import NamedTuple


class Limits(NamedTuple):
    """What one decode may spend; exceeding any of them is a DecodeError.

    `header_bytes`: length of the type table with the argument types.
    `table_entries`: types in the table.
    `zero_sized`: values that take no bytes on the wire (null, reserved, empty records, absent fields).
    `depth`: nesting through recursive types.
    `skipped_bytes`: bytes of extra arguments and fields; None: any number.
    """

    header_bytes: int = 65_536
    table_entries: int = 10_000
    zero_sized: int = 1_000_000
    depth: int = 400
    skipped_bytes: int | None = None


DEFAULT = Limits()
