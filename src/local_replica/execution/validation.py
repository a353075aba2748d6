"""What install_code refuses of a module, in the replica's order and words."""

import json
from collections.abc import Callable, Iterator

import wasmtime

from local_replica.execution.binary import (
    CODE,
    FunctionType,
    Malformed,
    Module,
    NotConstant,
    read_module,
)
from local_replica.execution.failures import advice, invalid_module
from local_replica.execution.module_format import check_format, engine_refusal
from local_replica.execution.names import check_name_section
from local_replica.execution.operators import (
    COMPLEXITY_LIMIT,
    SIZE_LIMIT,
    TooComplex,
    TooLarge,
    UnsupportedInstruction,
    check_functions,
)
from local_replica.execution.port import ExecutionError
from local_replica.execution.segments import read_data_segments
from local_replica.execution.signatures import SIGNATURES

MAX_CODE_SECTION = 12 << 20
MAX_FUNCTIONS = 50_000
MAX_GLOBALS = 1_000
MAX_METHODS = 1_000
MAX_METHOD_NAMES = 20_000
MAX_CUSTOM_SECTIONS = 16
MAX_CUSTOM_SECTIONS_SIZE = 1 << 20

_METHOD_PREFIXES = ("canister_query ", "canister_composite_query ", "canister_update ")
_ENTRY_POINTS = frozenset(
    (
        "canister_init",
        "canister_pre_upgrade",
        "canister_post_upgrade",
        "canister_inspect_message",
        "canister_heartbeat",
        "canister_global_timer",
        "canister_on_low_wasm_memory",
    )
)
_RESERVED = frozenset(
    (
        "canister counter_instructions",
        "canister counter_dirty_pages",
        "canister counter_accessed_pages",
        "canister_start",
        "stable_memory",
        "stable_bytemap_memory",
    )
)

_SMALLER_FUNCTIONS = "Try breaking large functions up into multiple smaller functions."


class Validator:
    """Checks modules against one wasmtime engine's features."""

    def __init__(self, engine: wasmtime.Engine) -> None:
        self._engine = engine

    def check(self, module: bytes, *, was_compressed: bool = False) -> ExecutionError | None:
        """The first thing wrong with a module; `was_compressed`: `module` came out of a gzip."""
        error = check_format(module, was_compressed=was_compressed)
        if error is not None:
            return error
        try:
            wasmtime.Module.validate(self._engine, module)
        except wasmtime.WasmtimeError as refusal:
            return engine_refusal(str(refusal))
        try:
            parsed = read_module(module)
            check_name_section(parsed)
            return _check_code_section_size(parsed) or next(_findings(parsed), None)
        except NotConstant as found:
            return engine_refusal(
                f"constant expression required: non-constant operator: {found} (at offset {found.offset:#x})"
            )
        except Malformed as malformed:
            return invalid_module(f"Failed to decode wasm module: Error from wasmparser: {malformed}")


def _check_code_section_size(module: Module) -> ExecutionError | None:
    section = module.section(CODE)
    size = section.end - section.start if section else 0
    if size <= MAX_CODE_SECTION:
        return None
    return invalid_module(
        f"Wasm module code section size of {size} exceeds the maximum allowed size of {MAX_CODE_SECTION}.",
        advice(
            "Try shrinking the module code section using tools like `ic-wasm` or splitting the logic across multiple "
            "canisters.",
            "wasm-module-code-section-too-large",
        ),
    )


def _findings(module: Module) -> Iterator[ExecutionError]:
    checks: tuple[Callable[[Module], Iterator[ExecutionError]], ...] = (
        _import_findings,
        _export_findings,
        _data_findings,
        _global_findings,
        _function_findings,
        _code_findings,
        _custom_section_findings,
    )
    for check in checks:
        yield from check(module)


def _types(kinds: tuple[str, ...]) -> str:
    return "[" + ", ".join(kind.upper() for kind in kinds) + "]"


def _signature_findings(
    name: str, expected: tuple[tuple[str, ...], tuple[str, ...]], got: FunctionType | None
) -> Iterator[ExecutionError]:
    if got is None:
        return
    problem = "Wasm module has an invalid function signature. Expected"
    if got.params != expected[0]:
        yield invalid_module(f"{problem} input params {_types(expected[0])} for '{name}', got {_types(got.params)}.")
    if got.results != expected[1]:
        yield invalid_module(f"{problem} return type {_types(expected[1])} for '{name}', got {_types(got.results)}.")


def _import_findings(module: Module) -> Iterator[ExecutionError]:
    problem = "Wasm module has an invalid import section."
    signatures = SIGNATURES[bool(module.memories) and module.memories[0].is_64]
    for item in module.imports:
        if item.kind == "func":
            if item.name not in signatures:
                yield invalid_module(
                    f"{problem} Module imports function '{item.name}' from '{item.module}' that is not exported by the "
                    "runtime."
                )
            if item.module != "ic0":
                yield invalid_module(
                    f'{problem} Module imports function "{item.name}" from {json.dumps(item.module)}, expected to be '
                    'imported from one of ["ic0"] instead.'
                )
            yield from _signature_findings(item.name, signatures[item.name], module.types[item.type_index])
        elif item.kind == "memory" and item.name == "memory" and item.module != "env":
            yield invalid_module(f"{problem} Only memory imported from env.memory is allowed.")
        elif item.kind == "table" and item.name == "table" and item.module != "env":
            yield invalid_module(f"{problem} Only tables imported from env.table are allowed.")
        elif item.kind == "global":
            yield invalid_module(f"{problem} Importing globals is not allowed.")


