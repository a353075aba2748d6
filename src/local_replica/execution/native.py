"""The C beside this package, compiled once a machine: what it does needs no interpreter lock.

Where there is no C compiler everything goes through Python, with the same outcome.
"""

import ctypes
import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
from ctypes import POINTER, c_bool, c_int, c_int64, c_uint64, c_void_p
from functools import cache
from pathlib import Path

from local_replica.execution.checked_files import read_checked, write_checked
from local_replica.execution.code_cache import code_cache
from local_replica.execution.engine import HostCallback

CALLS = frozenset(("stable_read", "stable_write", "stable64_read", "stable64_write", "time"))
"""System calls that C answers."""
_FOLDER = Path(__file__).parent / "c"
_COMPILERS = ("cc", "gcc", "clang", "clang-16")
_MORE_OPTIONS = "LOCAL_REPLICA_CFLAGS"
"""Environment variable with options of the compiler. Not `CFLAGS`: what others compile with may not load here."""
_OPTIONS = ("-std=c17", "-O2", "-shared", "-fPIC")


class NativeState(ctypes.Structure):
    """`State` in `host_calls.c`: an instance's memories and the message at hand."""

    _fields_ = (
        ("heap", c_void_p),
        ("heap_size", c_uint64),
        ("stable", c_void_p),
        ("stable_size", c_uint64),
        ("high", c_uint64),
        ("committed_high", c_uint64),
        ("touched", c_void_p),
        ("pages", POINTER(c_uint64)),
        ("count", c_uint64),
        ("room", c_uint64),
        ("saved", c_void_p),
        ("saved_count", c_uint64),
        ("saved_room", c_uint64),
        ("charged", c_int64),
        ("settle_at", c_int64),
        ("time", c_uint64),
        ("has_time", c_uint64),
        ("accessed", c_void_p),
        ("accessed_count", c_uint64),
        ("first_accessed", c_uint64),
        ("end_accessed", c_uint64),
        ("page_limit", c_uint64),
    )


class Run(ctypes.Structure):
    """`Run` in `pages.c`: offsets in bytes."""

    _fields_ = (("start", c_uint64), ("end", c_uint64))


class Changes(ctypes.Structure):
    """`Changes` in `pages.c`: what a message did to one memory."""

    _fields_ = (
        ("runs", POINTER(Run)),
        ("run_count", c_uint64),
        ("run_room", c_uint64),
        ("changed", POINTER(c_uint64)),
        ("changed_count", c_uint64),
        ("changed_room", c_uint64),
        ("private_bytes", c_uint64),
    )


class NativeImport(ctypes.Structure):
    """`Import` in `host_calls.c`: what a system call is about, and who answers when C does not."""

    _fields_ = (("state", POINTER(NativeState)), ("python", HostCallback))


class HostCalls:
    """The compiled functions. They keep the interpreter lock when Python calls them, and need none from wasmtime."""

    def __init__(self, path: Path) -> None:
        library = ctypes.PyDLL(str(path))
        state = POINTER(NativeState)
        self.copy_from = library.stable_copy_from
        self.copy_from.argtypes = [state, c_void_p, c_uint64, c_uint64]
        self.copy_from.restype = c_int64
        self.access = library.stable_access
        self.access.argtypes, self.access.restype = [state, c_uint64, c_uint64], c_bool
        self.commit = library.stable_commit
        self.rollback = library.stable_rollback
        self.free = library.stable_free
        for function in (self.commit, self.rollback, self.free):
            function.argtypes, function.restype = [state], None
        changes = POINTER(Changes)
        self.find = library.pages_find
        self.find_aside = ctypes.CDLL(str(path)).pages_find
        """The same without the interpreter's lock."""
        for search in (self.find, self.find_aside):
            search.argtypes = [changes, c_int, c_void_p, c_void_p, c_uint64, c_uint64]
            search.restype = c_int
        self.keep, self.undo, self.free_changes = library.pages_keep, library.pages_undo, library.pages_free
        for copy in (self.keep, self.undo):
            copy.argtypes, copy.restype = [changes, c_void_p, c_void_p], None
        self.free_changes.argtypes, self.free_changes.restype = [changes], None
        self._addresses = {name: ctypes.cast(getattr(library, f"call_{name}"), c_void_p).value for name in CALLS}

    def callback(self, name: str) -> object:
        """The function that wasmtime calls for a system call of `CALLS`; its environment is a `NativeImport`."""
        return HostCallback(self._addresses[name] or 0)


@cache
def host_calls() -> HostCalls | None:
    """The functions, compiled now if they never were; None without a compiler, or where nothing can be written."""
    options = (*_OPTIONS, *shlex.split(os.environ.get(_MORE_OPTIONS, "")))
    source = b"".join(path.read_bytes() for path in sorted(_FOLDER.iterdir()))
    path = code_cache() / f"native-{hashlib.sha256(repr(options).encode() + source).hexdigest()[:32]}.so"
    try:
        if read_checked(path) is None:
            write_checked(path, _compiled(options))
        return HostCalls(path)
    except (OSError, subprocess.SubprocessError):
        return None


def _compiled(options: tuple[str, ...]) -> bytes:
    """A shared library of all that lies in the folder. Raises OSError, SubprocessError."""
    compiler = next(filter(None, map(shutil.which, _COMPILERS)), None)
    if compiler is None:
        raise FileNotFoundError("no C compiler")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "native.so"
        command = [compiler, *options, *map(str, sorted(_FOLDER.glob("*.c"))), "-o", str(target)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        return target.read_bytes()
