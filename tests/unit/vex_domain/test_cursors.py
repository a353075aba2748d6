"""Cursors carry a position to the same question, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.cursors import POSITION_LIMIT, decode_cursor, encode_cursor, page_size
from vex_domain.refusals import Invalid


@given(st.integers(0, POSITION_LIMIT - 1), st.text(max_size=40))
def test_a_cursor_carries_its_position(position: int, question: str) -> None:
    assert decode_cursor(encode_cursor(position, question), question) == position


@given(st.text(max_size=60))
def test_no_other_text_is_a_cursor(text: str) -> None:
    with pytest.raises(Invalid):
        decode_cursor(text, "tickets of 1")


@given(st.integers(0, POSITION_LIMIT - 1), st.text(max_size=10), st.text(max_size=10))
def test_a_cursor_of_another_list_is_refused(position: int, mine: str, other: str) -> None:
    if mine != other:
        with pytest.raises(Invalid):
            decode_cursor(encode_cursor(position, mine), other)


def test_without_a_cursor_a_list_begins_at_its_start() -> None:
    assert decode_cursor(None, "q") is None


def test_a_page_has_the_size_that_is_asked_for_up_to_the_most() -> None:
    assert [page_size(None, 25, 50), page_size(50, 25, 50)] == [25, 50]
    for limit in (0, 51):
        with pytest.raises(Invalid):
            page_size(limit, 25, 50)
