"""Modules compiled from Motoko: `tests/foreign/motoko/*.mo`, by the compiler that npm has, kept in `.cache/motoko`."""

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from candid import Principal

ROOT = Path(__file__).parents[2]
FOREIGN = ROOT / "tests" / "foreign"
_KEPT = ROOT / ".cache" / "motoko"
_IMPORT = re.compile(r'^import \w+ "(\w+)";', re.MULTILINE)
"""An import of a file beside the importing one."""


@dataclass(frozen=True)
class Compiled:
    """A module and its interface (`.did`)."""

    module: bytes
    interface: str


def needs_node() -> None:
    """Skip the test on a machine where `scripts/test` has not prepared Node and its packages."""
    if not (FOREIGN / "node_modules").is_dir():
        pytest.skip("tests/foreign/install prepares Node and its packages")


def from_motoko(name: str, **actors: tuple[Principal, Path]) -> Compiled:
    """Compile `name`.mo; `actors` are canisters that it imports, each with its `.did`. Raises CalledProcessError."""
    needs_node()
    source = FOREIGN / "motoko" / f"{name}.mo"
    named = [f"{alias}={principal}={interface}" for alias, (principal, interface) in actors.items()]
    beside = [source.with_name(f"{name}.mo") for name in _IMPORT.findall(source.read_text())]
    tools = [FOREIGN / "compile.mjs", FOREIGN / "package-lock.json"]
    read = [source, *beside, *tools, *(path for _, path in actors.values())]
    digest = hashlib.sha256("\0".join(str(principal) for principal, _ in actors.values()).encode())
    for path in read:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    kept = _KEPT / f"{name}-{digest.hexdigest()[:24]}"
    if not (kept / f"{name}.did").exists():
        _compile(source, kept, named)
    return Compiled((kept / f"{name}.wasm").read_bytes(), (kept / f"{name}.did").read_text())


def _compile(source: Path, kept: Path, actors: list[str]) -> None:
    """Compile beside, then move: two test processes may want the same module."""
    made = kept.with_suffix(f".{os.getpid()}")
    made.mkdir(parents=True)
    subprocess.run(["node", "compile.mjs", source, made / source.stem, *actors], cwd=FOREIGN, check=True)
    try:
        made.rename(kept)
    except OSError:
        if not kept.exists():
            raise
        shutil.rmtree(made)
