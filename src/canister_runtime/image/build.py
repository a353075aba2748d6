"""Builds a canister's module: `build(reading, base, runtime)`."""

import gzip
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from canister_runtime.image import offered
from canister_runtime.image.archive import Entry, Wish, encode, instructions
from canister_runtime.image.errors import ImageError
from canister_runtime.image.failures import Files, failure, missing, refusal
from canister_runtime.image.interpreter import BaseModule, ImagingFailed, Interpreter, Refused
from canister_runtime.image.module import write_module
from canister_runtime.image.runtime import Runtime
from canister_runtime.image.wishes import wishes_of
from canister_runtime.source.did import did_text
from canister_runtime.source.exports import export_names
from canister_runtime.source.model import CanisterModel
from canister_runtime.source.modules import BundledModule
from canister_runtime.source.reading import Reading

ENTRY_MODULE = "_canister"
"""Name of the generated module by which the interpreter enters the canister."""

LENIENT_PACKAGES = ("kybra",)
"""Packages whose functions import what only their build needs."""


@dataclass(frozen=True, slots=True)
class Image:
    """A built canister. Sizes in bytes, `seconds` as it took to build; `printed` is what its modules printed."""

    module: bytes
    gzipped: bytes
    did: str
    heap: int
    segments: int
    printed: tuple[str, ...]
    seconds: float


def build(reading: Reading, base: BaseModule, runtime: Runtime) -> Image:
    """The image of a canister whose source was read without problems.

    Raises ImageError with what stands in the way, in one line.
    """
    started = time.monotonic()
    if reading.model is None:
        raise ImageError(str(reading.problems[0]))
    names = export_names(reading.model)
    check_methods(names)
    own = offered.canister(reading.bundle.modules)
    imaging = _Imaging(base, reading, entry_source(reading.model))
    bytecode = imaging.compile(runtime, own)
    memory = imaging.load(bytecode)
    did = did_text(reading.model)
    written = write_module(runtime.base_module.read_bytes(), memory, names, metadata(did, runtime, own))
    return Image(
        module=written.module,
        gzipped=gzip.compress(written.module, 9, mtime=0),
        did=did,
        heap=len(memory),
        segments=written.segments,
        printed=tuple(imaging.printed),
        seconds=time.monotonic() - started,
    )


def entry_source(model: CanisterModel) -> str:
    """The generated module: the model, and the host's start."""
    return (
        "from candid.types import *\n"
        "from canister_runtime.source.model import *\n"
        "from canister_runtime.host.boot import start\n"
        f"dispatch, callback = start({model!r})\n"
    )


def check_methods(names: tuple[str, ...]) -> None:
    """Raises ImageError when two exported methods have the same name (interface specification, "Canister modules")."""
    seen: dict[str, str] = {}
    for export in names:
        kind, _, method = export.partition(" ")
        if method and method in seen:
            raise ImageError(f"the method {method} is exported twice, as {seen[method]} and as {kind}")
        seen[method] = kind


def metadata(did: str, runtime: Runtime, own: list[Entry]) -> dict[str, bytes]:
    """Custom sections: the interface, which runtime it is, a hash of the canister's own source."""
    digest = hashlib.sha256(encode(sorted(own, key=lambda entry: entry.name))).hexdigest()
    return {
        "icp:public candid:service": did.encode(),
        "icp:public canister:runtime": f"CPython {runtime.cpython}, runtime {runtime.hash}".encode(),
        "icp:private canister:source": digest.encode(),
    }


class _Imaging:
    """The two phases. Bytecode comes from a first interpreter, so that the second one's memory holds no compiler's waste."""

    def __init__(self, base: BaseModule, reading: Reading, entry: str) -> None:
        self.printed: list[str] = []
        self._base = base
        self._modules = reading.bundle.modules
        self._files: Files = {offered.file_name(module): _shown(module.path) for module in self._modules}
        self._entry = Entry(ENTRY_MODULE, f"{offered.RUNTIME}/{ENTRY_MODULE}.py", "", entry.encode())
        self._orders = instructions(ENTRY_MODULE, _wishes(self._modules))

    def compile(self, runtime: Runtime, own: list[Entry]) -> bytes:
        """Bytecode of every module that the canister needs."""
        others = [*offered.library(runtime), *offered.host()]
        offered.check_names(own, others)
        modules = list(offered.with_parents([*others, *own, self._entry]))
        archive = encode([*modules, *self._orders])
        return self._run(lambda interpreter: interpreter.compile_needed(archive))

    def load(self, bytecode: bytes) -> bytes:
        """The memory after the canister's imports."""
        archive = bytecode + encode(self._orders)
        self.printed.clear()
        return self._run(lambda interpreter: interpreter.load(archive))

    def _run(self, phase: Callable[[Interpreter], bytes]) -> bytes:
        interpreter = self._base.start(lambda file: file.startswith(offered.LIBRARY))
        try:
            result = phase(interpreter)
        except Refused as refused:
            raise refusal(refused, self._files) from refused
        except ImagingFailed as failed:
            raise failure(interpreter.reports, str(failed), self._files) from failed
        self.printed += interpreter.reports.printed()
        absent = missing(interpreter.reports, self._files)
        if absent is not None:
            raise absent
        return result


def _wishes(modules: tuple[BundledModule, ...]) -> list[Wish]:
    wishes = (
        wish
        for module in modules
        for wish in wishes_of(module, lenient=module.name.partition(".")[0] in LENIENT_PACKAGES)
    )
    return list(dict.fromkeys(wishes))


def _shown(path: Path) -> Path:
    """A path as a reader in the current folder would write it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
