"""Tallies: counts by metric and bucket, sparse, which add up; and their bytes.

A histogram's metric has a bucket of `histograms` for each duration, a plain counter has only bucket 0.
"""

from collections.abc import Iterable, Iterator, Mapping

CREATED = 0
SOLVED = 1
REOPENED = 2
FIRST_REPLY = 3
FIRST_REPLY_BUSINESS = 4
RESOLUTION = 5
RESOLUTION_BUSINESS = 6
CREATED_AT_HOUR = 7
RATED = 8
TARGET_MET = 9
TARGET_MISSED = 10

NAMES = (
    "created",
    "solved",
    "reopened",
    "first_reply",
    "first_reply_business",
    "resolution",
    "resolution_business",
    "created_at_hour",
    "rated",
    "target_met",
    "target_missed",
)
_BUCKET_BITS = 9
_BUCKETS = (1 << _BUCKET_BITS) - 1

Tally = dict[int, int]
"""Counts by `metric << 9 | bucket`; none is 0."""


def key_of(metric: int, bucket: int = 0) -> int:
    """Under which a tally counts a bucket of a metric."""
    return metric << _BUCKET_BITS | bucket


def count(tally: Tally, key: int, times: int = 1) -> None:
    """Add to one count of a tally."""
    total = tally.get(key, 0) + times
    if total:
        tally[key] = total
    else:
        tally.pop(key, None)


def merged(tallies: Iterable[Mapping[int, int]]) -> Tally:
    """The sum of tallies."""
    total: Tally = {}
    for tally in tallies:
        for key, times in tally.items():
            count(total, key, times)
    return total


def of_metric(tally: Mapping[int, int], metric: int) -> dict[int, int]:
    """The counts of one metric by bucket."""
    return {key & _BUCKETS: times for key, times in tally.items() if key >> _BUCKET_BITS == metric}


def entries(tally: Mapping[int, int]) -> Iterator[tuple[str, int, int]]:
    """(the metric's name, bucket, count), in the order of metrics and buckets."""
    for key in sorted(tally):
        yield NAMES[key >> _BUCKET_BITS], key & _BUCKETS, tally[key]


def to_bytes(tally: Mapping[int, int]) -> bytes:
    """Pairs of LEB128 numbers: how much larger each key is than the one before, and its count in zigzag form."""
    out = bytearray()
    before = 0
    for key in sorted(tally):
        _put(out, key - before)
        times = tally[key]
        _put(out, times << 1 if times >= 0 else (-times << 1) - 1)
        before = key
    return bytes(out)


def from_bytes(content: bytes | bytearray) -> Tally:
    """The tally that `to_bytes` wrote."""
    tally: Tally = {}
    numbers = _numbers(content)
    key = 0
    for step in numbers:
        key += step
        coded = next(numbers)
        tally[key] = -(coded + 1 >> 1) if coded & 1 else coded >> 1
    return tally


def _put(out: bytearray, number: int) -> None:
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)


def _numbers(content: bytes | bytearray) -> Iterator[int]:
    number = shift = 0
    for octet in content:
        number |= (octet & 127) << shift
        if octet & 128:
            shift += 7
        else:
            yield number
            number = shift = 0
