"""By what encoded keys compare."""

from itertools import pairwise
from typing import Any

import pytest

from candid import Principal, encode
from candid.types import (
    BOOL,
    FLOAT64,
    INT8,
    INT64,
    NAT,
    NAT8,
    NAT64,
    NULL,
    PRINCIPAL,
    TEXT,
    Field,
    Named,
    Opt,
    Record,
    Type,
    Variant,
    Vec,
)
from canister_runtime.stable.keys import order_of
from canister_runtime.stable.memory import MemoryManager
from support.stable_memory import HeapStableMemory
from support.typed_map import CandidCodec, TypedMap

POINT = Record((Field("y", INT64), Field("a", TEXT)))
LEVEL = Variant((Field("Low", NULL), Field("High", NAT8), Field("Any", NULL)))
PAIR = Record((Field(0, NAT8), Field(1, TEXT)))
LIST = {"List": Opt(Record((Field("head", NAT8), Field("tail", Named("List")))))}


@pytest.mark.parametrize(
    ("type_", "ordered"),
    [
        (NAT64, [0, 1, 255, 256, 1 << 63]),
        (INT64, [-(1 << 63), -256, -1, 0, 1, 255]),
        (NAT, [0, 127, 128, 1 << 80]),
        (FLOAT64, [float("-inf"), -1.5, 0.0, 2.0, float("inf")]),
        (BOOL, [False, True]),
        (TEXT, ["", "A", "a", "aa", "b", "\u00e4", "\U0001f3ab"]),
        (Vec(NAT8), [b"", b"\x00", b"\x00\x01", b"\x01"]),
        (Vec(TEXT), [[], ["a"], ["a", "b"], ["b"]]),
        (Opt(INT8), [None, -1, 0, 1]),
        (PRINCIPAL, [Principal(b""), Principal(b"\x09"), Principal(b"\x00\x01"), Principal(b"\x00\x02")]),
        (POINT, [{"y": -1, "a": "z"}, {"y": 1, "a": "a"}, {"y": 1, "a": "b"}]),
        (LEVEL, [{"Low": None}, {"High": 1}, {"High": 2}, {"Any": None}]),
        (PAIR, [(1, "z"), (2, "a"), (2, "b")]),
        (Named("List"), [None, {"head": 1, "tail": None}, {"head": 1, "tail": {"head": 0, "tail": None}}]),
    ],
    ids=str,
)
def test_keys_compare_as_their_values_do(type_: Type, ordered: list[Any]) -> None:
    order = order_of(type_, LIST)
    compared = [order(encode([type_], [value], LIST)) for value in ordered]
    assert all(low < high for low, high in pairwise(compared))
    assert all(order(encode([type_], [value], LIST)) == key for value, key in zip(ordered, compared, strict=True))


def test_both_zeros_are_one_key() -> None:
    stored = TypedMap(MemoryManager(HeapStableMemory()).memory(0), 15, 8, CandidCodec(FLOAT64, NAT8, {}))
    assert stored.insert(0.0, 1) is None
    assert stored.insert(-0.0, 2) == 1
    assert stored.len() == 1
    assert str(next(stored.keys())) == "-0.0"


def test_a_typed_map_gives_copies_and_answers_as_kybras_does() -> None:
    stored = TypedMap(MemoryManager(HeapStableMemory()).memory(0), 40, 60, CandidCodec(TEXT, POINT, {}))
    point = {"y": 1, "a": "x"}
    assert stored.is_empty()
    assert stored.insert("k", point) is None
    assert stored.get("k") == point
    assert stored.get("k") is not stored.get("k")
    assert stored.contains_key("k")
    assert not stored.contains_key("l")
    assert list(stored.values()) == [point]
    assert stored.remove("k") == point
    assert stored.remove("k") is None
    assert stored.len() == 0
