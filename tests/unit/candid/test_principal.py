"""Principals and their text form."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candid import CandidError, Principal
from candid.principal import from_text, to_text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("", "aaaaa-aa"),
        ("04", "2vxsx-fae"),
        ("caffee", "w7x7r-cok77-xa"),
        ("efcdab000000000001", "2chl6-4hpzw-vqaaa-aaaaa-c"),
        ("00000000000000020101", "ryjl3-tyaaa-aaaaa-aaaba-cai"),
    ],
)
def test_known_principals_read_and_print(raw: str, text: str) -> None:
    assert str(Principal(bytes.fromhex(raw))) == text
    assert Principal.from_text(text).bytes.hex() == raw
    assert Principal.from_text(text.upper()).bytes.hex() == raw


@given(st.binary(max_size=29))
def test_text_and_bytes_are_one(raw: bytes) -> None:
    assert from_text(to_text(raw)) == raw


@given(st.text("abcdefghijklmnopqrstuvwxyz234567-018 _+", max_size=70))
def test_other_texts_are_refused(text: str) -> None:
    try:
        raw = from_text(text)
    except CandidError:
        return
    assert to_text(raw) == text


@pytest.mark.parametrize(
    "text",
    ["", "aaaaa", "w7x7r-cok77-xb", "w7x7rcok77xa", "w7x7r-cok77-xa-", "w7x7r-cok77", "0aaaa-aa", "aaaaa-ää", "-"],
)
def test_damaged_texts_are_refused(text: str) -> None:
    with pytest.raises(CandidError):
        Principal.from_text(text)


def test_principals_are_values() -> None:
    one, same, other = Principal(b"\x01"), Principal(bytearray(b"\x01")), Principal(b"\x02")
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != b"\x01"
    assert one < other
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 # our own bytes
    assert eval(repr(one)) == one  # noqa: S307 # the repr is an expression
    with pytest.raises(AttributeError):
        one.bytes = b""
    with pytest.raises(CandidError):
        Principal(bytes(30))


def test_principals_of_the_specification_have_constructors() -> None:
    assert str(Principal.management()) == "aaaaa-aa"
    assert str(Principal.anonymous()) == "2vxsx-fae"
    assert Principal.self_authenticating(b"key").bytes[-1] == 2
    assert len(Principal.self_authenticating(b"key").bytes) == 29
