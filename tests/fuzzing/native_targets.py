"""What is fuzzed in C: compiled with counters that guide libFuzzer, and with sanitizers (fuzzing.run sees to both)."""

import contextlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

MOST_STEPS = 60


def native_maps() -> Callable[[bytes], None]:
    """Operations on a stable map in C while its memory is damaged: each works or says what is wrong.

    The input: the kind of keys, how many entries there are, then steps of four bytes each.
    """
    from fuzzing.map_steps import Subject, starting_points

    points = starting_points()

    def run(content: bytes) -> None:
        if len(content) >= 2:
            subject = Subject(points[content[0] % len(points)], content[1])
            for step in _steps(content):
                subject.step(*step)

    return run


def _steps(content: bytes) -> Iterator[bytes]:
    """Four bytes each, behind the two that say what to begin with."""
    for start in range(2, min(len(content) - 3, 4 * MOST_STEPS), 4):
        yield content[start : start + 4]


def twin_maps() -> Callable[[bytes], None]:
    """The same operations on sound memories in C and in Python, which find the same and leave the same bytes."""
    from fuzzing.map_steps import Twins, starting_points

    points = starting_points()

    def run(content: bytes) -> None:
        if len(content) >= 2:
            twins = Twins(points[content[0] % len(points)], content[1])
            for step in _steps(content):
                twins.step(*step)
            twins.check()

    return run


def native_plans() -> Callable[[bytes], None]:
    """Candid messages through plans in C beside the Python codec, of the type that the first byte names.

    What was decoded is encoded again, by its own plan and by that of the next type.
    """
    from candid import CandidError
    from candid.did import parse_type
    from fuzzing.targets import CANDID_TYPES
    from support import candid_plans

    with candid_plans.native_plans():
        known = [candid_plans.Pair(candid_plans.EVERYTHING), candid_plans.Pair()]
        known += [candid_plans.Pair(parse_type(text)) for text in CANDID_TYPES]

    def run(content: bytes) -> None:
        if not content:
            return
        at = content[0] % len(known)
        own, other = known[at], known[(at + 1) % len(known)]
        if own.decodes_alike(content[1:]):
            values = own.plan.decode(content[1:])
            own.encodes_alike(*values)
            with contextlib.suppress(CandidError):
                other.encodes_alike(*values)

    return run


def map_seeds() -> list[bytes]:
    """Every kind of keys: entries come and go, then bytes of the memory change."""
    return [bytes((kind, size, *steps)) for kind in range(6) for size in range(4) for steps in _histories()]


def _histories() -> Iterator[list[int]]:
    yield [part for number in range(40) for part in (0, number * 7 % 251, 0, number)]
    yield [part for number in range(40) for part in (3, number * 5 % 251, number % 2, 0)]
    for place in range(0, 240, 60):
        yield [7, place, 0, 255, 5, place, 0, 0, 0, place, 1, 9, 3, 4, 0, 0, 6, 0, 0, 0]


def plan_seeds() -> list[bytes]:
    """A message of each type, and that of one type under the number of its neighbour."""
    from fuzzing.seeds import candid_values
    from support import candid_plans

    with candid_plans.native_plans():
        everything = candid_plans.Pair(candid_plans.EVERYTHING).python_encode(candid_plans.VALUES)
    messages = [everything, b"DIDL\0\0", *candid_values()]
    right = [bytes((at,)) + message for at, message in enumerate(messages)]
    return [*right, *(first[:1] + second[1:] for first, second in pairwise(right))]


NATIVE_TARGETS: dict[str, Callable[[], Callable[[bytes], Any]]] = {
    "native_maps": native_maps,
    "twin_maps": twin_maps,
    "native_plans": native_plans,
}
NATIVE_SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "native_maps": map_seeds,
    "twin_maps": map_seeds,
    "native_plans": plan_seeds,
}
