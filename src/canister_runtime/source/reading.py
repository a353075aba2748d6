"""One canister read from its source: the bundle, what is wrong with it, and the model when nothing is."""

from dataclasses import dataclass
from pathlib import Path

from canister_runtime.source.bundle import trace
from canister_runtime.source.model import CanisterModel
from canister_runtime.source.model_reader import read_model
from canister_runtime.source.modules import Bundle
from canister_runtime.source.problems import Problem


@dataclass(frozen=True)
class Reading:
    """`model` is None exactly when there are problems."""

    bundle: Bundle
    problems: tuple[Problem, ...]
    model: CanisterModel | None


def entry_file_of(entry_or_folder: Path) -> Path:
    """The entry file that a path means: itself, or the `main.py` of a folder.

    Raises FileNotFoundError where there is neither.
    """
    entry = entry_or_folder / "main.py" if entry_or_folder.is_dir() else entry_or_folder
    if not entry.is_file():
        raise FileNotFoundError(f"{entry}: no such canister entry")
    return entry


def read_canister(entry_or_folder: Path) -> Reading:
    """Bundle, check and read the canister whose entry is a file, or the `main.py` of a folder."""
    bundle = trace(entry_file_of(entry_or_folder))
    trees = [module.tree for module in bundle.modules if module.tree is not None]
    return Reading(bundle, (), read_model(bundle.entry.stem, trees))
