"""The modules that recordings install: files beside them, hexadecimal bytes, text, or text made by repetition."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.small_modules import compiled

RECORDINGS = Path(__file__).parent.parent / "fixtures" / "replica-recordings"


def recorded_module(subject: str, step: dict[str, Any], read: Callable[[str], bytes]) -> bytes:
    """The module of an install_code step; `read` makes bytes of the recording's way to write them."""
    if "module" in step:
        return (RECORDINGS / subject / step["module"]).with_suffix(".wasm").read_bytes()
    if "wasm" in step:
        return read(step["wasm"])
    if "wat" in step:
        return compiled(step["wat"])
    made = step["wat_generate"]
    repeated = "".join(made["repeat"].replace("#", str(index)) for index in range(made["count"]))
    return compiled(made["prefix"] + repeated + made["suffix"])
