"""Whether bytes look like a module at all: what the replica says before it asks wasmtime."""

from local_replica.execution.binary import CODE, MAX_SECTIONS, PREAMBLE, Malformed, Reader
from local_replica.execution.failures import advice, invalid_module
from local_replica.execution.port import ExecutionError

MAX_MODULE = 100 << 20


def engine_refusal(text: str) -> ExecutionError:
    """wasmtime's verdict; where its text changed since the replica's version, in that version's words."""
    return invalid_module(f"Wasmtime failed to validate wasm module wasmtime::Module::validate() failed with {text}")


def check_format(module: bytes, *, was_compressed: bool) -> ExecutionError | None:
    """Size, magic number and version; `was_compressed`: the bytes came out of a gzip."""
    if len(module) > MAX_MODULE:
        return _too_large(len(module))
    if not module.startswith(PREAMBLE[:4]) and not was_compressed:
        return invalid_module("Failed to decode wasm module: unsupported canister module format")
    return _check_preamble(module) or _check_cut(module)


def _too_large(size: int) -> ExecutionError:
    return invalid_module(
        f"Wasm module size of {size} exceeds the maximum allowed size of {MAX_MODULE}.",
        advice(
            "Try shrinking the module using tools like `ic-wasm` or splitting the logic across multiple canisters.",
            "wasm-module-too-large",
        ),
    )


def _check_preamble(module: bytes) -> ExecutionError | None:
    if not module.startswith(PREAMBLE[:4]):
        return _no_code_section(f"{_bad_magic(module)} (at offset 0x0)")
    if len(module) < len(PREAMBLE):
        return _no_code_section("unexpected end-of-file (at offset 0x4)")
    version, layer = int.from_bytes(module[4:6], "little"), int.from_bytes(module[6:8], "little")
    if layer == 1:
        return engine_refusal(
            f"unknown binary version and encoding combination: {version:#x} and 0x1, note: encoded as a component but "
            "the WebAssembly component model feature is not enabled - enable the feature to allow component validation "
            "(at offset 0x0)"
        )
    if version != 1:
        return _no_code_section(f"unknown binary version:        {version:#x} (at offset 0x4)")
    return None


def _bad_magic(module: bytes) -> str:
    def listed(content: bytes) -> str:
        return "[\n" + "".join(f"    {byte:#x},\n" for byte in content) + "]"

    return f"magic header not detected: bad magic number - expected={listed(PREAMBLE[:4])} actual={listed(module[:4])}"


def _no_code_section(reason: str) -> ExecutionError:
    return invalid_module(f"Failed to decode wasm module: Error finding code section: {reason}")


def _check_cut(module: bytes) -> ExecutionError | None:
    """A module that ends within a section before its code section is refused in the search for that."""
    reader = Reader(module, len(PREAMBLE), len(module))
    for _ in range(MAX_SECTIONS):
        try:
            section_id, size = reader.byte(), reader.unsigned()
        except Malformed:
            return None
        if section_id == CODE:
            return None
        if reader.position + size > reader.end:
            return _no_code_section(f"unexpected end-of-file (at offset {reader.position:#x})")
        reader.position += size
    return None
