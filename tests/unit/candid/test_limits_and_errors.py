"""What decoding may cost, what encoding says when a value does not fit, and what the hooks change."""

from typing import Any

import pytest

from candid import (
    CandidError,
    DecodeError,
    EncodeError,
    Limits,
    Principal,
    PythonForms,
    PythonValues,
    Some,
    compile_decoder,
    compile_encoder,
    decode,
    encode,
)
from candid.types import (
    BLOB,
    BOOL,
    EMPTY,
    FLOAT32,
    INT,
    INT8,
    NAT,
    NAT8,
    NAT64,
    NULL,
    PRINCIPAL,
    RESERVED,
    TEXT,
    Field,
    Func,
    Named,
    Opt,
    Primitive,
    Record,
    Service,
    Type,
    Variant,
    Vec,
)
from candid.wire import sleb, uleb

CHAIN = {"Chain": Opt(Record((Field("tail", Named("Chain")),)))}
TICKET = Record((Field("id", NAT64), Field("subject", TEXT), Field("tags", Vec(TEXT)), Field("assignee", Opt(TEXT))))


def chain(links: int) -> Any:
    value = None
    for _ in range(links):
        value = {"tail": value}
    return value


def test_recursion_is_bounded_by_the_limit() -> None:
    message = encode([Named("Chain")], [chain(100)], CHAIN)
    assert decode([Named("Chain")], message, CHAIN) == [chain(100)]
    with pytest.raises(DecodeError, match="deeper"):
        decode([Named("Chain")], message, CHAIN, Limits(depth=50))
    with pytest.raises(DecodeError, match="deeper"):
        decode([], message, limits=Limits(depth=50))


def test_recursion_beyond_the_interpreters_own_limit_is_a_candid_error() -> None:
    header = compile_encoder([Named("Chain")], CHAIN).header
    message = header + b"\x01" * 100_000 + b"\x00"
    for types in ([Named("Chain")], []):
        with pytest.raises(DecodeError):
            decode(types, message, CHAIN, Limits(depth=1_000_000))
    with pytest.raises(EncodeError):
        encode([Named("Chain")], [chain(5_000)], CHAIN)
    endless: dict[str, Any] = {}
    endless["tail"] = endless
    with pytest.raises(EncodeError):
        encode([Named("Chain")], [endless], CHAIN)


def test_types_that_nest_without_end_are_a_candid_error() -> None:
    entries = 9_000
    table = b"".join([b"\x6e" + sleb(index + 1) for index in range(entries - 1)]) + b"\x6e\x7f"
    message = b"DIDL" + uleb(entries) + table + b"\x01\x00\x00"
    for types in ([], [Opt(NULL)], [RESERVED]):
        try:
            decode(types, message)
        except CandidError:
            continue


def test_the_type_table_is_bounded() -> None:
    with pytest.raises(DecodeError, match="entries"):
        decode([], b"DIDL\x05" + b"\x6e\x7f" * 5 + b"\x00", limits=Limits(table_entries=4))
    with pytest.raises(DecodeError, match="longer than 20 bytes"):
        decode([], b"DIDL\x20" + b"\x6e\x7f" * 32 + b"\x00", limits=Limits(header_bytes=20))


def test_values_without_bytes_are_bounded() -> None:
    message = encode([Vec(NULL)], [[None] * 1_000])
    assert decode([Vec(NULL)], message) == [[None] * 1_000]
    for types in ([Vec(NULL)], [Vec(RESERVED)], [Opt(TEXT)], []):
        with pytest.raises(DecodeError, match="without bytes"):
            decode(types, message, limits=Limits(zero_sized=999))


def test_absent_fields_count_as_values_without_bytes() -> None:
    wide = Record(tuple([Field(f"field {index}", Opt(NAT)) for index in range(100)]))
    message = encode([Vec(Record(()))], [[{}] * 1_000])
    with pytest.raises(DecodeError, match="without bytes"):
        decode([Vec(wide)], message, limits=Limits(zero_sized=50_000))


def test_skipped_bytes_are_bounded() -> None:
    message = encode([TEXT, TEXT], ["x" * 100, "y" * 100])
    assert decode([TEXT], message, limits=Limits(skipped_bytes=101)) == ["x" * 100]
    with pytest.raises(DecodeError, match="skip"):
        decode([TEXT], message, limits=Limits(skipped_bytes=100))
    record = encode([TICKET], [{"id": 1, "subject": "s" * 100, "tags": [], "assignee": None}])
    with pytest.raises(DecodeError, match="skip"):
        decode([Record((Field("id", NAT64),))], record, limits=Limits(skipped_bytes=50))


def test_big_numbers_take_linear_time() -> None:
    number = 1 << 2_000_000
    message = encode([NAT, INT], [number, -number])
    assert decode([NAT, INT], message) == [number, -number]


def test_a_decoder_keeps_few_plans() -> None:
    decoder = compile_decoder([Opt(NAT)])
    for index in range(100):
        message = b"DIDL\x01\x6c\x01" + bytes([index]) + b"\x7d\x01\x00\x05"
        assert decoder(message) == [None]
        assert decoder(message) == [None]
    assert len(decoder._plans) <= 16
    assert decoder(bytearray(b"DIDL\x00\x01\x7d\x07")) == [7]
    assert decoder(memoryview(b"DIDL\x00\x01\x7d\x07")) == [7]


