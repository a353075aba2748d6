"""Readers of records: one loop over steps, with the commonest field types read without a call."""

from struct import Struct
from typing import Any

from candid.readers import Reader
from candid.skip import ZERO_SIZED, exhausted, skipped
from candid.wire import read_length

SIZED, CALL, OPTION, FIXED, PASS = 0, 1, 2, 3, 4
"""What a step does: read a text or blob; call a reader; call one unless null; unpack numbers; pass over."""

Step = tuple[int, Any, Any]
"""(what, key or keys, what makes a value of bytes, reader, unpacking or skip)"""


def record_reader(template: dict[Any, Any], steps: list[Step], need: int, spend: int) -> Reader:
    """A dict with the keys of `template`, in its order; fields that no step reads stay None.

    `need` is how many values without bytes the record holds, `spend` how many of them directly.
    """
    merged = _merged(steps)

    def read(data: bytes, pos: int, quota: list[int]) -> tuple[Any, int]:
        if need:
            _charge(quota, need, spend)
        record: dict[Any, Any] = template.copy()
        for what, key, arg in merged:
            if what == SIZED:
                length = data[pos]
                pos += 1
                if length > 127:
                    length, pos = read_length(data, pos - 1)
                end = pos + length
                record[key] = arg(data[pos:end])
                pos = end
            elif what == CALL:
                record[key], pos = arg(data, pos, quota)
            elif what == OPTION:
                if data[pos]:
                    record[key], pos = arg(data, pos, quota)
                else:
                    pos += 1
            elif what == FIXED:
                record.update(zip(key, arg.unpack_from(data, pos)))  # noqa: B905 # as many by construction
                pos += arg.size
            else:
                pos = skipped(arg, data, pos, quota)
        return record, pos

    return read


def tuple_reader(count: int, steps: list[Step], need: int, spend: int) -> Reader:
    """A tuple of `count` members; keys of the steps are positions."""
    readers = [_member(step) for step in steps]
    blank = [None] * count

    def read(data: bytes, pos: int, quota: list[int]) -> tuple[Any, int]:
        if need:
            _charge(quota, need, spend)
        members = blank.copy()
        for key, reader in readers:
            if key is None:
                pos = skipped(reader, data, pos, quota)
            else:
                members[key], pos = reader(data, pos, quota)
        return tuple(members), pos

    return read


def _charge(quota: list[int], need: int, spend: int) -> None:
    if quota[ZERO_SIZED] < need:
        raise exhausted()
    quota[ZERO_SIZED] -= spend


def _member(step: Step) -> tuple[Any, Any]:
    what, key, arg = step
    return (None, arg) if what == PASS else (key, arg)


def _merged(steps: list[Step]) -> list[Step]:
    """The steps with neighbouring numbers unpacked at once."""
    merged: list[Step] = []
    letters = ""
    keys: list[Any] = []
    for what, key, arg in [*steps, (PASS, None, None)]:
        if what == FIXED:
            letters += arg
            keys.append(key)
            continue
        if letters:
            merged.append((FIXED, tuple(keys), Struct("<" + letters)))
            letters, keys = "", []
        merged.append((what, key, arg))
    return merged[:-1]
