"""How busy each of many callers is, in a fixed amount of memory.

Every key owns the time (ns) until which it has used up what it may (the generic cell rate algorithm, ATM Forum TM 4.0:
a unit of work moves that time on by the interval between two units). Times stand in two rows of slots found by a keyed
hash; a key's time is the earlier of its two, so that a stranger slows it down only by meeting it in both rows.
"""

from array import array

from vex_domain.time_units import MINUTE_NS

SLOTS = 8_192
_MASK = (1 << 64) - 1
_ROW_BITS = 32


class RateSketch:
    """Never lets through what a list of exact times would refuse; may refuse more where keys meet."""

    __slots__ = ("_factor", "_first", "_last", "_offset", "_second")

    def __init__(self, secret: bytes, slots: int = SLOTS) -> None:
        self._first = array("Q", bytes(8 * slots))
        self._second = array("Q", bytes(8 * slots))
        self._last = slots - 1
        self._factor = int.from_bytes(secret[:8].ljust(8, b"\x01"), "big") | 1
        self._offset = int.from_bytes(secret[8:16].ljust(8, b"\x02"), "big")

    def key_of(self, kind: int, number: int) -> int:
        """The key of a number that no caller chooses (a ticket's, an organisation's)."""
        mixed = (number * 8 + kind ^ self._offset) * self._factor & _MASK
        return (mixed ^ mixed >> 29) * self._factor & _MASK

    def wait(self, key: int, now: int, tolerance: int) -> int:
        """How long (ns) until one more unit may be taken by a key that may be ahead by `tolerance` ns; 0: now."""
        return max(0, max(self._until(key), now) - now - tolerance)

    def take(self, key: int, now: int, cost: int) -> None:
        """Use up `cost` ns of the key's time."""
        until = max(self._until(key), now) + cost
        first = key & self._last
        second = key >> _ROW_BITS & self._last
        self._first[first] = max(self._first[first], until)
        self._second[second] = max(self._second[second], until)

    def _until(self, key: int) -> int:
        return min(self._first[key & self._last], self._second[key >> _ROW_BITS & self._last])


class Rate:
    """At most `units` in `span` ns, all of them at once if nothing was used before."""

    __slots__ = ("span", "units")

    def __init__(self, units: int, span: int = MINUTE_NS) -> None:
        self.units = units
        self.span = span

    def wait(self, sketch: RateSketch, key: int, now: int, units: int = 1) -> int:
        """ns until `units` more may be taken; 0: now. What is more than the whole span's never passes."""
        return sketch.wait(key, now, self.span - units * self.span // self.units)

    def take(self, sketch: RateSketch, key: int, now: int, units: int = 1) -> None:
        """Count `units`."""
        sketch.take(key, now, units * self.span // self.units)
