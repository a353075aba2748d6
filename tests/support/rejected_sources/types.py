"""Sources to refuse: Candid types that Kybra cannot read."""

# ruff: noqa: E501 -- a source is one line of the table

from support.rejected_sources.cases import FIELDS, GUARD, KYBRA, Rejected, body, member, method, service, stable_map

REJECTED: dict[str, Rejected] = {
    # records, variants, aliases, funcs
    "a docstring in a record": body("K301", 3, '"""Doc."""', "a: nat"),
    "pass in a record": body("K301", 3, "pass"),
    "a method in a record": body("K301", 4, "a: nat", "def f(self): return 1"),
    "a constant in a record": body("K301", 4, "a: nat", "b = 1"),
    "a class in a record": body("K301", 4, "a: nat", "class B: pass"),
    "a docstring in a variant": body("K302", 3, '"""Doc."""', "A: nat", base="Variant"),
    "pass in a variant": body("K302", 3, "pass", base="Variant"),
    "an ellipsis in a variant": body("K302", 3, "...", base="Variant"),
    "a method in a variant": body("K302", 4, "A: nat", "def f(self): return 1", base="Variant"),
    "a record of two bases": Rejected("K303", 4, KYBRA + "class B:\n    x = 1\nclass A(B, Record):\n    a: nat\n"),
    "a generic record": Rejected(
        "K303", 3, KYBRA + "from typing import Generic, TypeVar\nclass A(Record, Generic):\n    a: nat\n"
    ),
    "a field called underscore": body("K305", 3, "_: nat"),
    "a field that is an attribute": body("K305", 4, "a: nat", "a.b: nat"),
    "a field twice": body("K306", 4, "a: nat", "a: text"),
    "a keyword field twice": body("K306", 4, "from_: nat", "from_: text"),
    "Func of nothing": Rejected("K311", 2, KYBRA + "A = Func()\n"),
    "Func of two": Rejected("K311", 2, KYBRA + "A = Func(Query[[nat], nat], nat)\n"),
    "Func of a bare mode": Rejected("K312", 2, KYBRA + "A = Func(Query)\n"),
    "Func of an unknown mode": Rejected("K312", 2, KYBRA + "A = Func(Callable[[nat], nat])\n"),
    "Func of a list": Rejected("K312", 2, KYBRA + "A = Func([nat, nat])\n"),
    "Func without a result": Rejected("K313", 2, KYBRA + "A = Func(Query[[nat]])\n"),
    "Func without a list": Rejected("K313", 2, KYBRA + "A = Func(Query[nat, nat])\n"),
    "Func of three parts": Rejected("K313", 2, KYBRA + "A = Func(Query[[nat], nat, nat])\n"),
    "a oneway Func without a result": Rejected("K313", 2, KYBRA + "A = Func(Oneway[[nat]])\n"),
    "an alias of itself": Rejected("K314", 2, KYBRA + "A = Alias[Vec['A']]\n"),
    "aliases in a circle": Rejected("K314", 2, KYBRA + "A = Alias['B']\nB = Alias[Opt[A]]\n"),
    # types
    "None as a field's type": member("K321", "None"),
    "None as a result": method("K321", "() -> None"),
    "None inside Opt": member("K321", "Opt[None]"),
    "list": member("K322", "list[nat]"),
    "List": member("K322", "List[nat]"),
    "dict": member("K322", "dict[text, nat]"),
    "Optional": member("K322", "Optional[nat]"),
    "Alias in a type": member("K322", "Alias[nat]"),
    "tuple": member("K322", "tuple[nat, nat]"),
    "Vec through the module": member("K322", "kybra.Vec[nat]"),
    "a subscript inside Vec": member("K322", "Vec[Set[nat]]"),
    "a union with None": member("K323", "nat | None"),
    "a union of types": member("K323", "nat | text"),
    "an attribute as a type": member("K323", "kybra.nat64"),
    "a number": member("K323", "5"),
    "an ellipsis as a type": member("K323", "Vec[...]"),
    "a call": member("K323", "make(nat)"),
    "two types in Vec": member("K323", "Vec[nat, text]"),
    "a list as a type": member("K323", "[nat]"),
    "a union as a parameter": method("K323", "(a: nat | None) -> void"),
    "a union as a result": method("K323", "() -> nat | None"),
    "a compound forward reference": member("K324", "'Vec[A]'"),
    "a dotted forward reference": member("K324", "Opt['shapes.A']"),
    "float": member("K325", "float"),
    "bytes": member("K325", "bytes"),
    "a bare list": member("K325", "list"),
    "a bare dict": member("K325", "dict"),
    "Any": member("K325", "Any"),
    "object": member("K325", "object"),
    "an unknown name": member("K325", "Missing"),
    "an unknown forward reference": member("K325", "Opt['Missing']"),
    "a plain class": Rejected("K325", 5, KYBRA + "class P:\n    x = 1\nclass A(Record):\n    a: P\n"),
    "a dataclass": Rejected(
        "K325",
        7,
        KYBRA
        + "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n@query\ndef m() -> P:\n    return P(1)\n",
    ),
    "an assignment that is no alias": Rejected("K325", 4, KYBRA + "Id = nat64\n@query\ndef m() -> Id:\n    return 1\n"),
    "a Vec without Alias": Rejected("K325", 4, KYBRA + "Ids = Vec[nat64]\n@query\ndef m() -> Ids:\n    return []\n"),
    "an annotated tuple type": Rejected(
        "K325",
        5,
        KYBRA
        + "from typing import TypeAlias\nP: TypeAlias = Tuple[nat, nat]\n@query\ndef m() -> P:\n    return (1, 2)\n",
    ),
    "a record with another name for a type": Rejected(
        "K325",
        3,
        "from kybra import Record, nat64 as Id\nclass A(Record):\n    a: Id\n".replace("\nclass", "\nclass", 1),
    ),
    "a type of a module that nothing imports": Rejected(
        "K325",
        3,
        {"main.py": KYBRA + "class A(Record):\n    a: 'B'\n", "other.py": KYBRA + "class B(Record):\n    b: nat\n"},
    ),
    "an unknown parameter type": method("K325", "(a: float) -> void"),
    "an unknown result": method("K325", "() -> bytes"),
    "an unknown type in a Func": Rejected("K325", 2, KYBRA + "A = Func(Query[[float], nat])\n"),
    "an unknown type in a stable map": stable_map("K325", "m = StableBTreeMap[nat, bytes](0, 15, 15)"),
    "an unknown type in a service": service("K325", 4, "@service_query", "def a(self, x: float) -> nat: ..."),
    "an unknown type in init": method("K325", "(a: Config) -> void", decorator="@init"),
    "void as a field": member("K326", "void"),
    "void inside Opt": member("K326", "Opt[void]"),
    "void inside Vec": method("K326", "() -> Vec[void]"),
    "void in a variant": body("K326", 3, "A: void", base="Variant"),
    "void as a parameter": method("K326", "(a: void) -> void"),
    "void in a tuple": method("K326", "() -> Tuple[nat, void]"),
    "an alias of void": Rejected("K326", 2, KYBRA + "A = Alias[void]\n"),
    "a type that is not imported": Rejected(
        "K327", 3, "from kybra import query\n@query\ndef m() -> nat64:\n    return 1\n"
    ),
    "a decorator that is not imported": Rejected(
        "K327", 2, "from kybra import nat\n@query\ndef m() -> nat:\n    return 1\n"
    ),
    "a base that is not imported": Rejected("K327", 2, "from kybra import nat\nclass A(Record):\n    a: nat\n"),
    "a record used above its declaration": Rejected(
        "K327", 3, KYBRA + "class A(Record):\n    b: B\nclass B(Record):\n    a: nat\n"
    ),
    "a record that names itself without quotes": Rejected("K327", 3, KYBRA + "class A(Record):\n    a: Opt[A]\n"),
    "a guard declared below": Rejected(
        "K327", 2, KYBRA + "@query(guard=only)\ndef m() -> nat:\n    return 1\n" + GUARD
    ),
    "an alias of what comes below": Rejected("K327", 2, KYBRA + "A = Alias[B]\nB = Alias[nat]\n"),
    # declarations that are not seen
    "a record through the module": Rejected("K331", 2, "import kybra\nclass A(kybra.Record):\n    a: int\n"),
    "a record through a renamed module": Rejected("K331", 2, "import kybra as k\nclass A(k.Record):\n    a: int\n"),
    "a renamed record": Rejected("K331", 2, "from kybra import Record as R, nat\nclass A(R):\n    a: nat\n"),
    "a record by assignment": Rejected("K331", 3, KYBRA + "R = Record\nclass A(R):\n    a: nat\n"),
    "a query through the module": Rejected("K331", 2, "import kybra\n@kybra.query\ndef m() -> int:\n    return 1\n"),
    "a called query through the module": Rejected(
        "K331", 2, "import kybra\n@kybra.query()\ndef m() -> int:\n    return 1\n"
    ),
    "a renamed update": Rejected("K331", 2, "from kybra import nat, update as u\n@u\ndef m() -> nat:\n    return 1\n"),
    "init through the module": Rejected(
        "K331", 3, "import kybra\nfrom kybra import void\n@kybra.init\ndef i() -> void:\n    pass\n"
    ),
    "a service through the module": Rejected(
        "K331", 3, "import kybra\nfrom kybra import nat, service_query\nclass S(kybra.Service):\n" + FIELDS
    ),
    "a renamed service decorator": Rejected(
        "K331",
        3,
        "from kybra import Service, nat, service_query as sq\nclass S(Service):\n    @sq\n    def a(self) -> nat: ...\n",
    ),
    "an alias through the module": Rejected("K331", 2, "import kybra\nA = kybra.Alias[int]\n"),
    "a func through the module": Rejected("K331", 2, "import kybra\nA = kybra.Func(int)\n"),
    "a renamed stable map": Rejected(
        "K331", 2, "from kybra import StableBTreeMap as Map, nat\nm = Map[nat, nat](0, 15, 15)\n"
    ),
    "a record in a function": Rejected(
        "K332", 3, KYBRA + "def f():\n    class A(Record):\n        a: nat\n    return A\n"
    ),
    "a record under if": Rejected("K332", 3, KYBRA + "if True:\n    class A(Record):\n        a: nat\n"),
    "a variant in a class": Rejected("K332", 3, KYBRA + "class B:\n    class A(Variant):\n        a: nat\n"),
    "a service under try": Rejected(
        "K332",
        3,
        KYBRA
        + "try:\n    class S(Service):\n        @service_query\n        def a(self) -> nat: ...\nexcept ValueError:\n    pass\n",
    ),
    "a query in a class": Rejected(
        "K333", 4, KYBRA + "class C:\n    @query\n    def m(self) -> nat:\n        return 1\n"
    ),
    "an update under if": Rejected("K333", 4, KYBRA + "if True:\n    @update\n    def m() -> nat:\n        return 1\n"),
    "an update in a function": Rejected(
        "K333", 4, KYBRA + "def f():\n    @update\n    def m() -> nat:\n        return 1\n"
    ),
    "a hook in a class": Rejected("K333", 4, KYBRA + "class C:\n    @init\n    def m(self) -> void:\n        pass\n"),
    "an async update": Rejected("K334", 3, KYBRA + "@update\nasync def m() -> nat:\n    return 1\n"),
    "an async query": Rejected("K334", 3, KYBRA + "@query\nasync def m() -> nat:\n    return 1\n"),
    "an async heartbeat": Rejected("K334", 3, KYBRA + "@heartbeat\nasync def m() -> void:\n    pass\n"),
    "a record that inherits": Rejected("K335", 4, KYBRA + "class A(Record):\n    a: nat\nclass B(A):\n    b: nat\n"),
    "a record that inherits over modules": Rejected(
        "K335",
        2,
        {
            "main.py": "from base import A\nclass B(A):\n    b: int\n",
            "base.py": KYBRA + "class A(Record):\n    a: nat\n",
        },
    ),
    "a service that inherits": Rejected("K335", 5, KYBRA + "class S(Service):\n" + FIELDS + "class T(S):\n" + FIELDS),
}
