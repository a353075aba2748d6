"""Records, variants, aliases and funcs as Kybra's analyser wants them written."""

import ast
from collections import Counter
from collections.abc import Iterator

from candid.wire import label_hash
from canister_runtime.source import declarations as declared
from canister_runtime.source.annotations import func_signature
from canister_runtime.source.candid_types import FUNC_MODES, WRAPPERS, name_of, wire_label
from canister_runtime.source.rules.table import module_rule
from canister_runtime.source.walk import nodes

TYPE_CLASSES = ("Record", "Variant")


def type_classes(tree: ast.Module) -> Iterator[tuple[str, ast.ClassDef]]:
    """Record and Variant classes with which of the two they are."""
    for base in TYPE_CLASSES:
        for node in declared.classes_of(tree, base):
            yield base, node


def fields_of(node: ast.ClassDef) -> Iterator[tuple[ast.AnnAssign, str]]:
    """The `name: type` lines of a class."""
    for member in node.body:
        if isinstance(member, ast.AnnAssign):
            yield member, declared.target_name(member) or ""


@module_rule(
    "K301",
    "something else than `name: type` in a Record",
    kybra="stops: members must be in the form `name: type` (a lone `...` is allowed)",
    fix="move docstrings to comments, methods and constants out of the class; an empty record holds `...`",
)
def record_member(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for base, node in type_classes(tree):
        for member in node.body:
            if base == "Record" and not isinstance(member, ast.AnnAssign) and not _is_ellipsis(member):
                yield member, node.name


def _is_ellipsis(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is ...


@module_rule(
    "K302",
    "something else than `name: type` in a Variant",
    kybra="stops: members must be in the form `name: type`, not even `...` is allowed",
    fix="give the variant a member, move everything else out of the class",
)
def variant_member(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for base, node in type_classes(tree):
        for member in node.body:
            if base == "Variant" and not isinstance(member, ast.AnnAssign):
                yield member, node.name


@module_rule(
    "K303",
    "a Candid class with other bases",
    kybra="silently drops the fields or methods that the class inherits",
    fix="repeat the inherited lines in the class, and name one base",
)
def other_bases(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for base in (*TYPE_CLASSES, "Service"):
        for node in declared.classes_of(tree, base):
            if len(node.bases) > 1:
                yield node, node.name


@module_rule(
    "K305",
    "a field that is not a plain name",
    kybra="stops: a single valid name must be provided",
    fix="`name: type`",
)
def field_name(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for _, node in type_classes(tree):
        for member, name in fields_of(node):
            if name in {"", "_"}:
                yield member, node.name


@module_rule(
    "K306",
    "two fields with one label",
    kybra="the Rust that it generates does not compile",
    fix="rename one of them (labels are equal, or have equal hashes)",
)
def repeated_field(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for _, node in type_classes(tree):
        seen: Counter[int] = Counter()
        for member, name in fields_of(node):
            hashed = label_hash(wire_label(name))
            seen[hashed] += 1
            if seen[hashed] > 1:
                yield member, f"{node.name}.{name}"


@module_rule(
    "K307",
    "a default value in a Record or Variant",
    kybra="ignores it: a record without the key is a KeyError",
    fix="leave it out, and fill the field where the record is made",
    is_warning=True,
)
def default_value(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for _, node in type_classes(tree):
        for member, name in fields_of(node):
            if member.value is not None:
                yield member, f"{node.name}.{name}"


@module_rule(
    "K311",
    "`Func` without exactly one argument",
    kybra="stops: Func takes one argument",
    fix="`Callback = Func(Query[[text], nat64])`",
)
def func_arguments(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in _func_calls(tree):
        if len(node.args) != 1:
            yield node, f"{len(node.args)} given"


@module_rule(
    "K312",
    "`Func` of something else than Query, Update or Oneway",
    kybra="stops: the argument must be Query, Update or Oneway",
    fix="`Func(Query[[A, B], R])`, `Func(Update[[A], R])` or `Func(Oneway[[A], void])`",
)
def func_mode(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in _func_calls(tree):
        if len(node.args) == 1:
            argument = node.args[0]
            mode = name_of(argument.value) if isinstance(argument, ast.Subscript) else None
            if mode not in FUNC_MODES:
                yield node, mode or ""


@module_rule(
    "K313",
    "`Func` whose brackets do not hold a list of parameters and a result",
    kybra="stops: Func must be in the form `Query[[params], result]`",
    fix="`Func(Query[[A, B], R])`, for a oneway too",
)
def func_brackets(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in _func_calls(tree):
        match node.args:
            case [ast.Subscript(value=mode)] if name_of(mode) in FUNC_MODES and func_signature(node) is None:
                yield node, ""


def _func_calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Calls of the bare name `Func` where the analyser meets them: assigned at top level, or in an annotation."""
    yield from (call for _, call in declared.called_assignments(tree, "Func"))
    for node in nodes(tree):
        for annotation in _annotations(node):
            for inner in ast.walk(annotation):
                if isinstance(inner, ast.Call) and name_of(inner.func) == "Func":
                    yield inner


def _annotations(node: ast.AST) -> Iterator[ast.expr]:
    annotation = getattr(node, "annotation", None) or getattr(node, "returns", None)
    if isinstance(annotation, ast.expr):
        yield annotation


@module_rule(
    "K314",
    "an alias of itself",
    kybra="the Rust that it generates does not compile",
    fix="put a Record or Variant between",
)
def circular_alias(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    aliased = {
        declared.target_name(node): (node, argument)
        for node, argument in declared.subscripted_assignments(tree, "Alias")
    }
    inner = {name: _names_in(argument) & set(aliased) for name, (_, argument) in aliased.items()}
    for name, (node, _) in aliased.items():
        if name in _reached(inner, name):
            yield node, name or ""


def _names_in(node: ast.expr) -> set[str | None]:
    """Names that Rust would write straight into the alias; a tuple or func becomes a struct of its own."""
    while isinstance(node, ast.Subscript) and name_of(node.value) in WRAPPERS | {"Vec", "Opt"}:
        node = node.slice
    return {name_of(node)}


def _reached(inner: dict[str | None, set[str | None]], start: str | None) -> set[str | None]:
    reached: set[str | None] = set()
    waiting = list(inner[start])
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += inner[name]
    return reached
