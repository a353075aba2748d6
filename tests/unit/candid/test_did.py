"""Interface descriptions: what parses, what is refused, what is printed."""

from pathlib import Path

import pytest

from candid import CandidError, TextError, did
from candid.types import BLOB, INT, NAT, NAT8, NULL, TEXT, Field, Func, Named, Opt, Record, Service, Variant, Vec

FIXTURES = Path(__file__).parents[2] / "fixtures"
DESCRIPTIONS = sorted(path for path in FIXTURES.rglob("*.did") if not path.name.endswith(".test.did"))
EVERYTHING = """
// a line
/* a block /* within a block */ */
type List = opt record { head : int; tail : List };
type Callback = func (nat, blob) -> (text) query;
type Shape = variant { dot; 7; circle : float64; "square of" : record { nat; 5 : text; bool } };
type Self = service { again : () -> (Self) };
service helpdesk : (owner : principal, opt nat8) -> {
  "add comment" : (ticket : nat64, text : text) -> (Shape);
  lookup : Callback;
  watch : (Callback) -> () oneway;
  search : () -> (vec nat, nat) composite_query
};
"""


def test_everything_in_the_grammar_parses() -> None:
    interface = did.parse(EVERYTHING)
    assert interface.env["List"] == Opt(Record((Field("head", INT), Field("tail", Named("List")))))
    assert interface.env["Callback"] == Func((NAT, BLOB), (TEXT,), ("query",))
    shape = interface.env["Shape"]
    assert isinstance(shape, Variant)
    assert [field.label for field in shape.fields] == ["dot", 7, "circle", "square of"]
    assert shape.fields[0].type == NULL
    square = shape.fields[3].type
    assert isinstance(square, Record)
    assert [field.label for field in square.fields] == [0, 5, 6]
    assert interface.init is not None
    assert interface.init[1] == Opt(NAT8)
    methods = interface.methods()
    assert list(methods) == ["add comment", "lookup", "watch", "search"]
    assert methods["lookup"] == interface.env["Callback"]
    assert methods["watch"].modes == ("oneway",)
    assert methods["search"] == Func((), (Vec(NAT), NAT), ("composite_query",))


@pytest.mark.parametrize("path", DESCRIPTIONS, ids=lambda path: path.name)
def test_descriptions_in_use_survive_printing(path: Path) -> None:
    interface = did.parse(path.read_text(encoding="utf-8"))
    assert did.parse(did.print_interface(interface)) == interface


def test_everything_survives_printing() -> None:
    interface = did.parse(EVERYTHING)
    assert did.parse(did.print_interface(interface)) == interface


def test_an_actor_may_be_named_or_absent() -> None:
    assert did.parse("type S = service { m : () -> () }; service : S").service == Service((("m", Func((), ())),))
    assert did.parse("type T = nat").service is None
    assert did.parse("service : () -> {}").init == ()
    assert did.parse("service : {}").init is None


def test_keywords_may_label_fields() -> None:
    record = did.parse_type('record { type : nat; "query" : nat; service : nat; opt nat }')
    assert isinstance(record, Record)
    assert [field.label for field in record.fields[:3]] == ["type", "query", "service"]
    assert '"type" : nat; "query" : nat; "service" : nat;' in did.print_type(record)


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("service : { m : () -> () ", "line 1, column 26"),
        ("type A = nat;\ntype A = text;", "line 2, column 8"),
        ("type A = nat\ntype B = nat", "line 2, column 1"),
        ("type nat = text", "line 1, column 6"),
        ("service : { m : (a : nat, a : nat) -> () }", "line 1"),
        ("service : { m : () -> (nat) oneway }", "line 1"),
        ("service : { m : () -> () query oneway }", "line 1"),
        ("type A = record { 4294967296 : nat }", "line 1, column 19"),
        ("type A = variant { nat : }", "line 1"),
        ("/* open", "line 1, column 1"),
        ('import "other.did"; service : {}', "line 1, column 8"),
        ("service : Missing", "line 1"),
        ("type A = nat; service : A", "line 1"),
        ("service : {} {}", "line 1, column 14"),
        ("type A = §", "line 1, column 10"),
    ],
)
def test_what_does_not_parse_says_where(source: str, place: str) -> None:
    with pytest.raises(TextError, match=place):
        did.parse(source)


@pytest.mark.parametrize(
    "source",
    [
        "type A = Missing",
        "type A = B; type B = A",
        "type A = record { a : nat; a : nat }",
        "type A = record { a : nat; 97 : nat }",
        "service : { m : nat }",
        "type N = nat; service : { m : N }",
        "service : { m : () -> (); m : () -> () }",
        "type A = " + "opt " * 50_000 + "nat",
    ],
)
def test_what_makes_no_sense_is_refused(source: str) -> None:
    with pytest.raises(CandidError):
        did.parse(source)


def test_imports_are_resolved_where_that_is_offered() -> None:
    sources = {"a.did": 'import "b.did"; type A = vec B;', "b.did": "type B = nat; service : { hidden : () -> () }"}
    interface = did.parse('import "a.did"; service : { m : (A) -> (B) }', sources.__getitem__)
    assert interface.env == {"B": NAT, "A": Vec(Named("B"))}
    assert list(interface.methods()) == ["m"]


def test_a_path_is_that_of_the_importing_file() -> None:
    sources = {"lib/a.did": 'import "b/c.did"; import "../d.did"', "lib/b/c.did": "type C = nat", "d.did": "type D = C"}
    assert did.parse('import "lib/a.did"', sources.__getitem__).env == {"C": NAT, "D": Named("C")}


def test_files_may_import_each_other() -> None:
    sources = {"a.did": 'import "b.did"; type A = opt B', "b.did": 'import "a.did"; type B = vec A'}
    assert did.parse('import "a.did"', sources.__getitem__).env == {"B": Vec(Named("A")), "A": Opt(Named("B"))}


def test_a_service_can_be_imported_with_its_methods() -> None:
    sources = {"base.did": "type T = nat; service : (text) -> { status : () -> (T) query }"}
    interface = did.parse('import service "base.did"; service : { add : (T) -> () }', sources.__getitem__)
    assert sorted(interface.methods()) == ["add", "status"]
    assert interface.init is None
    assert list(did.parse('import service "base.did"', sources.__getitem__).methods()) == ["status"]


@pytest.mark.parametrize(
    ("importer", "message"),
    [
        ('import service "types.did"', "no service"),
        ('import service "a.did"; import service "b.did"', "m is imported already"),
        ('import service "a.did"; service : { m : () -> () }', "m is imported already"),
    ],
)
def test_an_imported_service_must_exist_and_share_no_method(importer: str, message: str) -> None:
    sources = {
        "types.did": "type T = nat",
        "a.did": "service : { m : () -> () }",
        "b.did": "service : { m : () -> () }",
    }
    with pytest.raises(CandidError, match=message):
        did.parse(importer, sources.__getitem__)
