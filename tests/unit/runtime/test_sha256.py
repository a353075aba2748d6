"""SHA-256 in C gives what the machine's library gives, however the data comes in."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.native_extension import native_extension

native = native_extension("_sha256", "sha256.c", "sha256_message.c", "sha256_module.c")
parts = st.lists(st.binary(max_size=200), max_size=6)


@given(data=st.binary(max_size=400))
def test_a_digest_is_the_one_of_the_standard(data: bytes) -> None:
    assert native.sha256(data).digest() == hashlib.sha256(data).digest()
    assert native.sha224(data).hexdigest() == hashlib.sha224(data).hexdigest()


@pytest.mark.parametrize("size", [*range(130), 4095, 4096, 100_000])
def test_every_length_is_padded_as_the_standard_says(size: int) -> None:
    assert native.sha256(b"\xa5" * size).digest() == hashlib.sha256(b"\xa5" * size).digest()


@given(parts=parts)
def test_parts_hash_as_the_whole(parts: list[bytes]) -> None:
    hashed = native.sha256()
    for part in parts:
        hashed.digest()
        hashed.update(memoryview(part))
    assert hashed.hexdigest() == hashlib.sha256(b"".join(parts)).hexdigest()


def test_a_copy_goes_its_own_way() -> None:
    first = native.sha256(b"common")
    second = first.copy()
    second.update(b" and more")
    assert first.digest() == hashlib.sha256(b"common").digest()
    assert second.digest() == hashlib.sha256(b"common and more").digest()


def test_it_is_described_as_hashlib_describes_it() -> None:
    for ours, theirs in ((native.sha256(), hashlib.sha256()), (native.sha224(b""), hashlib.sha224())):
        assert (ours.name, ours.digest_size, ours.block_size) == (theirs.name, theirs.digest_size, theirs.block_size)
    assert native.sha256(string=b"a", usedforsecurity=False).digest() == hashlib.sha256(b"a").digest()


@pytest.mark.parametrize("wrong", ["text", 5, None, [1]])
def test_only_bytes_are_hashed(wrong: object) -> None:
    with pytest.raises(TypeError):
        native.sha256(wrong)
    with pytest.raises(TypeError):
        native.sha256().update(wrong)
    with pytest.raises(TypeError):
        native.sha256(b"", b"")
