"""Turns what went wrong in the interpreter into one line with a place in the canister's source."""

from collections.abc import Mapping
from pathlib import Path

from canister_runtime.image.errors import ImageError
from canister_runtime.image.interpreter import Refused
from canister_runtime.image.offered import CANISTER
from canister_runtime.image.reports import Reports, Where

ASKED_FOR = {
    "time": "reads the clock",
    "stable64_size": "measures stable memory",
    "stable64_write": "writes stable memory",
    "stable64_read": "reads stable memory",
    "stable64_grow": "grows stable memory",
}

NO_FILES = "[Errno 76]"
"""What wasi-libc answers to a path, since no folder is open."""

MAP_FUNCTION = "'stable_b_tree_map_"
"""Of the object that maps call; it has them once the canister is wired, after the source has run."""

Files = Mapping[str, Path]
"""Files on this machine by the name that tracebacks show."""


def refusal(refused: Refused, files: Files) -> ImageError:
    """The source asked the replica for something, where there is none yet."""
    what = ASKED_FOR.get(refused.function, f"calls ic0.{refused.function}")
    return _too_early(refused.frames, files, what)


def failure(reports: Reports, fallback: str, files: Files) -> ImageError:
    """The source raised an exception while it was imported."""
    name, text = reports.exception() or ("", fallback)
    if name == "AttributeError" and MAP_FUNCTION in text:
        return _too_early(list(reversed(reports.traceback())), files, "uses a StableBTreeMap")
    if NO_FILES in text:
        return _at(list(reversed(reports.traceback())), files, f"{name}: {text}; a canister has no files")
    if name == "ModuleNotFoundError":
        text += " on chain (neither in the canister's standard library nor in its bundle)"
    return _at(list(reversed(reports.traceback())), files, f"{name}: {text}" if name else text)


def missing(reports: Reports, files: Files) -> ImageError | None:
    """The first import inside a function that would fail on chain."""
    for where, text in reports.missing():
        return _at([where], files, f"{text} on chain; an import that may fail belongs into try … except ImportError")
    return None


def _too_early(frames: list[Where], files: Files, what: str) -> ImageError:
    return _at(frames, files, f"{what} while the image is made; do that in init, or in a method")


def _at(frames: list[Where], files: Files, what: str) -> ImageError:
    """An error at the innermost frame that is the canister's own, or else at the innermost one."""
    own = [frame for frame in frames if frame.file.startswith(CANISTER)]
    if not frames:
        return ImageError(what)
    place = (own or frames)[0]
    return ImageError(what, str(files.get(place.file, place.file)), place.line)
