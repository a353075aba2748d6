"""One canister read from its source: the bundle, what is wrong with it, and the model when nothing is."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from canister_runtime.source.bundle import trace
from canister_runtime.source.model import CanisterModel
from canister_runtime.source.model_reader import read_model
from canister_runtime.source.modules import Bundle
from canister_runtime.source.problems import Problem
from canister_runtime.source.rules import Finding, Rule, rules


@dataclass(frozen=True)
class Reading:
    """`model` is None exactly when there are problems; warnings do not count."""

    bundle: Bundle
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
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
    found = [each for rule in rules() for each in _found(rule, bundle)]
    problems = tuple(sorted(problem for is_warning, problem in found if not is_warning))
    warnings = tuple(sorted(problem for is_warning, problem in found if is_warning))
    model = None if problems else _model(bundle)
    return Reading(bundle, problems, warnings, model)


def _model(bundle: Bundle) -> CanisterModel:
    return read_model(bundle.script.name, (module.tree for module in bundle.modules if module.tree is not None))


def _found(rule: Rule, bundle: Bundle) -> Iterator[tuple[bool, Problem]]:
    """What a rule finds, each with whether it is only a warning."""
    for finding in rule.find(bundle):
        is_installed = finding.module.is_installed
        if rule.is_warning and is_installed:
            continue
        line, column = _place(finding.node)
        what = f"{rule.what}: {finding.detail}" if finding.detail else rule.what
        problem = Problem(_shown_path(finding), line, column, rule.id, what, rule.kybra, rule.fix)
        yield rule.is_warning or (rule.spares_installed and is_installed), problem


def _place(node: ast.AST | None) -> tuple[int, int]:
    return getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1


def _shown_path(finding: Finding) -> str:
    path, here = finding.module.path, Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
