"""Histograms of durations with buckets of 1/8 of their octave: exact to add, quantiles to within 12.5 %.

Below 16 s every second has a bucket of its own. The scheme is that of HdrHistogram with three significant bits.
"""

from collections.abc import Mapping

LONGEST = (1 << 40) - 1
_BITS = 3


def bucket_of(seconds: int) -> int:
    """The bucket of a duration (s), 0..303; negative ones count as 0, longer ones than 2^40 - 1 s as that."""
    value = min(max(seconds, 0), LONGEST)
    octave = max(0, value.bit_length() - _BITS - 1)
    return (octave << _BITS) + (value >> octave)


def bounds(bucket: int) -> tuple[int, int]:
    """The shortest and the longest duration (s) of a bucket."""
    octave = max(0, (bucket >> _BITS) - 1)
    lowest = (bucket - (octave << _BITS)) << octave
    return lowest, lowest + (1 << octave) - 1


def quantile(counts: Mapping[int, int], percent: int) -> int | None:
    """The middle of the bucket (s) that holds the value at `percent` (nearest rank); None without values."""
    total = sum(counts.values())
    if total <= 0:
        return None
    rank = max(1, -(-total * percent // 100))
    seen = 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen >= rank:
            lowest, longest = bounds(bucket)
            return (lowest + longest) // 2
    return None
