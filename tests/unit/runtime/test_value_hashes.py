"""Hashes of values and of headers in C are those that Python gives; what C does not know is left to Python."""

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.native_extension import native_extension
from vex_domain import ticket_proof, value_hash

_SHA256 = ("sha256.c", "sha256_message.c", "sha256_lanes.c")
native = native_extension("_value_hash", "value_hash.c", *_SHA256)
parts = native_extension("_numbered_parts", "numbered_parts.c", *_SHA256)

LEAVES = st.integers(-(2**63), 2**64 - 1) | st.booleans() | st.text(max_size=80) | st.binary(max_size=150)
NAMES = st.text(max_size=40)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=20,
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NUMBERS = st.integers(0, 2**64 - 1)
HEADERS = st.fixed_dictionaries(
    dict.fromkeys(ticket_proof._HEADER, st.none() | TEXTS | NUMBERS | st.lists(TEXTS, max_size=4))
)


class Word(str):
    """A text that could answer anything."""

    __slots__ = ()


@given(st.lists(VALUES, min_size=1, max_size=3))
def test_a_value_has_the_hash_that_python_gives_it(values: list[Any]) -> None:
    known = {1: value_hash.plain_value_hash(1)}
    for value in values:
        assert native.value_hash(value, known) == value_hash.plain_value_hash(value)
    for name, digest in known.items():
        assert digest == value_hash.plain_value_hash(name)


@given(st.dictionaries(st.text(string.ascii_letters, min_size=1, max_size=4), LEAVES, min_size=17, max_size=60))
def test_a_map_of_many_names_has_its_hash(value: dict[str, Any]) -> None:
    assert native.value_hash(value, {}) == value_hash.plain_value_hash(value)


def test_names_are_remembered_up_to_a_bound() -> None:
    known: dict[Any, bytes] = {}
    native.value_hash({"n" * 33: 1, "short": "value"}, known)
    assert list(known) == ["short"]
    for number in range(600):
        native.value_hash({str(number): 0}, known)
    assert len(known) == 512


@pytest.mark.parametrize(
    "value",
    [
        None,
        1.5,
        2**64,
        -(2**63) - 1,
        "\ud800",
        {1: 2},
        {"\ud800": 2},
        {Word("name"): 2},
        {"name": Word("value")},
        [[[[[[[[[1]]]]]]]]],
        [b"", object()],
        (1, 2),
        bytearray(2),
    ],
)
def test_what_is_not_known_is_left_to_python(value: object) -> None:
    assert native.value_hash(value, {}) is None


def test_odd_hashes_and_arguments_are_not_taken() -> None:
    assert native.value_hash("word", {"word": b"short"}) is None
    known: dict[Any, bytes] = {}
    assert native.value_hash(known, known) is None
    for arguments in ((), (1,), (1, [])):
        with pytest.raises(TypeError):
            native.value_hash(*arguments)


@given(st.binary(max_size=40), HEADERS)
def test_a_header_has_the_commitment_that_python_gives_it(salt: bytes, header: dict[str, Any]) -> None:
    expected = value_hash.digest(salt, ticket_proof.header_bytes(header))
    assert parts.digest(salt, header, ticket_proof._HEADER) == expected


@pytest.mark.parametrize("odd", [-1, 2**64, 1.5, "\ud800", ("a",), [5], Word("word"), {}])
def test_an_odd_header_is_left_to_python(odd: object) -> None:
    assert parts.digest(b"", {"one": 1, "two": odd}, ("one", "two")) is None
    assert parts.digest(b"", {"one": 1}, ("one", "two")) is None
    assert parts.digest(b"", {"one": 1}, (1,)) is None


def test_arguments_of_other_kinds_are_refused() -> None:
    for arguments in ((), (b"", {}), ("", {}, ()), (b"", [], ()), (b"", {}, []), (b"", {}, ("a",) * 256)):
        with pytest.raises(TypeError):
            parts.digest(*arguments)
