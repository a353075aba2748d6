"""Sources to refuse: methods, guards, lifecycle hooks and services that Kybra refuses."""

# ruff: noqa: E501 -- a source is one line of the table

from support.rejected_sources.cases import GUARD, KYBRA, Rejected, method, service

REJECTED: dict[str, Rejected] = {
    # methods
    "args": method("K401", "(*args) -> void"),
    "typed args": method("K401", "(a: nat, *args: nat) -> void"),
    "kwargs": method("K401", "(**kwargs) -> void", decorator="@query"),
    "args in init": method("K401", "(*args) -> void", decorator="@init"),
    "args in a service": service("K401", 4, "@service_query", "def a(self, *args) -> nat: ..."),
    "self": method("K402", "(self, a: nat) -> void"),
    "six parameters": method("K403", "(a: nat, b: nat, c: nat, d: nat, e: nat, f: nat) -> void"),
    "six parameters of init": method(
        "K403", "(a: nat, b: nat, c: nat, d: nat, e: nat, f: nat) -> void", decorator="@init"
    ),
    "six parameters of a service": service(
        "K403", 4, "@service_update", "def a(self, a: nat, b: nat, c: nat, d: nat, e: nat, f: nat) -> nat: ..."
    ),
    "a parameter without a type": method("K404", "(a) -> void"),
    "one of two without a type": method("K404", "(a: nat, b) -> void", decorator="@query"),
    "a parameter of init without a type": method("K404", "(a) -> void", decorator="@init"),
    "a service parameter without a type": service("K404", 4, "@service_query", "def a(self, x) -> nat: ..."),
    "no result": method("K405", "()"),
    "no result of a query": method("K405", "(a: nat)", decorator="@query"),
    "no result of init": method("K405", "()", decorator="@init"),
    "no result of a heartbeat": method("K405", "()", decorator="@heartbeat"),
    "no result in a service": service("K405", 4, "@service_query", "def a(self): ..."),
    "keyword-only parameters": method("K406", "(a: nat, *, b: nat) -> void"),
    "positional-only parameters": method("K406", "(a: nat, /, b: nat) -> void", decorator="@query"),
    "keyword-only parameters of a service": service("K406", 4, "@service_query", "def a(self, *, b: nat) -> nat: ..."),
    "a decorator's unknown keyword": method("K407", "() -> void", decorator="@query(name='x')", line=2),
    "a guard by position": Rejected("K407", 4, KYBRA + GUARD + "@query(only)\ndef m() -> nat:\n    return 1\n"),
    "init with brackets": method("K408", "() -> void", decorator="@init()", line=2),
    "post_upgrade with brackets": method("K408", "() -> void", decorator="@post_upgrade()", line=2),
    "query and update": Rejected("K409", 4, KYBRA + "@query\n@update\ndef m() -> nat:\n    return 1\n"),
    # guards
    "a lambda as a guard": method("K421", "() -> void", decorator="@update(guard=lambda: {'Ok': None})", line=2),
    "an attribute as a guard": method("K421", "() -> void", decorator="@update(guard=guards.only)", line=2),
    "a call as a guard": method("K421", "() -> void", decorator="@query(guard=make())", line=2),
    "a guard that does not exist": method("K422", "() -> void", decorator="@query(guard=missing)", line=2),
    "a guard of another result": Rejected(
        "K422", 4, KYBRA + "def only() -> text:\n    return ''\n@query(guard=only)\ndef m() -> nat:\n    return 1\n"
    ),
    "a guard without a result": Rejected(
        "K422", 4, KYBRA + "def only():\n    return ''\n@query(guard=only)\ndef m() -> nat:\n    return 1\n"
    ),
    "an async guard": Rejected(
        "K422",
        4,
        KYBRA
        + "async def only() -> GuardResult:\n    return {'Ok': None}\n@query(guard=only)\ndef m() -> nat:\n    return 1\n",
    ),
    "a guard under another name": Rejected(
        "K422",
        3,
        {
            "main.py": KYBRA
            + "from checks import only as check\n@query(guard=check)\ndef m() -> nat:\n    return 1\nfrom checks import only\n",
            "checks.py": KYBRA + GUARD,
        },
    ),
    "a guard with a parameter": Rejected(
        "K423", 2, KYBRA + "def only(a: nat) -> GuardResult:\n    return {'Ok': None}\n"
    ),
    "a guard with a default": Rejected("K423", 2, KYBRA + "def only(a=1) -> GuardResult:\n    return {'Ok': None}\n"),
    "a guarded heartbeat": Rejected("K424", 5, KYBRA + GUARD + "@heartbeat(guard=only)\ndef m() -> void:\n    pass\n"),
    "a guarded inspect_message": Rejected(
        "K424", 5, KYBRA + GUARD + "@inspect_message(guard=only)\ndef m() -> void:\n    pass\n"
    ),
    # lifecycle
    "two inits": Rejected("K501", 6, KYBRA + "@init\ndef a() -> void:\n    pass\n@init\ndef b() -> void:\n    pass\n"),
    "two heartbeats": Rejected(
        "K501", 6, KYBRA + "@heartbeat\ndef a() -> void:\n    pass\n@heartbeat\ndef b() -> void:\n    pass\n"
    ),
    "two inits in two modules": Rejected(
        "K501",
        3,
        {
            "main.py": "from part import b\n" + KYBRA + "@init\ndef a() -> void:\n    pass\n",
            "part.py": KYBRA + "@init\ndef b() -> void:\n    pass\n",
        },
        "part.py",
    ),
    "init with a result": method("K502", "() -> nat", decorator="@init"),
    "init with null": method("K502", "() -> null", decorator="@init"),
    "pre_upgrade with a result": method("K502", "() -> text", decorator="@pre_upgrade"),
    "inspect_message with a result": method("K502", "() -> bool", decorator="@inspect_message"),
    "heartbeat with a result": method("K502", "() -> Async[nat]", decorator="@heartbeat"),
    "pre_upgrade with a parameter": method("K503", "(a: nat) -> void", decorator="@pre_upgrade"),
    "heartbeat with a parameter": method("K503", "(a: nat) -> void", decorator="@heartbeat"),
    "inspect_message with a parameter": method("K503", "(a: nat) -> void", decorator="@inspect_message"),
    "yield in init": Rejected(
        "K504", 3, KYBRA + "@init\ndef a() -> Async[void]:\n    yield ic.call_raw(ic.id(), 'x', b'', 0)\n"
    ),
    "yield in post_upgrade": Rejected(
        "K504", 3, KYBRA + "@post_upgrade\ndef a() -> void:\n    if True:\n        x = yield 1\n"
    ),
    "yield in inspect_message": Rejected("K504", 3, KYBRA + "@inspect_message\ndef a() -> void:\n    yield from []\n"),
    "yield in a guard": Rejected(
        "K504", 2, KYBRA + "def only() -> GuardResult:\n    yield 1\n    return {'Ok': None}\n"
    ),
    # services
    "a docstring in a service": service("K521", 3, '"""Doc."""', "@service_query", "def a(self) -> nat: ..."),
    "an attribute in a service": service("K521", 3, "x: nat", "@service_query", "def a(self) -> nat: ..."),
    "pass in a service": service("K521", 3, "pass"),
    "an empty service": service("K521", 3, "..."),
    "an async method in a service": service("K521", 4, "@service_query", "async def a(self) -> nat: ..."),
    "a service method without a decorator": service("K522", 3, "def a(self) -> nat: ..."),
    "a service method with query": service("K522", 4, "@query", "def a(self) -> nat: ..."),
    "a service method with two decorators": service(
        "K522", 5, "@service_query", "@service_update", "def a(self) -> nat: ..."
    ),
    "a service decorator with brackets": service("K522", 4, "@service_query()", "def a(self) -> nat: ..."),
    "a service method without self": service("K523", 4, "@service_query", "def a() -> nat: ..."),
    "a service method with another self": service("K523", 4, "@service_query", "def a(this) -> nat: ..."),
}
