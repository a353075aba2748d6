"""The base module that `runtime/build` leaves in the cache, and what it was made of."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from canister_runtime.image.errors import RuntimeMissing

CACHE = Path(__file__).parents[3] / ".cache" / "runtime" / "current"


@dataclass(frozen=True, slots=True)
class Runtime:
    """A built runtime. `hash` is that of its inputs, `cpython` the version of the distribution's source package."""

    folder: Path
    hash: str
    cpython: str
    zlib: str
    clang: str
    sha256: str

    @property
    def base_module(self) -> Path:
        """CPython and the shim, before any image."""
        return self.folder / "base.wasm"

    @property
    def library(self) -> Path:
        """The standard library's sources, patched as the distribution patches them."""
        return self.folder / "lib"


def find_runtime() -> Runtime:
    """The runtime of this checkout, or the folder that $CANISTER_RUNTIME names.

    Raises RuntimeMissing when none has been built.
    """
    folder = Path(os.environ.get("CANISTER_RUNTIME", CACHE))
    try:
        found = json.loads((folder / "runtime.json").read_text())
    except FileNotFoundError:
        raise RuntimeMissing(f"no runtime in {folder}: run scripts/install (or runtime/build)") from None
    return Runtime(folder.resolve(), found["hash"], found["cpython"], found["zlib"], found["clang"], found["sha256"])
