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
        """Add to the counts: in place, unless one is new or goes down or is negative."""
        for key, times in tally.items():
            content, place = self._content, self._places.get(key)
            if place is None or times < 0 or content[place] & 1:  # zigzag: odd numbers are negative
                self._write_anew(key, times)
                continue
            octet = content[place]
            raised = (octet & 127) + (times << 1)
            content[place] = octet & 128 | raised & 127
            if raised > 127:
                self._carry(place, raised >> 7)

    def _carry(self, place: int, step: int) -> None:
        """Add to the octets after this one of the same number, which gets longer when it has none."""
        content = self._content
        while step:
            if content[place] < 128:
                content[place] |= 128
                content.insert(place + 1, 0)
                self._places = _places_in(content)
            place += 1
            raised = (content[place] & 127) + step
            content[place] = content[place] & 128 | raised & 127
            step = raised >> 7

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
