"""Outgoing conversions: the bytes, and the words of every refusal."""

from collections.abc import Callable
from typing import Any

import pytest
from kybra import Principal

from candid.codec import encode
from candid.table import build, header
from candid.types import (
    BLOB,
    INT8,
    INT64,
    NAT,
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
from canister_runtime.host.outgoing import OutgoingCompiler

LEVEL = Variant((Field("Low", NULL), Field("High", NAT64)))
ROW = Record(
    (
        Field("zebra", NAT64),
        Field("alpha", TEXT),
        Field("class", Opt(TEXT)),
        Field("level", Named("Level")),
        Field("tags", Vec(TEXT)),
        Field("raw", BLOB),
        Field("small", INT8),
        Field("next", Opt(Named("Row"))),
    )
)
ENV: dict[str, Type] = {"Level": LEVEL, "Row": ROW, "Holder": Record((Field("row", ROW), Field("n", NAT)))}


def row(**over: Any) -> dict[str, Any]:
    values = {
        "zebra": 1,
        "alpha": "a" * 200,
        "class_": "c",
        "level": {"High": 7},
        "tags": ["x", "y"],
        "raw": b"\0\xff",
        "small": -5,
        "next": None,
    }
    return values | over


def encoder(type_: Type) -> Callable[[Any], bytes]:
    return OutgoingCompiler(ENV, Principal).compile(type_)


def as_codec(type_: Type, value: Any) -> bytes:
    return encode([type_], [value], ENV).removeprefix(header(build([type_], ENV)))


def candid_row(value: dict[str, Any]) -> dict[str, Any]:
    renamed = {"class" if key == "class_" else key: content for key, content in value.items()}
    return renamed | {"next": None if value["next"] is None else candid_row(value["next"])}


@pytest.mark.parametrize("value", [row(), row(class_=None), row(next=row(zebra=2**64 - 1, alpha="é"), tags=[])])
def test_a_record_is_written_as_the_codec_writes_it(value: dict[str, Any]) -> None:
    assert encoder(ROW)(value) == as_codec(ROW, candid_row(value))


@pytest.mark.parametrize(
    ("over", "error", "words"),
    [
        ({"zebra": -1}, OverflowError, "Python int too large to convert to Rust u64"),
        ({"zebra": 1.0}, TypeError, "Expected type 'int' but 'float' found"),
        ({"small": 128}, OverflowError, "Python int too large to convert to Rust i8"),
        ({"alpha": 5}, TypeError, "Expected type 'str' but 'int' found"),
        ({"class_": b""}, TypeError, "Expected type 'str' but 'bytes' found"),
        ({"level": {}}, TypeError, "Enum variant does not exist"),
        ({"tags": [1]}, TypeError, "Expected type 'str' but 'int' found"),
        ({"raw": "x"}, TypeError, "Expected type 'int' but 'str' found"),
        ({"next": {}}, KeyError, "zebra"),
        ({"next": row(small="s")}, TypeError, "Expected type 'int' but 'str' found"),
    ],
)
def test_a_field_that_does_not_fit_is_refused_in_kybras_words(
    over: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        encoder(ROW)(row(**over))


def test_the_first_field_as_declared_is_the_one_that_is_reported() -> None:
    with pytest.raises(OverflowError, match="u64"):
        encoder(ROW)(row(zebra=-1, alpha=5, small=1000))
    with pytest.raises(TypeError, match="str"):
        encoder(ROW)(row(alpha=5, small=1000))


def test_a_missing_key_is_reported_before_any_value() -> None:
    value = row(zebra=-1)
    del value["next"]
    with pytest.raises(KeyError, match="next"):
        encoder(ROW)(value)


def test_lone_surrogates_become_replacement_characters() -> None:
    assert encoder(ROW)(row(alpha="\ud800")) == as_codec(ROW, candid_row(row(alpha="\ufffd")))


def test_an_error_deep_inside_is_found_in_one_walk() -> None:
    value = row(small="bad")
    for _ in range(40):
        value = row(next=value)
    with pytest.raises(TypeError, match="Expected type 'int' but 'str' found"):
        encoder(ROW)(value)


@pytest.mark.parametrize(
    ("type_", "value", "same"),
    [
        (Vec(INT64), (1, -1), [1, -1]),
        (Vec(TEXT), "ab", ["a", "b"]),
        (BLOB, range(3), bytes(3 * [0])[:0] + bytes([0, 1, 2])),
        (Opt(Opt(TEXT)), None, None),
        (LEVEL, {"High": 3, "Nope": 1}, {"High": 3}),
    ],
)
def test_what_kybra_takes_is_taken(type_: Type, value: Any, same: Any) -> None:
    assert encoder(type_)(value) == as_codec(type_, same)


@pytest.mark.parametrize(
    ("type_", "value", "words"),
    [
        (Vec(NAT), (1,), "Expected type 'list' but 'tuple' found"),
        (Vec(NAT), [-1], "Could not convert value to Vec"),
        (NAT, -1, "Could not convert value to nat"),
        (NULL, 0, "expected NoneType but received int"),
        (PRINCIPAL, Principal(b"x" * 30), "could not convert value to Principal: Text is too long."),
        (Record((Field(0, TEXT),)), (5,), "Could not convert value to tuple"),
        (Record((Field(0, TEXT), Field(1, TEXT))), ["a", "b"], "Expected type 'tuple' but 'list' found"),
    ],
)
def test_what_kybra_refuses_is_refused(type_: Type, value: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        encoder(type_)(value)


def test_anything_with_a_text_form_passes_for_a_principal() -> None:
    class Named:
        def to_str(self) -> str:
            return "2vxsx-fae"

    assert encoder(PRINCIPAL)(Named()) == b"\x01\x01\x04"
    assert encoder(PRINCIPAL)(Principal(b"\x04")) == b"\x01\x01\x04"
