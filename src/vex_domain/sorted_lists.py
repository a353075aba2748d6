"""Lists of ticket positions by a number (status, assignee, …), kept in order in arrays of 4-byte ints."""

from array import array
from bisect import bisect_left, bisect_right

PIECE = 1024
"""Positions in one array at most: what an addition or a removal moves, however long a list is."""


class SortedLists:
    """key (int) -> ascending positions. Moving a position costs one memory move of a piece, never a scan."""

    def __init__(self) -> None:
        self._lists: dict[int, array[int]] = {}
        """Of each list the last piece, which is never empty and for most of them is all."""
        self._earlier: dict[int, list[array[int]]] = {}
        """The pieces before it, none of them empty, of lists that have any."""

    def add(self, key: int, position: int) -> None:
        """Put a position under the key; one that is there stays once."""
        positions = self._lists.get(key)
        if positions is None:
            self._lists[key] = array("I", (position,))
        elif positions[-1] < position:
            if len(positions) < PIECE:
                positions.append(position)
            else:
                self._earlier.setdefault(key, []).append(positions)
                self._lists[key] = array("I", (position,))
        else:
            self._insert(key, position)

    def _insert(self, key: int, position: int) -> None:
        pieces = self._pieces(key)
        number = _piece_of(pieces, position)
        positions = pieces[number]
        at = bisect_left(positions, position)
        if at < len(positions) and positions[at] == position:
            return
        positions.insert(at, position)
        if len(positions) > PIECE:
            pieces[number : number + 1] = [positions[: PIECE // 2], positions[PIECE // 2 :]]
            self._set_pieces(key, pieces)

    def remove(self, key: int, position: int) -> None:
        """Take a position away from the key; an empty list is forgotten."""
        if key not in self._lists:
            return
        pieces = self._pieces(key)
        number = _piece_of(pieces, position)
        positions = pieces[number]
        at = bisect_left(positions, position)
        if at < len(positions) and positions[at] == position:
            del positions[at]
            if not positions:
                del pieces[number]
                self._set_pieces(key, pieces)

    def count(self, key: int) -> int:
        """How many positions stand under the key."""
        last = len(self._lists.get(key, ()))
        earlier = self._earlier.get(key)
        return last if earlier is None else last + sum(map(len, earlier))

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
                if end < count and key in self._earlier:
                    found += self._before_last(key, position, count - end)
        found.sort(reverse=True)
        return found[:count]

    def _before_last(self, key: int, position: int | None, count: int) -> list[int]:
        """As `before`, of the pieces before the last one of one list; in no order."""
        found: list[int] = []
        for positions in reversed(self._earlier[key]):
            end = len(positions) if position is None else bisect_left(positions, position)
            found += positions[max(0, end - count + len(found)) : end]
            if len(found) == count:
                break
        return found

    def _pieces(self, key: int) -> list["array[int]"]:
        return [*self._earlier.get(key, ()), self._lists[key]]

    def _set_pieces(self, key: int, pieces: list["array[int]"]) -> None:
        self._earlier.pop(key, None)
        self._lists.pop(key)
        if pieces:
            self._lists[key] = pieces[-1]
        if len(pieces) > 1:
            self._earlier[key] = pieces[:-1]


def _first(positions: "array[int]") -> int:
    return positions[0]


def _piece_of(pieces: list["array[int]"], position: int) -> int:
    """The number of the piece that holds a position or would: the last that does not begin behind it."""
    return max(0, bisect_right(pieces, position, key=_first) - 1)
