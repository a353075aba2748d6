"""What a canister may import while its image is made."""

from pathlib import Path

import pytest

from canister_runtime.image import offered
from canister_runtime.image.archive import Entry
from canister_runtime.image.errors import ImageError
from canister_runtime.source.modules import BundledModule, Kind


def module(folder: Path, name: str, kind: Kind = "module") -> BundledModule:
    file = folder / f"{name}.py"
    file.write_text("x = 1\n")
    return BundledModule(name, kind, file)


def test_a_bundled_module_is_named_without_this_machines_folders(tmp_path: Path) -> None:
    (entry,) = offered.canister((module(tmp_path, "main"),))
    assert entry == Entry("main", "<canister>/main.py", "", b"x = 1\n")


def test_packages_of_others_are_told_apart_and_keep_their_assertions(tmp_path: Path) -> None:
    (tmp_path / "site-packages").mkdir()
    (entry,) = offered.canister((module(tmp_path / "site-packages", "kybra"),))
    assert (entry.file, entry.flags) == ("<packages>/kybra.py", "")


def test_a_module_in_c_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="fast is compiled for this machine"):
        offered.canister((module(tmp_path, "fast", "extension"),))


def test_a_module_with_a_taken_name_is_refused() -> None:
    own, other = Entry("heapq", "<canister>/heapq.py", "", b"1"), Entry("heapq", "<python>/heapq.py", "o", b"2")
    with pytest.raises(
        ImageError, match=r"^<canister>/heapq\.py: the module heapq has the name of <python>/heapq\.py$"
    ):
        offered.not_there_yet([own], [other])


def test_the_same_file_from_two_sides_is_offered_once() -> None:
    own, other = Entry("candid", "<canister>/candid.py", "", b"1"), Entry("candid", "<runtime>/candid.py", "o", b"1")
    assert offered.not_there_yet([own], [other]) == []


def test_a_package_without_a_file_gets_an_empty_one() -> None:
    entries = list(offered.with_parents([Entry("a.b.c", "<canister>/a/b/c.py", "", b"")]))
    assert sorted((entry.name, entry.flags) for entry in entries) == [("a", "p"), ("a.b", "p"), ("a.b.c", "")]


def test_the_host_brings_its_parts_and_no_builder() -> None:
    names = {entry.name for entry in offered.host()}
    assert {"candid", "canister_runtime.host.boot", "canister_runtime.source.model"} <= names
    assert not any(name.startswith(("canister_runtime.image", "canister_runtime.source.bundle")) for name in names)