def _export_findings(module: Module) -> Iterator[ExecutionError]:
    problem = "Wasm module has an invalid export section. Exporting reserved"
    methods: list[str] = []
    for export in module.exports:
        if export.name in _RESERVED:
            yield invalid_module(f"{problem} symbol {export.name} not allowed.")
        if export.kind != "func":
            continue
        is_method = export.name.startswith(_METHOD_PREFIXES)
        if is_method:
            method = export.name.split(" ", 1)[1]
            if method in methods:
                yield _duplicate(method)
            methods.append(method)
        elif export.name.startswith("canister_") and export.name not in _ENTRY_POINTS:
            yield invalid_module(f"{problem} function '{export.name}' with \"canister_\" prefix")
        if is_method or export.name in _ENTRY_POINTS:
            yield from _signature_findings(export.name, ((), ()), module.function_type(export.index))
    yield from _method_count_findings(methods)


def _duplicate(method: str) -> ExecutionError:
    return invalid_module(
        f"Duplicate function '{method}' exported multiple times with different call types: update, query, or "
        "composite_query.",
        advice(
            "Try defining different versions of the function for each call type, e.g. "
            f"`{method}_update`, `{method}_query`, etc.",
            "wasm-module-duplicate-exports",
        ),
    )


def _method_count_findings(methods: list[str]) -> Iterator[ExecutionError]:
    kinds = "called `canister_update <name>`, `canister_query <name>`, or `canister_composite_query <name>` is"
    if len(methods) > MAX_METHODS:
        yield invalid_module(
            f"The number of exported functions {kinds} {len(methods)} which exceeds {MAX_METHODS}.",
            advice(
                "Try combining multiple endpoints into a single endpoint.",
                "wasm-module-exports-too-many-methods",
            ),
        )
    total = sum(len(method.encode()) for method in methods)
    if total > MAX_METHOD_NAMES:
        yield invalid_module(
            f"The sum of `<name>` lengths in exported functions {kinds} {total} which exceeds the allowed limit of "
            f"{MAX_METHOD_NAMES}.",
            advice("Try using shorter method names.", "wasm-module-sum-of-exported-name-lengths-too-large"),
        )


def _data_findings(module: Module) -> Iterator[ExecutionError]:
    read_data_segments(module)
    yield from ()


def _global_findings(module: Module) -> Iterator[ExecutionError]:
    if len(module.globals) > MAX_GLOBALS:
        yield invalid_module(
            f"Wasm module defined {len(module.globals)} globals which exceeds the maximum number allowed "
            f"{MAX_GLOBALS}.",
            advice(
                "Try collecting multiple globals into a single structured which can be stored on the heap.",
                "wasm-module-too-many-globals",
            ),
        )
    for kind, _ in module.globals:
        if kind in ("funcref", "externref"):
            yield invalid_module(f"Wasm module has an invalid global section. Unsupported global type: Ref({kind})")


def _function_findings(module: Module) -> Iterator[ExecutionError]:
    if len(module.functions) > MAX_FUNCTIONS:
        yield invalid_module(
            f"Wasm module defined {len(module.functions)} functions which exceeds the maximum number allowed "
            f"{MAX_FUNCTIONS}.",
            advice("Try spliting this canister into multiple canisters.", "wasm-module-too-many-functions"),
        )


def _code_findings(module: Module) -> Iterator[ExecutionError]:
    try:
        check_functions(module)
    except UnsupportedInstruction as found:
        yield invalid_module(
            f"Wasm module contains a function at index {found.index} with unsupported instruction {found.name}."
        )
    except TooComplex as found:
        yield invalid_module(
            f"Wasm module contains a function at index {found.index} with complexity {found.complexity} which exceeds "
            f"the maximum complexity allowed {COMPLEXITY_LIMIT}.",
            advice(_SMALLER_FUNCTIONS, "wasm-module-function-complexity-too-high"),
        )
    except TooLarge as found:
        yield invalid_module(
            f"Wasm module contains a function at index {found.index} of size {found.size} that exceeds the maximum "
            f"allowed size of {SIZE_LIMIT}.",
            advice(_SMALLER_FUNCTIONS, "wasm-module-function-too-large"),
        )


def _custom_section_findings(module: Module) -> Iterator[ExecutionError]:
    problem = "Wasm module has an invalid custom section."
    seen: set[str] = set()
    total = 0
    for section_name, content in module.custom_sections():
        if not section_name.startswith("icp:"):
            continue
        if section_name in ("icp:public", "icp:private"):
            yield invalid_module(f"{problem} 'icp:' section names must have a space after the public/private scope")
        if not section_name.startswith(("icp:public ", "icp:private ")):
            yield invalid_module(
                f"{problem} Invalid custom section: Custom section '{section_name}' has no public/private scope "
                "defined."
            )
        name = section_name.split(" ", 1)[1]
        if name in seen:
            yield invalid_module(f"{problem} Invalid custom section: name {name} already exists")
        seen.add(name)
        total += len(content) + len(name.encode())
        if total > MAX_CUSTOM_SECTIONS_SIZE:
            yield invalid_module(
                f"{problem} Invalid custom sections: total size of the custom sections exceeds the maximum allowed: "
                f"size {total} bytes, allowed {MAX_CUSTOM_SECTIONS_SIZE} bytes"
            )
        if len(seen) > MAX_CUSTOM_SECTIONS:
            yield invalid_module(
                f"Wasm module defined {len(seen)} custom sections which exceeds the maximum number allowed "
                f"{MAX_CUSTOM_SECTIONS}."
            )
