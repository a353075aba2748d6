"""The base module in wasmtime: one interpreter per phase, cut off from time, randomness and the replica."""

import os
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import wasmtime

from canister_runtime.image.reports import Reports, Where
from canister_runtime.image.runtime import Runtime


class Refused(Exception):
    """The canister's source asked for something outside while the image was made; where it stood says `frames`."""

    def __init__(self, function: str, frames: list[Where]) -> None:
        super().__init__(function)
        self.function = function
        self.frames = frames


class ImagingFailed(Exception):
    """The interpreter ended with an exception of Python's, which the reports describe."""


class BaseModule:
    """The compiled base module. Compiling takes seconds, so machine code is kept beside the module."""

    def __init__(self, runtime: Runtime) -> None:
        config = wasmtime.Config()
        config.cranelift_nan_canonicalization = True
        self.engine = wasmtime.Engine(config)
        self.module = _compiled(self.engine, runtime.base_module)

    def start(self, is_library: Callable[[str], bool]) -> "Interpreter":
        """A fresh interpreter; `is_library` tells the standard library's file names from the canister's."""
        return Interpreter(self, is_library)


def _compiled(engine: wasmtime.Engine, base: Path) -> wasmtime.Module:
    kept = base.with_suffix(f".wasmtime-{version('wasmtime')}")
    if kept.exists():
        try:
            return wasmtime.Module.deserialize_file(engine, str(kept))
        except wasmtime.WasmtimeError:
            kept.unlink(missing_ok=True)  # compiled for another processor
    module = wasmtime.Module.from_file(engine, str(base))
    part = kept.with_suffix(f".part-{os.getpid()}")
    part.write_bytes(module.serialize())
    part.replace(kept)
    return module


class Interpreter:
    """One instance. `reports` collects what it writes to the log."""

    def __init__(self, base: BaseModule, is_library: Callable[[str], bool]) -> None:
        self.reports = Reports()
        self._is_library = is_library
        self._running = False
        self._store = wasmtime.Store(base.engine)
        instance = self._linked(base).instantiate(self._store, base.module)
        self._exports: Any = instance.exports(self._store)
        self._memory: Any = self._exports["memory"]
        self._call("_initialize")
        self._call("image_start")
        self._running = True

    def compile_needed(self, archive: bytes) -> bytes:
        """Run the archive's entry from source; the archive of the bytecode that it needed."""
        self._hand_over(archive)
        self._call("image_compile")
        return self._read(self._call("image_bytecode"), self._call("image_bytecode_size"))

    def load(self, archive: bytes) -> bytes:
        """Run the archive's entry from bytecode; the memory afterwards."""
        self._hand_over(archive)
        self._call("image_load")
        return self._read(0, self._memory.data_len(self._store))

    def _hand_over(self, archive: bytes) -> None:
        address = self._call("image_buffer", len(archive))
        self._memory.write(self._store, archive, address)

    def _call(self, function: str, *arguments: int) -> Any:
        return self._exports[function](self._store, *arguments)

    def _read(self, address: int, size: int) -> bytes:
        return bytes(self._memory.read(self._store, address, address + size))

    def _linked(self, base: BaseModule) -> wasmtime.Linker:
        linker = wasmtime.Linker(base.engine)
        offered: dict[str, Callable[..., Any]] = {
            "debug_print": self._debug_print,
            "trap": self._trap,
            "time": self._time,
        }
        for wanted in base.module.imports:
            name = str(wanted.name)
            kind = wanted.type
            if not isinstance(kind, wasmtime.FuncType):
                raise TypeError(f"the base module imports {name}, which is no function")
            linker.define_func(wanted.module, name, kind, offered.get(name) or self._refuser(name))
        return linker

    def _debug_print(self, address: int, size: int) -> None:
        self.reports.lines.append(self._read(address, size).decode(errors="replace"))

    def _trap(self, address: int, size: int) -> None:
        raise ImagingFailed(self._read(address, size).decode(errors="replace"))

    def _time(self) -> int:
        if not self._running:
            return 0
        frames = self._frames()
        # Library modules that note when they were imported (logging) do no harm; on chain nobody could tell anyway.
        if frames and frames[0].is_module_level and self._is_library(frames[0].file):
            return 0
        raise Refused("time", frames)

    def _refuser(self, name: str) -> Callable[..., None]:
        def refuse(*_arguments: int) -> None:
            raise Refused(name, self._frames())

        return refuse

    def _frames(self) -> list[Where]:
        """Where Python is, innermost frame first."""
        aside, self.reports = self.reports, Reports()
        self._call("image_where")
        frames, self.reports = self.reports.frames(), aside
        return frames
