"""A tally that is kept as its bytes: most counts go up in place, so that a long day costs no more than a short one."""

from vex_domain.reporting.tallies import Tally, count, from_bytes, to_bytes


class DayTally:
    """The bytes of a tally (`tallies.to_bytes`) and where in them each key's count begins."""

    __slots__ = ("_content", "_places")

    def __init__(self, content: bytes) -> None:
        self._content = bytearray(content)
        self._places = _places_in(content)

    def content(self) -> bytes:
        """The bytes as they stand."""
        return bytes(self._content)

    def add(self, tally: Tally) -> None:
        """Add to the counts."""
        rest = {key: times for key, times in tally.items() if not self._raised(key, times)}
        if rest:
            total = from_bytes(self._content)
            for key, times in rest.items():
                count(total, key, times)
            self._content = bytearray(to_bytes(total))
            self._places = _places_in(self._content)

    def _raised(self, key: int, times: int) -> bool:
        """Raise a count in place, unless it is new, negative, or would carry out of its first octet."""
        place = self._places.get(key)
        if place is None or times < 0:
            return False
        octet = self._content[place]
        raised = (octet & 127) + (times << 1)
        if octet & 1 or raised > 127:  # zigzag: odd numbers are negative
            return False
        self._content[place] = octet & 128 | raised
        return True


def _places_in(content: bytes | bytearray) -> dict[int, int]:
    """Where the counts begin: of numbers in LEB128, keys' steps and counts in turn."""
    places: dict[int, int] = {}
    key = step = shift = start = 0
    is_step = True
    for place, octet in enumerate(content):
        if is_step:
            step |= (octet & 127) << shift
            shift += 7
        if octet < 128:
            if is_step:
                key += step
                start = place + 1
            else:
                places[key] = start
            is_step, step, shift = not is_step, 0, 0
    return places
