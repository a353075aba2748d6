"""From the syntax trees of a checked bundle to the model of the canister."""

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from candid.types import Field, Func, Record, Service, Type, Variant
from canister_runtime.source import declarations as declared
from canister_runtime.source.candid_types import (
    candid_type,
    members_of,
    name_of,
    result_type,
    tuple_type,
    wire_label,
)
from canister_runtime.source.model import (
    CanisterModel,
    Hook,
    LifecycleHook,
    Method,
    MethodMode,
    Parameter,
    ServiceClass,
    ServiceMethod,
    StableMap,
)

T = TypeVar("T")

HOOKS: tuple[LifecycleHook, ...] = ("init", "post_upgrade", "pre_upgrade", "heartbeat", "inspect_message")


def read_model(entry: str, trees: Iterable[ast.Module]) -> CanisterModel:
    """Collect what every module of the bundle declares, kybra's own included, in bundle order."""
    trees = tuple(trees)
    services = tuple(_each(trees, _services))
    return CanisterModel(
        entry=entry,
        types=(*_each(trees, _types), *((service.name, _service_type(service)) for service in services)),
        methods=tuple(_each(trees, _methods)),
        hooks=tuple(_each(trees, _hooks)),
        services=services,
        maps=tuple(_each(trees, _maps)),
        guards=tuple(guard.name for tree in trees for guard in declared.guard_functions(tree)),
    )


def _each(trees: tuple[ast.Module, ...], read: Callable[[ast.Module], Iterator[T]]) -> Iterator[T]:
    for tree in trees:
        yield from read(tree)


def _types(tree: ast.Module) -> Iterator[tuple[str, Type]]:
    for record in declared.classes_of(tree, "Record"):
        yield record.name, Record(_fields(record))
    for variant in declared.classes_of(tree, "Variant"):
        yield variant.name, Variant(_fields(variant))
    for node, argument in declared.subscripted_assignments(tree, "Tuple"):
        if isinstance(node, ast.Assign):
            yield _target(node), tuple_type(members_of(argument))
    for node, argument in declared.subscripted_assignments(tree, "Alias"):
        yield _target(node), candid_type(argument)
    for node, call in declared.called_assignments(tree, "Func"):
        yield _target(node), candid_type(call)


def _target(node: declared.Assignment) -> str:
    return declared.target_name(node) or ""


def _fields(node: ast.ClassDef) -> tuple[Field, ...]:
    members = (member for member in node.body if isinstance(member, ast.AnnAssign))
    return tuple(Field(wire_label(_target(member)), candid_type(member.annotation)) for member in members)


def _parameters(node: ast.FunctionDef, *, first: int = 0) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(argument.arg, candid_type(argument.annotation))
        for argument in node.args.args[first:]
        if argument.annotation is not None
    )


def _result(node: ast.FunctionDef) -> Type | None:
    return result_type(node.returns) if node.returns else None


def _methods(tree: ast.Module) -> Iterator[Method]:
    for decorator in ("query", "update"):
        for node in declared.functions_with(tree, decorator):
            mode = _mode(decorator, node)
            guard = name_of(declared.guard_of(node))
            yield Method(node.name, mode, _parameters(node), _result(node), _is_manual(node.returns), guard)


def _mode(decorator: str, node: ast.FunctionDef) -> MethodMode:
    if decorator == "update":
        return "update"
    is_async = isinstance(node.returns, ast.Subscript) and name_of(node.returns.value) == "Async"
    return "composite_query" if is_async else "query"


def _is_manual(returned: ast.expr | None) -> bool:
    while isinstance(returned, ast.Subscript):
        if name_of(returned.value) == "Manual":
            return True
        returned = returned.slice
    return False


def _hooks(tree: ast.Module) -> Iterator[Hook]:
    for kind in HOOKS:
        for node in declared.functions_with(tree, kind):
            yield Hook(kind, node.name, _parameters(node), name_of(declared.guard_of(node)))


def _services(tree: ast.Module) -> Iterator[ServiceClass]:
    for node in declared.classes_of(tree, "Service"):
        functions = [method for method in node.body if isinstance(method, ast.FunctionDef)]
        yield ServiceClass(node.name, tuple(_service_method(method) for method in functions))


def _service_method(node: ast.FunctionDef) -> ServiceMethod:
    mode: MethodMode = "query" if name_of(node.decorator_list[0]) == "service_query" else "update"
    return ServiceMethod(node.name, mode, _parameters(node, first=1), _result(node))


def _service_type(service: ServiceClass) -> Service:
    return Service(tuple((method.name, _function_type(method)) for method in service.methods))


def _function_type(method: ServiceMethod) -> Func:
    arguments = tuple(parameter.type for parameter in method.parameters)
    results = () if method.result is None else (method.result,)
    return Func(arguments, results, ("query",) if method.mode == "query" else ())


def _maps(tree: ast.Module) -> Iterator[StableMap]:
    for _, call, subscript in declared.stable_maps(tree):
        key, value = members_of(subscript.slice)[:2]
        memory_id, key_size, value_size = _map_numbers(call)
        yield StableMap(memory_id, candid_type(key), candid_type(value), key_size, value_size)


def _map_numbers(call: ast.Call) -> tuple[int, int, int]:
    by_name = {argument.arg: argument.value for argument in call.keywords}
    names = ("memory_id", "max_key_size", "max_value_size")
    given = [*call.args[:3], *(by_name[name] for name in names[len(call.args) :])]
    memory_id, key_size, value_size = (int(ast.literal_eval(number)) for number in given)
    return memory_id, key_size, value_size