@pytest.mark.parametrize(
    ("type_", "value", "message"),
    [
        (NAT, -1, "argument 0: -1 is not a nat"),
        (NAT, "1", "argument 0: '1' is not a nat"),
        (INT, 1.5, "argument 0: 1.5 is not an int"),
        (NAT8, 256, "argument 0: 256 is not a nat8"),
        (INT8, "x", "argument 0: 'x' is not a int8"),
        (FLOAT32, 1e300, "argument 0: 1e[+]300 is not a float32"),
        (BOOL, 1, "argument 0: 1 is not a bool"),
        (TEXT, b"x", "argument 0: b'x' is not a text"),
        (TEXT, "\ud800", "surrogate"),
        (NULL, 0, "argument 0: 0 is not null"),
        (EMPTY, None, "no value of type empty"),
        (PRINCIPAL, "aaaaa-aa", "argument 0: 'aaaaa-aa' is not a principal"),
        (Service(()), 5, "not a principal"),
        (Func((), ()), (Principal(b""), 5), "not a func"),
        (BLOB, "text", "a blob is bytes, not str"),
        (BLOB, [256], "argument 0"),
        (Vec(TEXT), "text", "a vec is a list, not str"),
        (Vec(TEXT), [1], "argument 0"),
        (Vec(NAT64), [1, -1], "does not fit"),
        (Vec(BOOL), [True, 5], r"argument 0.\[1\]: 5 is not a bool"),
        (Opt(Opt(NAT)), 5, "neither None nor a Some"),
        (TICKET, 5, "a record is a dict, not int"),
        (TICKET, {"id": 1}, "argument 0: field "),
        (TICKET, {"id": 1, "subject": 5, "tags": []}, "argument 0.subject"),
        (TICKET, {"id": -1, "subject": "", "tags": []}, "argument 0.id: -1 is not a nat64"),
        (TICKET, {"id": 1, "subject": "", "tags": [None]}, "argument 0.tags"),
        (TICKET, {"id": 1, "subject": "", "tags": [], "assigne": "x"}, r"unknown fields \['assigne'\]"),
        (Record((Field(0, NAT), Field(1, TEXT))), (1,), "is not a tuple of 2"),
        (Record((Field(0, NAT), Field(1, TEXT))), (1, 2), "argument 0.1: 2 is not a text"),
        (Variant((Field("A", NULL), Field("B", NAT))), {"C": None}, "no case 'C'"),
        (Variant((Field("A", NULL), Field("B", NAT))), {"A": 5}, "argument 0.A: 5 is not null"),
        (Variant((Field("A", NULL), Field("B", NAT))), {"B": "x"}, "argument 0.B: 'x' is not a nat"),
        (Variant((Field("A", NULL), Field("B", NAT))), {"A": None, "B": 1}, "one key"),
        (Variant((Field("A", NULL),)), "A", "one key"),
    ],
    ids=str,
)
def test_a_value_that_does_not_fit_is_named(type_: Type, value: Any, message: str) -> None:
    with pytest.raises(EncodeError, match=message):
        encode([type_], [value])


def test_the_number_of_values_is_checked() -> None:
    with pytest.raises(EncodeError, match="2 values are expected, not 1"):
        encode([NAT, NAT], [1])


def test_optional_fields_may_be_left_out() -> None:
    message = encode([TICKET], [{"id": 1, "subject": "", "tags": ()}])
    assert decode([TICKET], message) == [{"id": 1, "subject": "", "tags": [], "assignee": None}]


@pytest.mark.parametrize("type_", [Named("Nobody"), Opt(Named("Nobody")), Primitive("nat128")], ids=str)
def test_types_that_do_not_exist_are_refused(type_: Type) -> None:
    with pytest.raises((CandidError, KeyError)):
        encode([type_], [1])


def test_hooks_change_how_values_look() -> None:
    class Values(PythonValues):
        some = None

        def principal(self, raw: bytes) -> Any:
            return raw.hex()

        def service(self, raw: bytes, name: str | None) -> Any:
            return name, raw.hex()

        def func(self, raw: bytes, method: str, name: str | None) -> Any:
            return name, raw.hex(), method

        def key(self, label: str | int) -> Any:
            return f"{label}_"

    env = {"Desk": Service(()), "Call": Func((), ())}
    types = [PRINCIPAL, Named("Desk"), Named("Call"), Record((Field("a", NAT),)), Opt(Opt(NAT))]
    a = Principal(b"\x01")
    message = encode(types, [a, a, (a, "m"), {"a": 1}, Some(5)], env)
    read = compile_decoder(types, env, values=Values())
    assert read(message) == ["01", ("Desk", "01"), ("Call", "01", "m"), {"a_": 1}, 5]

    class Forms(PythonForms):
        some = None
        extra_keys = True

        def principal(self, value: Any) -> bytes:
            return bytes.fromhex(value)

        def func(self, value: Any) -> tuple[bytes, str]:
            return bytes.fromhex(value[0]), value[1]

        def key(self, label: str | int) -> Any:
            return f"{label}_"

    write = compile_encoder(types, env, Forms())
    assert write(["01", "01", ("01", "m"), {"a_": 1, "extra": 2}, 5]) == message
