"""Random Candid types, and values of a given type, for Hypothesis."""

from typing import Any

from hypothesis import strategies as st

from candid import Principal, Some
from candid.types import (
    BOOL,
    FLOAT32,
    FLOAT64,
    INT,
    INT8,
    INT16,
    INT32,
    INT64,
    NAT,
    NAT8,
    NAT16,
    NAT32,
    NAT64,
    NULL,
    PRINCIPAL,
    RESERVED,
    TEXT,
    Field,
    Func,
    Named,
    Opt,
    Record,
    Service,
    Type,
    TypeEnv,
    Variant,
    Vec,
)
from candid.wire import label_hash

ENV: TypeEnv = {
    "List": Opt(Record((Field("head", NAT), Field("tail", Named("List"))))),
    "Tree": Variant((Field("Leaf", INT8), Field("Fork", Record((Field(0, Named("Tree")), Field(1, Named("Tree"))))))),
    "Rose": Vec(Named("Rose")),
    "Alias": Named("List"),
}

_INTS: dict[Type, tuple[int, int]] = {
    NAT8: (0, 2**8 - 1),
    NAT16: (0, 2**16 - 1),
    NAT32: (0, 2**32 - 1),
    NAT64: (0, 2**64 - 1),
    INT8: (-(2**7), 2**7 - 1),
    INT16: (-(2**15), 2**15 - 1),
    INT32: (-(2**31), 2**31 - 1),
    INT64: (-(2**63), 2**63 - 1),
    NAT: (0, 2**200),
    INT: (-(2**200), 2**200),
}
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_labels = st.one_of(
    st.sampled_from(["a", "b", "name", "Ok", "Err", "ä b", "type"]), st.integers(0, 6), st.just(2**32 - 1)
)
_principals = st.binary(max_size=29).map(Principal)
primitives: st.SearchStrategy[Type] = st.sampled_from([*_INTS, NULL, BOOL, FLOAT32, FLOAT64, TEXT, RESERVED, PRINCIPAL])


def _fields(inner: st.SearchStrategy[Type], min_size: int) -> st.SearchStrategy[tuple[Field, ...]]:
    pairs = st.lists(
        st.tuples(_labels, inner), min_size=min_size, max_size=5, unique_by=lambda pair: label_hash(pair[0])
    )
    return pairs.map(lambda found: tuple([Field(label, type_) for label, type_ in found]))


def _tuples(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    members = st.lists(inner, min_size=1, max_size=3)
    return members.map(lambda found: Record(tuple([Field(index, type_) for index, type_ in enumerate(found)])))


def _funcs(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Func]:
    types = st.lists(inner, max_size=2).map(tuple)
    modes: st.SearchStrategy[tuple[str, ...]] = st.sampled_from([(), ("query",), ("composite_query",)])
    return st.builds(Func, types, types, modes)


def _compose(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    methods = st.dictionaries(st.sampled_from(["get", "put", "a b"]), _funcs(inner), max_size=2)
    return st.one_of(
        inner.map(Opt),
        inner.map(Vec),
        _fields(inner, 0).map(Record),
        _fields(inner, 1).map(Variant),
        _tuples(inner),
        _funcs(inner),
        methods.map(lambda found: Service(tuple(found.items()))),
    )


types: st.SearchStrategy[Type] = st.recursive(
    st.one_of(primitives, st.sampled_from([Named(name) for name in ENV])), _compose, max_leaves=8
)


def resolve(type_: Type) -> Type:
    """The type without a name in front."""
    while isinstance(type_, Named):
        type_ = ENV[type_.name]
    return type_


def _nullable(type_: Type) -> bool:
    actual = resolve(type_)
    return actual in (NULL, RESERVED) or isinstance(actual, Opt)


def values(type_: Type, depth: int = 6) -> st.SearchStrategy[Any]:  # noqa: C901, PLR0911 # one case per kind of type
    """Values of a type as the codec reads them; recursion ends at `depth`."""
    actual = resolve(type_)
    match actual:
        case _ if actual in _INTS:
            return st.integers(*_INTS[actual])
        case _ if actual in (FLOAT32, FLOAT64):
            return st.floats(allow_nan=False, width=32 if actual == FLOAT32 else 64)
        case _ if actual in (NULL, RESERVED):
            return st.none()
        case Opt(inner):
            if depth <= 0:
                return st.none()
            present = values(inner, depth - 1)
            return st.none() | (present.map(Some) if _nullable(inner) else present)
        case Vec(inner):
            if inner == NAT8:
                return st.binary(max_size=200)
            return st.just([]) if depth <= 0 else st.lists(values(inner, depth - 1), max_size=3)
        case Record(fields):
            return _records(fields, depth)
        case Variant(fields):
            cases = fields[:1] if depth <= 0 else fields
            return st.one_of([_case(field, depth) for field in cases])
        case Func():
            return st.tuples(_principals, _texts)
        case Service():
            return _principals
    return {BOOL: st.booleans(), TEXT: _texts, PRINCIPAL: _principals}[actual]  # type: ignore[index] # the rest


def _case(field: Field, depth: int) -> st.SearchStrategy[dict[Any, Any]]:
    return values(field.type, depth - 1).map(lambda content: {field.label: content})


def _records(fields: tuple[Field, ...], depth: int) -> st.SearchStrategy[Any]:
    members = {field.label: values(field.type, depth - 1) for field in fields}
    labels = sorted(members, key=label_hash)
    if labels and all(label == index for index, label in enumerate(labels)):
        return st.tuples(*[members[label] for label in labels])
    return st.fixed_dictionaries(members)
