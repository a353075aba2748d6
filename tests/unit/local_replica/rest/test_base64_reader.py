"""Bytes in base64: what Rust's reader takes, and where it says that a text goes wrong."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_replica.rest.base64_reader import NotBase64, read_base64


@given(st.binary(max_size=40))
def test_bytes_are_read_with_padding_and_without(content: bytes) -> None:
    text = base64.b64encode(content).decode()
    assert read_base64(text) == read_base64(text.rstrip("=")) == content


@given(st.text(alphabet="AB/+=!ä", max_size=10))
def test_a_text_is_read_or_refused(text: str) -> None:
    try:
        content = read_base64(text)
    except NotBase64:
        return
    assert base64.b64encode(content).decode().rstrip("=") == text.rstrip("=")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("!!!", "Invalid byte 33, offset 0."),
        ("AAä", "Invalid byte 195, offset 2."),
        ("AAAA\n", "Invalid byte 10, offset 4."),
        ("AAAAA", "Encoded text cannot have a 6-bit remainder."),
        ("AA===", "Encoded text cannot have a 6-bit remainder."),
        ("A===", "Invalid byte 61, offset 1."),
        ("AA=A", "Invalid byte 61, offset 2."),
        ("AA====", "Invalid byte 61, offset 2."),
        ("AAAA==", "Invalid byte 61, offset 4."),
        ("YR==", "Invalid last symbol 82, offset 1."),
    ],
)
def test_what_is_none_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(NotBase64) as refused:
        read_base64(text)
    assert str(refused.value) == told
