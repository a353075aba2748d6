"""SipHash is the published one, over parts that cannot be taken for others."""

from hypothesis import given
from hypothesis import strategies as st

from vex_domain.siphash import _siphash, fingerprint, keyed_number

KEY = bytes(range(16))
PARTS = st.lists(st.binary(max_size=20), max_size=4)


def test_the_published_vector_of_the_empty_message_comes_out() -> None:
    first, second = _siphash(KEY, ())
    assert (first << 64 | second) == 0xBEA58827B2BC7EE7013030DD6ADB62FD


@given(PARTS, PARTS)
def test_other_parts_have_other_fingerprints(one: list[bytes], other: list[bytes]) -> None:
    assert (fingerprint(*one) == fingerprint(*other)) == (one == other)
    assert (keyed_number(KEY, *one) == keyed_number(KEY, *other)) == (one == other)


@given(PARTS)
def test_a_number_depends_on_the_key(parts: list[bytes]) -> None:
    assert keyed_number(KEY, *parts) != keyed_number(bytes(16), *parts)
