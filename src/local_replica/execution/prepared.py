"""Rewritten modules kept on disk beside their compiled code: a module in here was checked and needs no second look."""

import contextlib
import hashlib
import pickle
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from local_replica.execution.checked_files import read_checked, write_checked
from local_replica.execution.instrumentation import Instrumented


@cache
def _rules() -> bytes:
    """Digest of the code that checks and rewrites modules: what other code made is of no use."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()


@dataclass(frozen=True, slots=True)
class PreparedModules:
    """Files in `directory` (None: nothing is kept), by digest of the module as it was installed."""

    directory: Path | None

    def get(self, digest: bytes) -> Instrumented | None:
        """The module rewritten, where a process has kept it and the file is whole."""
        path = self._path(digest)
        content = read_checked(path) if path is not None else None
        if content is None:
            return None
        source: Instrumented = pickle.loads(content)  # noqa: S301 - written by `put`, and as private as compiled code
        return source

    def put(self, digest: bytes, source: Instrumented) -> None:
        """Keep a module that was checked, where that can be written."""
        path = self._path(digest)
        if path is not None:
            with contextlib.suppress(OSError):
                write_checked(path, pickle.dumps(source, pickle.HIGHEST_PROTOCOL))

    def _path(self, digest: bytes) -> Path | None:
        if self.directory is None:
            return None
        return self.directory / f"{hashlib.sha256(_rules() + digest).hexdigest()}.module"
