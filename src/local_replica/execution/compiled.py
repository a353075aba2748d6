"""Compiled modules: kept in memory by the hash of what was installed, and on disk by the hash of what was compiled."""

import contextlib
import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import wasmtime

from local_replica.execution.binary import Limits
from local_replica.execution.checked_files import read_checked, write_checked
from local_replica.execution.failures import TOOLCHAIN, Failure
from local_replica.execution.heap import Heap
from local_replica.execution.instrumentation import Instrumented, instrument
from local_replica.execution.native_heap import new_heap
from local_replica.execution.port import ExecutionError
from local_replica.execution.prepared import PreparedModules
from local_replica.execution.remembering import digest
from local_replica.execution.signatures import SIGNATURES

WASM_PAGE = 1 << 16
_STAMP = b"vex-executor-4:" + version("wasmtime").encode()
_KEPT_IN_MEMORY = 64


def data_out_of_bounds(length: int, offset: int) -> Failure:
    """A data segment of `length` bytes that does not fit the memory at `offset`."""
    return Failure(
        "CanisterInvalidWasm",
        f"Could not instrument wasm module of canister: Wasm module has invalid data segment of {length} bytes at "
        f"{offset % (1 << 64)}",
        TOOLCHAIN,
    )


@dataclass(slots=True)
class CompiledModule:
    """A module ready to instantiate, shared by all instances of it."""

    engine: wasmtime.Engine
    module: wasmtime.Module
    source: Instrumented
    heap: Heap | None
    """Template of the initial heap; None where a data segment does not fit, which `refusal` then says."""
    refusal: ExecutionError | None
    function_types: list[wasmtime.FuncType]
    """Of the imports, in order."""

    @property
    def memory(self) -> Limits:
        return self.source.memory or Limits(0, 0, is_64=False)

    @property
    def is_64(self) -> bool:
        return self.memory.is_64


@dataclass(slots=True)
class CompiledCache:
    """Compiles each distinct module once. A cache file that cannot be read is written anew."""

    engine: wasmtime.Engine
    directory: Path | None
    copy_on_write: bool
    prepared: PreparedModules
    _modules: "OrderedDict[bytes, CompiledModule]" = field(default_factory=OrderedDict)
    _checked: set[bytes] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, module: bytes) -> CompiledModule:
        """Raises Malformed or WasmtimeError for what `validate` would refuse."""
        key = digest(module)
        with self._lock:
            compiled = self._modules.get(key) or self._kept(key) or self._add(key, instrument(module))
            self._modules.move_to_end(key)
        return compiled

    def is_checked(self, module: bytes) -> bool:
        """Whether the module passed all checks, in this process or an earlier one."""
        key = digest(module)
        with self._lock:
            return key in self._checked or (key not in self._modules and self._kept(key) is not None)

    def keep(self, module: bytes) -> CompiledModule:
        """The same as `get` for a module that passed all checks, so that nobody needs to make them again."""
        compiled, key = self.get(module), digest(module)
        with self._lock:
            if key not in self._checked:
                self.prepared.put(key, compiled.source)
                self._checked.add(key)
        return compiled

    def _kept(self, key: bytes) -> CompiledModule | None:
        source = self.prepared.get(key)
        if source is None:
            return None
        self._checked.add(key)
        return self._add(key, source)

    def _add(self, key: bytes, source: Instrumented) -> CompiledModule:
        compiled = self._modules[key] = self._prepare(source)
        while len(self._modules) > _KEPT_IN_MEMORY:
            self._modules.popitem(last=False)
        return compiled

    def _prepare(self, source: Instrumented) -> CompiledModule:
        memory = source.memory
        heap, refusal = None, None
        try:
            heap = self._initial_heap(source)
        except Failure as failure:
            refusal = failure.error()
        signatures = SIGNATURES[memory is not None and memory.is_64]
        return CompiledModule(
            engine=self.engine,
            module=self._compile(source.wasm),
            source=source,
            heap=heap,
            refusal=refusal,
            function_types=[_function_type(*signatures[name]) for _, name in source.imports],
        )

    def _initial_heap(self, source: Instrumented) -> Heap:
        size = source.memory.minimum * WASM_PAGE if source.memory else 0
        heap = new_heap(size, copy_on_write=self.copy_on_write)
        for offset, content in source.segments:
            if offset < 0 or offset + len(content) > size:
                heap.close()
                raise data_out_of_bounds(len(content), offset)
            heap.write(offset, content)
        return heap

    def _compile(self, wasm: bytes) -> wasmtime.Module:
        path = self._path(wasm)
        code = read_checked(path) if path is not None else None
        if code is not None:
            try:
                return wasmtime.Module.deserialize(self.engine, code)
            except wasmtime.WasmtimeError:
                pass  # of another build of wasmtime: written anew below
        module = wasmtime.Module(self.engine, wasm)
        if path is not None:
            with contextlib.suppress(OSError):
                write_checked(path, bytes(module.serialize()))
        return module

    def _path(self, wasm: bytes) -> Path | None:
        if self.directory is None:
            return None
        return self.directory / f"{hashlib.sha256(_STAMP + wasm).hexdigest()}.cwasm"


def _function_type(params: tuple[str, ...], results: tuple[str, ...]) -> wasmtime.FuncType:
    kinds = {"i32": wasmtime.ValType.i32, "i64": wasmtime.ValType.i64}
    return wasmtime.FuncType([kinds[kind]() for kind in params], [kinds[kind]() for kind in results])
