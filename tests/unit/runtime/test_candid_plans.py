"""Plans in C and the Python codec do the same with every type, value and damaged message."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from kybra import Principal

from candid import encode
from candid.errors import CandidError
from candid.types import (
    FLOAT32,
    FLOAT64,
    INT,
    NAT,
    NAT8,
    NAT64,
    NULL,
    RESERVED,
    TEXT,
    Field,
    Named,
    Opt,
    Record,
    Type,
    Vec,
)
from canister_runtime.host import plans
from canister_runtime.host.signature import Codec
from support.candid_plans import ENV_WITH_SERVICE, EVERYTHING, SCOPE, VALUES, GaveUp, Pair, native_plans, shown
from support.candid_strategies import ENV, types, values


@pytest.fixture(autouse=True, scope="module")
def _native_plans() -> Iterator[None]:
    with native_plans():
        yield


def planned(*types: Type) -> Pair:
    """A pair, for properties whose random types may have no plan."""
    try:
        return Pair(*types)
    except plans.Unplannable:
        reject()


typed_values = types.flatmap(lambda type_: st.tuples(st.just(type_), values(type_)))


@given(typed_values)
@settings(max_examples=400)
def test_what_others_encode_is_decoded_and_encoded_again(pair: tuple[Type, Any]) -> None:
    type_, value = pair
    both = planned(type_)
    message = encode([type_], [value], ENV)
    assert both.decodes_alike(message)
    assert both.encodes_alike(both.python_decode(message)[0])


@given(typed_values, st.data())
@settings(max_examples=400)
def test_damage_is_seen(pair: tuple[Type, Any], data: st.DataObject) -> None:
    type_, value = pair
    both = planned(type_)
    message = bytearray(encode([type_], [value], ENV))
    for _ in range(data.draw(st.integers(1, 3))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    both.decodes_alike(bytes(message[: data.draw(st.integers(0, len(message)))]))
    both.decodes_alike(bytes(message) + data.draw(st.binary(max_size=2)))


@given(typed_values, types)
@settings(max_examples=600)
def test_messages_of_other_types_are_read_by_the_rules_of_subtypes(pair: tuple[Type, Any], wanted: Type) -> None:
    type_, value = pair
    message = encode([type_], [value], ENV)
    for expected in (wanted, Opt(wanted), RESERVED):
        planned(expected).decodes_alike(message)
    planned().decodes_alike(message)
    planned(type_, Opt(wanted)).decodes_alike(message)


@given(typed_values, types)
@settings(max_examples=300)
def test_values_of_other_types_are_refused(pair: tuple[Type, Any], wanted: Type) -> None:
    planned(wanted).encodes_alike(pair[1])


def test_fields_of_every_kind_pass_without_the_python_codec() -> None:
    both = Pair(EVERYTHING)
    assert both.encodes_alike(VALUES)
    assert both.decodes_alike(both.python_encode(VALUES))


def test_an_older_clients_record_lacks_options_and_a_newer_ones_has_more_fields() -> None:
    old = Record((Field("id", NAT64), Field("name", TEXT)))
    new = Record((*old.fields, Field("note", Opt(TEXT)), Field("tags", Opt(Vec(TEXT)))))
    value = {"id": 7, "name": "x"}
    assert Pair(new).decodes_alike(encode([old], [value], ENV))
    assert Pair(old).decodes_alike(encode([new], [value | {"note": "n", "tags": ["t"]}], ENV))


@pytest.mark.parametrize("number", [0, 63, 64, 127, 128, 2**31, 2**63 - 1, 2**63, 2**64, 2**69, 2**70, 2**127, 2**500])
def test_numbers_of_any_size_keep_their_value(number: int) -> None:
    naturals, integers = Pair(NAT), Pair(INT)
    naturals.encodes_alike(number)
    assert naturals.decodes_alike(naturals.python_encode(number))
    for signed in (number, -number, -number - 1):
        integers.encodes_alike(signed)
        assert integers.decodes_alike(integers.python_encode(signed))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300, -1e-300, -0.0])
def test_floats_that_do_not_fit_are_rounded_alike(value: float) -> None:
    assert Pair(FLOAT32).encodes_alike(value)
    assert Pair(FLOAT64).encodes_alike(value)


def test_lone_surrogates_become_replacement_characters() -> None:
    assert Pair(TEXT).encodes_alike("a\ud800ä")


def test_a_short_message_cannot_ask_for_a_long_answer() -> None:
    many_nulls = b"DIDL\x01\x6d\x7f\x01\x00" + b"\xff\xff\xff\xff\x0f"
    assert not Pair(Vec(NULL)).decodes_alike(many_nulls)
    wide = Record(tuple(Field(f"f{index}", Opt(NAT)) for index in range(400)))
    message = encode([Vec(Record((Field("x", NAT8),)))], [[{"x": 1}] * 1000], ENV)
    assert not Pair(Vec(wide)).decodes_alike(message)


def test_deep_nesting_is_the_python_codecs() -> None:
    deep: Any = None
    for head in range(300):
        deep = {"head": head, "tail": deep}
    both = Pair(Named("List"))
    assert not both.encodes_alike(deep)
    assert not both.decodes_alike(both.python_encode(deep))


def test_what_a_plan_refuses_has_the_python_codecs_words() -> None:
    codec = Codec(ENV_WITH_SERVICE, Principal, SCOPE)
    with pytest.raises(CandidError) as refused:
        codec.decoder((NAT,))(b"DIDL\x00\x01\x71\x01a")
    assert str(refused.value) == "text where nat is expected"
    with pytest.raises(TypeError, match="Expected type 'int' but 'str' found"):
        codec.encoder((NAT64,))("1")


@given(st.binary(max_size=29))
def test_principals_have_one_text(raw: bytes) -> None:
    text = plans.candid_plan.principal_text(raw)
    assert text == Principal(raw).to_str()
    assert plans.candid_plan.principal_bytes(text) == raw
    assert shown(plans.candid_plan.principal(Principal, raw)) == shown(Principal(raw))


@given(st.binary(max_size=29), st.data())
def test_another_text_is_no_principals(raw: bytes, data: st.DataObject) -> None:
    text = Principal(raw).to_str()
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("abyz27-A18é"))
    for other in (text[:at] + letter + text[at + 1 :], text[:at] + text[at + 1 :], text + letter, text.upper()):
        if other != text:
            assert plans.candid_plan.principal_bytes(other) is None
    for no_principal in (raw.ljust(30, b"x"), bytearray(raw), None):
        assert plans.candid_plan.principal_text(no_principal) is None


def test_a_decoded_record_is_a_dict_like_any_other() -> None:
    both = Pair(EVERYTHING)
    record = both.plan.decode_first(both.python_encode(VALUES))
    record["zebra"] = 1
    record["new"] = 2
    del record["class_"]
    again = both.plan.decode_first(both.python_encode(VALUES))
    assert list(record) == [*[key for key in VALUES if key != "class_"], "new"]
    assert shown(again) == shown(VALUES)


def test_a_list_that_changes_while_it_is_encoded_is_left_to_the_python_codec() -> None:
    rows: list[Any] = []

    class Clearing:
        """A key that takes all rows away when it is compared with a field's name."""

        def __hash__(self) -> int:
            return hash("name")

        def __eq__(self, _other: object) -> bool:
            rows.clear()
            return False

    rows += [{Clearing(): 1, "name": "x"}, *({"name": str(number)} for number in range(50))]
    with pytest.raises(GaveUp):
        Pair(Vec(Record((Field("name", TEXT),)))).plan.encode(rows)
