"""What the reader found in canisters that were loaded before: a test loads the same source again and again."""

from pathlib import Path

from canister_runtime.source.reading import Reading, entry_file_of, read_canister

_Stamp = tuple[tuple[str, int], ...]

_readings: dict[Path, tuple[_Stamp, Reading]] = {}


def reading_of(source: Path) -> Reading:
    """The reading of a folder with `main.py`, or of an entry file; made anew when one of its files has changed."""
    entry = entry_file_of(source).resolve()
    known = _readings.get(entry)
    if known is not None and known[0] == _stamp(known[1]):
        return known[1]
    reading = read_canister(entry)
    _readings[entry] = (_stamp(reading), reading)
    return reading


def _stamp(reading: Reading) -> _Stamp:
    """The bundle's files with their times of change; an absent one has none."""
    paths = [module.path for module in reading.bundle.modules]
    return tuple((str(path), path.stat().st_mtime_ns if path.is_file() else 0) for path in paths)
