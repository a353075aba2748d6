"""Random canisters for Hypothesis: types that use each other, and methods that answer their arguments."""

import builtins
import keyword
from dataclasses import dataclass

import kybra
from hypothesis import strategies as st

INTEGERS = ["nat", "int", *(f"{sign}{bits}" for sign in ("nat", "int") for bits in (8, 16, 32, 64))]
LEAVES = [*INTEGERS, "float32", "float64", "str", "text", "bool", "blob", "Principal", "null", "reserved"]
MAKERS = ["Alias", "Func", "Opt", "Query", "Record", "Service", "Tuple", "Update", "Variant", "Vec"]
KYBRA = [*MAKERS, "query", "service_query", "update", *(name for name in LEAVES if hasattr(kybra, name))]
IMPORTS = f"from kybra import {', '.join(KYBRA)}\n"
TAKEN = {*LEAVES, *dir(kybra), *dir(builtins)}


@dataclass(frozen=True)
class Method:
    """A method that answers one of its arguments, or all as a tuple (`answers` is their number), or null."""

    name: str
    parameters: int
    answers: int

    def answer(self, arguments: list[object]) -> object:
        if not self.parameters:
            return None
        return tuple(arguments) if self.answers == self.parameters else arguments[self.answers]


@dataclass(frozen=True)
class Program:
    """A canister's source and its methods."""

    source: str
    methods: tuple[Method, ...]


names = (
    st.from_regex(r"\A[a-zA-Z][a-zA-Z0-9_]{1,8}\Z")
    .map(lambda name: f"{name}_" if keyword.iskeyword(name) else name)
    .filter(lambda name: name not in TAKEN)
)


def types(declared: list[str], depth: int = 2) -> st.SearchStrategy[str]:
    """A type as its source says it, of leaves and of names declared above."""
    simple = st.sampled_from([*LEAVES, *declared, *(f'"{name}"' for name in declared)])
    if not depth:
        return simple
    inner = types(declared, depth - 1)
    tuples = st.lists(inner, min_size=1, max_size=3).map(lambda members: f"Tuple[{', '.join(members)}]")
    return st.one_of(simple, simple, inner.map("Vec[{}]".format), inner.map("Opt[{}]".format), tuples)


@st.composite
def declarations(draw: st.DrawFn, name: str, declared: list[str]) -> str:
    """One declaration of a type."""
    type_ = types(declared)
    match draw(st.sampled_from(["Record", "Variant", "Tuple", "Alias", "Func", "Service"])):
        case "Record" | "Variant" as kind:
            fields = draw(st.lists(names, min_size=1, max_size=4, unique=True))
            return f"class {name}({kind}):\n" + "".join([f"    {field}: {draw(type_)}\n" for field in fields])
        case "Tuple":
            return f"{name} = Tuple[{', '.join(draw(st.lists(type_, min_size=1, max_size=3)))}]\n"
        case "Alias":
            return f"{name} = Alias[{draw(type_)}]\n"
        case "Func":
            mode, taken = draw(st.sampled_from(["Query", "Update"])), ", ".join(draw(st.lists(type_, max_size=2)))
            return f"{name} = Func({mode}[[{taken}], {draw(type_)}])\n"
    signature = f"{draw(names)}(self, {draw(names)}: {draw(type_)}) -> {draw(type_)}"
    return f"class {name}(Service):\n    @service_query\n    def {signature}: ...\n"


@st.composite
def methods(draw: st.DrawFn, name: str, declared: list[str]) -> tuple[str, Method]:
    """A method's source, and what it answers."""
    parameters = draw(st.lists(names, max_size=5, unique=True))
    given = [draw(types(declared)) for _ in parameters]
    answers = draw(st.integers(0, len(parameters)))
    if not parameters:
        returned, value = "null", "None"
    elif answers == len(parameters):
        returned, value = f"Tuple[{', '.join(given)}]", f"({', '.join(parameters)},)"
    else:
        returned, value = given[answers], parameters[answers]
    pairs = ", ".join([f"{parameter}: {type_}" for parameter, type_ in zip(parameters, given, strict=True)])
    decorator = draw(st.sampled_from(["query", "update"]))
    source = f"@{decorator}\ndef {name}({pairs}) -> {returned}:\n    return {value}\n"
    return source, Method(name, len(parameters), answers)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Up to eight types and up to six methods."""
    pool = draw(st.lists(names, min_size=2, max_size=14, unique=True))
    count = draw(st.integers(0, min(8, len(pool) - 1)))
    parts = [IMPORTS]
    for index, name in enumerate(pool[:count]):
        parts.append(draw(declarations(name, pool[:index])))
    drawn = [draw(methods(name, pool[:count])) for name in pool[count:][:6]]
    return Program("\n\n".join([*parts, *(source for source, _ in drawn)]), tuple([method for _, method in drawn]))
