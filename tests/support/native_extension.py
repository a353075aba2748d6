"""C of the runtime that needs no replica, compiled for this machine as modules that tests import.

`$VEX_SANITIZERS` (as `-fsanitize=` takes them) puts the compiler's sanitizers in; see scripts/sanitize.
"""

import importlib.util
import os
import subprocess
import sysconfig
from hashlib import sha256
from importlib.machinery import ExtensionFileLoader
from pathlib import Path
from types import ModuleType

_ROOT = Path(__file__).parents[2]
_SOURCES = _ROOT / "runtime" / "src"
_STAND_INS = Path(__file__).parent / "native"
_BUILT = _ROOT / ".cache" / "native"
_FLAGS = ("-std=c2x", "-O1", "-g", "-fwrapv", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror")
_QUIET = ("-Wno-unused-parameter", "-Wno-unknown-pragmas", "-Wno-missing-field-initializers", "-Wno-psabi")


def native_extension(name: str, *sources: str, stand_ins: tuple[str, ...] = ()) -> ModuleType:
    """The module `name` from files of runtime/src (patterns), compiled when they changed.

    `stand_ins` are files of support/native, in the place of what talks to the replica. Raises CalledProcessError with
    the compiler's messages on standard error.
    """
    files = [file for source in sources for file in sorted(_SOURCES.glob(source))]
    library = _compiled(name, [*files, *(_STAND_INS / source for source in stand_ins)])
    spec = importlib.util.spec_from_file_location(name, library, loader=ExtensionFileLoader(name, str(library)))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _compiled(name: str, files: list[Path]) -> Path:
    headers = sorted(_SOURCES.rglob("*.h"))
    folders = (f"-I{sysconfig.get_paths()['include']}", f"-I{_SOURCES}")
    command = ["gcc", *_FLAGS, *_QUIET, *_sanitizers(), *folders, *map(str, files)]
    content = b"\0".join([" ".join(command).encode(), *(file.read_bytes() for file in [*files, *headers])])
    library = _BUILT / sha256(content).hexdigest()[:16] / f"{name}.so"
    if not library.exists():
        library.parent.mkdir(parents=True, exist_ok=True)
        part = library.with_suffix(f".{os.getpid()}")
        subprocess.run([*command, "-o", str(part)], check=True)
        part.replace(library)
    return library


def _sanitizers() -> list[str]:
    wanted = os.environ.get("VEX_SANITIZERS")
    return [f"-fsanitize={wanted}", "-fno-sanitize-recover=all"] if wanted else []
