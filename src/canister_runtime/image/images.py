"""Built images, and those that were built before of the same sources."""

import gzip
import json
import os
from dataclasses import dataclass
from pathlib import Path

MOST_KEPT = 60


@dataclass(frozen=True, slots=True)
class Image:
    """A built canister. Sizes in bytes, `seconds` as it took; `printed` is what its modules printed when imported."""

    module: bytes
    gzipped: bytes
    did: str
    heap: int
    segments: int
    printed: tuple[str, ...]
    seconds: float = 0.0


class KeptImages:
    """Images in a folder, by key; the oldest go when there are more than `MOST_KEPT`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: str) -> Image | None:
        """The image kept under this key."""
        module, description = self._files(key)
        try:
            gzipped = module.read_bytes()
            facts = json.loads(description.read_text())
        except FileNotFoundError:
            return None
        module.touch()
        printed = tuple(facts["printed"])
        return Image(gzip.decompress(gzipped), gzipped, facts["did"], facts["heap"], facts["segments"], printed)

    def keep(self, key: str, image: Image) -> None:
        """Keep an image. Another process may do the same at the same time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        module, description = self._files(key)
        facts = {"did": image.did, "heap": image.heap, "segments": image.segments, "printed": image.printed}
        _write(description, json.dumps(facts).encode())
        _write(module, image.gzipped)
        self._drop_oldest()

    def _files(self, key: str) -> tuple[Path, Path]:
        return self._folder / f"{key}.wasm.gz", self._folder / f"{key}.json"

    def _drop_oldest(self) -> None:
        modules = sorted(self._folder.glob("*.wasm.gz"), key=lambda file: file.stat().st_mtime)
        for module in modules[:-MOST_KEPT]:
            module.unlink(missing_ok=True)
            self._files(module.name.removesuffix(".wasm.gz"))[1].unlink(missing_ok=True)


def _write(file: Path, content: bytes) -> None:
    part = file.with_name(f"{file.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(file)
