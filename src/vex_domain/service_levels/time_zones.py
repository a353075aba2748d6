"""A time zone as data: from which second on its clocks are how far from UTC (IANA's rules, made explicit)."""

from bisect import bisect_right
from typing import Any

from vex_domain.refusals import Invalid, TooLarge

LONGEST_NAME = 64
TRANSITIONS_MOST = 256
FARTHEST_OFFSET = 26 * 3_600
FARTHEST_TIME = 1 << 40
_NAME_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/")


class TimeZone:
    """Offsets in seconds east of UTC: `offsets[0]` before the first transition, `offsets[i + 1]` from transition i on.

    After the last transition its offset stays: `vex.zones` hands over those until 2050.
    """

    __slots__ = ("name", "offsets", "transitions")

    def __init__(self, name: str, transitions: tuple[int, ...], offsets: tuple[int, ...]) -> None:
        self.name = name
        self.transitions = transitions
        self.offsets = offsets

    def offset_at(self, second: int) -> int:
        """How far local clocks are ahead of UTC at a second since 1970-01-01."""
        return self.offsets[bisect_right(self.transitions, second)]


UTC = TimeZone("UTC", (), (0,))


def check_zone_name(name: str) -> None:
    """A name as IANA writes them, at most 64 characters. Raises Invalid, TooLarge."""
    if len(name) > LONGEST_NAME:
        raise TooLarge("name", LONGEST_NAME, len(name))
    if not name or not _NAME_LETTERS.issuperset(name):
        raise Invalid("name", "is not a time zone's name")


def zone_from(name: str, offset: int, changes: list[Any]) -> TimeZone:
    """A zone from its first offset and its changes [second, offset, second, offset, …]. Raises Invalid, TooLarge.

    All are ints: seconds since 1970-01-01 that ascend, and seconds east of UTC.
    """
    check_zone_name(name)
    if len(changes) > 2 * TRANSITIONS_MOST:
        raise TooLarge("changes", 2 * TRANSITIONS_MOST, len(changes))
    if len(changes) % 2 or not all(type(number) is int for number in [offset, *changes]):
        raise Invalid("changes", "are not pairs of whole numbers")
    transitions = tuple(changes[::2])
    offsets = (offset, *changes[1::2])
    if any(abs(each) > FARTHEST_OFFSET for each in offsets):
        raise Invalid("changes", "have an offset of more than 26 hours")
    if any(abs(each) > FARTHEST_TIME for each in transitions):
        raise Invalid("changes", "have a time that is too far away")
    if any(transitions[at] <= transitions[at - 1] for at in range(1, len(transitions))):
        raise Invalid("changes", "do not ascend")
    return TimeZone(name, transitions, offsets)


def packed_zone(zone: TimeZone) -> list[int]:
    """The zone as the list [offset, second, offset, second, offset, …], which `unpacked_zone` reads."""
    packed = [zone.offsets[0]]
    for second, offset in zip(zone.transitions, zone.offsets[1:], strict=True):
        packed.append(second)
        packed.append(offset)
    return packed


def unpacked_zone(name: str, packed: list[Any]) -> TimeZone:
    """The zone of a packed list. Raises Invalid, TooLarge."""
    if not packed:
        raise Invalid("changes", "have no first offset")
    return zone_from(name, packed[0], packed[1:])
