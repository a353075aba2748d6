"""Chunks of a file: together they are the file, whatever the order; nothing but the right length fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.attachments.chunk_rules import (
    CHUNK_BYTES,
    FILE_BYTES_MOST,
    PIECE_BYTES,
    all_there,
    check_chunk,
    check_digest,
    check_size,
    chunk_count,
    missing_chunks,
    piece_spans,
    pieces_of_range,
)
from vex_domain.refusals import Invalid, TooLarge

SIZES = st.integers(1, FILE_BYTES_MOST)


@given(SIZES)
def test_the_lengths_that_fit_add_up_to_the_file(size: int) -> None:
    total = 0
    for number in range(chunk_count(size)):
        length = min(CHUNK_BYTES, size - total)
        check_chunk(size, number, length)
        with pytest.raises(TooLarge):
            check_chunk(size, number, length + 1)
        with pytest.raises(Invalid):
            check_chunk(size, number, length - 1)
        total += length
    assert total == size
    with pytest.raises(Invalid):
        check_chunk(size, chunk_count(size), 1)


@given(SIZES, st.data())
def test_what_is_missing_is_what_never_came(size: int, data: st.DataObject) -> None:
    numbers = range(chunk_count(size))
    came = data.draw(st.lists(st.sampled_from(numbers)))
    received = 0
    for number in came:
        received |= 1 << number
    assert missing_chunks(size, received) == [number for number in numbers if number not in came]
    assert (received == all_there(size)) == (missing_chunks(size, received) == [])


@given(st.integers(1, 3 * PIECE_BYTES), st.integers(0, 3))
def test_pieces_are_the_chunk_in_order(length: int, number: int) -> None:
    content = bytes(length)
    spans = piece_spans(number, content)
    assert b"".join([piece for _, piece in spans]) == content
    first = number * CHUNK_BYTES // PIECE_BYTES
    assert [place for place, _ in spans] == list(range(first, first + len(spans)))


@given(SIZES, SIZES)
def test_a_range_of_bytes_lies_in_its_pieces(first: int, length: int) -> None:
    pieces = pieces_of_range(first, first + length)
    assert pieces.start * PIECE_BYTES <= first
    assert (pieces.stop - 1) * PIECE_BYTES < first + length <= pieces.stop * PIECE_BYTES


def test_sizes_and_digests_have_limits() -> None:
    check_size(1, 1)
    check_digest(bytes(32))
    with pytest.raises(Invalid):
        check_size(0, 10)
    with pytest.raises(TooLarge):
        check_size(11, 10)
    with pytest.raises(Invalid):
        check_digest(bytes(31))
