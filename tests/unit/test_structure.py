"""The files of each package import each other in one direction."""

from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = {
    **dict.fromkeys(("candid", "canister_runtime", "local_replica", "vex", "vex_canister", "vex_domain"), "src"),
    **{f"{canister}_canister": f"canisters/{canister}" for canister in ("index", "shard", "users")},
}


@pytest.mark.parametrize("package", FOLDERS)
def test_no_file_imports_itself_by_way_of_others(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / FOLDERS[package]))
    graph = grimp.build_graph(package, exclude_type_checking_imports=False)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert list(TopologicalSorter(imports).static_order())  # raises CycleError with the circle
