"""Compiles, checks and instantiates modules with wasmtime."""

import resource
from pathlib import Path

import wasmtime

from local_replica.execution.compiled import WASM_PAGE, CompiledCache, CompiledModule
from local_replica.execution.engine import new_engine
from local_replica.execution.failures import engine_error
from local_replica.execution.heap import Heap, copy_on_write_works
from local_replica.execution.instance import WasmInstance
from local_replica.execution.native_heap import new_heap
from local_replica.execution.native_stable import new_stable_memory
from local_replica.execution.port import ExecutionError, InstanceState, ModuleRefused
from local_replica.execution.prepared import PreparedModules
from local_replica.execution.validation import Validator

_FILES_FOR_A_FLEET = 65_536


class WasmtimeExecutor:
    """Implements `port.Executor`.

    `cache_dir` keeps compiled code between processes (None: not at all). One executor serves any number of replicas.
    Without `copy_on_write`, or where the kernel lacks what it takes, heaps are copied and compared whole.
    """

    def __init__(self, cache_dir: Path | None = None, *, copy_on_write: bool = True) -> None:
        self._copy_on_write = copy_on_write and copy_on_write_works()
        self._cache = CompiledCache(new_engine(), cache_dir, self._copy_on_write, PreparedModules(cache_dir))
        self._validator = Validator(self._cache.engine)
        _allow_many_files()

    def validate(self, module: bytes, *, was_compressed: bool = False) -> ExecutionError | None:
        if not self._cache.is_checked(module):
            error = self._validator.check(module, was_compressed=was_compressed)
            if error is not None:
                return error
        try:
            return self._cache.keep(module).refusal
        except wasmtime.WasmtimeError as error:
            return engine_error(f"Failed to compile module: {error}").error()

    def instantiate(self, module: bytes, *, stable: bytes | None = None) -> WasmInstance:
        compiled = self._compiled(module)
        assert compiled.heap is not None  # noqa: S101 - refused above where a segment did not fit
        return WasmInstance(compiled, compiled.heap.copy(), new_stable_memory(stable or b""))

    def restore(self, module: bytes, state: InstanceState) -> WasmInstance:
        """Raises ModuleRefused, and ValueError for a state that is not this module's."""
        compiled = self._compiled(module)
        least, most = compiled.memory.minimum, compiled.memory.maximum
        pages, rest = divmod(len(state.heap), WASM_PAGE)
        fits = not rest and least <= pages and (most is None or pages <= most)
        if not fits or len(state.globals) != len(compiled.source.mutable_globals):
            raise ValueError("the state belongs to another module")
        heap: Heap = new_heap(len(state.heap), copy_on_write=self._copy_on_write)
        heap.write(0, state.heap)
        instance = WasmInstance(compiled, heap, new_stable_memory(state.stable))
        instance.set_global_numbers(state.globals)
        return instance

    def _compiled(self, module: bytes) -> CompiledModule:
        compiled = self._cache.get(module)
        if compiled.refusal is not None:
            raise ModuleRefused(compiled.refusal)
        return compiled


def _allow_many_files() -> None:
    """Each heap is a memory file: lift the soft limit on open files towards the hard one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES_FOR_A_FLEET if hard == resource.RLIM_INFINITY else min(hard, _FILES_FOR_A_FLEET)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
