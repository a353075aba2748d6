"""The data map names every stable map and every field of every stored record."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "data-map.md").read_text(encoding="utf-8")


def sources(canister: str) -> list[ast.Module]:
    """The modules that may declare stable maps."""
    files = [*(ROOT / "canisters" / canister).rglob("*.py"), ROOT / "src" / "vex_canister" / "token_records.py"]
    return [ast.parse(file.read_text(encoding="utf-8")) for file in files]


def declared_maps(tree: ast.Module) -> list[tuple[str, int, str]]:
    """Name, memory id and value type of each stable map."""
    found = []
    for node in tree.body:
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        called = node.value.func
        if isinstance(called, ast.Subscript) and ast.unparse(called.value) == "StableBTreeMap":
            number = next(keyword.value for keyword in node.value.keywords if keyword.arg == "memory_id")
            assert isinstance(number, ast.Constant)
            assert isinstance(called.slice, ast.Tuple)
            found.append((ast.unparse(node.targets[0]), number.value, ast.unparse(called.slice.elts[1])))
    return found


def fields_of(kind: str, classes: dict[str, ast.ClassDef], seen: set[str]) -> set[str]:
    """Every field of a record, those of records in it included."""
    if kind not in classes or kind in seen:
        return set()
    seen.add(kind)
    found = set()
    for line in classes[kind].body:
        assert isinstance(line, ast.AnnAssign)
        found.add(ast.unparse(line.target))
        for node in ast.walk(line.annotation):
            if isinstance(node, ast.Name):
                found |= fields_of(node.id, classes, seen)
    return found


@pytest.mark.parametrize("canister", ["shard", "index", "users"])
def test_the_data_map_has_every_field_of_every_stable_map(canister: str) -> None:
    part = PAGE.partition(f"## {canister}\n")[2].partition("\n## ")[0]
    trees = sources(canister)
    classes = {node.name: node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)}
    maps = [each for tree in trees for each in declared_maps(tree)]
    assert maps
    for name, number, kind in maps:
        rows = [row for row in part.splitlines() if row.startswith(f"| {number}: `{name}` |")]
        assert len(rows) == 1, f"{name} is not in docs/reference/data-map.md"
        missing = [field for field in fields_of(kind, classes, set()) if f"`{field}`" not in rows[0]]
        assert not missing, f"{name}: {missing} are not in docs/reference/data-map.md"
        assert "?" not in rows[0]
