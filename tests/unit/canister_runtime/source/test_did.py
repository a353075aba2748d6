"""The text of an interface, beyond what Kybra's recordings show."""

from pathlib import Path

import pytest

from candid.did import parse
from canister_runtime.source.did import did_text
from support.accepted_sources import ACCEPTED
from support.sources import read_sources

K = "from kybra import *\n"


def did_of(folder: Path, source: str) -> str:
    model = read_sources(folder, K + source).model
    assert model is not None
    return did_text(model)


def test_a_canister_without_methods(tmp_path: Path) -> None:
    assert did_of(tmp_path, "") == "service : () -> {}"


def test_types_that_no_method_reaches_are_left_out(tmp_path: Path) -> None:
    assert "Unused" not in did_of(
        tmp_path, "class Unused(Record):\n    a: nat\n@query\ndef m() -> nat:\n    return 1\n"
    )


def test_candid_keywords_are_quoted_as_names(tmp_path: Path) -> None:
    did = did_of(
        tmp_path,
        "class A(Record):\n    text: nat\n    b: nat\n@query\ndef query_() -> A:\n    pass\n"
        "@update\ndef func() -> void:\n    pass\n",
    )

    assert '"text" : nat' in did
    assert '"func" : () -> ();' in did
    assert "query_ : () -> (A) query" in did


def test_one_structure_has_one_name_the_shorter(tmp_path: Path) -> None:
    did = did_of(
        tmp_path,
        "class Longer(Record):\n    a: nat\nclass Same(Record):\n    a: nat\n"
        "@query\ndef a(x: Same) -> Longer:\n    return x\n@query\ndef b() -> Longer:\n    return {'a': 1}\n",
    )

    assert "type Same = record { a : nat };" in did
    assert "b : () -> (Same) query" in did


def test_recursive_and_mutual_types_are_defined_once(tmp_path: Path) -> None:
    did = did_of(
        tmp_path,
        "class Tree(Variant):\n    Leaf: null\n    Fork: 'Branch'\n"
        "class Branch(Record):\n    left: Tree\n    right: Tree\n"
        "@query\ndef m(b: Branch) -> Tree:\n    return {'Leaf': None}\n",
    )

    assert did.count("type Branch =") == did.count("type Tree =") == 1


def test_aliases_are_written_out_and_a_composite_query_is_a_query(tmp_path: Path) -> None:
    did = did_of(tmp_path, "Ids = Alias[Vec[nat64]]\n@query\ndef m(ids: Ids) -> Async[Ids]:\n    yield\n")

    assert did == "service : () -> { m : (vec nat64) -> (vec nat64) query }"


def test_functions_and_services_are_written_out(tmp_path: Path) -> None:
    did = did_of(
        tmp_path,
        "F = Func(Oneway[[text], void])\nclass S(Service):\n    @service_update\n    def z(self, f: F) -> void: ...\n"
        "    @service_query\n    def a(self) -> nat: ...\n@update\ndef m(s: S) -> void:\n    pass\n",
    )

    assert "service { a : () -> (nat) query; z : (func (text) -> () oneway) -> () }" in did


def test_initial_arguments_stand_in_front(tmp_path: Path) -> None:
    did = did_of(
        tmp_path,
        "class Config(Record):\n    owner: Principal\n@init\ndef i(c: Config, n: Opt[nat]) -> void:\n    pass\n",
    )

    assert did == "type Config = record { owner : principal };\nservice : (Config, opt nat) -> {}"


def test_a_type_that_only_a_recursive_tuple_reaches_ends(tmp_path: Path) -> None:
    did = did_of(tmp_path, "Pair = Tuple[nat, Opt['Pair']]\n@query\ndef m(p: Pair) -> nat:\n    return 1\n")

    assert did.startswith("type Pair = record { nat; opt Pair };")


@pytest.mark.parametrize("files", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_every_interface_is_candid(files: str | dict[str, str], tmp_path: Path) -> None:
    model = read_sources(tmp_path, files).model
    assert model is not None

    interface = parse(did_text(model))

    assert set(interface.methods()) == {method.name for method in model.methods}


def test_the_same_source_gives_the_same_text(tmp_path: Path) -> None:
    source = "class A(Record):\n    a: nat\n    b: Opt['A']\n@query\ndef m(a: A) -> Vec[A]:\n    return []\n"

    assert did_of(tmp_path, source) == did_of(tmp_path, source)
