"""Properties of the codec over random types, values and bytes."""

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from candid import (
    CandidError,
    Limits,
    compile_decoder,
    compile_encoder,
    decode,
    decode_untyped,
    did,
    encode,
    subtype,
)
from candid.text import parse_args, print_args
from candid.types import NAT, NULL, RESERVED, TEXT, Field, Opt, Record, Type
from support.candid_strategies import ENV, types, values

typed_values = types.flatmap(lambda type_: st.tuples(st.just(type_), values(type_)))


@given(typed_values)
@settings(max_examples=400, deadline=None)
def test_what_is_encoded_decodes_to_itself(pair: tuple[Type, Any]) -> None:
    type_, value = pair
    assert decode([type_], encode([type_], [value], ENV), ENV) == [value]


@given(typed_values)
@settings(max_examples=200, deadline=None)
def test_the_text_form_parses_to_the_value(pair: tuple[Type, Any]) -> None:
    type_, value = pair
    assert parse_args(print_args([value], [type_], ENV), [type_], ENV) == [value]


@given(types)
@settings(max_examples=200, deadline=None)
def test_a_type_prints_as_text_that_parses_to_it(type_: Type) -> None:
    assert did.parse_type(did.print_type(type_)) == type_


@given(typed_values, types)
@settings(max_examples=400, deadline=None)
def test_a_value_of_a_subtype_decodes_at_the_supertype(pair: tuple[Type, Any], wanted: Type) -> None:
    type_, value = pair
    data = encode([type_], [value], ENV)
    if subtype(ENV, type_, ENV, wanted):
        decode([wanted], data, ENV)
    else:
        with suppress(CandidError):
            decode([wanted], data, ENV)
    assert len(decode([Opt(wanted)], data, ENV)) == 1


@given(typed_values)
@settings(max_examples=200, deadline=None)
def test_whatever_is_sent_can_be_passed_over(pair: tuple[Type, Any]) -> None:
    type_, value = pair
    data = encode([type_, TEXT], [value, "end"], ENV)
    assert decode([], data) == []
    assert decode([RESERVED, TEXT], data) == [None, "end"]
    wrapped = Record((Field("extra", type_), Field("kept", TEXT)))
    message = encode([wrapped], [{"extra": value, "kept": "x"}], ENV)
    assert decode([Record((Field("kept", TEXT), Field("new", Opt(NAT))))], message) == [{"kept": "x", "new": None}]


@given(types)
@settings(max_examples=200, deadline=None)
def test_every_type_is_a_subtype_of_itself_and_of_more(type_: Type) -> None:
    assert subtype(ENV, type_, ENV, type_)
    assert subtype(ENV, type_, ENV, RESERVED)
    assert subtype(ENV, type_, ENV, Opt(type_))
    assert subtype(ENV, type_, ENV, Opt(TEXT))
    assert subtype(ENV, Record((Field("a", type_),)), ENV, Record((Field("b", NULL),)))


@given(types, types, types)
@settings(max_examples=300, deadline=None)
def test_the_relation_is_transitive(low: Type, middle: Type, high: Type) -> None:
    if subtype(ENV, low, ENV, middle) and subtype(ENV, middle, ENV, high):
        assert subtype(ENV, low, ENV, high)


@given(typed_values, st.data())
@settings(max_examples=400, deadline=None)
def test_damaged_messages_raise_nothing_but_candid_errors(pair: tuple[Type, Any], data: st.DataObject) -> None:
    type_, value = pair
    message = bytearray(encode([type_], [value], ENV))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(4, len(message) - 1))
        message[place] = data.draw(st.integers(0, 255))
    read_or_refuse([type_], bytes(message))
    read_or_refuse([type_], bytes(message[: data.draw(st.integers(0, len(message)))]))


@given(types, st.binary(max_size=60))
@settings(max_examples=400, deadline=None)
def test_random_bytes_raise_nothing_but_candid_errors(type_: Type, noise: bytes) -> None:
    read_or_refuse([type_], b"DIDL" + noise)
    read_or_refuse([type_], noise)


def read_or_refuse(expected: list[Type], message: bytes) -> None:
    limits = Limits(zero_sized=10_000)
    for read in (lambda: decode(expected, message, ENV, limits), lambda: decode_untyped(message, limits)):
        with suppress(CandidError):
            read()


@given(typed_values)
@settings(max_examples=100, deadline=None)
def test_a_kept_plan_reads_as_a_new_one(pair: tuple[Type, Any]) -> None:
    type_, value = pair
    encoder, decoder = compile_encoder([type_], ENV), compile_decoder([type_], ENV)
    decoder.prepare(encoder.header)
    message = encoder([value])
    assert decoder(message) == decoder(message) == compile_decoder([type_], ENV)(message) == [value]


@given(typed_values)
@settings(max_examples=100, deadline=None)
def test_a_message_shows_its_own_types(pair: tuple[Type, Any]) -> None:
    type_, value = pair
    message = encode([type_], [value], ENV)
    found, env, untyped = decode_untyped(message)
    assert encode(found, untyped, env) == message
