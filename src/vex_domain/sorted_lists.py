"""Lists of ticket positions by a number (status, assignee, …), kept in order in arrays of 4-byte ints."""

from array import array
from bisect import bisect_left


class SortedLists:
    """key (int) -> ascending positions. Moving a position costs one memory move, never a scan."""

    def __init__(self) -> None:
        self._lists: dict[int, array[int]] = {}

    def add(self, key: int, position: int) -> None:
        """Put a position under the key; one that is there stays once."""
        positions = self._lists.get(key)
        if positions is None:
            self._lists[key] = array("I", (position,))
        elif positions[-1] < position:
            positions.append(position)
        else:
            at = bisect_left(positions, position)
            if positions[at] != position:
                positions.insert(at, position)

    def remove(self, key: int, position: int) -> None:
        """Take a position away from the key; an empty list is forgotten."""
        positions = self._lists.get(key)
        if positions is None:
            return
        at = bisect_left(positions, position)
        if at < len(positions) and positions[at] == position:
            del positions[at]
            if not positions:
                del self._lists[key]

    def count(self, key: int) -> int:
        """How many positions stand under the key."""
        return len(self._lists.get(key, ()))

    def before(self, keys: list[int], position: int | None, count: int) -> list[int]:
        """Up to `count` positions under any of the keys below `position` (None: from the end), highest first.

        No position stands under two of the keys.
        """
        found: list[int] = []
        for key in keys:
            positions = self._lists.get(key)
            if positions is not None:
                end = len(positions) if position is None else bisect_left(positions, position)
                found += positions[max(0, end - count) : end]
        found.sort(reverse=True)
        return found[:count]
