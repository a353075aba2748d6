"""Rates in a fixed amount of memory: never more than an exact list of times would let through."""

from hypothesis import given
from hypothesis import strategies as st

from vex_domain.limits.rate_sketch import Rate, RateSketch
from vex_domain.time_units import MINUTE_NS

CALLS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 20 * 10**9), st.integers(1, 4)), max_size=80)


class ExactTimes:
    """What the sketch stands for: one time for every key."""

    def __init__(self) -> None:
        self.until: dict[int, int] = {}

    def let_through(self, key: int, now: int, units: int, rate: Rate) -> bool:
        used = max(self.until.get(key, 0), now) - now
        if used > rate.span - units * rate.span // rate.units:
            return False
        self.until[key] = now + used + units * rate.span // rate.units
        return True


@given(CALLS, st.integers(1, 6), st.sampled_from([1, 4, 8192]))
def test_it_lets_nothing_through_that_exact_times_refuse(
    calls: list[tuple[int, int, int]], most: int, slots: int
) -> None:
    sketch, exact, rate, now = RateSketch(b"s" * 32, slots), ExactTimes(), Rate(most), 10**18
    for number, pause, units in calls:
        now += pause
        key = sketch.key_of(0, number)
        allowed = rate.wait(sketch, key, now, units) == 0
        if allowed:
            assert exact.let_through(number, now, units, rate)
            rate.take(sketch, key, now, units)


@given(CALLS, st.integers(1, 6))
def test_one_key_alone_gets_exactly_its_rate(calls: list[tuple[int, int, int]], most: int) -> None:
    sketch, exact, rate, now = RateSketch(b"s" * 32), ExactTimes(), Rate(most), 10**18
    for _, pause, units in calls:
        now += pause
        allowed = rate.wait(sketch, 7, now, units) == 0
        assert allowed == exact.let_through(7, now, units, rate)
        if allowed:
            rate.take(sketch, 7, now, units)


@given(st.integers(1, 50), st.integers(0, 49))
def test_it_says_how_long_to_wait(most: int, early: int) -> None:
    sketch, rate, now = RateSketch(b"s" * 32), Rate(most), 10**18
    for _ in range(most):
        assert rate.wait(sketch, 1, now) == 0
        rate.take(sketch, 1, now)
    wait = rate.wait(sketch, 1, now)
    assert 0 < wait <= MINUTE_NS // most
    assert rate.wait(sketch, 1, now + wait) == 0
    assert rate.wait(sketch, 1, now + wait - 1 - early) > 0


def test_what_is_more_than_the_whole_rate_never_passes() -> None:
    assert Rate(10).wait(RateSketch(b""), 1, 10**18, units=11) > 0


def test_the_memory_does_not_grow_with_the_callers() -> None:
    sketch = RateSketch(b"s" * 32, 64)
    for number in range(10_000):
        Rate(10).take(sketch, sketch.key_of(1, number), 10**18)
    assert len(sketch._first) == len(sketch._second) == 64


def test_a_caller_seldom_meets_another_in_both_rows() -> None:
    sketch, now = RateSketch(b"secret of this canister, 32 byte"), 10**18
    for number in range(1_000):
        Rate(1).take(sketch, sketch.key_of(0, number), now)
    refused = sum(Rate(1).wait(sketch, sketch.key_of(0, number), now) > 0 for number in range(1_000, 3_000))
    assert refused < 60
