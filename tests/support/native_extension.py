"""C of the runtime that needs no replica, compiled for this machine as modules that tests import.

`$VEX_SANITIZERS` (as `-fsanitize=` takes them) puts gcc's sanitizers in; see scripts/sanitize. With `$VEX_FUZZED` clang
puts its own in and what guides libFuzzer, for a process that has both preloaded; see fuzzing.run.
"""

import importlib.util
import os
import subprocess
import sysconfig
import tempfile
from hashlib import sha256
from importlib.machinery import ExtensionFileLoader
from pathlib import Path
from types import ModuleType

_ROOT = Path(__file__).parents[2]
_SOURCES = _ROOT / "runtime" / "src"
_STAND_INS = Path(__file__).parent / "native"
_BUILT = _ROOT / ".cache" / "native"
_FLAGS = ("-std=c2x", "-O1", "-g", "-fwrapv", "-fPIC", "-Wall", "-Wextra", "-Werror")
_WATCHED = [f"-DPyMem_{name}=PyMem_Raw{name}" for name in ("Malloc", "Calloc", "Realloc", "Free")]
"""Blocks of the C's own come from malloc, which the sanitizer watches; CPython's small ones do not, for speed."""
_QUIET = ("-Wno-unused-parameter", "-Wno-unknown-pragmas", "-Wno-missing-field-initializers", "-Wno-psabi")


def native_extension(name: str, *sources: str, stand_ins: tuple[str, ...] = ()) -> ModuleType:
    """The module `name` from files of runtime/src (patterns), compiled when they changed.

    `stand_ins` are files of support/native, in the place of what talks to the replica. Raises CalledProcessError with
    the compiler's messages on standard error.
    """
    files = [file for source in sources for file in sorted(_SOURCES.glob(source))]
    return extension_in(_compiled(name, [*files, *(_STAND_INS / source for source in stand_ins)]), name)


def extension_in(library: Path, name: str) -> ModuleType:
    """The module `name` of a library, which may hold several that share their types. Raises ImportError."""
    spec = importlib.util.spec_from_file_location(name, library, loader=ExtensionFileLoader(name, str(library)))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _compiled(name: str, files: list[Path]) -> Path:
    headers = sorted(_SOURCES.rglob("*.h"))
    folders = (f"-I{sysconfig.get_paths()['include']}", f"-I{_SOURCES}")
    command = [*_compiler(), *_FLAGS, *_QUIET, *folders]
    content = b"\0".join([" ".join(map(str, [*command, *files])).encode(), *_contents([*files, *headers])])
    library = _BUILT / sha256(content).hexdigest()[:16] / f"{name}.so"
    if not library.exists():
        library.parent.mkdir(parents=True, exist_ok=True)
        part = library.with_suffix(f".{os.getpid()}")
        with tempfile.TemporaryDirectory() as objects:
            subprocess.run([*command, "-c", *map(str, files)], check=True, cwd=objects)
            parts = [str(Path(objects, file.stem + ".o")) for file in files]
            subprocess.run(["gcc", "-shared", *_linked(), *parts, "-o", str(part)], check=True)
        part.replace(library)
    return library


def _contents(files: list[Path]) -> list[bytes]:
    return [file.read_bytes() for file in files]


def _compiler() -> list[str]:
    if os.environ.get("VEX_FUZZED"):
        return ["clang-16", "-fsanitize=address,undefined,fuzzer-no-link", "-fno-sanitize-recover=all", *_WATCHED]
    return ["gcc", *_linked(), "-fno-sanitize-recover=all"] if _linked() else ["gcc"]


def _linked() -> list[str]:
    wanted = os.environ.get("VEX_SANITIZERS")
    return [f"-fsanitize={wanted}"] if wanted else []
