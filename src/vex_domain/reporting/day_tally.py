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
        """Add to the counts: in place, unless one is new, negative or carries out of its first octet."""
        content = self._content
        for key, times in tally.items():
            place = self._places.get(key)
            octet = 1 if place is None else content[place]
            raised = (octet & 127) + (times << 1)
            if place is None or octet & 1 or times < 0 or raised > 127:  # zigzag: odd numbers are negative
                self._write_anew(key, times)
                content = self._content
            else:
                content[place] = octet & 128 | raised

    def _write_anew(self, key: int, times: int) -> None:
        total = from_bytes(self._content)
        count(total, key, times)
        self._content = bytearray(to_bytes(total))
        self._places = _places_in(self._content)


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
