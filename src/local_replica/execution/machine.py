"""A wasmtime store with one instance in it: calls, globals, table, linear memory, traps with their frames."""

import ctypes
from ctypes import byref, c_uint8, c_uint64, c_void_p

import wasmtime
from wasmtime import _bindings as c_api

from local_replica.execution import engine
from local_replica.execution.callbacks import Callbacks, no_finalizer
from local_replica.execution.compiled import CompiledModule
from local_replica.execution.instrumentation import MEMORY_NAME, REST_NAME, TABLE_NAME, global_name

_FUNC = 0
_PLENTY = 1 << 60
MAX_TABLE_ELEMENTS = 1_000_000


class InstantiationFailed(Exception):
    """Tables or elements that wasmtime cannot set up."""


class NotAFunction(Exception):
    """An entry point's name exports something else."""


class Trapped(Exception):
    """A trap by its wasmtime code (None: a host function's), with frames (index, name), innermost first."""

    def __init__(self, code: int | None, frames: list[tuple[int, str | None]], offsets: list[int]) -> None:
        super().__init__(code)
        self.code = code
        self.frames = frames
        self.offsets = offsets
        """Where in the module each frame stood."""


class Machine:
    """Replaced by another when its memory grew in a message that is rolled back, since wasmtime cannot shrink."""

    def __init__(self, compiled: CompiledModule, callbacks: Callbacks) -> None:
        self._callbacks = callbacks
        self._store = wasmtime.Store(compiled.engine)
        self._store.set_limits(table_elements=MAX_TABLE_ELEMENTS, tables=1)
        self._context = engine.address(self._store._context())  # noqa: SLF001 - the package has no raw interface
        self._slots = (c_uint64 * 2)()
        self._trap = c_void_p()
        self._fuel = c_uint64()
        self._entries: dict[str, c_api.wasmtime_func_t | None] = {}
        self._closures: dict[int, c_api.wasmtime_func_t] = {}
        self._instance = c_api.wasmtime_instance_t()
        self._instantiate(compiled)
        self._memory = self._export(MEMORY_NAME)
        self._table = self._export(TABLE_NAME)
        self._globals = [self._export(global_name(index)) for index in compiled.source.mutable_globals]
        self._rest = self._export(REST_NAME)
        self._pointer = "i64" if compiled.is_64 else "i32"

    def _instantiate(self, compiled: CompiledModule) -> None:
        names = [name for _, name in compiled.source.imports]
        if compiled.source.unknown_import:
            raise InstantiationFailed(f"unknown import: `{compiled.source.unknown_import}` has not been defined")
        imports = (c_api.wasmtime_extern_t * len(names))()
        for extern, name, kind in zip(imports, names, compiled.function_types, strict=True):
            extern.kind = _FUNC
            function, environment = self._callbacks.functions[name]
            engine.function_new(
                self._context,
                engine.address(kind.ptr()),
                function,
                None if environment is None else ctypes.addressof(environment),
                no_finalizer,
                byref(extern.of.func),
            )
        self.set_fuel(_PLENTY)
        error = engine.instance_new(
            self._context,
            engine.address(compiled.module.ptr()),
            imports,
            len(names),
            byref(self._instance),
            byref(self._trap),
        )
        if error:
            raise InstantiationFailed(engine.take_error(error))
        if self._trap.value:
            message = engine.take_trap_message(self._trap.value)
            self._trap.value = None
            raise InstantiationFailed(message)

    def _export(self, name: str) -> c_api.wasmtime_extern_t | None:
        item = c_api.wasmtime_extern_t()
        encoded = name.encode()
        found = engine.export_get(self._context, byref(self._instance), encoded, len(encoded), byref(item))
        return item if found else None

    def set_fuel(self, amount: int) -> None:
        engine.set_fuel(self._context, amount)

    def fuel(self) -> int:
        """Fuel left."""
        engine.get_fuel(self._context, byref(self._fuel))
        return self._fuel.value

    def memory_base(self) -> int:
        if self._memory is None:
            return 0
        base: int | None = engine.memory_base(self._context, byref(self._memory.of.memory))
        return base or 0

    def memory_size(self) -> int:
        """Bytes."""
        if self._memory is None:
            return 0
        size: int = engine.memory_size(self._context, byref(self._memory.of.memory))
        return size

    def grow_memory(self, pages: int) -> None:
        """Grow for a restored state. Raises MemoryError where the module's own limit forbids it."""
        previous = c_uint64()
        if self._memory is None:
            raise MemoryError("the module has no memory")
        error = engine.memory_grow(self._context, byref(self._memory.of.memory), pages, byref(previous))
        if error:
            raise MemoryError(engine.take_error(error))

    def rest_of_run(self) -> int:
        """Instructions between the call of `performance_counter` at hand and the next branch."""
        value = c_api.wasmtime_val_t()
        if self._rest is not None:
            engine.global_get(self._context, byref(self._rest.of.global_), byref(value))
        return int(value.of.i32)

    def globals(self) -> list[bytes]:
        """Every mutable global as wasmtime's own 32-byte value."""
        values = []
        for item in self._globals:
            value = c_api.wasmtime_val_t()
            if item is not None:
                engine.global_get(self._context, byref(item.of.global_), byref(value))
            values.append(bytes(value))
        return values

    def set_globals(self, values: list[bytes]) -> None:
        for item, content in zip(self._globals, values, strict=True):
            value = c_api.wasmtime_val_t.from_buffer_copy(content)
            if item is not None:
                engine.global_set(self._context, byref(item.of.global_), byref(value))

    def call_entry(self, name: str) -> bool:
        """Call an exported function without parameters; False where there is none. Raises Trapped, NotAFunction."""
        if name not in self._entries:
            item = self._export(name)
            if item is not None and int(item.kind) != _FUNC:
                raise NotAFunction(name)
            self._entries[name] = item.of.func if item is not None else None
        function = self._entries[name]
        if function is None:
            return False
        self._call(function)
        return True

    def has_table(self) -> bool:
        return self._table is not None

    def closure(self, index: int) -> c_api.wasmtime_func_t | None:
        """A function of the table, None for a null entry. Raises IndexError and TypeError (not of type (I) -> ())."""
        if index not in self._closures:
            value = c_api.wasmtime_val_t()
            table = self._table
            if table is None or not engine.table_get(self._context, byref(table.of.table), index, byref(value)):
                raise IndexError(index)
            if not value.of.funcref.store_id:
                return None
            self._check_closure(value.of.funcref)
            self._closures[index] = value.of.funcref
        return self._closures[index]

    def _check_closure(self, function: c_api.wasmtime_func_t) -> None:
        pointer = ctypes.cast(
            engine.function_type(self._context, byref(function)), ctypes.POINTER(c_api.wasm_functype_t)
        )
        kind = wasmtime.FuncType._from_ptr(pointer, None)  # noqa: SLF001 - the package has no raw interface
        if [str(param) for param in kind.params] != [self._pointer] or kind.results:
            raise TypeError("not a closure")

    def call_closure(self, function: c_api.wasmtime_func_t, environment: int) -> None:
        """Raises Trapped."""
        self._slots[0] = environment
        self._call(function)

    def _call(self, function: c_api.wasmtime_func_t) -> None:
        error = engine.call_function(self._context, byref(function), self._slots, 1, byref(self._trap))
        if error:
            raise _read_error(error)
        if self._trap.value:
            trap = self._trap.value
            self._trap.value = None
            raise _read_trap(trap)

    def close(self) -> None:
        self._store.close()


def _read_trap(trap: int) -> Trapped:
    """Code and frames of a trap, which is freed."""
    code = c_uint8()
    has_code = engine.trap_code(trap, byref(code))
    frames = c_api.wasm_frame_vec_t()
    engine.trap_trace(trap, byref(frames))
    found = _read_frames(frames)
    engine.trap_delete(trap)
    return Trapped(code.value if has_code else None, *found)


def _read_error(error: int) -> Trapped:
    """Frames of a host function's refusal, which is freed."""
    frames = c_api.wasm_frame_vec_t()
    engine.error_trace(error, byref(frames))
    found = _read_frames(frames)
    engine.error_delete(error)
    return Trapped(None, *found)


def _read_frames(frames: c_api.wasm_frame_vec_t) -> tuple[list[tuple[int, str | None]], list[int]]:
    found, offsets = [], []
    for position in range(frames.size):
        frame = ctypes.cast(frames.data[position], c_void_p).value
        name = engine.frame_name(frame)
        text = None
        if name:
            text = ctypes.string_at(name.contents.data, name.contents.size).decode(errors="replace")
        found.append((int(engine.frame_index(frame)), text))
        offsets.append(int(engine.frame_offset(frame)))
    engine.frames_delete(byref(frames))
    return found, offsets
