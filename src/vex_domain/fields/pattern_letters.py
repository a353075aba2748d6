"""Sets of letters as ranges of code points: classes, escapes, complements."""

Ranges = list[tuple[int, int]]

LAST = 0x10FFFF
DIGITS: Ranges = [(0x30, 0x39)]
WORD: Ranges = [(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)]
SPACE: Ranges = [(0x09, 0x0D), (0x20, 0x20)]
ALL_BUT_NEWLINE: Ranges = [(0, 9), (11, LAST)]


def merged(ranges: Ranges) -> Ranges:
    """The same letters in ascending ranges that do not touch."""
    found: Ranges = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found


def complement(ranges: Ranges) -> Ranges:
    """All other letters."""
    found: Ranges = []
    start = 0
    for low, high in merged(ranges):
        if low > start:
            found.append((start, low - 1))
        start = high + 1
    if start <= LAST:
        found.append((start, LAST))
    return found


ESCAPES: dict[str, Ranges] = {
    "d": DIGITS,
    "D": complement(DIGITS),
    "w": WORD,
    "W": complement(WORD),
    "s": SPACE,
    "S": complement(SPACE),
}
