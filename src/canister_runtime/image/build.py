"""Builds a canister's module: `build_canister(folder)`."""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from deflate import gzip_compress

from canister_runtime.host.profiling import PROFILE_EXPORTS
from canister_runtime.image import offered
from canister_runtime.image.archive import Entry, Wish, encode, instructions
from canister_runtime.image.errors import ImageError
from canister_runtime.image.failures import Files, failure, missing, refusal
from canister_runtime.image.images import Image, KeptImages
from canister_runtime.image.interpreter import BaseModule, ImagingFailed, Interpreter, Refused
from canister_runtime.image.keeps import host_parts, is_kybra, kept
from canister_runtime.image.module import write_module
from canister_runtime.image.runtime import Runtime, find_runtime
from canister_runtime.image.wishes import wishes_of
from canister_runtime.source.did import did_text
from canister_runtime.source.exports import export_names
from canister_runtime.source.model import CanisterModel
from canister_runtime.source.modules import BundledModule
from canister_runtime.source.reading import Reading, read_canister

ENTRY_MODULE = "_canister"
"""Name of the generated module by which the interpreter enters the canister."""

KEPT_IMAGES = Path(__file__).parents[3] / ".cache" / "canisters"

SMALLEST = 12
"""libdeflate's level that looks longest for matches; two seconds for a module."""


def build(reading: Reading, runtime: Runtime, keep: Path = KEPT_IMAGES, *, profiled: bool = False) -> Image:
    """The image of a canister that was read; one that was made of the same before comes out of the folder `keep`.

    `profiled`: it counts what its functions take (docs/reference/profile.md).
    Raises ImageError with what stands in the way, in one line.
    """
    started = time.monotonic()
    if reading.model is None:
        raise ImageError(str(reading.problems[0]))
    if "kybra" not in reading.bundle.by_name:
        raise ImageError("it imports nothing of kybra, so it is no canister", str(reading.bundle.entry))
    check_methods(export_names(reading.model))
    imaging = _Imaging(reading, reading.model, runtime, profiled=profiled)
    images = KeptImages(keep)
    key = imaging.key()
    image = images.find(key)
    if image is None:
        image = imaging.image()
        images.keep(key, image)
    return replace(image, seconds=time.monotonic() - started)


def build_canister(source: Path, *, profiled: bool = False) -> Image:
    """The image of the canister in a folder (or behind an entry file), built before or now.

    Raises ImageError with what stands in the way, FileNotFoundError where there is no entry, RuntimeMissing.
    """
    runtime = find_runtime()
    return build(read_canister(source), runtime, profiled=profiled)


def entry_source(model: CanisterModel, imports: Iterable[str] = (), *, profiled: bool = False) -> str:
    """The generated module: the model, parts of the host that the source asks for, and the host's start."""
    return (
        "from candid.types import *\n"
        "from canister_runtime.source.model import *\n"
        "from canister_runtime.host.boot import start\n"
        + "".join(f"import {name}\n" for name in imports)
        + f"dispatch, callback, entries = start({model!r}, profiled={profiled})\n"
    )


def profiled_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """The exports of a module built for profiling: queries are updates, since what a query changes is forgotten."""
    kept = (name.replace("canister_query ", "canister_update ") for name in names)
    return (*kept, *PROFILE_EXPORTS)


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
    """The two phases: bytecode comes from a first interpreter, the memory from one that never compiled."""

    def __init__(self, reading: Reading, model: CanisterModel, runtime: Runtime, *, profiled: bool) -> None:
        modules = reading.bundle.modules
        self._runtime = runtime
        self._base = BaseModule(runtime)
        self._own = offered.canister(modules)
        self._files: Files = {offered.file_name(module): _shown(module.path) for module in modules}
        self._orders = instructions(ENTRY_MODULE, _wishes(modules), kept(modules))
        self._names = profiled_names(export_names(model)) if profiled else export_names(model)
        self._did = did_text(model)
        self._archive = self._offered(entry_source(model, host_parts(modules), profiled=profiled))

    def key(self) -> str:
        """A hash of all that goes into the image: sources, runtime, this builder."""
        builder = b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))
        parts = (self._archive, repr(self._names).encode(), self._did.encode(), self._runtime.hash.encode(), builder)
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()

    def image(self) -> Image:
        """Run both phases and write the module."""
        bytecode, _ = self._run(lambda interpreter: interpreter.compile_needed(self._archive))
        memory, printed = self._run(lambda interpreter: interpreter.load(bytecode + encode(self._orders)))
        sections = metadata(self._did, self._runtime, self._own)
        written = write_module(self._runtime.base_module.read_bytes(), memory, self._names, sections)
        gzipped = bytes(gzip_compress(written.module, SMALLEST))
        return Image(written.module, gzipped, self._did, len(memory), written.segments, printed)

    def _offered(self, entry: str) -> bytes:
        others = [*offered.library(self._runtime), *offered.host()]
        own = offered.not_there_yet(self._own, others)
        start = Entry(ENTRY_MODULE, f"{offered.RUNTIME}/{ENTRY_MODULE}.py", "", entry.encode())
        return encode([*offered.with_parents([*others, *own, start]), *self._orders])

    def _run(self, phase: Callable[[Interpreter], bytes]) -> tuple[bytes, tuple[str, ...]]:
        interpreter = self._base.start(lambda file: file.startswith(offered.LIBRARY))
        try:
            result = phase(interpreter)
        except Refused as refused:
            raise refusal(refused, self._files) from refused
        except ImagingFailed as failed:
            raise failure(interpreter.reports, str(failed), self._files) from failed
        absent = missing(interpreter.reports, self._files)
        if absent is not None:
            raise absent
        return result, tuple(interpreter.reports.printed())


def _wishes(modules: tuple[BundledModule, ...]) -> list[Wish]:
    wishes = (wish for module in modules for wish in wishes_of(module, lenient=is_kybra(module)))
    return list(dict.fromkeys(wishes))


def _shown(path: Path) -> Path:
    """A path as a reader in the current folder would write it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
