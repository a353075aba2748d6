"""Whether a pattern could keep a matcher that goes back busy without bound.

Ours never goes back, but the same pattern is checked in browsers. One whose automaton has, from a position to itself,
two ways for the same letters takes time that doubles with every round of them (Weber and Seidl 1991, criterion EDA).
"""

from vex_domain.fields.pattern_letters import Ranges
from vex_domain.fields.pattern_positions import Positions
from vex_domain.refusals import PatternRefused

STEPS_MOST = 40_000


def check_unambiguous(field: str, positions: Positions) -> None:
    """Raises PatternRefused for a pattern that can backtrack without bound, or is too intricate to tell."""
    steps = 0
    for position, follow in enumerate(positions.follow):
        reached: dict[tuple[int, int, bool], None] = {(position, position, False): None}
        waiting = list(reached)
        while waiting and follow:
            here = waiting.pop()
            for after in _successors(positions, here):
                steps += 1
                if after == (position, position, True):
                    raise PatternRefused(field, "can be matched in ways whose number doubles; repeat unlike parts only")
                if after not in reached:
                    reached[after] = None
                    waiting.append(after)
            if steps > STEPS_MOST:
                raise PatternRefused(field, "is too intricate")


def _successors(positions: Positions, here: tuple[int, int, bool]) -> list[tuple[int, int, bool]]:
    left, right, parted = here
    found = []
    for one, ways in positions.follow[left].items():
        for other in positions.follow[right]:
            apart = one != other or (left == right and ways > 1)
            if one == other or _overlap(positions.letters[one], positions.letters[other]):
                found.append((min(one, other), max(one, other), parted or apart))
    return found


def _overlap(left: Ranges, right: Ranges) -> bool:
    return any(low <= high2 and low2 <= high for low, high in left for low2, high2 in right)
