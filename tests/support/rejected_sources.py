"""Sources that Kybra refuses or compiles wrongly: the rule that refuses them, the file and line, the source."""

# ruff: noqa: E501, SIM905 -- a source is one line of the table, and word lists read better as text

from typing import NamedTuple


class Rejected(NamedTuple):
    """`line` counts from 1 in `file`."""

    rule: str
    line: int
    files: str | dict[str, str]
    file: str = "main.py"


K = "from kybra import *\n"


def _body(rule: str, line: int, *members: str, base: str = "Record") -> Rejected:
    return Rejected(rule, line, K + f"class A({base}):\n" + "".join(f"    {member}\n" for member in members))


def _signature(rule: str, signature: str, *, decorator: str = "@update", line: int = 3) -> Rejected:
    return Rejected(rule, line, K + f"{decorator}\ndef m{signature}:\n    pass\n")


def _type(rule: str, kind: str) -> Rejected:
    return Rejected(rule, 3, K + f"class A(Record):\n    a: {kind}\n")


def _service(rule: str, line: int, *members: str) -> Rejected:
    return _body(rule, line, *members, base="Service")


def _map(rule: str, declaration: str) -> Rejected:
    return Rejected(rule, 2, K + declaration + "\n")


def _packaged(rule: str, line: int, file: str, text: str, main: str = "import app.part\n") -> Rejected:
    return Rejected(rule, line, {"main.py": main, "app/__init__.py": "", file: text}, file)


FIELDS = "    @service_query\n    def a(self) -> nat: ...\n"
GUARD = "def only() -> GuardResult:\n    return {'Ok': None}\n"
METHOD = "from kybra import nat, query\n@query\ndef m() -> nat:\n    return 1\n"

