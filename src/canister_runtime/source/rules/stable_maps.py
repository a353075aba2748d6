"""Declarations of StableBTreeMap."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from canister_runtime.source.annotations import func_signature, parts_of
from canister_runtime.source.candid_types import members_of, name_of
from canister_runtime.source.declarations import stable_maps
from canister_runtime.source.modules import Bundle
from canister_runtime.source.rules.table import Finding, bundle_rule, module_rule
from canister_runtime.source.walk import nodes

ARGUMENTS = ("memory_id", "max_key_size", "max_value_size")
LARGEST_MEMORY_ID = 254
LARGEST_SIZE = 2**32 - 1


@dataclass(frozen=True, slots=True)
class MapNumber:
    """An argument of a map declaration; `value` is None where it is no integer literal."""

    name: str
    node: ast.expr
    value: int | None


def map_numbers(call: ast.Call) -> dict[str, MapNumber]:
    """The arguments of `StableBTreeMap[...](...)` by name; what is not given is not there."""
    given = dict(zip(ARGUMENTS, call.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg in ARGUMENTS}
    return {name: MapNumber(name, node, _integer(node)) for name, node in given.items()}


def _integer(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return number
    return None


@module_rule(
    "K601",
    "a StableBTreeMap without a key type and a value type",
    kybra="stops: StableBTreeMap must have the form `StableBTreeMap[KeyType, ValueType](...)`",
    fix="`StableBTreeMap[nat64, Ticket](memory_id=0, max_key_size=15, max_value_size=400)`",
)
def map_types(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node, _, subscript in stable_maps(tree):
        if not isinstance(subscript.slice, ast.Tuple) or len(subscript.slice.elts) != 2:
            yield node, ast.unparse(subscript)


@module_rule(
    "K602",
    "an argument of a StableBTreeMap that is missing",
    kybra="stops: memory_id, max_key_size and max_value_size are required",
    fix="give all three",
)
def missing_map_argument(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node, call, _ in stable_maps(tree):
        for name in ARGUMENTS:
            if name not in map_numbers(call):
                yield node, name


@module_rule(
    "K603",
    "an argument of a StableBTreeMap that is no integer literal",
    kybra="stops: it reads literals only, no names, sums or negative numbers",
    fix="write the number",
)
def computed_map_argument(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for _, call, _ in stable_maps(tree):
        for number in map_numbers(call).values():
            if number.value is None:
                yield number.node, f"{number.name}={ast.unparse(number.node)}"


@module_rule(
    "K604",
    "an argument of a StableBTreeMap out of range",
    kybra="stops, or its memory manager refuses the id when the canister starts",
    fix="memory ids are 0 to 254, sizes 1 to 4294967295 bytes",
)
def map_argument_range(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for _, call, _ in stable_maps(tree):
        for number in map_numbers(call).values():
            low, high = (0, LARGEST_MEMORY_ID) if number.name == "memory_id" else (1, LARGEST_SIZE)
            if number.value is not None and not low <= number.value <= high:
                yield number.node, f"{number.name}={number.value}"


@module_rule(
    "K605",
    "an argument that StableBTreeMap does not have",
    kybra="builds it, and the canister traps when it is installed",
    fix="memory_id, max_key_size and max_value_size, each once",
)
def surplus_map_argument(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for _, call, _ in stable_maps(tree):
        names = [*ARGUMENTS[: len(call.args)], *(keyword.arg for keyword in call.keywords)]
        is_known = all(name in ARGUMENTS for name in names) and len(call.args) <= len(ARGUMENTS)
        if not is_known or len(set(names)) != len(names):
            yield call, ast.unparse(call)


@bundle_rule(
    "K606",
    "a memory id that another StableBTreeMap has",
    kybra="the Rust that it generates does not compile",
    fix="one id for each map of the bundle; keep them in one file",
)
def repeated_memory_id(bundle: Bundle) -> Iterator[Finding]:
    seen: set[int] = set()
    for module in bundle.modules:
        for _, call, _ in stable_maps(module.tree or ast.Module([], [])):
            number = map_numbers(call).get("memory_id")
            if number is not None and number.value is not None:
                if number.value in seen:
                    yield Finding(module, call, str(number.value))
                seen.add(number.value)


@module_rule(
    "K607",
    "an inline Tuple or Func in a key or value type of a StableBTreeMap",
    kybra="the Rust that it generates does not compile",
    fix="name it: `Pair = Tuple[nat8, text]`, then `StableBTreeMap[Pair, ...]`",
)
def inline_map_type(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for _, _, subscript in stable_maps(tree):
        for member in members_of(subscript.slice):
            for part in parts_of(member, is_result=False):
                is_tuple = isinstance(part.node, ast.Subscript) and name_of(part.node.value) == "Tuple"
                if is_tuple or func_signature(part.node) is not None:
                    yield part.node, ast.unparse(part.node)


@module_rule(
    "K608",
    "a StableBTreeMap that is not assigned to a name at top level",
    kybra="does not see it, and its first use traps",
    fix="`name = StableBTreeMap[K, V](memory_id=..., max_key_size=..., max_value_size=...)` at a module's top level",
)
def hidden_map(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    declared = {call for _, call, _ in stable_maps(tree)}
    for node in nodes(tree):
        if isinstance(node, ast.Call) and node not in declared:
            function = node.func.value if isinstance(node.func, ast.Subscript) else node.func
            name = function.attr if isinstance(function, ast.Attribute) else name_of(function)
            if name == "StableBTreeMap":
                yield node, ast.unparse(node)
