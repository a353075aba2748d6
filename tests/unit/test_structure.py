"""The files of each package import each other in one direction."""

from graphlib import TopologicalSorter

import grimp
import pytest

PACKAGES = ("candid", "canister_runtime", "local_replica", "vex", "vex_canister", "vex_domain")


@pytest.mark.parametrize("package", PACKAGES)
def test_no_file_imports_itself_by_way_of_others(package: str) -> None:
    graph = grimp.build_graph(package, exclude_type_checking_imports=False)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert list(TopologicalSorter(imports).static_order())  # raises CycleError with the circle
