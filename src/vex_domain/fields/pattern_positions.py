"""The positions of a pattern: which letters each takes and which may follow (Glushkov, 1961)."""

from vex_domain.fields.pattern_letters import Ranges, merged
from vex_domain.fields.pattern_syntax import Node
from vex_domain.refusals import PatternRefused

POSITIONS_MOST = 128

Piece = tuple[bool, list[int], list[int]]
"""Whether a part of the pattern matches nothing too, the positions that begin it, those that end it."""


class Positions:
    """`letters` by position (from 0), `follow` with how many ways (1, or 2 for more) lead on, and where a match
    begins and ends.
    """

    def __init__(self, field: str, tree: Node) -> None:
        self._field = field
        self.letters: list[Ranges] = []
        self.follow: list[dict[int, int]] = []
        self.empty, self.first, self.last = self._piece(tree)

    def _piece(self, node: Node) -> Piece:
        kind = node[0]
        if kind == "set":
            return self._position(node[1])
        if kind == "cat":
            return self._sequence([self._piece(part) for part in node[1]])
        if kind == "alt":
            pieces = [self._piece(part) for part in node[1]]
            first = [position for piece in pieces for position in piece[1]]
            last = [position for piece in pieces for position in piece[2]]
            return any(piece[0] for piece in pieces), first, last
        return self._repetition(node[1], node[2], node[3])

    def _position(self, ranges: Ranges) -> Piece:
        if len(self.letters) == POSITIONS_MOST:
            raise PatternRefused(self._field, "has more than " + str(POSITIONS_MOST) + " places for letters")
        self.letters.append(merged(ranges))
        self.follow.append({})
        here = [len(self.letters) - 1]
        return False, here, here

    def _join(self, last: list[int], first: list[int]) -> None:
        for before in last:
            follow = self.follow[before]
            for after in first:
                follow[after] = min(2, follow.get(after, 0) + 1)

    def _sequence(self, pieces: list[Piece]) -> Piece:
        empty = True
        first: list[int] = []
        last: list[int] = []
        for piece in pieces:
            self._join(last, piece[1])
            first = first + piece[1] if empty else first
            last = last + piece[2] if piece[0] else piece[2]
            empty = empty and piece[0]
        return empty, first, last

    def _repetition(self, node: Node, least: int, most: int | None) -> Piece:
        pieces = [self._piece(node) for _ in range(least if most is not None else max(least, 1))]
        if most is None:
            self._join(pieces[-1][2], pieces[-1][1])
            if not least:
                pieces[-1] = (True, pieces[-1][1], pieces[-1][2])
            return self._sequence(pieces)
        # x{0,3} is (x(x(x)?)?)?: each optional one stands inside the one before, so that a text has one way through.
        tail: Piece = (True, [], [])
        for _ in range(most - least):
            tail = self._optional(node, tail)
        return self._sequence([*pieces, tail])

    def _optional(self, node: Node, tail: Piece) -> Piece:
        empty, first, last = self._sequence([self._piece(node), tail])
        return empty or True, first, last
