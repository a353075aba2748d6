"""A pattern that a text is held against, in one pass: each letter is one look into a table (a DFA made as needed)."""

from bisect import bisect_right

from vex_domain.fields.pattern_ambiguity import check_unambiguous
from vex_domain.fields.pattern_positions import Positions
from vex_domain.fields.pattern_syntax import read_pattern

STATES_KEPT = 256
NOWHERE = -1


class TextPattern:
    """A compiled pattern. Matching a text of n letters looks n times into the table; what the table lacks is worked out
    from at most 128 positions, so the cost is linear in n whatever the pattern is.
    """

    def __init__(self, positions: Positions) -> None:
        bounds = sorted({edge for ranges in positions.letters for low, high in ranges for edge in (low, high + 1)})
        self._bounds = bounds
        self._takes = [_takers(positions, ([-1, *bounds])[symbol]) for symbol in range(len(bounds) + 1)]
        self._follow = [sum([1 << after for after in follow]) for follow in positions.follow]
        self._first = sum([1 << position for position in set(positions.first)])
        self._last = sum([1 << position for position in set(positions.last)])
        self._empty = positions.empty
        self._forget()

    def _forget(self) -> None:
        self._numbers: dict[int, int] = {}
        self._next: list[int] = [self._first]
        self._accepts = [self._empty]
        self._steps: dict[int, int] = {}

    def matches(self, text: str) -> bool:
        """Whether the whole text matches."""
        state = 0
        width = len(self._takes)
        for letter in text:
            symbol = bisect_right(self._bounds, ord(letter))
            known = self._steps.get(state * width + symbol)
            state = self._step(state, symbol) if known is None else known
            if state == NOWHERE:
                return False
        return self._accepts[state]

    def _step(self, state: int, symbol: int) -> int:
        reached = self._next[state] & self._takes[symbol]
        if reached and reached not in self._numbers and len(self._next) > STATES_KEPT:
            self._forget()
            return self._number(reached)
        after = self._number(reached) if reached else NOWHERE
        self._steps[state * len(self._takes) + symbol] = after
        return after

    def _number(self, reached: int) -> int:
        number = self._numbers.get(reached)
        if number is None:
            number = len(self._next)
            self._numbers[reached] = number
            self._next.append(self._after(reached))
            self._accepts.append(reached & self._last != 0)
        return number

    def _after(self, reached: int) -> int:
        after = 0
        for position, follow in enumerate(self._follow):
            if reached >> position & 1:
                after |= follow
        return after


def _takers(positions: Positions, point: int) -> int:
    takers = 0
    for position, ranges in enumerate(positions.letters):
        if any(low <= point <= high for low, high in ranges):
            takers |= 1 << position
    return takers


def compile_pattern(field: str, pattern: str) -> TextPattern:
    """The pattern, ready to match. Raises PatternRefused."""
    positions = Positions(field, read_pattern(field, pattern))
    check_unambiguous(field, positions)
    return TextPattern(positions)
