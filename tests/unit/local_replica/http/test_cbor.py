"""CBOR from anybody: what a codec writes is read, and nothing hostile costs more than its own bytes."""

import contextlib
import tracemalloc

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_replica.http.cbor import read_cbor
from local_replica.http.errors import InvalidRequest

ITEMS = st.recursive(
    st.integers(-(2**64), 2**64 - 1) | st.binary() | st.text() | st.booleans() | st.none() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@given(ITEMS)
def test_it_reads_what_a_codec_writes(item: object) -> None:
    assert read_cbor(cbor2.dumps(item)) == item
    assert read_cbor(bytes.fromhex("d9d9f7") + cbor2.dumps(item)) == item


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(InvalidRequest):
        read_cbor(body)


@pytest.mark.parametrize(
    "body",
    [
        b"\x81" * 100_000 + b"\x00",
        b"\xd9\xd9\xf7" * 100_000 + b"\x00",
        b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\xbb\x7f\xff\xff\xff\xff\xff\xff\xff" + b"\x61a\x00",
        b"\x5b\x00\x00\x00\x7f\xff\xff\xff\xff",
        b"\xa2\x61a\x00\x61a\x00",
        b"\xa1\x00\x00",
        b"\xc2\x41\x01",
        b"\x00\x00",
        b"\x62\xff\xff",
    ],
    ids=["deep", "tags", "long list", "long map", "long bytes", "twice", "odd key", "tag", "leftover", "not text"],
)
def test_hostile_bodies_are_refused_before_they_take_memory(body: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(InvalidRequest):
        read_cbor(body)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000


def test_pieces_of_indefinite_length_are_joined() -> None:
    assert read_cbor(bytes.fromhex("bf616101616bff"[:8] + "6162" + "9f0102ff" + "ff")) == {"a": 1, "b": [1, 2]}
    assert read_cbor(bytes.fromhex("5f41014102ff")) == b"\1\2"
