"""The wasmtime engine behind all instances, and its C functions as cheap ctypes prototypes.

The package's own wrappers convert every value and cost about 7 µs a host call; these take raw pointers. `_holding`
calls return at once and keep the interpreter lock, `_releasing` ones may run for long.
"""

import ctypes
from ctypes import POINTER, c_bool, c_char_p, c_size_t, c_uint32, c_uint64, c_void_p

import wasmtime
from wasmtime import _bindings as c_api
from wasmtime import _ffi

MAX_WASM_STACK = 4 << 20
"""Bytes of stack that a module may use; threads that run modules need 2 MiB more (see `stack.py`)."""
FOUR_GIB = 1 << 32

_holding = ctypes.PyDLL(str(_ffi.filename))
_releasing = ctypes.CDLL(str(_ffi.filename))

HostCallback = ctypes.CFUNCTYPE(c_void_p, c_void_p, c_void_p, POINTER(c_uint64), c_size_t)
"""`(environment, caller, slots, count) -> trap`; a slot is 16 bytes, arguments come in and results go out by them."""

call_function = _releasing.wasmtime_func_call_unchecked
call_function.argtypes = [c_void_p, c_void_p, c_void_p, c_size_t, c_void_p]
call_function.restype = c_void_p

instance_new = _releasing.wasmtime_instance_new
instance_new.argtypes = [c_void_p, c_void_p, c_void_p, c_size_t, c_void_p, c_void_p]
instance_new.restype = c_void_p

function_new = _holding.wasmtime_func_new_unchecked
function_new.argtypes = [c_void_p, c_void_p, HostCallback, c_void_p, c_void_p, c_void_p]
function_new.restype = None

set_fuel = _holding.wasmtime_context_set_fuel
set_fuel.argtypes = [c_void_p, c_uint64]
set_fuel.restype = c_void_p

get_fuel = _holding.wasmtime_context_get_fuel
get_fuel.argtypes = [c_void_p, c_void_p]
get_fuel.restype = c_void_p

export_get = _holding.wasmtime_instance_export_get
export_get.argtypes = [c_void_p, c_void_p, c_char_p, c_size_t, c_void_p]
export_get.restype = c_bool

memory_base = _holding.wasmtime_memory_data
memory_base.argtypes = [c_void_p, c_void_p]
memory_base.restype = c_void_p

memory_size = _holding.wasmtime_memory_data_size
memory_size.argtypes = [c_void_p, c_void_p]
memory_size.restype = c_size_t

memory_grow = _holding.wasmtime_memory_grow
memory_grow.argtypes = [c_void_p, c_void_p, c_uint64, c_void_p]
memory_grow.restype = c_void_p

global_get = _holding.wasmtime_global_get
global_get.argtypes = [c_void_p, c_void_p, c_void_p]
global_get.restype = None

global_set = _holding.wasmtime_global_set
global_set.argtypes = [c_void_p, c_void_p, c_void_p]
global_set.restype = c_void_p

table_get = _holding.wasmtime_table_get
table_get.argtypes = [c_void_p, c_void_p, c_uint64, c_void_p]
table_get.restype = c_bool

function_type = _holding.wasmtime_func_type
function_type.argtypes = [c_void_p, c_void_p]
function_type.restype = c_void_p

trap_new = _holding.wasmtime_trap_new
trap_new.argtypes = [c_char_p, c_size_t]
trap_new.restype = c_void_p

trap_delete = _holding.wasm_trap_delete
trap_delete.argtypes = [c_void_p]
trap_delete.restype = None

trap_code = _holding.wasmtime_trap_code
trap_code.argtypes = [c_void_p, c_void_p]
trap_code.restype = c_bool

trap_message = _holding.wasm_trap_message
trap_message.argtypes = [c_void_p, c_void_p]
trap_message.restype = None

trap_trace = _holding.wasm_trap_trace
trap_trace.argtypes = [c_void_p, c_void_p]
trap_trace.restype = None

frame_name = _holding.wasmtime_frame_func_name
frame_name.argtypes = [c_void_p]
frame_name.restype = POINTER(c_api.wasm_byte_vec_t)

frame_index = _holding.wasm_frame_func_index
frame_index.argtypes = [c_void_p]
frame_index.restype = c_uint32

frame_offset = _holding.wasm_frame_module_offset
frame_offset.argtypes = [c_void_p]
frame_offset.restype = c_size_t

frames_delete = _holding.wasm_frame_vec_delete
frames_delete.argtypes = [c_void_p]
frames_delete.restype = None

error_message = _holding.wasmtime_error_message
error_message.argtypes = [c_void_p, c_void_p]
error_message.restype = None

error_trace = _holding.wasmtime_error_wasm_trace
error_trace.argtypes = [c_void_p, c_void_p]
error_trace.restype = None

error_delete = _holding.wasmtime_error_delete
error_delete.argtypes = [c_void_p]
error_delete.restype = None


def take_error(error: int) -> str:
    """The text of a `wasmtime_error_t`, which is freed."""
    message = c_api.wasm_byte_vec_t()
    error_message(error, ctypes.byref(message))
    text = ctypes.string_at(message.data, message.size).decode(errors="replace")
    _ffi.wasm_byte_vec_delete(ctypes.byref(message))
    error_delete(error)
    return text


def take_trap_message(trap: int) -> str:
    """The text of a `wasm_trap_t` without its frames; the trap is freed."""
    message = c_api.wasm_byte_vec_t()
    trap_message(trap, ctypes.byref(message))
    text = ctypes.string_at(message.data, message.size).decode(errors="replace").rstrip("\0")
    _ffi.wasm_byte_vec_delete(ctypes.byref(message))
    trap_delete(trap)
    return text


def address(pointer: object) -> int:
    """The address behind one of the package's typed pointers."""
    return ctypes.cast(pointer, c_void_p).value or 0  # type: ignore[arg-type] # the package types them loosely


def new_engine(*, reference_types: bool = True) -> wasmtime.Engine:
    """An engine that compiles for the replica: metered, deterministic, memories that never move.

    Without reference types it is good for one question only: does a module use tables beyond `call_indirect`.
    """
    config = wasmtime.Config()
    config.consume_fuel = True
    config.cranelift_nan_canonicalization = True
    config.wasm_threads = False
    config.wasm_multi_memory = False
    config.wasm_relaxed_simd = False
    config.wasm_wide_arithmetic = False
    config.wasm_memory64 = True
    config.wasm_tail_call = True
    if not reference_types:
        config.wasm_reference_types = False
    for proposal in ("exceptions", "gc", "function_references", "stack_switching", "custom_page_sizes"):
        setter = getattr(c_api, f"wasmtime_config_wasm_{proposal}_set")
        setter(config.ptr(), False)
    c_api.wasmtime_config_async_stack_size_set(config.ptr(), 2 * MAX_WASM_STACK)
    config.max_wasm_stack = MAX_WASM_STACK
    config.memory_may_move = False
    config.memory_reservation = FOUR_GIB
    config.memory_init_cow = False
    return wasmtime.Engine(config)
