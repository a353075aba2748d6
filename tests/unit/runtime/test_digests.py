"""Hashes of bytes in C are those that Python gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.native_extension import native_extension
from vex_domain import digests, siphash

native = native_extension("_digests", "digests.c", "sha256.c", "sha256_message.c", "siphash.c")
PARTS = st.lists(st.binary(max_size=150), max_size=5)
KEYS = st.binary(min_size=16, max_size=16)


@given(PARTS)
def test_a_digest_of_parts_is_that_of_the_whole(parts: list[bytes]) -> None:
    assert native.digest(*parts) == digests.digest_of(*parts) == digests.digest_of(b"".join(parts))


@given(st.binary(max_size=100))
def test_a_bytearray_hashes_as_its_bytes(content: bytes) -> None:
    for function in (native.digest, native.fingerprint):
        assert function(bytearray(content)) == function(content)


@given(KEYS, PARTS)
def test_keyed_numbers_and_fingerprints_are_those_of_siphash(key: bytes, parts: list[bytes]) -> None:
    assert native.keyed_number(key, *parts) == siphash.keyed_number(key, *parts)
    assert native.fingerprint(*parts) == siphash.fingerprint(*parts)


@pytest.mark.parametrize("wrong", ["text", 5, None, memoryview(b"")])
def test_only_bytes_are_hashed(wrong: object) -> None:
    for function in (native.digest, native.fingerprint):
        with pytest.raises(TypeError):
            function(wrong)
    with pytest.raises(TypeError):
        native.keyed_number(bytes(16), wrong)


def test_a_key_is_sixteen_bytes() -> None:
    for key in (bytes(15), b"", "0123456789abcdef"):
        with pytest.raises(ValueError, match="16 bytes"):
            native.keyed_number(key, b"")
    with pytest.raises(ValueError, match="16 bytes"):
        native.keyed_number()
