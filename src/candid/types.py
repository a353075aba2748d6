"""Candid types as plain values, compared structurally (Candid specification, section "Core grammar").

`Named` refers into a `TypeEnv`, which is how recursive types are written.
"""

from collections.abc import Mapping
from typing import TypeAlias

from candid.structures import Structure


class Primitive(Structure):
    """One of the primitive types; `name` is the Candid keyword."""

    name: str


NULL = Primitive("null")
BOOL = Primitive("bool")
NAT = Primitive("nat")
INT = Primitive("int")
NAT8 = Primitive("nat8")
NAT16 = Primitive("nat16")
NAT32 = Primitive("nat32")
NAT64 = Primitive("nat64")
INT8 = Primitive("int8")
INT16 = Primitive("int16")
INT32 = Primitive("int32")
INT64 = Primitive("int64")
FLOAT32 = Primitive("float32")
FLOAT64 = Primitive("float64")
TEXT = Primitive("text")
RESERVED = Primitive("reserved")
EMPTY = Primitive("empty")
PRINCIPAL = Primitive("principal")


class Opt(Structure):
    """`opt T`."""

    inner: "Type"


class Vec(Structure):
    """`vec T`; `Vec(NAT8)` is `blob`."""

    inner: "Type"


class Field(Structure):
    """A field of a record or variant: a name, or a number where the source gives one (tuples)."""

    label: str | int
    type: "Type"


class Record(Structure):
    """`record {...}`; the fields stand in the order of the source, the codec sorts by hash."""

    fields: tuple[Field, ...]


class Variant(Structure):
    """`variant {...}`; the fields stand in the order of the source."""

    fields: tuple[Field, ...]


class Func(Structure):
    """`func (...) -> (...)`; `modes` holds "query", "composite_query", "oneway"."""

    args: tuple["Type", ...]
    results: tuple["Type", ...]
    modes: tuple[str, ...] = ()


class Service(Structure):
    """`service {...}`: methods by name, in the order of the source."""

    methods: tuple[tuple[str, "Func | Named"], ...]


class Named(Structure):
    """A reference to a definition of the `TypeEnv`."""

    name: str


Type: TypeAlias = Primitive | Opt | Vec | Record | Variant | Func | Service | Named
TypeEnv: TypeAlias = Mapping[str, Type]

BLOB = Vec(NAT8)
