"""Pushes for all members of an organisation, or for one principal everywhere: what was cached before them is gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_canister.grant_cache import EVERY_ORGANISATION, EVERYONE, LONGEST_LIFETIME, GrantCache

NOW = 10**18
CALLERS = (b"ada", b"bob")
PAIRS = st.tuples(st.sampled_from(CALLERS), st.integers(1, 2))
PUSHES = st.tuples(st.sampled_from([*CALLERS, EVERYONE]), st.integers(0, 2), st.integers(1, 20))


def grants(epoch: int) -> dict[str, object]:
    return {
        "person": 1,
        "roles": ["agent"],
        "teams": [],
        "permissions": ["ticket.read"],
        "epoch": epoch,
        "lifetime": LONGEST_LIFETIME,
        "known_teams": 0,
        "updates_per_minute": None,
    }


@given(st.lists(st.tuples(PAIRS, st.integers(1, 20)), max_size=12), st.lists(PUSHES, max_size=6), PAIRS)
def test_an_answer_counts_unless_a_later_push_is_about_it(
    answers: list[tuple[tuple[bytes, int], int]], pushes: list[tuple[bytes, int, int]], asked: tuple[bytes, int]
) -> None:
    cache, kept = GrantCache(b"secret"), {}
    for (caller, organisation), epoch in answers:
        cache.keep(cache.key(caller, organisation), caller, organisation, grants(epoch), NOW)
        kept[(caller, organisation)] = epoch
    pushes = [push for push in pushes if push[0] != EVERYONE or push[1] != EVERY_ORGANISATION]
    for subject, organisation, epoch in pushes:
        cache.raise_floor(subject, organisation, epoch, NOW)
    caller, organisation = asked
    about = [
        epoch
        for subject, of, epoch in pushes
        if subject in (caller, EVERYONE) and of in (organisation, EVERY_ORGANISATION)
    ]
    named = any(subject == caller and of == organisation for subject, of, _ in pushes)
    found = cache.find(cache.key(caller, organisation), caller, organisation, NOW)
    if asked not in kept or named or kept[asked] < max(about, default=0):
        assert found is None
    else:
        assert found is not None


@pytest.mark.parametrize(("subject", "organisation"), [(EVERYONE, 1), (b"ada", EVERY_ORGANISATION), (b"ada", 1)])
def test_an_answer_from_before_a_push_is_not_kept_after_it(subject: bytes, organisation: int) -> None:
    cache = GrantCache(b"secret")
    key = cache.key(b"ada", 1)
    cache.raise_floor(subject, organisation, 5, NOW)
    assert cache.keep(key, b"ada", 1, grants(4), NOW) is None
    assert cache.keep(key, b"ada", 1, grants(5), NOW) is not None
    assert cache.find(key, b"ada", 1, NOW) is not None


def test_floors_that_no_answer_can_be_older_than_are_forgotten() -> None:
    cache = GrantCache(b"secret")
    for organisation in range(1, 1_025):
        cache.raise_floor(EVERYONE, organisation, 1, NOW)
    cache.raise_floor(EVERYONE, 2_000, 1, NOW + 2 * LONGEST_LIFETIME)
    assert len(cache._wide_floors) == 1
