"""Fuzzes one target: `python -m fuzzing.run TARGET CORPUS [libFuzzer's options]`; a find ends it with a traceback.

The corpus is a folder: seeds are put there first, and what libFuzzer learns is kept there for the next run.
"""

import importlib
import sys
from hashlib import sha1
from pathlib import Path

import atheris

from fuzzing.targets import INSTRUMENTED, TARGETS


def plant(name: str, corpus: Path) -> None:
    """Put the target's seeds into its corpus, each under its hash as libFuzzer names them."""
    from fuzzing.seeds import SEEDS  # what it imports must have been instrumented before

    corpus.mkdir(parents=True, exist_ok=True)
    for seed in SEEDS[name]():
        (corpus / sha1(seed, usedforsecurity=False).hexdigest()).write_bytes(seed)


def main() -> None:
    """Run libFuzzer over the named target; its options (`-runs=…`, a corpus folder) follow the name."""
    name, folder, *options = sys.argv[1:]
    with atheris.instrument_imports(include=INSTRUMENTED[name]):
        for package in INSTRUMENTED[name]:
            importlib.import_module(package)
        run = TARGETS[name]()
    plant(name, Path(folder))
    atheris.Setup([sys.argv[0], *options, folder], run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
