"""Failed decodings of management arguments are told word for word as the genuine replica tells them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

import candid
from candid.types import BLOB, NAT, NAT64, NULL, PRINCIPAL, TEXT, Field, Named, Opt, Record, Type, Variant, Vec
from local_replica.management.decoding import fault_of
from local_replica.management.decoding.printing import is_short, printed
from local_replica.management.interface import METHODS, RawForms, Undecodable, decode_argument, told_type

CANISTER = b"\xff" * 8 + b"\x01\x01"
RECORD = Record((Field("canister_id", PRINCIPAL),))


def told(arg: bytes, expected: Type | None = RECORD) -> str:
    fault = fault_of(arg, expected)
    assert fault is not None
    return fault.on_one_line


def encoded(type_: Type, value: object) -> bytes:
    return candid.compile_encoder([type_], {}, forms=RawForms())([value])


@pytest.mark.parametrize(
    ("arg", "reason"),
    [
        (b"", "Cannot parse header : binary parser error: io error"),
        (b"junk", "Cannot parse header 6a756e6b: binary parser error: Unexpected bytes at byte offset 0"),
        (b"DIDL", "Cannot parse header 4449444c: binary parser error: len at byte offset 4"),
        (b"DIDL\x01", "Cannot parse header 4449444c01: binary parser error: Opt at byte offset 5"),
        (
            b"DIDL\x00\x01\x0a",
            (
                "Cannot parse header 4449444c00010a: Invalid argument entry 0: IndexType { index: 10 }: type index 10 "
                "out of range"
            ),
        ),
        (
            b"DIDL\x01\x6c\x01\x05\x0a\x00",
            (
                "Cannot parse header 4449444c016c01050a00: Invalid table entry 0: Record(Fields { len: 1, inner: "
                "[FieldType { id: 5, index: IndexType { index: 10 } }] }): type index 10 out of range"
            ),
        ),
        (
            b"DIDL\x00\x00",
            (
                "No more values on the wire, the expected type record { canister_id : principal } is not opt, null, or "
                "reserved"
            ),
        ),
        (
            b"DIDL\x00\x01\x68\x01\x0a",
            (
                "Fail to decode argument 0 from principal to record { canister_id : principal }: Subtyping error: Type "
                "mismatch at /candid-0.10.17/src/de.rs:994"
            ),
        ),
    ],
)
def test_a_message_that_cannot_be_the_argument_is_told_why(arg: bytes, reason: str) -> None:
    assert told(arg) == reason


def test_bytes_after_the_last_value_are_told() -> None:
    assert told(encoded(RECORD, {"canister_id": CANISTER}) + b"x") == "Trailing value after finishing deserialization"


def test_a_missing_field_is_named_when_others_follow_it() -> None:
    expected = Record((Field("arg", BLOB), Field("canister_id", PRINCIPAL)))
    assert told(encoded(RECORD, {"canister_id": CANISTER}), expected).endswith("field arg is not optional field")


def test_a_missing_last_field_reads_as_a_mismatch_of_its_type() -> None:
    assert told(encoded(Record(()), {})).endswith(": Subtyping error: principal")


def test_a_mismatch_inside_an_option_counts_as_absent() -> None:
    expected = Record((Field("version", Opt(NAT64)),))
    assert fault_of(encoded(Record((Field("version", Opt(TEXT)),)), {"version": "x"}), expected) is None


def test_a_truncated_number_names_its_type() -> None:
    arg = encoded(Record((Field("version", NAT64),)), {"version": 7})[:-1]
    assert told(arg, Record((Field("version", NAT64),))).endswith(": Cannot read TypeInner::Nat64 value")


def test_an_unknown_case_is_told_by_its_hash() -> None:
    wire, expected = Variant((Field("shrink", NULL),)), Variant((Field("install", NULL),))
    assert told(encoded(wire, {"shrink": None}), expected).endswith(
        "Subtyping error: Unknown variant field 677_458_633"
    )


def test_the_server_tells_its_state_and_numbers_the_causes() -> None:
    fault = fault_of(encoded(Record(()), {}), RECORD, full=True)
    assert fault is not None
    assert fault.as_list == (
        "input: 4449444c016c000100_\ntable: type table0 = record {}\nwire_type: reserved, expect_type: principal\n\n"
        "Caused by:\n    0: Fail to decode argument 0 from table0 to record { canister_id : principal }\n"
        "    1: Subtyping error: principal"
    )


def test_types_are_broken_into_lines_beyond_eighty_columns() -> None:
    pair = Record((Field("a_rather_long_name", Opt(Vec(NAT))), Field("another_rather_long_name", TEXT)))
    assert printed(pair) == "record { another_rather_long_name : text; a_rather_long_name : opt vec nat }"
    assert printed(Opt(Record((Field("outermost_name_of_all", pair),)))) == (
        "opt record {\n  outermost_name_of_all : record {\n    another_rather_long_name : text;\n"
        "    a_rather_long_name : opt vec nat;\n  };\n}"
    )


def test_wire_types_show_hashes_in_groups_and_names_of_the_table() -> None:
    assert printed(Record((Field(2_336_062_691, Named("table1")),))) == "record { 2_336_062_691 : table1 }"


def test_long_types_are_left_out() -> None:
    settings = told_type("update_settings")
    assert settings is not None
    assert not is_short(settings)
    assert told(b"DIDL\x00\x00", settings) == "No more values on the wire"


def test_a_creation_reads_anything_that_is_candid_as_no_settings() -> None:
    assert decode_argument("create_canister", encoded(NAT, 1))["settings"] is None
    with pytest.raises(Undecodable, match=r"^Payload deserialization error\.$"):
        decode_argument("create_canister", b"junk")


def test_a_snapshot_id_of_another_length_is_none() -> None:
    arg = encoded(Record((Field("canister_id", PRINCIPAL), Field("snapshot_id", BLOB))),
                  {"canister_id": CANISTER, "snapshot_id": b"x" * 38})  # fmt: skip
    with pytest.raises(Undecodable, match="provided 38, maximum length expected 37"):
        decode_argument("load_canister_snapshot", arg)


@given(st.binary(max_size=60))
def test_whatever_our_decoder_refuses_has_a_reason(tail: bytes) -> None:
    arg = b"DIDL" + tail
    with suppress(Undecodable):
        decode_argument("canister_status", arg)
        return
    fault = fault_of(arg, RECORD)
    assert fault is None or fault.on_one_line


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_tells_that_its_argument_is_missing(method: str) -> None:
    if METHODS[method].args and method != "create_canister":
        with pytest.raises(Undecodable, match=r"^Error decoding candid: No more values on the wire"):
            decode_argument(method, b"DIDL\x00\x00")
