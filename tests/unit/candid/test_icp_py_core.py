"""Agreement with icp-py-core's codec, where the two map values alike."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from icp_candid.candid import Types
from icp_candid.candid import decode as their_decode
from icp_candid.candid import encode as their_encode
from icp_principal import Principal as TheirPrincipal

from candid import Principal, decode, encode
from candid.types import (
    BOOL,
    FLOAT64,
    INT,
    INT8,
    INT64,
    NAT,
    NAT16,
    NAT64,
    NULL,
    PRINCIPAL,
    TEXT,
    Field,
    Opt,
    Primitive,
    Record,
    Type,
    Variant,
    Vec,
)
from support.candid_strategies import values

THEIRS = {
    NULL: Types.Null,
    BOOL: Types.Bool,
    NAT: Types.Nat,
    INT: Types.Int,
    NAT16: Types.Nat16,
    NAT64: Types.Nat64,
    INT8: Types.Int8,
    INT64: Types.Int64,
    FLOAT64: Types.Float64,
    TEXT: Types.Text,
    PRINCIPAL: Types.Principal,
}
names = st.sampled_from(["a", "b", "subject", "Ok", "Err"])
solid: st.SearchStrategy[Type] = st.sampled_from([type_ for type_ in THEIRS if type_ != NULL])


def fields(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[tuple[Field, ...]]:
    found = st.dictionaries(names, inner, min_size=1, max_size=4)
    return found.map(lambda pairs: tuple([Field(label, type_) for label, type_ in pairs.items()]))


types: st.SearchStrategy[Type] = st.recursive(
    solid,
    lambda inner: st.one_of(solid.map(Opt), inner.map(Vec), fields(inner).map(Record), fields(inner).map(Variant)),
    max_leaves=6,
)


def their_type(type_: Type) -> Any:
    match type_:
        case Primitive():
            return THEIRS[type_]
        case Opt(inner):
            return Types.Opt(their_type(inner))
        case Vec(inner):
            return Types.Vec(their_type(inner))
        case Record(members):
            return Types.Record({str(field.label): their_type(field.type) for field in members})
        case Variant(members):
            return Types.Variant({str(field.label): their_type(field.type) for field in members})
    raise AssertionError(type_)


def their_value(type_: Type, value: Any) -> Any:
    match type_:
        case Opt(inner):
            return [] if value is None else [their_value(inner, value)]
        case Vec(inner):
            return [their_value(inner, member) for member in value]
        case Record(members):
            return {str(field.label): their_value(field.type, value[field.label]) for field in members}
        case Variant(members):
            ((label, content),) = value.items()
            case = next(field for field in members if field.label == label)
            return {label: their_value(case.type, content)}
    return TheirPrincipal.from_str(str(value)) if isinstance(value, Principal) else value


@given(types.flatmap(lambda type_: st.tuples(st.just(type_), values(type_))))
@settings(max_examples=150, deadline=None)
def test_each_reads_what_the_other_wrote(pair: tuple[Type, Any]) -> None:
    type_, value = pair
    theirs = their_encode([{"type": their_type(type_), "value": their_value(type_, value)}])
    assert decode([type_], theirs) == [value]
    (read,) = their_decode(encode([type_], [value]), [their_type(type_)])
    again = their_encode([{"type": their_type(type_), "value": read["value"]}])
    assert decode([type_], again) == [value]
