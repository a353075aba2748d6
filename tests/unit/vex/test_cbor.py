"""CBOR of others is a plain value or Untrusted, and never more than its bytes."""

from collections.abc import Callable
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_replica.certification import reading
from support.cbor_bombs import BOMBS
from vex.answers import read_map
from vex.cbor import read_cbor
from vex.certificates import read_certificate
from vex.errors import Untrusted
from vex.witness import Witness

PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.text(max_size=3), inner, max_size=30),
)


@given(PLAIN, st.booleans())
def test_a_plain_value_is_read_with_and_without_the_self_describing_tag(value: Any, described: bool) -> None:
    encoded = cbor2.dumps(value)
    assert read_cbor(b"\xd9\xd9\xf7" + encoded if described else encoded) == value


def test_pieces_of_a_string_are_read_whatever_they_look_like() -> None:
    assert read_cbor(b"\x5f\x42\xd8\x1c\x41\xd8\xff") == b"\xd8\x1c\xd8"


@pytest.mark.parametrize("name", BOMBS)
def test_what_grows_when_it_is_read_is_untrusted(name: str) -> None:
    for read in (read_cbor, read_map, Witness, lambda encoded: read_certificate(encoded, b"")):
        with pytest.raises(Untrusted):
            read(BOMBS[name])


def told(read: Callable[[bytes], Any], refusal: type[Exception], encoded: bytes) -> str:
    """What comes of bytes, in words that compare."""
    try:
        return repr(read(encoded))
    except refusal:
        return "refused"


@given(st.binary(max_size=60) | PLAIN.map(cbor2.dumps) | st.sampled_from(list(BOMBS.values())))
def test_any_bytes_are_a_value_or_untrusted_and_the_replica_reads_them_alike(encoded: bytes) -> None:
    assert told(read_cbor, Untrusted, encoded) == told(reading.read_cbor, reading.Malformed, encoded)
