"""Where a canister's imports are looked for, in the order of Kybra's build command (`kybra/__main__.py`)."""

import site
import sys
import sysconfig
from pathlib import Path

PROJECT_MARKS = ("dfx.json", "pyproject.toml")


def project_root(entry_file: Path) -> Path:
    """The directory that dfx would run Kybra in: the nearest one above the entry with a project file.

    Without such a file it is the current directory.
    """
    for folder in entry_file.resolve().parents:
        if any((folder / mark).is_file() for mark in PROJECT_MARKS):
            return folder
    return Path.cwd()


def search_path(entry_file: Path) -> tuple[str, ...]:
    """The project root, what `sys.path` holds below it, the entry's directory, site-packages.

    An editable install or `PYTHONPATH=src` puts a project's `src` on `sys.path`, which is how its packages are found.
    The standard library is never among them: the canister has its own.
    """
    root = project_root(entry_file)
    below = [entry for entry in sys.path if Path(entry).is_relative_to(root)]
    entry_folder = str(entry_file.resolve().parent)
    wanted = dict.fromkeys([str(root), *below, entry_folder, *site.getsitepackages()])
    return tuple(entry for entry in wanted if entry not in _standard_library())


def _standard_library() -> set[str]:
    folders = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    return folders | {f"{folder}/lib-dynload" for folder in folders}
