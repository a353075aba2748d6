"""A token counts from 24 hours before the canister's time to 2 minutes after it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.refusals import InFuture, Invalid, TooLarge, TooOld
from vex_domain.token_window import FUTURE_NS, PAST_NS, check_token, forgettable

NOW = 1_700_000_000_000_000_000
TIMES = st.integers(0, 2**64 - 1)


@given(created_at=TIMES, now=TIMES)
def test_exactly_the_window_is_accepted(created_at: int, now: int) -> None:
    if created_at < now - PAST_NS:
        with pytest.raises(TooOld):
            check_token("t", created_at, now)
    elif created_at > now + FUTURE_NS:
        with pytest.raises(InFuture):
            check_token("t", created_at, now)
    else:
        check_token("t", created_at, now)


@given(created_at=TIMES, remembered_at=TIMES, later=TIMES)
def test_what_is_forgotten_can_only_come_back_too_old(created_at: int, remembered_at: int, later: int) -> None:
    if -PAST_NS <= created_at - remembered_at <= FUTURE_NS and forgettable(remembered_at, later):
        with pytest.raises(TooOld):
            check_token("t", created_at, later)


def test_tokens_are_neither_empty_nor_long() -> None:
    with pytest.raises(Invalid):
        check_token("", NOW, NOW)
    with pytest.raises(TooLarge):
        check_token("t" * 65, NOW, NOW)
