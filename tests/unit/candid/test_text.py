"""Values as text."""

from typing import Any

import pytest

from candid import CandidError, Mismatch, Principal, Some
from candid.text import parse_args, parse_untyped, print_args, print_value
from candid.types import (
    BLOB,
    BOOL,
    FLOAT32,
    FLOAT64,
    INT,
    NAT,
    NAT8,
    NULL,
    PRINCIPAL,
    TEXT,
    Field,
    Func,
    Named,
    Opt,
    Record,
    Service,
    Type,
    Variant,
    Vec,
)

A = Principal.management()


@pytest.mark.parametrize(
    ("type_", "value", "text"),
    [
        (INT, -1_234_567, "-1_234_567"),
        (NAT, 1_000, "1_000 : nat"),
        (NAT8, 7, "7 : nat8"),
        (FLOAT64, 1.5, "1.5"),
        (FLOAT64, 1e300, "1e300"),
        (FLOAT64, float("-inf"), "-inf"),
        (FLOAT32, 0.5, "0.5 : float32"),
        (BOOL, True, "true"),
        (NULL, None, "null"),
        (TEXT, 'a"\\\n\u00e4\x01', '"a\\"\\\\\\n\u00e4\\01"'),
        (BLOB, b'\x00a"\xff', 'blob "\\00a\\22\\ff"'),
        (Vec(INT), [1, 2], "vec { 1; 2 }"),
        (Vec(INT), [], "vec {}"),
        (Opt(INT), 5, "opt 5"),
        (Opt(NAT8), 5, "opt (5 : nat8)"),
        (Opt(INT), None, "null"),
        (Opt(Opt(INT)), Some(None), "opt null"),
        (PRINCIPAL, A, 'principal "aaaaa-aa"'),
        (Service(()), A, 'service "aaaaa-aa"'),
        (Func((), ()), (A, "a b"), 'func "aaaaa-aa"."a b"'),
        (Record((Field("b", INT), Field("type", TEXT))), {"b": 1, "type": "x"}, 'record { b = 1; "type" = "x" }'),
        (Record((Field(0, INT), Field(1, TEXT))), (1, "x"), 'record { 1; "x" }'),
        (Record(()), {}, "record {}"),
        (Variant((Field("Open", NULL), Field("Closed", NAT))), {"Open": None}, "variant { Open }"),
        (Variant((Field("Open", NULL), Field("Closed", NAT))), {"Closed": 3}, "variant { Closed = 3 : nat }"),
    ],
    ids=str,
)
def test_a_value_prints_and_parses(type_: Type, value: Any, text: str) -> None:
    assert print_value(value, type_) == text
    assert parse_args(f"({text})", [type_]) == [value]
    assert parse_args(text, [type_]) == [value]


def test_several_arguments_stand_in_parentheses() -> None:
    assert print_args([1, None], [INT, NULL]) == "(1, null)"
    assert print_args([], []) == "()"


def test_numbers_may_be_written_in_many_ways() -> None:
    assert parse_args("(1_000, 0xff, +7, -0x10, 1., 0x1p4)", [NAT, NAT, INT, INT, FLOAT64, FLOAT64]) == [
        1000,
        255,
        7,
        -16,
        1.0,
        16.0,
    ]


def test_values_without_types_show_them() -> None:
    source = '(record { a = 1 : nat8; 5 = blob "\\00" }, vec { "x" }, opt true, variant { Ok = 1.5 }, null)'
    types, values = parse_untyped(source)
    assert values == [{"a": 1, 5: b"\x00"}, ["x"], True, {"Ok": 1.5}, None]
    assert types == [
        Record((Field("a", NAT8), Field(5, BLOB))),
        Vec(TEXT),
        Opt(BOOL),
        Variant((Field("Ok", FLOAT64),)),
        NULL,
    ]


@pytest.mark.parametrize(
    ("source", "type_"),
    [
        ("(-1)", NAT),
        ("(256)", NAT8),
        ('("x")', NAT),
        ("(1)", TEXT),
        ("(vec { 1 })", Record(())),
        ("(record {})", Record((Field("a", NAT),))),
        ("(variant { B })", Variant((Field("A", NULL),))),
        ("(1 : text)", TEXT),
        ("(1 : int)", NAT),
        ("()", NAT),
    ],
)
def test_values_that_do_not_fit_are_refused(source: str, type_: Type) -> None:
    with pytest.raises(Mismatch):
        parse_args(source, [type_])


@pytest.mark.parametrize("source", ["(1", "(1 2)", "(vec 1)", "(record { = 1 })", "(oops)", '(principal "x")', "(1) 2"])
def test_text_that_does_not_parse_is_refused(source: str) -> None:
    with pytest.raises(CandidError):
        parse_untyped(source)


def test_a_text_that_nests_too_deep_is_an_error() -> None:
    deep = "(" * 5000 + "1" + ")" * 5000
    for read in (parse_untyped, lambda source: parse_args(source, [NAT])):
        with pytest.raises(CandidError, match="nest too deep"):
            read(deep)


def test_a_value_that_nests_too_deep_is_not_printed() -> None:
    value: list[Any] = []
    for _ in range(1000):
        value = [value]
    with pytest.raises(CandidError, match="nest too deep"):
        print_args([value], [Named("Nest")], {"Nest": Vec(Named("Nest"))})


def test_a_null_field_is_named_with_its_value_and_a_null_case_without() -> None:
    type_ = Record((Field("gone", NULL), Field("case", Variant((Field("Bare", NULL),)))))
    value = {"gone": None, "case": {"Bare": None}}
    assert print_value(value, type_) == "record { gone = null; case = variant { Bare } }"
    assert parse_args("(record { gone = null; case = variant { Bare } })", [type_]) == [value]
