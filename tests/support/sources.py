"""Canister sources for the checker's tests: files written into a folder of their own, then read."""

from pathlib import Path

from canister_runtime.source.reading import Reading, read_canister


def read_sources(folder: Path, files: str | dict[str, str]) -> Reading:
    """Write `files` (or one main.py) below `folder`, with a project mark, and read the canister there."""
    sources = {"main.py": files} if isinstance(files, str) else files
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text("")
    for name, text in sources.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return read_canister(folder)
