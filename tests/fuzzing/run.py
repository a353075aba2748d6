"""Fuzzes one target: `python -m fuzzing.run TARGET CORPUS [libFuzzer's options]`; a find ends it with a traceback.

The corpus is a folder: seeds are put there first, and what libFuzzer learns is kept there for the next run.

For a target in C the process starts itself again with the library preloaded that comes with Atheris: libFuzzer with
the address and undefined-behaviour sanitizers.
"""

import importlib
import os
import sys
from collections.abc import Callable
from hashlib import sha1
from pathlib import Path

import atheris

from fuzzing.native_targets import NATIVE_TARGETS
from fuzzing.targets import INSTRUMENTED, TARGETS

PRELOADED = "asan_with_fuzzer.so"
ASAN_OPTIONS = "detect_leaks=0:malloc_context_size=1:quarantine_size_mb=32"
"""CPython leaks by design at exit; whole stacks of each allocation took half of the time."""


def plant(name: str, corpus: Path) -> None:
    """Put the target's seeds into its corpus, each under its hash as libFuzzer names them."""
    from fuzzing.seeds import SEEDS  # what it imports must have been instrumented before

    corpus.mkdir(parents=True, exist_ok=True)
    for seed in SEEDS[name]():
        (corpus / sha1(seed, usedforsecurity=False).hexdigest()).write_bytes(seed)


def instrumented(name: str) -> Callable[[bytes], None]:
    """The target, with the packages instrumented whose branches guide it."""
    with atheris.instrument_imports(include=INSTRUMENTED[name]):
        for package in INSTRUMENTED[name]:
            importlib.import_module(package)
        return TARGETS[name]()


def restart_for_c() -> None:
    """Become the same command with sanitizers and libFuzzer in the process."""
    environment = os.environ | {
        "LD_PRELOAD": str(Path(atheris.path(), PRELOADED)),
        "VEX_FUZZED": "1",
        "ASAN_OPTIONS": ASAN_OPTIONS,
    }
    os.execve(sys.executable, [sys.executable, "-m", "fuzzing.run", *sys.argv[1:]], environment)  # noqa: S606


def main() -> None:
    """Run libFuzzer over the named target; its options (`-runs=…`, a corpus folder) follow the name."""
    name, folder, *options = sys.argv[1:]
    if name in NATIVE_TARGETS and "VEX_FUZZED" not in os.environ:
        restart_for_c()
    run = TARGETS[name]() if name in NATIVE_TARGETS else instrumented(name)
    plant(name, Path(folder))
    atheris.Setup([sys.argv[0], *options, folder], run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
