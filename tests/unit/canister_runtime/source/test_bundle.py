"""Which modules belong to a canister."""

from pathlib import Path

import pytest

from canister_runtime.source.bundle import bundle
from canister_runtime.source.search_path import project_root, search_path
from support.sources import read_sources

KYBRA = {"kybra", "kybra.compiler", "kybra.compiler.custom_modules", "kybra.compiler.custom_modules.principal"}


def names(folder: Path, files: dict[str, str]) -> set[str]:
    read_sources(folder, files)
    return {module.name for module in bundle(folder / "main.py")}


def test_the_entry_comes_first_under_its_file_name(tmp_path: Path) -> None:
    read_sources(tmp_path, {"main.py": "import part\n", "part.py": ""})

    first, *_ = bundle(tmp_path / "main.py")

    assert (first.name, first.is_package, first.path) == ("main", False, str(tmp_path / "main.py"))


def test_kybras_own_modules_come_along(tmp_path: Path) -> None:
    assert names(tmp_path, {"main.py": "from kybra import query\n"}) == {"main", *KYBRA}


def test_imports_count_wherever_they_stand(tmp_path: Path) -> None:
    files = {
        "main.py": (
            "def f():\n    import a\nclass C:\n    import b\ntry:\n    pass\nexcept ValueError:\n    import c\n"
            "else:\n    import d\nfinally:\n    import e\nwhile False:\n    import f\nwith open('x'):\n    import g\n"
        ),
        **{f"{name}.py": "" for name in "abcdefg"},
    }

    assert names(tmp_path, files) == {"main", *"abcdefg"}


def test_a_submodule_brings_its_parents(tmp_path: Path) -> None:
    files = {"main.py": "import a.b.c\n", "a/__init__.py": "", "a/b/__init__.py": "", "a/b/c.py": ""}

    assert names(tmp_path, files) == {"main", "a", "a.b", "a.b.c"}


def test_from_imports_bring_submodules_but_not_names(tmp_path: Path) -> None:
    files = {
        "main.py": "from a import b, x\n",
        "a/__init__.py": "x = 1\n",
        "a/b.py": "",
        "a/x.py": "",
    }

    assert names(tmp_path, files) == {"main", "a", "a.b"}


def test_a_star_import_brings_no_submodules(tmp_path: Path) -> None:
    assert names(tmp_path, {"main.py": "from a import *\n", "a/__init__.py": "", "a/b.py": ""}) == {"main", "a"}


def test_circular_imports_end(tmp_path: Path) -> None:
    files = {"main.py": "import a\n", "a.py": "import b\n", "b.py": "import a\n"}

    assert names(tmp_path, files) == {"main", "a", "b"}


def test_the_standard_library_stays_out(tmp_path: Path) -> None:
    assert names(tmp_path, {"main.py": "import json, os.path\nfrom collections import abc\n"}) == {"main"}


def test_a_missing_module_is_no_error_here(tmp_path: Path) -> None:
    assert names(tmp_path, {"main.py": "import nowhere\nfrom . import x\n"}) == {"main"}


def test_an_entry_that_is_imported_stands_once(tmp_path: Path) -> None:
    read_sources(tmp_path, {"main.py": "import part\n", "part.py": "import main\n"})

    assert sorted(module.name for module in bundle(tmp_path / "main.py")) == ["main", "part"]


def test_the_project_is_searched_before_the_entrys_folder(tmp_path: Path) -> None:
    files = {"canisters/main.py": "import part\n", "canisters/part.py": "", "part.py": "", "dfx.json": "{}"}
    read_sources(tmp_path, {"main.py": "", **files})

    found = {module.name: module.path for module in bundle(tmp_path / "canisters" / "main.py")}

    assert found["part"] == str(tmp_path / "part.py")


def test_a_module_wins_over_a_folder_of_its_name_that_comes_first(tmp_path: Path) -> None:
    files = {"main.py": "", "part/readme.txt": "", "canisters/main.py": "import part\n", "canisters/part.py": ""}
    read_sources(tmp_path, files)

    found = {module.name: module.path for module in bundle(tmp_path / "canisters" / "main.py")}

    assert found["part"] == str(tmp_path / "canisters" / "part.py")


def test_folders_of_sys_path_below_the_project_are_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_sources(tmp_path, {"main.py": "import rules\n", "src/rules/__init__.py": ""})
    monkeypatch.syspath_prepend(str(tmp_path / "src"))

    assert {module.name for module in bundle(tmp_path / "main.py")} == {"main", "rules"}


def test_folders_of_sys_path_elsewhere_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    project = tmp_path / "project"
    elsewhere.mkdir()
    project.mkdir()
    read_sources(project, "")
    monkeypatch.syspath_prepend(str(elsewhere))

    assert str(elsewhere) not in search_path(project / "main.py")


def test_the_project_is_the_nearest_folder_with_a_project_file(tmp_path: Path) -> None:
    entry = tmp_path / "canisters" / "index" / "main.py"
    entry.parent.mkdir(parents=True)
    entry.write_text("")
    (tmp_path / "dfx.json").write_text("{}")

    assert project_root(entry) == tmp_path


def test_the_order_is_the_same_every_time(tmp_path: Path) -> None:
    read_sources(
        tmp_path, {"main.py": "from a import b, c, d\n", **{f"a/{name}.py": "" for name in ("__init__", *"bcd")}}
    )

    assert bundle(tmp_path / "main.py") == bundle(tmp_path / "main.py")
