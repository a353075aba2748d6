"""The model that a checked source gives."""

from pathlib import Path

import pytest

from candid.types import BLOB, NAT, NAT8, NAT64, NULL, TEXT, Field, Func, Named, Opt, Record, Service, Variant, Vec
from canister_runtime.source import model as model_module
from canister_runtime.source.candid_types import python_name, wire_label
from canister_runtime.source.exports import export_names
from canister_runtime.source.model import CanisterModel, Hook, Method, Parameter, ServiceMethod, StableMap
from support.sources import read_sources

K = "from kybra import *\n"


def model_of(folder: Path, source: str) -> CanisterModel:
    model = read_sources(folder, K + source).model
    assert model is not None
    return model


def test_modes_follow_decorator_and_result(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        "@query\ndef a() -> nat:\n    return 1\n@query\ndef b() -> Async[nat]:\n    return 1\n"
        "@update\ndef c() -> Async[nat]:\n    return 1\n@query\ndef d() -> Manual[Async[nat]]:\n    return 1\n",
    )

    assert {method.name: method.mode for method in model.methods} == {
        "a": "query",
        "b": "composite_query",
        "c": "update",
        "d": "query",
    }


def test_a_method_carries_parameters_result_guard_and_manual(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        "def only() -> GuardResult:\n    return {'Ok': None}\n"
        "@update(guard=only)\ndef m(a: nat8, b: Opt[text]) -> Async[Manual[blob]]:\n    yield\n",
    )

    assert model.methods == (
        Method("m", "update", (Parameter("a", NAT8), Parameter("b", Opt(TEXT))), BLOB, manual=True, guard="only"),
    )
    assert model.guards == ("only",)


def test_void_is_no_result(tmp_path: Path) -> None:
    model = model_of(tmp_path, "@update\ndef a() -> void:\n    pass\n@update\ndef b() -> Async[void]:\n    yield\n")

    assert [method.result for method in model.methods] == [None, None]


def test_types_keep_names_and_tuples_have_numbers(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        "class Node(Record):\n    head: nat\n    tail: Opt['Node']\n"
        "class Kind(Variant):\n    Leaf: null\n    Pair: Tuple[nat, text]\n"
        "Key = Tuple[nat8, Node]\nIds = Alias[Vec[nat64]]\nHook = Func(Oneway[[text], nat])\n"
        "class Peer(Service):\n    @service_query\n    def get(self, x: Ids) -> void: ...\n",
    )
    types = dict(model.types)

    assert types["Node"] == Record((Field("head", NAT), Field("tail", Opt(Named("Node")))))
    assert types["Kind"] == Variant((Field("Leaf", NULL), Field("Pair", Record((Field(0, NAT), Field(1, TEXT))))))
    assert types["Key"] == Record((Field(0, NAT8), Field(1, Named("Node"))))
    assert types["Ids"] == Vec(NAT64)
    assert types["Hook"] == Func((TEXT,), (), ("oneway",))
    assert types["Peer"] == Service((("get", Func((Named("Ids"),), (), ("query",))),))
    assert types["TimerId"] == NAT64


def test_services_keep_their_methods_in_order(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        "class Peer(Service):\n    @service_update\n    def put(self, x: text) -> Async[nat]: ...\n"
        "    @service_query\n    def get(self) -> void: ...\n",
    )
    (peer,) = (service for service in model.services if service.name == "Peer")

    assert peer.methods == (
        ServiceMethod("put", "update", (Parameter("x", TEXT),), NAT),
        ServiceMethod("get", "query", (), None),
    )


def test_maps_by_position_and_by_name(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        "a = StableBTreeMap[nat64, text](1, 15, 40)\n"
        "b = StableBTreeMap[text, Opt[nat]](0x2, max_value_size=50, max_key_size=60)\n",
    )

    assert model.maps == (StableMap(1, NAT64, TEXT, 15, 40), StableMap(2, TEXT, Opt(NAT), 60, 50))


def test_hooks_and_exports(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        "@update\ndef m() -> void:\n    pass\n@query\ndef q() -> Async[nat]:\n    yield\n"
        "@init\ndef start(a: nat) -> void:\n    pass\n@pre_upgrade\ndef before() -> void:\n    pass\n"
        "@heartbeat\ndef beat() -> Async[void]:\n    yield\n",
    )

    assert model.hooks == (
        Hook("init", "start", (Parameter("a", NAT),)),
        Hook("pre_upgrade", "before"),
        Hook("heartbeat", "beat"),
    )
    assert export_names(model) == (
        "canister_composite_query q",
        "canister_update m",
        "canister_init",
        "canister_post_upgrade",
        "canister_global_timer",
        "canister_update <ic-cdk internal> timer_executor",
        "canister_pre_upgrade",
        "canister_heartbeat",
    )


def test_declarations_of_all_bundled_modules_count(tmp_path: Path) -> None:
    reading = read_sources(
        tmp_path,
        {
            "main.py": "from part import m\n",
            "part.py": K + "class A(Record):\n    a: nat\n@query\ndef m(a: A) -> A:\n    return a\n",
        },
    )

    assert reading.model is not None
    assert reading.model.entry == "main"
    assert [method.name for method in reading.model.methods] == ["m"]
    assert "A" in dict(reading.model.types)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("class_", "class"),
        ("from__", "from_"),
        ("None_", "None"),
        ("type_", "type_"),
        ("match", "match"),
        ("_tail", "_tail"),
    ],
)
def test_labels_drop_the_underscore_of_keywords_and_find_back(name: str, label: str) -> None:
    assert wire_label(name) == label
    assert python_name(label) == name


def test_the_model_is_python_source_of_itself(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        "class A(Record):\n    from_: Opt['A']\n@query\ndef m(a: A) -> Tuple[A, blob]:\n    return (a, b'')\n"
        "s = StableBTreeMap[nat64, A](0, 15, 100)\n",
    )
    names = {name: getattr(model_module, name) for name in dir(model_module)}
    from candid import types  # noqa: PLC0415  # the names that a model's repr needs, and no others

    again = eval(repr(model), names | vars(types))  # noqa: S307  # its own repr

    assert again == model