REJECTED: dict[str, Rejected] = {
    # syntax
    "a syntax error": Rejected("K101", 2, "x = 1\ndef f(:\n"),
    "a generic class of Python 3.12": Rejected("K101", 1, "class C[T]:\n    pass\n"),
    "a generic function of Python 3.12": Rejected("K101", 1, "def f[T](x: T) -> T:\n    return x\n"),
    "a type statement": Rejected("K101", 1, "type X = int\n"),
    "an f-string that reuses its quotes": Rejected("K101", 2, "d = {}\ns = f'{d['k']}'\n"),
    "a syntax error in a package": _packaged("K101", 1, "app/part.py", "def f(:\n"),
    "a syntax error in a copied file": _packaged("K101", 1, "app/unused.py", "def f(:\n", "import app\n"),
    "match": Rejected("K102", 2, "def f(x):\n    match x:\n        case 1:\n            return 2\n"),
    "match in a package": _packaged("K102", 1, "app/part.py", "match 1:\n    case _:\n        pass\n"),
    "match in a copied file": _packaged(
        "K102", 1, "app/sub/unused.py", "match 1:\n    case _:\n        pass\n", "import app\n"
    ),
    "context managers in brackets": Rejected(
        "K103", 2, "def f(a, b):\n    with (a() as x, b() as y):\n        return x\n"
    ),
    "one context manager with a name in brackets": Rejected(
        "K103", 2, "def f(a):\n    with (a() as x):\n        return x\n"
    ),
    "context managers in brackets without names": Rejected(
        "K103", 2, "def f(a, b):\n    with (a, b):\n        return 1\n"
    ),
    "context managers in brackets over lines": Rejected(
        "K103", 2, "def f(a, b):\n    with (\n        a() as x,\n        b(),\n    ):\n        return x\n"
    ),
    "one context manager with a comma in brackets": Rejected(
        "K103", 2, "def f(a):\n    with (a,):\n        return 1\n"
    ),
    "except star": Rejected("K104", 1, "try:\n    pass\nexcept* ValueError:\n    pass\n"),
    "a byte order mark": Rejected("K105", 1, "\ufeffx = 1\n"),
    "a star in a subscript": Rejected(
        "K107", 2, "a, b = (1,), {}\nx = b[*a]\n".replace("a, b = (1,), {}", "a = b = ()")
    ),
    "a star in the annotation of args": Rejected("K107", 1, "def f(*args: *tuple[int, ...]):\n    pass\n"),
    "a bare walrus in a subscript": Rejected("K108", 2, "def f(d):\n    return d[n := 1]\n"),
    "a key after unpacking": Rejected("K110", 2, "def f(a):\n    return {**a, 'k': 1}\n"),
    "a key between unpackings": Rejected("K110", 2, "def f(a, b):\n    return {**a, 'k': 1, **b}\n"),
    "a key before and after unpacking": Rejected("K110", 2, "def f(a):\n    return {'i': 0, **a, 'k': 1}\n"),
    # top level
    "a chained assignment": Rejected("K201", 1, "a = b = 1\n"),
    "a chained assignment in a package": _packaged("K201", 2, "app/part.py", "x = 1\na = b = x\n"),
    "destructuring": Rejected("K202", 1, "a, b = 1, 2\n"),
    "destructuring of one": Rejected("K202", 1, "[a] = [1]\n"),
    "destructuring with a star": Rejected("K202", 1, "a, *b = [1, 2]\n"),
    "an attribute as a target": Rejected("K202", 3, "class C:\n    pass\nC.x = 1\n"),
    "an item": Rejected("K202", 2, "d = {}\nd['k'] = 1\n"),
    "an annotated attribute": Rejected("K202", 3, "class C:\n    pass\nC.x: int = 1\n"),
    "an item in a package": _packaged("K202", 2, "app/part.py", "d = {}\nd['k'] = 1\n"),
    # records, variants, aliases, funcs
    "a docstring in a record": _body("K301", 3, '"""Doc."""', "a: nat"),
    "pass in a record": _body("K301", 3, "pass"),
    "a method in a record": _body("K301", 4, "a: nat", "def f(self): return 1"),
    "a constant in a record": _body("K301", 4, "a: nat", "b = 1"),
    "a class in a record": _body("K301", 4, "a: nat", "class B: pass"),
    "a docstring in a variant": _body("K302", 3, '"""Doc."""', "A: nat", base="Variant"),
    "pass in a variant": _body("K302", 3, "pass", base="Variant"),
    "an ellipsis in a variant": _body("K302", 3, "...", base="Variant"),
    "a method in a variant": _body("K302", 4, "A: nat", "def f(self): return 1", base="Variant"),
    "a record of two bases": Rejected("K303", 4, K + "class B:\n    x = 1\nclass A(B, Record):\n    a: nat\n"),
    "a generic record": Rejected(
        "K303", 3, K + "from typing import Generic, TypeVar\nclass A(Record, Generic):\n    a: nat\n"
    ),
    "a field called underscore": _body("K305", 3, "_: nat"),
    "a field that is an attribute": _body("K305", 4, "a: nat", "a.b: nat"),
    "a field twice": _body("K306", 4, "a: nat", "a: text"),
    "a keyword field twice": _body("K306", 4, "from_: nat", "from_: text"),
    "Func of nothing": Rejected("K311", 2, K + "A = Func()\n"),
    "Func of two": Rejected("K311", 2, K + "A = Func(Query[[nat], nat], nat)\n"),
    "Func of a bare mode": Rejected("K312", 2, K + "A = Func(Query)\n"),
    "Func of an unknown mode": Rejected("K312", 2, K + "A = Func(Callable[[nat], nat])\n"),
    "Func of a list": Rejected("K312", 2, K + "A = Func([nat, nat])\n"),
    "Func without a result": Rejected("K313", 2, K + "A = Func(Query[[nat]])\n"),
    "Func without a list": Rejected("K313", 2, K + "A = Func(Query[nat, nat])\n"),
    "Func of three parts": Rejected("K313", 2, K + "A = Func(Query[[nat], nat, nat])\n"),
    "a oneway Func without a result": Rejected("K313", 2, K + "A = Func(Oneway[[nat]])\n"),
    "an alias of itself": Rejected("K314", 2, K + "A = Alias[Vec['A']]\n"),
    "aliases in a circle": Rejected("K314", 2, K + "A = Alias['B']\nB = Alias[Opt[A]]\n"),
    # types
    "None as a field's type": _type("K321", "None"),
    "None as a result": _signature("K321", "() -> None"),
    "None inside Opt": _type("K321", "Opt[None]"),
    "list": _type("K322", "list[nat]"),
    "List": _type("K322", "List[nat]"),
    "dict": _type("K322", "dict[text, nat]"),
    "Optional": _type("K322", "Optional[nat]"),
    "Alias in a type": _type("K322", "Alias[nat]"),
    "tuple": _type("K322", "tuple[nat, nat]"),
    "Vec through the module": _type("K322", "kybra.Vec[nat]"),
    "a subscript inside Vec": _type("K322", "Vec[Set[nat]]"),
    "a union with None": _type("K323", "nat | None"),
    "a union of types": _type("K323", "nat | text"),
    "an attribute as a type": _type("K323", "kybra.nat64"),
    "a number": _type("K323", "5"),
    "an ellipsis as a type": _type("K323", "Vec[...]"),
    "a call": _type("K323", "make(nat)"),
    "two types in Vec": _type("K323", "Vec[nat, text]"),
    "a list as a type": _type("K323", "[nat]"),
    "a union as a parameter": _signature("K323", "(a: nat | None) -> void"),
    "a union as a result": _signature("K323", "() -> nat | None"),
    "a compound forward reference": _type("K324", "'Vec[A]'"),
    "a dotted forward reference": _type("K324", "Opt['shapes.A']"),
    "float": _type("K325", "float"),
    "bytes": _type("K325", "bytes"),
    "a bare list": _type("K325", "list"),
    "a bare dict": _type("K325", "dict"),
    "Any": _type("K325", "Any"),
    "object": _type("K325", "object"),
    "an unknown name": _type("K325", "Missing"),
    "an unknown forward reference": _type("K325", "Opt['Missing']"),
    "a plain class": Rejected("K325", 5, K + "class P:\n    x = 1\nclass A(Record):\n    a: P\n"),
    "a dataclass": Rejected(
        "K325",
        7,
        K
        + "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n@query\ndef m() -> P:\n    return P(1)\n",
    ),
    "an assignment that is no alias": Rejected("K325", 4, K + "Id = nat64\n@query\ndef m() -> Id:\n    return 1\n"),
    "a Vec without Alias": Rejected("K325", 4, K + "Ids = Vec[nat64]\n@query\ndef m() -> Ids:\n    return []\n"),
    "an annotated tuple type": Rejected(
        "K325",
        5,
        K + "from typing import TypeAlias\nP: TypeAlias = Tuple[nat, nat]\n@query\ndef m() -> P:\n    return (1, 2)\n",
    ),
    "a record with another name for a type": Rejected(
        "K325",
        3,
        "from kybra import Record, nat64 as Id\nclass A(Record):\n    a: Id\n".replace("\nclass", "\nclass", 1),
    ),
    "a type of a module that nothing imports": Rejected(
        "K325", 3, {"main.py": K + "class A(Record):\n    a: 'B'\n", "other.py": K + "class B(Record):\n    b: nat\n"}
    ),
    "an unknown parameter type": _signature("K325", "(a: float) -> void"),
    "an unknown result": _signature("K325", "() -> bytes"),
    "an unknown type in a Func": Rejected("K325", 2, K + "A = Func(Query[[float], nat])\n"),
    "an unknown type in a stable map": _map("K325", "m = StableBTreeMap[nat, bytes](0, 15, 15)"),
    "an unknown type in a service": _service("K325", 4, "@service_query", "def a(self, x: float) -> nat: ..."),
    "an unknown type in init": _signature("K325", "(a: Config) -> void", decorator="@init"),
    "void as a field": _type("K326", "void"),
    "void inside Opt": _type("K326", "Opt[void]"),
    "void inside Vec": _signature("K326", "() -> Vec[void]"),
    "void in a variant": _body("K326", 3, "A: void", base="Variant"),
    "void as a parameter": _signature("K326", "(a: void) -> void"),
    "void in a tuple": _signature("K326", "() -> Tuple[nat, void]"),
    "an alias of void": Rejected("K326", 2, K + "A = Alias[void]\n"),
    "a type that is not imported": Rejected(
        "K327", 3, "from kybra import query\n@query\ndef m() -> nat64:\n    return 1\n"
    ),
    "a decorator that is not imported": Rejected(
        "K327", 2, "from kybra import nat\n@query\ndef m() -> nat:\n    return 1\n"
    ),
    "a base that is not imported": Rejected("K327", 2, "from kybra import nat\nclass A(Record):\n    a: nat\n"),
    "a record used above its declaration": Rejected(
        "K327", 3, K + "class A(Record):\n    b: B\nclass B(Record):\n    a: nat\n"
    ),
    "a record that names itself without quotes": Rejected("K327", 3, K + "class A(Record):\n    a: Opt[A]\n"),
    "a guard declared below": Rejected("K327", 2, K + "@query(guard=only)\ndef m() -> nat:\n    return 1\n" + GUARD),
    "an alias of what comes below": Rejected("K327", 2, K + "A = Alias[B]\nB = Alias[nat]\n"),
    # declarations that are not seen
    "a record through the module": Rejected("K331", 2, "import kybra\nclass A(kybra.Record):\n    a: int\n"),
    "a record through a renamed module": Rejected("K331", 2, "import kybra as k\nclass A(k.Record):\n    a: int\n"),
    "a renamed record": Rejected("K331", 2, "from kybra import Record as R, nat\nclass A(R):\n    a: nat\n"),
    "a record by assignment": Rejected("K331", 3, K + "R = Record\nclass A(R):\n    a: nat\n"),
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
    "a record in a function": Rejected("K332", 3, K + "def f():\n    class A(Record):\n        a: nat\n    return A\n"),
    "a record under if": Rejected("K332", 3, K + "if True:\n    class A(Record):\n        a: nat\n"),
    "a variant in a class": Rejected("K332", 3, K + "class B:\n    class A(Variant):\n        a: nat\n"),
    "a service under try": Rejected(
        "K332",
        3,
        K
        + "try:\n    class S(Service):\n        @service_query\n        def a(self) -> nat: ...\nexcept ValueError:\n    pass\n",
    ),
    "a query in a class": Rejected("K333", 4, K + "class C:\n    @query\n    def m(self) -> nat:\n        return 1\n"),
    "an update under if": Rejected("K333", 4, K + "if True:\n    @update\n    def m() -> nat:\n        return 1\n"),
    "an update in a function": Rejected(
        "K333", 4, K + "def f():\n    @update\n    def m() -> nat:\n        return 1\n"
    ),
    "a hook in a class": Rejected("K333", 4, K + "class C:\n    @init\n    def m(self) -> void:\n        pass\n"),
    "an async update": Rejected("K334", 3, K + "@update\nasync def m() -> nat:\n    return 1\n"),
    "an async query": Rejected("K334", 3, K + "@query\nasync def m() -> nat:\n    return 1\n"),
    "an async heartbeat": Rejected("K334", 3, K + "@heartbeat\nasync def m() -> void:\n    pass\n"),
    "a record that inherits": Rejected("K335", 4, K + "class A(Record):\n    a: nat\nclass B(A):\n    b: nat\n"),
    "a record that inherits over modules": Rejected(
        "K335",
        2,
        {"main.py": "from base import A\nclass B(A):\n    b: int\n", "base.py": K + "class A(Record):\n    a: nat\n"},
    ),
    "a service that inherits": Rejected("K335", 5, K + "class S(Service):\n" + FIELDS + "class T(S):\n" + FIELDS),
    # methods
    "args": _signature("K401", "(*args) -> void"),
    "typed args": _signature("K401", "(a: nat, *args: nat) -> void"),
    "kwargs": _signature("K401", "(**kwargs) -> void", decorator="@query"),
    "args in init": _signature("K401", "(*args) -> void", decorator="@init"),
    "args in a service": _service("K401", 4, "@service_query", "def a(self, *args) -> nat: ..."),
    "self": _signature("K402", "(self, a: nat) -> void"),
    "six parameters": _signature("K403", "(a: nat, b: nat, c: nat, d: nat, e: nat, f: nat) -> void"),
    "six parameters of init": _signature(
        "K403", "(a: nat, b: nat, c: nat, d: nat, e: nat, f: nat) -> void", decorator="@init"
    ),
    "six parameters of a service": _service(
        "K403", 4, "@service_update", "def a(self, a: nat, b: nat, c: nat, d: nat, e: nat, f: nat) -> nat: ..."
    ),
    "a parameter without a type": _signature("K404", "(a) -> void"),
    "one of two without a type": _signature("K404", "(a: nat, b) -> void", decorator="@query"),
    "a parameter of init without a type": _signature("K404", "(a) -> void", decorator="@init"),
    "a service parameter without a type": _service("K404", 4, "@service_query", "def a(self, x) -> nat: ..."),
    "no result": _signature("K405", "()"),
    "no result of a query": _signature("K405", "(a: nat)", decorator="@query"),
    "no result of init": _signature("K405", "()", decorator="@init"),
    "no result of a heartbeat": _signature("K405", "()", decorator="@heartbeat"),
    "no result in a service": _service("K405", 4, "@service_query", "def a(self): ..."),
    "keyword-only parameters": _signature("K406", "(a: nat, *, b: nat) -> void"),
    "positional-only parameters": _signature("K406", "(a: nat, /, b: nat) -> void", decorator="@query"),
    "keyword-only parameters of a service": _service("K406", 4, "@service_query", "def a(self, *, b: nat) -> nat: ..."),
    "a decorator's unknown keyword": _signature("K407", "() -> void", decorator="@query(name='x')", line=2),
    "a guard by position": Rejected("K407", 4, K + GUARD + "@query(only)\ndef m() -> nat:\n    return 1\n"),
    "init with brackets": _signature("K408", "() -> void", decorator="@init()", line=2),
    "post_upgrade with brackets": _signature("K408", "() -> void", decorator="@post_upgrade()", line=2),
    "query and update": Rejected("K409", 4, K + "@query\n@update\ndef m() -> nat:\n    return 1\n"),
    # guards
    "a lambda as a guard": _signature("K421", "() -> void", decorator="@update(guard=lambda: {'Ok': None})", line=2),
    "an attribute as a guard": _signature("K421", "() -> void", decorator="@update(guard=guards.only)", line=2),
    "a call as a guard": _signature("K421", "() -> void", decorator="@query(guard=make())", line=2),
    "a guard that does not exist": _signature("K422", "() -> void", decorator="@query(guard=missing)", line=2),
    "a guard of another result": Rejected(
        "K422", 4, K + "def only() -> text:\n    return ''\n@query(guard=only)\ndef m() -> nat:\n    return 1\n"
    ),
    "a guard without a result": Rejected(
        "K422", 4, K + "def only():\n    return ''\n@query(guard=only)\ndef m() -> nat:\n    return 1\n"
    ),
    "an async guard": Rejected(
        "K422",
        4,
        K
        + "async def only() -> GuardResult:\n    return {'Ok': None}\n@query(guard=only)\ndef m() -> nat:\n    return 1\n",
    ),
    "a guard under another name": Rejected(
        "K422",
        3,
        {
            "main.py": K
            + "from checks import only as check\n@query(guard=check)\ndef m() -> nat:\n    return 1\nfrom checks import only\n",
            "checks.py": K + GUARD,
        },
    ),
    "a guard with a parameter": Rejected("K423", 2, K + "def only(a: nat) -> GuardResult:\n    return {'Ok': None}\n"),
    "a guard with a default": Rejected("K423", 2, K + "def only(a=1) -> GuardResult:\n    return {'Ok': None}\n"),
    "a guarded heartbeat": Rejected("K424", 5, K + GUARD + "@heartbeat(guard=only)\ndef m() -> void:\n    pass\n"),
    "a guarded inspect_message": Rejected(
        "K424", 5, K + GUARD + "@inspect_message(guard=only)\ndef m() -> void:\n    pass\n"
    ),
    # lifecycle
    "two inits": Rejected("K501", 6, K + "@init\ndef a() -> void:\n    pass\n@init\ndef b() -> void:\n    pass\n"),
    "two heartbeats": Rejected(
        "K501", 6, K + "@heartbeat\ndef a() -> void:\n    pass\n@heartbeat\ndef b() -> void:\n    pass\n"
    ),
    "two inits in two modules": Rejected(
        "K501",
        3,
        {
            "main.py": "from part import b\n" + K + "@init\ndef a() -> void:\n    pass\n",
            "part.py": K + "@init\ndef b() -> void:\n    pass\n",
        },
        "part.py",
    ),
    "init with a result": _signature("K502", "() -> nat", decorator="@init"),
    "init with null": _signature("K502", "() -> null", decorator="@init"),
    "pre_upgrade with a result": _signature("K502", "() -> text", decorator="@pre_upgrade"),
    "inspect_message with a result": _signature("K502", "() -> bool", decorator="@inspect_message"),
    "heartbeat with a result": _signature("K502", "() -> Async[nat]", decorator="@heartbeat"),
    "pre_upgrade with a parameter": _signature("K503", "(a: nat) -> void", decorator="@pre_upgrade"),
    "heartbeat with a parameter": _signature("K503", "(a: nat) -> void", decorator="@heartbeat"),
    "inspect_message with a parameter": _signature("K503", "(a: nat) -> void", decorator="@inspect_message"),
    "yield in init": Rejected(
        "K504", 3, K + "@init\ndef a() -> Async[void]:\n    yield ic.call_raw(ic.id(), 'x', b'', 0)\n"
    ),
    "yield in post_upgrade": Rejected(
        "K504", 3, K + "@post_upgrade\ndef a() -> void:\n    if True:\n        x = yield 1\n"
    ),
    "yield in inspect_message": Rejected("K504", 3, K + "@inspect_message\ndef a() -> void:\n    yield from []\n"),
    "yield in a guard": Rejected("K504", 2, K + "def only() -> GuardResult:\n    yield 1\n    return {'Ok': None}\n"),
    # services
    "a docstring in a service": _service("K521", 3, '"""Doc."""', "@service_query", "def a(self) -> nat: ..."),
    "an attribute in a service": _service("K521", 3, "x: nat", "@service_query", "def a(self) -> nat: ..."),
    "pass in a service": _service("K521", 3, "pass"),
    "an empty service": _service("K521", 3, "..."),
    "an async method in a service": _service("K521", 4, "@service_query", "async def a(self) -> nat: ..."),
    "a service method without a decorator": _service("K522", 3, "def a(self) -> nat: ..."),
    "a service method with query": _service("K522", 4, "@query", "def a(self) -> nat: ..."),
    "a service method with two decorators": _service(
        "K522", 5, "@service_query", "@service_update", "def a(self) -> nat: ..."
    ),
    "a service decorator with brackets": _service("K522", 4, "@service_query()", "def a(self) -> nat: ..."),
    "a service method without self": _service("K523", 4, "@service_query", "def a() -> nat: ..."),
    "a service method with another self": _service("K523", 4, "@service_query", "def a(this) -> nat: ..."),
    # stable maps
    "a map of one type": _map("K601", "m = StableBTreeMap[nat](0, 15, 15)"),
    "a map of three types": _map("K601", "m = StableBTreeMap[nat, nat, nat](0, 15, 15)"),
    "a map without a memory id": _map("K602", "m = StableBTreeMap[nat, nat](max_key_size=15, max_value_size=15)"),
    "a map without a key size": _map("K602", "m = StableBTreeMap[nat, nat](memory_id=0, max_value_size=15)"),
    "a map without a value size": _map("K602", "m = StableBTreeMap[nat, nat](0, 15)"),
    "a named memory id": Rejected("K603", 3, K + "ID = 1\nm = StableBTreeMap[nat, nat](ID, 15, 15)\n"),
    "a computed size": _map("K603", "m = StableBTreeMap[nat, nat](0, 15, 10 * 2)"),
    "a negative memory id": _map("K603", "m = StableBTreeMap[nat, nat](-1, 15, 15)"),
    "a text as a size": _map("K603", "m = StableBTreeMap[nat, nat](0, '15', 15)"),
    "a float as a size": _map("K603", "m = StableBTreeMap[nat, nat](0, 15.0, 15)"),
    "a bool as a memory id": _map("K603", "m = StableBTreeMap[nat, nat](True, 15, 15)"),
    "memory id 255": _map("K604", "m = StableBTreeMap[nat, nat](255, 15, 15)"),
    "memory id 256": _map("K604", "m = StableBTreeMap[nat, nat](memory_id=256, max_key_size=15, max_value_size=15)"),
    "a size of 2 ** 32": _map("K604", "m = StableBTreeMap[nat, nat](0, 15, 4294967296)"),
    "a size of nothing": _map("K604", "m = StableBTreeMap[nat, nat](0, 0, 15)"),
    "a fourth argument": _map("K605", "m = StableBTreeMap[nat, nat](0, 15, 15, 1)"),
    "an unknown argument": _map("K605", "m = StableBTreeMap[nat, nat](0, 15, 15, name='m')"),
    "an argument twice": _map("K605", "m = StableBTreeMap[nat, nat](0, 15, 15, memory_id=0)"),
    "a memory id twice": Rejected(
        "K606", 3, K + "a = StableBTreeMap[nat, nat](0, 15, 15)\nb = StableBTreeMap[nat, nat](0, 15, 15)\n"
    ),
    "a memory id twice over modules": Rejected(
        "K606",
        2,
        {
            "main.py": "import part\n" + K + "a = StableBTreeMap[nat, nat](7, 15, 15)\n",
            "part.py": K + "b = StableBTreeMap[nat, nat](7, 15, 15)\n",
        },
        "part.py",
    ),
    "a tuple as a key": _map("K607", "m = StableBTreeMap[Tuple[nat, nat], nat](0, 30, 15)"),
    "a tuple as a value": _map("K607", "m = StableBTreeMap[nat, Tuple[nat, nat]](0, 15, 30)"),
    "a tuple inside a value": _map("K607", "m = StableBTreeMap[nat, Vec[Tuple[nat, nat]]](0, 15, 30)"),
    "a map in a function": Rejected("K608", 3, K + "def f():\n    return StableBTreeMap[nat, nat](0, 15, 15)\n"),
    "a map in a class": Rejected("K608", 3, K + "class C:\n    m = StableBTreeMap[nat, nat](0, 15, 15)\n"),
    "a map under if": Rejected("K608", 3, K + "if True:\n    m = StableBTreeMap[nat, nat](0, 15, 15)\n"),
    "a map in a dictionary": _map("K608", "maps = {'a': StableBTreeMap[nat, nat](0, 15, 15)}"),
    "a map without types": _map("K608", "m = StableBTreeMap(0, 15, 15)"),
    "a map without a name": _map("K608", "StableBTreeMap[nat, nat](0, 15, 15)"),
    "a map through the module": Rejected(
        "K608", 3, "import kybra\nfrom kybra import nat\nm = kybra.StableBTreeMap[nat, nat](0, 15, 15)\n"
    ),
    # names
    "a type twice": Rejected("K701", 4, K + "class A(Record):\n    a: nat\nclass A(Record):\n    b: nat\n"),
    "a type twice over modules": Rejected(
        "K701",
        2,
        {
            "main.py": "import part\n" + K + "class A(Record):\n    a: nat\n",
            "part.py": K + "class A(Record):\n    a: nat\n",
        },
        "part.py",
    ),
    "a type of kybra's again": Rejected(
        "K701", 2, "from kybra import Record, nat\nclass Duration(Record):\n    a: nat\n"
    ),
    "TimerId again": Rejected("K701", 2, "from kybra import Alias, nat\nTimerId = Alias[nat]\n"),
    "a type of the management canister again": Rejected(
        "K701",
        3,
        "from kybra import Record, nat\nfrom kybra.canisters.management import management_canister\nclass HttpResponse(Record):\n    a: nat\n",
    ),
    "a method twice": Rejected(
        "K701", 6, K + "@query\ndef m() -> nat:\n    return 1\n@query\ndef m() -> nat:\n    return 2\n"
    ),
    "a method twice over modules": Rejected(
        "K701",
        3,
        {"main.py": "import part\n" + METHOD, "part.py": METHOD},
        "part.py",
    ),
    "a type and a method of one name": Rejected(
        "K701", 5, K + "class m(Record):\n    a: nat\n@query\ndef m() -> nat:\n    return 1\n"
    ),
    "a guard that is a method": Rejected("K701", 3, K + "@query\ndef m() -> GuardResult:\n    return {'Ok': None}\n"),
    "two hooks of one name": Rejected(
        "K701",
        3,
        {
            "main.py": "from part import *\n" + K + "@init\ndef start() -> void:\n    pass\n",
            "part.py": K + "@post_upgrade\ndef start() -> void:\n    pass\n",
        },
        "part.py",
    ),
    "a service type that the entry does not import": Rejected(
        "K708",
        2,
        {
            "main.py": K + "from part import Box_\n@query\ndef m(b: Box_) -> nat:\n    return 1\n",
            "part.py": K + "class S(Service):\n" + FIELDS + "class Box_(Record):\n    s: S\n",
        },
        "part.py",
    ),
    "Result": Rejected("K702", 2, K + "class Result(Variant):\n    Ok: nat\n    Err: text\n"),
    "Option": Rejected("K702", 2, K + "class Option(Record):\n    a: nat\n"),
    "Box": Rejected("K702", 2, K + "class Box(Record):\n    a: nat\n"),
    "String": Rejected("K702", 2, K + "String = Alias[text]\n"),
    "Vec": Rejected("K702", 2, K + "class Vec(Record):\n    a: nat\n"),
    "a type called text": Rejected("K703", 2, K + "class text(Record):\n    a: nat\n"),
    "a method called init": Rejected(
        "K704", 3, "from kybra import nat, query\n@query\ndef init() -> nat:\n    return 1\n"
    ),
    "a method called post_upgrade": Rejected(
        "K704", 3, "from kybra import nat, query\n@query\ndef post_upgrade() -> nat:\n    return 1\n"
    ),
    "a method with an underscore": Rejected("K705", 3, K + "@query\ndef _m() -> nat:\n    return 1\n"),
    "a method that __all__ leaves out": Rejected(
        "K705", 4, K + "__all__ = ['n']\n@query\ndef m() -> nat:\n    return 1\n"
    ),
    "a method that the entry does not import": Rejected(
        "K705", 3, {"main.py": "import part\n", "part.py": METHOD}, "part.py"
    ),
    "a method under another name": Rejected(
        "K705", 3, {"main.py": "from part import m as n\n", "part.py": METHOD}, "part.py"
    ),
    "a method imported in a function": Rejected(
        "K705", 3, {"main.py": "def f():\n    from part import m\n    return m\n", "part.py": METHOD}, "part.py"
    ),
    "a guard that the entry does not import": Rejected(
        "K705", 2, {"main.py": "import part\n", "part.py": K + GUARD}, "part.py"
    ),
    "a hook that the entry does not import": Rejected(
        "K705", 3, {"main.py": "import part\n", "part.py": K + "@init\ndef i() -> void:\n    pass\n"}, "part.py"
    ),
    "a star import of a module with __all__": Rejected(
        "K705", 4, {"main.py": "from part import *\n", "part.py": "__all__ = []\n" + METHOD}, "part.py"
    ),
    # bundling
    "a second main.py": _packaged("K801", 1, "app/main.py", "x = 1\n", "import app.main\n"),
    "a top-level module and a nested one": Rejected(
        "K802",
        1,
        {
            "main.py": "import model\nimport app.model\n",
            "model.py": "x = 1\n",
            "app/__init__.py": "",
            "app/model.py": "y = 1\n",
        },
        "app/model.py",
    ),
    "a package and a module of its name": Rejected(
        "K802",
        1,
        {
            "main.py": "import model\nimport app.model\n",
            "model/__init__.py": "",
            "app/__init__.py": "",
            "app/model.py": "y = 1\n",
        },
        "app/model.py",
    ),
    "a module beside kybra's principal": Rejected(
        "K802", 1, {"main.py": "import kybra\nimport principal\n", "principal.py": "x = 1\n"}, "principal.py"
    ),
    "a module called types": Rejected("K803", 1, {"main.py": "import types\n", "types.py": "x = 1\n"}, "types.py"),
    "a package called json": Rejected(
        "K803", 1, {"main.py": "import json\n", "json/__init__.py": "x = 1\n"}, "json/__init__.py"
    ),
    "a package without __init__": Rejected("K804", 1, {"main.py": "import app.part\n", "app/part.py": "x = 1\n"}),
    "a nested package without __init__": Rejected(
        "K804", 2, {"main.py": "x = 1\nfrom app.sub import part\n", "app/__init__.py": "", "app/sub/part.py": "x = 1\n"}
    ),
    "a package without __init__, imported in a function": Rejected(
        "K804", 2, {"main.py": "def f():\n    import app.part\n", "app/part.py": "x = 1\n"}
    ),
    "a C extension": Rejected("K805", 1, "import _cffi_backend\n"),
    "a module that does not exist": Rejected("K806", 2, "x = 1\nimport nowhere\n"),
    "a module that does not exist, in a function": Rejected("K806", 2, "def f():\n    from nowhere import x\n"),
    "a submodule that does not exist": Rejected("K806", 1, {"main.py": "import app.nowhere\n", "app/__init__.py": ""}),
    "a relative import in the entry": Rejected("K806", 1, {"main.py": "from . import part\n", "part.py": "x = 1\n"}),
    "a relative import beyond the package": _packaged("K806", 1, "app/part.py", "from .. import other\n"),
    "an entry that is imported": Rejected(
        "K807", 1, {"main.py": "import part\n", "part.py": "import main\n"}, "part.py"
    ),
    # standard library
    **{
        f"import {name}": Rejected("K901", 1, f"import {name}\n")
        for name in (
            "asyncio unittest pathlib subprocess multiprocessing ctypes bz2 lzma socket ssl sqlite3 zoneinfo threading select"
            " concurrent.futures urllib.request importlib.metadata tkinter".split()
        )
    },
    "from pathlib import Path": Rejected("K901", 1, "from pathlib import Path\n"),
    "an absent module in a function": Rejected("K901", 2, "def f():\n    import asyncio\n"),
    "an absent module in a package": _packaged("K901", 1, "app/part.py", "import threading\n"),
    "an absent submodule by from": Rejected("K901", 1, "from urllib import request\n"),
    "an absent module that another exception is caught for": Rejected(
        "K901", 2, "try:\n    import asyncio\nexcept ValueError:\n    pass\n"
    ),
    "time.time_ns": Rejected("K902", 2, "import time\nx = time.time_ns()\n"),
    "time_ns by from": Rejected("K902", 1, "from time import time_ns\n"),
    "time_ns of a renamed module": Rejected("K902", 3, "import time as t\ndef f():\n    return t.time_ns()\n"),
    "enum.StrEnum": Rejected("K902", 2, "import enum\nclass C(enum.StrEnum):\n    A = 'a'\n"),
    "StrEnum by from": Rejected("K902", 1, "from enum import StrEnum\n"),
    "functools.cache": Rejected("K902", 2, "import functools\n@functools.cache\ndef f():\n    return 1\n"),
    "cache by from": Rejected("K902", 1, "from functools import cache\n"),
    "itertools.batched": Rejected("K902", 1, "from itertools import batched\n"),
    "typing.Self": Rejected("K902", 1, "from typing import Self\n"),
    "typing.NotRequired": Rejected("K902", 1, "from typing import NotRequired, TypedDict\n"),
    "typing.override": Rejected("K902", 1, "from typing import override\n"),
    "pbkdf2_hmac": Rejected("K902", 2, "import hashlib\nx = hashlib.pbkdf2_hmac\n"),
    "datetime.strptime": Rejected("K903", 2, "from datetime import datetime\nx = datetime.strptime('2024', '%Y')\n"),
    "datetime.datetime.strptime": Rejected(
        "K903", 2, "import datetime\nx = datetime.datetime.strptime('2024', '%Y')\n"
    ),
    "add_note": Rejected("K904", 4, "try:\n    x = 1\nexcept ValueError as e:\n    e.add_note('x')\n"),
}
