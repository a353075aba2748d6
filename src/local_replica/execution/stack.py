"""Modules run on the calling thread's own stack, so it must have room for what a module may use."""

import ctypes
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from local_replica.execution.engine import MAX_WASM_STACK

T = TypeVar("T")

_NEEDED = MAX_WASM_STACK + (2 << 20)
_ROOMY = 4 * MAX_WASM_STACK

_libc = ctypes.PyDLL(None)
_local = threading.local()
_lock = threading.Lock()
_roomy: ThreadPoolExecutor | None = None


def has_room() -> bool:
    """Whether this thread may run modules itself. Measured once a thread."""
    room: bool | None = getattr(_local, "room", None)
    if room is None:
        room = _local.room = _stack_size() >= _NEEDED
    return room


def _stack_size() -> int:
    attributes = (ctypes.c_char * 128)()
    address, size = ctypes.c_void_p(), ctypes.c_size_t()
    _libc.pthread_self.restype = ctypes.c_void_p
    if _libc.pthread_getattr_np(ctypes.c_void_p(_libc.pthread_self()), attributes):
        return 0
    _libc.pthread_attr_getstack(attributes, ctypes.byref(address), ctypes.byref(size))
    _libc.pthread_attr_destroy(attributes)
    return size.value


def run_with_room(work: Callable[[], T]) -> T:
    """Run `work` here, or on a thread of our own with a larger stack."""
    if has_room():
        return work()
    return roomy_threads().submit(work).result()


def roomy_threads() -> ThreadPoolExecutor:
    """Threads that have room, one for each processor; made when first needed, one pool a process."""
    global _roomy  # noqa: PLW0603 - the one
    with _lock:
        if _roomy is None:
            _roomy = _started(max(1, os.cpu_count() or 1))
        return _roomy


def _started(count: int) -> ThreadPoolExecutor:
    """A pool whose threads all run already: the size of their stacks is that of the moment they begin."""
    previous = threading.stack_size(_ROOMY)
    try:
        pool = ThreadPoolExecutor(max_workers=count, thread_name_prefix="wasm")
        together = threading.Barrier(count)
        for begun in [pool.submit(together.wait) for _ in range(count)]:
            begun.result()
    finally:
        threading.stack_size(previous)
    return pool
