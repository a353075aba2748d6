"""Sources that Kybra accepts, each with what it is about."""

# ruff: noqa: E501, SIM905 -- a source is one line of the table, and word lists read better as text

K = "from kybra import *\n"
M = K + "@query\ndef m() -> nat64:\n    return 1\n"

ACCEPTED: dict[str, str | dict[str, str]] = {
    "an empty file": "",
    "only a docstring": '"""Nothing."""\n',
    "a query": M,
    "an update without an answer": K + "@update\ndef m() -> void:\n    pass\n",
    "brackets after query": K + "@query()\ndef m() -> text:\n    return ''\n",
    "brackets after heartbeat": K + "@heartbeat()\ndef beat() -> void:\n    pass\n",
    "five parameters": K + "@query\ndef m(a: nat, b: nat, c: nat, d: nat, e: nat) -> nat:\n    return a\n",
    "a parameter's default": K + "@query\ndef m(a: nat = 5) -> nat:\n    return a\n",
    "every primitive": K
    + "class R(Record):\n"
    + "".join(
        f"    f_{name}: {name}\n"
        for name in (
            "nat nat8 nat16 nat32 nat64 int int8 int16 int32 int64 float32 float64 bool text str blob Principal null"
            " reserved empty"
        ).split()
    ),
    "nested containers": K + "@query\ndef m(a: Vec[Opt[Tuple[nat8, Vec[text]]]]) -> Opt[Opt[blob]]:\n    return None\n",
    "a tuple of one": K + "@query\ndef m() -> Tuple[text]:\n    return ('',)\n",
    "forward references": K + "class A(Record):\n    b: Vec['B']\n\nclass B(Record):\n    a: Opt['A']\n",
    "a primitive in quotes": K + "class A(Record):\n    b: 'nat64'\n",
    "a record of an ellipsis": K + "class A(Record):\n    ...\n",
    "an ellipsis beside fields": K + "class A(Record):\n    ...\n    b: nat\n",
    "a variant": K + "class A(Variant, total=False):\n    B: null\n    C: nat\n",
    "a variant without total": K + "class A(Variant):\n    B: null\n",
    "a default value, which is a warning": K + "class A(Record):\n    b: nat = 1\n",
    "keyword fields": K + "class A(Record):\n    class_: nat\n    from_: nat\n    None_: nat\n    match: nat\n",
    "an alias": K + "Ids = Alias[Vec[nat64]]\n@query\ndef m() -> Ids:\n    return []\n",
    "an annotated alias": K + "from typing import TypeAlias\nIds: TypeAlias = Alias[Vec[nat64]]\n",
    "an alias of an alias": K + "A = Alias[nat]\nB = Alias[A]\n",
    "an alias before what it names": K + "A = Alias['B']\nB = Alias[nat]\n",
    "a named tuple type": K + "Pair = Tuple[nat8, text]\n@query\ndef m(p: Pair) -> Vec[Pair]:\n    return []\n",
    "func types": K
    + "A = Func(Query[[text, nat], nat64])\nB = Func(Update[[], void])\nC = Func(Oneway[[text], void])\n",
    "an annotated func": K + "from typing import TypeAlias\nA: TypeAlias = Func(Query[[text], nat64])\n",
    "a func in a record": K + "A = Func(Query[[text], nat64])\nclass R(Record):\n    a: A\n",
    "an inline func": K + "@query\ndef m(f: Func(Query[[text], nat64])) -> text:\n    return ''\n",
    "a service": K
    + "class S(Service):\n    @service_query\n    def a(self) -> nat: ...\n"
    + "    @service_update\n    def b(self, x: text, y: Opt[nat]) -> void: ...\n",
    "a service of five parameters": K
    + "class S(Service):\n    @service_update\n"
    + "    def a(self, a: nat, b: nat, c: nat, d: nat, e: nat) -> nat: ...\n",
    "a service as a type": K
    + "class S(Service):\n    @service_query\n    def a(self) -> nat: ...\n"
    + "@query\ndef m(s: S) -> Vec[S]:\n    return [s]\n",
    "an update that waits": K
    + "class S(Service):\n    @service_query\n    def a(self) -> nat: ...\n"
    + "@update\ndef m(p: Principal) -> Async[nat]:\n    result = yield S(p).a()\n    return result.Ok\n",
    "a composite query": K
    + "@query\ndef m() -> Async[nat]:\n    yield ic.call_raw(ic.id(), 'x', b'', 0)\n    return 1\n",
    "a manual reply": K + "@update\ndef m() -> Manual[text]:\n    ic.reply('x')\n",
    "a manual reply that waits": K + "@update\ndef m() -> Async[Manual[text]]:\n    ic.reply('x')\n    yield\n",
    "a guard": K
    + "def only() -> GuardResult:\n    return {'Ok': None}\n@query(guard=only)\ndef m() -> nat:\n    return 1\n",
    "a guard declared below": K
    + "@query(guard='only')\ndef m() -> nat:\n    return 1\ndef only() -> GuardResult:\n    return {'Ok': None}\n",
    "a guard that nobody uses": K + "def only() -> GuardResult:\n    return {'Ok': None}\n",
    "all lifecycle functions": K
    + "@init\ndef a(x: nat, y: Opt[text]) -> void:\n    pass\n@post_upgrade\ndef b() -> void:\n    pass\n"
    + "@pre_upgrade\ndef c() -> void:\n    pass\n@inspect_message\ndef d() -> void:\n    ic.accept_message()\n"
    + "@heartbeat\ndef e() -> Async[void]:\n    yield ic.call_raw(ic.id(), 'x', b'', 0)\n",
    "one function for init and post_upgrade": K + "@init\n@post_upgrade\ndef start() -> void:\n    pass\n",
    "a nested generator inside init": K
    + "@init\ndef a() -> void:\n    def later():\n        yield 1\n    ic.set_timer(1, later)\n",
    "another decorator too": K + "def logged(f):\n    return f\n@logged\n@query\ndef m() -> nat:\n    return 1\n",
    "a stable map": K + "m = StableBTreeMap[nat64, text](memory_id=0, max_key_size=15, max_value_size=100)\n",
    "a stable map by position": K + "m = StableBTreeMap[nat64, text](0, 15, 100)\n",
    "a stable map half by position": K + "m = StableBTreeMap[nat64, text](3, max_value_size=0x40, max_key_size=15)\n",
    "an annotated stable map": K + "m: StableBTreeMap[nat64, text] = StableBTreeMap[nat64, text](0, 15, 100)\n",
    "the largest memory id": K
    + "m = StableBTreeMap[nat64, text](memory_id=254, max_key_size=15, max_value_size=100)\n",
    "two stable maps": K + "a = StableBTreeMap[nat64, text](0, 15, 100)\nb = StableBTreeMap[text, nat](1, 15, 100)\n",
    "a named tuple as a key": K + "Key = Tuple[nat8, text]\nm = StableBTreeMap[Key, Opt[text]](0, 60, 40)\n",
    "assignments below the top level": "def f():\n    a = b = 1\n    c, d = a, b\nif True:\n    e, g = 1, 2\n",
    "a loop at top level": "d = {}\nfor k, v in [(1, 2)]:\n    d[k] = v\n",
    "attributes set in try": "import math\ntry:\n    math.x = 1\nexcept AttributeError:\n    pass\n",
    "augmented assignments at top level": "n = 1\nn += 2\nd = {}\nd['k'] = 1\n".replace("d['k'] = 1\n", ""),
    "an annotation without a value": "n: int\n",
    "walrus": "if (n := 10) > 5:\n    pass\n",
    "walrus in a subscript with brackets": "d = {1: 2}\ndef f():\n    return d[(n := 1)]\n",
    "slashes and stars in plain functions": "def f(a, /, b, *, c, **d):\n    return a\ndef g(*args):\n    return args\n",
    "f-strings": "x = 1\ns = f'{x=} {x!r:>{10}} {x:%Y}' f\"{'a' if x else 'b'}\"\n",
    "big ints and underscores": "n = 1_000_000_000_000_000_000_000\nm = 0xFF_FF\n",
    "dataclasses": "from dataclasses import dataclass, field\n@dataclass(frozen=True)\nclass P:\n    x: int\n    y: list = field(default_factory=list)\n",
    "unions in plain annotations": "def f(a: int | None, b: list[str] | None = None) -> dict[str, int] | None:\n    return None\n",
    "match as a name": "from kybra import match\ndef f(x):\n    return match(x, {'Ok': lambda v: v})\n",
    "a coroutine that is no method": "async def f():\n    return 1\n",
    "one context manager": "import contextlib\ndef f():\n    with contextlib.suppress(ValueError) as s:\n        return s\n",
    "two context managers": "from contextlib import suppress\ndef f():\n    with suppress(ValueError) as s, suppress(TypeError):\n        return s\n",
    "one context manager in brackets": "from contextlib import suppress\ndef f():\n    with (suppress(ValueError)):\n        return 1\n",
    "context managers that begin with brackets": "def f(a, b):\n    with (a), (b):\n        return 1\n    with (a).b() as c, (b):\n        return c\n",
    "unpacking last in a dictionary": "a = {}\nd = {'k': 1, **a}\n",
    "unpackings only": "a = {}\nd = {**a, **a}\n",
    "keywords after unpacking in a call": "a = {}\nd = dict(**a, k=1)\n",
    "try, except, else, finally": "try:\n    x = 1\nexcept (ValueError, TypeError) as e:\n    x = 2\nelse:\n    x = 3\nfinally:\n    y = 4\n",
    "print, which is a warning": M + "def f():\n    print('x')\n",
    "the standard library on chain": (
        "import base64, binascii, bisect, collections, collections.abc, contextlib, copy, csv, dataclasses, datetime\n"
        "import decimal, enum, fractions, functools, hashlib, heapq, hmac, html, io, itertools, json, math, operator\n"
        "import os.path, random, re, statistics, string, struct, sys, textwrap, time, typing, unicodedata, uuid, zlib\n"
        "import urllib.parse\nfrom __future__ import annotations\n"
    ).replace("from __future__ import annotations\n", ""),
    "future annotations": "from __future__ import annotations\n" + M,
    "an absent module that is caught": "try:\n    import asyncio\nexcept ImportError:\n    asyncio = None\n",
    "an absent module for type checkers only": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pathlib\n",
    "a method called add_note of something else": "class T:\n    def add_note(self, n):\n        return n\nt = T()\nx = t.add_note('n')\n",
    "time_ns of something else": "class Clock:\n    def time_ns(self):\n        return 1\ntime = Clock()\nx = time.time_ns()\n",
    "kybra's names renamed where nothing looks for them": "from kybra import ic as runtime, CallResult as Outcome\n",
    "the package itself for functions": "import kybra\ndef f():\n    return kybra.ic.caller()\n",
    "a helper module": {"main.py": "import helper\n" + M, "helper.py": "def f():\n    return 1\n"},
    "an import inside a function": {
        "main.py": M + "def f():\n    import helper\n    return helper\n",
        "helper.py": "x = 1\n",
    },
    "types in a sibling module": {
        "main.py": K + "from shapes import Point\n@query\ndef m() -> Point:\n    return {'x': 1}\n",
        "shapes.py": "from kybra import Record, nat\nclass Point(Record):\n    x: nat\n",
    },
    "methods in a package": {
        "main.py": "from app.methods import m\n",
        "app/__init__.py": "",
        "app/methods.py": M,
    },
    "methods by star imports": {
        "main.py": "from app import *\n",
        "app/__init__.py": "from app.methods import *\n",
        "app/methods.py": M,
    },
    "methods listed in __all__": {
        "main.py": "from app.methods import *\n__all__ = ['_m']\nfrom app.methods import _m\n",
        "app/__init__.py": "",
        "app/methods.py": "from kybra import query, nat\n@query\ndef _m() -> nat:\n    return 1\n",
    },
    "relative imports inside a package": {
        "main.py": "from app.a import x\n",
        "app/__init__.py": "",
        "app/a.py": "from . import b\nfrom .b import y\nx = y\n",
        "app/b.py": "y = 1\n",
    },
    "names of the standard library inside a package": {
        "main.py": "from app import types, json\n",
        "app/__init__.py": "",
        "app/types.py": "x = 1\n",
        "app/json.py": "x = 1\n",
    },
    "equal file names in two packages": {
        "main.py": "import a.model\nimport b.model\n",
        "a/__init__.py": "",
        "a/model.py": "x = 1\n",
        "b/__init__.py": "",
        "b/model.py": "x = 1\n",
    },
    "a package missing for type checkers only": {
        "main.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from nowhere import x\n",
    },
    "the management canister": (
        "from kybra import Async, blob, CallResult, update\n"
        "from kybra.canisters.management import management_canister\n"
        "@update\ndef m() -> Async[blob]:\n    r: CallResult = yield management_canister.raw_rand()\n    return r.Ok\n"
    ),
    "the ledger": "from kybra.canisters.ledger import Tokens\n",
    "a file that nothing imports": {"main.py": M, "other.py": "match 1:\n    case _: pass\n"},
    "a second main.py that nothing imports": {"main.py": M, "app/main.py": "x = 1\n"},
    "a test in a nested folder without a package": {"main.py": M, "tests/test_it.py": "a = b = 1\n"},
    "Windows line ends": M.replace("\n", "\r\n"),
    "Unicode": "s = 'مرحبا'\nidü = 1\n",
    "recursion through a variant": K
    + "class T(Variant):\n    Leaf: nat\n    Fork: 'B'\nclass B(Record):\n    l: T\n    r: T\n",
    "names below under future annotations": "from __future__ import annotations\n"
    + K
    + "class A(Record):\n    b: Opt[B]\nclass B(Record):\n    a: Opt[A]\n",
    "names of a star import of one's own": {
        "main.py": "from part import *\nclass A(Record):\n    b: nat\n",
        "part.py": "from kybra import Record, nat\n",
    },
    "an alias of itself through a tuple": K + "A = Alias[Tuple['A', nat]]\n",
    "a folder with the name of a standard module": {
        "main.py": "import html\nimport html.parser\n",
        "html/index.html": "",
    },
    "a plain class of a record's name elsewhere": {
        "main.py": "import part\nclass A:\n    x = 1\nclass B(A):\n    y = 2\n",
        "part.py": K + "class A(Record):\n    a: nat\n",
    },
    "a service that is only called": {
        "main.py": "from part import m\n",
        "part.py": K
        + "class S(Service):\n    @service_query\n    def a(self) -> nat: ...\n"
        + "@update\ndef m(p: Principal) -> Async[nat]:\n    r = yield S(p).a()\n    return r.Ok\n",
    },
    "names that a module has by a star, a loop, a submodule or a caught error": {
        "main.py": "from app import given, part, x\nfrom loop import item\ntry:\n    from loop import old\n"
        "except ImportError:\n    pass\n",
        "app/__init__.py": "from app.part import *\n",
        "app/part.py": "given = 1\nx = 2\n",
        "loop.py": "for item in 1, 2:\n    pass\n",
    },
    "names that code gives a module": {
        "main.py": "from part import made, bound\nfrom lazy import anything\n",
        "part.py": "def f():\n    global bound\n    bound = 2\n    globals()['made'] = 1\nf()\n",
        "lazy.py": "def __getattr__(name):\n    return name\n",
    },
    "a type and a field of one name": K + "class Owner(Record):\n    Owner: nat\n",
    "a method named like a Rust keyword": K
    + "@query\ndef do() -> nat:\n    return 1\n@query\ndef type() -> nat:\n    return 1\n",
}
